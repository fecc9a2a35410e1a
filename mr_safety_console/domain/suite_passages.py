"""What the suite makes of a device's count of passages: attributed, explained, held against heads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import alarms, detectors, doors, zones
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import NS, Ctx, Instant, elapsed
from mr_safety_console.domain.crossings import (
    DOOR_AFTER_MS,
    MODULUS,
    PASSAGES,
    Counter,
    CountsBegun,
    CountsDiffer,
    CountsSettled,
    Difference,
    ObservePassages,
    PassagesCounted,
    PassagesExplained,
    PassagesTaken,
    difference,
)
from mr_safety_console.domain.detectors import Condition, PointChanged
from mr_safety_console.domain.doors import DoorOpened
from mr_safety_console.domain.profile import Point, PointKind
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]

OVER_RULE, UNDER_RULE = "counts-over", "counts-under"
OVER_S, UNDER_S = 15, 60
"""Seconds after the last movement until a difference is an alarm: more inside than recorded, or fewer."""
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
    elif max(_grown(known, seen)) > MODULUS // 2:
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


def _grown(known: Counter, seen: ObservePassages) -> tuple[int, int]:
    return (seen.total_in - known.total_in) % MODULUS, (seen.total_out - known.total_out) % MODULUS


def _ways(point: Point, called_in: int, called_out: int) -> tuple[int, int, int]:
    """Return passages inwards, outwards and of no known way, by the site's plan."""
    match zones.way(point, "I"):
        case "I":
            return called_in, called_out, 0
        case "O":
            return called_out, called_in, 0
        case _:
            return 0, 0, called_in + called_out


def _counted(state: SuiteState, known: Counter, point: Point, seen: ObservePassages, ctx: Ctx) -> Fact:
    inwards, outwards, undirected = _ways(point, *_grown(known, seen))
    where = _where(state, point, seen, ctx)
    transit = doors.in_transit(state.doors, ctx.now) if where == "door" else None
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
        where=where,
        presumed=presumed,
        alarmed=min(rest, _rings(state, known, point, ctx.now)) if where in ("door", "unseen") else 0,
        visit=transit.visit if transit else "",
    )


def _where(state: SuiteState, point: Point, seen: ObservePassages, ctx: Ctx) -> str:
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
    door = ctx.profile.door_iv.id
    if not any(_opens(fact, door) for fact in facts):
        return ()
    found: list[Fact] = []
    for name, one in state.crossings.counters.items():
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


# --- held against the record ---


def over_now(state: SuiteState, ctx: Ctx) -> Difference | None:
    """Return by how many the devices count more inside than recorded, with what is not told yet."""
    found = difference(state.crossings, state.visits.heads)
    if found is not None and found.by > 0:
        return found
    for name, one in state.crossings.counters.items():
        level, point = ctx.live.get(name), ctx.profile.point(name)
        if level is None or point is None or level.crossings_in is None or level.crossings_out is None:
            continue
        if not one.directed or one.broken or level.device_boot != one.device_boot:
            continue
        seen = ObservePassages(
            point=name,
            device_boot=level.device_boot,
            total_in=level.crossings_in,
            total_out=level.crossings_out,
        )
        inwards, outwards, _ = _ways(point, *_grown(one, seen))
        counted = one.base + one.net + inwards - outwards
        more = counted - state.visits.heads
        if more > 0 and inwards <= MODULUS // 2 and _where(state, point, seen, ctx) == "door":
            return Difference(name, counted, state.visits.heads, more)
    return None


def _differs(state: SuiteState) -> Difference | None:
    """Return the difference that stands; fewer heads counted by eye are told of already."""
    found = difference(state.crossings, state.visits.heads)
    known = found is not None and found.by < 0 and state.visits.counted is not None
    return None if known else found


def _waiting(state: SuiteState, now: Instant) -> tuple[int, Difference] | None:
    """Return (due boot-time ns, difference) of what is to be told of next, or None."""
    found, told = _differs(state), state.crossings.told
    if found is None:
        return None
    if told and (found.by > 0) is (told > 0) and abs(found.by) <= abs(told):
        return None
    moved = state.crossings.moved
    if moved is None or moved.boot != now.boot:
        return now.bt, found
    due = moved.bt + (OVER_S if found.by > 0 else UNDER_S) * NS
    crossing = doors.crossing(state.doors, now)
    if crossing is not None and found.by > 0 and crossing.inwards:
        # Whoever was announced is still to be written down.
        entered = state.visits.open.get(crossing.visit)
        written = entered is not None and entered.inside
        due = due if written else max(due, crossing.due_bt)
    return due, found


def _over(state: SuiteState) -> bool:
    """Tell whether what was told of is no more, or turned into its opposite.

    While a device's count is worth nothing, nothing of it is over.
    """
    told, found = state.crossings.told, _differs(state)
    if found is None and any(one.broken for one in state.crossings.counters.values()):
        return False
    return told != 0 and (found is None or (found.by > 0) is not (told > 0))


def next_due(state: SuiteState, now: Instant) -> int | None:
    """Return the boot-time ns at which a difference is to be told of, or is over; None for neither."""
    if _over(state):
        return now.bt
    waiting = _waiting(state, now)
    return waiting[0] if waiting else None


def tick(state: SuiteState, ctx: Ctx, ahead: int) -> Facts:
    """Return the end of a difference told of, and the alarm of one that has stood long enough."""
    door = ctx.profile.door_iv.id
    if _over(state):
        over = alarms.returned(state.alarms, door, (OVER_RULE, UNDER_RULE))
        return (CountsSettled(heads=state.visits.heads), *over)
    waiting = _waiting(state, ctx.now)
    if waiting is None or waiting[0] > ctx.now.bt or ahead >= len(ctx.tokens):
        return ()
    found = waiting[1]
    rule = OVER_RULE if found.by > 0 else UNDER_RULE
    detail = f"counted={found.counted} recorded={found.recorded}"
    raised = alarms.raise_or_repeat(state.alarms, rule, door, ctx.tokens[ahead], ahead=ahead, detail=detail)
    told = CountsDiffer(point=found.point, counted=found.recorded + found.by, recorded=found.recorded)
    return (told, *raised)


def explained(state: SuiteState, cause: str) -> Facts | Refused:
    """Return the explanation of all quiet passages that wait for one, several of one cause at once."""
    if cause not in PASSAGES:
        return refused("disposition-unknown", given=cause, choices=", ".join(PASSAGES))
    count = state.crossings.open_quiet
    return (PassagesExplained(count=count, cause=cause),) if count else ()
