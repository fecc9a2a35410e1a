from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from devices import (
    ChannelReading,
    Condition,
    Note,
    NoteKind,
    Origin,
    PortConfig,
    PortConfigError,
    Reading,
    Reason,
)
from devices.bench import Changes, PortInfo, describe, list_ports, usual_port, watch
from devices.mock import Rig, open_station


def boot_time() -> int:
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


def test_a_reading_and_a_note_as_one_line_each() -> None:
    channel = ChannelReading(0, "FMD", Condition.DANGER, Reason.ACTIVE, 913, "I", 12, 11, 4)
    reading = Reading("fmd", "FMD01", Origin.LIVE, 0, 7, 2, 1480, 0x0001, (channel,))
    assert describe(reading) == (
        "FMD01 LIVE boot 7 seq 0002 up 1.480 s [supply low] | "
        "0 FMD DANGER (the device reports it) level +913 inwards crossings 12 in 11 out alarms 4"
    )
    assert describe(Note("fmd", NoteKind.MISSED_ALARM, "one", channel=3)) == "missed-alarm channel 3: one"


def looked(
    port: PortConfig, stop: Callable[[list[Reading | Note]], bool], **options: Any
) -> list[Reading | Note]:
    heard: list[Reading | Note] = []
    counts = watch(port, heard.append, bt_ns=boot_time, stop=lambda: stop(heard), **options)
    assert all(counts.values())
    return heard


def believed(heard: list[Reading | Note]) -> bool:
    return any(isinstance(i, Reading) and i.channels[0].condition is Condition.NORMAL for i in heard)


@pytest.mark.pty
def test_watching_adopts_the_device_and_ends_when_told(tmp_path: Path) -> None:
    tapped: list[bytes] = []
    with Rig(tmp_path, heartbeat_s=0.1) as rig:
        port = usual_port("mrsc1", str(rig.detector.port.path))
        heard = looked(port, believed, adopt_identity=True, tap=lambda _, data: tapped.append(data))
    text = "\n".join(describe(item) for item in heard)
    assert "opened: port opened, SIMULATED" in text
    assert "FMD01 SIMULATED" in text
    assert b"$MRSC1,ST,FMD01" in b"".join(tapped)


@pytest.mark.pty
def test_watching_for_one_device_shows_another_as_unknown(tmp_path: Path) -> None:
    with Rig(tmp_path, heartbeat_s=0.1) as rig:
        port = usual_port("mrsc1", str(rig.detector.port.path), expect="FMD02")
        heard = looked(port, lambda items: len(items) > 6)
    assert any("FMD01 answers where FMD02 is expected" in describe(item) for item in heard)
    assert not believed(heard)


@pytest.mark.pty
@pytest.mark.parametrize("profile", ["modbus-di", "adam-ascii"])
def test_watching_a_module_before_it_is_configured(tmp_path: Path, profile: str) -> None:
    with open_station(profile, tmp_path / "io"):
        heard = looked(usual_port(profile, str(tmp_path / "io")), believed)
    reading = next(item for item in reversed(heard) if isinstance(item, Reading))
    assert [c.name for c in reading.channels[:2]] == ["in 0", "in 1"]
    assert reading.channels[2].condition is Condition.DANGER  # the second door contact rests the other way


def test_watching_a_missing_port_says_so_and_leaves_no_thread() -> None:
    before = threading.active_count()
    heard = looked(usual_port("mrsc1", "/dev/does-not-exist"), lambda items: len(items) > 0)
    assert "cannot open /dev/does-not-exist" in describe(heard[0])
    assert threading.active_count() == before


def test_watching_refuses_a_nonsensical_identity() -> None:
    with pytest.raises(PortConfigError, match="expect_device"):
        usual_port("mrsc1", "/dev/null", expect="a b")


def one(condition: Condition, reason: str = "", channel: int = 0, value: int | None = None) -> Reading:
    told = ChannelReading(channel, "FMD", condition, reason, value)
    return Reading("p", "FMD01", Origin.LIVE, 0, 7, 2, 1480, 0, (told,))


def test_changes_tell_each_change_of_a_channel_once() -> None:
    changes = Changes()
    first = changes.of(one(Condition.UNKNOWN, Reason.RECOVERING, value=12))
    assert first == [
        {
            "device": "FMD01",
            "channel": 0,
            "role": "FMD",
            "condition": "UNKNOWN",
            "reason": "recovering",
            "origin": "LIVE",
            "value": 12,
        }
    ]
    assert changes.of(one(Condition.UNKNOWN, Reason.RECOVERING, value=13)) == []
    assert [r["condition"] for r in changes.of(one(Condition.NORMAL))] == ["NORMAL"]
    assert [r["condition"] for r in changes.of(one(Condition.NORMAL, channel=1))] == ["NORMAL"]
    lost = changes.of(Note("p", NoteKind.LOST, "gone"))
    assert [(r["channel"], r["condition"], r["reason"]) for r in lost] == [
        (0, "UNKNOWN", "lost"),
        (1, "UNKNOWN", "lost"),
    ]
    assert changes.of(Note("p", NoteKind.LOST, "gone")) == []
    assert changes.of(Note("p", NoteKind.SEQ_GAP, "one")) == []


def test_ports_are_listed_by_their_lasting_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Found:
        def __init__(self, device: str, description: str | None) -> None:
            self.device = device
            self.description = description

    (tmp_path / "usb-adapter").symlink_to("/dev/null")
    monkeypatch.setattr(
        "serial.tools.list_ports.comports",
        lambda: [Found("/dev/zero", None), Found("/dev/null", "An adapter")],
    )
    assert list_ports(tmp_path) == (
        PortInfo("/dev/zero", "", Origin.LIVE),
        PortInfo(str(tmp_path / "usb-adapter"), "An adapter", Origin.LIVE),
    )
    assert [port.path for port in list_ports(tmp_path / "none")] == ["/dev/null", "/dev/zero"]
