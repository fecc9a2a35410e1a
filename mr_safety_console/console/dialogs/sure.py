"""A question that only `y` answers: for an act that a stray key must not begin."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from mr_safety_console.console.desk import Desk
from mr_safety_console.console.dialogs.modal import Dialog
from mr_safety_console.console.present.rows import Row, row, title
from mr_safety_console.console.present.view import View
from mr_safety_console.console.theme import Tone


class SureDialog(Dialog[bool]):
    """Ends with True only on `y`; Esc leaves everything as it was."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "yes", "Yes")]
    SHEET_ROWS = 6

    def __init__(self, desk: Desk, heading: str, said: tuple[str, ...], does: str) -> None:
        super().__init__(desk)
        self._heading = heading
        self._said = said
        self._does = does

    def rows(self, view: View) -> tuple[Row, ...]:
        """Return the question."""
        return (
            title(self._heading),
            *(row(line) for line in self._said),
            row(("y  ", Tone.KEY), self._does),
            row(("Esc", Tone.KEY), " leave it"),
        )

    def action_yes(self) -> None:
        """Do it."""
        self.dismiss(True)
