"""When a line is too noisy to be believed: three damaged lines within ten seconds. Pure."""

from __future__ import annotations

from collections import deque

S_NS = 1_000_000_000
NOISE_LINES = 3
NOISE_WINDOW_S = 10


class LineNoise:
    """Remembers the last damaged lines of one port."""

    def __init__(self) -> None:
        self._at: deque[int] = deque(maxlen=NOISE_LINES)
        self._noisy = False

    def struck(self, bt_ns: int, count: int) -> bool:
        """Take `count` damaged lines; return True when the line turns noisy by them."""
        self._at.extend([bt_ns] * min(count, NOISE_LINES))
        before, self._noisy = self._noisy, self._noisy or self._crowded(bt_ns)
        return self._noisy and not before

    def lasts(self, bt_ns: int) -> bool:
        """Tell whether the line is still noisy; it is over once the window has passed them."""
        self._noisy = self._noisy and self._crowded(bt_ns)
        return self._noisy

    def _crowded(self, bt_ns: int) -> bool:
        full = len(self._at) == NOISE_LINES
        return full and bt_ns - self._at[0] <= NOISE_WINDOW_S * S_NS
