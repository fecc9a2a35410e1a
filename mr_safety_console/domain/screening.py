"""The screening interview: answers, two reviewers, what each answer sets off, and what lifts it."""

from __future__ import annotations

from mr_safety_console.domain import (
    approval_facts,
    interview_facts,
    screening_approval,
    screening_sheets,
    screening_ways,
)
from mr_safety_console.domain.approval_facts import REVIEWER, ReviewMarked
from mr_safety_console.domain.codec import Command, Fact
from mr_safety_console.domain.context import Ctx, elapsed
from mr_safety_console.domain.profile import SiteProfile
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.screening_case import (
    EVIDENCE,
    RESOLUTIONS,
    Case,
    Resolution,
    ScreeningState,
    asked_on,
    awaits_approval,
    case_of,
    conditions,
    contradictions,
    must_resolve,
    replaced,
    to_ask_again,
    unresolved,
    unsigned_calls,
    verdict,
    wants_reason,
)
from mr_safety_console.domain.screening_desk import (
    Desk,
    fits,
    found,
    hurried,
    resolvable,
    response,
    told_findings,
    too_old,
    unwritten,
)
from mr_safety_console.domain.screening_facts import (
    INTERVIEWS,
    OF_CHILDREN,
    SHEETS,
    AmendAnswer,
    AnswerAmended,
    AnswerAskedAgain,
    AnswerCorrected,
    AnswerGiven,
    AnswerQuestion,
    AskAgain,
    BeginScreening,
    ItemResolved,
    ResolveItem,
    ScreeningBegun,
    ScreeningReviewed,
    ScreeningSigned,
    ScreeningTakenOver,
    SignScreening,
    TakeOverScreening,
    Verdict,
    sheet_of,
)
from mr_safety_console.domain.screening_fold import evolve
from mr_safety_console.domain.screening_ways import informed
from mr_safety_console.domain.staff import StaffState, may
from mr_safety_console.domain.visit import Visit
from mr_safety_console.domain.words import refused
from screening_forms import answering

__all__ = [
    "EVIDENCE",
    "RESOLUTIONS",
    "Case",
    "Resolution",
    "ScreeningState",
    "Verdict",
    "awaits_approval",
    "case_of",
    "conditions",
    "contradictions",
    "decide",
    "evolve",
    "must_resolve",
    "read_aloud_ms",
    "to_ask_again",
    "unresolved",
    "unsigned_calls",
    "verdict",
    "wants_reason",
]


def decide(
    state: ScreeningState, asked: Command, ctx: Ctx, staff: StaffState, person: Visit
) -> tuple[Fact, ...] | Refused:
    """Decide on the interview of one open visit, or on a further form beside it."""
    sheet, named = sheet_of(asked), getattr(asked, "sheet", "")
    if named and not sheet:
        return refused("form-no-interview", form=named)
    if why := screening_sheets.why_not(state, person) if sheet else None:
        return why
    case = case_of(state, person.id, sheet)
    if isinstance(asked, BeginScreening):
        return _begin(case, asked, ctx, staff, person)
    if case is None:
        return refused("screening-not-begun")
    if case.declined:
        return refused("screening-declined")
    form = asked_on(case, ctx.forms)
    if form is None:
        return refused("form-not-loaded", form=case.form, version=case.version)
    answer = _at(Desk(person, case, form, ctx, staff, sheet), state, asked)
    return answer if isinstance(answer, Refused) or not sheet else screening_sheets.named(answer, sheet)


def _at(desk: Desk, state: ScreeningState, asked: Command) -> tuple[Fact, ...] | Refused:
    if isinstance(asked, interview_facts.COMMANDS):
        return screening_ways.decide(state, asked, desk)
    if isinstance(asked, approval_facts.COMMANDS):
        return screening_approval.decide(asked, desk)
    return _answers(desk, asked)


def _answers(desk: Desk, asked: Command) -> tuple[Fact, ...] | Refused:
    match asked:
        case AnswerQuestion():
            return _answer(desk, asked)
        case AmendAnswer():
            return _amend(desk, asked)
        case AskAgain():
            return _again(desk, asked)
        case ResolveItem():
            return _resolve(desk, asked)
        case TakeOverScreening():
            return _take_over(desk)
        case _:
            return _sign(desk) if isinstance(asked, SignScreening) else _review(desk)


