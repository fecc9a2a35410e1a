"""One record of the emergency spool, and how it lies in a file: whole slots, length, CRC-32, JSON."""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from mr_safety_console.domain.context import Instant
from mr_safety_console.domain.emergency_lane import cause_of
from mr_safety_console.domain.value import frozen

SLOT = 512
MAX_BODY = 8 * 1024
MAGIC = b"MRSP"
NO_RECORD = "0" * 64
MAX_UTC = 253_370_764_800_000_000
"""The year 9999, in µs."""
MAX_BT = 2**63 - 1
MAX_NUMBER = 2**31
_HEAD = struct.Struct(">4sII")
_SESSION = re.compile(r"[A-Za-z0-9]{1,64}")
_CONSOLE = re.compile(r"[A-Za-z0-9-]{0,64}")
_BOOT = re.compile(r"[A-Za-z0-9-]{0,64}")


@frozen
class SpoolRecord:
    """One record: a command as `kind` and `data`, when it was given, and whose it is.

    `con` is the console the record belongs to; empty when the writer could not know.
    """

    session: str
    n: int
    at: Instant
    kind: str
    data: Mapping[str, Any]
    prev: str = NO_RECORD
    con: str = ""

    @property
    def cause(self) -> str:
        """Return the cause of the facts this record becomes."""
        return cause_of(self.session, self.n)

    def body(self) -> bytes:
        """Return the record as UTF-8 JSON, keys sorted."""
        plain = {
            "s": self.session,
            "n": self.n,
            "utc": self.at.utc,
            "bt": self.at.bt,
            "boot": self.at.boot,
            "kind": self.kind,
            "data": dict(self.data),
            "prev": self.prev,
        }
        if self.con:
            plain["con"] = self.con
        return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def frame(body: bytes) -> bytes:
    """Return a body as whole slots. Raises `ValueError` above 8 KiB."""
    if len(body) > MAX_BODY:
        raise ValueError(f"a spool record holds at most {MAX_BODY} bytes, not {len(body)}")
    framed = _HEAD.pack(MAGIC, len(body), zlib.crc32(body)) + body
    return framed + b"\0" * (-len(framed) % SLOT)


def read_frames(data: bytes) -> Iterator[tuple[int, SpoolRecord | None]]:
    """Yield (offset after it, record) for every record, (offset, None) for every damaged slot."""
    at = 0
    while at < len(data):
        record, size = _frame_at(data, at)
        at += size
        if record is not None:
            yield at, record
        elif data[at - size : at].strip(b"\0"):
            yield at, None


def _frame_at(data: bytes, at: int) -> tuple[SpoolRecord | None, int]:
    """Return the record at a slot and the bytes it takes; (None, SLOT) if there is none."""
    if len(data) - at < _HEAD.size:
        return None, SLOT
    magic, length, crc = _HEAD.unpack_from(data, at)
    body = data[at + _HEAD.size : at + _HEAD.size + length]
    if magic != MAGIC or length > MAX_BODY or len(body) != length or zlib.crc32(body) != crc:
        return None, SLOT
    record = _parsed(body)
    size = _HEAD.size + length
    return (record, size + (-size % SLOT)) if record else (None, SLOT)


def _parsed(body: bytes) -> SpoolRecord | None:
    """Return the record of a body, or None for anything this program would not have written.

    A CRC proves nothing about who wrote it. Numbers out of range would later break a date, a session
    with a colon would be taken in at every start, half a surrogate pair could never be recorded.
    """
    try:
        plain = json.loads(body, parse_constant=_refuse)
        at = Instant(_whole(plain["utc"], MAX_UTC), _whole(plain["bt"], MAX_BT), _word(plain["boot"], _BOOT))
        session, n = _word(plain["s"], _SESSION), _whole(plain["n"], MAX_NUMBER, least=1)
        kind, data, prev = str(plain["kind"]), dict(plain["data"]), str(plain["prev"])
        record = SpoolRecord(session, n, at, kind, data, prev, _word(plain.get("con", ""), _CONSOLE))
        record.body()
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return record


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number of ours")


def _whole(value: object, most: int, *, least: int = 0) -> int:
    if type(value) is not int or not least <= value <= most:
        raise ValueError("not a whole number within its bounds")
    return value


def _word(value: object, shape: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not shape.fullmatch(value):
        raise ValueError("not a word of its shape")
    return value
