"""From the command to a console that records, beside an empty Textual app, in turns within one run.

First paint: the early lines stand, and the emergency key is alive. Armed: the first fact of this run
is durable. Interactive: the header of the whole screen shows what the record says, and an emergency
key pressed then has become a durable fact. Early key: one pressed at the first paint, in a start of
its own, has become a durable fact. The record has a few hundred rows, and four devices are plugged
in that say nothing.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from bench_fact import entry, genesis
from installed import COMMAND, KEYS, PORTS, Screen, Wire, home, words, write_files

from mr_safety_console.journal.store import Journal

ROWS_BEFORE = 300
DEADLINE_S = 20.0
EMPTY = """
from textual.app import App
from textual.widgets import Static

class Empty(App):
    def compose(self):
        yield Static("EMPTY" + "APP")

Empty().run()
"""
HEADER = b"IN ZONE IV 0"


@dataclass(frozen=True)
class Start:
    """Seconds from the command to each stage."""

    armed: float
    painted: float
    key: float
    cpu: float


class Record(threading.Thread):
    """Looks into the record of a console that is starting, every millisecond, for its next rows."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path, self.first, self.pressed, self.ending = path, 0.0, 0.0, False

    def run(self) -> None:
        db = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        seen: int = db.execute("SELECT max(seq) FROM rows").fetchone()[0]
        while not (self.ending or self.pressed):
            rows = db.execute("SELECT seq, body FROM rows WHERE seq > ?", (seen,)).fetchall()
            now = time.perf_counter()
            for _, body in rows:
                self.first = self.first or now
                if b'"kind":"emergency-opened"' in body:
                    self.pressed = now
            seen = rows[-1][0] if rows else seen
            time.sleep(0.001)
        db.close()


def empty_start(place: Path) -> tuple[float, float]:
    """Return seconds until the empty app stands on the screen, and how many of them it computed."""
    screen = Screen([sys.executable, "-I", "-c", EMPTY], home(place))
    try:
        painted = screen.wait(b"EMPTYAPP", DEADLINE_S)
        return (painted or float("nan")) - screen.began, screen.cpu_s()
    finally:
        screen.close()


def our_start(place: Path, *, early: bool) -> Start:
    """Return how long the console takes on a record of its own; the key is pressed early or late."""
    wires = [Wire(device) for device in PORTS]
    config = write_files(place, [wire.path for wire in wires])
    journal = Journal.open(place / "data", genesis, ballast_bytes=4096)
    journal.append([entry(seq) for seq in range(2, ROWS_BEFORE)])
    journal.close()
    record = Record(place / "data" / "journal.db")
    record.start()
    screen = Screen([COMMAND, "run", "--config", str(config)], home(place))
    try:
        painted, _ = _watch(screen, record, early=early)
        return Start(
            *(at - screen.began for at in (record.first, painted, record.pressed)),
            screen.cpu_s(),
        )
    finally:
        record.ending = True
        record.join()
        screen.close()
        for wire in wires:
            wire.close()


def _watch(screen: Screen, record: Record, *, early: bool) -> tuple[float, float]:
    painted = header = 0.0
    output, end = b"", time.perf_counter() + DEADLINE_S
    while not (painted and header and record.pressed) and time.perf_counter() < end:
        output += screen.read(0.01)
        said = words(output)
        if not painted and b"EMERGENCY" in said:
            painted = time.perf_counter()
            if early:
                screen.type(KEYS["emergency"])
        if not header and HEADER in said:
            header = time.perf_counter()
            if not early:
                screen.type(KEYS["emergency"])
    if not (painted and header and record.pressed):
        raise SystemExit(f"the console did not come up:\n{words(output).decode('utf-8', 'replace')[-800:]}")
    return painted, header


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    reference: list[tuple[float, float]] = []
    early: list[Start] = []
    ours: list[Start] = []
    for turn in range(options.rounds + 1):
        with tempfile.TemporaryDirectory(prefix="mrsc-bench-") as top:
            places = [Path(top) / name for name in ("empty", "ours", "early")]
            for place in places:
                place.mkdir(mode=0o700)
            if turn % 2:
                reference.append(empty_start(places[0]))
            ours.append(our_start(places[1], early=False))
            early.append(our_start(places[2], early=True))
            if not turn % 2:
                reference.append(empty_start(places[0]))
    # the first round warms the file cache
    base, base_cpu = (statistics.median(figures) for figures in zip(*reference[1:], strict=True))
    print(f"start, milliseconds, median of {options.rounds}, in turns; load {os.getloadavg()[0]:.1f}")
    print(f"{'empty Textual app, painted':<34}{base * 1000:9.0f}{1:9.2f}")
    shown = {
        "ours, first paint, key alive": [one.painted for one in ours],
        "ours, armed": [one.armed for one in ours],
        "ours, early key durable": [one.key for one in early],
        "ours, interactive": [one.key for one in ours],
    }
    for name, figures in shown.items():
        took = statistics.median(figures[1:])
        print(f"{name:<34}{took * 1000:9.0f}{took / base:9.2f}")
    computed = statistics.median(one.cpu for one in ours[1:])
    print(f"{'empty Textual app, processor time':<34}{base_cpu * 1000:9.0f}{1:9.2f}")
    print(f"{'ours, until interactive':<34}{computed * 1000:9.0f}{computed / base_cpu:9.2f}")


if __name__ == "__main__":
    main()
