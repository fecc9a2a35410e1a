"""Wait for a condition with a deadline; the only way a test may let time pass."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable


def wait_until(predicate: Callable[[], object], deadline_s: float, what: str) -> None:
    """Return as soon as `predicate()` is true; fail naming `what` after `deadline_s` seconds."""
    pause = threading.Event()
    end = time.monotonic() + deadline_s
    while not predicate():
        if time.monotonic() > end:
            raise AssertionError(f"not within {deadline_s} s: {what}")
        pause.wait(0.005)


async def becomes(predicate: Callable[[], object], deadline_s: float, what: str) -> None:
    """Do the same inside an event loop, which goes on running meanwhile."""
    end = time.monotonic() + deadline_s
    while not predicate():
        if time.monotonic() > end:
            raise AssertionError(f"not within {deadline_s} s: {what}")
        await asyncio.sleep(0.005)
