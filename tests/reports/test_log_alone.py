"""`log show` in a process of its own, where nothing else has made the kinds of facts known."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from mr_safety_console.start.staff_desk import add

SHOW = "import sys; from mr_safety_console.cli import app; app(['log', 'show', '--data', sys.argv[1]])"


def test_a_fresh_process_can_read_every_row(tmp_path: Path) -> None:
    place = tmp_path / "data"
    add(place, "Ada Example", "AE", ("MRSO",), "246810")
    done = subprocess.run(
        [sys.executable, "-c", SHOW, str(place)], capture_output=True, text=True, check=True, timeout=30
    )
    lines = done.stdout.splitlines()
    assert ["Record begun" in lines[0], "Staff added" in lines[1], len(lines)] == [True, True, 2]
