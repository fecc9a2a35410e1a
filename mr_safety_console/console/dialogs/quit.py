"""Quit: asks, and says what would be left unwatched."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from mr_safety_console.console.dialogs.modal import Dialog
from mr_safety_console.console.present.rows import Row, row, title
from mr_safety_console.console.present.view import View
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain import items_inside, occupancy, zones


def quit_rows(view: View) -> tuple[Row, ...]:
    """Return what quitting would leave without a watch."""
    left: list[str] = []
    three, four = (zones.name(view.profile, zone) for zone in ("III", "IV"))
    if view.emergency.current is not None:
        left.append(f"Emergency E{view.emergency.current.no} is open.")
    if view.state.visits.heads:
        left.append(f"{view.state.visits.heads} people are recorded in {four}.")
    waiting = len(occupancy.heads(view.state)["III"])
    if waiting:
        left.append(f"{waiting} people are recorded in {three}.")
    if view.state.permits.open:
        left.append(f"Permits not handed back: {len(view.state.permits.open)}.")
    inside = view.state.inside.within("IV")
    if inside:
        unseen = len(items_inside.unseen(view.state.inside, None, view.ctx))
        left.append(f"{len(inside)} items are recorded in {four}, {unseen} of them not seen by anybody.")
    if view.state.alarms.open:
        left.append(f"Open alarms: {len(view.state.alarms.open)}.")
    if view.state.visits.open:
        left.append(f"Open visits: {len(view.state.visits.open)}.")
    return (
        title("CLOSE THE CONSOLE?"),
        *(row((f"▲ {line}", Tone.HOLD)) for line in left),
        row("Nothing watches doors and detectors once it is closed."),
        row(("y  ", Tone.KEY), "close it; this is recorded"),
        row(("Esc", Tone.KEY), " stay"),
    )


class QuitDialog(Dialog[bool]):
    """Ends with True only on `y`."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "yes", "Close")]
    SHEET_ROWS = 8

    def rows(self, view: View) -> tuple[Row, ...]:
        """Return the question."""
        return quit_rows(view)

    def action_yes(self) -> None:
        """Close the console."""
        self.dismiss(True)
