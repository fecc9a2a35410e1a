"""Eight ports at once: a quiet console, then 1 000 readings a second for a minute with High alarms in it.

The installed console on a terminal pty of 120×40, eight serial ptys with detectors and doors. First it
is quiet, one sentence a second and port: that gives the processor share and the latency everything
else is held against, in the same run. Then every port sends 125 sentences a second, six of them with
doors that keep moving, while keys are pressed and detectors ring. At the end the record is read back:
each change of condition that was sent must stand in it exactly once.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import select
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from installed import COMMAND, KEYS, POINT, SITE, Screen, Wire, home, words

from mr_safety_console.domain.detectors import PointChanged
from mr_safety_console.journal.query import Query

PORTS = 8
QUIET_PER_S, LOADED_PER_S = 1, 125
DETECTORS, DOORS = 4, 4
"""Channels of the first port, and of each of the six ports whose doors move."""
DOOR_S = 2.4
"""A door moves no more often: faster would be a chattering one, counted and not written singly."""
RING_S, KEY_S = 4.0, 0.25
SEEN_S = 5.0
PAGES = ((KEYS["log"], b"cause "), (KEYS["suite"], b"Bench suite"))
"""A key, and words that stand only on the screen it leads to."""
CALL = rb"(?:CALL SOMEBODY \xc2\xb7 )?"
HIGH = re.compile(rb"\[!!\] A(\d+)(?: \(and [^)]*\))? " + CALL + rb"IRON AT THE DOOR")
IN_FRONT = rb"\[!!\] A%d \(and [^)]*\) " + CALL + rb"IRON AT THE DOOR"
"""Only the alarm line names the others that wait; on the Suite the same alarms stand in a list as well."""


class Suite:
    """The site, its devices and the console; what the terminal shows is read by one thread."""

    def __init__(self, place: Path) -> None:
        self.wires = [Wire(f"DEV{n}", self._channels(n)) for n in range(PORTS)]
        self._write(place)
        self.data = place / "data"
        self.screen = Screen([COMMAND, "run", "--config", str(place / "console.toml")], home(place))
        self.per_s = QUIET_PER_S
        self.sent: dict[str, int] = {}
        self.alarms: list[int] = []
        self._moving = self._stop = False
        self._threads = [threading.Thread(target=self._talk, args=(n,)) for n in range(PORTS)]
        self._shown = b""
        self._came = threading.Condition()
        self._reader = threading.Thread(target=self._read)

    @staticmethod
    def _channels(number: int) -> int:
        return (DETECTORS, 1)[number] if number < 2 else DOORS

    def _write(self, place: Path) -> None:
        points, ports = [], [f'data = "{place / "data"}"', f'site = "{place / "site.toml"}"']
        for number, wire in enumerate(self.wires):
            kind, name = ("detector", "Detector") if number == 0 else ("door", f"Door {number}")
            zone, extra = ("IV", 'door = "d1-0"') if number == 0 else ("IV" if number == 1 else "III", "")
            ports += [f"[ports.p{number}]", f'url = "{wire.path}"', f'expect_device = "DEV{number}"']
            for channel in range(wire.channels):
                id_ = f"d{number}-{channel}"
                about = {"id": id_, "name": f"{name} {channel}", "kind": kind, "zone": zone}
                points.append(POINT.format(number=number, device=f"DEV{number}", channel=channel, **about))
                points.append(extra)
        (place / "site.toml").write_text(SITE + "\n".join(points))
        (place / "console.toml").write_text("\n".join(ports) + "\n")

    def start(self) -> None:
        """Wait for the console, then let the devices speak and the terminal be read."""
        if self.screen.wait(b"NOBODY signed on", 20) is None:
            raise SystemExit("the console did not come up")
        for thread in (*self._threads, self._reader):
            thread.start()

    def load(self, per_s: int, *, moving: bool) -> None:
        """Have every port speak so often from now on, with doors that move or stand still."""
        self.per_s, self._moving = per_s, moving

    def _talk(self, number: int) -> None:
        wire, turn, moved = self.wires[number], 0, time.monotonic()
        due = time.monotonic()
        while not self._stop:
            due = max(due + 1 / self.per_s, time.monotonic())
            time.sleep(max(0.0, due - time.monotonic()))
            if number >= 2 and self._moving and time.monotonic() - moved >= DOOR_S / DOORS:
                wire.turn(turn % DOORS)
                point = f"d{number}-{turn % DOORS}"
                self.sent[point] = self.sent.get(point, 0) + 1
                turn, moved = turn + 1, time.monotonic()
            else:
                wire.say()

    def _read(self) -> None:
        while not self._stop:
            if select.select([self.screen.master], [], [], 0.1)[0]:
                came = self.screen.read(0)
                with self._came:
                    self._shown = (self._shown + came)[-400_000:]
                    self._came.notify_all()

    def forget(self) -> None:
        """What was shown until now does not count."""
        with self._came:
            self._shown = b""

    def seen(self, want: bytes | re.Pattern[bytes], since: float) -> float | None:
        """Return the seconds from `since` until these words are on the terminal, None if they never are."""
        end = since + SEEN_S
        with self._came:
            while True:
                shown = words(self._shown)
                if re.search(want, shown):
                    return time.perf_counter() - since
                if time.perf_counter() >= end:
                    return None
                self._came.wait(max(0.0, end - time.perf_counter()))

    def open_room(self) -> None:
        """Leave the magnet room's door open, so that iron is High, and learn each detector's alarm number."""
        self.wires[1].say(True)
        time.sleep(1)  # with the door proved closed iron would be Medium, and keep that name
        for channel in range(DETECTORS):
            self.forget()
            since = time.perf_counter()
            self.wires[0].say(True, channel)
            while not (found := set(map(int, HIGH.findall(words(self._shown)))) - set(self.alarms)):
                if time.perf_counter() - since > SEEN_S:
                    raise SystemExit(f"the alarm of detector {channel} was not shown")
                time.sleep(0.02)
            self.alarms.append(max(found))
            self.wires[0].say(False, channel)
            time.sleep(3 / QUIET_PER_S)  # it has to be heard quiet twice

    def ring(self, channel: int) -> float | None:
        """Ring one detector; return the seconds until its alarm stands at the front of the alarm line."""
        self.forget()
        since = time.perf_counter()
        self.wires[0].say(True, channel)
        took = self.seen(IN_FRONT % self.alarms[channel], since)
        self.wires[0].say(False, channel)
        return took

    def press(self, number: int) -> float | None:
        """Press a key that leads to another screen; return the seconds until that one is shown."""
        key, want = PAGES[number % len(PAGES)]
        self.forget()
        since = time.perf_counter()
        self.screen.type(key)
        return self.seen(want, since)

    def close(self) -> None:
        """End the console in order, then the devices."""
        os.kill(self.screen.process.pid, signal.SIGTERM)
        self.screen.process.wait(10)
        self._stop = True
        for thread in (*self._threads, self._reader):
            thread.join()
        self.screen.close()
        for wire in self.wires:
            wire.close()

    def recorded(self) -> Iterator[PointChanged]:
        """Yield every change of condition in the record."""
        query = Query(self.data)
        first = 0
        while lines := query.page_after(first, 500):
            first = lines[-1].seq
            for one in lines:
                if one.entry is not None and isinstance(one.entry.fact, PointChanged):
                    yield one.entry.fact
        query.close()


def spread(name: str, times: list[float | None]) -> float:
    """Print what was measured in ms; what was not seen counts as the whole patience. Return the median."""
    got = sorted((SEEN_S if t is None else t) * 1000 for t in times)
    p50, p99 = got[len(got) // 2], got[min(len(got) - 1, int(len(got) * 0.99))]
    missed = sum(t is None for t in times)
    print(f"{name:<44}{p50:8.1f}{p99:9.1f}{got[-1]:9.1f}{len(got):6}{missed:8}")
    return p50


def share(screen: Screen, seconds: float) -> float:
    """Return the processor share of the console over a while."""
    before, began = screen.cpu_s(), time.monotonic()
    time.sleep(seconds)
    return (screen.cpu_s() - before) / (time.monotonic() - began)


def minute(suite: Suite, seconds: float) -> tuple[list[float | None], list[float | None], list[float]]:
    """Press keys and ring detectors under load; return both latencies and the memory every ten seconds."""
    highs: list[float | None] = []
    keys: list[float | None] = []
    memory: list[float] = []
    began = time.monotonic()
    rings = random.Random(1)
    next_ring, next_look = began + RING_S, began + 10
    while (now := time.monotonic()) < began + seconds:
        if now >= next_ring:
            highs.append(suite.ring(len(highs) % DETECTORS))
            next_ring = now + RING_S + rings.uniform(-0.2, 0.2)
        if now >= next_look:
            memory.append(suite.screen.rss_mb())
            next_look += 10
        keys.append(suite.press(len(keys)))
        time.sleep(KEY_S * rings.uniform(0.5, 1.0))
    return highs, keys, memory


def counted(suite: Suite) -> tuple[int, int, int]:
    """Return changes of the moving doors that were sent, that are recorded, and that do not alternate."""
    found: dict[str, list[PointChanged]] = {}
    for fact in suite.recorded():
        if fact.point in suite.sent and "UNKNOWN" not in (fact.was.value, fact.now.value):
            found.setdefault(fact.point, []).append(fact)
    broken = sum(a.now is not b.was for facts in found.values() for a, b in pairwise(facts))
    return sum(suite.sent.values()), sum(map(len, found.values())), broken


def measure(suite: Suite, asked: argparse.Namespace) -> None:
    """Print the quiet part, then the loaded one."""
    suite.start()
    time.sleep(8)  # the start is over, and what it left to a quiet moment is done
    print(
        f"{PORTS} quiet devices, {QUIET_PER_S} sentence a second each: "
        f"{share(suite.screen, asked.quiet):.1%} of one core, {suite.screen.rss_mb():.0f} MB"
    )
    suite.open_room()
    print(f"{'milliseconds':<44}{'p50':>8}{'p99':>9}{'max':>9}{'n':>6}{'missed':>8}")
    quiet: list[float | None] = []
    for turn in range(10):
        quiet.append(suite.ring(turn % DETECTORS))
        time.sleep(2.5)
    spread("first opening of the log, with its libraries", [suite.press(0)])
    suite.press(1)
    reference = spread("High alarm → terminal, quiet", quiet)
    suite.load(LOADED_PER_S, moving=True)
    time.sleep(2)
    before, began = suite.screen.cpu_s(), time.monotonic()
    said = sum(wire.said for wire in suite.wires)
    highs, keys, memory = minute(suite, asked.loaded)
    took = time.monotonic() - began
    busy, rate = (
        (suite.screen.cpu_s() - before) / took,
        (sum(wire.said for wire in suite.wires) - said) / took,
    )
    loaded = spread(f"High alarm → terminal, {rate:.0f} readings/s", highs)
    spread("key → its screen, the same", keys)
    print(f"typical High under load, quiet = 0: {loaded - reference:+.1f} ms")
    print(f"processor under load: {busy:.0%} of one core")
    print(f"memory every 10 s, MB: {' '.join(f'{m:.0f}' for m in memory)}")
    suite.load(QUIET_PER_S, moving=False)
    time.sleep(3 / QUIET_PER_S + 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quiet", type=float, default=30.0, help="seconds of the quiet part")
    parser.add_argument("--loaded", type=float, default=60.0, help="seconds under load")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as top:
        suite = Suite(Path(top))
        try:
            measure(suite, asked)
        finally:
            suite.close()
        sent, recorded, broken = counted(suite)
        print(f"changes of condition sent {sent}, in the record {recorded}, out of turn {broken}")


if __name__ == "__main__":
    main()
