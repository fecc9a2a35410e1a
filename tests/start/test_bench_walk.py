"""The walk of docs/bench.md, done with its own commands by somebody who only reads them."""

from __future__ import annotations

import json
import re
import subprocess
import textwrap
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from suite_files import COMMAND, Home
from support.source import ROOT
from support.waiting import wait_until

pytestmark = pytest.mark.pty
PAGE = (ROOT / "docs/bench.md").read_text("utf-8").split("## A walk for a tester\n", 1)[1]
PLACE = "/tmp/walk"  # noqa: S108 - as the page writes it; the test works elsewhere
COMMANDS = re.findall(r"^ +mr-safety-console (.*)$", PAGE, re.MULTILINE)
CONFIG = textwrap.dedent(re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0])


class Terminal:
    """One command of the page, its output as it comes, its keys."""

    def __init__(self, home: Home, command: str, place: Path) -> None:
        words = [str(COMMAND), *command.replace(PLACE, str(place)).split()]
        self.output = place / f"{len(list(place.iterdir()))}.out"
        with self.output.open("wb") as file:
            self.process = subprocess.Popen(
                words, stdin=subprocess.PIPE, stdout=file, stderr=subprocess.STDOUT, env=home.env, bufsize=0
            )

    def press(self, key: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(key.encode())

    @property
    def text(self) -> str:
        return self.output.read_text("utf-8")

    def shows(self, *words: str, since: int = 0) -> int:
        """Wait for these words, one after the other, beyond `since`; return where they end."""
        pattern = re.compile(".*?".join(map(re.escape, words)), re.DOTALL)

        def found() -> bool:
            assert self.process.poll() is None, self.text
            return pattern.search(self.text, since) is not None

        wait_until(found, 15, f"{words} in {self.text[-600:]}")
        match = pattern.search(self.text, since)
        assert match is not None
        return match.end()

    def end(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=10)


@pytest.fixture
def started(home: Home, tmp_path: Path) -> Iterator[Callable[[str], Terminal]]:
    place = tmp_path / "walk"
    place.mkdir()
    (place / "console.toml").write_text(CONFIG.replace(PLACE, str(place)))
    with ExitStack() as undo:

        def start(command: str) -> Terminal:
            made = Terminal(home, command, place)
            undo.callback(made.end)
            return made

        yield start


def test_the_walk_to_an_unplugged_detector(started: Callable[[str], Terminal]) -> None:
    bench = started(COMMANDS[0])
    bench.shows("detector: ")
    watch = started(COMMANDS[1])
    at = watch.shows("one more fresh reading is needed", "NORMAL")
    bench.press("a")
    at = watch.shows("DANGER", "NORMAL", since=at)
    bench.press("u")
    at = watch.shows("lost: ", since=at)
    bench.press("r")
    at = watch.shows("opened: ", "UNKNOWN", "NORMAL", since=at)
    bench.press("s")
    watch.shows("silent: no fresh reading for 2.5 s", since=at)


def test_the_walk_to_a_stuck_door(started: Callable[[str], Terminal]) -> None:
    bench = started(COMMANDS[2])
    bench.shows("io: ")
    watch = started(COMMANDS[3])
    door = '"role": "Zone IV door", "condition": '
    at = watch.shows(f'{door}"NORMAL"')
    bench.press("o")
    at = watch.shows(f'{door}"DANGER"', since=at)
    bench.press("c")
    at = watch.shows(f'{door}"NORMAL"', since=at)
    bench.press("d")
    at = watch.shows(f'{door}"DANGER"', f'{door}"UNKNOWN", "reason": "discrepancy"', since=at)
    bench.press("c")
    bench.press("o")
    at = watch.shows(f'{door}"DANGER"', since=at)
    bench.press("c")
    at = watch.shows(f'{door}"NORMAL"', since=at)
    bench.press("u")
    watch.shows(f'{door}"UNKNOWN", "reason": "lost"', since=at)
    records = [json.loads(line) for line in watch.text.splitlines()]
    assert all(record["origin"] == "SIMULATED" for record in records)
    assert set(records[0]) == {"time", "device", "channel", "role", "condition", "reason", "origin"}
