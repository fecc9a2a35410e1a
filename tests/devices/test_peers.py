"""Each profile against something that is not ours: another program plays the device or carries the line."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from support.device_wire import Heard
from support.source import ROOT
from support.waiting import wait_until

from devices import Condition, Link, NoteKind, PortConfig
from devices.inputs import Input, Module, Scale
from devices.mock import Rig
from devices.mock.station import open_station

# pyserial's rfc2217 client names its thread in a way Python deprecates.
pytestmark = [pytest.mark.pty, pytest.mark.filterwarnings(r"ignore:set(Name|Daemon)\(\):DeprecationWarning")]
NORMAL, DANGER, UNKNOWN = Condition.NORMAL, Condition.DANGER, Condition.UNKNOWN
PEER = ROOT / "tests/support/modbus_peer.py"
ADAM_PEER = ROOT / "tests/support/adam_peer.pl"
LINES_PEER = ROOT / "tests/support/lines_peer.pl"


def boot_time() -> int:
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


@pytest.fixture
def undo() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed; the continuous integration installs it")
    return found


def end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.communicate(timeout=10)


def started(undo: ExitStack, *command: str, **pipes: int) -> subprocess.Popen[str]:
    process = subprocess.Popen(command, text=True, **pipes)  # type: ignore[call-overload]
    undo.callback(end, process)
    return process


def listen(undo: ExitStack, config: PortConfig) -> tuple[Link, Heard]:
    heard = Heard()
    link = Link(config, heard, boot_time)
    link.start()
    undo.callback(link.close)
    return link, heard


def newest(heard: Heard, channel: int = 0) -> Condition | None:
    told = [c.condition for r in heard.readings for c in r.channels if c.channel == channel]
    return told[-1] if told else None


def becomes(heard: Heard, condition: Condition, channel: int = 0, deadline_s: float = 8) -> None:
    wait_until(lambda: newest(heard, channel) is condition, deadline_s, f"channel {channel} {condition}")


@pytest.fixture
def bus(undo: ExitStack, tmp_path: Path) -> tuple[Path, Callable[[str], None], subprocess.Popen[str]]:
    """A pymodbus unit and a line to it, made by socat; the function moves its bits and registers."""
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    started(undo, program("socat"), f"pty,raw,echo=0,link={theirs}", f"pty,raw,echo=0,link={ours}")
    wait_until(lambda: theirs.exists() and ours.exists(), 5, "the line")
    pytest.importorskip("pymodbus")
    peer = started(
        undo, sys.executable, str(PEER), str(theirs), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert peer.stdout is not None
    assert peer.stdout.readline() == "ready\n"

    def move(line: str) -> None:
        assert peer.stdin is not None
        assert peer.stdout is not None
        peer.stdin.write(line + "\n")
        peer.stdin.flush()
        assert peer.stdout.readline() == "done\n"

    return ours, move, peer


def modbus(url: Path, *inputs: Input, module: Module) -> PortConfig:
    return PortConfig(
        "io", str(url), expect_device="IO", profile="modbus-di", baud=9600, inputs=inputs, modules=(module,)
    )


@pytest.mark.parametrize("function", [1, 2])
def test_bits_of_pymodbus_are_read_alarm_and_recover(undo: ExitStack, bus, function: int) -> None:  # type: ignore[no-untyped-def]
    """Must show: modbus-di against a unit that is not ours; 1 coils, 2 discrete inputs."""
    url, move, peer = bus
    inputs = (Input("door", 0), Input("detector", 9))
    link, heard = listen(undo, modbus(url, *inputs, module=Module(1, function=function, count=16)))
    becomes(heard, NORMAL, 1)
    move(f"{function} 9 0")
    becomes(heard, DANGER, 1, 1)
    assert newest(heard, 0) is NORMAL
    move(f"{function} 9 1")
    becomes(heard, NORMAL, 1, 2)
    assert link.counts().get("no_answer", 0) == 0
    peer.kill()
    wait_until(lambda: NoteKind.DEVICE_ERROR in heard.kinds, 3, "the unit is missed")
    assert newest(heard, 0) is UNKNOWN


@pytest.mark.parametrize("function", [3, 4])
def test_oxygen_in_registers_of_pymodbus(undo: ExitStack, bus, function: int) -> None:  # type: ignore[no-untyped-def]
    """Must show: an oxygen meter as a register of a unit that is not ours."""
    url, move, _ = bus
    meter = Input("O2", 2, scale=Scale((4000, 20000)))
    _, heard = listen(undo, modbus(url, meter, module=Module(1, function=function, count=4)))
    becomes(heard, NORMAL)
    assert heard.readings[-1].channels[0].value == 209
    move(f"{function} 2 15000")
    becomes(heard, DANGER, deadline_s=1)
    assert heard.readings[-1].channels[0].value == 171
    move(f"{function} 2 100")
    becomes(heard, UNKNOWN, deadline_s=1)


def test_a_bit_of_a_word_of_pymodbus(undo: ExitStack, bus) -> None:  # type: ignore[no-untyped-def]
    """Inputs that a module offers as bits of a register: bit 5 of the third one here."""
    url, move, _ = bus
    _, heard = listen(undo, modbus(url, Input("door", 2 * 16 + 5), module=Module(1, function=3, count=3)))
    becomes(heard, NORMAL)
    move(f"3 2 {0xFFFF ^ 1 << 5}")
    becomes(heard, DANGER, deadline_s=1)


def test_a_module_that_is_not_on_the_bus_does_not_hold_up_the_one_that_is(undo: ExitStack, bus) -> None:  # type: ignore[no-untyped-def]
    url, move, _ = bus
    config = PortConfig(
        "io", str(url), expect_device="IO", profile="modbus-di", baud=9600,
        inputs=(Input("there", 0), Input("absent", 0, module=9)), modules=(Module(1), Module(9)),
    )  # fmt: skip
    _, heard = listen(undo, config)
    becomes(heard, NORMAL, 0)
    wait_until(lambda: newest(heard, 1) is UNKNOWN, 3, "the absent module is UNKNOWN")
    move("2 0 0")
    becomes(heard, DANGER, 0, 1)


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as made:
        return int(made.getsockname()[1])


def wait_for_server(number: int) -> None:
    """Wait until somebody listens, without knocking: a serial server serves one visitor at a time."""
    listening = f"0100007F:{number:04X} 00000000:0000 0A"
    wait_until(lambda: listening in Path("/proc/net/tcp").read_text(), 5, "the serial server")


def test_the_native_protocol_over_a_socket_of_socat(undo: ExitStack, tmp_path: Path) -> None:
    """Must show: mrsc1 over socket://, carried by socat."""
    rig = undo.enter_context(Rig(tmp_path, heartbeat_s=0.2))
    number = free_port()
    source = f"{rig.detector.port.path},raw,echo=0"
    started(undo, program("socat"), f"tcp-listen:{number},bind=127.0.0.1,reuseaddr,fork", source)
    wait_for_server(number)
    link, heard = listen(undo, PortConfig("d", f"socket://127.0.0.1:{number}", expect_device="FMD01"))
    becomes(heard, NORMAL)
    rig.detector.alarm("I", pulse_s=0.3)
    becomes(heard, DANGER, deadline_s=1)
    becomes(heard, NORMAL)
    assert link.health().frames > 4


