"""The proof test of a detector ends as soon as anything about the door is not as it was at its start."""

from __future__ import annotations

from mr_safety_console.domain.bypass import PointBypassed
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import Instant
from mr_safety_console.domain.detectors import (
    PointsState,
    WalkTestEnded,
    WalkTestPassed,
    WalkTestStarted,
    end_tests,
)
from mr_safety_console.domain.doors import TransitAnnounced
from mr_safety_console.domain.staff import SignedOff
from mr_safety_console.domain.visit_facts import HeadsDiffer, StaffCounted, ZoneIVEntered, ZoneIVLeft

ENDED_BY: dict[type[Fact], str] = {
    TransitAnnounced: "transit",
    ZoneIVEntered: "count",
    ZoneIVLeft: "count",
    StaffCounted: "count",
    HeadsDiffer: "count",
    SignedOff: "tester-left",
    PointBypassed: "out-of-service",
}
_TOLD = WalkTestEnded | WalkTestPassed | WalkTestStarted


def disturbed(state: PointsState, facts: tuple[Fact, ...], now: Instant) -> tuple[Fact, ...]:
    """Return the end of every test under way if one of these facts means that it proves nothing."""
    reasons = [ENDED_BY[type(fact)] for fact in facts if type(fact) in ENDED_BY]
    if not reasons or any(isinstance(fact, _TOLD) for fact in facts):
        return ()
    return end_tests(state, now, reasons[0])
