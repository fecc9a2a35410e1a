"""The files of a fictional suite, a home for them, and the installed command on a terminal."""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.waiting import wait_until

from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.lifecycle import LogBegun
from mr_safety_console.engine.clock import SystemClock
from mr_safety_console.engine.spool import SpoolReader, places
from mr_safety_console.journal.store import Journal

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


class Pty:
    """A command on a pseudo-terminal of its own."""

    def __init__(self, argv: Sequence[str], env: dict[str, str]) -> None:
        self.master, slave = os.openpty()
        self.process = subprocess.Popen(
            argv,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=env,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
        )
        os.close(slave)
        self.text = ""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        with contextlib.suppress(OSError):
            while data := os.read(self.master, 65536):
                self.text += data.decode("utf-8", "replace")

    def expect(self, words: str, deadline_s: float = 10.0) -> None:
        try:
            wait_until(lambda: words in self.text, deadline_s, f"{words!r} on the terminal")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.text}") from None

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(5)
        self._reader.join(5)
        os.close(self.master)


@contextmanager
def on_terminal(argv: Sequence[str], env: dict[str, str]) -> Iterator[Pty]:
    pty = Pty(argv, env)
    try:
        yield pty
    finally:
        pty.close()
