"""The Log screen: one line a row of the record, and the row under the cursor in full."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from textual.content import Content

from mr_safety_console.console.present.rows import Row, row, title
from mr_safety_console.console.present.view import HIDDEN, View, local
from mr_safety_console.console.text import spans
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain.codec import Entry, Fact, split
from mr_safety_console.domain.context import Who
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
_SIMULATED = ("sim", "drill")


def line(view: View, one: LogLine) -> Content:
    """Return one row as a line: time, number, what, by whom, and SIMULATED where it was."""
    entry = one.entry
    if entry is None:
        return spans((f"#{one.seq:<6} ■ {one.kind}: {one.problem}", Tone.STOP))
    at = local(entry.at.utc, view.profile.zone)
    loud = entry.fact.kind.startswith(_SHOUT)
    return spans(
        (at.strftime("%H:%M:%S "), Tone.TITLE),
        (f"#{one.seq:<6}", Tone.FAINT),
        (f"{_by(view, entry):<6}", Tone.KEY),
        (say("log", entry.fact.kind), Tone.TITLE if loud else Tone.PLAIN),
        f"  {_short(view, entry.fact)}",
        (f"  {entry.mode.upper()}: SIMULATED" if entry.mode in _SIMULATED else "", Tone.SIMULATED),
        cap=90,
    )


def _by(view: View, entry: Entry) -> str:
    return "+".join(view.person(who) for who in entry.by) if entry.by else entry.src


def _short(view: View, fact: Fact) -> str:
    """Return the fields that tell one row from the next, personal ones only while not locked."""
    found = [
        f"{name}={text}" for name, text in _told(view, fact) if name not in ("subject", "session", "boot")
    ]
    return " ".join(found[:4])


def _told(view: View, fact: Fact) -> list[tuple[str, str]]:
    hidden = split(fact)[2] if view.locked else {}
    return [
        (field.name, HIDDEN if field.name in hidden else _said(view, field.name, getattr(fact, field.name)))
        for field in fields(fact)  # type: ignore[arg-type]  # every fact is a dataclass
    ]


def _said(view: View, name: str, value: object) -> str:
    visit = view.state.visits.open.get(str(value)) if name == "visit" else None
    if visit is not None:
        return f"V{visit.no}"
    if name == "person":
        return view.person(str(value))
    if isinstance(value, Who):
        return view.person(value)
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def detail(view: View, one: LogLine | None) -> tuple[Row, ...]:
    """Return the row under the cursor: number, hash, both clocks, who, cause, and every field."""
    if one is None:
        return (row(("No row here.", Tone.FAINT)),)
    head = title(f"#{one.seq} {one.kind}")
    entry = one.entry
    if entry is None:
        return (head, row(f"hash {one.h}…"), row((one.problem, Tone.STOP)))
    at, when = local(entry.at.utc, view.profile.zone), local(entry.when.utc, view.profile.zone)
    people = ", ".join(f"{view.person(who)} {who.role}" for who in entry.by) or f"unattributed ({entry.src})"
    rows = [
        head,
        row(f"hash {one.h}…  cause {entry.cause}", indent=5),
        row(f"recorded {at:%Y-%m-%d %H:%M:%S.%f}"[:-3] + f" {at:%z}"),
        row(f"boot clock {entry.at.bt // 1_000_000} ms"),
        row(f"by {people}"),
    ]
    if entry.occ is not None:
        rows.append(row(f"happened {when:%Y-%m-%d %H:%M:%S.%f}"[:-3] + f" {when:%z}"))
    rows += [row(f"{name}: {text}", indent=4) for name, text in _told(view, entry.fact)]
    return tuple(rows)
