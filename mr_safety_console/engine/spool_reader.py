"""Reading the emergency spool back: every sound record once, whatever else lies beside it."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from pathlib import Path

from mr_safety_console.domain.emergency_lane import cause_of
from mr_safety_console.engine.spool_record import NO_RECORD, SpoolRecord, read_frames

SUFFIX = ".spool"
MAX_READ = 4 * 1024 * 1024


class SpoolReader:
    """The reading end: every good record of every file, each exactly once.

    With `con`, a record that names another console is left out and its file counted in `foreign`;
    a record that names none was written where nobody could know, and is ours.
    """

    def __init__(self, dirs: tuple[Path, ...], con: str = "") -> None:
        self._dirs = dirs
        self._con = con
        self._read: dict[Path, int] = {}
        self._given: set[str] = set()
        self.damaged: dict[str, int] = {}
        self.foreign: dict[str, int] = {}

    def poll(self) -> tuple[SpoolRecord, ...]:
        """Return the records not given before, ordered by session and number.

        Damaged slots are counted by file in `damaged`; files that cannot be opened, and places or
        files that others could have written, count there as one.
        """
        found: dict[str, SpoolRecord] = {}
        for place in self._dirs:
            for path in self._files(place):
                for record in self._new_in(path):
                    if record.cause not in self._given:
                        found[record.cause] = record
        self._given.update(found)
        return tuple(sorted(found.values(), key=lambda item: (item.at.utc, item.session, item.n)))

    def _files(self, place: Path) -> list[Path]:
        """Return the files of a place nobody else may write to: the second one may lie in /tmp."""
        try:
            return spool_files(place)
        except OSError:
            self.damaged[str(place)] = 1
            return []

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
            if self._con and record.con not in ("", self._con):
                self.foreign[path.name] = self.foreign.get(path.name, 0) + 1
            else:
                records.append(record)
            upto = after if not damaged else upto
        self._read[path] = start + upto
        if damaged:
            self.damaged[str(path)] = damaged
        return records


def spool_files(place: Path, pattern: str = f"*{SUFFIX}") -> list[Path]:
    """Return the files of a place; none if it is not there.

    Raises `OSError` for a place that is no directory of ours.
    """
    try:
        found = place.stat(follow_symlinks=False)
    except FileNotFoundError:
        return []
    if not stat.S_ISDIR(found.st_mode) or not _is_ours(found):
        raise OSError(errno.EPERM, "not a directory that only its owner writes", str(place))
    return sorted(place.glob(pattern))


def records_in(path: Path) -> list[SpoolRecord]:
    """Return every sound record of one file. Raises `OSError`."""
    return [record for _, record in read_frames(_tail(path, 0)) if record is not None]


def open_ours(path: Path) -> int:
    """Open a regular file that only its owner writes. Raises `OSError` for anything else."""
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    found = os.fstat(fd)
    if not stat.S_ISREG(found.st_mode) or not _is_ours(found):
        os.close(fd)
        raise OSError(errno.EPERM, "not a regular file that only its owner writes", str(path))
    return fd


def _tail(path: Path, start: int) -> bytes:
    """Return what a file of ours holds from an offset on, without the empty slots at its end."""
    fd = open_ours(path)
    try:
        return os.pread(fd, MAX_READ, start).rstrip(b"\0")
    finally:
        os.close(fd)


def _is_ours(found: os.stat_result) -> bool:
    """Tell whether only this user, or root, can have written it."""
    return found.st_uid in (os.geteuid(), 0) and not found.st_mode & 0o022


def chain_breaks(records: tuple[SpoolRecord, ...]) -> tuple[str, ...]:
    """Return the causes of records whose predecessor is missing or was altered."""
    hashes = {item.cause: hashlib.sha256(item.body()).hexdigest() for item in records}
    broken = []
    for item in records:
        before = NO_RECORD if item.n == 1 else hashes.get(cause_of(item.session, item.n - 1))
        if item.prev != before:
            broken.append(item.cause)
    return tuple(broken)
