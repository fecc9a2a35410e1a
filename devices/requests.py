"""The only requests that may leave this computer: reading ones, of two protocols, recognised whole.

Every request passes here immediately before the wire, whatever library or line of ours made it.
A device is never told to do anything: no coil, no register, no output, no setting.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from devices.port import DeviceError

MODBUS_READS = frozenset({1, 2, 3, 4})
_MODBUS_SIZE = 8
_ADAM = re.compile(rb"\$[0-9A-F]{2}[256FM][0-9A-F]{2}\r")
"""Configuration, reset status, digital inputs, firmware and name of a module; none of them sets anything."""


class ForbiddenRequestError(DeviceError):
    """Something tried to send what is not a reading request; nothing was sent."""


def crc16(data: bytes) -> int:
    """Return the Modbus CRC of `data`; the low byte goes first on the wire."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
    return crc


def adam_sum(data: bytes) -> bytes:
    """Return the two hex digits an ASCII module appends: the sum of all bytes before it."""
    return b"%02X" % (sum(data) & 0xFF)


def _reads_modbus(request: bytes) -> bool:
    """Tell whether it is a whole request of function 1 to 4 to one module, with a right CRC."""
    if len(request) != _MODBUS_SIZE or not 1 <= request[0] <= 247 or request[1] not in MODBUS_READS:
        return False
    return crc16(request[:-2]) == int.from_bytes(request[-2:], "little")


def _reads_adam(request: bytes) -> bool:
    """Tell whether it is a whole question to one ASCII module, with a right checksum."""
    return _ADAM.fullmatch(request) is not None and adam_sum(request[:-3]) == request[-3:-1]


_GATES: Mapping[str, Callable[[bytes], bool]] = MappingProxyType(
    {"modbus-di": _reads_modbus, "adam-ascii": _reads_adam}
)


def permit(profile: str, request: bytes) -> bytes:
    """Return the request if this profile may send it; a profile that never asks may send nothing.

    Raises `ForbiddenRequestError`.
    """
    reads = _GATES.get(profile)
    if reads is None or not reads(request):
        text = f"{profile}: refused to send {request[:16].hex()}: it is no reading request"
        raise ForbiddenRequestError(text)
    return request
