"""Power cuts, at any act and with any sector of what was not synced there or not: nothing said is lost."""

from __future__ import annotations

import random
import sqlite3
import sys
from pathlib import Path

import pytest
from samples import CANARY, SampleNamed, filled
from support.power import Recording, record

from mr_safety_console.journal.place import JOURNAL
from mr_safety_console.journal.reading import raw_rows
from mr_safety_console.journal.store import Journal
from mr_safety_console.journal.verify import verify

WRITER = Path(__file__).with_name("writing.py")


def recorded(tmp_path: Path, seed: int, lines: int) -> Recording:
    """Record a writer at work on a record that was begun before."""
    root = tmp_path / "data"
    filled(root, [])
    return record(tmp_path, [sys.executable, str(WRITER), str(root), str(seed), "0"], root, lines)


def check(did: Recording, upto: int, to: Path, draw: random.Random) -> None:
    """Open one image as a start would: every row said is there as it was said, and the chain is whole."""
    did.image(upto, to, draw)
    said = dict(line.split() for line in did.said(upto))
    journal = Journal.open(to, ballast_bytes=0)
    try:
        newest = journal.head[0]
        entries = list(journal.read_from(max(1, newest - 100)))
        assert entries[-1].seq == newest
        names = {entry.fact.name for entry in entries if isinstance(entry.fact, SampleNamed)}
        assert names <= {CANARY}, "a key is on the disk before the first text under it"
    finally:
        journal.close()
    stored = {str(seq): h.hex() for seq, _body, h in raw_rows(to)}
    assert {seq: h for seq, h in said.items() if stored.get(seq) != h} == {}
    assert verify(to).ok


def cut_many(tmp_path: Path, did: Recording, count: int, seed: int) -> None:
    draw = random.Random(seed)
    points = did.points()
    assert len(points) > count / 4
    for upto in sorted(draw.choices(points, k=count)):
        check(did, upto, tmp_path / "image", draw)


@pytest.mark.pty
def test_fifty_power_cuts_lose_nothing_that_was_said(tmp_path: Path) -> None:
    did = recorded(tmp_path, 1, 120)
    assert len(did.said(len(did.acts))) >= 120
    cut_many(tmp_path, did, 50, 1)


@pytest.mark.pty
def test_the_images_really_lack_what_was_not_synced(tmp_path: Path) -> None:
    """The model bites: with the syncs left out of what was done, rows that were said are lost."""
    did = recorded(tmp_path, 2, 40)
    careless = Recording(did.base, did.root, [act for act in did.acts if act.op != "f"])
    lost, draw = 0, random.Random(2)
    for _ in range(12):
        careless.image(len(careless.acts), tmp_path / "image", draw)
        said = {line.split()[0] for line in careless.said(len(careless.acts))}
        try:
            stored = {str(seq) for seq, _body, _h in raw_rows(tmp_path / "image")}
        except (sqlite3.Error, OSError, ValueError):
            stored = set()
        lost += not said <= stored
    assert lost
    assert (tmp_path / "image" / JOURNAL).exists()


@pytest.mark.soak
@pytest.mark.pty
@pytest.mark.timeout(1200)
def test_a_thousand_power_cuts_lose_nothing_that_was_said(tmp_path: Path) -> None:
    """Long enough for the log to be written back into the table several times."""
    did = recorded(tmp_path, 3, 1500)
    cut_many(tmp_path, did, 1000, 3)
