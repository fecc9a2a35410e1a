"""Signals end the console in order, or are ignored; a terminal is always given back as it was."""

from __future__ import annotations

import os
import signal
import termios
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import asyncio

CLOSING: Final = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)
IGNORED: Final = (signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU, signal.SIGUSR1, signal.SIGUSR2)
DEADLINE_S: Final = 3.0
"""An orderly close that takes longer is cut short: the launcher starts us again at once."""

TERMINAL_RESET: Final = (
    b"\x18\x1b\\\x1b[?2026l\x1b[0m\x1b[<u\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l"
    b"\x1b[?1004l\x1b[?2004l\x1b[?2048l\x1b[?7h\x1b[?1049l\x1b[?25h"
)
"""Leaves the alternate screen and every mode a full-screen program may have set."""


def exit_code(signum: int) -> int:
    """Return what a shell calls the end by this signal: 143 for SIGTERM, 129 for SIGHUP."""
    return 128 + signum


def ignore_job_control() -> None:
    """Never stop: a stopped console raises no alarm. Also called after Textual set its own."""
    for signum in IGNORED:
        signal.signal(signum, signal.SIG_IGN)


class TerminalState:
    """The line settings of a terminal as they were found, and the way back to them."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._before: list[Any] | None
        try:
            self._before = termios.tcgetattr(fd)
        except termios.error:
            self._before = None

    def restore(self) -> None:
        """Reset the terminal without ever waiting for it; harmless when it is gone."""
        if self._before is None:
            return
        try:
            own = os.open(os.ttyname(self._fd), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return
        try:
            os.write(own, TERMINAL_RESET)
            termios.tcsetattr(own, termios.TCSANOW, self._before)
        except (OSError, termios.error):
            return
        finally:
            os.close(own)


class Signals:
    """Closing signals call `on_close(signum)` once, on the loop; stopping ones are ignored.

    If the process still lives `deadline_s` after the first, the terminal is restored and the
    process ends at once. A second closing signal does the same without waiting.
    """

    def __init__(
        self,
        on_close: Callable[[int], None],
        *,
        terminal: TerminalState | None = None,
        deadline_s: float = DEADLINE_S,
        leave: Callable[[int], None] = os._exit,
    ) -> None:
        self._on_close = on_close
        self._terminal = terminal
        self._deadline_s = deadline_s
        self._leave = leave
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: threading.Timer | None = None
        self.received: int | None = None

    def install(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take the signals over; to be called on the main thread once the loop runs."""
        self._loop = loop
        ignore_job_control()
        for signum in CLOSING:
            loop.add_signal_handler(signum, self._close, int(signum))

    def remove(self) -> None:
        """Give the closing signals back and forget the deadline; the orderly close is done."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._loop is None:
            return
        for signum in CLOSING:
            self._loop.remove_signal_handler(signum)
        self._loop = None

    def _close(self, signum: int) -> None:
        if self.received is not None:
            self._cut_short()
            return
        self.received = signum
        self._timer = threading.Timer(self._deadline_s, self._cut_short)
        self._timer.daemon = True
        self._timer.name = "close-deadline"
        self._timer.start()
        self._on_close(signum)

    def _cut_short(self) -> None:
        if self._terminal is not None:
            self._terminal.restore()
        self._leave(exit_code(self.received or signal.SIGTERM))
