"""A condition confirmed: by the operator for the scanner, by eye on site; never against the comparison."""

from __future__ import annotations

from mr_safety_console.domain import implant_conditions as conditions
from mr_safety_console.domain import implant_verdict
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.implant_acts import (
    ConfirmCondition,
)
from mr_safety_console.domain.implant_facts import (
    ConditionConfirmed,
)
from mr_safety_console.domain.implant_kinds import KINDS, Result, Who
from mr_safety_console.domain.implants import Confirmation, Implant
from mr_safety_console.domain.implants_desk import OPERATORS, DevicesDesk, too_long
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import credential_over, roles_of
from mr_safety_console.domain.words import refused

Facts = tuple[Fact, ...]


def confirm(desk: DevicesDesk, asked: ConfirmCondition) -> Facts | Refused:
    """Keep what somebody says of a condition in this edition; one of a former edition comes too late."""
    device = desk.device(asked.device)
    if isinstance(device, Refused):
        return device
    printed = device.conditions.get(asked.code)
    if printed is None:
        return refused("condition-unknown", choices=", ".join(device.conditions) or "none")
    if asked.edition != desk.known.edition:
        return refused("confirmation-late", was=asked.edition, now=desk.known.edition)
    if why := desk.may("condition-confirm") or too_long(asked.figure):
        return why
    own = desk.ctx.actor.person if desk.ctx.actor else ""
    told_by = asked.told_by or own
    if asked.met and (why := _not_to_confirm(desk, device, asked, told_by)):
        return why
    told = ConditionConfirmed(
        subject=desk.person.subject,
        visit=desk.person.id,
        device=device.id,
        code=asked.code,
        edition=asked.edition,
        met=asked.met,
        told_by=told_by,
        figure=asked.figure,
    )
    return (told,)


def _not_to_confirm(
    desk: DevicesDesk, device: Implant, asked: ConfirmCondition, told_by: str
) -> Refused | None:
    """Return why nobody, or not this person, may say that this condition is met."""
    kind = KINDS[asked.code]
    if kind.who is Who.CONSOLE:
        return refused("condition-compared", code=asked.code)
    if kind.who is Who.SCAN_SIDE:
        if not OPERATORS & roles_of(desk.staff, told_by):
            return refused("condition-operator", roles=", ".join(sorted(OPERATORS)))
        if credential_over(desk.staff, told_by, desk.ctx):
            return refused("credential-expired")
    elif asked.told_by:
        return refused("condition-by-eye")
    if desk.is_self(told_by):
        return refused("signs-for-self")
    return _not_comparable(desk, device, asked, told_by)


def _not_comparable(
    desk: DevicesDesk, device: Implant, asked: ConfirmCondition, told_by: str
) -> Refused | None:
    """Return that the comparison itself stands against it: a word does not stand in for a figure."""
    said = Confirmation(asked.edition, asked.met, told_by, asked.figure, desk.ctx.now, desk.ctx.signers)
    printed = device.conditions[asked.code]
    against = implant_verdict.here(device, desk.known, desk.place, said)
    compared = conditions.compare(asked.code, printed, against)
    came_to = implant_verdict.result(KINDS[asked.code], printed, compared, said)
    if desk.known.plan is None:
        return refused("devices-plan-missing")
    return None if came_to is Result.MET else refused("condition-not-comparable", code=asked.code)
