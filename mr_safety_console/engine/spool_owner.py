"""Whose emergencies a spool holds: the console id of the record, kept where no database is needed.

A copy of the spool outlives its data directory, and a fresh record in the same place would take
in the emergencies of the one before. So each record names its console, and a file that holds only
records of another one is renamed before anybody writes to it: it stays, is told, and is never read
as ours. Standard library only, because the line mode reads the owner as well.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
from contextlib import suppress
from pathlib import Path

from mr_safety_console.domain.value import frozen
from mr_safety_console.engine.spool import private_dir
from mr_safety_console.engine.spool_reader import SUFFIX, open_ours, records_in, spool_files
from mr_safety_console.engine.spool_record import SpoolRecord

OWNER = "console"
INTENDED = "console.next"
"""The id a record will begin with: it outlives a start that died before there was a record."""
ASIDE = ".of-"
UNKNOWN = "unknown"
_ID = re.compile(r"[A-Za-z0-9-]{1,64}")


@frozen
class Claim:
    """Whose the spool is; `fresh` when the record itself is still to be made."""

    con: str
    fresh: bool


def owner_of(data_dir: Path | None) -> str:
    """Return the console a data directory belongs to, or "" where nothing says so."""
    if data_dir is None:
        return ""
    return _read(data_dir / "spool" / (OWNER if _has_record(data_dir) else INTENDED))


def claim(data_dir: Path, new: str) -> Claim:
    """Return whose the spool is before the record is open; a fresh record is to take `new`, or the
    id an earlier start meant to give it.
    """
    known = owner_of(data_dir)
    if _has_record(data_dir):
        return Claim(known, fresh=False)
    if not known:
        with suppress(OSError):  # the record will not be made either, and says why
            _write(data_dir / "spool", INTENDED, new)
    return Claim(known or new, fresh=True)


def settle(data_dir: Path, con: str) -> None:
    """Write down the owner once the record has said who it is; without it the next start asks again."""
    with suppress(OSError):
        if _read(data_dir / "spool" / OWNER) != con:
            _write(data_dir / "spool", OWNER, con)
        (data_dir / "spool" / INTENDED).unlink(missing_ok=True)


def set_aside(places: tuple[Path, ...], owned: Claim) -> None:
    """Rename every file that holds only another record's emergencies; one in use is left alone.

    Beside a fresh record nothing names its owner: then what lies in the second place alone was
    left there by somebody else.
    """
    first = {record.cause for path in _files(places[0]) for record in _read_all(path)} if places else set()
    for place in places:
        stray = owned.fresh and place is not places[0]
        for path in _files(place):
            found = _read_all(path)
            whose = {_foreign(record, owned.con, stray and record.cause not in first) for record in found}
            if found and "" not in whose:
                with suppress(OSError):
                    _rename(path, path.with_name(f"{path.name}{ASIDE}{min(whose)}"))


def left_aside(places: tuple[Path, ...]) -> dict[str, int]:
    """Return the files set aside, now or at an earlier start, with how many records each holds."""
    return {
        path.name: len(_read_all(path)) for place in places for path in _files(place, f"*{SUFFIX}{ASIDE}*")
    }


def _foreign(record: SpoolRecord, con: str, stray: bool) -> str:
    """Return whose a record is, "" for ours."""
    if record.con:
        return "" if record.con == con else record.con
    return UNKNOWN if stray else ""


def _has_record(data_dir: Path) -> bool:
    # A head without a record is a record that was lost, and still this console's; one that a power
    # cut left empty says nothing.
    with suppress(OSError):
        return (data_dir / "journal.db").exists() or bool((data_dir / "head").read_bytes().strip(b"\0"))
    return False


def _files(place: Path, pattern: str = f"*{SUFFIX}") -> list[Path]:
    try:
        return spool_files(place, pattern)
    except OSError:
        return []  # the reader tells of a place that is not ours


def _read_all(path: Path) -> list[SpoolRecord]:
    try:
        return records_in(path)
    except OSError:
        return []


def _rename(path: Path, to: Path) -> None:
    fd = open_ours(path)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.lexists(to):
            raise OSError(errno.EEXIST, "there is one of that name", str(to))
        path.rename(to)
    finally:
        os.close(fd)


def _read(path: Path) -> str:
    try:
        said = path.read_bytes()[:80].decode("ascii").strip()
    except (OSError, ValueError):
        return ""
    return said if _ID.fullmatch(said) else ""


def _write(place: Path, name: str, con: str) -> None:
    """Replace the file whole or not at all."""
    private_dir(place)
    building = place / f"{name}.new"
    building.unlink(missing_ok=True)
    fd = os.open(building, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        os.write(fd, f"{con}\n".encode())
        os.fsync(fd)
    finally:
        os.close(fd)
    building.replace(place / name)
