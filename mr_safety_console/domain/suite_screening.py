"""What an interview does to the attendance: its leg, what shakes it, what a detector says, what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import clearance, screening, suite_binding
from mr_safety_console.domain.approval_facts import (
    REVIEWER,
    EmergentScreened,
    ItemDecidedByCall,
    ScreeningApproved,
)
from mr_safety_console.domain.codec import Command, Entry, Fact
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.interview_facts import (
    DETECTOR,
    InformantRecorded,
    InterviewKept,
    ScreeningDeclined,
    SourceTold,
)
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.screening_case import WEIGHS, asked_on, replaced
from mr_safety_console.domain.screening_facts import (
    AnswerAmended,
    AnswerAskedAgain,
    AnswerGiven,
    ItemResolved,
    ScreeningBegun,
    ScreeningReviewed,
    ScreeningSigned,
    Verdict,
    sheet_of,
)
from mr_safety_console.domain.screening_fold import informant_of
from mr_safety_console.domain.suite_lists import undo
from mr_safety_console.domain.visit import Visit, needed
from mr_safety_console.domain.visit_facts import Leg, LegMade
from screening_forms.types import Form, Trigger

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]


def screening_command(state: SuiteState, asked: Command, ctx: Ctx) -> Facts | Refused:
    """Pass an interview command on, and make or drop the screening leg by what came of it."""
    person = needed(state.visits, getattr(asked, "visit", ""))
    if isinstance(person, Refused):
        return person
    answer = screening.decide(state.screening, asked, ctx, state.staff, person)
    if isinstance(answer, Refused):
        return answer
    sheet = sheet_of(asked)
    case = screening.case_of(state.screening, person.id, sheet)
    extra: Facts = ()
    for fact in answer:
        if sheet:
            # What was read back at the final check did not know of it.
            shaken = isinstance(fact, _SHAKING_BESIDE) or _shakes(case, fact)
            extra = undo(state, person, (Leg.FINAL_CHECK,), "screening-changed", ctx) if shaken else extra
        elif admitted := _admits(case, fact, ctx):
            extra = (LegMade(visit=person.id, leg=Leg.SCREENING, detail=admitted),)
        elif _shakes(case, fact):
            extra = undo(state, person, (Leg.SCREENING, Leg.FINAL_CHECK), "screening-changed", ctx)
    return (*answer, *extra, *_come_out(state, person, answer, ctx))


def _come_out(state: SuiteState, person: Visit, facts: Facts, ctx: Ctx) -> Facts:
    """Return that whoever is inside comes out: by what was just said the interview lets nobody be there.

    A plain answer to what an emergent screen left out only ends that screen, and a figure put right only
    the review: neither says anything against being there.
    """
    if not person.inside or not any(_against(fact) for fact in facts):
        return ()
    after = state.screening
    for fact in facts:
        after = screening.evolve(after, Entry(0, ctx.now, fact, ctx.cause, "person", ctx.signers))
    case = after.cases.get(person.id)
    if case is None or sheet_of(facts[0]) or screening.verdict(case) in clearance.ADMITTING:
        return ()
    return suite_binding.come_out(state, (person,), "screening-changed", ctx)


def _against(fact: Fact) -> bool:
    match fact:
        case AnswerGiven(answer=answer):
            return answer in WEIGHS
        case AnswerAmended(was=was, answer=answer):
            return bool({was, answer} & WEIGHS)
        case _:
            return isinstance(fact, _AGAINST)


def _admits(case: screening.Case | None, fact: Fact, ctx: Ctx) -> str:
    """Return the verdict under which a fact makes the screening leg; empty when it does not.

    An interview on a version of the form that was replaced since admits nobody.
    """
    if case is not None and replaced(case, ctx.forms):
        return ""
    match fact:
        case ScreeningReviewed(verdict=found, approver=approver) if approver == REVIEWER:
            if case is not None and case.emergent is not None:
                return found if found is Verdict.EMERGENT else ""
            return found if found in clearance.CLEARED else ""
        case ScreeningApproved() if case is not None:
            return case.verdict
        case EmergentScreened() if case is not None:
            entry = Entry(0, ctx.now, fact, ctx.cause, "person", ctx.signers)
            after = screening.evolve(screening.ScreeningState({fact.visit: case}), entry)
            came_to = after.cases[fact.visit].verdict
            return came_to if came_to is Verdict.EMERGENT else ""
        case _:
            return ""


def _shakes(case: screening.Case | None, fact: Fact) -> bool:
    """Tell whether a fact of the interview makes a review before it worthless."""
    if isinstance(fact, AnswerAskedAgain):
        return not fact.agrees
    if isinstance(fact, ScreeningBegun):
        return case is not None
    if isinstance(fact, InformantRecorded):
        return case is not None and bool(case.reviewed) and informant_of(fact) != case.informant
    if isinstance(fact, AnswerGiven):
        return case is not None and bool(case.first)
    if isinstance(fact, SourceTold):
        return case is not None and fact.says != case.answers.get(fact.item)
    return isinstance(fact, _SHAKING)


_SHAKING = (
    AnswerAmended,
    ItemResolved,
    ItemDecidedByCall,
    ScreeningReviewed,
    EmergentScreened,
    ScreeningDeclined,
)
_AGAINST = (AnswerAskedAgain, ItemResolved, ItemDecidedByCall, ScreeningDeclined, SourceTold)
"""What may be said against somebody who is inside already, beside an answer that weighs."""
_SHAKING_BESIDE = (ScreeningBegun, ScreeningSigned)


def kept(state: SuiteState, visit: str) -> Facts:
    """Return what is kept of a visit that closes: its signed interview, should the person come again."""
    case, person = state.screening.cases.get(visit), state.visits.open.get(visit)
    if case is None or person is None or not case.first:
        return ()
    return (
        InterviewKept(
            subject=person.subject,
            visit=visit,
            no=person.no,
            name=person.name,
            birth_date=person.birth_date,
        ),
    )


def iron_in_doubt(state: SuiteState, person: Visit, alarm: str, ctx: Ctx) -> Facts:
    """Return what an alarm nobody can explain says to the form: the body or the pockets hold something.

    It stands against a no to the last question of the form until somebody entitled settles it with a
    document; it only ever adds to the hold of the alarm itself.
    """
    case = state.screening.cases.get(person.id)
    form = asked_on(case, ctx.forms) if case else None
    if case is None or form is None or not case.first:
        return ()
    item = _about_pockets(form)
    known = state.alarms.open.get(alarm)
    if not item or known is None or any(one.source == DETECTOR for one in case.told.get(item, ())):
        return ()
    said = SourceTold(
        subject=person.subject,
        visit=person.id,
        item=item,
        source=DETECTOR,
        says="yes",
        text=f"A{known.no}",
    )
    if not _shakes(case, said):
        return (said,)
    return (said, *undo(state, person, (Leg.SCREENING, Leg.FINAL_CHECK), "screening-changed", ctx))


def _about_pockets(form: Form) -> str:
    asked = (item.link_id for item in form.walk() if Trigger.LOOP in item.triggers.values())
    return next(asked, "")
