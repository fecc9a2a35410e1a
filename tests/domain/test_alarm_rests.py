"""What rests an alarm ends by itself, and never touches what must not rest."""

from __future__ import annotations

import pytest
from support.suite_world import DETECTOR, DOOR, DOOR_III, WAND, World, at_the_door, raised, ready

from mr_safety_console.domain import alarm_design, alarm_fold, alarm_load, alarms, sound
from mr_safety_console.domain.alarm_facts import (
    AlarmShelved,
    AlarmUnproven,
    AlarmUnshelved,
    ShelveAlarm,
    SoundPauseEnded,
    UnshelveAlarm,
)
from mr_safety_console.domain.alarm_points import RULES, UNSHELVABLE, Priority
from mr_safety_console.domain.alarms import (
    AlarmRaised,
    AlarmRepeated,
    AlarmsState,
    AlarmUnanswered,
    AlarmWorsened,
    PauseSound,
)
from mr_safety_console.domain.bypass import BypassPoint
from mr_safety_console.domain.codec import Entry, Fact, decode, encode
from mr_safety_console.domain.context import NS
from mr_safety_console.domain.detectors import Condition, NoteDevice
from mr_safety_console.domain.doors import AnnounceTransit, KeepDoor
from mr_safety_console.domain.sound import ReportSound
from mr_safety_console.domain.suite import SuiteState


def kept_open() -> tuple[World, str]:
    """Return a suite whose magnet room door stands open under its keeper's eyes: Medium."""
    world = ready()
    world.do(KeepDoor())
    world.observe(DOOR, Condition.DANGER)
    world.advance(61)
    return world, world.alarm("door-kept-open").id


def aside(alarm: str, instance: int = 1, minutes: int = 5, reason: str = "cause-known") -> ShelveAlarm:
    return ShelveAlarm(alarm=alarm, instance=instance, minutes=minutes, reason=reason)


def test_an_alarm_put_aside_is_quiet_for_its_time_and_comes_back_loud() -> None:
    """I9: no sound and no escalation meanwhile, then a new instance that wants a new answer."""
    world, alarm = kept_open()
    world.acknowledge(alarm)
    (told,) = world.do(aside(alarm))
    assert isinstance(told, AlarmShelved)
    assert world.state.alarms.open[alarm].shelf.by == world.who("TE")
    fired = world.advance(299)
    assert not [fact for fact in fired if isinstance(fact, AlarmUnanswered | AlarmRepeated)]
    fired = world.advance(2)
    assert AlarmUnshelved(alarm=alarm, reason="expired") in fired
    assert AlarmRepeated(alarm=alarm, instance=2) in fired
    assert set(sound.rings(world.state.alarms, world.clock.now())) == {(alarm, 2)}


def test_what_was_put_aside_is_what_was_there_then_and_not_the_next_time() -> None:
    """I9: the door closes and is opened anew by whoever: that is another opening, and it sounds."""
    world, alarm = kept_open()
    world.acknowledge(alarm)
    world.do(aside(alarm))
    world.observe(DOOR, Condition.NORMAL)
    world.observe(DOOR, Condition.DANGER)
    world.advance(61)
    again = world.state.alarms.open[alarm]
    assert again.present
    assert again.shelf is None
    assert alarms.sounding(again, world.clock.now())


def test_putting_one_persons_alarm_aside_leaves_the_next_persons_loud() -> None:
    """I9: one alarm stands for a point; its detail says about whom, and another one rings it anew."""
    world, alarm = kept_open()
    state, now = world.state.alarms, world.clock.now()

    def fold(state: AlarmsState, fact: Fact, seq: int) -> AlarmsState:
        return alarm_fold.evolve(state, Entry(seq, now, fact, "x", "timer"))

    about = fold(state, AlarmRepeated(alarm=alarm, instance=2, detail="P1"), 1)
    until = now.bt + 600 * NS
    rests = fold(about, AlarmShelved(alarm=alarm, instance=2, reason="x", until_bt=until, boot=now.boot), 2)
    assert alarms.shelved(rests.open[alarm], now)
    same = fold(rests, AlarmRepeated(alarm=alarm, instance=3, detail="P1"), 3)
    assert alarms.shelved(same.open[alarm], now)
    other = fold(rests, AlarmRepeated(alarm=alarm, instance=3, detail="P2"), 3)
    assert not alarms.shelved(other.open[alarm], now)
    assert alarms.sounding(other.open[alarm], now)


