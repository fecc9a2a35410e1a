"""What was acknowledged survives: a killed writer, a torn write-ahead log, a full or read-only disk."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from samples import entry, filled, genesis, named

from mr_safety_console.journal import place as files
from mr_safety_console.journal.errors import Full, JournalError, ReadOnly
from mr_safety_console.journal.query import Query
from mr_safety_console.journal.reading import raw_rows
from mr_safety_console.journal.store import Journal
from mr_safety_console.journal.verify import Finding, verify

WRITER = Path(__file__).with_name("writing.py")


def start(*arguments: object, env: dict[str, str] | None = None) -> subprocess.Popen[str]:
    command = [sys.executable, str(WRITER), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)


def kill_after(process: subprocess.Popen[str], lines: int) -> list[str]:
    """Read `lines` acknowledgements, kill without waiting, and return every whole one it gave."""
    assert process.stdout is not None
    with process:
        said = [process.stdout.readline() for _ in range(lines)]
        os.kill(process.pid, signal.SIGKILL)
        said += process.stdout.readlines()
    return [line.strip() for line in said if line.endswith("\n")]


def reopened(place: Path) -> dict[int, bytes]:
    """Open as after a crash, read the newest 300 entries, and return every stored hash."""
    journal = Journal.open(place)
    try:
        first = max(1, journal.head[0] - 299)
        assert [e.seq for e in journal.read_from(first)] == list(range(first, journal.head[0] + 1))
    finally:
        journal.close()
    return {seq: h for seq, _body, h in raw_rows(place)}


def kill_many(place: Path, times: int, seed: int) -> None:
    """Kill and reopen; nothing acknowledged in any run may be missing or different."""
    draw, promised = random.Random(seed), dict[int, str]()
    for run in range(times):
        for line in kill_after(start(place, seed + run), draw.randint(1, 60)):
            seq, h = line.split()
            promised[int(seq)] = h
        stored = reopened(place)
        lost = {seq: h for seq, h in promised.items() if stored.get(seq, b"").hex() != h}
        assert not lost
        assert run % 10 or verify(place).ok
    assert verify(place).ok
    assert len(promised) >= times


@pytest.mark.pty
def test_no_acknowledged_row_is_lost_to_a_kill(place: Path) -> None:
    kill_many(place, 10, 1)


@pytest.mark.soak
def test_no_acknowledged_row_is_lost_to_200_kills(place: Path) -> None:
    kill_many(place, 200, 1000)


@pytest.mark.pty
@pytest.mark.parametrize("run", range(5))
def test_a_kill_while_the_record_is_begun_leaves_a_whole_one_or_none(place: Path, run: int) -> None:
    process = start(place, run)
    deadline_steps = (files.LOCK, files.CONSOLE_KEY, "journal.db.new", files.JOURNAL, files.HEAD)
    seen = place / deadline_steps[run]
    while process.poll() is None and not seen.exists():
        os.sched_yield()
    kill_after(process, 0)
    journal = Journal.open(place, genesis, ballast_bytes=0)
    try:
        journal.append([entry(journal.head[0] + 1)])
    finally:
        journal.close()
    assert verify(place).ok


@pytest.mark.parametrize("content", [b"", bytes(86)])
def test_a_head_file_just_made_is_no_evidence_of_loss(place: Path, content: bytes) -> None:
    filled(place, [entry(2)])
    (place / files.HEAD).write_bytes(content)
    assert verify(place).ok
    Journal.open(place).close()
    assert files.read_head(place) is not None


@pytest.fixture
def live(tmp_path: Path) -> tuple[Path, list[tuple[int, int]]]:
    """Return a copy of a record in use, and (row, size of the log by then) for each append."""
    source = tmp_path / "source"
    journal = Journal.create(source, genesis, ballast_bytes=0)
    wal, sizes = source / "journal.db-wal", []
    for seq in range(2, 60):
        journal.append([named(seq) if seq % 5 == 0 else entry(seq)])
        sizes.append((seq, wal.stat().st_size))
    shutil.copytree(source, tmp_path / "live")
    journal.close()
    (tmp_path / "live" / "journal.db-shm").unlink()
    return tmp_path / "live", sizes


def torn(live: Path, to: Path, keep: int, junk: bytes = b"") -> Path:
    """Copy with the write-ahead log cut after `keep` bytes, as a power cut may leave it."""
    shutil.copytree(live, to)
    wal = to / "journal.db-wal"
    wal.write_bytes(wal.read_bytes()[:keep] + junk)
    (to / files.HEAD).unlink()
    return to


def test_a_torn_log_keeps_every_row_synced_before_the_tear(
    live: tuple[Path, list[tuple[int, int]]], tmp_path: Path
) -> None:
    source, sizes = live
    full, draw = sizes[-1][1], random.Random(5)
    before = list(raw_rows(source))
    offsets = [0, 31, 32, full - 1, full, *(draw.randrange(full) for _ in range(25))]
    for turn, keep in enumerate(offsets):
        junk = draw.randbytes(draw.randrange(600)) if turn % 2 else b""
        copy = torn(source, tmp_path / f"torn{turn}", keep, junk)
        durable = max((seq for seq, size in sizes if size <= keep), default=1)
        stored = reopened(copy)
        assert len(stored) >= durable, f"log cut after {keep} bytes"
        assert list(raw_rows(copy)) == before[: len(stored)]
        assert verify(copy).ok


def test_a_lost_log_is_noticed_by_the_head_file(live: tuple[Path, list[tuple[int, int]]]) -> None:
    source, sizes = live
    (source / "journal.db-wal").unlink()
    verdict = verify(source)
    assert verdict.finding is Finding.TRUNCATED
    assert str(sizes[-1][0]) in verdict.reason


@contextmanager
def small_disk(at: Path, size: str) -> Iterator[Path]:
    """Mount a small file system in memory, or skip where this user may not."""
    at.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "none", str(at)], check=False
    )
    if done.returncode:
        pytest.skip("this user may not mount a small disk; the shim test covers the same")
    try:
        yield at
    finally:
        subprocess.run(["umount", str(at)], check=True)


def acknowledged(lines: list[str]) -> list[tuple[int, str]]:
    return [(int(line.split()[0]), line.split()[1]) for line in lines if line[0].isdigit()]


def check_full_disk(place: Path, lines: list[str]) -> None:
    """Full is said, nothing acknowledged is lost, and the ballast carries the record further."""
    assert lines.count("Full") == 2
    assert lines[-1] == "closed"
    first = lines.index("Full")
    assert lines[first + 1] == "ballast"
    before, after = acknowledged(lines[:first]), acknowledged(lines[first:])
    assert len(before) > 5
    assert len(after) > 5
    stored = {seq: h.hex() for seq, _body, h in raw_rows(place)}
    assert all(stored.get(seq) == h for seq, h in [*before, *after])
    assert verify(place).ok


@pytest.mark.pty
def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "900k") as disk:
        process = start(disk / "data", 3, 300 * 1024)
        lines = process.communicate(timeout=30)[0].split("\n")[:-1]
        check_full_disk(disk / "data", lines)


SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A disk of $DISK_BYTES for the directory $DISK_DIR: growing a file beyond it fails with ENOSPC. */
static long long used(void) {
    static const char *names[] = {"journal.db", "journal.db-wal", "keys.db", "ballast", 0};
    long long sum = 0;
    for (int i = 0; names[i]; i++) {
        char path[4096];
        struct stat st;
        snprintf(path, sizeof path, "%s/%s", getenv("DISK_DIR"), names[i]);
        if (stat(path, &st) == 0) sum += st.st_size;
    }
    return sum;
}
static int full(int fd, long long end) {
    char link[64], path[4096] = {0};
    struct stat st;
    if (!getenv("DISK_DIR")) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if (readlink(link, path, sizeof path - 1) < 0 || !strstr(path, getenv("DISK_DIR"))) return 0;
    if (fstat(fd, &st) || end <= st.st_size) return 0;
    return used() + end - st.st_size > atoll(getenv("DISK_BYTES"));
}
ssize_t pwrite64(int fd, const void *buf, size_t n, off64_t at) {
    static ssize_t (*real)(int, const void *, size_t, off64_t);
    if (!real) real = dlsym(RTLD_NEXT, "pwrite64");
    if (full(fd, at + (long long)n)) { errno = ENOSPC; return -1; }
    return real(fd, buf, n, at);
}
ssize_t pwrite(int fd, const void *buf, size_t n, off_t at) { return pwrite64(fd, buf, n, at); }
ssize_t write(int fd, const void *buf, size_t n) {
    static ssize_t (*real)(int, const void *, size_t);
    if (!real) real = dlsym(RTLD_NEXT, "write");
    if (full(fd, (long long)lseek(fd, 0, SEEK_CUR) + (long long)n)) { errno = ENOSPC; return -1; }
    return real(fd, buf, n);
}
"""


