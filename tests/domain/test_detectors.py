"""Readings: never better than what was heard, every alarm told once, walk tests that prove and end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.suite_world import DETECTOR, DOOR, DOOR_III, WAND, World, at_the_door, raised, ready, site

from mr_safety_console.domain import detectors
from mr_safety_console.domain.alarm_points import Priority
from mr_safety_console.domain.alarms import AlarmReturned
from mr_safety_console.domain.context import NS
from mr_safety_console.domain.detectors import (
    Condition,
    Level,
    NoteDevice,
    ObservePoint,
    PointChanged,
    StartWalkTest,
    WalkTestEnded,
    WalkTestPassed,
    believed,
)
from mr_safety_console.domain.doors import AnnounceTransit
from mr_safety_console.domain.visit_facts import LeaveZoneIV, Leg, RecordDetectorPass, VisitHeld

SILENCE_MS = 2500


def in_a_test() -> World:
    world = ready()
    world.do(StartWalkTest(point=DETECTOR))
    return world


@given(
    st.sampled_from(Condition),
    st.integers(min_value=0, max_value=10 * NS),
    st.integers(min_value=0, max_value=10 * NS),
)
def test_what_is_believed_is_never_better_than_what_was_heard(
    condition: Condition, heard: int, now: int
) -> None:
    """I3: silence, a word from the future and no word at all are UNKNOWN, never the last good one."""
    seen, reason = believed(Level("p", condition, "", heard), now, SILENCE_MS)
    fresh = 0 < heard <= now and now - heard < SILENCE_MS * 1_000_000
    assert seen is (condition if fresh else Condition.UNKNOWN)
    assert reason or fresh or condition is Condition.UNKNOWN


def test_a_point_nobody_heard_is_unknown() -> None:
    """I3: no level at all is UNKNOWN."""
    assert believed(None, NS, SILENCE_MS) == (Condition.UNKNOWN, "never heard")


def test_a_point_the_site_does_not_have_says_nothing() -> None:
    world = ready()
    assert world.do(ObservePoint(point="door-iX", condition=Condition.NORMAL, reason="")) == ()


def test_only_a_change_is_a_fact() -> None:
    world = ready()
    assert world.observe(DETECTOR, Condition.NORMAL) == ()
    (changed, *_) = world.observe(DETECTOR, Condition.UNKNOWN, "silent")
    assert changed == PointChanged(
        point=DETECTOR,
        was=Condition.NORMAL,
        now=Condition.UNKNOWN,
        reason="silent",
        origin="LIVE",
    )


@pytest.mark.parametrize(
    ("door", "transit", "rule", "priority"),
    [
        (Condition.NORMAL, None, "ferrous-approach", Priority.MEDIUM),
        (Condition.NORMAL, False, "ferrous-approach", Priority.MEDIUM),
        (Condition.NORMAL, True, "ferrous-entry", Priority.HIGH),
        (Condition.DANGER, None, "ferrous-entry", Priority.HIGH),
        (Condition.UNKNOWN, None, "ferrous-entry", Priority.HIGH),
    ],
)
def test_iron_is_high_unless_the_door_is_proved_closed_and_nobody_goes_in(
    door: Condition, transit: bool | None, rule: str, priority: Priority
) -> None:
    world, visit = at_the_door()
    if transit is not None:
        world.do(AnnounceTransit(visit=visit if transit else "", inwards=transit))
    world.observe(DOOR, door)
    assert raised(world.observe(DETECTOR, Condition.DANGER)) == [rule]
    assert world.alarm(rule).priority is priority


def test_a_door_contact_gone_silent_no_longer_proves_the_door() -> None:
    """I3: the last `closed` is worth nothing once the contact has stopped speaking."""
    world = ready()
    world.silence(DOOR)
    world.clock.advance(3)
    assert raised(world.observe(DETECTOR, Condition.DANGER)) == ["ferrous-entry"]


@pytest.mark.parametrize("now", [Condition.DANGER, Condition.UNKNOWN])
def test_iron_near_the_door_becomes_high_when_the_door_is_no_longer_closed(now: Condition) -> None:
    world = ready()
    world.observe(DETECTOR, Condition.DANGER)
    assert world.alarm("ferrous-approach").priority is Priority.MEDIUM
    world.acknowledge(world.alarm("ferrous-approach").id)
    world.observe(DOOR, now)
    alarm = world.alarm("ferrous-approach")
    assert (alarm.priority, alarm.answered) == (Priority.HIGH, False)


@pytest.mark.parametrize("now", [Condition.DANGER, Condition.UNKNOWN])
@pytest.mark.parametrize(
    ("answered", "later_s", "rises"), [(False, 30, True), (True, 2, True), (True, 4, False)]
)
def test_a_pulse_just_now_or_unanswered_becomes_high_when_the_door_opens(
    now: Condition, answered: bool, later_s: int, rises: bool
) -> None:
    """I9: the detector lets go of iron that is carried on, and the carrier is at the door."""
    world = ready()
    world.observe(DETECTOR, Condition.DANGER)
    world.observe(DETECTOR, Condition.NORMAL)
    if answered:
        world.acknowledge(world.alarm("ferrous-approach").id)
    world.advance(later_s)
    world.observe(DOOR, now)
    alarm = world.alarm("ferrous-approach")
    assert (alarm.priority is Priority.HIGH, alarm.answered) == (rises, answered and not rises)
    assert not alarm.present, "the detector reads normal: it may be closed once it is answered"
    world.dispose(alarm.id, "object-found")
    assert alarm.id not in world.state.alarms.open


def test_a_pulse_between_two_readings_is_an_alarm_that_is_over() -> None:
    world, visit = at_the_door()
    facts = world.observe(DETECTOR, Condition.NORMAL, edges=1)
    assert raised(facts) == ["ferrous-approach"]
    alarm = world.alarm("ferrous-approach")
    assert not alarm.present
    assert world.visit(visit).holds == (alarm.id,)
    assert not world.visit(visit).stands(Leg.DETECTOR_PASS)


def test_a_pulse_also_ends_what_else_was_present() -> None:
    world, visit = at_the_door()
    world.observe(DETECTOR, Condition.DANGER)
    world.observe(DOOR, Condition.DANGER)
    facts = world.observe(DETECTOR, Condition.NORMAL, edges=1)
    assert raised(facts) == ["ferrous-entry"]
    assert not [a for a in world.state.alarms.open.values() if a.rule.startswith("ferrous") and a.present]
    assert len([f for f in facts if isinstance(f, AlarmReturned)]) == 2
    assert len(world.visit(visit).holds) == 2


def test_a_pulse_then_silence_is_both_an_alarm_and_a_loss() -> None:
    """I3: a detector that alarmed and then died has not returned to normal."""
    world, visit = at_the_door()
    facts = world.observe(DETECTOR, Condition.UNKNOWN, "unplugged", edges=1)
    assert raised(facts) == ["ferrous-approach", "detector-lost"]
    numbers = [alarm.no for alarm in world.state.alarms.open.values()]
    assert len(set(numbers)) == len(numbers) == 2
    assert world.alarm("ferrous-approach").present
    assert not world.visit(visit).stands(Leg.DETECTOR_PASS)


def test_a_loss_takes_every_pass_and_matters_more_while_somebody_crosses() -> None:
    """I12: a detector lost tightens; found again it loosens nothing."""
    world, visit = at_the_door()
    assert raised(world.observe(WAND, Condition.UNKNOWN, "unplugged")) == ["detector-lost"]
    assert not world.visit(visit).stands(Leg.DETECTOR_PASS)
    assert world.alarm("detector-lost").priority is Priority.MEDIUM
    world.do(AnnounceTransit(inwards=False))
    assert world.alarm("detector-lost").priority is Priority.HIGH
    assert raised(world.observe(DETECTOR, Condition.UNKNOWN, "unplugged")) == ["detector-lost-in-transit"]
    world.observe(WAND, Condition.NORMAL)
    assert not world.visit(visit).stands(Leg.DETECTOR_PASS)
    assert not world.alarm("detector-lost").present


def test_a_point_not_heard_since_a_start_is_a_lost_one_and_a_start_alone_is_not() -> None:
    """I3: a portal that was never plugged in is told of like one that was pulled out, once."""
    world = World()
    assert raised(world.start()) == []
    assert raised(world.observe(DETECTOR, Condition.UNKNOWN, "never-heard")) == ["detector-lost"]
    assert raised(world.observe(DOOR, Condition.UNKNOWN, "never-heard")) == ["door-lost"]
    assert raised(world.observe(DOOR, Condition.UNKNOWN, "never-heard")) == []
    assert world.observe(DOOR, Condition.NORMAL)
    assert raised(world.start()) == ["restarted"], "one alarm for all points"
    assert raised(world.observe(DOOR, Condition.NORMAL)) == []


def test_whom_an_alarm_holds() -> None:
    """The one announced inwards; with nobody announced, everybody on the way in."""
    world, first = at_the_door()
    second = world.arrive("Sam Example")
    world.to_the_detector(second)
    third = world.arrive("Kim Example")
    world.do(AnnounceTransit(visit=first))
    held = [f.visit for f in world.observe(DETECTOR, Condition.DANGER) if isinstance(f, VisitHeld)]
    assert held == [first]
    world.observe(DETECTOR, Condition.NORMAL)
    world.do(AnnounceTransit(inwards=False))
    held = [f.visit for f in world.observe(WAND, Condition.DANGER) if isinstance(f, VisitHeld)]
    assert set(held) == {first, second}
    assert world.visit(third).holds == ()


def test_somebody_on_the_way_back_in_is_held_too() -> None:
    world, visit = at_the_door()
    world.go_in(visit)
    world.do(LeaveZoneIV(visit=visit))
    world.do(RecordDetectorPass(visit=visit))
    world.observe(DETECTOR, Condition.NORMAL, edges=1)
    assert world.visit(visit).holds
    assert not world.visit(visit).stands(Leg.DETECTOR_PASS)


@pytest.mark.parametrize(
    "unfit",
    [
        "alarm",
        "unknown",
        "silent",
        "open alarm",
        "never tested",
        "tested last shift",
        "held",
        "no belongings",
    ],
)
def test_a_pass_needs_a_detector_that_was_watched_throughout(unfit: str) -> None:
    """I12: a pass is a person's act, on a detector that speaks, was proved, and raised nothing."""
    world = ready()
    visit = world.arrive()
    if unfit == "no belongings":
        assert world.refused(RecordDetectorPass(visit=visit)) == "leg-missing"
        return
    world.to_the_detector(visit)
    rule = "visit-held"
    if unfit in ("alarm", "held"):
        world.observe(DETECTOR, Condition.DANGER)
        if unfit == "alarm":
            world.dispose(world.alarm("ferrous-approach").id, "nuisance-door")
            rule = "detector-in-alarm"
    elif unfit == "unknown":
        world.observe(WAND, Condition.UNKNOWN, "unplugged")
        rule = "detector-unknown"
    elif unfit == "silent":
        world.clock.advance(3)
        rule = "detector-unknown"
    elif unfit == "never tested":
        world.observe(WAND, Condition.UNKNOWN, "unplugged")
        world.observe(WAND, Condition.NORMAL)
        rule = "detector-unproved"
    elif unfit == "tested last shift":
        world.advance(12 * 3600 + 1)
        rule = "detector-unproved"
    else:
        world.observe(DETECTOR, Condition.NORMAL, edges=1)
    assert world.refused(RecordDetectorPass(visit=visit)) == rule


