"""The emergency lane of one data directory: whose it is, its spool, its intake, and the way to the engine."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.context import Instant
from mr_safety_console.engine import spool_owner
from mr_safety_console.engine.clock import Clock
from mr_safety_console.engine.decider import Answer
from mr_safety_console.engine.engine import Engine
from mr_safety_console.engine.intake import Intake
from mr_safety_console.engine.rescue import Rescue
from mr_safety_console.engine.spool import Spool, new_id, places
from mr_safety_console.engine.spool_reader import SpoolReader

START_S = 5.0
"""How long an early record waits to be handed over; then the engine's look at the spool finds it."""


class Lane:
    """Works from `open` on, before there is an engine and without one.

    `console` is the id a fresh record is to begin with.
    """

    def __init__(self, data: Path, clock: Clock, environ: Mapping[str, str]) -> None:
        self._data = data
        self._dirs = places(data, environ)
        owned = spool_owner.claim(data, new_id())
        spool_owner.set_aside(self._dirs, owned)
        self.console = owned.con
        self._engine: Engine | None = None
        self._there = threading.Event()
        self.spool = Spool(self._dirs, con=owned.con)
        self.intake = Intake(self.spool, clock, self._submit)

    def open(self) -> None:
        """Reserve the files and begin to work; what cannot be written is told once there is an engine."""
        self.spool.open()
        self.intake.start()

    def join(self, engine: Engine) -> None:
        """Hand what was recorded before there was an engine to the engine, now that it has started."""
        self._engine = engine
        self._there.set()

    def close(self) -> None:
        """End; a record that waits for an engine stays in the spool for the next run."""
        self._there.set()
        self.intake.close()

    def settle(self, console: str) -> Rescue:
        """Take over whose the record is from the record itself; return the engine's errand here."""
        spool_owner.settle(self._data, console)
        self.spool.bind(console)
        reader = SpoolReader(self._dirs, con=console)
        return Rescue(reader, self.spool, partial(spool_owner.left_aside, self._dirs))

    def _submit(self, command: Command, occ: Instant, cause: str) -> Answer:
        """Pass on to the engine, waiting for its start; `RuntimeError` when none comes."""
        self._there.wait(START_S)
        if self._engine is None:
            raise RuntimeError("the engine is not there yet")
        return self._engine.submit_late(command, occ, cause)
