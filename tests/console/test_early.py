"""The terminal before the screen: the emergency key works, and nothing typed is lost or done twice."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.clocks import HandClock
from support.console import F9, Console
from support.console_site import Site
from support.waiting import wait_until

from mr_safety_console.console.app import ConsoleApp
from mr_safety_console.console.early import EarlyScreen
from mr_safety_console.engine.intake import Intake
from mr_safety_console.engine.spool import Spool, new_id
from mr_safety_console.engine.spool_reader import SpoolReader

CTRL_S = b"\x13"
pytestmark = pytest.mark.pty


class Line:
    """A pseudo-terminal, and the lane of a directory."""

    def __init__(self, place: Path) -> None:
        self.master, self.slave = os.openpty()
        self.clock = HandClock()
        self.places = (place / "spool",)
        con = new_id()
        self.spool = Spool(self.places, con=con)
        self.reader = SpoolReader(self.places, con=con)
        self.spool.open()
        self.intake = Intake(self.spool, self.clock, lambda *_: None)
        self.intake.start()
        self.shown = bytearray()
        self.early = EarlyScreen(self.slave, self.slave)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        while data := os.read(self.master, 4096):
            self.shown += data
            if b"\x00end" in self.shown:
                return

    def modes(self) -> list[Any]:
        return termios.tcgetattr(self.slave)

    def close(self) -> None:
        self.early.close()
        self.intake.close()
        os.write(self.slave, b"\x00end")
        self._reader.join(5)
        os.close(self.slave)
        os.close(self.master)


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    line = Line(tmp_path)
    yield line
    line.close()


def test_the_key_is_recorded_before_there_is_a_screen_and_said_so(line: Line) -> None:
    line.early.open(line.intake, line.clock)
    wait_until(lambda: b"F9 EMERGENCY" in line.shown, 2, "the first lines")
    os.write(line.master, b"xyz" + F9)
    wait_until(lambda: b"EMERGENCY KEY: RECORDED" in line.shown, 2, "what became of the key")
    assert [record.kind for record in line.reader.poll()] == ["open-emergency"]
    assert len(line.early.tickets) == 1
    assert b"xyz" not in line.shown


def test_the_terminal_is_handed_over_as_it_was_found(line: Line) -> None:
    before = line.modes()
    line.early.open(line.intake, line.clock)
    assert line.modes() != before
    line.early.hand_over()
    assert line.modes() == before
    os.write(line.master, F9 + b"\n")
    assert os.read(line.slave, 16) == F9 + b"\n"  # nobody else reads it now
    line.early.close()
    assert b"\x1b[?1049l" not in line.shown  # the screen stands there; it ends itself


def test_without_a_screen_to_come_the_terminal_is_given_back(line: Line) -> None:
    before = line.modes()
    line.early.open(line.intake, line.clock)
    line.early.close()
    assert line.modes() == before
    wait_until(lambda: b"\x1b[?1049l" in line.shown, 2, "the usual screen")


def test_where_there_is_no_terminal_nothing_is_done(line: Line, tmp_path: Path) -> None:
    with (tmp_path / "file").open("w+b") as file:
        early = EarlyScreen(file.fileno(), file.fileno())
        early.open(line.intake, line.clock)
        early.hand_over()
        early.close()
        assert file.tell() == 0


def test_a_terminal_that_goes_away_ends_the_listening_only(tmp_path: Path) -> None:
    line = Line(tmp_path)
    other_master, other_slave = os.openpty()
    early = EarlyScreen(other_slave, other_slave)
    early.open(line.intake, line.clock)
    os.close(other_master)
    wait_until(lambda: "early-keys" not in {t.name for t in threading.enumerate()}, 2, "the end of listening")
    early.close()
    os.close(other_slave)
    line.close()


def test_a_terminal_that_is_not_read_makes_nobody_wait(tmp_path: Path) -> None:
    master, slave = os.openpty()
    os.set_blocking(slave, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(slave, b"." * 4096)
    os.set_blocking(slave, True)
    line = Line(tmp_path)
    early = EarlyScreen(slave, slave)
    early.open(line.intake, line.clock)
    os.write(master, F9)
    wait_until(lambda: early.tickets and early.tickets[0].recorded, 2, "the record of the key")
    early.hand_over()
    assert "early-keys" not in {thread.name for thread in threading.enumerate()}
    early.close()
    os.close(slave)
    os.close(master)
    line.close()


def test_a_stopped_terminal_goes_on(line: Line) -> None:
    os.write(line.master, CTRL_S)
    line.early.open(line.intake, line.clock)
    os.write(line.master, CTRL_S + F9)
    wait_until(lambda: b"EMERGENCY KEY: RECORDED" in line.shown, 2, "what became of the key")
    assert len(line.reader.poll()) == 1


DYING = """
import os, signal, sys, threading
from pathlib import Path
from mr_safety_console.console.early import EarlyScreen
from mr_safety_console.engine.clock import SystemClock

