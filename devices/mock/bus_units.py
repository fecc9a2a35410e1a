"""Modules on a bus that behave: a question's bytes in, an answer's bytes out. No line, no time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from devices.requests import MODBUS_READS, adam_sum, crc16


class BusUnit(Protocol):
    """A module that answers. `written` keeps every request that was no reading one: none may ever come."""

    address: int
    levels: list[int]
    written: list[bytes]

    def answer(self, request: bytes) -> bytes:
        """Return the answer to one whole request, empty when it is silent."""
        ...

    def foreign(self) -> bytes:
        """Return a whole valid answer of a neighbour."""
        ...

    def power_cycle(self) -> None:
        """Lose the power for a moment."""
        ...

    def masquerade(self, on: bool) -> None:
        """Put another module of the same address in its place."""
        ...

    def misaddress(self, on: bool) -> None:
        """Answer under a neighbour's address."""
        ...


class ModbusUnit:
    """A Modbus RTU module: `levels` are its bits for functions 1 and 2, its registers for 3 and 4."""

    def __init__(self, address: int = 1, levels: Sequence[int] = (1,) * 8) -> None:
        self.address = address
        self.levels = list(levels)
        self.written: list[bytes] = []
        self._says = address

    def answer(self, request: bytes) -> bytes:
        """Return a reply, an exception reply, or nothing: to another address or a damaged request."""
        whole = len(request) >= 8 and crc16(request[:-2]) == int.from_bytes(request[-2:], "little")
        if not whole or request[0] != self.address:
            return b""
        function = request[1]
        if function not in MODBUS_READS:
            self.written.append(request)
            return self._seal(bytes([function | 0x80, 1]))
        start, count = int.from_bytes(request[2:4], "big"), int.from_bytes(request[4:6], "big")
        taken = self.levels[start : start + count]
        if len(taken) != count:
            return self._seal(bytes([function | 0x80, 2]))
        return self._seal(bytes([function]) + self._data(function, taken))

    def _data(self, function: int, taken: list[int]) -> bytes:
        if function in (3, 4):
            return bytes([2 * len(taken)]) + b"".join(value.to_bytes(2, "big") for value in taken)
        size = -(-len(taken) // 8)
        return bytes([size]) + sum(bool(bit) << i for i, bit in enumerate(taken)).to_bytes(size, "little")

    def _seal(self, body: bytes) -> bytes:
        framed = bytes([self._says]) + body
        return framed + crc16(framed).to_bytes(2, "little")

    def foreign(self) -> bytes:
        """Return the neighbour's word that all is at rest."""
        neighbour = ModbusUnit(self.address % 247 + 1, [1] * 8)
        head = bytes([neighbour.address, 2, 0, 0, 0, 8])
        return neighbour.answer(head + crc16(head).to_bytes(2, "little"))

    def power_cycle(self) -> None:
        """Do nothing: a Modbus module does not tell that it restarted."""

    def masquerade(self, on: bool) -> None:
        """Do nothing: another module of the same address answers alike."""

    def misaddress(self, on: bool) -> None:
        """Answer under a neighbour's address."""
        self._says = self.address % 247 + 1 if on else self.address


class AdamUnit:
    """An ADAM-4000 digital input module with its checksum on; `levels` are its sixteen bits."""

    def __init__(self, address: int = 1, name: str = "4053", levels: Sequence[int] = (0,) * 16) -> None:
        self.address = address
        self.levels = list(levels)
        self.written: list[bytes] = []
        self.checksum = True
        self._own_name = self._name = name
        self._says = address
        self._reset = True

    def answer(self, request: bytes) -> bytes:
        """Return an answer, or nothing: to another address or a damaged request."""
        body, summed = request[:-3], request[-3:-1]
        if not request.endswith(b"\r") or adam_sum(body) != summed or body[1:3] != b"%02X" % self.address:
            return b""
        head = b"!%02X" % self._says
        match body[:1] + body[3:]:
            case b"$2":
                return _seal(head + b"4006" + (b"40" if self.checksum else b"00"))
            case b"$M":
                return _seal(head + self._name.encode("ascii"))
            case b"$5":
                told, self._reset = self._reset, False
                return _seal(head + (b"1" if told else b"0"))
            case b"$6":
                return _seal(b"!%04X00" % sum(bool(bit) << i for i, bit in enumerate(self.levels)))
        self.written.append(request)
        return _seal(b"?%02X" % self._says)

    def foreign(self) -> bytes:
        """Return a neighbour's inputs at rest: nothing in it says whose they are."""
        return _seal(b"!000000")

    def power_cycle(self) -> None:
        """Remember the restart until asked."""
        self._reset = True

    def masquerade(self, on: bool) -> None:
        """Answer as another kind of module."""
        self._name = "4050" if on else self._own_name

    def misaddress(self, on: bool) -> None:
        """Answer under a neighbour's address, where the answer carries one."""
        self._says = self.address + 1 if on else self.address


def _seal(body: bytes) -> bytes:
    return body + adam_sum(body) + b"\r"
