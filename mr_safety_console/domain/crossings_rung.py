"""What alarms and the doors near them make of the ledger of crossings; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mr_safety_console.domain.alarm_points import IRON, UNSEEN, Priority
from mr_safety_console.domain.alarms import (
    AlarmClosed,
    AlarmDisposed,
    AlarmRaised,
    AlarmRepeated,
    AlarmWorsened,
)
from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.context import Instant, elapsed
from mr_safety_console.domain.crossings import LAST, CrossingsState, Rung

UNANNOUNCED = UNSEEN | {"door-kept-open"}
"""Alarms of openings nobody announced, or that nothing excuses."""
DOUBTFUL = frozenset({"unknown", "unauthorised-entry"})
"""What is said of an opening or of red iron after which somebody looks who and what is inside."""
UNKNOWN_KEPT = 99
NEAR_MS = 10_000
"""Door movements further from an alarm are not kept with it."""


def alarm(state: CrossingsState, entry: Entry) -> CrossingsState:
    """Return the ledger after a fact about an alarm."""
    match entry.fact:
        case AlarmRaised(rule=rule, alarm=name) if rule in UNANNOUNCED:
            return replace(state, unopened={**state.unopened, name: ""})
        case AlarmRaised(rule=rule) as told if rule in IRON:
            red = told.priority is Priority.HIGH
            moves = _moves_before(state, entry.at)
            rung = Rung(told.alarm, told.no, told.point, entry.at, red, told.visits, moves=moves)
            return _kept(watched(state, red, told.visits), rung)
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
    state = watched(state, known.red, visits)
    moves = _moves_before(state, entry.at)
    if known.said:
        return _kept(state, Rung(name, known.no, known.point, entry.at, known.red, visits, moves=moves))
    more = replace(known, at=entry.at, visits=visits, rings=known.rings + 1, moves={**known.moves, **moves})
    return _put(state, known, more)


def _worse(state: CrossingsState, known: Rung, red: bool) -> CrossingsState:
    """What was said of the lesser alarm explains nothing of the greater one."""
    causes = _moved_to(state.causes, known.said, "") if known.said else state.causes
    state = replace(watched(state, red, known.visits), causes=causes)
    return _put(state, known, replace(known, red=known.red or red, said=""))


def _put(state: CrossingsState, known: Rung, now: Rung) -> CrossingsState:
    return replace(state, recent=tuple(now if one is known else one for one in state.recent))


def _kept(state: CrossingsState, rung: Rung) -> CrossingsState:
    recent = (*state.recent, rung)
    said = [one for one in recent if one.said][-LAST:]
    return replace(state, recent=tuple(one for one in recent if not one.said or one in said))


def watched(state: CrossingsState, red: bool, who: tuple[str, ...]) -> CrossingsState:
    """Note those whose next pass follows a red alarm."""
    if not red or set(who) <= set(state.witness):
        return state
    return replace(state, witness=tuple(dict.fromkeys((*state.witness, *who))))


def _disposed(state: CrossingsState, name: str, said: str) -> CrossingsState:
    if name in state.unopened:
        before = state.unopened[name]
        return replace(
            state,
            unopened={**state.unopened, name: said},
            openings=_moved_to(state.openings, before, said),
            doubted=_doubted(state, before, said),
        )
    rung = next((one for one in reversed(state.recent) if one.alarm == name), None)
    if rung is None:
        return state
    causes = _moved_to(state.causes, rung.said, said)
    doubted = _doubted(state, rung.said, said) if rung.red else state.doubted
    state = replace(_put(state, rung, replace(rung, said=said)), causes=causes, doubted=doubted)
    return replace(state, unknown=_unexplained(state.unknown, rung.visits, name, said))


def _doubted(state: CrossingsState, before: str, now: str) -> int:
    """Return how many wait for a look into the room: who or what nobody let in may be there."""
    return max(0, state.doubted + (now in DOUBTFUL) - (before in DOUBTFUL))


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
    return dict(tuple(found.items())[-UNKNOWN_KEPT:])


def _moves_before(state: CrossingsState, at: Instant) -> Mapping[str, int]:
    return {door: -ms for door, moved in state.door_moves.items() if (ms := _ms(at, moved)) is not None}


def _ms(later: Instant, earlier: Instant) -> int | None:
    """Return the ms between two instants of one boot that are near each other, else None."""
    since = elapsed(later, earlier)
    ms = round(since.seconds * 1_000)
    return ms if since.continuous and ms <= NEAR_MS else None


def door_moved(state: CrossingsState, door: str, at: Instant) -> CrossingsState:
    """Keep a movement of a door with the alarms it is near."""

    def after(one: Rung) -> Rung:
        ms = _ms(at, one.at)
        nearer = ms is not None and ms < abs(one.moves.get(door, NEAR_MS + 1))
        return replace(one, moves={**one.moves, door: ms}) if ms is not None and nearer else one

    recent = tuple(after(one) for one in state.recent)
    return replace(state, recent=recent, door_moves={**state.door_moves, door: at})
