"""Put right who a visit is of, or what is examined."""

from __future__ import annotations

from mr_safety_console.console.acts import date_written
from mr_safety_console.console.dialogs.fields import Field, FieldsDialog, Values
from mr_safety_console.console.page import Page
from mr_safety_console.console.present.rows import row
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.visit_facts import AmendVisit


def amend_visit(page: Page) -> None:
    """Ask who it is or what is examined, where either was written wrongly or has changed."""
    person = page.desk.view().visit
    if person is None:
        return

    def filled(values: Values | None) -> None:
        if values is not None:
            asked = AmendVisit(
                visit=person.id,
                name=values["name"] or person.name,
                birth_date=values["birth"] or person.birth_date,
                exam=values["exam"] or person.exam,
            )
            page.ask(asked)

    fields = (
        Field("name", "Name", "blank: as it is"),
        Field("birth", "Birth date", "blank: as it is", 10),
        Field("exam", "Exam", "blank: as it is"),
    )
    said = (
        row(("Another name or birth date: identity and interview begin anew.", Tone.HOLD)),
        row(("Another examination: review, coil and final check are done anew.", Tone.HOLD)),
    )
    heading = f"PUT V{person.no} RIGHT"
    page.app.push_screen(FieldsDialog(page.desk, heading, fields, (_date_if_any,), said), filled)


def _date_if_any(values: Values) -> Refused | None:
    return date_written(values) if values["birth"] else None
