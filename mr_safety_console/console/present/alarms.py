"""The Alarms screen: present, acknowledged and disposed of are three columns that never stand for another."""

from __future__ import annotations

import re

from mr_safety_console.console.present.alarm_line import PRIORITY_TONE, answered, line_of, numbered
from mr_safety_console.console.present.crossings import door_motion, key_hint
from mr_safety_console.console.present.header import STOPPED
from mr_safety_console.console.present.rows import BLANK, Row, row, title
from mr_safety_console.console.present.view import View, age, stopwatch
from mr_safety_console.console.text import Part, spans
from mr_safety_console.console.theme import MARKS, UNKNOWN_WORD, Tone
from mr_safety_console.domain import alarm_design, alarm_load, alarm_reminder
from mr_safety_console.domain.alarm_design import HeldBack
from mr_safety_console.domain.alarm_load import Gathered
from mr_safety_console.domain.alarm_points import RULES, UNANSWERED_S
from mr_safety_console.domain.alarms import Alarm, Shelf, sounding
from mr_safety_console.domain.bypass import Bypass
from mr_safety_console.domain.context import NS
from mr_safety_console.domain.words import say

FAULT = "console-fault"
SEVERAL = "several:"
"""Begins the key of a line that stands for several alarms; where they come from follows."""
WORDS = 8
"""Advice has so many words in a line at most."""
_SENTENCES = re.compile(r"(?<=[.;:])\s")


def rows(view: View, cursor: str) -> tuple[Row, ...]:
    """Return every open alarm, what was said about it, and what to do about the selected one."""
    shown = alarm_load.gathered(view.state.alarms, view.profile, view.now)
    out: list[Row] = [title(f"OPEN ALARMS: {len(view.state.alarms.open)}"), *_flood(view)]
    if view.stopped:
        out.append(row((f"[!!] {STOPPED}", Tone.HIGH)))
    if view.fault:
        out.append(row((f"[!!] CONSOLE FAULT: {view.fault}", Tone.HIGH), "  a takes it down", key=FAULT))
    for line in shown:
        out += _several(view, line, cursor) if line.several else _alarm(view, line.alarms[0], cursor)
    if not shown:
        out.append(row(("no open alarm", Tone.FAINT)))
    return (*out, *_out_of_service(view), *_held_back(view))


def _flood(view: View) -> list[Row]:
    count = alarm_load.flood(view.state.alarms, view.now)
    if not count:
        return []
    return [row((f"▲ FLOOD: {count} new alarms in 10 min", Tone.STOP), "   every High one stands by itself")]


def _out_of_service(view: View) -> list[Row]:
    """Return the register of points out of service, the first to end in front."""
    register = sorted(view.state.bypass.open.values(), key=lambda known: known.due_bt)
    if not register:
        return []
    out = [BLANK, title(f"OUT OF SERVICE: {len(register)}")]
    return [*out, *(row(*out_of_service(view, known), indent=8) for known in register)]


def out_of_service(view: View, known: Bypass) -> list[Part]:
    """Return point, time left, by whom, why, and who guards the place."""
    point = view.profile.point(known.point)
    return [
        (f"▲ {point.name if point else known.point}", Tone.STOP),
        (f"  {left(view, known.due_bt, known.boot)} left", Tone.HOLD),
        f"  by {view.people(known.by)}  {say('out-of-service', known.reason)}",
        (f"  guard {view.person(known.guard)}", Tone.TITLE),
    ]


def left(view: View, until_bt: int, boot: str) -> str:
    """Return a time that runs out as m:ss; nothing is left across a reboot."""
    seconds = (until_bt - view.now.bt + NS - 1) // NS if boot == view.now.boot else 0
    return stopwatch(max(0, seconds))


def _held_back(view: View) -> list[Row]:
    """Return what does not ring just now by design: its rule, why, and for how long."""
    found = alarm_design.held_back(view.state, view.ctx)
    if not found:
        return []
    return [BLANK, title("HELD BACK BY DESIGN"), *(_held(view, one) for one in found)]


def _held(view: View, one: HeldBack) -> Row:
    who = f" {view.person(one.person)}" if one.person else ""
    why = f"{say('held-back', one.why)}{who}, {left(view, one.until_bt, view.now.boot)} left"
    return row(f"{say('alarm', one.rule)}", (f"  rule {one.rule}: {why}", Tone.FAINT), indent=8)


