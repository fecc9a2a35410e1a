"""Alarms are heard from the real console while its terminal hangs; without a player the screen says so."""

from __future__ import annotations

import fcntl
import os
import struct
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.console import COMMAND, Console
from support.player import PlayerDouble, Word
from support.waiting import wait_until

from devices.mock.rig import Rig
from mr_safety_console.domain.alarm_points import SOUND_PAUSE_S, UNANSWERED_S
from mr_safety_console.domain.sound import Tone
from mr_safety_console.engine.bursts import EVERY_S

pytestmark = [pytest.mark.pty, pytest.mark.timing, pytest.mark.timeout(150)]

SITE = """
site = "Examplethorpe (not a real place)"
use = "demo"
zone = "Europe/Berlin"
[magnet]
b0_mt = 3000
[[points]]
id = "fmd-iv"
name = "Detector"
kind = "detector"
zone = "IV"
port = "detector"
device = "FMD01"
door = "door-iv"
[[points]]
id = "door-iv"
name = "Door"
kind = "door"
zone = "IV"
port = "door"
device = "DOOR4"
"""
CONSOLE = """
site = "{site}"
[sound]
player = "{player}"
[ports.detector]
url = "{ports}/detector"
expect_device = "FMD01"
[ports.door]
url = "{ports}/door"
expect_device = "DOOR4"
"""
BEGINS_S = 1.0
"""From the frame to the beginning of the burst, at most."""
SLACK_S = 0.5
"""What a loaded machine may add to an interval of our own."""
LONG_S = 30.0
HANGS_S = 1.2
"""The clock in the header is painted every second: not a byte more in so long, and the terminal is full."""


class Suite:
    """The real command on a bench of mock devices, with a player double or none."""

    def __init__(self, place: Path) -> None:
        self.place, self.ports = place, place / "ports"
        self.ports.mkdir()
        self.rig = Rig(self.ports)
        self.double = PlayerDouble(place / "double")
        self.console: Console | None = None

    def run(self, player: Path) -> Console:
        site, config = self.place / "site.toml", self.place / "console.toml"
        site.write_text(SITE, encoding="utf-8")
        told = CONSOLE.format(site=site, player=player, ports=self.ports)
        config.write_text(told, encoding="utf-8")
        data = self.place / "data"
        self.console = Console(data, argv=[COMMAND, "run", "--data", str(data), "--config", str(config)])
        self.console.see("no alarm since", 15)
        self.console.see("closed")
        return self.console

    def close(self) -> None:
        if self.console is not None:
            self.console.close()
        self.rig.close()

    def burst(self, number: int, file: str, deadline_s: float) -> Word:
        """Wait until so many bursts have begun, the last of them this file; return its beginning."""

        def begun() -> list[Word]:
            return [w for w in self.double.said() if w.what == "begin" and w.file != "silence.wav"]

        wait_until(lambda: len(begun()) >= number, deadline_s, f"burst {number}, {file}")
        assert begun()[number - 1].file == file
        return begun()[number - 1]


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Suite]:
    monkeypatch.delenv("MRSC_PLAYER")
    made = Suite(tmp_path)
    yield made
    made.close()


def frozen(suite: Suite) -> Console:
    """Start the console, see that it has a player, and stop reading its terminal."""
    console = suite.run(suite.double.path)
    wait_until(suite.double.said, 10, "the player asked by silence")
    wait_until(lambda: "BELL ONLY" not in console.text(), 5, "a player on the screen")
    console.stop_reading()
    stood = [queued(console), suite.double.now()]

    def hangs() -> bool:
        console.keys("f3", "f2")  # each paints a page
        if queued(console) != stood[0]:
            stood[:] = queued(console), suite.double.now()
        return stood[0] > 0 and suite.double.now() - stood[1] >= HANGS_S

    wait_until(hangs, 20, "a terminal that takes nothing more")
    return console


def queued(console: Console) -> int:
    return int(struct.unpack("i", fcntl.ioctl(console.master, termios.FIONREAD, bytes(4)))[0])


def iron_then_the_door(suite: Suite) -> Word:
    """Iron near the closed door, Medium; the door opens, High. Return the beginning of the High burst."""
    suite.double.mood(seconds=LONG_S)
    frame = suite.double.now()
    suite.rig.detector.alarm(pulse_s=3.0)
    medium = suite.burst(1, "medium.wav", BEGINS_S + SLACK_S)
    assert medium.at - frame <= BEGINS_S
    suite.double.mood(seconds=1.0)
    frame = suite.double.now()
    suite.rig.door.open()
    high = suite.burst(2, "high.wav", BEGINS_S + SLACK_S)
    assert high.at - frame <= BEGINS_S
    suite.rig.door.close()
    return high


def test_bursts_begin_within_a_second_repeat_and_interrupt_though_the_terminal_hangs(suite: Suite) -> None:
    """What has to be heard depends on no screen, no hand and no terminal."""
    frozen(suite)
    high = iron_then_the_door(suite)
    again = suite.burst(3, "high.wav", EVERY_S[Tone.HIGH] + SLACK_S)
    assert again.at - high.at == pytest.approx(EVERY_S[Tone.HIGH], abs=SLACK_S)
    assert suite.double.ended()[0] == "high.wav", "the Medium burst was ended by the High one"


@pytest.mark.soak
def test_a_second_tone_follows_and_a_pause_ends_by_itself_though_the_terminal_hangs(suite: Suite) -> None:
    """Half a minute of rest, pressed into a hanging terminal, and the sound is back without a hand."""
    console = frozen(suite)
    high = iron_then_the_door(suite)
    for number in (3, 4):
        suite.burst(number, "high.wav", EVERY_S[Tone.HIGH] + SLACK_S)
    second = suite.burst(5, "high-again.wav", EVERY_S[Tone.HIGH] + SLACK_S)
    assert second.at - high.at == pytest.approx(UNANSWERED_S[0], abs=SLACK_S)
    pressed = suite.double.now()
    console.key("f8")
    back = suite.burst(6, "high-again.wav", SOUND_PAUSE_S + 2)
    assert back.at - pressed == pytest.approx(SOUND_PAUSE_S, abs=SLACK_S)
    console.read_again()
    console.see("Iron near the door · NOT ACKNOWLEDGED", 10)


def test_no_player_is_a_high_alarm_and_the_bell_alone(suite: Suite) -> None:
    """Silence that nobody ordered is told on every screen."""
    console = suite.run(suite.place / "no-such-player")
    console.see("NO SOUND - watch the screen · NOT ACKNOWLEDGED", 6)
    console.see("BELL ONLY")
    wait_until(lambda: b"\x07" in console.raw, 3, "the terminal's bell")
    raised = [row["data"] for row in console.rows("alarm-raised") if row["data"]["rule"] == "sound-lost"]
    assert [(told["detail"], told["priority"]) for told in raised] == [("player-missing", 3)]
    suite.double.path.rename(suite.place / "no-such-player")
    assert os.access(suite.place / "no-such-player", os.X_OK)
    suite.rig.detector.alarm()
    wait_until(lambda: not console.text().count("BELL ONLY"), 15, "the player found by the next burst")
