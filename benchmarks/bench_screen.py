"""From an alarm sentence on a serial port to changed bytes on the terminal, side by side.

Four serial ptys carry the same valid sentences to four programs on a terminal pty of 120×40: a bare
select loop (the floor), a stock Textual app that adds a row to a RichLog and a DataTable for each
line, and the installed console on its Log and on its Suite screen. Ours has the alarm durable in
its record before it shows it, and writes about ten other facts a second, the stock app keeps
nothing. No point changes more often than once a second and no detector rings more often than once in
two: it would be a chattering one, counted and not written singly. "Idle" is two sentences a second and
port, below which a device counts as silent.
"""

from __future__ import annotations

import argparse
import os
import random
import select
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from installed import COMMAND, KEYS, PORTS, Screen, Wire, home, write_files
from textual.app import App, ComposeResult
from textual.message import Message
from textual.widgets import DataTable, RichLog, Static

MISSED_S = 5.0
"""An alarm not shown by then is missed, and counts as this long."""
GIVE_UP = 5
"""A program that missed this many alarms is saturated and not measured further."""
HEARTBEATS = 2
CHANNELS = (4, 1, 4, 8)
"""Detectors and doors on each port; the last detector only rings once, and stands on top in between."""
DOOR_EVERY = 13
"""One of the doors no alarm depends on moves with every so many of their sentences: facts for the log."""
APART_S = (0.31, 0.37)
"""From one alarm to the next: the seven detectors in turn, each at most once in 2.1 s."""


@dataclass
class Result:
    """Milliseconds of each alarm, processor share and memory of one program."""

    name: str
    times_ms: list[float]
    missed: int
    cpu: float
    rss_mb: float

    def at(self, share: float) -> float:
        ordered = sorted(self.times_ms)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")

    def row(self, stock: Result | None) -> str:
        ratio = f"{self.at(0.99) / stock.at(0.99):8.3f}" if stock else "       -"
        return (
            f"{self.name:<28}{self.at(0.5):8.2f}{self.at(0.95):8.2f}{self.at(0.99):8.2f}"
            f"{max(self.times_ms, default=0):8.2f}{self.cpu:7.0%}{self.rss_mb:8.0f}{ratio}"
            f"{len(self.times_ms):6}{self.missed:7}"
        )


@dataclass(frozen=True)
class Job:
    """One program. `screen` is the console's; the others are children of this file."""

    name: str
    child: str = ""
    screen: str = ""

    def argv(self, place: Path, ports: Sequence[str]) -> list[str]:
        if self.child:
            return [sys.executable, __file__, "--child", self.child, *ports]
        return [COMMAND, "run", "--config", str(write_files(place, ports, CHANNELS))]


JOBS = (
    Job("floor: select loop", child="floor"),
    Job("stock: RichLog + DataTable", child="stock"),
    Job("ours: Log screen", screen="log"),
    Job("ours: Suite screen", screen="suite"),
)


