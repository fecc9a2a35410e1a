"""Detector pass and holds, judged on the whole suite, and what an emergency undoes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import (
    alarms,
    detectors,
    emergency,
    quench,
    suite_items,
)
from mr_safety_console.domain.alarms import AlarmRaised
from mr_safety_console.domain.codec import Command, Fact
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import TransitEnded
from mr_safety_console.domain.emergency import (
    EmergencyEnded,
    EmergencyKind,
    EmergencyKindAdded,
    EmergencyKindChosen,
    EmergencyOpened,
)
from mr_safety_console.domain.quench import QuenchKind, ReportQuench
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import may
from mr_safety_console.domain.suite_crossing import heads_counted, kit_counted
from mr_safety_console.domain.suite_iron import FERROUS_RULES
from mr_safety_console.domain.suite_lists import undo
from mr_safety_console.domain.suite_wands import unready, witnessed
from mr_safety_console.domain.suite_watch import VOIDED_BY_BOOT
from mr_safety_console.domain.visit import needed
from mr_safety_console.domain.visit_facts import (
    Leg,
    LegMade,
    RecordDetectorPass,
    ReleaseHold,
    VisitReleased,
)
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]

UNEXPLAINED = 2
"""So many alarms of one person that nobody could explain: not admitted."""

VOIDED_BY_EMERGENCY = (*VOIDED_BY_BOOT, Leg.TABLE_LIST)
"""Hands that helped have moved coil, cables and hearing protection: the table is gone through anew."""


def detector_pass(state: SuiteState, asked: RecordDetectorPass, ctx: Ctx) -> Facts | Refused:
    """A person says: I watched this one walk past, and it raised nothing. Silence alone never says so.

    Holds only while the detector is live, was proof-tested this shift and has been watched since.
    """
    person = needed(state.visits, asked.visit)
    if isinstance(person, Refused):
        return person
    if why := may(state.staff, "detector-pass", ctx):
        return why
    if why := unready(person, asked.kind):
        return why
    for point in ctx.profile.detectors_iv:
        if why := watching(state, point.id, point.name, ctx):
            return why
    if witnessed(state, person.id, ctx) and (why := may(state.staff, "detector-pass-witness", ctx)):
        return why
    detail = "+".join(point.id for point in ctx.profile.detectors_iv)
    # The final check reads the pass back: it comes after the last one.
    before = undo(state, person, (Leg.FINAL_CHECK,), "pass-repeated", ctx)
    return (LegMade(visit=person.id, leg=Leg.DETECTOR_PASS, detail=detail), *before)


def watching(state: SuiteState, point: str, name: str, ctx: Ctx) -> Refused | None:
    """Return why nobody may lean on this detector for a pass, or None."""
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


def release_hold(state: SuiteState, asked: ReleaseHold, ctx: Ctx) -> Facts | Refused:
    """A physician lets somebody go on whose alarm nobody could explain; the second time, with a witness."""
    person = needed(state.visits, asked.visit)
    if isinstance(person, Refused):
        return person
    if asked.alarm not in person.holds:
        return refused("alarm-gone")
    if why := may(state.staff, release_act(state, person.id), ctx):
        return why
    return (VisitReleased(visit=person.id, alarm=asked.alarm, reason="physician"),)


def release_act(state: SuiteState, visit: str) -> str:
    """Return what a physician's release is: after two alarms nobody could explain, with a witness."""
    twice = len(state.crossings.unknown.get(visit, ())) >= UNEXPLAINED
    return "release-unexplained" if twice else "resolve-clinical"


def _field_in_doubt(state: SuiteState, told: Facts, ctx: Ctx) -> Facts:
    """Whoever names the kind quench puts the field in doubt, once, until somebody reports more."""
    named = any(
        isinstance(fact, EmergencyKindChosen | EmergencyKindAdded) and fact.about is EmergencyKind.QUENCH
        for fact in told
    )
    if not named or state.quench.barred:
        return ()
    return quench.decide(state.quench, ReportQuench(how=QuenchKind.SUSPECTED), ctx)


def _counted(state: SuiteState, told: Facts, ctx: Ctx) -> Facts:
    """Hold the heads counted at the end of an emergency against the record, and tell of kit left inside."""
    ended = next((fact for fact in told if isinstance(fact, EmergencyEnded)), None)
    if ended is None:
        return ()
    heads = heads_counted(state, ended.head_count, ctx)
    ahead = sum(isinstance(fact, AlarmRaised) for fact in heads)
    kit = kit_counted(state, ended.kit_count, ctx, ahead)
    ahead += sum(isinstance(fact, AlarmRaised) for fact in kit)
    return (*heads, *kit, *suite_items.kit_counted(state, ended.kit_count, ctx, ahead))


def emergency_command(state: SuiteState, asked: Command, ctx: Ctx) -> Facts | Refused:
    """Decide on an emergency; opening one voids every clearance and ends every announcement."""
    answer = emergency.decide(state.emergency, asked, ctx)
    if isinstance(answer, Refused):
        return answer
    answer = (*answer, *_field_in_doubt(state, answer, ctx), *_counted(state, answer, ctx))
    if not any(isinstance(fact, EmergencyOpened) for fact in answer):
        return answer
    undone: list[Fact] = []
    if state.doors.transit is not None:
        undone.append(TransitEnded(reason="emergency"))
    for person in state.visits.open.values():
        undone += undo(state, person, VOIDED_BY_EMERGENCY, "emergency", ctx)
    return (*answer, *undone)
