"""The screening interview: answers, two reviewers, what each answer sets off, and what lifts it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field, replace

from mr_safety_console.domain.codec import ERASED, Command, Entry, Fact
from mr_safety_console.domain.context import Ctx, Instant, Who
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.screening_facts import (
    AmendAnswer,
    AnswerAmended,
    AnswerAskedAgain,
    AnswerGiven,
    AnswerQuestion,
    AskAgain,
    BeginScreening,
    ItemResolved,
    ResolveItem,
    ScreeningBegun,
    ScreeningFiled,
    ScreeningReviewed,
    ScreeningSigned,
    SignScreening,
    Verdict,
)
from mr_safety_console.domain.staff import StaffState, may
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.words import refused
from screening_forms import answering
from screening_forms.types import Form, Trigger

UNDECIDED = frozenset({"unsure", "refused", "unable", "not_asked"})
"""Answers that are no answer: they only ever lead to conditions, never to a plain clearance."""

MUST_RESOLVE = frozenset(
    {Trigger.RESOLVE_FIRST, Trigger.HOLD_DEVICE, Trigger.HOLD_CLINICAL, Trigger.REMOVE, Trigger.LOOP}
)
RESOLUTIONS = (
    "excluded-by-evidence",
    "conditional-met",
    "radiologist-risk-benefit",
    "removed-and-seen",
    "not-suitable",
)
EVIDENCE = (
    "implant-card",
    "operation-note",
    "manufacturer-label",
    "radiology-report",
    "orbit-xray",
    "physical-examination",
    "device-clinic",
    "verbal",
)
RESOLVER: Mapping[Trigger, str] = {
    Trigger.RESOLVE_FIRST: "resolve-clinical",
    Trigger.HOLD_CLINICAL: "resolve-clinical",
    Trigger.HOLD_DEVICE: "resolve-device",
    Trigger.REMOVE: "resolve-removed",
    Trigger.LOOP: "resolve-removed",
    Trigger.DETAIL: "resolve-device",
    Trigger.INFO: "resolve-device",
}


@frozen
class Resolution:
    """How an item was resolved, by whom."""

    resolution: str
    evidence: str
    text: str
    by: tuple[Who, ...]


@frozen
class Case:
    """One interview. `signed` names every answer that ever stood under a signature."""

    form: str
    version: str
    sha256: str
    answers: Mapping[str, str] = field(default_factory=dict)
    first: tuple[Who, ...] = ()
    first_at: Instant | None = None
    findings: Mapping[str, str] = field(default_factory=dict)
    again: Mapping[str, str] = field(default_factory=dict)
    doubted: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()
    resolutions: Mapping[str, Resolution] = field(default_factory=dict)
    verdict: Verdict = Verdict.NOT_CLEARED
    reviewed: tuple[Who, ...] = ()


@frozen
class ScreeningState:
    """Interviews by visit."""

    cases: Mapping[str, Case] = field(default_factory=dict)


def must_resolve(case: Case) -> Mapping[str, Trigger]:
    """Return the items that hold a signed case, by linkId, with the trigger that says who resolves.

    A trigger of the form holds; so does any answer that is no answer, an answer changed after
    signing, and a spoken answer that differed from the form.
    """
    held: dict[str, Trigger] = {}
    for item, name in case.findings.items():
        trigger = Trigger(name)
        if trigger in MUST_RESOLVE or case.answers.get(item) in UNDECIDED:
            held[item] = trigger
    for item, answer in case.answers.items():
        if answer in UNDECIDED or answer == ERASED:
            held.setdefault(item, Trigger.HOLD_CLINICAL)
    for item in case.doubted:
        held.setdefault(item, Trigger.HOLD_CLINICAL)
    return held


def unresolved(case: Case) -> tuple[str, ...]:
    """Return the items that still hold."""
    return tuple(item for item in must_resolve(case) if item not in case.resolutions)


def to_ask_again(case: Case, form: Form) -> tuple[str, ...]:
    """Return the starred questions not yet asked aloud."""
    starred = [item.link_id for item in answering.asked(form, case.answers) if item.ask_again]
    return tuple(item for item in starred if item not in case.again)


def verdict(case: Case) -> Verdict:
    """Return what the case comes to. Blank or unsure never comes out as CLEARED (I4)."""
    if not case.first:
        return Verdict.NOT_CLEARED
    if any(r.resolution == "not-suitable" for r in case.resolutions.values()):
        return Verdict.NOT_SUITABLE
    if unresolved(case):
        return Verdict.HOLD
    return Verdict.CLEARED_WITH_CONDITIONS if must_resolve(case) else Verdict.CLEARED


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
    if not desk.case.first and asked.item not in desk.case.signed:
        return refused("screening-not-signed")
    if not asked.reason.strip() or not asked.informant.strip() or not asked.answer:
        return refused("amend-needs-reason")
    if why := _fits(desk.form, asked.item, asked.answer):
        return why
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
    found = answering.findings(desk.form, desk.case.answers)
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
        ),
    )


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
    trigger = must_resolve(desk.case).get(asked.item)
    if trigger is None:
        return refused("nothing-to-resolve", item=asked.item)
    if asked.resolution not in RESOLUTIONS or asked.evidence not in EVIDENCE:
        return refused("resolution-unknown", resolutions=", ".join(RESOLUTIONS), evidence=", ".join(EVIDENCE))
    if why := desk.may(RESOLVER[trigger]):
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


def evolve(state: ScreeningState, entry: Entry) -> ScreeningState:
    """Return the interviews after one fact."""
    visit: str = getattr(entry.fact, "visit", "")
    if isinstance(entry.fact, ScreeningFiled):
        return ScreeningState({k: v for k, v in state.cases.items() if k != visit})
    if isinstance(entry.fact, ScreeningBegun):
        begun = entry.fact
        case = Case(form=begun.form, version=begun.version, sha256=begun.sha256)
    elif visit in state.cases:
        case = _changed(state.cases[visit], entry)
    else:
        return state
    return replace(state, cases={**state.cases, visit: case})


def _changed(case: Case, entry: Entry) -> Case:
    match entry.fact:
        case AnswerGiven(item=item, answer=answer):
            answers = {k: v for k, v in case.answers.items() if k != item}
            return replace(case, answers={**answers, item: answer} if answer else answers)
        case AnswerAmended() as amended:
            return _unsigned(case, amended)
        case ScreeningSigned(findings=findings):
            signed = tuple(sorted({*case.signed, *case.answers}))
            first = replace(case, first=entry.by, first_at=entry.at, findings=_parse(findings))
            return replace(first, signed=signed)
        case AnswerAskedAgain(item=item, answer=answer, agrees=agrees):
            case = replace(case, again={**case.again, item: answer})
            return case if agrees else _unreviewed(_doubted(case, item))
        case ItemResolved(item=item) as done:
            made = Resolution(done.resolution, done.evidence, done.text, entry.by)
            return _unreviewed(replace(case, resolutions={**case.resolutions, item: made}))
        case ScreeningReviewed(verdict=found):
            return replace(case, verdict=found, reviewed=entry.by)
        case _:
            return case


def _unreviewed(case: Case) -> Case:
    """Return the case without its review: it was signed on something else."""
    return replace(case, verdict=Verdict.NOT_CLEARED, reviewed=())


def _doubted(case: Case, item: str) -> Case:
    """Return the case with one more answer in doubt; what resolved it before did not know of that."""
    resolutions = {k: v for k, v in case.resolutions.items() if k != item}
    doubted = case.doubted if item in case.doubted else (*case.doubted, item)
    return replace(case, doubted=doubted, resolutions=resolutions)


def _unsigned(case: Case, amended: AnswerAmended) -> Case:
    # An unsure answer turned into a "no" counts as positive for every reviewer after.
    # An unsure answer turned into a "no" counts as positive for every reviewer after.
    return replace(
        _unreviewed(_doubted(case, amended.item)),
        answers={**case.answers, amended.item: amended.answer},
        first=(),
        first_at=None,
        findings={},
        again={},
    )


def _parse(findings: str) -> Mapping[str, str]:
    if findings == ERASED:
        return {}
    return dict(pair.rsplit("|", 1) for pair in findings.split())
