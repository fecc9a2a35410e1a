"""The spool: torn, foreign and damaged files give up every sound record exactly once."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mr_safety_console.domain.context import Instant
from mr_safety_console.engine import spool as sp
from mr_safety_console.engine.spool import SLOT, Spool, SpoolError, SpoolReader, SpoolRecord

AT = Instant(1_700_000_000_000_000, 5_000_000_000, "boot-a")


def record(n: int, data: str = "x", session: str = "S") -> SpoolRecord:
    return SpoolRecord(session, n, AT, "open-emergency", {"emergency": data})


def filled(dirs: tuple[Path, ...], count: int = 3, size: int = sp.FILE_BYTES) -> list[SpoolRecord]:
    spool = Spool(dirs, size=size)
    try:
        assert spool.open() == ()
        made = [spool.prepare("open-emergency", {"emergency": f"EM{n}"}, AT) for n in range(count)]
        for item in made:
            assert spool.write(item) == len(dirs)
    finally:
        spool.close()
    return made


def files(place: Path) -> list[Path]:
    return sorted(place.glob("*.spool"))


def test_both_copies_hold_every_record_and_give_it_once(tmp_path: Path) -> None:
    dirs = (tmp_path / "data" / "spool", tmp_path / "run")
    made = filled(dirs)
    reader = SpoolReader(dirs)
    assert list(reader.poll()) == made
    assert reader.poll() == ()
    assert reader.damaged == {}
    assert sp.chain_breaks(tuple(made)) == ()


def test_files_are_reserved_private_and_reused(tmp_path: Path) -> None:
    filled((tmp_path / "spool",))
    filled((tmp_path / "spool",))
    (only,) = files(tmp_path / "spool")
    assert only.stat().st_size == sp.FILE_BYTES
    assert only.stat().st_blocks * 512 >= sp.FILE_BYTES
    assert only.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "spool").stat().st_mode & 0o777 == 0o700
    assert len(SpoolReader((tmp_path / "spool",)).poll()) == 6


def test_a_place_that_failed_is_back_only_once_it_takes_something(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_fd: int) -> None:
        raise OSError(5, "Input/output error")

    spool = Spool((tmp_path / "spool", tmp_path / "run"))
    try:
        assert spool.open() == ()
        with monkeypatch.context() as broken:
            broken.setattr(os, "fsync", refuse)
            with pytest.raises(SpoolError, match="Input/output error"):
                spool.write(spool.prepare("open-emergency", {"emergency": "lost"}, AT))
            assert set(spool.faults) == {"spool", "run"}
            assert len(spool.open()) == 2
        assert set(spool.faults) == {"spool", "run"}
        assert spool.open() == ()
        assert spool.faults == {}
        after = spool.prepare("open-emergency", {"emergency": "kept"}, AT)
        assert spool.write(after) == spool.copies == 2
    finally:
        spool.close()
    reader = SpoolReader((tmp_path / "spool", tmp_path / "run"))
    assert after in reader.poll()
    assert reader.damaged == {}


def test_two_writers_never_share_a_file(tmp_path: Path) -> None:
    first, second = Spool((tmp_path,)), Spool((tmp_path,))
    try:
        assert first.open() == second.open() == ()
        for spool in (first, second, first):
            spool.write(spool.prepare("open-emergency", {}, AT))
        assert len(files(tmp_path)) == 2
        assert len(SpoolReader((tmp_path,)).poll()) == 3
    finally:
        first.close()
        second.close()


def test_a_full_file_is_followed_by_another(tmp_path: Path) -> None:
    made = filled((tmp_path,), count=40, size=16 * SLOT)
    assert len(files(tmp_path)) == 3
    assert sorted(item.n for item in SpoolReader((tmp_path,)).poll()) == [item.n for item in made]


def test_the_reader_sees_what_is_written_after_its_first_look(tmp_path: Path) -> None:
    reader = SpoolReader((tmp_path,))
    assert reader.poll() == ()
    spool = Spool((tmp_path,))
    try:
        for n in range(1, 4):
            spool.write(spool.prepare("open-emergency", {}, AT))
            assert [item.n for item in reader.poll()] == [n]
    finally:
        spool.close()


def test_a_file_torn_at_any_byte_keeps_every_record_before_the_tear(tmp_path: Path) -> None:
    bodies = [sp.frame(record(n, "y" * (n * 300)).body()) for n in range(1, 4)]
    whole = b"".join(bodies)
    ends = [sum(map(len, bodies[: n + 1])) for n in range(3)]
    needed = [end - len(body) + len(body.rstrip(b"\0")) for end, body in zip(ends, bodies, strict=True)]
    for cut in range(len(whole) + 1):
        torn = whole[:cut] + b"\0" * (len(whole) - cut)
        found = [item.n for _, item in sp.read_frames(torn.rstrip(b"\0")) if item]
        assert found == [n for n in (1, 2, 3) if needed[n - 1] <= cut]


@settings(max_examples=150)
@given(st.integers(0, 3 * SLOT - 1), st.integers(1, 255))
def test_one_changed_byte_costs_at_most_its_own_record(place: int, flip: int) -> None:
    good = b"".join(sp.frame(record(n).body()) for n in (1, 2, 3))
    bad = bytearray(good)
    bad[place] ^= flip
    found = {item.n for _, item in sp.read_frames(bytes(bad)) if item}
    assert {1, 2, 3} - {place // SLOT + 1} <= found
    assert all(item == record(item.n) for _, item in sp.read_frames(bytes(bad)) if item)


@settings(max_examples=150)
@given(st.binary(max_size=2000))
def test_garbage_is_never_a_record_and_never_hides_one_behind_it(noise: bytes) -> None:
    padded = noise + b"\0" * (-len(noise) % SLOT)
    found = [item for _, item in sp.read_frames(padded + sp.frame(record(7).body())) if item]
    assert found == [record(7)]


def test_damage_is_counted_and_later_records_are_still_read(tmp_path: Path) -> None:
    filled((tmp_path,), count=3)
    (path,) = files(tmp_path)
    raw = bytearray(path.read_bytes())
    raw[SLOT + 20] ^= 0xFF
    path.write_bytes(raw)
    reader = SpoolReader((tmp_path,))
    records = reader.poll()
    assert [item.n for item in records] == [1, 3]
    assert reader.damaged == {str(path): 1}
    assert sp.chain_breaks(records) == (records[1].cause,)
    assert reader.poll() == ()
    filled((tmp_path,), count=1)
    assert len(reader.poll()) == 1


def test_a_record_lost_in_one_copy_comes_from_the_other(tmp_path: Path) -> None:
    dirs = (tmp_path / "a", tmp_path / "b")
    filled(dirs, count=3)
    (path,) = files(dirs[0])
    raw = bytearray(path.read_bytes())
    raw[20] ^= 0xFF
    path.write_bytes(raw)
    assert [item.n for item in SpoolReader(dirs).poll()] == [1, 2, 3]


def test_foreign_things_in_the_directory_harm_nothing(tmp_path: Path) -> None:
    filled((tmp_path,), count=1)
    os.mkfifo(tmp_path / "pipe.spool")
    (tmp_path / "link.spool").symlink_to("/etc/passwd")
    (tmp_path / "dir.spool").mkdir()
    (tmp_path / "json.spool").write_bytes(sp.frame(b'{"s":[],"n":null}'))
    reader = SpoolReader((tmp_path,))
    assert [item.n for item in reader.poll()] == [1]
    assert len(reader.damaged) == 4
    assert len(filled((tmp_path,), count=1)) == 1


def test_a_place_that_cannot_be_written_is_named_and_the_other_is_used(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a directory")
    spool = Spool((blocked / "spool", tmp_path / "run"))
    try:
        (problem,) = spool.open()
        assert str(blocked) in problem
        assert spool.write(spool.prepare("open-emergency", {}, AT)) == 1
    finally:
        spool.close()
    assert len(SpoolReader((tmp_path / "run",)).poll()) == 1


def test_a_directory_others_may_write_is_refused(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    spool = Spool((shared,))
    (problem,) = spool.open()
    assert "private" in problem
    with pytest.raises(SpoolError, match="private"):
        spool.write(spool.prepare("open-emergency", {}, AT))


def test_no_place_at_all_is_an_error_that_says_so() -> None:
    spool = Spool(())
    with pytest.raises(SpoolError, match="no place"):
        spool.write(spool.prepare("open-emergency", {}, AT))


def test_a_body_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        sp.frame(b"x" * (sp.MAX_BODY + 1))


def test_places_of_two_data_directories_never_meet(tmp_path: Path) -> None:
    environ = {"XDG_RUNTIME_DIR": str(tmp_path)}
    one, two = (sp.places(tmp_path / name, environ) for name in ("one", "two"))
    assert one[0] == tmp_path / "one" / "spool"
    assert set(one).isdisjoint(two)
    assert sp.places(tmp_path / "x" / ".." / "one", environ)[1] == one[1]
    assert len(sp.places(None, environ)) == 1
    assert str(os.getuid()) in sp.places(None, {})[0].name


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB, where this machine lets one be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("this machine does not let a test mount a small disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_reserved_file_takes_records_on_a_full_disk(small_disk: Path) -> None:
    spool = Spool((small_disk / "spool",))
    try:
        assert spool.open() == ()
        fill_up(small_disk / "filler")
        for n in range(1, 201):
            assert spool.write(spool.prepare("open-emergency", {"emergency": f"EM{n}"}, AT)) == 1
    finally:
        spool.close()
    assert len(SpoolReader((small_disk / "spool",)).poll()) == 200


def test_a_disk_full_from_the_start_leaves_it_to_the_other_copy(small_disk: Path, tmp_path: Path) -> None:
    (small_disk / "spool").mkdir(mode=0o700)
    fill_up(small_disk / "filler")
    spool = Spool((small_disk / "spool", tmp_path / "run"))
    try:
        (problem,) = spool.open()
        assert "No space" in problem
        assert spool.write(spool.prepare("open-emergency", {}, AT)) == 1
        (small_disk / "filler").unlink()
        assert spool.write(spool.prepare("open-emergency", {}, AT)) == 2
    finally:
        spool.close()
    assert not (tmp_path / "run").samefile(small_disk)


def fill_up(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        for chunk in (65536, 4096):
            while True:
                try:
                    file.write(b"f" * chunk)
                except OSError:
                    break


def test_a_file_size_limit_shows_as_an_error_and_nothing_is_half_made(tmp_path: Path) -> None:
    code = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))\n"
        "from mr_safety_console.engine.spool import Spool\n"
        "print(len(Spool((Path(sys.argv[1]),)).open()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "1"
    assert files(tmp_path) == []
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 1024
