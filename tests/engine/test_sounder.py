"""The sounder: plays through whatever player there is, ends it when told, and says when nothing is played."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rigging import Table, running
from support.clocks import HandClock
from support.player import PlayerDouble
from support.waiting import wait_until

from mr_safety_console.domain.alarm_points import Priority
from mr_safety_console.domain.alarms import (
    Alarm,
    AlarmRaised,
    AlarmReturned,
    AlarmsState,
    PauseSound,
)
from mr_safety_console.domain.context import Who
from mr_safety_console.domain.sound import (
    AnswerSounderTest,
    ReportSound,
    SounderTested,
    SoundState,
    Tone,
    TrySounder,
)
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.engine import sound
from mr_safety_console.engine.sound import find
from mr_safety_console.engine.sounder import Sounder

pytestmark = pytest.mark.pty  # each starts programs
FIVE_S = 5.0


class Booth:
    """A sounder with a player double and a clock in one's hand."""

    def __init__(self, place: Path) -> None:
        self.clock = HandClock()
        self.double = PlayerDouble(place / "double")
        self.files = place / "sound"
        self.state = SuiteState()
        self.made: list[Sounder] = []

    def sounder(self, *, path: str = "", player: str | None = None) -> Sounder:
        wanted = str(self.double.path) if player is None else player
        made = Sounder(self.files, self.clock, path=path, player=wanted, rest_s=0)
        self.made.append(made)
        return made

    def started(self, **how: str) -> Sounder:
        made = self.sounder(**how)
        made.start()
        return made

    def ring(self, name: str, priority: Priority, **changes: object) -> None:
        now = self.clock.now()
        made = Alarm(id=name, no=1, rule="restarted", point="p", priority=priority, since=now, rang=now)
        known = self.state.alarms.open.get(name, made)
        alarms = AlarmsState(open={**self.state.alarms.open, name: replace(known, **changes)})
        self.state = replace(self.state, alarms=alarms)
        self.made[-1].hear(self.state)

    def begins(self, *files: str) -> None:
        wait_until(lambda: self.double.begun() == list(files), FIVE_S, f"{files} begun")


@pytest.fixture
def booth(tmp_path: Path) -> Iterator[Booth]:
    made = Booth(tmp_path)
    yield made
    for sounder in made.made:
        sounder.close(FIVE_S)


def until(predicate: Callable[[], object], what: str) -> None:
    wait_until(predicate, FIVE_S, what)


def test_a_player_is_asked_by_silence_before_anything_has_to_be_heard(booth: Booth) -> None:
    sounder = booth.sounder()
    assert not sounder.working, "nothing has been played yet"
    assert sounder.errand(SoundState()) == []
    sounder.start()
    until(lambda: sounder.working, "a player that works")
    assert sounder.errand(SoundState()) == [ReportSound(player="player")]
    assert sounder.errand(SoundState(player="player")) == []
    assert booth.double.begun() == []


def test_the_files_are_ours_alone(booth: Booth) -> None:
    sounder = booth.started()
    until(lambda: sounder.working, "a player that works")
    booth.ring("h", Priority.HIGH)
    booth.begins("high.wav")
    assert stat.S_IMODE(booth.files.stat().st_mode) == 0o700
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in booth.files.iterdir()}
    tones = {f"{tone.name.lower().replace('_', '-')}.wav" for tone in Tone}
    assert modes == dict.fromkeys({*tones, "silence.wav", "test.wav"}, 0o600)


def test_an_alarm_is_heard_and_again_at_its_interval(booth: Booth) -> None:
    sounder = booth.started()
    until(lambda: sounder.working, "a player that works")
    booth.ring("a", Priority.HIGH)
    booth.begins("high.wav")
    booth.clock.advance(5.9)
    until(lambda: booth.double.ended() == ["high.wav"], "the first burst over")
    booth.clock.advance(0.2)
    booth.begins("high.wav", "high.wav")
    booth.ring("a", Priority.HIGH, acknowledged=Who("x", "L2"))
    booth.clock.advance(60)
    booth.ring("b", Priority.MEDIUM)
    booth.begins("high.wav", "high.wav", "medium.wav")


def test_the_higher_priority_ends_the_player_of_the_lower(booth: Booth) -> None:
    booth.double.mood(seconds=30)
    booth.started()
    booth.ring("m", Priority.MEDIUM)
    booth.begins("medium.wav")
    booth.ring("h", Priority.HIGH)
    booth.begins("medium.wav", "high.wav")
    assert booth.double.ended() == []


def test_only_a_test_of_this_run_is_played(booth: Booth) -> None:
    sounder = booth.started()
    until(lambda: sounder.working, "a player that works")
    booth.state = replace(booth.state, sound=SoundState(tests=3))
    booth.ring("a", Priority.LOW)
    booth.begins("low.wav")
    until(lambda: booth.double.ended() == ["low.wav"], "the burst over")
    until(lambda: sounder._trials == 3, "the tests of earlier runs seen")
    booth.state = replace(booth.state, sound=SoundState(tests=4))
    sounder.hear(booth.state)
    booth.begins("low.wav", "test.wav")


