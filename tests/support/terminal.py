"""A program on a pseudo-terminal of ours: type, look at its screen, stop reading it, hang up."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyte
from support.waiting import wait_until


class Terminal:
    """Runs `argv` on a pty of `columns` × `rows`; what it writes goes to a pyte screen and `raw`.

    The program may append JSON lines to the file named by `PROBE_LOG`; `events(kind)` reads them.
    """

    def __init__(self, argv: list[str], log: Path, *, columns: int = 80, rows: int = 24) -> None:
        self._log = log
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = bytearray()
        self._picture: tuple[int, list[str]] = (-1, [])
        self._read_to = 0
        self._events: dict[str, list[dict[str, Any]]] = {}
        self._draining = threading.Event()
        self._draining.set()
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self.master, slave = os.openpty()
        self.resize(columns, rows)
        self.modes_before = termios.tcgetattr(slave)
        self._slave = slave
        env = {"TERM": "xterm-256color", "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PROBE_LOG": str(log)}
        env |= {name: os.environ[name] for name in ("MRSC_PLAYER",) if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, *argv],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=env,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
        )
        self._reader = threading.Thread(target=self._read, name="terminal-reader")
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()

    def _read(self) -> None:
        while not self._ended.is_set():
            if not self._draining.wait(0.05):
                continue
            if not select.select([self.master], [], [], 0.05)[0]:
                continue
            try:
                data = os.read(self.master, 65_536)
            except OSError:
                return
            with self._lock:
                self.raw += data
                with contextlib.suppress(TypeError, ValueError, IndexError):
                    self._stream.feed(data)  # pyte does not know every private sequence

    def type(self, data: bytes) -> None:
        """Send bytes as if typed, however slowly the program reads."""
        os.set_blocking(self.master, False)
        view = memoryview(data)
        while view:
            if select.select([], [self.master], [], 1.0)[1]:
                with contextlib.suppress(BlockingIOError):
                    view = view[os.write(self.master, view) :]
            elif self.process.poll() is not None:
                return

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size, as the kernel tells the program."""
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def stop_reading(self) -> None:
        """Stop taking what the program writes, like a hung connection."""
        self._draining.clear()

    def read_again(self) -> None:
        """Take the program's output again."""
        self._draining.set()

    def lines(self) -> list[str]:
        """Return what stands on the screen now."""
        with self._lock:
            if self._picture[0] != len(self.raw):  # drawing it takes milliseconds, and waiting asks often
                self._picture = (len(self.raw), [line.rstrip() for line in self.screen.display])
            return list(self._picture[1])

    def events(self, kind: str) -> list[dict[str, Any]]:
        """Return the program's log lines of one kind, in order."""
        if self._log.exists():
            with self._log.open("rb") as log:
                log.seek(self._read_to)
                whole = log.read().rpartition(b"\n")[0]
            if whole:
                self._read_to += len(whole) + 1
                for event in map(json.loads, whole.split(b"\n")):
                    self._events.setdefault(event["kind"], []).append(event)
        return list(self._events.get(kind, []))

    def wait_for(self, kind: str, count: int = 1, deadline_s: float = 10.0) -> list[dict[str, Any]]:
        """Return the lines of one kind as soon as there are `count` of them."""
        wait_until(lambda: len(self.events(kind)) >= count, deadline_s, f"{count} × {kind!r}")
        return self.events(kind)

    def cpu_s(self) -> float:
        """Return the processor time the program has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def modes_now(self) -> list[Any]:
        """Return the line settings of the terminal."""
        return termios.tcgetattr(self._slave)

    def hang_up(self) -> None:
        """Close the terminal under the program."""
        self._ended.set()
        self._reader.join()
        for fd in (self._slave, self.master):
            with contextlib.suppress(OSError):
                os.close(fd)

    def close(self) -> None:
        """End the program, by force if it does not end, and the terminal."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait(5)
        self.hang_up()
