"""The cached state is used only when it agrees with the record, and is never a wrong one."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import entry, filled

from mr_safety_console.journal import cache, place
from mr_safety_console.journal.store import Journal

PAYLOAD = b'{"visit":"V12","name":"somebody"}'


class Heads:
    """A record that has just these rows."""

    def __init__(self, **rows: bytes) -> None:
        self.rows = {int(name[1:]): h for name, h in rows.items()}

    def hash_at(self, seq: int) -> bytes | None:
        return self.rows.get(seq)


OLD, NEW = bytes([1]) * 32, bytes([2]) * 32
BOTH = Heads(r5=OLD, r9=NEW)


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("keyed") / "data", [entry(2)])


@pytest.fixture
def data(keyed: Path, tmp_path: Path) -> Path:
    return _fresh(keyed, tmp_path / "d")


def _fresh(keyed: Path, to: Path) -> Path:
    to.mkdir(mode=0o700)
    shutil.copy2(keyed / place.CONSOLE_KEY, to)
    return to


def test_the_newest_that_agrees_is_used(data: Path) -> None:
    assert cache.read(data, BOTH, 1) is None
    cache.write(data, 5, OLD, 1, b"old")
    assert cache.read(data, BOTH, 1) == (5, b"old")
    cache.write(data, 9, NEW, 1, PAYLOAD)
    assert cache.read(data, BOTH, 1) == (9, PAYLOAD)


def test_it_agrees_with_a_real_record(place: Path, journal: Journal) -> None:
    journal.append([entry(2), entry(3)])
    cache.write(place, *journal.head, schema=1, payload=PAYLOAD)
    journal.append([entry(4)])
    assert cache.read(place, journal, 1) == (3, PAYLOAD)


def test_a_state_the_record_never_had_is_not_used(data: Path) -> None:
    cache.write(data, 5, OLD, 1, b"old")
    cache.write(data, 9, NEW, 1, b"new")
    assert cache.read(data, Heads(r5=OLD), 1) == (5, b"old")
    assert cache.read(data, Heads(r5=OLD, r9=OLD), 1) == (5, b"old")
    assert cache.read(data, Heads(), 1) is None


def test_another_schema_is_not_used(data: Path) -> None:
    cache.write(data, 5, OLD, 1, b"old")
    cache.write(data, 9, NEW, 2, b"new")
    assert cache.read(data, BOTH, 1) == (5, b"old")
    assert cache.read(data, BOTH, 3) is None


def test_another_console_s_state_is_not_used(data: Path, tmp_path: Path) -> None:
    other = filled(tmp_path / "other", [entry(2)])
    cache.write(other, 9, NEW, 1, PAYLOAD)
    shutil.copy2(other / cache.CACHE, data)
    assert cache.read(data, BOTH, 1) is None


def test_personal_data_is_not_readable_in_it(data: Path) -> None:
    cache.write(data, 9, NEW, 1, PAYLOAD * 10)
    assert b"somebody" not in (data / cache.CACHE).read_bytes()
    assert (data / cache.CACHE).stat().st_mode & 0o777 == 0o600


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_changed_byte_is_never_believed(keyed: Path, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as top:
        where = _fresh(keyed, Path(top) / "d")
        cache.write(where, 9, NEW, 1, PAYLOAD)
        raw = bytearray((where / cache.CACHE).read_bytes())
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
        (where / cache.CACHE).write_bytes(raw)
        assert cache.read(where, BOTH, 1) is None


def _states_of_a_write(keyed: Path, top: Path) -> list[dict[str, bytes]]:
    """Return what the directory may hold at each moment of a second write, as a kill would leave it."""
    where = _fresh(keyed, top / "steps")
    cache.write(where, 5, OLD, 1, b"old")
    old = (where / cache.CACHE).read_bytes()
    cache.write(where, 9, NEW, 1, PAYLOAD)
    new = (where / cache.CACHE).read_bytes()
    partly = [{cache.CACHE: old, "state.cache.new": new[:n]} for n in range(len(new) + 1)]
    renamed = [{cache.OLDER: old, "state.cache.new": new}, {cache.OLDER: old, cache.CACHE: new}]
    torn = [{cache.OLDER: old, cache.CACHE: new[:n]} for n in range(len(new))]
    return partly + renamed + torn


def test_a_kill_at_any_byte_leaves_a_right_state(keyed: Path, tmp_path: Path) -> None:
    where = _fresh(keyed, tmp_path / "d")
    states = _states_of_a_write(keyed, tmp_path)
    for files in states:
        for name in (cache.CACHE, cache.OLDER, "state.cache.new"):
            (where / name).unlink(missing_ok=True)
        for name, content in files.items():
            (where / name).write_bytes(content)
        assert cache.read(where, BOTH, 1) in ((5, b"old"), (9, PAYLOAD)), sorted(files)
    cache.write(where, 9, NEW, 1, b"after")
    assert cache.read(where, BOTH, 1) == (9, b"after")
    assert len(states) > 200


def test_dropping_leaves_nothing(data: Path) -> None:
    cache.write(data, 5, OLD, 1, b"old")
    cache.write(data, 9, NEW, 1, PAYLOAD)
    (data / "state.cache.new").write_bytes(b"half")
    cache.drop(data)
    assert [path.name for path in data.iterdir()] == [place.CONSOLE_KEY]
