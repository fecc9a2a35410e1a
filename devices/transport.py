"""The one module that touches pyserial: open any of its URLs, hand back bytes or lines, fail in one way.

What is sent passes `requests.permit`, which lets only reading requests of polled profiles through;
modem lines are left as opening puts them.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import stat
import struct
import termios
import threading
from pathlib import Path
from typing import Any

import serial

from devices.port import PortConfig, PortLost
from devices.reading import Origin
from devices.requests import permit

READ_TIMEOUT_S = 0.2
"""Longest wait for a byte; bounds how late silence is noticed and how long closing takes."""
ANSWER_S = 0.3
"""Longest wait for an answer on a bus; eight units that do not answer cost less than the silence limit."""
CHUNK = 4096
DISCARD = 4 * CHUNK
MODEM_BITS = (termios.TIOCM_CTS, termios.TIOCM_DSR, termios.TIOCM_CD, termios.TIOCM_RI)
KEEP_ALIVE_S = 1
DEAD_PEER_MS = 2000
SIMULATED_SCHEMES = ("loop", "mock")
PTY_MAJORS = frozenset({2, 3, *range(128, 144)})
"""Linux device numbers of pseudo-terminals, old and new."""
FAILURES = (serial.SerialException, OSError, termios.error, TypeError, ValueError, NotImplementedError)
"""What pyserial raises when a port is missing, busy, pulled out or closed under a read."""


def origin_of(url: str) -> Origin:
    """Return SIMULATED for a pseudo-terminal (links resolved) or a scheme that plays a device."""
    scheme, separator, rest = url.partition("://")
    scheme = scheme.lower()  # pyserial opens LOOP:// as loop://
    if separator:
        if scheme in ("spy", "alt"):
            return origin_of(rest.partition("?")[0])
        return Origin.SIMULATED if scheme in SIMULATED_SCHEMES else Origin.LIVE
    real = os.path.realpath(url)
    if real.startswith(("/dev/pts/", "/dev/pty")):
        return Origin.SIMULATED
    with contextlib.suppress(OSError):
        return _origin_of_status(os.stat(real))
    return Origin.LIVE


def _origin_of_status(status: os.stat_result) -> Origin:
    is_pty = stat.S_ISCHR(status.st_mode) and os.major(status.st_rdev) in PTY_MAJORS
    return Origin.SIMULATED if is_pty else Origin.LIVE


class SerialTransport:
    """An open pyserial port, for one reading thread."""

    def __init__(self, port: Any, origin: Origin, name: str, profile: str = "mrsc1") -> None:
        self._port = port
        self._origin = origin
        self._name = name
        self._profile = profile
        self._cancelled = threading.Event()

    @property
    def origin(self) -> Origin:
        """Return where the bytes come from, judged on the port that was really opened."""
        return self._origin

    def read(self) -> bytes:
        """Return what has arrived: blocks for one byte, then takes what is waiting."""
        try:
            first = self._port.read(1)
            if not first:
                return b""
            waiting = self._port.in_waiting
            more = self._port.read(min(waiting, CHUNK)) if waiting else b""
        except FAILURES as error:
            raise self._gone(error) from error
        return bytes(first + more)

    def lines(self) -> int:
        """Return CTS, DSR, DCD and RI as bits, in this order from the lowest.

        A network port goes on giving its last lines after its server has died; only reading it shows
        that, so every look reads too. Nothing is expected to arrive, and what does is thrown away.
        """
        try:
            self._port.read(CHUNK)
            fd = getattr(self._port, "fd", None)
            if isinstance(fd, int):
                packed = fcntl.ioctl(fd, termios.TIOCMGET, struct.pack("I", 0))
                bits = struct.unpack("I", packed)[0]
                return sum(bool(bits & bit) << i for i, bit in enumerate(MODEM_BITS))
            levels = (self._port.cts, self._port.dsr, self._port.cd, self._port.ri)
            return sum(bool(level) << i for i, level in enumerate(levels))
        except FAILURES as error:
            raise self._gone(error) from error

    def discard(self) -> bytes:
        """Take away what has arrived unasked, at most a few chunks of it; sockets tell byte by byte."""
        taken = bytearray()
        try:
            while len(taken) < DISCARD and (waiting := self._port.in_waiting):
                taken += self._port.read(min(waiting, CHUNK))
        except FAILURES as error:
            raise self._gone(error) from error
        return bytes(taken)

    def send(self, request: bytes) -> None:
        """Ask, if it is a reading request of this port's profile."""
        request = permit(self._profile, request)
        try:
            self._port.write(request)
        except FAILURES as error:
            raise self._gone(error) from error

    def receive(self, size: int) -> bytes:
        """Return up to `size` bytes that come within the time for an answer."""
        try:
            return bytes(self._port.read(size))
        except FAILURES as error:
            raise self._gone(error) from error

    def receive_line(self, size: int) -> bytes:
        """Return what comes up to a carriage return within about the time for an answer."""
        try:
            return bytes(self._port.read_until(b"\r", size))
        except FAILURES as error:
            raise self._gone(error) from error

    def pause(self, seconds: float) -> None:
        """Wait until the time is over or the port is cancelled."""
        self._cancelled.wait(seconds)

    def cancel(self) -> None:
        """Wake a waiting `read` or `pause`, where the kind of port can."""
        self._cancelled.set()
        with contextlib.suppress(*FAILURES, AttributeError):
            self._port.cancel_read()

    def close(self) -> None:
        """Close the port whatever state it is in."""
        with contextlib.suppress(*FAILURES, AttributeError):
            self._port.close()

    def _gone(self, error: BaseException) -> PortLost:
        return PortLost(f"port {self._name}: {_reason(error)}")


