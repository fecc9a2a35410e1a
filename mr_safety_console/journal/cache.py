"""The cached state: a shortcut past the replay, never evidence.

One file a generation: magic, schema (4 bytes), row (8), hash at that row (32), nonce (12), then
the payload encrypted and authenticated with a key derived from the console's. It is used only if
all of that agrees with the record; the older generation serves when the newer does not.
"""

from __future__ import annotations

import hmac
import os
import struct
from pathlib import Path
from typing import Protocol

from mr_safety_console.journal import place
from mr_safety_console.journal.console_key import read_console_key
from mr_safety_console.journal.errors import guarded

CACHE = "state.cache"
OLDER = "state.cache.old"
_BUILDING = "state.cache.new"
_MAGIC = b"MRSCACH1"
_HEADER = struct.Struct(">8sIQ32s12s")
_MAX_ROW = 2**63 - 1
"""A damaged number beyond this is not even one SQLite can look for."""
_PURPOSE = b"mr-safety-console state cache 1"


class Hashes(Protocol):
    """What the cache asks of the record."""

    def hash_at(self, seq: int) -> bytes | None:
        """Return the stored hash of a row, or None if there is no such row."""


def _key(directory: Path) -> bytes:
    return hmac.digest(read_console_key(directory)[0], _PURPOSE, "sha256")


def write(directory: Path, seq: int, h: bytes, schema: int, payload: bytes) -> None:
    """Store the state as it stands after row `seq`, whose hash is `h`; keep the one before.

    A kill at any moment leaves at least one whole older or newer generation, if there was one.
    """
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305  # noqa: PLC0415 - late, 25 ms

    nonce = os.urandom(12)
    header = _HEADER.pack(_MAGIC, schema, seq, h, nonce)
    sealed = ChaCha20Poly1305(_key(directory)).encrypt(nonce, payload, header)
    building = directory / _BUILDING
    with guarded(building):
        building.unlink(missing_ok=True)
        place.make_file(building, header + sealed)
        if (directory / CACHE).exists():
            (directory / CACHE).replace(directory / OLDER)
        building.replace(directory / CACHE)
    place.sync_dir(directory)


def read(directory: Path, journal: Hashes, schema: int) -> tuple[int, bytes] | None:
    """Return (row, payload) of the newest generation that agrees with the record, or None."""
    for name in (CACHE, OLDER):
        try:
            raw = (directory / name).read_bytes()
        except OSError:
            continue
        found = _opened(directory, raw, journal, schema)
        if found is not None:
            return found
    return None


def _opened(directory: Path, raw: bytes, journal: Hashes, schema: int) -> tuple[int, bytes] | None:
    if len(raw) < _HEADER.size:
        return None
    magic, version, seq, h, nonce = _HEADER.unpack_from(raw)
    if magic != _MAGIC or version != schema or seq > _MAX_ROW or journal.hash_at(seq) != h:
        return None
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - late, 25 ms
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305  # noqa: PLC0415

    try:
        payload = ChaCha20Poly1305(_key(directory)).decrypt(nonce, raw[_HEADER.size :], raw[: _HEADER.size])
    except InvalidTag:
        return None
    return seq, payload


def drop(directory: Path) -> None:
    """Remove every generation: they may hold the personal data of a subject just erased."""
    for name in (CACHE, OLDER, _BUILDING):
        with guarded(directory / name):
            (directory / name).unlink(missing_ok=True)
    place.sync_dir(directory)
