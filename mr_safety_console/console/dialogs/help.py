"""Help: the keys of the screen it was called from, and those that work everywhere."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from mr_safety_console.console import commands as c
from mr_safety_console.console.desk import Desk
from mr_safety_console.console.dialogs.modal import Dialog
from mr_safety_console.console.present.rows import BLANK, Row, row, title
from mr_safety_console.console.present.view import View
from mr_safety_console.console.theme import Tone


def help_rows(commands: tuple[c.Cmd, ...]) -> tuple[Row, ...]:
    """Return the keys of a screen, then those of every screen."""
    here = [_row(*line) for line in c.help_lines(commands)]
    everywhere = [_row(*line) for line in c.help_lines(c.APP)]
    heads = (title("KEYS OF THIS SCREEN"),) if here else ()
    return (*heads, *here, *((BLANK,) if here else ()), title("KEYS EVERYWHERE"), *everywhere)


def _row(keys: str, sentence: str) -> Row:
    shown = "1 … 0" if keys.startswith("1 2 3") else keys
    return row((f"{shown:<12} ", Tone.KEY), sentence, indent=13)


class HelpDialog(Dialog[None]):
    """Esc or F1 closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("pageup", "scroll(-10)", show=False),
        Binding("pagedown", "scroll(10)", show=False),
        Binding("f1", "leave", show=False),
    ]
    SHEET_ROWS = 16

    def __init__(self, desk: Desk, commands: tuple[c.Cmd, ...]) -> None:
        super().__init__(desk)
        self._commands = commands

    def rows(self, view: View) -> tuple[Row, ...]:
        """Return the keys."""
        return help_rows(self._commands)

    def action_scroll(self, by: int) -> None:
        """Scroll."""
        self.sheet.scroll_lines(by)
