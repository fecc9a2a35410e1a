"""A device's count of the people inside, held against the record: told of, and never written into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import alarms, doors
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import NS, Ctx, Instant
from mr_safety_console.domain.crossings import (
    MODULUS,
    CountsDiffer,
    CountsSettled,
    CrossingsState,
    ObservePassages,
)
from mr_safety_console.domain.doors import Transit
from mr_safety_console.domain.suite_passages import grown, ways, where
from mr_safety_console.domain.value import frozen

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]

OVER_RULE, UNDER_RULE = "counts-over", "counts-under"
OVER_S, UNDER_S = 15, 60
"""Seconds after the last movement until a difference is an alarm: more inside than recorded, or fewer."""


@frozen
class Difference:
    """What a device counted against what the record has: `by` heads more, or fewer below zero."""

    point: str
    counted: int
    recorded: int
    by: int


def difference(state: CrossingsState, heads: int) -> Difference | None:
    """Return the worst difference of any device to so many recorded heads; more people inside comes first.

    People who stood between detector and door are on neither side: they may have gone in uncounted.
    """
    found: list[Difference] = []
    for name, one in state.counters.items():
        counted = one.base + one.net
        if not one.directed or one.broken:
            continue
        if counted > heads:
            found.append(Difference(name, counted, heads, counted - heads))
        elif heads > counted + one.before:
            found.append(Difference(name, counted, heads, counted + one.before - heads))
    over = [one for one in found if one.by > 0]
    return max(over, key=lambda one: one.by, default=min(found, key=lambda one: one.by, default=None))


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
        inwards, outwards, _ = ways(point, *grown(one, seen))
        counted = one.base + one.net + inwards - outwards
        more = counted - state.visits.heads
        if more > 0 and inwards <= MODULUS // 2 and where(state, point, seen, ctx) == "door":
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
    known = told != 0 and (found.by > 0) is (told > 0)
    # In an emergency people run in and out: told of once is enough until the heads are counted at its end.
    if known and (abs(found.by) <= abs(told) or state.emergency.current is not None):
        return None
    moved = state.crossings.moved
    if moved is None or moved.boot != now.boot:
        return now.bt, found
    due = moved.bt + (OVER_S if found.by > 0 else UNDER_S) * NS
    crossing = unwritten(state, now)
    return (due if crossing is None or found.by < 0 else max(due, crossing.due_bt)), found


def unwritten(state: SuiteState, now: Instant) -> Transit | None:
    """Return the way in that was announced and is still to be written down, or None."""
    crossing = doors.crossing(state.doors, now)
    if crossing is None or not crossing.inwards:
        return None
    entered = state.visits.open.get(crossing.visit)
    return None if entered is not None and entered.inside else crossing


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