@pytest.mark.parametrize("every_s", [4, 12, 50])
def test_an_alarm_that_rings_again_and_again_is_still_told_as_unanswered(every_s: int) -> None:
    """I9: nobody answered, however often it rang; ringing must not put off the second tone and the list."""
    world = ready()
    world.observe(DETECTOR, Condition.DANGER)
    told = []
    for _ in range(120 // every_s):
        told += [f.after_s for f in world.advance(every_s) if isinstance(f, AlarmUnanswered)]
        world.observe(DETECTOR, Condition.NORMAL)
        world.observe(DETECTOR, Condition.DANGER)
    assert told == [15, 60]
    assert any(alarm.instance > 2 for alarm in world.state.alarms.open.values())


def test_what_is_over_when_its_time_ends_does_not_ring_anew() -> None:
    world, alarm = kept_open()
    world.do(aside(alarm))
    world.observe(DOOR, Condition.NORMAL)
    fired = world.advance(301)
    assert AlarmUnshelved(alarm=alarm, reason="expired") in fired
    assert not [fact for fact in fired if isinstance(fact, AlarmRepeated)]
    assert alarm in world.state.alarms.open


def test_an_alarm_put_aside_is_taken_back_by_anybody_signed_on() -> None:
    world, alarm = kept_open()
    world.do(aside(alarm))
    assert not alarms.sounding(world.state.alarms.open[alarm], world.clock.now())
    assert world.refused(aside(alarm)) == "shelved-already"
    world.do(UnshelveAlarm(alarm=alarm))
    assert alarms.sounding(world.state.alarms.open[alarm], world.clock.now())
    assert world.do(UnshelveAlarm(alarm=alarm)) == ()
    assert world.refused(UnshelveAlarm(alarm="none")) == "alarm-gone"
    world.sign_off()
    assert world.refused(UnshelveAlarm(alarm=alarm)) == "nobody-signed-on"


def test_a_high_alarm_is_never_put_aside() -> None:
    """I9: not by anybody, and one that becomes High while it is aside is back at once."""
    world, alarm = kept_open()
    world.observe(DOOR, Condition.UNKNOWN, "unplugged")
    assert world.refused(aside(world.alarm("door-lost").id)) == "shelve-high"
    world.observe(DOOR_III, Condition.DANGER)
    world.advance(30)
    rising = world.alarm("zone-iii-door-open").id
    world.do(aside(rising))
    fired = world.advance(31)
    assert AlarmWorsened(alarm=rising, instance=2, priority=Priority.HIGH) in fired
    after = world.state.alarms.open[rising]
    assert after.shelf is None
    assert alarms.sounding(after, world.clock.now())
    assert alarms.ranked(world.state.alarms)[-1].id != rising
    assert alarm in world.state.alarms.open


def test_no_alarm_of_a_detector_is_put_aside() -> None:
    """I9: whatever its priority, and also that of the line it is on."""
    world, _ = at_the_door()
    world.observe(DETECTOR, Condition.DANGER)
    assert world.alarm("ferrous-approach").priority is Priority.MEDIUM
    assert world.refused(aside(world.alarm("ferrous-approach").id)) == "shelve-detector"
    world.observe(DETECTOR, Condition.UNKNOWN, "silent")
    assert world.refused(aside(world.alarm("detector-lost").id)) == "shelve-detector"
    world.do(NoteDevice(port="portal", what="wrong-identity", text="?"), src="device")
    assert world.refused(aside(world.alarm("device-identity").id)) == "shelve-detector"
    assert {rule for rule in RULES if rule.startswith(("ferrous", "detector"))} == set(UNSHELVABLE)


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        ({"minutes": 31}, "shelf-terms"),
        ({"minutes": 0}, "shelf-terms"),
        ({"reason": "annoying"}, "shelf-terms"),
        ({"instance": 2}, "alarm-newer"),
    ],
)
def test_putting_aside_has_its_terms(asked: dict[str, object], rule: str) -> None:
    world, alarm = kept_open()
    assert world.refused(aside(alarm, **asked)) == rule  # type: ignore[arg-type]
    world.sign_on("LO")
    assert world.refused(aside(alarm)) == "role-missing"
    assert world.refused(aside("none")) == "alarm-gone"


