"""Verification names the row, whatever was done to a record, and is quiet about a whole one."""

from __future__ import annotations

import random
import re
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import SampleMoved, entry, filled, named, tamper

from mr_safety_console.domain.codec import Entry
from mr_safety_console.journal.chain import START, link
from mr_safety_console.journal.reading import raw_rows
from mr_safety_console.journal.record import Sealed, encode_entry
from mr_safety_console.journal.store import Journal
from mr_safety_console.journal.verify import Finding, Verdict, verify

SOME = [entry(2), named(3), named(4, "S2"), entry(5), entry(6)]
slow = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def record(place: Path) -> Path:
    return filled(place, SOME)


def test_a_whole_record_is_found_whole(record: Path) -> None:
    head = list(raw_rows(record))[-1][2].hex()
    seen: list[int] = []
    assert verify(record, seen.append) == Verdict(Finding.OK, 6, head)
    assert str(verify(record)) == f"OK rows 6 head {head}"
    assert seen == [6]


def test_it_runs_beside_the_writer(place: Path, journal: Journal) -> None:
    for seq in range(2, 40):
        journal.append([entry(seq)])
        assert verify(place).rows == seq


logs = st.lists(
    st.tuples(st.sampled_from(["moved", "named"]), st.text(st.characters(codec="utf-8"), max_size=12)),
    min_size=2,
    max_size=8,
)


def made(parts: list[tuple[str, str]]) -> list[Entry]:
    return [
        entry(seq, SampleMoved(point=text)) if kind == "moved" else named(seq, f"S{seq % 3}", text)
        for seq, (kind, text) in enumerate(parts, 2)
    ]


