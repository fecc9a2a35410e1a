"""The engine: one thread that decides in order; time, devices, record and rules meet only here."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import Protocol

from mr_safety_console.domain.alarms import AlarmRaised, AlarmRepeated, AlarmWorsened
from mr_safety_console.domain.codec import Command, Entry
from mr_safety_console.domain.context import NS, Instant, Who
from mr_safety_console.domain.emergency import COMMANDS as EMERGENCY_COMMANDS
from mr_safety_console.domain.emergency import EmergencyOpened
from mr_safety_console.domain.lifecycle import StartConsole, StepClock, StopConsole, Tick
from mr_safety_console.domain.profile import SiteProfile
from mr_safety_console.domain.quench import COMMANDS as QUENCH_COMMANDS
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import PinFailed
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.domain.words import refused
from mr_safety_console.engine.auth import Desk, Pins
from mr_safety_console.engine.clock import Clock
from mr_safety_console.engine.decider import Answer, Decider, Input, LateRecords
from mr_safety_console.engine.envelope import Envelope
from mr_safety_console.engine.face import Accepted, Credential, Listener, Published, Recording, Snapshot
from mr_safety_console.engine.scribe import Batch, Scribe, Writer
from mr_safety_console.engine.watch import Watch
from screening_forms.types import Form

COMMANDS_KEPT = 1000
DRAIN_INPUTS = 256
WAKE_S = 0.25
"""The longest sleep: a beat at least this often, and time that brings something is never later."""
CLOCK_STEP_NS = NS
TOTAL = (*EMERGENCY_COMMANDS, *QUENCH_COMMANDS)
"""Commands that go in even when the record cannot be written and the queue is full."""


class Port(Protocol):
    """A device link as the engine holds it."""

    def start(self) -> None:
        """Begin to read."""
        ...

    def close(self, timeout: float = 2.0) -> bool:
        """Stop and join."""
        ...


class Engine:
    """Decides on one thread, writes on another, and shows only what is on the disk.

    `resumed` is the state at `seq`; `late` is asked about once a second for emergency records that
    are not facts yet. Build it, give its `hear` to the links, then `start`.
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
    ) -> None:
        self._clock, self._late, self._saved = clock, late, saved
        self._desk = Desk(pins)
        self._decider = Decider(profile, forms, clock, envelope, resumed, seq)
        self._durable, self._durable_seq = resumed, seq
        self._wake = threading.Event()
        self._watch = Watch(profile, self._wake.set)
        self._urgent: deque[Input] = deque()
        self._asked: deque[Input] = deque()
        self._scribe = Scribe(journal, clock, self._on_commit, self._between)
        self._listeners: list[Listener] = []
        self._links: tuple[Port, ...] = ()
        self._beat_bt = 0
        self._ready = False
        self._stop = False
        self._last = clock.now()
        self._ticked_bt = 0
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)

    # --- the face ---

    @property
    def hear(self) -> Callable[..., None]:
        """Return where links deliver."""
        return self._watch.hear

    @property
    def beat_bt(self) -> int:
        """Return boot-time ns of the last turn of the deciding thread."""
        return self._beat_bt

    @property
    def state(self) -> Snapshot:
        """Return the newest snapshot; never waits for disk or decisions."""
        now = self._clock.now()
        recording = self._scribe.recording(now.bt)
        late = recording is not Recording.WRITING
        durable = self._durable
        return Snapshot(
            state=durable,
            live=self._watch.levels,
            seq=self._durable_seq,
            at=now,
            recording=recording,
            unrecorded=self._scribe.pending if late else (),
            shown=self._decider.state if late else durable,
            fault=self._scribe.fault,
            ready=self._ready,
        )

    def start(self, ports: Sequence[Port], first: StartConsole) -> Answer:
        """Begin: the start is the first thing decided, then the ports are opened."""
        answer: Answer = Future()
        self._urgent.append(Input(first, answer, cause="start"))
        self._links = tuple(ports)
        self._scribe.start()
        self._thread.start()
        for port in self._links:
            port.start()
        return answer

    def submit(self, command: Command, credentials: tuple[Credential, ...] = ()) -> Answer:
        """Ask for something; see `face.Face`."""
        answer: Answer = Future()
        if self._stop:
            answer.set_result(refused("stopping"))
        elif isinstance(command, TOTAL):
            self._put(self._urgent, Input(command, answer))
        elif self._scribe.fault:
            answer.set_result(refused("not-recorded"))
        elif len(self._asked) >= COMMANDS_KEPT:
            answer.set_result(refused("busy"))
        elif credentials:
            self._check(command, credentials, answer)
        else:
            self._put(self._asked, Input(command, answer))
        return answer

    def submit_late(self, command: Command, occ: Instant, cause: str) -> Answer:
        """Take a record of the emergency lane: it happened at `occ`, and is decided on only once."""
        answer: Answer = Future()
        self._put(self._urgent, Input(command, answer, occ=occ, cause=cause))
        return answer

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Hear of facts once they are on the disk; see `face.Face`."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def close(self, reason: str = "quit") -> None:
        """Stop in order: readers, what waits, the last fact, the cache. About a second at most."""
        if self._stop:
            return
        for port in self._links:
            port.close(0.5)
        last: Answer = Future()
        self._put(self._asked, Input(StopConsole(reason=reason), last))
        with suppress(TimeoutError):
            last.result(1.0)
        self._stop = True
        self._wake.set()
        self._thread.join(1.0)
        self._scribe.close(1.0)
        self._desk.close()
        if not self._scribe.fault:
            self._saved(self._durable, self._durable_seq)

    # --- inlets ---

    def _put(self, queue: deque[Input], item: Input) -> None:
        queue.append(item)
        self._wake.set()

    def _check(self, command: Command, given: tuple[Credential, ...], answer: Answer) -> None:
        def checked(signers: tuple[Who, ...]) -> None:
            self._put(self._asked, Input(command, answer, signers))

        def failed(why: Refused, person: str) -> None:
            if person:
                self._put(self._asked, Input(PinFailed(person=person)))
            answer.set_result(why)

        self._desk.check(lambda: self._decider.state.staff, self._clock.now, given, checked, failed)

    # --- the deciding thread ---

    def _run(self) -> None:
        while not self._stop or self._urgent or self._asked:
            try:
                self._turn()
            except Exception as error:  # noqa: BLE001  -- the deciding thread must outlive our own bugs
                self._hand_over(self._decider.bug("engine", error), [], self._clock.now())
            self._wake.wait(self._patience())
            self._wake.clear()

    def _turn(self) -> None:
        now = self._clock.now()
        self._beat_bt = now.bt
        batch: list[Entry] = []
        answers: list[tuple[Answer, Accepted | Refused]] = []
        for item in self._drain(now):
            made, answer = self._decider.one(item, self._watch.levels)
            batch += made
            if item.answer is not None:
                answers.append((item.answer, answer))
        if batch or answers:
            self._hand_over(batch, answers, now)

    def _drain(self, now: Instant) -> list[Input]:
        """Return what to decide on now: emergencies, commands, edges, silences, time."""
        taken: list[Input] = []
        for queue in (self._urgent, self._asked):
            while queue and len(taken) < DRAIN_INPUTS:
                taken.append(queue.popleft())
        taken += [Input(edge) for edge in (*self._watch.take(), *self._watch.expire(now.bt))]
        if stepped := self._clock_step(now):
            taken.append(Input(stepped))
        due = self._decider.next_due(now)
        if due is not None and due <= now.bt:
            taken.append(Input(Tick()))
        if self._urgent or self._asked:
            self._wake.set()
        return taken

    def _clock_step(self, now: Instant) -> StepClock | None:
        before, self._last = self._last, now
        delta_ns = (now.utc - before.utc) * 1000 - (now.bt - before.bt)
        if before.boot != now.boot or abs(delta_ns) <= CLOCK_STEP_NS:
            return None
        return StepClock(delta_ms=delta_ns // 1_000_000)

    def _hand_over(
        self, batch: list[Entry], answers: list[tuple[Answer, Accepted | Refused]], now: Instant
    ) -> None:
        def done() -> None:
            for future, answer in answers:
                if not future.done():
                    future.set_result(answer)

        urgent = any(isinstance(entry.fact, _AT_ONCE) for entry in batch)
        self._scribe.write(Batch(tuple(batch), self._decider.state, now.bt, urgent, done))

    def _patience(self) -> float:
        now = self._clock.now()
        dues = (self._decider.next_due(now), self._watch.next_silence())
        due = min((d for d in dues if d is not None), default=None)
        return WAKE_S if due is None else min(max(0.0, (due - now.bt) / NS), WAKE_S)

    # --- the journal thread ---

    def _on_commit(self, batch: Batch) -> None:
        self._durable = batch.after
        if batch.entries:
            self._durable_seq = batch.entries[-1].seq
            self._ready = True
            published = Published(batch.entries)
            for listener in tuple(self._listeners):
                listener(published)

    def _between(self) -> None:
        for item in self._late(self._durable):
            self._put(self._urgent, item)


_AT_ONCE = (AlarmRaised, AlarmRepeated, AlarmWorsened, EmergencyOpened)
