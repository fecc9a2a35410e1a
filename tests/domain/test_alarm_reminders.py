"""What was acknowledged and goes on is told of again, softly and for ever, until it is over or explained."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.clocks import HandClock
from support.suite_world import DETECTOR, DOOR, World, at_the_door, ready, site

from mr_safety_console.domain import alarm_reminder, alarms, sound, suite
from mr_safety_console.domain.alarm_facts import AlarmsReminded, ShelveAlarm, UnshelveAlarm
from mr_safety_console.domain.alarm_points import OF_THE_CONSOLE, REMINDER_S, RULES, AlarmRule, Priority
from mr_safety_console.domain.alarms import Alarm, AlarmAcknowledged, AlarmRepeated
from mr_safety_console.domain.context import NS, Who
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import AnnounceTransit, KeepDoor
from mr_safety_console.domain.profile import ProfileError
from mr_safety_console.domain.sound import Tone


def lost_door(world: World | None = None) -> tuple[World, str]:
    """Return a suite whose lost door contact somebody answers for: High, and it goes on."""
    world = world or ready()
    world.observe(DOOR, Condition.UNKNOWN, "unplugged")
    alarm = world.alarm("door-lost").id
    world.acknowledge(alarm)
    return world, alarm


def reminders(world: World) -> list[tuple[float, tuple[str, ...]]]:
    """Return when each reminder came, in whole seconds before now, and what it told of."""
    now = world.clock.bt
    told = [entry for entry in world.entries if isinstance(entry.fact, AlarmsReminded)]
    return [((now - one.at.bt) // NS, one.fact.alarms) for one in told]


def test_an_answer_never_makes_what_goes_on_silent_for_ever() -> None:
    """I9: every two minutes, as long as it lasts; the record keeps each."""
    world, alarm = lost_door()
    world.advance(119)
    assert reminders(world) == []
    world.advance(1)
    assert reminders(world) == [(0, (alarm,))]
    assert sound.tone(world.alarm("door-lost"), world.clock.now()) is Tone.REMINDER
    assert not alarms.sounding(world.alarm("door-lost"), world.clock.now())
    world.advance(10)
    assert sound.tone(world.alarm("door-lost"), world.clock.now()) is None
    world.advance(3589)
    assert len(reminders(world)) == 30
    assert not world.facts(AlarmRepeated)
    assert world.alarm("door-lost").answered


def test_a_new_answer_begins_the_wait_anew() -> None:
    """What was told of the ring before says nothing of this one."""
    world, alarm = lost_door()
    world.advance(220)
    world.observe(DOOR, Condition.NORMAL)
    world.observe(DOOR, Condition.UNKNOWN, "unplugged")
    world.acknowledge(alarm)
    world.advance(119)
    assert len(reminders(world)) == 1
    world.advance(1)
    assert len(reminders(world)) == 2


def test_words_end_no_reminder_of_a_high_alarm_that_is_still_there() -> None:
    """I9: said to be a loose cable, the contact is still unknown; only its return ends the reminders."""
    world, alarm = lost_door()
    world.advance(120)
    world.dispose(alarm, "cable-or-power")
    assert sound.tone(world.alarm("door-lost"), world.clock.now()) is sound.Tone.REMINDER
    assert AlarmsReminded(alarms=(alarm,)) in world.advance(121)
    world.observe(DOOR, Condition.NORMAL)
    world.observe(DOOR, Condition.NORMAL)
    assert not [fact for fact in world.advance(121) if isinstance(fact, AlarmsReminded)]


def test_no_word_quiets_the_magnet_rooms_door_while_it_stands_open() -> None:
    """I9: held open in a transit or kept by a person, only closing it ends the reminders."""
    world, visit = at_the_door()
    world.do(AnnounceTransit(visit=visit))
    world.observe(DOOR, Condition.DANGER)
    world.advance(70)
    alarm = world.alarm("door-held-open")
    assert alarm.priority is Priority.HIGH
    world.acknowledge(alarm.id)
    world.dispose(alarm.id, "staff-crossing")
    world.advance(240)
    assert [told for _, told in reminders(world)] == [(alarm.id,)] * 2
    world.observe(DOOR, Condition.NORMAL)
    world.advance(240)
    assert len(reminders(world)) == 2


def test_a_door_kept_open_is_told_of_again_but_not_while_it_is_put_aside() -> None:
    world = ready()
    world.do(KeepDoor())
    world.observe(DOOR, Condition.DANGER)
    world.advance(61)
    alarm = world.alarm("door-kept-open").id
    world.acknowledge(alarm)
    world.do(ShelveAlarm(alarm=alarm, instance=1, minutes=10, reason="cause-known"))
    world.advance(300)
    assert reminders(world) == []
    world.do(UnshelveAlarm(alarm=alarm))
    world.advance(1)
    assert [told for _, told in reminders(world)] == [(alarm,)]


def test_one_reminder_tells_of_everything_that_goes_on() -> None:
    world, door = lost_door()
    world.advance(60)
    world.observe(DETECTOR, Condition.DANGER)
    iron = world.alarm("ferrous-entry").id
    world.acknowledge(iron)
    world.advance(180)
    assert reminders(world) == [(120, (door, iron)), (0, (door, iron))]


def test_equipment_of_medium_priority_is_not_told_of_again() -> None:
    """An alarm that is rare enough is believed: a lost detector says UNKNOWN on every screen."""
    world = ready()
    world.observe(DETECTOR, Condition.UNKNOWN, "unplugged")
    world.acknowledge(world.alarm("detector-lost").id)
    world.advance(600)
    assert reminders(world) == []


def test_an_alarm_that_rings_anew_is_not_told_of_as_well() -> None:
    world = ready()
    world.observe(DOOR, Condition.DANGER)
    world.advance(16)
    for _ in range(5):
        world.acknowledge(world.alarm("door-unannounced").id)
        world.advance(31)
    assert len(world.facts(AlarmRepeated)) == 5
    assert reminders(world) == []


@pytest.mark.parametrize("every_s", [30, 90])
def test_a_site_may_have_it_sooner_and_the_record_keeps_how_soon(every_s: int) -> None:
    world = ready()
    world.profile = site(limits={"alarm_reminder_s": every_s})
    world, alarm = lost_door(world)
    assert world.facts(AlarmAcknowledged)[-1].remind_s == every_s
    world.profile = site()
    world.advance(every_s)
    assert reminders(world) == [(0, (alarm,))]


def test_no_site_may_have_it_later() -> None:
    with pytest.raises(ProfileError, match="alarm_reminder_s"):
        site(limits={"alarm_reminder_s": REMINDER_S + 1})


def test_a_reboot_does_not_begin_the_wait_anew_and_a_moved_clock_changes_nothing() -> None:
    """I15: the boot clock counts, and the wall clock across a reboot."""
    world, _ = lost_door()
    world.advance(100)
    world.clock.step_wall(-7200)
    world.advance(20)
    assert len(reminders(world)) == 1
    world.advance(60)
    world.clock.reboot(60)
    assert any(isinstance(fact, AlarmsReminded) for fact in world.tick())


def test_the_engine_wakes_for_a_reminder() -> None:
    world, _ = lost_door()
    due = suite.next_due(world.state, world.clock.now())
    assert due == world.clock.bt + REMINDER_S * NS


def answered(rule: str, **changes: object) -> Alarm:
    now = HandClock().now()
    known = Alarm(
        id="a",
        no=1,
        rule=rule,
        point=DOOR,
        priority=Priority.HIGH,
        since=now,
        rang=now,
        acknowledged=Who("x", "L2"),
        answered_at=now,
    )
    return replace(known, **changes)


def test_an_answer_recorded_before_there_were_reminders_is_reminded_of_as_a_site_without_a_number() -> None:
    assert alarm_reminder.left_s(answered("door-lost"), HandClock().now()) == REMINDER_S


@pytest.mark.parametrize("rule", [rule for rule in RULES.values() if not rule.momentary])
def test_no_high_alarm_that_can_last_is_without_a_reminder_or_a_new_ring(rule: AlarmRule) -> None:
    """I9: by the table, so that a rule added later is not forgotten."""
    if 0 < rule.repeats_s <= REMINDER_S:
        return
    assert alarm_reminder.stands(answered(rule.rule), HandClock().now())
    explained = answered(rule.rule, disposition=rule.dispositions[0])
    assert alarm_reminder.stands(explained, HandClock().now()) is (rule.rule not in OF_THE_CONSOLE)


@pytest.mark.parametrize("rule", ["kit-inside", "entered-uncleared", "entered-in-emergency"])
def test_what_happened_once_goes_on_until_somebody_says_what_it_was(rule: str) -> None:
    """I9: kit that was counted inside is there until somebody says otherwise."""
    now = HandClock().now()
    assert RULES[rule].momentary
    assert alarm_reminder.stands(answered(rule, present=False), now)
    assert not alarm_reminder.stands(answered(rule, present=False, disposition="unknown"), now)
    assert not alarm_reminder.stands(answered("decision-failed", present=False), now)
