"""The mock devices without any line: how they behave, and the stories they are told."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices import mrsc1
from devices.mock import (
    DetectorUnit,
    DoorUnit,
    MockPort,
    Rig,
    Scenario,
    ScenarioError,
    Step,
    Unit,
    load_scenario,
    play,
    shipped_scenarios,
    simulate,
    terminal_keys,
)
from devices.mock.models import DetectorModel, DoorModel
from devices.mock.scenario import ACTIONS
from devices.payload import State
from devices.port import DeviceError


class Wire:
    """Stands where the pty would and keeps what was written."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []

    def write(self, data: bytes) -> bool:
        self.lines.append(data)
        return True

    def states(self) -> list[State]:
        payloads = [mrsc1.parse(line[:-1]).payload for line in self.lines]
        return [payload for payload in payloads if isinstance(payload, State)]


def detector(**changes: object) -> tuple[DetectorUnit, Wire]:
    wire = Wire()
    unit = DetectorUnit("FMD01", wire, DetectorModel(), threading.Condition(), rate=None, **changes)  # type: ignore[arg-type]
    return unit, wire


def door() -> tuple[DoorUnit, Wire]:
    wire = Wire()
    return DoorUnit("DOOR4", wire, DoorModel(), threading.Condition(), rate=None), wire  # type: ignore[arg-type]


def test_a_device_says_who_it_is_then_its_state_and_then_beats() -> None:
    unit, wire = detector()
    now = 100.0
    for _ in range(5):
        now = unit.run_due(now)
    said = [mrsc1.parse(line[:-1]) for line in wire.lines]
    assert [s.type for s in said] == ["ID", "TS", "ST", "ST", "ST", "ST", "ST"]
    assert [s.seq for s in said] == list(range(7))
    assert [s.up_ms for s in said[2:]] == [0, 500, 1000, 1500, 2000]


def test_ambient_level_is_never_still() -> None:
    unit, wire = detector()
    for n in range(40):
        unit.run_due(100 + n / 2)
    assert len({state.values for state in wire.states()}) > 3
    assert all(abs(state.values[0] - 12) <= 5 for state in wire.states())  # type: ignore[operator]


def test_alarm_pulse_ends_by_itself_and_is_counted_once() -> None:
    unit, wire = detector()
    unit.run_due(100)
    unit.alarm("O")
    due = unit.run_due(100.01)
    assert wire.states()[-1].letters == "A"
    assert wire.states()[-1].values[0] > 500  # type: ignore[operator]
    while due < 101:
        due = unit.run_due(due)
    last = wire.states()[-1]
    assert (last.letters, last.alarms, last.crossings, last.directions) == ("N", (1,), (0, 1), "U")


def test_second_object_within_the_pulse_is_the_same_alarm_and_lengthens_it() -> None:
    unit, wire = detector()
    unit.run_due(100)
    unit.alarm()
    unit.run_due(100.5)
    unit.ferrous()
    unit.run_due(101)
    assert (wire.states()[-1].letters, wire.states()[-1].alarms, wire.states()[-1].crossings) == (
        "A",
        (1,),
        (2, 0),
    )


def test_reboot_raises_the_boot_number_and_starts_every_count_again() -> None:
    unit, wire = detector()
    unit.run_due(100)
    unit.alarm()
    unit.run_due(100.1)
    unit.reboot()
    wire.lines.clear()
    unit.run_due(105)
    said = [mrsc1.parse(line[:-1]) for line in wire.lines]
    assert [(s.type, s.boot, s.seq, s.up_ms) for s in said] == [
        ("ID", 2, 0, 0),
        ("TS", 2, 1, 0),
        ("ST", 2, 2, 0),
    ]
    assert wire.states()[-1].alarms == (0,)


def test_door_moves_both_contacts_and_a_second_push_says_nothing() -> None:
    unit, wire = door()
    unit.run_due(100)
    for move in (unit.open, unit.open, unit.close, unit.discrepancy):
        move()
        unit.run_due(100.1)
    assert [state.letters for state in wire.states()] == ["NN", "AA", "NN", "XX"]
    assert wire.states()[-1].alarms == (1, 1)


