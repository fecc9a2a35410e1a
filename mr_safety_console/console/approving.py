"""After the answers: the line, a remote approval, a decision by a call, the emergent screen.

Each asks a few questions and gives one command; the rules say whether it counts.
"""

from __future__ import annotations

from mr_safety_console.console.around import clock_time, today
from mr_safety_console.console.dialogs.choice import Choice, ChoiceDialog
from mr_safety_console.console.dialogs.fields import Field, FieldsDialog, Values, needed, whole
from mr_safety_console.console.page import Page
from mr_safety_console.console.present.view import View
from mr_safety_console.console.writing import read_back
from mr_safety_console.domain import staff
from mr_safety_console.domain.approval_facts import (
    METHODS,
    ApproveRemotely,
    ResolveByCall,
    ScreenEmergent,
    StateLine,
)
from mr_safety_console.domain.authority import MAY
from mr_safety_console.domain.screening import EVIDENCE, RESOLUTIONS, Case
from mr_safety_console.domain.screening_approval import PHYSICIANS, REMOTE_ROLES, working_lines
from mr_safety_console.domain.words import say

YES, NO = Choice("yes", "Yes"), Choice("no", "No")


def state_line(page: Page, visit: str) -> None:
    """Ask which line was tried, and whether it works."""

    def tried(method: str | None) -> None:
        if method is not None:
            heading = f"DOES THE {say('line', method).upper()} WORK, TRIED NOW?"
            page.app.push_screen(
                ChoiceDialog(page.desk, heading, (YES, NO)), lambda said: works(method, said)
            )

    def works(method: str, said: str | None) -> None:
        if said is not None:
            page.ask(StateLine(visit=visit, method=method, works=said == "yes"))

    choices = tuple(Choice(method, say("line", method)) for method in METHODS)
    page.app.push_screen(ChoiceDialog(page.desk, "WHICH LINE?", choices), tried)


def people_with(view: View, roles: frozenset[str]) -> tuple[Choice, ...]:
    """Return the people of the register who hold one of these roles, to choose from."""
    known = view.state.staff.people.values()
    held = (one for one in known if roles & staff.roles_of(view.state.staff, one.id))
    return tuple(
        Choice(one.id, f"{one.initials} {view.private(one.name)} {'/'.join(one.roles)}") for one in held
    )


def approve_remotely(page: Page, visit: str, case: Case) -> None:
    """Ask who approved over which line, for how long, and how they know the patient."""
    view = page.desk.view()
    lines = working_lines(case, view.ctx)

    def who(method: str | None) -> None:
        if method is not None:
            dialog = ChoiceDialog(page.desk, "WHO APPROVES?", people_with(view, REMOTE_ROLES))
            page.app.push_screen(dialog, lambda decider: sure(method, decider))

    def sure(method: str, decider: str | None) -> None:
        if decider is not None:
            dialog = ChoiceDialog(page.desk, "DID THEY CONFIRM WHO THE PATIENT IS?", (YES, NO))
            page.app.push_screen(dialog, lambda said: _engagement(page, visit, method, decider, said))

    choices = tuple(Choice(method, say("line", method)) for method in lines)
    page.app.push_screen(ChoiceDialog(page.desk, "OVER WHICH LINE?", choices), who)


def _engagement(page: Page, visit: str, method: str, decider: str, said: str | None) -> None:
    def written(values: Values | None) -> None:
        if values is not None:
            page.ask(
                ApproveRemotely(
                    visit=visit,
                    decider=decider,
                    method=method,
                    seconds=int(values["seconds"]),
                    identity_confirmed=said == "yes",
                    credential=values["credential"],
                    findings=values["findings"],
                )
            )

    fields = (
        Field("seconds", "Spoke with the patient", "seconds", 5),
        Field("credential", "Their credential", "number", 80),
        Field("findings", "What they found", "", 300),
    )
    if said is not None:
        checks = (whole("seconds", 0, 86_400), needed("credential"))
        page.app.push_screen(FieldsDialog(page.desk, "DIRECT ENGAGEMENT", fields, checks), written)


# --- by a call, and in an emergency ---


def by_call(page: Page, visit: str, item: str, name: str, act: str) -> None:
    """Ask who decided by a call, how, on which document, and whether it was read back."""
    view = page.desk.view()

    def how(decider: str | None) -> None:
        if decider is not None:
            choices = tuple(Choice(code, say("resolution", code)) for code in RESOLUTIONS)
            dialog = ChoiceDialog(page.desk, f"{name}: HOW WAS IT DECIDED?", choices)
            page.app.push_screen(dialog, lambda code: which(decider, code))

    def which(decider: str, resolution: str | None) -> None:
        if resolution is not None:
            choices = tuple(Choice(code, say("evidence", code)) for code in EVIDENCE)
            dialog = ChoiceDialog(page.desk, f"{name}: ON WHICH EVIDENCE?", choices)
            page.app.push_screen(
                dialog, lambda code: _call_words(page, visit, item, decider, resolution, code)
            )

    dialog = ChoiceDialog(page.desk, f"{name}: WHO DECIDED, NOT PRESENT?", people_with(view, MAY[act][0]))
    page.app.push_screen(dialog, how)


_CALL = (
    Field("text", "What it says", "document, date, finding", 300),
    Field("callback", "Call-back number", "", 60),
    Field("at", "Time of the call", "HHMM", 4),
    Field("back", "Read back word for word", "y or n", 1),
)


def _call_words(
    page: Page, visit: str, item: str, decider: str, resolution: str, evidence: str | None
) -> None:
    def written(values: Values | None) -> None:
        if values is not None:
            page.ask(
                ResolveByCall(
                    visit=visit,
                    item=item,
                    resolution=resolution,
                    evidence=evidence or "",
                    text=values["text"],
                    decider=decider,
                    callback=values["callback"],
                    read_back=values["back"].lower() == "y",
                    decided_utc=today(page.desk.view(), values["at"]),
                )
            )

    if evidence is not None:
        checks = (needed("callback", "back"), clock_time, read_back)
        page.app.push_screen(FieldsDialog(page.desk, "THE CALL", _CALL, checks), written)


def emergent(page: Page, visit: str) -> None:
    """Ask for both physicians and the reason; one Level 2 person signs for what was asked."""

    def covered(covering: str | None) -> None:
        if covering is not None:
            fields = (
                Field("ordering", "Ordering physician", "name", 80),
                Field("callback", "Covering: call-back", "", 60),
                Field("back", "Read back", "y or n", 1),
                Field("why", "Why it cannot wait", "", 300),
            )
            checks = (needed("ordering", "callback", "back", "why"), read_back)
            page.app.push_screen(
                FieldsDialog(page.desk, "EMERGENT SCREEN", fields, checks),
                lambda values: _screened(covering, values),
            )

    def _screened(covering: str, values: Values | None) -> None:
        if values is not None:
            page.ask(
                ScreenEmergent(
                    visit=visit,
                    ordering=values["ordering"],
                    covering=covering,
                    callback=values["callback"],
                    read_back=values["back"].lower() == "y",
                    why=values["why"],
                )
            )

    choices = people_with(page.desk.view(), PHYSICIANS)
    page.app.push_screen(ChoiceDialog(page.desk, "WHICH PHYSICIAN COVERS IT?", choices), covered)
