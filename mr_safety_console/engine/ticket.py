"""What became of one press or step of the emergency lane."""

from __future__ import annotations

import threading
from enum import StrEnum

from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.context import Instant, elapsed
from mr_safety_console.engine.spool_record import SpoolRecord

RECORD_DEADLINE_S = 1.0
"""After this a record that is nowhere durable is shown as not recorded."""
ENGINE_ANSWER_S = 0.2
"""After this without an answer the emergency screen folds the spool itself."""


class TicketState(StrEnum):
    """What the screen says of one record."""

    RECORDING = "RECORDING"
    RECORDED = "RECORDED"
    NOT_RECORDED = "NOT RECORDED — WRITE ON PAPER"


class Ticket:
    """One press or step on its way. Ask `state(now)`; `recorded` is when it became durable.

    A ticket that missed its deadline still turns RECORDED if a later attempt succeeds.
    """

    def __init__(self, command: Command, record: SpoolRecord) -> None:
        self.command = command
        self.record = record
        self.recorded: Instant | None = None
        self.answered = threading.Event()
        self.fault = ""
        self.settled = threading.Event()

    @property
    def at(self) -> Instant:
        """Return the moment of the key press."""
        return self.record.at

    @property
    def cause(self) -> str:
        """Return the cause under which its facts are recorded."""
        return self.record.cause

    @property
    def emergency(self) -> str:
        """Return the id of the emergency it names, empty for a quench step."""
        return str(getattr(self.command, "emergency", ""))

    def state(self, now: Instant) -> TicketState:
        """Return what may be said of it at `now`."""
        if self.recorded is not None:
            return TicketState.RECORDED
        late = elapsed(now, self.at).seconds >= RECORD_DEADLINE_S
        return TicketState.NOT_RECORDED if self.fault or late else TicketState.RECORDING

    def engine_silent(self, now: Instant) -> bool:
        """Tell whether the engine has let 200 ms pass without answering."""
        return not self.answered.is_set() and elapsed(now, self.at).seconds >= ENGINE_ANSWER_S
