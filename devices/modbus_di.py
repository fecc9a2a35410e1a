"""Profile `modbus-di`: bits or registers of RS-485 modules, read through minimalmodbus and checked again.

Reading functions 1 to 4 only. Wiring and limits: docs/devices/modbus-di.md.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

from devices.belief import Answer
from devices.dialogue import Tap
from devices.inputs import BIT_FUNCTIONS, Module
from devices.polled import BadAnswerError, Bus, NoAnswerError
from devices.port import PortConfig, PortLost, Transport
from devices.requests import crc16


def modbus_bus(config: PortConfig) -> Bus:
    """Return the bus of a port with this profile."""
    return Bus(config, ModbusAsker(config.name, config.baud))


class Wire:
    """What minimalmodbus takes for a serial port: one question, one answer, over an open port.

    It keeps the question and the answer, so that they are checked here a second time.
    """

    is_open = True
    timeout = None

    def __init__(self, name: str, baud: int) -> None:
        self.port, self.baudrate = name, baud
        self.line: Transport | None = None
        self.asked, self.heard = b"", b""

    def open(self) -> None:
        """Do nothing: the link opens ports."""

    def close(self) -> None:
        """Do nothing: the link closes ports."""

    def reset_input_buffer(self) -> None:
        """Do nothing: the bus has taken away, and counted, what was waiting."""

    def reset_output_buffer(self) -> None:
        """Do nothing: a question is sent whole or not at all."""

    def write(self, request: bytes) -> None:
        """Send the question."""
        if self.line is None:
            raise PortLost("no open line")
        self.asked = request
        self.line.send(request)

    def read(self, size: int) -> bytes:
        """Return the answer, and no more of it than it may have."""
        if self.line is None:
            raise PortLost("no open line")
        head = self.line.receive(min(3, size))
        exception = len(head) == 3 and bool(head[1] & 0x80)
        rest = (5 if exception else size) - len(head)
        self.heard = head + (self.line.receive(rest) if len(head) == 3 and rest > 0 else b"")
        return self.heard


class ModbusAsker:
    """Asks one module for the places the site reads."""

    def __init__(self, name: str, baud: int) -> None:
        self._wire = Wire(name, baud)
        self._instrument: Any = None

    def forget(self) -> None:
        """Do nothing: a Modbus module has no name and no memory to ask about."""

    def rescued(self, strays: bytes, module: Module) -> Answer | None:
        """Return the last whole answer to this module's question among stray bytes."""
        size = _data_size(module)
        head = bytes([module.address, module.function, size])
        place = strays.rfind(head)
        while place >= 0:
            frame = strays[place : place + size + 5]
            if not _fault(frame, module):
                return Answer(_values(frame[3:-2], module))
            place = strays.rfind(head, 0, place + 2)
        return None

    def ask(self, port: Transport, module: Module, tap: Tap) -> Answer:
        """Return one value a place. Raises `NoAnswerError`, `BadAnswerError` or `PortLost`."""
        import minimalmodbus  # type: ignore[import-untyped]  # noqa: PLC0415 - 10 ms, not before the first paint

        if self._instrument is None:
            self._instrument = minimalmodbus.Instrument(self._wire, 1)
        self._wire.line, self._wire.heard = port, b""
        self._instrument.address = module.address
        try:
            values = self._read(module)
        except minimalmodbus.NoResponseError as error:
            raise NoAnswerError from error
        except minimalmodbus.SlaveReportedException as error:
            raise BadAnswerError("exception") from error
        except (minimalmodbus.ModbusException, ValueError, TypeError) as error:
            raise BadAnswerError(_fault(self._wire.heard, module), self._wire.heard) from error
        finally:
            self._wire.line = None
            if self._wire.heard:
                tap(self._wire.heard)
        fault = _fault(self._wire.heard, module)
        if fault or len(values) != module.count:
            raise BadAnswerError(fault or "length", self._wire.heard)
        return Answer(values)

    def _read(self, module: Module) -> Sequence[int]:
        bits = module.function in BIT_FUNCTIONS
        read = self._instrument.read_bits if bits else self._instrument.read_registers
        return [int(value) for value in read(module.start, module.count, module.function)]


def _fault(heard: bytes, module: Module) -> str:
    """Return what is wrong with an answer, empty if nothing: length, checksum, address, function, size."""
    data = _data_size(module)
    if len(heard) < 5:
        return "length"
    if crc16(heard[:-2]) != struct.unpack("<H", heard[-2:])[0]:
        return "crc"
    if heard[0] != module.address:
        return "address"
    if heard[1] != module.function:
        return "function"
    return "" if heard[2] == data and len(heard) == data + 5 else "length"


def _data_size(module: Module) -> int:
    return -(-module.count // 8) if module.function in BIT_FUNCTIONS else module.count * 2


def _values(data: bytes, module: Module) -> list[int]:
    if module.function in BIT_FUNCTIONS:
        return [data[place // 8] >> place % 8 & 1 for place in range(module.count)]
    return list(struct.unpack(f">{module.count}H", data))