class Bench:
    """One program on a terminal pty with four serial ptys; measures alarms one after another."""

    def __init__(self, job: Job, rate: int, place: Path) -> None:
        self.job, self.rate = job, rate or HEARTBEATS
        counts = CHANNELS if job.screen else (1, 1, 1, 1)
        self.wires = [Wire(device, count) for device, count in zip(PORTS, counts, strict=True)]
        self.detectors = [(wire, n) for wire in self.wires[0:3:2] for n in range(wire.channels)]
        self.screen = Screen(job.argv(place, [wire.path for wire in self.wires]), home(place))
        # One door alone when little is sent: it is closed again before it has stood open for too long.
        self.turning = self.wires[3].channels if rate else 1
        self.stop = threading.Event()
        self.traffic = threading.Thread(target=self._traffic)

    def _traffic(self) -> None:
        sent = 0
        while not self.stop.wait(1 / self.rate):
            sent += 1
            for wire in self.wires[:3]:
                wire.say()
            doors = self.wires[3]
            if sent % DOOR_EVERY == 0:
                doors.turn(sent // DOOR_EVERY % self.turning)
            else:
                doors.say()

    def run(self, alarms: int, warm_s: float) -> Result:
        """Warm up, then send alarms at random moments and wait for each."""
        if self.job.screen and self.screen.wait(b"NOBODY signed on", 20) is None:
            raise SystemExit(f"{self.job.name}: the console did not come up")
        self.traffic.start()  # a backlog from before the ports were open would be disbelieved, rightly
        self.screen.read_for(warm_s)
        if self.job.screen:
            self._prepare()
        cpu, began = self.screen.cpu_s(), time.monotonic()
        times: list[float] = []
        missed = 0
        while len(times) < alarms and missed < GIVE_UP:
            taken = self._one(len(times))
            missed += taken is None
            times.append((taken or MISSED_S) * 1000)
        share = (self.screen.cpu_s() - cpu) / (time.monotonic() - began)
        return Result(self.job.name, times, missed, share, self.screen.rss_mb())

    def _prepare(self) -> None:
        """Show the screen, then ring every detector once: an alarm that is over gives way to the newest."""
        self.screen.type(KEYS[self.job.screen])
        for number, (wire, channel) in enumerate(self.detectors):
            wire.say(True, channel)
            if self.screen.wait(_on_top(number), 5) is None:
                raise SystemExit(f"{self.job.name}: alarm A{number + 1} was not shown")
            wire.say(False, channel)
            self.screen.read_for(0.5)

    def _one(self, number: int) -> float | None:
        """Ring one detector; return how long until it stands on the terminal, None if it never does."""
        turn = number % max(1, len(self.detectors) - 1) if self.job.screen else 0
        wire, channel = self.detectors[turn]
        began = time.perf_counter()
        rang = wire.say(True, channel)
        want = _on_top(turn) if self.job.screen else f"ALM{rang:06d}".encode()
        shown = self.screen.wait(want, MISSED_S)
        wire.say(False, channel)
        if self.job.screen:
            self.screen.wait(_on_top(len(self.detectors) - 1), 5)
        self.screen.read_for(began + random.uniform(*APART_S) - time.perf_counter())
        return None if shown is None else shown - began

    def close(self) -> None:
        """End the program, the lines and the descriptors."""
        self.stop.set()
        if self.traffic.ident is not None:
            self.traffic.join()
        self.screen.close()
        for wire in self.wires:
            wire.close()


def _on_top(number: int) -> bytes:
    return f"] A{number + 1} ".encode()


def lines_of(fd: int) -> Iterator[str]:
    """Yield whole lines of a serial device: block for one byte, take what is waiting."""
    rest = b""
    while True:
        *whole, rest = (rest + os.read(fd, 4_096)).split(b"\n")
        yield from (line.decode("ascii", "replace") for line in whole)


def alarm_in(line: str) -> str:
    """Return what to show for a sentence that reports a new alarm, else nothing."""
    if ",EV," not in line or "CH=A" not in line:
        return ""
    return f"ALM{int(line.partition('AC=')[2].partition(',')[0]):06d}"


def child_floor(ports: Sequence[str]) -> None:
    """Write what comes straight to the terminal."""
    fds = {os.open(path, os.O_RDONLY | os.O_NOCTTY): b"" for path in ports}
    while True:
        for fd in select.select(list(fds), [], [])[0]:
            *whole, fds[fd] = (fds[fd] + os.read(fd, 4_096)).split(b"\n")
            for line in whole:
                alarm = alarm_in(line.decode("ascii", "replace"))
                os.write(1, b"\x1b[1;1H" + alarm.encode() if alarm else b"\x1b[2;1H" + line.strip())


class Line(Message):
    """A line came on one of the ports."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class Stock(App[None]):
    """What one would write first: a log and a table that grow by a row a line."""

    CSS = "RichLog { height: 14; } DataTable { height: 14; }"

    def __init__(self, ports: Sequence[str]) -> None:
        super().__init__()
        self.ports = ports

    def compose(self) -> ComposeResult:
        yield Static(id="alarm")
        yield RichLog(max_lines=1_000)
        yield DataTable()

    def on_mount(self) -> None:
        self.query_one(DataTable).add_columns("kind", "device", "state")
        for path in self.ports:
            read: Callable[[str], None] = self.read_port
            threading.Thread(target=read, args=(path,), daemon=True).start()

    def read_port(self, path: str) -> None:
        for line in lines_of(os.open(path, os.O_RDONLY | os.O_NOCTTY)):
            self.post_message(Line(line))

    def on_line(self, event: Line) -> None:
        line = event.text.strip()
        if alarm := alarm_in(line):
            self.query_one("#alarm", Static).update(alarm)
        self.query_one(RichLog).write(line)
        _, kind, device, *rest = line.split(",")
        self.query_one(DataTable).add_row(kind, device, ",".join(rest))


def measure(jobs: Sequence[Job], options: argparse.Namespace, rate: int) -> None:
    """Run the programs, the same way, and print the table."""
    load = f"{rate} lines/s" if rate else f"idle ({HEARTBEATS} lines/s)"
    print(
        f"alarm sentence → terminal, {len(PORTS)} ports × {load}, 120×40, milliseconds; "
        f"load of the machine {os.getloadavg()[0]:.1f}"
    )
    heads = ("p50", "p95", "p99", "max")
    print(f"{'program':<28}" + "".join(f"{h:>8}" for h in heads) + "    cpu  rss MB  p99/st     n missed")
    stock: Result | None = None
    for job in jobs:
        with tempfile.TemporaryDirectory(prefix="mrsc-bench-") as place:
            bench = Bench(job, rate, Path(place))
            try:
                result = bench.run(options.alarms, options.warm)
            finally:
                bench.close()
        stock = result if job.child == "stock" else stock
        print(result.row(stock if job.screen else None), flush=True)


def main() -> None:
    """Measure under load, then idle."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--child", choices=("floor", "stock"))
    parser.add_argument("--alarms", type=int, default=200)
    parser.add_argument("--rates", type=int, nargs="*", default=[100, 0], help="lines a second and port")
    parser.add_argument("--warm", type=float, default=4.0, help="seconds before the first alarm")
    parser.add_argument("--only", default="", help="measure programs whose name has this in it")
    parser.add_argument("ports", nargs="*")
    options = parser.parse_args()
    if options.child == "floor":
        child_floor(options.ports)
    elif options.child == "stock":
        Stock(options.ports).run()
    else:
        for rate in options.rates:
            measure([job for job in JOBS if options.only in job.name], options, rate)


if __name__ == "__main__":
    main()
