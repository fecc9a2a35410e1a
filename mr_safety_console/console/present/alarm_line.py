"""An alarm in one line: on top of every screen, and as the head of several in a flood."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from mr_safety_console.console.present.view import View
from mr_safety_console.console.text import Part, spans
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain import alarm_load, alarm_reminder
from mr_safety_console.domain.alarm_load import Gathered
from mr_safety_console.domain.alarm_points import UNANSWERED_S, Priority
from mr_safety_console.domain.alarms import Alarm
from mr_safety_console.domain.words import say

PRIORITY_TONE = {Priority.HIGH: Tone.HIGH, Priority.MEDIUM: Tone.MEDIUM, Priority.LOW: Tone.LOW}


def alarm_text(view: View, shown: tuple[Gathered, ...]) -> Content:
    """Return the line of the alarm to look at first, and what else is to be known beside it."""
    first, alarm = shown[0], shown[0].alarms[0]
    mark = {Priority.HIGH: "[!!]", Priority.MEDIUM: "[! ]", Priority.LOW: "[i ]"}[alarm.priority]
    parts: list[Part] = [f"{mark} A{alarm.no} {say('alarm', alarm.rule)}"]
    if first.several:
        parts.append(f" · {line_of(view, first)}")
    else:
        parts.append(f" · {answered(view, alarm)}")
    unsaved = view.unsaved(alarm, view.snapshot.state.alarms.open.get(alarm.id))
    if unsaved:
        parts.append(f" · {unsaved}")
    if not alarm.answered and alarm.unanswered_s >= UNANSWERED_S[-1]:
        parts.append(" · CALL SOMEBODY")
    return spans(*parts, *_beside(view, shown))


def _beside(view: View, shown: tuple[Gathered, ...]) -> list[Part]:
    """Return what else is to be known: other High ones by number, reminders, how many more, a flood."""
    parts: list[Part] = []
    others = [a for a in alarm_load.leading(shown) if a is not shown[0].alarms[0]]
    if others:
        parts.append(f" · also HIGH: {numbered(others)}")
    reminded = [a for line in shown for a in line.alarms if alarm_reminder.reminding(a, view.now)]
    if reminded:
        parts.append(f" · REMINDER: {numbered(reminded)} STILL THERE")
    more = len(view.state.alarms.open) - len(shown[0].alarms)
    if more:
        parts.append(f" · +{more} more")
    if flooding := alarm_load.flood(view.state.alarms, view.now):
        parts.append(f" · FLOOD {flooding}")
    return parts


def numbered(found: Iterable[Alarm]) -> str:
    """Return alarms by the numbers people say aloud: `A3, A7`."""
    return ", ".join(f"A{alarm.no}" for alarm in found)


def line_of(view: View, several: Gathered) -> str:
    """Return where several alarms come from, how many they are, and how many wait for an answer."""
    waiting = f"{several.waiting} NOT ACKNOWLEDGED" if several.waiting else "all acknowledged"
    return f"{len(several.alarms)} of {several.root}, {waiting}"


def answered(view: View, alarm: Alarm) -> str:
    """Return who acknowledged an alarm, or that nobody has."""
    if alarm.acknowledged is None:
        return "NOT ACKNOWLEDGED"
    return f"ack {view.person(alarm.acknowledged)}" if alarm.acknowledged.person else "ack"
