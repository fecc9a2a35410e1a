"""A session with a remote operator, by hand: naming, consent, duties, time-out, the link lost and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from mr_safety_console.domain import alarms, duties, remote, watching
from mr_safety_console.domain.codec import Command, Fact
from mr_safety_console.domain.context import NS, Ctx, Instant
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.remote_facts import (
    READ_BACK,
    AcceptDuties,
    DutiesAccepted,
    HoldTimeOut,
    LinkPrompted,
    LinkSaidBack,
    LinkSaidLost,
    LoseLink,
    NameOperator,
    OperatorNamed,
    RecordRemoteConsent,
    RegainLink,
    RemoteConsentRecorded,
    TimeOutHeld,
)
from mr_safety_console.domain.staff import may, roles_of
from mr_safety_console.domain.visit import Visit, needed
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]

LINK_RULE = "link-lost"
OPERATORS = frozenset({"REM", "OPR"})


def _person(state: SuiteState, visit: str, act: str, ctx: Ctx) -> Visit | Refused:
    person = needed(state.visits, visit)
    if isinstance(person, Refused):
        return person
    return may(state.staff, act, ctx) or person


def name(state: SuiteState, asked: NameOperator, ctx: Ctx) -> Facts | Refused:
    """Name who scans; a remote operator is somebody of the register with that role, and a number."""
    person = _person(state, asked.visit, "operator-name", ctx)
    if isinstance(person, Refused):
        return person
    if asked.operator and not OPERATORS & roles_of(state.staff, asked.operator):
        return refused("operator-terms")
    if asked.operator and not asked.number.strip():
        return refused("operator-number")
    if asked.operator and person.scan_presumed:
        return refused("operator-in-scan", no=person.no)
    told = OperatorNamed(
        subject=person.subject, visit=person.id, operator=asked.operator, number=asked.number
    )
    return (told, *_link_over(state, ctx))


def consent(state: SuiteState, asked: RecordRemoteConsent, ctx: Ctx) -> Facts | Refused:
    """Record what the patient says; it is asked for both, and neither follows from the other."""
    person = _person(state, asked.visit, "answer", ctx)
    if isinstance(person, Refused):
        return person
    return (RemoteConsentRecorded(visit=person.id, operation=asked.operation, visual=asked.visual),)


def accept(state: SuiteState, asked: AcceptDuties, ctx: Ctx) -> Facts | Refused:
    """Accept the duty list in force, signed here, by the remote operator's word over the line."""
    person = _remote(state, asked.visit, "duties-accept", ctx)
    if isinstance(person, Refused):
        return person
    if asked.version != duties.VERSION:
        return refused("duties-not-read", no=person.no, version=duties.VERSION)
    return (DutiesAccepted(visit=person.id, version=asked.version, operator=person.remote.operator),)


def time_out(state: SuiteState, asked: HoldTimeOut, ctx: Ctx) -> Facts | Refused:
    """Hold a joint time-out: everything said aloud by both, the link up, the list read back before."""
    person = _remote(state, asked.visit, "time-out", ctx)
    if isinstance(person, Refused):
        return person
    if person.remote.lost is not None:
        return refused("link-is-lost", no=person.no)
    if person.remote.duties != duties.VERSION:
        return refused("duties-not-read", no=person.no, version=duties.VERSION)
    if set(asked.said) != set(READ_BACK):
        return refused("time-out-items", count=len(set(READ_BACK) - set(asked.said)))
    valid_s = ctx.profile.limit("time_out_s")
    return (TimeOutHeld(visit=person.id, operator=person.remote.operator, valid_s=valid_s),)


def _remote(state: SuiteState, visit: str, act: str, ctx: Ctx) -> Visit | Refused:
    person = needed(state.visits, visit)
    if isinstance(person, Refused):
        return person
    if not person.remote.remote:
        return refused("operator-on-site", no=person.no)
    return may(state.staff, act, ctx) or person


def lose(state: SuiteState, asked: LoseLink, ctx: Ctx) -> Facts | Refused:
    """Record that the link is lost. Whoever says it: it only tightens, and must not wait for a sign-on."""
    person = needed(state.visits, asked.visit)
    if isinstance(person, Refused):
        return person
    if not person.remote.remote:
        return refused("operator-on-site", no=person.no)
    if person.remote.lost is not None:
        return ()
    door = ctx.profile.door_iv.id
    raised = alarms.raise_or_repeat(state.alarms, LINK_RULE, door, ctx.tokens[0], (person.id,))
    return (LinkSaidLost(visit=person.id), *raised)


def regain(state: SuiteState, asked: RegainLink, ctx: Ctx) -> Facts | Refused:
    """Record that the remote operator is heard again; what comes next is a time-out, not the scan."""
    person = _remote(state, asked.visit, "check-in", ctx)
    if isinstance(person, Refused):
        return person
    if person.remote.lost is None:
        return ()
    return (LinkSaidBack(visit=person.id), *_link_over(state, ctx))


def _link_over(state: SuiteState, ctx: Ctx) -> Facts:
    return alarms.returned(state.alarms, ctx.profile.door_iv.id, (LINK_RULE,))


def next_due(state: SuiteState, now: Instant) -> int | None:
    """Return the boot-time ns of the next prompt of a lost link, or None."""
    if "visits" in state.broken:
        return None
    coming = (remote.prompt_left_s(one.remote, now) for one in state.visits.open.values())
    return min((now.bt + int(one[1] * NS) for one in coming if one is not None), default=None)


def tick(state: SuiteState, ctx: Ctx, ahead: int) -> Facts:
    """Return the prompt due by now, one a tick, each with a new ring of the alarm."""
    for person in () if "visits" in state.broken else state.visits.open.values():
        coming = remote.prompt_left_s(person.remote, ctx.now)
        if coming is None or coming[1] > 0 or ahead >= len(ctx.tokens):
            continue
        after_s, left = coming
        due = watching.shifted(ctx.now, left)
        told = LinkPrompted(visit=person.id, after_s=after_s, due_utc=due.utc, due_bt=due.bt)
        door, token = ctx.profile.door_iv.id, ctx.tokens[ahead]
        names, detail = (person.id,), str(after_s)
        raised = alarms.raise_or_repeat(state.alarms, LINK_RULE, door, token, names, ahead, detail)
        return (told, *raised)
    return ()


ROUTES: Mapping[type[Command], Callable[[SuiteState, Any, Ctx], Facts | Refused]] = {
    NameOperator: name,
    RecordRemoteConsent: consent,
    AcceptDuties: accept,
    HoldTimeOut: time_out,
    LoseLink: lose,
    RegainLink: regain,
}
"""Which decision is asked for which command of a remote session."""