def test_every_shipped_scenario_can_be_read_and_names_known_actions() -> None:
    assert set(shipped_scenarios()) == {
        "arrival-to-exit",
        "bed-through-open-door",
        "companion-with-chain",
        "cylinder-parked-inside",
        "forgotten-object",
        "line-goes-bad",
        "oxygen-fails",
        "pinned-for-hours",
        "quench-vent-fails",
        "unplugged-detector",
    }
    for name in shipped_scenarios():
        scenario = load_scenario(name)
        assert scenario.title
        assert all(step.do in ACTIONS for step in scenario.steps)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("title = 'x'", "at least one"),
        ("[[step]]\nat_s = 1", "step 1: needs at_s and do"),
        ("[[step]]\nat_s = 1\ndo = 'door.explode'", "step 1: unknown action 'door.explode'"),
        ("[[step]]\nat_s = -1\ndo = 'door.open'", "step 1: at_s must be"),
        ("[[step]]\nat_s = nan\ndo = 'door.open'", "step 1: at_s must be"),
        ("[[step]]\nat_s = true\ndo = 'door.open'", "step 1: at_s must be"),
        ("[[step]]\nat_s = 1\ndo = 'door.open'\ndirection = 'I'", "does not take 'direction'"),
        ("[[step]]\nat_s = 1\ndo = 'detector.alarm'\ndirection = 'X'", "direction must be"),
        (
            "[[step]]\nat_s = 2\ndo = 'door.open'\n[[step]]\nat_s = 1\ndo = 'door.close'",
            "step 2: at_s goes back",
        ),
        ("colour = 1\n[[step]]\nat_s = 1\ndo = 'door.open'", "unknown key 'colour'"),
        ("[[step", "story.toml"),
        ("# " + "x" * 70_000, "longer than"),
    ],
)
def test_a_story_that_cannot_be_played_says_where_and_why(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "story.toml"
    path.write_text(text)
    with pytest.raises(ScenarioError, match=r"story\.toml") as refused:
        load_scenario(path)
    assert why in str(refused.value)


def test_a_story_that_does_not_exist_names_the_shipped_ones() -> None:
    with pytest.raises(ScenarioError, match="arrival-to-exit"):
        load_scenario("no-such-story")


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path)
    yield made
    assert made.close()


@pytest.mark.pty
def test_playing_waits_between_steps_and_can_be_ended(rig: Rig) -> None:
    story = Scenario(
        "x", (Step(0, "door.open"), Step(2, "door.close"), Step(2, "detector.alarm"), Step(9, "door.open"))
    )
    waited: list[float] = []
    told: list[str] = []

    def pace(seconds: float) -> bool:
        waited.append(seconds)
        return len(waited) < 2

    assert play(story, rig, pace, lambda step: told.append(step.do)) is False
    assert waited == [2, 7]
    assert told == ["door.open", "door.close", "detector.alarm"]


@pytest.mark.pty
@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_every_action_can_be_played(rig: Rig, action: str) -> None:
    assert play(Scenario("x", (Step(0, action),)), rig, lambda _: True)
    unit: Unit = rig.detector if action.startswith("detector") else rig.door
    assert unit.port.plugged is not action.endswith("unplug")


@pytest.mark.pty
def test_the_bench_by_hand_obeys_every_key(rig: Rig) -> None:
    typed = iter([*"aApPmocd2ugr", "", *"bswi1sw?z", "q", "a"])
    out: list[str] = []
    clock = iter(range(1000))
    story = Scenario("x", (Step(3, "door.open"),))
    simulate(rig, lambda _: next(typed), out.append, scenario=story, clock=lambda: next(clock))
    text = "\n".join(out)
    assert str(rig.detector.port.path) in out[0]
    for expected in (
        "detector: alarm inwards",
        "detector: quiet passage inwards",
        "detector: quiet passage outwards",
        "door: contacts disagree",
        "door: unplugged",
        "door: plugged in",
        "door: silence on",
        "detector: silence on",
        "detector: wrong identity on",
        "no key 'z'",
        "   3.0 s  door.open",
    ):
        assert expected in text
    assert next(typed) == "a"


@pytest.mark.pty
def test_the_bench_ends_with_its_input_and_gives_the_terminal_back(rig: Rig) -> None:
    read_end, write_end = os.pipe()
    os.write(write_end, b"o")
    os.close(write_end)
    out: list[str] = []
    with terminal_keys(read_end) as keys:
        simulate(rig, keys, out.append, clock=lambda: 0.0)
    os.close(read_end)
    assert out[-1] == "door: open"


@pytest.mark.pty
def test_keys_of_a_terminal_arrive_singly_and_its_settings_come_back() -> None:
    import termios  # noqa: PLC0415 - only this test looks at terminal settings

    master, slave = os.openpty()
    before = termios.tcgetattr(slave)
    with terminal_keys(slave) as keys:
        os.write(master, b"ab")
        assert (keys(1), keys(1), keys(0)) == ("a", "b", "")
    assert termios.tcgetattr(slave) == before
    os.close(master)
    os.close(slave)


@pytest.mark.pty
def test_a_mock_port_replaces_its_own_link_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "stale").symlink_to("/dev/pts/does-not-exist")
    port = MockPort(tmp_path / "stale")
    assert port.path.exists()
    port.close()
    assert not port.write(b"x")
    (tmp_path / "file").write_text("keep me")
    with pytest.raises(DeviceError, match="not a link of ours"):
        MockPort(tmp_path / "file")
    assert (tmp_path / "file").read_text() == "keep me"


@pytest.mark.pty
def test_a_mock_port_nobody_reads_loses_bytes_instead_of_waiting(tmp_path: Path) -> None:
    port = MockPort(tmp_path / "fmd")
    assert not all(port.write(b"x" * 1000) for _ in range(100))
    port.close()
