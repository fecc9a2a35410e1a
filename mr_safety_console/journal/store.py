"""The record on disk, written by one process: durable, chained, only ever growing.

Standard `sqlite3` alone, because this is on the way to the first paint; the tables are also
described in `schema.py` for queries. An append that returned is on the disk.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from itertools import chain
from pathlib import Path
from typing import Self

from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.context import NS
from mr_safety_console.journal import cache, creation, opening, place
from mr_safety_console.journal.chain import START, link
from mr_safety_console.journal.creation import Genesis
from mr_safety_console.journal.errors import (
    VERIFY,
    Absent,
    Corrupt,
    JournalError,
    OutOfOrder,
    Unrecordable,
    guarded,
    translated,
)
from mr_safety_console.journal.private import Keyring, seal
from mr_safety_console.journal.reading import SELECT_ROWS, StoredRow, decoded
from mr_safety_console.journal.record import RecordError, Row, Sealed, encode_entry
from mr_safety_console.journal.tables import check_schema, connect, harden

_CHUNK = 512
_AT_ONCE = 64
"""Rows inserted by one statement; sqlite3 keeps up to 128 statements prepared."""
_HEAD_SYNC_NS = NS
_PAGE = f"{SELECT_ROWS} WHERE rows.seq >= ? ORDER BY rows.seq LIMIT ?"


class Journal:
    """The one writer of a record. Safe to use from several threads, one call at a time.

    Made by `open`; holds the writer's lock of its directory until `close`. `missing` names the
    files of an existing record that were gone or empty and have been made again.
    """

    def __init__(self, directory: Path, ballast_bytes: int) -> None:
        self._dir = directory
        self._path = directory / place.JOURNAL
        self._lock = threading.RLock()
        with ExitStack() as undo:
            writer = place.WriterLock(directory)
            undo.callback(writer.release)
            opening.check_files(directory)
            self._keys = Keyring(directory / place.KEYS)
            undo.callback(self._keys.close)
            with guarded(self._path):
                self._db = connect(self._path, "rw")
                undo.callback(self._db.close)
                harden(self._db, self._path)
                check_schema(self._db, self._path)
                self._head = opening.check_ends(self._db, directory)
                self.missing = opening.missing(self._db, directory, self._head, self._keys.known)
            place.restore_ballast(directory, ballast_bytes)
            self._head_file = place.HeadFile(directory)
            undo.callback(self._head_file.close)
            self._undo = undo.pop_all()
        self._head_file.write(self._head.seq, self._head.h)
        self._head_file.sync()
        self._undo.callback(self.settle)
        self._settled = self._head.seq
        self._committed_bt = self._synced_bt = 0
        self._urgent = False

    @classmethod
    def open(
        cls, directory: Path, genesis: Genesis | None = None, *, ballast_bytes: int = place.BALLAST_BYTES
    ) -> Self:
        """Open the record for writing; with `genesis`, begin one if there is none.

        Raises `JournalBusy` when another process writes here, `Absent` when there is no record and
        no `genesis`, `Corrupt` naming the row, or another `JournalError`.
        """
        opening.check_place(directory, begin=genesis is not None)
        try:
            return cls(directory, ballast_bytes)
        except Absent:
            if genesis is None:
                raise
        return cls.create(directory, genesis, ballast_bytes=ballast_bytes)

    @classmethod
    def create(cls, directory: Path, genesis: Genesis, *, ballast_bytes: int = place.BALLAST_BYTES) -> Self:
        """Begin a record whose first row is what `genesis` makes of the console's public key."""
        place.prepare_dir(directory)
        writer = place.WriterLock(directory)
        try:
            if (directory / place.JOURNAL).exists():
                raise JournalError(
                    directory, "there is a record here already", "Open it, or name another place"
                )
            creation.create(directory, genesis, ballast_bytes)
        finally:
            writer.release()
        return cls(directory, ballast_bytes)

    @property
    def head(self) -> tuple[int, bytes]:
        """Number and hash of the newest row."""
        head = self._head
        return head.seq, head.h

    @property
    def head_fault(self) -> str:
        """Why the head file could not be written the last time, or ""; no commit fails for it."""
        return self._head_file.fault

    def append(self, entries: Sequence[Entry], *, emergency: bool = False) -> None:
        """Commit the entries and settle; see there for what is raised and when."""
        self.commit(entries, emergency=emergency)
        self.settle()

    def commit(self, entries: Sequence[Entry], *, emergency: bool = False) -> None:
        """Make the entries durable in one transaction, all or none; their numbers go on from the head.

        Whoever waits may be told then; `settle` comes after. Raises `OutOfOrder` or `Unrecordable`
        for a bug of ours and another `JournalError` when the disk refuses; then nothing was kept and
        the same call may be repeated.
        """
        if not entries:
            return
        with self._lock:
            encoded = self._encoded(entries)
            head = self._head
            before, rows = head.h, []
            for row in encoded:
                before = link(before, row.body)
                rows.append((row.seq, row.body, before))
            private = [(r.seq, p.subject, p.nonce, p.ct) for r in encoded if (p := r.private) is not None]
            self._keys.flush()
            self._commit(rows, private)
            self._head = place.Head(rows[-1][0], before)
            self._committed_bt, self._urgent = entries[-1].at.bt, emergency or self._urgent

    def _encoded(self, entries: Sequence[Entry]) -> list[Row]:
        expected, rows = self._head.seq, []
        for entry in entries:
            expected += 1
            if entry.seq != expected:
                raise OutOfOrder(self._path, f"row {entry.seq} came where {expected} is next", _BUG)
            try:
                rows.append(encode_entry(entry, self._seal))
            except RecordError as error:
                raise Unrecordable(self._path, str(error), _BUG, entry.seq) from error
        return rows

    def _seal(self, seq: int, subject: str, plain: bytes) -> Sealed:
        return seal(self._keys.key_for(subject), seq, subject, plain)

    def _commit(
        self, rows: list[tuple[int, bytes, bytes]], private: list[tuple[int, str, bytes, bytes]]
    ) -> None:
        db = self._db
        try:
            db.execute("BEGIN IMMEDIATE")
            _put(db, rows)
            if private:
                db.executemany("INSERT INTO private VALUES(?,?,?,?)", private)
            db.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            if db.in_transaction:
                with suppress(sqlite3.Error):
                    db.execute("ROLLBACK")
            raise translated(self._path, error) from error

    def settle(self) -> None:
        """Write in the head file where the record stands, which lags behind until then; raises nothing.

        Synced within a second of facts, at once after an emergency. What failed stands in `head_fault`.
        """
        with self._lock:
            if self._head.seq != self._settled:
                self._head_file.write(self._head.seq, self._head.h)
                self._settled = self._head.seq
            if self._urgent or not 0 <= self._committed_bt - self._synced_bt < _HEAD_SYNC_NS:
                self._head_file.sync()
                self._synced_bt, self._urgent = self._committed_bt, False

    def sync_head(self) -> None:
        """Put the head file on the disk now; for the engine's tick and for checkpoints."""
        with self._lock:
            self.settle()
            self._head_file.sync()

    def hash_at(self, seq: int) -> bytes | None:
        """Return the stored hash of a row; row 0 has 32 zero bytes, a row not there None."""
        if seq == 0:
            return START
        with self._lock, guarded(self._path):
            row = self._db.execute("SELECT h FROM rows WHERE seq = ?", (seq,)).fetchone()
        return None if row is None else bytes(row[0])

    def read_from(self, seq: int = 1) -> Iterator[Entry]:
        """Yield the entries from row `seq` (≥ 1) on, each checked against the chain as it is read.

        Raises `Corrupt` or `Undecodable` naming the row. Reads in short transactions, so entries
        appended meanwhile are yielded too.
        """
        before = self.hash_at(seq - 1)
        while before is not None and (chunk := self._chunk(seq)):
            for row in chunk:
                if row[0] != seq or link(before, row[1]) != row[2]:
                    raise Corrupt(self._path, f"row {seq} is missing or does not fit its hash", VERIFY, seq)
                yield self._decoded(row)
                before, seq = row[2], seq + 1

    def _chunk(self, seq: int) -> list[StoredRow]:
        with self._lock, guarded(self._path):
            return self._db.execute(_PAGE, (seq, _CHUNK)).fetchall()

    def _decoded(self, row: StoredRow) -> Entry:
        with self._lock:
            return decoded(self._path, row, self._keys.find)

    def erase(self, subject: str) -> None:
        """Destroy a subject's key for ever, and every cached state, which may hold the same text.

        The chain still verifies. That it was done is a fact, which the caller appends.
        """
        with self._lock:
            self._keys.destroy(subject)
            cache.drop(self._dir)

    def free_ballast(self) -> int:
        """Give up the room kept for a full disk; return how many bytes that were."""
        return place.free_ballast(self._dir)

    def close(self) -> None:
        """Sync and close every file and give the right to write back. May be called twice."""
        with self._lock:
            self._undo.close()


def _put(db: sqlite3.Connection, rows: list[tuple[int, bytes, bytes]]) -> None:
    """Insert the rows, many by one statement.

    Another thread may take over the interpreter at each statement: a row at a time, a busy neighbour
    made a hundred rows wait a hundred times.
    """
    for at in range(0, len(rows), _AT_ONCE):
        some = rows[at : at + _AT_ONCE]
        db.execute(_insert(len(some)), list(chain.from_iterable(some)))


def _insert(count: int) -> str:
    return f"INSERT INTO rows VALUES(?,?,?){',(?,?,?)' * (count - 1)}"


_BUG = "Report this as a bug; until then write on paper"
