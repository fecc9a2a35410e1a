"""The machine's clocks, moved on by hand in leaps: both together, so that nothing looks stepped."""

from __future__ import annotations

from mr_safety_console.domain.context import NS, Instant
from mr_safety_console.engine.clock import SystemClock


class LeapClock(SystemClock):
    """Runs like the machine's clocks, and `leap` moves it on at once. For any thread."""

    def __init__(self) -> None:
        super().__init__()
        self._ahead_ns = 0

    def now(self) -> Instant:
        at = super().now()
        return Instant(at.utc + self._ahead_ns // 1000, at.bt + self._ahead_ns, at.boot)

    def seconds(self) -> float:
        """Return the boot-time clock in seconds, as a bench reads it."""
        return self.now().bt / NS

    def leap(self, seconds: float) -> None:
        """Move both clocks on."""
        self._ahead_ns += int(seconds * NS)
