"""The device watch: readings of ports become levels of points, and edges the engine decides on.

Called on the ports' own threads, so it keeps its own lock and does little. Levels are what is shown
with its age; edges are what a decision must not miss.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping

from devices import VOIDS_PORT, Note, NoteKind, Origin, Reading
from devices import ChannelReading as Channel
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.context import NS
from mr_safety_console.domain.detectors import Condition, Level, NoteDevice, ObservePoint, believed
from mr_safety_console.domain.profile import Point, PointKind, SiteProfile
from mr_safety_console.domain.text import clean

EDGES = 1024
"""How many undecided edges are kept; beyond that every point is UNKNOWN until it speaks again."""
SAME_NOTE_NS = 10 * NS
"""A note of the same kind from the same port within this time is not written again."""


class Watch:
    """Turns what links deliver into levels and commands.

    `wake` is called after something worth deciding was queued; it must not block.
    """

    def __init__(self, profile: SiteProfile, wake: Callable[[], None]) -> None:
        self._points: dict[tuple[str, int], Point] = {(p.port, p.channel): p for p in profile.points}
        self._by_port = {p.port: [q for q in profile.points if q.port == p.port] for p in profile.points}
        self._silence_ms = profile.limit("silence_ms")
        self._production = profile.use == "production"
        self._wake = wake
        self._lock = threading.Lock()
        self._levels: dict[str, Level] = {}
        self._told: dict[str, Condition] = {}
        self._noted: dict[tuple[str, str], int] = {}
        self._edges: deque[Command] = deque()
        self._overflowed = False
        self.simulated = False

    @property
    def levels(self) -> Mapping[str, Level]:
        """Return the newest level of every point heard so far; the mapping never changes afterwards."""
        return self._levels

    def hear(self, said: Reading | Note) -> None:
        """Take what a link delivers. Runs on the link's thread and returns at once."""
        with self._lock:
            if isinstance(said, Reading):
                self._reading(said)
            else:
                self._note(said)
            waiting = bool(self._edges)
        if waiting:
            self._wake()

    def take(self, limit: int = EDGES) -> list[Command]:
        """Return up to `limit` edges not yet decided on, oldest first."""
        with self._lock:
            taken = [self._edges.popleft() for _ in range(min(limit, len(self._edges)))]
            if self._overflowed and not self._edges:
                self._overflowed = False
                taken += self._drowned()
            return taken

    @property
    def waiting(self) -> bool:
        """Tell whether edges wait to be decided on."""
        return bool(self._edges)

    def expire(self, now_bt: int) -> list[Command]:
        """Return the points that have fallen silent since the last look.

        A reading that came after `now_bt` was taken is newer than the look, not from a broken clock.
        """
        fallen: list[Command] = []
        with self._lock:
            for name, level in self._levels.items():
                condition, reason = believed(level, max(now_bt, level.heard_bt), self._silence_ms)
                if condition is Condition.UNKNOWN and self._told.get(name) is not Condition.UNKNOWN:
                    self._told[name] = Condition.UNKNOWN
                    age_ms = (now_bt - level.heard_bt) // 1_000_000
                    fallen.append(
                        ObservePoint(
                            point=name,
                            condition=Condition.UNKNOWN,
                            reason=reason,
                            origin=level.origin,
                            age_ms=max(0, age_ms),
                        )
                    )
        return fallen

    def next_silence(self) -> int | None:
        """Return the boot-time ns at which the next speaking point falls silent, or None."""
        told, silence = self._told, self._silence_ms * 1_000_000
        dues = [
            level.heard_bt + silence
            for name, level in list(self._levels.items())
            if told.get(name) is not Condition.UNKNOWN
        ]
        return min(dues, default=None)

    # --- under the lock ---

    def _reading(self, said: Reading) -> None:
        if said.origin is Origin.SIMULATED:
            self.simulated = True
        levels = dict(self._levels)
        for channel in said.channels:
            point = self._points.get((said.port, channel.channel))
            if point is None:
                continue
            before = levels.get(point.id)
            level = self._level(point, channel, said, before)
            levels[point.id] = level
            self._edge(point, level, before, channel)
        self._levels = levels

    def _level(self, point: Point, channel: Channel, said: Reading, before: Level | None) -> Level:
        condition, reason = Condition(channel.condition.value), str(channel.reason)
        if self._production and said.origin is Origin.SIMULATED:
            # A production suite never believes a simulated line, whatever it says.
            condition, reason = Condition.UNKNOWN, "simulated"
        # A late, repeated or foreign sentence is heard, but is no reading: it renews no age.
        last = before.heard_bt if before else 0
        heard_bt = last if condition is Condition.UNKNOWN else said.bt_ns
        return Level(
            point=point.id,
            condition=condition,
            reason=reason,
            heard_bt=heard_bt,
            origin=said.origin.value,
            value=channel.value,
            alarms=channel.alarms,
            direction=channel.direction,
        )

    def _edge(self, point: Point, level: Level, before: Level | None, channel: Channel) -> None:
        told = self._told.get(point.id)
        pulses = 0
        if point.kind is PointKind.DETECTOR and before is not None:
            pulses = max(
                0, (level.alarms or 0) - (before.alarms if before.alarms is not None else level.alarms or 0)
            )
        if level.condition is told and not pulses:
            return
        if told is None and level.condition is Condition.UNKNOWN:
            return  # it was UNKNOWN before it spoke, and still is
        if level.condition is Condition.UNKNOWN and told is Condition.UNKNOWN:
            return
        self._told[point.id] = level.condition
        self._queue(
            ObservePoint(
                point=point.id,
                condition=level.condition,
                reason=level.reason,
                origin=level.origin,
                edges=pulses,
                direction=channel.direction,
                value=level.value,
            )
        )

    def _note(self, said: Note) -> None:
        if said.kind in VOIDS_PORT:
            self._void(said)
        key, last = (said.port, said.kind.value), self._noted.get((said.port, said.kind.value))
        if (
            last is not None
            and 0 <= said.bt_ns - last < SAME_NOTE_NS
            and said.kind is not NoteKind.MISSED_ALARM
        ):
            return
        self._noted[key] = said.bt_ns
        self._queue(
            NoteDevice(port=said.port, what=said.kind.value, text=clean(said.text, cap=160), count=said.count)
        )

    def _void(self, said: Note) -> None:
        levels = dict(self._levels)
        for point in self._by_port.get(said.port, ()):
            before = levels.get(point.id)
            if before is None:
                continue
            levels[point.id] = Level(
                point=point.id,
                condition=Condition.UNKNOWN,
                reason=said.kind.value,
                heard_bt=before.heard_bt,
                origin=before.origin,
                value=before.value,
                alarms=before.alarms,
            )
            if self._told.get(point.id) is not Condition.UNKNOWN:
                self._told[point.id] = Condition.UNKNOWN
                self._queue(
                    ObservePoint(
                        point=point.id,
                        condition=Condition.UNKNOWN,
                        reason=said.kind.value,
                        origin=before.origin,
                        age_ms=max(0, (said.bt_ns - before.heard_bt) // 1_000_000),
                    )
                )
        self._levels = levels

    def _queue(self, edge: Command) -> None:
        if len(self._edges) >= EDGES:
            self._overflowed = True
            return
        self._edges.append(edge)

    def _drowned(self) -> list[Command]:
        lost: list[Command] = [NoteDevice(port="*", what="edges-lost", text="more edges than can be kept")]
        for name, level in self._levels.items():
            self._told[name] = Condition.UNKNOWN
            lost.append(
                ObservePoint(
                    point=name, condition=Condition.UNKNOWN, reason="edges-lost", origin=level.origin
                )
            )
        return lost
