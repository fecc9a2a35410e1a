"""The pace of a keyboard: a scanner is told from a person, and nobody gets more than a bounded share.

`Burst` holds a character for 20 ms to see what follows, `Gate` is a bucket of key presses, and
`Keyboard` puts the taking apart of bytes, the telling of scans and of held keys together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Final

from mr_safety_console.console.held import HeldDown, Holding
from mr_safety_console.console.printable import keyable
from mr_safety_console.console.wire import Sequence, Splitter, Token, Typed
from mr_safety_console.domain.value import frozen

BURST_GAP_S: Final = 0.020
BURST_END_S: Final = 0.050
BURST_MIN: Final = 6
BURST_CHARS: Final = 512
SUFFIX_S: Final = 0.250
"""What a scanner sends behind a code (Enter, a line feed, Tab) may lag so far; a hand is slower."""
F8: Final = "\x1b[19~"
"""The key some scanners press for GS in the middle of a code."""
GS: Final = "\x1d"
KEYS_PER_S: Final = 200.0
KEYS_BURST: Final = 512.0
_NO_KEY: Final = ("\x1b[<", "\x1b[M", "\x1b[I", "\x1b[O")
"""Mouse and focus reports: they end no holding, or a moved mouse would make a held key many."""


@frozen
class Scan:
    """Text a scanner sent, with its separators (GS, 0x1d); `cut` when it was too long."""

    text: str
    cut: bool


class Burst:
    """Tell scanner from person: six or more characters less than 20 ms apart, then Enter or 50 ms.

    A character typed by a person is held for 20 ms, so that no binding sees the first characters of
    a scan. F8 is held as well: scanners press it for GS. What ends a line right behind a scan is its
    suffix, also when it lags.
    """

    def __init__(self) -> None:
        self._held: list[str] = []
        self._count = 0
        self._last = 0.0
        self._scanned = float("-inf")

    @property
    def due_in(self) -> float | None:
        """Return the seconds after the last character at which `tick` has something to do."""
        if not self._count:
            return None
        return BURST_END_S if self._count >= BURST_MIN else BURST_GAP_S

    def feed(self, text: str, now: float) -> Iterator[Typed | Sequence | Scan]:
        """Take typed characters that were read at `now`."""
        yield from self._settle(now)
        for run in re.findall(r"[^\x00-\x1c\x1e\x1f\x7f]+|[\x00-\x1c\x1e\x1f\x7f]", text):
            if run >= " " or run[0] == GS:
                self._hold(run[: max(0, BURST_CHARS - self._count)], len(run), now)
                continue
            yield from self.flush()
            if run not in "\r\n\t" or now - self._scanned >= SUFFIX_S:
                yield Typed(run)

    def separator(self, now: float) -> Iterator[Typed | Sequence | Scan]:
        """Take F8 that was read at `now`: GS inside a scan, else the key."""
        yield from self._settle(now)
        self._hold(F8, 1, now)

    def tick(self, now: float) -> Iterator[Typed | Sequence | Scan]:
        """Let go of what was held long enough."""
        due = self.due_in
        if due is not None and now - self._last >= due:
            yield from self.flush()

    def flush(self) -> Iterator[Typed | Sequence | Scan]:
        """Let go of what is held: a scan if there was enough of it, else keys."""
        held, count = self._held, self._count
        self._held, self._count = [], 0
        if count >= BURST_MIN and any(run != F8 for run in held):
            self._scanned = self._last
            yield Scan("".join(held).replace(F8, GS), cut=count > BURST_CHARS)
            return
        for is_key, runs in groupby(held, key=F8.__eq__):
            if is_key:
                yield from map(Sequence, runs)
            elif text := "".join(runs):
                yield Typed(text)

    def _settle(self, now: float) -> Iterator[Typed | Sequence | Scan]:
        yield from self.tick(now)
        if self._count and now - self._last >= BURST_GAP_S:
            yield from self.flush()

    def _hold(self, run: str, count: int, now: float) -> None:
        if self._count < BURST_CHARS:
            self._held.append(run)
        self._count += count
        self._last = now


class Gate:
    """A bucket of key presses: 512 at once, 200 a second for ever."""

    def __init__(self) -> None:
        self._level = KEYS_BURST
        self._at = 0.0
        self.refused = 0

    def take(self, wanted: int, now: float) -> int:
        """Return how many of `wanted` keys may pass at `now`."""
        self._level = min(KEYS_BURST, self._level + max(0.0, now - self._at) * KEYS_PER_S)
        self._at = now
        passed = min(wanted, int(self._level))
        self._level -= passed
        self.refused += wanted - passed
        return passed


class Keyboard:
    """Bytes of a terminal in; keys, sequences, pastes, scans and emergencies out, in their order.

    A held key acts once; `writing` tells whether characters go into a field just now.
    """

    def __init__(self, writing: Callable[[], bool] = lambda: False) -> None:
        self._splitter = Splitter()
        self._burst = Burst()
        self._holding = Holding(writing)

    @property
    def waiting(self) -> bool:
        """Tell whether something is held or half read, so that `feed` must be called soon."""
        return self._splitter.waiting or self._burst.due_in is not None or self._holding.waiting

    def feed(self, data: bytes, now: float) -> Iterator[Token | Scan | HeldDown]:
        """Take bytes read at `now`, none when nothing came, and yield what they mean by then."""
        for token in self._told(data, now):
            match token:
                case Typed(text):
                    yield from self._holding.typed(text, now)
                case Scan(text) if self._holding.repeats(text):
                    yield from self._holding.typed(text, now)
                case Sequence(text) if text.startswith(_NO_KEY):
                    yield token
                case _:
                    yield from self._holding.forget()
                    yield token
        yield from self._holding.tick(now)

    def _told(self, data: bytes, now: float) -> Iterator[Token | Scan]:
        """Take bytes apart and tell scanner from person."""
        for token in self._splitter.feed(data, now) if data else self._splitter.tick(now):
            match token:
                case Typed(text):
                    yield from self._burst.feed(keyable(text), now)
                case Sequence(text) if text == F8:
                    yield from self._burst.separator(now)
                case _:
                    yield from self._burst.flush()
                    yield token
        yield from self._burst.tick(now)
