"""A detector and a Zone IV door on two pseudo-terminals, alive on one thread of their own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from devices.mock.faults import Fault
from devices.mock.models import DetectorModel, DoorModel
from devices.mock.pty_port import MockPort
from devices.mock.unit import DetectorUnit, DoorUnit, Unit
from devices.port import PortConfig

DETECTOR_ID = "FMD01"
DOOR_ID = "DOOR4"
SHORTEST_WAIT_S = 0.001


class Rig:
    """The mock bench. `detector` and `door` may be handled from any thread until `close`.

    `oxygen` is None: this bench has no monitor. Ports appear in `directory` as `detector` and `door`.
    A rig that starts later must be given a higher `boot` if the same console goes on listening. Also a
    context manager.
    """

    def __init__(
        self,
        directory: Path,
        *,
        heartbeat_s: float = 0.5,
        rate: int | None = 11_520,
        boot: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wake = threading.Condition()
        self._clock = clock
        self._ending = False
        detector_port = MockPort(directory / "detector")
        try:
            door_port = MockPort(directory / "door")
        except BaseException:
            detector_port.close()
            raise
        self.detector = DetectorUnit(
            DETECTOR_ID,
            detector_port,
            DetectorModel(),
            self._wake,
            heartbeat_s=heartbeat_s,
            rate=rate,
            boot=boot,
        )
        self.door = DoorUnit(
            DOOR_ID, door_port, DoorModel(), self._wake, heartbeat_s=heartbeat_s, rate=rate, boot=boot
        )
        self.oxygen: None = None
        self.units: tuple[Unit, ...] = (self.detector, self.door)
        self._thread = threading.Thread(target=self._run, name="mock-rig", daemon=True)
        self._thread.start()

    @property
    def ports(self) -> tuple[PortConfig, PortConfig]:
        """Return how a console would describe the two ports, named `detector` and `door`."""
        return (
            PortConfig("detector", str(self.detector.port.path), expect_device=DETECTOR_ID, simulated=True),
            PortConfig("door", str(self.door.port.path), expect_device=DOOR_ID, simulated=True),
        )

    def disturb(self, fault: Fault | None) -> None:
        """Let a fault begin on both lines, or end it."""
        for unit in self.units:
            unit.disturb(fault)

    def close(self, timeout: float = 2.0) -> bool:
        """Stop both devices, pull their lines out and join; False if the thread did not end."""
        with self._wake:
            self._ending = True
            self._wake.notify()
        self._thread.join(timeout)
        for unit in self.units:
            unit.port.close()
        return not self._thread.is_alive()

    def __enter__(self) -> Rig:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self) -> None:
        with self._wake:
            while not self._ending:
                now = self._clock()
                due = min(unit.run_due(now) for unit in self.units)
                self._wake.wait(max(due - self._clock(), SHORTEST_WAIT_S))
