"""What the suite makes of its doors: openings nobody announced or nothing excuses, and doors held open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mr_safety_console.domain import alarms, checklists, doors, roster, suite_iron
from mr_safety_console.domain.alarm_points import DOOR_HELD_S, DOOR_KEPT_S, KEEPER_S, UNSEEN, ZONE_III_OPEN_S
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import NS, Ctx, Instant
from mr_safety_console.domain.detectors import Condition, ObservePoint, end_tests
from mr_safety_console.domain.doors import (
    DoorClosed,
    DoorKeeperLeft,
    DoorKept,
    DoorOpened,
    KeepDoor,
    LeaveDoor,
    TransitEnded,
)
from mr_safety_console.domain.profile import Point
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import may
from mr_safety_console.domain.suite_lists import undo
from mr_safety_console.domain.visit import Visit
from mr_safety_console.domain.visit_facts import Leg, VisitHeld

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]

HELD_RULE, KEPT_RULE, ZONE_III_RULE = "door-held-open", "door-kept-open", "zone-iii-door-open"
SCAN_RULE, FORCED_RULE, FORCED_III_RULE = "door-during-scan", "door-unrostered", "zone-iii-unrostered"
OPEN_RULES = (*sorted(UNSEEN), HELD_RULE, KEPT_RULE, ZONE_III_RULE, FORCED_III_RULE)


def observe(state: SuiteState, point: Point, seen: ObservePoint, ctx: Ctx) -> Facts:
    """Return what follows from a door's new word; any movement ends a walk test."""
    tests = end_tests(state.points, ctx.now, reason="door")
    if seen.condition is Condition.UNKNOWN:
        raised = alarms.raise_or_repeat(state.alarms, "door-lost", point.id, ctx.tokens[0])
        if point.zone != "IV":
            return (*tests, *raised)
        # No longer proved closed: what was only near the door may be in it.
        worse = suite_iron.nearer(state, ctx.now)
        reopened = _reopen(state, ctx, "door-zone-iv")
        iron = suite_iron.untold(state, ctx.profile.detectors_iv, ctx, alarms.count_raised(raised))
        return (*tests, *raised, *worse, *iron, *reopened, *beyond(_unwatched(state, ctx), iron))
    back = alarms.returned(state.alarms, point.id, ("door-lost",))
    if seen.condition is Condition.NORMAL:
        return (*back, *tests, *_closed(state, point))
    if point.zone != "IV":
        return (*back, *tests, *_opened_iii(state, point, ctx))
    return (*back, *tests, *_opened(state, point, ctx))


def _closed(state: SuiteState, point: Point) -> Facts:
    over = alarms.returned(state.alarms, point.id, OPEN_RULES)
    facts: Facts = (DoorClosed(point=point.id, zone=point.zone), *over)
    if point.zone == "IV" and state.doors.transit is not None and state.doors.open_announced:
        facts = (*facts, TransitEnded(reason="door-closed"))
    return facts


def _opened_iii(state: SuiteState, point: Point, ctx: Ctx) -> Facts:
    """Return the opening of a door into Zone III, told at once while nobody is rostered."""
    forced = roster.unrostered(state)
    opened = DoorOpened(point=point.id, announced=False, zone=point.zone, forced=forced)
    if not forced:
        return (opened,)
    return (opened, *alarms.raise_or_repeat(state.alarms, FORCED_III_RULE, point.id, ctx.tokens[0]))


def _opened(state: SuiteState, point: Point, ctx: Ctx) -> Facts:
    nobody = roster.unrostered(state)
    announced = not nobody and doors.excusing(state.doors, ctx.now) is not None
    kept = not announced and watched(state, ctx)
    worse = suite_iron.nearer(state, ctx.now)
    opened: Facts = (
        DoorOpened(point=point.id, announced=announced, kept=kept, forced=nobody),
        *worse,
        *_held_again(state, worse),
        *_reopen(state, ctx, "door-zone-iv"),
    )
    excused = (announced or kept) and not state.visits.scan_presumed
    raised = () if excused else unannounced(state, ctx)
    iron = suite_iron.untold(state, ctx.profile.detectors_iv, ctx, alarms.count_raised(raised))
    if announced:
        return (*opened, *raised, *iron)
    broken = (
        *_fallen(state, ctx, Leg.FINAL_CHECK, "door-break", inside=False),
        *_fallen(state, ctx, Leg.START_CHECK, "door-break", inside=True),
    )
    return (*opened, *raised, *iron, *beyond(broken, iron))


def beyond(falls: Facts, told: Facts) -> Facts:
    """Return the falls of legs and lists that are not among what was told already."""
    known = {_what(fact) for fact in told}
    return tuple(fact for fact in falls if _what(fact) not in known)


def _what(fact: Fact) -> tuple[str, object, object]:
    return fact.kind, getattr(fact, "visit", ""), getattr(fact, "leg", "")


def _held_again(state: SuiteState, worse: Facts) -> Facts:
    """Hold whoever an alarm was about and who was let go on what had been said of it."""
    risen = {fact.alarm for fact in worse if isinstance(fact, alarms.AlarmWorsened)}
    return tuple(
        VisitHeld(visit=person.id, alarm=alarm)
        for alarm in sorted(risen)
        for person in state.visits.open.values()
        if person.id in state.alarms.open[alarm].visits and not person.inside and alarm not in person.holds
    )


