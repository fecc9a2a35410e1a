"""What is checked each time the record is opened for writing; constant in its length."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from mr_safety_console.journal import place
from mr_safety_console.journal.chain import START, link
from mr_safety_console.journal.console_key import read_console_key
from mr_safety_console.journal.errors import VERIFY, Absent, Corrupt, Truncated
from mr_safety_console.journal.place import Head
from mr_safety_console.journal.record import RecordError, envelope

GENESIS_KIND = "log-begun"


def check_place(directory: Path, *, begin: bool) -> None:
    """Make the directory if a record may begin there; refuse one that is not there or open to others."""
    if begin:
        place.prepare_dir(directory)
    elif not directory.is_dir():
        raise _absent(directory)
    place.check_private(directory)


def _absent(directory: Path) -> Absent:
    return Absent(directory, "there is no record here", "Start the console once to begin one")


def check_files(directory: Path) -> None:
    """Refuse when a file of the record is missing or open to others. Raises `Absent` before set-up."""
    journal, keys = directory / place.JOURNAL, directory / place.KEYS
    if not journal.exists():
        head = place.read_head(directory)
        if head is None:
            raise _absent(directory)
        raise Corrupt(journal, f"it is missing; it held {head.seq} rows", "Put back the newest copy")
    if not keys.exists():
        raise Corrupt(
            keys,
            "it is missing, without it no name can be read",
            f"Put back its copy; if it is lost for ever, type: install -m 600 /dev/null '{keys}'",
        )
    for path in (journal, keys):
        place.check_private(path)


def missing(db: sqlite3.Connection, directory: Path, head: Head, subjects: bool) -> tuple[str, ...]:
    """Name the small files that an existing record had and that are gone or empty now.

    `subjects` tells whether the keyring knows anybody. Looked at before the files are made again.
    """
    gone = []
    if head.seq > 1 and place.read_head(directory) is None:
        gone.append(place.HEAD)
    if not subjects and db.execute("SELECT 1 FROM private LIMIT 1").fetchone():
        gone.append(place.KEYS)
    return tuple(gone)


def check_ends(db: sqlite3.Connection, directory: Path) -> Head:
    """Check first and newest row and the head file; return where the record stands."""
    path = directory / place.JOURNAL
    _check_genesis(db, directory)
    newest = db.execute("SELECT seq, body, h FROM rows ORDER BY seq DESC LIMIT 2").fetchall()
    seq, _, h = newest[0]
    if seq > 1 and (len(newest) < 2 or newest[1][0] != seq - 1):
        raise Corrupt(path, f"row {seq - 1} is missing", VERIFY, seq - 1)
    _check_row(path, newest[0], newest[1][2] if seq > 1 else START)
    head = Head(seq, h)
    _check_head_file(db, directory, head)
    return head


def _check_row(path: Path, row: tuple[int, bytes, bytes], before: bytes) -> None:
    seq, body, h = row
    try:
        good = link(before, body) == h and envelope(body)["seq"] == seq
    except RecordError as error:
        raise Corrupt(path, f"row {seq} is not a row: {error}", VERIFY, seq) from error
    if not good:
        raise Corrupt(path, f"row {seq} does not fit its hash", VERIFY, seq)


def _check_genesis(db: sqlite3.Connection, directory: Path) -> None:
    path = directory / place.JOURNAL
    row = db.execute("SELECT seq, body, h FROM rows WHERE seq = 1").fetchone()
    if row is None:
        raise Corrupt(path, "row 1 is missing", VERIFY, 1)
    _check_row(path, row, START)
    fault = genesis_fault(row[1])
    if fault:
        raise Corrupt(path, f"row 1 {fault}", VERIFY, 1)
    if envelope(row[1])["data"]["public_key"] != read_console_key(directory)[1]:
        raise Corrupt(
            directory / place.CONSOLE_KEY,
            "this key is not the one the record was begun with",
            "Put back the key that belongs to this record",
        )


def genesis_fault(body: bytes) -> str:
    """Say why a body is not the first row of a record, or ""."""
    try:
        row = envelope(body)
    except RecordError as error:
        return f"cannot be read: {error}"
    if row["seq"] != 1 or row["kind"] != GENESIS_KIND:
        return "does not begin a record"
    key = row["data"].get("public_key") if isinstance(row["data"], dict) else None
    if not isinstance(key, str) or len(key) != 64:
        return "names no console key"
    return ""


def _check_head_file(db: sqlite3.Connection, directory: Path, head: Head) -> None:
    """The head file is written after the commit, so it may lag behind but never be ahead."""
    seen = place.read_head(directory)
    if seen is None:
        return
    path = directory / place.JOURNAL
    if seen.seq > head.seq:
        raise Truncated(
            path,
            f"it ends at row {head.seq}, but row {seen.seq} had been written",
            f"Put back {place.JOURNAL} with the {place.JOURNAL}-wal of the same moment; to go on without"
            f" the lost rows, rename '{directory / place.HEAD}' and keep it",
            head.seq + 1,
        )
    row = db.execute("SELECT h FROM rows WHERE seq = ?", (seen.seq,)).fetchone()
    if row is None or row[0] != seen.h:
        raise Corrupt(path, f"row {seen.seq} is not the one the head file saw", VERIFY, seen.seq)
