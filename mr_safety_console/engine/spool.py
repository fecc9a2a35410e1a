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
import json
import os
import secrets
import stat
import struct
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mr_safety_console.domain.context import Instant
from mr_safety_console.domain.emergency_lane import cause_of

SLOT = 512
FILE_BYTES = 256 * 1024
SMALL_FILE_BYTES = 16 * 1024
MAX_BODY = 8 * 1024
MAX_READ = 4 * 1024 * 1024
MAGIC = b"MRSP"
SUFFIX = ".spool"
NO_RECORD = "0" * 64
_HEAD = struct.Struct(">4sII")


class SpoolError(OSError):
    """A record could not be made durable anywhere; the message names each place and why."""


@dataclass(frozen=True, slots=True)
class SpoolRecord:
    """One record: a command as `kind` and `data`, and when it was given."""

    session: str
    n: int
    at: Instant
    kind: str
    data: Mapping[str, Any]
    prev: str = NO_RECORD

    @property
    def cause(self) -> str:
        """Return the cause of the facts this record becomes."""
        return cause_of(self.session, self.n)

    def body(self) -> bytes:
        """Return the record as UTF-8 JSON, keys sorted."""
        plain = {
            "s": self.session,
            "n": self.n,
            "utc": self.at.utc,
            "bt": self.at.bt,
            "boot": self.at.boot,
            "kind": self.kind,
            "data": dict(self.data),
            "prev": self.prev,
        }
        return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def new_id() -> str:
    """Return 80 random bits as 16 base-32 letters."""
    return base64.b32encode(secrets.token_bytes(10)).decode()


def frame(body: bytes) -> bytes:
    """Return a body as whole slots. Raises `ValueError` above 8 KiB."""
    if len(body) > MAX_BODY:
        raise ValueError(f"a spool record holds at most {MAX_BODY} bytes, not {len(body)}")
    framed = _HEAD.pack(MAGIC, len(body), zlib.crc32(body)) + body
    return framed + b"\0" * (-len(framed) % SLOT)


def read_frames(data: bytes) -> Iterator[tuple[int, SpoolRecord | None]]:
    """Yield (offset after it, record) for every record, (offset, None) for every damaged slot."""
    at = 0
    while at < len(data):
        record, size = _frame_at(data, at)
        at += size
        if record is not None:
            yield at, record
        elif data[at - size : at].strip(b"\0"):
            yield at, None


def _frame_at(data: bytes, at: int) -> tuple[SpoolRecord | None, int]:
    """Return the record at a slot and the bytes it takes; (None, SLOT) if there is none."""
    if len(data) - at < _HEAD.size:
        return None, SLOT
    magic, length, crc = _HEAD.unpack_from(data, at)
    body = data[at + _HEAD.size : at + _HEAD.size + length]
    if magic != MAGIC or length > MAX_BODY or len(body) != length or zlib.crc32(body) != crc:
        return None, SLOT
    record = _parsed(body)
    size = _HEAD.size + length
    return (record, size + (-size % SLOT)) if record else (None, SLOT)


