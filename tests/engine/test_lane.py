"""The lane and the engine that comes after it: an early press waits for it, and is handed over once."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from typing import Any

from support.waiting import wait_until

from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.context import Instant
from mr_safety_console.engine.clock import SystemClock
from mr_safety_console.engine.lane import Lane


class Engine:
    """Keeps what it is handed."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def submit_late(self, _command: Command, _occ: Instant, cause: str) -> Future[Any]:
        self.given.append(cause)
        return Future()


def test_a_press_before_the_engine_is_handed_over_when_it_has_started(tmp_path: Path) -> None:
    """I7: not at the engine's next look at the spool, a second later."""
    lane, engine = Lane(tmp_path, SystemClock(), {"HOME": str(tmp_path)}), Engine()
    lane.open()
    try:
        ticket = lane.intake.press()
        wait_until(lambda: ticket.recorded is not None, 2, "the press on the disk")
        assert engine.given == []
        lane.join(engine)  # type: ignore[arg-type]
        wait_until(lambda: engine.given == [ticket.cause], 2, "the press in the engine's hands")
        assert not ticket.fault
    finally:
        lane.close()


def test_a_start_that_ends_without_an_engine_keeps_the_press_in_the_spool(tmp_path: Path) -> None:
    """I7: and does not wait for one that never comes."""
    lane = Lane(tmp_path, SystemClock(), {"HOME": str(tmp_path)})
    lane.open()
    ticket = lane.intake.press()
    wait_until(lambda: ticket.recorded is not None, 2, "the press on the disk")
    lane.close()
    files = list((tmp_path / "spool").glob("*.spool"))
    assert sum(file.read_bytes().count(b'"kind":"open-emergency"') for file in files) == 1
