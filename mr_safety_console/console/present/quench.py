"""The Quench screen: what was reported, each step with its time, readings as observations."""

from __future__ import annotations

from mr_safety_console.console.present.rows import BLANK, Row, row, title
from mr_safety_console.console.present.view import View
from mr_safety_console.console.text import Part
from mr_safety_console.console.theme import MARKS, Tone
from mr_safety_console.domain import items_inside
from mr_safety_console.domain.emergency import CARDS, EmergencyKind
from mr_safety_console.domain.quench import STEPS, FieldState, Quench
from mr_safety_console.domain.stamps import first
from mr_safety_console.domain.words import say


def next_step(log: Quench | None) -> str:
    """Return the first step not stamped; empty when all are."""
    return next((step for step in STEPS if log is None or log.step(step) is None), "")


def begins(step: str) -> tuple[str, tuple[str, ...], str]:
    """Return heading, lines and act of the question before a step that would begin a quench."""
    said = (
        "A step begins a suspected one. From then on the field counts as in",
        "doubt and nobody is taken in; nothing on this console takes that back.",
    )
    return "NO QUENCH WAS REPORTED", said, f"begin one, with: {say('quench-step', step)}"


def log_rows(view: View, earlier: str) -> tuple[Row, ...]:
    """Return reports and steps of the event being logged."""
    log = view.quench.log
    number = f" {log.no}" if log and log.no else ""
    out = [title(f"QUENCH LOG{number}"), *_reports(view, log), BLANK]
    at = next_step(log)
    for digit, step in enumerate(STEPS):
        out.append(_step(view, log, step, digit, here=step == at and log is not None))
    return (*out, *_inside(view), BLANK, row("next stamp: ", (earlier, Tone.CONFIRM)))


def _inside(view: View) -> list[Row]:
    """Return how many items are in the magnet room by the record, and what was not seen there."""
    places = view.state.inside.within("IV")
    if not places:
        return []
    left = items_inside.unseen(view.state.inside, None, view.ctx)
    told: list[Part] = [(f"items in the magnet room: {len(places)}", Tone.TITLE)]
    if left:
        told.append((f"   {MARKS[Tone.HOLD]} {len(left)} not seen: nothing is presumed out", Tone.HOLD))
    return [BLANK, row(*told)]


def _reports(view: View, log: Quench | None) -> list[Row]:
    if log is None:
        return [row(("q  ", Tone.KEY), "report a quench, or a suspicion of one")]
    return [
        row((f"■ {say('quench-kind', kind)}", Tone.STOP), f"  {view.clock(first(marks).at)}")
        for kind, marks in log.reports.items()
    ]


def _step(view: View, log: Quench | None, step: str, digit: int, *, here: bool) -> Row:
    known = log.step(step) if log else None
    told = f"  {view.clock(known.at)}{' ESTIMATED' if known.estimated else ''}" if known else ""
    mark = "●" if known else "▶" if here else "○"
    tone = Tone.PLAIN if known else Tone.TITLE if here else Tone.FAINT
    return row(
        (f"{mark} ", tone),
        (f"{digit} ", Tone.KEY),
        (say("quench-step", step), tone),
        (told, Tone.TITLE),
        key=step,
    )


def side_rows(view: View) -> tuple[Row, ...]:
    """Return the field state, who stays out, and the readings kept as observations."""
    state = view.quench.field
    present = state is FieldState.PRESENT
    out = [
        title("FIELD"),
        row((f"{'' if present else '■ '}{say('field', state)}", Tone.TITLE if present else Tone.STOP)),
        row("Treat the field as PRESENT."),
    ]
    if view.quench.barred:
        out += [
            BLANK,
            row(("KEEP OUT", Tone.STOP)),
            row("Nobody goes in until the field was measured."),
            *(row(f"✗ {thing}") for thing in CARDS[EmergencyKind.QUENCH].keep_out),
        ]
    out += [BLANK, title("READINGS, observations only")]
    seen = [
        row(f"{view.clock(one.at)}  {one.field_ut / 1000:g} mT  {one.position}  {one.instrument}", indent=4)
        for one in reversed(view.quench.observations)
    ]
    return (*out, *(seen or [row(("none yet: f field, l oxygen", Tone.FAINT))]))
