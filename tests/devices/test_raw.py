from __future__ import annotations

from pathlib import Path

from devices.raw import RawRing

S = 1_000_000_000


def write(directory: Path, items: list[tuple[int, bytes]], **limits: int) -> RawRing:
    ring = RawRing(directory, "fmd", **limits)
    for bt_ns, data in items:
        ring.append(bt_ns, data)
    assert ring.close(2.0)
    return ring


def lines(directory: Path, name: str = "fmd.raw") -> list[str]:
    return (directory / name).read_text().splitlines()


def test_one_line_per_read_with_time_and_hex(tmp_path: Path) -> None:
    write(tmp_path, [(5, b"\x00\xff"), (6, b"$")])
    assert lines(tmp_path) == ["5 00ff", "6 24"]
    assert (tmp_path / "fmd.raw").stat().st_mode & 0o777 == 0o600


def test_both_files_together_stay_within_the_limit(tmp_path: Path) -> None:
    write(tmp_path, [(n, b"x" * 50) for n in range(500)], limit_bytes=4000)
    sizes = [(tmp_path / name).stat().st_size for name in ("fmd.raw", "fmd.raw.1")]
    assert max(sizes) <= 2000
    kept = [int(line.split()[0]) for line in lines(tmp_path, "fmd.raw.1") + lines(tmp_path)]
    assert kept == list(range(kept[0], 500))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fmd.raw", "fmd.raw.1"]


def test_age_turns_the_file_over_also_across_restarts(tmp_path: Path) -> None:
    write(tmp_path, [(0, b"a"), (4 * S, b"b")], limit_age_s=10)
    write(tmp_path, [(6 * S, b"c")], limit_age_s=10)
    assert (lines(tmp_path, "fmd.raw.1"), lines(tmp_path)) == (["0 61", f"{4 * S} 62"], [f"{6 * S} 63"])


def test_a_host_that_booted_again_starts_a_new_file(tmp_path: Path) -> None:
    write(tmp_path, [(900 * S, b"a")])
    write(tmp_path, [(3 * S, b"b")])
    assert (lines(tmp_path, "fmd.raw.1"), lines(tmp_path)) == ([f"{900 * S} 61"], [f"{3 * S} 62"])


def test_a_file_with_foreign_content_is_turned_over(tmp_path: Path) -> None:
    (tmp_path / "fmd.raw").write_bytes(b"\xff\xfe nonsense")
    write(tmp_path, [(20 * 24 * 3600 * S, b"a")])
    assert lines(tmp_path) == [f"{20 * 24 * 3600 * S} 61"]


def test_a_disk_that_fails_is_counted_and_named_and_recovers(tmp_path: Path) -> None:
    directory = tmp_path / "gone"
    ring = write(directory, [(1, b"a"), (2, b"b")])
    assert ring.dropped == 2
    assert "gone" in ring.trouble
    directory.mkdir()
    ring = write(directory, [(3, b"c")])
    assert (ring.trouble, lines(directory)) == ("", ["3 63"])
