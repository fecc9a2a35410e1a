"""What could be done now, and why not: the same check `decide` begins with, asked beforehand."""

from __future__ import annotations

from mr_safety_console.domain import alarms, bypass, clearance, screening, suite
from mr_safety_console.domain.alarm_points import UNSEEN
from mr_safety_console.domain.alarms import AcknowledgeAlarm, ranked
from mr_safety_console.domain.approval_facts import REMOTE, ApproveScreening
from mr_safety_console.domain.authority import MAY
from mr_safety_console.domain.bypass import BypassPoint
from mr_safety_console.domain.checklists import CompleteStage
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import AnnounceTransit
from mr_safety_console.domain.implant_acts import DecideDevices
from mr_safety_console.domain.implant_facts import DecisionKind
from mr_safety_console.domain.people_acts import RecordPersonPass
from mr_safety_console.domain.refusal import Offer
from mr_safety_console.domain.screening_case import replaced
from mr_safety_console.domain.screening_facts import BeginScreening, ReviewScreening, SignScreening, Verdict
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.domain.suite_crossing import announced_for, crossing_for
from mr_safety_console.domain.suite_entry import release_act
from mr_safety_console.domain.suite_wands import witnessed
from mr_safety_console.domain.visit import Visit, step, way_in
from mr_safety_console.domain.visit_facts import (
    AuthoriseZoneIII,
    CheckIn,
    CloseVisit,
    CountStaff,
    EndScan,
    EnterZoneIV,
    IdentifyVisit,
    LeaveZoneIV,
    Leg,
    RecordBelongings,
    RecordDetectorPass,
    ReleaseHold,
    StartCheck,
    Step,
)
from mr_safety_console.domain.wands import RecordHandPass
from mr_safety_console.domain.watching_facts import (
    NO_ANSWER,
    CheckSkin,
    ObservePatient,
    RecordInjection,
    RecordIntervention,
)

UNSEEN_RULES = (*UNSEEN, "door-lost")
"""Alarms of the magnet room's door after which somebody may be inside whom nobody let in."""

Acts = tuple[tuple[str, Command], ...]

_SIGNED = {
    "choose-hearing": "release-item",
    "record-check": "check-witnessed",
    "waive-check": "check-waive",
    "resume-use": "use-resume",
    "choose-watch": "watch-wider",
    "accept-duties": "duties-accept",
    "hold-time-out": "time-out",
    "change-observer": "observe-accept",
    "sign-screening": "screening-first",
    "review-screening": "screening-interactive",
    "release-item": "release-item",
    "override-item": "override-item",
    "label-item": "item-label",
    "import-items": "item-import",
    "withdraw-device": "device-withdraw",
    "close-device-action": "device-restored",
    "sign-device-decision": "device-decision-sign",
}


def offer(state: SuiteState, label: str, asked: Command, ctx: Ctx) -> Offer:
    """Return an offer of one command: allowed, allowed with signatures, or why not."""
    why = suite.decide(state, asked, ctx).refused
    if why is not None and why.rule == "signature-missing":
        return Offer(label, asked, None, _signatures(state, asked, ctx))
    return Offer(label, asked, why)


def _signatures(state: SuiteState, asked: Command, ctx: Ctx) -> int:
    match asked:
        case BypassPoint():
            return bypass.signatures(asked, ctx.profile)
        case ReleaseHold(visit=visit):
            return MAY[release_act(state, visit)][1]
        case RecordHandPass(visit=visit, person=person):
            witness = witnessed(state, visit or person, ctx)
            return MAY["detector-pass-witness" if witness else "hand-pass"][1]
        case DecideDevices(called=called, decision=decision):
            # By a call: one who records, who may be the other decider; else both are here.
            return 1 if called and decision == DecisionKind.MET else 2
        case RecordDetectorPass() | RecordPersonPass():
            # Only a pass that follows a red alarm is signed at all.
            return MAY["detector-pass-witness"][1]
    if isinstance(asked, CompleteStage):
        return MAY["final-check"][1]
    return MAY[_SIGNED[asked.kind]][1] if asked.kind in _SIGNED else 1


