"""Every alarm the console can raise, one line a point: its priority, and whether it is technical."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType

from mr_safety_console.domain.value import frozen


class Priority(IntEnum):
    """Low cyan steady, Medium amber 0.6 Hz, High red 2 Hz."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3


@frozen
class AlarmRule:
    """One alarm: `technical` means about the equipment, not about iron or an open door.

    `momentary` alarms tell of something that happened once and is not present any more.
    `rises_s` lists (seconds after it began, priority from then on) for alarms left to themselves;
    `repeats_s` is how long after its acknowledgement one rings again whose condition still stands.
    `lasting`: saying what it was ends no reminder of it; only the end of the condition does.
    """

    rule: str
    priority: Priority
    technical: bool = False
    momentary: bool = False
    rises_s: tuple[tuple[int, Priority], ...] = ()
    dispositions: tuple[str, ...] = ()
    repeats_s: int = 0
    lasting: bool = False


FERROUS = (
    "object-found",
    "nuisance-door",
    "nuisance-environment",
    "nuisance-equipment",
    "body-worn-unremovable",
    "implant-suspected",
    "unknown",
    "patient-worn",
    "staff-item",
)
DOOR = (
    "staff-crossing",
    "transit-not-announced",
    "unauthorised-entry",
    "door-fault",
    "unknown",
    "equipment-moved",
)
CHECKIN = ("spoken-late", "scan-was-over", "unknown")
SILENT = ("answered-since", "brought-out", "scan-was-over", "unknown")
HEAT = ("scan-stopped", "brought-out", "unknown")
PAUSED = ("physician-called", "scan-stopped", "unknown")
OBSERVED = ("looked-at-late", "patient-left", "unknown")
LINK = ("link-back", "scanned-on-site", "unknown")
KIT = ("kit-taken-out", "kit-belongs-there")
ITEMS = ("item-taken-out", "item-found-inside", "record-was-wrong", "unknown")
VOID = ("brought-out", "begun-anew", "unknown")
HEADS = ("counted-again", "left-unrecorded", "unknown")
ESCORT = ("escort-back", "person-out", "handed-over", "unknown")
COUNTS = ("entered-unrecorded", "left-unrecorded", "counted-wrong", "unknown")
LOST = ("found-again", "unknown")
DEVICE = ("device-set-back", "clinic-on-the-way", "unknown")
OVERSTAYED = ("leave-renewed", "person-out", "unknown")
PERMIT = ("work-over", "unknown")
TOOLS = ("tool-found", "counted-again", "unknown")
SOUND = ("cable-or-power", "player-mended", "bell-only-agreed", "planned-work", "unknown")
OXYGEN = ("air-brought-in", "monitor-fault", "test-gas", "unknown")
TECHNICAL = ("cable-or-power", "device-replaced", "planned-work", "unknown")

IRON_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "patient-worn": "p",
        "staff-item": "s",
        "nuisance-equipment": "e",
        "nuisance-door": "d",
        "unknown": "u",
    }
)
"""The five plain causes of a detector alarm, one key each."""
DOOR_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "transit-not-announced": "p",
        "staff-crossing": "s",
        "equipment-moved": "e",
        "door-fault": "d",
        "unknown": "u",
    }
)
"""The same five of an opening or a passage nobody announced."""

