"""One screening interview as it stands: its answers, what holds it, what it comes to, how it folds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from mr_safety_console.domain.codec import ERASED, Entry
from mr_safety_console.domain.context import Instant, Who
from mr_safety_console.domain.screening_facts import (
    AnswerAmended,
    AnswerAskedAgain,
    AnswerCorrected,
    AnswerGiven,
    ItemResolved,
    ScreeningBegun,
    ScreeningFiled,
    ScreeningReviewed,
    ScreeningSigned,
    ScreeningVoided,
    Verdict,
)
from mr_safety_console.domain.value import frozen
from screening_forms import answering
from screening_forms.types import Form, Item, Trigger

UNDECIDED = frozenset({"unsure", "refused", "unable", "not_asked"})
"""Answers that are no answer: they only ever lead to conditions, never to a plain clearance."""

WEIGHS = UNDECIDED | {"yes"}
"""Draft answers that a later "no" does not undo: it needs a reason, and they go on counting."""

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
UNSUITABLE = "not-suitable"
OF_THE_BODY = frozenset({"excluded-by-evidence", "removed-and-seen", "not-suitable"})
"""Resolutions that hold at any magnet and for any examination; the others were made for one of them."""
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
    """One interview. `signed` names every answer that ever stood under a signature.

    `said` holds the weightiest answer ever given to a question, in the draft, signed or aloud;
    `corrected` those draft ones that were changed with a reason since.
    """

    form: str
    version: str
    sha256: str
    begun: Instant | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    first: tuple[Who, ...] = ()
    first_at: Instant | None = None
    hurried: bool = False
    findings: Mapping[str, str] = field(default_factory=dict)
    again: Mapping[str, str] = field(default_factory=dict)
    doubted: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()
    said: Mapping[str, str] = field(default_factory=dict)
    corrected: Mapping[str, str] = field(default_factory=dict)
    resolutions: Mapping[str, Resolution] = field(default_factory=dict)
    verdict: Verdict = Verdict.NOT_CLEARED
    reviewed: tuple[Who, ...] = ()


@frozen
class ScreeningState:
    """Interviews by visit."""

    cases: Mapping[str, Case] = field(default_factory=dict)


def weightier(one: str, other: str) -> str:
    """Return the answer that counts of two: undecided before yes, and yes before anything else."""
    return max(one, other, key=lambda said: (said in UNDECIDED, said in WEIGHS))


def wants_reason(case: Case, item: Item, answer: str) -> bool:
    """Tell whether this draft answer would take back one that weighed more, which needs a reason."""
    before = case.said.get(item.link_id, "")
    changes = answer not in WEIGHS and answer not in ("", case.answers.get(item.link_id))
    return changes and bool(before) and answering.triggered(item, before) is not None


def counted(case: Case) -> Mapping[str, str]:
    """Return the answers as they count for the reviewers: a corrected one as what was said before."""
    kept = {k: was for k, was in case.corrected.items() if case.answers.get(k, "") not in WEIGHS}
    return {**case.answers, **kept}


def must_resolve(case: Case) -> Mapping[str, Trigger]:
    """Return the items that hold a signed case, by linkId, with the trigger that says who resolves.

    A trigger of the form holds; so does any answer that is no answer, an answer changed after
    signing, and a spoken answer that differed from the form. A draft answer that was corrected to
    "no" holds as what it was.
    """
    held: dict[str, Trigger] = {}
    answers = counted(case)
    for item, name in case.findings.items():
        trigger = Trigger(name)
        if trigger in MUST_RESOLVE or answers.get(item) in UNDECIDED:
            held[item] = trigger
    for item, answer in answers.items():
        if answer in UNDECIDED or answer == ERASED:
            held.setdefault(item, Trigger.HOLD_CLINICAL)
    for item in case.doubted:
        held.setdefault(item, Trigger.HOLD_CLINICAL)
    return held


def holds_as(case: Case, item: Item, found: Trigger) -> Trigger:
    """Return what a held item is resolved as: what was found, or the worse it was ever said to be."""
    said = answering.triggered(item, case.said.get(item.link_id, ""))
    return found if said is None else max(found, said, key=lambda trigger: trigger.rank)


def unresolved(case: Case) -> tuple[str, ...]:
    """Return the items that still hold."""
    return tuple(item for item in must_resolve(case) if item not in case.resolutions)


def of_this_scan(case: Case) -> tuple[str, ...]:
    """Return the items whose resolution was made for this magnet and this examination alone."""
    return tuple(item for item, made in case.resolutions.items() if made.resolution not in OF_THE_BODY)


def to_ask_again(case: Case, form: Form) -> tuple[str, ...]:
    """Return the starred questions not yet asked aloud."""
    starred = [item.link_id for item in answering.asked(form, case.answers) if item.ask_again]
    return tuple(item for item in starred if item not in case.again)


def verdict(case: Case) -> Verdict:
    """Return what the case comes to. Blank or unsure never comes out as CLEARED (I4)."""
    if not case.first:
        return Verdict.NOT_CLEARED
    if any(r.resolution == UNSUITABLE for r in case.resolutions.values()):
        return Verdict.NOT_SUITABLE
    if unresolved(case):
        return Verdict.HOLD
    return Verdict.CLEARED_WITH_CONDITIONS if must_resolve(case) else Verdict.CLEARED


def evolve(state: ScreeningState, entry: Entry) -> ScreeningState:
    """Return the interviews after one fact."""
    visit: str = getattr(entry.fact, "visit", "")
    voided = isinstance(entry.fact, ScreeningVoided) and entry.fact.anew
    if voided or isinstance(entry.fact, ScreeningFiled):
        return ScreeningState({k: v for k, v in state.cases.items() if k != visit})
    if isinstance(entry.fact, ScreeningBegun):
        begun = entry.fact
        case = Case(form=begun.form, version=begun.version, sha256=begun.sha256, begun=entry.at)
    elif visit in state.cases:
        case = _changed(state.cases[visit], entry)
    else:
        return state
    return replace(state, cases={**state.cases, visit: case})


def _changed(case: Case, entry: Entry) -> Case:
    match entry.fact:
        case AnswerGiven(item=item, answer=answer):
            return _answered(case, item, answer)
        case AnswerCorrected(item=item, was=was, answer=answer):
            return replace(_answered(case, item, answer), corrected={**case.corrected, item: was})
        case AnswerAmended() as amended:
            return _unsigned(case, amended)
        case ScreeningSigned(findings=findings, hurried=hurried):
            signed = tuple(sorted({*case.signed, *case.answers}))
            first = replace(case, first=entry.by, first_at=entry.at, findings=_parse(findings))
            return replace(first, signed=signed, hurried=hurried)
        case AnswerAskedAgain(item=item, answer=answer, agrees=agrees):
            case = _heard(replace(case, again={**case.again, item: answer}), item, answer)
            return case if agrees else _unreviewed(_doubted(case, item))
        case _:
            return _judged(case, entry)


def _judged(case: Case, entry: Entry) -> Case:
    match entry.fact:
        case ItemResolved(item=item) as done:
            made = Resolution(done.resolution, done.evidence, done.text, entry.by)
            return _unreviewed(replace(case, resolutions={**case.resolutions, item: made}))
        case ScreeningReviewed(verdict=found):
            return replace(case, verdict=found, reviewed=entry.by)
        case ScreeningVoided(dropped=dropped):
            kept = {k: v for k, v in case.resolutions.items() if k not in dropped}
            return _unreviewed(replace(case, resolutions=kept))
        case _:
            return case


def _answered(case: Case, item: str, answer: str) -> Case:
    answers = {k: v for k, v in case.answers.items() if k != item}
    return replace(_heard(case, item, answer), answers={**answers, item: answer} if answer else answers)


def _heard(case: Case, item: str, answer: str) -> Case:
    """Return the case that remembers an answer, if it weighs."""
    if answer not in WEIGHS:
        return case
    return replace(case, said={**case.said, item: weightier(case.said.get(item, ""), answer)})


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
    case = _heard(_heard(case, amended.item, amended.was), amended.item, amended.answer)
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
