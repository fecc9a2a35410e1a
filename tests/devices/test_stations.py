"""Profiles of contacts read through pyserial on real ptys and sockets, each with what can go wrong there."""

from __future__ import annotations

import os
import socket
import struct
import termios
import time
import tty
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from support.device_wire import Heard
from support.waiting import wait_until

from devices import Condition, DeviceError, Link, NoteKind, Origin, PortConfig, PortLost, Reason
from devices.inputs import LINES, Input, Module
from devices.mock.faults import Fault
from devices.mock.station import Station, open_station
from devices.transport import adapter_of, open_port

# pyserial's rfc2217 client names its thread in a way Python deprecates.
pytestmark = [pytest.mark.pty, pytest.mark.filterwarnings(r"ignore:set(Name|Daemon)\(\):DeprecationWarning")]
NORMAL, DANGER, UNKNOWN = Condition.NORMAL, Condition.DANGER, Condition.UNKNOWN
PROFILES = ("contact-lines", "modbus-di", "adam-ascii")
DETECTOR, DOOR, OXYGEN = range(3)
PROMISE_S = 3.0


def boot_time() -> int:
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


class Desk:
    """A station and a link that listens to it."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self.heard = Heard()
        self.link = Link(station.ports[0], self.heard, boot_time)
        self.link.start()

    def newest(self, channel: int) -> Condition | None:
        told = [c for r in self.heard.readings for c in r.channels if c.channel == channel]
        return told[-1].condition if told else None

    def wait(self, condition: Condition, channel: int = DOOR, deadline_s: float = 6) -> None:
        wait_until(lambda: self.newest(channel) is condition, deadline_s, f"channel {channel} {condition}")

    def void(self) -> bool:
        """Tell whether nothing is believed any more."""
        told = self.heard.items[-1]
        lost = getattr(told, "kind", None) in (NoteKind.LOST, NoteKind.SILENT, NoteKind.LINE_ERRORS)
        return lost or self.newest(DOOR) is UNKNOWN


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "io"


@pytest.fixture(params=PROFILES)
def desk(request: pytest.FixtureRequest, path: Path) -> Iterator[Desk]:
    with open_station(request.param, path) as station:
        made = Desk(station)
        for channel in (DETECTOR, DOOR, OXYGEN):
            made.wait(NORMAL, channel)
        yield made
        assert made.link.close()


def test_each_contact_is_danger_at_once_and_rests_again(desk: Desk) -> None:
    desk.station.detector.alarm()
    desk.wait(DANGER, DETECTOR, 1)
    assert desk.newest(DOOR) is NORMAL
    desk.wait(NORMAL, DETECTOR)
    desk.station.door.open()
    desk.wait(DANGER, DOOR, 1)
    desk.station.door.close()
    desk.wait(NORMAL, DOOR)
    desk.station.oxygen.low()
    desk.wait(DANGER, OXYGEN, 1)
    reading = desk.heard.readings[-1]
    assert reading.origin is Origin.SIMULATED
    assert [c.name for c in reading.channels] == ["FMD", "DOOR-IV", "O2"]


def test_two_contacts_that_disagree_are_a_discrepancy_until_both_were_seen_moving(desk: Desk) -> None:
    desk.station.door.discrepancy()
    desk.wait(UNKNOWN, DOOR, 2)
    assert desk.heard.readings[-1].channels[DOOR].reason == Reason.DISCREPANCY
    desk.station.door.close()
    desk.station.detector.alarm()
    desk.wait(NORMAL, DETECTOR, 3)
    assert desk.newest(DOOR) is UNKNOWN
    desk.station.door.open()
    desk.wait(DANGER, DOOR, 1)
    desk.station.door.close()
    desk.wait(NORMAL, DOOR)


ONE_FAULT = {"contact-lines": Fault.POWER_CYCLE, "modbus-di": Fault.UNPLUG, "adam-ascii": Fault.MASQUERADE}
"""One for every run; the long run plays each."""
SHOWN = {
    "contact-lines": {Fault.UNPLUG, Fault.POWER_CYCLE},
    "modbus-di": set(Fault) - {Fault.MASQUERADE, Fault.STUCK, Fault.CLOCK_JUMP},
    "adam-ascii": set(Fault) - {Fault.STUCK, Fault.CLOCK_JUMP},
}


def suffer(desk: Desk, fault: Fault) -> None:
    """P6: UNKNOWN within 3 s, NORMAL afterwards, and alarms are heard again."""
    began = time.monotonic()
    desk.station.disturb(fault)
    wait_until(desk.void, PROMISE_S, f"{fault} is shown")
    assert time.monotonic() - began <= PROMISE_S
    desk.station.disturb(None)
    desk.station.door.open()
    desk.wait(DANGER, DOOR, 8)
    desk.station.door.close()
    desk.wait(NORMAL, DOOR, 25)


def test_one_fault_on_a_real_line(desk: Desk) -> None:
    suffer(desk, ONE_FAULT[desk.link.config.profile])


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_every_fault_on_a_real_line(desk: Desk) -> None:
    for fault in sorted(SHOWN[desk.link.config.profile]):
        suffer(desk, fault)


def test_the_module_is_asked_and_never_told(desk: Desk) -> None:
    """I1: I2: in all the time it was read, nothing but reading requests reached the module."""
    desk.station.door.open()
    desk.wait(DANGER, DOOR, 1)
    unit = getattr(desk.station.line, "unit", None)
    assert unit is None or (unit.written == [] and desk.link.health().frames > 0)


def test_health_counts_frames_damage_gaps_and_reconnections(path: Path) -> None:
    with open_station("modbus-di", path) as station:
        desk = Desk(station)
        desk.wait(NORMAL)
        before = desk.link.health()
        assert before.frames >= 2
        assert (before.reconnects, before.gaps, before.rejected) == (0, 0, 0)
        assert before.age_ns is not None
        assert before.age_ns < 1_000_000_000
        station.door.garbage()
        wait_until(lambda: desk.link.health().rejected, 3, "the noise")
        station.line.power(False)
        wait_until(lambda: desk.link.health().gaps, 3, "a missing answer")
        station.door.unplug()
        station.door.replug()
        wait_until(lambda: desk.link.health().reconnects == 1, 6, "the reconnection")
        assert desk.link.close()


def test_a_station_speaks_profiles_of_contacts_only(path: Path) -> None:
    with pytest.raises(DeviceError, match="contact-lines, modbus-di, adam-ascii"):
        open_station("mrsc1", path)


# Ports and adapters


def contacts(url: str, **changes: object) -> PortConfig:
    given = {"expect_device": "IO", "profile": "contact-lines", "inputs": (Input("door", 0),), **changes}
    return PortConfig("io", url, **given)  # type: ignore[arg-type]


def test_a_pseudo_terminal_has_no_contacts_and_says_so() -> None:
    master, slave = os.openpty()
    tty.setraw(slave)
    with closing(open_port(contacts(os.ttyname(slave)))) as port, pytest.raises(PortLost, match="io: "):
        port.lines()
    os.close(master)
    os.close(slave)


def test_a_serial_server_that_tells_nothing_of_lines_is_lost_not_normal() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        number = server.getsockname()[1]
        with pytest.raises(PortLost, match="cannot open"):
            open_port(contacts(f"rfc2217://127.0.0.1:{number}?timeout=0.2"))


def sysfs(root: Path, serial: str | None) -> int:
    """Build what the kernel shows of a USB adapter with device number 188:7; return the number."""
    usb = root / "devices/usb1/1-2"
    (usb / "1-2:1.0/ttyUSB7/tty/ttyUSB7").mkdir(parents=True)
    (usb / "idVendor").write_text("0403\n")
    if serial is not None:
        (usb / "serial").write_text(serial + "\n")
    (root / "char").mkdir()
    (root / "char/188:7").symlink_to(usb / "1-2:1.0/ttyUSB7/tty/ttyUSB7")
    return os.makedev(188, 7)


def test_the_adapter_is_asked_of_what_was_really_opened(tmp_path: Path) -> None:
    assert adapter_of(sysfs(tmp_path / "a", "EXAMPLE-A1"), tmp_path / "a/char") == "EXAMPLE-A1"
    assert adapter_of(sysfs(tmp_path / "b", None), tmp_path / "b/char") == ""
    assert adapter_of(os.makedev(188, 9), tmp_path / "a/char") == ""


def test_another_adapter_behind_the_same_path_is_refused_at_each_open() -> None:
    master, slave = os.openpty()
    wanted = PortConfig("d", os.ttyname(slave), expect_device="FMD01", adapter="EXAMPLE-A1")
    with pytest.raises(PortLost, match="adapter is without a serial number, expected EXAMPLE-A1"):
        open_port(wanted)
    os.close(master)
    os.close(slave)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"inputs": ()}, "inputs must be 1 to 16"),
        ({"inputs": (Input("x", 4),)}, "inputs must be on CTS, DSR, DCD, RI"),
        ({"url": "socket://h:1"}, "a bare socket has no lines"),
        ({"modules": (Module(1),)}, "modules must be left out"),
        ({"profile": "mrsc1"}, "inputs must be left out"),
        ({"profile": "modbus-di"}, "modules must be one for each address"),
        ({"profile": "modbus-di", "modules": (Module(1), Module(1))}, "modules must be one for each"),
        ({"profile": "modbus-di", "modules": (Module(250),)}, "modules must be 1 to 247"),
        ({"profile": "modbus-di", "modules": (Module(2),)}, "on a module that is listed: 1 is not"),
        ({"profile": "modbus-di", "modules": (Module(1, count=2),), "inputs": (Input("x", 2),)}, "2 places"),
        ({"profile": "adam-ascii", "modules": (Module(1),), "inputs": (Input("x", 16),)}, "16 places"),
        ({"parity": "X"}, "parity must be"),
        ({"adapter": "a b"}, "adapter must be"),
        ({"poll_hz": 50}, "poll_hz must be 2 to 20"),
    ],
)
def test_a_port_that_makes_no_sense_is_refused_with_its_rule(changes: dict[str, object], rule: str) -> None:
    with pytest.raises(DeviceError, match=rule):
        contacts(str(changes.pop("url", "/dev/null")), **changes)


@pytest.mark.parametrize("waiting", [0, 1, 300])
def test_all_that_waits_on_a_network_port_is_thrown_away_at_once(waiting: int) -> None:
    """pyserial tells of one byte only on a socket, however many wait."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        config = PortConfig(
            "io",
            f"socket://127.0.0.1:{server.getsockname()[1]}",
            expect_device="IO",
            profile="modbus-di",
            inputs=(Input("door", 0),),
            modules=(Module(1),),
        )
        with closing(open_port(config)) as port:
            line, _ = server.accept()
            with line:
                line.sendall(b"x" * waiting + b"!")
                assert port.receive(1) in (b"x", b"!")
                assert len(port.discard()) == waiting
                assert port.discard() == b""