class NoIntake: pass

class Slow:
    # A press that is on the disk a little later.

    def __init__(self):
        self.settled = threading.Event()
        threading.Timer(0.2, self.settle).start()

    def settle(self):
        Path(sys.argv[1]).write_text("kept")
        self.settled.set()

class Nervous(EarlyScreen):
    # A second and a third signal come while the first is obeyed.

    def _stop(self):
        os.kill(os.getpid(), signal.SIGHUP)
        os.kill(os.getpid(), signal.SIGTERM)
        super()._stop()

assert "textual" not in sys.modules
early = Nervous() if "again" in sys.argv else EarlyScreen()
early.open(NoIntake(), SystemClock())
os.kill(os.getpid(), signal.SIGTSTP)
if "pressed" in sys.argv:
    early.tickets.append(Slow())
if "handed" in sys.argv:
    early.hand_over()
os.kill(os.getpid(), signal.SIGTERM)
"""


@pytest.mark.parametrize("when", ["listening", "again", "handed", "pressed"])
def test_an_end_before_the_screen_gives_the_terminal_back_without_textual(when: str, tmp_path: Path) -> None:
    master, slave = os.openpty()
    before = termios.tcgetattr(slave)
    done = subprocess.run(
        [sys.executable, "-c", DYING, str(tmp_path / "kept"), when],
        stdin=slave, stdout=slave, stderr=slave, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGTERM
    assert termios.tcgetattr(slave) == before
    shown = os.read(master, 65_536)
    assert b"F9 EMERGENCY" in shown
    assert b"\x1b[?1049l" in shown
    assert (tmp_path / "kept").exists() == (when == "pressed")
    os.close(slave)
    os.close(master)


def test_a_key_pressed_during_the_start_opens_the_emergency_screen_first(tmp_path: Path) -> None:
    with Console(tmp_path / "data") as console:
        console.see("starting")
        console.type(F9)
        console.see("EMERGENCY E1")
        console.see("RECORDED")
        assert b"EMERGENCY KEY: REC" in console.raw
        wait_until(lambda: console.rows("emergency-opened"), 5, "the press in the record")
        assert len(console.rows("emergency-opened")) == 1
        assert console.rows("emergency-key-again") == []


def test_without_our_driver_nobody_else_reads_the_keyboard(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stock driver, which a changed Textual leaves us with, calls nobody before it reads."""
    monkeypatch.setattr("mr_safety_console.console.app.driver_class", lambda: None)
    line.early.open(line.intake, line.clock)
    os.write(line.master, F9)
    wait_until(lambda: line.early.tickets, 2, "the key")
    site = Site(tmp_path / "site")
    app = ConsoleApp(site.parts(early=line.early))
    site.intake.close()
    assert "early-keys" not in {thread.name for thread in threading.enumerate()}
    assert app.desk.lane.unanswered
