"""The emergency spool: a few hundred records on disk that need no database to be written or read.

A file is made before it is needed, 256 KiB of reserved blocks, so that a full disk does not stop
it. It is a row of 512-byte slots; a record begins at a slot: magic, length and CRC-32 of the body,
then the body, UTF-8 JSON. A torn or damaged record therefore never hides another. Each record
carries the SHA-256 of the one before it, both clocks, and its session and number, which make the
cause of the facts it becomes. Every record goes to a file in the data directory and to a second
one in the runtime directory; either is enough. Standard library only.
"""

from __future__ import annotations

import base64
import contextlib
import errno
import fcntl
import hashlib
import os
import secrets
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mr_safety_console.domain.context import Instant
from mr_safety_console.engine.spool_reader import MAX_READ, SUFFIX, SpoolReader, chain_breaks
from mr_safety_console.engine.spool_record import MAX_BODY, NO_RECORD, SLOT, SpoolRecord, frame, read_frames

__all__ = [
    "FILE_BYTES",
    "MAX_BODY",
    "SLOT",
    "Spool",
    "SpoolError",
    "SpoolReader",
    "SpoolRecord",
    "chain_breaks",
    "frame",
    "new_id",
    "places",
    "read_frames",
]

FILE_BYTES = 256 * 1024
SMALL_FILE_BYTES = 16 * 1024


class SpoolError(OSError):
    """A record could not be made durable anywhere; the message names each place and why."""


def new_id() -> str:
    """Return 80 random bits as 16 base-32 letters."""
    return base64.b32encode(secrets.token_bytes(10)).decode()


# --- places ------------------------------------------------------------------------------------


