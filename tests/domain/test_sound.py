"""Sound: what is called for follows the alarms; its loss is an alarm; a test is heard by somebody."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.clocks import HandClock
from support.suite_world import DETECTOR, DOOR, World, at_the_door, raised, ready

from mr_safety_console.domain import sound
from mr_safety_console.domain.alarm_points import Priority
from mr_safety_console.domain.alarms import Alarm, AlarmsState, AlarmUnanswered, PauseSound, Shelf, ranked
from mr_safety_console.domain.context import NS, Who
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.sound import (
    AnswerSounderTest,
    ReportSound,
    SoundCame,
    SounderTested,
    SoundLost,
    Tone,
    TrySounder,
)
from mr_safety_console.domain.words import table
from mr_safety_console.engine.sound import ENDED, FAILED, HUNG, MISSING, NO_FILES, NO_PLAYER


def one(priority: Priority, **changes: object) -> Alarm:
    now = HandClock().now()
    alarm = Alarm(id="a", no=1, rule="ferrous-entry", point="p", priority=priority, since=now, rang=now)
    return replace(alarm, **changes)


ASIDE = Shelf(
    by=None,
    reason="cause-known",
    since=HandClock().now(),
    until_bt=HandClock().bt + NS,
    boot=HandClock().boot,
)


@pytest.mark.parametrize(
    ("alarm", "called"),
    [
        (one(Priority.HIGH), Tone.HIGH),
        (one(Priority.HIGH, unanswered_s=15), Tone.HIGH_AGAIN),
        (one(Priority.MEDIUM), Tone.MEDIUM),
        (one(Priority.MEDIUM, unanswered_s=60), Tone.MEDIUM_AGAIN),
        (one(Priority.LOW), Tone.LOW),
        (one(Priority.LOW, acknowledged=Who("x", "L2")), None),
        (one(Priority.LOW, shelf=ASIDE), None),
        (one(Priority.MEDIUM, shelf=ASIDE), None),
        (one(Priority.MEDIUM, shelf=replace(ASIDE, until_bt=0)), Tone.MEDIUM),
        (one(Priority.HIGH, acknowledged=Who("x", "L2"), unanswered_s=60), None),
        (one(Priority.HIGH, present=False), Tone.HIGH),
    ],
)
def test_what_an_alarm_calls_for(alarm: Alarm, called: Tone | None) -> None:
    now = HandClock().now()
    assert sound.tone(alarm, now) is called
    found = sound.rings(AlarmsState(open={"a": alarm}), now)
    assert dict(found) == ({("a", 1): called} if called else {})


def test_a_rest_ends_by_itself_and_a_second_tone_follows_fifteen_seconds_unanswered() -> None:
    """A pause is no switch: what rests calls again when its half minute is over."""
    world, _ = at_the_door()
    world.observe(DETECTOR, Condition.DANGER)
    assert set(sound.rings(world.state.alarms, world.clock.now()).values()) == {Tone.MEDIUM}
    world.do(PauseSound())
    assert not sound.rings(world.state.alarms, world.clock.now())
    world.advance(29.9)
    assert not sound.rings(world.state.alarms, world.clock.now())
    world.advance(0.2)
    assert AlarmUnanswered in {type(fact) for fact in world.facts(AlarmUnanswered)}
    assert set(sound.rings(world.state.alarms, world.clock.now()).values()) == {Tone.MEDIUM_AGAIN}


def test_lost_sound_is_a_high_technical_alarm_until_it_is_back() -> None:
    """A player that does not play is told once, and its return ends the condition."""
    world = World()
    lost = ReportSound(player="aplay", why="player-failed")
    assert raised(world.do(lost, src="system")) == ["sound-lost"]
    alarm = world.alarm("sound-lost")
    assert (alarm.priority, alarm.present, alarm.detail) == (Priority.HIGH, True, "player-failed")
    assert world.do(lost, src="system") == ()
    other = world.do(ReportSound(player="aplay", why="player-hung"), src="system")
    assert other == (SoundLost(player="aplay", why="player-hung"),)
    world.do(ReportSound(player="aplay"), src="system")
    assert not world.alarm("sound-lost").present
    assert world.facts(SoundCame) == [SoundCame(player="aplay")]
    assert raised(world.do(lost, src="system")) == ["again"]


def test_the_first_word_of_a_working_player_raises_nothing() -> None:
    world = World()
    assert world.do(ReportSound(player="paplay"), src="system") == (SoundCame(player="paplay"),)
    assert world.do(ReportSound(player="paplay"), src="system") == ()


def test_a_sounder_test_names_who_heard_it() -> None:
    world, _ = at_the_door()
    assert world.refused(AnswerSounderTest(heard=True)) == "no-sounder-test"
    world.do(TrySounder())
    assert world.state.sound.tests == 1
    world.do(AnswerSounderTest(heard=True))
    known = world.state.sound
    assert (known.heard, known.tester, known.tested) == (True, world.who("TE"), world.clock.now())
    assert world.refused(AnswerSounderTest(heard=True)) == "no-sounder-test"
    world.sign_off()
    assert world.refused(TrySounder()) == "nobody-signed-on"


def test_an_old_sounder_test_is_not_answered_for() -> None:
    world, _ = at_the_door()
    world.do(TrySounder())
    world.advance(sound.ANSWER_S + 1)
    assert world.refused(AnswerSounderTest(heard=True)) == "no-sounder-test"


def test_a_sounder_test_waits_for_what_sounds_for_a_reason() -> None:
    world, _ = at_the_door()
    world.observe(DETECTOR, Condition.DANGER)
    assert world.refused(TrySounder()) == "sounder-busy"
    world.acknowledge(world.alarm("ferrous-approach").id)
    world.do(TrySounder())


def test_a_test_nobody_heard_is_lost_sound_until_somebody_hears_one() -> None:
    """A player that reports success into a dead loudspeaker is not believed."""
    world, _ = at_the_door()
    world.do(TrySounder())
    assert raised(world.do(AnswerSounderTest(heard=False))) == ["sound-lost"]
    assert world.state.sound.unheard
    world.do(ReportSound(player="aplay"), src="system")
    assert world.alarm("sound-lost").present
    world.acknowledge(world.alarm("sound-lost").id)
    world.do(TrySounder())
    world.do(AnswerSounderTest(heard=True))
    assert not world.alarm("sound-lost").present
    assert world.facts(SounderTested) == [SounderTested(heard=False), SounderTested(heard=True)]


def test_hearing_a_test_does_not_mend_a_player_that_fails() -> None:
    world, _ = at_the_door()
    world.do(TrySounder())
    world.do(ReportSound(player="aplay", why="player-failed"), src="system")
    world.do(AnswerSounderTest(heard=True))
    assert world.alarm("sound-lost").present


def test_nobody_hears_a_test_that_cannot_be_played() -> None:
    world, _ = at_the_door()
    world.do(ReportSound(player="", why="no-player"), src="system")
    world.acknowledge(world.alarm("sound-lost").id)
    assert world.refused(TrySounder()) == "no-sound"


def test_a_restart_leaves_lost_sound_lost() -> None:
    world = World()
    world.do(ReportSound(player="", why="no-player"), src="system")
    world.clock.advance(10 * NS / NS)
    world.start()
    assert world.state.sound.lost == "no-player"
    assert world.alarm("sound-lost").present


def test_every_reason_for_silence_has_words() -> None:
    reasons = {NO_PLAYER, MISSING, FAILED, HUNG, NO_FILES, ENDED, sound.NOT_HEARD}
    assert set(table()["sound"]) == reasons


def test_lost_sound_that_was_answered_hides_no_other_alarm() -> None:
    world, _ = at_the_door()
    world.do(ReportSound(player="", why="no-player"), src="system")
    world.observe(DETECTOR, Condition.DANGER)
    assert [alarm.rule for alarm in ranked(world.state.alarms)] == ["sound-lost", "ferrous-approach"]
    world.acknowledge(world.alarm("sound-lost").id)
    assert [alarm.rule for alarm in ranked(world.state.alarms)] == ["ferrous-approach", "sound-lost"]
    world.acknowledge(world.alarm("ferrous-approach").id)
    assert [alarm.rule for alarm in ranked(world.state.alarms)] == ["ferrous-approach", "sound-lost"]


def test_of_two_high_alarms_the_one_about_people_stands_before_the_one_about_equipment() -> None:
    """I9: a pulse of iron at the open door is over in a second; lost sound stays, and must not cover it."""
    world = ready()
    world.do(ReportSound(player="", why="no-player"), src="system")
    world.observe(DOOR, Condition.DANGER)
    world.observe(DETECTOR, Condition.DANGER)
    world.observe(DETECTOR, Condition.NORMAL)
    front = ranked(world.state.alarms)[0]
    assert (front.rule, front.present) == ("ferrous-entry", False)
    world.acknowledge(front.id)
    assert ranked(world.state.alarms)[0].rule == "sound-lost"
