"""A port in memory on a clock moved by hand: a whole link runs on it, on the test's own thread."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable

from devices.link import Link
from devices.mock.bus_units import BusUnit
from devices.mock.faults import Mischief
from devices.port import PortConfig, PortLost
from devices.reading import Note, NoteKind, Origin, Reading
from devices.requests import permit

S = 1_000_000_000
ANSWER_NS = 300_000_000
STEP_NS = 1_000_000
FRESH_NS = 350_000_000
WIRE_NS = 8_000_000


class World:
    """Virtual time, what happens when, and what was heard at which moment."""

    def __init__(self, end_s: float) -> None:
        self.now = 1_000 * S
        self.began = self.now
        self.jumped = 0
        self.end = self.now + round(end_s * S)
        self.plugged = True
        self.heard: list[tuple[int, Reading | Note]] = []
        self._events: list[tuple[int, int, Callable[[], None]]] = []
        self._number = itertools.count()
        self.link: Link | None = None

    @property
    def at_s(self) -> float:
        """Seconds since the beginning."""
        return (self.now - self.began) / S

    def jump(self, ns: int) -> None:
        """Let the host sleep: its clock goes on, nothing is read meanwhile."""
        for name in ("now", "began", "end", "jumped"):
            setattr(self, name, getattr(self, name) + ns)
        self._events = [(due + ns, number, act) for due, number, act in self._events]

    @property
    def next_event(self) -> int:
        """When the next event is due."""
        return self._events[0][0] if self._events else self.end

    def at(self, at_s: float, act: Callable[[], None]) -> None:
        """Let something happen later."""
        heapq.heappush(self._events, (self.began + round(at_s * S), next(self._number), act))

    def pass_ns(self, ns: int) -> None:
        """Let time pass, and happen what is due."""
        until = self.now + ns
        while self._events and self._events[0][0] <= until:
            due, _, act = heapq.heappop(self._events)
            self.now = max(self.now, due)
            act()
        self.now = max(self.now, until)
        if self.now >= self.end and self.link is not None:
            self.link._stop.set()

    def hear(self, item: Reading | Note) -> None:
        """Keep what the link delivers."""
        self.heard.append((self.now, item))

    def wait(self, seconds: float) -> bool:
        """Stand in for waiting between two attempts to open."""
        self.pass_ns(round(seconds * S))
        return self.now >= self.end

    def run(
        self, config: PortConfig, opener: Callable[[PortConfig], object]
    ) -> list[tuple[int, Reading | Note]]:
        """Run a whole link on this thread until the end; return what was heard when."""
        self.link = Link(config, self.hear, lambda: self.now, opener=opener, wait=self.wait)  # type: ignore[arg-type]
        self.link._run()
        failed = [
            item for _, item in self.heard if isinstance(item, Note) and item.kind is NoteKind.READER_FAILED
        ]
        assert not failed, failed
        return self.heard


class VirtualPort:
    """What is common to the ports below: it is there or it is gone, and waiting takes virtual time."""

    origin = Origin.SIMULATED

    def __init__(self, world: World) -> None:
        self.world = world

    def __call__(self, config: PortConfig) -> VirtualPort:
        """Open it."""
        self.opened(config)
        self.check()
        return self

    def opened(self, config: PortConfig) -> None:
        """Begin anew."""

    def check(self) -> None:
        """Fail like a port that is gone."""
        if not self.world.plugged:
            raise PortLost("gone")

    def pause(self, seconds: float) -> None:
        """Let the time pass."""
        self.world.pass_ns(max(STEP_NS, round(seconds * S)))

    def cancel(self) -> None:
        """Nobody waits."""

    def close(self) -> None:
        """Nothing is held."""


class BytePort(VirtualPort):
    """Bytes arrive when their time has come; asking is answered by units on a bus."""

    def __init__(self, world: World, units: list[BusUnit] | None = None, seed: int = 1) -> None:
        super().__init__(world)
        self.units = units or []
        self.mischief = Mischief(seed)
        self.powered = True
        self.neighbour: Callable[[], bytes] = bytes
        self.late: list[int] = []
        self.whole: list[tuple[int, bytes]] = []
        self._coming: list[tuple[int, int, bytes, bytes, int]] = []
        self._here = b""
        self._number = itertools.count()
        self._profile = "mrsc1"
        self._chance = random.Random(seed)

    def opened(self, config: PortConfig) -> None:
        """Throw away what came before."""
        self._profile, self._here, self._coming = config.profile, b"", []

    def arrive(self, data: bytes, after_s: float = 0.0, original: bytes = b"") -> None:
        """Let bytes arrive; if they are `original` untouched, note when they are taken."""
        due = self.world.now + round(after_s * S)
        heapq.heappush(self._coming, (due, next(self._number), data, original, self.world.now))

    def carry(self, frame: bytes, foreign: bytes = b"") -> None:
        """Let a frame travel over the line as it is."""
        if self.powered and self.world.plugged:
            for after_s, data in self.mischief.carry(frame, foreign):
                self.arrive(data, after_s, frame)

    def write(self, data: bytes) -> bool:
        """Be the line of a unit that speaks unasked."""
        self.carry(data, self.neighbour())
        return True

    def _take(self) -> None:
        while self._coming and self._coming[0][0] <= self.world.now:
            _, _, data, original, said = heapq.heappop(self._coming)
            self._here += data
            if data != original:
                continue
            if self.world.now - said > FRESH_NS:
                self.late.append(self.world.now)
            else:
                self.whole.append((self.world.now, data))

    def _await(self, enough: Callable[[bytes], bool], ns: int) -> None:
        until = self.world.now + ns
        self._take()
        while not enough(self._here) and self.world.now < until:
            self.check()
            self.world.pass_ns(min(self._next() - self.world.now, until - self.world.now))
            self._take()
        self.check()

    def _next(self) -> int:
        """When something may happen next."""
        coming = self._coming[0][0] if self._coming else self.world.end
        return max(self.world.now + STEP_NS, min(coming, self.world.next_event))

    def read(self) -> bytes:
        """Return what is there within 0.2 s."""
        self._await(bool, S // 5)
        taken, self._here = self._here, b""
        return taken

    def discard(self) -> bytes:
        """Return what is there."""
        self._take()
        self.check()
        taken, self._here = self._here[:4096], self._here[4096:]
        return taken

    def send(self, request: bytes) -> None:
        """Let every unit hear it."""
        permit(self._profile, request)
        self.check()
        for unit in self.units:
            reply = unit.answer(request) if self.powered else b""
            if reply:
                self.world.pass_ns(WIRE_NS)
                self.carry(reply, unit.foreign())

    def receive(self, size: int) -> bytes:
        """Return up to `size` bytes within the time for an answer."""
        self._await(lambda here: len(here) >= size, ANSWER_NS)
        taken, self._here = self._here[:size], self._here[size:]
        return taken

    def receive_line(self, size: int) -> bytes:
        """Return what comes up to a carriage return."""
        self._await(lambda here: b"\r" in here or len(here) >= size, ANSWER_NS)
        end = self._here.find(b"\r") + 1 or size
        taken, self._here = self._here[: min(end, size)], self._here[min(end, size) :]
        return taken


class LinePort(VirtualPort):
    """Four modem lines."""

    def __init__(self, world: World, levels: int = 0b1111) -> None:
        super().__init__(world)
        self.levels = levels
        self.looks: list[tuple[int, int]] = []

    def lines(self) -> int:
        """Return them, and remember what was seen."""
        self.check()
        self.looks.append((self.world.now, self.levels))
        return self.levels
