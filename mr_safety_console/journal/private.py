"""Personal data at rest: one key a subject, and forgetting by destroying the key.

The keys stand in `keys.db`, apart from the record, so that a copy of the record alone reads
nobody. ChaCha20-Poly1305 with a random nonce; the row number and the subject are bound as
associated data, so that a text moved to another row or person does not open.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from mr_safety_console.journal.errors import VERIFY, Corrupt, guarded
from mr_safety_console.journal.record import Sealed

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

NONCE_BYTES = 12
KEY_BYTES = 32
_DDL = "CREATE TABLE IF NOT EXISTS keys(subject TEXT NOT NULL PRIMARY KEY, key BLOB) STRICT"
_PRAGMAS = ("journal_mode=DELETE", "synchronous=EXTRA", "secure_delete=ON", "busy_timeout=200")


def _cipher(key: bytes) -> ChaCha20Poly1305:
    # Loaded at the first private fact, not before the first paint: it costs 25 ms.
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305  # noqa: PLC0415

    return ChaCha20Poly1305(key)


def _bound(seq: int, subject: str) -> bytes:
    return seq.to_bytes(8, "big") + subject.encode()


def seal(key: bytes, seq: int, subject: str, plain: bytes) -> Sealed:
    """Encrypt the private text of one row under its subject's key (32 bytes)."""
    nonce = os.urandom(NONCE_BYTES)
    return Sealed(subject, nonce, _cipher(key).encrypt(nonce, plain, _bound(seq, subject)))


def unseal(key: bytes, seq: int, sealed: Sealed, place: Path) -> bytes:
    """Decrypt the private text of one row. Raises `Corrupt` naming the row when it does not open."""
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415

    try:
        return _cipher(key).decrypt(sealed.nonce, sealed.ct, _bound(seq, sealed.subject))
    except (InvalidTag, ValueError, TypeError) as error:
        raise Corrupt(
            place, f"the private text of row {seq} does not open with its key", VERIFY, seq
        ) from error


class Keyring:
    """The subjects' keys on disk. Not thread-safe: the journal's lock guards it.

    A new key is made in memory by `key_for` and must be made durable with `flush` before the
    subject's first fact is.
    """

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        self._path = path
        self._known: dict[str, bytes | None] = {}
        self._fresh: dict[str, bytes] = {}
        with guarded(path):
            mode = "ro" if readonly else "rw"
            self._db = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode={mode}",
                uri=True,
                isolation_level=None,
                check_same_thread=False,
            )
        try:
            with guarded(path):
                self._prepare(readonly)
        except BaseException:
            self._db.close()
            raise

    def _prepare(self, readonly: bool) -> None:
        if readonly:
            self._db.execute("PRAGMA query_only=ON")
            return
        for pragma in _PRAGMAS:
            self._db.execute(f"PRAGMA {pragma}")
        self._db.execute(_DDL)

    @property
    def known(self) -> bool:
        """Tell whether any subject stands here, also one whose key was destroyed."""
        with guarded(self._path):
            return self._db.execute("SELECT 1 FROM keys LIMIT 1").fetchone() is not None

    def find(self, subject: str) -> bytes | None:
        """Return the subject's key, or None once it was destroyed or if it was never here."""
        if subject not in self._known:
            with guarded(self._path):
                row = self._db.execute("SELECT key FROM keys WHERE subject=?", (subject,)).fetchone()
            if row is None:
                return None
            self._known[subject] = row[0]
        return self._known[subject]

    def key_for(self, subject: str) -> bytes:
        """Return the key to write with, made now for a new subject.

        For an erased subject it is a throw-away key: the fact stands, its private text can be
        read by nobody from the start.
        """
        known = self.find(subject)
        if known is not None:
            return known
        key = os.urandom(KEY_BYTES)
        if subject not in self._known:
            self._known[subject] = self._fresh[subject] = key
        return key

    def flush(self) -> None:
        """Make new keys durable; they are kept for the next try when the disk refuses."""
        if not self._fresh:
            return
        with guarded(self._path):
            try:
                self._db.execute("BEGIN IMMEDIATE")
                self._db.executemany("INSERT INTO keys(subject, key) VALUES(?,?)", self._fresh.items())
                self._db.execute("COMMIT")
            except sqlite3.Error:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
        self._fresh.clear()

    def destroy(self, subject: str) -> None:
        """Destroy the key for ever; a mark remains so that none is made again."""
        self._fresh.pop(subject, None)
        with guarded(self._path):
            self._db.execute(
                "INSERT INTO keys(subject, key) VALUES(?,NULL) ON CONFLICT DO UPDATE SET key=NULL", (subject,)
            )
            self._known[subject] = None
            self._db.execute("VACUUM")

    def close(self) -> None:
        """Close the file."""
        self._db.close()
