"""The pace of a keyboard: a scanner is told from a person, and nobody gets more than a bounded share.

`Burst` holds a character for 20 ms to see what follows, `Gate` is a bucket of key presses, and
`Keyboard` puts the taking apart of bytes, the telling of scans and of held keys together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from mr_safety_console.console.held import HeldDown, Holding
from mr_safety_console.console.printable import keyable
from mr_safety_console.console.wire import Sequence, Splitter, Token, Typed
from mr_safety_console.domain.value import frozen

BURST_GAP_S: Final = 0.020
BURST_END_S: Final = 0.050
BURST_MIN: Final = 6
BURST_CHARS: Final = 512
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
    a scan.
    """

    def __init__(self) -> None:
        self._held: list[str] = []
        self._count = 0
        self._last = 0.0

    @property
    def due_in(self) -> float | None:
        """Return the seconds after the last character at which `tick` has something to do."""
        if not self._count:
            return None
        return BURST_END_S if self._count >= BURST_MIN else BURST_GAP_S

    def feed(self, text: str, now: float) -> Iterator[Typed | Scan]:
        """Take typed characters that were read at `now`."""
        yield from self.tick(now)
        if self._count and now - self._last >= BURST_GAP_S:
            yield from self.flush()
        for run in re.findall(r"[^\x00-\x1c\x1e\x1f\x7f]+|[\x00-\x1c\x1e\x1f\x7f]", text):
            if run >= " " or run[0] == "\x1d":
                self._hold(run, now)
                continue
            scanned = self._count >= BURST_MIN
            yield from self.flush()
            if not (scanned and run in "\r\n\t"):
                yield Typed(run)

    def tick(self, now: float) -> Iterator[Typed | Scan]:
        """Let go of what was held long enough."""
        due = self.due_in
        if due is not None and now - self._last >= due:
            yield from self.flush()

    def flush(self) -> Iterator[Typed | Scan]:
        """Let go of what is held: a scan if there was enough of it, else keys."""
        held, count = "".join(self._held), self._count
        self._held, self._count = [], 0
        if count >= BURST_MIN:
            yield Scan(held, cut=count > BURST_CHARS)
        elif held:
            yield Typed(held)

    def _hold(self, run: str, now: float) -> None:
        self._held.append(run[: max(0, BURST_CHARS - self._count)])
        self._count += len(run)
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
            if isinstance(token, Typed):
                yield from self._burst.feed(keyable(token.text), now)
            else:
                yield from self._burst.flush()
                yield token
        yield from self._burst.tick(now)
