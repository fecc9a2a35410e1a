"""Links reading a mock bench through pyserial on real pseudo-terminals."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.device_wire import Heard
from support.waiting import wait_until

from devices import Condition, Link, NoteKind, Origin, Reading, Reason
from devices.mock import Rig, Unit

pytestmark = pytest.mark.pty
NORMAL, DANGER, UNKNOWN = Condition.NORMAL, Condition.DANGER, Condition.UNKNOWN
PROMISE_S = 3.0


def boot_time() -> int:
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


class Desk:
    """A rig and a link to each of its ports; `heard` by port name."""

    def __init__(self, directory: Path, heartbeat_s: float = 0.1) -> None:
        self.rig = Rig(directory, heartbeat_s=heartbeat_s)
        self.heard = {config.name: Heard() for config in self.rig.ports}
        self.links = [Link(config, self.heard[config.name], boot_time) for config in self.rig.ports]
        for link in self.links:
            link.start()

    def close(self) -> None:
        closed = [link.close() for link in self.links]
        assert self.rig.close()
        assert all(closed)

    def settle(self) -> None:
        for name in self.heard:
            self.wait(name, NORMAL)

    def wait(
        self,
        name: str,
        condition: Condition,
        deadline_s: float = 5.0,
        *,
        since: int = 0,
        why: str | None = None,
    ) -> Reading:
        """Wait until the newest reading of a port, not among the first `since`, says this of channel 0."""

        def said() -> bool:
            newest = self.heard[name].readings[since:][-1:]
            return any(
                (r.channels[0].condition, why or r.channels[0].reason) == (condition, r.channels[0].reason)
                for r in newest
            )

        wait_until(said, deadline_s, f"{name} {condition} {why or ''}")
        return self.heard[name].readings[-1]

    def wait_note(self, name: str, kind: NoteKind, deadline_s: float = PROMISE_S) -> None:
        heard = self.heard[name]
        wait_until(lambda: kind in heard.kinds, deadline_s, f"{name}: {kind}")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    made.settle()
    yield made
    made.close()


def test_both_devices_are_heard_named_and_simulated(desk: Desk) -> None:
    detector, door = (desk.heard[name].readings[-1] for name in ("detector", "door"))
    assert (detector.device, door.device) == ("FMD01", "DOOR4")
    assert {detector.origin, door.origin} == {Origin.SIMULATED}
    assert (len(detector.channels), len(door.channels)) == (1, 2)
    assert detector.channels[0].value is not None


def test_an_alarm_is_a_pulse_with_direction_count_and_crossing(desk: Desk) -> None:
    desk.rig.detector.alarm("I", pulse_s=0.2)
    channel = desk.wait("detector", DANGER).channels[0]
    assert (channel.direction, channel.alarms, channel.crossings_in, channel.crossings_out) == ("I", 1, 1, 0)
    desk.wait("detector", NORMAL)
    desk.rig.detector.passage("O")
    heard = desk.heard["detector"]
    wait_until(lambda: heard.readings[-1].channels[0].crossings_out == 1, 2, "the crossing")
    assert heard.conditions().count(DANGER) >= 1
    assert desk.heard["door"].conditions()[-1] is NORMAL


def test_the_door_opens_and_closes_on_both_channels(desk: Desk) -> None:
    desk.rig.door.open()
    assert [c.condition for c in desk.wait("door", DANGER).channels] == [DANGER, DANGER]
    desk.rig.door.close()
    assert [c.condition for c in desk.wait("door", NORMAL).channels] == [NORMAL, NORMAL]
    desk.rig.door.discrepancy()
    desk.wait("door", UNKNOWN, why=Reason.DISCREPANCY)


def test_an_alarm_whose_sentence_was_lost_is_found_by_its_counter(desk: Desk) -> None:
    desk.rig.detector.lost_alarm()
    desk.wait_note("detector", NoteKind.MISSED_ALARM)
    assert DANGER in desk.heard["detector"].conditions()


def test_a_pulled_cable_is_noticed_and_comes_back_only_by_two_fresh_readings(desk: Desk) -> None:
    heard = desk.heard["detector"]
    desk.rig.detector.unplug()
    desk.wait_note("detector", NoteKind.LOST, 1.0)
    before = len(heard.readings)
    desk.rig.detector.replug()
    desk.wait("detector", NORMAL, since=before)
    assert heard.conditions()[before : before + 2] == [UNKNOWN, NORMAL]


def test_alarm_while_the_cable_is_out_is_found_afterwards(desk: Desk) -> None:
    desk.rig.detector.unplug()
    desk.wait_note("detector", NoteKind.LOST)
    desk.rig.detector.alarm(pulse_s=0.01)
    desk.rig.detector.replug()
    desk.wait_note("detector", NoteKind.MISSED_ALARM)
    assert DANGER in desk.heard["detector"].conditions()


@pytest.mark.timing
def test_a_device_that_says_nothing_new_is_silent_within_the_promise(desk: Desk) -> None:
    began = time.monotonic()
    desk.rig.detector.silence()
    desk.rig.door.stick()
    desk.wait_note("detector", NoteKind.SILENT)
    desk.wait_note("door", NoteKind.SILENT)
    assert time.monotonic() - began < PROMISE_S
    desk.rig.detector.silence(False)
    desk.rig.door.stick(False)
    marks = {name: len(heard.readings) for name, heard in desk.heard.items()}
    for name, mark in marks.items():
        desk.wait(name, NORMAL, since=mark)


def test_another_identity_a_reboot_and_a_bypass_key_are_unknown(desk: Desk) -> None:
    desk.rig.detector.wrong_id("XXX99")
    desk.wait("detector", UNKNOWN, why=Reason.WRONG_IDENTITY)
    desk.rig.detector.wrong_id(None)
    desk.wait("detector", NORMAL)
    desk.rig.detector.reboot()
    desk.wait_note("detector", NoteKind.REBOOTED)
    desk.wait("detector", NORMAL, since=len(desk.heard["detector"].readings))
    desk.rig.detector.inhibit()
    desk.wait("detector", UNKNOWN, why=Reason.INHIBITED)
    desk.rig.detector.inhibit(False)
    desk.wait("detector", NORMAL)


def test_garbage_is_unknown_and_a_damaged_or_repeated_line_is_not(desk: Desk) -> None:
    desk.rig.detector.corrupt(1)
    desk.rig.detector.duplicate()
    wait_until(lambda: desk.links[0].counts().get("error_crc"), 2, "the damaged line")
    wait_until(lambda: desk.links[0].counts().get("repeated"), 2, "the repeated line")
    assert UNKNOWN not in desk.heard["detector"].conditions()[3:]
    desk.rig.detector.garbage()
    desk.wait_note("detector", NoteKind.LINE_ERRORS)
    desk.wait("detector", UNKNOWN, why=Reason.LINE_ERRORS)
    assert desk.heard["door"].conditions()[-1] is NORMAL


def test_babble_without_line_end_leaves_the_other_port_alone(desk: Desk) -> None:
    desk.rig.detector.flood(20_000)
    desk.wait_note("detector", NoteKind.LINE_ERRORS)
    before = len(desk.heard["door"].readings)
    wait_until(lambda: len(desk.heard["door"].readings) > before + 3, 2, "the door goes on")
    assert desk.links[0]._dialogue._splitter.held < 160
    assert desk.heard["door"].conditions()[-1] is NORMAL


def test_unplugged_in_the_middle_of_a_sentence_and_of_an_alarm(desk: Desk) -> None:
    desk.rig.detector.alarm(pulse_s=30)
    desk.wait("detector", DANGER)
    desk.rig.detector.inject(b"$MRSC1,EV,FMD01,1,")
    desk.rig.detector.unplug()
    desk.wait_note("detector", NoteKind.LOST)
    before = len(desk.heard["detector"].readings)
    desk.rig.detector.replug()
    desk.wait("detector", DANGER, since=before)


def test_a_rig_takes_its_links_away_and_leaves_no_thread(tmp_path: Path) -> None:
    before = threading.active_count()
    with Rig(tmp_path) as rig:
        assert (tmp_path / "detector").is_symlink()
        rig.detector.unplug()
        rig.detector.unplug()
        assert not (tmp_path / "detector").is_symlink()
        rig.detector.replug()
        rig.detector.replug()
    assert list(tmp_path.iterdir()) == []
    assert threading.active_count() == before


def test_the_line_keeps_to_its_speed(tmp_path: Path) -> None:
    """115 200 baud carries 11 520 bytes a second: 5 760 bytes take half a second."""
    with Rig(tmp_path, heartbeat_s=10) as rig:
        wait_until(lambda: not rig.door._outbox, 2, "the line to be free")
        began = time.monotonic()
        rig.door.flood(5760)
        wait_until(lambda: not rig.door._outbox, 5, "the flood to end")
        assert time.monotonic() - began > 0.4


LOSSES = ("unplug", "silence", "stick", "babble")


def lose(unit: Unit, way: str) -> None:
    if way == "babble":
        unit.silence()
        unit.flood(4096)
    else:
        getattr(unit, way)()


def recover(unit: Unit, way: str) -> None:
    if way == "unplug":
        unit.replug()
    elif way == "stick":
        unit.stick(False)
    else:
        unit.silence(False)


def lose_and_recover(desk: Desk, way: str) -> None:
    """P6: UNKNOWN within 3 s, and NORMAL again only after valid data."""
    heard = desk.heard["detector"]
    desk.wait("detector", NORMAL, 20)
    marked = len(heard.items)
    began = time.monotonic()
    lose(desk.rig.detector, way)
    wanted = {NoteKind.LOST, NoteKind.SILENT, NoteKind.LINE_ERRORS}
    wait_until(lambda: wanted & {getattr(item, "kind", None) for item in heard.items[marked:]}, 4, way)
    assert time.monotonic() - began <= PROMISE_S
    readings = len(heard.readings)
    recover(desk.rig.detector, way)
    desk.wait("detector", NORMAL, 20, since=readings)
    assert heard.conditions()[readings] is UNKNOWN


@pytest.mark.timing
def test_every_loss_is_unknown_within_three_seconds(desk: Desk) -> None:
    for _ in range(3):
        lose_and_recover(desk, "unplug")


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("way", LOSSES)
def test_fifty_losses_of_each_kind(desk: Desk, way: str) -> None:
    for _ in range(50):
        lose_and_recover(desk, way)
