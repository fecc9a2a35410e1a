"""Leaving in the same breath as opening a screen: nothing is painted into parts that are taken down."""

from __future__ import annotations

import gc

import pytest
from support.console_site import WIDE, Site
from support.waiting import becomes

from mr_safety_console.console.app import ConsoleApp


@pytest.mark.parametrize("page", ["log", "visit"])
async def test_the_console_ends_while_a_screen_is_being_laid_out(site: Site, page: str) -> None:
    """Whoever quits at once leaves neither an exception nor a fault of the console behind."""
    app = ConsoleApp(site.parts())
    async with app.run_test(size=WIDE):
        app.desk.go(page)
    assert not app.is_running
    assert app.desk.fault == ""


async def test_the_sweep_may_be_a_function_of_the_interpreter(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What sweeps in earnest is written in C: the timer of the app takes it as it is."""
    monkeypatch.setattr("mr_safety_console.console.app.SWEEP_S", 0.02)
    before = gc.get_stats()[2]["collections"]
    app = ConsoleApp(site.parts(), sweep=gc.collect)
    async with app.run_test(size=WIDE):
        app._settle()
        await becomes(lambda: gc.get_stats()[2]["collections"] > before + 1, 10, "swept twice")
    assert app.desk.fault == ""
