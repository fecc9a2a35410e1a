"""The proof test of a detector: one alarm is the expected one; whatever else happens is real."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.suite_world import DETECTOR, DOOR, WAND, World, at_the_door, raised, ready

from mr_safety_console.domain import detectors, suite, tally
from mr_safety_console.domain.alarm_points import Priority
from mr_safety_console.domain.alarms import Alarm
from mr_safety_console.domain.bypass import BypassPoint
from mr_safety_console.domain.context import NS
from mr_safety_console.domain.detectors import Condition, StartWalkTest, WalkTestEnded, WalkTestPassed
from mr_safety_console.domain.doors import AnnounceTransit, KeepDoor
from mr_safety_console.domain.visit_facts import CountStaff, EnterZoneIV


def iron(world: World) -> list[Alarm]:
    return [a for a in world.state.alarms.open.values() if a.rule.startswith("ferrous")]


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


def test_a_detector_still_in_danger_when_the_test_is_over_is_an_alarm_and_proves_nothing() -> None:
    """I9: a stuck relay, or the test piece left behind: explained for as long as the test and no longer."""
    world, visit = at_the_door()
    began = world.clock.bt
    world.do(StartWalkTest(point=DETECTOR))
    world.advance(2)
    world.observe(DETECTOR, Condition.DANGER)
    assert suite.next_due(world.state, world.clock.now()) == began + 20 * NS
    assert raised(world.advance(17)) == []
    told = world.advance(2)
    assert raised(told) == ["ferrous-approach"]
    assert [f.reason for f in told if isinstance(f, WalkTestEnded)] == ["stayed"]
    assert [a.present for a in iron(world)] == [True]
    assert world.visit(visit).holds == (iron(world)[0].id,)
    world.observe(DETECTOR, Condition.NORMAL)
    assert not detectors.proved(world.state.points, DETECTOR, world.ctx())
    assert world.state.points.points[DETECTOR].result == "stayed"
    assert [a.present for a in iron(world)] == [False]


def test_a_detector_that_lets_go_in_time_is_proved_and_is_asked_of_no_more() -> None:
    world = under_test()
    world.advance(19)
    world.observe(DETECTOR, Condition.DANGER)
    world.advance(3)
    world.observe(DETECTOR, Condition.NORMAL)
    world.advance(60)
    assert iron(world) == []
    assert detectors.proved(world.state.points, DETECTOR, world.ctx())
    world = under_test()
    for said in (Condition.DANGER, Condition.NORMAL, Condition.DANGER):
        world.observe(DETECTOR, said)
    assert raised(world.advance(30)) == [], "the second was an alarm by itself"
    assert detectors.proved(world.state.points, DETECTOR, world.ctx())


def test_a_second_alarm_that_stays_is_told_once_and_takes_the_proof() -> None:
    world = under_test()
    world.observe(DETECTOR, Condition.DANGER)
    world.observe(DETECTOR, Condition.DANGER, edges=1)
    assert len(iron(world)) == 1
    assert raised(world.advance(30)) == []
    assert not detectors.proved(world.state.points, DETECTOR, world.ctx())


def test_both_detectors_that_stay_are_told_and_a_test_under_way_beside_one_ends() -> None:
    world = under_test()
    world.observe(DETECTOR, Condition.DANGER)
    world.advance(10)
    world.do(StartWalkTest(point=WAND))
    told = world.advance(11)
    assert WalkTestEnded(point=WAND, reason="other-point") in told
    world = under_test()
    world.do(StartWalkTest(point=WAND))
    for name in (DETECTOR, WAND):
        world.live[name] = detectors.Level(name, Condition.DANGER, "", world.clock.bt)
        changed = detectors.PointChanged(
            point=name, was=Condition.NORMAL, now=Condition.DANGER, reason="", origin="LIVE"
        )
        world.keep(changed, world.ctx())
        world.keep(WalkTestPassed(point=name), world.ctx())
    assert raised(world.advance(21)) == ["ferrous-approach", "ferrous-approach"]
    assert sorted(a.point for a in iron(world)) == sorted((DETECTOR, WAND))


def test_a_reboot_does_not_leave_a_danger_explained() -> None:
    """I15: what is due on another boot's clock is due now."""
    world = under_test()
    world.observe(DETECTOR, Condition.DANGER)
    world.clock.reboot()
    world.hear()
    assert raised(world.tick()) == ["ferrous-approach"]


@pytest.mark.parametrize("door", [Condition.DANGER, Condition.UNKNOWN])
@pytest.mark.parametrize("announced", [True, False])
def test_a_test_explains_no_danger_behind_a_door_that_is_not_closed(door: Condition, announced: bool) -> None:
    """I9: with the door open nobody is testing; whatever is at the detector may be going in."""
    world, visit = at_the_door()
    world.do(CountStaff(staff_inside=1))
    world.do(StartWalkTest(point=DETECTOR))
    world.observe(DETECTOR, Condition.DANGER)
    if announced:
        world.do(AnnounceTransit(visit="", inwards=False))
    told = world.observe(DOOR, door)
    assert raised(told).count("ferrous-entry") == 1
    assert len(told) == len([fact for n, fact in enumerate(told) if fact not in told[:n]])
    assert [(a.point, a.priority, a.present) for a in iron(world)] == [(DETECTOR, Priority.HIGH, True)]
    assert world.visit(visit).holds == (iron(world)[0].id,)
    world.observe(DOOR, Condition.NORMAL)
    world.observe(DOOR, door)
    assert len(iron(world)) == 1, "it is told once"
    assert len({a.no for a in world.state.alarms.open.values()}) == len(world.state.alarms.open)
    assert "ferrous-approach" not in raised(world.advance(30))
    assert not detectors.proved(world.state.points, DETECTOR, world.ctx())


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
