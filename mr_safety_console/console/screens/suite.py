"""Suite: what is happening now, and what to do next."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from mr_safety_console.console import commands as c
from mr_safety_console.console.acts import acknowledge_first, close_shift, new_visit
from mr_safety_console.console.page import MOVES, Page, page_bindings
from mr_safety_console.console.present import suite
from mr_safety_console.console.present.view import View
from mr_safety_console.console.widgets.painted import Place
from mr_safety_console.console.widgets.sheet import Sheet
from mr_safety_console.domain.doors import KeepDoor, LeaveDoor, kept


class SuitePage(Page):
    """Points and alarms on one side, what to do next and the open visits on the other."""

    NAME = "suite"
    KEYS = (c.ENTER, c.NEW_VISIT, c.ACKNOWLEDGE, c.KEEP_DOOR, c.CLOSE_SHIFT, c.SILENCE_HERE, *MOVES, c.BACK)
    BINDINGS: ClassVar[list[BindingType]] = page_bindings(KEYS)

    def compose_body(self) -> ComposeResult:
        """Lay two sheets side by side, or one above the other where there is no width."""
        with Place(classes="two"):
            yield Sheet(id="points")
            yield Sheet(id="sheet")

    def paint_body(self, view: View) -> None:
        """Paint both sheets."""
        points = self.query_one("#points", Sheet)
        broad = self.has_class("-broad")
        points.show(suite.point_rows(view, points.size.width if broad else 0))
        if not broad:
            points.styles.height = min(points.lines_needed(self.size.width), self.size.height // 2 - 2)
        else:
            points.styles.height = "1fr"
        self.sheet.show(suite.visit_rows(view), view.selected)

    def action_up(self) -> None:
        """Select the visit above."""
        self.sheet.move(-1)
        self.desk.selected = self.sheet.cursor or self.desk.selected

    def action_down(self) -> None:
        """Select the visit below."""
        self.sheet.move(1)
        self.desk.selected = self.sheet.cursor or self.desk.selected

    def on_sheet_clicked(self, event: Sheet.Clicked) -> None:
        """Select the visit clicked."""
        self.desk.selected = event.key

    def action_propose(self) -> None:
        """Go on with the selected visit, or open one."""
        if self.desk.view().visit is None:
            new_visit(self)
        else:
            self.desk.go("visit")

    def action_new_visit(self) -> None:
        """Open a visit."""
        new_visit(self)

    def action_acknowledge(self) -> None:
        """Acknowledge the first alarm."""
        acknowledge_first(self)

    def action_keep_door(self) -> None:
        """Keep the magnet room's door, or say that nobody keeps it any more."""
        view = self.desk.view()
        self.ask(LeaveDoor() if kept(view.state.doors, view.now) else KeepDoor())

    def action_close_shift(self) -> None:
        """Close the shift with nobody following."""
        close_shift(self)

    def action_back(self) -> None:
        """Take a refusal away; there is nothing behind the Suite."""
        self.why.dismiss()
