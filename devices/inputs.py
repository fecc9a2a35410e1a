"""What hangs on a port that has no protocol of its own: its contacts and meters, and how each rests.

A channel of such a port is one `Input`, in the order they are listed. Numbers are site values inside
limits that stand here.
"""

from __future__ import annotations

import re
from dataclasses import KW_ONLY, field

from devices.value import frozen

LINES = ("CTS", "DSR", "DCD", "RI")
"""The modem lines in the order of their indices; pins 8, 6, 1 and 9 of a nine-pin connector."""
SETTLE_MS = (0, 50, 60_000)
"""Least, usual and longest time an input must rest before it counts as at rest again."""
DISCREPANCY_MS = (100, 500, 1000)
"""Least, usual and longest time two contacts of one door may disagree."""
OXYGEN_LOW_TENTHS = (180, 195, 209)
"""Danger at or below: least, usual (19.5 %) and highest setting, in tenths of a percent."""
OXYGEN_HIGH_TENTHS = (210, 235, 250)
"""Danger at or above: enriched air feeds fire."""
NAME_CAP = 32
BIT_FUNCTIONS = (1, 2)
"""Modbus functions that read bits; 3 and 4 read words of sixteen."""
WORD = 16
EXPECT = re.compile(r"[A-Za-z0-9_-]{0,16}", re.ASCII)


class InputError(ValueError):
    """An input or module is described in a way that cannot be used; the message names the key."""


@frozen
class Scale:
    """How a raw count becomes tenths of a percent of oxygen, and which counts no working meter gives.

    `raw` and `tenths` are the two ends of a straight line; a 4-20 mA meter outside 3.6 to 21 mA is
    broken, which is a fortieth of the span below its lower and a sixteenth above its upper end.
    """

    raw: tuple[int, int]
    tenths: tuple[int, int] = (0, 250)
    danger_low: int = OXYGEN_LOW_TENTHS[1]
    danger_high: int = OXYGEN_HIGH_TENTHS[1]

    def __post_init__(self) -> None:
        low, high = self.raw
        _require(0 <= low < high <= 65535, "raw", "two counts, the lower first, 0 to 65535")
        _require(0 <= self.tenths[0] < self.tenths[1] <= 1000, "tenths", "two tenths of a percent, 0 to 1000")
        _within("danger_low", self.danger_low, OXYGEN_LOW_TENTHS)
        _within("danger_high", self.danger_high, OXYGEN_HIGH_TENTHS)

    @property
    def plausible(self) -> tuple[int, int]:
        """Return the least and the greatest count a working meter gives."""
        low, high = self.raw
        return low - (high - low) // 40, high + (high - low) // 16

    def percent_tenths(self, raw: int) -> int:
        """Return the tenths of a percent of a raw count, rounded down: never better than it is."""
        (low, high), (bottom, top) = self.raw, self.tenths
        return bottom + (raw - low) * (top - bottom) // (high - low)


@frozen
class Input:
    """One channel: the line, bit or register it is read from, and how it rests.

    `index` counts lines, bits, or with a scale registers; the bits of registers go on from one to the
    next, lowest first. `rest` is what the input reads while nothing is wrong; with the default True
    and a normally-closed loop, a broken wire is danger. `pair` is a second contact of the same door
    with its own `pair_rest`. `settle_ms` delays the way back only, danger counts at once; set it above
    the pause of a monitor that warns by pulses. `scale` makes it a meter. Raises `InputError`.
    """

    name: str
    index: int
    _: KW_ONLY
    module: int = 1
    rest: bool = True
    pair: int | None = None
    pair_rest: bool = True
    settle_ms: int = SETTLE_MS[1]
    discrepancy_ms: int = DISCREPANCY_MS[1]
    scale: Scale | None = None

    def __post_init__(self) -> None:
        printable = self.name.isascii() and self.name.isprintable()
        _require(0 < len(self.name) <= NAME_CAP and printable, "name", "1 to 32 printable ASCII characters")
        _require(0 <= self.index < 2000, "index", "0 to 1999")
        _require(self.pair is None or 0 <= self.pair < 2000, "pair", "0 to 1999")
        _require(self.pair != self.index, "pair", "another contact than the first")
        _require(self.pair is None or self.scale is None, "pair", "left out where there is a scale")
        _within("settle_ms", self.settle_ms, SETTLE_MS)
        _within("discrepancy_ms", self.discrepancy_ms, DISCREPANCY_MS)

    @property
    def places(self) -> tuple[int, ...]:
        """Return the indices read for this input."""
        return (self.index,) if self.pair is None else (self.index, self.pair)


@frozen
class Module:
    """One unit on a bus: its address, what is asked of it, and what it must call itself.

    `function`, `start` and `count` are Modbus: read function 1 to 4, first address, number of bits or
    registers. `expect` is the name an ASCII module must answer with; empty takes any.
    Raises `InputError`.
    """

    address: int = 1
    _: KW_ONLY
    function: int = 2
    start: int = 0
    count: int = 8
    expect: str = field(default="")

    def __post_init__(self) -> None:
        _require(1 <= self.address <= 255, "address", "1 to 255, and at most 247 on Modbus")
        _require(self.function in (1, 2, 3, 4), "function", "a reading function: 1, 2, 3 or 4")
        _require(self.start >= 0 and self.start + self.count <= 65536, "start", "0 to 65535")
        most = 2000 if self.function in BIT_FUNCTIONS else 125
        _require(1 <= self.count <= most, "count", f"1 to {most} for function {self.function}")
        _require(EXPECT.fullmatch(self.expect) is not None, "expect", "up to 16 letters, digits, _ -")


def _require(met: bool, key: str, rule: str) -> None:
    if not met:
        raise InputError(f"{key} must be {rule}")


def _within(key: str, value: int, limits: tuple[int, int, int]) -> None:
    _require(limits[0] <= value <= limits[2], key, f"{limits[0]} to {limits[2]}")