SER2NET = """\
connection: &line
  accepter: {accepter}tcp,127.0.0.1,{number}
  connector: serialdev,{path},115200n81,local
  options:
    kickolduser: true
    chardelay: false
"""


@pytest.mark.parametrize(
    ("accepter", "url"), [("", "socket://{}"), ("telnet(rfc2217),", "rfc2217://{}?ign_set_control")]
)
def test_the_native_protocol_over_ser2net(undo: ExitStack, tmp_path: Path, accepter: str, url: str) -> None:
    """Must show: mrsc1 over socket:// and rfc2217://, carried by ser2net."""
    rig = undo.enter_context(Rig(tmp_path, heartbeat_s=0.2))
    number, settings = free_port(), tmp_path / "ser2net.yaml"
    settings.write_text(SER2NET.format(accepter=accepter, number=number, path=rig.detector.port.path))
    server = started(undo, program("ser2net"), "-n", "-c", str(settings), "-P", str(tmp_path / "pid"))
    wait_for_server(number)
    _, heard = listen(undo, PortConfig("d", url.format(f"127.0.0.1:{number}"), expect_device="FMD01"))
    becomes(heard, NORMAL)
    rig.detector.alarm("I", pulse_s=0.3)
    becomes(heard, DANGER, deadline_s=1)
    server.kill()
    wait_until(lambda: NoteKind.LOST in heard.kinds, 3, "the serial server is missed")


