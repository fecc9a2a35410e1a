"""Sentences, scripted ports and a listening sink for tests of the devices package."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from devices import mrsc1
from devices.payload import Sentence, State
from devices.port import PortConfig, PortLost
from devices.reading import Condition, Note, NoteKind, Origin, Reading

DEVICE = "FMD01"
MS = 1_000_000
S = 1_000_000_000


def config(url: str = "/dev/null", **changes: Any) -> PortConfig:
    """Return a port named `fmd` that expects the detector of these tests."""
    return PortConfig("fmd", url, **{"expect_device": DEVICE, **changes})


def state(seq: int, up_ms: int, letters: str = "N", **changes: Any) -> bytes:
    """Return one ST line; `device`, `boot`, `event` and every field of `State` may be changed."""
    device, boot = changes.pop("device", DEVICE), changes.pop("boot", 7)
    payload = State(letters, changes.pop("flags", 0), **changes)
    return mrsc1.render(device, boot, seq, up_ms, payload)


def sentence(seq: int, up_ms: int, letters: str = "N", **changes: Any) -> Sentence:
    """Return the same as `state`, already read."""
    return mrsc1.parse(state(seq, up_ms, letters, **changes)[:-1])


class Heard:
    """A sink that keeps everything."""

    def __init__(self) -> None:
        self.items: list[Reading | Note] = []

    def __call__(self, item: Reading | Note) -> None:
        self.items.append(item)

    @property
    def readings(self) -> list[Reading]:
        """The readings, oldest first."""
        return [item for item in list(self.items) if isinstance(item, Reading)]

    @property
    def kinds(self) -> list[NoteKind]:
        """The kinds of the notes, oldest first."""
        return [item.kind for item in list(self.items) if isinstance(item, Note)]

    def notes(self, kind: NoteKind) -> list[Note]:
        """The notes of one kind."""
        return [item for item in list(self.items) if isinstance(item, Note) and item.kind is kind]

    def conditions(self, channel: int = 0) -> list[Condition]:
        """What was said of one channel, oldest first."""
        return [r.channels[channel].condition for r in self.readings if len(r.channels) > channel]


class ScriptedPort:
    """A port that hands out given pieces, then waits; an exception among them is raised."""

    origin = Origin.SIMULATED

    def __init__(self, pieces: Iterable[bytes | Exception]) -> None:
        self._pieces = iter(pieces)
        self._cancelled = threading.Event()
        self.done = threading.Event()
        self.closed = False

    def read(self) -> bytes:
        """Return or raise the next piece."""
        piece = next(self._pieces, None)
        if piece is None:
            self.done.set()
            self._cancelled.wait(0.02)
            return b""
        if isinstance(piece, Exception):
            self.done.set()
            raise piece
        return piece

    def cancel(self) -> None:
        """Wake `read`."""
        self._cancelled.set()

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True


class Ports:
    """An opener that hands out scripted ports in turn; afterwards nothing can be opened."""

    def __init__(self, *ports: ScriptedPort | Exception) -> None:
        self._ports = list(ports)
        self.attempts = 0

    def __call__(self, wanted: PortConfig) -> ScriptedPort:
        """Open the next one."""
        self.attempts += 1
        if not self._ports:
            raise PortLost(f"port {wanted.name}: nothing there")
        port = self._ports.pop(0)
        if isinstance(port, Exception):
            raise port
        return port
