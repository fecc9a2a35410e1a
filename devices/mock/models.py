"""How a detector and a door behave, without any line: time in, payloads out."""

from __future__ import annotations

import random
from dataclasses import replace

from devices.payload import COUNTER_MODULUS, Identity, Payload, SelfTest, State

ALARM_PULSE_S = 0.8
"""A real detector alarms only while something moves; its contact is a pulse."""
AMBIENT_NT = 12
AMBIENT_SPREAD_NT = 5
ALARM_NT = 900


class Model:
    """What every simulated device has: an identity, flags, a state, and events waiting to be told."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self.flags = 0
        self.waiting: list[Payload] = []

    def state(self) -> State:
        """Return the device's whole state now."""
        raise NotImplementedError

    def advance(self, now_s: float) -> float | None:
        """Let time pass; return when something changes next by itself, None if never."""
        raise NotImplementedError

    def restart(self) -> None:
        """Forget everything that does not survive a power cut, and say who it is."""
        self.flags = 0
        self.waiting = [self.identity, SelfTest(passed=True, coverage="0F")]

    def event(self) -> None:
        """Tell the present state at once."""
        self.waiting.append(replace(self.state(), event=True))


class DetectorModel(Model):
    """A ferromagnetic detector at a doorway: ambient noise, an alarm pulse when iron moves by.

    It counts alarm edges and crossings in both directions, and sees nothing that stands still.
    """

    def __init__(self, chance: random.Random | None = None) -> None:
        super().__init__(Identity("1.0", "1.2.0", "SIM", "0017", ("FMD",), 500))
        self._chance = chance or random.Random(7)  # noqa: S311 - ambient noise, nothing secret
        self._alarm_until_s: float | None = None
        self._direction = "U"
        self._alarms = 0
        self._crossings = [0, 0]

    def ferrous(self, direction: str, now_s: float, pulse_s: float = ALARM_PULSE_S) -> None:
        """Let something ferromagnetic pass, `direction` I or O; the alarm lasts `pulse_s`."""
        self._cross(direction)
        if self._alarm_until_s is None:
            self._alarms = (self._alarms + 1) % COUNTER_MODULUS
        self._alarm_until_s = now_s + pulse_s
        self.event()

    def quiet(self, direction: str) -> None:
        """Let somebody pass without iron: a crossing is counted, nothing alarms."""
        self._cross(direction)
        self.event()

    def count_only(self) -> None:
        """Count an alarm whose sentence is lost on the way: only the counter will tell."""
        self._alarms = (self._alarms + 1) % COUNTER_MODULUS

    def advance(self, now_s: float) -> float | None:
        """End the alarm pulse when its time has come."""
        if self._alarm_until_s is None or now_s < self._alarm_until_s:
            return self._alarm_until_s
        self._alarm_until_s, self._direction = None, "U"
        self.event()
        return None

    def state(self) -> State:
        """Return letter, level in nT, direction, crossings and the alarm counter."""
        alarmed = self._alarm_until_s is not None
        level = AMBIENT_NT + self._chance.randint(-AMBIENT_SPREAD_NT, AMBIENT_SPREAD_NT)
        return State(
            letters="A" if alarmed else "N",
            flags=self.flags,
            values=(level + ALARM_NT * alarmed,),
            alarms=(self._alarms,),
            directions=self._direction,
            crossings=(self._crossings[0], self._crossings[1]),
        )

    def restart(self) -> None:
        """Start again with every counter at zero."""
        super().restart()
        self._alarm_until_s, self._direction = None, "U"
        self._alarms, self._crossings = 0, [0, 0]

    def _cross(self, direction: str) -> None:
        self._direction = direction
        if direction in ("I", "O"):
            side = "IO".index(direction)
            self._crossings[side] = (self._crossings[side] + 1) % COUNTER_MODULUS


class DoorModel(Model):
    """A door with two contacts, one channel each; N is closed, A is open."""

    def __init__(self) -> None:
        super().__init__(Identity("1.0", "2.0.1", "SIM", "0042", ("DOOR-A", "DOOR-B"), 500))
        self._contacts = ["N", "N"]
        self._openings = 0

    def open(self) -> None:
        """Open the door: both contacts change."""
        self._openings += self._contacts[0] != "A"
        self._set("A", "A")

    def shut(self) -> None:
        """Close the door: both contacts change."""
        self._set("N", "N")

    def disagree(self) -> None:
        """Let the contacts disagree for longer than the device tolerates: both report X."""
        self._set("X", "X")

    def advance(self, now_s: float) -> float | None:
        """Return None: a door changes only when it is moved."""
        del now_s
        return None

    def state(self) -> State:
        """Return both contacts and how often each opened."""
        return State("".join(self._contacts), self.flags, alarms=(self._openings, self._openings))

    def restart(self) -> None:
        """Start again; the contacts are where the door is."""
        super().restart()
        self._openings = 0

    def _set(self, first: str, second: str) -> None:
        if self._contacts != [first, second]:
            self._contacts = [first, second]
            self.event()
