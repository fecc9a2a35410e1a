"""Visit: one patient's way as a rail, the proposed act on Enter, and every forbidden act with its why."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from mr_safety_console.console import commands as c
from mr_safety_console.console.acts import closed_early, counted, new_visit, write_note
from mr_safety_console.console.amending import amend_visit
from mr_safety_console.console.by_hand import hand_pass
from mr_safety_console.console.page import MOVES, Page, page_bindings
from mr_safety_console.console.present import visit
from mr_safety_console.console.present.crossings import wanted
from mr_safety_console.console.present.rail import rail_rows
from mr_safety_console.console.present.view import View
from mr_safety_console.console.remoting import link, more
from mr_safety_console.console.watching import asked_further
from mr_safety_console.console.widgets.painted import Beside
from mr_safety_console.console.widgets.sheet import Sheet
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.screening_facts import BeginScreening
from mr_safety_console.engine.face import Accepted

NARROW = 100
"""Cells below which a forbidden act is told in one sentence: the next step must not scroll away."""


def _further(page: Page, asked: Command) -> bool:
    """Ask what an act still needs to be told, if anything."""
    return closed_early(page, asked) or counted(page, asked) or asked_further(page, asked)


class VisitPage(Page):
    """The rail on the left, the acts on the right."""

    NAME = "visit"
    KEYS = (
        c.ENTER,
        c.TRANSIT,
        c.DETECTOR_PASS,
        c.NEW_VISIT,
        c.NOTE,
        c.RESOLVE,
        c.AMEND,
        c.HAND_OFF,
        c.MORE,
        c.LINK_LOST,
        c.PICK,
        *MOVES,
        c.BACK,
    )
    BINDINGS: ClassVar[list[BindingType]] = page_bindings(KEYS)

    def compose_body(self) -> ComposeResult:
        """Lay rail and acts side by side."""
        with Beside():
            yield Sheet(id="rail")
            yield Sheet(id="sheet")

    def paint_body(self, view: View) -> None:
        """Paint rail and acts."""
        person = view.visit
        rail = self.query_one("#rail", Sheet)
        if person is None:
            rail.show(visit.NO_VISIT)
            self.sheet.show(())
            return
        rail.show(rail_rows(view, person))
        self.sheet.show(visit.act_rows(view, person, brief=self.size.width < NARROW))

    def _acts(self) -> tuple[visit.Act, ...]:
        view = self.desk.view()
        return visit.acts(view, view.visit) if view.visit else ()

    def _do(self, act: visit.Act) -> None:
        if act.page:
            self.desk.go(act.page)
            return
        asked = act.offer.command
        if act.offer.refused is not None or not (_further(self, asked)):
            self.ask(asked, self._done)

    def _done(self, _: Accepted) -> None:
        """Go on to the interview once it has begun."""

    def action_propose(self) -> None:
        """Do the proposed act, or go where its work is done."""
        found = self._acts()
        if not found:
            new_visit(self)
            return
        act = found[0]
        if isinstance(act.offer.command, BeginScreening):
            self.ask(act.offer.command, lambda _: self.desk.go("screening"))
        else:
            self._do(act)

    def _press(self, key: str) -> None:
        for act in self._acts():
            if act.key == key:
                self._do(act)
                return

    def action_pick(self, number: int) -> None:
        """Do the act with this number; the first one is the proposed one."""
        if number == 1:
            self.action_propose()
        else:
            self._press(str(number))

    def action_transit(self) -> None:
        """Announce a crossing for this patient, outwards when they are inside."""
        self._by_kind("announce-transit", "t")

    def action_detector_pass(self) -> None:
        """Say that this person was watched walking past the detector, or was gone over with a wand."""
        view = self.desk.view()
        if view.visit is not None and not view.visit.inside and wanted(view):
            hand_pass(self, f"V{view.visit.no}", visit=view.visit.id)
        else:
            self._by_kind("record-detector-pass", "p")

    def action_resolve(self) -> None:
        """Have a physician decide on a person whose alarm nobody could explain."""
        self._by_kind("release-hold", "v")

    def _by_kind(self, kind: str, key: str) -> None:
        for act in self._acts():
            if act.key == key or act.offer.command.kind == kind:
                self._do(act)
                return

    def action_new_visit(self) -> None:
        """Open a visit."""
        new_visit(self)

    def action_amend(self) -> None:
        """Put right who this is, or what is examined."""
        amend_visit(self)

    def action_hand_off(self) -> None:
        """Give the watching of this patient to somebody else, who accepts."""
        self._by_kind("change-observer", ">")

    def action_more(self) -> None:
        """Choose how often to check in, or work on the session with a remote operator."""
        if (person := self.desk.view().visit) is not None:
            more(self, person)

    def action_link_lost(self) -> None:
        """Say that the remote operator cannot be heard or seen, or that they are again."""
        if (person := self.desk.view().visit) is not None:
            link(self, person)

    def action_note(self) -> None:
        """Write a note about this visit."""
        write_note(self, self.desk.selected)
