"""The watch over one door: what it is just now, by the record and its live level, and who stands at it.

A contact tells closed or not closed. Whether a closed door is locked nobody knows from here.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from mr_safety_console.domain import doors, roster
from mr_safety_console.domain.alarm_points import DOOR_HELD_S, DOOR_KEPT_S, ZONE_III_OPEN_S
from mr_safety_console.domain.context import Instant, elapsed
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import Transit
from mr_safety_console.domain.profile import Point
from mr_safety_console.domain.value import frozen

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState


class Watch(StrEnum):
    """What a door is. `OPEN` is a door into Zone III, which nobody announces; `UNKNOWN` also a fault."""

    CLOSED = "closed"
    ANNOUNCED = "announced"
    KEPT = "kept"
    OPEN = "open"
    HELD = "held"
    UNATTENDED = "unattended"
    SCAN = "scan"
    FORCED = "forced"
    UNKNOWN = "unknown"


@frozen
class DoorWatch:
    """What a door is, for which crossing, and under whose eyes (the id of a member of staff)."""

    watch: Watch
    transit: Transit | None = None
    keeper: str = ""


def watch(state: SuiteState, point: Point, condition: Condition, now: Instant) -> DoorWatch:
    """Return what a door is now; `condition` is what may be believed of its contact at this instant."""
    if condition is Condition.UNKNOWN:
        return DoorWatch(Watch.UNKNOWN)
    if condition is Condition.NORMAL:
        return DoorWatch(Watch.CLOSED)
    return _magnet_room(state, now) if point.zone == "IV" else DoorWatch(_zone_iii(state, point, now))


def _magnet_room(state: SuiteState, now: Instant) -> DoorWatch:
    known, keeper = state.doors, doors.kept(state.doors, now)
    name = keeper.person if keeper else ""
    if state.visits.scan_presumed:
        return DoorWatch(Watch.SCAN, doors.excusing(known, now), name)
    if known.open_forced or roster.unrostered(state):
        return DoorWatch(Watch.FORCED, keeper=name)
    announced = doors.excusing(known, now)
    if announced is None and known.open_announced:
        announced = known.transit or known.crossed
    if known.open_announced and _stood(known.open_since, now, DOOR_HELD_S):
        return DoorWatch(Watch.HELD, announced, name)
    if announced is not None:
        return DoorWatch(Watch.ANNOUNCED, announced, name)
    # In an emergency nobody's eyes count, as for the alarm.
    if keeper is None or state.emergency.current is not None:
        return DoorWatch(Watch.UNATTENDED, keeper=name)
    late = known.open_kept and _stood(known.open_since, now, DOOR_KEPT_S)
    return DoorWatch(Watch.HELD if late else Watch.KEPT, keeper=name)


def _zone_iii(state: SuiteState, point: Point, now: Instant) -> Watch:
    if point.id in state.doors.others_forced or roster.unrostered(state):
        return Watch.FORCED
    return Watch.HELD if _stood(state.doors.others.get(point.id), now, ZONE_III_OPEN_S) else Watch.OPEN


def _stood(since: Instant | None, now: Instant, after_s: int) -> bool:
    """Tell whether a door has stood open for so long; across a reboot it has."""
    return since is not None and (since.boot != now.boot or elapsed(now, since).seconds >= after_s)
