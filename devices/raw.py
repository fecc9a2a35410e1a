"""Keep what really came over the wire: a bounded ring of two files per port, off the reading thread."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections.abc import Iterator
from pathlib import Path

LIMIT_BYTES = 64 * 1024 * 1024
LIMIT_AGE_S = 7 * 24 * 3600
PENDING = 4096
GATHER_S = 0.1
"""What is read within this time is written at once: a line at a time cost a tenth of a core under load."""
S_NS = 1_000_000_000


class RawRing:
    """Appends `bt_ns hex` lines to `<name>.raw`, turning it into `<name>.raw.1` when half is full.

    Both files together stay within `limit_bytes` and cover at most `limit_age_s`. `append` never
    waits and never raises: what the disk cannot take is counted in `dropped`, and `trouble` names
    the reason until writing works again.
    """

    def __init__(
        self, directory: Path, name: str, *, limit_bytes: int = LIMIT_BYTES, limit_age_s: int = LIMIT_AGE_S
    ) -> None:
        self.trouble = ""
        self.dropped = 0
        self._path = directory / f"{name}.raw"
        self._half_bytes = limit_bytes // 2
        self._half_age_ns = limit_age_s * S_NS // 2
        self._first_ns: int | None = None
        self._pending: queue.Queue[tuple[int, bytes] | None] = queue.Queue(PENDING)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"raw-{name}", daemon=True)
        self._thread.start()

    def append(self, bt_ns: int, data: bytes) -> None:
        """Queue what one read returned."""
        try:
            self._pending.put_nowait((bt_ns, data))
        except queue.Full:
            self.dropped += 1

    def close(self, timeout: float) -> bool:
        """Write what is queued and end; return False if the disk did not let it in time."""
        self._ending.set()
        with contextlib.suppress(queue.Full):
            self._pending.put(None, timeout=timeout)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        going_on = True
        while going_on:
            gathered = [self._pending.get()]
            self._ending.wait(GATHER_S)  # one write for what comes together, not one for each read
            with contextlib.suppress(queue.Empty):
                while True:
                    gathered.append(self._pending.get_nowait())
            going_on = None not in gathered
            self._keep([item for item in gathered if item is not None])

    def _keep(self, items: list[tuple[int, bytes]]) -> None:
        try:
            for first_ns, lines in self._groups(items):
                self._write(first_ns, lines)
            self.trouble = ""
        except (OSError, ValueError) as error:
            self.dropped += len(items)
            self.trouble = str(error)[:120]

    def _groups(self, items: list[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
        """Yield lines to be written at once with the moment of the first; no group fills half the ring."""
        first_ns, lines = 0, b""
        for bt_ns, data in items:
            line = b"%d %s\n" % (bt_ns, data.hex().encode("ascii"))
            if lines and len(lines) + len(line) > self._half_bytes // 2:
                yield first_ns, lines
                lines = b""
            first_ns = first_ns if lines else bt_ns
            lines += line
        if lines:
            yield first_ns, lines

    def _write(self, bt_ns: int, lines: bytes) -> None:
        """Append lines of which the first was read at `bt_ns`."""
        fd = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            size = os.fstat(fd).st_size
            if size and self._first_ns is None:
                self._first_ns = self._read_first()
            if size and self._is_full(bt_ns, size + len(lines)):
                os.replace(self._path, self._path.with_suffix(".raw.1"))
                os.close(fd)
                fd = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                size = 0
            if not size:
                self._first_ns = bt_ns
            os.write(fd, lines)
        finally:
            os.close(fd)

    def _is_full(self, bt_ns: int, size: int) -> bool:
        """Turn over by size, by age, and when the host's clock started again."""
        first = self._first_ns or 0
        return size > self._half_bytes or not first <= bt_ns <= first + self._half_age_ns

    def _read_first(self) -> int:
        with self._path.open("rb") as file:
            head = file.read(32).split(b" ")[0]
        return int(head) if head.isdigit() else 0
