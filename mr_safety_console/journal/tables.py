"""The two tables of the evidence, as SQL, and the connections that read and write them.

`schema.py` says the same through SQLModel; a test holds both equal. The triggers are seat-belts,
the chain is the proof.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from mr_safety_console.journal.errors import VERIFY, Corrupt, JournalError

SCHEMA_VERSION = 1
APPLICATION_ID = 0x4D525343  # "MRSC", shown by file(1)
WAL_LIMIT_BYTES = 16 * 1024 * 1024

_ROWS = "CREATE TABLE rows (seq INTEGER NOT NULL PRIMARY KEY, body BLOB NOT NULL, h BLOB NOT NULL) STRICT"
_PRIVATE = (
    "CREATE TABLE private (seq INTEGER NOT NULL PRIMARY KEY, subject TEXT NOT NULL,"
    " nonce BLOB NOT NULL, ct BLOB NOT NULL) STRICT"
)
TABLES = (_ROWS, _PRIVATE)


def _trigger(name: str, when: str, why: str) -> str:
    return f"CREATE TRIGGER {name} BEFORE {when} BEGIN SELECT RAISE(ABORT, '{why}'); END"


_GROWS = "the record only grows"
TRIGGERS = (
    _trigger("rows_no_update", "UPDATE ON rows", _GROWS),
    _trigger("rows_no_delete", "DELETE ON rows", _GROWS),
    _trigger("private_no_update", "UPDATE ON private", _GROWS),
    _trigger("private_no_delete", "DELETE ON private", _GROWS),
    # REPLACE deletes without asking the delete trigger unless recursive_triggers is on.
    _trigger(
        "rows_in_order",
        "INSERT ON rows WHEN NEW.seq IS NOT (SELECT ifnull(max(seq), 0) + 1 FROM rows)",
        "the record has no gaps",
    ),
    _trigger(
        "private_once",
        "INSERT ON private WHEN EXISTS (SELECT 1 FROM private WHERE seq = NEW.seq)",
        _GROWS,
    ),
)

_ASKED = {
    "synchronous": ("FULL", 2),
    "busy_timeout": ("200", 200),
    "foreign_keys": ("ON", 1),
    "recursive_triggers": ("ON", 1),
    "trusted_schema": ("OFF", 0),
    "cell_size_check": ("ON", 1),
    "secure_delete": ("ON", 1),
    "journal_size_limit": (str(WAL_LIMIT_BYTES), WAL_LIMIT_BYTES),
}


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """Open an existing file: `rw`, `ro`, or `ro&immutable=1` for one nobody can be writing."""
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False
    )


def harden(db: sqlite3.Connection, place: Path) -> None:
    """Set what durability and distrust need, and read each setting back."""
    asked: dict[str, tuple[str, object]] = {"journal_mode": ("WAL", "wal"), **_ASKED}
    for name, (value, expected) in asked.items():
        db.execute(f"PRAGMA {name}={value}").fetchall()
        got = db.execute(f"PRAGMA {name}").fetchone()[0]
        if got != expected:
            raise JournalError(
                place,
                f"SQLite did not grant {name}={value} (it says {got})",
                "Keep the data on a local disk, not on a network share",
            )


def check_schema(db: sqlite3.Connection, place: Path) -> None:
    """Refuse a file of another program or version, or one whose tables or triggers were changed."""
    if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise Corrupt(place, "this is not a record of this console", VERIFY)
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version != SCHEMA_VERSION:
        raise Corrupt(
            place,
            f"its schema has version {version}, this program knows {SCHEMA_VERSION}",
            "Start the version of the program that wrote it",
        )
    found = {row[0] for row in db.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")}
    for statement in (*TABLES, *TRIGGERS):
        if statement not in found:
            name = statement.split()[2]
            raise Corrupt(place, f"its table or trigger {name} is missing or was changed", VERIFY)
    if len(found) != len(TABLES) + len(TRIGGERS):
        raise Corrupt(place, "it holds tables or triggers that are not ours", VERIFY)
