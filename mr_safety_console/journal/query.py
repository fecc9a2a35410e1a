"""History for people: pages of the record, read beside its writer.

Keyset pages in short transactions, never OFFSET, never a count. Use it from a worker thread, not
from the one that paints; SQLModel is loaded when the first `Query` is made.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.value import frozen
from mr_safety_console.journal import place
from mr_safety_console.journal.errors import Corrupt, JournalError, Undecodable, translated
from mr_safety_console.journal.private import Keyring
from mr_safety_console.journal.reading import StoredRow, decoded, open_readonly, raw_rows
from mr_safety_console.journal.record import RecordError, envelope

if TYPE_CHECKING:
    from sqlalchemy import Select

__all__ = ["JournalError", "LogLine", "Query", "raw_rows"]

H_PREFIX = 12


@frozen
class LogLine:
    """One row of the log: number, first 12 hex digits of its hash, kind, and the entry.

    A row that cannot be read has no entry, and `problem` says why; it is shown, never left out.
    """

    seq: int
    h: str
    kind: str
    entry: Entry | None
    problem: str = ""


class Query:
    """A reader of the record in `directory`. Safe to use from several threads."""

    def __init__(self, directory: Path) -> None:
        """Open for reading. Raises `Absent` or another `JournalError`."""
        from sqlalchemy import create_engine  # noqa: PLC0415 - half a second, only when history is asked
        from sqlalchemy.pool import StaticPool  # noqa: PLC0415

        from mr_safety_console.journal import schema  # noqa: PLC0415

        self._dir = directory
        self._path = directory / place.JOURNAL
        self._schema = schema
        self._lock = threading.Lock()
        self._db = open_readonly(directory)
        self._engine = create_engine("sqlite://", creator=lambda: self._db, poolclass=StaticPool)

    def newest(self, limit: int, before: int | None = None, kind: str | None = None) -> list[LogLine]:
        """Return up to `limit` lines below row `before`, newest first."""
        return self._filtered(limit, before, kind, self._schema.page_before)

    def page_after(self, seq: int, limit: int, kind: str | None = None) -> list[LogLine]:
        """Return up to `limit` lines above row `seq`, oldest first."""
        return self._filtered(limit, seq, kind, self._schema.page_after)

    def _filtered(
        self, limit: int, start: Any, kind: str | None, page: Callable[..., Select[Any]]
    ) -> list[LogLine]:
        """Fill the page: the kind is sought as bytes, which may also stand deeper in a body."""
        lines: list[LogLine] = []
        while len(lines) < limit:
            rows = self._fetch(page(start, limit - len(lines), kind))
            if not rows:
                break
            start = rows[-1][0]
            found = self._lines(rows)
            lines += [line for line in found if kind in (None, line.kind)]
        return lines

    def head(self) -> tuple[int, str]:
        """Return number and hash (hex) of the newest row."""
        rows = self._fetch(self._schema.newest_row())
        if not rows:
            return 0, ""
        return rows[0][0], bytes(rows[0][1]).hex()

    def data_version(self) -> int:
        """Return a number that changes when another connection has appended."""
        with self._lock:
            version: int = self._db.execute("PRAGMA data_version").fetchone()[0]
        return version

    def _fetch(self, statement: Select[Any]) -> list[Any]:
        from sqlalchemy.exc import DBAPIError  # noqa: PLC0415 - loaded with the first Query

        try:
            with self._lock, self._engine.connect() as connection:
                return list(connection.execute(statement))
        except DBAPIError as error:
            raise translated(self._path, error.orig) from error  # type: ignore[arg-type]

    def _lines(self, rows: list[Any]) -> list[LogLine]:
        """Keys are looked up anew for each page: they may have been destroyed meanwhile."""
        keys: Keyring | None = None
        try:
            if any(row[3] is not None for row in rows) and (self._dir / place.KEYS).exists():
                keys = Keyring(self._dir / place.KEYS, readonly=True)
            find = (lambda _subject: None) if keys is None else keys.find
            return [self._line(tuple(row), find) for row in rows]
        finally:
            if keys is not None:
                keys.close()

    def _line(self, row: StoredRow, find: Callable[[str], bytes | None]) -> LogLine:
        seq, h = row[0], row[2].hex()[:H_PREFIX]
        try:
            entry = decoded(self._path, row, find)
        except (Corrupt, Undecodable) as error:
            return LogLine(seq, h, _kind(row[1]), None, error.what)
        return LogLine(seq, h, entry.fact.kind, entry)

    def close(self) -> None:
        """Close the file."""
        self._engine.dispose()
        self._db.close()


def _kind(body: bytes) -> str:
    try:
        return str(envelope(body)["kind"])
    except RecordError:
        return "unreadable"
