"""Seconds per directory of tests, printed beside their budgets; over budget is an error of the run."""

from __future__ import annotations

import os
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest

BUDGETS = Path(__file__).with_name("budgets.toml")
ENFORCE = "TEST_BUDGETS"
"""Environment variable: `enforce` makes an exceeded budget an error."""


def directory(nodeid: str) -> str:
    """Return the directory under tests/ a test lives in, `.` for tests/ itself."""
    parts = nodeid.split("::", maxsplit=1)[0].split("/")
    return parts[1] if len(parts) > 2 else "."


def exceeded(seconds: Mapping[str, float], budgets: Mapping[str, float]) -> list[str]:
    """Return one sentence for each directory that is over its budget or has none."""
    out = []
    for name, spent in sorted(seconds.items()):
        if name not in budgets:
            out.append(f"tests/{name} has no budget: add it to tests/support/budgets.toml")
        elif spent > budgets[name]:
            out.append(f"tests/{name} took {spent:.1f} s, its budget is {budgets[name]:.0f} s")
    return out


class Budgets:
    """Plugin: adds up set-up, call and tear-down of every test by directory."""

    def __init__(self, config: pytest.Config, budgets: Mapping[str, float]) -> None:
        self._config = config
        self._budgets = budgets
        self._seconds: defaultdict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the duration of one phase of one test."""
        self._seconds[directory(report.nodeid)] += report.duration

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Turn each exceeded budget into an error the closing line counts."""
        if os.environ.get(ENFORCE) != "enforce":
            return
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        for sentence in exceeded(self._seconds, self._budgets):
            reporter.stats.setdefault("error", []).append(_error(sentence))
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the table."""
        terminalreporter.section("seconds by directory")
        for name, spent in sorted(self._seconds.items()):
            budget = self._budgets.get(name)
            limit = "no budget" if budget is None else f"of {budget:.0f}"
            terminalreporter.line(f"{'tests/' + name:<24}{spent:>8.1f} {limit}")


def _error(sentence: str) -> pytest.TestReport:
    return pytest.TestReport(
        nodeid="budget",
        location=("tests/support/budgets.toml", None, "budget"),
        keywords={},
        outcome="failed",
        longrepr=sentence,
        when="teardown",
    )


def register(config: pytest.Config) -> None:
    """Count in the process that prints, which is the only one that sees every report."""
    if not hasattr(config, "workerinput"):
        budgets = tomllib.loads(BUDGETS.read_text())
        config.pluginmanager.register(Budgets(config, budgets), "budgets")
