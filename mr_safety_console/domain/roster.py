"""Whether anybody is rostered: the time nobody is signed on, the close of a shift, and nobody at all.

While nobody is rostered no opening of the magnet room's door is excused. It begins by word or by
itself, ends only by a sign-on, and goes on across restarts and reboots.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mr_safety_console.domain.codec import Command, Entry, Fact, command, fact
from mr_safety_console.domain.context import Instant, Who, elapsed
from mr_safety_console.domain.value import frozen

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

NOT_COUNTED = -1
"""Stands for a count of heads that nobody made."""


@fact("roster-waits")
class RosterWaits(Fact):
    """Nobody is signed on any more; nobody is rostered once that has lasted `after_s` seconds."""

    after_s: int


@fact("nobody-rostered")
class NobodyRostered(Fact):
    """Nobody is rostered from now on: `reason` is closed (the shift, by word) or left (by time)."""

    reason: str


@fact("rostered-again")
class RosteredAgain(Fact):
    """Somebody signed on: the waiting, or the time with nobody rostered, is over."""

    person: str


@fact("shift-closed")
class ShiftClosed(Fact):
    """The shift was closed and nobody follows; so many heads counted by eye, so many items seen inside."""

    heads: int
    items: int


@command("close-shift")
class CloseShift(Command):
    """Close the shift without a successor. `heads` is everybody in the magnet room, counted by eye."""

    heads: int = NOT_COUNTED


@frozen
class RosterState:
    """Since when nobody is signed on and how long that may last; since when nobody is rostered, and why."""

    waits: Instant | None = None
    after_s: int = 0
    unrostered: Instant | None = None
    reason: str = ""
    by: tuple[Who, ...] = ()


FACTS = (RosterWaits, NobodyRostered, RosteredAgain, ShiftClosed)


def unrostered(state: SuiteState) -> bool:
    """Tell whether nobody is rostered; where that cannot be told any more, so it is with nobody signed on."""
    if "roster" in state.broken:
        return state.staff.session is None
    return state.roster.unrostered is not None


def left_s(state: RosterState, now: Instant) -> float | None:
    """Return the seconds until nobody is rostered, or None; a reboot goes on from the wall clock."""
    if state.waits is None or state.unrostered is not None:
        return None
    return state.after_s - elapsed(now, state.waits).seconds


def evolve(state: RosterState, entry: Entry) -> RosterState:
    """Return the roster after one fact."""
    match entry.fact:
        case RosterWaits(after_s=after_s):
            return replace(state, waits=entry.at, after_s=after_s)
        case NobodyRostered(reason=reason):
            return replace(state, unrostered=entry.at, reason=reason, by=entry.by)
        case RosteredAgain():
            return RosterState()
        case _:
            return state
