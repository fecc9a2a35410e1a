"""Screening: one question a row, answered by a letter; then asking aloud, resolving, and the review."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from mr_safety_console.console import around, further
from mr_safety_console.console import commands as c
from mr_safety_console.console.desk import Answer, Desk
from mr_safety_console.console.page import MOVES, Page, page_bindings
from mr_safety_console.console.present import answers
from mr_safety_console.console.present import screening as present
from mr_safety_console.console.present.screening import AGAIN, ANSWER, HOLD, Interview
from mr_safety_console.console.present.view import View
from mr_safety_console.console.resolving import amend, correct, resolve, write
from mr_safety_console.console.widgets.sheet import Sheet
from mr_safety_console.domain.approval_facts import REMOTE, ApproveScreening
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.screening import awaits_approval, unresolved, wants_reason
from mr_safety_console.domain.screening_facts import (
    AnswerQuestion,
    AskAgain,
    BeginScreening,
    ReviewScreening,
    SignScreening,
)
from mr_safety_console.domain.screening_ways import WHO
from screening_forms.types import Item


class ScreeningPage(Page):
    """The cursor goes on by itself: what was answered is behind, what is blank comes next."""

    NAME = "screening"
    KEYS = (
        c.YES, c.NO, c.UNSURE, c.REFUSED, c.UNABLE, c.ENTER, c.SIGN, c.WHO_ANSWERS, c.MORE, c.RESOLVE,
        c.AMEND, c.CLEAR_ANSWER,
        c.PICK, *MOVES, c.BACK,
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = page_bindings(KEYS)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._visit = self._cursor = self._who_told = ""
        self._pending: dict[str, str] = {}
        self._wrong: dict[str, str] = {}

    def compose_body(self) -> ComposeResult:
        """Keep whose interview it is in view above the questions."""
        yield Sheet(id="head")
        yield Sheet(id="sheet")

    def _interview(self, view: View) -> Interview | None:
        if view.selected != self._visit:
            self._visit, self._cursor, self._pending, self._wrong = view.selected, "", {}, {}
            self._who_told = ""
        held = present.interview(view, self._pending, self._wrong)
        if held is not None and self._cursor not in present.keys_of(held):
            self._pending = {}
            keys = present.keys_of(held)
            self._cursor = present.first_open(held) or (keys[-1] if keys and not held.signed else "")
        if held is not None and self._cursor == WHO != self._who_told and held.case.answers.get(WHO):
            # The full stop has just answered it: go on from there, once.
            self._who_told, self._cursor = WHO, present.first_open(held) or WHO
        return held

    def paint_body(self, view: View) -> None:
        """Paint the page of questions the cursor stands on."""
        held = self._interview(view)
        self.query_one("#head", Sheet).show(present.head(view, held, self._cursor))
        self.sheet.show(present.rows(view, held, self._cursor), self._cursor)

    # --- moving ---

    def action_up(self) -> None:
        """Go to the row above."""
        self._move(-1)

    def action_down(self) -> None:
        """Go to the row below."""
        self._move(1)

    def action_page_up(self) -> None:
        """Go back by a page of questions."""
        self._move(-present.PER_PAGE)

    def action_page_down(self) -> None:
        """Go on by a page of questions."""
        self._move(present.PER_PAGE)

    def _move(self, by: int) -> None:
        held = self._interview(self.desk.view())
        keys = present.keys_of(held) if held else ()
        if keys:
            place = keys.index(self._cursor) if self._cursor in keys else 0
            self._cursor = keys[max(0, min(place + by, len(keys) - 1))]
            self.desk.repaint()

    # --- answering ---

    def _by_key(self, key: str) -> None:
        held = self._interview(self.desk.view())
        item = self._item(held)
        if held is None or item is None or self._cursor.startswith((HOLD, ANSWER)):
            return
        code = answers.by_key(item, key)
        if code is None:
            return
        if not held.signed and wants_reason(held.case, item, code):
            correct(self, self.desk.selected, item, code)
        else:
            self._give(held, item, code)

    def _item(self, held: Interview | None) -> Item | None:
        return held.form.item(self._cursor.rpartition(":")[2]) if held else None

    def _give(self, held: Interview, item: Item, value: str) -> None:
        """Give an answer and go on at once: the next key belongs to the next question."""
        visit = self.desk.selected
        asked: Command = AnswerQuestion(visit=visit, item=item.link_id, answer=value)
        if self._cursor.startswith(AGAIN):
            asked = AskAgain(visit=visit, item=item.link_id, answer=value)
        came_from, self._pending[item.link_id] = self._cursor, value
        self._wrong.pop(item.link_id, None)
        after = Interview(held.case, held.form, self._pending)
        keys = present.keys_of(after)
        place = keys.index(came_from) if came_from in keys else 0
        self._cursor = keys[min(place + 1, len(keys) - 1)] if value else came_from
        if came_from.startswith(AGAIN) and after.all_heard:
            self._cursor = present.first_open(after) or came_from

        def answered(answer: Answer) -> None:
            self._pending.pop(item.link_id, None)
            if isinstance(answer, Refused):
                self._cursor, self._wrong[item.link_id] = came_from, answer.reason
            self.answered(None, answer)

        self.desk.ask(asked, answered)
        self.desk.repaint()

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

    def action_pick(self, number: int) -> None:
        """Give the answer with this number."""
        self._by_key(str(number))

    def action_take_back(self) -> None:
        """Take a draft answer back."""
        held = self._interview(self.desk.view())
        item = self._item(held)
        if held is not None and item is not None and not held.signed:
            self._give(held, item, "")

    def action_propose(self) -> None:
        """Begin, write the answer, or resolve: whatever the cursor's row wants."""
        view = self.desk.view()
        held = self._interview(view)
        if held is None:
            if view.visit is not None:
                self.ask(BeginScreening(visit=view.selected))
            return
        item = self._item(held)
        if self._cursor.startswith(HOLD):
            self.action_resolve()
        elif item is not None and not answers.is_chosen(item) and not self._cursor.startswith(ANSWER):
            write(self, item, lambda value: self._give(held, item, value))

    # --- signing ---

    def action_sign(self) -> None:
        """Sign the answers, or the review once they are signed, or the final approval after that."""
        held = self._interview(self.desk.view())
        if held is None:
            return
        visit = self.desk.selected
        if held.signed and awaits_approval(held.case) and held.case.approver != REMOTE:
            self.ask(ApproveScreening(visit=visit))
        else:
            self.ask(ReviewScreening(visit=visit) if held.signed else SignScreening(visit=visit))

    def action_resolve(self) -> None:
        """Resolve the item under the cursor, or the first that holds."""
        held = self._interview(self.desk.view())
        if held is None:
            return
        left = unresolved(held.case)
        if left and self._cursor.removeprefix(HOLD) not in left:
            self._cursor = HOLD + left[0]
            self.desk.repaint()
        if self._cursor.startswith(HOLD):
            resolve(self, self.desk.selected, self._cursor.removeprefix(HOLD))

    def action_who_answers(self) -> None:
        """Say who answers."""
        if self._interview(self.desk.view()) is not None:
            around.informant(self, self.desk.selected)

    def action_more(self) -> None:
        """Offer what else can be done with this interview, or with the row under the cursor."""
        held = self._interview(self.desk.view())
        if held is not None:
            further.offer(self, held, self._cursor)
        elif self.desk.view().visit is not None:
            further.begin_otherwise(self)

    def action_amend(self) -> None:
        """Change the signed answer under the cursor, or a draft one that weighs."""
        held = self._interview(self.desk.view())
        item = self._item(held)
        if held is None or item is None:
            return
        if item.link_id in held.case.signed or (not held.signed and item.link_id in held.case.said):
            amend(self, self.desk.selected, item)