_TIMEOUTS = {"mrsc1": READ_TIMEOUT_S, "contact-lines": 0.0}


def open_port(config: PortConfig) -> SerialTransport:
    """Open a port for ourselves alone; pyserial throws old input away. Raises `PortLost` with the reason.

    Another program's open fails from then on (except root's); a port already open elsewhere under
    a lock is refused here, and so is an adapter other than the configured one.
    """
    port: Any = None
    try:
        port = serial.serial_for_url(
            config.url,
            do_not_open=True,
            baudrate=config.baud,
            parity=config.parity,
            timeout=_TIMEOUTS.get(config.profile, ANSWER_S),
            write_timeout=None if config.url.lower().startswith("rfc2217:") else ANSWER_S,
            exclusive=True,
        )
        port.open()
        origin = _claim(port, config)
        _same_adapter(port, config)
        _notice_dead_peer(port)
    except (*FAILURES, PortLost) as error:
        if port is not None:
            SerialTransport(port, Origin.SIMULATED, config.name).close()
        raise PortLost(f"port {config.name}: cannot open {config.url}: {_reason(error)}") from error
    return SerialTransport(port, origin, config.name, config.profile)


def _claim(port: Any, config: PortConfig) -> Origin:
    """Refuse later opens of the same terminal and tell what kind it is; sockets have neither."""
    origin = origin_of(config.url)
    fd = getattr(port, "fd", None)
    if isinstance(fd, int):
        fcntl.ioctl(fd, termios.TIOCEXCL)
        if _origin_of_status(os.fstat(fd)) is Origin.SIMULATED:
            origin = Origin.SIMULATED
    return Origin.SIMULATED if config.simulated else origin


def _same_adapter(port: Any, config: PortConfig) -> None:
    """Refuse an open port whose adapter is not the configured one; asked of what was really opened."""
    if not config.adapter:
        return
    fd = getattr(port, "fd", None)
    found = adapter_of(os.fstat(fd).st_rdev) if isinstance(fd, int) else ""
    if found != config.adapter:
        raise PortLost(f"its adapter is {found or 'without a serial number'}, expected {config.adapter}")


def adapter_of(device: int, sysfs: Path = Path("/sys/dev/char")) -> str:
    """Return the serial number of the USB adapter behind a character device, empty if it has none."""
    here = (sysfs / f"{os.major(device)}:{os.minor(device)}").resolve()
    for folder in (here, *here.parents):
        with contextlib.suppress(OSError):
            if (folder / "idVendor").exists():
                return (folder / "serial").read_text("ascii", "replace").strip()[:64]
    return ""


def _notice_dead_peer(port: Any) -> None:
    """Let a serial server that lost its power be noticed in about two seconds, not after minutes."""
    line = getattr(port, "_socket", None)
    if isinstance(line, socket.socket):
        line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEP_ALIVE_S)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, KEEP_ALIVE_S)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 1)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, DEAD_PEER_MS)


def _reason(error: BaseException) -> str:
    """Return a short reason; pyserial repeats the path and the number in its own text."""
    number = getattr(error, "errno", None)
    if isinstance(number, int):
        return os.strerror(number)
    return str(error)[:120] or type(error).__name__