def _several(view: View, line: Gathered, cursor: str) -> list[Row]:
    """Return one line for alarms of one root; all of them by name while the cursor stands among them."""
    key = SEVERAL + line.root
    tone = PRIORITY_TONE[line.alarms[0].priority]
    here = cursor in (key, *(alarm.id for alarm in line.alarms))
    head = row(
        (f"{MARKS[tone]} {line_of(line)}", tone),
        f"  {numbered(line.alarms)}",
        key=key,
        indent=8,
    )
    return [head, *(_inset(one) for alarm in line.alarms if here for one in _alarm(view, alarm, cursor))]


def _inset(one: Row) -> Row:
    return Row(spans("  ", one.content), one.key, one.indent)


def _alarm(view: View, alarm: Alarm, cursor: str) -> list[Row]:
    tone = PRIORITY_TONE[alarm.priority]
    point = view.profile.point(alarm.point)
    unsaved = view.unsaved(alarm, view.snapshot.state.alarms.open.get(alarm.id))
    found = [
        row(
            (f"{MARKS[tone]} A{alarm.no}", tone),
            (f" {say('alarm', alarm.rule)}", Tone.TITLE),
            f"  {point.name if point else alarm.point}",
            (f"  CHATTER ×{alarm.instance}" if alarm_load.chatters(alarm, view.now) else "", Tone.HOLD),
            (f"  ■ {unsaved}" if unsaved else "", Tone.STOP),
            key=alarm.id,
            indent=8,
        ),
        row("        ", *_columns(view, alarm), indent=8),
    ]
    if alarm.shelf is not None:
        found.append(row("        ", *_aside(view, alarm.shelf), indent=8))
    if alarm.id == cursor:
        found += _detail(view, alarm)
    return found


def _aside(view: View, shelf: Shelf) -> list[Part]:
    by = view.person(shelf.by) if shelf.by else "?"
    return [
        (f"○ PUT ASIDE, {left(view, shelf.until_bt, shelf.boot)} left", Tone.HOLD),
        f"  by {by}: {say('put-aside', shelf.reason)}",
    ]


def _columns(view: View, alarm: Alarm) -> list[tuple[str, Tone]]:
    present = "over" if not alarm.present else "PRESENT" if not alarm.unproven else UNKNOWN_WORD
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


def advice(rule: str) -> tuple[str, ...]:
    """Return what to do about an alarm, whole sentences in lines of eight words at most."""
    lines: list[str] = []
    for sentence in _SENTENCES.split(say("advice", rule)):
        joined = f"{lines[-1]} {sentence}" if lines else sentence
        if lines and len(joined.split()) <= WORDS:
            lines[-1] = joined
        else:
            lines.append(sentence)
    return tuple(lines)


def _nobody(view: View, alarm: Alarm) -> list[Row]:
    """Return whom to call once nobody has acknowledged for a minute, with the site's own numbers."""
    if alarm.answered or alarm.unanswered_s < UNANSWERED_S[-1]:
        return []
    numbers = "   ".join(f"{who} {number}" for who, number in view.profile.call.items())
    said = numbers or "the site file names nobody: fetch somebody"
    return [row("        ", (f"NOBODY ANSWERED: CALL  {said}", Tone.STOP), indent=8)]


def _acts(view: View, alarm: Alarm) -> str:
    """Return what can be done about an alarm, with its keys."""
    acts = []
    if not alarm.answered:
        acts.append("a acknowledge")
    if RULES[alarm.rule].dispositions and not alarm.disposition:
        acts.append(key_hint(alarm))
    if alarm.shelf is not None:
        acts.append("j take it back")
    if sounding(alarm, view.now):
        acts.append("s pause the sound 30 s")
    if alarm_reminder.stands(alarm, view.now):
        again = stopwatch(max(0, int(alarm_reminder.left_s(alarm, view.now))))
        acts.append(f"reminds again in {again}")
    return "   ".join(acts)


def _detail(view: View, alarm: Alarm) -> list[Row]:
    visits = view.state.visits.open
    held = [f"V{visit.no}" for visit in visits.values() if alarm.id in visit.holds]
    found = [row("        ", (line, Tone.HOLD), indent=8) for line in advice(alarm.rule)]
    found += _nobody(view, alarm)
    if alarm.detail:
        found.append(row("        ", (_told(alarm.detail), Tone.TITLE), indent=8))
    if suggested := door_motion(view, alarm):
        found.append(row("        ", (f"? {suggested}", Tone.CONFIRM), indent=8))
    if held:
        found.append(row("        ", (f"▲ holds {', '.join(held)}", Tone.HOLD), indent=8))
    return [*found, row("        ", (_acts(view, alarm), Tone.KEY), indent=8), BLANK]
