"""What every dialog has: a box below the alarm bar, a place for a refusal, and Esc to leave."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from mr_safety_console.console.desk import Desk
from mr_safety_console.console.present.header import alarm_bar
from mr_safety_console.console.present.rows import Row
from mr_safety_console.console.present.view import View
from mr_safety_console.console.widgets.bars import TooSmallBar
from mr_safety_console.console.widgets.sheet import Sheet
from mr_safety_console.console.widgets.why import WhyStrip

R = TypeVar("R")

DIALOG_CSS = """
Dialog { align: center middle; background: transparent; }
Dialog > #box {
    width: 76; max-width: 100%; height: auto; max-height: 100%;
    border: heavy #00b7eb; background: #000000; padding: 0 1; margin: 4 0 1 0;
}
Dialog > #box > Sheet { height: 10; }
Dialog Input { border: none; height: 1; padding: 0; background: #1c1c1c; }
Dialog Input:focus { border: none; background: #000080; }
Screen.-too-narrow > #box, Screen.-too-low > #box { display: none; }
"""


class Dialog(ModalScreen[R], inherit_bindings=False):
    """One question. Subclasses give the rows above, and widgets to answer with."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back"),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]
    SHEET_ROWS: ClassVar[int] = 10
    BOX_COLUMNS: ClassVar[int] = 72
    """What the box of `DIALOG_CSS` leaves between its borders."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._stood = False

    def compose(self) -> ComposeResult:
        """Lay the box out."""
        yield TooSmallBar(lambda: self.desk.parts.clock.now().bt)
        with Vertical(id="box"):
            yield Sheet(id="rows")
            yield from self.compose_answer()
            yield WhyStrip()

    def compose_answer(self) -> ComposeResult:
        """Lay out what the answer is given with."""
        yield from ()

    def rows(self, view: View) -> tuple[Row, ...]:
        """Return what is said above the answer."""
        raise NotImplementedError

    @property
    def sheet(self) -> Sheet:
        """Return the sheet of the dialog."""
        return self.query_one("#rows", Sheet)

    @property
    def why(self) -> WhyStrip:
        """Return the place for a refusal."""
        return self.query_one(WhyStrip)

    def on_mount(self) -> None:
        """Size the sheet and paint."""
        if not self.app.is_running:
            return  # it ends while this dialog is being laid out, and takes the parts down one by one
        self._stood = True
        self.sheet.styles.height = self.SHEET_ROWS
        self.paint(self.desk.view())
        self.opened()

    @property
    def stands(self) -> bool:
        """Tell whether its parts are there: once laid out, until the app ends."""
        return self._stood and self.app.is_running

    def opened(self) -> None:
        """Begin: called once the dialog stands."""

    def fit(self) -> None:
        """Give what is said the lines it takes, up to `SHEET_ROWS`: no heading and no choice is cut away."""
        width = min(self.BOX_COLUMNS, self.app.size.width - 4)
        self.sheet.styles.height = max(1, min(self.SHEET_ROWS, self.sheet.lines_needed(width)))

    def paint(self, view: View) -> None:
        """Paint the rows anew."""
        if self.stands:
            self.paint_alarm(view)
            self.sheet.show(self.rows(view))

    def paint_alarm(self, view: View) -> None:
        """Paint the one line of a terminal that is too small for a dialog."""
        if self.stands:
            content, tone = alarm_bar(view)
            self.query_one(TooSmallBar).show_top(content, tone)

    def action_leave(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)
