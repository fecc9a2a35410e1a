"""The stagehand of the demonstration: carries the test piece, moves the door, walks in and out.

Somebody it plays forgets a hair clip, once.

It answers what the record says, as people around a real suite would. One thread; leaving ends it.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from devices.mock.rig import Rig
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.detectors import WalkTestStarted
from mr_safety_console.domain.doors import TransitAnnounced, TransitEnded
from mr_safety_console.domain.visit_facts import (
    Leg,
    LegMade,
    StaffCounted,
    ZoneIVEntered,
    ZoneIVHeads,
    ZoneIVLeft,
)
from mr_safety_console.engine.face import Published

TEST_PIECE_S = 3.0
DOOR_OPENS_S = 2.0
DOOR_SHUTS_S = 2.0
FORGOTTEN_S = 4.0
STEP_S = 0.3
"""From one person at the detector to the next."""
MAILBOX = 256

Act = Callable[[], object]


@dataclass(order=True)
class _Due:
    at_s: float
    act: Act = field(compare=False)


class Stagehand:
    """Moves the rig in answer to facts. Give `hear` to the engine, then `start`; `close` joins."""

    def __init__(self, rig: Rig, clock: Callable[[], float]) -> None:
        self._rig = rig
        self._clock = clock
        self._heard: queue.Queue[Fact | None] = queue.Queue(MAILBOX)
        self._due: list[_Due] = []
        self._forgotten = False
        self._patients: set[str] = set()
        self._staff = 0
        self._thread = threading.Thread(target=self._run, name="stagehand", daemon=True)

    def hear(self, published: Published) -> None:
        """Take facts; never waits, and misses some rather than hold anybody up."""
        for entry in published.entries:
            if not self._heard.full():
                self._heard.put_nowait(entry.fact)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """Leave the stage."""
        self._heard.put(None)
        self._thread.join(2.0)

    def _run(self) -> None:
        while True:
            try:
                fact = self._heard.get(timeout=self._patience())
            except queue.Empty:
                self._act()
                continue
            if fact is None:
                return
            self.answer(fact)
            self._act()

    def _patience(self) -> float:
        next_s = min((due.at_s for due in self._due), default=self._clock() + 1.0)
        return min(max(0.01, next_s - self._clock()), 1.0)

    def _act(self) -> None:
        now = self._clock()
        for due in sorted(due for due in self._due if due.at_s <= now):
            self._due.remove(due)
            due.act()

    def _later(self, seconds: float, act: Act) -> None:
        self._due.append(_Due(self._clock() + seconds, act))

    def answer(self, fact: Fact) -> None:
        """Plan what follows from one fact."""
        self._walk(fact)
        match fact:
            case WalkTestStarted():
                self._later(TEST_PIECE_S, self._rig.detector.alarm)
            case TransitAnnounced():
                self._later(DOOR_OPENS_S, self._rig.door.open)
            case ZoneIVEntered() | ZoneIVLeft() | TransitEnded(reason="timeout"):
                self._later(DOOR_SHUTS_S, self._rig.door.close)
            case LegMade(leg=Leg.BELONGINGS) if not self._forgotten:
                self._forgotten = True
                self._later(FORGOTTEN_S, self._rig.detector.alarm)

    def _walk(self, fact: Fact) -> None:
        """Let as many people pass the detector as the record has more or fewer of in the room."""
        before = len(self._patients) + self._staff
        match fact:
            case ZoneIVEntered(visit=visit, staff=staff):
                self._patients.add(visit)
                self._staff += staff
            case ZoneIVLeft(visit=visit, staff_inside=staff):
                self._patients.discard(visit)
                self._staff = staff
            case StaffCounted(staff_inside=staff) | ZoneIVHeads(staff_inside=staff):
                self._staff = staff
            case _:
                return
        more = len(self._patients) + self._staff - before
        for number in range(abs(more)):
            way = "I" if more > 0 else "O"
            self._later(STEP_S * (number + 1), lambda way=way: self._rig.detector.passage(way))  # type: ignore[misc]
