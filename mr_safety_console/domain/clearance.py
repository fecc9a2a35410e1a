"""May this person go in, may this scan begin: every reason why not, the strictest one deciding.

Findings only add up. Nothing found never means more than that: `nothing found by these checks`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mr_safety_console.domain import (
    check_rules,
    checklists,
    detectors,
    doors,
    final_rounds,
    items_inside,
    overrides,
    people,
    remote_rules,
    screening,
    suite_counts,
    visit,
    wands,
)
from mr_safety_console.domain.alarm_points import Priority
from mr_safety_console.domain.alarms import Alarm
from mr_safety_console.domain.binding import (
    bound_here,
    devices_decided,
    devices_judged,
    door_list_stands,
    forms_same,
    identity_stands,
    leg_stands,
    table_list_stands,
)
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.findings import Case, Finding, Rule, Verdict, assess, hold, stop
from mr_safety_console.domain.hearing_heads import heard_for
from mr_safety_console.domain.quench import FieldState
from mr_safety_console.domain.screening_facts import Verdict as ScreeningVerdict
from mr_safety_console.domain.screening_sheets import sheets_settled
from mr_safety_console.domain.visit import Visit
from mr_safety_console.domain.visit_facts import Leg
from mr_safety_console.domain.words import say

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState


CLEARED = (ScreeningVerdict.CLEARED, ScreeningVerdict.CLEARED_WITH_CONDITIONS)
"""What an interview must have come to; anything else holds."""
ADMITTING = (*CLEARED, ScreeningVerdict.EMERGENT)
"""Those, and the emergent screen that two physicians bear: it is never called cleared."""


def legs_stand(case: Case) -> Iterable[Finding]:
    """Every leg before entry was made, has not fallen, and has not expired."""
    for leg, _ in visit.before_entry(case.visit):
        yield from leg_stands(case, leg)


def screening_cleared(case: Case) -> Iterable[Finding]:
    """The interview was reviewed, and came to a clearance for this very attendance (I4, I8)."""
    known = case.state.screening.cases.get(case.visit.id)
    if known is None:
        yield hold("screening-not-cleared", verdict="not begun")
        return
    # What was signed and what the answers come to now: the worse of the two counts.
    worst = next((v for v in (known.verdict, screening.verdict(known)) if v not in ADMITTING), None)
    borne = ScreeningVerdict.EMERGENT not in (known.verdict, screening.verdict(known)) or known.emergent
    if known.declined:
        yield stop("screening-declined")
    elif worst is None and not borne:
        yield hold("screening-not-cleared", verdict=known.verdict)
    elif worst is not None:
        yield hold("screening-not-cleared", verdict=worst)
    elif screening.awaits_approval(known):
        yield hold("approval-missing", owner=say("approver", known.approver))


def detectors_watch(case: Case) -> Iterable[Finding]:
    """Every detector at the magnet room's door speaks, and none is in alarm (I3).

    In place of one that is UNKNOWN only a person's hand-held pass counts, while somebody keeps the door.
    """
    by_hand = wands.manual(case.visit, case.ctx)
    kept = doors.kept(case.state.doors, case.ctx.now) is not None
    for point in case.ctx.profile.detectors_iv:
        condition, reason = detectors.live_condition(case.ctx, point.id)
        recorded = case.state.points.condition(point.id)
        if Condition.DANGER in (condition, recorded):
            yield stop("detector-in-alarm", point=point.name)
        elif Condition.UNKNOWN in (condition, recorded) and not by_hand:
            yield hold("detector-unknown", point=point.name, reason=reason or "not recorded yet")
        elif Condition.UNKNOWN in (condition, recorded) and not kept:
            yield hold("keeper-needed", door=case.ctx.profile.door_iv.name)


def door_known(case: Case) -> Iterable[Finding]:
    """The door contact of the magnet room speaks; otherwise whoever keeps the door answers for it (I3)."""
    door = case.ctx.profile.door_iv
    condition, reason = detectors.live_condition(case.ctx, door.id)
    unknown = Condition.UNKNOWN in (condition, case.state.points.condition(door.id))
    if unknown and not overrides.door_by_eye(case.state, case.visit, case.ctx):
        yield hold("door-unknown", door=door.name, reason=reason or "not recorded yet")


def no_hold(case: Case) -> Iterable[Finding]:
    """No alarm holds this person."""
    if case.visit.holds:
        yield hold("visit-held", count=len(case.visit.holds))


def no_open_ferrous_alarm(case: Case) -> Iterable[Finding]:
    """Nobody goes in on an open red alarm of a detector."""
    for alarm in _unexplained(case):
        yield stop("ferrous-alarm-open", no=alarm.no)


def no_iron_taken_in(case: Case) -> Iterable[Finding]:
    """Iron that rang with the door open or somebody on the way in may lie beside the magnet."""
    for alarm in _unexplained(case):
        if alarm.priority is Priority.HIGH:
            yield stop("ferrous-alarm-open", no=alarm.no)


def _unexplained(case: Case) -> Iterable[Alarm]:
    for alarm in case.state.alarms.open.values():
        if alarm.rule in ("ferrous-entry", "ferrous-approach") and not (alarm.answered and alarm.disposition):
            yield alarm


def no_emergency(case: Case) -> Iterable[Finding]:
    """Nothing opens inwards while an emergency stands."""
    current = case.state.emergency.current
    if current is not None:
        yield stop("emergency-open", no=current.no)


def field_present(case: Case) -> Iterable[Finding]:
    """After a quench or a suspicion of one the suite takes nobody in (I13)."""
    if case.state.quench.field is not FieldState.PRESENT:
        yield stop("field-unverified", field=case.state.quench.field)


def final_check_last(case: Case) -> Iterable[Finding]:
    """The final check came after everything it read back."""
    final = case.visit.legs.get(Leg.FINAL_CHECK)
    if final is None or final.fallen:
        return
    for leg, _ in visit.before_entry(case.visit):
        known = case.visit.legs.get(leg)
        if known and known.at.boot == final.at.boot and known.at.bt > final.at.bt:
            yield hold("leg-newer", leg=leg)


def nobody_else_inside(case: Case) -> Iterable[Finding]:
    """One magnet, one patient: another one on the record as inside comes out first."""
    for other in case.state.visits.inside:
        if other.id != case.visit.id and not (other.companion or case.visit.companion):
            yield hold("another-inside", no=other.no)


def companion_escorted(case: Case) -> Iterable[Finding]:
    """A companion goes in only where a Level 2 who answers for them is on the record inside."""
    if not case.visit.companion:
        return
    known = case.state.people.here.get(case.visit.id)
    if known is None or not people.escort_inside(case.state.people, known):
        yield hold("companion-escort", no=case.visit.no)


def heads_agree(case: Case) -> Iterable[Finding]:
    """Fewer heads were counted than are recorded: where the missing ones are comes first."""
    counted = case.state.visits.counted
    if counted is not None:
        yield hold("heads-differ", counted=counted, recorded=case.state.visits.heads)


def nobody_uncounted(case: Case) -> Iterable[Finding]:
    """No detector counts more people in the room than the record has: somebody looks first."""
    over = suite_counts.over_now(case.state, case.ctx)
    if over is not None:
        yield hold("counts-over", counted=over.counted, recorded=over.recorded)


def no_count_alarm(case: Case) -> Iterable[Finding]:
    """Nobody is taken in beside somebody who went in unrecorded, once that stands as an alarm."""
    for alarm in case.state.alarms.open.values():
        if alarm.rule == suite_counts.OVER_RULE and alarm.present:
            yield hold("counts-over-alarm", no=alarm.no)


def openings_explained(case: Case) -> Iterable[Finding]:
    """After an opening or iron that nobody could explain the room is looked at before anything goes on."""
    if case.state.crossings.doubted:
        yield hold("opening-unexplained", count=case.state.crossings.doubted)


def no_kit_inside(case: Case) -> Iterable[Finding]:
    """What an emergency left in the room was taken out, or said to belong there."""
    for alarm in case.state.alarms.open.values():
        if alarm.rule == "kit-inside" and not (alarm.answered and alarm.disposition):
            yield hold("kit-inside", no=alarm.no)


def no_item_against(case: Case) -> Iterable[Finding]:
    """Nothing is in the magnet room although its class, its label or the moment stands against it."""
    for one in case.state.inside.uncleared("IV"):
        yield stop("item-inside", no=one.no)


def items_agree(case: Case) -> Iterable[Finding]:
    """Whatever the record has in the magnet room was found there."""
    if case.state.inside.differs:
        yield hold("items-differ", count=len(case.state.inside.missing))


def items_seen(case: Case) -> Iterable[Finding]:
    """Nothing is presumed out or in its place: each item inside was seen since the patient went in."""
    left = items_inside.unseen(case.state.inside, case.visit.entered, case.ctx)
    if left:
        yield hold("items-not-seen", count=len(left), first=left[0].no)


def no_permit_open(case: Case) -> Iterable[Finding]:
    """Nobody works in the magnet room, and it was handed back after the last work."""
    for permit in case.state.permits.open.values():
        if permit.zone == "IV":
            rule = "permit-open" if permit.closed is None else "permit-not-handed-back"
            yield hold(rule, no=permit.no)


def people_answered_for(case: Case) -> Iterable[Finding]:
    """Everybody in the room beside the patient went in on leave, is watched over, and was seen."""
    alone = {person.id for person in people.unescorted(case.state.people)}
    for person in case.state.people.here.values():
        if person.lost:
            yield hold("person-lost", no=person.no)
        if person.inside and person.uncleared:
            yield hold("person-uncleared", no=person.no)
        if person.id in alone:
            yield hold("escort-not-inside", no=person.no)


def nothing_broken(case: Case) -> Iterable[Finding]:
    """A part of our own state that broke tells nothing any more."""
    for name in case.state.broken:
        yield hold("state-broken", part=name)
    if any(alarm.rule == "decision-failed" for alarm in case.state.alarms.open.values()):
        yield hold("decision-failed")


ENTRY_RULES: tuple[Rule, ...] = (
    no_emergency,
    field_present,
    no_open_ferrous_alarm,
    no_hold,
    detectors_watch,
    door_known,
    bound_here,
    forms_same,
    screening_cleared,
    sheets_settled,
    devices_judged,
    devices_decided,
    remote_rules.agreed,
    legs_stand,
    final_check_last,
    final_rounds.read_twice,
    nobody_else_inside,
    companion_escorted,
    heads_agree,
    no_count_alarm,
    openings_explained,
    no_kit_inside,
    no_item_against,
    items_agree,
    people_answered_for,
    no_permit_open,
    nothing_broken,
    check_rules.let_in,
)

STAFF_RULES: tuple[Rule, ...] = (
    no_emergency,
    field_present,
    no_open_ferrous_alarm,
    detectors_watch,
    nothing_broken,
)


def no_answer_holds(case: Case) -> Iterable[Finding]:
    """Nobody said fail or no-go since the way in: a coil found damaged at the table stays off."""
    for leg in (Leg.DOOR_LIST, Leg.FINAL_CHECK):
        why = checklists.held(case.state.lists, case.visit.id, leg, case.ctx.forms)
        if why is not None:
            yield Finding(Verdict.HOLD, why)


def patient_inside(case: Case) -> Iterable[Finding]:
    """The start check belongs to somebody on the table."""
    if not case.visit.inside or case.visit.companion:
        yield hold("visit-not-inside")


def entered_on_clearance(case: Case) -> Iterable[Finding]:
    """Nobody stays in on no clearance: who went in without one comes out and begins anew."""
    if case.visit.uncleared:
        yield stop("entered-uncleared")


def door_closed(case: Case) -> Iterable[Finding]:
    """The door reads closed, now and in the record; whoever keeps it answers for a contact that is dead."""
    door = case.ctx.profile.door_iv
    condition, _ = detectors.live_condition(case.ctx, door.id)
    both = {condition, case.state.points.condition(door.id)}
    if both != {Condition.NORMAL} and not overrides.door_by_eye(case.state, case.visit, case.ctx):
        yield hold("door-not-closed", door=door.name)


START_RULES: tuple[Rule, ...] = (
    patient_inside,
    no_emergency,
    field_present,
    no_iron_taken_in,
    no_hold,
    door_closed,
    entered_on_clearance,
    bound_here,
    identity_stands,
    forms_same,
    screening_cleared,
    sheets_settled,
    devices_judged,
    devices_decided,
    no_answer_holds,
    door_list_stands,
    table_list_stands,
    heard_for,
    remote_rules.agreed,
    remote_rules.at_one,
    heads_agree,
    nobody_uncounted,
    openings_explained,
    no_kit_inside,
    no_item_against,
    items_agree,
    items_seen,
    people_answered_for,
    no_permit_open,
    nothing_broken,
    check_rules.let_scan,
)


def entry(state: SuiteState, person: Visit, ctx: Ctx) -> tuple[Finding, ...]:
    """Return why this person may not go into the magnet room; empty when these checks find nothing."""
    return assess(ENTRY_RULES, Case(state, person, ctx))


def suite_case(state: SuiteState, ctx: Ctx) -> Case:
    """Return the case of nobody's visit, for rules about the suite alone."""
    nobody = Visit(id="", no=0, subject="", name="", birth_date="", exam="", opened=ctx.now)
    return Case(state, nobody, ctx)


def staff(state: SuiteState, ctx: Ctx) -> tuple[Finding, ...]:
    """Return why staff alone may not be announced inwards.

    While somebody is inside only a STOP counts: a dead detector keeps nobody from fetching them.
    """
    found = assess(STAFF_RULES, suite_case(state, ctx))
    return tuple(f for f in found if not state.visits.heads or f.verdict is Verdict.STOP)


def start(state: SuiteState, person: Visit, ctx: Ctx) -> tuple[Finding, ...]:
    """Return why the scan may not begin; empty when these checks find nothing."""
    return assess(START_RULES, Case(state, person, ctx))
