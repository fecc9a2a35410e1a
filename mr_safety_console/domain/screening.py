"""The screening interview: answers, two reviewers, what each answer sets off, and what lifts it."""

from __future__ import annotations

import json

from mr_safety_console.domain.codec import Command, Fact
from mr_safety_console.domain.context import Ctx, elapsed
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.screening_case import (
    EVIDENCE,
    RESOLUTIONS,
    RESOLVER,
    UNSUITABLE,
    Case,
    Resolution,
    ScreeningState,
    counted,
    evolve,
    holds_as,
    must_resolve,
    to_ask_again,
    unresolved,
    verdict,
    wants_reason,
)
from mr_safety_console.domain.screening_facts import (
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
    SignScreening,
    Verdict,
)
from mr_safety_console.domain.staff import StaffState, may
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.words import refused
from screening_forms import answering
from screening_forms.types import Form, FormFinding, Trigger

__all__ = [
    "EVIDENCE",
    "RESOLUTIONS",
    "Case",
    "Resolution",
    "ScreeningState",
    "Verdict",
    "decide",
    "evolve",
    "must_resolve",
    "to_ask_again",
    "unresolved",
    "verdict",
    "wants_reason",
]


@frozen
class _Desk:
    """One interview with everything a decision about it looks at."""

    visit: str
    subject: str
    case: Case
    form: Form
    ctx: Ctx
    staff: StaffState

    def may(self, act: str) -> Refused | None:
        return may(self.staff, act, self.ctx)


def decide(
    state: ScreeningState, asked: Command, ctx: Ctx, staff: StaffState, subject: str
) -> tuple[Fact, ...] | Refused:
    """Decide on the interview of one open visit, whose patient's pseudonym is `subject`."""
    visit: str = getattr(asked, "visit", "")
    case = state.cases.get(visit)
    if isinstance(asked, BeginScreening):
        return _begin(case, asked, ctx, staff)
    if case is None:
        return refused("screening-not-begun")
    form = ctx.forms.get(case.form)
    if form is None or form.sha256 != case.sha256:
        return refused("form-not-loaded", form=case.form, version=case.version)
    desk = _Desk(visit, subject, case, form, ctx, staff)
    match asked:
        case AnswerQuestion():
            return _answer(desk, asked)
        case AmendAnswer():
            return _amend(desk, asked)
        case AskAgain():
            return _again(desk, asked)
        case ResolveItem():
            return _resolve(desk, asked)
        case _:
            return _sign(desk) if isinstance(asked, SignScreening) else _review(desk)


def _begin(
    case: Case | None, asked: BeginScreening, ctx: Ctx, staff: StaffState
) -> tuple[Fact, ...] | Refused:
    if why := may(staff, "answer", ctx):
        return why
    if case is not None:
        return refused("screening-begun")
    form = ctx.forms.get(asked.form)
    if form is None:
        return refused("form-not-loaded", form=asked.form, version="any")
    return (ScreeningBegun(visit=asked.visit, form=form.id, version=form.version, sha256=form.sha256),)


def _answer(desk: _Desk, asked: AnswerQuestion) -> tuple[Fact, ...] | Refused:
    if why := desk.may("answer"):
        return why
    # An amendment takes the signature away, and still no signed answer changes without a reason.
    if desk.case.first or asked.item in desk.case.signed:
        return refused("screening-signed-already")
    if why := _fits(desk.form, asked.item, asked.answer):
        return why
    item = desk.form.item(asked.item)
    if item is not None and wants_reason(desk.case, item, asked.answer):
        was = desk.case.said[asked.item]
        return refused("answer-needs-reason", item=item.code or asked.item, was=was)
    return (AnswerGiven(subject=desk.subject, visit=asked.visit, item=asked.item, answer=asked.answer),)


def _fits(form: Form, link_id: str, answer: str) -> Refused | None:
    item = form.item(link_id)
    if item is None:
        return refused("question-unknown", item=link_id)
    wrong = answering.check(item, answer) if answer else None
    return refused("answer-wrong", item=item.code or link_id, what=wrong) if wrong else None


def _amend(desk: _Desk, asked: AmendAnswer) -> tuple[Fact, ...] | Refused:
    if why := desk.may("answer"):
        return why
    draft = not desk.case.first and asked.item not in desk.case.signed
    if draft and asked.item not in desk.case.said:
        return refused("screening-not-signed")
    if not asked.reason.strip() or not asked.informant.strip() or not asked.answer:
        return refused("amend-needs-reason")
    if why := _fits(desk.form, asked.item, asked.answer):
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


def _correct(desk: _Desk, asked: AmendAnswer) -> tuple[Fact, ...]:
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


