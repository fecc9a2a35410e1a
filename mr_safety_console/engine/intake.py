"""The emergency intake: every press and step is durable before anybody decides on it.

The way is the same every day: number and chain the record at the key, write it to the spool,
then hand the command to the engine under the record's cause. It works while the engine is busy,
blocked or dead, and while the disk is full. Standard library and the emergency rules only.

Three threads, so that none waits for another's trouble: one writes, one hands over, one watches
the deadlines. The caller never waits.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Container
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from mr_safety_console.domain import emergency, quench
from mr_safety_console.domain.codec import Command, Entry, encode_command
from mr_safety_console.domain.context import Instant, elapsed
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.value import frozen
from mr_safety_console.engine.late import LANE_COMMANDS, Late, Unreadable, unread
from mr_safety_console.engine.spool import Spool, SpoolError, new_id
from mr_safety_console.engine.ticket import Ticket, TicketState

__all__ = ["Clock", "Intake", "Late", "Submit", "Unreadable", "unread"]

RETRY_S = 1.0
MEND_S = 5.0
"""How often a place that could not be written is tried again while nothing else is to be written."""
WATCH_S = 0.02

Submit = Callable[[Command, Instant, str], object]
"""Hand a command to the engine with when it happened and its cause; returns its future."""


class Clock(Protocol):
    """Where the intake learns the time."""

    def now(self) -> Instant:
        """Return this moment."""
        ...


@dataclass(slots=True)
class _Watched:
    """A ticket in the watching thread's hands."""

    ticket: Ticket
    sent: bool = False
    shown: TicketState = TicketState.RECORDING


@frozen
class _Moment:
    now: Instant
    when: Instant
    tokens: tuple[str, ...]


