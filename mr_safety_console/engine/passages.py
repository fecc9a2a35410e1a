"""Devices that count who passes: their totals as they grow, singly at first, then every ten seconds.

Not thread-safe: the watch's lock guards it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from mr_safety_console.domain.crossings import ObservePassages
from mr_safety_console.domain.detectors import Condition, Level
from mr_safety_console.domain.profile import SiteProfile
from mr_safety_console.engine.chatter import SINGLY, WINDOW_NS

Totals = tuple[int, int, int]
"""Start of the device, inwards and outwards as it calls them itself."""


class Passages:
    """The totals last told of each device that counts, by the one point that speaks for it."""

    def __init__(self, profile: SiteProfile) -> None:
        self._points: dict[str, str] = {}
        for point in reversed(profile.detectors_iv):
            # The channels of one device repeat its totals: the first speaks for them all.
            self._points[point.port] = point.id
        self._counting = frozenset(self._points.values())
        self._told: dict[str, Totals] = {}
        self._at: dict[str, deque[int]] = {}
        self._unseen: set[str] = set(self._counting)
        self._held: dict[str, Totals] = {}
        self._flooded: set[str] = set()
        self._grew: dict[str, int] = {}

    def hear(self, level: Level, now_bt: int) -> ObservePassages | None:
        """Take a level; return totals to decide on now, or None. Only what is believed normal counts."""
        if level.point not in self._counting:
            return None
        if level.condition is Condition.UNKNOWN:
            self._unseen.add(level.point)
        if (
            level.condition is not Condition.NORMAL
            or level.crossings_in is None
            or level.crossings_out is None
        ):
            return None
        totals = level.device_boot, level.crossings_in, level.crossings_out
        if totals == self._told.get(level.point):
            self._unseen.discard(level.point)
            return None
        if self._floods(level.point, now_bt):
            self._held[level.point] = totals
            return None
        return self._tell(level.point, totals, now_bt)

    def _floods(self, point: str, now_bt: int) -> bool:
        """Tell whether too many totals came lately; then one in ten seconds until none has for as long."""
        at = self._at.setdefault(point, deque(maxlen=SINGLY))
        if len(at) == SINGLY and 0 <= now_bt - at[0] < WINDOW_NS:
            self._flooded.add(point)
        elif now_bt - self._grew.get(point, now_bt) >= WINDOW_NS:
            self._flooded.discard(point)
        self._grew[point] = now_bt
        return point in self._flooded

    def lose(self, points: Iterable[str]) -> None:
        """Note that these points are not believed for now: what passes meanwhile nobody sees."""
        self._unseen |= self._counting.intersection(points)

    def due(self, now_bt: int) -> list[ObservePassages]:
        """Return the totals held back whose time has come."""
        return [
            self._tell(point, self._held[point], now_bt)
            for point in list(self._held)
            if now_bt - self._at[point][-1] >= WINDOW_NS
        ]

    def next_due(self) -> int | None:
        """Return the boot-time ns at which totals held back are due, or None."""
        return min((self._at[point][-1] + WINDOW_NS for point in list(self._held)), default=None)

    def _tell(self, point: str, totals: Totals, now_bt: int) -> ObservePassages:
        at = self._at[point]
        span_ms = max(0, now_bt - at[-1]) // 1_000_000 if point in self._held else 0
        self._held.pop(point, None)
        unseen = point in self._unseen
        self._unseen.discard(point)
        self._told[point] = totals
        at.append(now_bt)
        boot, inwards, outwards = totals
        return ObservePassages(
            point=point,
            device_boot=boot,
            total_in=inwards,
            total_out=outwards,
            unseen=unseen,
            span_ms=span_ms,
        )
