"""The files of a fictional suite, a home for them, and the installed command on a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.player import QUIET

from mr_safety_console import bootstrap
from mr_safety_console.bootstrap import Running
from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.lifecycle import LogBegun
from mr_safety_console.engine.clock import SystemClock
from mr_safety_console.engine.spool import SpoolReader, places
from mr_safety_console.journal.query import Query
from mr_safety_console.journal.store import Journal
from mr_safety_console.settings import ConsoleSettings, layered

COMMAND = Path(sys.executable).with_name("mr-safety-console")
SITE = """
site = "Examplethorpe (not a real place)"
use = "demo"
zone = "Europe/Berlin"
staffing = "MRST-only"

[magnet]
b0_mt = 3000

[limits]
transit_s = 45

[call]
engineer = "0100 000 000"

[[points]]
id = "fmd-iv"
name = "Detector"
kind = "detector"
zone = "IV"
port = "detector"
device = "FMD01"
door = "door-iv"

[[points]]
id = "door-iv"
name = "Door"
kind = "door"
zone = "IV"
port = "door"
device = "DOOR4"
"""
CONSOLE = """
[ports.detector]
url = "/dev/does-not-exist-1"
expect_device = "FMD01"

[ports.door]
url = "/dev/does-not-exist-2"
expect_device = "DOOR4"
"""


@dataclass(frozen=True)
class Home:
    """A user's home with everything in its usual place."""

    root: Path

    @property
    def config(self) -> Path:
        return self.root / "config" / "mr-safety-console"

    @property
    def site(self) -> Path:
        return self.config / "site.toml"

    @property
    def console(self) -> Path:
        return self.config / "console.toml"

    @property
    def data(self) -> Path:
        return self.root / "share" / "mr-safety-console"

    @property
    def env(self) -> dict[str, str]:
        return {
            "HOME": str(self.root),
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "PATH": os.environ["PATH"],
            "XDG_CONFIG_HOME": str(self.root / "config"),
            "XDG_DATA_HOME": str(self.root / "share"),
            "XDG_RUNTIME_DIR": str(self.root / "run"),
            "MRSC_PLAYER": QUIET,
        }

    def recorded(self) -> list[str]:
        """Return the kinds of every emergency record of this home."""
        return [record.kind for record in SpoolReader(places(self.data, self.env)).poll()]

    def make_record(self, *facts: Entry) -> None:
        """Begin a record of one row, and of the entries given."""
        clock = SystemClock()

        def genesis(public_key: str) -> Entry:
            begun = LogBegun(console="CON1", public_key=public_key, profile_hash="")
            return Entry(1, clock.now(), begun, "genesis", "system", con="CON1")

        journal = Journal.open(self.data, genesis, ballast_bytes=4096)
        journal.append(facts)
        journal.close()


def make_home(root: Path) -> Home:
    home = Home(root)
    home.config.mkdir(parents=True)
    (root / "run").mkdir(mode=0o700)
    home.site.write_text(SITE)
    home.console.write_text(CONSOLE)
    return home


def run(home: Home, *args: str, said: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the installed command without a terminal."""
    return subprocess.run(
        [str(COMMAND), *args],
        input=said,
        stdin=subprocess.DEVNULL if said is None else None,
        capture_output=True,
        text=True,
        check=False,
        env=home.env,
        timeout=50,
    )


def settings_of(home: Home) -> ConsoleSettings:
    return layered((home.console,), {}, {}, {"data": str(home.data), "site": str(home.site)})


@contextmanager
def started(home: Home, **more: object) -> Iterator[Running]:
    running = bootstrap.start(settings_of(home), environ=home.env, **more)  # type: ignore[arg-type]
    try:
        yield running
    finally:
        running.close()


def kinds(home: Home) -> list[str]:
    query = Query(home.data)
    try:
        return [line.kind for line in query.page_after(0, 500)]
    finally:
        query.close()
