"""What each fact makes of the ledger of crossings; pure, and the only place where it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mr_safety_console.domain.alarm_points import IRON, Priority
from mr_safety_console.domain.alarms import (
    AlarmClosed,
    AlarmDisposed,
    AlarmRaised,
    AlarmRepeated,
    AlarmWorsened,
)
from mr_safety_console.domain.codec import Entry, Fact
from mr_safety_console.domain.context import Instant, elapsed
from mr_safety_console.domain.crossings import (
    FACTS,
    LAST,
    Counter,
    CountsBegun,
    CountsDiffer,
    CountsSettled,
    CrossingsState,
    Late,
    PassagesCounted,
    PassagesExplained,
    PassagesTaken,
    Rung,
)
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

UNANNOUNCED = frozenset({"door-unannounced", "door-unannounced-occupied", "door-kept-open"})
"""Alarms of openings nobody announced."""
NEAR_MS = 10_000
"""Door movements further from an alarm are not kept with it."""
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
            return _alarm(state, entry)
        case DoorOpened(point=point, zone=zone) | DoorClosed(point=point, zone=zone):
            shut = state.shut if zone != "IV" else entry.at if isinstance(entry.fact, DoorClosed) else None
            return replace(_door_moved(state, point, entry.at), shut=shut)
        case _:
            return _people(state, entry)


# --- alarms ---


def _alarm(state: CrossingsState, entry: Entry) -> CrossingsState:
    match entry.fact:
        case AlarmRaised(rule=rule, alarm=name) if rule in UNANNOUNCED:
            return replace(state, unopened={**state.unopened, name: ""})
        case AlarmRaised(rule=rule) as told if rule in IRON:
            red = told.priority is Priority.HIGH
            moves = _moves_before(state, entry.at)
            rung = Rung(told.alarm, told.no, told.point, entry.at, red, told.visits, moves=moves)
            return _kept(_watched(state, red, told.visits), rung)
        case AlarmRepeated() | AlarmWorsened():
            return _again(state, entry)
        case AlarmDisposed(subject=name, disposition=said):
            return _disposed(state, name, said)
        case AlarmClosed(alarm=name) if name in state.unopened:
            return replace(state, unopened={k: v for k, v in state.unopened.items() if k != name})
        case _:
            return state


def _again(state: CrossingsState, entry: Entry) -> CrossingsState:
    """An alarm that rings again before anybody explained it is the same one; after that, another."""
    told = entry.fact
    name = getattr(told, "alarm", "")
    if name in state.unopened:
        return replace(state, unopened={**state.unopened, name: ""})
    known = next((one for one in reversed(state.recent) if one.alarm == name), None)
    if known is None:
        return state
    if isinstance(told, AlarmWorsened):
        return _worse(state, known, told.priority is Priority.HIGH)
    visits = tuple(dict.fromkeys((*known.visits, *getattr(told, "visits", ()))))
    state = _watched(state, known.red, visits)
    moves = _moves_before(state, entry.at)
    if known.said:
        return _kept(state, Rung(name, known.no, known.point, entry.at, known.red, visits, moves=moves))
    more = replace(known, at=entry.at, visits=visits, rings=known.rings + 1, moves={**known.moves, **moves})
    return _put(state, known, more)


def _worse(state: CrossingsState, known: Rung, red: bool) -> CrossingsState:
    """What was said of the lesser alarm explains nothing of the greater one."""
    causes = _moved_to(state.causes, known.said, "") if known.said else state.causes
    state = replace(_watched(state, red, known.visits), causes=causes)
    return _put(state, known, replace(known, red=known.red or red, said=""))


def _put(state: CrossingsState, known: Rung, now: Rung) -> CrossingsState:
    return replace(state, recent=tuple(now if one is known else one for one in state.recent))


def _kept(state: CrossingsState, rung: Rung) -> CrossingsState:
    recent = (*state.recent, rung)
    said = [one for one in recent if one.said][-LAST:]
    return replace(state, recent=tuple(one for one in recent if not one.said or one in said))


def _watched(state: CrossingsState, red: bool, who: tuple[str, ...]) -> CrossingsState:
    if not red or set(who) <= set(state.witness):
        return state
    return replace(state, witness=tuple(dict.fromkeys((*state.witness, *who))))


def _disposed(state: CrossingsState, name: str, said: str) -> CrossingsState:
    if name in state.unopened:
        before = state.unopened[name]
        doubted = state.doubted + (said == "unknown") - (before == "unknown")
        return replace(
            state,
            unopened={**state.unopened, name: said},
            openings=_moved_to(state.openings, before, said),
            doubted=max(0, doubted),
        )
    rung = next((one for one in reversed(state.recent) if one.alarm == name), None)
    if rung is None:
        return state
    causes = _moved_to(state.causes, rung.said, said)
    state = replace(_put(state, rung, replace(rung, said=said)), causes=causes)
    return replace(state, unknown=_unexplained(state.unknown, rung.visits, name, said))


def _moved_to(counts: Mapping[str, int], before: str, now: str) -> Mapping[str, int]:
    """Return counts by disposition after one alarm was said to be something, something else, or nothing."""
    less = {said: count - (said == before) for said, count in counts.items()}
    more = {**less, now: less.get(now, 0) + 1} if now else less
    return {said: count for said, count in more.items() if count}


def _unexplained(
    known: Mapping[str, tuple[str, ...]], visits: tuple[str, ...], alarm: str, said: str
) -> Mapping[str, tuple[str, ...]]:
    found = dict(known)
    for visit in visits:
        others = tuple(one for one in found.pop(visit, ()) if one != alarm)
        mine = (*others, alarm) if said == "unknown" else others
        if mine:
            found[visit] = mine
    return found


# --- doors ---


def _moves_before(state: CrossingsState, at: Instant) -> Mapping[str, int]:
    return {door: -ms for door, moved in state.door_moves.items() if (ms := _ms(at, moved)) is not None}


def _ms(later: Instant, earlier: Instant) -> int | None:
    """Return the ms between two instants of one boot that are near each other, else None."""
    since = elapsed(later, earlier)
    ms = round(since.seconds * 1_000)
    return ms if since.continuous and ms <= NEAR_MS else None


def _door_moved(state: CrossingsState, door: str, at: Instant) -> CrossingsState:
    def after(one: Rung) -> Rung:
        ms = _ms(at, one.at)
        nearer = ms is not None and ms < abs(one.moves.get(door, NEAR_MS + 1))
        return replace(one, moves={**one.moves, door: ms}) if ms is not None and nearer else one

    recent = tuple(after(one) for one in state.recent)
    return replace(state, recent=recent, door_moves={**state.door_moves, door: at})


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
            return _watched(state, red, (name,))
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
