"""Moments of a step that may be told twice, late or in any order: the earliest one counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from mr_safety_console.domain.context import NS, US, Instant
from mr_safety_console.domain.value import frozen

MAX_EARLIER_S = 24 * 3600


@frozen
class Stamp:
    """When a step happened. `estimated` times were given later, by eye and memory, at `entered`."""

    at: Instant
    estimated: bool = False
    entered: Instant | None = None


Marks = tuple[Stamp, ...]
"""The earliest stamp of each boot, ordered by boot.

Instants of two boots compare on the wall clock only, so keeping one stamp a boot makes `keep`
commutative, associative and idempotent even when the wall clock was stepped in between.
"""


class Moment(Protocol):
    """The part of a decision's context that a recording needs; `Ctx` is one."""

    @property
    def now(self) -> Instant:
        """When it is being recorded."""
        ...

    @property
    def when(self) -> Instant:
        """When it happened."""
        ...

    @property
    def tokens(self) -> tuple[str, ...]:
        """Fresh identifiers."""
        ...


def keep(marks: Marks, new: Stamp) -> Marks:
    """Return the marks with one more stamp taken in."""
    same = [mark for mark in marks if mark.at.boot == new.at.boot]
    others = [mark for mark in marks if mark.at.boot != new.at.boot]
    return tuple(sorted([*others, min([*same, new], key=_order)], key=lambda mark: mark.at.boot))


def first(marks: Marks) -> Stamp:
    """Return the earliest stamp. `marks` must not be empty."""
    return min(marks, key=lambda mark: (mark.at.utc, mark.at.boot, mark.at.bt))


def earlier(when: Instant, seconds: int) -> Instant:
    """Return the instant `seconds` before `when` on both clocks, never before the clocks began."""
    back = min(max(seconds, 0), MAX_EARLIER_S)
    return replace(when, utc=max(0, when.utc - back * US), bt=max(0, when.bt - back * NS))


def stamped(moment: Moment, earlier_s: int) -> Stamp:
    """Return the stamp of a step told now that happened `earlier_s` seconds before."""
    at = earlier(moment.when, earlier_s)
    return Stamp(at=at, estimated=at != moment.when, entered=moment.when)


def fresh_id(moment: Moment) -> str:
    """Return a fresh token, or one made of the moment when none was handed in: never a refusal."""
    return moment.tokens[0] if moment.tokens else f"T{moment.when.utc:X}-{moment.when.bt:X}"


def _order(mark: Stamp) -> tuple[int, int, bool, int, int, str]:
    entered = mark.entered or mark.at
    return (mark.at.bt, mark.at.utc, mark.estimated, entered.bt, entered.utc, entered.boot)
