"""What waits to be decided on, and in which order: emergencies, commands, edges, silence, time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

from mr_safety_console.domain.context import NS, Instant
from mr_safety_console.domain.lifecycle import StepClock
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.engine.clock import Clock
from mr_safety_console.engine.decider import Input
from mr_safety_console.engine.watch import Watch

COMMANDS_KEPT = 1000
DRAIN_INPUTS = 256
DRAIN_NS = 20_000_000
EDGES_AT_LEAST = 64
"""Edges are decided on in every drain, however many commands wait."""
CLOCK_STEP_NS = NS


class Inlet:
    """Two queues any thread may put into, and the drain of the deciding thread.

    `wake` is called after each put; it must not block.
    """

    def __init__(self, watch: Watch, clock: Clock, wake: Callable[[], None]) -> None:
        self._watch, self._clock, self._wake = watch, clock, wake
        self._urgent: deque[Input] = deque()
        self._asked: deque[Input] = deque()
        self._last = clock.now()

    @property
    def asked(self) -> int:
        """Return how many commands wait."""
        return len(self._asked)

    @property
    def waiting(self) -> bool:
        """Tell whether anything was put in and not taken out."""
        return bool(self._urgent or self._asked)

    def urge(self, item: Input) -> None:
        """Put in what goes before everything else."""
        self._urgent.append(item)
        self._wake()

    def ask(self, item: Input) -> None:
        """Put in a command."""
        self._asked.append(item)
        self._wake()

    def drain(self, now: Instant) -> Iterator[Input]:
        """Yield what is to be decided on now, at most 256 inputs or 20 ms of them."""
        taken = 0
        while taken < DRAIN_INPUTS and (item := self._next()) is not None:
            taken += 1
            yield item
            if taken % 8 == 0 and self._clock.now().bt - now.bt > DRAIN_NS:
                break
        if self._watch.waiting:
            for edge in self._watch.take(max(EDGES_AT_LEAST, DRAIN_INPUTS - taken)):
                yield Input(edge)
        if self.waiting or self._watch.waiting:
            self._wake()

    def lapsed(self, now: Instant) -> list[Input]:
        """Return what time has brought: points that fell silent, and a step of the clock."""
        found = [Input(silent) for silent in self._watch.expire(now.bt)]
        if stepped := self._clock_step(now):
            found.append(Input(stepped))
        return found

    def refuse(self, why: Refused) -> None:
        """Answer everything that still waits with a refusal."""
        while (item := self._next()) is not None:
            item.tell(why)

    def _next(self) -> Input | None:
        for queue in (self._urgent, self._asked):
            try:
                return queue.popleft()
            except IndexError:
                continue
        return None

    def _clock_step(self, now: Instant) -> StepClock | None:
        before, self._last = self._last, now
        delta_ns = (now.utc - before.utc) * 1000 - (now.bt - before.bt)
        if before.boot != now.boot or abs(delta_ns) <= CLOCK_STEP_NS:
            return None
        return StepClock(delta_ms=delta_ns // 1_000_000)
