"""Profiles that ask: one bus, its modules in turn, none of them able to hold up the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Protocol

from devices.belief import Answer, Belief
from devices.dialogue import BtNs, Tap
from devices.inputs import Module
from devices.port import PortConfig, Transport
from devices.reading import Note, Origin, Reading
from devices.trust import Said

ABSENT_NS = 1_000_000_000
"""How often one of the modules that do not answer is asked: they must not hold up the others."""
QUIET_S = 0.1
"""A pause after a missing answer: what comes late shall not answer the next question."""
S_NS = 1_000_000_000


class NoAnswerError(Exception):
    """A module did not answer in time."""


class BadAnswerError(Exception):
    """What came is no answer to the question: the counter it belongs to, and what was heard."""

    def __init__(self, reason: str, heard: bytes = b"") -> None:
        super().__init__(reason)
        self.reason = reason
        self.heard = heard


class Asker(Protocol):
    """Puts one round of questions to one module."""

    def ask(self, port: Transport, module: Module, tap: Tap) -> Answer:
        """Return its answer; raises `NoAnswerError`, `BadAnswerError` or `PortLost`."""
        ...

    def rescued(self, strays: bytes, module: Module) -> Answer | None:
        """Return the last whole answer of this module among bytes that nobody waited for."""
        ...

    def forget(self) -> None:
        """Ask everything again: the line was away."""
        ...


class Bus:
    """All modules of one port, asked in turn `poll_hz` times a second."""

    def __init__(self, config: PortConfig, asker: Asker) -> None:
        self._asker = asker
        self._pause_ns = S_NS // config.poll_hz
        used = {made.module for made in config.inputs}
        asked = [module for module in config.modules if module.address in used]
        self.counts: Counter[str] = Counter()
        self._beliefs = [Belief(config, module, len(asked) == 1, self.counts) for module in asked]
        self._absent_due_ns = 0
        self._asked_last = self._beliefs[0]
        self._refused = b""
        self._missed = False

    def opened(self, origin: Origin, bt_ns: int) -> Said:
        """Begin anew on every module."""
        self._asker.forget()
        return self._once("opened", [belief.opened(origin, bt_ns) for belief in self._beliefs])

    def lost(self, text: str, bt_ns: int) -> Said:
        """Note it on every module, tell it once."""
        return self._once("lost", [belief.lost(text, bt_ns) for belief in self._beliefs])

    def failed(self, text: str, bt_ns: int) -> Said:
        """Note it on every module, tell it once."""
        return self._once("reader_failed", [belief.failed(text, bt_ns) for belief in self._beliefs])

    def _once(self, counter: str, said: list[Said]) -> Said:
        """Tell and count what befell the port once, not once a module."""
        self.counts[counter] -= len(said) - 1
        return said[0]

    def turn(self, port: Transport, bt_ns: BtNs, tap: Tap) -> Iterable[Reading | Note]:
        """Ask the module that is due, or wait for one."""
        now = bt_ns()
        belief = self._due(now)
        if belief is None:
            port.pause(self._wait_ns(now) / S_NS)
        else:
            belief.due_ns = now + self._pause_ns
            yield from self._asked(belief, port, bt_ns, tap)
        now = bt_ns()
        for each in self._beliefs:
            yield from each.tick(now)

    def _due(self, now: int) -> Belief | None:
        """Return who is to be asked: absent modules one a second, the others when their time has come."""
        absent = [belief for belief in self._beliefs if belief.absent]
        if absent and now >= self._absent_due_ns:
            self._absent_due_ns = now + ABSENT_NS
            return min(absent, key=lambda belief: belief.due_ns)
        there = [belief for belief in self._beliefs if not belief.absent and belief.due_ns <= now]
        if self._missed:  # time-outs are long: between two of them, one that is sure to answer
            return max(there, key=lambda belief: (not belief.doubtful, belief.heard_ns), default=None)
        return min(there, key=lambda belief: belief.due_ns, default=None)

    def _wait_ns(self, now: int) -> int:
        dues = [belief.due_ns for belief in self._beliefs if not belief.absent]
        return max(0, min([*dues, now + self._pause_ns]) - now)

    def _asked(self, belief: Belief, port: Transport, bt_ns: BtNs, tap: Tap) -> Iterable[Reading | Note]:
        yield from self._strays(port, bt_ns, tap)
        self._asked_last, self._refused, self._missed = belief, b"", True
        try:
            answer = self._asker.ask(port, belief.module, tap)
        except NoAnswerError:
            yield from belief.unanswered(bt_ns())
        except BadAnswerError as error:
            self._refused = error.heard
            yield from belief.damaged(error.reason, bt_ns())
        else:
            self._missed = False
            yield from belief.answered(answer, bt_ns())
            return
        port.pause(QUIET_S)
        yield from self._strays(port, bt_ns, tap)

    def _strays(self, port: Transport, bt_ns: BtNs, tap: Tap) -> Iterable[Reading | Note]:
        """Take away what nobody asked for, count it, and let an alarm among it still alarm."""
        stray = port.discard()
        if stray:
            tap(stray)
            now, belief = bt_ns(), self._asked_last
            answer = self._asker.rescued(self._refused + stray, belief.module)
            yield from belief.stray(now)
            yield from belief.late(answer, now) if answer is not None else ()
