"""Screening somebody beside the patients, and declaring what changed for a member of staff."""

from __future__ import annotations

from mr_safety_console.console.dialogs.choice import Choice, ChoiceDialog
from mr_safety_console.console.page import Page
from mr_safety_console.console.present.view import View
from mr_safety_console.domain.people_acts import ScreenPerson
from mr_safety_console.domain.staff_screening import CHANGES, DeclareChange
from mr_safety_console.domain.words import say

SCREEN = "screen"


def offer(page: Page, who: str) -> None:
    """Offer what can be done for a member of staff; somebody by name is screened at once."""
    if who not in page.desk.view().state.staff.people:
        screen(page, who)
        return
    changed = tuple(Choice(one, f"Something changed: {say('change', one)}") for one in CHANGES)
    choices = (Choice(SCREEN, "Screen them now, with the form for staff"), *changed)

    def chosen(what: str | None) -> None:
        if what == SCREEN:
            screen(page, who)
        elif what is not None:
            page.ask(DeclareChange(person=who, change=what))

    page.app.push_screen(ChoiceDialog(page.desk, "OWN SCREENING", choices), chosen)


def screen(page: Page, who: str) -> None:
    """Go to the interview of this person, opened now if it is not."""
    running = open_visit(page.desk.view(), who)
    if running:
        _go(page, running)
    else:
        page.ask(ScreenPerson(person=who), lambda _: _opened(page, who))


def _opened(page: Page, who: str) -> None:
    _go(page, open_visit(page.desk.view(), who))


def _go(page: Page, visit: str) -> None:
    page.desk.selected = visit or page.desk.selected
    page.desk.go("screening")


def open_visit(view: View, who: str) -> str:
    """Return the open visit that screens this person; empty for none."""
    return next((one.id for one in view.state.visits.open.values() if one.of == who), "")
