"""What the start may have loaded: nothing heavy before the first fact, no history before the first paint."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import mr_safety_console

ROOT = Path(mr_safety_console.__file__).parent.parent
LATER = ("sqlmodel", "sqlalchemy", "pydantic", "argon2", "fpdf", "biip")
PROGRAM = """
import asyncio, json, sys
sys.path.append(sys.argv[1])
from pathlib import Path
from mr_safety_console import bootstrap
from mr_safety_console.start.machine import settings_of
from mr_safety_console.start.demo import SITE

data = Path(sys.argv[2])
running = bootstrap.start(settings_of(data, None), profile=SITE, ports=(), environ={"HOME": sys.argv[2]})
armed = sorted(sys.modules)

from mr_safety_console.start.screen import parts_of
from mr_safety_console.console.app import ConsoleApp

async def paint():
    app = ConsoleApp(parts_of(running))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        return sorted(sys.modules)

painted = asyncio.run(paint())
running.close()
print(json.dumps([armed, painted]))
"""


def test_the_start_loads_only_what_it_needs(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-c", PROGRAM, str(ROOT), str(tmp_path / "data")],
        capture_output=True,
        text=True,
        check=True,
        timeout=50,
    )
    armed, painted = json.loads(done.stdout)
    assert "mr_safety_console.engine.engine" in armed
    assert [name for name in ("textual", *LATER) if name in armed] == []
    assert "mr_safety_console.console.screens.suite" in painted
    assert [name for name in LATER if name in painted] == []