def _begin(
    case: Case | None, asked: BeginScreening, ctx: Ctx, staff: StaffState, person: Visit
) -> tuple[Fact, ...] | Refused:
    if why := may(staff, "answer", ctx):
        return why
    if case is not None and case.declined:
        return refused("screening-declined")
    if case is not None and not replaced(case, ctx.forms):
        return refused("screening-begun")
    usual = (asked.form,) if asked.form in SHEETS else INTERVIEWS[person.category]
    form = ctx.forms.get(asked.form or usual[0])
    if form is None:
        return refused("form-not-loaded", form=asked.form or usual[0], version="any")
    if form.id not in usual:
        return refused("form-no-interview", form=form.id)
    return (ScreeningBegun(visit=asked.visit, form=form.id, version=form.version, sha256=form.sha256),)


def _take_over(desk: Desk) -> tuple[Fact, ...] | Refused:
    if why := desk.may("screening-take-over"):
        return why
    who = next(iter(desk.ctx.signers), desk.ctx.actor)
    if who is None or who.person == desk.case.owner:
        return ()
    return (ScreeningTakenOver(visit=desk.visit, owner=who.person, was=desk.case.owner),)


def _answer(desk: Desk, asked: AnswerQuestion) -> tuple[Fact, ...] | Refused:
    if why := desk.may("answer"):
        return why
    # An amendment takes the signature away, and still no signed answer changes without a reason.
    later = desk.case.emergent is not None and asked.item in desk.case.emergent.not_asked
    if (desk.case.first and not later) or asked.item in desk.case.signed:
        return refused("screening-signed-already")
    if why := fits(desk.form, asked.item, asked.answer):
        return why
    item = desk.form.item(asked.item)
    if item is not None and wants_reason(desk.case, item, asked.answer):
        was = desk.case.said[asked.item]
        return refused("answer-needs-reason", item=item.code or asked.item, was=was)
    return (AnswerGiven(subject=desk.subject, visit=asked.visit, item=asked.item, answer=asked.answer),)


def _amend(desk: Desk, asked: AmendAnswer) -> tuple[Fact, ...] | Refused:
    if why := desk.may("answer"):
        return why
    draft = not desk.case.first and asked.item not in desk.case.signed
    if draft and asked.item not in desk.case.said:
        return refused("screening-not-signed")
    if not asked.reason.strip() or not asked.informant.strip() or not asked.answer:
        return refused("amend-needs-reason")
    if why := fits(desk.form, asked.item, asked.answer):
        return why
    if draft:
        return _correct(desk, asked)
    return (
        AnswerAmended(
            subject=desk.subject,
            visit=asked.visit,
            item=asked.item,
            was=desk.case.answers.get(asked.item, ""),
            answer=asked.answer,
            reason=asked.reason,
            informant=asked.informant,
        ),
    )


def _correct(desk: Desk, asked: AmendAnswer) -> tuple[Fact, ...]:
    return (
        AnswerCorrected(
            subject=desk.subject,
            visit=asked.visit,
            item=asked.item,
            was=desk.case.said[asked.item],
            answer=asked.answer,
            reason=asked.reason,
            informant=asked.informant,
        ),
    )


def _sign(desk: Desk) -> tuple[Fact, ...] | Refused:
    if desk.case.first:
        return refused("screening-signed-already")
    blank = answering.missing(desk.form, desk.case.answers)
    if blank:
        return refused("questions-blank", count=len(blank), first=blank[0].code or blank[0].link_id)
    # A further form that asks nothing aloud has one reviewer, who is the interactive one.
    once = bool(desk.sheet) and not screening_sheets.starred(desk.case, desk.form)
    if why := informed(desk.case) or desk.may("screening-interactive" if once else "screening-first"):
        return why
    return (
        ScreeningSigned(
            subject=desk.subject,
            visit=desk.visit,
            form=desk.form.id,
            version=desk.form.version,
            sha256=desk.form.sha256,
            response=response(desk),
            findings=told_findings(desk),
            open_items=len(found(desk)),
            hurried=hurried(desk),
        ),
    )


