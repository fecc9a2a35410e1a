"""While a scan is presumed: it begins with its start check, ends by word, and the patient is spoken with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import alarms, clearance, visit_steps, watch_class
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import may
from mr_safety_console.domain.visit import Visit, needed
from mr_safety_console.domain.visit_facts import (
    CheckedIn,
    CheckIn,
    CheckInsBegun,
    EndScan,
    Leg,
    LegMade,
    StartCheck,
)
from mr_safety_console.domain.watching_facts import CONTACTS, HEAT, NO_ANSWER, PATIENT, PatientSilent
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]

CHECKIN_RULE, MISSED_RULE = "checkin-due", "checkin-missed"
SILENT_RULE, HEAT_RULE = "no-answer", "heat-reported"
OBSERVATION_RULE = "observation-due"


def start_check(state: SuiteState, asked: StartCheck, ctx: Ctx) -> Facts | Refused:
    """Make the start leg: lists done, door closed, heads in the room counted by eye and agreeing.

    Whoever makes it is the observer of this patient from then on.
    """
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
    made = LegMade(visit=person.id, leg=Leg.START_CHECK, detail=f"heads={asked.heads}")
    return (made, _begun(state, person, ctx))


def _begun(state: SuiteState, person: Visit, ctx: Ctx) -> CheckInsBegun:
    return CheckInsBegun(
        visit=person.id,
        within_s=watch_class.within_s(state, person, ctx),
        observer=ctx.actor.person if ctx.actor else "",
        late_s=ctx.profile.limit("checkin_late_s"),
        missed_s=ctx.profile.limit("checkin_missed_s"),
        reasons=watch_class.of_visit(state, person),
    )


def check_in(state: SuiteState, asked: CheckIn, ctx: Ctx) -> Facts | Refused:
    """Record what came of speaking with the patient now; there is no telling it for another time."""
    person = needed(state.visits, asked.visit)
    if isinstance(person, Refused):
        return person
    if not person.scan_presumed:
        return refused("no-scan-presumed", no=person.no)
    if why := may(state.staff, "check-in", ctx):
        return why
    if asked.contact not in CONTACTS or asked.patient not in PATIENT:
        return refused("check-in-terms", choices=", ".join((*CONTACTS, *PATIENT)))
    if asked.patient == NO_ANSWER:
        return _silent(state, person, asked, ctx)
    told = CheckedIn(
        visit=person.id,
        within_s=watch_class.within_s(state, person, ctx),
        contact=asked.contact,
        patient=asked.patient,
    )
    heat = _raised(state, HEAT_RULE, person, ctx) if asked.patient in HEAT else ()
    return (told, *_ended(state, ctx, (CHECKIN_RULE, MISSED_RULE, SILENT_RULE)), *heat)


def _silent(state: SuiteState, person: Visit, asked: CheckIn, ctx: Ctx) -> Facts:
    """Return one more answer that did not come; the second in a row says stop and look."""
    times = person.watch.silent + 1
    again_s = ctx.profile.limit("no_answer_s")
    told = PatientSilent(visit=person.id, times=times, again_s=again_s, contact=asked.contact)
    return (told, *(_raised(state, SILENT_RULE, person, ctx) if times > 1 else ()))


def _raised(state: SuiteState, rule: str, person: Visit, ctx: Ctx) -> Facts:
    return alarms.raise_or_repeat(state.alarms, rule, ctx.profile.door_iv.id, ctx.tokens[0], (person.id,))


def end_scan(state: SuiteState, asked: EndScan, ctx: Ctx) -> Facts | Refused:
    """Record the end of a scan; nobody is waited for any more."""
    answer = visit_steps.decide(state.visits, asked, ctx, state.staff)
    return answer if isinstance(answer, Refused) else (*answer, *over(state, ctx))


def over(state: SuiteState, ctx: Ctx) -> Facts:
    """Return the end of what was wanted of the watching; what was missed stays on the record."""
    return _ended(state, ctx, (CHECKIN_RULE, MISSED_RULE, SILENT_RULE, HEAT_RULE))


def _ended(state: SuiteState, ctx: Ctx, rules: tuple[str, ...]) -> Facts:
    return alarms.returned(state.alarms, ctx.profile.door_iv.id, rules)
