"""What lies beneath a dialog goes on telling, on a real terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.console import Console
from support.waiting import wait_until

pytestmark = [pytest.mark.pty, pytest.mark.timing, pytest.mark.timeout(120)]


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    """A console on its Suite, in the frame that says SIMULATED."""
    with Console(tmp_path / "data") as made:
        made.started()
        yield made


def test_the_clock_of_the_header_goes_on_beneath_a_dialog(console: Console) -> None:
    """I3: an age that stands still is no age; somebody may look at it while the PIN is typed."""
    console.keys("ctrl+o")
    console.see("SIGN ON")
    times: set[str] = set()

    def ticked() -> bool:
        times.add(console.lines()[1][1:9])
        return len(times) >= 6

    wait_until(ticked, 20, "six seconds in the header beneath the dialog")
    assert "SIGN ON" in console.text()
