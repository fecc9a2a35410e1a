"""Guards that hold for every test: no thread outlives it, no colour setting leaks into it."""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))  # `from support.waiting import wait_until`

# Kept compiled, whatever the shell says: else every worker compiles all tests anew, and every console
# they start itself.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# How long one example takes, to make or to try, says how busy the machine is, not whether a rule holds.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    """Keep this machine quiet; let tests on ptys run alone, and print the seconds of each directory."""
    from support import budgets, player, turns  # noqa: PLC0415 - importable only once sys.path knows tests/

    os.environ["MRSC_PLAYER"] = player.QUIET

    budgets.register(config)
    turns.register(config)


def pytest_collection_finish() -> None:
    """Leave what collecting has made out of every later search for garbage: it stays to the end."""
    gc.freeze()


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """Fail a test that leaves a thread of ours running."""
    before = set(threading.enumerate())
    yield
    left = [
        t
        for t in threading.enumerate()
        if t not in before and t.is_alive() and not t.name.startswith("asyncio_")
    ]
    for thread in left:
        thread.join(2.0)
    assert not [t.name for t in left if t.is_alive()]


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures depend on neither NO_COLOR nor a theme of the developer's own."""
    for name in ("NO_COLOR", "TEXTUAL_THEME", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