def test_an_ascii_module_that_is_not_ours_is_read_alarms_recovers_and_is_missed(
    undo: ExitStack, tmp_path: Path
) -> None:
    """Must show: no package plays an ASCII module, so one was written after the manual, in Perl."""
    ours, inputs = tmp_path / "ours", tmp_path / "inputs"
    inputs.write_text("0001\n")
    played = f"{program('perl')} {ADAM_PEER} {inputs}"
    module = started(undo, program("socat"), f"pty,raw,echo=0,link={ours}", f"exec:{played}")
    wait_until(ours.exists, 5, "the line")
    config = PortConfig(
        "io", str(ours), expect_device="4053", profile="adam-ascii", baud=9600,
        inputs=(Input("fmd", 0),),
        modules=(Module(1, expect="4053"),),
    )  # fmt: skip
    _, heard = listen(undo, config)
    becomes(heard, NORMAL)
    inputs.write_text("0000\n")
    becomes(heard, DANGER, deadline_s=1)
    inputs.write_text("0001\n")
    becomes(heard, NORMAL)
    module.kill()
    wait_until(lambda: NoteKind.LOST in heard.kinds, 3, "the module is missed")


def test_contacts_behind_a_serial_server_that_is_not_ours(undo: ExitStack) -> None:
    """Must show: bare contacts end to end; a pty has no modem lines, a server after RFC 2217 tells them."""
    server = started(undo, program("perl"), str(LINES_PEER), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdin is not None
    assert server.stdout is not None
    number = int(server.stdout.readline())

    def lines(state: str) -> None:
        server.stdin.write(state + "\n")  # type: ignore[union-attr]
        server.stdin.flush()  # type: ignore[union-attr]

    lines("30")
    config = PortConfig(
        "io", f"rfc2217://127.0.0.1:{number}", expect_device="CONTACTS", profile="contact-lines",
        inputs=(Input("fmd", 0), Input("door", 1)),
    )  # fmt: skip
    _, heard = listen(undo, config)
    becomes(heard, NORMAL, 0)
    becomes(heard, NORMAL, 1)
    lines("20")
    becomes(heard, DANGER, 0, 1)
    assert newest(heard, 1) is NORMAL
    lines("30")
    becomes(heard, NORMAL, 0)
    server.kill()
    wait_until(lambda: NoteKind.LOST in heard.kinds, 3, "the serial server is missed")


def test_the_ascii_profile_over_a_socket_of_socat(undo: ExitStack, tmp_path: Path) -> None:
    """Must show: a polled profile over socket://."""
    station = undo.enter_context(open_station("adam-ascii", tmp_path / "io"))
    number = free_port()
    source = f"{tmp_path / 'io'},raw,echo=0"
    started(undo, program("socat"), f"tcp-listen:{number},bind=127.0.0.1,reuseaddr", source)
    config = station.ports[0]
    wait_for_server(number)
    network = PortConfig(
        "io", f"socket://127.0.0.1:{number}", expect_device="4053", profile="adam-ascii",
        inputs=config.inputs, modules=config.modules,
    )  # fmt: skip
    _, heard = listen(undo, network)
    becomes(heard, NORMAL, 1)
    station.door.open()
    becomes(heard, DANGER, 1, 1)
