"""Turns among the workers of one parallel run: a test on ptys or about time runs alone.

Ordinary tests hold the turn shared, a test marked `pty` or `timing` holds it alone, so one
command runs everything and ends in one closing line.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ALONE = ("pty", "timing")


@contextmanager
def turn(path: Path, *, alone: bool) -> Iterator[None]:
    """Hold the turn kept in the lock file `path`, shared or alone; waits as long as it takes."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


class Turns:
    """Plugin: gives each test its turn, and lets the tests that run alone come last."""

    def __init__(self, run: str) -> None:
        self._path = Path(tempfile.gettempdir()) / f"mrsc-tests-{os.getuid()}-{run}.turn"

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Sort, keeping the order otherwise, so that one worker seldom waits for the other."""
        items.sort(key=must_run_alone)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Hold the turn around set-up, call and tear-down; outside the test's own time-out."""
        with turn(self._path, alone=must_run_alone(item)):
            return (yield)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Remove the lock file once the last worker has gone."""
        if not hasattr(session.config, "workerinput"):
            self._path.unlink(missing_ok=True)


def must_run_alone(item: pytest.Item) -> bool:
    """Return whether a test drives ptys or processes, or asserts elapsed time."""
    return any(item.get_closest_marker(name) for name in ALONE)


def register(config: pytest.Config) -> None:
    """Give every worker of a parallel run the same turn; without workers there is nothing to share."""
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        config.pluginmanager.register(Turns(worker["testrunuid"]), "turns")
