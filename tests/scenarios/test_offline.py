"""Without any network: the console starts, shows the suite, records an emergency, and opens no socket."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.console import COMMAND, F9, Console
from support.waiting import wait_until

pytestmark = [pytest.mark.pty, pytest.mark.timeout(60)]

NETWORK_TABLES = ("tcp", "tcp6", "udp", "udp6", "raw", "raw6", "packet")
UNSHARE = shutil.which("unshare") or ""
WAYS = (["--net"], ["--user", "--map-root-user", "--net"])
"""A network of one's own: as root, or as anybody where the kernel lets users have one."""


def _without_network() -> list[str]:
    """Return how to run a command without a network, or nothing where that is not permitted."""
    for way in WAYS:
        if (
            UNSHARE
            and subprocess.run([UNSHARE, *way, "true"], capture_output=True, check=False).returncode == 0
        ):
            return [UNSHARE, *way]
    return []


def sockets(pid: int) -> set[str]:
    """Return the inodes of all sockets a process holds."""
    found = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = os.readlink(entry)
        except FileNotFoundError:
            continue  # closed between the listing and the look
        if target.startswith("socket:["):
            found.add(target.removeprefix("socket:[").removesuffix("]"))
    return found


def listed(pid: int, *tables: str) -> dict[str, list[str]]:
    """Return the rows of network tables as the process sees them, without their headings."""
    found = {}
    for table in tables:
        path = Path(f"/proc/{pid}/net/{table}")
        if path.exists():
            found[table] = path.read_text().splitlines()[1:]
    return found


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    way = _without_network()
    if not way:
        pytest.skip("a network namespace of one's own is not permitted here")
    run = f"import os; os.execv({way[0]!r}, {[*way, COMMAND, 'demo', '--data', str(tmp_path / 'data')]!r})"
    with Console(tmp_path / "data", argv=["-c", run]) as made:
        yield made


def test_no_network_is_missed_and_none_is_used(console: Console) -> None:
    console.started()
    console.see("Demo suite")
    console.type(F9)
    console.see("next stamp", 2)
    wait_until(lambda: console.rows("emergency-opened"), 2, "the press in the record")
    pid = console.process.pid
    command = Path(f"/proc/{pid}/cmdline").read_bytes()
    assert b"entry.py" in command, "the process looked at is the console"
    assert os.readlink(f"/proc/{pid}/ns/net") != os.readlink("/proc/self/ns/net"), "it has no network"
    assert {name: rows for name, rows in listed(pid, *NETWORK_TABLES).items() if rows} == {}
    local = {row.split()[6] for rows in listed(pid, "unix").values() for row in rows}
    assert sockets(pid) <= local, "only sockets within this machine"
