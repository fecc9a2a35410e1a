"""Alarms: three columns that never stand for one another, sound that rests once, figures that hold."""

from __future__ import annotations

import pytest
from support.suite_world import DETECTOR, DOOR, World, at_the_door, raised, ready

from mr_safety_console.domain import alarms
from mr_safety_console.domain.alarm_points import RULES, Priority
from mr_safety_console.domain.alarms import (
    AcknowledgeAlarm,
    AlarmClosed,
    AlarmUnanswered,
    DisposeAlarm,
    PauseSound,
)
from mr_safety_console.domain.detectors import Condition, StartWalkTest, WalkTestEnded, WalkTestPassed
from mr_safety_console.domain.emergency import OpenEmergency
from mr_safety_console.domain.lifecycle import StepClock
from mr_safety_console.domain.visit_facts import (
    EnterZoneIV,
    LeaveZoneIV,
    Leg,
    RecordDetectorPass,
    ReleaseHold,
    VisitHeld,
)


def iron() -> tuple[World, str, str]:
    world, visit = at_the_door()
    world.observe(DETECTOR, Condition.DANGER)
    return world, visit, world.alarm("ferrous-approach").id


@pytest.mark.parametrize("order", ["ack dispose over", "ack over dispose", "over ack dispose"])
def test_an_alarm_closes_when_all_three_have_happened(order: str) -> None:
    """I9: in whatever order, and never before the third."""
    world, _, alarm = iron()
    acts = {
        "ack": lambda: world.acknowledge(alarm),
        "dispose": lambda: world.dispose(alarm, "nuisance-door"),
        "over": lambda: world.observe(DETECTOR, Condition.NORMAL),
    }
    for name in order.split():
        assert alarm in world.state.alarms.open
        acts[name]()
    assert alarm not in world.state.alarms.open
    assert len(world.facts(AlarmClosed)) == 1


def test_iron_near_the_door_holds_whoever_came_out_when_nobody_else_is_about() -> None:
    """I9: somebody who goes back in is no stranger to iron; with another on the way in, that one is meant."""
    world, first = at_the_door()
    world.go_in(first)
    world.do(LeaveZoneIV(visit=first))
    world.observe(DOOR, Condition.NORMAL)
    world.observe(DETECTOR, Condition.DANGER)
    alarm = world.alarm("ferrous-approach").id
    assert world.visit(first).holds == (alarm,)
    world.acknowledge(alarm)
    world.dispose(alarm, "implant-suspected")
    world.observe(DETECTOR, Condition.NORMAL)
    assert world.refused(RecordDetectorPass(visit=first)) == "visit-held"


def test_what_was_said_of_an_approach_does_not_explain_the_same_iron_at_an_open_door() -> None:
    """I9: an alarm that worsens wants its own explanation, and holds again whoever was let go."""
    world, visit, alarm = iron()
    world.acknowledge(alarm)
    world.dispose(alarm, "nuisance-environment")
    assert world.visit(visit).holds == ()
    world.observe(DOOR, Condition.DANGER)
    assert world.alarm("ferrous-approach").disposition == ""
    assert world.visit(visit).holds == (alarm,)
    world.acknowledge(alarm)
    world.observe(DETECTOR, Condition.NORMAL)
    assert world.alarm("ferrous-approach").id == alarm
    world.dispose(alarm, "object-found")
    assert alarm not in world.state.alarms.open


def test_an_alarm_that_rang_for_a_second_person_holds_both_again_when_it_worsens() -> None:
    """I9: one alarm stands for a point; it is about everybody it rang for, not only the first."""
    world, first = at_the_door()
    world.observe(DETECTOR, Condition.DANGER)
    world.observe(DETECTOR, Condition.NORMAL)
    second = world.arrive("Quinn Example", "1980-01-01")
    world.to_the_detector(second)
    assert raised(world.observe(DETECTOR, Condition.DANGER)) == ["again"]
    alarm = world.alarm("ferrous-approach")
    assert alarm.visits == (first, second), "each once, in the order they came"
    world.dispose(alarm.id, "nuisance-environment")
    assert (world.visit(first).holds, world.visit(second).holds) == ((), ())
    world.observe(DOOR, Condition.DANGER)
    assert (world.visit(first).holds, world.visit(second).holds) == ((alarm.id,), (alarm.id,))


