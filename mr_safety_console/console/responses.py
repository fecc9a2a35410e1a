"""Taking a response file: read beside the loop, then each answer given like one that is typed."""

from __future__ import annotations

import threading

from mr_safety_console.console.desk import Answer
from mr_safety_console.console.dialogs.fields import Field, FieldsDialog, Values, needed
from mr_safety_console.console.page import Page
from mr_safety_console.console.parts import Response
from mr_safety_console.domain.interview_facts import TakeResponse
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.screening_facts import SHEETS, AnswerQuestion
from screening_forms.types import Form

NO_READER = Refused(
    "response-unread",
    "This console has nothing to read such a file with.",
    "Whoever set it up.",
    "Copy the answers from paper, or ask them here.",
)


def take(page: Page, visit: str, form: Form) -> None:
    """Ask where the file is and from whom; read it on a thread of its own."""
    read = page.desk.parts.read_response
    if read is None:
        page.why.refuse(NO_READER)
        return

    def written(values: Values | None) -> None:
        if values is not None:
            work = threading.Thread(
                target=lambda: _tell(page, visit, form, values["source"], read(form, values["file"])),
                name="console-response",
                daemon=True,
            )
            work.start()

    fields = (Field("file", "File", "path on this machine", 400), Field("source", "From", "portal, ward", 80))
    checks = (needed("file", "source"),)
    page.app.push_screen(FieldsDialog(page.desk, "ANSWERS FROM A RESPONSE FILE", fields, checks), written)


def _tell(page: Page, visit: str, form: Form, source: str, found: Response | Refused) -> None:
    page.desk.on_loop(lambda: page.desk.attempt(lambda: _given(page, visit, form, source, found)))


def _given(page: Page, visit: str, form: Form, source: str, found: Response | Refused) -> None:
    sheet = form.id if form.id in SHEETS else ""
    if isinstance(found, Refused):
        page.why.refuse(found)
        return

    def taken(answer: Answer) -> None:
        page.answered(None, answer)
        if not isinstance(answer, Refused):
            for item, said in found.answers.items():
                page.desk.ask(
                    AnswerQuestion(visit=visit, item=item, answer=said, sheet=sheet),
                    lambda one: page.answered(None, one),
                )

    page.desk.ask(
        TakeResponse(
            visit=visit,
            source=source,
            authored_utc=found.authored_utc,
            sha256=found.sha256,
            count=len(found.answers),
            sheet=sheet,
        ),
        taken,
    )
