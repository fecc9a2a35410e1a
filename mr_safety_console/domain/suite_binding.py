"""What falls when person, examination, magnet or forms are other than a clearance was made for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import alarms, implants
from mr_safety_console.domain.binding import bound_elsewhere
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.screening_case import Case, asked_on, of_this_scan, replaced
from mr_safety_console.domain.screening_facts import ScreeningBegun, ScreeningVoided
from mr_safety_console.domain.staff import may
from mr_safety_console.domain.suite_lists import undo
from mr_safety_console.domain.visit import Visit, needed
from mr_safety_console.domain.visit_facts import (
    AmendVisit,
    ClearanceVoided,
    ExamChanged,
    IdentityAmended,
    Leg,
    VisitBound,
)
from mr_safety_console.domain.words import refused
from screening_forms.types import Form

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]

VOID_RULE = "clearance-void"
LISTS = (Leg.DOOR_LIST, Leg.FINAL_CHECK, Leg.TABLE_LIST, Leg.START_CHECK)
OF_THE_EXAM = (Leg.SCREENING, *LISTS)
"""Device conditions are labelled for a body region, and a coil fits one: both are judged anew."""
OF_THE_MAGNET = (Leg.SCREENING, Leg.DETECTOR_PASS, Leg.ZONE_III, *LISTS)
EVERY = (Leg.IDENTITY, Leg.BELONGINGS, *OF_THE_MAGNET)


def amend(state: SuiteState, asked: AmendVisit, ctx: Ctx) -> Facts | Refused:
    """Put right who this is or what is examined. Another person begins anew from blank (I8)."""
    person = needed(state.visits, asked.visit)
    if isinstance(person, Refused):
        return person
    if why := may(state.staff, "visit-open", ctx):
        return why
    if not asked.name.strip() or not asked.birth_date.strip():
        return refused("visit-needs-name")
    if (asked.name, asked.birth_date) != (person.name, person.birth_date):
        told = IdentityAmended(
            subject=person.subject, visit=person.id, name=asked.name, birth_date=asked.birth_date
        )
        return (
            told,
            *_exam(person, asked),
            *_void(state, person, EVERY, "identity-changed", ctx, anew=True),
            *come_out(state, (person,), "identity-changed", ctx),
        )
    changed = _exam(person, asked)
    return (*changed, *_void(state, person, OF_THE_EXAM, "exam-changed", ctx)) if changed else ()


def _exam(person: Visit, asked: AmendVisit) -> Facts:
    if asked.exam == person.exam:
        return ()
    return (ExamChanged(subject=person.subject, visit=person.id, exam=asked.exam),)


def _void(
    state: SuiteState, person: Visit, legs: tuple[Leg, ...], reason: str, ctx: Ctx, *, anew: bool = False
) -> Facts:
    """Return the fall of these legs, with their lists blank and the interview's review gone."""
    voided = tuple(
        ScreeningVoided(
            visit=person.id,
            sheet=sheet,
            reason=reason,
            dropped=() if anew else of_this_scan(case),
            anew=anew,
        )
        for sheet, case in _all_of(state, person)
    )
    return (
        *voided,
        *implants.fallen(state.implants, person.id, reason),
        *undo(state, person, legs, reason, ctx),
    )


def _all_of(state: SuiteState, person: Visit) -> tuple[tuple[str, Case], ...]:
    """Return the interview of a visit, if it has begun, and the further forms beside it."""
    interview = state.screening.cases.get(person.id)
    first = (("", interview),) if interview is not None else ()
    return (*first, *state.screening.sheets.get(person.id, {}).items())


def come_out(state: SuiteState, people: tuple[Visit, ...], reason: str, ctx: Ctx, ahead: int = 0) -> Facts:
    """Return one alarm for all of these who are inside on a clearance that was for something else."""
    inside = tuple(person.id for person in people if person.inside and not person.uncleared)
    if not inside:
        return ()
    door = ctx.profile.door_iv.id
    token = ctx.tokens[ahead] if ahead < len(ctx.tokens) else f"{ctx.tokens[0]}-{VOID_RULE}"
    raised = alarms.raise_or_repeat(state.alarms, VOID_RULE, door, token, inside, ahead=ahead, detail=reason)
    return (*(ClearanceVoided(visit=name, reason=reason) for name in inside), *raised)


def started(state: SuiteState, forms_hash: str, ctx: Ctx, ahead: int) -> Facts:
    """Return what falls because the console starts with another magnet, field or forms than before.

    `ahead` alarms were raised by the same start before.
    """
    here = tuple(state.visits.open.values())
    fallen = tuple(
        fact
        for person in here
        for fact in _moved(state, person, ctx) or _reprinted(state, person, forms_hash, ctx)
    )
    moved = tuple(person for person in here if bound_elsewhere(person, ctx.profile))
    return (*fallen, *come_out(state, moved, "scanner-changed", ctx, ahead))


def _moved(state: SuiteState, person: Visit, ctx: Ctx) -> Facts:
    """Return what falls of somebody cleared for another magnet or another field (I8)."""
    if not bound_elsewhere(person, ctx.profile):
        return ()
    bound = VisitBound(visit=person.id, scanner=ctx.profile.magnet, b0_mt=ctx.profile.b0_mt)
    return (bound, *_void(state, person, OF_THE_MAGNET, "scanner-changed", ctx))


def _reprinted(state: SuiteState, person: Visit, forms_hash: str, ctx: Ctx) -> Facts:
    """Return what falls because forms or lists are other versions than before the start."""
    case = state.screening.cases.get(person.id)
    sheets = _sheets_reprinted(state, person, ctx)
    if case is not None and asked_on(case, ctx.forms) is None:
        voided = ScreeningVoided(visit=person.id, reason="form-changed", anew=True)
        return (voided, *sheets, *undo(state, person, OF_THE_EXAM, "form-changed", ctx))
    if case is not None and replaced(case, ctx.forms):
        # What was asked stays and can be read; its review counts for nothing any more.
        review = (ScreeningVoided(visit=person.id, reason="form-changed"),) if case.reviewed else ()
        return (*review, *sheets, *undo(state, person, OF_THE_EXAM, "form-changed", ctx))
    if state.run.forms_hash and state.run.forms_hash != forms_hash:
        return (*sheets, *undo(state, person, LISTS, "form-changed", ctx))
    return ()


def _sheets_reprinted(state: SuiteState, person: Visit, ctx: Ctx) -> Facts:
    """Return the fall of the further forms that are other versions now: each begins anew from blank.

    It begins by itself, as one that was wanted is wanted still; one that is not loaded holds as it is.
    """
    begun = state.screening.sheets.get(person.id, {})
    changed = (
        form
        for sheet, case in begun.items()
        if (form := ctx.forms.get(sheet)) is not None and form.sha256 != case.sha256
    )
    return tuple(fact for form in changed for fact in _anew(person, form))


def _anew(person: Visit, form: Form) -> Facts:
    begun = ScreeningBegun(visit=person.id, form=form.id, version=form.version, sha256=form.sha256)
    return (ScreeningVoided(visit=person.id, sheet=form.id, reason="form-changed", anew=True), begun)