def test_a_pulse_and_then_no_word_is_no_passed_walk_test() -> None:
    """I9: one alarm is the expected one; a detector lost with it proves nothing, and the pulse is real."""
    world = ready()
    passed = len(world.facts(WalkTestPassed))
    world.do(StartWalkTest(point=DETECTOR))
    told = world.observe(DETECTOR, Condition.UNKNOWN, "silent", edges=1)
    assert len(world.facts(WalkTestPassed)) == passed
    assert WalkTestEnded(point=DETECTOR, reason="second-alarm") in told
    assert raised(told) == ["ferrous-approach", "detector-lost"]
    assert world.state.points.points[DETECTOR].proof is None


def test_nothing_is_disposed_of_unseen() -> None:
    """I9: a disposition needs an answer first, and one of this alarm's own words."""
    world, _, alarm = iron()
    asked = DisposeAlarm(alarm=alarm, disposition="nuisance-door")
    assert world.refused(asked) == "alarm-not-acknowledged"
    world.acknowledge(alarm)
    assert world.refused(DisposeAlarm(alarm=alarm, disposition="staff-crossing")) == "disposition-unknown"
    world.sign_off()
    assert world.refused(asked) == "nobody-signed-on"


def test_an_answer_is_for_the_instance_that_was_seen() -> None:
    world, _, alarm = iron()
    world.acknowledge(alarm)
    world.dispose(alarm, "nuisance-door")
    assert raised(world.observe(DETECTOR, Condition.DANGER, edges=1)) == ["again"]
    assert not world.alarm("ferrous-approach").answered
    assert world.alarm("ferrous-approach").disposition == ""
    assert world.refused(AcknowledgeAlarm(alarm=alarm, instance=1)) == "alarm-newer"
    world.do(AcknowledgeAlarm(alarm=alarm, instance=2))
    assert world.do(AcknowledgeAlarm(alarm=alarm, instance=2)) == ()


def test_anyone_may_rest_the_sound_once_for_thirty_seconds() -> None:
    """I9: the sound rests, the alarm does not; a second rest wants a name."""
    world, _, alarm = iron()
    world.sign_off()
    world.do(PauseSound())
    assert not alarms.sounding(world.alarm("ferrous-approach"), world.clock.now())
    world.advance(29.9)
    assert not alarms.sounding(world.alarm("ferrous-approach"), world.clock.now())
    world.advance(0.1)
    assert alarms.sounding(world.alarm("ferrous-approach"), world.clock.now())
    assert world.refused(PauseSound()) == "sound-paused-before"
    world.observe(DETECTOR, Condition.DANGER, edges=1)
    world.do(PauseSound())
    world.clock.reboot()
    assert alarms.sounding(world.state.alarms.open[alarm], world.clock.now())
    world.sign_on("LO")
    world.acknowledge(alarm)
    assert world.refused(PauseSound()) == "nothing-sounds"


def test_a_rest_of_the_sound_is_for_the_rings_that_were_seen() -> None:
    """I9: one that came since goes on sounding, and its one rest is not used up."""
    world, _, alarm = iron()
    seen = PauseSound(rings=(f"{alarm}/1",))
    world.observe(DOOR, Condition.UNKNOWN)
    sound = [a for a in world.state.alarms.open.values() if alarms.sounding(a, world.clock.now())]
    assert world.alarm("ferrous-approach").instance == 2
    assert len(sound) > 1
    assert world.refused(seen) == "alarm-newer"
    assert world.refused(PauseSound(rings=())) == "alarm-newer"
    for one in sound:
        assert [fact.alarm for fact in world.do(PauseSound(rings=(alarms.ring(one),)))] == [one.id]  # type: ignore[attr-defined]
    assert world.refused(PauseSound(rings=())) == "nothing-sounds"


