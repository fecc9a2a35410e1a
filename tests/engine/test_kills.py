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
from mr_safety_console.engine.spool import SpoolReader, places
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


def after_the_kill(data: Path, said: Said) -> dict[str, Any]:
    """Check what is on the disk against all that was said; return the picture a restart begins with."""
    assert verify(data).ok
    journal = Journal.open(data)
    try:
        entries = {entry.seq: entry for entry in journal.read_from(1)}
        resumed = resume.resume(journal, data)
    finally:
        journal.close()
    for line in said:
        if line["what"] == "shown":
            entry = entries[line["seq"]]
            assert (entry.fact.kind, entry.cause) == (line["kind"], line["cause"])
    states, folded = {0: SuiteState()}, SuiteState()
    for seq, entry in entries.items():
        folded = states[seq] = suite.evolve(folded, entry)
    for line in said:
        if line["what"] in ("state", "begun"):
            assert picture(states[line["seq"]]) == line["picture"], "what was shown is what was written"
    assert resumed == folded
    lane = unread(SpoolReader(places(data, {"XDG_RUNTIME_DIR": str(data)})), resumed.lane)
    waiting = {late.cause for late in lane if isinstance(late, Late)}
    pressed = {line["cause"] for line in said if line["what"] == "pressed"}
    assert all(cause in resumed.lane or cause in waiting for cause in pressed)
    return picture(resumed)


def kill_many(data: Path, times: int, seed: int) -> None:
    draw, before = random.Random(seed), picture(SuiteState())
    for run in range(times):
        said = live_and_die(data, seed + run, draw.randint(3, 120))
        begun = said[0]["picture"]
        assert before["people"] == begun["people"]
        assert before["visits"].keys() <= begun["visits"].keys()
        assert before["emergencies"].keys() <= begun["emergencies"].keys()
        before = after_the_kill(data, said)
    assert before["visits"]
    assert before["emergencies"]


@pytest.mark.pty
def test_five_kills_lose_nothing_that_was_shown(tmp_path: Path) -> None:
    kill_many(tmp_path / "data", 5, 1)


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_two_hundred_kills_lose_nothing_that_was_shown(tmp_path: Path) -> None:
    kill_many(tmp_path / "data", 200, 1000)
