"""Putting an alarm aside: at most half an hour, never a High one, never a detector's; it ends loud."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import staff
from mr_safety_console.domain.alarm_facts import (
    AlarmShelved,
    AlarmUnproven,
    AlarmUnshelved,
    ShelveAlarm,
    SoundPauseEnded,
    UnshelveAlarm,
)
from mr_safety_console.domain.alarm_points import SHELF_REASONS, SHELF_S, UNSHELVABLE, Priority
from mr_safety_console.domain.alarms import Alarm, AlarmRepeated, AlarmsState, shelved
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import NS, Ctx, Instant
from mr_safety_console.domain.profile import PointKind
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]
ACT = "alarm-shelve"


def shelve(state: SuiteState, asked: ShelveAlarm, ctx: Ctx) -> Facts | Refused:
    """Put an alarm aside, or say why not."""
    alarm = state.alarms.open.get(asked.alarm)
    if alarm is None:
        return refused("alarm-gone")
    if why := _never(alarm, ctx) or staff.may(state.staff, ACT, ctx):
        return why
    if asked.instance != alarm.instance:
        return refused("alarm-newer", no=alarm.no)
    if shelved(alarm, ctx.now):
        return refused("shelved-already", no=alarm.no)
    if not 1 <= asked.minutes <= SHELF_S // 60 or asked.reason not in SHELF_REASONS:
        return refused("shelf-terms", minutes=SHELF_S // 60, choices=", ".join(SHELF_REASONS))
    until = ctx.now.bt + asked.minutes * 60 * NS
    told = AlarmShelved(
        alarm=alarm.id, instance=alarm.instance, reason=asked.reason, until_bt=until, boot=ctx.now.boot
    )
    return (told,)


def _never(alarm: Alarm, ctx: Ctx) -> Refused | None:
    """Return why this alarm is never put aside, whoever asks; None for one that may be."""
    if alarm.priority >= Priority.HIGH:
        return refused("shelve-high", no=alarm.no)
    about = [point for point in ctx.profile.points if alarm.point in (point.id, point.port)]
    if alarm.rule in UNSHELVABLE or any(point.kind is PointKind.DETECTOR for point in about):
        return refused("shelve-detector", no=alarm.no)
    return None


def unshelve(state: SuiteState, asked: UnshelveAlarm, ctx: Ctx) -> Facts | Refused:
    """Take an alarm back into its place."""
    alarm = state.alarms.open.get(asked.alarm)
    if alarm is None:
        return refused("alarm-gone")
    if why := staff.may(state.staff, "alarm-acknowledge", ctx):
        return why
    return (AlarmUnshelved(alarm=alarm.id, reason="asked"),) if alarm.shelf is not None else ()


def fire(state: AlarmsState, now: Instant) -> Facts:
    """Return the shelves that end now; one whose condition goes on rings anew."""
    facts: Facts = ()
    for alarm in state.open.values():
        if alarm.shelf is None or shelved(alarm, now):
            continue
        facts += (AlarmUnshelved(alarm=alarm.id, reason="expired"),)
        if alarm.present:
            facts += (AlarmRepeated(alarm=alarm.id, instance=alarm.instance + 1),)
    return facts


def next_due(state: AlarmsState, now: Instant) -> int | None:
    """Return the boot-time ns at which the next shelf ends, or None."""
    dues = [
        alarm.shelf.until_bt if shelved(alarm, now) else now.bt
        for alarm in state.open.values()
        if alarm.shelf is not None
    ]
    return min(dues, default=None)


def restarted(state: AlarmsState) -> Facts:
    """Return what a start makes of open alarms: every rest ends, and what was present is unproven."""
    facts: Facts = ()
    for alarm in state.open.values():
        if alarm.paused_until_bt:
            facts += (SoundPauseEnded(alarm=alarm.id, reason="restart"),)
        if alarm.shelf is not None:
            facts += (AlarmUnshelved(alarm=alarm.id, reason="restart"),)
        if alarm.present:
            facts += (AlarmUnproven(alarm=alarm.id, instance=alarm.instance + 1),)
    return facts
