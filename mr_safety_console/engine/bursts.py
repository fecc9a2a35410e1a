"""When which burst begins: the more pressing at once, the same again at its interval, none while it rests."""

from __future__ import annotations

from collections.abc import Mapping

from mr_safety_console.domain import sound
from mr_safety_console.domain.alarms import AlarmsState
from mr_safety_console.domain.context import NS, Instant
from mr_safety_console.domain.sound import Ring, Tone
from mr_safety_console.domain.value import frozen

EVERY_S = {Tone.HIGH: 6.0, Tone.HIGH_AGAIN: 6.0, Tone.MEDIUM: 10.0, Tone.MEDIUM_AGAIN: 6.0}
"""From the beginning of one burst to the beginning of the next. Low ones and reminders are played once."""


@frozen
class Order:
    """What to do now: end the burst that is playing, begin one, both or neither."""

    stop: bool = False
    start: Tone | None = None


class Bursts:
    """Remembers what has been played, so that each new instance of an alarm is heard at once."""

    def __init__(self) -> None:
        self._last: Tone | None = None
        self._began_bt = 0
        self._heard: frozenset[Ring] = frozenset()

    def look(self, state: AlarmsState, now: Instant, playing: Tone | None) -> Order:
        """Return what to do at `now` while `playing` is playing; a start is taken as carried out."""
        rings = sound.rings(state, now)
        self._heard &= rings.keys()
        wanted = self._wanted(rings, playing)
        if wanted is not None and wanted is playing:
            self._heard |= rings.keys()
            return Order()
        start = wanted if wanted is not None and self._due(wanted, rings, now) else None
        if start is not None:
            self._last, self._began_bt, self._heard = start, now.bt, frozenset(rings)
        return Order(stop=playing is not None, start=start)

    def failed(self) -> None:
        """Take the last burst as not played: it is due again at once."""
        self._last = None
        self._heard = frozenset()

    def next_bt(self) -> int | None:
        """Return when the last burst is due again, in boot-time ns; None if it is not repeated."""
        if self._last is None or self._last not in EVERY_S:
            return None
        return self._began_bt + int(EVERY_S[self._last] * NS)

    def _wanted(self, rings: Mapping[Ring, Tone], playing: Tone | None) -> Tone | None:
        """Return the most pressing burst called for; a Low one or a reminder only until it was played."""
        most = max(rings.values(), default=None)
        if most is None or most in EVERY_S:
            return most
        fresh = [tone for ring, tone in rings.items() if ring not in self._heard or tone is playing]
        return max(fresh, default=None)

    def _due(self, wanted: Tone, rings: Mapping[Ring, Tone], now: Instant) -> bool:
        if wanted is not self._last:
            return True
        fresh = rings.keys() - self._heard
        if any(rings[ring].priority is wanted.priority for ring in fresh):
            return True
        again = self.next_bt()
        return again is not None and now.bt >= again
