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
    """The reading end: every good record of every file, each exactly once."""

    def __init__(self, dirs: tuple[Path, ...]) -> None:
        self._dirs = dirs
        self._read: dict[Path, int] = {}
        self._given: set[str] = set()
        self.damaged: dict[str, int] = {}

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
            found = place.stat(follow_symlinks=False)
        except FileNotFoundError:
            return []
        except OSError:
            self.damaged[str(place)] = 1
            return []
        if not stat.S_ISDIR(found.st_mode) or not _is_ours(found):
            self.damaged[str(place)] = 1
            return []
        return sorted(place.glob(f"*{SUFFIX}"))

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
        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode) or not _is_ours(found):
            raise OSError(errno.EPERM, "not a regular file that only its owner writes", str(path))
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
