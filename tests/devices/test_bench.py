from __future__ import annotations

import itertools
import threading
import time
from pathlib import Path

import pytest

from devices import ChannelReading, Condition, Note, NoteKind, Origin, PortConfigError, Reading, Reason
from devices.bench import PortInfo, describe, list_ports, watch
from devices.mock import Rig


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


@pytest.mark.pty
def test_watching_prints_what_is_heard_adopts_the_device_and_ends_when_told(tmp_path: Path) -> None:
    out: list[str] = []
    with Rig(tmp_path, heartbeat_s=0.1) as rig:
        watch(
            str(rig.detector.port.path),
            out.append,
            lambda text: f"<{text}>",
            bt_ns=boot_time,
            stop=lambda: any("NORMAL" in line for line in out),
        )
    text = "\n".join(out)
    assert "opened: port opened, SIMULATED" in text
    assert "FMD01 SIMULATED" in text
    assert "counted: opened 1" in out[-1]
    assert all(line.startswith("<") for line in out)


@pytest.mark.pty
def test_watching_for_one_device_shows_another_as_unknown(tmp_path: Path) -> None:
    out: list[str] = []
    with Rig(tmp_path, heartbeat_s=0.1) as rig:
        watch(
            str(rig.detector.port.path),
            out.append,
            str,
            bt_ns=boot_time,
            stop=lambda: len(out) > 6,
            expect_device="FMD02",
        )
    assert any("FMD01 answers where FMD02 is expected" in line for line in out)
    assert not any("NORMAL" in line for line in out)


def test_watching_a_missing_port_says_so_and_leaves_no_thread() -> None:
    out: list[str] = []
    before = threading.active_count()
    turns = itertools.count()
    watch("/dev/does-not-exist", out.append, str, bt_ns=boot_time, stop=lambda: next(turns) > 1)
    assert "cannot open /dev/does-not-exist" in out[0]
    assert threading.active_count() == before


def test_watching_refuses_a_nonsensical_identity() -> None:
    with pytest.raises(PortConfigError, match="expect_device"):
        watch("/dev/null", print, str, bt_ns=boot_time, stop=lambda: True, expect_device="a b")


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