def for_visit(state: SuiteState, visit_id: str, ctx: Ctx) -> tuple[Offer, ...]:
    """Return what could be done for a visit, the proposed act in front; empty if it is not open."""
    person = state.visits.open.get(visit_id)
    if person is None:
        return ()
    proposed = _proposed(state, person, step(person, ctx), ctx)
    again = _again(state, person, ctx)
    goes = announced_for(state, person, ctx) and way_in(person, ctx) is Step.ENTER
    found = (*again, *proposed) if goes else (*proposed, *again)
    also = _beside_inside(state, person, ctx) if person.inside else _beside_outside(state, person, ctx)
    return tuple(offer(state, label, asked, ctx) for label, asked in (*found, *also))


def _beside_inside(state: SuiteState, person: Visit, ctx: Ctx) -> Acts:
    also = _owed(person)
    if step(person, ctx) is not Step.OUT:
        also.append(("Patient is out", LeaveZoneIV(visit=person.id)))
    elif not person.companion and not person.uncleared:
        # The scan ended, or somebody said so too early: it goes on by another start check, here.
        heads = state.visits.heads
        also.append((f"Another scan: I count {heads} in the room", StartCheck(visit=person.id, heads=heads)))
    if person.scan_presumed:
        also += _watching(person)
    if state.visits.staff_inside:
        also.append(("All staff are out of the room", CountStaff(staff_inside=0)))
    return tuple(also)


def _watching(person: Visit) -> Acts:
    visit = person.id
    return (
        ("I saw the patient and spoke with them", CheckIn(visit=visit)),
        ("The patient gives no answer", CheckIn(visit=visit, patient=NO_ANSWER)),
        ("The patient says: warm, pain, anxious", CheckIn(visit=visit, patient="pain")),
        ("Something was done for the patient", RecordIntervention(visit=visit, what="other")),
        ("Contrast is given now", RecordInjection(visit=visit)),
    )


def _owed(person: Visit) -> list[tuple[str, Command]]:
    """Return what is owed to a patient after the scan before the visit closes."""
    found: list[tuple[str, Command]] = []
    if person.watch.heat is not None and not person.scan_presumed:
        found.append(("I looked at the skin", CheckSkin(visit=person.id, found="nothing-seen")))
    if person.watch.observe_s:
        found.append(("I looked after contrast", ObservePatient(visit=person.id)))
    return found


def _beside_outside(state: SuiteState, person: Visit, ctx: Ctx) -> Acts:
    also = _owed(person)
    if person.left is None:
        also.append(("Close, not scanned", CloseVisit(visit=person.id, outcome="not-scanned")))
    if not person.screening_alone and _may_be_inside(state, person, ctx):
        also.append(
            ("Is inside already: record it as NOT CLEARED", EnterZoneIV(visit=person.id, anyway=True))
        )
    return tuple(also)


def _may_be_inside(state: SuiteState, person: Visit, ctx: Ctx) -> bool:
    """Tell whether the door gives reason to think that somebody went in who is not on the record."""
    door = ctx.profile.door_iv.id
    moved = state.points.condition(door) is not Condition.NORMAL or state.doors.open_since is not None
    rung = alarms.find(state.alarms, door, UNSEEN_RULES) is not None
    last = state.doors.transit or state.doors.crossed
    announced = last is not None and last.inwards and last.visit == person.id
    since_out = person.left is None or (last is not None and last.since.bt > person.left.bt)
    return moved or rung or (announced and since_out)


def _again(state: SuiteState, person: Visit, ctx: Ctx) -> Acts:
    """Return what comes next for somebody who is out and goes in again in the same attendance."""
    if person.inside or person.left is None:
        return ()
    found = _proposed(state, person, way_in(person, ctx), ctx)
    return tuple((f"In again: {label}", asked) for label, asked in found)


