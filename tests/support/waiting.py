"""Wait for a condition with a deadline; the only way a test may let time pass."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

NEAR_S = 0.02
"""A timer due this soon belongs to what was just done: the framework lays out anew 8 ms after a resize."""
REST_S = 0.001
"""What a thread hands over comes in here."""


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


async def loop_is_idle(min_sleep: float = 0, max_sleep: float = 1) -> None:
    """Return once the event loop has nothing to run but this and no timer due soon, seen twice.

    Textual asks whether the process used less than 1 ms of the last 20 instead: 20 ms at least, twice
    for each key, longer wherever a thread of ours is at work, and too short on a busy machine.
    """
    loop: Any = asyncio.get_running_loop()
    end = time.monotonic() + max_sleep
    seen = 0
    while seen < 2 and time.monotonic() < end:
        await asyncio.sleep(0)
        if loop._ready:
            continue
        due = min((timer.when() for timer in loop._scheduled if not timer.cancelled()), default=None)
        near = due is not None and due - loop.time() < NEAR_S
        seen = 0 if near else seen + 1
        await asyncio.sleep(max(REST_S, due - loop.time()) if near else REST_S)
