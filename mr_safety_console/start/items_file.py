"""A list of items from a TOML or CSV file, read strictly: each mistake with its line, column and remedy."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from mr_safety_console.domain.context import Instant
from mr_safety_console.domain.items import MOST_ITEMS, label_of, wrong
from mr_safety_console.domain.items_facts import OUT, Evidence, ItemClass, ItemTold, Label
from mr_safety_console.domain.items_said import CM_PER_M, MOST_M, MOST_MT, UT_PER_MT, day_of, scaled
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.text import clean

MOST_BYTES = 1 << 20
NEEDED = ("tag", "name", "class", "label")
COLUMNS = (
    *NEEDED,
    "evidence",
    "reference",
    "owner",
    "serial",
    "limit_mt",
    "tether_m",
    "inspection_due",
    "home",
)
"""The columns of a CSV file and the keys of an `[[items]]` table; only the first four are needed."""

_AT = {
    "item-place-unknown": "home",
    "item-no-home": "home",
    "item-label-wording": "reference",
    "item-no-evidence": "evidence",
    "item-no-limit": "limit_mt",
    "item-inspection-due": "inspection_due",
}
_HEAD = re.compile(r"^\s*\[\[\s*items\s*\]\]")
E = TypeVar("E", bound=StrEnum)


class ItemsFileError(Exception):
    """The file cannot be taken; `mistakes` names each by line, column and remedy."""

    def __init__(self, mistakes: tuple[str, ...]) -> None:
        super().__init__(mistakes[0])
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class Row:
    """One item as written: the line it begins at, the line of each value, and the values as text."""

    line: int
    lines: Mapping[str, int]
    said: Mapping[str, str]


def read(path: Path, now: Instant) -> tuple[ItemTold, ...]:
    """Return every item of a file; `now` is for inspections that are overdue.

    Raises `ItemsFileError` with every mistake found: nothing is taken from a file that has one.
    """
    rows = _rows(path)
    if not 0 < len(rows) <= MOST_ITEMS:
        raise ItemsFileError((f"{path.name}: {len(rows)} items. Write 1 to {MOST_ITEMS} of them.",))
    mistakes: list[str] = []
    items: list[ItemTold] = []
    for one in rows:
        made = _Reader(one, now)
        items.append(made.told())
        mistakes += made.mistakes
    mistakes += _twice(rows)
    if mistakes:
        raise ItemsFileError(tuple(mistakes))
    return tuple(items)


def _rows(path: Path) -> tuple[Row, ...]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ItemsFileError((f"{path}: {error.strerror}. Name a file that can be read.",)) from None
    if len(raw) > MOST_BYTES:
        raise ItemsFileError((f"{path.name}: larger than {MOST_BYTES >> 20} MiB. Split it.",))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ItemsFileError((f"line {line}: not UTF-8. Save the file as UTF-8.",)) from None
    reader = {".toml": _toml, ".csv": _csv}.get(path.suffix.lower())
    if reader is None:
        raise ItemsFileError((f"{path.name}: neither .toml nor .csv. Give the file the ending of its kind.",))
    return tuple(reader(text))


def _twice(rows: tuple[Row, ...]) -> Iterator[str]:
    first: dict[str, int] = {}
    for one in rows:
        tag = one.said.get("tag", "").strip().casefold()
        if tag and tag in first:
            yield f"line {one.lines['tag']}, tag: the same as in line {first[tag]}. Leave one of them out."
        first.setdefault(tag, one.line)


# --- the two kinds of file ---


def _csv(text: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        head = [name.strip() for name in next(reader, [])]
        _headed(head)
        while (cells := next(reader, None)) is not None:
            line = reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(head):
                told = f"line {line}: {len(cells)} columns, the heading has {len(head)}. Quote commas."
                raise ItemsFileError((told,))
            yield Row(line, dict.fromkeys(head, line), dict(zip(head, cells, strict=True)))
    except csv.Error as error:
        told = f"line {reader.line_num}: {error}. Close every quote, one item a line."
        raise ItemsFileError((told,)) from None


def _headed(head: list[str]) -> None:
    missing = [name for name in NEEDED if name not in head]
    if missing:
        told = f"line 1: no column {', '.join(missing)}. Begin with a heading, separated by commas."
        raise ItemsFileError((told,))
    wrong_ones = [name for name in head if name not in COLUMNS or head.count(name) > 1]
    if wrong_ones:
        told = f"line 1, {clean(wrong_ones[0], cap=40)}: unknown or twice. Columns are {', '.join(COLUMNS)}."
        raise ItemsFileError((told,))


def _toml(text: str) -> Iterator[Row]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ItemsFileError((f"{error}. Mend the line it names.",)) from None
    listed = data.get("items")
    if set(data) - {"items"} or not isinstance(listed, list) or not all(isinstance(i, dict) for i in listed):
        raise ItemsFileError(
            ("line 1: the file holds [[items]] tables and nothing else. Write one an item.",)
        )
    heads = [n for n, line in enumerate(text.splitlines(), 1) if _HEAD.match(line)]
    for n, table in enumerate(listed):
        start = heads[n] if n < len(heads) else 1
        stop = heads[n + 1] if n + 1 < len(heads) else len(text.splitlines()) + 1
        yield _table(table, text.splitlines()[start : stop - 1], start)


def _table(table: Mapping[str, object], body: list[str], start: int) -> Row:
    lines = {name: _line_of(name, body, start) for name in (*table, *COLUMNS)}
    for name, value in table.items():
        if name not in COLUMNS:
            told = f"line {lines[name]}, {clean(name, cap=40)}: no such key. Keys are {', '.join(COLUMNS)}."
            raise ItemsFileError((told,))
        if isinstance(value, bool | list | dict):
            raise ItemsFileError(
                (f"line {lines[name]}, {name}: one value is wanted. Write text or a number.",)
            )
    return Row(start, lines, {name: str(value) for name, value in table.items()})


def _line_of(name: str, body: list[str], start: int) -> int:
    key = re.compile(rf"\s*\"?{re.escape(name)}\"?\s*=")
    return next((start + n for n, line in enumerate(body, 1) if key.match(line)), start)


# --- one item ---


class _Reader:
    """Reads one row, keeping every mistake."""

    def __init__(self, row: Row, now: Instant) -> None:
        self._row, self._now = row, now
        self.mistakes: list[str] = []

    def told(self) -> ItemTold:
        """Return the item; with a mistake it is not to be used."""
        for name in NEEDED:
            if not self._said(name):
                self._wrong(name, "is missing. Write it; every item has one.")
        told = ItemTold(
            tag=clean(self._said("tag"), cap=80),
            name=clean(self._said("name"), cap=400),
            sort=self._one_of("class", ItemClass, ItemClass.OTHER),
            label=self._label(),
            evidence=self._one_of("evidence", Evidence, Evidence.NONE),
            reference=clean(self._said("reference"), cap=400),
            owner=clean(self._said("owner"), cap=400),
            serial=clean(self._said("serial"), cap=400),
            limit_ut=self._figure("limit_mt", UT_PER_MT, MOST_MT, "the field line in mT, like 20 or 0.5"),
            tether_cm=self._figure("tether_m", CM_PER_M, MOST_M, "the length in m, like 1.5"),
            due_day=self._day(),
            home=self._said("home") or OUT,
        )
        if not self.mistakes and (why := wrong(told, self._now)):
            self._wrong(_column(why, told), f"{why.reason} {why.what_now}")
        return told

    def _said(self, name: str) -> str:
        return self._row.said.get(name, "").strip()

    def _wrong(self, name: str, told: str) -> None:
        self.mistakes.append(f"line {self._row.lines.get(name, self._row.line)}, {name}: {told}")

    def _one_of(self, name: str, kind: type[E], default: E) -> E:
        said = self._said(name)
        if said in set(kind):
            return kind(said)
        if said:
            self._wrong(name, f"{clean(said, cap=40)!r} is not known. Write one of {', '.join(kind)}.")
        return default

    def _label(self) -> Label:
        said = self._said("label")
        found = label_of(said)
        if isinstance(found, Label):
            return found
        if said:
            self._wrong("label", f"{clean(found.reason, cap=200)} {found.what_now}")
        return Label.NOT_EVALUATED

    def _figure(self, name: str, times: int, most: int, remedy: str) -> int:
        return self._parsed(name, lambda said: scaled(said, times, most), f"Write {remedy}.")

    def _day(self) -> int:
        return self._parsed("inspection_due", day_of, "Write the day as YYYY-MM-DD.")

    def _parsed(self, name: str, parse: Callable[[str], int], remedy: str) -> int:
        said = self._said(name)
        try:
            return parse(said) if said else 0
        except ValueError:
            self._wrong(name, f"{clean(said, cap=40)!r} cannot be read. {remedy}")
            return 0


def _column(why: Refused, told: ItemTold) -> str:
    if why.rule == "item-blank":
        return "name" if not told.name.strip() else "tag"
    if why.rule == "item-too-long":
        return max(("name", "reference", "owner", "serial"), key=lambda name: len(getattr(told, name)))
    return _AT.get(why.rule, "tag")