def _found(desk: _Desk) -> tuple[FormFinding, ...]:
    """Return what the answers set off, and what was said before and taken back or hidden since would have.

    A question that another answer hides is not asked any more; what was said to it still weighs.
    """
    found = answering.findings(desk.form, desk.case.answers)
    asked = {item.link_id for item in answering.asked(desk.form, desk.case.answers)}
    known = {finding.link_id for finding in found}
    counts = {**counted(desk.case), **{k: v for k, v in desk.case.said.items() if k not in asked}}
    more = []
    for link_id in sorted({*desk.case.corrected, *desk.case.said} - known):
        item, said = desk.form.item(link_id), counts.get(link_id, "")
        trigger = answering.triggered(item, said) if item else None
        if item is not None and trigger is not None:
            more.append(FormFinding(link_id, item.code, said, trigger))
    return (*found, *more)


def _sign(desk: _Desk) -> tuple[Fact, ...] | Refused:
    if desk.case.first:
        return refused("screening-signed-already")
    blank = answering.missing(desk.form, desk.case.answers)
    if blank:
        return refused("questions-blank", count=len(blank), first=blank[0].code or blank[0].link_id)
    if why := desk.may("screening-first"):
        return why
    if any(who.person == desk.subject for who in desk.ctx.signers):
        return refused("signs-for-self")
    asked = {item.link_id for item in answering.asked(desk.form, desk.case.answers)}
    found = _found(desk)
    response = json.dumps(
        {k: v for k, v in sorted(desk.case.answers.items()) if k in asked}, ensure_ascii=False
    )
    return (
        ScreeningSigned(
            subject=desk.subject,
            visit=desk.visit,
            form=desk.form.id,
            version=desk.form.version,
            sha256=desk.form.sha256,
            response=response,
            findings=" ".join(f"{f.link_id}|{f.trigger.value}" for f in found),
            open_items=len(found),
            hurried=_hurried(desk),
        ),
    )


def _hurried(desk: _Desk) -> bool:
    """Tell whether the interview was shorter than the site believes one can be; across a reboot never."""
    if desk.case.begun is None:
        return False
    took = elapsed(desk.ctx.now, desk.case.begun)
    return took.continuous and took.seconds < desk.ctx.profile.limit("handling_screening_min_s")


def _again(desk: _Desk, asked: AskAgain) -> tuple[Fact, ...] | Refused:
    if why := desk.may("answer"):
        return why
    if not desk.case.first:
        return refused("screening-not-signed")
    item = desk.form.item(asked.item)
    if item is None or not item.ask_again:
        return refused("question-unknown", item=asked.item)
    if why := _fits(desk.form, asked.item, asked.answer or "?"):
        return why
    return (
        AnswerAskedAgain(
            subject=desk.subject,
            visit=asked.visit,
            item=asked.item,
            answer=asked.answer,
            agrees=asked.answer == desk.case.answers.get(asked.item),
        ),
    )


def _resolve(desk: _Desk, asked: ResolveItem) -> tuple[Fact, ...] | Refused:
    # A draft answer can still change: what is resolved is an answer that stands under a signature.
    if not desk.case.first:
        return refused("screening-not-signed")
    found, item = must_resolve(desk.case).get(asked.item), desk.form.item(asked.item)
    if found is None or item is None:
        return refused("nothing-to-resolve", item=asked.item)
    if asked.resolution not in RESOLUTIONS or asked.evidence not in EVIDENCE:
        return refused("resolution-unknown", resolutions=", ".join(RESOLUTIONS), evidence=", ".join(EVIDENCE))
    trigger = holds_as(desk.case, item, found)
    if why := desk.may(_resolver(desk.case, asked.item, trigger)):
        return why
    if trigger is Trigger.RESOLVE_FIRST and (asked.evidence == "verbal" or not asked.text.strip()):
        return refused("evidence-in-writing", item=asked.item)
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


def _resolver(case: Case, item: str, trigger: Trigger) -> str:
    """Return the act of resolving an item; who was said to be not suitable is a physician's again."""
    before = case.resolutions.get(item)
    unsuitable = before is not None and before.resolution == UNSUITABLE
    return "resolve-clinical" if unsuitable else RESOLVER[trigger]


def _review(desk: _Desk) -> tuple[Fact, ...] | Refused:
    if not desk.case.first:
        return refused("screening-not-signed")
    left = to_ask_again(desk.case, desk.form)
    if left:
        return refused("ask-again-first", count=len(left))
    if why := desk.may("screening-interactive"):
        return why
    if {who.person for who in desk.ctx.signers} & {who.person for who in desk.case.first}:
        return refused("same-reviewer")
    return (
        ScreeningReviewed(
            visit=desk.visit, verdict=verdict(desk.case), conditions=len(must_resolve(desk.case))
        ),
    )
