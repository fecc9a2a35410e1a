"""Bytes in, readings out: ports, profiles, the trust rules. Asks where it must, and never tells."""

from devices.dialogue import Health
from devices.inputs import Input, InputError, Module, Scale
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
    "Health",
    "Input",
    "InputError",
    "Link",
    "Module",
    "Note",
    "NoteKind",
    "Origin",
    "PortConfig",
    "PortConfigError",
    "PortLost",
    "Reading",
    "Reason",
    "Scale",
    "Sink",
]
