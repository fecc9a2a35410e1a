"""How much the alarms ask of people: too many at once, or one that will not keep still."""

from __future__ import annotations

from mr_safety_console.domain.alarm_points import CHATTER_RINGS, CHATTER_S, FLOOD, FLOOD_S
from mr_safety_console.domain.alarms import Alarm, AlarmsState
from mr_safety_console.domain.context import Instant, elapsed


def flood(state: AlarmsState, now: Instant) -> int:
    """Return how many alarms were raised in ten minutes when they are more than ten, else 0."""
    count = sum(elapsed(now, at).seconds < FLOOD_S for at in state.raised)
    return count if count > FLOOD else 0


def chatters(alarm: Alarm, now: Instant) -> bool:
    """Tell whether one alarm has rung three times within the last minute."""
    return len(alarm.rings) >= CHATTER_RINGS and elapsed(now, alarm.rings[0]).seconds < CHATTER_S