def test_a_walk_test_is_proof_when_the_alarm_comes_and_only_then() -> None:
    world = in_a_test()
    facts = world.observe(DETECTOR, Condition.DANGER)
    assert facts[1:] == (WalkTestPassed(point=DETECTOR),)
    assert world.state.alarms.open == {}
    world = in_a_test()
    assert world.advance(20) == [WalkTestEnded(point=DETECTOR, reason="no-alarm")]


@pytest.mark.parametrize("way", ["second", "two at once", "other detector", "door", "zone III door", "lost"])
def test_whatever_else_happens_in_a_walk_test_is_real(way: str) -> None:
    world = in_a_test()
    if way == "second":
        world.observe(DETECTOR, Condition.DANGER)
        world.observe(DETECTOR, Condition.NORMAL)
        assert raised(world.observe(DETECTOR, Condition.DANGER)) == ["ferrous-approach"]
        return
    if way == "two at once":
        facts = world.observe(DETECTOR, Condition.NORMAL, edges=2)
        assert raised(facts) == ["ferrous-approach"]
        assert WalkTestEnded(point=DETECTOR, reason="second-alarm") in facts
        return
    point = {"other detector": WAND, "door": DOOR, "zone III door": DOOR_III, "lost": WAND}[way]
    facts = world.observe(point, Condition.UNKNOWN if way == "lost" else Condition.DANGER)
    reason = "door" if "door" in way else "other-point"
    assert WalkTestEnded(point=DETECTOR, reason=reason) in facts
    assert raised(world.observe(DETECTOR, Condition.DANGER))


