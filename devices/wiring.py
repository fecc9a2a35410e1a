"""From raw levels to letters: polarity, debounce, two contacts that must agree, a meter. Pure.

Letters are those of the wire protocol: N at rest, A active, X disagreeing, F faulty, U not settled.
"""

from __future__ import annotations

from collections.abc import Sequence

from devices.inputs import Input, Scale

MS_NS = 1_000_000


class Settling:
    """Danger counts at once; rest only after it has lasted `settle_ms`."""

    def __init__(self, settle_ms: int) -> None:
        self._settle_ns = settle_ms * MS_NS
        self._resting_since: int | None = None
        self._letter = "U"

    def reset(self) -> None:
        """Forget what was seen; for a line that was away."""
        self._resting_since, self._letter = None, "U"

    def take(self, active: bool, bt_ns: int) -> str:
        """Return the letter for a level seen now."""
        if active:
            self._resting_since, self._letter = None, "A"
        elif self._resting_since is None:
            self._resting_since = bt_ns
        if self._resting_since is not None and bt_ns - self._resting_since >= self._settle_ns:
            self._letter = "N"
        return self._letter


class Agreement:
    """Two contacts of one door: open as soon as one says so, disagreeing when that lasts too long.

    After a disagreement rest is believed again only when both contacts have been seen open together
    and then closed together: a contact that is stuck cannot do that.
    """

    def __init__(self, limit_ms: int) -> None:
        self._limit_ns = limit_ms * MS_NS
        self._parted_since: int | None = None
        self._broken = False
        self._opened_since = False

    def reset(self) -> None:
        """Start the time of disagreement anew; a disagreement that was found stays."""
        self._parted_since = None

    def take(self, first: bool, second: bool, bt_ns: int) -> bool:
        """Take both contacts (True is active); return whether they may be believed."""
        if first == second:
            self._parted_since = None
            self._opened_since = self._opened_since or first
            if self._broken and self._opened_since and not first:
                self._broken = False
        elif self._parted_since is None:
            self._parted_since = bt_ns
        if self._parted_since is not None and bt_ns - self._parted_since >= self._limit_ns:
            self._broken, self._opened_since = True, False
        return not self._broken


class Wired:
    """One input as it is wired: takes raw levels, returns its letter and its value."""

    def __init__(self, described: Input) -> None:
        self.described = described
        self._settling = Settling(described.settle_ms)
        self._agreement = Agreement(described.discrepancy_ms)

    def reset(self) -> None:
        """Forget what was seen; for a line that was away."""
        self._settling.reset()
        self._agreement.reset()

    def take(self, raw: Sequence[int], bt_ns: int) -> tuple[str, int | None]:
        """Return letter and value; `raw` holds one level per place of the input."""
        if self.described.scale is not None:
            return self._metered(raw[0], bt_ns)
        first = bool(raw[0]) != self.described.rest
        if self.described.pair is None:
            return self._settling.take(first, bt_ns), None
        second = bool(raw[1]) != self.described.pair_rest
        believed = self._agreement.take(first, second, bt_ns)
        letter = self._settling.take(first or second, bt_ns)
        return (letter if believed or (first and second) else "X"), None

    def active(self, raw: Sequence[int]) -> bool:
        """Tell whether these levels by themselves mean danger; nothing is remembered."""
        if self.described.scale is not None:
            return self._plausible(raw[0]) and not self._within(self._scale.percent_tenths(raw[0]))
        rests = (self.described.rest, self.described.pair_rest)
        return any(bool(level) != rest for level, rest in zip(raw, rests, strict=False))

    def _metered(self, raw: int, bt_ns: int) -> tuple[str, int | None]:
        if not self._plausible(raw):
            self._settling.reset()
            return "F", None
        value = self._scale.percent_tenths(raw)
        return self._settling.take(not self._within(value), bt_ns), value

    @property
    def _scale(self) -> Scale:
        assert self.described.scale is not None  # noqa: S101 - asked only of meters
        return self.described.scale

    def _plausible(self, raw: int) -> bool:
        least, greatest = self._scale.plausible
        return least <= raw <= greatest

    def _within(self, tenths: int) -> bool:
        return self._scale.danger_low < tenths < self._scale.danger_high
