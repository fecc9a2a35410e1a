"""Is the record as it was written? Read-only, beside a running console or on a copy, without keys."""

from __future__ import annotations

import enum
import sqlite3
from collections.abc import Callable
from pathlib import Path

from mr_safety_console.domain.value import frozen
from mr_safety_console.journal import place
from mr_safety_console.journal.chain import START, Broken, Whole, verify_rows
from mr_safety_console.journal.errors import Corrupt, JournalError, guarded
from mr_safety_console.journal.opening import genesis_fault
from mr_safety_console.journal.place import Head
from mr_safety_console.journal.reading import open_readonly, private_fault
from mr_safety_console.journal.record import RecordError, envelope
from mr_safety_console.journal.tables import check_schema

_CHUNK = 2_000
_DAMAGE = (sqlite3.Error, UnicodeError, OverflowError)
_NAMES_PRIVATE = b'"priv":"'
_ROWS_FROM = "SELECT seq, body, h FROM rows WHERE seq > ? ORDER BY seq"
_ONE_ROW = "SELECT seq, body, h FROM rows WHERE seq = ?"
_PRIVATE_IN = "SELECT seq, subject, nonce, ct FROM private WHERE seq > ? AND seq <= ?"
_PRIVATE_OUT = "SELECT seq FROM private WHERE seq < 1 OR seq > ? ORDER BY seq LIMIT 1"
_UNNAMED = "no row of the record names this text"


class Finding(enum.Enum):
    """What the verification came to."""

    OK = "OK"
    BROKEN = "BROKEN"
    PRIVATE = "PRIVATE"
    TRUNCATED = "TRUNCATED"
    UNREADABLE = "UNREADABLE"


@frozen
class Verdict:
    """The outcome: `rows` that hold, hash of the last of them (hex), and what is wrong where."""

    finding: Finding
    rows: int = 0
    head: str = ""
    row: int | None = None
    reason: str = ""

    @property
    def ok(self) -> bool:
        """Tell whether nothing was found wrong."""
        return self.finding is Finding.OK

    def __str__(self) -> str:
        match self.finding:
            case Finding.OK:
                return f"OK rows {self.rows} head {self.head}"
            case Finding.PRIVATE:
                return f"PRIVATE mismatch at row {self.row}: {self.reason}"
            case Finding.BROKEN if self.row is not None:
                return f"BROKEN at row {self.row}: {self.reason}"
            case _:
                return f"{self.finding.value} {self.reason}"


Progress = Callable[[int], None]


def verify(directory: Path, progress: Progress | None = None) -> Verdict:
    """Check chain, first row, private texts, file structure and head file, in this order.

    The first thing wrong is the verdict; nothing is raised for what the files hold. `progress` is
    called with the number of rows checked so far.
    """
    try:
        head, fault = place.read_head(directory), ""
    except Corrupt as error:
        head, fault = None, str(error)
    except JournalError as error:
        return Verdict(Finding.UNREADABLE, reason=str(error))
    try:
        db = open_readonly(directory)
    except JournalError as error:
        return Verdict(Finding.UNREADABLE, reason=str(error))
    try:
        with guarded(directory / place.JOURNAL):
            db.execute("BEGIN")
            verdict = _verified(db, directory / place.JOURNAL, head, progress or _silent)
    except JournalError as error:
        return Verdict(Finding.UNREADABLE, reason=str(error))
    finally:
        db.close()
    return Verdict(Finding.UNREADABLE, reason=fault) if verdict.ok and fault else verdict


def _silent(_rows: int) -> None:
    pass


def _verified(db: sqlite3.Connection, path: Path, head: Head | None, progress: Progress) -> Verdict:
    chain, private = _walk(db, progress)
    if isinstance(chain, Broken):
        return Verdict(Finding.BROKEN, chain.row - 1, row=chain.row, reason=chain.reason)
    good = Verdict(Finding.OK, chain.rows, chain.head.hex())
    first = _first_row(db)
    if first is None and private is not None:
        return Verdict(Finding.PRIVATE, good.rows, good.head, *private)
    return first or _structure(db, path, good) or _against_head(db, head, good) or good


