"""The dialogs of a device: written down, its label and conditions, what is set for the scan and set back."""

from __future__ import annotations

from mr_safety_console.console.dialogs.choice import Choice, ChoiceDialog
from mr_safety_console.console.dialogs.fields import Field, Values, needed
from mr_safety_console.console.page import Page
from mr_safety_console.console.present.rows import row
from mr_safety_console.console.theme import Tone
from mr_safety_console.console.writing import day_or_blank, write_down
from mr_safety_console.domain.device_actions import (
    ActionSort,
    CloseDeviceAction,
    DeviceAction,
    OpenDeviceAction,
)
from mr_safety_console.domain.implant_acts import (
    RecordDevice,
    TranscribeLabel,
    WithdrawDevice,
    WriteCondition,
)
from mr_safety_console.domain.implant_conditions import spellings
from mr_safety_console.domain.implant_facts import Abandoned, Labelling, Part
from mr_safety_console.domain.implant_kinds import CHOICES, KINDS, Sort
from mr_safety_console.domain.implants import Implant, VisitDevices
from mr_safety_console.domain.implants_desk import LONGEST_TEXT
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.udi import Udi
from mr_safety_console.domain.visit import Visit
from mr_safety_console.domain.words import say

UNKNOWN_SYSTEM = "?"
PAPER = row(("From a document, never from memory. What is not known stays blank.", Tone.FAINT))
OWN_WORDS = row(("Name the document and write the figures; do not copy its text.", Tone.FAINT))


def new_device(page: Page, person: Visit, known: VisitDevices, read: Udi | None = None) -> None:
    """Ask whether it is a device or a lead, and of what; then for its particulars."""
    owners = [one for one in known.devices.values() if one.part is Part.DEVICE]
    leads = tuple(
        Choice(one.id, f"A lead of D{one.no} {page.desk.view().private(one.what)}") for one in owners
    )
    lost = Choice(UNKNOWN_SYSTEM, "A lead of nobody knows what")
    choices = (Choice(Part.DEVICE, "A device or implant"), *leads, lost)

    def chosen(of: str | None) -> None:
        if of == Part.DEVICE:
            _particulars(page, person, {}, read)
        elif of is not None:
            _abandoned(page, person, "" if of == UNKNOWN_SYSTEM else of, read)

    page.app.push_screen(ChoiceDialog(page.desk, "WHAT IS WRITTEN DOWN?", choices), chosen)


def _abandoned(page: Page, person: Visit, of: str, read: Udi | None) -> None:
    choices = tuple(Choice(one, say("abandoned", one)) for one in Abandoned)

    def chosen(state: str | None) -> None:
        if state is not None:
            _particulars(page, person, {"part": Part.LEAD, "of": of, "abandoned": state}, read)

    page.app.push_screen(ChoiceDialog(page.desk, "IS THE LEAD CONNECTED?", choices), chosen)


def _particulars(page: Page, person: Visit, lead: dict[str, str], read: Udi | None) -> None:
    fields = [
        Field("what", "What it is", "pacemaker, clip, shunt …", LONGEST_TEXT),
        Field("maker", "Maker", "", LONGEST_TEXT),
        Field("model", "Model", "name and number", LONGEST_TEXT),
        *(
            ()
            if read and (read.serial or read.lot)
            else (Field("serial", "Serial or lot", "", LONGEST_TEXT),)
        ),
        Field("implanted", "Implanted", "YYYY-MM-DD, or nothing", 10),
        Field("site", "Where", "side, region", LONGEST_TEXT),
        Field("read_from", "Read from", "card, operation note, label; or nothing", LONGEST_TEXT),
    ]

    def made(values: Values) -> RecordDevice:
        return RecordDevice(visit=person.id, **lead, **_read(read), **values)

    said = (PAPER, *((row(f"Bar code: {_told(read)}"),) if read else ()))
    heading = "A LEAD" if lead else "A DEVICE"
    write_down(page, heading, tuple(fields), made, (needed("what"), day_or_blank("implanted")), said)


def _read(read: Udi | None) -> dict[str, str]:
    """Return what a bar code says of a device: its number, and serial or lot where it has them."""
    if read is None:
        return {}
    serial = ", ".join(part for part in (read.serial, f"lot {read.lot}" if read.lot else "") if part)
    return {"di": read.di, **({"serial": serial} if serial else {})}


def _told(read: Udi) -> str:
    told = {"DI": read.di, "serial": read.serial, "lot": read.lot, "made": read.made, "expires": read.expires}
    return ", ".join(f"{name} {text}" for name, text in told.items() if text)


