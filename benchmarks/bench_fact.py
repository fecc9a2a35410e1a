"""One durable, chained fact: our journal beside bare sqlite3 doing the same work.

The reference makes the same record into the same canonical JSON, links the same chain, and
inserts into the same tables with the same triggers and settings, with nothing around it. Both
write to the same disk in turns within one run, so that drift of the machine falls on both; only
the ratios mean anything elsewhere. The reference keeps no head file: the journal's time is given
until the rows are durable, when whoever waits is told, and with the head file written. The last
table is verification beside a scan without hashing.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.context import NS, US, Instant, Who
from mr_safety_console.domain.lifecycle import ConsoleStarted, LogBegun
from mr_safety_console.journal.place import make_file
from mr_safety_console.journal.reading import raw_rows
from mr_safety_console.journal.store import Journal
from mr_safety_console.journal.tables import TABLES, TRIGGERS, connect, harden
from mr_safety_console.journal.verify import verify

FACT = ConsoleStarted(
    app="0.1.0", profile_hash="ab" * 32, forms_hash="cd" * 32, use="demo", points=4, unclean=False
)
BY = (Who("PERSON000000001", "MRT"),)
BOOT = "00000000-0000-4000-8000-000000000001"


def entry(seq: int) -> Entry:
    return Entry(
        seq=seq,
        at=Instant(1_900_000_000 * US + seq, seq * NS // 1000, BOOT),
        fact=FACT,
        cause="CAUSE0000000001",
        src="person",
        by=BY,
        ses="SESSION00000001",
        con="CONSOLE00000001",
        app="0.1.0",
        mode="sim",
    )


def genesis(public_key: str) -> Entry:
    begun = LogBegun(console="CONSOLE00000001", public_key=public_key, profile_hash="00" * 32)
    return Entry(seq=1, at=Instant(1, 1, BOOT), fact=begun, cause="first", src="system", mode="sim")


def record(seq: int) -> dict[str, object]:
    """The same record as plain data, for the reference to serialise."""
    return {
        "v": 1,
        "seq": seq,
        "utc": 1_900_000_000 * US + seq,
        "off": 0,
        "bt": seq * NS // 1000,
        "boot": BOOT,
        "occ": None,
        "con": "CONSOLE00000001",
        "app": "0.1.0",
        "mode": "sim",
        "src": "person",
        "by": [{"person": "PERSON000000001", "role": "MRT"}],
        "ses": "SESSION00000001",
        "cause": "CAUSE0000000001",
        "kind": "console-started",
        "kv": 1,
        "subj": None,
        "data": {
            "app": "0.1.0",
            "profile_hash": "ab" * 32,
            "forms_hash": "cd" * 32,
            "use": "demo",
            "points": 4,
            "unclean": False,
        },
        "priv": None,
        "refs": [],
    }


class Bare:
    """sqlite3 and nothing else."""

    def __init__(self, path: Path) -> None:
        make_file(path)
        self.db = connect(path, "rw")
        harden(self.db, path)
        for statement in (*TABLES, *TRIGGERS):
            self.db.execute(statement)
        self.seq, self.h = 0, bytes(32)

    def made(self, count: int) -> list[dict[str, object]]:
        return [record(seq) for seq in range(self.seq + 1, self.seq + count + 1)]

    def append(self, records: list[dict[str, object]]) -> None:
        rows, h = [], self.h
        for seq, one in enumerate(records, self.seq + 1):
            text = json.dumps(one, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            body = text.encode()
            h = sha256(b"MRSC1\0" + h + len(body).to_bytes(8, "big") + body).digest()
            rows.append((seq, body, h))
        self.db.execute("BEGIN IMMEDIATE")
        self.db.executemany("INSERT INTO rows VALUES(?,?,?)", rows)
        self.db.execute("COMMIT")
        self.seq, self.h = self.seq + len(records), h


class Ours:
    """The journal as the engine uses it."""

    def __init__(self, path: Path) -> None:
        self.journal = Journal.create(path, genesis, ballast_bytes=0)
        self.settling: list[float] = []

    def made(self, count: int) -> list[Entry]:
        first = self.journal.head[0] + 1
        return [entry(seq) for seq in range(first, first + count)]

    def append(self, entries: list[Entry]) -> None:
        self.journal.commit(entries)
        self.settling.append(timed(lambda journal: journal.settle(), self.journal))


Input = TypeVar("Input")


def timed(append: Callable[[Input], None], given: Input) -> float:
    begun = time.perf_counter()
    append(given)
    return (time.perf_counter() - begun) * 1000


def in_turns(bare: Bare, ours: Ours, size: int, rounds: int) -> tuple[list[float], list[float]]:
    """Return milliseconds of each append; whoever goes first changes every round.

    What is appended is made beforehand, on both sides: a record here, an entry there.
    """
    reference: list[float] = []
    mine: list[float] = []
    for turn in range(rounds):
        if turn % 2:
            reference.append(timed(bare.append, bare.made(size)))
        mine.append(timed(ours.append, ours.made(size)))
        if not turn % 2:
            reference.append(timed(bare.append, bare.made(size)))
    return reference, mine


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def show(name: str, reference: list[float], mine: list[float], settling: list[float], size: int) -> None:
    durable = [whole - after for whole, after in zip(mine, settling[-len(mine) :], strict=True)]
    print(f"\n{name} (n = {len(mine)} each, in turns)")
    print(f"{'':26}{'p50 ms':>9}{'p99 ms':>9}{'facts/s':>10}")
    rows = (("bare sqlite3", reference), ("journal, until durable", durable), ("journal, settled", mine))
    for label, values in rows:
        p50 = statistics.median(values)
        print(f"{label:26}{p50:9.3f}{percentile(values, 0.99):9.3f}{size / p50 * 1000:10.0f}")
    quick, whole = (statistics.median(reference) / statistics.median(values) for values in (durable, mine))
    print(f"rate of the journal, bare sqlite3 = 1: until durable {quick:.2f}, settled {whole:.2f}")


def verification(place: Path) -> None:
    begun = time.perf_counter()
    rows = sum(1 for _ in raw_rows(place))
    scan = time.perf_counter() - begun
    begun = time.perf_counter()
    verdict = verify(place)
    whole = time.perf_counter() - begun
    marks: list[float] = []
    begun = time.perf_counter()
    verify(place, lambda _rows: marks.append(time.perf_counter()))
    chain = marks[-1] - begun
    print(f"\nverification of {rows} rows: {verdict.finding.value}")
    print(f"{'scan without hashing':34}{rows / scan:10.0f} rows/s")
    print(f"{'chain over stored bytes':34}{rows / chain:10.0f} rows/s  {scan / chain:.2f} of the scan")
    print(f"{'whole verification':34}{rows / whole:10.0f} rows/s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--dir", type=Path, help="a directory on the disk to measure")
    parser.add_argument("--singles", type=int, default=1500)
    parser.add_argument("--bursts", type=int, default=300)
    parser.add_argument("--rows", type=int, default=200_000, help="length of the record to verify")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.dir) as top:
        bare, ours = Bare(Path(top) / "bare.db"), Ours(Path(top) / "ours")
        in_turns(bare, ours, 1, 50)
        show("one durable fact", *in_turns(bare, ours, 1, asked.singles), ours.settling, 1)
        show("a burst of 100 facts", *in_turns(bare, ours, 100, asked.bursts), ours.settling, 100)
        while ours.journal.head[0] < asked.rows:
            ours.append(ours.made(2000))
        verification(Path(top) / "ours")
        ours.journal.close()
        bare.db.close()


if __name__ == "__main__":
    main()
