"""Start the console of this suite: everything but the screen, then the screen."""

from __future__ import annotations

from pathlib import Path

from mr_safety_console.bootstrap import StartError, start
from mr_safety_console.console.early import EarlyScreen
from mr_safety_console.entry import StartRefused
from mr_safety_console.start.machine import settings_of
from mr_safety_console.start.screen import show


def run(data: Path | None, config: Path | None) -> int:
    """Run the console until it is left; returns the exit code. Raises `StartRefused`."""
    early = EarlyScreen()
    try:
        return show(start(settings_of(data, config), armed=early.open), early)
    except StartError as error:
        raise StartRefused(error.reason, error.remedy) from None
    finally:
        early.close()
