"""A dialog of one choice from a list: by its number, or with the arrows and Enter."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from mr_safety_console.console.desk import Desk
from mr_safety_console.console.dialogs.modal import Dialog
from mr_safety_console.console.present.rows import Row, row, title
from mr_safety_console.console.present.view import View
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain.value import frozen

DIGITS = "1234567890"


@frozen
class Choice:
    """One thing to choose: its code, and its words."""

    code: str
    words: str


class ChoiceDialog(Dialog[str]):
    """Ends with the code chosen. Nothing is chosen beforehand but the place of the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("enter", "take", "Take"),
        *(Binding(digit, f"number({n})", show=False) for n, digit in enumerate(DIGITS)),
    ]
    SHEET_ROWS = 14

    def __init__(self, desk: Desk, heading: str, choices: tuple[Choice, ...], hint: str = "") -> None:
        super().__init__(desk)
        self._heading = heading
        self._choices = choices
        self._hint = hint

    def rows(self, view: View) -> tuple[Row, ...]:
        """Return the choices, numbered."""
        listed = (
            row((f"{DIGITS[n] if n < len(DIGITS) else ' '} ", Tone.KEY), choice.words, key=choice.code)
            for n, choice in enumerate(self._choices)
        )
        hint = (row((self._hint, Tone.FAINT)),) if self._hint else ()
        return (title(self._heading), *hint, *listed)

    def opened(self) -> None:
        """Fit the box to the list."""
        self.fit()

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.sheet.move(by)

    def action_take(self) -> None:
        """Take what the cursor stands on."""
        self.dismiss(self.sheet.cursor or None)

    def action_number(self, place: int) -> None:
        """Take the choice with this number."""
        if place < len(self._choices):
            self.dismiss(self._choices[place].code)
