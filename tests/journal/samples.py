"""Facts, entries and records for the tests of this room."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from mr_safety_console.domain.codec import Entry, Fact, Private, fact
from mr_safety_console.domain.context import NS, US, Instant, Who
from mr_safety_console.domain.lifecycle import LogBegun
from mr_safety_console.journal.store import Journal
from mr_safety_console.journal.tables import TRIGGERS

BOOT = "b0071d"
SMALL_BALLAST = 64 * 1024
CANARY = "Zebrowska-Canary"


@fact("sample-moved")
class SampleMoved(Fact):
    """A public fact."""

    point: str
    count: int = 0


@fact("sample-named")
class SampleNamed(Fact):
    """A fact with personal data."""

    subject: str
    name: Private[str]
    note: Private[str] = ""
    level: int = 0


def at(seq: int) -> Instant:
    return Instant(utc=1_800_000_000 * US + seq * US, bt=seq * NS, boot=BOOT)


def entry(seq: int, fact_: Fact | None = None, **envelope: object) -> Entry:
    values: dict[str, object] = {
        "seq": seq,
        "at": at(seq),
        "fact": fact_ or SampleMoved(point=f"door-{seq}", count=seq),
        "cause": f"cause-{seq}",
        "src": "person",
        "by": (Who("P1", "MRT"),),
        "con": "CON1",
        "app": "0.0.0",
        "mode": "sim",
    }
    return Entry(**(values | envelope))  # type: ignore[arg-type]


def named(seq: int, subject: str = "S1", name: str = CANARY, note: str = "") -> Entry:
    return entry(seq, SampleNamed(subject=subject, name=name, note=note, level=seq))


def genesis(public_key: str) -> Entry:
    begun = LogBegun(console="CON1", public_key=public_key, profile_hash="00" * 32, format=1)
    return entry(1, begun, src="system", by=())


def filled(place: Path, entries: list[Entry]) -> Path:
    """Make a record of row 1 and these entries, and close it."""
    journal = Journal.create(place, genesis, ballast_bytes=SMALL_BALLAST)
    journal.append(entries)
    journal.close()
    return place


def copied(place: Path, to: Path) -> Path:
    """Copy a closed record."""
    return Path(shutil.copytree(place, to, symlinks=True))


def tamper(place: Path, *statements: tuple[str, tuple[object, ...]]) -> None:
    """Change the tables behind the record's back, then put the triggers back."""
    db = sqlite3.connect(place / "journal.db")
    for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        db.execute(f"DROP TRIGGER {name}")
    for statement, values in statements:
        db.execute(statement, values)
    for trigger in TRIGGERS:
        db.execute(trigger)
    db.commit()
    db.close()
