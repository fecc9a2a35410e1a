"""How much the alarms ask of people: too many at once, or one that will not keep still.

In a flood what is neither High nor about iron is gathered by where it comes from. Nothing is ever left out.
"""

from __future__ import annotations

from collections.abc import Sequence

from mr_safety_console.domain.alarm_points import (
    CHATTER_RINGS,
    CHATTER_S,
    FLOOD,
    FLOOD_S,
    IRON,
    UNSHELVABLE,
    Priority,
)
from mr_safety_console.domain.alarms import Alarm, AlarmsState, ranked
from mr_safety_console.domain.context import Instant, elapsed
from mr_safety_console.domain.profile import SiteProfile
from mr_safety_console.domain.value import frozen


@frozen
class Gathered:
    """Alarms that stand under one line: one alone, or several of the same `root`, best ranked first."""

    root: str
    alarms: tuple[Alarm, ...]

    @property
    def several(self) -> bool:
        """Tell whether the line stands for more than one alarm."""
        return len(self.alarms) > 1

    @property
    def waiting(self) -> int:
        """Return how many of them nobody has acknowledged."""
        return sum(not alarm.answered for alarm in self.alarms)


def flood(state: AlarmsState, now: Instant) -> int:
    """Return how many alarms were raised in ten minutes when they are more than ten, else 0."""
    count = sum(elapsed(now, at).seconds < FLOOD_S for at in state.raised)
    return count if count > FLOOD else 0


def chatters(alarm: Alarm, now: Instant) -> bool:
    """Tell whether one alarm has rung three times within the last minute."""
    return len(alarm.rings) >= CHATTER_RINGS and elapsed(now, alarm.rings[0]).seconds < CHATTER_S


def gathered(state: AlarmsState, profile: SiteProfile, now: Instant) -> tuple[Gathered, ...]:
    """Return every open alarm once, the line to look at first in front; outside a flood each by itself.

    A High alarm, one about iron and one put aside never share a line.
    """
    order = ranked(state)
    if not flood(state, now):
        return tuple(Gathered(alarm.point, (alarm,)) for alarm in order)
    lines: dict[str, list[Alarm]] = {}
    for alarm in order:
        root = _root(alarm, profile)
        alone = alarm.priority >= Priority.HIGH or alarm.rule in IRON or alarm.shelf is not None
        lines.setdefault(f"alarm:{alarm.id}" if alone else f"root:{root}", []).append(alarm)
    return tuple(Gathered(_root(found[0], profile), tuple(found)) for found in lines.values())


def _root(alarm: Alarm, profile: SiteProfile) -> str:
    """Return what an alarm hangs on: the port its point is read through, else the point itself."""
    point = profile.point(alarm.point)
    return point.port if point is not None else alarm.point


def merges(alarm: Alarm) -> bool:
    """Tell whether an alarm shares one sound in a flood: no High one and none of a detector ever does."""
    return alarm.priority < Priority.HIGH and alarm.rule not in UNSHELVABLE


def leading(lines: Sequence[Gathered]) -> tuple[Alarm, ...]:
    """Return the High alarms nobody has answered, the first in front."""
    return tuple(
        alarm
        for line in lines
        for alarm in line.alarms
        if alarm.priority >= Priority.HIGH and not alarm.answered
    )