def unannounced(state: SuiteState, ctx: Ctx, ahead: int = 0) -> Facts:
    """Return the alarm of the magnet room's door open for nobody announced, or where nothing excuses it.

    In a scan the radio shield is broken and noise comes out, whoever opened it.
    """
    if roster.unrostered(state):
        return forced(state, ctx, ahead)
    occupied = "door-unannounced-occupied" if state.visits.heads > 0 else "door-unannounced"
    rule = SCAN_RULE if state.visits.scan_presumed else occupied
    door = ctx.profile.door_iv.id
    return alarms.raise_or_repeat(state.alarms, rule, door, ctx.tokens[ahead], ahead=ahead)


def forced(state: SuiteState, ctx: Ctx, ahead: int = 0) -> Facts:
    """Return the alarm of the magnet room's door open while nobody is rostered."""
    door = ctx.profile.door_iv.id
    return alarms.raise_or_repeat(state.alarms, FORCED_RULE, door, ctx.tokens[ahead], ahead=ahead)


def watched(state: SuiteState, ctx: Ctx) -> bool:
    """Tell whether a keeper's eyes count: never in a scan, in an emergency or while nobody is rostered."""
    if state.visits.scan_presumed or state.emergency.current is not None or roster.unrostered(state):
        return False
    return doors.kept(state.doors, ctx.now) is not None


def keep(state: SuiteState, _asked: KeepDoor, ctx: Ctx) -> Facts | Refused:
    """Let whoever is signed on keep the door, for a quarter of an hour at most."""
    if why := may(state.staff, "keep-door", ctx):
        return why
    person = ctx.actor.person if ctx.actor else ""
    return (DoorKept(keeper=person, due_bt=ctx.now.bt + KEEPER_S * NS, boot=ctx.now.boot),)


def leave_door(state: SuiteState, _asked: LeaveDoor, ctx: Ctx) -> Facts:
    """Record that nobody keeps the door any more; standing open under nobody's eyes it alarms at once."""
    return keeper_left(state, "left", ctx)


def keeper_left(state: SuiteState, reason: str, ctx: Ctx, ahead: int = 0) -> Facts:
    """Return the end of the door's keeping, if somebody kept it.

    An open door that somebody walks away from alarms at once, also where it alarmed before they came.
    """
    if state.doors.keeper is None:
        return ()
    walked = reason == "left" and not state.doors.open_announced
    open_ = (state.doors.open_kept or walked) and state.doors.open_since is not None
    over = alarms.returned(state.alarms, ctx.profile.door_iv.id, (KEPT_RULE,))
    raised = (*over, *unannounced(state, ctx, ahead)) if open_ else ()
    return (DoorKeeperLeft(reason=reason), *raised)


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
        if person.inside is inside and (person.stands(leg) or _read_once(state, person, leg))
        for fact in undo(state, person, (leg,), reason, ctx)
    )


def _read_once(state: SuiteState, person: Visit, leg: Leg) -> bool:
    return leg is Leg.FINAL_CHECK and person.id in state.lists.rounds


def _reopen(state: SuiteState, ctx: Ctx, sensor: str) -> Facts:
    return tuple(
        fact
        for person in state.visits.open.values()
        if not person.inside
        for name in ctx.forms
        if state.lists.answers(person.id, name)  # a form nobody answered is not even read
        for fact in checklists.sensed(ctx.forms[name], state.lists, person.id, sensor)
    )


def held_open(state: SuiteState, now: Instant) -> tuple[tuple[int, str, str], ...]:
    """Return (due boot-time ns, rule, point) of each door whose standing open becomes an alarm.

    The empty point is the magnet room's door. A door already in alarm for it has no due time; one
    that stood open across a reboot is due now.
    """
    present = [alarm for alarm in state.alarms.open.values() if alarm.present]
    told = {alarm.point for alarm in present if alarm.rule in (ZONE_III_RULE, FORCED_III_RULE)}
    due = [
        (_due(since, now, ZONE_III_OPEN_S), ZONE_III_RULE, name)
        for name, since in state.doors.others.items()
        if name not in told
    ]
    for excused, rule, after_s in (
        (state.doors.open_announced, HELD_RULE, DOOR_HELD_S),
        (state.doors.open_kept, KEPT_RULE, DOOR_KEPT_S),
    ):
        since_iv = state.doors.open_since if excused else None
        if since_iv is not None and all(alarm.rule != rule for alarm in present):
            due.append((_due(since_iv, now, after_s), rule, ""))
    return tuple(sorted(due))


def _due(since: Instant, now: Instant, after_s: int) -> int:
    return now.bt if since.boot != now.boot else since.bt + after_s * NS


def tick(state: SuiteState, ctx: Ctx) -> Facts:
    """Return the end of the door's keeping by time, and the doors that have stood open too long by now."""
    facts: Facts = ()
    if state.doors.keeper is not None and doors.kept(state.doors, ctx.now) is None:
        facts = keeper_left(state, "timeout", ctx)
        state = replace(state, doors=replace(state.doors, keeper=None, open_kept=False))
    overdue = [held for held in held_open(state, ctx.now) if held[0] <= ctx.now.bt]
    for _, rule, point in overdue[: len(ctx.tokens) - 1]:
        ahead = alarms.count_raised(facts)
        facts += alarms.raise_or_repeat(
            state.alarms, rule, point or ctx.profile.door_iv.id, ctx.tokens[ahead], ahead=ahead
        )
    return facts
