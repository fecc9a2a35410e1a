"""Which form of a visit is worked on: the interview, or one of the further forms beside it."""

from __future__ import annotations

from dataclasses import replace

from mr_safety_console.console.dialogs.choice import Choice, ChoiceDialog
from mr_safety_console.console.page import Page
from mr_safety_console.console.present import beside
from mr_safety_console.console.present.view import View
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.screening_facts import SHEETS, BeginScreening
from mr_safety_console.domain.visit_facts import PATIENT
from mr_safety_console.domain.words import say


class FormShown:
    """Remembers for each visit which of its forms is shown; nothing of one visit is used for another."""

    def __init__(self) -> None:
        self._shown: dict[str, str] = {}

    def of(self, view: View) -> str:
        """Return the further form shown for the selected visit; empty for the interview.

        One that fell, and is wanted no more, is forgotten: no key goes to a form that is not on screen.
        """
        if self._shown.get(view.selected, "") not in beside.forms_of(view):
            self._shown.pop(view.selected, None)
        return self._shown.get(view.selected, "")

    def show(self, visit: str, sheet: str) -> None:
        """Show this form of a visit from now on."""
        self._shown[visit] = sheet

    def step(self, view: View) -> None:
        """Show the next form of the selected visit; after the last one the interview again."""
        forms = beside.forms_of(view)
        self.show(view.selected, forms[(forms.index(self.of(view)) + 1) % len(forms)])

    def about(self, command: Command) -> Command:
        """Return a command with the form it is about, where it is about one."""
        sheet = self._shown.get(getattr(command, "visit", ""), "")
        return replace(command, sheet=sheet) if sheet and hasattr(command, "sheet") else command  # type: ignore[type-var]


def begin(page: Page, shown: FormShown) -> None:
    """Ask which further form is begun; it is shown once it has begun."""
    view = page.desk.view()
    visit = view.selected

    def chosen(sheet: str | None) -> None:
        if sheet is not None:
            page.ask(BeginScreening(visit=visit, form=sheet), lambda _: shown.show(visit, sheet))

    choices = tuple(Choice(sheet, say("sheet", sheet)) for sheet in to_begin(view))
    page.app.push_screen(ChoiceDialog(page.desk, "WHICH FURTHER FORM?", choices), chosen)


def to_begin(view: View) -> tuple[str, ...]:
    """Return the further forms that could be begun for the selected visit."""
    begun = view.state.screening.sheets.get(view.selected, {})
    if view.visit is None or view.visit.category != PATIENT:
        return ()
    return tuple(sheet for sheet in SHEETS if sheet not in begun and sheet in view.forms)
