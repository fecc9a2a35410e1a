"""Stored rows read back: into entries, or raw, through connections that cannot write."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

from mr_safety_console.domain.codec import CodecError, Entry
from mr_safety_console.journal.errors import VERIFY, Absent, Corrupt, ReadOnly, Undecodable, guarded
from mr_safety_console.journal.place import JOURNAL
from mr_safety_console.journal.private import unseal
from mr_safety_console.journal.record import RecordError, Sealed, decode_entry, envelope
from mr_safety_console.journal.tables import connect

StoredRow = tuple[int, bytes, bytes, str | None, bytes | None, bytes | None]
"""seq, body, h, then subject, nonce and ciphertext of its private text, or three times None."""
FindKey = Callable[[str], bytes | None]

SELECT_ROWS = (
    "SELECT rows.seq, body, h, subject, nonce, ct FROM rows LEFT JOIN private ON private.seq = rows.seq"
)
_NEWER = "Use the version of the program that wrote it; `log export` and `log verify` still work"


def open_readonly(directory: Path) -> sqlite3.Connection:
    """Open the record for reading only, beside its writer or after it. Raises `Absent`, `ReadOnly`.

    Where not even SQLite's own shared-memory file can be made (a write-protected copy), the file
    is read as unchangeable, and only if no write-ahead log with unread rows lies beside it.
    """
    path = directory / JOURNAL
    if not path.exists():
        raise Absent(directory, "there is no record here", "Check the path, or start the console once")
    wal = path.with_name(f"{JOURNAL}-wal")
    try:
        with guarded(path):
            return _opened(path, "ro")
    except ReadOnly:
        if wal.exists() and wal.stat().st_size:
            raise
    with guarded(path):
        return _opened(path, "ro&immutable=1")


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    db = connect(path, mode)
    try:
        for pragma in ("query_only=ON", "trusted_schema=OFF", "cell_size_check=ON", "busy_timeout=200"):
            db.execute(f"PRAGMA {pragma}").fetchall()
        db.execute("SELECT count(*) FROM sqlite_schema").fetchall()
    except BaseException:
        db.close()
        raise
    return db


def raw_rows(directory: Path) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield every row as stored (seq, body, h), oldest first, in one read transaction."""
    db = open_readonly(directory)
    try:
        with guarded(directory / JOURNAL):
            yield from db.execute("SELECT seq, body, h FROM rows ORDER BY seq")
    finally:
        db.close()


def decoded(place: Path, row: StoredRow, find: FindKey) -> Entry:
    """Build the entry of a stored row; private text of a destroyed key reads as erased.

    Raises `Corrupt` for a row that is not one, `Undecodable` for a fact this program is too old
    for; both name the row.
    """
    seq, body = row[0], row[1]

    def open_(_seq: int, subject: str) -> bytes | None:
        sealed = _sealed(place, row, subject)
        key = find(subject)
        return None if key is None else unseal(key, seq, sealed, place)

    try:
        return decode_entry(body, open_)
    except CodecError as error:
        raise Undecodable(place, f"row {seq} cannot be read: {error}", _NEWER, seq) from error
    except RecordError as error:
        raise Corrupt(place, f"row {seq} is not a row: {error}", VERIFY, seq) from error


def _sealed(place: Path, row: StoredRow, subject: str) -> Sealed:
    """Return the row's private text after comparing it with what the body says of it."""
    reason = private_fault(row[1], row[3:], subject)
    if reason or row[3] is None or row[4] is None or row[5] is None:
        raise Corrupt(place, f"private text of row {row[0]}: {reason}", VERIFY, row[0])
    return Sealed(row[3], row[4], row[5])


def private_fault(
    body: bytes, private: tuple[str | None, bytes | None, bytes | None], subject: str | None
) -> str:
    """Say what is wrong between a body that has private text and the row that holds it, or ""."""
    owner, nonce, ct = private
    if not isinstance(ct, bytes) or not isinstance(nonce, bytes):
        return "it is missing"
    if sha256(ct).hexdigest() != envelope(body)["priv"]:
        return "it is not the text that was recorded"
    if owner != subject:
        return "it stands under another subject"
    return "" if len(nonce) == 12 else "its nonce is not one"
