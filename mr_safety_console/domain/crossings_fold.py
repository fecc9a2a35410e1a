"""What each fact makes of the ledger of crossings; pure, and the only place where it changes."""

from __future__ import annotations

from dataclasses import replace

from mr_safety_console.domain.alarms import (
    AlarmClosed,
    AlarmDisposed,
    AlarmRaised,
    AlarmRepeated,
    AlarmWorsened,
)
from mr_safety_console.domain.codec import Entry, Fact
from mr_safety_console.domain.context import Instant
from mr_safety_console.domain.crossings import (
    FACTS,
    Counter,
    CountsBegun,
    CountsDiffer,
    CountsSettled,
    CrossingsState,
    Late,
    PassagesCounted,
    PassagesExplained,
    PassagesTaken,
)
from mr_safety_console.domain.crossings_rung import alarm, door_moved, watched
from mr_safety_console.domain.doors import DoorClosed, DoorOpened
from mr_safety_console.domain.people_facts import PeopleReconciled, PersonLeft, PersonPassed, PersonPassFell
from mr_safety_console.domain.visit_facts import (
    HeadsDiffer,
    HeadsReconciled,
    Leg,
    LegMade,
    StaffCounted,
    VisitClosed,
    ZoneIVEntered,
    ZoneIVHeads,
    ZoneIVLeft,
)

LATELY_KEPT = 8

COUNTED: frozenset[type[Fact]] = frozenset(
    {
        AlarmRaised,
        AlarmRepeated,
        AlarmWorsened,
        AlarmDisposed,
        AlarmClosed,
        DoorOpened,
        DoorClosed,
        ZoneIVEntered,
        ZoneIVLeft,
        StaffCounted,
        ZoneIVHeads,
        PeopleReconciled,
        HeadsDiffer,
        HeadsReconciled,
        LegMade,
        VisitClosed,
        PersonPassed,
        PersonPassFell,
        PersonLeft,
    }
)
"""Facts of others that the ledger looks at as well."""
_OWN = frozenset(FACTS)


def evolve(state: CrossingsState, entry: Entry) -> CrossingsState:
    """Return the ledger after one fact, its own or another's."""
    if type(entry.fact) in _OWN:
        return _passed(state, entry)
    match entry.fact:
        case AlarmRaised() | AlarmRepeated() | AlarmWorsened() | AlarmDisposed() | AlarmClosed():
            return alarm(state, entry)
        case DoorOpened(point=point, zone=zone) | DoorClosed(point=point, zone=zone):
            shut = state.shut if zone != "IV" else entry.at if isinstance(entry.fact, DoorClosed) else None
            return replace(door_moved(state, point, entry.at), shut=shut)
        case _:
            return _people(state, entry)


# --- people ---


def _people(state: CrossingsState, entry: Entry) -> CrossingsState:
    match entry.fact:
        case PeopleReconciled(counted=counted) | HeadsDiffer(counted=counted):
            return _by_eye(state, counted, entry.at)
        case HeadsReconciled(heads=heads, how="counted-again"):
            return _by_eye(state, heads, entry.at)
        case LegMade(visit=name, leg=Leg.DETECTOR_PASS) | PersonPassed(person=name) | PersonLeft(person=name):
            return _unwatched(state, name)
        case VisitClosed(visit=name):
            unknown = {visit: alarms for visit, alarms in state.unknown.items() if visit != name}
            return _unwatched(replace(state, unknown=unknown), name)
        case PersonPassFell(person=name, reason="detector-alarm"):
            red = any(one.red and not one.said for one in state.recent)
            return watched(state, red, (name,))
        case ZoneIVEntered() | ZoneIVLeft() | StaffCounted() | ZoneIVHeads():
            return replace(state, moved=entry.at) if state.counters else state
        case _:
            return state


def _unwatched(state: CrossingsState, name: str) -> CrossingsState:
    if name not in state.witness:
        return state
    return replace(state, witness=tuple(one for one in state.witness if one != name))


def _by_eye(state: CrossingsState, heads: int, at: Instant) -> CrossingsState:
    """A count by eye is where every device's count begins anew."""
    anew = {
        name: replace(one, base=heads, net=0, before=0, lately=(), broken="")
        for name, one in state.counters.items()
    }
    return replace(state, counters=anew, moved=at, doubted=0)


# --- passages ---


def _passed(state: CrossingsState, entry: Entry) -> CrossingsState:
    match entry.fact:
        case CountsBegun() as begun:
            return _with(state, begun.point, _begun(state.counters.get(begun.point), begun, entry.at))
        case PassagesCounted() as told if told.point in state.counters:
            return _counted(state, told, entry.at)
        case PassagesTaken(point=name, inwards=inwards, outwards=outwards) if name in state.counters:
            one = state.counters[name]
            through = replace(
                one, net=one.net + inwards - outwards, before=_standing(one, outwards - inwards), lately=()
            )
            return replace(_with(state, name, through), moved=entry.at)
        case PassagesExplained(count=count, cause=cause):
            explained = {**state.explained, cause: state.explained.get(cause, 0) + count}
            return replace(state, explained=explained, open_quiet=max(0, state.open_quiet - count))
        case CountsDiffer(counted=counted, recorded=recorded):
            return replace(state, told=counted - recorded)
        case CountsSettled():
            return replace(state, told=0)
        case _:
            return state


def _with(state: CrossingsState, name: str, one: Counter) -> CrossingsState:
    return replace(state, counters={**state.counters, name: one})


def _begun(before: Counter | None, told: CountsBegun, at: Instant) -> Counter:
    """Follow the totals from here; what was counted before stays, and so does a difference."""
    one = before or Counter(
        told.device_boot, told.total_in, told.total_out, base=told.heads, directed=told.directed, told=at
    )
    return replace(
        one,
        device_boot=told.device_boot,
        total_in=told.total_in,
        total_out=told.total_out,
        directed=told.directed,
        told=at,
        lately=(),
        broken="" if before is None and told.reason == "first" else told.reason,
    )


def _counted(state: CrossingsState, told: PassagesCounted, at: Instant) -> CrossingsState:
    one = replace(state.counters[told.point], total_in=told.total_in, total_out=told.total_out, told=at)
    by = told.inwards - told.outwards
    if told.where == "test":
        return _with(state, told.point, one)
    if told.where == "closed":
        lately = (*one.lately, Late(at, told.inwards, told.outwards))[-LATELY_KEPT:]
        return _with(state, told.point, replace(one, before=_standing(one, by), lately=lately))
    alone = told.inwards + told.outwards + told.undirected - told.presumed - told.alarmed
    state = _with(state, told.point, replace(one, net=one.net + by, lately=()))
    return replace(
        state,
        moved=at,
        presumed=state.presumed + told.presumed,
        quiet=state.quiet + alone,
        open_quiet=state.open_quiet + alone,
    )


def _standing(one: Counter, by: int) -> int:
    return max(0, one.before + by)
