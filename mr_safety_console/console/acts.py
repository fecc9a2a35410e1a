"""Acts that several screens share: open a visit, acknowledge, count, cross, write a note."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date

from mr_safety_console.console.dialogs.choice import Choice, ChoiceDialog
from mr_safety_console.console.dialogs.fields import Field, FieldsDialog, Values, needed, whole
from mr_safety_console.console.page import Page
from mr_safety_console.console.present import readiness
from mr_safety_console.console.present.rows import row
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain import alarms, suite_offers
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.notes import WriteNote
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.roster import CloseShift
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.visit_facts import (
    PATIENT,
    CloseVisit,
    CountStaff,
    EnterZoneIV,
    LeaveZoneIV,
    OpenVisit,
    StartCheck,
)
from mr_safety_console.domain.words import say
from mr_safety_console.engine.face import Accepted

MOST_HEADS = 99
SAME_PRESS_NS = 500_000_000
"""Two presses within this are one: nobody has read the alarm that took the place of the first."""
NOT_SEEN = Refused(
    "alarm-newer",
    "Another alarm came up as you pressed.",
    "Whoever is signed on.",
    "Look at it, then press again.",
)
NO_ALARM = Refused("alarm-gone", "No alarm waits for an answer.", "Nobody needs to.", "Go on.")


def new_visit(page: Page, category: str = PATIENT) -> None:
    """Ask for name, birth date and exam, then open the visit and go to it."""
    fields = (
        Field("name", "Name", "family name, given names"),
        Field("birth", "Birth date", "YYYY-MM-DD", 10),
        Field("exam", "Exam", "what is scanned"),
    )
    heading = "NEW VISIT" if category == PATIENT else "NEW VISIT OF A COMPANION"
    before = set(page.desk.view().state.visits.open)

    def opened(_: Accepted) -> None:
        new = [visit for visit in page.desk.parts.face.state.shown.visits.open if visit not in before]
        page.desk.selected = new[-1] if new else page.desk.selected
        page.desk.go("visit")

    def filled(values: Values | None) -> None:
        if values is not None:
            asked = OpenVisit(
                name=values["name"], birth_date=values["birth"], exam=values["exam"], category=category
            )
            page.ask(asked, opened)

    said = (row(("Nothing is carried over from any other visit.", Tone.FAINT)),)
    page.app.push_screen(
        FieldsDialog(page.desk, heading, fields, (needed("name", "birth"), date_written), said), filled
    )


def date_written(values: Values) -> Refused | None:
    """Say what is wrong with the birth date as written, if anything."""
    wrong = "The birth date is not written as YYYY-MM-DD."
    parts = values["birth"].split("-")
    if [len(part) for part in parts] == [4, 2, 2] and all(part.isdecimal() for part in parts):
        with suppress(ValueError):
            date(*map(int, parts))
            return None
        wrong = "The birth date is no day of the calendar."
    return Refused(
        "birth-date",
        wrong,
        "The patient or the request.",
        "Write year, month and day with hyphens: 1970-12-31.",
    )


_WITHOUT_SCAN = (
    Choice("not-scanned", say("outcome", "not-scanned")),
    Choice("refused", say("outcome", "refused")),
)


def closed_early(page: Page, command: Command) -> bool:
    """Ask why before a visit is closed without a scan; False for any other act.

    One stray key must not file an interview and its lists away: a new visit begins blank.
    """
    if not isinstance(command, CloseVisit) or command.outcome == "completed":
        return False
    view = page.desk.view()
    person = view.state.visits.open[command.visit]

    def chosen(outcome: str | None) -> None:
        if outcome is not None:
            page.ask(CloseVisit(visit=command.visit, outcome=outcome))

    heading = f"CLOSE V{person.no} {view.private(person.name)} WITHOUT A SCAN"
    hint = "Interview and lists are filed; a new visit begins blank. Esc keeps it open."
    page.app.push_screen(ChoiceDialog(page.desk, heading, _WITHOUT_SCAN, hint), chosen)
    return True


def acknowledge(page: Page, alarm: alarms.Alarm) -> None:
    """Answer for one alarm as it was drawn; the second half of a double press answers nothing more."""
    desk, now = page.desk, page.desk.parts.clock.now().bt
    last, at = desk.acknowledged
    if last and 0 <= now - at < SAME_PRESS_NS:
        if alarm.id != last:
            page.why.refuse(NOT_SEEN)
        return

    def accepted(_: Accepted) -> None:
        desk.acknowledged = alarm.id, now

    page.ask(alarms.AcknowledgeAlarm(alarm=alarm.id, instance=alarm.instance), accepted)


def acknowledge_first(page: Page) -> None:
    """Answer for the alarm that stood on top and waited when the alarm line was drawn."""
    waiting = [alarm for alarm in page.seen_alarms if not alarm.answered]
    if waiting:
        acknowledge(page, waiting[0])
    else:
        nothing_seen(page)


def nothing_seen(page: Page) -> None:
    """Say that nothing waits, or that what waits has not been drawn yet."""
    came = any(not alarm.answered for alarm in page.desk.view().state.alarms.open.values())
    page.why.refuse(NOT_SEEN if came else NO_ALARM)


def write_note(page: Page, about: str = "") -> None:
    """Ask for a note and record it."""

    def filled(values: Values | None) -> None:
        if values is not None:
            page.ask(WriteNote(text=values["note"], about=about))

    fields = (Field("note", "Note", "", 1_000),)
    page.app.push_screen(FieldsDialog(page.desk, "NOTE FOR THE RECORD", fields, (needed("note"),)), filled)


@frozen
class Count:
    """What is counted by eye for an act, and the act that follows from the number."""

    heading: str
    label: str
    said: str
    act: Callable[[int], Command]


def count_of(command: Command) -> Count | None:
    """Return the count an act needs, or None; the number an offer carries is never taken over."""
    match command:
        case StartCheck(visit=visit):
            said = "Look into the room and count every person, patient and staff."
            return Count(
                "START CHECK", "Heads in the magnet room", said, lambda n: StartCheck(visit=visit, heads=n)
            )
        case EnterZoneIV(visit=visit, anyway=anyway):
            said = "At least one member of staff goes in; count those without a name on People (ctrl+g)."
            if anyway:
                said = "Recorded as NOT CLEARED, with a High alarm. Count the staff beside the patient."
            return Count(
                "GOING IN", "Staff who go in with them", said,
                lambda n: EnterZoneIV(visit=visit, staff=n, anyway=anyway),
            )  # fmt: skip
        case LeaveZoneIV(visit=visit):
            said = "The patient is out. Count who is still in the magnet room."
            return Count(
                "COMING OUT", "Staff who stay in the room", said,
                lambda n: LeaveZoneIV(visit=visit, staff_inside=n),
            )  # fmt: skip
        case CountStaff():
            said = "Look into the room and count the members of staff."
            return Count(
                "STAFF IN THE ROOM", "Staff in the magnet room", said, lambda n: CountStaff(staff_inside=n)
            )
        case _:
            return None


def counted(page: Page, command: Command) -> bool:
    """Ask for the count an act needs, made by eye, and give it; False when the act needs none."""
    count = count_of(command)
    if count is None:
        return False
    fields = (Field("number", count.label, "a number, counted by eye", 2),)
    checks = (whole("number", 0, MOST_HEADS),)

    def given(values: Values | None) -> None:
        if values is not None:
            page.ask(count.act(int(values["number"])))

    page.app.push_screen(FieldsDialog(page.desk, count.heading, fields, checks, (row(count.said),)), given)
    return True


def close_shift(page: Page) -> None:
    """Ask for the heads in the magnet room, then close the shift; what keeps it open is told at once."""
    view = page.desk.view()
    why = suite_offers.offer(view.state, "", CloseShift(), view.ctx).refused
    if why is None or why.rule != "shift-not-counted":
        page.ask(CloseShift())
        return
    said = (
        row("Look into the room and count every person. The door is closed and nobody goes in."),
        row("From then on nobody is rostered: any opening of the Zone IV door is a High alarm."),
        *readiness.waiver_rows(view),
    )
    fields = (Field("number", "Heads in the magnet room", "a number, counted by eye", 2),)
    checks = (whole("number", 0, MOST_HEADS),)

    def given(values: Values | None) -> None:
        if values is not None:
            page.ask(CloseShift(heads=int(values["number"])))

    heading = "CLOSE THE SHIFT, NOBODY FOLLOWS"
    page.app.push_screen(FieldsDialog(page.desk, heading, fields, checks, said), given)
