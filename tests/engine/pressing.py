"""A process that writes emergency records for ever, each said once it is durable; cut off by tests.

Argument: the data directory. Each line it prints is the cause of a record written before.
"""

from __future__ import annotations

import sys
from pathlib import Path

from mr_safety_console.domain.context import Instant
from mr_safety_console.engine.spool import Spool


def main(data: Path) -> None:
    spool, n = Spool((data / "spool",), size=32 * 1024, con="CON1"), 0
    spool.open()
    while True:
        n += 1
        at = Instant(1_780_000_000_000_000 + n, n, "boot-1")
        record = spool.prepare("open-emergency", {"emergency": f"E{n}", "pad": "x" * (n * 97 % 1500)}, at)
        spool.write(record)
        print(record.cause, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
