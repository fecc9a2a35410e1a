"""The device watch: readings of ports become levels of points, and edges the engine decides on.

Called on the ports' own threads, so it keeps its own lock and does little. Levels are what is shown
with its age; edges are what a decision must not miss.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace

from devices import VOIDS_PORT, Note, NoteKind, Origin, Reading
from devices import ChannelReading as Channel
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.detectors import Condition, Level, NoteDevice, ObservePoint, believed
from mr_safety_console.domain.profile import Point, PointKind, SiteProfile
from mr_safety_console.domain.text import clean
from mr_safety_console.engine.chatter import CHATTER, SINGLY, Chatter, Counted, Notes, Spell, rises

EDGES = 1024
"""How many undecided edges are kept; beyond that every point is UNKNOWN until it speaks again."""


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
        self._chatter = Chatter()
        self._notes = Notes()
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
        """Return the points that have fallen silent since the last look, and what of chatter is due.

        A reading that came after `now_bt` was taken is newer than the look, not from a broken clock.
        """
        fallen: list[Command] = []
        with self._lock:
            for name, level in tuple(self._levels.items()):
                spell = self._chatter.spell(name)
                if spell is not None:
                    fallen += self._count(name, spell, now_bt)
                    continue
                condition, reason = self._believed(level, now_bt)
                if condition is Condition.UNKNOWN and self._told.get(name) is not Condition.UNKNOWN:
                    fallen.append(self._told_now(level, condition, reason, now_bt))
            fallen += self._notes.due(now_bt, NoteKind.MISSED_ALARM)
        return fallen

    def next_silence(self) -> int | None:
        """Return the boot-time ns at which the next speaking point falls silent, or None.

        Of a point that chatters: when its count is due.
        """
        silence = self._silence_ms * 1_000_000
        dues = []
        for name, level in list(self._levels.items()):
            spell = self._chatter.spell(name)
            if spell is not None:
                dues.append(spell.due_bt())
            if self._told.get(name) is not Condition.UNKNOWN and level.condition is not Condition.UNKNOWN:
                dues.append(level.heard_bt + silence)
        return min(dues, default=None)

    # --- under the lock ---

    def _believed(self, level: Level, now_bt: int) -> tuple[Condition, str]:
        return believed(level, max(now_bt, level.heard_bt), self._silence_ms)

    def _told_now(
        self,
        level: Level,
        condition: Condition,
        reason: str,
        now_bt: int,
        edges: int = 0,
        direction: str = "U",
    ) -> ObservePoint:
        """Return the edge of a point, with what was counted while it chattered."""
        spell = self._chatter.spell(level.point)
        counted = spell.take(now_bt) if spell else Counted()
        self._told[level.point] = condition
        self._chatter.told(level.point, now_bt)
        return ObservePoint(
            point=level.point,
            condition=condition,
            reason=reason,
            origin=level.origin,
            edges=counted.dangers if spell else edges,
            direction=direction,
            value=level.value if condition is not Condition.UNKNOWN else None,
            age_ms=max(0, now_bt - level.heard_bt) // 1_000_000,
            changes=counted.changes,
            span_ms=counted.span_ms,
        )

    def _count(self, name: str, spell: Spell, now_bt: int) -> list[ObservePoint]:
        """Return the end of a spell, or the count that is due while it goes on."""
        told = self._told.get(name, Condition.UNKNOWN)
        condition, reason = self._believed(spell.raw, now_bt)
        if condition is not spell.raw.condition:
            spell.hear(replace(spell.raw, condition=condition, reason=reason), 0, now_bt)
            self._levels = {**self._levels, name: spell.raw}
        raw = spell.raw
        if spell.steady(now_bt):
            counted = spell.counted.changes > 0 or condition is not told
            ended = [self._told_now(raw, condition, reason, now_bt)] if counted else []
            self._chatter.end(name)
            self._levels = {**self._levels, name: raw}
            return ended
        if rises(condition, told):
            return [self._told_now(raw, condition, reason, now_bt)]
        return [self._told_now(raw, told, CHATTER, now_bt)] if spell.due(now_bt) else []

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
            self._edge(point, level, before, channel, said.bt_ns)
            levels[point.id] = self._held(level)
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

    def _held(self, level: Level) -> Level:
        """Return a level that is never better than what was told: chatter does not flicker to normal."""
        told = self._told.get(level.point, level.condition)
        if self._chatter.spell(level.point) is None or level.condition is not Condition.NORMAL:
            return level
        return level if told is Condition.NORMAL else replace(level, condition=told, reason=CHATTER)

    def _edge(self, point: Point, level: Level, before: Level | None, channel: Channel, now_bt: int) -> None:
        told = self._told.get(point.id)
        if told is None and level.condition is Condition.UNKNOWN:
            return  # it was UNKNOWN before it spoke, and still is
        pulses = 0
        if point.kind is PointKind.DETECTOR and before is not None:
            pulses = max(
                0, (level.alarms or 0) - (before.alarms if before.alarms is not None else level.alarms or 0)
            )
        if self._passes(level, pulses, now_bt):
            self._queue(
                self._told_now(level, level.condition, level.reason, now_bt, pulses, channel.direction)
            )

    def _passes(self, level: Level, pulses: int, now_bt: int) -> bool:
        """Tell whether an edge goes singly and at once."""
        told = self._told.get(level.point)
        if self._chatter.heard(level, told, pulses, now_bt) is not None:
            return rises(level.condition, told)
        if level.condition is Condition.UNKNOWN:
            return told is not Condition.UNKNOWN
        return level.condition is not told or pulses > 0

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
        for point in self._by_port.get(said.port, ()):
            before = levels.get(point.id)
            if before is None:
                continue
            unknown = Condition.UNKNOWN
            level = replace(before, condition=unknown, reason=said.kind.value, direction="U")
            levels[point.id] = level
            if self._passes(level, 0, said.bt_ns):
                self._queue(self._told_now(level, unknown, said.kind.value, said.bt_ns))
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
            self._chatter.end(name)
            lost.append(
                ObservePoint(
                    point=name, condition=Condition.UNKNOWN, reason="edges-lost", origin=level.origin
                )
            )
        return lost
