"""The acts that let somebody further in, judged on the whole suite, and what an emergency undoes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import alarms, checklists, clearance, detectors, doors, emergency, screening
from mr_safety_console.domain.checklists import CompleteStage, MarkItem, StageReset
from mr_safety_console.domain.codec import Command, Fact
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import AnnounceTransit, TransitEnded
from mr_safety_console.domain.emergency import EmergencyOpened
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.screening_facts import AnswerAmended, ScreeningReviewed, Verdict
from mr_safety_console.domain.staff import may
from mr_safety_console.domain.suite_watch import FERROUS_RULES, VOIDED_BY_BOOT, drop_pass
from mr_safety_console.domain.visit import BEFORE_ENTRY, Visit, expired, fell, needed
from mr_safety_console.domain.visit_facts import (
    EnterZoneIV,
    Leg,
    LegMade,
    RecordDetectorPass,
    ReleaseHold,
    StartCheck,
    VisitReleased,
    ZoneIVEntered,
)
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]


def detector_pass(state: SuiteState, asked: RecordDetectorPass, ctx: Ctx) -> Facts | Refused:
    """A person says: I watched this one walk past, and it raised nothing. Silence alone never says so.

    Holds only while the detector is live, was proof-tested this shift and has been watched since.
    """
    person = needed(state.visits, asked.visit)
    if isinstance(person, Refused):
        return person
    if why := may(state.staff, "detector-pass", ctx):
        return why
    if person.holds:
        return refused("visit-held", count=len(person.holds))
    if not person.stands(Leg.BELONGINGS):
        return refused("leg-missing", leg=Leg.BELONGINGS, act="record-detector-pass")
    for point in ctx.profile.detectors_iv:
        if why := _watching(state, point.id, point.name, ctx):
            return why
    detail = "+".join(point.id for point in ctx.profile.detectors_iv)
    return (LegMade(visit=person.id, leg=Leg.DETECTOR_PASS, detail=detail),)


def _watching(state: SuiteState, point: str, name: str, ctx: Ctx) -> Refused | None:
    condition, reason = detectors.live_condition(ctx, point)
    if condition is Condition.UNKNOWN:
        return refused("detector-unknown", point=name, reason=reason)
    if condition is Condition.DANGER or state.points.condition(point) is not Condition.NORMAL:
        return refused("detector-in-alarm", point=name)
    alarm = alarms.find(state.alarms, point, FERROUS_RULES)
    if alarm is not None and not alarm.disposition:
        return refused("ferrous-alarm-open", no=alarm.no)
    if not detectors.proved(state.points, point, ctx):
        return refused("detector-unproved", point=name)
    return None


def announce(state: SuiteState, asked: AnnounceTransit, ctx: Ctx) -> Facts | Refused:
    """Announce a crossing. Outwards is never gated; inwards is as strict as going in."""
    person = state.visits.open.get(asked.visit)
    if asked.visit and person is None:
        return refused("visit-not-open")
    if asked.inwards:
        if why := may(state.staff, "transit", ctx):
            return why
        if why := _not_inwards(state, person, ctx):
            return why
    return doors.announce(asked, ctx, inside=person is not None and person.inside)


def _not_inwards(state: SuiteState, person: Visit | None, ctx: Ctx) -> Refused | None:
    if person is not None:
        found = clearance.entry(state, person, ctx)
        return found[0].why if found else None
    if state.emergency.current is not None:
        return refused("emergency-open", no=state.emergency.current.no)
    if state.quench.barred:
        return refused("field-unverified", field=state.quench.field)
    return None


def enter(state: SuiteState, asked: EnterZoneIV, ctx: Ctx) -> Facts | Refused:
    """Record that a patient goes in. During an emergency it is recorded and alarmed, not refused."""
    person = needed(state.visits, asked.visit)
    if isinstance(person, Refused):
        return person
    if person.inside:
        return refused("visit-inside-already")
    entered = ZoneIVEntered(visit=person.id, staff=max(0, asked.staff))
    if state.emergency.current is not None:
        door = ctx.profile.door_iv.id
        raised = alarms.raise_or_repeat(state.alarms, "entered-in-emergency", door, ctx.tokens[0])
        return (entered, *raised)
    if why := may(state.staff, "enter-zone-iv", ctx):
        return why
    found = clearance.entry(state, person, ctx)
    if found:
        return found[0].why
    transit = doors.in_transit(state.doors, ctx.now)
    if transit is None or not transit.inwards or transit.visit != person.id:
        return refused("transit-not-announced", no=person.no)
    if asked.staff < 1:
        return refused("patient-alone")
    return (entered,)


def start_check(state: SuiteState, asked: StartCheck, ctx: Ctx) -> Facts | Refused:
    """Make the start leg: lists done, door closed, heads in the room counted by eye and agreeing."""
    person = needed(state.visits, asked.visit)
    if isinstance(person, Refused):
        return person
    if why := may(state.staff, "start-check", ctx):
        return why
    found = clearance.start(state, person, ctx)
    if found:
        return found[0].why
    if asked.heads != state.visits.heads:
        return refused("head-count-differs", counted=asked.heads, recorded=state.visits.heads)
    return (LegMade(visit=person.id, leg=Leg.START_CHECK, detail=f"heads={asked.heads}"),)


def release_hold(state: SuiteState, asked: ReleaseHold, ctx: Ctx) -> Facts | Refused:
    """A physician lets somebody go on whose alarm nobody could explain."""
    person = needed(state.visits, asked.visit)
    if isinstance(person, Refused):
        return person
    if asked.alarm not in person.holds:
        return refused("alarm-gone")
    if why := may(state.staff, "resolve-clinical", ctx):
        return why
    return (VisitReleased(visit=person.id, alarm=asked.alarm, reason="physician"),)


def mark_item(state: SuiteState, asked: MarkItem, ctx: Ctx) -> Facts | Refused:
    """Answer one list item, beside what its sensor says if it has one."""
    person = needed(state.visits, asked.visit)
    if isinstance(person, Refused):
        return person
    form = ctx.forms.get(asked.list_id)
    item = form.item(asked.item) if form else None
    reading = sensor_reading(state, person, item.sensor, ctx) if item and item.sensor else None
    return checklists.mark(state.lists, asked, ctx, state.staff, person.subject, reading)


def sensor_reading(state: SuiteState, person: Visit, sensor: str, ctx: Ctx) -> tuple[str, int, bool]:
    """Return (word, age in ms, agrees) of a sensor named in a list; an unknown name never agrees."""
    if sensor == "detector-pass":
        known = person.legs.get(Leg.DETECTOR_PASS)
        stands = person.stands(Leg.DETECTOR_PASS) and not expired(person, Leg.DETECTOR_PASS, ctx)
        age_ms = (ctx.now.bt - known.at.bt) // 1_000_000 if known and stands else 0
        return ("pass recorded" if stands else "no pass", age_ms, stands)
    if sensor == "door-zone-iv":
        door = ctx.profile.door_iv.id
        condition, reason = detectors.live_condition(ctx, door)
        level = ctx.live.get(door)
        age_ms = (ctx.now.bt - level.heard_bt) // 1_000_000 if level and level.heard_bt else 0
        word = {Condition.NORMAL: "closed", Condition.DANGER: "open"}.get(condition, f"UNKNOWN, {reason}")
        return word, age_ms, condition is Condition.NORMAL
    return "UNKNOWN, no such sensor", 0, False


_AFTER = {
    Leg.DOOR_LIST: (Leg.ZONE_III,),
    Leg.FINAL_CHECK: tuple(leg for leg, _ in BEFORE_ENTRY if leg is not Leg.FINAL_CHECK),
    Leg.TABLE_LIST: (),
    Leg.COIL_REMOVED: (),
}


def complete_stage(state: SuiteState, asked: CompleteStage, ctx: Ctx) -> Facts | Refused:
    """Make the leg of a stage whose items are all answered; the final check is signed by two."""
    person = needed(state.visits, asked.visit)
    if isinstance(person, Refused):
        return person
    if asked.leg not in _AFTER:
        return refused("no-such-stage", leg=asked.leg)
    if why := _too_early(person, asked.leg, ctx):
        return why
    if why := checklists.unfinished(state.lists, person.id, asked.leg, ctx.forms):
        return why
    act = "final-check" if asked.leg is Leg.FINAL_CHECK else "list-item"
    if why := may(state.staff, act, ctx):
        return why
    return (LegMade(visit=person.id, leg=asked.leg),)


def _too_early(person: Visit, leg: Leg, ctx: Ctx) -> Refused | None:
    if leg is Leg.TABLE_LIST and not person.inside:
        return refused("visit-not-inside")
    if leg is Leg.COIL_REMOVED and (person.inside or person.left is None):
        return refused("visit-still-inside")
    for before in _AFTER[leg]:
        if not person.stands(before) or expired(person, before, ctx):
            return refused("leg-missing", leg=before, act="complete-stage")
    if leg is Leg.FINAL_CHECK and person.holds:
        return refused("visit-held", count=len(person.holds))
    return None


def screening_command(state: SuiteState, asked: Command, ctx: Ctx) -> Facts | Refused:
    """Pass an interview command on, and make or drop the screening leg by what came of it."""
    person = needed(state.visits, getattr(asked, "visit", ""))
    if isinstance(person, Refused):
        return person
    answer = screening.decide(state.screening, asked, ctx, state.staff, person.subject)
    if isinstance(answer, Refused):
        return answer
    extra: Facts = ()
    for fact in answer:
        if isinstance(fact, ScreeningReviewed) and fact.verdict in (
            Verdict.CLEARED,
            Verdict.CLEARED_WITH_CONDITIONS,
        ):
            extra = (LegMade(visit=person.id, leg=Leg.SCREENING, detail=fact.verdict),)
        elif isinstance(fact, AnswerAmended | ScreeningReviewed):
            extra = fell(person, (Leg.SCREENING, Leg.FINAL_CHECK), "screening-changed")
    return (*answer, *extra)


def emergency_command(state: SuiteState, asked: Command, ctx: Ctx) -> Facts | Refused:
    """Decide on an emergency; opening one voids every clearance and ends every announcement."""
    answer = emergency.decide(state.emergency, asked, ctx)
    if isinstance(answer, Refused) or not any(isinstance(fact, EmergencyOpened) for fact in answer):
        return answer
    undone: list[Fact] = []
    if state.doors.transit is not None:
        undone.append(TransitEnded(reason="emergency"))
    for person in state.visits.open.values():
        dropped = fell(person, VOIDED_BY_BOOT, "emergency")
        undone += dropped
        if state.lists.answers(person.id, "final-check"):
            undone.append(StageReset(visit=person.id, leg=Leg.FINAL_CHECK))
    return (*answer, *undone)


__all__ = [
    "announce",
    "complete_stage",
    "detector_pass",
    "drop_pass",
    "emergency_command",
    "enter",
    "mark_item",
    "release_hold",
    "screening_command",
    "sensor_reading",
    "start_check",
]
