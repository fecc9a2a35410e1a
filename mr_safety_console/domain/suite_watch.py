"""What the suite makes of readings and of time: alarms, holds, legs that fall. It only tightens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import (
    alarm_shelf,
    alarm_timers,
    alarms,
    bypass,
    detectors,
    doors,
    emergency,
    lifecycle,
    overrides,
    oxygen,
    staff,
    suite_binding,
    suite_checks,
    suite_counts,
    suite_doors,
    suite_implants,
    suite_iron,
    suite_ledger,
    suite_lists,
    suite_permits,
    suite_remote,
    suite_roster,
    suite_watching,
    upkeep,
)
from mr_safety_console.domain.alarms import AlarmDisposed, DisposeAlarm
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.detectors import (
    Condition,
    DeviceNoted,
    NoteDevice,
    ObservePoint,
    PointChanged,
    PointsUnproven,
    StartWalkTest,
    WalkTestEnded,
    WalkTestPassed,
)
from mr_safety_console.domain.doors import TransitEnded
from mr_safety_console.domain.lifecycle import ReportSpoolDamage, StartConsole, StepClock, Tick
from mr_safety_console.domain.profile import Point, PointKind
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.suite_crossing import HEADS_RULE, reconcile
from mr_safety_console.domain.suite_iron import FERROUS_RULES, drop_pass
from mr_safety_console.domain.suite_screening import iron_in_doubt
from mr_safety_console.domain.visit import Visit, fell
from mr_safety_console.domain.visit_facts import ClearanceVoided, Leg, VisitHeld, VisitReleased

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]

LOST_RULES = ("detector-lost", "detector-lost-in-transit")
EXPLAINED = frozenset(
    {
        "object-found",
        "patient-worn",
        "staff-item",
        "nuisance-door",
        "nuisance-environment",
        "nuisance-equipment",
    }
)
"""Dispositions that end a hold; anything else needs a physician's release or another day."""

VOIDED_BY_BOOT = (Leg.DETECTOR_PASS, Leg.ZONE_III, Leg.FINAL_CHECK, Leg.START_CHECK)


def observe(state: SuiteState, seen: ObservePoint, ctx: Ctx) -> Facts:
    """Return what follows from a point's new word; a point the site does not have says nothing."""
    point = ctx.profile.point(seen.point)
    if point is None:
        return ()
    moved = (*detectors.chattered(seen), *detectors.changed(state.points, seen))
    if point.kind is PointKind.OXYGEN:
        return (*moved, *oxygen.observe(state, point, seen, moved, ctx))
    if not seen.edges and not any(isinstance(fact, PointChanged) for fact in moved):
        return moved
    if point.kind is PointKind.DETECTOR:
        return (*moved, *_detector(state, point, seen, ctx))
    return (*moved, *suite_doors.observe(state, point, seen, ctx))


def _detector(state: SuiteState, point: Point, seen: ObservePoint, ctx: Ctx) -> Facts:
    # A pulse counted by the device between two readings is an alarm like any other.
    facts: Facts = ()
    if seen.condition is Condition.DANGER or seen.edges:
        facts = _ferrous(state, point, seen, ctx)
    if seen.condition is Condition.UNKNOWN:
        return (*facts, *_detector_lost(state, point, ctx, ahead=alarms.count_raised(facts)))
    return (*facts, *_quiet(state, facts, point)) if seen.condition is Condition.NORMAL else facts


def _quiet(state: SuiteState, facts: Facts, point: Point) -> Facts:
    """Return the end of every alarm of a detector that reads normal, also of a pulse just over."""
    rung = [f.alarm for f in facts if isinstance(f, alarms.AlarmRaised | alarms.AlarmRepeated)]
    over = alarms.returned(state.alarms, point.id, (*FERROUS_RULES, *LOST_RULES), but=rung)
    return (*(alarms.AlarmReturned(alarm=name) for name in rung), *over)


def _ferrous(state: SuiteState, point: Point, seen: ObservePoint, ctx: Ctx) -> Facts:
    ended = detectors.end_tests(state.points, ctx.now, reason="other-point", but=point.id)
    if detectors.testing(state.points, point.id, ctx.now):
        # One alarm is the expected one; a second, or one before a loss, is real.
        if seen.edges <= 1 and seen.condition is not Condition.UNKNOWN:
            return (*ended, WalkTestPassed(point=point.id))
        ended = (*ended, WalkTestEnded(point=point.id, reason="second-alarm"))
    return (*ended, *suite_iron.rung(state, point.id, ctx))


def _detector_lost(state: SuiteState, point: Point, ctx: Ctx, ahead: int) -> Facts:
    transit = doors.in_transit(state.doors, ctx.now)
    rule = "detector-lost-in-transit" if transit else "detector-lost"
    tests = detectors.end_tests(state.points, ctx.now, reason="other-point", but=point.id)
    raised = alarms.raise_or_repeat(state.alarms, rule, point.id, ctx.tokens[ahead], ahead=ahead)
    return (*tests, *raised, *_all_passes(state, "detector-lost", ctx))


def _all_passes(state: SuiteState, reason: str, ctx: Ctx) -> Facts:
    waiting = [person for person in state.visits.open.values() if not person.inside]
    return tuple(fact for person in waiting for fact in drop_pass(state, person, reason, ctx))


def walk_test(state: SuiteState, asked: StartWalkTest, ctx: Ctx) -> Facts | Refused:
    """Begin a walk test, or say why not."""
    if why := staff.may(state.staff, "walk-test", ctx):
        return why
    transit = doors.in_transit(state.doors, ctx.now) is not None
    return detectors.start_walk_test(state.points, asked.point, ctx, transit=transit)


