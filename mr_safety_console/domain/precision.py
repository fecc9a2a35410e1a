"""How good a guess an alarm of a detector is here: what alarms were, and when the door may be what rang."""

from __future__ import annotations

from collections.abc import Mapping

from mr_safety_console.domain.crossings import LAST, CrossingsState, Rung
from mr_safety_console.domain.profile import PointKind, SiteProfile
from mr_safety_console.domain.value import frozen

DOOR_BEFORE_MS, DOOR_AFTER_MS = 2_000, 3_000
"""A door that moved so long before an alarm, or so soon after, may have been what rang."""

FOUND = frozenset({"object-found", "patient-worn", "staff-item", "body-worn-unremovable"})
"""Dispositions of an alarm behind which there was an object."""
CAUSES: Mapping[str, str] = {
    "patient-worn": "patient",
    "body-worn-unremovable": "patient",
    "implant-suspected": "patient",
    "staff-item": "staff",
    "nuisance-equipment": "equipment",
    "nuisance-door": "door",
    "nuisance-environment": "surroundings",
    "object-found": "object",
    "unknown": "unknown",
}
"""What each disposition of a detector alarm comes to."""


def suggests_door(rung: Rung, profile: SiteProfile) -> int | None:
    """Return by how many ms the watched door's movement came after an alarm, if it may be what rang.

    It suggests and decides nothing: the alarm wants its disposition and the person another pass.
    """
    point = profile.point(rung.point)
    if point is None:
        return None
    only = profile.of_kind(PointKind.DOOR, point.zone)
    door = point.door or (only[0].id if len(only) == 1 else "")
    moved_ms = rung.moves.get(door)
    if moved_ms is None or not -DOOR_BEFORE_MS <= moved_ms <= DOOR_AFTER_MS:
        return None
    return moved_ms


@frozen
class Precision:
    """What detector alarms were: how many of each cause since the record began, how many wait.

    `last` are the newest explained ones, at most twenty, `found` those of them with an object behind them.
    """

    causes: tuple[tuple[str, int], ...]
    waiting: int
    last: int
    found: int


def precision(state: CrossingsState) -> Precision:
    """Return how good a guess an alarm is here, from the ledger."""
    counted: dict[str, int] = {}
    for said, count in state.causes.items():
        cause = CAUSES.get(said, "unknown")
        counted[cause] = counted.get(cause, 0) + count
    order = tuple(dict.fromkeys(CAUSES.values()))
    told = [rung.said for rung in state.recent if rung.said]
    return Precision(
        causes=tuple((cause, counted[cause]) for cause in order if counted.get(cause)),
        waiting=sum(not rung.said for rung in state.recent),
        last=len(told[-LAST:]),
        found=sum(said in FOUND for said in told[-LAST:]),
    )
