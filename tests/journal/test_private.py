"""Personal data: readable with the subject's key, by nobody without, and found in no file."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from samples import CANARY, SampleNamed, entry, filled, named, tamper

from mr_safety_console.domain.codec import ERASED
from mr_safety_console.journal import cache
from mr_safety_console.journal.errors import Corrupt
from mr_safety_console.journal.private import Keyring
from mr_safety_console.journal.query import Query
from mr_safety_console.journal.store import Journal
from mr_safety_console.journal.verify import verify


def texts(journal: Journal) -> list[str]:
    return [e.fact.name for e in journal.read_from(2) if isinstance(e.fact, SampleNamed)]


def files_with(place: Path, needle: bytes) -> list[str]:
    return [str(path) for path in place.rglob("*") if path.is_file() and needle in path.read_bytes()]


def key_of(place: Path, subject: str) -> bytes | None:
    db = sqlite3.connect(place / "keys.db")
    try:
        key: bytes | None = db.execute("SELECT key FROM keys WHERE subject = ?", (subject,)).fetchone()[0]
        return key
    finally:
        db.close()


def test_private_text_stands_in_no_file(place: Path, journal: Journal) -> None:
    journal.append([named(2), named(3, note=f"told by {CANARY}"), entry(4)])
    cache.write(place, *journal.head, schema=1, payload=CANARY.encode())
    assert texts(journal) == [CANARY, CANARY]
    assert files_with(place, CANARY.encode()) == []
    journal.close()
    assert files_with(place, CANARY.encode()) == []


def test_erasing_forgets_one_subject_and_keeps_the_chain(place: Path, journal: Journal) -> None:
    journal.append([named(2, "S1", "first"), named(3, "S2", "second")])
    cache.write(place, *journal.head, schema=1, payload=b"first")
    key = key_of(place, "S1")
    assert key is not None
    journal.erase("S1")
    assert texts(journal) == [ERASED, "second"]
    assert files_with(place, key) == []
    assert not (place / cache.CACHE).exists()
    assert verify(place).ok
    journal.close()
    again = Journal.open(place)
    assert texts(again) == [ERASED, "second"]
    again.close()


def test_no_new_key_is_made_for_an_erased_subject(place: Path, journal: Journal) -> None:
    journal.append([named(2)])
    journal.erase("S1")
    journal.append([named(3, name="again")])
    assert texts(journal) == [ERASED, ERASED]
    assert key_of(place, "S1") is None
    assert verify(place).ok


def test_erasing_somebody_not_yet_recorded_holds(journal: Journal) -> None:
    journal.erase("S1")
    journal.append([named(2)])
    assert texts(journal) == [ERASED]


def test_the_key_is_durable_before_the_first_fact(
    place: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bytes | None] = []
    commit = journal._commit

    def watched(*rows: object) -> None:
        seen.append(key_of(place, "S1"))
        commit(*rows)  # type: ignore[arg-type]

    monkeypatch.setattr(journal, "_commit", watched)
    journal.append([named(2)])
    assert seen[0] is not None
    assert len(seen[0]) == 32


def test_a_text_moved_to_another_row_does_not_open(place: Path) -> None:
    filled(place, [named(2, name="first"), named(3, name="second")])
    tamper(
        place,
        ("UPDATE private SET seq = 99 WHERE seq = 2", ()),
        ("UPDATE private SET seq = 2 WHERE seq = 3", ()),
        ("UPDATE private SET seq = 3 WHERE seq = 99", ()),
    )
    journal = Journal.open(place)
    try:
        with pytest.raises(Corrupt, match="private text of row 2") as caught:
            list(journal.read_from(1))
        assert caught.value.row == 2
    finally:
        journal.close()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE private SET nonce = zeroblob(12)",
        "UPDATE private SET nonce = x'00'",
        "UPDATE private SET subject = 'S2'",
    ],
)
def test_a_text_changed_beside_its_hash_does_not_open(place: Path, change: str) -> None:
    filled(place, [named(2)])
    tamper(place, (change, ()))
    query = Query(place)
    try:
        (line, first) = query.newest(5)
    finally:
        query.close()
    assert line.entry is None
    assert "private text of row 2" in line.problem
    assert first.problem == ""


def test_without_its_keys_a_copy_reads_nobody(place: Path) -> None:
    filled(place, [named(2)])
    (place / "keys.db").unlink()
    query = Query(place)
    try:
        fact = query.newest(1)[0].entry.fact  # type: ignore[union-attr]
    finally:
        query.close()
    assert fact == SampleNamed(subject="S1", name=ERASED, note=ERASED, level=2)
    assert verify(place).ok


def test_a_refused_key_is_tried_again(place: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    blocker = sqlite3.connect(place / "keys.db", isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(Exception, match="locked"):
            journal.append([named(2)])
    finally:
        blocker.close()
    journal.append([named(2)])
    journal.close()
    again = Journal.open(place)
    assert texts(again) == [CANARY]
    again.close()


def test_keys_are_found_again_from_the_file(place: Path) -> None:
    filled(place, [named(2)])
    ring = Keyring(place / "keys.db", readonly=True)
    try:
        assert ring.find("S1") == key_of(place, "S1")
        assert ring.find("nobody") is None
    finally:
        ring.close()
