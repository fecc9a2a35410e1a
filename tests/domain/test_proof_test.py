"""The proof test of a detector: one alarm is the expected one; whatever else happens is real."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.suite_world import DETECTOR, DOOR, WAND, World, at_the_door, raised, ready

from mr_safety_console.domain import detectors, tally
from mr_safety_console.domain.bypass import BypassPoint
from mr_safety_console.domain.detectors import Condition, StartWalkTest, WalkTestEnded, WalkTestPassed
from mr_safety_console.domain.doors import AnnounceTransit, KeepDoor
from mr_safety_console.domain.visit_facts import CountStaff, EnterZoneIV


def under_test() -> World:
    world = ready()
    world.do(StartWalkTest(point=DETECTOR))
    return world


def test_the_result_its_age_and_the_tester_are_kept() -> None:
    """I4: also of a test that proved nothing, and after the proof has fallen."""
    world = under_test()
    world.observe(DETECTOR, Condition.DANGER)
    world.observe(DETECTOR, Condition.NORMAL)
    known = world.state.points.points[DETECTOR]
    assert (known.result, known.tester) == (detectors.PASSED, world.who("TE"))
    assert known.tested == known.proof
    world.observe(DETECTOR, Condition.UNKNOWN, "silent")
    assert world.state.points.points[DETECTOR].result == detectors.PASSED
    assert world.state.points.points[DETECTOR].proof is None
    world.observe(DETECTOR, Condition.NORMAL)
    world.sign_on("LO")
    world.do(StartWalkTest(point=DETECTOR))
    world.advance(21)
    known = world.state.points.points[DETECTOR]
    assert (known.result, known.tester, known.proof) == ("no-alarm", world.who("LO"), None)


@pytest.mark.parametrize(
    ("disturb", "reason"),
    [
        (lambda w: w.do(AnnounceTransit(visit="", inwards=False)), "transit"),
        (lambda w: w.do(CountStaff(staff_inside=1)), "count"),
        (lambda w: w.sign_off(), "tester-left"),
        (lambda w: w.observe(DOOR, Condition.DANGER), "door"),
        (lambda w: w.observe(WAND, Condition.DANGER), "other-point"),
        (lambda w: w.observe(WAND, Condition.UNKNOWN, "silent"), "other-point"),
    ],
)
def test_whatever_else_happens_ends_the_test_and_the_next_alarm_is_real(
    disturb: Callable[[World], object], reason: str
) -> None:
    """I9: a test relaxes nothing beyond the one alarm it expects."""
    world = under_test()
    disturb(world)
    assert [f.reason for f in world.facts(WalkTestEnded)] == [reason]
    assert world.state.points.points[DETECTOR].result == reason
    again = raised(world.observe(DETECTOR, Condition.DANGER))
    assert again in (["ferrous-approach"], ["ferrous-entry"], ["again"])


def test_a_second_alarm_within_the_window_is_real() -> None:
    """I9: the one that was expected has been."""
    world = under_test()
    world.observe(DETECTOR, Condition.DANGER)
    assert len(world.facts(WalkTestPassed)) == 3
    world.observe(DETECTOR, Condition.NORMAL)
    assert raised(world.observe(DETECTOR, Condition.DANGER)) == ["ferrous-approach"]


def test_an_entry_recorded_and_a_point_taken_out_end_the_test_too() -> None:
    world, visit = at_the_door()
    world.do(StartWalkTest(point=DETECTOR))
    world.do(EnterZoneIV(visit=visit, staff=1, anyway=True))
    assert [f.reason for f in world.facts(WalkTestEnded)] == ["count"]
    world = ready()
    world.do(KeepDoor())
    world.do(StartWalkTest(point=DETECTOR))
    asked = BypassPoint(point=WAND, reason="maintenance", guard=world.people["TE"], minutes=5)
    world.do(asked, "TE")
    assert [f.reason for f in world.facts(WalkTestEnded)] == ["out-of-service"]


def test_a_test_of_one_detector_needs_a_named_tester() -> None:
    world = ready()
    world.sign_off()
    assert world.refused(StartWalkTest(point=DETECTOR)) == "nobody-signed-on"


def test_openings_without_a_crossing_ways_in_and_detector_alarms_are_counted() -> None:
    world, visit = at_the_door()
    before = world.state.tally
    assert tally.per_hundred(before) is None
    world.go_in(visit)
    for _ in range(3):
        world.observe(DOOR, Condition.DANGER)
        world.observe(DOOR, Condition.NORMAL)
    counted = world.state.tally
    assert (counted.openings, counted.unexplained, counted.entries) == (4, 2, 1)
    world.observe(DETECTOR, Condition.DANGER, edges=1)
    world.observe(DETECTOR, Condition.DANGER, edges=1)
    assert world.state.tally.alarms == 2
    assert tally.per_hundred(world.state.tally) == 200
    assert counted.since is not None
