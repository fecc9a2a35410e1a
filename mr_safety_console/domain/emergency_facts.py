"""What can be recorded of an emergency, what can be asked, and the state that follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from mr_safety_console.domain.codec import Command, Fact, command, fact
from mr_safety_console.domain.context import Instant, Who
from mr_safety_console.domain.emergency_cards import EmergencyKind
from mr_safety_console.domain.stamps import Marks, Stamp, first


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


@dataclass(frozen=True, slots=True)
class KindMark:
    """Since when a kind stands; `by_timer` until a person has named it."""

    marks: Marks
    by_timer: bool = False

    @property
    def at(self) -> Instant:
        """Return when its own clock began."""
        return first(self.marks).at


@dataclass(frozen=True, slots=True)
class Ending:
    """How an emergency ended."""

    at: Instant
    head_count: int
    kit_count: int
    stray: bool
    reason: StrayReason | None = None


@dataclass(frozen=True, slots=True)
class Emergency:
    """One emergency. `no` is 0 as long as only its steps have arrived."""

    id: str
    no: int = 0
    opened: Marks = ()
    aliases: tuple[str, ...] = ()
    kinds: Mapping[str, KindMark] = field(default_factory=dict)
    steps: Mapping[str, Marks] = field(default_factory=dict)
    people: tuple[Who, ...] = ()
    end_asked: Instant | None = None
    ended: Ending | None = None

    @property
    def since(self) -> Instant:
        """Return the start of the master clock: the earliest press, or E0 if told earlier."""
        stamps = [mark for marks in (self.opened, *self.steps.values()) for mark in marks]
        told = [*self.opened, *self.steps.get("E0", ())] or stamps
        told = told or [mark for kind in self.kinds.values() for mark in kind.marks]
        return first(tuple(told)).at if told else Instant(0, 0, "")

    @property
    def about(self) -> tuple[EmergencyKind, ...]:
        """Return the kinds in the order they were named; a timer's `other` only if it is alone."""
        named = {kind: mark for kind, mark in self.kinds.items() if not mark.by_timer}
        order = sorted((named or self.kinds).items(), key=lambda item: (item[1].at.utc, item[0]))
        return tuple(EmergencyKind(kind) for kind, _ in order)

    def step(self, step: str) -> Stamp | None:
        """Return when a step happened, or None."""
        marks = self.steps.get(step, ())
        return first(marks) if marks else None


@dataclass(frozen=True, slots=True)
class EmergencyState:
    """Every open emergency and the last few that ended, by id."""

    emergencies: Mapping[str, Emergency] = field(default_factory=dict)
    last_no: int = 0

    @property
    def open(self) -> tuple[Emergency, ...]:
        """Return the open ones, oldest first."""
        live = [item for item in self.emergencies.values() if item.ended is None]
        return tuple(sorted(live, key=lambda item: (item.since.utc, item.id)))

    @property
    def current(self) -> Emergency | None:
        """Return the newest open one: what the emergency key goes back to."""
        return self.open[-1] if self.open else None

    def find(self, emergency: str) -> Emergency | None:
        """Return the one with this id or alias."""
        if emergency in self.emergencies:
            return self.emergencies[emergency]
        return next((item for item in self.emergencies.values() if emergency in item.aliases), None)


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
