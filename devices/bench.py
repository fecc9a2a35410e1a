"""Look at ports without a console: list them, and watch one as its sentences are believed or not."""

from __future__ import annotations

import queue
from collections.abc import Callable, Mapping
from pathlib import Path

from devices.inputs import LINES, Input, Module
from devices.link import Link
from devices.payload import flag_text
from devices.port import MAX_INPUTS, PortConfig
from devices.reading import REASON_TEXT, VOIDS_PORT, ChannelReading, Note, Origin, Reading, Reason
from devices.value import frozen

BY_ID = Path("/dev/serial/by-id")
TURN_S = 0.2


@frozen
class PortInfo:
    """A port of this machine: the path to put in the configuration, and what the adapter calls itself."""

    path: str
    description: str
    origin: Origin


def list_ports(by_id: Path = BY_ID) -> tuple[PortInfo, ...]:
    """Return the serial ports, by their lasting path where there is one, in order of path."""
    from serial.tools import list_ports as pyserial_ports  # noqa: PLC0415 - only the bench lists ports

    from devices.transport import origin_of  # noqa: PLC0415 - as above

    lasting = {link.resolve(): link for link in sorted(by_id.iterdir())} if by_id.is_dir() else {}
    found = []
    for item in pyserial_ports.comports():
        path = lasting.get(Path(item.device).resolve(), Path(item.device))
        found.append(PortInfo(str(path), item.description or "", origin_of(item.device)))
    return tuple(sorted(found, key=lambda info: info.path))


def usual_port(
    profile: str, url: str, *, expect: str = "", baud: int = 0, module: Module | None = None
) -> PortConfig:
    """Return a port of a profile with every place of it as a channel, for looking before configuring.

    Contacts count as normally closed. Raises `PortConfigError`.
    """
    speed = baud or (115200 if profile == "mrsc1" else 9600)
    asked = module or Module(expect=expect if profile == "adam-ascii" else "")
    inputs: tuple[Input, ...] = ()
    if profile == "contact-lines":
        inputs = tuple(Input(name, place) for place, name in enumerate(LINES))
    elif profile in ("modbus-di", "adam-ascii"):
        places = min(asked.count if profile == "modbus-di" else MAX_INPUTS, MAX_INPUTS)
        rest = profile == "modbus-di"
        inputs = tuple(Input(f"in {n}", n, module=asked.address, rest=rest) for n in range(places))
    modules = (asked,) if profile in ("modbus-di", "adam-ascii") else ()
    return PortConfig(
        "watch",
        url,
        expect_device=expect or "ANY",
        profile=profile,
        baud=speed,
        inputs=inputs,
        modules=modules,
    )


def watch(
    config: PortConfig,
    out: Callable[[Reading | Note], None],
    *,
    bt_ns: Callable[[], int],
    stop: Callable[[], bool],
    adopt_identity: bool = False,
    tap: Callable[[int, bytes], None] | None = None,
) -> Mapping[str, int]:
    """Hand on readings and notes of one port until `stop()` is true; return what was counted.

    With `adopt_identity` the first device that answers counts as the expected one. `tap` gets the
    bytes as they came.
    """
    heard: queue.SimpleQueue[Reading | Note] = queue.SimpleQueue()
    link = Link(config, heard.put, bt_ns, adopt_identity=adopt_identity, tap=tap)
    link.start()
    try:
        while not stop():
            try:
                out(heard.get(timeout=TURN_S))
            except queue.Empty:
                continue
    finally:
        link.close()
    return {name: count for name, count in sorted(link.counts().items()) if count}


class Changes:
    """Turns readings and notes into one record per change of a channel.

    A channel that has not been heard for the silence limit is left to the note that says so.
    """

    def __init__(self) -> None:
        self._told: dict[int, tuple[str, str]] = {}
        self._names: dict[int, str] = {}
        self._device = ""
        self._origin = ""

    def of(self, item: Reading | Note) -> list[dict[str, object]]:
        """Return what changed: device, channel, role, condition, reason, origin; `value` of a meter."""
        if isinstance(item, Note):
            if item.kind not in VOIDS_PORT:
                return []
            return [
                record for channel in self._told for record in self._one(channel, "UNKNOWN", item.kind.value)
            ]
        self._device, self._origin = item.device, item.origin.value
        changed: list[dict[str, object]] = []
        for channel in item.channels:
            self._names[channel.channel] = channel.name
            value = {} if channel.value is None else {"value": channel.value}
            told = self._one(channel.channel, channel.condition.value, str(channel.reason))
            changed += [record | value for record in told]
        return changed

    def _one(self, channel: int, condition: str, reason: str) -> list[dict[str, object]]:
        if self._told.get(channel) == (condition, reason):
            return []
        self._told[channel] = (condition, reason)
        return [
            {
                "device": self._device,
                "channel": channel,
                "role": self._names.get(channel, ""),
                "condition": condition,
                "reason": reason,
                "origin": self._origin,
            }
        ]


def describe(item: Reading | Note) -> str:
    """Return one line for a reading or a note; the device's own words are in it, not cleaned."""
    if isinstance(item, Note):
        channel = "" if item.channel is None else f" channel {item.channel}"
        return f"{item.kind}{channel}: {item.text}"
    flags = f" [{flag_text(item.flags)}]" if item.flags else ""
    channels = " · ".join(_channel(channel) for channel in item.channels)
    own = f" boot {item.boot} seq {item.seq:04d} up {item.up_ms / 1000:.3f} s" if item.boot else ""
    head = f"{item.device} {item.origin}{own}"
    return f"{head}{flags} | {channels}"


def _channel(channel: ChannelReading) -> str:
    parts = [f"{channel.channel} {channel.name}".rstrip(), channel.condition.value]
    if channel.reason:
        parts.append(f"({REASON_TEXT[Reason(channel.reason)]})")
    if channel.value is not None:
        parts.append(f"level {channel.value:+d}")
    if channel.direction != "U":
        parts.append("inwards" if channel.direction == "I" else "outwards")
    if channel.crossings_in is not None:
        parts.append(f"crossings {channel.crossings_in} in {channel.crossings_out} out")
    if channel.alarms is not None:
        parts.append(f"alarms {channel.alarms}")
    return " ".join(parts)
