"""What stands on the terminal until the screen does: a few lines, and the emergency key alive.

Importing the screen's library takes longer than everything before it. From the moment the
emergency lane works until the screen takes the terminal over, this reads the keyboard: an
emergency key is recorded at once, anything else typed meanwhile is dropped. Nothing here may
import Textual.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import termios
import threading
import time
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

from mr_safety_console.console.signals import CLOSING, TerminalState, ignore_job_control
from mr_safety_console.console.wire import Emergency, Splitter

if TYPE_CHECKING:
    from collections.abc import Callable

    from mr_safety_console.engine.clock import Clock
    from mr_safety_console.engine.intake import Intake
    from mr_safety_console.engine.ticket import Ticket

INPUT_FD: Final = 0
OUTPUT_FD: Final = 2
"""Where the screen is drawn later too."""
READ_BYTES: Final = 4_096
LOOK_S: Final = 0.05
END_S: Final = 1.0
"""Longest wait for the listening to end, and for keys already pressed to be written."""
FRAME: Final = (
    "\x1b[?1049h\x1b[?25l\x1b[H\x1b[J"
    "\x1b[1mMR SAFETY CONSOLE\x1b[0m  starting\n\n"
    "Every door and detector UNKNOWN until this has started.\n\n"
    "\x1b[1mF9 EMERGENCY\x1b[0m  is recorded from now on.\n"
)
STATE_ROW: Final = "\x1b[7;1H\x1b[2K\x1b[1mEMERGENCY KEY: {state}\x1b[0m"


class EarlyScreen:
    """One terminal before the screen. Does nothing where there is none.

    `open` once the emergency lane works, `hand_over` when the screen takes the terminal, `close`
    when there will be no screen; each may be called whether or not the others were.
    """

    def __init__(self, input_fd: int = INPUT_FD, output_fd: int = OUTPUT_FD) -> None:
        self._in, self._out = input_fd, output_fd
        self.terminal = TerminalState(input_fd)
        self.tickets: list[Ticket] = []
        self._before: list[Any] | None = None
        self._thread: threading.Thread | None = None
        self._wake: tuple[int, int] | None = None
        self._told = ""
        self._pen: int | None = None
        self._guards = self._ending = False

    def open(self, intake: Intake, clock: Clock) -> Callable[[], None]:
        """Draw the lines and begin to listen for the emergency key; returns `close`."""
        try:
            if os.isatty(self._in) and os.isatty(self._out):
                self._begin(intake, clock)
        except (OSError, termios.error):
            self.close()  # the screen will meet the same terminal, and say so
        return self.close

    def hand_over(self) -> None:
        """Stop listening and leave the terminal as it was found, the lines still on it.

        A closing signal still gives the terminal back, until the screen takes the signals over.
        """
        self._stop()
        if self._before is not None:
            with contextlib.suppress(OSError, termios.error):
                termios.tcsetattr(self._in, termios.TCSANOW, self._before)
            self._before = None

    def close(self) -> None:
        """Stop listening and give the terminal back, unless the screen has had it."""
        listened = self._before is not None
        self.hand_over()
        if listened:
            self.terminal.restore()
        if self._guards and not self._ending:
            self._guards = False
            for signum in CLOSING:
                signal.signal(signum, _default(signum))

    def _begin(self, intake: Intake, clock: Clock) -> None:
        before = termios.tcgetattr(self._in)
        ignore_job_control()
        self._guards = True
        for signum in CLOSING:
            signal.signal(signum, self._ended)
        self._before = before
        quiet = [*before]
        quiet[0] = before[0] & ~termios.IXON  # nor may ctrl+s stop what stands here
        quiet[3] = before[3] & ~(termios.ICANON | termios.ECHO)
        termios.tcsetattr(self._in, termios.TCSANOW, quiet)
        # A writer of our own: a terminal that is not read must make neither us nor the start wait.
        with contextlib.suppress(OSError):
            name = os.ttyname(self._out)
            self._pen = os.open(name, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
        self._show(FRAME)
        self._wake = os.pipe2(os.O_CLOEXEC)
        self._thread = threading.Thread(
            target=self._listen, args=(intake, clock), name="early-keys", daemon=True
        )
        self._thread.start()

    def _stop(self) -> None:
        thread, wake, pen = self._thread, self._wake, self._pen
        self._thread = self._wake = self._pen = None
        if wake is not None:
            os.close(wake[1])
            if thread is not None and thread.ident is not None:
                thread.join(END_S)
            os.close(wake[0])
        if pen is not None:
            os.close(pen)

    def _ended(self, signum: int, _frame: FrameType | None) -> None:
        """Give the terminal back and end by the signal; further ones are already being obeyed."""
        if self._ending:
            return
        self._ending = True
        self.hand_over()
        deadline = time.monotonic() + END_S
        for ticket in self.tickets:
            ticket.settled.wait(max(0.0, deadline - time.monotonic()))
        self.terminal.restore()
        signal.signal(signum, _default(signum))
        os.kill(os.getpid(), signum)

    def _listen(self, intake: Intake, clock: Clock) -> None:
        splitter, wake = Splitter(), self._wake
        if wake is None:
            return
        while True:
            ready, _, _ = select.select([self._in, wake[0]], [], [], LOOK_S)
            if wake[0] in ready:
                return
            try:
                data = os.read(self._in, READ_BYTES) if ready else b""
            except OSError:
                return
            if ready and not data:
                return  # the terminal is gone; the screen will find that out too
            for token in splitter.feed(data, time.monotonic()):
                if isinstance(token, Emergency):
                    self.tickets.append(intake.press())
            self._tell(clock)

    def _tell(self, clock: Clock) -> None:
        state = self.tickets[-1].state(clock.now()).replace("\N{EM DASH}", "-") if self.tickets else ""
        if state != self._told:
            self._told = state
            self._show(STATE_ROW.format(state=state))

    def _show(self, text: str) -> None:
        """Write what the terminal takes at once; the lines are a comfort, the key is not."""
        pen = self._pen
        if pen is not None:
            with contextlib.suppress(OSError):
                os.write(pen, text.encode("ascii", "replace"))


def _default(signum: int) -> Any:
    return signal.default_int_handler if signum == signal.SIGINT else signal.SIG_DFL
