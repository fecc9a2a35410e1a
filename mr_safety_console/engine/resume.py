"""Where a start begins: the cached state plus the facts since, or everything from the first row."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from mr_safety_console import __version__
from mr_safety_console.domain.codec import CodecError, decode, encode
from mr_safety_console.domain.suite import SCHEMA, SuiteState
from mr_safety_console.engine.folding import take_in
from mr_safety_console.engine.keeper import CACHE_FACTS
from mr_safety_console.journal import cache
from mr_safety_console.journal.errors import JournalError
from mr_safety_console.journal.store import Journal

FORMAT = zlib.crc32(f"{__version__} {SCHEMA}".encode())
"""What a cached state must carry: of another shape, or of a program that may fold otherwise, it is none."""
Progress = Callable[[int, int], None]
"""Called now and then with rows read and rows in all."""
_EVERY = 5000


def to_payload(state: SuiteState) -> bytes:
    """Return the state as the cache keeps it."""
    return json.dumps(encode(state), separators=(",", ":")).encode()


def from_payload(payload: bytes) -> SuiteState:
    """Return the state back. Raises `CodecError` or `ValueError` when it has another shape."""
    return decode(SuiteState, json.loads(payload))


def resume(journal: Journal, directory: Path, progress: Progress = lambda _done, _all: None) -> SuiteState:
    """Return the state at the journal's head.

    The cache is only ever a shortcut: whatever is wrong with it leads to a full replay. A fact whose
    fold fails breaks its slice and stops nothing. A long replay is kept at once: a console that is
    cut off again and again before its cache is due would replay more at each start.
    """
    state, done = _cached(journal, directory)
    last = journal.head[0]
    for entry in journal.read_from(done + 1):
        state = take_in(state, entry)
        if entry.seq % _EVERY == 0:
            progress(entry.seq, last)
    if last - done >= CACHE_FACTS:
        save(journal, directory, state, last)
    return state


def _cached(journal: Journal, directory: Path) -> tuple[SuiteState, int]:
    try:
        found = cache.read(directory, journal, FORMAT)
        if found is not None:
            return from_payload(found[1]), found[0]
    except (JournalError, OSError, CodecError, ValueError, KeyError, TypeError):
        pass
    return SuiteState(), 0


def save(journal: Journal, directory: Path, state: SuiteState, seq: int) -> None:
    """Write the cache for the state at row `seq`; a cache that cannot be written is none.

    A state with a broken slice lacks facts: it is never kept, so the next start folds them anew.
    """
    if state.broken:
        return
    try:
        h = journal.hash_at(seq)
        if h is not None:
            cache.write(directory, seq, h, FORMAT, to_payload(state))
    except (JournalError, OSError):
        with suppress(JournalError, OSError):
            cache.drop(directory)
