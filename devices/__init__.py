"""Bytes in, readings out: serial ports, the MRSC-1 protocol, the trust rules. Reads only, never writes."""

from devices.link import Link
from devices.port import DeviceError, PortConfig, PortConfigError, PortLost
from devices.reading import (
    REASON_TEXT,
    VOIDS_PORT,
    ChannelReading,
    Condition,
    Note,
    NoteKind,
    Origin,
    Reading,
    Reason,
    Sink,
)

__all__ = [
    "REASON_TEXT",
    "VOIDS_PORT",
    "ChannelReading",
    "Condition",
    "DeviceError",
    "Link",
    "Note",
    "NoteKind",
    "Origin",
    "PortConfig",
    "PortConfigError",
    "PortLost",
    "Reading",
    "Reason",
    "Sink",
]
