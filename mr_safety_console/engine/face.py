"""The engine's public face: five things, all of them plain frozen data.

A beat, `submit`, `state`, `subscribe`, `close`. Whatever shows or asks uses this and nothing else,
so that the same face can later stand behind a socket.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import field
from enum import StrEnum
from typing import Protocol

from mr_safety_console.domain import bypass, suite
from mr_safety_console.domain.codec import Command, Entry
from mr_safety_console.domain.context import Ctx, Instant
from mr_safety_console.domain.detectors import Level
from mr_safety_console.domain.profile import SiteProfile
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.domain.value import frozen
from screening_forms.types import Form

BEAT_S = 0.5
"""How often the engine says that it lives."""
DEAD_S = 2.0
"""Without a beat for this long everything on the screen is UNKNOWN."""


@frozen
class Accepted:
    """The command became these rows, all of them on the disk; none if nothing had to change."""

    seqs: tuple[int, ...] = ()


@frozen
class Credential:
    """A person and their PIN, given with one command and kept nowhere."""

    person: str
    pin: str


class Recording(StrEnum):
    """How the record is doing."""

    WRITING = "WRITING"
    LATE = "NOT YET RECORDED"
    FAILED = "NOT RECORDED — WRITE ON PAPER"


@frozen
class Line:
    """How the line of a port is doing since this start: for people, never for a decision.

    `frames` whole and valid, `rejected` damaged or foreign, `gaps` that never arrived or were not
    answered, `heard_bt` boot-time ns of the last valid one (None: never), `reconnects` after the
    first opening. No age is kept: whoever shows it counts from `heard_bt`.
    """

    frames: int = 0
    rejected: int = 0
    gaps: int = 0
    heard_bt: int | None = None
    reconnects: int = 0


@frozen
class Snapshot:
    """What the engine knew at `at`: the state on the disk, and live levels beside it.

    `unrecorded` are facts decided but not on the disk after 250 ms, or not writable at all; `shown`
    is the state with them taken in, to be marked as not recorded wherever it differs. `lines` tells
    by port how each is doing.
    """

    state: SuiteState = field(default_factory=SuiteState)
    live: Mapping[str, Level] = field(default_factory=dict)
    seq: int = 0
    at: Instant = field(default_factory=lambda: Instant(0, 0, ""))
    recording: Recording = Recording.WRITING
    unrecorded: tuple[Entry, ...] = ()
    shown: SuiteState = field(default_factory=SuiteState)
    fault: str = ""
    sound: bool = True
    ready: bool = False
    lines: Mapping[str, Line] = field(default_factory=dict)


@frozen
class Published:
    """Facts that are on the disk now, in order."""

    entries: tuple[Entry, ...]


Listener = Callable[[Published], None]
"""Called on an engine thread; may only put into its own bounded mailbox and return."""


class Face(Protocol):
    """What a console may know of an engine."""

    @property
    def state(self) -> Snapshot:
        """Return the newest snapshot; never waits."""
        ...

    @property
    def beat_bt(self) -> int:
        """Return boot-time ns of the engine's last sign of life."""
        ...

    def submit(
        self, command: Command, credentials: tuple[Credential, ...] = ()
    ) -> Future[Accepted | Refused]:
        """Ask for something; the future resolves once its facts are on the disk, or with why not."""
        ...

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Hear of published facts; returns how to stop hearing."""
        ...

    def close(self) -> None:
        """Stop in order."""
        ...


OFFER_TOKENS = tuple(f"offer-{n}" for n in range(8))
"""Stand-ins for fresh identifiers when a decision is only tried; they never reach the record."""


def trial_context(snapshot: Snapshot, profile: SiteProfile, forms: Mapping[str, Form], now: Instant) -> Ctx:
    """Return the context an offer is tried in: who is signed on, nothing signed, no fresh tokens."""
    session = snapshot.shown.staff.session
    return Ctx(
        now=now,
        profile=profile,
        forms=forms,
        live=bypass.levels(snapshot.shown.bypass, snapshot.live),
        actor=session.who if session else None,
        tokens=OFFER_TOKENS,
        cause="offer",
    )


def fold(state: SuiteState, entries: tuple[Entry, ...]) -> SuiteState:
    """Return the state after some entries."""
    for entry in entries:
        state = suite.evolve(state, entry)
    return state
