"""What the suite makes of readings and of time: alarms, holds, legs that fall. It only tightens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import alarms, checklists, detectors, doors, emergency, lifecycle, staff
from mr_safety_console.domain.alarm_points import DOOR_HELD_S
from mr_safety_console.domain.alarms import AlarmDisposed, DisposeAlarm
from mr_safety_console.domain.checklists import StageReset
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import NS, Ctx, Instant
from mr_safety_console.domain.detectors import (
    Condition,
    DeviceNoted,
    NoteDevice,
    ObservePoint,
    PointsUnproven,
    StartWalkTest,
    WalkTestEnded,
    WalkTestPassed,
)
from mr_safety_console.domain.doors import DoorClosed, DoorOpened, TransitEnded
from mr_safety_console.domain.lifecycle import StartConsole, StepClock, Tick
from mr_safety_console.domain.profile import Point, PointKind
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.visit import Visit, fell
from mr_safety_console.domain.visit_facts import Leg, VisitHeld, VisitReleased

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]

FERROUS_RULES = ("ferrous-entry", "ferrous-approach")
LOST_RULES = ("detector-lost", "detector-lost-in-transit")
OPEN_RULES = ("door-unannounced-occupied", "door-unannounced", "door-held-open")
EXPLAINED = frozenset({"object-found", "nuisance-door", "nuisance-environment", "nuisance-equipment"})
"""Dispositions that end a hold; anything else needs a physician's release or another day."""

VOIDED_BY_BOOT = (Leg.DETECTOR_PASS, Leg.ZONE_III, Leg.FINAL_CHECK, Leg.START_CHECK)


def observe(state: SuiteState, seen: ObservePoint, ctx: Ctx) -> Facts:
    """Return what follows from a point's new word; a point the site does not have says nothing."""
    point = ctx.profile.point(seen.point)
    if point is None:
        return ()
    moved = detectors.changed(state.points, seen)
    if not moved and not seen.edges:
        return ()
    if point.kind is PointKind.DETECTOR:
        return (*moved, *_detector(state, point, seen, ctx))
    return (*moved, *_door(state, point, seen, ctx))


def _detector(state: SuiteState, point: Point, seen: ObservePoint, ctx: Ctx) -> Facts:
    # A pulse counted by the device between two readings is an alarm like any other.
    if seen.condition is Condition.DANGER or seen.edges:
        facts = _ferrous(state, point, ctx)
        return facts if seen.condition is Condition.DANGER else (*facts, *_quiet(state, facts, point))
    if seen.condition is Condition.NORMAL:
        return alarms.returned(state.alarms, point.id, (*FERROUS_RULES, *LOST_RULES))
    return _detector_lost(state, point, ctx)


def _quiet(state: SuiteState, facts: Facts, point: Point) -> Facts:
    """Return the end of a pulse that is over before anybody saw it."""
    over = [f.alarm for f in facts if isinstance(f, alarms.AlarmRaised | alarms.AlarmRepeated)]
    lost = alarms.returned(state.alarms, point.id, LOST_RULES)
    return (*(alarms.AlarmReturned(alarm=name) for name in over), *lost)


def _ferrous(state: SuiteState, point: Point, ctx: Ctx) -> Facts:
    others = _end_tests(state, ctx, other_than=point.id, reason="other-point")
    if detectors.testing(state.points, point.id, ctx.now):
        return (*others, WalkTestPassed(point=point.id))
    transit = doors.in_transit(state.doors, ctx.now)
    closed = detectors.live_condition(ctx, ctx.profile.door_iv.id)[0] is Condition.NORMAL
    inwards = transit is not None and transit.inwards
    rule = "ferrous-approach" if closed and not inwards else "ferrous-entry"
    held = _passing(state, transit.visit if transit else "")
    names = tuple(person.id for person in held)
    raised = alarms.raise_or_repeat(state.alarms, rule, point.id, ctx.tokens[0], names)
    alarm = _alarm_id(raised)
    facts: list[Fact] = [*others, *raised]
    for person in held:
        if alarm not in person.holds:
            facts.append(VisitHeld(visit=person.id, alarm=alarm))
        facts += drop_pass(state, person, "detector-alarm")
    return tuple(facts)