def test_a_reboot_ends_what_was_put_aside() -> None:
    """I15: what loosens does not outlive the clock it was timed by."""
    world, alarm = kept_open()
    world.do(aside(alarm, minutes=30))
    world.clock.reboot(10)
    assert alarms.sounding(world.state.alarms.open[alarm], world.clock.now())
    assert AlarmUnshelved(alarm=alarm, reason="expired") in world.tick()


def test_a_new_high_alarm_ends_every_pause() -> None:
    """I9: whoever rested a Medium one did not mean the High one, nor what comes with it."""
    world, alarm = kept_open()
    world.do(PauseSound())
    assert not alarms.sounding(world.state.alarms.open[alarm], world.clock.now())
    assert raised(world.observe(DOOR, Condition.UNKNOWN, "unplugged")) == ["door-lost"]
    assert alarms.sounding(world.state.alarms.open[alarm], world.clock.now())


def test_a_high_alarm_that_rings_anew_ends_every_pause() -> None:
    """I9: it is no less news than a new one."""
    world, alarm = kept_open()
    lost = ReportSound(player="aplay", why="player-failed")
    world.do(lost, src="system")
    world.do(ReportSound(player="aplay"), src="system")
    world.do(PauseSound())
    assert not alarms.sounding(world.state.alarms.open[alarm], world.clock.now())
    assert raised(world.do(lost, src="system")) == ["again"]
    assert alarms.sounding(world.state.alarms.open[alarm], world.clock.now())


def test_an_alarm_that_rises_to_high_ends_every_pause() -> None:
    """I9: whoever rested it while it was Medium did not know."""
    world, alarm = kept_open()
    world.observe(DOOR_III, Condition.DANGER)
    world.advance(45)
    assert world.alarm("zone-iii-door-open").priority is Priority.MEDIUM
    world.do(PauseSound())
    fired = world.advance(20)
    assert [fact.priority for fact in fired if isinstance(fact, AlarmWorsened)] == [Priority.HIGH]
    assert alarms.sounding(world.state.alarms.open[alarm], world.clock.now())


def test_what_was_said_of_an_alarm_does_not_outlive_a_restart() -> None:
    """I9: it was said of what was there then; after a start nobody knows what is."""
    world, _ = at_the_door()
    world.observe(DETECTOR, Condition.DANGER)
    alarm = world.alarm("ferrous-approach").id
    world.dispose(alarm, "nuisance-environment")
    assert world.state.alarms.open[alarm].disposition
    world.start()
    after = world.state.alarms.open[alarm]
    assert (after.disposition, after.answered, after.unproven) == ("", False, True)
    world.sign_on("TE")
    world.acknowledge(alarm)
    world.observe(DETECTOR, Condition.NORMAL)
    assert alarm in world.state.alarms.open, "not closed by what was said before"


