"""The dialogs of a permit to work: opened, its tools counted, closed, handed back."""

from __future__ import annotations

from mr_safety_console.console.dialogs.choice import Choice, ChoiceDialog
from mr_safety_console.console.dialogs.fields import Field, FieldsDialog, Values, needed, whole
from mr_safety_console.console.page import Page
from mr_safety_console.console.present.rows import row
from mr_safety_console.domain.permits import (
    LONGEST_MIN,
    ClosePermit,
    CountTools,
    HandBack,
    OpenPermit,
    Permit,
    PermitKind,
)
from mr_safety_console.domain.words import say

MOST_TOOLS = 999
ZONES = {"3": "III", "4": "IV"}
TOOLS = Field("tools", "Tools", "how many, counted one by one", 3)
SWEPT = "Enter says that you looked under, behind and into everything."


def new_permit(page: Page) -> None:
    """Ask what the work is, who does it, with what, how far and how long."""
    choices = tuple(Choice(kind.value, say("permit", kind)) for kind in PermitKind)

    def chosen(kind: str | None) -> None:
        if kind is not None:
            _particulars(page, kind)

    page.app.push_screen(ChoiceDialog(page.desk, "PERMIT TO WORK: WHAT?", choices), chosen)


def _particulars(page: Page, kind: str) -> None:
    fields = (
        Field("holder", "Holder", "name and firm"),
        Field("told", "Tools are", "in words"),
        TOOLS,
        Field("zone", "As far as", "3 or 4", 1),
        Field("minutes", "Minutes", f"up to {LONGEST_MIN}", 3),
    )
    checks = (
        needed("holder"),
        whole("tools", 0, MOST_TOOLS),
        whole("zone", 3, 4),
        whole("minutes", 1, LONGEST_MIN),
    )

    def filled(values: Values | None) -> None:
        if values is not None:
            asked = OpenPermit(
                kind_of=kind,
                holder=values["holder"],
                tools_told=values["told"],
                tools=int(values["tools"]),
                zone=ZONES[values["zone"].strip()],
                minutes=int(values["minutes"]),
            )
            page.ask(asked)

    page.app.push_screen(FieldsDialog(page.desk, say("permit", kind).upper(), fields, checks), filled)


def go_on(page: Page, permit: Permit) -> None:
    """Count or close an open permit; hand the room of a closed one back."""
    if permit.closed is not None:
        page.ask(HandBack(permit=permit.id))
        return
    choices = (Choice("count", "Count the tools"), Choice("close", "Close it: tools out, room swept"))

    def chosen(what: str | None) -> None:
        if what is not None:
            _counted(page, permit, closing=what == "close")

    page.app.push_screen(ChoiceDialog(page.desk, f"PERMIT W{permit.no}", choices), chosen)


def _counted(page: Page, permit: Permit, *, closing: bool) -> None:
    heading = f"W{permit.no}: TOOLS OUT" if closing else f"W{permit.no}: TOOLS NOW"

    def filled(values: Values | None) -> None:
        if values is None:
            return
        tools = int(values["tools"])
        if closing:
            page.ask(ClosePermit(permit=permit.id, tools=tools, swept=True))
        else:
            page.ask(CountTools(permit=permit.id, tools=tools))

    said = (row(SWEPT),) if closing else ()
    checks = (whole("tools", 0, MOST_TOOLS),)
    page.app.push_screen(FieldsDialog(page.desk, heading, (TOOLS,), checks, said), filled)