@slow
@given(logs, st.data())
def test_any_one_changed_byte_names_its_row(parts: list[tuple[str, str]], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as top:
        place = filled(Path(top) / "data", made(parts))
        rows = list(raw_rows(place))
        seq, body, h = data.draw(st.sampled_from(rows))
        column = data.draw(st.sampled_from(["body", "h"]))
        value = bytearray(body if column == "body" else h)
        value[data.draw(st.integers(0, len(value) - 1))] ^= data.draw(st.integers(1, 255))
        changed = {"body": body, "h": h} | {column: bytes(value)}
        tamper(place, ("UPDATE rows SET body = ?, h = ? WHERE seq = ?", (*changed.values(), seq)))
        verdict = verify(place)
        assert (verdict.finding, verdict.row) == (Finding.BROKEN, seq)
        assert str(verdict).startswith(f"BROKEN at row {seq}: ")


@slow
@given(logs, st.data())
def test_a_deleted_row_is_named(parts: list[tuple[str, str]], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as top:
        place = filled(Path(top) / "data", made(parts))
        seq = data.draw(st.integers(1, len(parts)))
        tamper(place, ("DELETE FROM rows WHERE seq = ?", (seq,)))
        verdict = verify(place)
        assert (verdict.finding, verdict.row) == (Finding.BROKEN, seq)


@slow
@given(logs, st.data())
def test_two_swapped_rows_are_named_by_the_first(parts: list[tuple[str, str]], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as top:
        place = filled(Path(top) / "data", made(parts))
        two = st.lists(st.integers(1, len(parts) + 1), min_size=2, max_size=2, unique=True)
        a, b = sorted(data.draw(two))
        swap = "UPDATE rows SET seq = ? WHERE seq = ?"
        tamper(place, (swap, (-1, a)), (swap, (a, b)), (swap, (b, -1)))
        verdict = verify(place)
        assert (verdict.finding, verdict.row) == (Finding.BROKEN, a)


@pytest.mark.parametrize(
    ("change", "row", "reason"),
    [
        ("UPDATE private SET ct = zeroblob(80) WHERE seq = 3", 3, "not the text that was recorded"),
        ("DELETE FROM private WHERE seq = 4", 4, "missing"),
        ("UPDATE private SET subject = 'S9' WHERE seq = 4", 4, "another subject"),
        ("UPDATE private SET nonce = x'00' WHERE seq = 4", 4, "nonce"),
        ("INSERT INTO private VALUES(5, 'S1', zeroblob(12), x'00')", 5, "no row of the record"),
        ("INSERT INTO private VALUES(77, 'S1', zeroblob(12), x'00')", 77, "no row of the record"),
    ],
)
def test_private_texts_are_compared(record: Path, change: str, row: int, reason: str) -> None:
    tamper(record, (change, ()))
    verdict = verify(record)
    assert (verdict.finding, verdict.row) == (Finding.PRIVATE, row)
    assert reason in verdict.reason
    assert str(verdict).startswith(f"PRIVATE mismatch at row {row}: ")


def test_a_public_field_of_that_name_is_no_private_text(place: Path) -> None:
    tricky = SampleMoved(point='x","priv":"y')
    assert verify(filled(place, [entry(2, tricky)])).ok


DAMAGES: list[tuple[Callable[[Path], object], Finding, str]] = [
    (lambda p: tamper(p, ("DELETE FROM rows WHERE seq = 6", ())), Finding.TRUNCATED, "has 5 rows, .* saw 6"),
    (lambda p: (p / "head").write_text(f"{4:020d} {'ab' * 32}\n"), Finding.BROKEN, "row 4: another row"),
    (lambda p: (p / "head").write_text("?"), Finding.UNREADABLE, "head: it does not hold"),
    (lambda p: (p / "journal.db").write_bytes(b"junk" * 2000), Finding.UNREADABLE, r"journal\.db"),
    (lambda p: (p / "journal.db").unlink(), Finding.UNREADABLE, "no record here"),
    (lambda p: tamper(p, ("CREATE TABLE extra(a)", ())), Finding.BROKEN, "not ours"),
    (lambda p: tamper(p, ("DELETE FROM rows", ())), Finding.BROKEN, "row 1: it is missing"),
    (lambda p: (p / "head").unlink(), Finding.OK, "OK rows 6"),
]


@pytest.mark.parametrize(("damage", "finding", "text"), DAMAGES)
def test_what_else_can_be_wrong(
    record: Path, damage: Callable[[Path], object], finding: Finding, text: str
) -> None:
    damage(record)
    verdict = verify(record)
    assert verdict.finding is finding
    assert verdict.ok == (finding is Finding.OK)
    assert re.search(text, str(verdict))


def test_a_first_row_that_begins_no_record_is_named(place: Path) -> None:
    filled(place, [])
    body = encode_entry(entry(1), never).body
    tamper(place, ("UPDATE rows SET body = ?, h = ?", (body, link(START, body))))
    assert str(verify(place)) == "BROKEN at row 1: it does not begin a record"


def never(_seq: int, _subject: str, _plain: bytes) -> Sealed:
    raise AssertionError("nothing private here")


def shown(place: Path) -> list[tuple[object, ...]]:
    """Every value a reader could be shown."""
    db = sqlite3.connect(f"{place.as_uri()}/journal.db?mode=ro", uri=True)
    try:
        rows = db.execute("SELECT seq, body, h FROM rows ORDER BY seq").fetchall()
        return rows + db.execute("SELECT seq, subject, ct FROM private ORDER BY seq").fetchall()
    finally:
        db.close()


def _flips(record: Path, count: int) -> int:
    """Flip single bits of the file; return how many were noticed, and fail on one that hid a change."""
    noticed = 0
    original = (record / "journal.db").read_bytes()
    before, draw = shown(record), random.Random(20)
    for _ in range(count):
        spoilt = bytearray(original)
        spoilt[draw.randrange(len(spoilt))] ^= 1 << draw.randrange(8)
        (record / "journal.db").write_bytes(spoilt)
        if verify(record).ok:
            assert shown(record) == before
        else:
            noticed += 1
        for extra in ("-wal", "-shm"):
            (record / f"journal.db{extra}").unlink(missing_ok=True)
    (record / "journal.db").write_bytes(original)
    return noticed


def test_no_flipped_bit_changes_what_is_shown_unnoticed(place: Path) -> None:
    entries = [named(seq, f"S{seq % 5}") if seq % 4 == 0 else entry(seq) for seq in range(2, 90)]
    assert _flips(filled(place, entries), 150) > 60


@pytest.mark.soak
def test_no_flipped_bit_changes_what_is_shown_unnoticed_long(place: Path) -> None:
    entries = [named(seq, f"S{seq % 50}") if seq % 4 == 0 else entry(seq) for seq in range(2, 600)]
    assert _flips(filled(place, entries), 3000) > 1500
