"""Hearing: one head a row; one digit for what it wears, one for how its fit was seen."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from mr_safety_console.console import commands as c
from mr_safety_console.console.desk import Desk
from mr_safety_console.console.dialogs import choice
from mr_safety_console.console.page import MOVES, Page, page_bindings
from mr_safety_console.console.present import hearing as present
from mr_safety_console.console.present.hearing import Choice
from mr_safety_console.console.present.view import View
from mr_safety_console.domain.hearing import ChooseHearing, Exemption
from mr_safety_console.domain.hearing_heads import Head, inside
from mr_safety_console.domain.hearing_protection import Method
from mr_safety_console.domain.suite_hearing import FITS
from mr_safety_console.domain.words import refused, say

SIGNED = "A radiologist or MR medical director and a second person sign it."


class HearingPage(Page):
    """Nothing is chosen beforehand, and nothing for several heads at once."""

    NAME = "hearing"
    KEYS = (c.PICK, c.ENTER, c.RESOLVE, c.CLEAR_ANSWER, *MOVES, c.BACK)
    BINDINGS: ClassVar[list[BindingType]] = page_bindings(KEYS)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._at = ""
        self._pending: Choice | None = None

    def arrived(self) -> None:
        """Begin with the first head nothing is known of."""
        self._at, self._pending = "", None

    def paint_body(self, view: View) -> None:
        """Paint the heads; whoever has left takes their choice along."""
        if present.head_at(view, self._at) is None:
            heads = inside(view.state)
            self._at = present.first_open(view) or (heads[0].key if heads else "")
            self._pending = None
        self.sheet.show(present.rows(view, self._at, self._pending), self._at)

    def _head(self) -> Head | None:
        found = present.head_at(self.desk.view(), self._at)
        if found is None:
            self.why.refuse(refused("hearing-no-head"))
        return found

    def action_up(self) -> None:
        """Go to the head above."""
        self._move(-1)

    def action_down(self) -> None:
        """Go to the head below."""
        self._move(1)

    def _move(self, by: int) -> None:
        keys = [one.key for one in inside(self.desk.view().state)]
        if self._at in keys:
            place = max(0, min(keys.index(self._at) + by, len(keys) - 1))
            self._at, self._pending = keys[place], None
            self.desk.repaint()

    def action_pick(self, number: int) -> None:
        """Take what is worn, then how its fit was seen."""
        head, place = self._head(), (number or 10) - 1
        if head is None:
            return
        if self._pending is not None:
            self._seen(head, self._pending, place)
            return
        listed = present.choices(self.desk.parts.profile)
        if place < len(listed):
            self._pending = listed[place]
            self.desk.repaint()

    def _seen(self, head: Head, worn: Choice, place: int) -> None:
        if place >= len(present.ORDER) or present.ORDER[place] not in FITS[worn.method]:
            return
        self._pending = None
        asked = _said(head, worn, present.ORDER[place])
        self.ask(asked, lambda _: self._next(head.key))
        self.desk.repaint()

    def _next(self, done: str) -> None:
        """Go on to the next head to look at; stay on the last one, for what the calculation says of it."""
        self._at = present.first_open(self.desk.view(), done) or done

    def action_propose(self) -> None:
        """Look anew at what this head wears; where every head is seen, go back to the visit."""
        view, head = self.desk.view(), self._head()
        fitted = view.state.hearing.heads.get(self._at)
        if head is None or self._pending is not None:
            return
        if not present.first_open(view):
            self.desk.go("visit")
        elif fitted is not None and fitted.method is not Method.EXEMPT:
            self._pending = Choice(fitted.method, fitted.worn)
            self.desk.repaint()

    def action_take_back(self) -> None:
        """Take back what was chosen and not seen yet."""
        self._pending = None
        self.desk.repaint()

    def action_resolve(self) -> None:
        """Record that this head wears nothing, and why: a physician and a second person sign."""
        head = self._head()
        if head is None:
            return
        why = tuple(choice.Choice(code, say("hearing-exempt", code)) for code in Exemption)

        def chosen(code: str | None) -> None:
            if code is not None:
                self._pending = None
                self.ask(_said(head, Choice(Method.EXEMPT), "", code), lambda _: self._next(head.key))

        heading = f"{head.called}: NO PROTECTOR, WHY?"
        self.app.push_screen(choice.ChoiceDialog(self.desk, heading, why, SIGNED), chosen)


def _said(head: Head, worn: Choice, fit: str, exemption: str = "") -> ChooseHearing:
    return ChooseHearing(
        visit=head.visit,
        person=head.person,
        nameless=head.nameless,
        method=worn.method,
        worn=worn.worn,
        fit=fit,
        exemption=exemption,
    )