def _again(desk: Desk, asked: AskAgain) -> tuple[Fact, ...] | Refused:
    if not desk.case.first:
        return refused("screening-not-signed")
    if why := desk.may("screening-aloud") or _asker(desk):
        return why
    item = desk.form.item(asked.item)
    if item is None or not item.ask_again:
        return refused("question-unknown", item=asked.item)
    if why := fits(desk.form, asked.item, asked.answer or "?") or informed(desk.case, aloud=True):
        return why
    dwell_ms = _dwell_ms(desk)
    return (
        AnswerAskedAgain(
            subject=desk.subject,
            visit=asked.visit,
            item=asked.item,
            answer=asked.answer,
            agrees=asked.answer == desk.case.answers.get(asked.item),
            dwell_ms=dwell_ms,
            short=0 <= dwell_ms < read_aloud_ms(item.text, desk.ctx.profile),
        ),
    )


def _asker(desk: Desk) -> Refused | None:
    """Return why who is signed on may not ask aloud: somebody else reviews, or signed first as well."""
    here = desk.ctx.actor.person if desk.ctx.actor else ""
    if here in {who.person for who in desk.case.first}:
        return refused("aloud-first-reviewer")
    owner = desk.staff.people.get(desk.case.owner)
    named = owner.initials if owner else "nobody"
    return None if here == desk.case.owner else refused("aloud-not-owner", owner=named)


def _dwell_ms(desk: Desk) -> int:
    """Return the time since the question before, or since the first signature; -1 across a reboot."""
    since = desk.case.aloud_at or desk.case.first_at
    took = elapsed(desk.ctx.now, since) if since is not None else None
    return int(took.seconds * 1000) if took is not None and took.continuous else -1


def read_aloud_ms(text: str, profile: SiteProfile) -> int:
    """Return the least time in which a question can be read aloud."""
    return len(text.split()) * 60_000 // profile.limit("read_aloud_wpm")


def _resolve(desk: Desk, asked: ResolveItem) -> tuple[Fact, ...] | Refused:
    act = resolvable(desk, asked.item, asked.resolution, asked.evidence)
    if isinstance(act, Refused):
        return act
    if why := desk.may(act) or unwritten(desk, asked.item, asked.evidence, asked.text):
        return why
    return (
        ItemResolved(
            subject=desk.subject,
            visit=asked.visit,
            item=asked.item,
            resolution=asked.resolution,
            evidence=asked.evidence,
            text=asked.text,
        ),
    )


def _review(desk: Desk) -> tuple[Fact, ...] | Refused:
    if why := _unasked(desk) or _reviewer(desk):
        return why
    reviewed = ScreeningReviewed(
        visit=desk.visit,
        verdict=verdict(desk.case),
        conditions=len(must_resolve(desk.case)),
        approver=REVIEWER if desk.sheet else desk.ctx.profile.approver,
    )
    if not desk.case.rushed:
        return (reviewed,)
    return (
        reviewed,
        ReviewMarked(visit=desk.visit, rushed=len(desk.case.rushed), asked=len(desk.case.again)),
    )


def _unasked(desk: Desk) -> Refused | None:
    """Return what comes before any review: the first signature, every starred question aloud, the child."""
    if not desk.case.first:
        return refused("screening-not-signed")
    if desk.sheet and not screening_sheets.starred(desk.case, desk.form):
        return refused("sheet-signed-once")
    if why := too_old(desk):
        return why
    left = to_ask_again(desk.case, desk.form)
    if left:
        # Whoever signs without having it in hand is told that first: asking is not theirs.
        return desk.others() or refused("ask-again-first", count=len(left))
    if desk.form.id == OF_CHILDREN and not desk.case.child:
        return refused("child-not-asked")
    return None


def _reviewer(desk: Desk) -> Refused | None:
    """Return why the people here may not review: role, the same person twice, or somebody else's case."""
    # Nobody is asked for a PIN that could not count: the first reviewer has the case in hand still.
    if desk.owner_was_first and not desk.ctx.signers:
        return desk.not_owner()
    if why := desk.may("screening-interactive"):
        return why
    if {who.person for who in desk.ctx.signers} & {who.person for who in desk.case.first}:
        return refused("same-reviewer")
    return desk.others()
