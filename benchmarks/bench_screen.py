"""From an alarm line on a serial port to changed bytes on the terminal, side by side.

Four serial ptys carry 100 ordinary lines a second each; alarms come between them. Three programs
show them on a terminal pty of 120×40: a bare select loop (the floor), a stock Textual app with
RichLog and DataTable, and ours. `--ours` runs another command instead of the built-in one, with
`{ports}` replaced by the four device paths; `--line` and `--seen` then say what to send and what
to wait for, `{n}` being the alarm's number.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import os
import random
import select
import shlex
import subprocess
import sys
import threading
import time
import tty
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual.app import App, ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widgets import DataTable, RichLog, Static

from mr_safety_console.console.driver import GuardedApp, driver_class
from mr_safety_console.console.text import txt
from mr_safety_console.console.theme import Tone
from mr_safety_console.console.widgets.bars import AlarmBar, FooterBar, HeaderBar
from mr_safety_console.console.widgets.logview import LogView

PORTS = 4
GIVE_UP = 5
"""A program that missed this many alarms by 5 s is saturated and not measured further."""
TICKS = os.sysconf("SC_CLK_TCK")


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
    """How to run and drive one program."""

    name: str
    argv: tuple[str, ...]
    line: str = "A,{n:06d}"
    seen: str = "ALM{n:06d}"
    fps: str = "60"


class Bench:
    """One program on a terminal pty with four serial ptys; measures alarms one after another."""

    def __init__(self, job: Job, rate: int) -> None:
        self.job, self.rate = job, rate
        self.serial = [os.openpty() for _ in range(PORTS)]
        for _, slave in self.serial:
            tty.setraw(slave)
        self.master, self.slave = os.openpty()
        with contextlib.suppress(OSError):
            os.system(f"stty -F {os.ttyname(self.slave)} cols 120 rows 40")  # noqa: S605
        ports = [os.ttyname(slave) for _, slave in self.serial]
        argv = [part for arg in job.argv for part in (ports if arg == "{ports}" else [arg])]
        env = {**os.environ, "TERM": "xterm-256color", "TEXTUAL_FPS": job.fps, "PYTHONPATH": _root()}
        self.child = subprocess.Popen(
            argv, stdin=self.slave, stdout=self.slave, stderr=self.slave, env=env, start_new_session=True
        )
        self.stop = threading.Event()
        self.noise = threading.Thread(target=self._noise)

    def _noise(self) -> None:
        sent = 0
        while not self.stop.wait(1 / max(1, self.rate)):
            sent += 1
            for port, (master, _) in enumerate(self.serial):
                if select.select([], [master], [], 0)[1]:  # a program that stopped reading loses lines
                    os.write(master, f"N,{port},{sent},level {sent % 97}\n".encode())

    def run(self, alarms: int, warm_s: float) -> Result:
        """Warm up, then send alarms at random moments and wait for each."""
        self._read_for(warm_s)
        if self.rate:
            self.noise.start()
            self._read_for(1.0)
        cpu, began = self._cpu(), time.monotonic()
        times, missed = [], 0
        for n in range(1, alarms + 1):
            if missed >= GIVE_UP:
                break
            taken = self._one(n)
            if taken is None:
                missed += 1
            else:
                times.append(taken * 1000)
            self._read_for(random.uniform(0.03, 0.09))
        share = (self._cpu() - cpu) / (time.monotonic() - began)
        return Result(self.job.name, times, missed, share, self._rss_mb())

    def _one(self, n: int) -> float | None:
        want = self.job.seen.format(n=n).encode()
        began = time.perf_counter()
        os.write(self.serial[0][0], (self.job.line.format(n=n) + "\n").encode())
        tail = b""
        while time.perf_counter() - began < 5:
            if not select.select([self.master], [], [], 0.5)[0]:
                continue
            tail += os.read(self.master, 65_536)
            if want in tail:
                return time.perf_counter() - began
            tail = tail[-64:] if len(tail) > 1_000_000 else tail
        return None

    def _read_for(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self.master], [], [], left)[0]:
                os.read(self.master, 65_536)

    def _cpu(self) -> float:
        fields = Path(f"/proc/{self.child.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def _rss_mb(self) -> float:
        pages = int(Path(f"/proc/{self.child.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def close(self) -> None:
        """End the program, the lines and the descriptors."""
        self.stop.set()
        if self.noise.ident is not None:
            self.noise.join()
        self.child.kill()
        self.child.wait()
        for fd in (self.master, self.slave, *[fd for pair in self.serial for fd in pair]):
            os.close(fd)


def _root() -> str:
    return str(Path(__file__).resolve().parent.parent)


def lines_of(fd: int) -> Iterator[str]:
    """Yield whole lines of a serial device: block for one byte, take what is waiting."""
    rest = b""
    while True:
        *whole, rest = (rest + os.read(fd, 4_096)).split(b"\n")
        yield from (line.decode("ascii", "replace") for line in whole)


def read_ports(ports: Sequence[str], on_line: Callable[[str], object]) -> None:
    """Read each port on its own thread."""

    def read(path: str) -> None:
        for line in lines_of(os.open(path, os.O_RDONLY | os.O_NOCTTY)):
            on_line(line)

    for path in ports:
        threading.Thread(target=read, args=(path,), daemon=True).start()


def child_floor(ports: Sequence[str]) -> None:
    """Write what comes straight to the terminal."""
    fds = [os.open(path, os.O_RDONLY | os.O_NOCTTY) for path in ports]
    while True:
        for fd in select.select(fds, [], [])[0]:
            for line in os.read(fd, 4_096).split(b"\n"):
                if line.startswith(b"A,"):
                    os.write(1, b"\x1b[1;1HALM" + line[2:])
                elif line:
                    os.write(1, b"\x1b[2;1H" + line)


class Line(Message):
    """A line came on one of the ports."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