@pytest.mark.pty
def test_a_full_disk_is_said_and_loses_nothing_by_shim(tmp_path: Path) -> None:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler to make the shim; the small disk covers the same")
    source, shim = tmp_path / "shim.c", tmp_path / "shim.so"
    source.write_text(SHIM)
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", shim, source, "-ldl"], check=True)
    where = tmp_path / "data"
    env = os.environ | {"LD_PRELOAD": str(shim), "DISK_DIR": str(where), "DISK_BYTES": str(900 * 1024)}
    process = start(where, 3, 300 * 1024, env=env)
    check_full_disk(where, process.communicate(timeout=30)[0].split("\n")[:-1])


@pytest.mark.pty
def test_a_disk_without_room_for_the_ballast_is_refused_at_set_up(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "900k") as disk, pytest.raises(Full, match="Free room"):
        Journal.open(disk / "data", genesis)


def test_the_ballast_is_given_up_once_and_comes_back_with_room(place: Path) -> None:
    filled(place, [entry(2)])
    ballast = place / files.BALLAST
    journal = Journal.open(place, ballast_bytes=1 << 20)
    assert ballast.stat().st_blocks * 512 >= 1 << 20
    assert journal.free_ballast() == 1 << 20
    assert journal.free_ballast() == 0
    assert ballast.stat().st_blocks == 0
    journal.close()
    Journal.open(place, ballast_bytes=1 << 60).close()
    assert ballast.stat().st_size == 0


