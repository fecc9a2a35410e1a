"""What can go wrong with the record; every error names the place and the remedy."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class JournalError(Exception):
    """The record cannot do what was asked.

    `place` is the file, `remedy` what a person can do, `row` the row it is about, where known.
    """

    def __init__(self, place: Path | str, what: str, remedy: str, row: int | None = None) -> None:
        super().__init__(f"{place}: {what}. {remedy}")
        self.place = str(place)
        self.what = what
        self.remedy = remedy
        self.row = row


class JournalBusy(JournalError):  # noqa: N818 - the condition is the name
    """Another console holds the right to write."""


class Absent(JournalError):  # noqa: N818
    """There is no record in this directory yet."""


class Full(JournalError):  # noqa: N818
    """No room left on the disk; nothing of the append was kept."""


class ReadOnly(JournalError):  # noqa: N818
    """The place cannot be written."""


class Locked(JournalError):  # noqa: N818
    """Another process keeps the file locked; nothing of the append was kept."""


class Corrupt(JournalError):  # noqa: N818
    """The stored record is not as it was written. `row` names the first bad row, if known."""


class Truncated(Corrupt):
    """Rows that were written are gone: the head file stands further than the record."""


class Undecodable(JournalError):  # noqa: N818
    """A stored fact is of a kind or version this program does not know. `row` names it."""


class OutOfOrder(JournalError):  # noqa: N818
    """An entry does not carry the next number; a bug of ours, nothing was kept."""


class Unrecordable(JournalError):  # noqa: N818
    """An entry has no stored form; a bug of ours, nothing was kept. `row` names it."""


VERIFY = "Stop using this copy, keep it as it is, and run `log verify` on it"
_FREE = "Free room on this disk; until then write on paper"
_MOUNT = "Check that the disk is mounted for writing and that this user owns the place"
_CLOSE = "Close the program that holds it (a backup or a database viewer) and try again"
_DISK = "Check the disk and its cable; until then write on paper"

_PRIMARY = 0xFF
_BY_CODE: dict[int, tuple[type[JournalError], str, str]] = {
    sqlite3.SQLITE_FULL: (Full, "the disk is full", _FREE),
    sqlite3.SQLITE_READONLY: (ReadOnly, "it cannot be written", _MOUNT),
    sqlite3.SQLITE_PERM: (ReadOnly, "access is denied", _MOUNT),
    sqlite3.SQLITE_CANTOPEN: (ReadOnly, "it cannot be opened", _MOUNT),
    sqlite3.SQLITE_BUSY: (Locked, "another process keeps it locked", _CLOSE),
    sqlite3.SQLITE_LOCKED: (Locked, "another process keeps it locked", _CLOSE),
    sqlite3.SQLITE_CORRUPT: (Corrupt, "the file is damaged", VERIFY),
    sqlite3.SQLITE_NOTADB: (Corrupt, "the file is not a record", VERIFY),
}
_BY_ERRNO: dict[int, tuple[type[JournalError], str, str]] = {
    errno.ENOSPC: (Full, "the disk is full", _FREE),
    errno.EDQUOT: (Full, "this user's share of the disk is full", _FREE),
    errno.EROFS: (ReadOnly, "the disk is mounted read-only", _MOUNT),
    errno.EACCES: (ReadOnly, "access is denied", _MOUNT),
    errno.EPERM: (ReadOnly, "access is denied", _MOUNT),
}


def translated(place: Path | str, error: sqlite3.Error | OSError | UnicodeError) -> JournalError:
    """Return the error of this room for one of SQLite or of the system."""
    kind: tuple[type[JournalError], str, str] | None
    if isinstance(error, UnicodeError):  # a damaged name even in SQLite's own message
        kind = _BY_CODE[sqlite3.SQLITE_CORRUPT]
    elif isinstance(error, OSError):
        kind = _BY_ERRNO.get(error.errno or 0)
    else:
        code = getattr(error, "sqlite_errorcode", None)
        kind = None if code is None else _BY_CODE.get(code & _PRIMARY)
    if kind is None:
        return JournalError(place, f"the disk or the file failed ({error})", _DISK)
    cls, what, remedy = kind
    return cls(place, f"{what} ({error})", remedy)


@contextmanager
def guarded(place: Path | str) -> Iterator[None]:
    """Turn errors of SQLite and of the system inside the block into this room's own."""
    try:
        yield
    except (sqlite3.Error, OSError, UnicodeError) as error:
        raise translated(place, error) from error
