"""Reminders: an alarm that was acknowledged and goes on is told of again, softly, until it is over."""

from __future__ import annotations

from collections.abc import Collection

from mr_safety_console.domain.alarm_facts import AlarmsReminded
from mr_safety_console.domain.alarm_points import (
    OF_THE_CONSOLE,
    REMINDER_S,
    REMINDER_SHOWN_S,
    RULES,
    Priority,
)
from mr_safety_console.domain.alarms import Alarm, AlarmsState, shelved
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import NS, Instant, elapsed


def stands(alarm: Alarm, now: Instant) -> bool:
    """Tell whether an alarm was answered for and goes on, so that somebody has to be reminded of it.

    Every High one, and a Medium one unless it is about the equipment. What happened once, such as kit
    left inside, goes on until somebody says what it was. Saying so also ends those of a lesser one, but
    not for the magnet room's door, which stands open whatever was said, and never those of a High one
    that is still there, unless it is about this machine. One that rings anew by itself needs none.
    """
    rule = RULES[alarm.rule]
    goes_on = alarm.present or (rule.momentary and not rule.technical)
    if not (alarm.answered and goes_on) or rule.repeats_s or shelved(alarm, now):
        return False
    if alarm.disposition and not (rule.lasting or _still_high(alarm)):
        return False
    return alarm.priority >= (Priority.HIGH if rule.technical else Priority.MEDIUM)


def _still_high(alarm: Alarm) -> bool:
    return alarm.present and alarm.priority is Priority.HIGH and alarm.rule not in OF_THE_CONSOLE


def reminding(alarm: Alarm, now: Instant) -> bool:
    """Tell whether an alarm is being told of again just now."""
    at = alarm.reminded_at
    return at is not None and stands(alarm, now) and elapsed(now, at).seconds < REMINDER_SHOWN_S


def left_s(alarm: Alarm, now: Instant) -> float:
    """Return the seconds until the next reminder of an alarm that stands; below 0 for one overdue."""
    return (alarm.remind_s or REMINDER_S) - elapsed(now, _last(alarm)).seconds


def _last(alarm: Alarm) -> Instant:
    return alarm.reminded_at or alarm.answered_at or alarm.rang


def fire(state: AlarmsState, now: Instant, but: Collection[str] = ()) -> tuple[Fact, ...]:
    """Return the reminder that is due; one tells of every alarm that stands, so that few are heard.

    `but` names alarms that ring anew in this moment.
    """
    found = [alarm for alarm in state.open.values() if alarm.id not in but and stands(alarm, now)]
    if not any(left_s(alarm, now) <= 0 for alarm in found):
        return ()
    return (AlarmsReminded(alarms=tuple(alarm.id for alarm in found)),)


def next_due(state: AlarmsState, now: Instant) -> int | None:
    """Return the boot-time ns of the next reminder, or None."""
    return min((_due_bt(one, now) for one in state.open.values() if stands(one, now)), default=None)


def _due_bt(alarm: Alarm, now: Instant) -> int:
    # After a reboot the wall clock goes on counting, as `left_s` does.
    last = _last(alarm)
    if last.boot == now.boot:
        return last.bt + (alarm.remind_s or REMINDER_S) * NS
    return now.bt + int(left_s(alarm, now) * NS)
