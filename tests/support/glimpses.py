"""What a console's screen claimed to be recorded, read off its pictures and held against the record."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from mr_safety_console.journal.query import raw_rows

Body = dict[str, Any]
"""The body of one row of the record."""
Claim = tuple[str, str]
"""What kind of thing was shown, and which one."""

UNRECORDED = ("not yet recorded", "NOT RECORDED", "… RECORDING")
"""A picture with one of these says itself that it is ahead of the record."""
CLAIMS = {
    "visit": re.compile(r"\bV(\d+) "),
    "emergency": re.compile(r"EMERGENCY E(\d+) (?:[A-Z]{4}|not named|what is)"),
    "alarm": re.compile(r"\] A(\d+) "),
    "identified at": re.compile(r"● Identify +AE (\d\d:\d\d)\b"),
    "answers": re.compile(r"\b([1-9]\d*) of \d+ answered"),
    "signed on": re.compile(r"\b([A-Z]{2}) MRST signed on"),
    "stamped at": re.compile(r"● (?:\S) .*? (\d\d:\d\d:\d\d)\b"),
    "lane at": re.compile(r"● RECORDED (\d\d:\d\d:\d\d)"),
    "row": re.compile(r"(\d\d:\d\d:\d\d #\d+) "),
}
LATE_US = 60_000_000
LANE = ("emergency-opened", "emergency-key-again", "emergency-kind-chosen", "emergency-step-stamped")


def claims(picture: str) -> set[Claim]:
    """Return everything a picture says has happened; nothing if it says it is ahead of the record."""
    if any(words in picture for words in UNRECORDED):
        return set()
    return {(what, found) for what, shape in CLAIMS.items() for found in shape.findall(picture)}


def clock(at: Body, row: Body) -> str:
    """Return the wall time of an instant as the screen writes it, from the row's own offset."""
    return datetime.fromtimestamp(at["utc"] // 1_000_000 + 60 * row["off"], UTC).strftime("%H:%M:%S")


@dataclass
class Record:
    """The rows of a record, as far as screens speak of them."""

    rows: list[Body]
    proven: set[Claim] = field(default_factory=set)

    def __post_init__(self) -> None:
        answers = self.of("answer-given")
        self.proven |= {("answers", str(n + 1)) for n in range(len(answers))}
        self.proven |= {("signed on", "AE") for _ in self.of("signed-on")}
        for what, kind in (
            ("visit", "visit-opened"),
            ("emergency", "emergency-opened"),
            ("alarm", "alarm-raised"),
        ):
            self.proven |= {(what, str(row["data"]["no"])) for row in self.of(kind)}
        for row in self.of("leg-made"):
            if row["data"]["leg"] == "identity":
                self.proven.add(("identified at", clock(row, row)[:5]))
        for row in self.of("emergency-step-stamped"):
            self.proven.add(("stamped at", clock(row["data"]["at"], row)))
        for row in self.of(*LANE):  # the screen says when it was on the disk: between press and row
            first, last = (row["occ"] or row)["utc"], row["utc"]
            between = range(first, min(last, first + LATE_US) + 1_000_000, 1_000_000)
            self.proven |= {("lane at", clock({"utc": utc}, row)) for utc in (*between, last)}
        for row in self.rows:
            self.proven |= {("row", f"{clock(at, row)} #{row['seq']}") for at in (row, row["occ"] or row)}

    @classmethod
    def read(cls, data: Path) -> Self:
        """Read the record as it is on the disk now, beside a running console or after a killed one."""
        there = (data / "journal.db").exists()
        return cls([json.loads(body) for _, body, _ in raw_rows(data)] if there else [])

    def of(self, *kinds: str) -> list[Body]:
        """Return the rows of these kinds."""
        return [row for row in self.rows if row["kind"] in kinds]

    def open_visits(self) -> dict[str, bool]:
        """Return number → identified, of the visits not closed."""
        closed = {row["data"]["visit"] for row in self.of("visit-closed")}
        known = {row["data"]["visit"] for row in self.of("leg-made") if row["data"]["leg"] == "identity"}
        opened = [row["data"] for row in self.of("visit-opened") if row["data"]["visit"] not in closed]
        return {str(one["no"]): one["visit"] in known for one in opened}

    def open_emergency(self) -> tuple[str, set[str]]:
        """Return number and step times of the newest emergency that has not ended, or nothing."""
        ended = {row["data"]["emergency"] for row in self.of("emergency-ended")}
        opened = [row["data"] for row in self.of("emergency-opened") if row["data"]["emergency"] not in ended]
        if not opened:
            return "", set()
        newest = opened[-1]
        stamps = [
            (row["data"]["step"], clock(row["data"]["at"], row))
            for row in self.of("emergency-step-stamped")
            if row["data"]["emergency"] == newest["emergency"]
        ]
        first = {}
        for step, at in sorted(stamps, key=lambda stamp: stamp[1]):
            first.setdefault(step, at)
        return str(newest["no"]), set(first.values())
