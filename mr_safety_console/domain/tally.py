"""What the door and its detectors did over the record: openings, ways in and alarms, counted."""

from __future__ import annotations

from dataclasses import replace

from mr_safety_console.domain.alarms import AlarmClosed, AlarmRaised, AlarmRepeated
from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.context import Instant
from mr_safety_console.domain.doors import DoorOpened
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.visit_facts import StaffCounted, ZoneIVEntered, ZoneIVHeads, ZoneIVLeft

FERROUS = ("ferrous-entry", "ferrous-approach")


@frozen
class TallyState:
    """Counts since the first of them. `unexplained`: openings after which no crossing was recorded.

    `waiting` tells that the last opening has no crossing yet; `ringing` are open detector alarms.
    """

    since: Instant | None = None
    openings: int = 0
    unexplained: int = 0
    waiting: bool = False
    entries: int = 0
    alarms: int = 0
    ringing: tuple[str, ...] = ()


COUNTED = frozenset(
    {
        DoorOpened,
        ZoneIVEntered,
        ZoneIVLeft,
        StaffCounted,
        ZoneIVHeads,
        AlarmRaised,
        AlarmRepeated,
        AlarmClosed,
    }
)


def evolve(state: TallyState, entry: Entry) -> TallyState:
    """Return the counts after one fact, whoever else folds it."""
    after = _counted(state, entry)
    return replace(after, since=entry.at) if after is not state and after.since is None else after


def _counted(state: TallyState, entry: Entry) -> TallyState:
    match entry.fact:
        case DoorOpened(zone="IV"):
            unexplained = state.unexplained + state.waiting
            return replace(state, openings=state.openings + 1, unexplained=unexplained, waiting=True)
        case ZoneIVEntered() | ZoneIVHeads(inwards=True):
            return replace(state, entries=state.entries + 1, waiting=False)
        case ZoneIVLeft() | StaffCounted() | ZoneIVHeads():
            return replace(state, waiting=False)
        case AlarmRaised(rule=rule, alarm=name) if rule in FERROUS:
            return replace(state, alarms=state.alarms + 1, ringing=(*state.ringing, name))
        case AlarmRepeated(alarm=name) if name in state.ringing:
            return replace(state, alarms=state.alarms + 1)
        case AlarmClosed(alarm=name) if name in state.ringing:
            return replace(state, ringing=tuple(one for one in state.ringing if one != name))
        case _:
            return state


def per_hundred(state: TallyState) -> int | None:
    """Return detector alarms per hundred recorded ways in, rounded; None before the first way in."""
    return round(100 * state.alarms / state.entries) if state.entries else None
