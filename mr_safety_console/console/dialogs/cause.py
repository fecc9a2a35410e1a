"""What an alarm or some passages were: one letter for each plain cause, at once; the rest by number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.binding import Binding, BindingType

from mr_safety_console.console.desk import Desk
from mr_safety_console.console.dialogs.choice import DIGITS, Choice, ChoiceDialog
from mr_safety_console.console.present.rows import Row, row, title
from mr_safety_console.console.present.view import View
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain.words import say

SAME_PRESS_NS = 500_000_000
"""The key that opened the dialog, pressed again within this, is half of a double press."""
OPENED_BY = "d"


class CauseDialog(ChoiceDialog):
    """Ends with a disposition. `at_once` tells that its letter was pressed: nothing more is asked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(letter, f"letter('{letter}')", show=False) for letter in "psedu"
    ]

    def __init__(
        self, desk: Desk, heading: str, codes: tuple[str, ...], keys: Mapping[str, str], hint: str = ""
    ) -> None:
        choices = tuple(Choice(code, say("disposition", code)) for code in codes)
        super().__init__(desk, heading, choices, hint)
        self._keys = keys
        self._codes = {key: code for code, key in keys.items()}
        self._opened_bt = desk.parts.clock.now().bt
        self.at_once = False

    def rows(self, view: View) -> tuple[Row, ...]:
        """Return the plain causes with their letters, then the others; each has its number."""
        numbered = list(enumerate(self._choices))
        plain = [self._row(n, one) for letter in "psedu" for n, one in numbered if self._key(one) == letter]
        others = [self._row(n, one) for n, one in numbered if not self._key(one)]
        hint = (row((self._hint, Tone.HOLD)),) if self._hint else ()
        return (title(self._heading), *hint, *plain, *others)

    def _key(self, choice: Choice) -> str:
        return self._keys.get(choice.code, "")

    def _row(self, place: int, choice: Choice) -> Row:
        number = DIGITS[place] if place < len(DIGITS) else " "
        return row((f"{self._key(choice) or ' '} {number} ", Tone.KEY), choice.words, key=choice.code)

    def action_letter(self, letter: str) -> None:
        """Take the plain cause with this letter, at once."""
        code = self._codes.get(letter)
        pressed = self.desk.parts.clock.now().bt - self._opened_bt
        if code is None or (letter == OPENED_BY and 0 <= pressed < SAME_PRESS_NS):
            return
        self.at_once = True
        self.dismiss(code)