def test_a_start_drops_every_rest_and_wants_a_new_answer_to_what_was_present() -> None:
    """I9, I15: nobody watched meanwhile."""
    world, alarm = kept_open()
    world.observe(DOOR_III, Condition.DANGER)
    world.advance(31)
    resting = world.alarm("zone-iii-door-open").id
    world.acknowledge(alarm)
    world.do(aside(alarm))
    world.do(PauseSound())
    facts = world.start()
    assert AlarmUnshelved(alarm=alarm, reason="restart") in facts
    assert SoundPauseEnded(alarm=resting, reason="restart") in facts
    assert AlarmUnproven(alarm=alarm, instance=2) in facts
    assert "restarted" in raised(facts)
    after = world.state.alarms.open[resting]
    assert (after.present, after.unproven, after.answered) == (True, True, False)
    assert all(alarms.sounding(one, world.clock.now()) for one in world.state.alarms.open.values())
    assert world.state.alarms.open[alarm].acknowledged is None
    world.observe(DOOR_III, Condition.NORMAL)
    assert not world.state.alarms.open[resting].unproven


def test_what_was_told_of_an_older_instance_does_not_silence_the_escalation_of_a_newer() -> None:
    """I9: slept through, an alarm rises and is told as unanswered at one look; the High one waits anew."""
    world = ready()
    world.observe(DOOR, Condition.DANGER)
    world.clock.advance(61)
    world.hear()
    world.tick()
    assert world.alarm("door-unannounced").unanswered_s == 0
    assert [f.after_s for f in world.advance(61) if isinstance(f, AlarmUnanswered)] == [15, 60]


def test_what_rests_and_what_was_counted_survives_the_kept_state() -> None:
    """I15: a start from the kept state knows what a start from the whole record knows."""
    world, alarm = kept_open()
    world.do(aside(alarm))
    asked = BypassPoint(point=WAND, reason="maintenance", guard=world.people["TE"], minutes=5)
    world.do(asked, "TE")
    kept = decode(SuiteState, encode(world.state))
    assert kept.alarms == world.state.alarms
    assert kept.bypass == world.state.bypass
    assert kept.tally == world.state.tally
    assert kept.alarms.open[alarm].shelf is not None


def test_more_than_ten_new_alarms_in_ten_minutes_are_a_flood() -> None:
    world = ready()
    for number in range(11):
        assert alarm_load.flood(world.state.alarms, world.clock.now()) == 0
        world.do(NoteDevice(port=f"port-{number}", what="wrong-identity", text="?"), src="device")
    assert alarm_load.flood(world.state.alarms, world.clock.now()) == 11
    world.observe(DOOR, Condition.UNKNOWN, "unplugged")
    assert alarms.ranked(world.state.alarms)[0].rule == "door-lost"
    assert len(world.facts(AlarmRaised)) == 12
    world.advance(601)
    assert alarm_load.flood(world.state.alarms, world.clock.now()) == 0


def test_three_rings_in_a_minute_are_chatter_and_a_high_one_goes_on_to_latch() -> None:
    world = ready()
    for _ in range(2):
        world.observe(DOOR, Condition.UNKNOWN, "unplugged")
        world.observe(DOOR, Condition.NORMAL)
    assert not alarm_load.chatters(world.alarm("door-lost"), world.clock.now())
    world.observe(DOOR, Condition.UNKNOWN, "unplugged")
    alarm = world.alarm("door-lost")
    assert alarm_load.chatters(alarm, world.clock.now())
    assert (alarm.instance, alarm.priority, alarm.answered) == (3, Priority.HIGH, False)
    assert alarms.sounding(alarm, world.clock.now())
    world.advance(61)
    assert not alarm_load.chatters(world.alarm("door-lost"), world.clock.now())


def test_what_is_held_back_by_design_is_named_with_its_end_and_never_a_detector() -> None:
    world, visit = at_the_door()
    assert alarm_design.held_back(world.state, world.ctx()) == ()
    world.do(AnnounceTransit(visit=visit))
    (found,) = alarm_design.held_back(world.state, world.ctx())
    assert (found.rule, found.why) == ("door-unannounced", "announced")
    assert found.until_bt == world.state.doors.transit.due_bt
    world.advance(61)
    world.do(KeepDoor())
    (found,) = alarm_design.held_back(world.state, world.ctx())
    assert (found.why, found.person) == ("kept", world.people["TE"])
    assert found.rule not in UNSHELVABLE
    assert raised(world.observe(DETECTOR, Condition.DANGER)) == ["ferrous-approach"]