def _alarm_id(raised: Facts) -> str:
    first = raised[0]
    return first.alarm if isinstance(first, alarms.AlarmRaised | alarms.AlarmRepeated) else ""


def _passing(state: SuiteState, announced: str) -> tuple[Visit, ...]:
    """Return whom an alarm may be about: the announced one, else everybody on the way in."""
    if announced in state.visits.open:
        return (state.visits.open[announced],)
    on_the_way = (Leg.BELONGINGS, Leg.ZONE_III)
    return tuple(
        person
        for person in state.visits.open.values()
        if not person.inside and person.left is None and any(person.stands(leg) for leg in on_the_way)
    )


def _detector_lost(state: SuiteState, point: Point, ctx: Ctx) -> Facts:
    transit = doors.in_transit(state.doors, ctx.now)
    rule = "detector-lost-in-transit" if transit else "detector-lost"
    raised = alarms.raise_or_repeat(state.alarms, rule, point.id, ctx.tokens[0])
    return (*raised, *_all_passes(state, "detector-lost"))


def _all_passes(state: SuiteState, reason: str) -> Facts:
    waiting = [person for person in state.visits.open.values() if not person.inside]
    return tuple(fact for person in waiting for fact in drop_pass(state, person, reason))


def drop_pass(state: SuiteState, person: Visit, reason: str) -> Facts:
    """Return the fall of a detector pass, and of the final check that relied on it."""
    facts = fell(person, (Leg.DETECTOR_PASS, Leg.FINAL_CHECK), reason)
    if state.lists.answers(person.id, "final-check"):
        facts = (*facts, StageReset(visit=person.id, leg=Leg.FINAL_CHECK))
    return facts


def _door(state: SuiteState, point: Point, seen: ObservePoint, ctx: Ctx) -> Facts:
    if seen.condition is Condition.UNKNOWN:
        raised = alarms.raise_or_repeat(state.alarms, "door-lost", point.id, ctx.tokens[0])
        return (*raised, *_reopen(state, ctx, "door-zone-iv"))
    back = alarms.returned(state.alarms, point.id, ("door-lost",))
    if point.zone != "IV":
        return back
    tests = _end_tests(state, ctx, other_than="", reason="door")
    if seen.condition is Condition.NORMAL:
        return (*back, *tests, *_door_closed(state, point))
    return (*back, *tests, *_door_opened(state, point, ctx))


def _door_closed(state: SuiteState, point: Point) -> Facts:
    facts: Facts = (DoorClosed(point=point.id), *alarms.returned(state.alarms, point.id, OPEN_RULES))
    if state.doors.transit is not None and state.doors.open_announced:
        facts = (*facts, TransitEnded(reason="door-closed"))
    return facts


def _door_opened(state: SuiteState, point: Point, ctx: Ctx) -> Facts:
    announced = doors.in_transit(state.doors, ctx.now) is not None
    opened: Facts = (DoorOpened(point=point.id, announced=announced), *_reopen(state, ctx, "door-zone-iv"))
    if announced:
        return opened
    occupied = state.visits.heads > 0 or state.visits.scan_presumed
    rule = "door-unannounced-occupied" if occupied else "door-unannounced"
    raised = alarms.raise_or_repeat(state.alarms, rule, point.id, ctx.tokens[0])
    broken: list[Fact] = []
    for person in state.visits.open.values():
        leg = Leg.START_CHECK if person.inside else Leg.FINAL_CHECK
        broken += fell(person, (leg,), "door-break")
    return (*opened, *raised, *broken)


def _reopen(state: SuiteState, ctx: Ctx, sensor: str) -> Facts:
    return tuple(
        fact
        for person in state.visits.open.values()
        if not person.inside
        for form in ctx.forms.values()
        for fact in checklists.sensed(form, state.lists, person.id, sensor)
    )


def _end_tests(state: SuiteState, ctx: Ctx, other_than: str, reason: str) -> Facts:
    return tuple(
        WalkTestEnded(point=name, reason=reason)
        for name in state.points.points
        if name != other_than and detectors.testing(state.points, name, ctx.now)
    )