class Intake:
    """The lane's entrance. Built and started before the journal and the screen.

    `submit` may raise, block or never answer. `on_change(ticket, state)` is called from the
    watching thread whenever what may be said of a ticket has changed; it must not block.
    """

    def __init__(
        self,
        spool: Spool,
        clock: Clock,
        submit: Submit,
        on_change: Callable[[Ticket, TicketState], None] | None = None,
    ) -> None:
        self._spool = spool
        self._clock = clock
        self._submit = submit
        self._on_change = on_change
        self._lock = threading.Lock()
        self._tickets: list[Ticket] = []
        self._press: Ticket | None = None
        self._writes: queue.SimpleQueue[Ticket | None] = queue.SimpleQueue()
        self._sends: queue.SimpleQueue[Ticket | None] = queue.SimpleQueue()
        self._wake = threading.Event()
        self._stopped = False
        runs = {"write": self._write_all, "send": self._send_all, "watch": self._watch_all}
        self._threads = [
            threading.Thread(target=run, name=f"emergency-{name}", daemon=True) for name, run in runs.items()
        ]

    def start(self) -> None:
        """Begin to work; presses taken before wait in order."""
        for thread in self._threads:
            thread.start()

    def press(self, at: Instant | None = None) -> Ticket:
        """Take the emergency key. Never waits; presses within 2 s are one ticket."""
        at = at or self._clock.now()
        with self._lock:
            last = self._press
            if last and elapsed(at, last.at).seconds < emergency.PRESSES_ARE_ONE_S:
                return last
            self._press = self._take(emergency.OpenEmergency(emergency=new_id()), at)
            return self._press

    def step(self, command: Command, at: Instant | None = None) -> Ticket:
        """Take a later step. Never waits. Raises `ValueError` for a command outside the lane."""
        if not isinstance(command, LANE_COMMANDS):
            raise ValueError(f"{command.kind}: give it to the engine, this lane takes only recordings")
        with self._lock:
            return self._take(command, at or self._clock.now())

    def fold(
        self, base: emergency.EmergencyState | None = None, done: Container[str] = ()
    ) -> emergency.EmergencyState:
        """Return the emergencies as this session's records tell them on top of `base`.

        `done` holds the causes already inside `base`.
        """
        state = base or emergency.EmergencyState()
        for ticket in self._pending(done):
            facts = emergency.decide(state, ticket.command, _moment(ticket))
            for told in () if isinstance(facts, Refused) else facts:
                state = emergency.evolve(state, Entry(0, ticket.at, told, ticket.cause, "person"))
        return state

    def fold_quench(
        self, base: quench.QuenchState | None = None, done: Container[str] = ()
    ) -> quench.QuenchState:
        """Return the quench log as this session's records tell it on top of `base`."""
        state = base or quench.QuenchState()
        for ticket in self._pending(done):
            for told in quench.decide(state, ticket.command, _moment(ticket)):
                state = quench.evolve(state, Entry(0, ticket.at, told, ticket.cause, "person"))
        return state

    def close(self, timeout_s: float = 1.0) -> bool:
        """Write what waits, stop the threads; False if one hangs in a disk or in the engine."""
        self._stopped = True
        self._writes.put(None)
        self._sends.put(None)
        self._wake.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(timeout_s)
        ended = not any(thread.is_alive() for thread in self._threads)
        if ended:
            self._spool.close()
        return ended

    # --- at the key ---

    def _take(self, command: Command, at: Instant) -> Ticket:
        plain = encode_command(command)
        ticket = Ticket(command, self._spool.prepare(plain["kind"], plain["data"], at))
        self._tickets.append(ticket)
        self._writes.put(ticket)
        self._wake.set()
        return ticket

    def _pending(self, done: Container[str]) -> list[Ticket]:
        with self._lock:
            return [ticket for ticket in self._tickets if ticket.cause not in done]

    # --- the writing thread ---

    def _write_all(self) -> None:
        failed: list[Ticket] = []
        while True:
            try:
                ticket = self._writes.get(timeout=self._patience(failed))
            except queue.Empty:
                failed = [item for item in failed if not self._write(item)]
                self._spool.open()
                continue
            if ticket is None:
                for item in failed:
                    self._write(item)
                return
            if not self._write(ticket):
                failed.append(ticket)

    def _patience(self, failed: list[Ticket]) -> float | None:
        """Return how long to wait for the next record before lost copies and records are tried again."""
        return RETRY_S if failed else MEND_S if self._spool.faults else None

    def _write(self, ticket: Ticket) -> bool:
        """Write one record; True once it is durable. Tries again only while nothing else holds it."""
        if ticket.recorded is None or not ticket.settled.is_set():
            try:
                self._spool.write(ticket.record)
            except (SpoolError, ValueError) as error:
                ticket.fault = str(error)
            else:
                ticket.recorded = ticket.recorded or self._clock.now()
        ticket.settled.set()
        self._wake.set()
        return ticket.recorded is not None

    # --- the watching thread ---

    def _watch_all(self) -> None:
        watched = 0
        live: list[_Watched] = []
        while not self._stopped:
            self._wake.wait(WATCH_S if live else None)
            self._wake.clear()
            with self._lock:
                live += map(_Watched, self._tickets[watched:])
                watched = len(self._tickets)
            live = [item for item in live if not self._look_at(item)]

    def _look_at(self, item: _Watched) -> bool:
        """Hand over and announce what is due; True when the ticket needs no more watching."""
        ticket, state = item.ticket, item.ticket.state(self._clock.now())
        if not item.sent and (ticket.settled.is_set() or state is TicketState.NOT_RECORDED):
            item.sent = True
            self._sends.put(ticket)
        if state is not item.shown:
            item.shown = state
            if self._on_change:
                self._on_change(ticket, state)
        return item.sent and state is TicketState.RECORDED

    # --- the sending thread ---

    def _send_all(self) -> None:
        while (ticket := self._sends.get()) is not None:
            try:
                answer = self._submit(ticket.command, ticket.at, ticket.cause)
            except Exception as error:  # noqa: BLE001  # a dead engine must not stop the lane
                ticket.fault = ticket.fault or f"engine: {type(error).__name__}"
                continue
            if isinstance(answer, Future):
                answer.add_done_callback(partial(self._answered, ticket))

    def _answered(self, ticket: Ticket, done: Future[Any]) -> None:
        """Take the engine's answer: an accepted command is durable in the journal."""
        ticket.answered.set()
        if done.cancelled() or done.exception() is not None or isinstance(done.result(), Refused):
            return
        if ticket.recorded is None:
            ticket.recorded = self._clock.now()
        self._wake.set()


def _moment(ticket: Ticket) -> _Moment:
    token = f"{ticket.record.session}{ticket.record.n}"
    return _Moment(ticket.at, ticket.at, (token,))
