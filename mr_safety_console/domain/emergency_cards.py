"""The emergency cards: what to do, in order, in at most eight words a line.

They are a starting point for a site's own cards and say so until the entitled role approves them.
No card asks for tools, kit or cylinders to come in; the arrest card never speaks of the field.
"""

from __future__ import annotations

from mr_safety_console.domain.emergency_kinds import (
    LETTERS,
    NOT_APPROVED,
    Card,
    CardStep,
    EmergencyKind,
    lines_of,
    lint_card,
)

__all__ = [
    "CARDS",
    "LETTERS",
    "NOT_APPROVED",
    "Card",
    "CardStep",
    "EmergencyKind",
    "lines_of",
    "lint_card",
]

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
