"""A console killed at any moment: nothing shown is lost, and the next start shows the same picture."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from living import picture

from mr_safety_console.domain import suite
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.engine import resume
from mr_safety_console.engine.intake import Late, unread
from mr_safety_console.engine.keeper import CACHE_FACTS
from mr_safety_console.engine.spool import SpoolReader, places
from mr_safety_console.journal import cache
from mr_safety_console.journal.chain import START
from mr_safety_console.journal.store import Journal
from mr_safety_console.journal.verify import verify

LIVING = Path(__file__).with_name("living.py")
Said = list[dict[str, Any]]


def live_and_die(data: Path, seed: int, lines: int) -> Said:
    """Let a console work until it has said so many lines, kill it, and return all it said."""
    command = [sys.executable, str(LIVING), str(data), str(seed)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process:
        said = [process.stdout.readline() for _ in range(lines)]
        os.kill(process.pid, signal.SIGKILL)
        said += process.stdout.readlines()
    whole = [json.loads(line) for line in said if line.endswith("\n")]
    assert len(whole) >= lines - 1, "it worked"
    return whole


class Watch:
    """What the record came to at each kill; reads only what is new since the kill before."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.state, self.head = SuiteState(), (0, START)
        self.shown = self.pressed = 0

    def after_the_kill(self, said: Said) -> None:
        """Hold the new rows and the emergency lane to all that was said since the kill before."""
        before = picture(self.state)
        journal = Journal.open(self.data)
        try:
            seq, h = self.head
            assert journal.hash_at(seq) == h, "the row that was the newest stands as it stood"
            entries = list(journal.read_from(seq + 1))
            self.head = journal.head
        finally:
            journal.close()
        states = {seq: self.state}
        for entry in entries:
            self.state = states[entry.seq] = suite.evolve(self.state, entry)
        self._compare(said, {entry.seq: (entry.fact.kind, entry.cause) for entry in entries}, states)
        assert nothing_gone(before, said[0]["picture"]), "the start showed what was open before it"

    def _compare(
        self, said: Said, written: dict[int, tuple[str, str]], states: dict[int, SuiteState]
    ) -> None:
        for line in said:
            if line["what"] == "shown":
                assert written.get(line["seq"]) == (line["kind"], line["cause"]), "shown, so written"
                self.shown += 1
            elif line["what"] in ("state", "begun"):
                assert picture(states[line["seq"]]) == line["picture"], "what was shown is what was written"
        lane = unread(SpoolReader(places(self.data, {"XDG_RUNTIME_DIR": str(self.data)})), self.state.lane)
        waiting = {late.cause for late in lane if isinstance(late, Late)}
        pressed = {line["cause"] for line in said if line["what"] == "pressed"}
        assert all(cause in self.state.lane or cause in waiting for cause in pressed)
        self.pressed += len(pressed)

    def whole(self) -> None:
        """Check the record from its first row, and that a start comes to the state followed all along."""
        assert verify(self.data).ok
        journal = Journal.open(self.data)
        try:
            replayed = SuiteState()
            for entry in journal.read_from(1):
                replayed = suite.evolve(replayed, entry)
            assert replayed == self.state
            assert resume.resume(journal, self.data) == self.state
        finally:
            journal.close()


def nothing_gone(before: dict[str, Any], begun: dict[str, Any]) -> bool:
    """Tell whether a start has all people, visits with their legs and emergencies with their steps."""
    return set(before["people"]) <= set(begun["people"]) and all(
        set(done) <= set(begun[part].get(name, ())) and name in begun[part]
        for part in ("visits", "emergencies")
        for name, done in before[part].items()
    )


def kill_many(data: Path, times: int, seed: int) -> Watch:
    draw, watch = random.Random(seed), Watch(data)
    for run in range(times):
        watch.after_the_kill(live_and_die(data, seed + run, draw.randint(3, 120)))
        if run % 40 == 39:
            watch.whole()
    watch.whole()
    kept = picture(watch.state)
    assert kept["visits"]
    assert kept["emergencies"]
    return watch


@pytest.mark.pty
def test_five_kills_lose_nothing_that_was_shown(tmp_path: Path) -> None:
    """I6: in short."""
    assert kill_many(tmp_path / "data", 5, 1).shown > 50


@pytest.mark.soak
@pytest.mark.pty
@pytest.mark.timeout(1200)
def test_two_hundred_kills_lose_nothing_that_was_shown(tmp_path: Path) -> None:
    """I6: long enough that some starts begin from a cached state."""
    watch = kill_many(tmp_path / "data", 200, 1000)
    print(f"kills 200, facts shown {watch.shown}, presses answered {watch.pressed}, rows {watch.head[0]}")
    assert watch.head[0] > 2 * CACHE_FACTS
    assert (tmp_path / "data" / cache.CACHE).exists()
