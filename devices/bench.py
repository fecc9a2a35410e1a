"""Look at ports without a console: list them, and watch one as its sentences are believed or not."""

from __future__ import annotations

import queue
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from devices.link import Link
from devices.payload import flag_text
from devices.port import PortConfig
from devices.reading import REASON_TEXT, ChannelReading, Note, Origin, Reading, Reason

BY_ID = Path("/dev/serial/by-id")
S_NS = 1_000_000_000
TURN_S = 0.2

Show = Callable[[str], str]
"""Makes text of a device fit for a terminal."""


@dataclass(frozen=True, slots=True)
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


def watch(
    url: str,
    out: Callable[[str], None],
    show: Show,
    *,
    bt_ns: Callable[[], int],
    stop: Callable[[], bool],
    expect_device: str | None = None,
    baud: int = 115200,
) -> None:
    """Print readings and notes of one port until `stop()` is true; nothing is written to the port.

    Without `expect_device` the first device that answers counts as the expected one. Raises
    `PortConfigError` for a port that cannot be described so.
    """
    config = PortConfig("watch", url, expect_device=expect_device or "ANY", baud=baud)
    heard: queue.SimpleQueue[Reading | Note] = queue.SimpleQueue()
    link = Link(config, heard.put, bt_ns, adopt_identity=expect_device is None)
    began = bt_ns()
    link.start()
    try:
        while not stop():
            try:
                item = heard.get(timeout=TURN_S)
            except queue.Empty:
                continue
            out(show(f"{(item.bt_ns - began) / S_NS:9.3f}  {describe(item)}"))
    finally:
        link.close()
    counts = ", ".join(f"{name} {count}" for name, count in sorted(link.counts().items()) if count)
    out(show(f"counted: {counts or 'nothing'}"))


def describe(item: Reading | Note) -> str:
    """Return one line for a reading or a note; the device's own words are in it, not cleaned."""
    if isinstance(item, Note):
        channel = "" if item.channel is None else f" channel {item.channel}"
        return f"{item.kind}{channel}: {item.text}"
    flags = f" [{flag_text(item.flags)}]" if item.flags else ""
    channels = " · ".join(_channel(channel) for channel in item.channels)
    head = f"{item.device} {item.origin} boot {item.boot} seq {item.seq:04d} up {item.up_ms / 1000:.3f} s"
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
