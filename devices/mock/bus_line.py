"""A module on a pseudo-terminal: it answers what it is asked, at its own pace, and fails on request."""

from __future__ import annotations

import heapq
import itertools
import select
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from devices.mock.bus_units import AdamUnit, ModbusUnit
from devices.mock.faults import Fault, Mischief
from devices.mock.pty_port import MockPort

ANSWER_S = 0.005
"""How long a module thinks."""
BABBLE_S = 0.02
TURN_S = 0.05
MODBUS_REQUEST = 8


class BusLine:
    """One module behind a path that stays the same. Its methods may be called from any thread."""

    def __init__(
        self,
        path: Path,
        unit: ModbusUnit | AdamUnit,
        clock: Callable[[], float],
        *,
        inverted: bool = False,
    ) -> None:
        self.url = str(path)
        self.unit = unit
        self.mischief = Mischief()
        self._port = MockPort(path)
        self._clock = clock
        self._inverted = inverted
        self._powered = True
        self._lock = threading.RLock()
        self._held = b""
        self._frozen = False
        self._due: list[tuple[float, int, bytes]] = []
        self._number = itertools.count()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mock-bus", daemon=True)
        self._thread.start()

    def show(self, levels: Sequence[bool]) -> None:
        """Show these levels on the module's first places, unless it is stuck."""
        with self._lock:
            if not self._frozen:
                self.unit.levels[: len(levels)] = [int(level != self._inverted) for level in levels]

    def disturb(self, fault: Fault | None) -> None:
        """Let a fault begin, or end it."""
        with self._lock:
            self._frozen = fault is Fault.STUCK
            self.unit.masquerade(fault is Fault.MASQUERADE)
            self.unit.misaddress(fault is Fault.ADDRESSING)
            self.mischief.fault = fault

    def plug(self, inserted: bool) -> None:
        """Pull the line out, or put it back."""
        with self._lock:
            self._held, self._due = b"", []
            if inserted:
                self._port.replug()
            else:
                self._port.unplug()

    def power(self, on: bool) -> None:
        """Take the module's supply away, or give it back."""
        with self._lock:
            self._powered = on
            if not on:
                self.unit.power_cycle()

    def noise(self) -> None:
        """Let line noise arrive."""
        self._later(0, self.mischief.noise())

    def close(self, timeout: float = 2.0) -> None:
        """Stop answering and take the line away."""
        self._ending.set()
        self._thread.join(timeout)
        self._port.close()

    def _later(self, after_s: float, data: bytes) -> None:
        with self._lock:
            heapq.heappush(self._due, (self._clock() + after_s, next(self._number), data))

    def _run(self) -> None:
        while not self._ending.is_set():
            self._wait()
            with self._lock:
                self._held += self._port.read()
                for request in self._requests():
                    self._answer(request)
                self._send()

    def _wait(self) -> None:
        """Wait for a request or for what is due."""
        with self._lock:
            fd = self._port.fd
            due = self._due[0][0] - self._clock() if self._due else TURN_S
        wait = max(0.0, min(due, TURN_S))
        if fd is None:
            self._ending.wait(wait)
        else:
            try:
                select.select([fd], [], [], wait)
            except (OSError, ValueError):
                return  # pulled out meanwhile

    def _requests(self) -> list[bytes]:
        """Cut what has come into requests."""
        if isinstance(self.unit, AdamUnit):
            *lines, self._held = self._held.split(b"\r")
            return [line + b"\r" for line in lines]
        cut = [self._held[i : i + MODBUS_REQUEST] for i in range(0, len(self._held), MODBUS_REQUEST)]
        self._held = cut.pop() if cut and len(cut[-1]) < MODBUS_REQUEST else b""
        return cut

    def _answer(self, request: bytes) -> None:
        reply = self.unit.answer(request) if self._powered else b""
        if reply:
            for after_s, data in self.mischief.carry(reply, self.unit.foreign()):
                self._later(ANSWER_S + after_s, data)

    def _send(self) -> None:
        if self.mischief.fault is Fault.BABBLE and not self._due:
            self._later(BABBLE_S, self.mischief.noise())
        while self._due and self._due[0][0] <= self._clock():
            self._port.write(heapq.heappop(self._due)[2])
