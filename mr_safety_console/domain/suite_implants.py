"""What the suite asks of devices at any time: is one set for the scan and not set back, is it late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import alarms, device_actions, suite_items
from mr_safety_console.domain.codec import Command, Fact
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.device_actions import LATE_RULE, DeviceAction, DeviceActionLate
from mr_safety_console.domain.implant_facts import DevicesFiled
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.visit_facts import CloseVisit
from mr_safety_console.domain.words import refused, say

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]


def command(state: SuiteState, asked: Command, ctx: Ctx) -> Facts | Refused:
    """Decide on one command about devices."""
    from mr_safety_console.domain import suite_devices  # noqa: PLC0415  -- loaded with the first device

    return suite_devices.command(state, asked, ctx)


def named(action: DeviceAction) -> str:
    """Return an open action as people say it."""
    return f"D{action.device_no} {say('device-action', action.sort)}"


def tick(state: SuiteState, ctx: Ctx, ahead: int) -> Facts:
    """Return the devices not set back in time, each once, with one alarm for all of them."""
    late = device_actions.overdue(state.actions, ctx.now)
    if not late or ahead >= len(ctx.tokens):
        return ()
    detail = "+".join(_where(state, one) for one in late)
    door, token = ctx.profile.door_iv.id, ctx.tokens[ahead]
    raised = alarms.raise_or_repeat(state.alarms, LATE_RULE, door, token, ahead=ahead, detail=detail)
    return (*(DeviceActionLate(visit=one.visit, action=one.id) for one in late), *raised)


def _where(state: SuiteState, action: DeviceAction) -> str:
    person = state.visits.open.get(action.visit)
    return f"V{person.no if person else 0}:D{action.device_no}"


def close_visit(state: SuiteState, asked: CloseVisit, ctx: Ctx) -> Facts | Refused:
    """Close a visit; not while a device of it is set for the scan."""
    left = state.actions.of(asked.visit)
    if left and asked.visit in state.visits.open:
        return refused("visit-device-open", what=", ".join(named(one) for one in left))
    answer = suite_items.close_visit(state, asked, ctx)
    if isinstance(answer, Refused) or asked.visit not in state.implants.visits:
        return answer
    return (*answer, DevicesFiled(visit=asked.visit)) if answer else answer
