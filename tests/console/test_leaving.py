"""Leaving in the same breath as opening a screen: nothing is painted into parts that are taken down."""

from __future__ import annotations

import pytest
from support.console_site import WIDE, Site

from mr_safety_console.console.app import ConsoleApp


@pytest.mark.parametrize("page", ["log", "visit"])
async def test_the_console_ends_while_a_screen_is_being_laid_out(site: Site, page: str) -> None:
    """Whoever quits at once leaves neither an exception nor a fault of the console behind."""
    app = ConsoleApp(site.parts())
    async with app.run_test(size=WIDE):
        app.desk.go(page)
    assert not app.is_running
    assert app.desk.fault == ""
