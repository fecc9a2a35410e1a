"""How a port is described, how it fails, and what a link needs of an open one."""

from __future__ import annotations

import re
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Protocol

from devices.reading import Origin

SILENCE_LIMIT_S = 2.5
"""Longest silence before UNKNOWN; a site may shorten it, never lengthen it."""
PROFILES = ("mrsc1",)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}", re.ASCII)
_DEVICE = re.compile(r"[A-Za-z0-9_-]{1,16}", re.ASCII)


class DeviceError(Exception):
    """Base of what can go wrong with a device or its description."""


class PortConfigError(DeviceError):
    """A port is described in a way that cannot be used; the message names port and field."""


class PortLost(DeviceError):  # noqa: N818 - it names what happened to the port
    """The port cannot be opened or has gone; the message says which port and why."""


@dataclass(frozen=True, slots=True)
class PortConfig:
    """One port of the site.

    `url` is a device path or any pyserial URL. `expect_device` is the identity that must answer.
    `simulated=True` marks the port SIMULATED whatever its path; `raw_dir` keeps a ring of raw
    frames there. Raises `PortConfigError`.
    """

    name: str
    url: str
    _: KW_ONLY
    expect_device: str
    profile: str = "mrsc1"
    baud: int = 115200
    silence_s: float = SILENCE_LIMIT_S
    simulated: bool = False
    raw_dir: Path | None = None

    def __post_init__(self) -> None:
        for wrong, field, rule in (
            (not _NAME.fullmatch(self.name), "name", "1 to 32 letters, digits, . _ -"),
            (not self.url or not self.url.isprintable(), "url", "a device path or a pyserial URL"),
            (not _DEVICE.fullmatch(self.expect_device), "expect_device", "1 to 16 letters, digits, _ -"),
            (self.profile not in PROFILES, "profile", f"one of {', '.join(PROFILES)}"),
            (not 300 <= self.baud <= 4_000_000, "baud", "300 to 4000000"),
            (not 0.5 <= self.silence_s <= SILENCE_LIMIT_S, "silence_s", f"0.5 to {SILENCE_LIMIT_S} s"),
        ):
            if wrong:
                raise PortConfigError(f"port {self.name[:32]!r}: {field} must be {rule}")


class Transport(Protocol):
    """An open port. Every method but `cancel` belongs to the one reading thread."""

    @property
    def origin(self) -> Origin:
        """Where its bytes come from."""
        ...

    def read(self) -> bytes:
        """Return what has arrived, waiting a fraction of a second; empty if nothing came.

        Raises `PortLost` when the port is gone.
        """
        ...

    def cancel(self) -> None:
        """Wake a waiting `read`; may be called from another thread; never raises."""
        ...

    def close(self) -> None:
        """Close the port; never raises."""
        ...
