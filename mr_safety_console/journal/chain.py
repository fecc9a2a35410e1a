"""The hash chain: each row's hash covers its bytes and the hash before it.

`h = SHA-256("MRSC1" NUL ‖ hash before ‖ length of body, 8 bytes, big-endian ‖ body)`; before
row 1 stand 32 zero bytes. A chain alone does not see that its newest rows are missing: that is
what the head file is for.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from mr_safety_console.domain.value import frozen

MAGIC = b"MRSC1\0"
START = bytes(32)


@frozen
class Whole:
    """The chain holds: how many rows, and the hash of the newest."""

    rows: int
    head: bytes


@frozen
class Broken:
    """The chain does not hold from this row on; `reason` in words."""

    row: int
    reason: str


def link(before: bytes, body: bytes) -> bytes:
    """Return the hash of a row from the hash before it (32 bytes) and its stored bytes."""
    return sha256(MAGIC + before + len(body).to_bytes(8, "big") + body).digest()


def verify_rows(
    rows: Iterable[tuple[int, bytes, bytes]], after: int = 0, before: bytes = START
) -> Whole | Broken:
    """Check stored rows (seq, body, h) in order, gapless from `after` + 1; memory is constant.

    `before` is the hash of row `after`. Never raises for what a row holds.
    """
    hashed, magic, expected = sha256, MAGIC, after
    for seq, body, h in rows:
        expected += 1
        try:
            good = hashed(magic + before + len(body).to_bytes(8, "big") + body).digest() == h
        except TypeError:
            return Broken(expected, "it does not hold bytes")
        if seq != expected:
            return Broken(expected, f"it is missing; the next one found is row {seq}")
        if not good:
            return Broken(expected, "its hash does not fit its content and the row before it")
        before = h
    return Whole(expected, before)
