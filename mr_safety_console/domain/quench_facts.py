"""What can be recorded of a quench, what can be asked, and what may be said of the field."""

from __future__ import annotations

from enum import StrEnum

from mr_safety_console.domain.codec import Command, Fact, command, fact
from mr_safety_console.domain.context import Instant

STEPS: dict[str, str] = {
    "Q0": "TRIGGER",
    "Q1": "PEOPLE_OUT",
    "Q2": "PRESSED_OR_SEEN",
    "Q3": "VENT_OBSERVED",
    "Q4": "ROOM_EMPTY",
    "Q5": "ACCESS_BARRED",
    "Q6": "O2_READING",
    "Q7": "FIELD_MEASURED",
    "Q8": "ENGINEER_ON_SITE",
    "Q9": "RETURN_TO_SERVICE_ASKED",
}
"""The steps of the log, code to name. None of them changes the field state."""


class QuenchKind(StrEnum):
    """What was seen or done."""

    DELIBERATE = "deliberate"
    SPONTANEOUS = "spontaneous"
    SUSPECTED = "suspected"
    PARTIAL = "partial"
    RAMPDOWN = "rampdown"


class FieldState(StrEnum):
    """What may be said of the field. Every one of them is to be treated as field present."""

    PRESENT = "PRESENT"
    RAMPING_DOWN = "RAMPING_DOWN"
    UNKNOWN = "UNKNOWN"
    QUENCHED_UNVERIFIED = "QUENCHED_UNVERIFIED"
    PARTIAL_UNVERIFIED = "PARTIAL_UNVERIFIED"


@fact("quench-reported")
class QuenchReported(Fact):
    """Somebody reports a quench, a suspicion of one, or an engineer's ramp-down."""

    quench: str
    no: int
    how: QuenchKind
    at: Instant


@fact("quench-step-stamped")
class QuenchStepStamped(Fact):
    """A step of the log happened at `at`; an estimated one was told later, at `entered`."""

    quench: str
    step: str
    at: Instant
    estimated: bool
    entered: Instant


@fact("field-observed")
class FieldObserved(Fact):
    """A reading of the field in µT, kept as an observation: it never changes the field state."""

    quench: str
    field_ut: int
    position: str
    instrument: str
    at: Instant


@command("report-quench")
class ReportQuench(Command):
    """Report one. An empty `quench` means the one being logged, or a new one."""

    how: QuenchKind
    quench: str = ""


@command("stamp-quench-step")
class StampQuenchStep(Command):
    """A step happened now, or `earlier_s` seconds ago by estimate."""

    step: str
    earlier_s: int = 0
    quench: str = ""


@command("observe-field")
class ObserveField(Command):
    """Enter a reading: µT, where, with which instrument (codes, not prose)."""

    field_ut: int
    position: str
    instrument: str
    quench: str = ""


FACTS = (QuenchReported, QuenchStepStamped, FieldObserved)
COMMANDS = (ReportQuench, StampQuenchStep, ObserveField)
