"""The writer: what it keeps, what it refuses, and what it checks when it is opened again."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from samples import SMALL_BALLAST, SampleMoved, copied, entry, filled, genesis, named, tamper

from mr_safety_console.domain.codec import Entry
from mr_safety_console.journal import store
from mr_safety_console.journal.chain import START, link
from mr_safety_console.journal.errors import (
    Absent,
    Corrupt,
    JournalBusy,
    JournalError,
    OutOfOrder,
    Truncated,
    Undecodable,
    Unrecordable,
)
from mr_safety_console.journal.place import read_head
from mr_safety_console.journal.reading import raw_rows
from mr_safety_console.journal.store import Journal


def test_what_was_appended_is_read_back_after_reopening(place: Path, journal: Journal) -> None:
    entries = [entry(2), named(3), entry(4, occ=entry(1).at, refs=(2, 3), by=())]
    journal.append(entries[:1])
    journal.append(entries[1:])
    head = journal.head
    journal.close()
    again = Journal.open(place)
    try:
        assert list(again.read_from(2)) == entries
        assert next(iter(again.read_from(1))).fact.kind == "log-begun"
        assert list(again.read_from(5)) == []
        assert again.head == head
        assert head[0] == 4
    finally:
        again.close()


def test_each_row_is_linked_to_the_one_before(place: Path, journal: Journal) -> None:
    journal.append([entry(2), entry(3)])
    before = START
    for seq, body, h in raw_rows(place):
        assert h == link(before, body)
        assert journal.hash_at(seq) == h
        before = h
    assert journal.head == (3, before)
    assert journal.hash_at(0) == START
    assert journal.hash_at(9) is None


def test_reading_goes_on_over_chunks_and_appends(journal: Journal) -> None:
    journal.append([entry(seq) for seq in range(2, 1200)])
    reader = journal.read_from(1)
    first = [next(reader) for _ in range(10)]
    journal.append([entry(1200)])
    assert [e.seq for e in [*first, *reader]] == list(range(1, 1201))


@pytest.mark.parametrize("seq", [0, 1, 3])
def test_only_the_next_number_is_taken(journal: Journal, seq: int) -> None:
    with pytest.raises(OutOfOrder, match="2 is next"):
        journal.append([entry(seq)])
    journal.append([entry(2)])
    assert journal.head[0] == 2


def test_a_batch_is_kept_whole_or_not_at_all(place: Path, journal: Journal) -> None:
    bad = entry(3, SampleMoved(point="x", count=1.5))  # type: ignore[arg-type]
    with pytest.raises(Unrecordable, match="float") as caught:
        journal.append([entry(2), bad])
    assert caught.value.row == 3
    assert [row[0] for row in raw_rows(place)] == [1]
    journal.append([entry(2), entry(3)])
    assert journal.head[0] == 3


def test_a_batch_of_several_statements_is_kept_whole_or_not_at_all(
    place: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [entry(seq) for seq in range(2, 152)]
    with monkeypatch.context() as broken:
        whole = store._insert
        broken.setattr(store, "_insert", lambda n: whole(n) if n == store._AT_ONCE else "INSERT INTO gone")
        with pytest.raises(JournalError):
            journal.append(entries)
    assert [row[0] for row in raw_rows(place)] == [1]
    assert journal.head[0] == 1
    journal.append(entries)
    assert [row[0] for row in raw_rows(place)] == list(range(1, 152))


def test_a_commit_nobody_settled_lags_behind_in_the_head_file_and_is_whole_all_the_same(
    place: Path, journal: Journal
) -> None:
    journal.append([entry(2)])
    journal.commit([entry(3)])
    assert journal.head[0] == 3
    assert read_head(place).seq == 2  # type: ignore[union-attr]
    journal.commit([entry(4)])
    journal.settle()
    assert read_head(place).seq == 4  # type: ignore[union-attr]
    journal.commit([entry(5)])
    journal.close()
    assert read_head(place).seq == 5  # type: ignore[union-attr]
    again = Journal.open(place)
    try:
        assert again.head[0] == 5
    finally:
        again.close()


def test_appending_nothing_changes_nothing(journal: Journal) -> None:
    before = journal.head
    journal.append([])
    assert journal.head == before


def test_a_second_writer_is_refused_with_the_remedy(place: Path, journal: Journal) -> None:
    with pytest.raises(JournalBusy, match=r"another console \(process \d+\).*close it"):
        Journal.open(place)
    journal.append([entry(2)])
    journal.close()
    Journal.open(place).close()


def test_the_right_to_write_ends_with_its_process(place: Path) -> None:
    filled(place, [entry(2)])
    code = (
        "import os, sys; from pathlib import Path;"
        "from mr_safety_console.journal.place import WriterLock;"
        "WriterLock(Path(sys.argv[1])); os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(place)], check=False).returncode == 9
    Journal.open(place).close()


def test_files_are_nobody_elses(place: Path, journal: Journal) -> None:
    journal.append([named(2)])
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in place.iterdir()}
    assert modes.pop("console.key") == 0o400
    assert set(modes.values()) == {0o600}
    assert {"journal.db", "journal.db-wal", "keys.db", "head", "engine.lock", "ballast"} <= set(modes)


@pytest.mark.parametrize("name", ["journal.db", "keys.db", "console.key", "."])
def test_a_place_open_to_others_is_refused(place: Path, name: str) -> None:
    filled(place, [entry(2)])
    (place / name).chmod(0o755)
    with pytest.raises(JournalError, match=r"others may reach it.*chmod"):
        Journal.open(place)


def test_settings_are_granted(journal: Journal) -> None:
    def ask(name: str) -> object:
        return journal._db.execute(f"PRAGMA {name}").fetchone()[0]

    assert ask("journal_mode") == "wal"
    assert ask("synchronous") == 2
    assert ask("busy_timeout") == 200
    assert ask("recursive_triggers") == 1
    assert ask("trusted_schema") == 0
    assert ask("secure_delete") == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rows SET body = x'00' WHERE seq = 2",
        "DELETE FROM rows WHERE seq = 2",
        "DELETE FROM rows",
        "INSERT OR REPLACE INTO rows VALUES(2, x'00', x'00')",
        "REPLACE INTO rows VALUES(3, x'00', x'00')",
        "INSERT INTO rows VALUES(9, x'00', x'00')",
        "UPDATE rows SET seq = seq + 99",
        "UPDATE OR REPLACE rows SET seq = 2 WHERE seq = 3",
        "INSERT INTO rows VALUES(3, x'00', x'00') ON CONFLICT(seq) DO UPDATE SET body = x'00'",
        "UPDATE private SET ct = x'00'",
        "DELETE FROM private",
        "INSERT OR REPLACE INTO private VALUES(3, 'S1', x'00', x'00')",
    ],
)
@pytest.mark.parametrize("recursive", [0, 1])
def test_another_connection_cannot_change_what_stands(place: Path, statement: str, recursive: int) -> None:
    filled(place, [entry(2), named(3)])
    before = list(raw_rows(place))
    db = sqlite3.connect(place / "journal.db", isolation_level=None)
    try:
        db.execute(f"PRAGMA recursive_triggers = {recursive}")
        with pytest.raises(sqlite3.IntegrityError, match=r"only grows|no gaps"):
            db.execute(statement)
    finally:
        db.close()
    assert list(raw_rows(place)) == before


def test_there_is_nothing_to_open_before_set_up(place: Path) -> None:
    with pytest.raises(Absent, match="no record"):
        Journal.open(place)
    assert not place.exists()
    Journal.open(place, genesis, ballast_bytes=SMALL_BALLAST).close()
    with pytest.raises(JournalError, match="already"):
        Journal.create(place, genesis)


def _drop_trigger(place: Path) -> None:
    db = sqlite3.connect(place / "journal.db")
    db.execute("DROP TRIGGER rows_no_update")
    db.commit()
    db.close()


def _newer_schema(place: Path) -> None:
    db = sqlite3.connect(place / "journal.db")
    db.execute("PRAGMA user_version = 7")
    db.close()


def _body(place: Path, seq: int) -> None:
    tamper(place, ("UPDATE rows SET body = CAST(replace(body, 'P1', 'P2') AS BLOB) WHERE seq = ?", (seq,)))


def _other_key(place: Path) -> None:
    key = place / "console.key"
    text = key.read_text()
    key.chmod(0o600)
    key.write_text(text[:-4] + ("aaa\n" if text[-4:-1] != "aaa" else "bbb\n"))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_drop_trigger, "rows_no_update is missing"),
        (_newer_schema, "version 7, this program knows 1"),
        (lambda place: _body(place, 4), "row 4 does not fit"),
        (lambda place: tamper(place, ("UPDATE rows SET h = zeroblob(32) WHERE seq = 1", ())), "row 1"),
        (lambda place: tamper(place, ("DELETE FROM rows WHERE seq = 3", ())), "row 3 is missing"),
        (lambda place: tamper(place, ("DELETE FROM rows", ())), "row 1 is missing"),
        (lambda place: (place / "journal.db").write_bytes(b"not a database" * 99), "not a record"),
        (lambda place: (place / "journal.db").unlink(), "it held 4 rows"),
        (lambda place: (place / "keys.db").unlink(), "without it no name can be read"),
        (lambda place: (place / "head").write_text("nonsense"), "row number"),
        (_other_key, "not the one the record was begun with"),
    ],
)
def test_damage_is_named_when_opening(place: Path, damage: object, message: str) -> None:
    filled(place, [entry(2), named(3), entry(4)])
    damage(place)  # type: ignore[operator]
    with pytest.raises(Corrupt, match=message) as caught:
        Journal.open(place)
    assert caught.value.remedy


def test_rows_cut_off_are_noticed_by_the_head_file(place: Path) -> None:
    filled(place, [entry(seq) for seq in range(2, 7)])
    tamper(place, ("DELETE FROM rows WHERE seq > 4", ()))
    with pytest.raises(Truncated, match="ends at row 4, but row 6 had been written") as caught:
        Journal.open(place)
    assert caught.value.row == 5
    (place / "head").rename(place / "head.lost")
    again = Journal.open(place)
    assert again.head[0] == 4
    again.close()


def test_an_old_copy_put_back_is_noticed(place: Path, tmp_path: Path) -> None:
    old = copied(filled(place, [entry(2)]), tmp_path / "old")
    journal = Journal.open(place)
    journal.append([entry(3)])
    journal.close()
    (place / "journal.db").write_bytes((old / "journal.db").read_bytes())
    with pytest.raises(Truncated):
        Journal.open(place)


def test_another_history_of_the_same_length_is_noticed(place: Path, tmp_path: Path) -> None:
    base = copied(filled(place, [entry(2)]), tmp_path / "base")
    for where, point in ((place, "left"), (base, "right")):
        journal = Journal.open(where)
        journal.append([entry(3, SampleMoved(point=point))])
        journal.close()
    (place / "journal.db").write_bytes((base / "journal.db").read_bytes())
    with pytest.raises(Corrupt, match="row 3 is not the one the head file saw"):
        Journal.open(place)


def test_damage_in_the_middle_is_named_while_reading(place: Path) -> None:
    filled(place, [entry(seq) for seq in range(2, 9)])
    _body(place, 4)
    journal = Journal.open(place)
    try:
        with pytest.raises(Corrupt, match="row 4") as caught:
            list(journal.read_from(1))
        assert caught.value.row == 4
        assert [e.seq for e in journal.read_from(5)] == [5, 6, 7, 8]
    finally:
        journal.close()


def test_a_fact_of_a_later_program_is_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(place, [entry(2)])
    monkeypatch.delitem(sys.modules["mr_safety_console.domain.codec"]._facts, "sample-moved")
    journal = Journal.open(place)
    try:
        with pytest.raises(Undecodable, match="unknown fact kind 'sample-moved'") as caught:
            list(journal.read_from(1))
        assert caught.value.row == 2
    finally:
        journal.close()


def test_the_first_row_may_not_name_anybody(place: Path) -> None:
    def bad(_public: str) -> Entry:
        return named(1)

    with pytest.raises(JournalError, match="personal data"):
        Journal.create(place, bad, ballast_bytes=0)
    assert not (place / "journal.db").exists()


def test_creation_begun_and_broken_off_begins_anew(place: Path) -> None:
    place.mkdir(mode=0o700)
    for name in ("journal.db.new", "journal.db.new-journal", "console.new"):
        (place / name).write_bytes(b"half")
    journal = Journal.open(place, genesis, ballast_bytes=SMALL_BALLAST)
    journal.append([entry(2)])
    journal.close()
    assert [row[0] for row in raw_rows(place)] == [1, 2]


def test_the_evidence_writer_starts_light(place: Path) -> None:
    filled(place, [entry(2)])
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[2]);"
        "from mr_safety_console.journal.store import Journal; from samples import entry;"
        "j = Journal.open(Path(sys.argv[1])); j.append([entry(3)]); list(j.read_from(1)); j.close();"
        "print(*[m for m in ('cryptography', 'sqlmodel', 'sqlalchemy', 'pydantic') if m in sys.modules])"
    )
    here = str(Path(__file__).parent)
    done = subprocess.run([sys.executable, "-c", code, str(place), here], capture_output=True, check=True)
    assert done.stdout.strip() == b""
