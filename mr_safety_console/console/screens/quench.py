"""Quench: report it, stamp its steps by digit, keep readings; nothing here makes the field state better."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType

from mr_safety_console.console import commands as c
from mr_safety_console.console.desk import Desk
from mr_safety_console.console.dialogs.choice import Choice, ChoiceDialog
from mr_safety_console.console.dialogs.fields import Check, Field, FieldsDialog, Values, needed
from mr_safety_console.console.dialogs.sure import SureDialog
from mr_safety_console.console.page import MOVES, Page, page_bindings
from mr_safety_console.console.present import quench as present
from mr_safety_console.console.present.emergency import EARLIER_WORDS
from mr_safety_console.console.present.view import View
from mr_safety_console.console.widgets.painted import Beside
from mr_safety_console.console.widgets.sheet import Sheet
from mr_safety_console.domain.notes import WriteNote
from mr_safety_console.domain.quench import ObserveField, QuenchKind, ReportQuench, StampQuenchStep
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.words import say

UT_PER_MT: Final = 1_000
MOST_MT: Final = 12_000
_NEXT_EARLIER: Final = {0: 10, 10: 60, 60: 0}


class QuenchPage(Page):
    """The log on the left; field state, keep-out list and readings on the right."""

    NAME = "quench"
    KEYS = (c.REPORT_QUENCH, c.ENTER, c.EARLIER, c.READ_FIELD, c.READ_OXYGEN, c.PICK, *MOVES, c.BACK)
    BINDINGS: ClassVar[list[BindingType]] = page_bindings(KEYS)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._earlier_s = 0

    def compose_body(self) -> ComposeResult:
        """Lay log and side by side."""
        with Beside():
            yield Sheet(id="sheet")
            yield Sheet(id="side")

    def paint_body(self, view: View) -> None:
        """Paint both."""
        self.sheet.show(present.log_rows(view, EARLIER_WORDS[self._earlier_s]))
        self.query_one("#side", Sheet).show(present.side_rows(view))

    def action_report_quench(self) -> None:
        """Report one; the choice is recorded at once."""
        choices = tuple(Choice(kind.value, say("quench-kind", kind.value)) for kind in QuenchKind)

        def chosen(code: str | None) -> None:
            if code is not None:
                self.desk.lane.step(ReportQuench(how=QuenchKind(code)))
                self.desk.repaint()

        self.app.push_screen(ChoiceDialog(self.desk, "WHAT WAS IT?", choices), chosen)

    def action_pick(self, number: int) -> None:
        """Stamp the step with this digit; before any report, ask first: it would begin a quench."""
        if self.desk.view().quench.log is not None:
            self._stamp(f"Q{number}")
            return

        def sure(yes: bool | None) -> None:
            if yes:
                self._stamp(f"Q{number}")

        self.app.push_screen(SureDialog(self.desk, *present.begins(f"Q{number}")), sure)

    def action_propose(self) -> None:
        """Stamp the next step of a quench that was reported."""
        log = self.desk.view().quench.log
        if log is not None:
            self._stamp(present.next_step(log))

    def _stamp(self, step: str) -> None:
        if step:
            self.desk.lane.step(StampQuenchStep(step=step, earlier_s=self._earlier_s))
            self._earlier_s = 0
            self.desk.repaint()

    def action_earlier(self) -> None:
        """Have the next stamp say 10 s ago, then 1 min ago, then now again."""
        self._earlier_s = _NEXT_EARLIER[self._earlier_s]
        self.desk.repaint()

    def action_read_field(self) -> None:
        """Keep a field reading as an observation."""
        fields = (
            Field("field", "Field in mT", "a number, for instance 0.5", 10),
            Field("position", "Where", "where the probe was", 40),
            Field("instrument", "Instrument", "which one", 40),
        )

        def written(values: Values | None) -> None:
            if values is not None:
                observed = ObserveField(
                    field_ut=round(float(values["field"]) * UT_PER_MT),
                    position=values["position"],
                    instrument=values["instrument"],
                )
                self.desk.lane.step(observed)
                self.desk.repaint()

        checks = (_number("field", 0, MOST_MT), needed("position", "instrument"))
        self.app.push_screen(FieldsDialog(self.desk, "FIELD READING: OBSERVATION", fields, checks), written)

    def action_read_oxygen(self) -> None:
        """Stamp that oxygen was read, and keep the reading as a note."""
        fields = (
            Field("oxygen", "Oxygen in %", "a number, for instance 20.8", 6),
            Field("position", "Where", "where the probe was", 40),
        )

        def written(values: Values | None) -> None:
            if values is not None:
                log = self.desk.view().quench.log
                if log is not None:
                    self._stamp("Q6")
                text = f"O2 {values['oxygen']} % read at {values['position']}"
                self.ask(WriteNote(text=text, about=log.id if log else ""))

        checks = (_number("oxygen", 0, 100), needed("position"))
        self.app.push_screen(FieldsDialog(self.desk, "OXYGEN READING: OBSERVATION", fields, checks), written)


def _number(name: str, low: float, high: float) -> Check:
    """Return a check that a line holds a number within bounds."""

    def check(values: Values) -> Refused | None:
        typed = values.get(name, "").strip()
        whole, _, part = typed.partition(".")
        if whole.isdecimal() and (part.isdecimal() or "." not in typed) and low <= float(typed) <= high:
            return None
        return Refused(
            "number-wanted",
            f"{values.label(name)} wants a number from {low:g} to {high:g}, with a point for decimals.",
            "Whoever reads the instrument.",
            "Read it again and type the number.",
        )

    return check
