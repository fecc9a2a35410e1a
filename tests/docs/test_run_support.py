"""The run's own machinery: turns among workers, seconds by directory."""

from __future__ import annotations

import threading
from pathlib import Path

from support.budgets import directory, exceeded
from support.turns import turn
from support.waiting import wait_until


def test_a_test_that_runs_alone_waits_for_the_others(tmp_path: Path) -> None:
    path, got_it = tmp_path / "turn", threading.Event()

    def alone() -> None:
        with turn(path, alone=True):
            got_it.set()

    worker = threading.Thread(target=alone)
    with turn(path, alone=False), turn(path, alone=False):
        worker.start()
        assert not got_it.wait(0.1)
    wait_until(got_it.is_set, 2.0, "the turn passed on")
    worker.join(2.0)
    assert not worker.is_alive()


def test_seconds_are_added_up_by_the_directory_of_a_test() -> None:
    assert directory("tests/domain/deep/test_x.py::test_y[a/b]") == "domain"
    assert directory("tests/test_entry.py::test_z") == "."


def test_over_budget_and_without_budget_are_both_found() -> None:
    budgets = {"domain": 10.0, "console": 10.0}
    found = exceeded({"domain": 9.9, "console": 10.1, "new": 0.1}, budgets)
    assert [sentence.split()[0] for sentence in found] == ["tests/console", "tests/new"]
