"""What may be believed of each channel of one device. Pure: letters and doubts in, conditions out."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from devices.payload import COUNTER_MODULUS, State
from devices.reading import ChannelReading, Condition, Reason

RUN_FOR_NORMAL = 2
"""Consecutive fresh valid readings of rest before NORMAL; danger needs one, and is none of them."""
NAME_CAP = 32

_DOUBTS: Mapping[str, Reason] = MappingProxyType(
    {
        "T": Reason.TAMPER,
        "F": Reason.CHANNEL_FAULT,
        "X": Reason.DISCREPANCY,
        "U": Reason.NOT_READY,
    }
)


class Channels:
    """The channels of one port, each with its run of believable readings and its alarm count."""

    def __init__(self) -> None:
        self._runs: list[int] = []
        self._letters = ""
        self._alarms: tuple[int, ...] | None = None
        self._names: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """Return how many channels are known."""
        return len(self._runs)

    @property
    def settled(self) -> bool:
        """Tell whether at least one channel has had its two readings."""
        return any(run >= RUN_FOR_NORMAL for run in self._runs)

    def doubt(self) -> None:
        """Ask for two readings again on every channel."""
        self._runs = [0] * len(self._runs)

    def unsettle(self) -> None:
        """Ask for two readings again where they are not complete yet."""
        self._runs = [run if run >= RUN_FOR_NORMAL else 0 for run in self._runs]

    def rebooted(self) -> None:
        """Start the device's own counts from zero and ask for two readings again."""
        self.doubt()
        self._letters = ""
        self._alarms = None if self._alarms is None else (0,) * len(self._alarms)

    def name(self, names: tuple[str, ...]) -> bool:
        """Take the names the device gives; return whether the number of channels changed."""
        self._names = tuple(name[:NAME_CAP] for name in names)
        changed = self.width not in (0, len(names))
        self._fit(len(names))
        return changed

    def _fit(self, width: int) -> None:
        if width != self.width:
            self._runs = [0] * width
            self._letters, self._alarms = "", None

    def missed(self, state: State) -> tuple[dict[int, int], bool]:
        """Return the alarms per channel the device counted and nobody saw, and whether a count fell.

        An alarm counts as seen when its letter turned to A in this very reading.
        """
        if not state.alarms:
            return {}, False
        before, self._alarms = self._alarms, state.alarms
        if before is None or len(before) != len(state.alarms):
            return {}, False
        missed: dict[int, int] = {}
        for index, (old, new) in enumerate(zip(before, state.alarms, strict=True)):
            grown = (new - old) % COUNTER_MODULUS
            if grown > COUNTER_MODULUS // 2:
                return {}, True
            seen = state.letters[index] == "A" and self._letters[index : index + 1] != "A"
            if grown > seen:
                missed[index] = grown - seen
        return missed, False

    def believe(
        self, state: State, doubt: Reason, missed: Mapping[int, int], remark: Reason
    ) -> tuple[ChannelReading, ...]:
        """Return every channel's reading.

        `doubt` applies to all channels and never hides an alarm; `remark` is said beside NORMAL.
        A sentence with another number of channels makes them all UNKNOWN, the missing ones too.
        """
        width = len(state.letters)
        if width != (self.width or width):
            made = self._mismatch(state)
            if not self._names:
                self._fit(width)
            return made
        self._fit(width)
        made = tuple(self._one(state, i, doubt, i in missed, remark) for i in range(width))
        self._letters = state.letters
        return made

    def unknown(self, reason: Reason, width: int = 0) -> tuple[ChannelReading, ...]:
        """Return every known channel (or `width` of them) as UNKNOWN for one reason."""
        self.doubt()
        count = self.width or width
        return tuple(ChannelReading(i, self._name(i), Condition.UNKNOWN, reason) for i in range(count))

    def _mismatch(self, state: State) -> tuple[ChannelReading, ...]:
        self.doubt()
        letters = state.letters.ljust(self.width, "U")
        return tuple(
            ChannelReading(i, self._name(i), Condition.DANGER, Reason.ACTIVE)
            if letter == "A"
            else ChannelReading(i, self._name(i), Condition.UNKNOWN, Reason.CHANNEL_COUNT)
            for i, letter in enumerate(letters)
        )

    def _one(self, state: State, i: int, doubt: Reason, missed: bool, remark: Reason) -> ChannelReading:
        condition, reason = self._condition(i, state.letters[i], doubt, missed, remark)
        crossings = state.crossings or (None, None)
        return ChannelReading(
            channel=i,
            name=self._name(i),
            condition=condition,
            reason=reason,
            value=state.values[i] if i < len(state.values) else None,
            direction=state.directions[i] if state.directions else "U",
            crossings_in=crossings[0],
            crossings_out=crossings[1],
            alarms=state.alarms[i] if state.alarms else None,
        )

    def _condition(
        self, i: int, letter: str, doubt: Reason, missed: bool, remark: Reason
    ) -> tuple[Condition, Reason]:
        uncertain = doubt or _DOUBTS.get(letter, Reason.NONE)
        self._runs[i] = 0 if uncertain else self._run(self._runs[i], letter)
        if letter == "A":
            return Condition.DANGER, Reason.ACTIVE
        if missed:
            return Condition.DANGER, Reason.MISSED_ALARM
        if uncertain:
            return Condition.UNKNOWN, uncertain
        if self._runs[i] < RUN_FOR_NORMAL:
            return Condition.UNKNOWN, Reason.RECOVERING
        return Condition.NORMAL, remark

    @staticmethod
    def _run(run: int, letter: str) -> int:
        """Return the run after a certain letter: rest adds to it, danger ends one not yet complete.

        A complete run stays: the end of an alarm is believed at its first word, as its beginning was.
        """
        if letter != "A":
            return run + 1
        return run if run >= RUN_FOR_NORMAL else 0

    def _name(self, index: int) -> str:
        return self._names[index] if index < len(self._names) else ""
