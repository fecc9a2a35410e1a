"""A key held down on the whole console, as bytes at the pace of a keyboard: one answer, one act."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.console import F9, Console
from support.waiting import wait_until

pytestmark = [pytest.mark.pty, pytest.mark.timing, pytest.mark.timeout(120)]

PAUSE_S, PERIOD_S = 0.5, 0.033
DOWN = "\x1b[B"
SAID = "A key was held down; it counts once."
WRITTEN = 3
"""Questions after the first that are answered in words, before those answered by a letter."""


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    """A console signed on, with a visit just opened."""
    with Console(tmp_path / "data") as made:
        made.started()
        made.sign_on()
        made.keys("f2", "o")
        made.see("NEW VISIT")
        made.keys("Example, Pat", "enter", "1970-01-01", "enter", "knee", "enter")
        made.see("Identify: ask for two identifiers")
        yield made


def hold(console: Console, key: bytes, seconds: float) -> None:
    """Send what a terminal sends while a key is held for so long."""
    began = time.monotonic()
    at = 0.0
    while at < seconds:
        wait_until(lambda due=began + at: time.monotonic() >= due, 5, "the keyboard's next repeat")
        console.type(key)
        at = PERIOD_S + at if at else PAUSE_S


def test_a_held_enter_does_one_act_and_a_held_answer_answers_one_question(console: Console) -> None:
    """I10: each held for seconds, each one fact, each told once; the emergency key does not wait."""
    hold(console, b"\r", 2.0)
    console.see(SAID)
    assert len(console.rows("leg-made")) == 1
    assert console.rows("screening-begun") == []
    console.keys("f4", "enter")
    wait_until(lambda: console.rows("screening-begun"), 5, "the interview")
    console.see("blank")
    console.keys("1")
    wait_until(lambda: console.rows("answer-given"), 5, "the first answer")
    for _ in range(WRITTEN):
        console.key(DOWN)
    hold(console, b"n", 3.0)
    console.see(SAID)
    assert len(console.rows("answer-given")) == 2, console.text()
    assert console.text().count(SAID) == 1
    console.type(b"uuuu" + F9)
    console.see("EMERGENCY", 1.0)
