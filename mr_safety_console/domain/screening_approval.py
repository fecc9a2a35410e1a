"""After the answers: final approval, here or over a line; decisions by a call; the emergent screen."""

from __future__ import annotations

from mr_safety_console.domain import by_call
from mr_safety_console.domain.approval_facts import (
    ENGAGED_S,
    METHODS,
    REMOTE,
    ApproveRemotely,
    ApproveScreening,
    DecisionSigned,
    EmergentScreened,
    ItemDecidedByCall,
    LineStated,
    ResolveByCall,
    ScreenEmergent,
    ScreeningApproved,
    SignDecision,
    StateLine,
)
from mr_safety_console.domain.authority import MAY
from mr_safety_console.domain.codec import Command, Fact
from mr_safety_console.domain.context import Ctx, elapsed
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.screening_case import Case, awaits_approval, to_ask_again
from mr_safety_console.domain.screening_desk import (
    Desk,
    resolvable,
    response,
    told_findings,
    too_old,
    unwritten,
)
from mr_safety_console.domain.screening_facts import Verdict
from mr_safety_console.domain.staff import roles_of
from mr_safety_console.domain.words import refused, say
from screening_forms import answering

Facts = tuple[Fact, ...]

PHYSICIANS = frozenset({"RAD", "MRMD"})
REMOTE_ROLES = PHYSICIANS | {"REM"}


def decide(asked: Command, desk: Desk) -> Facts | Refused:
    """Decide on one command of `approval_facts`, for an interview that has begun."""
    match asked:
        case StateLine():
            return _line(desk, asked)
        case ApproveScreening():
            return _approve(desk)
        case ApproveRemotely():
            return _remotely(desk, asked)
        case ResolveByCall():
            return _by_call(desk, asked)
        case SignDecision():
            return _sign_decision(desk, asked)
        case ScreenEmergent():
            return _emergent(desk, asked)
        case _:
            return ()


# --- final approval ---


def _line(desk: Desk, asked: StateLine) -> Facts | Refused:
    if why := desk.may("line-state"):
        return why
    if asked.method not in METHODS:
        return refused("line-unknown", methods=", ".join(METHODS))
    return (LineStated(visit=desk.visit, method=asked.method, works=asked.works),)


def working_lines(case: Case, ctx: Ctx) -> tuple[str, ...]:
    """Return the lines somebody found working not long ago; a reboot ends that, and so does time."""
    valid_s = ctx.profile.limit("line_stated_valid_s")
    found = []
    for method, at in case.lines.items():
        age = elapsed(ctx.now, at)
        if age.continuous and age.seconds <= valid_s:
            found.append(method)
    return tuple(found)


def remote_offered(case: Case, ctx: Ctx) -> bool:
    """Tell whether a remote approval may be offered at all: due, the site's way, and a line that works."""
    return awaits_approval(case) and case.approver == REMOTE and bool(working_lines(case, ctx))


def _due(desk: Desk) -> Refused | None:
    """Return why there is nothing to approve: no review that admits, answers too old, or approved already."""
    case = desk.case
    if why := too_old(desk):
        return why
    if case.verdict not in (Verdict.CLEARED, Verdict.CLEARED_WITH_CONDITIONS):
        return refused("review-first", verdict=case.verdict)
    return None if awaits_approval(case) else refused("approval-done")


def _reviewers(case: Case) -> set[str]:
    return {who.person for who in (*case.first, *case.reviewed)}


def _approve(desk: Desk) -> Facts | Refused:
    if why := _due(desk):
        return why
    if desk.case.approver == REMOTE:
        return refused("approver-other", owner=say("approver", REMOTE))
    if why := desk.may("screening-approve"):
        return why
    signing = {who.person for who in desk.ctx.signers}
    if signing & _reviewers(desk.case):
        return refused("approver-reviewed")
    holders = [one for one in signing if desk.case.approver in roles_of(desk.staff, one)]
    if not holders:
        return refused("approver-other", owner=say("approver", desk.case.approver))
    return (ScreeningApproved(subject=desk.subject, visit=desk.visit, decider=holders[0]),)


