"""Checklist: the lists at the door, the final check, at the table and after; item by item."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from mr_safety_console.console import commands as c
from mr_safety_console.console import listing
from mr_safety_console.console.desk import Answer, Desk, Then
from mr_safety_console.console.page import MOVES, Page, page_bindings
from mr_safety_console.console.present import answers
from mr_safety_console.console.present import checklist as present
from mr_safety_console.console.present.checklist import Line, Stage
from mr_safety_console.console.present.view import View
from mr_safety_console.console.widgets.sheet import Sheet
from mr_safety_console.domain import checklists
from mr_safety_console.domain.checklists import NEGATIVE, CompleteStage, MarkItem
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.visit_facts import Leg
from mr_safety_console.engine.face import Accepted
from screening_forms.types import ItemType

WANT_REASON = NEGATIVE | {"na"}


class ChecklistPage(Page):
    """One stage at a time; nothing is ticked beforehand and nothing in bulk."""

    NAME = "checklist"
    KEYS = (
        c.YES, c.NO, c.NOT_APPLICABLE, c.ENTER, c.SIGN, c.NEXT_LIST, c.RESOLVE, c.PUT_ASIDE, c.WHO_ANSWERS,
        c.CLEAR_ANSWER, c.PICK, *MOVES, c.BACK,
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = page_bindings(KEYS)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._leg: Leg | None = None
        self._about: tuple[str, Leg | None] = ("", None)
        self._cursor = ""
        self._pending: dict[str, str] = {}
        self._aloud = ""

    def compose_body(self) -> ComposeResult:
        """Keep whose lists these are in view above the items."""
        yield Sheet(id="head")
        yield Sheet(id="sheet")

    def _stage(self, view: View) -> Stage:
        """Return the stage shown: the one due, until another is chosen; it follows the visit."""
        due = present.due_leg(view, view.visit) if view.visit else Leg.DOOR_LIST
        if self._about != (view.selected, due):
            self._about, self._leg, self._cursor, self._pending = (view.selected, due), None, "", {}
            self._aloud = ""
        stage = Stage(view, self._leg or due, self._pending)
        if self._cursor not in [line.key for line in stage.lines]:
            self._cursor = stage.first_open
        return stage

    def paint_body(self, view: View) -> None:
        """Paint the lists of the stage."""
        stage = self._stage(view)
        self.query_one("#head", Sheet).show(present.head(stage))
        self.sheet.show(present.rows(stage, self._cursor, self._aloud), self._cursor)

    def action_next_list(self) -> None:
        """Show the next stage."""
        leg = self._stage(self.desk.view()).leg
        self._leg = present.LEGS[(present.LEGS.index(leg) + 1) % len(present.LEGS)]
        self._cursor = ""
        self.desk.repaint()

    def action_up(self) -> None:
        """Go to the item above."""
        self._move(-1)

    def action_down(self) -> None:
        """Go to the item below."""
        self._move(1)

    def _move(self, by: int) -> None:
        keys = [line.key for line in self._stage(self.desk.view()).lines]
        if keys:
            place = keys.index(self._cursor) if self._cursor in keys else 0
            self._cursor = keys[max(0, min(place + by, len(keys) - 1))]
            self.desk.repaint()

    def _line(self) -> Line | None:
        found = self._stage(self.desk.view()).lines
        return next((line for line in found if line.key == self._cursor), None)

    # --- answering ---

    def _by_key(self, key: str) -> None:
        line = self._line()
        code = answers.by_key(line.item, key) if line else None
        if line is None or code is None:
            return
        if code in WANT_REASON:
            listing.reasoned(self, line, partial(self._give, line, code))
        elif checklists.read_out(line.item) and not self._second(self.desk.view()):
            listing.who_answers(self, lambda person: self._read_out(person, line, code))
        else:
            self._give(line, code)

    def _second(self, view: View) -> bool:
        """Tell whether somebody answers aloud who is not the one who reads; forget them when they read."""
        if view.actor is not None and view.actor.person == self._aloud:
            self._aloud = ""
        return bool(self._aloud)

    def _read_out(self, person: str, line: Line, code: str) -> None:
        self._aloud = person
        self._give(line, code)

    def _give(self, line: Line, value: str, reason: str = "") -> None:
        """Mark an item and go on at once; a reason also answers the note the item then asks for."""
        came_from, self._pending[line.key] = line.key, value
        listed = self._stage(self.desk.view()).lines
        note = next((one for one in listed if reason and _is_note(line, one)), None)
        self._cursor = self._after(listed, note or line) if value else came_from

        def answered(answer: Answer) -> None:
            self._pending.pop(line.key, None)
            if isinstance(answer, Refused):
                self._cursor = came_from
            elif note is not None:
                self._mark(note, reason, "", self._noted)
            self.answered(None, answer)

        self._mark(line, value, reason, answered)
        self.desk.repaint()

    def _noted(self, answer: Answer) -> None:
        self.answered(None, answer)

    def _mark(self, line: Line, value: str, reason: str, then: Then) -> None:
        asked = MarkItem(
            visit=self.desk.selected,
            list_id=line.list_id,
            item=line.item.link_id,
            answer=value,
            reason=reason,
            responder=self._aloud,
        )
        self.desk.ask(asked, then)

    def _after(self, listed: tuple[Line, ...], line: Line) -> str:
        keys = [one.key for one in listed]
        place = keys.index(line.key) if line.key in keys else 0
        return keys[min(place + 1, len(keys) - 1)]

    def action_answer_yes(self) -> None:
        """Say that the item was looked at and is as it should be: pass, go."""
        self._by_key("y")

    def action_answer_no(self) -> None:
        """Say fail or no-go, with the reason."""
        self._by_key("n")

    def action_answer_na(self) -> None:
        """Say that the item does not apply, with the reason."""
        self._by_key("x")

    def action_pick(self, number: int) -> None:
        """Give the answer with this number."""
        self._by_key(str(number))

    def action_take_back(self) -> None:
        """Take an answer back."""
        line = self._line()
        if line is not None:
            self._give(line, "")

    def action_propose(self) -> None:
        """Write the answer the item wants; with nothing left open, complete the stage."""
        view = self.desk.view()
        line = self._line()
        if line is not None and not answers.is_chosen(line.item):
            listing.write(self, line, partial(self._give, line))
        elif view.visit is not None and not self._stage(view).first_open:
            self.action_sign()

    def action_resolve(self) -> None:
        """Have the list go on: by eye where a sensor is dead, or released where an answer holds."""
        held, at = self._stage(self.desk.view()).held, self._line()
        line = at if at in held or not held or (at and at.item.sensor) else held[0]
        if line is not None:
            self._cursor = line.key
            listing.settle(self, line, self._go_on)

    def action_put_aside(self) -> None:
        """Put the item off to a later list, where that allows it."""
        line = self._line()
        if line is not None:
            listing.put_off(self, line, self._go_on)

    def _go_on(self, _: Accepted) -> None:
        """Go to the first item that is still open."""
        self._cursor = self._stage(self.desk.view()).first_open or self._cursor

    def action_who_answers(self) -> None:
        """Say who answers what is read out."""
        listing.who_answers(self, self._takes_part)

    def _takes_part(self, person: str) -> None:
        self._aloud = person
        self.desk.repaint()

    def action_sign(self) -> None:
        """Complete the stage; the final check collects two signatures."""
        view = self.desk.view()
        if view.visit is not None:
            self.ask(CompleteStage(visit=view.selected, leg=self._stage(view).leg))


def _is_note(line: Line, other: Line) -> bool:
    """Tell whether an item is the note another item asks for once it was answered."""
    below = other.list_id == line.list_id and other.item.link_id.startswith(f"{line.item.link_id}.")
    return below and other.item.type in (ItemType.TEXT, ItemType.STRING)
