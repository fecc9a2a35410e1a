"""From process start to armed, to the first paint and to interactive, beside an empty Textual app.

Armed: the first fact of this run is on the disk. First paint: the first bytes of a picture.
Interactive: the header shows state from the journal and a press of the emergency key has become a
durable fact. The empty app is started by the same interpreter, paints one word, and writes one
synced line for one key. Both run in turns on ptys of 120 × 40; only the ratios mean anything
elsewhere.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import select
import signal
import sqlite3
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable
from pathlib import Path

COMMAND = Path(sys.executable).with_name("mr-safety-console")
KEY = b"\x1b[20~"
LIMIT_S = 20.0
SITE = """
site = "Benchmark (not a real place)"
use = "demo"
zone = "Europe/London"
[magnet]
b0_mt = 1500
[[points]]
id = "fmd"
name = "Detector"
kind = "detector"
zone = "IV"
port = "detector"
device = "FMD01"
[[points]]
id = "door"
name = "Door"
kind = "door"
zone = "IV"
port = "door"
device = "DOOR4"
"""
CONSOLE = """
[ports.detector]
url = "/dev/does-not-exist-1"
expect_device = "FMD01"
[ports.door]
url = "/dev/does-not-exist-2"
expect_device = "DOOR4"
"""
EMPTY = """
import os, sys
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("ready")
    def on_key(self, event):
        fd = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(fd, b"key\\n"); os.fsync(fd); os.close(fd)
Empty().run()
"""


class OnPty:
    """A process on a pty, with the moment it was started and what it wrote."""

    def __init__(self, argv: list[str], env: dict[str, str]) -> None:
        self.master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self.begun = time.perf_counter()
        self.process = subprocess.Popen(
            argv,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=env,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
        )
        os.close(slave)
        self.text = b""

    def until(self, reached: Callable[[], object]) -> float:
        """Return milliseconds from the start of the process to the condition; NaN if never."""
        while time.perf_counter() - self.begun < LIMIT_S:
            if reached():
                return (time.perf_counter() - self.begun) * 1000
            if select.select([self.master], [], [], 0.001)[0]:
                with contextlib.suppress(OSError):
                    self.text += os.read(self.master, 1 << 16)
        return float("nan")

    def press(self) -> None:
        os.write(self.master, KEY)

    def end(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        os.close(self.master)


def head(data: Path) -> int:
    """Return the row the head file stands at; it is written right after each commit."""
    try:
        return int((data / "head").read_bytes()[:20])
    except (OSError, ValueError):
        return 0


def pressed(data: Path, after: int) -> bool:
    with contextlib.closing(sqlite3.connect(f"file:{data / 'journal.db'}?mode=ro", uri=True)) as db:
        mark = b'"kind":"emergency-'  # opened, or the key again with one open
        found = db.execute("SELECT 1 FROM rows WHERE seq > ? AND instr(body, ?)", (after, mark))
        return found.fetchone() is not None


def console(home: Path, env: dict[str, str]) -> tuple[float, float, float]:
    """Return milliseconds to armed, first paint and interactive."""
    data = home / "share" / "mr-safety-console"
    before = head(data)
    run = OnPty([str(COMMAND), "run"], env)
    try:
        armed = run.until(lambda: head(data) > before)
        paint = run.until(lambda: b"Detector" in run.text)
        run.press()
        return armed, paint, run.until(lambda: head(data) > before and pressed(data, before))
    finally:
        run.end()


def empty(script: Path, out: Path, env: dict[str, str]) -> tuple[float, float]:
    """Return milliseconds to first paint and to one durable key of the empty app."""
    out.unlink(missing_ok=True)
    run = OnPty([sys.executable, "-I", str(script), str(out)], env)
    try:
        paint = run.until(lambda: b"ready" in run.text)
        run.press()
        return paint, run.until(lambda: out.exists() and out.stat().st_size)
    finally:
        run.end()


def make_home(root: Path) -> dict[str, str]:
    config = root / "config" / "mr-safety-console"
    config.mkdir(parents=True)
    (root / "run").mkdir(mode=0o700)
    (config / "site.toml").write_text(SITE)
    (config / "console.toml").write_text(CONSOLE)
    return {
        "HOME": str(root),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "PATH": os.environ["PATH"],
        "XDG_CONFIG_HOME": str(root / "config"),
        "XDG_DATA_HOME": str(root / "share"),
        "XDG_RUNTIME_DIR": str(root / "run"),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--dir", type=Path, help="a directory on the disk to measure")
    parser.add_argument("--runs", type=int, default=15)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.dir) as top:
        root = Path(top)
        env, script = make_home(root), root / "empty.py"
        script.write_text(EMPTY)
        console(root, env)  # the first start makes the record and the byte code
        empty(script, root / "out", env)
        ours = []
        theirs = []
        for _ in range(asked.runs):
            ours.append(console(root, env))
            theirs.append(empty(script, root / "out", env))
    print(f"milliseconds from process start (n = {asked.runs} each, in turns)")
    rows = {
        "console: armed": [one[0] for one in ours],
        "console: first paint": [one[1] for one in ours],
        "console: interactive": [one[2] for one in ours],
        "empty app: first paint": [one[0] for one in theirs],
        "empty app: one durable key": [one[1] for one in theirs],
    }
    for name, values in rows.items():
        print(f"{name:28} p50 {statistics.median(values):8.0f}   max {max(values):8.0f}")
    p50 = {name: statistics.median(values) for name, values in rows.items()}
    print(f"first paint, empty app = 1: {p50['console: first paint'] / p50['empty app: first paint']:.2f}")
    ratio = p50["console: interactive"] / p50["empty app: one durable key"]
    print(f"interactive, empty app = 1: {ratio:.2f}")


if __name__ == "__main__":
    main()
