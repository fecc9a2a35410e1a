"""What the suite makes of a device's count of passages: attributed, explained, held against heads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import detectors, doors, zones
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import Ctx, Instant, elapsed
from mr_safety_console.domain.crossings import (
    MODULUS,
    PASSAGES,
    Counter,
    CountsBegun,
    ObservePassages,
    PassagesCounted,
    PassagesExplained,
    PassagesTaken,
)
from mr_safety_console.domain.detectors import Condition, PointChanged
from mr_safety_console.domain.doors import DoorOpened
from mr_safety_console.domain.precision import DOOR_AFTER_MS
from mr_safety_console.domain.profile import Point, PointKind
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]

RUNG_S = 5
"""A passage this soon after its detector rang is the one that rang, in seconds."""


def observe(state: SuiteState, seen: ObservePassages, ctx: Ctx) -> Facts:
    """Return what a device's new totals tell, or nothing while they stand still."""
    point = ctx.profile.point(seen.point)
    if point is None or point.kind is not PointKind.DETECTOR or point.zone != "IV":
        return ()
    known = state.crossings.counters.get(point.id)
    if begun := _begun(state, known, point, seen):
        return (begun,)
    if known is None or (seen.total_in, seen.total_out) == (known.total_in, known.total_out):
        return ()
    return (_counted(state, known, point, seen, ctx),)


def _begun(state: SuiteState, known: Counter | None, point: Point, seen: ObservePassages) -> Fact | None:
    """Return the fact that totals are followed anew, where they do not go on from those before."""
    directed = point.direction != "unknown"
    if known is None:
        reason = "first"
    elif known.device_boot != seen.device_boot:
        reason = "restarted"
    elif max(grown(known, seen)) > MODULUS // 2:
        reason = "went-back"
    elif known.directed is not directed:
        reason = "site"
    else:
        return None
    return CountsBegun(
        point=point.id,
        device_boot=seen.device_boot,
        total_in=seen.total_in,
        total_out=seen.total_out,
        heads=state.visits.heads,
        directed=directed,
        reason=reason,
    )


def grown(known: Counter, seen: ObservePassages) -> tuple[int, int]:
    """Return by how much a device's totals have grown, over their end as well."""
    return (seen.total_in - known.total_in) % MODULUS, (seen.total_out - known.total_out) % MODULUS


def ways(point: Point, called_in: int, called_out: int) -> tuple[int, int, int]:
    """Return passages inwards, outwards and of no known way, by the site's plan."""
    match zones.way(point, "I"):
        case "I":
            return called_in, called_out, 0
        case "O":
            return called_out, called_in, 0
        case _:
            return 0, 0, called_in + called_out


def _counted(state: SuiteState, known: Counter, point: Point, seen: ObservePassages, ctx: Ctx) -> Fact:
    inwards, outwards, undirected = ways(point, *grown(known, seen))
    place = where(state, point, seen, ctx)
    transit = doors.in_transit(state.doors, ctx.now) if place == "door" else None
    presumed = 0 if transit is None else inwards if transit.inwards else outwards
    if transit is not None and undirected:
        presumed = undirected
    rest = inwards + outwards + undirected - presumed
    return PassagesCounted(
        point=point.id,
        total_in=seen.total_in,
        total_out=seen.total_out,
        inwards=inwards,
        outwards=outwards,
        undirected=undirected,
        where=place,
        presumed=presumed,
        alarmed=min(rest, _rings(state, known, point, ctx.now)) if place in ("door", "unseen") else 0,
        visit=transit.visit if transit else "",
    )


def where(state: SuiteState, point: Point, seen: ObservePassages, ctx: Ctx) -> str:
    """Return where what was counted passed: door, closed, test or unseen."""
    if seen.unseen:
        return "unseen"
    tested = state.points.points.get(point.id)
    answered = tested is not None and tested.answer_due_bt > ctx.now.bt and tested.test_boot == ctx.now.boot
    if detectors.testing(state.points, point.id, ctx.now) or answered:
        return "test"
    return "closed" if _shut(state, ctx, seen.span_ms + DOOR_AFTER_MS) else "door"


def _shut(state: SuiteState, ctx: Ctx, for_ms: int) -> bool:
    """Tell whether the magnet room's door is proved closed, and has been for so long."""
    door = ctx.profile.door_iv.id
    words = (detectors.live_condition(ctx, door)[0], state.points.condition(door))
    if words != (Condition.NORMAL, Condition.NORMAL):
        return False
    shut = state.crossings.shut
    return shut is not None and elapsed(ctx.now, shut).seconds * 1_000 > for_ms


def _rings(state: SuiteState, known: Counter, point: Point, now: Instant) -> int:
    """Return how many times this detector rang for what has just passed it."""
    rung = next((one for one in reversed(state.crossings.recent) if one.point == point.id), None)
    if rung is None or rung.at.boot != now.boot or elapsed(now, rung.at).seconds > RUNG_S:
        return 0
    return int(known.told.boot != now.boot or rung.at.bt >= known.told.bt)


def taken(state: SuiteState, facts: Facts, ctx: Ctx) -> Facts:
    """Return the passages at the closed door just before it opened, or was not proved closed any more."""
    counters = state.crossings.counters
    if not counters or not any(_opens(fact, ctx.profile.door_iv.id) for fact in facts):
        return ()
    found: list[Fact] = []
    for name, one in counters.items():
        late = [
            each
            for each in one.lately
            if each.at.boot == ctx.now.boot and elapsed(ctx.now, each.at).seconds * 1_000 <= DOOR_AFTER_MS
        ]
        if late:
            inwards, outwards = sum(each.inwards for each in late), sum(each.outwards for each in late)
            found.append(PassagesTaken(point=name, inwards=inwards, outwards=outwards))
    return tuple(found)


def _opens(fact: Fact, door: str) -> bool:
    if isinstance(fact, PointChanged):
        return fact.point == door and fact.now is Condition.UNKNOWN
    return isinstance(fact, DoorOpened) and fact.zone == "IV"


def explained(state: SuiteState, cause: str) -> Facts | Refused:
    """Return the explanation of all quiet passages that wait for one, several of one cause at once."""
    if cause not in PASSAGES:
        return refused("disposition-unknown", given=cause, choices=", ".join(PASSAGES))
    count = state.crossings.open_quiet
    return (PassagesExplained(count=count, cause=cause),) if count else ()
