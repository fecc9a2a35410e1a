"""Who is screened beside the patients: staff every year, and whoever goes in by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import approval_facts, interview_facts, screening, screening_facts
from mr_safety_console.domain.codec import Entry, Fact
from mr_safety_console.domain.context import Ctx, Instant
from mr_safety_console.domain.people import Person, category_of
from mr_safety_console.domain.people_acts import ScreenPerson
from mr_safety_console.domain.people_facts import SCREENED_AS, Category, PersonScreened
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.screening import Case
from mr_safety_console.domain.screening_case import awaits_approval, replaced, unresolved
from mr_safety_console.domain.screening_facts import ScreeningFiled, Verdict
from mr_safety_console.domain.staff import StaffState, may
from mr_safety_console.domain.staff_screening import CLEARED, StaffScreened, own_screening, unscreened
from mr_safety_console.domain.visit import Visit, outlived
from mr_safety_console.domain.visit_facts import STAFF, VISITOR, VisitOpened
from mr_safety_console.domain.words import refused, say

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]

_OWN = frozenset((*screening_facts.FACTS, *interview_facts.FACTS, *approval_facts.FACTS))


def screen(state: SuiteState, asked: ScreenPerson, ctx: Ctx) -> Facts | Refused:
    """Open a visit that screens a member of staff, or somebody here by name, and does nothing else."""
    if why := may(state.staff, "visit-open", ctx):
        return why
    known, here = state.staff.people.get(asked.person), state.people.here.get(asked.person)
    if known is None and here is None:
        return refused("person-not-here")
    if here is not None and (here.staff or here.visit):
        return refused("screened-elsewhere", no=here.no)
    running = next((one for one in state.visits.open.values() if one.of == asked.person), None)
    if running is not None:
        return refused("screening-open", no=running.no)
    category = STAFF if here is None else SCREENED_AS.get(here.kind, VISITOR)
    return (
        VisitOpened(
            subject=known.id if known else ctx.tokens[0],
            visit=ctx.tokens[1],
            no=state.visits.last_no + 1,
            name=known.name if known else here.name if here else "",
            birth_date="",
            exam="",
            category=category,
            scanner=ctx.profile.magnet,
            b0_mt=ctx.profile.b0_mt,
            of=asked.person,
        ),
    )


def outcome(case: Case | None) -> Verdict:
    """Return what an interview came to for whom it screens; a hold counts before any review."""
    if case is None:
        return Verdict.NOT_CLEARED
    # A signed yes or unsure counts against somebody at once: it waits for no second reviewer.
    if case.first and unresolved(case):
        return Verdict.HOLD
    if case.declined or (case.reviewed and not awaits_approval(case)):
        return case.verdict
    return Verdict.NOT_CLEARED


def followed(state: SuiteState, facts: Facts, ctx: Ctx) -> Facts:
    """Return what changed interviews mean for whom they screen; the close of a visit changes nothing."""
    own = tuple(fact for fact in facts if type(fact) in _OWN)
    if not own or any(isinstance(fact, ScreeningFiled) for fact in own):
        return ()
    names = dict.fromkeys(getattr(fact, "visit", "") for fact in own)
    visits = (state.visits.open.get(name) for name in names)
    return tuple(fact for one in visits if one is not None and one.of for fact in _told(state, one, own, ctx))


def _told(state: SuiteState, visit: Visit, facts: Facts, ctx: Ctx) -> Facts:
    after = state.screening
    for fact in facts:
        after = screening.evolve(after, Entry(0, ctx.now, fact, ctx.cause, "person", ctx.signers))
    before, now = state.screening.cases.get(visit.id), after.cases.get(visit.id)
    case = now or before
    # A review on a version that was replaced is a review, and comes to nothing.
    verdict = outcome(now) if now and not replaced(now, ctx.forms) else Verdict.NOT_CLEARED
    if case is None or verdict is outcome(before):
        return ()
    return _result(state, visit, case, verdict)


def _result(state: SuiteState, visit: Visit, case: Case, verdict: Verdict) -> Facts:
    form, version = case.form, case.version
    if visit.of in state.staff.people:
        who = visit.of
        told = StaffScreened(
            subject=who, person=who, visit=visit.id, form=form, version=version, verdict=verdict
        )
        return (told,)
    if visit.of not in state.people.here:
        return ()
    here = PersonScreened(person=visit.of, visit=visit.id, form=form, version=version, verdict=verdict)
    return (here,)


def category_now(staff: StaffState, person: str, ctx: Ctx) -> Category:
    """Return what a member of staff counts as today: non-MR where their own screening does not count."""
    return Category.NON_MR if own_screening(staff, person, ctx) else category_of(staff, person)


def unscreened_why(state: SuiteState, person: Person, ctx: Ctx) -> str:
    """Return why the screening of somebody here does not count: staff by the register, others by today's."""
    if person.staff:
        return own_screening(state.staff, person.staff, ctx)
    if person.visit:
        return ""
    if person.screened is None:
        return "missing"
    if person.verdict not in CLEARED:
        return "held"
    return "overdue" if _too_old(person.screened, ctx) else ""


def against(state: SuiteState, person: Person, ctx: Ctx) -> tuple[Refused, ...]:
    """Return the refusal of somebody whose screening does not count; nothing where it does."""
    why = unscreened_why(state, person, ctx)
    if why and person.staff:
        return (unscreened(state.staff.people[person.staff].initials, why),)
    return (refused("person-unscreened", no=person.no, why=say("own-screening", why)),) if why else ()


def _too_old(at: Instant, ctx: Ctx) -> bool:
    """Tell whether an interview of this moment is older than one may be."""
    return outlived(at, ctx.profile.limit("screening_valid_h") * 3600, ctx)
