"""The console killed at any moment: what the screen had shown is in the record, and is shown again."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path

import pytest
from support.console import ENTER, F9, Console
from support.waiting import wait_until

from mr_safety_console.journal.verify import verify

pytestmark = [pytest.mark.pty]

ACTS: tuple[tuple[str, ...], ...] = (
    ("f2", "o", "Pat Example", "enter", "1970-01-01", "enter", "knee", "enter"),
    ("f3", "enter"),
    ("f9",),
    ("f9", "c"),
    ("f9", "enter"),
    ("f9", "1"),
    ("f2",),
    ("ctrl+d", "w"),
    ("ctrl+b",),
)
RUNNING = re.compile(r"\bV(\d+) ")
EMERGENCY = re.compile(r"EMERGENCY E(\d+)")
MARKED = ("not yet recorded", "NOT RECORDED", "RECORDING")


def drive_and_kill(console: Console, dice: random.Random) -> str:
    """Press keys of a random story, kill the console at a random moment, return its last picture."""
    console.started()
    console.sign_on()
    for act in dice.choices(ACTS, k=dice.randint(1, 4)):
        console.keys(*act)
    end = time.monotonic() + dice.uniform(0, 0.4)
    wait_until(lambda: time.monotonic() >= end, 2, "the moment of the kill")
    shown = console.text()
    console.process.kill()
    console.process.wait(5)
    return shown


def shown_again(console: Console) -> str:
    """Wait until the console shows what the record says, and return the picture."""
    console.see("recording", 15)
    rows = console.rows("console-started")
    assert rows, "the new start is in the record"
    return console.text()


def check(data: Path, shown: str) -> None:
    """Hold the record to the last picture, then the next start to the record."""
    verdict = verify(data)
    assert verdict.ok, verdict
    with Console(data) as again:
        picture = shown_again(again)
        visits = {row["data"]["no"] for row in again.rows("visit-opened")}
        opened = {row["data"]["no"] for row in again.rows("emergency-opened")}
        assert {int(no) for no in RUNNING.findall(shown)} <= visits
        if not any(word in shown for word in MARKED):
            assert {int(no) for no in EMERGENCY.findall(shown)} <= opened
        if opened:
            again.see("next stamp", 5)
            assert f"EMERGENCY E{max(opened)}" in again.text(), picture
        again.keys("f3")
        if visits and not opened:
            again.see(f"V{max(visits)}", 5)
            known = [row["data"]["leg"] for row in again.rows("leg-made")]
            again.see("Screening           NOW" if "identity" in known else "Identify            NOW", 5)


def one_round(place: Path, seed: int) -> None:
    place.mkdir()
    dice = random.Random(seed)
    with Console(place / "data") as console:
        shown = drive_and_kill(console, dice)
    check(place / "data", shown)


@pytest.mark.timeout(150)
@pytest.mark.parametrize("seed", range(4))
def test_a_killed_console_lost_nothing_it_had_shown(tmp_path: Path, seed: int) -> None:
    """I6, I7: kill -9 in the middle of work; the same visit, step and open emergency come back."""
    one_round(tmp_path / str(seed), seed)


@pytest.mark.soak
@pytest.mark.timeout(4000)
def test_two_hundred_killed_consoles_lost_nothing(tmp_path: Path) -> None:
    """I6, I7: the long form."""
    done = 0
    for seed in range(1000, 1200):
        one_round(tmp_path / str(seed), seed)
        done += 1
    assert done == 200


@pytest.mark.timeout(120)
def test_a_console_killed_in_the_middle_of_a_quench_comes_back_to_it(tmp_path: Path) -> None:
    """I13: the field stays in doubt over a kill, and the step stamped before it stands."""
    data = tmp_path / "data"
    with Console(data) as console:
        console.started()
        console.type(F9)
        console.see("press a letter")
        end = time.monotonic() + 0.5  # letters count only after 400 ms
        wait_until(lambda: time.monotonic() > end, 2, "letters to count")
        console.keys("q")
        console.see("QUENCH")
        console.type(ENTER)
        wait_until(lambda: console.rows("emergency-step-stamped"), 5, "a step in the record")
        console.process.kill()
        console.process.wait(5)
        steps = [row["data"]["step"] for row in console.rows("emergency-step-stamped")]
    with Console(data) as again:
        again.see("next stamp", 15)
        assert "QUENCH" in again.text()
        assert again.rows("quench-reported")
        assert [row["data"]["step"] for row in again.rows("emergency-step-stamped")] == steps
        again.keys("f2")
        again.see("FIELD", 5)
        assert "FIELD PRESENT" not in again.text()
