"""The first start: the console's key, the keyring, and a record with its first row, or nothing.

A crash at any point leaves either no record, and creation begins anew, or a whole one: the file
is built under another name, synced, and renamed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from mr_safety_console.domain.codec import Entry
from mr_safety_console.journal import place
from mr_safety_console.journal.chain import START, link
from mr_safety_console.journal.console_key import make_console_key
from mr_safety_console.journal.errors import JournalError, guarded
from mr_safety_console.journal.opening import genesis_fault
from mr_safety_console.journal.record import Row, Sealed, encode_entry
from mr_safety_console.journal.tables import APPLICATION_ID, SCHEMA_VERSION, TABLES, TRIGGERS, connect

Genesis = Callable[[str], Entry]
"""(public key of the console, hex) → the entry of row 1, whose fact is `log-begun`."""

_BUILDING = "journal.db.new"


def create(directory: Path, genesis: Genesis, ballast_bytes: int) -> None:
    """Make every file of a new record. The caller holds the writer's lock.

    Raises `Full` when there is not even room for the ballast.
    """
    place.make_ballast(directory, ballast_bytes)
    public = make_console_key(directory)
    if not (directory / place.KEYS).exists():
        place.make_file(directory / place.KEYS)
    row = encode_entry(genesis(public), _no_private)
    fault = genesis_fault(row.body)
    if fault:
        raise JournalError(directory, f"the first row {fault}", "Report this as a bug")
    building = directory / _BUILDING
    for suffix in ("", "-journal", "-wal", "-shm"):
        Path(f"{building}{suffix}").unlink(missing_ok=True)
    place.make_file(building)
    with guarded(building):
        _build(building, row)
        fd = os.open(building, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
        place.sync_dir(directory)
        building.rename(directory / place.JOURNAL)
    place.sync_dir(directory)


def _build(path: Path, row: Row) -> None:
    """Write schema and first row and switch to the write-ahead log, all before the rename."""
    db = connect(path, "rw")
    try:
        db.execute("PRAGMA synchronous=EXTRA")
        db.execute(f"PRAGMA application_id={APPLICATION_ID}")
        db.execute("BEGIN IMMEDIATE")
        for statement in (*TABLES, *TRIGGERS):
            db.execute(statement)
        db.execute("INSERT INTO rows VALUES(?,?,?)", (row.seq, row.body, link(START, row.body)))
        db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        db.execute("COMMIT")
        db.execute("PRAGMA journal_mode=WAL").fetchall()
    finally:
        db.close()


def _no_private(_seq: int, _subject: str, _plain: bytes) -> Sealed:
    raise JournalError("row 1", "it may not hold personal data", "Report this as a bug")