def scanned(page: Page, person: Visit, text: str) -> None:
    """Read a bar code and begin a device with it; what it does not say is asked."""

    def read(found: Udi | Refused) -> None:
        if isinstance(found, Refused):
            page.why.refuse(found)
        else:
            new_device(page, person, page.desk.view().state.implants.of(person.id), found)

    page.desk.read_label(text, read)


def labelling(page: Page, person: Visit, device: Implant) -> None:
    """Ask what the labelling says and where that stands."""
    choices = tuple(Choice(code, say("labelling", code)) for code in Labelling)

    def chosen(said: str | None) -> None:
        if said is not None:
            _document(page, person, device, said)

    heading = f"D{device.no}: WHAT DOES ITS LABELLING SAY?"
    hint = "Read it in the maker's document. Its conditions are written anew after it."
    page.app.push_screen(ChoiceDialog(page.desk, heading, choices, hint), chosen)


def _document(page: Page, person: Visit, device: Implant, said: str) -> None:
    fields = (
        Field("document", "Document", "title or number, page", LONGEST_TEXT),
        Field("revision", "Revision", "as printed", LONGEST_TEXT),
        Field("dated", "Dated", "as printed", LONGEST_TEXT),
    )

    def made(values: Values) -> TranscribeLabel:
        return TranscribeLabel(visit=person.id, device=device.id, labelling=said, **values)

    heading = f"D{device.no}: {say('labelling', said)}"
    write_down(page, heading, fields, made, (), (OWN_WORDS,))


def condition(page: Page, person: Visit, device: Implant) -> None:
    """Ask which condition the label states, and how it is printed."""
    choices = tuple(Choice(code, say("condition", code)) for code in KINDS)

    def chosen(code: str | None) -> None:
        if code is not None:
            _printed(page, person, device, code)

    page.app.push_screen(ChoiceDialog(page.desk, f"D{device.no}: WHICH CONDITION?", choices), chosen)


def _printed(page: Page, person: Visit, device: Implant, code: str) -> None:
    def made(values: Values) -> WriteCondition:
        return WriteCondition(visit=person.id, device=device.id, code=code, printed=values["printed"])

    field = Field("printed", "As printed", "", LONGEST_TEXT)
    said = (OWN_WORDS, row(_hint(code)))
    write_down(page, f"D{device.no}: {say('condition', code)}", (field,), made, (), said)


def _hint(code: str) -> str:
    """Return how a condition is written so that it can be compared."""
    if code == "b0":
        return "1.5 T, 3 T; or: up to 3 T"
    if KINDS[code].sort is Sort.WORDS:
        return "in few words"
    return ", ".join(CHOICES[code]) if code in CHOICES else f"figure and unit: {', '.join(spellings(code))}"


def set_for_scan(page: Page, person: Visit, device: Implant) -> None:
    """Ask what was done to the device, and the setting it had."""
    choices = tuple(Choice(code, say("device-action", code)) for code in ActionSort)

    def chosen(sort: str | None) -> None:
        if sort is None:
            return

        def made(values: Values) -> OpenDeviceAction:
            return OpenDeviceAction(visit=person.id, device=device.id, sort=sort, before=values["before"])

        field = Field("before", "Setting before", "as read from the device", LONGEST_TEXT)
        heading = f"D{device.no}: {say('device-action', sort).upper()}"
        write_down(page, heading, (field,), made, (needed("before"),))

    page.app.push_screen(ChoiceDialog(page.desk, f"D{device.no}: WHAT IS SET FOR THE SCAN?", choices), chosen)


def set_back(page: Page, person: Visit, action: DeviceAction) -> None:
    """Ask what was read from the device afterwards; then somebody signs."""

    def made(values: Values) -> CloseDeviceAction:
        return CloseDeviceAction(visit=person.id, action=action.id, after=values["after"])

    field = Field("after", "Read afterwards", "mode or setting, by whom", LONGEST_TEXT)
    before = page.desk.view().private(action.before)
    said = (row(f"Before: {before}"),) if action.before else ()
    heading = f"D{action.device_no}: {say('device-action', action.sort).upper()} SET BACK"
    write_down(page, heading, (field,), made, (needed("after"),), said)


def withdraw(page: Page, person: Visit, device: Implant) -> None:
    """Ask why a device does not count; it stays in the record."""

    def made(values: Values) -> WithdrawDevice:
        return WithdrawDevice(visit=person.id, device=device.id, reason=values["reason"])

    field = Field("reason", "Why", "whose card it was, or what was mistaken", LONGEST_TEXT)
    heading = f"D{device.no}: WRITTEN DOWN IN ERROR"
    write_down(page, heading, (field,), made, (needed("reason"),))
