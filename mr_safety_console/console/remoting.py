"""The dialogs of a session with a remote operator: who scans, consent, duties, time-out, the link."""

from __future__ import annotations

from collections.abc import Callable

from mr_safety_console.console.dialogs.choice import Choice, ChoiceDialog
from mr_safety_console.console.dialogs.fields import Field, FieldsDialog, Values, needed
from mr_safety_console.console.dialogs.sure import SureDialog
from mr_safety_console.console.page import Page
from mr_safety_console.console.watching import how_often
from mr_safety_console.domain import duties
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.remote_facts import (
    READ_BACK,
    AcceptDuties,
    Consent,
    HoldTimeOut,
    LoseLink,
    NameOperator,
    RecordRemoteConsent,
    RegainLink,
)
from mr_safety_console.domain.staff import Person
from mr_safety_console.domain.suite_remote import OPERATORS
from mr_safety_console.domain.visit import Visit
from mr_safety_console.domain.words import say

ON_SITE = "on-site"
FREE = "Two questions; no reason is asked for and none is written."
TEMPLATE = f"Template {duties.VERSION}, NOT SITE-APPROVED. Read each row; the other end says its owner."
ROWS_A_PAGE = 12


def more(page: Page, person: Visit) -> None:
    """Offer what is chosen seldom: how often to check in, and the session with a remote operator."""
    acts: dict[str, Callable[[Page, Visit], None]] = {
        "How often to check in": lambda page, person: how_often(page, person.id),
        "Who scans: on site, or a remote operator": who_scans,
        "Consent to remote operation, and to the camera": consents,
        "Read the duty list back": read_duties,
        "Joint time-out": time_out,
    }
    choices = tuple(Choice(words, words) for words in acts)

    def chosen(words: str | None) -> None:
        if words is not None:
            acts[words](page, person)

    page.app.push_screen(ChoiceDialog(page.desk, f"MORE FOR V{person.no}", choices), chosen)


def who_scans(page: Page, person: Visit) -> None:
    """Ask who scans this patient, and for the number of somebody in another place."""
    known = page.desk.view().state.staff.people.values()
    remote = [one for one in known if OPERATORS & set(one.roles)]
    choices = (Choice(ON_SITE, "Somebody on site"), *(Choice(o.id, f"{o.initials} {o.name}") for o in remote))

    def chosen(code: str | None) -> None:
        if code == ON_SITE:
            page.ask(NameOperator(visit=person.id))
        elif code is not None:
            _number(page, person, next(one for one in remote if one.id == code))

    page.app.push_screen(ChoiceDialog(page.desk, f"WHO SCANS V{person.no}?", choices), chosen)


def _number(page: Page, person: Visit, operator: Person) -> None:
    def filled(values: Values | None) -> None:
        if values is not None:
            page.ask(NameOperator(visit=person.id, operator=operator.id, number=values["number"]))

    fields = (Field("number", "Number", "where they are called back", 40),)
    page.app.push_screen(
        FieldsDialog(page.desk, f"{operator.initials} SCANS V{person.no}", fields, (needed("number"),)),
        filled,
    )


def consents(page: Page, person: Visit) -> None:
    """Ask for both consents, one after the other."""

    def operation(said: Consent) -> None:
        _consent(page, "SEEN THERE BY CAMERA?", lambda seen: page.ask(_recorded(person, said, seen)))

    _consent(page, "SCANNED FROM ANOTHER PLACE?", operation)


def _recorded(person: Visit, operation: Consent, visual: Consent) -> Command:
    return RecordRemoteConsent(visit=person.id, operation=operation, visual=visual)


def _consent(page: Page, heading: str, then: Callable[[Consent], None]) -> None:
    choices = tuple(Choice(one, say("consent", one)) for one in (Consent.GIVEN, Consent.REFUSED))

    def chosen(code: str | None) -> None:
        if code is not None:
            then(Consent(code))

    page.app.push_screen(ChoiceDialog(page.desk, heading, choices, FREE), chosen)


def duty_lines() -> tuple[str, ...]:
    """Return the duty list as it is read aloud, one line a row."""
    return tuple(
        f"{one.code} {say('duty', one.code)}: {say('duty-owner', one.owner)}" for one in duties.DUTIES
    )


def read_duties(page: Page, person: Visit, at: int = 0) -> None:
    """Show the list, half at a time; `y` on the last half has it signed."""
    lines = duty_lines()
    here, last = lines[at : at + ROWS_A_PAGE], at + ROWS_A_PAGE >= len(lines)

    def read(said: bool | None) -> None:
        if said and last:
            page.ask(AcceptDuties(visit=person.id, version=duties.VERSION))
        elif said:
            read_duties(page, person, at + ROWS_A_PAGE)

    does = f"both ends said each of these: {'sign' if last else 'the next ones'}"
    page.app.push_screen(DutyDialog(page.desk, "WHO OWNS WHAT", (TEMPLATE, *here), does), read)


class DutyDialog(SureDialog):
    """Half of the duty list, whole on a small terminal."""

    SHEET_ROWS = ROWS_A_PAGE + 4


def time_out(page: Page, person: Visit) -> None:
    """Show what both ends say aloud; `y` has it signed."""
    said = tuple(say("time-out", one) for one in READ_BACK)

    def told(yes: bool | None) -> None:
        if yes:
            page.ask(HoldTimeOut(visit=person.id, said=READ_BACK))

    does = "both ends said all five: sign"
    page.app.push_screen(DutyDialog(page.desk, "JOINT TIME-OUT", said, does), told)


def link(page: Page, person: Visit) -> None:
    """Say that the link is lost, at once; or ask whether it is back."""
    if person.remote.lost is None:
        page.ask(LoseLink(visit=person.id))
        return

    def back(yes: bool | None) -> None:
        if yes:
            page.ask(RegainLink(visit=person.id))

    said = ("Not live before a new joint time-out: Space on Visit.",)
    page.app.push_screen(SureDialog(page.desk, "IS THE LINK BACK?", said, "they are heard again"), back)
