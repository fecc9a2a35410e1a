"""A key that is held down, told from one that is pressed again: it acts once, however long it is held.

A terminal sends no releases. A held key arrives as one character, a pause of up to a second, then
the same character every 15 to 92 ms (kernel and X 33 to 40 ms, macOS 90 ms, a virtual console set by
kbdrate 92 ms). A hand that presses the same key again stays above 120 ms. So the second of two equal
keys waits 120 ms: followed by a third it was a repeat, and all of them are dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from mr_safety_console.console.wire import Typed
from mr_safety_console.domain.value import frozen

REPEAT_S: Final = 0.120
"""Equal keys closer than this come from a held key."""
BEGIN_S: Final = 1.1
"""Longest pause before a held key begins to repeat (Windows 1 s, X 0.66 s, kernel 0.25 s)."""
RELEASED_S: Final = 0.3
"""A held key was let go when nothing of it came for so long; a slow line stalls that much."""
_ACTS_ON: Final = "\r\n"


@frozen
class HeldDown:
    """A key is being held: what it repeats is dropped. Told once for each holding."""


class Holding:
    """Characters in, characters out without the repeats of a held key.

    `writing` tells whether characters go into a field just now: there a doubled letter is a
    letter, and only Enter is watched. Control keys pass and end a holding.
    """

    def __init__(self, writing: Callable[[], bool]) -> None:
        self._writing = writing
        self._key = ""
        self._last = float("-inf")
        self._waits = False
        self._held = False

    @property
    def waiting(self) -> bool:
        """Tell whether a character waits to be let go, so that `tick` must be called soon."""
        return self._waits

    def typed(self, text: str, now: float) -> Iterator[Typed | HeldDown]:
        """Take characters that came at `now` (seconds of a steady clock)."""
        yield from self.tick(now)
        for char in text:
            yield from self._character(char, now)

    def repeats(self, text: str) -> bool:
        """Tell whether this text is nothing but the last key again and again: a stalled line did that."""
        return bool(self._key) and text == self._key * len(text)

    def tick(self, now: float) -> Iterator[Typed]:
        """Let go of a character that no repeat has followed."""
        if self._waits and now - self._last >= REPEAT_S:
            self._waits = False
            yield Typed(self._key)

    def forget(self, key: str = "") -> Iterator[Typed]:
        """Let go of what waits: another key came; `key` is the last one from here on."""
        if self._waits:
            yield Typed(self._key)
        self._key, self._waits, self._held = key, False, False

    def _character(self, char: str, now: float) -> Iterator[Typed | HeldDown]:
        since, self._last = now - self._last, now
        watched = char in _ACTS_ON or (char.isprintable() and not self._writing())
        if char != self._key or not watched:
            yield from self.forget(char)
            yield Typed(char)
        elif self._held and since < RELEASED_S:
            return
        elif self._waits:
            self._waits, self._held = False, True
            yield HeldDown()
        elif since < BEGIN_S:
            self._waits, self._held = True, False
        else:
            yield Typed(char)
