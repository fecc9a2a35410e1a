"""Permits judged on the whole suite: nobody works beside a patient, and no tool stays behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import alarms, detectors, permits, roster
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import Ctx, Instant
from mr_safety_console.domain.people_facts import PersonKind
from mr_safety_console.domain.permits import (
    LONGEST_MIN,
    ClosePermit,
    CountTools,
    HandBack,
    OpenPermit,
    Permit,
    PermitClosed,
    PermitHandedBack,
    PermitKind,
    PermitOpened,
    PermitOverran,
    ToolsCounted,
)
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import may
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]

OVER_RULE, TOOLS_RULE = "permit-over", "tools-missing"
BY_PERMIT = frozenset({PersonKind.CLEANER, PersonKind.ENGINEER, PersonKind.CONTRACTOR})
"""Kinds that go into Zone IV under a permit only."""
ZONES = ("III", "IV")


def open_permit(state: SuiteState, asked: OpenPermit, ctx: Ctx) -> Facts | Refused:
    """Open a permit: for eight hours at most, tools counted in, never with a patient in there."""
    if not asked.holder.strip() or asked.tools < 0 or not 1 <= asked.minutes <= LONGEST_MIN:
        return refused("permit-terms", minutes=LONGEST_MIN)
    if asked.kind_of not in tuple(PermitKind) or asked.zone not in ZONES:
        return refused("person-terms", given=asked.kind_of, choices=", ".join((*PermitKind, *ZONES)))
    if roster.unrostered(state):
        return refused("nobody-rostered")
    if asked.zone == "IV" and state.visits.inside:
        return refused("permit-patient-inside", no=state.visits.inside[0].no)
    if why := may(state.staff, "permit-open", ctx):
        return why
    told = PermitOpened(
        subject=ctx.tokens[0],
        permit=ctx.tokens[1],
        no=state.permits.last_no + 1,
        kind_of=PermitKind(asked.kind_of),
        holder=asked.holder,
        tools_told=asked.tools_told,
        tools=asked.tools,
        zone=asked.zone,
        valid_s=asked.minutes * 60,
    )
    return (told,)


def _needed(state: SuiteState, name: str, *, closed: bool) -> Permit | Refused:
    permit = state.permits.open.get(name)
    if permit is None or (permit.closed is not None) is not closed:
        return refused("permit-gone")
    return permit


def count_tools(state: SuiteState, asked: CountTools, ctx: Ctx) -> Facts | Refused:
    """Hold a count of a permit's tools against what went in; one missing is an alarm."""
    permit = _needed(state, asked.permit, closed=False)
    if isinstance(permit, Refused):
        return permit
    if why := may(state.staff, "people-track", ctx):
        return why
    tools, door = max(0, asked.tools), ctx.profile.door_iv.id
    told = ToolsCounted(permit=permit.id, tools=tools)
    if tools < permit.tools:
        detail = f"W{permit.no} counted={tools} recorded={permit.tools}"
        return (told, *alarms.raise_or_repeat(state.alarms, TOOLS_RULE, door, ctx.tokens[0], detail=detail))
    return (told, *_over(state, permit, ctx, TOOLS_RULE))


def close_permit(state: SuiteState, asked: ClosePermit, ctx: Ctx) -> Facts | Refused:
    """Close a permit: as many tools out as in, nobody who works under one inside, the room swept."""
    permit = _needed(state, asked.permit, closed=False)
    if isinstance(permit, Refused):
        return permit
    if asked.tools != permit.tools:
        return refused("tools-differ", counted=asked.tools, recorded=permit.tools)
    left = next((one for one in state.people.inside if one.kind in BY_PERMIT), None)
    if left is not None and permit.zone == "IV":
        return refused("permit-people-inside", no=left.no)
    if not asked.swept:
        return refused("permit-not-swept")
    if why := may(state.staff, "permit-close", ctx):
        return why
    over = (*_over(state, permit, ctx, TOOLS_RULE), *_over(state, permit, ctx, OVER_RULE))
    return (PermitClosed(permit=permit.id, tools=asked.tools), *over)


def hand_back(state: SuiteState, asked: HandBack, ctx: Ctx) -> Facts | Refused:
    """Give the room back to the patients, once its detectors have been walk tested after the work."""
    permit = _needed(state, asked.permit, closed=True)
    if isinstance(permit, Refused):
        return permit
    if permit.zone == "IV":
        for point in ctx.profile.detectors_iv:
            known = state.points.points.get(point.id)
            proof = known.proof if known and detectors.proved(state.points, point.id, ctx) else None
            if permit.closed is None or proof is None or not _after(proof, permit.closed):
                return refused("detector-unproved", point=point.name)
    if why := may(state.staff, "permit-close", ctx):
        return why
    return (PermitHandedBack(permit=permit.id),)


def _after(proof: Instant, closed: Instant) -> bool:
    return proof.bt > closed.bt if proof.boot == closed.boot else proof.utc > closed.utc


def _over(state: SuiteState, permit: Permit, ctx: Ctx, rule: str) -> Facts:
    """Return the end of an alarm that no other permit keeps present."""
    others = [one for one in state.permits.open.values() if one.id != permit.id and one.closed is None]
    holds = any(one.over if rule == OVER_RULE else one.counted < one.tools for one in others)
    return () if holds else alarms.returned(state.alarms, ctx.profile.door_iv.id, (rule,))


def tick(state: SuiteState, ctx: Ctx, ahead: int) -> Facts:
    """Return the permits that are open after their time, each once, with one alarm for all of them."""
    late = permits.overdue(state.permits, ctx.now)
    if not late or ahead >= len(ctx.tokens):
        return ()
    detail = "+".join(f"W{one.no}" for one in late)
    door, token = ctx.profile.door_iv.id, ctx.tokens[ahead]
    raised = alarms.raise_or_repeat(state.alarms, OVER_RULE, door, token, ahead=ahead, detail=detail)
    return (*(PermitOverran(permit=one.id) for one in late), *raised)
