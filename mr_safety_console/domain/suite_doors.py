"""What the suite makes of its doors: openings nobody announced, and doors that stand open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import alarms, checklists, doors
from mr_safety_console.domain.alarm_points import DOOR_HELD_S, ZONE_III_OPEN_S
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import NS, Ctx, Instant
from mr_safety_console.domain.detectors import Condition, ObservePoint, end_tests
from mr_safety_console.domain.doors import DoorClosed, DoorOpened, TransitEnded
from mr_safety_console.domain.profile import Point
from mr_safety_console.domain.suite_lists import undo
from mr_safety_console.domain.visit_facts import Leg

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]

HELD_RULE, ZONE_III_RULE = "door-held-open", "zone-iii-door-open"
OPEN_RULES = ("door-unannounced-occupied", "door-unannounced", HELD_RULE, ZONE_III_RULE)
APPROACH = ("ferrous-approach",)


def observe(state: SuiteState, point: Point, seen: ObservePoint, ctx: Ctx) -> Facts:
    """Return what follows from a door's new word; any movement ends a walk test."""
    tests = end_tests(state.points, ctx.now, reason="door")
    if seen.condition is Condition.UNKNOWN:
        raised = alarms.raise_or_repeat(state.alarms, "door-lost", point.id, ctx.tokens[0])
        if point.zone != "IV":
            return (*tests, *raised)
        # No longer proved closed: what was only near the door may be in it.
        worse = alarms.worsened(state.alarms, APPROACH)
        reopened = _reopen(state, ctx, "door-zone-iv")
        return (*tests, *raised, *worse, *reopened, *_unwatched(state, ctx))
    back = alarms.returned(state.alarms, point.id, ("door-lost",))
    if seen.condition is Condition.NORMAL:
        return (*back, *tests, *_closed(state, point))
    if point.zone != "IV":
        return (*back, *tests, DoorOpened(point=point.id, announced=False, zone=point.zone))
    return (*back, *tests, *_opened(state, point, ctx))


def _closed(state: SuiteState, point: Point) -> Facts:
    over = alarms.returned(state.alarms, point.id, OPEN_RULES)
    facts: Facts = (DoorClosed(point=point.id, zone=point.zone), *over)
    if point.zone == "IV" and state.doors.transit is not None and state.doors.open_announced:
        facts = (*facts, TransitEnded(reason="door-closed"))
    return facts


def _opened(state: SuiteState, point: Point, ctx: Ctx) -> Facts:
    announced = doors.excusing(state.doors, ctx.now) is not None
    opened: Facts = (
        DoorOpened(point=point.id, announced=announced),
        *alarms.worsened(state.alarms, APPROACH),
        *_reopen(state, ctx, "door-zone-iv"),
    )
    if announced:
        return opened
    occupied = state.visits.heads > 0 or state.visits.scan_presumed
    rule = "door-unannounced-occupied" if occupied else "door-unannounced"
    raised = alarms.raise_or_repeat(state.alarms, rule, point.id, ctx.tokens[0])
    broken = (
        *_fallen(state, ctx, Leg.FINAL_CHECK, "door-break", inside=False),
        *_fallen(state, ctx, Leg.START_CHECK, "door-break", inside=True),
    )
    return (*opened, *raised, *broken)


def _unwatched(state: SuiteState, ctx: Ctx) -> Facts:
    # Somebody announced stands in the door with staff; for everybody else nobody knows who went in.
    if doors.excusing(state.doors, ctx.now) is not None:
        return ()
    return _fallen(state, ctx, Leg.FINAL_CHECK, "door-lost", inside=False)


def _fallen(state: SuiteState, ctx: Ctx, leg: Leg, reason: str, *, inside: bool) -> Facts:
    """Return the fall of a leg, where it stands, of everybody inside or of everybody outside."""
    return tuple(
        fact
        for person in state.visits.open.values()
        if person.inside is inside and person.stands(leg)
        for fact in undo(state, person, (leg,), reason, ctx)
    )


def _reopen(state: SuiteState, ctx: Ctx, sensor: str) -> Facts:
    return tuple(
        fact
        for person in state.visits.open.values()
        if not person.inside
        for form in ctx.forms.values()
        for fact in checklists.sensed(form, state.lists, person.id, sensor)
    )


def held_open(state: SuiteState, now: Instant) -> tuple[tuple[int, str, str], ...]:
    """Return (due boot-time ns, rule, point) of each door whose standing open becomes an alarm.

    The empty point is the magnet room's door. A door already in alarm for it has no due time; one
    that stood open across a reboot is due now.
    """
    present = [alarm for alarm in state.alarms.open.values() if alarm.present]
    told = {alarm.point for alarm in present if alarm.rule == ZONE_III_RULE}
    due = [
        (_due(since, now, ZONE_III_OPEN_S), ZONE_III_RULE, name)
        for name, since in state.doors.others.items()
        if name not in told
    ]
    since_iv = state.doors.open_since if state.doors.open_announced else None
    if since_iv is not None and all(alarm.rule != HELD_RULE for alarm in present):
        due.append((_due(since_iv, now, DOOR_HELD_S), HELD_RULE, ""))
    return tuple(sorted(due))


def _due(since: Instant, now: Instant, after_s: int) -> int:
    return now.bt if since.boot != now.boot else since.bt + after_s * NS


def tick(state: SuiteState, ctx: Ctx) -> Facts:
    """Return the doors that have stood open too long by now."""
    facts: Facts = ()
    overdue = [held for held in held_open(state, ctx.now) if held[0] <= ctx.now.bt]
    for _, rule, point in overdue[: len(ctx.tokens)]:
        ahead = alarms.count_raised(facts)
        facts += alarms.raise_or_repeat(
            state.alarms, rule, point or ctx.profile.door_iv.id, ctx.tokens[ahead], ahead=ahead
        )
    return facts
