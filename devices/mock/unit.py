"""A simulated device on its line: it speaks MRSC-1 at its own pace, and fails on request."""

from __future__ import annotations

import random
import threading
from collections import deque

from devices.mock.faults import Fault, Mischief
from devices.mock.models import DetectorModel, DoorModel, Model
from devices.mock.pty_port import MockPort
from devices.mrsc1 import render
from devices.payload import INHIBIT_FLAG, Payload

IDENTIFY_EVERY_S = 5.0
OUTBOX = 4096
GARBAGE = 200


class Unit:
    """One simulated device. Its methods may be called from any thread; `run_due` drives it.

    `rate` is the line's speed in bytes per second, None for as fast as the host takes them.
    """

    def __init__(
        self,
        name: str,
        port: MockPort,
        model: Model,
        wake: threading.Condition,
        *,
        heartbeat_s: float = 0.5,
        rate: int | None = 11_520,
        boot: int = 1,
    ) -> None:
        self.name = name
        self.port = port
        self._model = model
        self._wake = wake
        self._heartbeat_s = heartbeat_s
        self._rate = rate
        self._boot = boot
        self._says = name
        self._seq = -1
        self._now_s = 0.0
        self._started_s: float | None = None
        self._beat_due_s = 0.0
        self._identify_due_s = 0.0
        self._line_free_s = 0.0
        self._outbox: deque[bytes] = deque(maxlen=OUTBOX)
        self._silent = False
        self._stuck: bytes | None = None
        self._corrupt = 0
        self._last = b""
        self._mischief = Mischief()
        self._dead = False
        self._late: list[tuple[float, bytes]] = []
        self._chance = random.Random(11)  # noqa: S311 - line noise, nothing secret

    # Driven by the rig, which holds the lock

    def run_due(self, now_s: float) -> float:
        """Do what is due at `now_s` and return when to be called again."""
        self._now_s = now_s
        if self._started_s is None:
            self._restart()
        changes_s = self._model.advance(now_s)
        if now_s >= self._beat_due_s:
            self._beat_due_s = now_s + self._heartbeat_s
            self._model.waiting.append(self._model.state())
        if now_s >= self._identify_due_s:
            self._identify_due_s = now_s + IDENTIFY_EVERY_S
            self._model.waiting.append(self._model.identity)
        for payload in self._model.waiting:
            self._say(payload)
        self._model.waiting.clear()
        self._send()
        due = [self._beat_due_s, self._identify_due_s]
        due += [changes_s] if changes_s is not None else []
        due += [self._line_free_s] if self._outbox else []
        due += [due_s for due_s, _ in self._late]
        return min(due)

    def _restart(self) -> None:
        self._started_s = self._now_s
        self._seq = -1
        self._beat_due_s = self._now_s
        self._identify_due_s = self._now_s + IDENTIFY_EVERY_S
        self._model.restart()

    def _say(self, payload: Payload) -> None:
        up_ms = round((self._now_s - (self._started_s or 0.0)) * 1000)
        self._seq += 1
        line = render(self._says, self._boot, self._seq, up_ms, payload)
        if self._silent:
            return
        if self._stuck is not None:
            line = self._stuck = self._stuck or line
        if self._corrupt:
            self._corrupt -= 1
            line = line[:-6] + bytes([line[-6] ^ 1]) + line[-5:]
        self._last = line
        neighbour = render(f"{self.name[:13]}-X", 1, self._seq, up_ms, payload)
        for after_s, data in self._mischief.carry(line, neighbour):
            self._late.append((self._now_s + after_s, data))

    def _send(self) -> None:
        self._outbox.extend(data for due_s, data in self._late if due_s <= self._now_s)
        self._late = [each for each in self._late if each[0] > self._now_s]
        while self._outbox and (self._rate is None or self._now_s >= self._line_free_s):
            data = self._outbox.popleft()
            self.port.write(data)
            if self._rate is not None:
                self._line_free_s = max(self._line_free_s, self._now_s) + len(data) / self._rate

    # Faults and handling, from any thread

    def unplug(self) -> None:
        """Pull the line out."""
        with self._wake:
            self.port.unplug()
            self._outbox.clear()

    def replug(self) -> None:
        """Put the line back; the device has been running all the time."""
        with self._wake:
            self.port.replug()

    def silence(self, on: bool = True) -> None:
        """Say nothing any more, or speak again."""
        with self._wake:
            self._silent = on

    def stick(self, on: bool = True) -> None:
        """Repeat one sentence for ever, sequence number and all, or stop doing so."""
        with self._wake:
            self._stuck = b"" if on else None

    def duplicate(self) -> None:
        """Send the last sentence a second time."""
        self.inject(self._last)

    def corrupt(self, lines: int = 1) -> None:
        """Damage the next lines."""
        with self._wake:
            self._corrupt = lines

    def garbage(self, size: int = GARBAGE) -> None:
        """Send line noise with line ends in it, at least three damaged lines."""
        noise = bytes(self._chance.randrange(256) for _ in range(max(size, 8)))
        self.inject(b"$\n".join([noise, noise[:2], noise[:4], b"\r\n"]))

    def flood(self, size: int) -> None:
        """Send `size` bytes of 0xFF without a line end, in pieces."""
        for _ in range(0, size, 512):
            self.inject(b"\xff" * min(512, size))

    def inject(self, data: bytes) -> None:
        """Send any bytes between the device's own sentences."""
        with self._wake:
            self._outbox.append(data)
            self._line_free_s = min(self._line_free_s, self._now_s)
            self._wake.notify()

    def wrong_id(self, name: str | None = "XXX99") -> None:
        """Answer as another device; None answers as itself again."""
        with self._wake:
            self._says = name or self.name
            self._again()

    def disturb(self, fault: Fault | None) -> None:
        """Let a fault of the line or the device begin; None ends it and mends the line.

        A power cut is over at once, and only the host can jump its clock.
        """
        with self._wake:
            self._dead = fault is Fault.STUCK
            self._mischief.fault = fault
        self.wrong_id("XXX99" if fault in (Fault.MASQUERADE, Fault.ADDRESSING) else None)
        if fault is Fault.UNPLUG:
            self.unplug()
        elif fault is Fault.POWER_CYCLE:
            self.reboot()
        elif fault is None:
            self.replug()

    def reboot(self) -> None:
        """Lose power for a moment: next boot number, counters and running time from zero."""
        with self._wake:
            self._boot += 1
            self._started_s = None
            self._wake.notify()

    def inhibit(self, on: bool = True) -> None:
        """Turn the device's test or bypass key."""
        self.flags(INHIBIT_FLAG if on else 0)

    def flags(self, value: int) -> None:
        """Set the device's fault flags."""
        with self._wake:
            self._model.flags = value
            self._again()

    def _again(self) -> None:
        """Tell the present state at once."""
        self._model.event()
        self._wake.notify()


