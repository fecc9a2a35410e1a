"""A few lines written down for one command; what the rules refuse is told while the lines still stand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from mr_safety_console.console.dialogs.fields import Check, Field, FieldsDialog, Values
from mr_safety_console.console.page import Page
from mr_safety_console.console.present.rows import Row
from mr_safety_console.domain import suite_offers
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.refusal import Refused


def write_down(
    page: Page,
    heading: str,
    fields: tuple[Field, ...],
    made: Callable[[Values], Command],
    checks: tuple[Check, ...] = (),
    said: tuple[Row, ...] = (),
) -> None:
    """Ask for lines and give the command made of them; a refusal leaves all of them as they were written."""

    def stands(values: Values) -> Refused | None:
        view = page.desk.view()
        return suite_offers.offer(view.state, "", made(values), view.ctx).refused

    def filled(values: Values | None) -> None:
        if values is not None:
            page.ask(made(values))

    page.app.push_screen(FieldsDialog(page.desk, heading, fields, (*checks, stands), said), filled)


def day_or_blank(name: str) -> Check:
    """Return a check that a line holds a day as YYYY-MM-DD, or nothing."""

    def check(values: Values) -> Refused | None:
        typed = values.get(name, "").strip()
        try:
            fits = not typed or (len(typed) == 10 and bool(date.fromisoformat(typed)))
        except ValueError:
            fits = False
        what_now = "Write it as 2020-01-31; leave it blank where the day is not known."
        wrong = f"{values.label(name)} is no day written as YYYY-MM-DD."
        return None if fits else Refused("day-wanted", wrong, "Whoever has the document.", what_now)

    return check


def read_back(values: Values) -> Refused | None:
    """Return that a call was not read back word for word: it counts for nothing before it was."""
    if values.get("back", "").strip().lower() == "y":
        return None
    return Refused(
        "read-back-wanted",
        "The call was not read back word for word.",
        "Whoever took the call.",
        "Read it back now and write y, or leave with Esc.",
    )
