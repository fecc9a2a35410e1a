"""The data directory: who may read it, who may write it, and the small files beside the record."""

from __future__ import annotations

import fcntl
import os
import stat
from pathlib import Path

from mr_safety_console.domain.value import frozen
from mr_safety_console.journal.errors import Corrupt, JournalBusy, JournalError, guarded

DIR_MODE = 0o700
FILE_MODE = 0o600
KEY_MODE = 0o400
BALLAST_BYTES = 32 * 1024 * 1024
"""Room for about 6 000 emergency rows at 4 KiB of write-ahead log each, plus the table itself."""

JOURNAL = "journal.db"
KEYS = "keys.db"
HEAD = "head"
CONSOLE_KEY = "console.key"
LOCK = "engine.lock"
BALLAST = "ballast"

_OURS = os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
"""A link in the place of one of our files would have us write into somebody else's."""
_HEAD_BYTES = 20 + 1 + 64 + 1


def prepare_dir(path: Path) -> None:
    """Make the directory 0700, or check that nobody else may look into the one that is there."""
    with guarded(path):
        path.mkdir(mode=DIR_MODE, parents=True, exist_ok=True)
    check_private(path)


def check_private(path: Path) -> None:
    """Refuse a file or directory that group or others may read or write."""
    with guarded(path):
        mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        good = DIR_MODE if path.is_dir() else mode & 0o700
        raise JournalError(path, f"others may reach it (mode {mode:03o})", f"Type: chmod {good:o} '{path}'")


def make_file(path: Path, content: bytes = b"", mode: int = FILE_MODE) -> None:
    """Create a file that must not exist yet, with its content on the disk when this returns."""
    with guarded(path):
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        try:
            os.write(fd, content)
            os.fsync(fd)
        finally:
            os.close(fd)


def sync_dir(path: Path) -> None:
    """Make names created or renamed in the directory durable."""
    with guarded(path):
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


class WriterLock:
    """The right to write, held by one process; gone with it, however it ends."""

    def __init__(self, directory: Path) -> None:
        path = directory / LOCK
        with guarded(path):
            self._fd = os.open(path, os.O_RDWR | _OURS, FILE_MODE)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(self._fd, 32, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(self._fd)
            raise JournalBusy(
                directory,
                f"another console (process {holder}) is writing here",
                "Use that one, or close it and start again",
            ) from error
        with guarded(path):
            os.ftruncate(self._fd, 0)
            os.pwrite(self._fd, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Give the right back."""
        os.close(self._fd)


@frozen
class Head:
    """Where the record stood: number and hash of its newest row."""

    seq: int
    h: bytes


def read_head(directory: Path) -> Head | None:
    """Return what the head file says; None if there is none. Raises `Corrupt` for nonsense.

    Empty or all zero is none: that is how a kill or a power cut may leave one that was just made.
    """
    path = directory / HEAD
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise JournalError(path, f"it cannot be read ({error})", "Check who owns it") from error
    if not raw.strip(b"\0"):
        return None
    try:
        seq, digest = raw.decode("ascii").split()
        head = Head(int(seq), bytes.fromhex(digest))
    except ValueError:
        head = None
    if head is None or len(raw) != _HEAD_BYTES or len(head.h) != 32:
        raise Corrupt(path, "it does not hold a row number and a hash", "Keep it apart and run `log verify`")
    return head


class HeadFile:
    """The head file, rewritten in place after every commit and synced when asked.

    It finds what the chain cannot: a lost write-ahead log, an old copy put back, newest rows cut
    off. Failing to write it never fails a commit; `fault` says so instead.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / HEAD
        with guarded(self._path):
            self._fd = os.open(self._path, os.O_RDWR | _OURS, FILE_MODE)
        self._unsynced = False
        self.fault = ""

    def write(self, seq: int, h: bytes) -> None:
        """Write where the record stands; the length never changes, so no new room is needed."""
        try:
            os.pwrite(self._fd, f"{seq:020d} {h.hex()}\n".encode(), 0)
            self._unsynced = True
            self.fault = ""
        except OSError as error:
            self.fault = f"{self._path}: {error}"

    def sync(self) -> None:
        """Put it on the disk if it changed since the last time."""
        if not self._unsynced:
            return
        try:
            os.fdatasync(self._fd)
            self._unsynced = False
        except OSError as error:
            self.fault = f"{self._path}: {error}"

    def close(self) -> None:
        """Sync and close."""
        self.sync()
        os.close(self._fd)


def make_ballast(directory: Path, size: int) -> None:
    """Reserve room that can be given up when the disk is full. Raises `Full` when there is none."""
    path = directory / BALLAST
    with guarded(path):
        fd = os.open(path, os.O_WRONLY | _OURS, FILE_MODE)
        try:
            if size:
                os.posix_fallocate(fd, 0, size)
        except OSError:
            os.ftruncate(fd, 0)
            raise
        finally:
            os.close(fd)


def restore_ballast(directory: Path, size: int) -> None:
    """Reserve the room again after it was given up, but only when the disk has plenty."""
    path = directory / BALLAST
    with guarded(path):
        have = path.stat().st_size if path.exists() else 0
        disk = os.statvfs(directory)
    if have < size and disk.f_bavail * disk.f_frsize >= 4 * size:
        make_ballast(directory, size)


def free_ballast(directory: Path) -> int:
    """Give up the reserved room; return how many bytes that were."""
    path = directory / BALLAST
    with guarded(path):
        if not os.path.lexists(path):
            return 0
        fd = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            size = os.fstat(fd).st_size
            if size:
                os.ftruncate(fd, 0)
        finally:
            os.close(fd)
    return size