def test_closing_ends_the_player_with_all_it_started(booth: Booth, tmp_path: Path) -> None:
    booth.double.mood(seconds=600)
    sounder = booth.started()
    booth.ring("h", Priority.HIGH)
    booth.begins("high.wav")
    play = sounder._play
    assert play is not None
    group = play._process.pid
    assert sounder.close(FIVE_S)
    until(lambda: not group_alive(group), "nobody left of the player's group")


def group_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_player_that_fails_gives_way_to_the_next_and_all_of_them_to_an_alarm(tmp_path: Path) -> None:
    """Whatever the reason, a burst nobody played is not taken for one that was."""
    clock, state = HandClock(), SuiteState()
    first, second = PlayerDouble(tmp_path / "a", "paplay"), PlayerDouble(tmp_path / "b", "aplay")
    first.mood(code=1)
    path = f"{tmp_path / 'a'}:{tmp_path / 'b'}"
    sounder = Sounder(tmp_path / "sound", clock, path=path, rest_s=0)
    sounder.start()
    try:
        until(lambda: sounder.working, "the second player")
        assert sounder.errand(SoundState()) == [ReportSound(player="aplay")]
        second.mood(code=1)
        now = clock.now()
        ringing = Alarm(
            id="h", no=1, rule="restarted", point="p", priority=Priority.HIGH, since=now, rang=now
        )
        sounder.hear(replace(state, alarms=AlarmsState(open={"h": ringing})))
        until(lambda: not sounder.working, "both have failed")
        lost = sounder.errand(SoundState(player="aplay"))
        assert lost == [ReportSound(player="aplay", why="player-failed")]
        first.mood()
        clock.advance(6.1)
        until(lambda: sounder.working, "the sound back with the next burst")
        assert first.ended()
    finally:
        sounder.close(FIVE_S)


def test_a_player_that_hangs_is_ended_and_told(booth: Booth) -> None:
    """A player that never ends is not playing."""
    booth.double.mood(seconds=600)
    sounder = booth.started()
    booth.ring("h", Priority.HIGH)
    booth.begins("high.wav")
    booth.clock.advance(5.6)
    until(lambda: sounder.errand(SoundState()), "a verdict")
    assert sounder.errand(SoundState()) == [ReportSound(player="player", why="player-hung")]
    assert not sounder.working


def test_a_player_that_is_not_there_is_told_and_found_once_it_is(booth: Booth, tmp_path: Path) -> None:
    booth.double.path.rename(tmp_path / "away")
    sounder = booth.started()
    until(lambda: sounder.errand(SoundState()), "a verdict")
    assert sounder.errand(SoundState()) == [ReportSound(player="player", why="player-missing")]
    (tmp_path / "away").rename(booth.double.path)
    booth.clock.advance(31)
    until(lambda: sounder.working, "the player found")
    assert sounder.errand(SoundState(player="player", lost="player-missing")) == [
        ReportSound(player="player")
    ]


def test_no_player_at_all_is_told(booth: Booth) -> None:
    sounder = booth.started(player="", path="/nowhere")
    until(lambda: sounder.errand(SoundState()), "a verdict")
    assert sounder.errand(SoundState()) == [ReportSound(player="", why="no-player")]


def test_files_that_cannot_be_written_are_told(booth: Booth) -> None:
    booth.files.write_text("in the way", encoding="utf-8")
    sounder = booth.started()
    until(lambda: sounder.errand(SoundState()), "a verdict")
    assert sounder.errand(SoundState()) == [ReportSound(player="player", why="no-files")]


def full(file: Path, data: bytes) -> None:
    raise OSError(errno.ENOSPC, "no space left", str(file))


