"""The whole way of a fact through the engine, beside bare sqlite3 writing the same record.

A command is submitted, decided on, sealed, encoded, made durable and published. The clock stops when
a listener hears of the last one, as the console does; how much later a thread goes on that slept
until its future resolved stands beside it. The reference serialises the same row by hand and commits
it, with the same chain, tables and settings, in turns within one run and on the same disk. Then bursts
of 100 commands at once. Only the ratios mean anything elsewhere.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parent))

from bench_fact import Bare

from mr_safety_console import bootstrap
from mr_safety_console.domain.lifecycle import LoseSession
from mr_safety_console.engine.face import Published
from mr_safety_console.settings import ConsoleSettings
from mr_safety_console.start.demo import SITE
from mr_safety_console.start.screen import SWITCH_S, THRESHOLD

T = TypeVar("T")
COMMAND = LoseSession(signal="SIGHUP")
"""One command, one public fact, nobody's leave needed."""


class Ours:
    """A whole engine without devices and screen."""

    def __init__(self, place: Path) -> None:
        settings = ConsoleSettings(data=place, site=place)
        self.running = bootstrap.start(
            settings, profile=SITE, ports=(), environ={"XDG_RUNTIME_DIR": str(place)}
        )
        sys.setswitchinterval(SWITCH_S)  # as the console runs
        gc.collect()
        gc.freeze()
        gc.set_threshold(*THRESHOLD)
        self.published_at = 0.0
        self.running.engine.subscribe(self._hear)

    def _hear(self, _: Published) -> None:
        self.published_at = time.perf_counter()

    def append(self, count: int) -> tuple[float, float]:
        """Return milliseconds until all were published, and until their submitter went on."""
        begun = time.perf_counter()
        futures = [self.running.engine.submit(COMMAND) for _ in range(count)]
        for future in futures:
            future.result(10)
        return (self.published_at - begun) * 1000, (time.perf_counter() - begun) * 1000

    def flood(self, count: int) -> float:
        """Return facts a second of many bursts of 100 with the next always waiting."""
        engine, begun = self.running.engine, time.perf_counter()
        waiting = [[engine.submit(COMMAND) for _ in range(100)] for _ in range(5)]
        for _ in range(count // 100 - 5):
            for future in waiting.pop(0):
                future.result(10)
            waiting.append([engine.submit(COMMAND) for _ in range(100)])
        for future in chain.from_iterable(waiting):
            future.result(10)
        return count / (time.perf_counter() - begun)


def in_turns(bare: Bare, ours: Ours, size: int, rounds: int) -> tuple[list[float], list[float], list[float]]:
    """Return milliseconds of bare, published and gone on; whoever goes first changes every round.

    The reference's records are made beforehand; what ours decides on is part of its work.
    """
    reference: list[float] = []
    mine: list[float] = []
    back: list[float] = []
    for turn in range(rounds):
        if turn % 2:
            reference.append(timed(bare.append, bare.made(size)))
        published, returned = ours.append(size)
        mine.append(published)
        back.append(returned)
        if not turn % 2:
            reference.append(timed(bare.append, bare.made(size)))
    return reference, mine, back


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def timed(work: Callable[[T], None], given: T) -> float:
    begun = time.perf_counter()
    work(given)
    return (time.perf_counter() - begun) * 1000


def show(name: str, reference: list[float], mine: list[float], back: list[float], size: int) -> None:
    print(f"\n{name} (n = {len(mine)} each, in turns)")
    print(f"{'':26}{'p50 ms':>9}{'p99 ms':>9}{'facts/s':>10}")
    told = (("bare sqlite3", reference), ("engine, published", mine), ("engine, submitter went on", back))
    for label, values in told:
        p50 = statistics.median(values)
        print(f"{label:26}{p50:9.3f}{percentile(values, 0.99):9.3f}{size / p50 * 1000:10.0f}")
    bare = statistics.median(reference)
    print(
        f"p50, bare sqlite3 = 1: published {statistics.median(mine) / bare:.2f}, "
        f"submitter went on {statistics.median(back) / bare:.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--dir", type=Path, help="a directory on the disk to measure")
    parser.add_argument("--singles", type=int, default=1500)
    parser.add_argument("--bursts", type=int, default=300)
    parser.add_argument("--flood", type=int, default=100_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.dir) as top:
        bare, ours = Bare(Path(top) / "bare.db"), Ours(Path(top) / "ours")
        try:
            in_turns(bare, ours, 1, 50)
            show("one fact, the whole way", *in_turns(bare, ours, 1, asked.singles), 1)
            show("a burst of 100 commands", *in_turns(bare, ours, 100, asked.bursts), 100)
            print(f"\nbursts of 100 without a pause: {ours.flood(asked.flood):.0f} facts/s")
        finally:
            ours.running.close()
            bare.db.close()


if __name__ == "__main__":
    main()
