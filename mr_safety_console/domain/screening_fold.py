"""How an interview folds: what each fact does to its answers, its holds and its signatures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from mr_safety_console.domain.approval_facts import (
    DecisionSigned,
    EmergentScreened,
    ItemDecidedByCall,
    LineStated,
    ScreeningApproved,
)
from mr_safety_console.domain.codec import ERASED, Entry, Fact
from mr_safety_console.domain.context import Who
from mr_safety_console.domain.interview_facts import (
    ChildAsked,
    InformantRecorded,
    InterviewKept,
    PaperTranscribed,
    ResponseTaken,
    ScreeningDeclined,
    SourceTold,
    VisitLinked,
)
from mr_safety_console.domain.screening_case import (
    WEIGHS,
    Case,
    Emergent,
    Former,
    Informant,
    Resolution,
    ScreeningState,
    Told,
    verdict,
    weightier,
)
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
    ScreeningTakenOver,
    ScreeningVoided,
    Verdict,
    sheet_of,
)

T = TypeVar("T")
KEPT = 40
"""Signed interviews of closed visits kept for a comparison; older ones live in the record alone."""


def evolve(state: ScreeningState, entry: Entry) -> ScreeningState:
    """Return the interviews, and the further forms beside them, after one fact."""
    visit: str = getattr(entry.fact, "visit", "")
    if isinstance(entry.fact, ScreeningFiled):
        return replace(state, cases=_without(state.cases, visit), sheets=_without(state.sheets, visit))
    if isinstance(entry.fact, InterviewKept):
        return _kept(state, entry.fact)
    sheet = sheet_of(entry.fact)
    before = state.sheets.get(visit, {}) if sheet else state.cases
    after = _folded(before, sheet or visit, entry)
    if after is before:
        return state
    return replace(state, sheets={**state.sheets, visit: after}) if sheet else replace(state, cases=after)


def _folded(cases: Mapping[str, Case], key: str, entry: Entry) -> Mapping[str, Case]:
    if isinstance(entry.fact, ScreeningVoided) and entry.fact.anew:
        return _without(cases, key)
    if isinstance(entry.fact, ScreeningBegun):
        return {**cases, key: _begun(cases.get(key), entry.fact, entry)}
    return {**cases, key: _changed(cases[key], entry)} if key in cases else cases


def _without(known: Mapping[str, T], key: str) -> Mapping[str, T]:
    return {k: v for k, v in known.items() if k != key}


def _begun(before: Case | None, begun: ScreeningBegun, entry: Entry) -> Case:
    """Return an interview from blank; of one it takes the place of stays what weighed, and who said so.

    A form that was replaced in the middle is no way to take back a yes without a reason.
    """
    owner = entry.by[0].person if entry.by else ""
    case = Case(begun.form, begun.version, begun.sha256, begun=entry.at, owner=owner)
    return case if before is None else replace(case, said=before.said, told=before.told)


def _kept(state: ScreeningState, kept: InterviewKept) -> ScreeningState:
    case = state.cases.get(kept.visit)
    if case is None or case.first_at is None:
        return state
    one = Former(kept.no, kept.name, kept.birth_date, case.form, case.first_at, case.answers)
    former = {**state.former, kept.visit: one}
    return replace(state, former=dict(list(former.items())[-KEPT:]))


def _changed(case: Case, entry: Entry) -> Case:
    match entry.fact:
        case AnswerGiven(item=item, answer=answer):
            return _answered(_asked_after_all(case), item, answer)
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
            case = _paced(case, entry.fact, entry)
            case = replace(case, asked_by={**case.asked_by, item: entry.by[0].person if entry.by else ""})
            return case if agrees else _unreviewed(_doubted(case, item))
        case _:
            return _judged(case, entry)


def _paced(case: Case, asked: AnswerAskedAgain, entry: Entry) -> Case:
    others = tuple(one for one in case.rushed if one != asked.item)
    return replace(case, aloud_at=entry.at, rushed=(*others, asked.item) if asked.short else others)


def _judged(case: Case, entry: Entry) -> Case:
    match entry.fact:
        case ItemResolved(item=item) as done:
            made = Resolution(done.resolution, done.evidence, done.text, entry.by)
            return _unreviewed(replace(case, resolutions={**case.resolutions, item: made}))
        case ItemDecidedByCall(item=item, decider=decider, role=role) as done:
            made = Resolution(
                done.resolution,
                done.evidence,
                done.text,
                (Who(decider, role),),
                entry.by,
                done.callback,
                done.decided_utc,
            )
            return _unreviewed(replace(case, resolutions={**case.resolutions, item: made}))
        case DecisionSigned(item=item) if item in case.resolutions:
            made = replace(case.resolutions[item], recorded=())
            return replace(case, resolutions={**case.resolutions, item: made})
        case ScreeningReviewed(verdict=found, approver=approver):
            fresh = replace(case, approved=(), remote=False, approver=approver)
            return replace(fresh, verdict=found, reviewed=entry.by)
        case ScreeningVoided(dropped=dropped, sheet=sheet):
            kept = {k: v for k, v in case.resolutions.items() if k not in dropped}
            left = _unreviewed(replace(case, resolutions=kept))
            # The one signature of a further form is its review.
            return _without_signature(left) if sheet else left
        case EmergentScreened() as screened:
            return _emergent(case, screened, entry)
        case ScreeningApproved(decider=decider, remote=remote):
            by = (Who(decider, "REM"),) if remote else entry.by
            return replace(case, approved=by, remote=remote)
        case _:
            return _around(case, entry)


def _around(case: Case, entry: Entry) -> Case:
    match entry.fact:
        case InformantRecorded() as told:
            return _informed(case, informant_of(told))
        case PaperTranscribed(filled_by=filled_by, filled_utc=filled_utc):
            return replace(case, way="paper", filled_by=filled_by, filled_utc=filled_utc)
        case ResponseTaken(source=source, authored_utc=authored_utc):
            return replace(case, way="response", filled_by=source, filled_utc=authored_utc)
        case SourceTold() as said:
            return _contradicted(case, said)
        case ScreeningDeclined():
            return replace(_unreviewed(case), declined=True, verdict=Verdict.DECLINED)
        case LineStated(method=method, works=works):
            lines = {k: v for k, v in case.lines.items() if k != method}
            return replace(case, lines={**lines, method: entry.at} if works else lines)
        case _:
            return _bound(case, entry.fact)


def informant_of(told: InformantRecorded) -> Informant:
    """Return who answers, by what was recorded."""
    return Informant(told.who, told.relation, told.capacity, told.interpreter, told.language)


def _informed(case: Case, informant: Informant) -> Case:
    if informant == case.informant or not case.first:
        return replace(case, informant=informant)
    # What was heard and reviewed was heard from somebody else, or through somebody else.
    return replace(_unreviewed(case), informant=informant, again={}, asked_by={}, rushed=(), child="")


def _bound(case: Case, fact: Fact) -> Case:
    """Return the case after it was bound to somebody: to its owner, to a former visit of the patient."""
    match fact:
        case VisitLinked(former=former):
            return replace(case, former=former)
        case ScreeningTakenOver(owner=owner):
            return replace(case, owner=owner)
        case ChildAsked(how=how):
            return replace(case, child=how)
        case _:
            return case


def _contradicted(case: Case, said: SourceTold) -> Case:
    """Return the case with one more source; what resolved the item before did not know of it."""
    told = (*case.told.get(said.item, ()), Told(said.source, said.says, said.text))
    case = replace(case, told={**case.told, said.item: told})
    if said.says == case.answers.get(said.item):
        return case
    resolutions = {k: v for k, v in case.resolutions.items() if k != said.item}
    return _unreviewed(replace(case, resolutions=resolutions))


def _emergent(case: Case, screened: EmergentScreened, entry: Entry) -> Case:
    path = Emergent(screened.ordering, screened.covering, screened.not_asked)
    signed = tuple(sorted({*case.signed, *case.answers}))
    fresh = replace(case, first=entry.by, first_at=entry.at, findings=_parse(screened.findings))
    made = replace(fresh, signed=signed, emergent=path, approved=(), approver="reviewer")
    return replace(made, reviewed=entry.by, verdict=verdict(made))


def _asked_after_all(case: Case) -> Case:
    """Return a case whose emergent screen is over, because what nobody had asked is being asked."""
    if case.emergent is None:
        return case
    return replace(_unreviewed(case), emergent=None, first=(), first_at=None, findings={})


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
    return replace(case, verdict=Verdict.NOT_CLEARED, reviewed=(), approved=(), remote=False)


def _doubted(case: Case, item: str) -> Case:
    """Return the case with one more answer in doubt; what resolved it before did not know of that."""
    resolutions = {k: v for k, v in case.resolutions.items() if k != item}
    doubted = case.doubted if item in case.doubted else (*case.doubted, item)
    return replace(case, doubted=doubted, resolutions=resolutions)


def _unsigned(case: Case, amended: AnswerAmended) -> Case:
    # An unsure answer turned into a "no" counts as positive for every reviewer after.
    case = _heard(_heard(case, amended.item, amended.was), amended.item, amended.answer)
    return replace(
        _without_signature(_unreviewed(_doubted(case, amended.item))),
        answers={**case.answers, amended.item: amended.answer},
        emergent=None,
    )


def _without_signature(case: Case) -> Case:
    unheard = replace(case, again={}, asked_by={}, child="", rushed=(), aloud_at=None)
    return replace(unheard, first=(), first_at=None, findings={})


def _parse(findings: str) -> Mapping[str, str]:
    if findings == ERASED:
        return {}
    return dict(pair.rsplit("|", 1) for pair in findings.split())