def _parsed(body: bytes) -> SpoolRecord | None:
    try:
        plain = json.loads(body)
        at = Instant(int(plain["utc"]), int(plain["bt"]), str(plain["boot"]))
        session, n, kind = str(plain["s"]), int(plain["n"]), str(plain["kind"])
        return SpoolRecord(session, n, at, kind, dict(plain["data"]), str(plain["prev"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


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


def _private_dir(path: Path) -> None:
    """Make a directory that only its owner enters, or raise `OSError` if it is anything else."""
    for part in (*reversed(path.parents), path):
        if not part.exists():
            with contextlib.suppress(FileExistsError):
                part.mkdir(mode=0o700)
    found = path.stat(follow_symlinks=False)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise OSError(errno.EPERM, "not a private directory of this user", str(path))


class _Copy:
    """One directory's newest spool file, locked to this process."""

    def __init__(self, place: Path, size: int) -> None:
        self.place = place
        self._size = size
        self._fd = -1
        self._at = 0
        self._end = 0

    def open(self) -> None:
        """Take a file with room in it, or make one. Raises `OSError`."""
        if self._fd >= 0:
            return
        _private_dir(self.place)
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
            used = len(os.pread(fd, MAX_READ, 0).rstrip(b"\0"))
        except OSError:
            os.close(fd)
            return False
        start = used + (-used % SLOT)
        if size > MAX_READ or start + 4 * SLOT > size:
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
    """The writing end. One thread may call `write`, any thread may call `prepare` under a lock."""

    def __init__(self, dirs: tuple[Path, ...], *, size: int = FILE_BYTES) -> None:
        self.session = new_id()
        self._copies = tuple(_Copy(place, size) for place in dirs)
        self._n = 0
        self._prev = NO_RECORD

    def open(self) -> tuple[str, ...]:
        """Reserve the files. Returns one sentence for each place that cannot be written now."""
        problems = []
        for copy in self._copies:
            try:
                copy.open()
            except OSError as error:
                problems.append(f"{copy.place}: {error.strerror or error}")
        return tuple(problems)

    def prepare(self, kind: str, data: Mapping[str, Any], at: Instant) -> SpoolRecord:
        """Number and chain a record, in memory only."""
        self._n += 1
        record = SpoolRecord(self.session, self._n, at, kind, data, self._prev)
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
                kept += 1
            except OSError as error:
                faults.append(f"{copy.place}: {error.strerror or error}")
        if not kept:
            raise SpoolError("; ".join(faults) or "the spool has no place to write to")
        return kept

    def close(self) -> None:
        """Close the files. The records stay."""
        for copy in self._copies:
            copy.close()


class SpoolReader:
    """The reading end: every good record of every file, each exactly once."""

    def __init__(self, dirs: tuple[Path, ...]) -> None:
        self._dirs = dirs
        self._read: dict[Path, int] = {}
        self._given: set[str] = set()
        self.damaged: dict[str, int] = {}

    def poll(self) -> tuple[SpoolRecord, ...]:
        """Return the records not given before, ordered by session and number.

        Damaged slots are counted by file in `damaged`; files that cannot be opened count there
        as one.
        """
        found: dict[str, SpoolRecord] = {}
        for place in self._dirs:
            for path in sorted(place.glob(f"*{SUFFIX}")):
                for record in self._new_in(path):
                    if record.cause not in self._given:
                        found[record.cause] = record
        self._given.update(found)
        return tuple(sorted(found.values(), key=lambda item: (item.at.utc, item.session, item.n)))

    def _new_in(self, path: Path) -> list[SpoolRecord]:
        start = self._read.get(path, 0)
        try:
            data = _tail(path, start)
        except OSError:
            self.damaged[str(path)] = max(1, self.damaged.get(str(path), 0))
            return []
        records, damaged, upto = [], 0, 0
        for after, record in read_frames(data):
            if record is None:
                damaged += 1
                continue
            records.append(record)
            upto = after if not damaged else upto
        self._read[path] = start + upto
        if damaged:
            self.damaged[str(path)] = damaged
        return records


def _tail(path: Path, start: int) -> bytes:
    """Return what a regular file holds from an offset on, without the empty slots at its end."""
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        return os.pread(fd, MAX_READ, start).rstrip(b"\0")
    finally:
        os.close(fd)


def chain_breaks(records: tuple[SpoolRecord, ...]) -> tuple[str, ...]:
    """Return the causes of records whose predecessor is missing or was altered."""
    hashes = {item.cause: hashlib.sha256(item.body()).hexdigest() for item in records}
    broken = []
    for item in records:
        before = NO_RECORD if item.n == 1 else hashes.get(cause_of(item.session, item.n - 1))
        if item.prev != before:
            broken.append(item.cause)
    return tuple(broken)
