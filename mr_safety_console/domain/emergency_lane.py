"""Which records of the emergency spool have become facts: each one does so exactly once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.value import frozen

_PREFIX = "spool"


def cause_of(session: str, n: int) -> str:
    """Return the cause that names record `n` of one run of the spool."""
    return f"{_PREFIX}:{session}:{n}"


def parse_cause(cause: str) -> tuple[str, int] | None:
    """Return (session, n) of a spool cause; None for every other cause."""
    parts = cause.split(":")
    if len(parts) != 3 or parts[0] != _PREFIX or not parts[2].isdecimal():
        return None
    return parts[1], int(parts[2])


@frozen
class LaneState:
    """The records seen, by session, as a flat run of inclusive ranges: lo, hi, lo, hi, …"""

    seen: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def __contains__(self, cause: object) -> bool:
        named = parse_cause(cause) if isinstance(cause, str) else None
        if named is None:
            return False
        ranges = self.seen.get(named[0], ())
        pairs = zip(ranges[::2], ranges[1::2], strict=True)
        return any(low <= named[1] <= high for low, high in pairs)


def evolve(state: LaneState, entry: Entry) -> LaneState:
    """Return the state after one fact of any module: its cause is what counts."""
    named = parse_cause(entry.cause)
    if named is None or entry.cause in state:
        return state
    session, n = named
    return LaneState({**state.seen, session: _with(state.seen.get(session, ()), n)})


def _with(ranges: tuple[int, ...], n: int) -> tuple[int, ...]:
    """Return the ranges with one number more, neighbours joined."""
    pairs = sorted([*zip(ranges[::2], ranges[1::2], strict=True), (n, n)])
    out: list[int] = []
    for low, high in pairs:
        if out and low <= out[-1] + 1:
            out[-1] = max(out[-1], high)
        else:
            out += [low, high]
    return tuple(out)