def places(data_dir: Path | None, environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Return the spool's directories for a data directory: beside the data, and in memory.

    The second one is named after the data directory, so that two consoles on one machine never
    read each other's emergencies.
    """
    key = hashlib.sha256(os.fsencode(os.path.realpath(data_dir or "none"))).hexdigest()[:16]
    base = environ.get("XDG_RUNTIME_DIR", "")
    name = f"mr-safety-console-{key}"
    second = Path(base, name) if base else Path(tempfile.gettempdir(), f"{name}-{os.getuid()}")
    return (second,) if data_dir is None else (data_dir / "spool", second)


def private_dir(path: Path) -> None:
    """Make a directory that only its owner enters, or raise `OSError` if it is anything else."""
    for part in (*reversed(path.parents), path):
        if not part.exists():
            with contextlib.suppress(FileExistsError):
                part.mkdir(mode=0o700)
    found = path.stat(follow_symlinks=False)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise OSError(errno.EPERM, "not a private directory of this user", str(path))


class _Copy:
    """One directory's newest spool file, locked to this process; `con` is whose it is."""

    def __init__(self, place: Path, size: int, con: str) -> None:
        self.place = place
        self.con = con
        self._size = size
        self._fd = -1
        self._at = 0
        self._end = 0

    def open(self) -> None:
        """Take a file with room in it, or make one. Raises `OSError`."""
        if self._fd >= 0:
            return
        private_dir(self.place)
        for path in sorted(self.place.glob(f"*{SUFFIX}"), reverse=True):
            if self._take(path):
                return
        self._make()

    def write(self, framed: bytes) -> None:
        """Make one record durable. Raises `OSError`; the next call then begins afresh."""
        try:
            self.open()
            if self._at + len(framed) > self._end:
                self.close()
                self._make()
            view = memoryview(framed)
            while view:
                done = os.pwrite(self._fd, view, self._at + len(framed) - len(view))
                view = view[done:]
            os.fsync(self._fd)
            self._at += len(framed)
        except OSError:
            self.close()
            raise

    def probe(self) -> None:
        """Write and sync an empty slot, which no reader sees. Raises `OSError`."""
        try:
            if self._at + SLOT > self._end:
                self.close()
                self._make()
            os.pwrite(self._fd, b"\0" * SLOT, self._at)
            os.fsync(self._fd)
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file and of its lock."""
        if self._fd >= 0:
            fd, self._fd = self._fd, -1
            os.close(fd)

    def _take(self, path: Path) -> bool:
        """Take over a file nobody writes, if a long record still fits behind what it holds."""
        try:
            fd = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            size = os.fstat(fd).st_size
            held = os.pread(fd, MAX_READ, 0).rstrip(b"\0")
        except OSError:
            os.close(fd)
            return False
        start = len(held) + (-len(held) % SLOT)
        others = any(record and record.con not in ("", self.con) for _, record in read_frames(held))
        if size > MAX_READ or start + 4 * SLOT > size or others:
            os.close(fd)
            return False
        self._fd, self._at, self._end = fd, start, size
        return True

    def _make(self) -> None:
        """Make a file whose blocks are reserved before its name can be relied on."""
        path = self.place / f"emergency-{new_id()}{SUFFIX}"
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        fd = os.open(path, flags, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._end = _reserve(fd, self._size)
            os.fsync(fd)
            _sync_dir(self.place)
        except OSError:
            os.close(fd)
            path.unlink(missing_ok=True)
            raise
        self._fd, self._at = fd, 0


def _reserve(fd: int, size: int) -> int:
    """Reserve blocks for the whole file, or for a small one on a nearly full disk."""
    try:
        os.posix_fallocate(fd, 0, size)
    except OSError:
        os.ftruncate(fd, 0)
        size = min(size, SMALL_FILE_BYTES)
        os.posix_fallocate(fd, 0, size)
    return size


def _sync_dir(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


class Spool:
    """The writing end. One thread may call `write`, any thread may call `prepare` under a lock.

    `con` is the console the records belong to, "" while nobody knows.
    """

    def __init__(self, dirs: tuple[Path, ...], *, size: int = FILE_BYTES, con: str = "") -> None:
        self.session = new_id()
        self._copies = tuple(_Copy(place, size, con) for place in dirs)
        self._faults: dict[str, str] = {}
        self._con = con
        self._n = 0
        self._prev = NO_RECORD

    @property
    def copies(self) -> int:
        """Return in how many places each record is meant to stand."""
        return len(self._copies)

    @property
    def faults(self) -> Mapping[str, str]:
        """Return the places the newest attempt could not write to, by name, and why."""
        return self._faults

    def bind(self, con: str) -> None:
        """Say whose the records from now on are."""
        self._con = con
        for copy in self._copies:
            copy.con = con

    def open(self) -> tuple[str, ...]:
        """Reserve the files. Returns one sentence for each place that cannot be written now.

        A place that failed before counts as back only once it takes and syncs something.
        """
        problems = []
        for copy in self._copies:
            try:
                copy.open()
                if copy.place.name in self._faults:
                    copy.probe()
            except OSError as error:
                problems.append(self._fault(copy, error))
            else:
                self._mended(copy)
        return tuple(problems)

    def _fault(self, copy: _Copy, error: OSError) -> str:
        why = error.strerror or str(error)
        self._faults = {**self._faults, copy.place.name: why}
        return f"{copy.place}: {why}"

    def _mended(self, copy: _Copy) -> None:
        self._faults = {name: why for name, why in self._faults.items() if name != copy.place.name}

    def prepare(self, kind: str, data: Mapping[str, Any], at: Instant) -> SpoolRecord:
        """Number and chain a record, in memory only."""
        self._n += 1
        record = SpoolRecord(self.session, self._n, at, kind, data, self._prev, self._con)
        self._prev = hashlib.sha256(record.body()).hexdigest()
        return record

    def write(self, record: SpoolRecord) -> int:
        """Make a record durable; returns how many copies hold it. Raises `SpoolError` if none.

        The copy in memory goes first: a disk that hangs then keeps nothing from it.
        """
        framed = frame(record.body())
        faults, kept = [], 0
        for copy in reversed(self._copies):
            try:
                copy.write(framed)
            except OSError as error:
                faults.append(self._fault(copy, error))
            else:
                kept += 1
                self._mended(copy)
        if not kept:
            raise SpoolError("; ".join(faults) or "the spool has no place to write to")
        return kept

    def close(self) -> None:
        """Close the files. The records stay."""
        for copy in self._copies:
            copy.close()