def test_a_disk_that_fills_up_before_the_first_alarm_leaves_it_a_sound(
    booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I9: every file is there before it is needed."""
    sounder = booth.started()
    until(lambda: sounder.working, "a player that works")
    monkeypatch.setattr(sound, "_write", full)
    booth.ring("h", Priority.HIGH)
    booth.begins("high.wav")
    assert sounder.working


def test_a_disk_full_from_the_start_leaves_the_files_of_an_earlier_run(
    booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I9: only what is not there, or not a file of ours, is lost sound."""
    for name in ("HIGH", sound.PROBE):
        sound.write_file(booth.files, name)
    (booth.files / "medium.wav").symlink_to(booth.files / "high.wav")
    (booth.files / "low.wav").touch()
    monkeypatch.setattr(sound, "_write", full)
    sounder = booth.started()
    booth.ring("h", Priority.HIGH)
    booth.begins("high.wav")
    until(lambda: sounder.working, "the burst over")
    for name in ("MEDIUM", "LOW", "HIGH_AGAIN"):
        with pytest.raises(OSError, match="no space left"):
            sound.file_for(booth.files, name)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_sounder_whose_thread_has_ended_is_told(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    """I9: nothing is played any more, and the last verdict was a good one."""
    sounder = booth.started()
    until(lambda: sounder.working, "a player that works")

    def ends() -> float:
        raise RuntimeError("no more sound")

    monkeypatch.setattr(sounder, "_turn", ends)
    until(lambda: sounder.errand(SoundState(player="player")), "a verdict")
    assert sounder.errand(SoundState(player="player")) == [ReportSound(player="", why="sounder-ended")]
    assert sounder.errand(SoundState(lost="sounder-ended")) == []
    assert not sounder.working


def test_files_somebody_took_away_are_made_again(booth: Booth) -> None:
    sounder = booth.started()
    until(lambda: sounder.working, "a player that works")
    for file in booth.files.iterdir():
        file.unlink()
    booth.ring("h", Priority.HIGH)
    booth.begins("high.wav")
    assert (booth.files / "high.wav").exists()


def test_known_players_are_found_in_their_order_and_a_wanted_one_alone(tmp_path: Path) -> None:
    for name in ("aplay", "pw-play", "other"):
        PlayerDouble(tmp_path / name, name)
    path = ":".join(str(tmp_path / name) for name in ("aplay", "pw-play", "other"))
    assert [player.name for player in find(path)] == ["pw-play", "aplay"]
    assert find(f"relative:{tmp_path}") == ()
    wanted = str(tmp_path / "other" / "other")
    assert [player.path for player in find(path, wanted)] == [wanted]
    assert find(path, str(tmp_path / "nothing")) == ()
    assert find(path, str(tmp_path)) == (), "a directory is no player"
    quiet = find(path)[1].command(Path("/x/high.wav"))
    assert quiet == [str(tmp_path / "aplay" / "aplay"), "-q", "/x/high.wav"]


# --- with the engine ---


def test_the_engine_sounds_ahead_of_the_disk_and_a_pause_ends_by_itself(booth: Booth) -> None:
    """Sound waits neither for the record nor for a hand to bring it back."""
    with running(booth.clock, sound=booth.sounder()) as table:
        table.all_normal()
        table.record.open.clear()
        table.hear("portal", "DANGER", "NORMAL")
        booth.begins("medium.wav")
        table.record.open.set()
        table.do(PauseSound())
        for _ in range(29):
            pass_a_second(booth, table)
        assert booth.double.begun() == ["medium.wav"]
        pass_a_second(booth, table)
        pass_a_second(booth, table)
        until(lambda: booth.double.begun()[1:], "the sound back")
        assert booth.double.begun() == ["medium.wav", "medium-again.wav"], "fifteen seconds went unanswered"


def pass_a_second(booth: Booth, table: Table) -> None:
    booth.clock.advance(1)
    table.hear("interlock", "NORMAL", "NORMAL")
    table.hear("portal", "DANGER", "NORMAL")
    table.turn_over(1)


def test_lost_sound_becomes_an_alarm_and_its_return_ends_it(booth: Booth) -> None:
    booth.double.mood(code=1)
    sounder = booth.sounder()
    with running(
        booth.clock, sound=sounder, late=lambda state: [as_input(c) for c in sounder.errand(state.sound)]
    ) as table:
        lost = raised_alarm(table.record.facts, booth)
        assert lost.priority is Priority.HIGH
        assert not table.engine.state.sound
        booth.double.mood()
        booth.clock.advance(31)
        until(lambda: table.engine.state.sound, "sound in the snapshot")
        advanced(booth, lambda: table.record.facts(AlarmReturned), "the condition over")


def as_input(asked: ReportSound) -> object:
    from mr_safety_console.engine.decider import Input  # noqa: PLC0415

    return Input(asked)


def advanced(booth: Booth, predicate: Callable[[], object], what: str) -> None:
    def moved() -> object:
        booth.clock.advance(0.01)
        return predicate()

    wait_until(moved, FIVE_S, what)


def raised_alarm(facts: Callable[[type[AlarmRaised]], list[AlarmRaised]], booth: Booth) -> AlarmRaised:
    def lost() -> list[AlarmRaised]:
        return [told for told in facts(AlarmRaised) if told.rule == "sound-lost"]

    advanced(booth, lost, "the alarm")
    return lost()[0]


def test_a_sounder_test_plays_every_burst_and_gives_way_to_an_alarm(booth: Booth) -> None:
    with running(booth.clock, sound=booth.sounder()) as table:
        until(lambda: table.engine.state.sound, "a player that works")
        table.sign_on(table.hire("SO", "MRSO", "L2"))
        table.all_normal()
        booth.double.mood(seconds=30)
        table.do(TrySounder())
        booth.begins("test.wav")
        table.hear("portal", "DANGER", "NORMAL")
        booth.begins("test.wav", "medium.wav")
        assert booth.double.ended() == []
        table.do(AnswerSounderTest(heard=False))
        until(lambda: not table.engine.state.sound, "a test nobody heard is no sound")
        assert table.record.facts(SounderTested) == [SounderTested(heard=False)]
