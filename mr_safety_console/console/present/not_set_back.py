"""What is set for the scan on a device and was not set back, wherever it is shown."""

from __future__ import annotations

from mr_safety_console.console.present.rows import Row, row
from mr_safety_console.console.present.view import View
from mr_safety_console.console.text import Part
from mr_safety_console.console.theme import MARKS, Tone
from mr_safety_console.domain import device_actions
from mr_safety_console.domain.device_actions import DeviceAction
from mr_safety_console.domain.visit import Visit
from mr_safety_console.domain.words import say

ACTION = "action:"
HOUR_MIN = 60


def action_rows(view: View, person: Visit) -> list[Row]:
    """Return what is set for the scan and not set back, for this screen and the Visit."""
    return [_action(view, one) for one in view.state.actions.of(person.id)]


def not_set_back(view: View, person: Visit) -> Part:
    """Return in two words that a device of a visit is set for the scan and was not set back."""
    found = view.state.actions.of(person.id)
    if not found:
        return ""
    named = say("device-action", found[0].sort)
    return (f" {MARKS[Tone.HOLD]} D{found[0].device_no} {named}", Tone.HOLD)


def _action(view: View, one: DeviceAction) -> Row:
    left = int(device_actions.left_s(one, view.now))
    due = f"{_time(left // 60)} left" if left > 0 else "PAST ITS TIME"
    named = f"D{one.device_no} {say('device-action', one.sort)} not set back"
    before = f"  before: {view.private(one.before)}" if one.before else ""
    mark = MARKS[Tone.HOLD] if left > 0 else MARKS[Tone.STOP]
    return row(
        (f"{mark} {named}", Tone.HOLD if left > 0 else Tone.STOP),
        f"  since {view.clock_short(one.since)}, {due}{before}",
        key=f"{ACTION}{one.id}",
        indent=4,
    )


def _time(minutes: int) -> str:
    return f"{minutes} min" if minutes < 2 * HOUR_MIN else f"{minutes // HOUR_MIN} h"