def _remotely(desk: Desk, asked: ApproveRemotely) -> Facts | Refused:
    if why := _due(desk):
        return why
    if desk.case.approver != REMOTE:
        return refused("approver-other", owner=say("approver", desk.case.approver))
    if asked.method not in working_lines(desk.case, desk.ctx):
        return refused("line-down", method=asked.method)
    if why := desk.may("remote-approval"):
        return why
    if why := _engaged(asked) or _elsewhere(desk, asked.decider, REMOTE_ROLES):
        return why
    if asked.decider in _reviewers(desk.case):
        return refused("approver-reviewed")
    return (
        ScreeningApproved(
            subject=desk.subject,
            visit=desk.visit,
            decider=asked.decider,
            remote=True,
            method=asked.method,
            seconds=asked.seconds,
            identity_confirmed=asked.identity_confirmed,
            credential=asked.credential,
            findings=asked.findings,
        ),
    )


def _engaged(asked: ApproveRemotely) -> Refused | None:
    if asked.seconds < ENGAGED_S or not asked.identity_confirmed:
        return refused("engagement-missing", seconds=ENGAGED_S)
    return None if asked.credential.strip() else refused("credential-blank")


def _elsewhere(desk: Desk, decider: str, roles: frozenset[str]) -> Refused | None:
    """Return why this person may not decide from elsewhere."""
    return by_call.elsewhere(desk.staff, decider, roles, desk.ctx, is_self=desk.is_self(decider))


# --- decisions by a call ---


def _by_call(desk: Desk, asked: ResolveByCall) -> Facts | Refused:
    act = resolvable(desk, asked.item, asked.resolution, asked.evidence)
    if isinstance(act, Refused):
        return act
    if why := desk.may("record-decision") or unwritten(desk, asked.item, asked.evidence, asked.text):
        return why
    if why := by_call.unheard(asked.callback, asked.read_back, asked.decided_utc, desk.ctx):
        return why
    roles = MAY[act][0]
    if why := _elsewhere(desk, asked.decider, roles):
        return why
    return (
        ItemDecidedByCall(
            subject=desk.subject,
            visit=desk.visit,
            item=asked.item,
            resolution=asked.resolution,
            evidence=asked.evidence,
            text=asked.text,
            decider=asked.decider,
            role=min(roles & roles_of(desk.staff, asked.decider)),
            callback=asked.callback,
            decided_utc=asked.decided_utc,
        ),
    )


def _sign_decision(desk: Desk, asked: SignDecision) -> Facts | Refused:
    made = desk.case.resolutions.get(asked.item)
    if made is None or not made.recorded:
        return refused("nothing-to-resolve", item=asked.item)
    if why := desk.may("sign-decision"):
        return why
    if not {who.person for who in made.by} & {who.person for who in desk.ctx.signers}:
        return refused("decider-signs")
    return (DecisionSigned(visit=desk.visit, item=asked.item),)


# --- the emergent path ---


def _emergent(desk: Desk, asked: ScreenEmergent) -> Facts | Refused:
    if why := desk.may("screening-emergent") or desk.others():
        return why
    if not (asked.ordering.strip() and asked.why.strip()):
        return refused("emergent-names")
    if not asked.callback.strip() or not asked.read_back:
        return refused("call-unread")
    if why := _elsewhere(desk, asked.covering, PHYSICIANS):
        return why
    return (
        EmergentScreened(
            subject=desk.subject,
            visit=desk.visit,
            form=desk.form.id,
            version=desk.form.version,
            sha256=desk.form.sha256,
            response=response(desk),
            findings=told_findings(desk),
            not_asked=not_asked(desk),
            ordering=asked.ordering,
            covering=asked.covering,
            callback=asked.callback,
            why=asked.why,
        ),
    )


def not_asked(desk: Desk) -> tuple[str, ...]:
    """Return what nobody asked: blank questions, and what only another's signature stands for."""
    case = desk.case
    blank = [item.link_id for item in answering.missing(desk.form, case.answers)]
    mine = bool({who.person for who in case.first} & {who.person for who in desk.ctx.signers})
    unheard = () if mine or not case.signed else to_ask_again(case, desk.form)
    return (*blank, *(item for item in unheard if item not in blank))
