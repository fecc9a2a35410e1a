"""How a port is described, how it fails, and what a link needs of an open one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import KW_ONLY
from pathlib import Path
from typing import Protocol

from devices.inputs import BIT_FUNCTIONS, LINES, WORD, Input, Module
from devices.reading import Origin
from devices.value import frozen

SILENCE_LIMIT_S = 2.5
"""Longest silence before UNKNOWN; a site may shorten it, never lengthen it."""
PROFILES = ("mrsc1", "contact-lines", "modbus-di", "adam-ascii")
"""What a port may speak; all but the first are asked or looked at, and need `inputs`."""
MAX_INPUTS = 16
POLL_HZ = (2, 10, 20)
"""Least, usual and most rounds a second on a bus; contact lines are looked at 50 times a second."""
MODBUS_ADDRESSES = 247
ADAM_BITS = 16
_ADAPTER = re.compile(r"[A-Za-z0-9_.:-]{0,64}", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}", re.ASCII)
_DEVICE = re.compile(r"[A-Za-z0-9_-]{1,16}", re.ASCII)


class DeviceError(Exception):
    """Base of what can go wrong with a device or its description."""


class PortConfigError(DeviceError):
    """A port is described in a way that cannot be used; the message names port and field."""


class PortLost(DeviceError):  # noqa: N818 - it names what happened to the port
    """The port cannot be opened or has gone; the message says which port and why."""


@frozen
class PortConfig:
    """One port of the site.

    `url` is a device path or any pyserial URL. `expect_device` is the identity that must answer; where
    the wire carries none it is only the name readings bear. `adapter` is the serial number the USB
    adapter must report after each open, empty takes any. `inputs` are the channels of a profile
    without words of its own, `modules` the units on its bus. `simulated=True` marks the port
    SIMULATED whatever its path; `raw_dir` keeps a ring of raw frames there. Raises `PortConfigError`.
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
    parity: str = "N"
    adapter: str = ""
    poll_hz: int = POLL_HZ[1]
    inputs: tuple[Input, ...] = ()
    modules: tuple[Module, ...] = ()

    def __post_init__(self) -> None:
        for wrong, field, rule in (
            (not _NAME.fullmatch(self.name), "name", "1 to 32 letters, digits, . _ -"),
            (not self.url or not self.url.isprintable(), "url", "a device path or a pyserial URL"),
            (not _DEVICE.fullmatch(self.expect_device), "expect_device", "1 to 16 letters, digits, _ -"),
            (self.profile not in PROFILES, "profile", f"one of {', '.join(PROFILES)}"),
            (not 300 <= self.baud <= 4_000_000, "baud", "300 to 4000000"),
            (not 0.5 <= self.silence_s <= SILENCE_LIMIT_S, "silence_s", f"0.5 to {SILENCE_LIMIT_S} s"),
            (self.parity not in ("N", "E", "O"), "parity", "N, E or O"),
            (not _ADAPTER.fullmatch(self.adapter), "adapter", "up to 64 letters, digits, _ . : -"),
            (not POLL_HZ[0] <= self.poll_hz <= POLL_HZ[2], "poll_hz", f"{POLL_HZ[0]} to {POLL_HZ[2]}"),
            *self._wrong_inputs(),
        ):
            if wrong:
                raise PortConfigError(f"port {self.name[:32]!r}: {field} must be {rule}")

    def _wrong_inputs(self) -> Iterator[tuple[bool, str, str]]:
        """Yield what to check of inputs and modules, each with the field and the rule."""
        if self.profile == "mrsc1":
            yield bool(self.inputs or self.modules), "inputs", "left out: the device names its own channels"
            return
        yield not 1 <= len(self.inputs) <= MAX_INPUTS, "inputs", f"1 to {MAX_INPUTS} of them"
        if self.profile == "contact-lines":
            far = any(place >= len(LINES) for made in self.inputs for place in made.places)
            yield far, "inputs", f"on {', '.join(LINES)}"
            yield any(made.scale for made in self.inputs), "inputs", "contacts; a line has no scale"
            yield bool(self.modules), "modules", "left out"
            bare = self.url.lower().startswith("socket://")
            yield bare, "url", "a path or rfc2217://, because a bare socket has no lines"
            return
        yield from self._wrong_modules()

    def _wrong_modules(self) -> Iterator[tuple[bool, str, str]]:
        known = {module.address: module for module in self.modules}
        modbus = self.profile == "modbus-di"
        yield len(known) != len(self.modules) or not known, "modules", "one for each address"
        asks_bits = modbus or all(module.function == 2 for module in self.modules)
        yield not asks_bits, "modules", "without function on ASCII modules"
        yield modbus and max(known, default=1) > MODBUS_ADDRESSES, "modules", f"1 to {MODBUS_ADDRESSES}"
        for made in self.inputs:
            module = known.get(made.module)
            if module is None:
                yield True, "inputs", f"on a module that is listed: {made.module} is not"
                return
            words = modbus and module.function not in BIT_FUNCTIONS
            bits = module.count if modbus else ADAM_BITS
            if words and made.scale is None:
                bits *= WORD
            yield any(place >= bits for place in made.places), "inputs", f"within the {bits} places read"
            yield made.scale is not None and not words, "inputs", "without scale unless function is 3 or 4"


class Transport(Protocol):
    """An open port. Every method but `cancel` belongs to the one reading thread.

    Each profile uses its own part: `read` what a device says unasked, `lines` the modem lines,
    `discard`, `send` and `receive` or `receive_line` a question and its answer. All but `cancel` and
    `close` raise `PortLost` when the port is gone.
    """

    @property
    def origin(self) -> Origin:
        """Where its bytes come from."""
        ...

    def read(self) -> bytes:
        """Return what has arrived, waiting a fraction of a second; empty if nothing came."""
        ...

    def lines(self) -> int:
        """Return the modem lines as bits, CTS the lowest, then DSR, DCD, RI."""
        ...

    def discard(self) -> bytes:
        """Take away and return what has arrived unasked, at most a few thousand bytes."""
        ...

    def send(self, request: bytes) -> None:
        """Ask. Raises `ForbiddenRequestError`, and sends nothing, unless it is a reading request."""
        ...

    def receive(self, size: int) -> bytes:
        """Return up to `size` bytes, fewer when the time for an answer is over."""
        ...

    def receive_line(self, size: int) -> bytes:
        """Return what comes up to a carriage return, cut short by time or at `size` bytes."""
        ...

    def pause(self, seconds: float) -> None:
        """Wait; `cancel` ends it."""
        ...

    def cancel(self) -> None:
        """Wake a waiting `read` or `pause`; may be called from another thread; never raises."""
        ...

    def close(self) -> None:
        """Close the port; never raises."""
        ...
