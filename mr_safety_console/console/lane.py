"""The console's side of the emergency lane: presses, steps, and what the screen may say of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Final

from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.context import Instant
from mr_safety_console.domain.emergency import EmergencyState
from mr_safety_console.domain.quench import QuenchState
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.domain.value import frozen
from mr_safety_console.engine.clock import Clock
from mr_safety_console.engine.intake import Intake
from mr_safety_console.engine.ticket import Ticket, TicketState

KEPT: Final = 64
_ORDER: Final = (TicketState.RECORDED, TicketState.RECORDING, TicketState.NOT_RECORDED)


@frozen
class LaneStatus:
    """What may be said of the records of this run: the worst state, and when the newest was durable."""

    state: TicketState | None = None
    recorded: Instant | None = None
    fault: str = ""


class Lane:
    """Every emergency and quench recording of this console, handed to the intake at once."""

    def __init__(self, intake: Intake, clock: Clock) -> None:
        self._intake = intake
        self._clock = clock
        self._tickets: deque[Ticket] = deque(maxlen=KEPT)
        self._from_key: Ticket | None = None

    def key(self) -> None:
        """Take the emergency key on the input thread; `press` then finds the press already taken."""
        self._from_key = self._intake.press()

    def press(self) -> Ticket:
        """Return the ticket of the press that brought us here, taking one if no thread has."""
        ticket, self._from_key = self._from_key or self._intake.press(), None
        self._keep(ticket)
        return ticket

    def adopt(self, tickets: Iterable[Ticket]) -> None:
        """Take over presses that were recorded before this lane was there."""
        for ticket in tickets:
            self._keep(ticket)

    def step(self, command: Command) -> Ticket:
        """Record a step now."""
        ticket = self._intake.step(command, self._clock.now())
        self._keep(ticket)
        return ticket

    def _keep(self, ticket: Ticket) -> None:
        if ticket not in self._tickets:
            self._tickets.append(ticket)

    @property
    def unanswered(self) -> bool:
        """Tell whether a record waits for the engine."""
        return any(not ticket.answered.is_set() for ticket in self._tickets)

    def emergency(self, state: SuiteState) -> EmergencyState:
        """Return the emergencies with what the engine has not told yet."""
        return self._intake.fold(state.emergency, state.lane) if self.unanswered else state.emergency

    def quench(self, state: SuiteState) -> QuenchState:
        """Return the quench log with what the engine has not told yet."""
        return self._intake.fold_quench(state.quench, state.lane) if self.unanswered else state.quench

    def status(self) -> LaneStatus:
        """Return what may be said of this run's records now."""
        if not self._tickets:
            return LaneStatus()
        now = self._clock.now()
        worst = max(self._tickets, key=lambda ticket: _ORDER.index(ticket.state(now)))
        state = worst.state(now)
        done = [t.recorded for t in self._tickets if t.recorded is not None]
        return LaneStatus(state, done[-1] if done else None, "" if worst.recorded else worst.fault)