RULES: Mapping[str, AlarmRule] = MappingProxyType(
    {
        rule.rule: rule
        for rule in (
            # The detector at the magnet room's door: High unless the door is proved closed and
            # nobody is in transit inwards. No door movement ever suppresses it.
            AlarmRule("ferrous-entry", Priority.HIGH, dispositions=FERROUS),
            AlarmRule("ferrous-approach", Priority.MEDIUM, dispositions=FERROUS),
            AlarmRule("detector-lost", Priority.MEDIUM, technical=True, dispositions=TECHNICAL),
            AlarmRule("detector-lost-in-transit", Priority.HIGH, technical=True, dispositions=TECHNICAL),
            AlarmRule("door-lost", Priority.HIGH, technical=True, dispositions=TECHNICAL),
            # The magnet room's door opened and nobody had announced a transit.
            AlarmRule("door-unannounced-occupied", Priority.HIGH, dispositions=DOOR, repeats_s=30),
            AlarmRule(
                "door-unannounced",
                Priority.MEDIUM,
                rises_s=((15, Priority.HIGH),),
                dispositions=DOOR,
                repeats_s=30,
            ),
            # Opened while a scan is recorded or presumed: nothing excuses it.
            AlarmRule("door-during-scan", Priority.HIGH, dispositions=DOOR, repeats_s=30),
            # Opened, or standing open, while nobody is rostered.
            AlarmRule("door-unrostered", Priority.HIGH, dispositions=DOOR, repeats_s=30),
            AlarmRule(
                "zone-iii-unrostered", Priority.MEDIUM, rises_s=((30, Priority.HIGH),), dispositions=DOOR
            ),
            # Opened for an announced transit and still open.
            AlarmRule(
                "door-held-open",
                Priority.MEDIUM,
                rises_s=((40, Priority.HIGH),),
                dispositions=DOOR,
                lasting=True,
            ),
            # Opened by nobody announced while a named person keeps the door.
            AlarmRule("door-kept-open", Priority.MEDIUM, dispositions=DOOR, lasting=True),
            # A door into Zone III, whoever opened it.
            AlarmRule(
                "zone-iii-door-open", Priority.MEDIUM, rises_s=((30, Priority.HIGH),), dispositions=DOOR
            ),
            # An oxygen monitor: at or below 19.5 %, at or below 18.0 % or a relay, enriched, not heard.
            AlarmRule("oxygen-low", Priority.MEDIUM, dispositions=OXYGEN),
            AlarmRule("oxygen-alarm", Priority.HIGH, dispositions=OXYGEN),
            AlarmRule("oxygen-high", Priority.HIGH, dispositions=OXYGEN),
            AlarmRule("oxygen-lost", Priority.HIGH, technical=True, dispositions=TECHNICAL),
            AlarmRule("entered-in-emergency", Priority.HIGH, momentary=True, dispositions=DOOR),
            AlarmRule("entered-uncleared", Priority.HIGH, momentary=True, dispositions=DOOR),
            # Somebody is inside whose clearance was for another person, magnet or field.
            AlarmRule("clearance-void", Priority.HIGH, momentary=True, dispositions=VOID),
            # A scan is presumed and nobody has spoken with the patient for the site's time.
            # It rings again: somebody silent in the scanner is not heard by an acknowledgement.
            AlarmRule("checkin-due", Priority.MEDIUM, dispositions=CHECKIN, repeats_s=60),
            # It became late, and then nobody made it at all: whoever is near stops the scan and looks.
            AlarmRule("checkin-missed", Priority.HIGH, dispositions=CHECKIN, repeats_s=60),
            # Spoken to twice and no answer, or once and none for the site's seconds after it.
            AlarmRule("no-answer", Priority.HIGH, dispositions=SILENT, repeats_s=60),
            # Heat or pain: burns come within seconds. Over when the scan is said to have ended.
            AlarmRule("heat-reported", Priority.HIGH, dispositions=HEAT, repeats_s=30),
            # Nobody remote hears or sees the patient. It rings anew at each prompt.
            AlarmRule("link-lost", Priority.HIGH, dispositions=LINK),
            # Something had to be done for the patient more than once.
            AlarmRule("interventions-repeated", Priority.MEDIUM, momentary=True, dispositions=PAUSED),
            # After contrast somebody looks at the patient at set times.
            AlarmRule("observation-due", Priority.MEDIUM, dispositions=OBSERVED, lasting=True),
            # Fewer heads counted by eye than recorded: somebody may be inside, or left unseen.
            AlarmRule("heads-differ", Priority.HIGH, dispositions=HEADS),
            # A detector that counts both ways counts another number of people inside than the record has.
            AlarmRule("counts-over", Priority.HIGH, dispositions=COUNTS, lasting=True),
            AlarmRule("counts-under", Priority.MEDIUM, dispositions=COUNTS, lasting=True),
            # Somebody who is not trained is in the room and whoever answers for them is not.
            AlarmRule("escort-missing", Priority.HIGH, dispositions=ESCORT),
            # The same in Zone III: whoever answers for them went out of it and handed nobody over.
            AlarmRule("escort-gone", Priority.MEDIUM, dispositions=ESCORT, lasting=True),
            AlarmRule("person-lost", Priority.HIGH, dispositions=LOST),
            AlarmRule("permit-over", Priority.MEDIUM, dispositions=PERMIT),
            # A device set for the scan was not set back in time: the patient has not got it as it should be.
            AlarmRule(
                "device-unreturned",
                Priority.MEDIUM,
                rises_s=((900, Priority.HIGH),),
                dispositions=DEVICE,
                lasting=True,
            ),
            AlarmRule("tools-missing", Priority.HIGH, dispositions=TOOLS),
            AlarmRule("authorisation-over", Priority.MEDIUM, dispositions=OVERSTAYED),
            # Kit was counted in the room when an emergency ended: it may be drawn into the magnet.
            AlarmRule("kit-inside", Priority.HIGH, momentary=True, dispositions=KIT),
            # A thing is in a zone although its class, its label or the moment stands against it, or
            # the record has something in the magnet room that was not found there. Over when it is out.
            AlarmRule("item-uncleared", Priority.HIGH, dispositions=ITEMS),
            AlarmRule("item-uncleared-iii", Priority.MEDIUM, dispositions=ITEMS),
            AlarmRule("items-differ", Priority.HIGH, dispositions=ITEMS),
            AlarmRule("site-file", Priority.MEDIUM, momentary=True, technical=True, dispositions=TECHNICAL),
            AlarmRule("restarted", Priority.MEDIUM, momentary=True, technical=True, dispositions=TECHNICAL),
            AlarmRule(
                "spool-damaged", Priority.MEDIUM, momentary=True, technical=True, dispositions=TECHNICAL
            ),
            # A file of the record was not there at a start.
            AlarmRule(
                "pepper-missing", Priority.HIGH, momentary=True, technical=True, dispositions=TECHNICAL
            ),
            AlarmRule("file-missing", Priority.HIGH, momentary=True, technical=True, dispositions=TECHNICAL),
            # The emergency lane: copies that cannot be written, and records that are not ours.
            AlarmRule("lane-one-copy", Priority.HIGH, technical=True, dispositions=TECHNICAL),
            AlarmRule("lane-no-copy", Priority.HIGH, technical=True, dispositions=TECHNICAL),
            # No burst is played, or nobody heard the last test: the terminal's bell is all there is.
            AlarmRule("sound-lost", Priority.HIGH, technical=True, dispositions=SOUND),
            AlarmRule(
                "spool-foreign", Priority.MEDIUM, momentary=True, technical=True, dispositions=TECHNICAL
            ),
            AlarmRule(
                "decision-failed", Priority.HIGH, momentary=True, technical=True, dispositions=TECHNICAL
            ),
            AlarmRule(
                "device-identity", Priority.MEDIUM, momentary=True, technical=True, dispositions=TECHNICAL
            ),
            # A point came back from out of service by time or because its guard left.
            AlarmRule(
                "back-in-service", Priority.MEDIUM, momentary=True, technical=True, dispositions=TECHNICAL
            ),
            AlarmRule("clock-stepped", Priority.LOW, momentary=True, technical=True, dispositions=TECHNICAL),
        )
    }
)

