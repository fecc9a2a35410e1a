"""Who decides on the devices of a visit, and on what: two named people, one of whom may be on the phone."""

from __future__ import annotations

from collections.abc import Mapping

from mr_safety_console.domain import by_call, implant_verdict
from mr_safety_console.domain.authority import MAY
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.implant_acts import DecideDevices, SignDeviceDecision
from mr_safety_console.domain.implant_facts import (
    DecisionKind,
    DeviceDecisionSigned,
    DevicesDecided,
    DeviceVerdict,
)
from mr_safety_console.domain.implants_desk import OPERATORS, DevicesDesk, too_long
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import roles_of
from mr_safety_console.domain.words import refused, say

Facts = tuple[Fact, ...]

ACTS: Mapping[DecisionKind, str] = {
    DecisionKind.MET: "devices-met",
    DecisionKind.RISK_BENEFIT: "devices-risk-benefit",
    DecisionKind.EXCEPTION: "devices-exception",
}
WITH: Mapping[DecisionKind, frozenset[str]] = {
    DecisionKind.MET: OPERATORS,
    DecisionKind.RISK_BENEFIT: frozenset({"MRSE"}),
    DecisionKind.EXCEPTION: frozenset({"MRSE"}),
}
"""In which role the second person signs; the first one's roles stand in the table of who may do what."""
REACH: Mapping[DecisionKind, tuple[DeviceVerdict, ...]] = {
    DecisionKind.MET: (DeviceVerdict.MET,),
    DecisionKind.RISK_BENEFIT: (
        DeviceVerdict.CANNOT_VERIFY,
        DeviceVerdict.RISK_BENEFIT,
        DeviceVerdict.NOT_MET,
    ),
    DecisionKind.EXCEPTION: (DeviceVerdict.UNSAFE,),
}
"""Which verdicts a decision answers: what was met needs no risk, and MR Unsafe more than a rationale."""


def decide(desk: DevicesDesk, asked: DecideDevices) -> Facts | Refused:
    """Keep a decision on all devices of a visit, as they stand in this edition."""
    kind = next((one for one in DecisionKind if one == asked.decision), None)
    if kind is None:
        return refused("device-terms", choices=", ".join(DecisionKind))
    if why := _nothing_to_decide(desk, asked, kind):
        return why
    verdict = implant_verdict.worst(implant_verdict.judge(desk.known, desk.place))
    pair = _deciders(desk, asked, kind)
    if isinstance(pair, Refused):
        return pair
    return (
        DevicesDecided(
            subject=desk.person.subject,
            visit=desk.person.id,
            edition=asked.edition,
            decision=kind,
            covers=verdict,
            deciders=pair,
            rationale=asked.rationale,
            called=asked.called,
            callback=asked.callback,
            decided_utc=asked.decided_utc if asked.called else 0,
        ),
    )


def _nothing_to_decide(desk: DevicesDesk, asked: DecideDevices, kind: DecisionKind) -> Refused | None:
    if not desk.known.devices:
        return refused("device-unknown")
    if asked.edition != desk.known.edition:
        return refused("confirmation-late", was=asked.edition, now=desk.known.edition)
    if desk.known.plan is None:
        return refused("devices-plan-missing")
    verdict = implant_verdict.worst(implant_verdict.judge(desk.known, desk.place))
    if verdict not in REACH[kind]:
        return refused("devices-other-decision", verdict=say("device-verdict", verdict.name.lower()))
    if kind is not DecisionKind.MET and not asked.rationale.strip():
        return refused("devices-rationale")
    return too_long(asked.callback)


def _deciders(desk: DevicesDesk, asked: DecideDevices, kind: DecisionKind) -> tuple[str, ...] | Refused:
    """Return the two who decide, in their roles and distinct; one of them may be on the phone."""
    if why := desk.may("record-decision" if asked.called else ACTS[kind]):
        return why
    if asked.called and (why := _call(desk, asked, kind)):
        return why
    here = tuple(dict.fromkeys(who.person for who in desk.ctx.signers))
    people = (asked.called, *here) if asked.called else here
    entitled = MAY[ACTS[kind]][0]
    for first in people:
        for second in people:
            if first != second and _holds(desk, first, entitled) and _holds(desk, second, WITH[kind]):
                return (first, second)
    roles = f"{'/'.join(sorted(entitled))} + {'/'.join(sorted(WITH[kind]))}"
    return refused("devices-second-role", roles=roles)


def _call(desk: DevicesDesk, asked: DecideDevices, kind: DecisionKind) -> Refused | None:
    roles = MAY[ACTS[kind]][0] | WITH[kind]
    return by_call.unheard(asked.callback, asked.read_back, asked.decided_utc, desk.ctx) or by_call.elsewhere(
        desk.staff, asked.called, roles, desk.ctx, is_self=desk.is_self(asked.called)
    )


def _holds(desk: DevicesDesk, person: str, roles: frozenset[str]) -> bool:
    return bool(roles & roles_of(desk.staff, person))


def sign(desk: DevicesDesk, _asked: SignDeviceDecision) -> Facts | Refused:
    """Keep that whoever decided by a call has signed."""
    made = desk.known.decision
    if made is None or not made.called:
        return refused("devices-nothing-to-sign")
    if why := desk.may("device-decision-sign"):
        return why
    if made.called not in {who.person for who in desk.ctx.signers}:
        return refused("decider-signs")
    return (DeviceDecisionSigned(visit=desk.person.id),)