def dispose(state: SuiteState, asked: DisposeAlarm, ctx: Ctx) -> Facts | Refused:
    """Dispose of an alarm, and let go the people it held if it was explained."""
    known = state.alarms.open.get(asked.alarm)
    if known is not None and known.rule == HEADS_RULE:
        return reconcile(state, asked, ctx)
    answer = alarms.decide(state.alarms, asked, ctx, state.staff)
    if isinstance(answer, Refused) or not any(isinstance(fact, AlarmDisposed) for fact in answer):
        return answer
    released: list[Fact] = []
    for person in state.visits.open.values():
        released += _let_go(state, person, asked, ctx)
    return (*answer, *released)


def _let_go(state: SuiteState, person: Visit, asked: DisposeAlarm, ctx: Ctx) -> Facts:
    held = asked.alarm in person.holds
    if not held and person.id not in state.alarms.open[asked.alarm].visits:
        return ()
    if asked.disposition not in EXPLAINED:
        # Explained once, and now not any more: the hold is back.
        back: Facts = (VisitHeld(visit=person.id, alarm=asked.alarm),)
        return iron_in_doubt(state, person, asked.alarm, ctx) if held else back
    free = (VisitReleased(visit=person.id, alarm=asked.alarm, reason=asked.disposition),) if held else ()
    if asked.disposition not in ("object-found", "patient-worn"):
        return free
    # Inside already, the pass they went in on is worth nothing: they come out, are searched, pass anew.
    comes_out = person.inside and not person.uncleared
    void = (ClearanceVoided(visit=person.id, reason="object-found"),) if comes_out else ()
    return (*free, *fell(person, (Leg.BELONGINGS,), "object-found"), *void)


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


def spool_damaged(state: SuiteState, asked: ReportSpoolDamage, ctx: Ctx) -> Facts:
    """Keep and show that emergency records could not be read back: somebody has to write on paper."""
    facts = lifecycle.decide(state.run, asked)
    return (*facts, *alarms.raise_or_repeat(state.alarms, "spool-damaged", "spool", ctx.tokens[0]))


def start(state: SuiteState, asked: StartConsole, ctx: Ctx) -> Facts:
    """Begin a run: nothing is proved yet, nobody is signed on, and what needed watching has fallen."""
    points = tuple(point.id for point in ctx.profile.points)
    facts: list[Fact] = [*lifecycle.decide(state.run, asked), *bypass.restarted(state)]
    facts.append(PointsUnproven(points=points))
    if state.staff.session is not None:
        facts.append(staff.SignedOff(person=state.staff.session.who.person, reason="stopped"))
    if state.doors.transit is not None:
        facts.append(TransitEnded(reason="restart"))
    if state.run.starts:
        facts += alarm_shelf.restarted(state.alarms)
        facts += alarms.raise_or_repeat(state.alarms, "restarted", "console", ctx.tokens[0])
    if asked.fallback:
        ahead = alarms.count_raised(tuple(facts))
        facts += alarms.raise_or_repeat(state.alarms, "site-file", "console", ctx.tokens[1], ahead=ahead)
    facts += upkeep.missed(state, asked.missing, tuple(facts), ctx)
    facts += suite_doors.keeper_left(state, "restart", ctx, alarms.count_raised(tuple(facts)))
    return (*facts, *_fallen_by_start(state, asked, ctx, alarms.count_raised(tuple(facts))))


def _fallen_by_start(state: SuiteState, asked: StartConsole, ctx: Ctx, ahead: int) -> Facts:
    """Return what falls with a start: what somebody watched, and what was for another magnet or form."""
    facts = _all_passes(state, "restart", ctx)
    if state.run.boot and state.run.boot != ctx.now.boot:
        legs = tuple(leg for leg in VOIDED_BY_BOOT if leg not in (Leg.DETECTOR_PASS, Leg.FINAL_CHECK))
        facts += tuple(fact for one in state.visits.open.values() for fact in fell(one, legs, "reboot"))
    return (*facts, *suite_doors.beyond(suite_binding.started(state, asked.forms_hash, ctx, ahead), facts))


def tick(state: SuiteState, _asked: Tick, ctx: Ctx) -> Facts:
    """Return whatever time has brought; each thing once."""
    facts: list[Fact] = [*emergency.on_tick(state.emergency, ctx), *alarm_timers.fire(state.alarms, ctx.now)]
    transit = state.doors.transit
    if transit is not None and doors.in_transit(state.doors, ctx.now) is None:
        facts.append(TransitEnded(reason="timeout"))
    for point in detectors.due_tests(state.points, ctx.now):
        facts.append(WalkTestEnded(point=point, reason="no-alarm"))
    open_doors = suite_doors.tick(state, ctx)
    unspoken = suite_watching.tick(state, ctx, alarms.count_raised(open_doors))
    facts += (*suite_lists.expire(state, ctx), *open_doors, *unspoken)
    facts += (*suite_lists.disagreeing(state, ctx), *overrides.tick(state, ctx))
    facts += suite_remote.tick(state, ctx, alarms.count_raised(tuple(facts)))
    facts += bypass.tick(state, ctx, alarms.count_raised(tuple(facts)))
    facts += suite_permits.tick(state, ctx, alarms.count_raised(tuple(facts)))
    facts += suite_implants.tick(state, ctx, alarms.count_raised(tuple(facts)))
    facts += suite_iron.stayed(state, ctx, alarms.count_raised(tuple(facts)))
    facts += suite_roster.tick(state, ctx, alarms.count_raised(tuple(facts)))
    facts += suite_counts.tick(state, ctx, alarms.count_raised(tuple(facts)))
    return (*facts, *suite_ledger.tick(state, ctx), *suite_checks.tick(state, ctx))
