"""The engine: one thread at a time decides, in order; time, devices, record and rules meet only here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import Protocol

from devices import Health, PortConfig
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.context import NS, Instant, Who
from mr_safety_console.domain.emergency import COMMANDS as EMERGENCY_COMMANDS
from mr_safety_console.domain.lifecycle import StartConsole, StopConsole
from mr_safety_console.domain.profile import SiteProfile
from mr_safety_console.domain.quench import COMMANDS as QUENCH_COMMANDS
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import PinFailed
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.domain.words import refused
from mr_safety_console.engine.auth import Desk, Pins
from mr_safety_console.engine.clock import Clock
from mr_safety_console.engine.decider import Answer, Decider, Input, LateRecords, tell
from mr_safety_console.engine.envelope import Envelope
from mr_safety_console.engine.face import Credential, Line, Listener, Published, Recording, Snapshot
from mr_safety_console.engine.inlet import COMMANDS_KEPT, Inlet
from mr_safety_console.engine.keeper import Keeper
from mr_safety_console.engine.scribe import Batch, Scribe, Writer
from mr_safety_console.engine.sounder import Mute, Sound
from mr_safety_console.engine.turns import Turns, Unwritable
from mr_safety_console.engine.wake import Wake
from mr_safety_console.engine.watch import Watch
from screening_forms.types import Form

CLOSE_S = 1.0
THROTTLE_S = 0.3
"""A wrong PIN is counted before the next one is looked at; counting takes far less than this."""
TOTAL = frozenset({*EMERGENCY_COMMANDS, *QUENCH_COMMANDS})
"""Commands that go in even when the record cannot be written and the queue is full."""


class Port(Protocol):
    """A device link as the engine holds it."""

    @property
    def config(self) -> PortConfig:
        """Return what the port is called and how it is read."""
        ...

    def health(self) -> Health:
        """Return how the line is doing; never waits."""
        ...

    def start(self) -> None:
        """Begin to read."""
        ...

    def close(self, timeout: float = 2.0) -> bool:
        """Stop and join."""
        ...


class Engine:
    """Decides, writes on another thread than the next one decides on, and shows only what is on the disk.

    `resumed` is the state at `seq`; `late` is asked about once a second for emergency records that
    are not facts yet, `unwritten` is told of facts the record is late with, `sound` plays what the
    alarms call for. Build it, give its `hear` to the links, then `start`.
    """

    def __init__(
        self,
        *,
        profile: SiteProfile,
        forms: Mapping[str, Form],
        clock: Clock,
        journal: Writer,
        pins: Pins,
        envelope: Envelope,
        resumed: SuiteState,
        seq: int,
        late: LateRecords = lambda _state: [],
        saved: Callable[[SuiteState, int], None] = lambda _state, _seq: None,
        unwritten: Unwritable = lambda _pending, _state: None,
        sound: Sound | None = None,
    ) -> None:
        self._clock, self._late, self._saved = clock, late, saved
        self._desk = Desk(pins)
        self._decider = Decider(profile, forms, clock, envelope, resumed, seq)
        self._durable = (resumed, seq)
        self._keeper = Keeper(saved, seq, clock.now().bt)
        wake = Wake()
        self._watch = Watch(profile, wake.call)
        self._inlet = Inlet(self._watch, clock, wake.call)
        self._scribe = Scribe(journal, clock, self._on_commit, self._between)
        self._listeners: list[Listener] = []
        self._links: tuple[Port, ...] = ()
        self._sound: Sound = sound or Mute()
        self._ready = False
        self._closing = self._stop = False
        self._turns = Turns(
            self._decider, self._inlet, self._watch, self._scribe, clock, wake, unwritten, self._sound.hear
        )

    # --- the face ---

    @property
    def hear(self) -> Callable[..., None]:
        """Return where links deliver."""
        return self._watch.hear

    @property
    def beat_bt(self) -> int:
        """Return boot-time ns of the last turn of the deciding thread."""
        return self._turns.beat_bt

    @property
    def state(self) -> Snapshot:
        """Return the newest snapshot; never waits for disk or decisions."""
        now = self._clock.now()
        recording = self._scribe.recording(now.bt)
        late = recording is not Recording.WRITING
        durable, seq = self._durable
        return Snapshot(
            state=durable,
            live=self._watch.levels,
            seq=seq,
            at=now,
            recording=recording,
            unrecorded=self._scribe.pending if late else (),
            shown=self._decider.state if late else durable,
            fault=self._scribe.fault,
            sound=self._sound.working and not durable.sound.unheard,
            ready=self._ready,
            lines={port.config.name: _line(port.health(), now.bt) for port in self._links},
        )

    def start(self, ports: Sequence[Port], first: StartConsole) -> Answer:
        """Begin: the start is the first thing decided, then the ports are opened."""
        answer: Answer = Future()
        self._inlet.urge(Input(first, answer, cause="start"))
        self._links = tuple(ports)
        self._sound.start()
        self._turns.start()
        for port in self._links:
            port.start()
        return answer

    def submit(self, command: Command, credentials: tuple[Credential, ...] = ()) -> Answer:
        """Ask for something; see `face.Face`."""
        answer: Answer = Future()
        total = type(command) in TOTAL
        if self._stop or (self._closing and not total):
            answer.set_result(refused("stopping"))
        elif total:
            self._inlet.urge(Input(command, answer))
        elif self._scribe.fault:
            answer.set_result(refused("not-recorded"))
        elif self._inlet.asked + self._desk.waiting >= COMMANDS_KEPT:
            answer.set_result(refused("busy"))
        elif credentials:
            self._check(command, credentials, answer)
        else:
            self._inlet.ask(Input(command, answer))
        return answer

    def submit_late(self, command: Command, occ: Instant, cause: str) -> Answer:
        """Take a record of the emergency lane: it happened at `occ`, and is decided on only once."""
        answer: Answer = Future()
        if self._stop:
            answer.set_result(refused("stopping"))
        else:
            self._inlet.urge(Input(command, answer, occ=occ, cause=cause))
        return answer

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Hear of facts once they are on the disk; see `face.Face`."""
        self._listeners.append(listener)
        return lambda: self._unsubscribe(listener)

    def _unsubscribe(self, listener: Listener) -> None:
        with suppress(ValueError):
            self._listeners.remove(listener)

    def close(self, reason: str = "quit") -> None:
        """Stop in order: readers, what waits, the last fact, the cache. Within about a second.

        Whoever still waits for an answer gets one, whatever the disk does.
        """
        if self._closing:
            return
        self._closing = True
        end = self._clock.now().bt + int(CLOSE_S * NS)
        for port in self._links:
            port.close(min(0.3, self._left(end)))
        last: Answer = Future()
        self._inlet.ask(Input(StopConsole(reason=reason), last))
        with suppress(TimeoutError):
            last.result(min(0.5, self._left(end)))
        self._stop = True
        self._turns.stop(self._left(end))
        self._sound.close(self._left(end))
        written = self._scribe.close()
        self._desk.close()
        self._inlet.refuse(refused("stopping"))
        if self._keeper.close(self._left(end)) and written:
            self._saved(*self._durable)

    def _left(self, end_bt: int) -> float:
        return max(0.05, (end_bt - self._clock.now().bt) / NS)

    # --- inlets ---

    def _check(self, command: Command, given: tuple[Credential, ...], answer: Answer) -> None:
        def checked(signers: tuple[Who, ...]) -> None:
            self._inlet.ask(Input(command, answer, signers))

        def failed(why: Refused, person: str) -> None:
            if person:
                counted: Answer = Future()
                self._inlet.ask(Input(PinFailed(person=person), counted))
                with suppress(TimeoutError):
                    counted.result(THROTTLE_S)
            tell(answer, why)

        self._desk.check(lambda: self._decider.state.staff, self._clock.now, given, checked, failed)

    # --- the thread that writes ---

    def _on_commit(self, batch: Batch) -> None:
        if not batch.entries:
            return
        self._durable = (batch.after, batch.entries[-1].seq)
        self._ready = True
        published = Published(batch.entries)
        for listener in tuple(self._listeners):
            try:
                listener(published)
            except Exception:  # noqa: BLE001  -- one who hears badly must not stop the record
                self._unsubscribe(listener)

    def _between(self) -> None:
        self._keeper.look(*self._durable, self._clock.now().bt)
        for item in self._late(self._durable[0]):
            self._inlet.urge(item)


def _line(told: Health, now_bt: int) -> Line:
    heard = None if told.age_ns is None else now_bt - told.age_ns
    return Line(told.frames, told.rejected, told.gaps, heard, told.reconnects)
