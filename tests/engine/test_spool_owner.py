"""Whose emergencies a spool holds: another record's are set aside by name, never merged, never lost."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mr_safety_console.domain.context import Instant
from mr_safety_console.engine import spool_owner
from mr_safety_console.engine.spool import Spool, SpoolReader, SpoolRecord, frame
from mr_safety_console.engine.spool_owner import Claim

AT = Instant(1_700_000_000_000_000, 5_000_000_000, "boot-a")
OURS, OTHERS = "CONAAAA", "CONBBBB"


def pressed(con: str, *places: Path, presses: int = 1) -> list[str]:
    """Write presses of one console into some places; return their causes."""
    spool = Spool(places, con=con, size=16 * 1024)
    try:
        made = [spool.prepare("open-emergency", {"emergency": f"E{n}"}, AT) for n in range(presses)]
        for record in made:
            spool.write(record)
    finally:
        spool.close()
    return [record.cause for record in made]


def read(*places: Path, con: str = OURS) -> list[str]:
    return [record.cause for record in SpoolReader(places, con).poll()]


def names(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir() if "spool" in path.name)


@pytest.fixture
def dirs(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "data" / "spool", tmp_path / "run"


def test_a_record_carries_its_console_and_one_without_reads_as_it_ever_did() -> None:
    bound = SpoolRecord("S", 1, AT, "open-emergency", {}, con=OURS)
    plain = SpoolRecord("S", 1, AT, "open-emergency", {})
    assert f'"con":"{OURS}"'.encode() in bound.body()
    assert b'"con"' not in plain.body()
    assert len(frame(bound.body())) == 512


def test_emergencies_of_another_record_are_set_aside_told_and_kept(dirs: tuple[Path, Path]) -> None:
    """The spool of a deleted data directory never enters the record that comes after it."""
    run = dirs[1]
    pressed(OTHERS, run, presses=3)
    before = {path.read_bytes() for path in run.iterdir()}
    spool_owner.set_aside(dirs, Claim(OURS, fresh=True))
    (aside,) = names(run)
    assert aside.endswith(f".spool.of-{OTHERS}")
    assert {path.read_bytes() for path in run.iterdir()} == before
    assert spool_owner.left_aside(dirs) == {aside: 3}
    ours = pressed(OURS, *dirs)
    assert read(*dirs) == ours
    assert len(names(run)) == 2


def test_our_own_records_stay_where_they_are(dirs: tuple[Path, Path]) -> None:
    ours = pressed(OURS, *dirs, presses=2)
    before = [names(place) for place in dirs]
    spool_owner.set_aside(dirs, Claim(OURS, fresh=False))
    assert [names(place) for place in dirs] == before
    assert read(*dirs) == ours
    assert spool_owner.left_aside(dirs) == {}


def test_a_record_that_names_nobody_is_ours_beside_a_record_of_ours(dirs: tuple[Path, Path]) -> None:
    """The line mode may not have been able to read whose data it is: its emergencies come in."""
    unbound = pressed("", dirs[1])
    spool_owner.set_aside(dirs, Claim(OURS, fresh=False))
    assert read(*dirs) == unbound


@pytest.mark.parametrize("beside", [True, False])
def test_before_the_first_start_only_what_lies_beside_the_data_is_ours(
    dirs: tuple[Path, Path], beside: bool
) -> None:
    unbound = pressed("", *(dirs if beside else dirs[1:]))
    spool_owner.set_aside(dirs, Claim(OURS, fresh=True))
    assert read(*dirs) == (unbound if beside else [])
    assert list(spool_owner.left_aside(dirs).values()) == ([] if beside else [1])


def test_a_file_in_use_is_left_alone_and_its_foreign_records_are_counted(dirs: tuple[Path, Path]) -> None:
    pressed(OTHERS, dirs[1], presses=2)
    (file,) = dirs[1].iterdir()
    fd = os.open(file, os.O_RDWR)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        spool_owner.set_aside(dirs, Claim(OURS, fresh=False))
    finally:
        os.close(fd)
    assert names(dirs[1]) == [file.name]
    reader = SpoolReader(dirs, OURS)
    assert reader.poll() == ()
    assert reader.foreign == {file.name: 2}


def test_nobody_writes_into_a_file_with_foreign_records(dirs: tuple[Path, Path]) -> None:
    pressed(OTHERS, dirs[1])
    before = {path: path.read_bytes() for path in dirs[1].iterdir()}
    pressed(OURS, dirs[1])
    pressed("", dirs[1])
    assert {path: path.read_bytes() for path in before} == before
    assert len(names(dirs[1])) == 3


def test_a_name_that_is_taken_is_not_overwritten(dirs: tuple[Path, Path]) -> None:
    pressed(OTHERS, dirs[1])
    (file,) = dirs[1].iterdir()
    taken = file.with_name(f"{file.name}.of-{OTHERS}")
    taken.write_bytes(b"somebody's")
    spool_owner.set_aside(dirs, Claim(OURS, fresh=False))
    assert taken.read_bytes() == b"somebody's"
    assert file.exists()
    assert read(*dirs) == []


SESSIONS = st.lists(st.tuples(st.sampled_from([OURS, OTHERS, "CONCCCC", ""]), st.integers(0, 2)), max_size=8)


@given(SESSIONS, st.booleans())
@settings(max_examples=50, deadline=None)
def test_whatever_lies_there_no_foreign_record_comes_in_and_none_is_lost(
    tmp_path_factory: pytest.TempPathFactory, sessions: list[tuple[str, int]], fresh: bool
) -> None:
    root = tmp_path_factory.mktemp("spool")
    dirs = root / "data", root / "run"
    where = {0: dirs, 1: dirs[:1], 2: dirs[1:]}
    written = {cause: con for con, place in sessions for cause in pressed(con, *where[place])}
    spool_owner.set_aside(dirs, Claim(OURS, fresh=fresh))
    taken = read(*dirs)
    assert all(written[cause] in (OURS, "") for cause in taken)
    assert len(taken) == len(set(taken))
    assert {cause for cause, con in written.items() if con == OURS} <= set(taken)
    raw = b"".join(path.read_bytes() for place in dirs if place.exists() for path in place.iterdir())
    assert all(f'"s":"{cause.split(":")[1]}"'.encode() in raw for cause in written)


# --- who it is ---


def test_a_fresh_directory_keeps_the_id_it_is_to_have_until_the_record_says_so(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert spool_owner.owner_of(None) == spool_owner.owner_of(data) == ""
    assert spool_owner.claim(data, "FIRST") == Claim("FIRST", fresh=True)
    assert data.stat().st_mode & 0o777 == 0o700
    assert spool_owner.claim(data, "SECOND") == Claim("FIRST", fresh=True), "a start died in between"
    assert spool_owner.owner_of(data) == "FIRST"
    (data / "journal.db").touch()
    spool_owner.settle(data, "FIRST")
    assert spool_owner.claim(data, "THIRD") == Claim("FIRST", fresh=False)
    assert sorted(path.name for path in (data / "spool").iterdir()) == ["console"]


def test_a_record_that_is_gone_gives_its_name_to_no_other(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (data / "journal.db").touch()
    spool_owner.settle(data, "OLD")
    (data / "journal.db").unlink()
    assert spool_owner.claim(data, "NEW") == Claim("NEW", fresh=True)
    (data / "head").write_text("7 abc")
    assert spool_owner.owner_of(data) == "OLD", "a head without its record: lost, and still this console's"


@pytest.mark.parametrize("said", [b"", b"\xff\xfe", b"a b", b"x" * 100, b"../evil"])
def test_an_owner_that_cannot_be_read_is_nobody(tmp_path: Path, said: bytes) -> None:
    data = tmp_path / "data"
    (data / "spool").mkdir(parents=True, mode=0o700)
    (data / "journal.db").touch()
    (data / "spool" / "console").write_bytes(said)
    assert spool_owner.owner_of(data) == ""


def test_a_directory_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in the way")
    assert spool_owner.claim(tmp_path / "data", "NEW") == Claim("NEW", fresh=True)
    spool_owner.settle(tmp_path / "data", "NEW")
    spool_owner.set_aside((tmp_path / "data" / "spool", tmp_path / "run"), Claim("NEW", fresh=True))
    assert (tmp_path / "data").read_text() == "a file in the way"
