"""A forged spool: what another user or a broken machine wrote must neither become a fact nor stop one."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from mr_safety_console.engine.late import Late, unread
from mr_safety_console.engine.spool import NO_RECORD, SLOT, SpoolReader, frame

SESSION = "FORGED"
GOOD: dict[str, Any] = {
    "s": SESSION,
    "n": 1,
    "utc": 1_700_000_000_000_000,
    "bt": 5_000_000_000,
    "boot": "boot-a",
    "kind": "open-emergency",
    "data": {"emergency": "EM1"},
    "prev": NO_RECORD,
}
SOUND = json.dumps(GOOD | {"n": 2}).encode()
OTHER_USER = 12345


def told(place: Path) -> list[str]:
    """Return the causes the engine would be given."""
    return [late.cause for late in unread(SpoolReader((place,)), ()) if isinstance(late, Late)]


def forge(place: Path, *bodies: bytes) -> Path:
    place.mkdir(mode=0o700, exist_ok=True)
    path = place / "emergency-FORGED.spool"
    path.write_bytes(b"".join(map(frame, bodies)) + bytes(SLOT))
    path.chmod(0o600)
    return path


@pytest.mark.parametrize(
    "changes",
    [
        {"utc": float("inf")},
        {"utc": float("nan")},
        {"utc": 10**30},
        {"utc": -1},
        {"utc": True},
        {"utc": "7"},
        {"bt": 10**30},
        {"bt": -1},
        {"n": 0},
        {"n": -5},
        {"n": 10**12},
        {"s": "a:b:c"},
        {"s": ""},
        {"s": "x" * 65},
        {"boot": "\ud800"},
        {"boot": "\x1b]0;title\x07"},
        {"boot": "b" * 65},
        {"data": {"emergency": "\ud800"}},
        {"data": {"\udfff": "EM1"}},
        {"data": {"emergency": float("-inf")}},
        {"prev": "\ud800"},
        {"kind": "\ud800"},
    ],
    ids=repr,
)
def test_a_forged_record_is_damage_and_hides_none_behind_it(tmp_path: Path, changes: dict[str, Any]) -> None:
    """A lone surrogate would keep the record from ever being written again; infinity would end the look."""
    forge(tmp_path, json.dumps(GOOD | changes).encode(), SOUND)
    reader = SpoolReader((tmp_path,))
    assert [record.n for record in reader.poll()] == [2]
    assert sum(reader.damaged.values()) == 1


def test_a_record_of_ours_is_still_read(tmp_path: Path) -> None:
    forge(tmp_path, json.dumps(GOOD).encode(), SOUND)
    assert told(tmp_path) == [f"spool:{SESSION}:1", f"spool:{SESSION}:2"]


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_a_directory_another_user_made_first_gives_no_record_and_is_reported(tmp_path: Path) -> None:
    """The copy in memory may lie in a place where everybody can make directories."""
    place = tmp_path / "run"
    os.chown(forge(place, SOUND), OTHER_USER, OTHER_USER)
    os.chown(place, OTHER_USER, OTHER_USER)
    reader = SpoolReader((place,))
    assert reader.poll() == ()
    assert reader.damaged == {str(place): 1}


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_a_file_of_another_user_gives_no_record(tmp_path: Path) -> None:
    path = forge(tmp_path, SOUND)
    os.chown(path, OTHER_USER, OTHER_USER)
    reader = SpoolReader((tmp_path,))
    assert reader.poll() == ()
    assert reader.damaged == {str(path): 1}


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_others_may_write_gives_no_record(tmp_path: Path, mode: int) -> None:
    path = forge(tmp_path, SOUND)
    path.chmod(mode)
    reader = SpoolReader((tmp_path,))
    assert reader.poll() == ()
    assert reader.damaged == {str(path): 1}


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777])
def test_a_directory_others_may_write_gives_no_record(tmp_path: Path, mode: int) -> None:
    place = tmp_path / "spool"
    forge(place, SOUND)
    place.chmod(mode)
    reader = SpoolReader((place,))
    assert reader.poll() == ()
    assert reader.damaged == {str(place): 1}


def test_a_directory_that_is_a_link_gives_no_record(tmp_path: Path) -> None:
    forge(tmp_path / "elsewhere", SOUND)
    (tmp_path / "spool").symlink_to(tmp_path / "elsewhere")
    reader = SpoolReader((tmp_path / "spool",))
    assert reader.poll() == ()
    assert reader.damaged == {str(tmp_path / "spool"): 1}
