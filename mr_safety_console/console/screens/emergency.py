"""Emergency: opened by one key from everywhere, told in steps, never asking anybody anything first."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType

from mr_safety_console.console import commands as c
from mr_safety_console.console.desk import Desk
from mr_safety_console.console.ending import ask_end, attribute
from mr_safety_console.console.lane import LaneStatus
from mr_safety_console.console.page import MOVES, Page, page_bindings
from mr_safety_console.console.present import emergency as present
from mr_safety_console.console.present.emergency import Hand
from mr_safety_console.console.present.view import View
from mr_safety_console.console.widgets.bars import Bar
from mr_safety_console.console.widgets.painted import Beside
from mr_safety_console.console.widgets.sheet import Sheet
from mr_safety_console.domain.emergency import (
    LETTERS,
    AddEmergencyKind,
    ChooseEmergencyKind,
    EmergencyKind,
    StampEmergencyStep,
)
from mr_safety_console.domain.quench import STEPS, QuenchKind, ReportQuench, StampQuenchStep

DEAF_S: Final = 0.4
"""Letters are ignored this long after the screen came up: they were meant for what was there before."""
REPAINT_S: Final = 0.1
_NEXT_EARLIER: Final = {0: 10, 10: 60, 60: 0}


class EmergencyPage(Page):
    """Lies on top of whatever was there, dialogs included; Esc returns to it as it was."""

    NAME = "emergency"
    ON_EMERGENCY = True
    KEYS = (
        c.ENTER, c.EARLIER, c.ADD_KIND, c.END_EMERGENCY, c.ATTRIBUTE, c.PICK, c.PICK_LATER, *MOVES, c.BACK,
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = page_bindings(KEYS)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._hand = Hand()
        self._came_up = desk.parts.clock.now()
        self._status = LaneStatus()

    def compose_body(self) -> ComposeResult:
        """Lay out the large clock, the steps, and what stays out."""
        yield Bar(rows=3, id="clock")
        with Beside():
            yield Sheet(id="sheet")
            yield Sheet(id="side")

    def opened(self) -> None:
        """Watch what becomes of the records more closely than the rest."""
        self.set_interval(REPAINT_S, self._refresh)

    def came_up(self) -> None:
        """Begin a fresh hand: the screen was called by the key."""
        self._hand = Hand()
        self._came_up = self.desk.parts.clock.now()

    def _refresh(self) -> None:
        status = self.desk.lane.status()
        if self.is_current and status != self._status:
            self._status = status
            self.desk.attempt(lambda: self.paint(self.desk.view()))

    def paint_body(self, view: View) -> None:
        """Paint clock, steps and side."""
        item = present.shown(view)
        step = present.present_step(item, self._hand) if item else ""
        self.query_one("#clock", Bar).show(present.clock_bar(view, self._hand, self.size.width))
        self.sheet.show(present.main_rows(view, self._hand), step)
        self.query_one("#side", Sheet).show(present.side_rows(view))

    # --- kinds ---

    def on_key(self, event: events.Key) -> None:
        """Take a letter as a kind while one is being chosen; no key of the steps may have it then."""
        view = self.desk.view()
        if not present.choosing(view, self._hand) or event.character is None or len(event.key) > 1:
            return
        kind = LETTERS.get(event.character.lower())
        hearing = view.since(self._came_up) >= DEAF_S
        if kind is not None or not hearing:
            event.stop()
            event.prevent_default()
        if kind is not None and hearing:
            self.desk.attempt(lambda: self._choose_kind(view, kind))

    def _choose_kind(self, view: View, kind: EmergencyKind) -> None:
        current = view.emergency.current
        name = current.id if current else ""
        command = AddEmergencyKind if self._hand.adding else ChooseEmergencyKind
        self.desk.lane.step(command(emergency=name, about=kind))
        if kind is EmergencyKind.QUENCH:
            self.desk.lane.step(ReportQuench(how=QuenchKind.SUSPECTED))
        self._hand = Hand()
        self.desk.repaint()

    def action_add_kind(self) -> None:
        """Show the kinds again, to add one."""
        self._hand = replace(self._hand, adding=not self._hand.adding)
        self._came_up = self.desk.parts.clock.now()
        self.desk.repaint()

    # --- steps ---

    def action_propose(self) -> None:
        """Stamp the present step."""
        item = present.shown(self.desk.view())
        if item is not None and item.ended is None:
            self._stamp(present.present_step(item, self._hand))

    def action_pick(self, number: int) -> None:
        """Stamp the step with this number; 0 is the tenth."""
        item = present.shown(self.desk.view())
        if item is None or item.ended is not None:
            return
        place = (number or 10) - 1
        listed = present.steps(item)
        if place < len(listed):
            self._stamp(listed[place].id)

    def _stamp(self, step: str) -> None:
        current = self.desk.view().emergency.current
        if not step or current is None:
            return
        earlier = self._hand.earlier_s
        self.desk.lane.step(StampEmergencyStep(emergency=current.id, step=step, earlier_s=earlier))
        if step in STEPS:
            self.desk.lane.step(StampQuenchStep(step=step, earlier_s=earlier))
        self._hand = Hand()
        self.desk.repaint()

    def action_earlier(self) -> None:
        """Have the next stamp say 10 s ago, then 1 min ago, then now again."""
        self._hand = replace(self._hand, earlier_s=_NEXT_EARLIER[self._hand.earlier_s])
        self.desk.repaint()

    def action_up(self) -> None:
        """Put the cursor on the step above."""
        self._move(-1)

    def action_down(self) -> None:
        """Put the cursor on the step below."""
        self._move(1)

    def _move(self, by: int) -> None:
        self.sheet.move(by)
        self._hand = replace(self._hand, step=self.sheet.cursor)
        self.desk.repaint()

    # --- afterwards ---

    def action_end_emergency(self) -> None:
        """Ask to end it; the second step is the count."""
        ask_end(self)

    def action_attribute(self) -> None:
        """Say who took part."""
        attribute(self)

    def action_back(self) -> None:
        """Leave the list of kinds, or return to what lay beneath; the emergency goes on."""
        if self._hand.adding:
            self._hand = Hand()
            self.desk.repaint()
        elif self.is_current:
            self.app.pop_screen()
