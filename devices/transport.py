"""The one module that touches pyserial: open any of its URLs, hand back bytes, fail in one way.

Nothing is ever written to a port, and modem lines are left as opening puts them.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import termios
from typing import Any

import serial

from devices.port import PortConfig, PortLost
from devices.reading import Origin

READ_TIMEOUT_S = 0.2
"""Longest wait for a byte; bounds how late silence is noticed and how long closing takes."""
CHUNK = 4096
SIMULATED_SCHEMES = ("loop", "mock")
PTY_MAJORS = frozenset({2, 3, *range(128, 144)})
"""Linux device numbers of pseudo-terminals, old and new."""
FAILURES = (serial.SerialException, OSError, termios.error, TypeError, ValueError)
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

    def __init__(self, port: Any, origin: Origin, name: str) -> None:
        self._port = port
        self._origin = origin
        self._name = name

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
            raise PortLost(f"port {self._name}: {_reason(error)}") from error
        return bytes(first + more)

    def cancel(self) -> None:
        """Wake a waiting `read`, where the kind of port can."""
        with contextlib.suppress(*FAILURES, AttributeError):
            self._port.cancel_read()

    def close(self) -> None:
        """Close the port whatever state it is in."""
        with contextlib.suppress(*FAILURES, AttributeError):
            self._port.close()


def open_port(config: PortConfig) -> SerialTransport:
    """Open a port for ourselves alone; pyserial throws old input away. Raises `PortLost` with the reason.

    Another program's open fails from then on (except root's); a port already open elsewhere under
    a lock is refused here.
    """
    port: Any = None
    try:
        port = serial.serial_for_url(
            config.url, do_not_open=True, baudrate=config.baud, timeout=READ_TIMEOUT_S, exclusive=True
        )
        port.open()
        origin = _claim(port, config)
    except FAILURES as error:
        if port is not None:
            SerialTransport(port, Origin.SIMULATED, config.name).close()
        raise PortLost(f"port {config.name}: cannot open {config.url}: {_reason(error)}") from error
    return SerialTransport(port, origin, config.name)


def _claim(port: Any, config: PortConfig) -> Origin:
    """Refuse later opens of the same terminal and tell what kind it is; sockets have neither."""
    origin = origin_of(config.url)
    fd = getattr(port, "fd", None)
    if isinstance(fd, int):
        fcntl.ioctl(fd, termios.TIOCEXCL)
        if _origin_of_status(os.fstat(fd)) is Origin.SIMULATED:
            origin = Origin.SIMULATED
    return Origin.SIMULATED if config.simulated else origin


def _reason(error: BaseException) -> str:
    """Return a short reason; pyserial repeats the path and the number in its own text."""
    number = getattr(error, "errno", None)
    if isinstance(number, int):
        return os.strerror(number)
    return str(error)[:120] or type(error).__name__