@pytest.mark.pty
def test_a_read_only_disk_is_said_and_can_still_be_read(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "4m") as disk:
        filled(disk / "data", [entry(2), named(3)])
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with pytest.raises(ReadOnly, match="mounted for writing"):
            Journal.open(disk / "data")
        assert verify(disk / "data").rows == 3
        query = Query(disk / "data")
        assert [line.seq for line in query.newest(9)] == [3, 2, 1]
        query.close()


def test_a_locked_record_is_said_and_nothing_is_kept(place: Path, journal: Journal) -> None:
    other = sqlite3.connect(place / "journal.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(JournalError, match=r"keeps it locked.*try again") as caught:
        journal.append([entry(2)])
    assert type(caught.value).__name__ == "Locked"
    other.close()
    journal.append([entry(2)])
    assert [row[0] for row in raw_rows(place)] == [1, 2]


def test_the_head_file_failing_fails_no_append(
    place: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(os, "pwrite", refuse)
        journal.append([entry(2)])
    assert "Input/output error" in journal.head_fault
    assert journal.head[0] == 2
    journal.append([entry(3)])
    assert journal.head_fault == ""
    assert files.read_head(place) == files.Head(*journal.head)


def test_the_head_file_is_synced_each_second_and_at_emergencies(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fdatasync", synced.append)
    first = entry(2).at
    quick = [entry(seq, at=type(first)(first.utc, first.bt + seq * 1000, first.boot)) for seq in range(2, 7)]
    for one in quick:
        journal.append([one])
    assert len(synced) == 1
    journal.append([entry(7, at=quick[-1].at)], emergency=True)
    assert len(synced) == 2
    journal.append([entry(8, at=type(first)(first.utc, first.bt + 2_000_000_000, first.boot))])
    assert len(synced) == 3
    journal.sync_head()
    assert len(synced) == 3
