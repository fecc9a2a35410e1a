"""Four contacts on the modem lines of a serial server: pseudo-terminals have no such lines.

The network side is pyserial's own RFC 2217 server; here stands only the port it serves.
"""

from __future__ import annotations

import random
import select
import socket
import threading
from collections.abc import Sequence

from serial import rfc2217

from devices.mock.faults import Fault

TURN_S = 0.01
FLICKER = 0.3


class _Port:
    """What an RFC 2217 server wants of a serial port: its lines, and settings that change nothing."""

    baudrate, bytesize, parity, stopbits = 9600, 8, "N", 1
    rtscts = dsrdtr = xonxoff = False
    rts = dtr = True
    timeout = 0
    break_condition = False

    def __init__(self) -> None:
        self.cts = self.dsr = self.cd = self.ri = True

    def reset_input_buffer(self) -> None:
        """Hold nothing."""

    def reset_output_buffer(self) -> None:
        """Hold nothing."""


class _Connection:
    """The client's end, as the server writes to it."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line

    def write(self, data: bytes) -> None:
        """Send; a client that has gone is noticed when reading."""
        try:
            self._line.sendall(data)
        except OSError:
            return


class LineServer:
    """Serves four lines at `url` on this machine, to one client at a time."""

    def __init__(self) -> None:
        self._port = _Port()
        self._wanted = (True, True, True, True)
        self._fault: Fault | None = None
        self._chance = random.Random(5)  # noqa: S311 - chatter of a contact, nothing secret
        self._ending, self._there = threading.Event(), threading.Event()
        self._there.set()
        self._listener = self._listen(0)
        self.number = self._listener.getsockname()[1]
        self.url = f"rfc2217://127.0.0.1:{self.number}"
        self._thread = threading.Thread(target=self._run, name="mock-lines", daemon=True)
        self._thread.start()

    def show(self, levels: Sequence[bool]) -> None:
        """Show these four levels, unless they are stuck."""
        if self._fault is not Fault.STUCK:
            self._wanted = (levels[0], levels[1], levels[2], levels[3])

    def disturb(self, fault: Fault | None) -> None:
        """Let a fault begin, or end it; lines know chatter, sticking and loss."""
        self._fault = fault

    def plug(self, inserted: bool) -> None:
        """Stop serving, or serve again under the same number."""
        if inserted:
            self._there.set()
        else:
            self._there.clear()

    def power(self, on: bool) -> None:
        """Do the same: a serial server without power serves nobody."""
        self.plug(on)

    def noise(self) -> None:
        """Do nothing: bytes mean nothing on this profile."""

    def close(self, timeout: float = 2.0) -> None:
        """Stop serving for good."""
        self._ending.set()
        self._thread.join(timeout)
        self._listener.close()

    def _listen(self, number: int) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", number))
        listener.settimeout(TURN_S)
        return listener

    def _run(self) -> None:
        while not self._ending.is_set():
            if not self._there.is_set():
                self._listener.close()
                while not self._there.wait(TURN_S) and not self._ending.is_set():
                    pass
                self._listener = self._listen(self.number)
            try:
                client, _ = self._listener.accept()
            except OSError:
                continue
            with client:
                self._serve(client)

    def _serve(self, client: socket.socket) -> None:
        manager = rfc2217.PortManager(self._port, _Connection(client))  # type: ignore[arg-type]
        while self._there.is_set() and not self._ending.is_set():
            self._move()
            manager.check_modem_lines()
            if select.select([client], [], [], TURN_S)[0]:
                try:
                    data = client.recv(1024)
                except OSError:
                    return
                if not data:
                    return
                list(manager.filter(data))

    def _move(self) -> None:
        levels = self._wanted
        if self._fault in (Fault.BABBLE, Fault.CORRUPTION):
            levels = (levels[0] ^ (self._chance.random() < FLICKER), *levels[1:])
        self._port.cts, self._port.dsr, self._port.cd, self._port.ri = levels
