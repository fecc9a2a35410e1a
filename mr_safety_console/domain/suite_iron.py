"""What the suite makes of iron: the alarm, whom it is about, and how little a test piece explains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import alarms, detectors, doors
from mr_safety_console.domain.alarm_points import APPROACH_S, Priority
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import Ctx, Instant, elapsed
from mr_safety_console.domain.detectors import Condition, PointsState, WalkTestEnded
from mr_safety_console.domain.doors import Transit
from mr_safety_console.domain.people_facts import Category
from mr_safety_console.domain.profile import Point
from mr_safety_console.domain.suite_lists import undo
from mr_safety_console.domain.visit import Visit
from mr_safety_console.domain.visit_facts import Leg, VisitHeld

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]

ENTRY, APPROACH = "ferrous-entry", "ferrous-approach"
FERROUS_RULES = (ENTRY, APPROACH)


def rung(state: SuiteState, point: str, ctx: Ctx, ahead: int = 0) -> Facts:
    """Return the alarm of iron at a detector, the holds of whom it may be about, and their fallen passes.

    `ahead` is how many alarms the same decision has raised before.
    """
    transit = doors.in_transit(state.doors, ctx.now)
    closed = detectors.live_condition(ctx, ctx.profile.door_iv.id)[0] is Condition.NORMAL
    inwards = transit is not None and transit.inwards
    held = _passing(state, transit.visit if transit and inwards else "")
    raised = alarms.raise_or_repeat(
        state.alarms,
        APPROACH if closed and not inwards else ENTRY,
        point,
        # An alarm about iron is never left out for want of an identifier.
        ctx.tokens[ahead] if ahead < len(ctx.tokens) else f"{ctx.tokens[0]}-{point}",
        (*(person.id for person in held), *_by_name(state, transit)),
        ahead=ahead,
    )
    alarm = _alarm_id(raised)
    facts: list[Fact] = [*raised]
    for person in held:
        if alarm not in person.holds:
            facts.append(VisitHeld(visit=person.id, alarm=alarm))
        facts += drop_pass(state, person, "detector-alarm", ctx)
    return tuple(facts)


def _alarm_id(raised: Facts) -> str:
    first = raised[0]
    return first.alarm if isinstance(first, alarms.AlarmRaised | alarms.AlarmRepeated) else ""


def _passing(state: SuiteState, announced: str) -> tuple[Visit, ...]:
    """Return whom an alarm may be about: the one announced inwards, else everybody on the way in."""
    if announced in state.visits.open:
        return (state.visits.open[announced],)
    on_the_way = (Leg.BELONGINGS, Leg.ZONE_III)
    outside = [
        person
        for person in state.visits.open.values()
        if not person.inside and any(person.stands(leg) for leg in on_the_way)
    ]
    inwards = tuple(one for one in outside if one.left is None or one.stands(Leg.DETECTOR_PASS))
    # Whoever came out is mostly on the way home; with nobody else about, the iron may be on them.
    return inwards or tuple(outside)


def _by_name(state: SuiteState, transit: Transit | None) -> tuple[str, ...]:
    """Return the untrained people by name an alarm may be about: whoever may go on and waits."""
    if transit is not None and transit.inwards and transit.visit in state.visits.open:
        return ()
    untrained = (one for one in state.people.here.values() if one.category is Category.NON_MR)
    return tuple(one.id for one in untrained if not one.visit and not one.inside and one.max_zone == "IV")


def drop_pass(state: SuiteState, person: Visit, reason: str, ctx: Ctx) -> Facts:
    """Return the fall of a detector pass, and of the final check that relied on it."""
    return undo(state, person, (Leg.DETECTOR_PASS, Leg.FINAL_CHECK), reason, ctx)


def stayed(state: SuiteState, ctx: Ctx, ahead: int = 0) -> Facts:
    """Return the alarms of detectors that answered a test piece and are in danger past their test."""
    facts: Facts = ()
    for name in _unexplained(state.points, ctx.now):
        facts = (*facts, WalkTestEnded(point=name, reason=detectors.STAYED))
        if not _told(state, name):
            ended = detectors.end_tests(state.points, ctx.now, reason="other-point", but=name)
            facts = _more(facts, (*ended, *rung(state, name, ctx, ahead + alarms.count_raised(facts))))
    return facts


def _unexplained(state: PointsState, now: Instant) -> tuple[str, ...]:
    """Return the detectors whose danger a test piece explained, and explains no longer."""
    return tuple(
        name
        for name, point in state.points.items()
        if point.condition is Condition.DANGER
        and point.answer_due_bt
        and (point.test_boot != now.boot or point.answer_due_bt <= now.bt)
    )


def untold(state: SuiteState, guards: tuple[Point, ...], ctx: Ctx, ahead: int = 0) -> Facts:
    """Return the alarms of detectors in danger that rang none: a test explains it at a closed door only."""
    facts: Facts = ()
    for point in guards:
        if state.points.condition(point.id) is Condition.DANGER and not _told(state, point.id):
            facts = _more(facts, rung(state, point.id, ctx, ahead + alarms.count_raised(facts)))
    return facts


def _told(state: SuiteState, point: str) -> bool:
    known = state.alarms.open.values()
    return any(alarm.point == point and alarm.rule in FERROUS_RULES and alarm.present for alarm in known)


def _more(facts: Facts, others: Facts) -> Facts:
    """Return both, each fact once: two detectors may be about the same person."""
    return (*facts, *(fact for fact in others if fact not in facts))


def nearer(state: SuiteState, now: Instant) -> Facts:
    """Return what becomes High as the magnet room's door is closed no longer: iron was near it just now.

    Near it still, or a moment ago, or nobody has answered for it. What is over stays over.
    """
    facts: list[Fact] = []
    for alarm in state.alarms.open.values():
        if alarm.rule != APPROACH or alarm.priority >= Priority.HIGH:
            continue
        lately = alarm.rang.boot == now.boot and elapsed(now, alarm.rang).seconds <= APPROACH_S
        if alarm.present or lately or not alarm.answered:
            worse = alarms.AlarmWorsened(alarm=alarm.id, instance=alarm.instance + 1, priority=Priority.HIGH)
            over = () if alarm.present else (alarms.AlarmReturned(alarm=alarm.id),)
            facts += (worse, *over)
    return tuple(facts)
