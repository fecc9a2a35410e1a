"""Bytes to a terminal that may stop reading: bounded, and the writer is never made to wait.

When too much waits, all of it is dropped and nothing more is taken until the terminal reads again;
then one whole repaint is asked for. The event loop therefore never stands still for a terminal.
"""

from __future__ import annotations

import os
import select
import threading
from collections import deque
from collections.abc import Callable
from typing import Final

MAX_BYTES: Final = 256 * 1024
"""About three whole frames of the largest screen in colour."""
CLOSE_S: Final = 0.3
"""Longest time closing waits for the terminal to take the last bytes."""
POLL_MS: Final = 100
RESUME: Final = b"\x18\x1b\\\x1b[0m\x1b[?2026l"
"""Ends whatever sequence was cut in the middle, and a synchronised update left open."""

_NONBLOCKING_CHUNK: Final = 64 * 1024
_BLOCKING_CHUNK: Final = 512


class Outflow(threading.Thread):
    """Writes text to a terminal from its own thread, at most `MAX_BYTES` and one write waiting.

    `on_resume` is called on this thread when the terminal reads again after an overflow. The file
    description is opened anew where possible: making the shared one non-blocking would also
    change the shell's.
    """

    def __init__(self, fd: int, on_resume: Callable[[], None], *, max_bytes: int = MAX_BYTES) -> None:
        super().__init__(name="console-output", daemon=True)
        self._fd, self._chunk = _own_descriptor(fd)
        self._terminal = fd
        self._on_resume = on_resume
        self._max = max_bytes
        self._lock = threading.Condition()
        self._queue: deque[bytes] = deque()
        self._size = 0
        self._stopping = False
        self._overflowed = False
        self.dropped_bytes = 0

    @property
    def overflowed(self) -> bool:
        """Tell whether the terminal is not reading and output is being dropped."""
        return self._overflowed

    def write(self, text: str) -> None:
        """Take text for the terminal; returns at once whatever the terminal does."""
        data = text.encode("utf-8", "replace")
        with self._lock:
            if self._overflowed:
                self.dropped_bytes += len(data)
                return
            if self._size > self._max:
                self._drop()
                self.dropped_bytes += len(data)
                self._overflowed = True
            else:
                self._append(data)
            self._lock.notify()

    def flush(self) -> None:
        """Do nothing: the thread writes as fast as the terminal reads."""

    def isatty(self) -> bool:
        """Tell that a terminal is at the other end."""
        return os.isatty(self._terminal)

    def fileno(self) -> int:
        """Return the descriptor of the terminal."""
        return self._terminal

    def prepare_close(self) -> None:
        """Drop frames that wait, so that what restores the terminal is written first."""
        with self._lock:
            if self._queue or self._overflowed:
                self._drop()
                self._overflowed = False
                self._append(RESUME)

    def stop(self) -> None:
        """Write what waits for at most `CLOSE_S`, then end the thread and close the descriptor."""
        with self._lock:
            self._stopping = True
            self._lock.notify()
        if self.is_alive():
            self.join(CLOSE_S + 2 * POLL_MS / 1000)

    def run(self) -> None:
        """Write until stopped; a terminal that is gone swallows everything."""
        poll = select.poll()
        poll.register(self._fd, select.POLLOUT)
        try:
            while self._wait():
                self._write_some(poll)
            self._last_words(poll)
        finally:
            os.close(self._fd)

    def _wait(self) -> bool:
        with self._lock:
            while not (self._queue or self._stopping or self._overflowed):
                self._lock.wait()
            return not self._stopping

    def _last_words(self, poll: select.poll) -> None:
        for _ in range(int(CLOSE_S * 1000) // POLL_MS):
            while self._queue:
                if not self._write_some(poll):
                    break
            if not self._queue:
                return

    def _write_some(self, poll: select.poll) -> bool:
        """Write one piece if the terminal takes bytes within `POLL_MS`; tell whether it did."""
        if not poll.poll(POLL_MS):
            return False
        with self._lock:
            resumed, self._overflowed = self._overflowed, False
            if resumed:
                self._append(RESUME)
            data = b"".join(self._queue)
            self._queue.clear()
        rest = data[self._put_out(data) :] if data else b""
        with self._lock:
            self._size = len(rest) + sum(map(len, self._queue))
            if rest:
                self._queue.appendleft(rest)
        if resumed:
            self._on_resume()
        return True

    def _put_out(self, data: bytes) -> int:
        try:
            return os.write(self._fd, data[: self._chunk])
        except BlockingIOError:
            return 0
        except OSError:  # the terminal is gone: nobody is there to read what waits
            return len(data)

    def _append(self, data: bytes) -> None:
        self._queue.append(data)
        self._size += len(data)

    def _drop(self) -> None:
        self.dropped_bytes += self._size
        self._queue.clear()
        self._size = 0


def say(line: str, *, fd: int = 2) -> None:
    """Write one line to a terminal or a file; a terminal that does not read loses it."""
    own, _ = _own_descriptor(fd)
    try:
        os.write(own, f"{line}\r\n".encode("utf-8", "replace"))
    except OSError:
        return
    finally:
        os.close(own)


def _own_descriptor(fd: int) -> tuple[int, int]:
    """Return a descriptor of our own on the same terminal, and how much to write at once."""
    try:
        own = os.open(os.ttyname(fd), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return os.dup(fd), _BLOCKING_CHUNK
    return own, _NONBLOCKING_CHUNK