class DetectorUnit(Unit):
    """A simulated ferromagnetic detector; channel 0 is its alarm."""

    _model: DetectorModel

    def alarm(self, direction: str = "I", pulse_s: float = 0.8) -> None:
        """Let something ferromagnetic pass inwards (I) or outwards (O)."""
        with self._wake:
            if not self._dead:
                self._model.ferrous(direction, self._now_s, pulse_s)
            self._wake.notify()

    def ferrous(self, direction: str = "I") -> None:
        """Let something ferromagnetic pass; the same as `alarm`."""
        self.alarm(direction)

    def passage(self, direction: str = "I") -> None:
        """Let somebody pass without iron."""
        with self._wake:
            self._model.quiet(direction)
            self._wake.notify()

    def lost_alarm(self) -> None:
        """Alarm so briefly that its sentence is lost; only the counter tells of it."""
        with self._wake:
            self._model.count_only()


class DoorUnit(Unit):
    """A simulated door; channels 0 and 1 are its two contacts."""

    _model: DoorModel

    def open(self) -> None:
        """Open the door."""
        with self._wake:
            if not self._dead:
                self._model.open()
            self._wake.notify()

    def close(self) -> None:
        """Close the door."""
        with self._wake:
            self._model.shut()
            self._wake.notify()

    def discrepancy(self) -> None:
        """Let the two contacts disagree until the door is opened or closed again."""
        with self._wake:
            self._model.disagree()
            self._wake.notify()
