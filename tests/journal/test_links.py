"""A link where a file of the record belongs: refused, and what it points to is left as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from samples import SMALL_BALLAST

from mr_safety_console.journal import place as places
from mr_safety_console.journal.errors import JournalError
from mr_safety_console.journal.place import BALLAST, CONSOLE_KEY, HEAD, LOCK, HeadFile, WriterLock
from mr_safety_console.journal.store import Journal

TREASURE = b"not ours\n" * 50


@pytest.fixture
def treasure(tmp_path: Path) -> Path:
    path = tmp_path / "somebody-elses"
    path.write_bytes(TREASURE)
    return path


def linked(directory: Path, name: str, target: Path) -> Path:
    directory.mkdir(mode=0o700, exist_ok=True)
    (directory / name).unlink(missing_ok=True)
    (directory / name).symlink_to(target)
    return directory


def test_the_lock_does_not_empty_what_a_link_points_to(tmp_path: Path, treasure: Path) -> None:
    with pytest.raises(JournalError, match=LOCK):
        WriterLock(linked(tmp_path / "data", LOCK, treasure))
    assert treasure.read_bytes() == TREASURE


def test_the_head_is_not_written_through_a_link(tmp_path: Path, treasure: Path) -> None:
    with pytest.raises(JournalError, match=HEAD):
        HeadFile(linked(tmp_path / "data", HEAD, treasure))
    assert treasure.read_bytes() == TREASURE


def test_the_ballast_is_neither_made_nor_given_up_through_a_link(tmp_path: Path, treasure: Path) -> None:
    data = linked(tmp_path / "data", BALLAST, treasure)
    with pytest.raises(JournalError, match=BALLAST):
        places.make_ballast(data, SMALL_BALLAST)
    with pytest.raises(JournalError, match=BALLAST):
        places.free_ballast(data)
    assert treasure.read_bytes() == TREASURE


def test_a_record_with_a_link_for_a_lock_is_not_opened(place: Path, journal: Journal, treasure: Path) -> None:
    journal.close()
    linked(place, LOCK, treasure)
    with pytest.raises(JournalError, match=LOCK):
        Journal.open(place)
    assert treasure.read_bytes() == TREASURE


def test_a_missing_key_is_called_missing_and_not_a_broken_disk(place: Path, journal: Journal) -> None:
    journal.close()
    (place / CONSOLE_KEY).unlink()
    with pytest.raises(JournalError, match=r"it is missing.*Put back the copy"):
        Journal.open(place)
