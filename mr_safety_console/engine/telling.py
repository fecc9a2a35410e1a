"""What has been told of each point, and what is to be told next: edges singly, silence, chatter counted.

Not thread-safe: the watch's lock guards it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mr_safety_console.domain.detectors import Condition, Level, ObservePoint, believed
from mr_safety_console.engine.chatter import CHATTER, Chatter, Counted, Spell, rises

UNKNOWN = Condition.UNKNOWN
GRACE_MS = 5_000
"""How much longer than silence a point may take for its first word: lines are opened, devices start."""
NEVER = "never-heard"


class Telling:
    """The last word told of each point; whoever asks for an edge has to pass it on."""

    def __init__(self, silence_ms: int, points: tuple[str, ...]) -> None:
        self._silence_ms = silence_ms
        self._points = points
        self._told: dict[str, Condition] = {}
        self._since: dict[str, int] = {}
        self._chatter = Chatter()

    def told(self, point: str) -> Condition | None:
        """Return the last word told of a point, None before the first."""
        return self._told.get(point)

    def forget(self, point: str) -> None:
        """Take what was told of a point as never told: its next word goes out, whatever it is."""
        self._told.pop(point, None)
        self._since.pop(point, None)

    def awaited(self, level: Level | None) -> bool:
        """Tell whether a point of which nothing was told has not said anything but UNKNOWN either."""
        return level is None or (level.heard_bt == 0 and level.point not in self._told)

    def passes(self, level: Level, pulses: int, now_bt: int) -> bool:
        """Take note of a word of a point; tell whether it is an edge that goes singly and at once."""
        told = self._told.get(level.point)
        if self._chatter.heard(level, told, pulses, now_bt) is not None:
            return rises(level.condition, told)
        if level.condition is UNKNOWN:
            return told is not UNKNOWN
        return level.condition is not told or pulses > 0

    def edge(
        self,
        level: Level,
        condition: Condition,
        reason: str,
        now_bt: int,
        edges: int = 0,
        direction: str = "U",
    ) -> ObservePoint:
        """Return an edge to pass on, with what was counted while the point chattered."""
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
            value=level.value if condition is not UNKNOWN else None,
            age_ms=max(0, now_bt - level.heard_bt) // 1_000_000,
            changes=counted.changes,
            span_ms=counted.span_ms,
        )

    def held(self, level: Level) -> Level:
        """Return a level that is never better than what was told: chatter does not flicker to normal."""
        told = self._told.get(level.point, level.condition)
        if self._chatter.spell(level.point) is None or level.condition is not Condition.NORMAL:
            return level
        return level if told is Condition.NORMAL else replace(level, condition=told, reason=CHATTER)

    def lose(self, level: Level, reason: str) -> ObservePoint:
        """Return the word that a point is UNKNOWN because edges of it may have been lost."""
        self._told[level.point] = UNKNOWN
        self._chatter.end(level.point)
        return ObservePoint(point=level.point, condition=UNKNOWN, reason=reason, origin=level.origin)

    # --- time ---

    def expire(
        self, levels: Mapping[str, Level], now_bt: int
    ) -> tuple[list[ObservePoint], Mapping[str, Level]]:
        """Return the edges that time brings, and the levels after them.

        A reading that came after `now_bt` was taken is newer than the look, not from a broken clock.
        """
        fallen = self._never_heard(levels, now_bt)
        for name, level in tuple(levels.items()):
            if self.awaited(level):
                continue
            spell = self._chatter.spell(name)
            if spell is None:
                condition, reason = self._believed(level, now_bt)
                if condition is UNKNOWN and self._told.get(name) is not UNKNOWN:
                    fallen.append(self.edge(level, condition, reason, now_bt))
                continue
            counted = self._count(name, spell, now_bt)
            fallen += counted
            shown = self.held(spell.raw)
            if shown != level:
                levels = {**levels, name: shown}
        return fallen, levels

    def next_due(self, levels: Mapping[str, Level]) -> int | None:
        """Return the boot-time ns at which `expire` brings something next, or None."""
        silence = self._silence_ms * 1_000_000
        grace = silence + GRACE_MS * 1_000_000
        dues = [bt + grace for name, bt in tuple(self._since.items()) if name not in self._told]
        for name, level in list(levels.items()):
            spell = self._chatter.spell(name)
            if spell is not None:
                dues.append(spell.due_bt())
            if self._told.get(name) is not UNKNOWN and level.condition is not UNKNOWN:
                dues.append(level.heard_bt + silence)
        return min(dues, default=None)

    def _never_heard(self, levels: Mapping[str, Level], now_bt: int) -> list[ObservePoint]:
        """Return a word of each point whose first word has been awaited too long."""
        grace = (self._silence_ms + GRACE_MS) * 1_000_000
        found: list[ObservePoint] = []
        for name in self._points:
            level = levels.get(name)
            if name in self._told or not self.awaited(level):
                continue
            if now_bt - self._since.setdefault(name, now_bt) < grace:
                continue
            level = level or Level(name, UNKNOWN, NEVER, 0)
            found.append(self.lose(level, level.reason))
        return found

    def _believed(self, level: Level, now_bt: int) -> tuple[Condition, str]:
        return believed(level, max(now_bt, level.heard_bt), self._silence_ms)

    def _count(self, name: str, spell: Spell, now_bt: int) -> list[ObservePoint]:
        """Return the end of a spell, or the count that is due while it goes on."""
        told = self._told.get(name, UNKNOWN)
        condition, reason = self._believed(spell.raw, now_bt)
        if condition is not spell.raw.condition:
            spell.hear(replace(spell.raw, condition=condition, reason=reason), 0, now_bt)
        raw = spell.raw
        if spell.steady(now_bt):
            counted = spell.counted.changes > 0 or condition is not told
            ended = [self.edge(raw, condition, reason, now_bt)] if counted else []
            self._chatter.end(name)
            return ended
        if rises(condition, told):
            return [self.edge(raw, condition, reason, now_bt)]
        return [self.edge(raw, told, CHATTER, now_bt)] if spell.due(now_bt) else []