def test_a_walk_test_begins_only_with_the_door_closed_and_nobody_crossing() -> None:
    world = ready()
    assert world.refused(StartWalkTest(point=DOOR)) == "no-such-detector"
    world.do(AnnounceTransit())
    assert world.refused(StartWalkTest(point=DETECTOR)) == "walk-test-transit"
    world.advance(60)
    world.observe(WAND, Condition.UNKNOWN, "unplugged")
    assert world.refused(StartWalkTest(point=WAND)) == "detector-not-normal"
    world.observe(DOOR, Condition.DANGER)
    assert world.refused(StartWalkTest(point=DETECTOR)) == "walk-test-door"
    world.sign_off()
    assert world.refused(StartWalkTest(point=DETECTOR)) == "nobody-signed-on"


def test_a_reboot_ends_a_walk_test_and_every_proof() -> None:
    """I15: a test due on another boot's clock is over, and proves nothing."""
    world = in_a_test()
    world.clock.reboot()
    world.hear()
    assert not detectors.testing(world.state.points, DETECTOR, world.clock.now())
    assert WalkTestEnded(point=DETECTOR, reason="no-alarm") in world.tick()
    assert not detectors.proved(world.state.points, WAND, world.ctx())


def test_another_identity_on_the_line_is_an_alarm_and_other_notes_are_kept() -> None:
    world = ready()
    facts = world.do(NoteDevice(port="portal", what="wrong-identity", text="FMD02"))
    assert raised(facts) == ["device-identity"]
    assert raised(world.do(NoteDevice(port="portal", what="gap", text="3 lost", count=3))) == []


def test_the_points_of_a_port() -> None:
    assert [point.id for point in detectors.points_of(site(), "portal")] == [DETECTOR, WAND]
