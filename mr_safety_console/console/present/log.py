"""The Log screen: one line a row of the record, and the row under the cursor in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from mr_safety_console.console.present.rows import Row, marked, row, title
from mr_safety_console.console.present.told import Numbers, told
from mr_safety_console.console.present.view import View, local
from mr_safety_console.console.text import spans
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.words import say

if TYPE_CHECKING:
    from mr_safety_console.journal.query import LogLine

_SHOUT = (
    "alarm-raised",
    "alarm-repeated",
    "alarm-worsened",
    "emergency-",
    "quench-",
    "leg-fell",
    "visit-held",
)
_FOR_THE_SUPERVISOR = frozenset({"review-marked"})
"""What happened in the ordinary way and is to be looked at afterwards: found without reading every row."""
FIELDS_IN_LINE = 4
SEPARATOR = " · "
NO_NUMBERS: Numbers = {}
_SIMULATED = {"sim": "SIMULATED ", "drill": "DRILL, SIMULATED "}
"""Stands before what happened: at the end of a long line it would be cut away."""


def line(view: View, one: LogLine, known: Numbers = NO_NUMBERS) -> Content:
    """Return one row as a line: time, number, what, by whom, and SIMULATED where it was."""
    entry = one.entry
    if entry is None:
        return spans((f"#{one.seq:<6} ■ {one.kind}: {one.problem}", Tone.STOP))
    at = local(entry.at.utc, view.profile.zone)
    kind = entry.fact.kind
    what = marked(_tone(kind), say("log", kind))
    return spans(
        (at.strftime("%H:%M:%S "), Tone.TITLE),
        (f"#{one.seq:<6}", Tone.FAINT),
        (f"{_by(view, entry):<6} ", Tone.KEY),
        (_SIMULATED.get(entry.mode, ""), Tone.SIMULATED),
        what,
        f"  {_short(view, entry, known)}",
        cap=90,
    )


def _tone(kind: str) -> Tone:
    if kind in _FOR_THE_SUPERVISOR:
        return Tone.HOLD
    return Tone.TITLE if kind.startswith(_SHOUT) else Tone.PLAIN


def _by(view: View, entry: Entry) -> str:
    return "+".join(view.person(who) for who in entry.by) if entry.by else entry.src


def _short(view: View, entry: Entry, known: Numbers) -> str:
    """Return the fields that tell one row from the next, personal ones only while not locked."""
    found = [one.brief for one in told(view, entry, known) if one.brief]
    return SEPARATOR.join(found[:FIELDS_IN_LINE])


def detail(view: View, one: LogLine | None, known: Numbers = NO_NUMBERS) -> tuple[Row, ...]:
    """Return the row under the cursor: number, hash, both clocks, who, cause, and every field."""
    if one is None:
        return (row(("No row here.", Tone.FAINT)),)
    entry = one.entry
    head = title(f"#{one.seq} {say('log', one.kind)}")
    if entry is None:
        return (head, row(f"hash {one.h}…"), row((one.problem, Tone.STOP)))
    at, when = local(entry.at.utc, view.profile.zone), local(entry.when.utc, view.profile.zone)
    people = ", ".join(f"{view.person(who)} {who.role}" for who in entry.by) or f"unattributed ({entry.src})"
    rows = [
        head,
        row(f"{one.kind}  hash {one.h}…  cause {entry.cause}", indent=5),
        row(f"recorded {at:%Y-%m-%d %H:%M:%S.%f}"[:-3] + f" {at:%z}"),
        row(f"boot clock {entry.at.bt // 1_000_000} ms"),
        row(f"by {people}"),
    ]
    if entry.occ is not None:
        rows.append(row(f"happened {when:%Y-%m-%d %H:%M:%S.%f}"[:-3] + f" {when:%z}"))
    rows += [row(f"{one.label}: {one.text}", indent=4) for one in told(view, entry, known)]
    return tuple(rows)
