"""The Alarms screen: present, acknowledged and disposed of are three columns that never stand for another."""

from __future__ import annotations

from mr_safety_console.console.present.header import PRIORITY_TONE, STOPPED, answered
from mr_safety_console.console.present.rows import BLANK, Row, row, title
from mr_safety_console.console.present.view import View, age
from mr_safety_console.console.theme import MARKS, Tone
from mr_safety_console.domain.alarm_points import RULES
from mr_safety_console.domain.alarms import Alarm, ranked, sounding
from mr_safety_console.domain.words import say

FAULT = "console-fault"


def rows(view: View, cursor: str) -> tuple[Row, ...]:
    """Return every open alarm, what was said about it, and what to do about the selected one."""
    alarms = ranked(view.state.alarms)
    out: list[Row] = [title(f"OPEN ALARMS: {len(alarms)}")]
    if view.stopped:
        out.append(row((f"[!!] {STOPPED}", Tone.HIGH)))
    if view.fault:
        out.append(row((f"[!!] CONSOLE FAULT: {view.fault}", Tone.HIGH), "  a takes it down", key=FAULT))
    for alarm in alarms:
        out += _alarm(view, alarm, here=alarm.id == cursor)
    if len(out) == 1:
        out.append(row(("no open alarm", Tone.FAINT)))
    return tuple(out)


def _alarm(view: View, alarm: Alarm, *, here: bool) -> list[Row]:
    tone = PRIORITY_TONE[alarm.priority]
    point = view.profile.point(alarm.point)
    unsaved = view.unsaved(alarm, view.snapshot.state.alarms.open.get(alarm.id))
    found = [
        row(
            (f"{MARKS[tone]} A{alarm.no}", tone),
            (f" {say('alarm', alarm.rule)}", Tone.TITLE),
            f"  {point.name if point else alarm.point}",
            (f"  ■ {unsaved}" if unsaved else "", Tone.STOP),
            key=alarm.id,
            indent=8,
        ),
        row("        ", *_columns(view, alarm), indent=8),
    ]
    if here:
        found += _detail(view, alarm)
    return found


def _columns(view: View, alarm: Alarm) -> list[tuple[str, Tone]]:
    present = "PRESENT" if alarm.present else "over"
    said = f"was: {say('disposition', alarm.disposition)}" if alarm.disposition else "NOT DISPOSED OF"
    since = f"{view.clock(alarm.since)} ({age(view.since(alarm.since))})"
    times = f" ×{alarm.instance}" if alarm.instance > 1 else ""
    return [
        (f"{present:<8} ", Tone.TITLE if alarm.present else Tone.FAINT),
        (f"{answered(view, alarm):<17} ", Tone.TITLE if not alarm.answered else Tone.FAINT),
        (f"{said}  ", Tone.TITLE if not alarm.disposition else Tone.FAINT),
        (f"since {since}{times}", Tone.FAINT),
    ]


def _told(detail: str) -> str:
    """Return figures or rules as words: they stand in the record as codes."""
    return detail.replace("=", " ").replace("+", ", ").replace("-", " ")


def _detail(view: View, alarm: Alarm) -> list[Row]:
    acts = []
    if not alarm.answered:
        acts.append("a acknowledge")
    if RULES[alarm.rule].dispositions and not alarm.disposition:
        acts.append("d say what it was")
    if sounding(alarm, view.now):
        acts.append("s pause the sound 30 s")
    visits = view.state.visits.open
    held = [f"V{visit.no}" for visit in visits.values() if alarm.id in visit.holds]
    found = [row("        ", (say("advice", alarm.rule), Tone.HOLD), indent=8)]
    if alarm.detail:
        found.append(row("        ", (_told(alarm.detail), Tone.TITLE), indent=8))
    if held:
        found.append(row("        ", (f"▲ holds {', '.join(held)}", Tone.HOLD), indent=8))
    return [*found, row("        ", ("   ".join(acts), Tone.KEY), indent=8), BLANK]
