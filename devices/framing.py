"""Cut a stream of bytes into lines: bounded in memory, and in step again after any garbage."""

from __future__ import annotations

from devices.value import frozen

LIMIT = 160
"""Longest sentence in bytes, CR and LF included."""
DISCARD_UNIT = 512
"""So many discarded bytes without a line end count as one line error."""


@frozen
class Cut:
    """What came out of one piece of input.

    `lines` start with `$` and still carry their CR, not their LF. `errors` counts lines that can
    be no sentence: no `$`, bytes in front of it, too long, or a stretch of babble.
    """

    lines: tuple[bytes, ...]
    errors: int


class Splitter:
    """A resynchronising line splitter that never holds more than `LIMIT` bytes.

    It takes what follows the last `$` of a line, so that a whole sentence behind a torn one is
    still read. A `$` inside a payload therefore costs that sentence.
    """

    def __init__(self) -> None:
        self._held = b""
        self._discarded = 0

    @property
    def held(self) -> int:
        """Return how many bytes wait for their line end."""
        return len(self._held)

    def reset(self) -> None:
        """Forget what is held; for a port that was opened anew."""
        self._held = b""
        self._discarded = 0

    def feed(self, data: bytes) -> Cut:
        """Take any number of bytes and return the lines they completed."""
        *parts, tail = (self._held + data).split(b"\n")
        lines: list[bytes] = []
        errors = 0
        for part in parts:
            start = part.rfind(b"$")
            line = part[max(start, 0) :]
            if start != 0 or self._discarded:
                errors += 1
            if start >= 0 and len(line) < LIMIT:
                lines.append(line)
            elif start == 0 and not self._discarded:
                errors += 1
            self._discarded = 0
        self._held = self._bounded(tail)
        errors += self._overflow()
        return Cut(tuple(lines), errors)

    def _bounded(self, tail: bytes) -> bytes:
        """Return the part of an unfinished line worth keeping; the rest counts as discarded."""
        if len(tail) < LIMIT:
            return tail
        start = tail.rfind(b"$", len(tail) - LIMIT + 1)
        kept = tail[start:] if start >= 0 else b""
        self._discarded += len(tail) - len(kept)
        return kept

    def _overflow(self) -> int:
        """Return the whole units discarded so far, keeping a remainder that stays above zero."""
        units = self._discarded // DISCARD_UNIT
        if units:
            self._discarded = self._discarded % DISCARD_UNIT or 1
        return units
