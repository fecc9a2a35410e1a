"""What is known of the emergencies: every open one, and the last few that ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from mr_safety_console.domain.context import Instant, Who
from mr_safety_console.domain.emergency_cards import EmergencyKind
from mr_safety_console.domain.emergency_facts import StrayReason
from mr_safety_console.domain.stamps import Marks, Stamp, first
from mr_safety_console.domain.value import frozen


@frozen
class KindMark:
    """Since when a kind stands; `by_timer` until a person has named it."""

    marks: Marks
    by_timer: bool = False

    @property
    def at(self) -> Instant:
        """Return when its own clock began."""
        return first(self.marks).at


@frozen
class Ending:
    """How an emergency ended."""

    at: Instant
    head_count: int
    kit_count: int
    stray: bool
    reason: StrayReason | None = None


@frozen
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


@frozen
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