def _crossing(state: SuiteState, person: Visit, ctx: Ctx) -> Acts:
    """Return the announcement and the way in; announced and then stopped, nobody is proposed to go in."""
    ask = ("Announce the crossing", AnnounceTransit(visit=person.id))
    go = ("Patient goes in", EnterZoneIV(visit=person.id))
    if not crossing_for(state, person, ctx):
        return (ask, go)
    stands = announced_for(state, person, ctx) and not clearance.entry(state, person, ctx)
    return (go,) if stands else (ask,)


def _way_out(state: SuiteState, visit: str) -> Acts:
    """Return announcement and way out: a door that opens unannounced rings, so that comes first if it can."""
    ask = ("Announce the way out", AnnounceTransit(visit=visit, inwards=False))
    out = ("Patient is out", LeaveZoneIV(visit=visit))
    moves = state.doors.transit is not None or state.doors.open_since is not None
    return (out, ask) if moves or state.emergency.current is not None else (ask, out)


def _proposed(state: SuiteState, person: Visit, at: Step, ctx: Ctx) -> Acts:
    visit = person.id
    match at:
        case Step.IDENTIFY:
            return (
                ("Name and birth date agree", IdentifyVisit(visit=visit, identifiers=("name", "birth-date"))),
            )
        case Step.SCREENING:
            return _screening(state, person, ctx)
        case Step.ENTER:
            return _crossing(state, person, ctx)
        case Step.OUT:
            return _way_out(state, visit)
        case Step.START_CHECK:
            heads = state.visits.heads
            return ((f"I count {heads} in the room", StartCheck(visit=visit, heads=heads)),)
        case _:
            return tuple((label, asked) for label, asked in _simple(visit).get(at, ()))


def _simple(visit: str) -> dict[Step, tuple[tuple[str, Command], ...]]:
    return {
        Step.BELONGINGS: (("Belongings and gown done", RecordBelongings(visit=visit)),),
        Step.DETECTOR: (("I watched the pass: nothing raised", RecordDetectorPass(visit=visit)),),
        Step.ZONE_III: (("Authorise into Zone III", AuthoriseZoneIII(visit=visit)),),
        Step.DOOR_LIST: (("Door list complete", CompleteStage(visit=visit, leg=Leg.DOOR_LIST)),),
        Step.FINAL_CHECK: (("Final check: go", CompleteStage(visit=visit, leg=Leg.FINAL_CHECK)),),
        Step.TABLE_LIST: (("Table list complete", CompleteStage(visit=visit, leg=Leg.TABLE_LIST)),),
        Step.SCAN: (("Scan has ended", EndScan(visit=visit)),),
        Step.COIL_REMOVED: (
            ("Coil removed and inspected", CompleteStage(visit=visit, leg=Leg.COIL_REMOVED)),
        ),
        Step.CLOSE: (("Close the visit", CloseVisit(visit=visit, outcome="completed")),),
    }


def _screening(state: SuiteState, person: Visit, ctx: Ctx) -> tuple[tuple[str, Command], ...]:
    case = state.screening.cases.get(person.id)
    if case is not None and case.declined:
        return (("Close: declined", CloseVisit(visit=person.id, outcome="refused")),)
    if case is None:
        return (("Begin the interview", BeginScreening(visit=person.id)),)
    if replaced(case, ctx.forms):
        anew = BeginScreening(visit=person.id, form=case.form)
        return (("Begin the interview anew: its form was replaced", anew),)
    if not case.first:
        return (("Sign the answers", SignScreening(visit=person.id)),)
    if case.verdict is Verdict.NOT_SUITABLE:
        return (("Close, not scanned", CloseVisit(visit=person.id, outcome="not-scanned")),)
    if screening.awaits_approval(case) and case.approver != REMOTE:
        return (("Final approval", ApproveScreening(visit=person.id)),)
    return (("Sign the review", ReviewScreening(visit=person.id)),)


def for_alarms(state: SuiteState, ctx: Ctx) -> tuple[Offer, ...]:
    """Return the acknowledgements that could be given now, the first alarm in front."""
    return tuple(
        offer(
            state, f"Acknowledge A{alarm.no}", AcknowledgeAlarm(alarm=alarm.id, instance=alarm.instance), ctx
        )
        for alarm in ranked(state.alarms)
        if not alarm.answered
    )
