"""The emergency cards: what to do, in order, in at most eight words a line.

They are a starting point for a site's own cards and say so until the entitled role approves them.
No card asks for tools, kit or cylinders to come in; the arrest card never speaks of the field.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

MAX_WORDS = 8
NOT_APPROVED = "NOT SITE-APPROVED"


class EmergencyKind(StrEnum):
    """What an emergency is about; chosen after it has been opened."""

    ARREST = "arrest"
    PROJECTILE = "projectile"
    QUENCH = "quench"
    FIRE = "fire"
    LOW_OXYGEN = "low-oxygen"
    BURN = "burn"
    CONTRAST_REACTION = "contrast-reaction"
    UNAUTHORISED_ENTRY = "unauthorised-entry"
    LINK_LOST = "link-lost"
    OTHER = "other"


LETTERS: dict[str, EmergencyKind] = {
    "c": EmergencyKind.ARREST,
    "p": EmergencyKind.PROJECTILE,
    "q": EmergencyKind.QUENCH,
    "f": EmergencyKind.FIRE,
    "o": EmergencyKind.LOW_OXYGEN,
    "b": EmergencyKind.BURN,
    "r": EmergencyKind.CONTRAST_REACTION,
    "u": EmergencyKind.UNAUTHORISED_ENTRY,
    "l": EmergencyKind.LINK_LOST,
    "x": EmergencyKind.OTHER,
}


@dataclass(frozen=True, slots=True)
class CardStep:
    """One step: its code in the record, its name in reports, its words on the card."""

    id: str
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Card:
    """One card. `removes` tells that the removal clock runs: somebody has to come out."""

    kind: EmergencyKind
    letter: str
    title: str
    steps: tuple[CardStep, ...]
    keep_out: tuple[str, ...]
    never: tuple[str, ...] = ()
    removes: bool = True
    approval: str = NOT_APPROVED


_RECOGNISED = CardStep("E0", "RECOGNISED", "Call out what you see")
_SCAN_STOPPED = CardStep("E1", "SCAN_STOPPED", "Stop the scan")
_HELP_CALLED = CardStep("E2", "HELP_CALLED", "Call help; hear it read back")
_TABLE_OUT = CardStep("E3", "TABLE_OUT", "Bring the table out")
_LINES_OFF = CardStep("E4", "LINES_OFF", "Free monitor leads, wall oxygen, infusions")
_PATIENT_OUT = CardStep("E6", "PATIENT_OUT_IV", "Take the patient out of the room")
_DOOR_GUARDED = CardStep("E7", "IV_DOOR_GUARDED", "Shut, lock and guard the room door")
_MAGNET_SAFE = CardStep("E8", "AT_MAGNET_SAFE_LOCATION", "Reach the magnet-safe location")
_TEAM_ARRIVED = CardStep("E9", "TEAM_ARRIVED", "Meet the team outside the door")
_HANDED_OVER = CardStep("E10", "HANDED_OVER", "Hand the patient over")
_RECONCILED = CardStep("E11", "ROOM_RECONCILED", "Count heads and kit by eye")

_CRASH_KIT = ("defibrillator", "oxygen cylinder", "laryngoscope", "crash trolley", "stethoscope", "scope")
_TOOLS = ("tools", "ladders", "trolleys", "oxygen cylinder", "keys and phones")
_CREW_KIT = ("axes", "air tanks", "guns and belts", "steel extinguishers", "oxygen cylinder")

ARREST = Card(
    kind=EmergencyKind.ARREST,
    letter="c",
    title="COLLAPSE OR ARREST",
    steps=(
        _RECOGNISED,
        _SCAN_STOPPED,
        _HELP_CALLED,
        _TABLE_OUT,
        _LINES_OFF,
        CardStep("E5", "CPR_STARTED", "Start compressions, also while moving"),
        _PATIENT_OUT,
        _DOOR_GUARDED,
        _MAGNET_SAFE,
        _TEAM_ARRIVED,
        _HANDED_OVER,
        _RECONCILED,
    ),
    keep_out=_CRASH_KIT,
    never=("Hold the crash team at the line",),
)

PROJECTILE = Card(
    kind=EmergencyKind.PROJECTILE,
    letter="p",
    title="PROJECTILE OR ENTRAPMENT",
    steps=(
        _RECOGNISED,
        _SCAN_STOPPED,
        CardStep("P2", "ENTRY_STOPPED", "Stop anyone going in with tools"),
        CardStep("P3", "PERSON_CHECKED", "Ask: pinned, bleeding, unconscious, limb cold?"),
        _HELP_CALLED,
        CardStep("P5", "SLID_OUT_FLAT", "Slide the free patient out, flat, slowly"),
        _PATIENT_OUT,
        CardStep("P7", "SCENE_KEPT", "Leave the object; pull nothing by hand"),
        _DOOR_GUARDED,
        _RECONCILED,
    ),
    keep_out=_TOOLS,
    never=("Pinned and cannot be freed: open card q",),
)

QUENCH = Card(
    kind=EmergencyKind.QUENCH,
    letter="q",
    title="QUENCH",
    steps=(
        _RECOGNISED,
        CardStep("Q1", "PEOPLE_OUT", "Open doors early; get everyone out"),
        CardStep("Q2", "PRESSED_OR_SEEN", "Record who pressed, or who saw it"),
        CardStep("Q3", "VENT_OBSERVED", "Look: does the plume leave outside?"),
        CardStep("Q4", "ROOM_EMPTY", "Count heads: room empty by eye"),
        CardStep("Q5", "ACCESS_BARRED", "Bar the door: guard and sign"),
        CardStep("Q6", "O2_READING", "Read the oxygen; write it down"),
        CardStep("Q7", "FIELD_MEASURED", "Write down any field reading"),
        CardStep("Q8", "ENGINEER_ON_SITE", "Meet the engineer"),
        _HELP_CALLED,
        _RECONCILED,
    ),
    keep_out=(*_CREW_KIT, *_CRASH_KIT[2:5]),
    never=("Treat the field as PRESENT", "Keep low if white cloud fills the room"),
)

FIRE = Card(
    kind=EmergencyKind.FIRE,
    letter="f",
    title="FIRE",
    steps=(
        _RECOGNISED,
        _SCAN_STOPPED,
        _PATIENT_OUT,
        CardStep("F3", "ALARM_RAISED", "Raise the fire alarm"),
        _HELP_CALLED,
        CardStep("F5", "POWER_OFF", "Press power-off; the FIELD STAYS ON"),
        _DOOR_GUARDED,
        CardStep("F7", "CREW_BRIEFED", "Brief the crew before the door"),
        _RECONCILED,
    ),
    keep_out=_CREW_KIT,
    never=("Use only an extinguisher labelled MR Conditional",),
)

LOW_OXYGEN = Card(
    kind=EmergencyKind.LOW_OXYGEN,
    letter="o",
    title="LOW OXYGEN",
    steps=(
        _RECOGNISED,
        _SCAN_STOPPED,
        CardStep("O2", "DOORS_OPENED", "Open the doors; switch the fan on"),
        _PATIENT_OUT,
        CardStep("O4", "ROOM_LEFT", "Get everyone out; keep low"),
        _HELP_CALLED,
        CardStep("O6", "ACCESS_BARRED", "Bar the door: guard and sign"),
        _RECONCILED,
    ),
    keep_out=_CRASH_KIT,
    never=("Trust your eyes before the sensor",),
)

BURN = Card(
    kind=EmergencyKind.BURN,
    letter="b",
    title="BURN OR HEAT",
    steps=(
        _RECOGNISED,
        _SCAN_STOPPED,
        _TABLE_OUT,
        _PATIENT_OUT,
        _HELP_CALLED,
        CardStep("B5", "SKIN_INSPECTED", "Look at the whole skin"),
        CardStep("B6", "COOLED", "Cool it; clinician dresses the burn"),
        CardStep("B7", "SCENE_KEPT", "Keep coil, leads, pads as they lie"),
        _RECONCILED,
    ),
    keep_out=_CRASH_KIT,
)

CONTRAST = Card(
    kind=EmergencyKind.CONTRAST_REACTION,
    letter="r",
    title="CONTRAST REACTION",
    steps=(
        _RECOGNISED,
        CardStep("R1", "INJECTION_STOPPED", "Stop injection and scan; keep the line"),
        _TABLE_OUT,
        _PATIENT_OUT,
        _HELP_CALLED,
        CardStep("R5", "KIT_BROUGHT", "Bring the reaction kit to the patient"),
        _DOOR_GUARDED,
        _HANDED_OVER,
        _RECONCILED,
    ),
    keep_out=_CRASH_KIT,
)

UNAUTHORISED = Card(
    kind=EmergencyKind.UNAUTHORISED_ENTRY,
    letter="u",
    title="UNAUTHORISED ENTRY",
    steps=(
        _RECOGNISED,
        CardStep("U1", "CHALLENGED", "Shout: stop, stand still, come back"),
        _SCAN_STOPPED,
        CardStep("U3", "BROUGHT_OUT", "Bring the person out"),
        _DOOR_GUARDED,
        _HELP_CALLED,
        _RECONCILED,
    ),
    keep_out=_TOOLS,
    never=("Lock nobody in",),
    removes=False,
)

LINK_LOST = Card(
    kind=EmergencyKind.LINK_LOST,
    letter="l",
    title="REMOTE LINK LOST",
    steps=(
        _RECOGNISED,
        CardStep("L1", "PATIENT_SPOKEN_TO", "Speak to the patient first"),
        _SCAN_STOPPED,
        CardStep("L3", "INJECTION_STOPPED", "Stop any injection"),
        CardStep("L4", "REMOTE_CALLED", "Call the remote operator by phone"),
        _TABLE_OUT,
        _RECONCILED,
    ),
    keep_out=_TOOLS,
    removes=False,
)

OTHER = Card(
    kind=EmergencyKind.OTHER,
    letter="x",
    title="OTHER EMERGENCY",
    steps=(
        _RECOGNISED,
        _SCAN_STOPPED,
        _HELP_CALLED,
        _TABLE_OUT,
        _LINES_OFF,
        _PATIENT_OUT,
        _DOOR_GUARDED,
        _HANDED_OVER,
        _RECONCILED,
    ),
    keep_out=_CRASH_KIT,
)

CARDS: dict[EmergencyKind, Card] = {
    card.kind: card
    for card in (
        ARREST,
        PROJECTILE,
        QUENCH,
        FIRE,
        LOW_OXYGEN,
        BURN,
        CONTRAST,
        UNAUTHORISED,
        LINK_LOST,
        OTHER,
    )
}

_FIELD_WORDS = re.compile(r"quench|magnet stop|field|helium|ramp", re.IGNORECASE)
_PROMISES = re.compile(r"\b(safe|clear|cleared|ok|good|proceed)\b", re.IGNORECASE)
_LABELS = re.compile(r"magnet-safe location|MR (Safe|Conditional|Unsafe)", re.IGNORECASE)


def lines_of(card: Card) -> tuple[str, ...]:
    """Return every line a person reads on a card."""
    return (card.title, *(step.words for step in card.steps), *card.keep_out, *card.never)


def lint_card(card: Card) -> tuple[str, ...]:
    """Return what is wrong with a card, one sentence a fault; nothing when it may be shown."""
    faults = []
    for line in lines_of(card):
        if len(line.split()) > MAX_WORDS:
            faults.append(f"{card.letter}: more than {MAX_WORDS} words: {line!r}")
        if _PROMISES.search(_LABELS.sub("", line)):
            faults.append(f"{card.letter}: promises something nobody can know: {line!r}")
        if card.kind is EmergencyKind.ARREST and _FIELD_WORDS.search(line):
            faults.append(f"{card.letter}: speaks of the field: {line!r}")
    ids = [step.id for step in card.steps]
    if len(set(ids)) != len(ids):
        faults.append(f"{card.letter}: a step code stands twice")
    if ids[:1] != ["E0"] or ids[-1:] != ["E11"]:
        faults.append(f"{card.letter}: must begin with E0 and end with E11")
    if not card.keep_out:
        faults.append(f"{card.letter}: the keep-out list is empty")
    return tuple(faults)