Fault = tuple[int, str]


def _walk(db: sqlite3.Connection, progress: Progress) -> tuple[Whole | Broken, Fault | None]:
    """Check chain and private texts in chunks, so that a page that cannot be read names its row.

    A broken chain is worth more than an odd private text, so the walk goes on after the latter.
    """
    state, fault = Whole(0, START), None
    cursor = db.execute(_ROWS_FROM, (0,))
    while True:
        try:
            chunk = cursor.fetchmany(_CHUNK)
        except _DAMAGE as error:
            return _unreadable(db, state, error), fault
        if not chunk:
            return state, fault or _beyond(db, state.rows)
        checked = verify_rows(chunk, state.rows, state.head)
        if isinstance(checked, Broken):
            return checked, fault
        fault = fault or _private(db, chunk)
        state = checked
        progress(state.rows)


def _private(db: sqlite3.Connection, chunk: list[tuple[int, bytes, bytes]]) -> Fault | None:
    """Compare the rows that name a private text with the texts there are in their range."""
    bounds = (chunk[0][0] - 1, chunk[-1][0])
    texts = {row[0]: (row[1], row[2], row[3]) for row in db.execute(_PRIVATE_IN, bounds)}
    for seq, body, _h in chunk:
        if _NAMES_PRIVATE in body or seq in texts:
            fault = _private_fault(body, texts.get(seq, (None, None, None)))
            if fault:
                return seq, fault
    return None


def _beyond(db: sqlite3.Connection, rows: int) -> Fault | None:
    orphan = db.execute(_PRIVATE_OUT, (rows,)).fetchone()
    return None if orphan is None else (orphan[0], _UNNAMED)


def _unreadable(db: sqlite3.Connection, state: Whole, error: Exception) -> Broken:
    """Go on row by row to the one that cannot be read."""
    while True:
        try:
            row = db.execute(_ONE_ROW, (state.rows + 1,)).fetchall()
        except _DAMAGE as found:
            return Broken(state.rows + 1, f"it cannot be read from the file ({found})")
        checked = verify_rows(row, state.rows, state.head)
        if isinstance(checked, Broken):
            return checked
        if checked.rows == state.rows:
            return Broken(state.rows + 1, f"the file cannot be read from here on ({error})")
        state = checked


def _first_row(db: sqlite3.Connection) -> Verdict | None:
    rows = db.execute(_ONE_ROW, (1,)).fetchall()
    fault = genesis_fault(rows[0][1]) if rows else "is missing"
    return Verdict(Finding.BROKEN, 0, row=1, reason=f"it {fault}") if fault else None


def _private_fault(body: bytes, private: tuple[str | None, bytes | None, bytes | None]) -> str:
    try:
        row = envelope(body)
    except RecordError as error:
        return f"the row cannot be read: {error}"
    if row["priv"] is None:
        return _UNNAMED if private[2] is not None else ""
    return private_fault(body, private, row["subj"])


def _structure(db: sqlite3.Connection, path: Path, good: Verdict) -> Verdict | None:
    """SQLite's own check, and tables and triggers as we made them; no single row is at fault here."""
    found = [str(row[0]) for row in db.execute("PRAGMA integrity_check(3)")]
    reason = "" if found == ["ok"] else "; ".join(found)
    if not reason:
        try:
            check_schema(db, path)
        except Corrupt as error:
            reason = error.what
    return Verdict(Finding.BROKEN, good.rows, good.head, reason=f"file {path}: {reason}") if reason else None


def _against_head(db: sqlite3.Connection, head: Head | None, good: Verdict) -> Verdict | None:
    """The head file was read before the rows, so the record may be further, never behind."""
    if head is None:
        return None
    if head.seq > good.rows:
        reason = f"the record has {good.rows} rows, the head file saw {head.seq}"
        return Verdict(Finding.TRUNCATED, good.rows, good.head, good.rows + 1, reason)
    row = db.execute(_ONE_ROW, (head.seq,)).fetchone()
    if row is None or row[2] != head.h:
        reason = "another row stood here when the head file was written"
        return Verdict(Finding.BROKEN, good.rows, good.head, head.seq, reason)
    return None
