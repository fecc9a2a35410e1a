"""Two threads and two roles: one decides on what waits and lets time fire, one writes what was decided.

Whoever wakes takes the role of deciding if it is free, and then writes what it decided if nobody else is
writing. The other one is there for what comes in meanwhile: a disk that hangs holds one thread only.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from mr_safety_console.domain.alarms import AlarmRaised, AlarmRepeated, AlarmWorsened
from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.context import NS, Instant
from mr_safety_console.domain.detectors import PointsUnproven
from mr_safety_console.domain.emergency import EmergencyOpened
from mr_safety_console.domain.lifecycle import Tick
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.domain.words import refused
from mr_safety_console.engine.clock import Clock
from mr_safety_console.engine.decider import Decider, Input
from mr_safety_console.engine.face import Accepted, Recording
from mr_safety_console.engine.inlet import Inlet
from mr_safety_console.engine.scribe import Batch, Scribe
from mr_safety_console.engine.wake import Wake
from mr_safety_console.engine.watch import Watch

WAKE_S = 0.25
"""The longest sleep: a beat at least this often, and time that brings something is never later."""
HANDS = 2
"""One that may hang in the disk, and one that goes on deciding."""
TIME_NS = 5_000_000
"""However busy the inlet is, what is due by the clock is looked at this often."""
_AT_ONCE = frozenset({AlarmRaised, AlarmRepeated, AlarmWorsened, EmergencyOpened})

Unwritable = Callable[[tuple[Entry, ...], SuiteState], None]
"""Given the facts that wait for the record, and the state they lead to; never waits."""

Answered = list[tuple[Input, Accepted | Refused | None]]
"""Inputs and what came of them; None for the one that broke us."""


class Turns:
    """Decides in order, one thread at a time. `wake` is called by whoever puts something in.

    `decided` is told of the state after each drain that brought something, ahead of the disk.
    """

    def __init__(
        self,
        decider: Decider,
        inlet: Inlet,
        watch: Watch,
        scribe: Scribe,
        clock: Clock,
        wake: Wake,
        unwritten: Unwritable = lambda _pending, _state: None,
        decided: Callable[[SuiteState], None] = lambda _state: None,
    ) -> None:
        self._decider, self._inlet, self._watch = decider, inlet, watch
        self._scribe, self._clock, self._wake = scribe, clock, wake
        self._unwritten, self._decided = unwritten, decided
        self._stop = False
        self._deciding = threading.Lock()  # held by the thread that decides
        self._threads = [threading.Thread(target=self._run, name="engine", daemon=True) for _ in range(HANDS)]
        self.beat_bt = 0
        self._timed_bt = 0

    def start(self) -> None:
        """Begin to decide."""
        for thread in self._threads:
            thread.start()

    def stop(self, timeout_s: float) -> bool:
        """Decide on what was put in, write it and end; False if a thread did not end in time."""
        self._stop = True
        self._scribe.stop()
        self._wake.call()
        for thread in self._threads:
            thread.join(timeout_s / HANDS)
        return not any(thread.is_alive() for thread in self._threads)

    def _run(self) -> None:
        patience = 0.0
        while not self._stop or self._inlet.waiting:
            self._wake.wait(patience)
            self._in_role(self._decide)
            self._scribe.work()
            patience = self._in_role(self._tend)
            self._scribe.work()
        self._wake.call()  # the other one may still sleep

    def _in_role(self, act: Callable[[], float]) -> float:
        """Do what the deciding thread does, unless another one is deciding; return how long to sleep."""
        if not self._deciding.acquire(blocking=False):
            return WAKE_S
        try:
            patience = act()
        except Exception as error:  # noqa: BLE001  -- the deciding thread must outlive our own bugs
            patience = WAKE_S
            if told := self._decider.bug("engine", error):
                self._hand_over(told, [], self._clock.now())
        finally:
            self._deciding.release()
        if self._inlet.waiting or self._watch.waiting:
            self._wake.call()  # it came while this thread decided, and whoever it woke could not
        return patience

    def _decide(self) -> float:
        now = self._clock.now()
        self._turn(self._inlet.drain(now), now)
        return WAKE_S

    def _tend(self) -> float:
        """Look at the clock and at the record, unless inputs come so thick that it was just done."""
        if self._inlet.waiting and 0 <= self._clock.now().bt - self._timed_bt < TIME_NS:
            return 0.0
        patience = self._time()
        self._look_at_record()
        return patience

    def _turn(self, inputs: Iterable[Input], now: Instant) -> None:
        """Decide on some inputs. What was decided is handed over even if a later input breaks us."""
        self.beat_bt = now.bt
        batch: list[Entry] = []
        answers: Answered = []
        try:
            for item in inputs:
                answers.append((item, None))
                made, answer = self._decider.one(item, self._watch.levels)
                batch += made
                answers[-1] = (item, answer)
        finally:
            waited_for = [pair for pair in answers if pair[0].answer is not None]
            if batch or waited_for:
                self._hand_over(batch, waited_for, now)

    def _time(self) -> float:
        """Let what is due fire; return how long to sleep."""
        now = self._clock.now()
        self._timed_bt = now.bt
        self._turn(self._inlet.lapsed(now), now)
        due = self._decider.next_due(now)
        if due is not None and due <= now.bt:
            self._turn((Input(Tick()),), now)
            was, due = due, self._decider.next_due(now)
            if due == was:
                due = None  # the tick brought nothing: look again at the next turn, not at once
        dues = (due, self._watch.next_silence())
        first = min((d for d in dues if d is not None), default=None)
        return WAKE_S if first is None else min(max(0.0, (first - self._clock.now().bt) / NS), WAKE_S)

    def _look_at_record(self) -> None:
        """Let what the record does not take be kept elsewhere, also while it hangs in the disk.

        Beside it, tell of an errand beside the writing that failed.
        """
        now = self._clock.now()
        if self._scribe.recording(now.bt) is not Recording.WRITING:
            self._unwritten(self._scribe.pending, self._decider.state)
        error = self._scribe.stumbled()
        if error is not None and (told := self._decider.bug("errand", error)):
            self._hand_over(told, [], now)

    def _hand_over(self, batch: list[Entry], answers: Answered, now: Instant) -> None:
        def done(durable: bool) -> None:
            for item, answer in answers:
                item.tell((answer or refused("decision-failed")) if durable else refused("not-recorded"))

        urgent = False
        for entry in batch:
            fact = entry.fact
            urgent = urgent or type(fact) in _AT_ONCE
            if isinstance(fact, PointsUnproven):
                self._watch.ask_again(fact.points)
        self._scribe.write(Batch(tuple(batch), self._decider.state, now.bt, urgent, done))
        self._decided(self._decider.state)
