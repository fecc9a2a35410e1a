"""Acts that several screens share: open a visit, acknowledge, count, cross, write a note."""

from __future__ import annotations

from mr_safety_console.console.dialogs.fields import Field, FieldsDialog, Values, needed, whole
from mr_safety_console.console.page import Page
from mr_safety_console.console.present.rows import row
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain import alarms
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.notes import WriteNote
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.visit_facts import EnterZoneIV, LeaveZoneIV, OpenVisit, StartCheck
from mr_safety_console.engine.face import Accepted

MOST_HEADS = 99
NO_ALARM = Refused("alarm-gone", "No alarm waits for an answer.", "Nobody needs to.", "Go on.")


def new_visit(page: Page) -> None:
    """Ask for name, birth date and exam, then open the visit and go to it."""
    fields = (
        Field("name", "Name", "family name, given names"),
        Field("birth", "Birth date", "YYYY-MM-DD", 10),
        Field("exam", "Exam", "what is scanned"),
    )
    before = set(page.desk.view().state.visits.open)

    def opened(_: Accepted) -> None:
        new = [visit for visit in page.desk.parts.face.state.shown.visits.open if visit not in before]
        page.desk.selected = new[-1] if new else page.desk.selected
        page.desk.go("visit")

    def filled(values: Values | None) -> None:
        if values is not None:
            asked = OpenVisit(name=values["name"], birth_date=values["birth"], exam=values["exam"])
            page.ask(asked, opened)

    said = (row(("Nothing is carried over from any other visit.", Tone.FAINT)),)
    page.app.push_screen(
        FieldsDialog(page.desk, "NEW VISIT", fields, (needed("name", "birth"), _date), said), filled
    )


def _date(values: Values) -> Refused | None:
    parts = values["birth"].split("-")
    if [len(part) for part in parts] == [4, 2, 2] and all(part.isdecimal() for part in parts):
        return None
    return Refused(
        "birth-date",
        "The birth date is not written as YYYY-MM-DD.",
        "The patient or the request.",
        "Write year, month and day with hyphens: 1970-12-31.",
    )


def acknowledge(page: Page, alarm: alarms.Alarm) -> None:
    """Answer for one alarm, as it was seen."""
    page.ask(alarms.AcknowledgeAlarm(alarm=alarm.id, instance=alarm.instance))


def acknowledge_first(page: Page) -> None:
    """Answer for the alarm that stands on top and waits."""
    waiting = [alarm for alarm in alarms.ranked(page.desk.view().state.alarms) if not alarm.answered]
    if waiting:
        acknowledge(page, waiting[0])
    else:
        page.why.refuse(NO_ALARM)


def write_note(page: Page, about: str = "") -> None:
    """Ask for a note and record it."""

    def filled(values: Values | None) -> None:
        if values is not None:
            page.ask(WriteNote(text=values["note"], about=about))

    fields = (Field("note", "Note", "", 1_000),)
    page.app.push_screen(FieldsDialog(page.desk, "NOTE FOR THE RECORD", fields, (needed("note"),)), filled)


def counted(page: Page, command: Command) -> bool:
    """Ask for the count an act needs, made by eye, and give it; False when the act needs none."""
    match command:
        case StartCheck(visit=visit):
            heading, label = "START CHECK", "Heads in the magnet room"
            said = "Look into the room and count every person, patient and staff."

            def act(number: int) -> Command:
                return StartCheck(visit=visit, heads=number)
        case EnterZoneIV(visit=visit):
            heading, label = "GOING IN", "Staff going in with the patient"
            said = "At least one member of staff goes in with the patient."

            def act(number: int) -> Command:
                return EnterZoneIV(visit=visit, staff=number)
        case LeaveZoneIV(visit=visit):
            heading, label = "COMING OUT", "Staff who stay in the room"
            said = "The patient is out. Count who is still in the magnet room."

            def act(number: int) -> Command:
                return LeaveZoneIV(visit=visit, staff_inside=number)
        case _:
            return False
    fields = (Field("number", label, "a number, counted by eye", 2),)
    dialog = FieldsDialog(page.desk, heading, fields, (whole("number", 0, MOST_HEADS),), (row(said),))
    page.app.push_screen(dialog, lambda values: page.ask(act(int(values["number"]))) if values else None)
    return True
