"""The device watch: readings of ports become levels of points, and edges the engine decides on.

Called on the ports' own threads, so it keeps its own lock and does little. Levels are what is shown
with its age; edges are what a decision must not miss.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from devices import VOIDS_PORT, Note, NoteKind, Origin, Reading, Reason
from devices import ChannelReading as Channel
from mr_safety_console.domain import oxygen
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.detectors import Condition, Level, NoteDevice
from mr_safety_console.domain.profile import Point, PointKind, SiteProfile
from mr_safety_console.domain.text import clean
from mr_safety_console.engine.chatter import SINGLY, Notes
from mr_safety_console.engine.passages import Passages
from mr_safety_console.engine.telling import Telling

ACTIVE = Reason.ACTIVE.value
NEVER_DROPPED = (NoteKind.MISSED_ALARM, NoteKind.WRONG_IDENTITY)
"""Notes that leave their fact also when another of the kind was written just before and none follows."""
EDGES = 1024
"""How many undecided edges are kept; beyond that every point is UNKNOWN until it speaks again."""


class Watch:
    """Turns what links deliver into levels and commands.

    `wake` is called after something worth deciding was queued; it must not block.
    """

    def __init__(self, profile: SiteProfile, wake: Callable[[], None]) -> None:
        self._points: dict[tuple[str, int], Point] = {(p.port, p.channel): p for p in profile.points}
        self._by_port = {p.port: [q for q in profile.points if q.port == p.port] for p in profile.points}
        self._profile = profile
        self._sunk: set[str] = set()
        self._production = profile.use == "production"
        self._wake = wake
        self._lock = threading.Lock()
        self._levels: Mapping[str, Level] = {}
        self._telling = Telling(profile.limit("silence_ms"), tuple(p.id for p in profile.points))
        self._notes = Notes()
        self._passages = Passages(profile)
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

    def ask_again(self, points: Iterable[str]) -> None:
        """Have the next word of these points decided on, also where it is the last one again."""
        with self._lock:
            for point in points:
                self._telling.forget(point)

    @property
    def waiting(self) -> bool:
        """Tell whether edges wait to be decided on."""
        return bool(self._edges)

    def expire(self, now_bt: int) -> list[Command]:
        """Return the points that have fallen silent since the last look, and what of chatter is due.

        A point that was never heard counts as silent once its grace is over; the first look begins it.
        """
        with self._lock:
            fallen, self._levels = self._telling.expire(self._levels, now_bt)
            self._passages.lose(one.point for one in fallen if one.condition is Condition.UNKNOWN)
            return [*fallen, *self._notes.due(now_bt, NEVER_DROPPED), *self._passages.due(now_bt)]

    def next_silence(self) -> int | None:
        """Return the boot-time ns at which the next speaking point falls silent, or None.

        Of a point that chatters: when its count is due; of one never heard: when its grace is over.
        Of a device that counts passages: when totals held back are due.
        """
        dues = (self._telling.next_due(self._levels), self._passages.next_due())
        return min((due for due in dues if due is not None), default=None)

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
            if (passed := self._passages.hear(level, said.bt_ns)) is not None:
                # Before the end of an alarm: what passed then is what rang, or the test piece.
                self._queue(passed)
            self._edge(point, level, before, channel, said.bt_ns)
            levels[point.id] = self._telling.held(level)
        self._levels = levels

    def _level(self, point: Point, channel: Channel, said: Reading, before: Level | None) -> Level:
        condition, reason = Condition(channel.condition.value), str(channel.reason)
        if self._production and said.origin is Origin.SIMULATED:
            # A production suite never believes a simulated line, whatever it says.
            condition, reason = Condition.UNKNOWN, "simulated"
        if point.kind is PointKind.OXYGEN and condition is Condition.NORMAL:
            # The site's levels count, also where the monitor's own are lower.
            calls = oxygen.called_for(self._profile, condition, channel.value)
            condition, reason = (Condition.DANGER, ACTIVE) if calls else (condition, reason)
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
            crossings_in=channel.crossings_in,
            crossings_out=channel.crossings_out,
            device_boot=said.boot,
        )

    def _edge(self, point: Point, level: Level, before: Level | None, channel: Channel, now_bt: int) -> None:
        if self._telling.told(point.id) is None and level.condition is Condition.UNKNOWN:
            return  # it was UNKNOWN before it spoke, and still is; `expire` tells of it if it stays so
        pulses = 0
        if point.kind is PointKind.DETECTOR and before is not None:
            pulses = max(
                0, (level.alarms or 0) - (before.alarms if before.alarms is not None else level.alarms or 0)
            )
        sunk = point.kind is PointKind.OXYGEN and self._sinks(level)
        if self._telling.passes(level, pulses, now_bt) or sunk:
            word, why = level.condition, level.reason
            self._queue(self._telling.edge(level, word, why, now_bt, pulses, channel.direction))

    def _sinks(self, level: Level) -> bool:
        """Tell whether oxygen came to the alarm level: once, until it reads normal or is not known."""
        if self._telling.told(level.point) is not Condition.DANGER:
            self._sunk.discard(level.point)
        alarm = oxygen.called_for(self._profile, level.condition, level.value) == oxygen.ALARM
        sinks = alarm and level.point not in self._sunk
        self._sunk |= {level.point} if alarm else set()
        return sinks

    def _note(self, said: Note) -> None:
        if said.kind in VOIDS_PORT:
            self._void(said)
        note = NoteDevice(
            port=said.port, what=said.kind.value, text=clean(said.text, cap=160), count=said.count
        )
        singly = SINGLY if said.kind is NoteKind.MISSED_ALARM else 1
        if (written := self._notes.pass_on(note, singly, said.bt_ns)) is not None:
            self._queue(written)

    def _void(self, said: Note) -> None:
        levels = dict(self._levels)
        self._passages.lose(point.id for point in self._by_port.get(said.port, ()))
        for point in self._by_port.get(said.port, ()):
            before = levels.get(point.id)
            if before is None:
                continue
            unknown = Condition.UNKNOWN
            level = replace(before, condition=unknown, reason=said.kind.value, direction="U")
            levels[point.id] = level
            if self._telling.awaited(level):
                continue
            if self._telling.passes(level, 0, said.bt_ns):
                self._queue(self._telling.edge(level, unknown, said.kind.value, said.bt_ns))
        self._levels = levels

    def _queue(self, edge: Command) -> None:
        if len(self._edges) >= EDGES:
            self._overflowed = True
            return
        self._edges.append(edge)

    def _drowned(self) -> list[Command]:
        lost: list[Command] = [NoteDevice(port="*", what="edges-lost", text="more edges than can be kept")]
        return [*lost, *[self._telling.lose(level, "edges-lost") for level in self._levels.values()]]
