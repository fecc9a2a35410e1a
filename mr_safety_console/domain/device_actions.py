"""What is done to a device before the scan and undone after it: MR mode, a shunt's setting, anything else.

An action is open until somebody signs what was found afterwards; no visit closes before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from enum import StrEnum

from mr_safety_console.domain.codec import Command, Entry, Fact, Private, command, fact
from mr_safety_console.domain.context import NS, Instant, Who, elapsed
from mr_safety_console.domain.value import frozen


class ActionSort(StrEnum):
    """What was done to the device."""

    MR_MODE = "mr-mode"
    SHUNT_SETTING = "shunt-setting"
    OTHER = "other"


LIMITS: Mapping[ActionSort, str] = {
    ActionSort.MR_MODE: "mr_mode_return_s",
    ActionSort.SHUNT_SETTING: "shunt_check_s",
    ActionSort.OTHER: "device_action_s",
}
"""The site number that says how soon it is undone or looked at again."""


LATE_RULE = "device-unreturned"
"""The alarm of a device that was not set back in time."""


@fact("device-action-opened")
class DeviceActionOpened(Fact):
    """A device was set for the scan: it is set back, or looked at again, within `within_s` seconds.

    `before` is the setting it had, as it was read.
    """

    subject: str
    visit: str
    action: str
    device: str
    device_no: int
    sort: ActionSort
    before: Private[str]
    within_s: int


@fact("device-action-late")
class DeviceActionLate(Fact):
    """The time for setting a device back is over."""

    visit: str
    action: str


@fact("device-action-done")
class DeviceActionDone(Fact):
    """The device is set back, or was looked at again: `after` is what was read from it then."""

    subject: str
    visit: str
    action: str
    after: Private[str]


@command("open-device-action")
class OpenDeviceAction(Command):
    """A device was set for the scan."""

    visit: str
    device: str
    sort: str
    before: str


@command("close-device-action")
class CloseDeviceAction(Command):
    """The device is set back; `after` is what was read from it."""

    visit: str
    action: str
    after: str


@frozen
class DeviceAction:
    """One action that is not closed."""

    id: str
    visit: str
    device: str
    device_no: int
    sort: ActionSort
    before: str
    since: Instant
    within_s: int
    by: tuple[Who, ...]
    late: bool = False


@frozen
class ActionsState:
    """Open actions by id; a closed one stands in the record alone."""

    open: Mapping[str, DeviceAction] = field(default_factory=dict)

    def of(self, visit: str) -> tuple[DeviceAction, ...]:
        """Return the open actions of a visit."""
        return tuple(one for one in self.open.values() if one.visit == visit)

    def of_device(self, device: str, sort: ActionSort) -> DeviceAction | None:
        """Return the open action of a sort on a device."""
        found = (one for one in self.open.values() if one.device == device and one.sort is sort)
        return next(found, None)


FACTS = (DeviceActionOpened, DeviceActionLate, DeviceActionDone)


def left_s(action: DeviceAction, now: Instant) -> float:
    """Return the seconds until a device is to be set back; a reboot goes on from the wall clock."""
    return action.within_s - elapsed(now, action.since).seconds


def overdue(state: ActionsState, now: Instant) -> tuple[DeviceAction, ...]:
    """Return the actions whose time is up, and of which nobody was told yet."""
    return tuple(one for one in state.open.values() if not one.late and left_s(one, now) <= 0)


def next_due(state: ActionsState, now: Instant) -> int | None:
    """Return the boot-time ns at which the next action is late, or None."""
    waiting = (one for one in state.open.values() if not one.late)
    return min((now.bt + int(left_s(one, now) * NS) for one in waiting), default=None)


def evolve(state: ActionsState, entry: Entry) -> ActionsState:
    """Return the open actions after one fact."""
    told = entry.fact
    if isinstance(told, DeviceActionOpened):
        made = DeviceAction(
            id=told.action,
            visit=told.visit,
            device=told.device,
            device_no=told.device_no,
            sort=told.sort,
            before=told.before,
            since=entry.at,
            within_s=told.within_s,
            by=entry.by,
        )
        return replace(state, open={**state.open, made.id: made})
    action = state.open.get(getattr(told, "action", ""))
    if action is None:
        return state
    if isinstance(told, DeviceActionDone):
        return replace(state, open={k: v for k, v in state.open.items() if k != action.id})
    return replace(state, open={**state.open, action.id: replace(action, late=True)})
