"""What MRSC-1 sentences carry, as frozen data, and the bounds of their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from devices.value import frozen

SEQ_MODULUS = 10_000
COUNTER_MODULUS = 2**32
MAX_CHANNELS = 16
INHIBIT_FLAG = 0x0080

FLAG_TEXT: Mapping[int, str] = MappingProxyType(
    {
        0x0001: "supply low",
        0x0002: "sensor A out of range",
        0x0004: "sensor B out of range",
        0x0008: "calibration overdue",
        0x0010: "self-test failed",
        0x0020: "memory",
        0x0040: "watchdog reset",
        0x0080: "inhibit or bypass",
        0x0100: "temperature",
        0x0200: "clock",
        0x0400: "maker's bit 10",
        0x0800: "maker's bit 11",
        0x1000: "maker's bit 12",
        0x2000: "maker's bit 13",
        0x4000: "maker's bit 14",
        0x8000: "maker's bit 15",
    }
)


@frozen
class State:
    """The payload of ST and EV: one letter per channel and what goes with it.

    `values` holds None where the device sent nothing; `directions` and `alarms` are empty and
    `crossings` None when the device does not send them. `event` tells EV from ST.
    """

    letters: str
    flags: int
    values: tuple[int | None, ...] = ()
    alarms: tuple[int, ...] = ()
    directions: str = ""
    crossings: tuple[int, int] | None = None
    event: bool = False


@frozen
class Identity:
    """The payload of ID; `heartbeat_ms` is the announced interval of ST."""

    protocol: str
    firmware: str
    hardware: str
    serial: str
    names: tuple[str, ...]
    heartbeat_ms: int


@frozen
class SelfTest:
    """The payload of TS; `coverage` is the device's own hex mask."""

    passed: bool
    coverage: str


@frozen
class Fault:
    """The payload of ER: an error the device found in itself."""

    code: str


Payload = State | Identity | SelfTest | Fault


@frozen
class Sentence:
    """One valid sentence. `payload` is None for a type this program does not know.

    `unknown_keys` counts fields that were ignored; `up_ms` is ms since the device started.
    """

    type: str
    device: str
    boot: int
    seq: int
    up_ms: int
    payload: Payload | None
    unknown_keys: int = 0


def flag_text(flags: int) -> str:
    """Return the set flags in words, separated by commas."""
    return ", ".join(text for bit, text in FLAG_TEXT.items() if flags & bit)
