"""Recordings: what was heard is written with its time, and plays back to the same readings."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from support.device_wire import Heard, state
from support.waiting import wait_until

from devices import Condition, Link, Note, NoteKind, PortConfig, Reading
from devices.bench import usual_port
from devices.mock import Rig, open_station
from devices.tape import Recorder, Tape, TapeError, load_tape, replay

NORMAL, DANGER = Condition.NORMAL, Condition.DANGER
MS = 1_000_000


def conditions(items: list[Reading | Note], channel: int = 0) -> list[Condition]:
    """What was told of a channel, repeats left out."""
    told = [c.condition for i in items if isinstance(i, Reading) for c in i.channels if c.channel == channel]
    return [one for n, one in enumerate(told) if n == 0 or told[n - 1] is not one]


def recorded(file: Path, config: PortConfig, story: object, until: object) -> list[Reading | Note]:
    heard, recorder = Heard(), Recorder(file, config)
    link = Link(config, heard, lambda: time.clock_gettime_ns(time.CLOCK_BOOTTIME), tap=recorder.keep)
    link.start()
    try:
        wait_until(lambda: NORMAL in conditions(heard.items), 8, "a believed channel")
        story()  # type: ignore[operator]
        wait_until(lambda: until(heard), 8, "the end of the story")  # type: ignore[operator]
    finally:
        assert link.close()
        recorder.close()
    return heard.items


def played(file: Path, config: PortConfig) -> list[Reading | Note]:
    return list(replay(load_tape(file), config, lambda _: None))


@pytest.mark.pty
def test_a_recorded_detector_plays_back_to_the_same_story(tmp_path: Path) -> None:
    file = tmp_path / "tape"
    with Rig(tmp_path, heartbeat_s=0.2) as rig:
        config = usual_port("mrsc1", str(rig.detector.port.path), expect="FMD01")
        live = recorded(
            file,
            config,
            lambda: rig.detector.alarm("I", pulse_s=0.3),
            lambda heard: conditions(heard.items)[-2:] == [DANGER, NORMAL],
        )
    assert load_tape(file).device == "FMD01"
    again = played(file, config)
    assert conditions(again) == conditions(live)
    assert isinstance(again[-1], Note)
    assert again[-1].kind is NoteKind.LOST


@pytest.mark.pty
@pytest.mark.parametrize("profile", ["contact-lines", "modbus-di", "adam-ascii"])
@pytest.mark.filterwarnings(r"ignore:set(Name|Daemon)\(\):DeprecationWarning")
def test_recorded_contacts_play_back_to_the_same_story(tmp_path: Path, profile: str) -> None:
    file = tmp_path / "tape"
    with open_station(profile, tmp_path / "io") as station:
        config = station.ports[0]
        live = recorded(
            file,
            config,
            station.detector.alarm,
            lambda heard: conditions(heard.items)[-2:] == [DANGER, NORMAL],
        )
    assert load_tape(file).profile == profile
    assert conditions(played(file, config))[:3] == conditions(live)[:3]
    assert DANGER in conditions(played(file, config))


def test_raw_frames_without_a_head_play_too(tmp_path: Path) -> None:
    file = tmp_path / "fmd.raw"
    lines = [f"{n * 500 * MS} {state(n, 500 * n, 'A' if n == 4 else 'N').hex()}" for n in range(1, 7)]
    file.write_text("\n".join(lines) + "\n")
    assert load_tape(file).profile == ""
    found = conditions(played(file, usual_port("mrsc1", "x")))
    assert found == [Condition.UNKNOWN, NORMAL, DANGER, NORMAL]


def test_silence_in_a_recording_is_silence_again(tmp_path: Path) -> None:
    tape = Tape("mrsc1", "FMD01", tuple((at * MS, state(n, at)) for n, at in enumerate((500, 1000, 6000), 1)))
    waited: list[float] = []
    items = list(replay(tape, usual_port("mrsc1", "x", expect="FMD01"), waited.append))
    assert NoteKind.SILENT in [item.kind for item in items if isinstance(item, Note)]
    assert sum(waited) == pytest.approx(5.5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nothing was recorded"),
        ('{"format": "mrsc-recording-1", "profile": "mrsc1", "device": "X"}\n', "nothing was recorded"),
        ("12 zz\n", "line 1: is no time and bytes"),
        ("20 00\n10 00\n", "the times go back"),
        ('{"format": "other"}\n', "line 1"),
    ],
)
def test_what_is_no_recording_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "tape"
    file.write_text(text)
    with pytest.raises(TapeError, match=said):
        load_tape(file)


def test_a_recording_replaces_no_file(tmp_path: Path) -> None:
    file = tmp_path / "tape"
    file.write_text("mine")
    with pytest.raises(TapeError, match="a file that is not there yet"):
        Recorder(file, usual_port("mrsc1", "x"))
    with pytest.raises(TapeError, match="No such file"):
        load_tape(tmp_path / "none")
