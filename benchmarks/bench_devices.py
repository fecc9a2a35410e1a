"""What each profile costs while nothing happens, and how long a danger takes from the wire to a reading.

The mocks run in another process, so that only listening is measured. The reference in the same run is
the profile of devices with words of their own.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from typing import IO, cast

from devices import Condition, Link, Note, Reading
from devices.bench import usual_port

QUIET_S = 5.0
ALARMS = 25
MOCKS = """
import sys, time
from pathlib import Path
from devices.mock import Rig, open_station
place = Path(sys.argv[1])
rig = Rig(place)
benches = {"mrsc1": rig}
for name in ("modbus-di", "adam-ascii", "contact-lines"):
    benches[name] = open_station(name, place / name)
print(benches["contact-lines"].line.url, flush=True)
for line in sys.stdin:
    profile, act = line.split()
    part = benches[profile].door if act != "alarm" else benches[profile].detector
    print(time.monotonic_ns(), flush=True)
    getattr(part, act)()
"""


class Ear:
    """Notes when channel 0 turns dangerous."""

    def __init__(self) -> None:
        self.danger = threading.Event()
        self.at_ns = 0

    def __call__(self, item: Reading | Note) -> None:
        if not isinstance(item, Reading) or self.danger.is_set():
            return
        if any(c.condition is Condition.DANGER for c in item.channels if c.channel == 0):
            self.at_ns = time.monotonic_ns()
            self.danger.set()


def measure(mocks: subprocess.Popen[str], profile: str, url: str) -> tuple[float, list[float]]:
    """Return the share of one core while quiet, and the latencies in ms."""
    say, hear = cast(IO[str], mocks.stdin), cast(IO[str], mocks.stdout)
    ear = Ear()
    link = Link(usual_port(profile, url), ear, time.monotonic_ns, adopt_identity=True)
    link.start()
    time.sleep(2)
    busy, began = time.process_time(), time.monotonic()
    time.sleep(QUIET_S)
    share = (time.process_time() - busy) / (time.monotonic() - began)
    took = []
    for _ in range(ALARMS):
        ear.danger.clear()
        say.write(f"{profile} alarm\n")
        say.flush()
        said_ns = int(hear.readline())
        if ear.danger.wait(3):
            took.append((ear.at_ns - said_ns) / 1e6)
        time.sleep(1.037)
    link.close()
    return share, sorted(took)


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        command = [sys.executable, "-c", MOCKS, place]
        mocks = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        urls = {
            "mrsc1": f"{place}/detector",
            "modbus-di": f"{place}/modbus-di",
            "adam-ascii": f"{place}/adam-ascii",
        }
        urls["contact-lines"] = cast(IO[str], mocks.stdout).readline().strip()
        print("profile         one core   danger to reading: p50 / p95 / max ms")
        for profile in ("mrsc1", "contact-lines", "modbus-di", "adam-ascii"):
            share, took = measure(mocks, profile, urls[profile])
            p50, p95 = took[len(took) // 2], took[int(len(took) * 0.95)]
            print(
                f"{profile:14}  {share:7.2%}    {p50:6.1f} / {p95:6.1f} / {took[-1]:6.1f}   {len(took)} heard"
            )
        mocks.kill()
        mocks.communicate()


if __name__ == "__main__":
    main()
