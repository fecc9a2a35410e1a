"""From the engine's threads to the loop: a bounded mailbox that wakes the loop once until drained."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Final

from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.value import frozen
from mr_safety_console.engine.face import Published

CAPACITY: Final = 4_096
"""Facts that may wait; one more empties the box and asks for a look at the whole state instead."""


@frozen
class Mail:
    """What had arrived; `resync` when some of it was dropped and only the state tells the rest."""

    entries: tuple[Entry, ...]
    resync: bool


class Mailbox:
    """`put` is a listener of the engine; `wake` is called from its thread, at most once a drain."""

    def __init__(self, wake: Callable[[], None], *, capacity: int = CAPACITY) -> None:
        self._wake = wake
        self._capacity = capacity
        self._lock = threading.Lock()
        self._waiting: deque[Entry] = deque()
        self._resync = False
        self._awake = False

    def put(self, published: Published) -> None:
        """Take facts in and return at once."""
        with self._lock:
            self._waiting.extend(published.entries)
            if len(self._waiting) > self._capacity:
                self._waiting.clear()
                self._resync = True
            wake, self._awake = not self._awake, True
        if wake:
            self._wake()

    def drain(self) -> Mail:
        """Return everything that waits; the next fact wakes again."""
        with self._lock:
            mail = Mail(tuple(self._waiting), self._resync)
            self._waiting.clear()
            self._resync = self._awake = False
        return mail
