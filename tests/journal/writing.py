"""A process that appends for ever and says on its output what is durable; killed or starved by tests.

Arguments: directory, seed, and optionally the size of the ballast. Each line it prints was
appended before it was printed: row number and hash of the head. On a disk error it prints the
name of the error, and `ballast` once it has given up the ballast, and goes on.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from samples import entry, genesis, named

from mr_safety_console.journal.errors import Full
from mr_safety_console.journal.store import Journal


def say(*words: object) -> None:
    print(*words, flush=True)


def main(directory: Path, seed: int, ballast: int) -> None:
    draw = random.Random(seed)
    journal = Journal.open(directory, genesis, ballast_bytes=ballast)
    refused = 0
    while refused < 2:
        first = journal.head[0] + 1
        batch = [
            named(seq, f"S{seq % 7}") if draw.random() < 0.3 else entry(seq)
            for seq in range(first, first + draw.choice([1, 1, 1, 5, 40]))
        ]
        try:
            journal.append(batch, emergency=draw.random() < 0.1)
        except Full as error:
            refused += 1
            say(type(error).__name__)
            if refused == 1:
                journal.free_ballast()
                say("ballast")
        else:
            say(journal.head[0], journal.head[1].hex())
    journal.close()
    say("closed")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 64 * 1024)
