"""Turns among the workers of one parallel run: a test about time runs alone, and last.

Every other test holds the turn shared. Those on ptys and processes mostly wait for a program of
theirs, so they run beside each other, after the ordinary ones, the long ones first: one command
runs everything and ends in one closing line.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

HANDFUL = 8
"""Tests given to a worker at once; more, and one worker would sit on a row of long ones."""


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
    """Plugin: gives each test its turn, in an order in which one worker seldom waits for the other."""

    def __init__(self, run: str) -> None:
        self._path = Path(tempfile.gettempdir()) / f"mrsc-tests-{os.getuid()}-{run}.turn"

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Sort, keeping the order otherwise."""
        items.sort(key=place_in_line)

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
    """Return whether a test asserts elapsed time that a neighbour would lengthen."""
    return item.get_closest_marker("timing") is not None


def place_in_line(item: pytest.Item) -> int:
    """Return 0 for an ordinary test, then long ones on ptys, the others on ptys, those that run alone."""
    if must_run_alone(item):
        return 3
    if item.get_closest_marker("pty") is None:
        return 0
    return 1 if item.get_closest_marker("timeout") else 2


def register(config: pytest.Config) -> None:
    """Give every worker of a parallel run the same turn; without workers there is nothing to share."""
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        config.pluginmanager.register(Turns(worker["testrunuid"]), "turns")
    elif getattr(config.option, "numprocesses", None) and config.option.maxschedchunk is None:
        config.option.maxschedchunk = HANDFUL
