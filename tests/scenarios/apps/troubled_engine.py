"""A demonstration console whose engine thread can be blocked or killed from outside, by a file."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any

from mr_safety_console.bootstrap import Running
from mr_safety_console.console.early import EarlyScreen
from mr_safety_console.start.demo_run import demonstrate
from mr_safety_console.start.screen import show


def trouble(running: Running, signs: Path) -> None:
    """Break the deciding thread when `signs/block` or `signs/die` appears."""
    never = threading.Event()
    decide = running.engine._decider.one

    def one(*args: Any) -> Any:
        if (signs / "die").exists():
            raise SystemExit  # ends the thread without a word, as nothing of ours would
        if (signs / "block").exists():
            never.wait()
        return decide(*args)

    running.engine._decider.one = one  # type: ignore[method-assign]


def screen(running: Running, early: EarlyScreen) -> int:
    """Show the console once its engine is prepared."""
    trouble(running, Path(sys.argv[2]))
    return show(running, early)


if __name__ == "__main__":
    raise SystemExit(demonstrate("", Path(sys.argv[1]), screen))
