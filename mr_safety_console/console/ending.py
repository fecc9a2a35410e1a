"""Ending an emergency in two steps, and saying afterwards who took part."""

from __future__ import annotations

from mr_safety_console.console.dialogs.choice import Choice, ChoiceDialog
from mr_safety_console.console.dialogs.fields import Field, FieldsDialog, Values, whole
from mr_safety_console.console.page import Page
from mr_safety_console.console.present import emergency as present
from mr_safety_console.console.present import staff
from mr_safety_console.console.present.rows import row
from mr_safety_console.domain import zones
from mr_safety_console.domain.emergency import (
    AskEmergencyEnd,
    AttributeEmergency,
    EndEmergency,
    StrayReason,
)
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.words import say

REAL = "real"
MOST = 999
NONE_OPEN = Refused(
    "emergency-not-open", "There is no open emergency to end.", "Nobody needs to.", "Look at the log."
)


def ask_end(page: Page) -> None:
    """Take the first step, then ask for the counts."""
    current = page.desk.view().emergency.current
    if current is None:
        page.why.refuse(NONE_OPEN)
        return
    page.ask(AskEmergencyEnd(emergency=current.id), lambda _: _count(page, current.id))


def _count(page: Page, emergency: str) -> None:
    place = zones.name(page.desk.parts.profile, "IV")
    fields = (
        Field("heads", f"Heads in {place}", "counted by eye", 3),
        Field("kit", f"Kit in {place}", "pieces brought in, by eye", 3),
    )
    said = (row("Look into the room. Count every person and every piece of kit brought in."),)
    checks = (whole("heads", 0, MOST), whole("kit", 0, MOST))

    def counted(values: Values | None) -> None:
        if values is not None:
            _reason(page, emergency, int(values["heads"]), int(values["kit"]))

    page.app.push_screen(FieldsDialog(page.desk, "END THE EMERGENCY", fields, checks, said), counted)


def _reason(page: Page, emergency: str, heads: int, kit: int) -> None:
    stray = (Choice(reason.value, say("stray", reason.value)) for reason in StrayReason)
    choices = (Choice(REAL, "It was an emergency"), *stray)

    def chosen(code: str | None) -> None:
        if code is None:
            return
        stray = code != REAL
        end = EndEmergency(
            emergency=emergency,
            head_count=heads,
            kit_count=kit,
            by_eye=True,
            stray=stray,
            reason=StrayReason(code) if stray else None,
        )
        page.ask(end, lambda _: attribute(page))

    page.app.push_screen(ChoiceDialog(page.desk, "END THE EMERGENCY", choices), chosen)


def attribute(page: Page) -> None:
    """Ask who took part, one after another; Esc when everybody is named."""
    view = page.desk.view()
    item = present.shown(view)
    people = staff.listed(view)
    if item is None or not people:
        return
    named = {who.person for who in item.people}
    choices = tuple(
        Choice(p.id, f"{p.initials} {p.name}{' (named)' if p.id in named else ''}") for p in people
    )

    def chosen(person: str | None) -> None:
        if person is None:
            return
        role = page.desk.view().state.staff.people[person].roles[0]
        page.desk.lane.step(AttributeEmergency(emergency=item.id, person=person, role=role))
        page.desk.repaint()
        attribute(page)

    page.app.push_screen(ChoiceDialog(page.desk, "WHO TOOK PART? Esc when done", choices), chosen)
