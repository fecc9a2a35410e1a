"""Failures other alarm consoles are known for, each as a test of this one."""

from __future__ import annotations

from support.suite_world import DETECTOR, DOOR, at_the_door, raised, ready

from mr_safety_console.domain import alarms, sound
from mr_safety_console.domain.alarm_points import Priority
from mr_safety_console.domain.alarms import AcknowledgeAlarm, AlarmAcknowledged, PauseSound
from mr_safety_console.domain.codec import command_kinds
from mr_safety_console.domain.detectors import Condition


def test_acknowledging_a_disconnected_alarm_hid_the_real_one() -> None:
    """I9: lost and in alarm are two alarms of one point; an answer to one leaves the other waiting."""
    world, _ = at_the_door()
    world.observe(DETECTOR, Condition.DANGER)
    world.observe(DETECTOR, Condition.UNKNOWN, "unplugged")
    world.acknowledge(world.alarm("detector-lost").id)
    real = world.alarm("ferrous-approach")
    assert (real.present, real.answered) == (True, False)
    assert alarms.sounding(real, world.clock.now())
    world.observe(DETECTOR, Condition.DANGER)
    assert world.alarm("ferrous-approach").instance == 2
    assert not world.alarm("ferrous-approach").answered


def test_acknowledgement_was_lost_at_restart() -> None:
    """I9: what was over and answered stays answered, by the same person; the record keeps every answer."""
    world, _ = at_the_door()
    world.observe(DETECTOR, Condition.DANGER)
    alarm = world.alarm("ferrous-approach").id
    world.acknowledge(alarm)
    world.observe(DETECTOR, Condition.NORMAL)
    world.start()
    known = world.state.alarms.open[alarm]
    assert known.acknowledged == world.who("TE")
    assert not known.unproven
    assert not alarms.sounding(known, world.clock.now())
    world.sign_on("TE")
    world.dispose(alarm, "nuisance-door")
    assert alarm not in world.state.alarms.open


def test_an_answer_from_before_a_restart_does_not_stand_for_what_nobody_watched() -> None:
    """I9: present at the restart, it wants a new answer; the old one is in the record."""
    world = ready()
    world.observe(DOOR, Condition.UNKNOWN, "unplugged")
    alarm = world.alarm("door-lost").id
    world.acknowledge(alarm)
    world.start()
    assert not world.state.alarms.open[alarm].answered
    assert alarms.sounding(world.state.alarms.open[alarm], world.clock.now())
    assert (alarm, 1) in {(told.alarm, told.instance) for told in world.facts(AlarmAcknowledged)}


def test_a_silence_stayed_for_ever() -> None:
    """I9: every silence ends by itself, and a new instance never inherits one."""
    world = ready()
    world.observe(DOOR, Condition.UNKNOWN, "unplugged")
    alarm = world.alarm("door-lost").id
    world.do(PauseSound())
    assert not sound.rings(world.state.alarms, world.clock.now())
    world.advance(31)
    assert (alarm, 1) in sound.rings(world.state.alarms, world.clock.now())
    world.acknowledge(alarm)
    world.observe(DOOR, Condition.NORMAL)
    world.observe(DOOR, Condition.UNKNOWN, "unplugged")
    assert (alarm, 2) in sound.rings(world.state.alarms, world.clock.now())


def test_an_alarm_that_came_again_did_not_sound_again() -> None:
    """I9: acknowledged, and back: a new instance sounds at once, and wants its own answer."""
    world, _ = at_the_door()
    world.observe(DETECTOR, Condition.DANGER)
    alarm = world.alarm("ferrous-approach").id
    world.acknowledge(alarm)
    world.observe(DETECTOR, Condition.NORMAL)
    assert not sound.rings(world.state.alarms, world.clock.now())
    assert raised(world.observe(DETECTOR, Condition.DANGER)) == ["again"]
    assert set(sound.rings(world.state.alarms, world.clock.now())) == {(alarm, 2)}


def test_nobody_could_say_who_acknowledged() -> None:
    """I9: name, role and moment stand with the alarm and in the record; nobody answers unnamed."""
    world = ready()
    world.observe(DOOR, Condition.UNKNOWN, "unplugged")
    alarm = world.alarm("door-lost").id
    world.sign_off()
    assert world.refused(AcknowledgeAlarm(alarm=alarm, instance=1)) == "nobody-signed-on"
    world.sign_on("LO")
    world.acknowledge(alarm)
    known = world.state.alarms.open[alarm]
    assert (known.acknowledged, known.answered_at) == (world.who("LO"), world.clock.now())
    entry = next(e for e in reversed(world.entries) if isinstance(e.fact, AlarmAcknowledged))
    assert entry.by == (world.who("LO"),)


def test_alarms_were_switched_off_or_answered_all_at_once() -> None:
    """I9: one command answers one instance of one alarm, and no command answers or ends them all."""
    named = {kind: cls for kind, cls in command_kinds().items() if "alarm" in kind or "sound" in kind}
    assert {"acknowledge-alarm", "put-alarm-aside", "pause-sound"} <= set(named)
    assert not [kind for kind in named if "all" in kind.split("-") or "off" in kind.split("-")]
    world = ready()
    world.observe(DOOR, Condition.UNKNOWN, "unplugged")
    world.observe(DETECTOR, Condition.DANGER)
    world.acknowledge(world.alarm("door-lost").id)
    waiting = [a.rule for a in world.state.alarms.open.values() if not a.answered]
    assert waiting == ["ferrous-entry"]
    assert world.alarm("ferrous-entry").priority is Priority.HIGH
