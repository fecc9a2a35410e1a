"""Keeping the state beside the record now and then, so that a start never replays the whole log."""

from __future__ import annotations

import threading
from collections.abc import Callable

from mr_safety_console.domain.context import NS
from mr_safety_console.domain.suite import SuiteState

CACHE_FACTS = 5000
CACHE_NS = 600 * NS

Save = Callable[[SuiteState, int], None]
"""Keep a state that stands at a row; raises nothing for a disk that refuses."""


class Keeper:
    """Saves every 5 000 facts or 10 minutes, each time on a short-lived thread of its own."""

    def __init__(self, save: Save, seq: int, now_bt: int) -> None:
        self._save = save
        self._last = (seq, now_bt)
        self._thread: threading.Thread | None = None

    def look(self, state: SuiteState, seq: int, now_bt: int) -> None:
        """Save if it is time; returns at once."""
        kept, since_bt = self._last
        due = seq - kept >= CACHE_FACTS or (seq != kept and now_bt - since_bt >= CACHE_NS)
        if not due or (self._thread is not None and self._thread.is_alive()):
            return
        self._last = (seq, now_bt)
        self._thread = threading.Thread(target=self._save, args=(state, seq), name="cache", daemon=True)
        self._thread.start()

    def close(self, timeout_s: float) -> bool:
        """Wait for a save under way; False if it is not done in time."""
        if self._thread is not None:
            self._thread.join(timeout_s)
        return self._thread is None or not self._thread.is_alive()
