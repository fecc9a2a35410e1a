"""Devices judged on the whole suite: what a change undoes, what is set for the scan and set back after it.

Loaded with the first command about a device: most visits have none, and a start waits for nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import (
    alarms,
    device_actions,
    implants_decision,
    implants_recording,
    suite_binding,
    suite_lists,
)
from mr_safety_console.domain.codec import Command, Fact
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.device_actions import (
    LATE_RULE,
    ActionSort,
    CloseDeviceAction,
    DeviceActionDone,
    DeviceActionOpened,
    OpenDeviceAction,
)
from mr_safety_console.domain.implant_acts import ConfirmCondition, DecideDevices, SignDeviceDecision
from mr_safety_console.domain.implant_facts import (
    ConditionConfirmed,
    ConditionWritten,
    ConfirmationsVoided,
    DeviceRecorded,
    DeviceWithdrawn,
    LabelTranscribed,
)
from mr_safety_console.domain.implants_desk import DevicesDesk, too_long
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.visit import Visit, needed
from mr_safety_console.domain.visit_facts import Leg
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]

READ_BACK = (Leg.FINAL_CHECK, Leg.START_CHECK)
"""What was read back of the devices, and falls with any change of them."""
_WORSE = (DeviceRecorded, LabelTranscribed, ConditionWritten)
"""What may stand against somebody who is inside already: they come out."""


def desk(state: SuiteState, person: Visit, ctx: Ctx) -> DevicesDesk:
    """Return the devices of a visit with everything a decision about them looks at."""
    return DevicesDesk(state.implants.of(person.id), person, ctx, state.staff)


def command(state: SuiteState, asked: Command, ctx: Ctx) -> Facts | Refused:
    """Decide on one command about devices; what was read back of the former ones falls."""
    person = needed(state.visits, getattr(asked, "visit", ""))
    if isinstance(person, Refused):
        return person
    at = desk(state, person, ctx)
    match asked:
        case DecideDevices():
            return implants_decision.decide(at, asked)
        case SignDeviceDecision():
            return implants_decision.sign(at, asked)
        case OpenDeviceAction():
            return _open(state, at, asked)
        case CloseDeviceAction():
            answer = _close(state, at, asked)
        case ConfirmCondition() if why := _unread(state, at, asked):
            return why
        case _:
            answer = implants_recording.decide(at, asked)
    if isinstance(answer, Refused):
        return answer
    return (*answer, *_in_mr_mode(state, at, answer), *_undone(state, person, answer, ctx))


def _undone(state: SuiteState, person: Visit, facts: Facts, ctx: Ctx) -> Facts:
    """Return what falls with a change, and that whoever is inside on the former devices comes out."""
    changed = (*_WORSE, DeviceWithdrawn, ConfirmationsVoided)
    against = [one for one in facts if isinstance(one, ConditionConfirmed) and not one.met]
    if not against and not any(isinstance(one, changed) for one in facts):
        return ()
    fallen = suite_lists.undo(state, person, READ_BACK, "devices-changed", ctx)
    back = any(isinstance(one, DeviceActionDone) for one in facts)
    if against or back or any(isinstance(one, _WORSE) for one in facts):
        return (*fallen, *suite_binding.come_out(state, (person,), "devices-changed", ctx, ahead=0))
    return fallen


# --- before and after ---


def _unread(state: SuiteState, at: DevicesDesk, asked: ConfirmCondition) -> Refused | None:
    """Return that nobody wrote what a device was set to before its MR mode: it is what it goes back to."""
    if asked.code != ActionSort.MR_MODE or not asked.met or asked.figure.strip():
        return None
    device = at.known.devices.get(asked.device)
    if device is None or state.actions.of_device(device.id, ActionSort.MR_MODE) is not None:
        return None
    return refused("device-setting-blank", no=device.no)


def _in_mr_mode(state: SuiteState, at: DevicesDesk, facts: Facts) -> Facts:
    """Return the action that a device in MR mode leaves open, whoever said that it is in it."""
    for one in facts:
        if isinstance(one, ConditionConfirmed) and one.code == ActionSort.MR_MODE and one.met:
            known = state.actions.of_device(one.device, ActionSort.MR_MODE)
            return () if known else (_opened(at, one.device, ActionSort.MR_MODE, one.figure),)
    return ()


def _opened(at: DevicesDesk, device: str, sort: ActionSort, before: str) -> DeviceActionOpened:
    return DeviceActionOpened(
        subject=at.person.subject,
        visit=at.person.id,
        action=at.ctx.tokens[1],
        device=device,
        device_no=at.known.devices[device].no,
        sort=sort,
        before=before,
        within_s=at.ctx.profile.limit(device_actions.LIMITS[sort]),
    )


def _open(state: SuiteState, at: DevicesDesk, asked: OpenDeviceAction) -> Facts | Refused:
    device = at.device(asked.device)
    if isinstance(device, Refused):
        return device
    if asked.sort not in tuple(ActionSort):
        return refused("device-terms", choices=", ".join(ActionSort))
    if not asked.before.strip():
        return refused("device-setting-blank", no=device.no)
    if state.actions.of_device(device.id, ActionSort(asked.sort)) is not None:
        return refused("device-action-there", no=device.no)
    if why := too_long(asked.before) or at.may("device-action"):
        return why
    return (_opened(at, device.id, ActionSort(asked.sort), asked.before),)


def _close(state: SuiteState, at: DevicesDesk, asked: CloseDeviceAction) -> Facts | Refused:
    """Set a device back. One that leaves MR mode meets the condition no more: confirmations fall with it."""
    action = state.actions.open.get(asked.action)
    if action is None or action.visit != at.person.id:
        return refused("device-action-gone")
    if not asked.after.strip():
        return refused("device-setting-blank", no=action.device_no)
    if why := too_long(asked.after) or at.may("device-restored"):
        return why
    done = DeviceActionDone(
        subject=at.person.subject, visit=at.person.id, action=action.id, after=asked.after
    )
    left = [one for one in state.actions.open.values() if one.late and one.id != action.id]
    door = at.ctx.profile.door_iv.id
    over = () if left else alarms.returned(state.alarms, door, (LATE_RULE,))
    voided = at.voided("devices", action.device) if action.sort is ActionSort.MR_MODE else ()
    return (done, *voided, *over)
