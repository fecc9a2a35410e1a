"""An engine on a table: a record in memory, PINs in the clear, a clock that moves when told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from support.clocks import HandClock
from support.suite_world import forms, site
from support.waiting import wait_until

from devices import ChannelReading, Note, NoteKind, Origin, Reading
from devices import Condition as Heard
from mr_safety_console.domain.codec import Command, Entry, Fact
from mr_safety_console.domain.lifecycle import StartConsole
from mr_safety_console.domain.profile import SiteProfile
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import AddStaff, SignOn
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.engine.auth import Pins
from mr_safety_console.engine.clock import Clock
from mr_safety_console.engine.engine import Engine
from mr_safety_console.engine.envelope import Envelope
from mr_safety_console.engine.face import Accepted, Credential, Published
from mr_safety_console.journal.errors import JournalError
from screening_forms.types import Form

FIRST = StartConsole(app="0", profile_hash="profile-a", forms_hash="f", use="demo", points=4)
FactT = TypeVar("FactT", bound=Fact)


class MemoryRecord:
    """Keeps entries and insists on their numbers; may be told to fail, or to take its time."""

    def __init__(self, seq: int = 0) -> None:
        self.entries: list[Entry] = []
        self.appends: list[int] = []
        self.settled: list[int] = []
        self.error: Exception | None = None
        self.open = threading.Event()
        self.open.set()
        self.ballast = 0
        self._seq = seq

    def commit(self, entries: Sequence[Entry], *, emergency: bool = False) -> None:
        self.open.wait(20)
        if self.error is not None:
            raise self.error
        for entry in entries:
            if entry.seq != self._seq + 1:
                raise JournalError("memory", f"row {entry.seq} after {self._seq}", "never")
            self._seq += 1
            self.entries.append(entry)
        self.appends.append(len(entries))

    def settle(self) -> None:
        self.settled.append(len(self.entries))

    def free_ballast(self) -> int:
        self.ballast += 1
        return 0

    def facts(self, kind: type[FactT]) -> list[FactT]:
        return [entry.fact for entry in tuple(self.entries) if isinstance(entry.fact, kind)]


class PlainPins(Pins):
    """PINs that cost nothing; `slow` makes each comparison wait."""

    def __init__(self) -> None:
        super().__init__(b"pepper")
        self.gate = threading.Event()
        self.gate.set()
        self.compared = 0

    def hash(self, pin: str) -> str:
        return f"plain:{pin}"

    def matches(self, pin_hash: str, pin: str) -> bool:
        self.gate.wait(20)
        self.compared += 1
        return pin_hash == f"plain:{pin}"


class Tokens(Envelope):
    """Numbers its tokens, so that two runs can be compared."""

    drawn = 0

    def tokens(self) -> tuple[str, ...]:
        self.drawn += 4
        return tuple(f"T{self.drawn - 4 + n:06d}" for n in range(4))


def envelope(run: str = "R1") -> Envelope:
    return Envelope(console="CON1", app="0", zone="Europe/Berlin", mode="sim", run=run)


def tokens(run: str = "R1") -> Tokens:
    return Tokens(console="CON1", app="0", zone="Europe/Berlin", mode="sim", run=run)


def make(
    clock: Clock,
    record: MemoryRecord,
    *,
    resumed: SuiteState | None = None,
    seq: int = 0,
    profile: SiteProfile | None = None,
    library: Mapping[str, Form] | None = None,
    pins: Pins | None = None,
    seals: Envelope | None = None,
    **more: Any,
) -> Engine:
    return Engine(
        profile=profile or site(),
        forms=forms() if library is None else library,
        clock=clock,
        journal=record,
        pins=pins or PlainPins(),
        envelope=seals or envelope(),
        resumed=resumed or SuiteState(),
        seq=seq,
        **more,
    )


class Table:
    """A started engine with everything around it."""

    def __init__(self, engine: Engine, record: MemoryRecord, clock: HandClock, pins: PlainPins) -> None:
        self.engine, self.record, self.clock, self.pins = engine, record, clock, pins
        self.published: list[Entry] = []
        engine.subscribe(self._hear)

    def _hear(self, said: Published) -> None:
        self.published += said.entries

    def ask(self, command: Command, *signed: Credential) -> Accepted | Refused:
        return self.engine.submit(command, signed).result(10)

    def do(self, command: Command, *signed: Credential) -> Accepted:
        answer = self.ask(command, *signed)
        assert isinstance(answer, Accepted), f"{command.kind}: {answer}"
        return answer

    def refused(self, command: Command, *signed: Credential) -> str:
        answer = self.ask(command, *signed)
        assert isinstance(answer, Refused), f"{command.kind} was accepted: {answer}"
        return answer.rule

    def until(self, predicate: Callable[[], object], what: str) -> None:
        wait_until(predicate, 10, what)

    def turn_over(self, count: int = 3) -> None:
        """Wait until the deciding thread has surely looked at the clock again."""
        for _ in range(count):
            self.do(_nothing())

    def hire(self, initials: str, *roles: str, by: str = "") -> str:
        """Enter somebody whose PIN is `246810`; return who they are."""
        asked = AddStaff(
            name=f"Name {initials}",
            initials=initials,
            roles=roles,
            pin_hash="plain:246810",
            screened_utc=self.clock.now().utc,
        )
        before = set(self.engine.state.state.staff.people)
        self.do(asked, *([Credential(by, "246810")] if by else []))
        return next(iter(set(self.engine.state.state.staff.people) - before))

    def sign_on(self, person: str) -> None:
        self.do(SignOn(person=person), Credential(person, "246810"))

    def hear(self, port: str, *conditions: str, alarms: tuple[int | None, ...] = ()) -> None:
        self.engine.hear(reading(self.clock.bt, port, *conditions, alarms=alarms))

    def all_normal(self) -> None:
        self.hear("interlock", "NORMAL", "NORMAL")
        self.hear("portal", "NORMAL", "NORMAL")
        state = self.engine

        def heard() -> bool:
            points = state.state.state.points.points
            return len(points) == 4 and all(p.condition == "NORMAL" for p in points.values())

        self.until(heard, "every point NORMAL on the record")


def _nothing() -> Command:
    from mr_safety_console.domain.lifecycle import Tick  # noqa: PLC0415

    return Tick()


def reading(
    bt: int,
    port: str,
    *conditions: str,
    alarms: tuple[int | None, ...] = (),
    origin: Origin = Origin.LIVE,
    seq: int = 1,
    crossings: tuple[int | None, int | None] = (None, None),
    boot: int = 1,
) -> Reading:
    counted = (*alarms, *[None] * (len(conditions) - len(alarms)))
    channels = tuple(
        ChannelReading(
            n,
            f"c{n}",
            Heard(word),
            alarms=counted[n],
            crossings_in=crossings[0],
            crossings_out=crossings[1],
        )
        for n, word in enumerate(conditions)
    )
    return Reading(port, "FMD01", origin, bt, boot, seq, 0, 0, channels)


def note(bt: int, port: str, kind: NoteKind, text: str = "", count: int = 1) -> Note:
    return Note(port, kind, text, None, count, bt)


@contextmanager
def running(
    clock: HandClock | None = None, record: MemoryRecord | None = None, **more: Any
) -> Iterator[Table]:
    """Give a started engine; closes it, whatever the test did to it."""
    clock, record, pins = clock or HandClock(), record or MemoryRecord(), PlainPins()
    engine = make(clock, record, pins=pins, **more)
    table = Table(engine, record, clock, pins)
    began = engine.start((), FIRST)
    try:
        if record.error is None and record.open.is_set():
            began.result(10)
        yield table
    finally:
        record.error = None
        record.open.set()
        pins.gate.set()
        engine.close()
