"""Pages of history: in order, without gaps, beside a writer, and unable to write."""

from __future__ import annotations

import sqlite3
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from samples import CANARY, SampleNamed, entry, named, tamper
from sqlmodel import SQLModel, create_engine

from mr_safety_console.journal import schema, tables
from mr_safety_console.journal.errors import Absent
from mr_safety_console.journal.query import Query
from mr_safety_console.journal.store import Journal


@pytest.fixture
def query(place: Path, journal: Journal) -> Iterator[Query]:
    journal.append([named(seq) if seq % 5 == 0 else entry(seq) for seq in range(2, 31)])
    made = Query(place)
    yield made
    made.close()


def test_pages_backwards_meet_without_gap_or_overlap(query: Query) -> None:
    seen: list[int] = []
    page = query.newest(7)
    while page:
        seen += [line.seq for line in page]
        page = query.newest(7, before=seen[-1])
    assert seen == list(range(30, 0, -1))


def test_pages_forwards_meet_without_gap_or_overlap(query: Query) -> None:
    seen = [0]
    while page := query.page_after(seen[-1], 7):
        seen += [line.seq for line in page]
    assert seen == list(range(31))


def test_a_line_is_the_entry_with_its_place(query: Query, journal: Journal) -> None:
    line = query.newest(1)[0]
    assert line.entry == named(30)
    assert line.kind == "sample-named"
    assert line.h == journal.head[1].hex()[:12]
    assert query.head() == (30, journal.head[1].hex())


def test_one_kind_only(query: Query) -> None:
    assert [line.seq for line in query.newest(3, kind="sample-named")] == [30, 25, 20]
    assert [line.seq for line in query.page_after(20, 9, kind="sample-named")] == [25, 30]
    assert query.newest(3, kind="log-begun")[0].seq == 1
    assert query.newest(3, kind="never-heard") == []


def test_a_kind_written_inside_a_body_is_not_that_kind(query: Query, place: Path, journal: Journal) -> None:
    # The bytes are sought, and a body may hold them deeper down; the page must be full all the same.
    journal.close()
    body = b'{"data":{"kind":"sample-named"}}'
    tamper(place, ("UPDATE rows SET body = ? WHERE seq BETWEEN 21 AND 29", (body,)))
    assert [line.seq for line in query.newest(3, kind="sample-named")] == [30, 20, 15]


def test_what_is_appended_meanwhile_is_seen(query: Query, journal: Journal) -> None:
    version = query.data_version()
    journal.append([entry(31)])
    assert query.data_version() != version
    assert query.newest(1)[0].seq == 31


def test_an_erased_subject_is_erased_at_the_next_page(query: Query, journal: Journal) -> None:
    before = query.newest(1)[0].entry
    journal.erase("S1")
    after = query.newest(1)[0].entry
    assert before is not None
    assert after is not None
    assert isinstance(before.fact, SampleNamed)
    assert before.fact.name == CANARY
    assert CANARY not in repr(after)


def test_a_row_that_cannot_be_read_is_shown(query: Query, place: Path, journal: Journal) -> None:
    journal.close()
    tamper(place, ("UPDATE rows SET body = x'ff' WHERE seq = 29", ()))
    lines = query.newest(3)
    assert [line.seq for line in lines] == [30, 29, 28]
    assert (lines[1].entry, lines[1].kind) == (None, "unreadable")
    assert "row 29 is not a row" in lines[1].problem


def test_a_fact_of_a_later_program_is_shown(query: Query, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules["mr_safety_console.domain.codec"]._facts, "sample-moved")
    line = query.newest(2)[1]
    assert (line.seq, line.kind, line.entry) == (29, "sample-moved", None)
    assert "unknown fact kind" in line.problem


def test_a_reader_cannot_write(query: Query) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        query._db.execute("INSERT INTO rows VALUES(31, x'00', x'00')")


def test_there_is_nothing_to_read_before_set_up(tmp_path: Path) -> None:
    with pytest.raises(Absent):
        Query(tmp_path)


def test_several_threads_may_ask(query: Query, journal: Journal) -> None:
    wrong: list[object] = []

    def ask() -> None:
        for _ in range(20):
            lines = query.newest(10)
            top = lines[0].seq
            if [line.seq for line in lines] != list(range(top, top - 10, -1)):
                wrong.append(lines)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for seq in range(31, 60):
        journal.append([entry(seq)])
    for thread in threads:
        thread.join()
    assert wrong == []
    assert query.newest(1)[0].seq == 59


def test_a_reader_does_not_hold_the_write_ahead_log(query: Query, place: Path, journal: Journal) -> None:
    for seq in range(31, 400):
        journal.append([entry(seq)])
        query.newest(2)
    assert journal._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    assert (place / "journal.db-wal").stat().st_size == 0


def test_both_schemas_are_one(tmp_path: Path) -> None:
    ours = sqlite3.connect(":memory:")
    for statement in tables.TABLES:
        ours.execute(statement)
    path = tmp_path / "model.db"
    engine = create_engine(f"sqlite:///{path}")
    both = [SQLModel.metadata.tables[name] for name in ("rows", "private")]
    SQLModel.metadata.create_all(engine, tables=both)
    engine.dispose()
    theirs = sqlite3.connect(path)
    try:
        columns = 'SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_xinfo(?)'
        strict = "SELECT strict, wr FROM pragma_table_list(?)"
        for table in ("rows", "private"):
            assert (
                theirs.execute(columns, (table,)).fetchall()
                == ours.execute(columns, (table,)).fetchall()
                != []
            )
            assert theirs.execute(strict, (table,)).fetchall() == [(1, 0)]
            assert ours.execute(strict, (table,)).fetchall() == [(1, 0)]
    finally:
        ours.close()
        theirs.close()
    assert {schema.LogRow.__tablename__, schema.PrivateRow.__tablename__} == {"rows", "private"}


def test_pages_are_found_by_key_not_by_scan(query: Query) -> None:
    for page in (schema.page_before(20, 5), schema.page_after(20, 5)):
        text = str(page.compile(query._engine, compile_kwargs={"literal_binds": True}))
        plan = " ".join(row[3] for row in query._db.execute(f"EXPLAIN QUERY PLAN {text}"))
        assert "SEARCH rows USING INTEGER PRIMARY KEY" in plan
        assert "SCAN" not in plan
        assert "TEMP B-TREE" not in plan
