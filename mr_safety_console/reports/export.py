"""The evidence export: every row as it is stored, with its hash. Private texts are never in it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import BinaryIO

from mr_safety_console.journal.query import raw_rows


def export_jsonl(place: Path, output: Path | None) -> int:
    """Write one JSON object a row (`seq`, `h`, `body` as hashed); returns how many rows.

    A file is made anew, for the owner only; an existing one is refused. Raises `JournalError`.
    """
    if output is None:
        return _write(place, sys.stdout.buffer)
    fd = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "wb") as file:
        return _write(place, file)


def _write(place: Path, file: BinaryIO) -> int:
    rows = 0
    for seq, body, h in raw_rows(place):
        file.write(b'{"seq":%d,"h":"%s","body":%s}\n' % (seq, h.hex().encode(), body))
        rows += 1
    file.flush()
    return rows
