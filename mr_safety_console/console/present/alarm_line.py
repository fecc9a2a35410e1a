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

NUMBERED = 3
"""So many other High alarms stand by number on the alarm line."""
PRIORITY_TONE = {Priority.HIGH: Tone.HIGH, Priority.MEDIUM: Tone.MEDIUM, Priority.LOW: Tone.LOW}


def alarm_text(view: View, shown: tuple[Gathered, ...]) -> Content:
    """Return the line of the alarm to look at first, and what else is to be known beside it.

    What must not be cut away in a narrow terminal stands in front: every High one that waits.
    """
    first, alarm = shown[0], shown[0].alarms[0]
    mark = {Priority.HIGH: "[!!]", Priority.MEDIUM: "[! ]", Priority.LOW: "[i ]"}[alarm.priority]
    said = line_of(first) if first.several else answered(view, alarm)
    # Before the name: a long one must not push it off a narrow terminal.
    call = "CALL SOMEBODY · " if not alarm.answered and alarm.unanswered_s >= UNANSWERED_S[-1] else ""
    parts: list[Part] = [f"{mark} A{alarm.no}{_also(shown)} {call}{say('alarm', alarm.rule)} · {said}"]
    unsaved = view.unsaved(alarm, view.snapshot.state.alarms.open.get(alarm.id))
    if unsaved:
        parts.append(f" · {unsaved}")
    reminded = [a for line in shown for a in line.alarms if alarm_reminder.reminding(a, view.now)]
    if reminded:
        parts.append(f" · {numbered(reminded)} STILL THERE")
    more = len(view.state.alarms.open) - len(first.alarms)
    if more:
        parts.append(f" · +{more} more")
    if flooding := alarm_load.flood(view.state.alarms, view.now):
        parts.append(f" · FLOOD {flooding}")
    return spans(*parts)


def _also(shown: tuple[Gathered, ...]) -> str:
    """Return the other High alarms nobody has answered, by number; from the fourth on their count."""
    others = [alarm for alarm in alarm_load.leading(shown) if alarm is not shown[0].alarms[0]]
    if not others:
        return ""
    rest = f", +{len(others) - NUMBERED}" if len(others) > NUMBERED else ""
    return f" (and {numbered(others[:NUMBERED])}{rest})"


def numbered(found: Iterable[Alarm]) -> str:
    """Return alarms by the numbers people say aloud: `A3, A7`."""
    return ", ".join(f"A{alarm.no}" for alarm in found)


def line_of(several: Gathered) -> str:
    """Return where several alarms come from, how many they are, and how many wait for an answer."""
    waiting = f"{several.waiting} NOT ACKNOWLEDGED" if several.waiting else "all acknowledged"
    return f"{len(several.alarms)} at {several.root}, {waiting}"


def answered(view: View, alarm: Alarm) -> str:
    """Return who acknowledged an alarm, or that nobody has."""
    if alarm.acknowledged is None:
        return "NOT ACKNOWLEDGED"
    return f"ack {view.person(alarm.acknowledged)}" if alarm.acknowledged.person else "ack"
