"""The installed console on a terminal pty of its own, with a fictional suite on serial ptys of ours."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import select
import struct
import subprocess
import sys
import termios
import threading
import time
import tty
from collections.abc import Mapping, Sequence
from pathlib import Path

from devices.mrsc1 import render
from devices.payload import State

COMMAND = str(Path(sys.executable).with_name("mr-safety-console"))
COLUMNS, ROWS = 120, 40
KEYS = {"suite": b"\x1bOQ", "log": b"\x1b[18~", "emergency": b"\x1b[20~"}
PORTS = ("FMDA", "DOOR4", "FMDB", "DOOR3")
"""The devices of the suite, in the order of their ports."""
SITE = """
site = "Bench suite (not a real place)"
use = "demo"
zone = "Europe/London"
staffing = "MRST-only"
[magnet]
b0_mt = 1500
"""
POINT = """
[[points]]
id = "{id}"
name = "{name}"
kind = "{kind}"
zone = "{zone}"
port = "p{number}"
device = "{device}"
channel = {channel}
"""
POINTS = (
    ("fmd-a", "Detector A", "detector", "IV", 'door = "iv"'),
    ("iv", "Zone IV door", "door", "IV", ""),
    ("fmd-b", "Detector B", "detector", "IV", 'door = "iv"'),
    ("iii", "Zone III door", "door", "III", ""),
)
_ESCAPE = re.compile(rb"\x1b(?:\[[0-9;:?<=>]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_TICKS = os.sysconf("SC_CLK_TCK")


def words(output: bytes) -> bytes:
    """Return what a program wrote without the sequences that place and colour it."""
    return _ESCAPE.sub(b"", output)


def write_files(place: Path, ports: Sequence[str], channels: Sequence[int] = (1, 1, 1, 1)) -> Path:
    """Write a site file and a `console.toml` for these four device paths; return the latter.

    `channels` is how many detectors or doors each device watches.
    """
    site, console = place / "site.toml", place / "console.toml"
    points = []
    for number, (device, count, about) in enumerate(zip(PORTS, channels, POINTS, strict=True)):
        id_, name, kind, zone, door = about
        for channel in range(count):
            point = POINT.format(
                id=f"{id_}-{channel}" if channel else id_,
                name=f"{name} {channel}" if channel else name,
                kind=kind,
                zone=zone,
                number=number,
                device=device,
                channel=channel,
            )
            points.append(point + door)
    site.write_text(SITE + "\n".join(points))
    lines = [f'data = "{place / "data"}"', f'site = "{site}"']
    for number, (device, path) in enumerate(zip(PORTS, ports, strict=True)):
        lines += [f"[ports.p{number}]", f'url = "{path}"', f'expect_device = "{device}"']
    console.write_text("\n".join(lines) + "\n")
    return console


def home(place: Path) -> dict[str, str]:
    """Return an environment in which the console finds no settings but ours."""
    run = place / "run"
    run.mkdir(mode=0o700, exist_ok=True)
    return {
        "HOME": str(place),
        "PATH": os.environ["PATH"],
        "MRSC_PLAYER": "/bin/true",  # a bench is quiet, and no alarm of ours stands on top
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "XDG_RUNTIME_DIR": str(run),
    }


class Wire:
    """A device on a serial pty: each `say` is one valid sentence; a full line loses it."""

    def __init__(self, device: str, channels: int = 1) -> None:
        self.master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        self._device = device
        self._lock = threading.Lock()
        self._seq = 0
        self.said = 0
        self._alarms = [0] * channels
        self._active = [False] * channels

    @property
    def channels(self) -> int:
        return len(self._active)

    def say(self, active: bool | None = None, channel: int = 0) -> int:
        """Send the device's state, one channel changed first if asked; return how often that one rang."""
        with self._lock:
            event = active is not None and active is not self._active[channel]
            self._alarms[channel] += bool(event and active)
            if active is not None:
                self._active[channel] = active
            self._seq += 1
            state = State(
                letters="".join("A" if on else "N" for on in self._active),
                flags=0,
                values=(self._seq % 97,) * len(self._active),
                alarms=tuple(self._alarms),
                event=event,
            )
            line = render(self._device, 1, self._seq, time.monotonic_ns() // 1_000_000, state)
            if select.select([], [self.master], [], 0)[1]:
                os.write(self.master, line)
                self.said += 1
            return self._alarms[channel]

    def turn(self, channel: int) -> None:
        """Send the device's state with one channel in its other position."""
        self.say(not self._active[channel], channel)

    def close(self) -> None:
        os.close(self.master)
        os.close(self._slave)


class Screen:
    """A program on a pty of 120×40."""

    def __init__(self, argv: Sequence[str], env: Mapping[str, str]) -> None:
        self.master, self._slave = os.openpty()
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            argv,
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            env=dict(env),
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  # no threads yet
        )

    def read(self, patience_s: float) -> bytes:
        """Return what comes within this time, nothing if nothing does."""
        if not select.select([self.master], [], [], max(0.0, patience_s))[0]:
            return b""
        try:
            return os.read(self.master, 65_536)
        except OSError:
            return b""

    def read_for(self, seconds: float) -> None:
        """Read and forget for a while."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.read(left)

    def wait(self, want: bytes, deadline_s: float) -> float | None:
        """Return the moment (perf_counter) at which these words came, or None."""
        end, tail = time.perf_counter() + deadline_s, b""
        while time.perf_counter() < end:
            tail += self.read(end - time.perf_counter())
            if want in tail or want in words(tail):
                return time.perf_counter()
            tail = tail[-65_536:]
        return None

    def type(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def cpu_s(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def rss_mb(self) -> float:
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        os.close(self.master)
        os.close(self._slave)