UNANSWERED_S = (15, 60)
"""Seconds without an acknowledgement: second tone, then the escalation list."""

REMINDER_S, REMINDER_SHOWN_S = 120, 10
"""How often an alarm that was acknowledged and goes on is told of again where the record names no time,
and for how many seconds each time, in seconds."""

DOOR_HELD_S = 20
"""Seconds a door may stand open in an announced transit before the Medium alarm."""

DOOR_KEPT_S = 60
"""Seconds a door may stand open under its keeper's eyes before the Medium alarm."""

KEEPER_S = 900
"""Seconds one person may keep the door before saying so again."""

ZONE_III_OPEN_S = 30
"""Seconds a door into Zone III may stand open before the Medium alarm; High 30 s later."""

SOUND_PAUSE_S = 30
"""How long anyone may pause the sound, once per alarm instance."""

SHELF_S = 1800
"""How long a Low or Medium alarm may be put aside at most, in seconds."""

SHELF_REASONS = ("cause-known", "work-going-on", "engineer-called")

APPROACH_S = 3
"""How long after iron rang near the closed door its opening makes that High, in seconds."""

IRON = frozenset({"ferrous-entry", "ferrous-approach"})
"""What a detector says of iron: each stands by itself, however many alarms there are."""

CAUSE_KEYS: Mapping[tuple[str, ...], Mapping[str, str]] = MappingProxyType(
    {FERROUS: IRON_KEYS, DOOR: DOOR_KEYS}
)
"""The plain causes and their keys, by the dispositions of a rule."""

UNSEEN = frozenset({"door-unannounced", "door-unannounced-occupied", "door-during-scan", "door-unrostered"})
"""Openings of the magnet room's door after which somebody may be inside whom nobody let in."""

OF_THE_CONSOLE = frozenset({"sound-lost", "lane-one-copy", "lane-no-copy"})
"""About this machine: such a one may go on for months, and once explained it is not told of again."""

UNSHELVABLE = IRON | {"detector-lost", "detector-lost-in-transit"}
"""Alarms of detectors: nothing ever puts them aside, whatever their priority."""

BYPASS_S = 900
"""How long one person alone may take a detector out of service, in seconds."""

BYPASS_REASONS = ("device-defect", "maintenance", "building-work")

FLOOD, FLOOD_S = 10, 600
"""More new alarms than this in so many seconds are a flood."""

CHATTER_RINGS, CHATTER_S = 3, 60
"""An alarm that rings so often in so many seconds chatters."""