def child_stock(ports: Sequence[str]) -> None:
    """What one would write first: a log and a table that grow by a row a line."""

    class Stock(App[None]):
        CSS = "RichLog { height: 14; } DataTable { height: 14; }"

        def compose(self) -> ComposeResult:
            yield Static(id="alarm")
            yield RichLog(max_lines=1_000)
            yield DataTable()

        def on_mount(self) -> None:
            self.query_one(DataTable).add_columns("kind", "port", "line")
            read_ports(ports, lambda line: self.post_message(Line(line)))

        def on_line(self, event: Line) -> None:
            line = event.text
            kind, number, *rest = line.split(",")
            if kind == "A":
                self.query_one("#alarm", Static).update(f"ALM{number}")
            self.query_one(RichLog).write(line)
            self.query_one(DataTable).add_row(kind, number, ",".join(rest))

    Stock().run()


def child_ours(ports: Sequence[str]) -> None:
    """Our driver, bars and log view: alarms at once, levels and rows at 5 Hz."""

    class Rows:
        def __init__(self) -> None:
            self.kept: deque[str] = deque(maxlen=2_000)
            self.total = 0

        def rows(self, first: int, count: int) -> Sequence[Content]:
            gone = self.total - len(self.kept)
            kept = list(self.kept)[max(0, first - gone) : max(0, first - gone + count)]
            return [*[txt("(older)")] * max(0, min(count, gone - first)), *map(txt, kept)]

    class Ours(GuardedApp[None]):
        ENABLE_COMMAND_PALETTE = False

        def compose(self) -> ComposeResult:
            self.rows = Rows()
            self.header = HeaderBar(rows=2)
            self.alarm = AlarmBar(time.monotonic_ns)
            self.view = LogView(self.rows)
            yield self.header
            yield self.alarm
            yield self.view
            yield FooterBar()

        def on_mount(self) -> None:
            loop = asyncio.get_running_loop()
            self.set_interval(0.2, self.levels)
            read_ports(ports, lambda line: self.take(line, loop))
            gc.freeze()
            gc.set_threshold(50_000, 50, 100)

        def take(self, line: str, loop: Any) -> None:
            self.rows.kept.append(line)
            if line.startswith("A,"):
                loop.call_soon_threadsafe(self.alarm.show_alarm, txt(f"ALM{line[2:]}"), Tone.HIGH)

        def levels(self) -> None:
            self.rows.total += 1
            self.header.show(txt(f"lines {len(self.rows.kept)}"))
            self.view.arrived()

    sys.setswitchinterval(0.0005)
    Ours(driver_class=driver_class()).run()


CHILDREN = {"floor": child_floor, "stock": child_stock, "ours": child_ours}


def jobs(options: argparse.Namespace) -> list[Job]:
    """Return what to run, in the order of the table."""

    def child(name: str) -> tuple[str, ...]:
        return (sys.executable, __file__, "--child", name, "{ports}")

    ours = Job("ours", child("ours"), fps="1000")
    if options.ours:
        ours = Job("ours", tuple(shlex.split(options.ours)), options.line, options.seen, "1000")
    return [
        Job("floor: select loop", child("floor")),
        Job("stock: RichLog + DataTable", child("stock")),
        ours,
    ]


def main() -> None:
    """Run all programs, the same way, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--child", choices=CHILDREN)
    parser.add_argument("--alarms", type=int, default=300)
    parser.add_argument("--rate", type=int, default=100, help="ordinary lines a second and port; 0 = idle")
    parser.add_argument("--warm", type=float, default=2.0, help="seconds before the first line")
    parser.add_argument("--ours", help="command to run as ours, with {ports}")
    parser.add_argument("--line", default="A,{n:06d}", help="alarm line to send on the first port")
    parser.add_argument("--seen", default="ALM{n:06d}", help="text to wait for on the terminal")
    parser.add_argument("ports", nargs="*")
    options = parser.parse_args()
    if options.child:
        CHILDREN[options.child](options.ports)
        return
    print(f"alarm line → terminal, {PORTS} × {options.rate} lines/s, 120×40, milliseconds")
    heads = ("p50", "p95", "p99", "max")
    print(f"{'program':<28}" + "".join(f"{h:>8}" for h in heads) + "    cpu  rss MB  p99/st     n missed")
    stock: Result | None = None
    for job in jobs(options):
        bench = Bench(job, options.rate)
        try:
            result = bench.run(options.alarms, options.warm)
        finally:
            bench.close()
        stock = result if job.name.startswith("stock") else stock
        print(result.row(stock if job.name == "ours" else None), flush=True)


if __name__ == "__main__":
    main()