def walk_test(state: SuiteState, asked: StartWalkTest, ctx: Ctx) -> Facts | Refused:
    """Begin a walk test, or say why not."""
    if why := staff.may(state.staff, "walk-test", ctx):
        return why
    transit = doors.in_transit(state.doors, ctx.now) is not None
    return detectors.start_walk_test(state.points, asked.point, ctx, transit=transit)


def dispose(state: SuiteState, asked: DisposeAlarm, ctx: Ctx) -> Facts | Refused:
    """Dispose of an alarm, and let go the people it held if it was explained."""
    answer = alarms.decide(state.alarms, asked, ctx, state.staff)
    if isinstance(answer, Refused) or not any(isinstance(fact, AlarmDisposed) for fact in answer):
        return answer
    released: list[Fact] = []
    for person in state.visits.open.values():
        if asked.alarm in person.holds and asked.disposition in EXPLAINED:
            released.append(VisitReleased(visit=person.id, alarm=asked.alarm, reason=asked.disposition))
            if asked.disposition == "object-found":
                released += fell(person, (Leg.BELONGINGS,), "object-found")
    return (*answer, *released)


def note_device(state: SuiteState, asked: NoteDevice, ctx: Ctx) -> Facts:
    """Keep a note about a device; a foreign identity on a line is an alarm of its own."""
    noted = DeviceNoted(port=asked.port, what=asked.what, text=asked.text, count=asked.count)
    if asked.what != "wrong-identity":
        return (noted,)
    return (noted, *alarms.raise_or_repeat(state.alarms, "device-identity", asked.port, ctx.tokens[0]))


def clock_stepped(state: SuiteState, asked: StepClock, ctx: Ctx) -> Facts:
    """Keep a clock step, and show it when it is more than a minute."""
    facts = lifecycle.decide(state.run, asked)
    if abs(asked.delta_ms) < 60_000:
        return facts
    return (*facts, *alarms.raise_or_repeat(state.alarms, "clock-stepped", "clock", ctx.tokens[0]))


def start(state: SuiteState, asked: StartConsole, ctx: Ctx) -> Facts:
    """Begin a run: nothing is proved yet, nobody is signed on, and what needed watching has fallen."""
    points = tuple(point.id for point in ctx.profile.points)
    facts: list[Fact] = [*lifecycle.decide(state.run, asked), PointsUnproven(points=points)]
    if state.staff.session is not None:
        facts.append(staff.SignedOff(person=state.staff.session.who.person, reason="stopped"))
    if state.doors.transit is not None:
        facts.append(TransitEnded(reason="restart"))
    if state.run.starts:
        facts += alarms.raise_or_repeat(state.alarms, "restarted", "console", ctx.tokens[0])
    facts += _all_passes(state, "restart")
    if state.run.boot and state.run.boot != ctx.now.boot:
        for person in state.visits.open.values():
            legs = tuple(leg for leg in VOIDED_BY_BOOT if leg not in (Leg.DETECTOR_PASS, Leg.FINAL_CHECK))
            facts += fell(person, legs, "reboot")
    return tuple(facts)


def tick(state: SuiteState, _asked: Tick, ctx: Ctx) -> Facts:
    """Return whatever time has brought; each thing once."""
    facts: list[Fact] = [*emergency.on_tick(state.emergency, ctx), *alarms.fire(state.alarms, ctx.now)]
    transit = state.doors.transit
    if transit is not None and doors.in_transit(state.doors, ctx.now) is None:
        facts.append(TransitEnded(reason="timeout"))
    for point in detectors.due_tests(state.points, ctx.now):
        facts.append(WalkTestEnded(point=point, reason="no-alarm"))
    due = door_held_due(state, ctx.now)
    if due is not None and due <= ctx.now.bt:
        door = ctx.profile.door_iv.id
        facts += alarms.raise_or_repeat(state.alarms, "door-held-open", door, ctx.tokens[0])
    return tuple(facts)


def door_held_due(state: SuiteState, now: Instant) -> int | None:
    """Return when an announced opening becomes a door held open, or None when it cannot."""
    since = state.doors.open_since
    if since is None or not state.doors.open_announced:
        return None
    if any(alarm.rule == "door-held-open" and alarm.present for alarm in state.alarms.open.values()):
        return None
    if since.boot != now.boot:
        return now.bt
    return since.bt + DOOR_HELD_S * NS
