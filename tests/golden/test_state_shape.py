"""The cached state carries the shape it was written in: the number in code is the shape's own."""

from __future__ import annotations

import enum
import typing
import zlib
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from typing import Any

import pytest

from mr_safety_console.domain.suite import SCHEMA, SuiteState


def fingerprint(cls: type) -> int:
    """Return 32 bits that change with the fields of a dataclass and of everything it holds."""
    return zlib.crc32("\n".join(sorted(set(lines(cls, set())))).encode())


def lines(cls: Any, seen: set[Any]) -> Iterator[str]:
    if cls in seen:
        return
    seen.add(cls)
    if isinstance(cls, type) and issubclass(cls, enum.Enum):
        yield f"{cls.__qualname__}: {[member.value for member in cls]}"
    elif isinstance(cls, type) and is_dataclass(cls):
        hints = typing.get_type_hints(cls)
        for item in fields(cls):
            needed = item.default is MISSING and item.default_factory is MISSING
            yield f"{cls.__qualname__}.{item.name}: {hints[item.name]} {needed}"
            yield from lines(hints[item.name], seen)
    else:
        for part in typing.get_args(cls):
            yield from lines(part, seen)


def test_the_schema_of_the_cached_state_is_the_fingerprint_of_its_shape() -> None:
    now = fingerprint(SuiteState)
    assert now == SCHEMA, f"the state has another shape: write SCHEMA = {now} in domain/suite.py"


class Colour(enum.Enum):
    RED = "red"


class Paint(enum.Enum):
    RED = "red"


@dataclass
class Inner:
    a: int


@dataclass
class More:
    a: int
    b: int = 0


def outer(hint: object, **more: Any) -> type:
    name = "Outer"
    made = type(name, (), {"__annotations__": {"x": hint, **dict.fromkeys(more, int)}, **more})
    return dataclass(made)


@pytest.mark.parametrize(
    "other",
    [
        outer(Inner, y=field(default=1)),
        outer(Inner | None),
        outer(tuple[Inner, ...]),
        outer(More),
        outer(Colour),
    ],
)
def test_the_fingerprint_sees_fields_types_and_what_lies_below(other: type) -> None:
    assert fingerprint(other) != fingerprint(outer(Inner))
    assert fingerprint(outer(Inner)) == fingerprint(outer(Inner))


def test_the_fingerprint_sees_the_values_of_an_enum() -> None:
    assert fingerprint(outer(Colour)) != fingerprint(outer(Paint))
