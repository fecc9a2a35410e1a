"""Implants: the devices of the selected visit; digits write and decide, `y` and `n` confirm a condition."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from mr_safety_console.console import commands as c
from mr_safety_console.console import implant_deciding, implanting
from mr_safety_console.console.page import MOVES, Page, page_bindings
from mr_safety_console.console.present import implants as present
from mr_safety_console.console.present.implant_device import known
from mr_safety_console.console.present.not_set_back import ACTION
from mr_safety_console.console.present.view import View
from mr_safety_console.console.widgets.sheet import Sheet
from mr_safety_console.domain.implant_acts import SignDeviceDecision
from mr_safety_console.domain.implants import Implant
from mr_safety_console.domain.visit import Visit
from mr_safety_console.domain.words import refused

Act = Callable[[Page, Visit, Implant], None]


class ImplantsPage(Page):
    """The worst of all on top, then device by device; the selected one in full."""

    NAME = "implants"
    KEYS = (c.ENTER, c.YES, c.NO, c.PICK, *MOVES, c.BACK)
    BINDINGS: ClassVar[list[BindingType]] = page_bindings(KEYS)

    def compose_body(self) -> ComposeResult:
        """Keep what the digits do in view beneath the devices."""
        yield Sheet(id="sheet")
        yield Sheet(id="acts")

    def paint_body(self, view: View) -> None:
        """Paint the list twice over where the cursor has to find its place first."""
        acts = self.query_one("#acts", Sheet)
        acts.show(present.acts(view))
        acts.styles.height = acts.lines_needed(max(1, self.size.width))
        for _ in range(2):
            self.sheet.show(present.rows(view, self.sheet.cursor))

    def action_up(self) -> None:
        """Select the row above."""
        super().action_up()
        self.desk.repaint()

    def action_down(self) -> None:
        """Select the row below."""
        super().action_down()
        self.desk.repaint()

    def _visit(self) -> Visit | None:
        """Return the selected visit; otherwise say that none is open."""
        found = self.desk.view().visit
        if found is None:
            self.why.refuse(refused("visit-not-open"))
        return found

    def _device(self, then: Act) -> None:
        """Do something with the selected device; otherwise say that none is selected."""
        person = self._visit()
        if person is None:
            return
        devices = known(self.desk.view(), person).devices
        device = devices.get(present.device_of(self.sheet.cursor))
        if device is None:
            self.why.refuse(refused("device-unknown"))
        else:
            then(self, person, device)

    # --- keys ---

    def action_pick(self, number: int) -> None:
        """Do the act with this number."""
        acts: dict[int, Act] = {
            2: implanting.labelling,
            3: implanting.condition,
            6: implanting.set_for_scan,
            9: implanting.withdraw,
        }
        if number in acts:
            self._device(acts[number])
            return
        person = self._visit()
        if person is None:
            return
        match number:
            case 1:
                implanting.new_device(self, person, known(self.desk.view(), person))
            case 4:
                implant_deciding.plan(self, person)
            case 5:
                implant_deciding.decide(self, person, known(self.desk.view(), person))
            case 7:
                self._set_back(person)
            case 8:
                self.ask(SignDeviceDecision(visit=person.id))

    def _set_back(self, person: Visit) -> None:
        cursor, view = self.sheet.cursor, self.desk.view()
        listed = view.state.actions.of(person.id)
        chosen = [one for one in listed if cursor in (f"{ACTION}{one.id}", one.device)]
        one = next(iter((*chosen, *listed)), None)
        if one is None:
            self.why.refuse(refused("device-action-gone"))
        else:
            implanting.set_back(self, person, one)

    def action_propose(self) -> None:
        """Do what comes next for the selected row."""
        found = present.proposed(self.desk.view(), self.sheet.cursor)
        if found == "y":
            self.action_answer_yes()
        elif found:
            self.action_pick(int(found))

    def action_answer_yes(self) -> None:
        """Say that the selected condition is met."""
        self._confirm(met=True)

    def action_answer_no(self) -> None:
        """Say that the selected condition is not met."""
        self._confirm(met=False)

    def _confirm(self, *, met: bool) -> None:
        code = present.code_of(self.sheet.cursor)
        if not code:
            self.why.refuse(refused("condition-unknown", choices="a condition, chosen with the arrows"))
            return
        self._device(partial(implant_deciding.confirm, code=code, met=met))

    def scanned(self, text: str) -> None:
        """Begin a device with what its bar code says."""
        person = self._visit()
        if person is not None:
            implanting.scanned(self, person, text)
