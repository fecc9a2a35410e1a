"""Screening: one question a row, answered by a letter; then asking aloud, resolving, and the review."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from mr_safety_console.console import around, further
from mr_safety_console.console import commands as c
from mr_safety_console.console.desk import Answer
from mr_safety_console.console.page import MOVES, page_bindings
from mr_safety_console.console.present import answers
from mr_safety_console.console.present import screening as present
from mr_safety_console.console.present.screening import AGAIN, ANSWER, HOLD, Interview
from mr_safety_console.console.resolving import amend, correct, resolve, write
from mr_safety_console.console.screens.interview import InterviewPage
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
from mr_safety_console.domain.words import refused
from screening_forms.types import Item


class ScreeningPage(InterviewPage):
    """The cursor goes on by itself: what was answered is behind, what is blank comes next."""

    NAME = "screening"
    KEYS = (
        c.YES, c.NO, c.UNSURE, c.REFUSED, c.UNABLE, c.ENTER, c.SIGN, c.WHO_ANSWERS, c.LANGUAGE, c.MORE,
        c.RESOLVE, c.AMEND, c.CLEAR_ANSWER, c.NEXT_FORM,
        c.PICK, *MOVES, c.BACK,
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = page_bindings(KEYS)

    # --- answering ---

    def _by_key(self, key: str) -> None:
        held = self._begun()
        item = self._item(held)
        if held is None or item is None:
            return
        if self._cursor.startswith(ANSWER):
            self.why.refuse(refused("screening-signed-already"))
            return
        code = None if self._cursor.startswith(HOLD) else answers.by_key(item, key)
        if code is None:
            self.why.refuse(refused("key-no-answer", item=present.called(held, item)))
        elif not held.signed and wants_reason(held.case, item, code):
            correct(self, self.desk.selected, item, code)
        else:
            self._give(held, item, code)

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

        self.desk.ask(self._shown.about(asked), answered)
        self.desk.repaint()

    def action_pick(self, number: int) -> None:
        """Give the answer with this number."""
        self._by_key(str(number))

    def action_take_back(self) -> None:
        """Take a draft answer back."""
        held = self._begun()
        item = self._item(held)
        if held is not None and held.signed:
            self.why.refuse(refused("screening-signed-already"))
        elif held is not None and item is not None:
            self._give(held, item, "")

    def action_propose(self) -> None:
        """Begin, write the answer, or resolve: whatever the cursor's row wants."""
        view = self.desk.view()
        held = self._interview(view)
        if held is None:
            if view.visit is not None:
                self.ask(BeginScreening(visit=view.selected, form=self._whose[1]))
            return
        item = self._item(held)
        if self._cursor.startswith(HOLD):
            self.action_resolve()
        elif item is None:
            return
        elif self._cursor.startswith(ANSWER):
            self.why.refuse(refused("screening-signed-already"))
        elif answers.is_chosen(item):
            self.why.refuse(refused("key-no-answer", item=present.called(held, item)))
        else:
            write(self, item, lambda value: self._give(held, item, value), held.asks_for(item))

    # --- signing ---

    def action_sign(self) -> None:
        """Sign the answers, or the review once they are signed, or the final approval after that."""
        held = self._begun()
        if held is None:
            return
        visit = self.desk.selected
        if held.signed and awaits_approval(held.case) and held.case.approver != REMOTE:
            self.ask(ApproveScreening(visit=visit))
        else:
            self.ask(ReviewScreening(visit=visit) if held.signed else SignScreening(visit=visit))

    def action_resolve(self) -> None:
        """Resolve the item under the cursor, or the first that holds."""
        held = self._begun()
        if held is None:
            return
        left = [item for item in unresolved(held.case) if not held.is_hidden(item)]
        if left and self._cursor.removeprefix(HOLD) not in left:
            self._cursor = HOLD + left[0]
            self.desk.repaint()
        if self._cursor.startswith(HOLD):
            item = self._item(held)
            link_id = self._cursor.removeprefix(HOLD)
            resolve(self, self.desk.selected, link_id, present.called(held, item) if item else link_id)
        elif held.signed and not held.all_heard:
            unasked = sum(held.is_hidden(item.link_id) for item in held.starred)
            self.why.refuse(refused("ask-again-first", count=unasked))
        elif held.signed:
            self.why.refuse(refused("nothing-to-resolve", item="This interview"))
        else:
            self.why.refuse(refused("screening-not-signed"))

    def action_who_answers(self) -> None:
        """Say who answers."""
        if self._begun() is not None:
            around.informant(self, self.desk.selected)

    def action_more(self) -> None:
        """Offer what else can be done with this interview, or with the row under the cursor."""
        held = self._interview(self.desk.view())
        if held is None and self.desk.view().visit is not None and not self._whose[1]:
            further.begin_otherwise(self)
            return
        held = self._begun()
        if held is not None:
            further.offer(self, held, self._cursor, self._shown, self.action_language)

    def action_next_form(self) -> None:
        """Show the next form of this visit."""
        self._shown.step(self.desk.view())
        self.desk.repaint()

    def action_language(self) -> None:
        """Show another language beneath the questions, or the form's own words alone again."""
        held = self._begun()
        if held is not None:
            self._along.switch(held.case)
            self.desk.repaint()

    def action_amend(self) -> None:
        """Change the signed answer under the cursor, or a draft one that weighs."""
        held = self._begun()
        item = self._item(held)
        if held is None or item is None:
            return
        if item.link_id in held.case.signed or (not held.signed and item.link_id in held.case.said):
            amend(self, self.desk.selected, item)
        else:
            self.why.refuse(refused("screening-not-signed"))
