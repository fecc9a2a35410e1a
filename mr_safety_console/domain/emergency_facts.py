"""What can be recorded of an emergency, and what can be asked."""

from __future__ import annotations

from enum import StrEnum

from mr_safety_console.domain.codec import Command, Fact, command, fact
from mr_safety_console.domain.context import Instant, Who
from mr_safety_console.domain.emergency_cards import EmergencyKind


class StrayReason(StrEnum):
    """Why an emergency turns out not to have been one."""

    WRONG_KEY = "wrong-key"
    RESOLVED_BEFORE_HELP = "resolved-before-help"
    MISREAD = "misread"
    DRILL_MISTAKEN = "drill-mistaken"


@fact("emergency-opened")
class EmergencyOpened(Fact):
    """The emergency key was pressed at `press`; what people say aloud is E`no`."""

    emergency: str
    no: int
    press: Instant


@fact("emergency-key-again")
class EmergencyKeyAgain(Fact):
    """The key was pressed while this one was open; steps told under `alias` belong to it."""

    emergency: str
    alias: str
    press: Instant


@fact("emergency-kind-chosen")
class EmergencyKindChosen(Fact):
    """What it is about; `by_timer` when nobody chose in time and it counts as other."""

    emergency: str
    about: EmergencyKind
    at: Instant
    by_timer: bool = False


@fact("emergency-kind-added")
class EmergencyKindAdded(Fact):
    """A further kind, with a clock of its own."""

    emergency: str
    about: EmergencyKind
    at: Instant


@fact("emergency-step-stamped")
class EmergencyStepStamped(Fact):
    """A step happened at `at`; an estimated one was told later, at `entered`."""

    emergency: str
    step: str
    at: Instant
    estimated: bool
    entered: Instant


@fact("emergency-attributed")
class EmergencyAttributed(Fact):
    """Who took part, told afterwards: the recording itself never asks."""

    emergency: str
    who: Who


@fact("emergency-end-asked")
class EmergencyEndAsked(Fact):
    """The first of the two steps that end an emergency."""

    emergency: str
    at: Instant


@fact("emergency-ended")
class EmergencyEnded(Fact):
    """Heads and kit in Zone IV were counted by eye. `stray`: it was none, for `reason`."""

    emergency: str
    at: Instant
    head_count: int
    kit_count: int
    stray: bool
    reason: StrayReason | None = None


@command("open-emergency")
class OpenEmergency(Command):
    """The emergency key. `emergency` is the id drawn at the key, empty to let one be drawn."""

    emergency: str = ""


@command("choose-emergency-kind")
class ChooseEmergencyKind(Command):
    """Say what it is about. An empty `emergency` means the one that is open."""

    emergency: str
    about: EmergencyKind


@command("add-emergency-kind")
class AddEmergencyKind(Command):
    """Say what it is about as well."""

    emergency: str
    about: EmergencyKind


@command("stamp-emergency-step")
class StampEmergencyStep(Command):
    """A step happened now, or `earlier_s` seconds ago by estimate."""

    emergency: str
    step: str
    earlier_s: int = 0


@command("attribute-emergency")
class AttributeEmergency(Command):
    """Say afterwards who took part."""

    emergency: str
    person: str
    role: str


@command("ask-emergency-end")
class AskEmergencyEnd(Command):
    """Ask to end it: the first of two steps."""

    emergency: str


@command("end-emergency")
class EndEmergency(Command):
    """End it, with the heads and the pieces of kit counted in Zone IV by eye."""

    emergency: str
    head_count: int | None = None
    kit_count: int | None = None
    by_eye: bool = False
    stray: bool = False
    reason: StrayReason | None = None


FACTS = (
    EmergencyOpened,
    EmergencyKeyAgain,
    EmergencyKindChosen,
    EmergencyKindAdded,
    EmergencyStepStamped,
    EmergencyAttributed,
    EmergencyEndAsked,
    EmergencyEnded,
)
COMMANDS = (
    OpenEmergency,
    ChooseEmergencyKind,
    AddEmergencyKind,
    StampEmergencyStep,
    AttributeEmergency,
    AskEmergencyEnd,
    EndEmergency,
)
