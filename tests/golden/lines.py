"""The released facts: one recorded line for each kind and version, read by tests for ever.

A line is `{"body": …, "private": …}`: the stored body, and the private fields in the clear (they
are invented). Run this file to record a line for every kind or version that has none yet; with
`--anew`, which is for before the first release only, every line is made again.
"""

from __future__ import annotations

import enum
import importlib
import json
import pkgutil
import sys
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

import mr_safety_console.domain
from mr_safety_console.domain.codec import Entry, Fact, decode, fact_kinds
from mr_safety_console.domain.context import Instant, Who
from mr_safety_console.journal.record import Row, Sealed, decode_entry, encode_entry

FILE = Path(__file__).with_name("facts.jsonl")
PRODUCT = "mr_safety_console."
AT = Instant(utc=1_900_000_000_000_000, bt=86_400_000_000_000, boot="00000000-0000-4000-8000-000000000001")


@dataclass(frozen=True, slots=True)
class Line:
    """One recorded line."""

    body: dict[str, Any]
    private: dict[str, str] | None

    @property
    def name(self) -> tuple[str, int]:
        return self.body["kind"], self.body["kv"]

    def stored(self) -> bytes:
        return json.dumps(self.body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    def entry(self) -> Entry:
        """Decode as the journal does; the plain text stands in for the opened ciphertext."""
        plain = None if self.private is None else json.dumps(self.private).encode()
        return decode_entry(self.stored(), lambda _seq, _subject: plain)


def released() -> Mapping[tuple[str, int], type[Fact]]:
    """Return every fact class of the product by kind and version."""
    for module in pkgutil.iter_modules(mr_safety_console.domain.__path__):
        importlib.import_module(f"mr_safety_console.domain.{module.name}")
    known = fact_kinds().items()
    return {(kind, cls.v): cls for kind, cls in known if cls.__module__.startswith(PRODUCT)}


def read_lines() -> list[Line]:
    """Return the recorded lines in file order."""
    if not FILE.exists():
        return []
    return [Line(**json.loads(line)) for line in FILE.read_text("utf-8").splitlines()]


def encoded(entry: Entry) -> tuple[Row, dict[str, str] | None]:
    """Encode as the journal does, keeping the private fields in the clear beside it."""
    kept: list[bytes] = []

    def seal(_seq: int, subject: str, plain: bytes) -> Sealed:
        kept.append(plain)
        return Sealed(subject, bytes(12), plain)

    row = encode_entry(entry, seal)
    return row, json.loads(kept[0]) if kept else None


def sample(cls: type[Fact], seq: int) -> Line:
    """Make a line with every field filled in by its type."""
    fact = decode(cls, _filled(cls))
    entry = Entry(
        seq=seq,
        at=AT,
        fact=fact,
        cause="CAUSE0000000001",
        src="person",
        by=(Who("PERSON000000001", "MRT"),),
        occ=Instant(AT.utc - 5_000_000, AT.bt - 5_000_000_000, AT.boot),
        ses="SESSION00000001",
        off=60,
        con="CONSOLE00000001",
        app="0.1.0",
        mode="sim",
        refs=(1,),
    )
    row, private = encoded(entry)
    return Line(json.loads(row.body), private)


def _filled(cls: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(cls, include_extras=True)
    return {item.name: _value(item.name, hints[item.name]) for item in fields(cls)}


def _value(name: str, hint: Any) -> Any:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return _value(name, args[0])
    if origin in (typing.Union, types.UnionType):
        return _value(name, args[0])
    if origin is tuple:
        return [_value(name, args[0])]
    if origin is not None:
        return {"key": _value(name, args[1])}
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return list(hint)[-1].value
    if is_dataclass(hint):
        return _filled(hint)
    plain: dict[Any, Any] = {str: f"sample {name}", int: 7, bool: True}
    return plain[hint]


def missing(lines: list[Line]) -> Iterator[Line]:
    """Make the lines that are not there yet."""
    have = {line.name for line in lines}
    for number, (name, cls) in enumerate(sorted(released().items()), len(lines) + 1):
        if name not in have:
            yield sample(cls, number)


def main(anew: bool) -> None:
    lines = [] if anew else read_lines()
    added = list(missing(lines))
    text = (json.dumps({"body": x.body, "private": x.private}, ensure_ascii=False) for x in [*lines, *added])
    FILE.write_text("".join(f"{line}\n" for line in text), "utf-8")
    print(f"{len(added)} lines recorded in {FILE.name}, {len(lines)} kept")


if __name__ == "__main__":
    main("--anew" in sys.argv[1:])