def test_an_unanswered_alarm_speaks_up_at_fifteen_and_sixty_seconds_once_each() -> None:
    """I15: also after a sleep in which both fell due, and whatever the wall clock did."""
    world, _, _ = iron()
    world.clock.step_wall(-7200)
    fired = [f.after_s for f in world.advance(61) if isinstance(f, AlarmUnanswered)]
    assert fired == [15, 60]
    world, _, _ = iron()
    world.clock.advance(300)
    assert [f.after_s for f in world.tick() if isinstance(f, AlarmUnanswered)] == [15, 60]
    assert world.tick() == ()


def test_after_a_reboot_what_presses_goes_on_from_the_wall_clock() -> None:
    """I15: an alarm does not begin to wait anew because the machine did."""
    world, _, _ = iron()
    world.clock.reboot(20)
    assert [f.after_s for f in world.tick() if isinstance(f, AlarmUnanswered)] == [15]


@pytest.mark.parametrize("how", ["unknown", "implant-suspected", "body-worn-unremovable"])
def test_what_nobody_explained_holds_until_a_physician_decides(how: str) -> None:
    world, visit, alarm = iron()
    world.observe(DETECTOR, Condition.NORMAL)
    world.dispose(alarm, how)
    assert world.visit(visit).holds == (alarm,)
    assert world.refused(RecordDetectorPass(visit=visit)) == "visit-held"
    release = ReleaseHold(visit=visit, alarm=alarm)
    assert world.refused(release, "TE") == "role-missing"
    assert world.refused(ReleaseHold(visit=visit, alarm="other"), "RA") == "alarm-gone"
    world.do(release, "RA")
    assert world.visit(visit).holds == ()
    assert not world.visit(visit).stands(Leg.DETECTOR_PASS)


def test_an_explanation_taken_back_holds_again() -> None:
    world, visit, alarm = iron()
    world.dispose(alarm, "nuisance-door")
    assert world.visit(visit).holds == ()
    assert VisitHeld(visit=visit, alarm=alarm) in world.dispose(alarm, "implant-suspected")
    assert world.visit(visit).holds == (alarm,)


def test_the_first_alarm_is_the_one_to_look_at() -> None:
    world, _, _ = iron()
    world.observe(DOOR, Condition.UNKNOWN, "unplugged")
    world.acknowledge(world.alarm("door-lost").id)
    world.do(StepClock(delta_ms=90_000))
    order = [a.rule for a in alarms.ranked(world.state.alarms)]
    assert order == ["ferrous-approach", "door-lost", "clock-stepped"]
    numbers = [a.no for a in world.state.alarms.open.values()]
    assert sorted(set(numbers)) == sorted(numbers)


def test_iron_comes_before_whatever_else_is_high_though_it_is_over_in_a_second() -> None:
    """H2: an open door or a missing escort stays; somebody with iron walks on."""
    world = ready()
    world.observe(DOOR, Condition.DANGER)
    world.advance(20)
    world.observe(DETECTOR, Condition.DANGER)
    world.observe(DETECTOR, Condition.NORMAL)
    world.do(OpenEmergency())
    visit = world.arrive()
    world.do(EnterZoneIV(visit=visit))
    order = [(a.rule, a.present) for a in alarms.ranked(world.state.alarms)]
    assert order[:2] == [("ferrous-entry", False), ("door-unannounced", True)]
    world.acknowledge(world.alarm("ferrous-entry").id)
    assert alarms.ranked(world.state.alarms)[0].rule != "ferrous-entry"


def test_a_small_clock_step_is_kept_and_a_large_one_is_shown() -> None:
    """I15: no interval moves with it."""
    world = ready()
    assert raised(world.do(StepClock(delta_ms=59_999))) == []
    assert raised(world.do(StepClock(delta_ms=-60_000))) == ["clock-stepped"]
    assert world.alarm("clock-stepped").priority is Priority.LOW


def test_a_detector_alarm_cannot_be_technical_and_every_rule_can_be_disposed_of() -> None:
    """I9: an alarm nobody could dispose of would never close."""
    assert all(rule.dispositions for rule in RULES.values())
    assert not RULES["ferrous-entry"].technical
    assert not RULES["ferrous-approach"].momentary
