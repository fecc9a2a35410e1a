"""The work on one interview: which one, where the cursor stands, and which page of questions is shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from textual.app import ComposeResult

from mr_safety_console.console.along import ReadingAlong
from mr_safety_console.console.beside import FormShown
from mr_safety_console.console.desk import Desk
from mr_safety_console.console.page import Answered, Page
from mr_safety_console.console.present import screening as present
from mr_safety_console.console.present.screening import Interview
from mr_safety_console.console.present.view import View
from mr_safety_console.console.widgets.sheet import Sheet
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.screening_ways import WHO
from mr_safety_console.domain.words import refused
from screening_forms.types import Item

HEAD_LINES: Final = 4


class AnswerLetters:
    """The letters that are answers, on a page that takes them by key."""

    def _by_key(self, key: str) -> None:
        raise NotImplementedError

    def action_answer_yes(self) -> None:
        """Answer yes."""
        self._by_key("y")

    def action_answer_no(self) -> None:
        """Answer no."""
        self._by_key("n")

    def action_answer_unsure(self) -> None:
        """Answer unsure."""
        self._by_key("u")

    def action_answer_refused(self) -> None:
        """Record that the person refuses to answer."""
        self._by_key("r")

    def action_answer_unable(self) -> None:
        """Record that the person cannot answer."""
        self._by_key("b")


class InterviewPage(AnswerLetters, Page):
    """A cursor over the rows of an interview; `ScreeningPage` says what the keys do with them."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._whose = "", ""
        self._shown = FormShown()
        self._cursor = self._who_told = ""
        self._pending: dict[str, str] = {}
        self._wrong: dict[str, str] = {}
        self._along = ReadingAlong(desk)
        self._head_lines = HEAD_LINES

    def compose_body(self) -> ComposeResult:
        """Keep whose interview it is in view above the questions."""
        yield Sheet(id="head")
        yield Sheet(id="sheet")

    def _interview(self, view: View) -> Interview | None:
        whose = view.selected, self._shown.of(view)
        if whose[0] != self._whose[0]:
            self._along.forget()
        if whose != self._whose:
            self._whose, self._cursor, self._pending, self._wrong = whose, "", {}, {}
            self._who_told = ""
        held = present.interview(view, self._pending, self._wrong, whose[1])
        if held is not None:
            beside = self._along.shown(held.form), self._along.offered(held.form, held.case)
            held = replace(held, along=beside[0], offered=beside[1], room=self._room())
        if held is not None and self._cursor not in present.keys_of(held):
            self._pending = {}
            keys = present.keys_of(held)
            self._cursor = present.first_open(held) or (keys[-1] if keys and not held.signed else "")
        if held is not None and self._cursor == WHO != self._who_told and held.case.answers.get(WHO):
            # The full stop has just answered it: go on from there, once.
            self._who_told, self._cursor = WHO, present.first_open(held) or WHO
        return held

    def _begun(self) -> Interview | None:
        """Return the interview; where there is none, say so: no key is passed over in silence."""
        held = self._interview(self.desk.view())
        if held is None:
            self.why.refuse(refused("screening-not-begun"))
        return held

    def _item(self, held: Interview | None) -> Item | None:
        return held.form.item(self._cursor.rpartition(":")[2]) if held else None

    def _room(self) -> tuple[int, int]:
        """Return how many cells and lines the questions have while nothing is refused."""
        told = self.why.size.height if self.why.why is not None else 0
        return self.sheet.size.width, self.sheet.size.height + told

    def paint_body(self, view: View) -> None:
        """Paint the page of questions the cursor stands on."""
        head = self.query_one("#head", Sheet)
        held = self._interview(view)
        head.show(present.head(view, held, self._cursor, self._whose[1]))
        self._make_room(head)
        self.sheet.show(present.rows(view, held, self._cursor), self._cursor)

    def _make_room(self, head: Sheet) -> None:
        """Let the head have the lines it needs; then the page of questions is made anew in what is left."""
        lines = max(HEAD_LINES, head.lines_needed(head.size.width)) if head.size.width else HEAD_LINES
        if lines != self._head_lines:
            self._head_lines = lines
            head.styles.height = lines
            self.call_after_refresh(self.desk.repaint)

    def ask(self, command: Command, then: Answered | None = None) -> None:
        """Give a command about the form that is shown."""
        super().ask(self._shown.about(command), then)

    def sign(self, command: Command, count: int, then: Answered | None = None) -> None:
        """Ask for PINs for a command about the form that is shown."""
        super().sign(self._shown.about(command), count, then)

    # --- moving ---

    def action_up(self) -> None:
        """Go to the row above."""
        self._move(-1)

    def action_down(self) -> None:
        """Go to the row below."""
        self._move(1)

    def action_page_up(self) -> None:
        """Go back by a page of questions."""
        self._turn(-1)

    def action_page_down(self) -> None:
        """Go on by a page of questions."""
        self._turn(1)

    def _turn(self, by: int) -> None:
        held = self._interview(self.desk.view())
        if held is None or held.signed:
            self._move(by * present.PER_PAGE)
        else:
            self._cursor = present.turned(held, self._cursor, by)
            self.desk.repaint()

    def _move(self, by: int) -> None:
        held = self._interview(self.desk.view())
        keys = present.keys_of(held) if held else ()
        if keys:
            place = keys.index(self._cursor) if self._cursor in keys else 0
            self._cursor = keys[max(0, min(place + by, len(keys) - 1))]
            self.desk.repaint()
