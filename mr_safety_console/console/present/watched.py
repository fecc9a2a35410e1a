"""How a patient in the scan is watched, wherever it is shown: who, how often, what is late, what is owed."""

from __future__ import annotations

from mr_safety_console.console.present.rows import BLANK, Row, row, title
from mr_safety_console.console.present.view import View, stopwatch
from mr_safety_console.console.text import Part
from mr_safety_console.console.theme import MARKS, Tone
from mr_safety_console.domain import watch_class, watching
from mr_safety_console.domain.visit import Visit
from mr_safety_console.domain.watching import Stage
from mr_safety_console.domain.words import say, table

_TONE = {Stage.DUE: Tone.HOLD, Stage.LATE: Tone.STOP, Stage.MISSED: Tone.STOP}
PAUSE_AT = 2
"""From so many interventions on their number stands out."""


def watch_head(view: View, visit: Visit) -> tuple[Row, ...]:
    """Return what stands before every act: who watches, the next check-in, what was missed, what is owed."""
    watch = visit.watch
    found: list[Row] = []
    if visit.scan_presumed and visit.checkin_s:
        found.append(_check_in_row(view, visit))
    found += [row(part) for part in (_missed(visit), _interventions(visit)) if part]
    if watch.heat is not None:
        owed = f"{MARKS[Tone.STOP]} HEAT OR PAIN {view.clock_short(watch.heat)}: look at the skin"
        found.append(row((owed, Tone.STOP)))
    return (*found, *_contrast(view, visit))


def watch_rows(view: View, visit: Visit) -> tuple[Row, ...]:
    """Return the rest, below the acts: how often and why, and what to look for after heat or pain."""
    found: list[Row] = []
    if visit.scan_presumed and visit.checkin_s:
        found += _how_often(view, visit)
    if visit.watch.heat is not None:
        found += [row((words, Tone.TITLE)) for words in table()["burn-list"].values()]
    return (BLANK, title("WATCHING"), *found) if found else ()


def _check_in_row(view: View, visit: Visit) -> Row:
    stage = visit.watch.stage
    left = int(watching.until_s(visit, view.now)) if stage in (Stage.WAITING, Stage.MISSED) else 0
    when = f"check-in in {stopwatch(max(0, left))}"
    if tone := _TONE.get(stage):
        said = f"{MARKS[tone]} check-in {stage.upper()}"
        when = f"{said}, next {when}" if stage is Stage.MISSED else said
    observer = view.person(visit.observer) if visit.observer else "NOBODY"
    return row((f"{observer} watches  ", Tone.TITLE), (when, tone or Tone.PLAIN))


def _how_often(view: View, visit: Visit) -> list[Row]:
    often = row((f"check-ins every {visit.checkin_s // 60} min", Tone.FAINT))
    why = watch_class.of_visit(view.state, visit)
    told = f"because: {', '.join(say('watch-reason', one) for one in why)}"
    return [often, row((told, Tone.HOLD))] if why else [often]


def _missed(visit: Visit) -> Part:
    count = visit.watch.missed
    return (f"{MARKS[Tone.STOP]} {count} check-in{'s' * (count > 1)} missed", Tone.STOP) if count else ""


def _interventions(visit: Visit) -> Part:
    count = visit.watch.interventions
    if not count:
        return ""
    if count < PAUSE_AT:
        return ("1 intervention", Tone.TITLE)
    return (f"{MARKS[Tone.HOLD]} {count} interventions: pause and call", Tone.HOLD)


def _contrast(view: View, visit: Visit) -> list[Row]:
    watch = visit.watch
    if watch.injected is None or not watch.observe_s:
        return []
    after = watch.observe_s[0]
    if after in watch.called:
        now = f"{MARKS[Tone.HOLD]} look at the patient now: {after // 60} min after contrast"
        return [row((now, Tone.HOLD))]
    left = max(0, int(after - view.since(watch.injected)))
    return [row(f"look after contrast ({after // 60} min) in {stopwatch(left)}")]


def watched(visit: Visit) -> tuple[Part, ...]:
    """Return in a few words, for the row of a visit on the Suite, what speaks against going on."""
    tone = _TONE.get(visit.watch.stage) if visit.scan_presumed else None
    late = (f" {MARKS[tone]} check-in {visit.watch.stage.upper()}", tone) if tone else ""
    count = visit.watch.interventions
    done = (f" {MARKS[Tone.HOLD]} {count} interventions", Tone.HOLD) if count >= PAUSE_AT else ""
    skin = (f" {MARKS[Tone.STOP]} SKIN CHECK OWED", Tone.STOP) if visit.watch.heat is not None else ""
    return late, done, skin
