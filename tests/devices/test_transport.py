from __future__ import annotations

import fcntl
import os
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial
from support.device_wire import config
from support.waiting import wait_until

from devices.mock import MockPort
from devices.port import PortLost
from devices.reading import Origin
from devices.transport import SerialTransport, open_port, origin_of

TIOCGEXCL = 0x80045440
pytestmark = pytest.mark.pty


@pytest.fixture
def mock(tmp_path: Path) -> Iterator[MockPort]:
    port = MockPort(tmp_path / "fmd")
    yield port
    port.close()


@pytest.fixture
def transport(mock: MockPort) -> Iterator[SerialTransport]:
    opened = open_port(config(str(mock.path)))
    yield opened
    opened.close()


def test_bytes_arrive_as_sent_control_characters_included(mock: MockPort, transport: SerialTransport) -> None:
    sent = bytes(range(256))
    mock.write(sent)
    got = b""
    while len(got) < len(sent):
        got += transport.read()
    assert got == sent
    assert transport.read() == b""


def test_nothing_is_written_back(mock: MockPort, transport: SerialTransport) -> None:
    mock.write(b"hello\r\n")
    assert transport.read()
    assert mock.read() == b""


def test_what_waited_before_opening_is_thrown_away(mock: MockPort) -> None:
    mock.write(b"old news\r\n")
    opened = open_port(config(str(mock.path)))
    assert opened.read() == b""
    opened.close()


def test_a_second_opener_is_refused(mock: MockPort, transport: SerialTransport) -> None:
    assert transport.origin is Origin.SIMULATED
    with pytest.raises(PortLost, match="cannot open"):
        open_port(config(str(mock.path)))


def test_the_terminal_itself_is_closed_to_others(transport: SerialTransport) -> None:
    """The kernel's own mark, which root's opens would pass; so it is read back."""
    mark = fcntl.ioctl(transport._port.fd, TIOCGEXCL, b"\0" * 4)
    assert int.from_bytes(mark, sys.byteorder) == 1


def test_unplugging_wakes_a_waiting_reader(mock: MockPort, transport: SerialTransport) -> None:
    failed: list[PortLost] = []

    def read_on() -> None:
        try:
            while True:
                transport.read()
        except PortLost as error:
            failed.append(error)

    thread = threading.Thread(target=read_on)
    thread.start()
    mock.unplug()
    wait_until(lambda: failed, 1.0, "the reader to notice")
    thread.join()
    assert "port fmd" in str(failed[0])


def test_cancel_wakes_a_waiting_reader_and_closing_twice_is_harmless(transport: SerialTransport) -> None:
    transport.cancel()
    transport.close()
    transport.close()
    transport.cancel()
    with pytest.raises(PortLost):
        transport.read()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("/dev/does-not-exist", "No such file"),
        ("/dev/null", "ioctl"),
        ("nonsense://x", "invalid URL"),
        ("socket://127.0.0.1:1", "cannot open"),
    ],
)
def test_what_cannot_be_opened_says_which_port_and_why(url: str, why: str) -> None:
    with pytest.raises(PortLost, match=why) as lost:
        open_port(config(url))
    assert "port fmd" in str(lost.value)


def test_a_regular_file_is_no_port(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(PortLost):
        open_port(config(str(tmp_path / "file")))


@pytest.mark.parametrize(
    "error",
    [serial.SerialException("x"), OSError(5, "x"), TypeError("x"), __import__("termios").error(5, "x")],
)
def test_each_way_pyserial_fails_is_one_way_here(error: Exception) -> None:
    class Failing:
        in_waiting = 0

        def read(self, _: int) -> bytes:
            raise error

        def close(self) -> None:
            raise error

    transport = SerialTransport(Failing(), Origin.LIVE, "fmd")
    with pytest.raises(PortLost, match="port fmd"):
        transport.read()
    transport.cancel()
    transport.close()


def test_a_peer_that_closes_its_socket_is_a_lost_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        transport = open_port(config(f"socket://127.0.0.1:{server.getsockname()[1]}"))
        peer, _ = server.accept()
        peer.sendall(b"hello")
        assert transport.read()
        peer.close()
        transport.read()  # pyserial hands out what it has before it notices the end
        with pytest.raises(PortLost):
            transport.read()
        assert transport.origin is Origin.LIVE
        transport.close()


def test_origin_of_every_kind_of_port(mock: MockPort, tmp_path: Path) -> None:
    second = tmp_path / "link-to-link"
    second.symlink_to(mock.path)
    assert origin_of(str(second)) is Origin.SIMULATED
    assert origin_of(os.path.realpath(mock.path)) is Origin.SIMULATED
    assert origin_of(f"spy://{mock.path}?file=x") is Origin.SIMULATED
    assert origin_of("loop://") is Origin.SIMULATED
    assert origin_of("mock://x") is Origin.SIMULATED
    assert origin_of("/dev/ttyUSB0") is Origin.LIVE
    assert origin_of("rfc2217://host:1") is Origin.LIVE


def test_a_port_may_be_declared_simulated() -> None:
    transport = open_port(config("loop://", simulated=True))
    assert transport.origin is Origin.SIMULATED
    transport.close()


def test_a_link_turned_to_a_terminal_after_the_check_is_still_found_simulated(
    mock: MockPort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.transport.origin_of", lambda _: Origin.LIVE)
    transport = open_port(config(str(mock.path)))
    assert transport.origin is Origin.SIMULATED
    transport.close()
