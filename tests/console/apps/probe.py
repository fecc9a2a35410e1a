"""A small app on the hardened driver that writes down what reaches it; driven by the pty tests."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from mr_safety_console.console.commands import APP, bindings
from mr_safety_console.console.crash import CrashBox, install
from mr_safety_console.console.driver import GuardedApp, HardenedDriver, Scanned, driver_class
from mr_safety_console.console.signals import Signals, TerminalState, exit_code
from mr_safety_console.domain.context import Instant

LOG = os.open(os.environ["PROBE_LOG"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
PATIENT = "NHS 999 999 9999"


def say(kind: str, **values: object) -> None:
    os.write(LOG, json.dumps({"kind": kind, "t": time.monotonic(), **values}).encode() + b"\n")


class Dialog(ModalScreen[None]):
    def compose(self) -> ComposeResult:
        yield Input(id="field")
        yield Static("", id="count")


class Probe(GuardedApp[None]):
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(APP)]
    ENABLE_COMMAND_PALETTE = False

    def __init__(self) -> None:
        super().__init__(driver_class=driver_class())
        terminal = TerminalState(0)
        self.signals = Signals(self.end, terminal=terminal)
        self.emergency_hook = lambda: say("hook", thread=threading.current_thread().name)
        now = Instant(utc=1, bt=2, boot="probe")
        box = CrashBox(Path(os.environ["PROBE_LOG"]).parent / "crash", lambda: now, app="probe")
        self.crash_hook = box.record
        install(box, before_line=terminal.restore)
        self.last_beat = time.monotonic()
        self.beats = 0
        self.emergencies = 0
        self.worst = 0.0
        self.paint = "--paint" in sys.argv

    def compose(self) -> ComposeResult:
        yield Static("", id="filler")

    def on_mount(self) -> None:
        self.signals.install(asyncio.get_running_loop())
        self.set_interval(0.01, self.beat)
        self.set_interval(0.25, self.report)
        self.push_screen(Dialog())
        self.call_after_refresh(lambda: say("ready", hardened=isinstance(self._driver, HardenedDriver)))

    def beat(self) -> None:
        now = time.monotonic()
        self.worst = max(self.worst, now - self.last_beat)
        self.last_beat = now
        self.beats += 1
        if self.paint:
            filler = self.screen_stack[0].query_one("#filler", Static)
            filler.update("\n".join(f"{self.beats * 7919 + n:080d}" for n in range(22)))
            filler.styles.background = "red" if self.beats % 2 else "blue"

    def report(self) -> None:
        driver = self._driver
        assert isinstance(driver, HardenedDriver)
        say(
            "beat",
            worst=self.worst,
            stuck=driver.output_stuck,
            input_alive=driver.input_alive,
            input_errors=driver.input_errors,
        )
        self.worst = 0.0

    def end(self, signum: int) -> None:
        say("signal", signum=signum)
        self.exit(return_code=exit_code(signum))

    def action_emergency(self) -> None:
        self.emergencies += 1
        self.screen.query_one("#count", Static).update(f"EMERGENCY {self.emergencies}")
        say("action")

    def action_sign_on(self) -> None:
        name = PATIENT
        raise ValueError(name)

    def action_lock(self) -> None:
        say("field", value=self.screen.query_one(Input).value)

    def on_scanned(self, message: Scanned) -> None:
        say("scanned", text=message.text, cut=message.cut)

    def on_resize(self, event: events.Resize) -> None:
        say("resize", columns=event.size.width, rows=event.size.height)


if __name__ == "__main__":
    app = Probe()
    app.run()
    app.signals.remove()
    say("ended", code=app.return_code)
    sys.exit(app.return_code or 0)
