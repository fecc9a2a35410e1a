"""A small suite of contacts on one line: a detector's relay, a door with two contacts, an oxygen relay.

It stands for sites without a device of their own words, and takes the same actions as the mock
bench, as far as a relay can express them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from devices.inputs import Input, Module
from devices.mock.bus_line import BusLine
from devices.mock.bus_units import AdamUnit, ModbusUnit
from devices.mock.faults import Fault
from devices.port import DeviceError, PortConfig

DETECTOR, DOOR_FIRST, DOOR_SECOND, OXYGEN = range(4)
SECOND_RESTS_OFF = (True, True, False, True)
"""Levels at rest: normally-closed loops, and a second door contact that works the other way round."""
PULSE_S = 0.8
SHORT_S = 1.5
NAMES = ("FMD", "DOOR-IV", "O2")


class Line(Protocol):
    """What carries the levels to a console."""

    url: str

    def show(self, levels: Sequence[bool]) -> None:
        """Show these four levels from now on."""
        ...

    def disturb(self, fault: Fault | None) -> None:
        """Let a fault begin, or end it."""
        ...

    def plug(self, inserted: bool) -> None:
        """Pull the line out, or put it back."""
        ...

    def power(self, on: bool) -> None:
        """Take the module's supply away, or give it back."""
        ...

    def noise(self) -> None:
        """Let line noise arrive."""
        ...

    def close(self) -> None:
        """End for good."""
        ...


class Part:
    """A detector, a door or an oxygen monitor; an action a relay cannot express does nothing."""

    def __init__(self, station: Station, places: tuple[int, ...]) -> None:
        self._station = station
        self._places = places

    def alarm(self, direction: str = "I") -> None:
        """Pulse the relay; it says nothing of the direction."""
        del direction
        self._set(True)
        self._station.later(PULSE_S, lambda: self._set(False))

    def passage(self, direction: str = "I") -> None:
        """Do nothing: a relay does not count who passes."""

    def lost_alarm(self) -> None:
        """Do nothing: a relay has no counter."""

    def open(self) -> None:
        """Change all contacts to active."""
        self._set(True)

    def close(self) -> None:
        """Change all contacts to rest."""
        self._set(False)

    low, back = open, close

    def discrepancy(self) -> None:
        """Let only the first contact change."""
        self._station.set(self._places[:1], True)

    def inhibit(self, on: bool = True) -> None:
        """Switch the device off: its relay falls, which is danger in a normally-closed loop."""
        self._set(on)

    def silence(self, on: bool = True) -> None:
        """Take the supply of the module away, or give it back."""
        self._station.line.power(not on)

    def reboot(self) -> None:
        """Lose power for a moment."""
        self._station.line.power(False)
        self._station.later(SHORT_S, lambda: self._station.line.power(True))

    def unplug(self) -> None:
        """Pull the line out."""
        self._station.line.plug(False)

    def replug(self) -> None:
        """Put the line back."""
        self._station.line.plug(True)

    def wrong_id(self, name: str | None = "XXX99") -> None:
        """Put another module in the place of this one; None puts it back."""
        self._station.line.disturb(Fault.MASQUERADE if name else None)

    def speak(self) -> None:
        """Give the supply back."""
        self.silence(False)

    def garbage(self) -> None:
        """Let line noise arrive."""
        self._station.line.noise()

    def corrupt(self) -> None:
        """Damage frames for a moment."""
        self._station.line.disturb(Fault.CORRUPTION)
        self._station.later(SHORT_S, lambda: self._station.line.disturb(None))

    def _set(self, active: bool) -> None:
        self._station.set(self._places, active)


class Station:
    """The contacts behind one line. `detector`, `door` and `oxygen` may be handled from any thread."""

    def __init__(self, line: Line, config: PortConfig) -> None:
        self.line = line
        self.ports = (config,)
        self.detector = Part(self, (DETECTOR,))
        self.door = Part(self, (DOOR_FIRST, DOOR_SECOND))
        self.oxygen = Part(self, (OXYGEN,))
        self._active = [False] * 4
        self._timers: list[threading.Timer] = []
        self._lock = threading.Lock()

    def set(self, places: Sequence[int], active: bool) -> None:
        """Make some contacts active or at rest."""
        with self._lock:
            for place in places:
                self._active[place] = active
            shown = [rest != on for rest, on in zip(SECOND_RESTS_OFF, self._active, strict=True)]
            self.line.show(shown)

    def disturb(self, fault: Fault | None) -> None:
        """Let a fault of the line begin, or end it."""
        if fault is Fault.UNPLUG or fault is None:
            self.line.plug(fault is None)
        if fault is Fault.POWER_CYCLE or fault is None:
            self.line.power(fault is None)
        self.line.disturb(fault)

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        """Do something after a while, unless the station has been closed."""
        timer = threading.Timer(seconds, act)
        timer.daemon = True
        self._timers = [each for each in self._timers if each.is_alive()]
        self._timers.append(timer)
        timer.start()

    def close(self) -> None:
        """Stop everything."""
        for timer in self._timers:
            timer.cancel()
            timer.join()
        self.line.close()

    def __enter__(self) -> Station:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def inputs(*, inverted: bool = False) -> tuple[Input, ...]:
    """Return the channels of a station; `inverted` where a closed contact reads 0."""
    rest, second = not inverted, inverted
    return (
        Input(NAMES[0], DETECTOR, rest=rest),
        Input(NAMES[1], DOOR_FIRST, rest=rest, pair=DOOR_SECOND, pair_rest=second, settle_ms=500),
        Input(NAMES[2], OXYGEN, rest=rest, settle_ms=1000),
    )


def open_station(profile: str, path: Path, clock: Callable[[], float] = time.monotonic) -> Station:
    """Return a station that speaks `profile`, its line a link at `path`; contact lines open a local port.

    Raises `DeviceError` for a profile that is none of contacts.
    """
    if profile == "modbus-di":
        unit = ModbusUnit(1)
        config = PortConfig(
            "io", str(path), expect_device="IO", profile=profile, baud=9600, simulated=True,
            inputs=inputs(), modules=(Module(1),),
        )  # fmt: skip
        return _ready(BusLine(path, unit, clock), config)
    if profile == "adam-ascii":
        adam = AdamUnit(1)
        config = PortConfig(
            "io", str(path), expect_device="4053", profile=profile, baud=9600, simulated=True,
            inputs=inputs(inverted=True), modules=(Module(1, expect="4053"),),
        )  # fmt: skip
        return _ready(BusLine(path, adam, clock, inverted=True), config)
    if profile == "contact-lines":
        from devices.mock.line_server import LineServer  # noqa: PLC0415 - needs pyserial

        server = LineServer()
        config = PortConfig(
            "io", server.url, expect_device="CONTACTS", profile=profile, simulated=True, inputs=inputs()
        )
        return _ready(server, config)
    raise DeviceError(f"no station speaks {profile!r}; known are contact-lines, modbus-di, adam-ascii")


def _ready(line: Line, config: PortConfig) -> Station:
    station = Station(line, config)
    station.set((), False)
    return station