def test_babble_on_a_network_port_is_taken_in_pieces() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        config = contacts(
            f"socket://127.0.0.1:{server.getsockname()[1]}", profile="adam-ascii", modules=(Module(1),)
        )
        with closing(open_port(config)) as port:
            line, _ = server.accept()
            with line:
                line.sendall(b"\xff" * 60_000)
                assert 0 < len(port.discard()) <= 5 * 4096


def test_the_lines_of_a_local_port_come_from_one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """CTS is the lowest bit, then DSR, DCD, RI; the kernel's own bits are in another order."""
    master, slave = os.openpty()
    tty.setraw(slave)
    kernel = {
        "CTS": termios.TIOCM_CTS,
        "DSR": termios.TIOCM_DSR,
        "DCD": termios.TIOCM_CD,
        "RI": termios.TIOCM_RI,
    }
    with closing(open_port(contacts(os.ttyname(slave)))) as port:
        for place, name in enumerate(LINES):
            told = struct.pack("I", kernel[name] | termios.TIOCM_RTS | termios.TIOCM_DTR)
            monkeypatch.setattr("devices.transport.fcntl.ioctl", lambda fd, what, given, told=told: told)
            assert port.lines() == 1 << place
    monkeypatch.undo()
    os.close(master)
    os.close(slave)
