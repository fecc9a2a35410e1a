"""The two clocks, and which boot this is. The only place that looks at any of them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Protocol

from mr_safety_console.domain.context import Instant

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Clock(Protocol):
    """Tells the moment on both clocks."""

    def now(self) -> Instant:
        """Return this moment."""
        ...


def boot_id() -> str:
    """Return the id of this boot, or a word saying that it is not known.

    Where the system names no boot every run counts as a new one: what loosens has then ended.
    """
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return f"unknown-{time.time_ns():x}"


class SystemClock:
    """The machine's clocks: wall time in UTC and CLOCK_BOOTTIME, which runs on through sleep."""

    def __init__(self) -> None:
        self._boot = boot_id()

    def now(self) -> Instant:
        """Return this moment."""
        return Instant(
            utc=time.time_ns() // 1000,
            bt=time.clock_gettime_ns(time.CLOCK_BOOTTIME),
            boot=self._boot,
        )
