"""A cached state is only ever a shortcut: with it, without it, or with a false one, the state is one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from shift import Shift
from support.suite_world import World

from mr_safety_console.domain import suite
from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.lifecycle import LogBegun
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.engine import resume
from mr_safety_console.journal import cache
from mr_safety_console.journal.store import Journal

NAME = "Zebrowska-Canary"


def begin(place: Path) -> Journal:
    def genesis(key: str) -> Entry:
        at = World().clock.now()
        return Entry(1, at, LogBegun(console="C", public_key=key, profile_hash=""), "genesis", "system")

    return Journal.open(place, genesis, ballast_bytes=4096)


def filled(place: Path, seed: int = 1, steps: int = 60) -> tuple[Journal, list[Entry], list[SuiteState]]:
    """Return a record of a made-up shift, its entries and the state after each row."""
    journal = begin(place)
    first = next(iter(journal.read_from(1)))
    state = suite.evolve(SuiteState(), first)
    shift = Shift(seed, state, 1)
    shift.run(steps)
    journal.append(shift.entries)
    entries, states = [first, *shift.entries], [SuiteState(), state]
    for entry in shift.entries:
        states.append(suite.evolve(states[-1], entry))
    return journal, entries, states


def test_every_place_to_cache_at_leads_to_the_state_of_a_full_replay(tmp_path: Path) -> None:
    journal, entries, states = filled(tmp_path / "d")
    try:
        whole = resume.resume(journal, tmp_path / "d")
        assert whole == states[-1]
        for seq in range(1, len(entries) + 1, 7):
            resume.save(journal, tmp_path / "d", states[seq], seq)
            assert cache.read(tmp_path / "d", journal, resume.FORMAT) is not None
            assert resume.resume(journal, tmp_path / "d") == whole
    finally:
        journal.close()


def test_the_cache_really_shortens_the_replay(tmp_path: Path) -> None:
    journal, entries, states = filled(tmp_path / "d")
    try:
        asked: list[int] = []
        read_from = journal.read_from
        journal.read_from = lambda seq=1: (asked.append(seq), read_from(seq))[1]  # type: ignore[method-assign]
        resume.save(journal, tmp_path / "d", states[-3], len(entries) - 2)
        resume.resume(journal, tmp_path / "d")
        assert asked == [len(entries) - 1]
    finally:
        journal.close()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[SuiteState]]:
    """A closed record with two generations of its cache."""
    place = tmp_path_factory.mktemp("kept") / "d"
    journal, entries, states = filled(place)
    resume.save(journal, place, states[20], 20)
    resume.save(journal, place, states[-5], len(entries) - 4)
    journal.close()
    return place, states


def resumed(kept: Path, to: Path, spoil: Callable[[Path], None]) -> SuiteState:
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(kept, to)
    spoil(to)
    journal = Journal.open(to, ballast_bytes=4096)
    try:
        return resume.resume(journal, to)
    finally:
        journal.close()


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=4))
@example([(False, 12, 128)])  # a row number beyond what SQLite can hold
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_cache_is_never_believed(
    kept: tuple[Path, list[SuiteState]], tmp_path: Path, damage: Sequence[tuple[bool, int, int]]
) -> None:
    def spoil(place: Path) -> None:
        for older, at, byte in damage:
            path = place / (cache.OLDER if older else cache.CACHE)
            raw = bytearray(path.read_bytes())
            raw[at % len(raw)] = byte
            path.write_bytes(raw[: at % len(raw) + 1] if byte == 0 else raw)

    assert resumed(kept[0], tmp_path / "d", spoil) == kept[1][-1]


def swapped(place: Path) -> None:
    (place / cache.CACHE).rename(place / "x")
    (place / cache.OLDER).rename(place / cache.CACHE)
    (place / "x").rename(place / cache.OLDER)


def only_older(place: Path) -> None:
    (place / cache.CACHE).unlink()


def directory(place: Path) -> None:
    only_older(place)
    (place / cache.CACHE).mkdir()


def foreign(place: Path) -> None:
    other = place.parent / "other"
    shutil.rmtree(other, ignore_errors=True)
    journal, entries, states = filled(other, seed=9)
    resume.save(journal, other, states[-1], len(entries))
    journal.close()
    shutil.copy(other / cache.CACHE, place / cache.CACHE)


def another_shape(place: Path) -> None:
    journal = Journal.open(place, ballast_bytes=4096)
    h = journal.hash_at(3)
    assert h is not None
    for payload in (b"[]", b"7", b'{"run":{}}', b"{}", b"not json", b'{"broken":[["x"]]}'):
        cache.write(place, 3, h, resume.FORMAT, payload)
    journal.close()


@pytest.mark.parametrize("spoil", [swapped, only_older, directory, foreign, another_shape])
def test_an_older_foreign_or_strange_cache_leads_to_the_same_state(
    kept: tuple[Path, list[SuiteState]], tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    assert resumed(kept[0], tmp_path / "d", spoil) == kept[1][-1]


def test_a_kill_while_writing_leaves_a_generation_or_none(
    kept: tuple[Path, list[SuiteState]], tmp_path: Path
) -> None:
    def half(place: Path) -> None:
        (place / "state.cache.new").write_bytes((place / cache.CACHE).read_bytes()[:50])
        (place / cache.CACHE).rename(place / cache.OLDER)

    assert resumed(kept[0], tmp_path / "d", half) == kept[1][-1]


def test_a_state_with_a_broken_slice_is_never_kept(tmp_path: Path) -> None:
    journal, entries, states = filled(tmp_path / "d")
    try:
        resume.save(journal, tmp_path / "d", replace(states[-1], broken=("alarms",)), len(entries))
        assert cache.read(tmp_path / "d", journal, resume.FORMAT) is None
    finally:
        journal.close()


def test_a_fold_that_breaks_at_replay_breaks_its_slice_and_refuses_no_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mr_safety_console.domain.alarms import AlarmRaised  # noqa: PLC0415

    journal, _, _ = filled(tmp_path / "d")

    def broken(_state: object, _entry: Entry) -> object:
        raise ZeroDivisionError

    monkeypatch.setitem(suite._OWNER, AlarmRaised, ("alarms", broken))
    try:
        assert resume.resume(journal, tmp_path / "d").broken == ("alarms",)
    finally:
        journal.close()


def test_a_cache_that_cannot_be_written_hurts_nobody(tmp_path: Path) -> None:
    journal, entries, states = filled(tmp_path / "d")
    (tmp_path / "d" / "state.cache.new").mkdir()
    (tmp_path / "d" / "state.cache.new" / "x").touch()
    try:
        resume.save(journal, tmp_path / "d", states[-1], len(entries))
        assert resume.resume(journal, tmp_path / "d") == states[-1]
    finally:
        journal.close()


def test_progress_is_told_on_a_long_replay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resume, "_EVERY", 50)
    journal, entries, _ = filled(tmp_path / "d")
    told: list[tuple[int, int]] = []
    try:
        resume.resume(journal, tmp_path / "d", lambda done, whole: told.append((done, whole)))
    finally:
        journal.close()
    assert told
    assert told[0] == (50, len(entries))


def test_a_long_replay_is_kept_at_once_and_a_short_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut off again and again before its cache is due, a console does not start ever slower."""
    journal, entries, states = filled(tmp_path / "d")
    asked: list[int] = []
    read_from = journal.read_from
    journal.read_from = lambda seq=1: (asked.append(seq), read_from(seq))[1]  # type: ignore[method-assign]
    try:
        monkeypatch.setattr(resume, "CACHE_FACTS", len(entries) + 1)
        assert resume.resume(journal, tmp_path / "d") == states[-1]
        assert not (tmp_path / "d" / cache.CACHE).exists()
        monkeypatch.setattr(resume, "CACHE_FACTS", len(entries))
        assert [resume.resume(journal, tmp_path / "d") for _ in range(2)] == [states[-1]] * 2
        assert asked == [1, 1, len(entries) + 1]
    finally:
        journal.close()


def test_no_name_stands_in_the_cache_in_the_clear(tmp_path: Path) -> None:
    journal, entries, states = filled(tmp_path / "d")
    resume.save(journal, tmp_path / "d", states[-1], len(entries))
    journal.close()
    raw = (tmp_path / "d" / cache.CACHE).read_bytes()
    assert b"Olga Officer" in resume.to_payload(states[-1])
    assert b"Olga" not in raw
    assert b"Pat Example" not in raw
