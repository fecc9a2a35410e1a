"""A point or a line that chatters: its first edges go singly, the rest is counted and told now and then.

A loose contact opens and closes fifty times a second for a night; written singly that is a full
disk. So after ten edges within ten seconds only what tightens goes at once. Leaving DANGER or
UNKNOWN waits until the point has been steady for five seconds, and what happened meanwhile is
counted. The alarm of a danger therefore stands throughout, and every further edge rings it again,
with its count, within ten seconds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, replace

from mr_safety_console.domain.context import NS
from mr_safety_console.domain.detectors import Condition, Level, NoteDevice

SINGLY = 10
WINDOW_NS = 10 * NS
STEADY_NS = 5 * NS
PAUSES_NS = (NS, 2 * NS, 4 * NS, 8 * NS, 10 * NS)
"""Time between one count and the next while it goes on."""
CHATTER = "chatter"
_RANK = {Condition.NORMAL: 0, Condition.UNKNOWN: 1, Condition.DANGER: 2}


def rises(now: Condition, told: Condition | None) -> bool:
    """Tell whether a condition must be told at once even of a point that chatters."""
    return told is None or _RANK[now] > _RANK[told]


@dataclass(slots=True)
class Counted:
    """What was not told singly: changes of condition and pulses, those into danger among them."""

    changes: int = 0
    dangers: int = 0
    span_ms: int = 0


@dataclass(slots=True)
class Spell:
    """One time of chattering. `raw` is what the point says itself, newest first."""

    raw: Level
    moved_bt: int
    told_bt: int
    counted: Counted
    told: int = 0

    def hear(self, level: Level, pulses: int, now_bt: int) -> None:
        """Count what changed."""
        moved = level.condition is not self.raw.condition
        if moved or pulses:
            self.moved_bt = now_bt
            self.counted.changes += int(moved) + pulses
            self.counted.dangers += max(pulses, int(moved and level.condition is Condition.DANGER))
        self.raw = level

    def steady(self, now_bt: int) -> bool:
        """Tell whether it has stopped."""
        return now_bt - self.moved_bt >= STEADY_NS

    def due(self, now_bt: int) -> bool:
        """Tell whether a count should be told now."""
        return self.counted.changes > 0 and now_bt >= self._next_bt()

    def due_bt(self) -> int:
        """Return when to look at it again, at the latest."""
        steady = self.moved_bt + STEADY_NS
        return min(steady, self._next_bt()) if self.counted.changes else steady

    def take(self, now_bt: int) -> Counted:
        """Return the count so far and begin another."""
        counted, self.counted = self.counted, Counted()
        counted.span_ms = max(0, now_bt - self.told_bt) // 1_000_000
        self.told_bt = now_bt
        self.told += 1
        return counted

    def _next_bt(self) -> int:
        return self.told_bt + PAUSES_NS[min(self.told, len(PAUSES_NS) - 1)]


class Chatter:
    """Every point's recent edges, and who chatters. Not thread-safe: the watch's lock guards it."""

    def __init__(self) -> None:
        self._edges: dict[str, deque[int]] = {}
        self._spells: dict[str, Spell] = {}

    def spell(self, point: str) -> Spell | None:
        """Return a point's present spell, if it chatters."""
        return self._spells.get(point)

    def heard(self, level: Level, told: Condition | None, pulses: int, now_bt: int) -> Spell | None:
        """Count a word of a point; return its spell, begun now if this edge is one too many."""
        spell = self._spells.get(level.point)
        edge = pulses > 0 or level.condition is not told
        if spell is None and told is not None and edge and self._many(level.point, now_bt):
            raw = replace(level, condition=told)
            spell = self._spells[level.point] = Spell(raw, now_bt, now_bt, Counted())
        if spell is not None:
            spell.hear(level, pulses, now_bt)
        return spell

    def told(self, point: str, now_bt: int) -> None:
        """Note that an edge of a point was told."""
        edges = self._edges.setdefault(point, deque(maxlen=SINGLY))
        edges.append(now_bt)

    def end(self, point: str) -> None:
        """End a spell."""
        self._spells.pop(point, None)

    def _many(self, point: str, now_bt: int) -> bool:
        edges = self._edges.get(point)
        return edges is not None and len(edges) == SINGLY and 0 <= now_bt - edges[0] < WINDOW_NS


class Notes:
    """Notes about lines: one of a kind in ten seconds; missed alarms singly at first, then summed."""

    def __init__(self) -> None:
        self._written: dict[tuple[str, str], deque[int]] = {}
        self._held: dict[tuple[str, str], NoteDevice] = {}

    def pass_on(self, note: NoteDevice, singly: int, now_bt: int) -> NoteDevice | None:
        """Return the note to write now, with the counts held back before it, or None."""
        key = (note.port, note.what)
        held = self._held.pop(key, None)
        if held is not None:
            note = NoteDevice(port=note.port, what=note.what, text=note.text, count=held.count + note.count)
        written = self._written.setdefault(key, deque(maxlen=singly))
        if len(written) == singly and 0 <= now_bt - written[0] < WINDOW_NS:
            self._held[key] = note
            return None
        written.append(now_bt)
        return note

    def due(self, now_bt: int, kinds: Collection[str]) -> list[NoteDevice]:
        """Return the held notes of some kinds whose time has come."""
        found = [
            key for key in self._held if key[1] in kinds and now_bt - self._written[key][-1] >= WINDOW_NS
        ]
        for key in found:
            self._written[key].append(now_bt)
        return [self._held.pop(key) for key in found]
