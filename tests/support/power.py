"""Power cuts: what a process wrote, in order, and the disks a cut at any moment may leave behind.

A small library loaded before the C library notes every write, truncation, rename, removal and sync
of files below one directory, and every line the process says. From that, `Recording.image` builds
the directory as it may stand after a cut: what was synced is there, of what was not any sector of
512 bytes may be there or not. A disk that does not honour a sync is beyond this model.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import struct
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

SECTOR = 512
_HEAD = struct.Struct("<cIqI")
RECORDER = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int out = -1;

static void note(char op, const char *path, int64_t at, const void *data, uint32_t n) {
    unsigned char head[17];
    uint32_t len = strlen(path);
    head[0] = op;
    memcpy(head + 1, &len, 4); memcpy(head + 5, &at, 8); memcpy(head + 13, &n, 4);
    pthread_mutex_lock(&lock);
    int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC;
    if (out < 0) out = syscall(SYS_openat, AT_FDCWD, getenv("POWER_LOG"), flags, 0600);
    syscall(SYS_write, out, head, 17);
    syscall(SYS_write, out, path, len);
    if (n) syscall(SYS_write, out, data, n);
    pthread_mutex_unlock(&lock);
}
static int ours(int fd, char *path) {
    char link[64];
    const char *dir = getenv("POWER_DIR");
    if (!dir || fd < 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, 4095);
    if (n < 0) return 0;
    path[n] = 0;
    return strncmp(path, dir, strlen(dir)) == 0;
}
static int below(const char *path) {
    const char *dir = getenv("POWER_DIR");
    return dir && strncmp(path, dir, strlen(dir)) == 0;
}
#define REAL(name, type, ...) static type (*real)(__VA_ARGS__); if (!real) real = dlsym(RTLD_NEXT, #name)

ssize_t pwrite64(int fd, const void *buf, size_t n, off64_t at) {
    REAL(pwrite64, ssize_t, int, const void *, size_t, off64_t);
    char path[4096];
    if (ours(fd, path)) note('w', path, at, buf, n);
    return real(fd, buf, n, at);
}
ssize_t pwrite(int fd, const void *buf, size_t n, off_t at) { return pwrite64(fd, buf, n, at); }
ssize_t write(int fd, const void *buf, size_t n) {
    REAL(write, ssize_t, int, const void *, size_t);
    char path[4096];
    if (fd == 1) note('s', "", 0, buf, n);
    else if (ours(fd, path)) note('w', path, lseek(fd, 0, SEEK_CUR), buf, n);
    return real(fd, buf, n);
}
static int synced(int fd, int (*real)(int)) {
    char path[4096];
    int done = real(fd);
    if (!done && ours(fd, path)) note('f', path, 0, 0, 0);
    return done;
}
int fsync(int fd) { REAL(fsync, int, int); return synced(fd, real); }
int fdatasync(int fd) { REAL(fdatasync, int, int); return synced(fd, real); }
int ftruncate64(int fd, off64_t n) {
    REAL(ftruncate64, int, int, off64_t);
    char path[4096];
    if (ours(fd, path)) note('t', path, n, 0, 0);
    return real(fd, n);
}
int ftruncate(int fd, off_t n) { return ftruncate64(fd, n); }
int posix_fallocate64(int fd, off64_t at, off64_t n) {
    REAL(posix_fallocate64, int, int, off64_t, off64_t);
    char path[4096];
    if (ours(fd, path)) note('a', path, at + n, 0, 0);
    return real(fd, at, n);
}
int posix_fallocate(int fd, off_t at, off_t n) { return posix_fallocate64(fd, at, n); }
int unlink(const char *path) {
    REAL(unlink, int, const char *);
    if (below(path)) note('u', path, 0, 0, 0);
    return real(path);
}
int rename(const char *from, const char *to) {
    REAL(rename, int, const char *, const char *);
    if (below(from)) note('r', from, 0, to, strlen(to));
    return real(from, to);
}
"""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing the process did: `op` is the letter the recorder gives it."""

    op: str
    path: str
    at: int
    data: bytes


@dataclass(slots=True)
class _File:
    """A file on a disk with a cache: what is surely there, and what was written since."""

    safe: bytearray
    pending: list[Act]


class Recording:
    """What one process did to a directory, from the state `base` on."""

    def __init__(self, base: Path, root: Path, acts: Sequence[Act]) -> None:
        self.base, self.root, self.acts = base, root, tuple(acts)
        self._files: dict[str, _File] | None = None
        self._gone: set[str] = set()
        self._cursor = 0

    def said(self, upto: int) -> list[str]:
        """Return the whole lines the process had said before act `upto`."""
        text = b"".join(act.data for act in self.acts[:upto] if act.op == "s").decode()
        return text.split("\n")[:-1]

    def points(self, after: int = 0) -> list[int]:
        """Return the acts a cut may fall before: all but what was only said."""
        return [n for n, act in enumerate(self.acts) if act.op != "s" and n >= after]

    def image(self, upto: int, to: Path, draw: random.Random) -> None:
        """Build the directory as a cut before act `upto` may leave it; the draw decides what of the rest."""
        files, gone = self._replay(upto)
        shutil.rmtree(to, ignore_errors=True)
        to.mkdir(mode=0o700)
        for place in sorted(path for path in self.base.rglob("*") if path.is_dir()):
            (to / place.relative_to(self.base)).mkdir(mode=0o700)
        for name, file in files.items():
            if name in gone and draw.random() < 0.5:
                continue
            raw = bytearray(file.safe)
            for act in file.pending:
                _apply_torn(raw, act, draw)
            path = to / name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.write_bytes(raw)
            path.chmod(0o600)

    def _replay(self, upto: int) -> tuple[dict[str, _File], set[str]]:
        """Return the files before an act, and those whose removal no sync of the place has settled.

        Goes on from the call before where it can: asked in rising order, each act is replayed once.
        """
        if self._files is None or upto < self._cursor:
            self._cursor, self._gone = 0, set()
            self._files = {
                str(path.relative_to(self.base)): _File(bytearray(path.read_bytes()), [])
                for path in self.base.rglob("*")
                if path.is_file()
            }
        for act in self.acts[self._cursor : upto]:
            if act.op != "s":
                self._one(act, self._files, self._gone)
        self._cursor = upto
        return self._files, self._gone

    def _one(self, act: Act, files: dict[str, _File], gone: set[str]) -> None:
        name = os.path.relpath(act.path, self.root)
        match act.op:
            case "f" if name in files:
                for one in files[name].pending:
                    _apply(files[name].safe, one)
                files[name].pending.clear()
            case "f":
                settled = {item for item in gone if os.path.dirname(item) == name.removeprefix(".")}
                gone -= settled
                for item in settled:
                    files.pop(item, None)
            case "u":
                gone.add(name)
            case "r":
                files[os.path.relpath(act.data.decode(), self.root)] = files.pop(name, _File(bytearray(), []))
            case _:
                if name in gone:  # made anew
                    gone.discard(name)
                    files.pop(name, None)
                files.setdefault(name, _File(bytearray(), [])).pending.append(act)


def _apply(raw: bytearray, act: Act) -> None:
    if act.op == "t":
        del raw[act.at :]
        raw.extend(bytes(act.at - len(raw)))
        return
    end = act.at if act.op == "a" else act.at + len(act.data)
    raw.extend(bytes(max(0, end - len(raw))))
    raw[act.at : act.at + len(act.data)] = act.data


def _apply_torn(raw: bytearray, act: Act, draw: random.Random) -> None:
    """Apply a write of which the disk may have taken each sector or not."""
    if act.op != "w":
        if draw.random() < 0.5:
            _apply(raw, act)
        return
    kept, at = draw.choice([0.0, 0.5, 1.0]), 0
    while at < len(act.data):
        step = SECTOR - (act.at + at) % SECTOR
        if draw.random() < kept:
            _apply(raw, Act("w", act.path, act.at + at, act.data[at : at + step]))
        at += step


def record(tmp_path: Path, argv: Sequence[str], root: Path, lines: int) -> Recording:
    """Run a process on `root` until it has said so many lines, kill it, and return what it did.

    Skips where there is no C compiler to make the recorder.
    """
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler to make the recorder")
    source, library, log = tmp_path / "power.c", tmp_path / "power.so", tmp_path / "power.log"
    source.write_text(RECORDER)
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    base = tmp_path / "base"
    shutil.copytree(root, base)
    env = os.environ | {"LD_PRELOAD": str(library), "POWER_DIR": str(root), "POWER_LOG": str(log)}
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=env) as process:
        assert process.stdout is not None
        for _ in range(lines):
            assert process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
    return Recording(base, root, _parsed(log.read_bytes()))


def _parsed(raw: bytes) -> list[Act]:
    acts, at = [], 0
    while at + _HEAD.size <= len(raw):
        op, length, where, count = _HEAD.unpack_from(raw, at)
        at += _HEAD.size
        if at + length + count > len(raw):
            break
        path, data = raw[at : at + length], raw[at + length : at + length + count]
        acts.append(Act(op.decode(), path.decode(), where, data))
        at += length + count
    return acts
