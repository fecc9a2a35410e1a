"""The line mode: it records, shows the clock, and works with nothing else working."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mr_safety_console import lifeboat
from mr_safety_console.domain import emergency as em
from mr_safety_console.domain import quench
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.context import NS, US, Instant
from mr_safety_console.engine.intake import Late, unread
from mr_safety_console.engine.spool import SpoolReader, places

PROMISES = re.compile(r"\b(safe|clear|cleared|ok|good|proceed)\b", re.IGNORECASE)


class HandClock:
    """Runs 0 s between lines unless told otherwise."""

    def __init__(self) -> None:
        self.second = 0.0

    def now(self) -> Instant:
        return Instant(1_700_000_000 * US + int(self.second * US), int((100 + self.second) * NS), "boot-a")


class Typed(io.StringIO):
    """Standard input: lines, each typed some seconds after the one before."""

    def __init__(self, lines: list[tuple[str, float]], clock: HandClock) -> None:
        super().__init__()
        self._lines = iter(lines)
        self._clock = clock

    def readline(self, size: int | None = -1) -> str:
        line, wait = next(self._lines, ("", 0.0))
        self._clock.second += wait
        return line


def rowed(
    lines: list[tuple[str, float]], data_dir: Path | None, run_dir: Path, reason: str = "", remedy: str = ""
) -> tuple[str, list[Late]]:
    """Run the dialogue; returns what was shown and what the console would take over."""
    clock, out = HandClock(), io.StringIO()
    environ = {"XDG_RUNTIME_DIR": str(run_dir), "TERM": "dumb"}
    lifeboat.run(reason, remedy, data_dir, Typed(lines, clock), out, clock, environ)
    found = unread(SpoolReader(places(data_dir, environ)), ())
    assert all(isinstance(item, Late) for item in found)
    return out.getvalue(), [item for item in found if isinstance(item, Late)]


def at_once(*lines: str) -> list[tuple[str, float]]:
    return [(f"{line}\n", 0.0) for line in lines]


def test_it_says_why_and_what_to_do(tmp_path: Path) -> None:
    shown, records = rowed([], tmp_path / "d", tmp_path, "site.toml line 3: no magnet", "Name the magnet.")
    assert "EMERGENCY ONLY" in shown
    assert "did not start: site.toml line 3: no magnet" in shown
    assert "What to do: Name the magnet." in shown
    assert records == []


def test_enter_opens_letters_name_and_numbers_stamp(tmp_path: Path) -> None:
    lines = [("\n", 0.0), ("c\n", 3.0), ("1\n", 1.0), ("3 -10\n", 20.0), ("7\n", 34.0), ("leave\n", 5.0)]
    shown, records = rowed(lines, tmp_path / "d", tmp_path)
    first = records[0].command
    assert isinstance(first, em.OpenEmergency)
    emergency = first.emergency
    assert [(late.command, late.occ.bt // NS - 100) for late in records] == [
        (em.OpenEmergency(emergency=emergency), 0),
        (em.ChooseEmergencyKind(emergency=emergency, about=em.EmergencyKind.ARREST), 3),
        (em.StampEmergencyStep(emergency=emergency, step="E0"), 4),
        (em.StampEmergencyStep(emergency=emergency, step="E2", earlier_s=10), 24),
        (em.StampEmergencyStep(emergency=emergency, step="E6"), 58),
    ]
    assert shown.count("RECORDED 22:13:") + shown.count("RECORDED 22:14:") == 5
    assert "E1  0:58 AMBER, patient out" in shown
    assert "COLLAPSE OR ARREST   (NOT SITE-APPROVED)" in shown
    assert "KEEP OUT: defibrillator" in shown
    assert "E1 stays open" in shown


@pytest.mark.parametrize(("second", "words"), [(44, "E1  0:44 >"), (58, "0:58 AMBER"), (61, "1:01 RED")])
def test_the_clock_is_shown_in_words(tmp_path: Path, second: int, words: str) -> None:
    shown, _ = rowed([("\n", 0.0), ("?\n", float(second))], tmp_path / "d", tmp_path)
    assert words in shown


@pytest.mark.parametrize("line", ["", "  ", "\x1b[20~", "\x05", "c", "2"])
def test_one_line_is_enough_to_open(tmp_path: Path, line: str) -> None:
    _, records = rowed(at_once(line), tmp_path / "d", tmp_path)
    assert isinstance(records[0].command, em.OpenEmergency)


def test_enter_with_one_open_shows_it_and_opens_no_other(tmp_path: Path) -> None:
    _, records = rowed([("\n", 0.0), ("\n", 5.0), ("\n", 60.0)], tmp_path / "d", tmp_path)
    assert len(records) == 1


def test_quench_steps_go_to_the_quench_log_as_a_suspicion(tmp_path: Path) -> None:
    _, records = rowed(at_once("q", "3", "10"), tmp_path / "d", tmp_path)
    asked = [late.command for late in records[2:]]
    assert asked[0] == quench.ReportQuench(how=quench.QuenchKind.SUSPECTED)
    assert asked[1] == quench.StampQuenchStep(step="Q2")
    assert isinstance(asked[2], em.StampEmergencyStep)
    assert asked[2].step == "E2"


@pytest.mark.parametrize("line", ["help", "99", "0", "1 -", "cc", "1; 2"])
def test_what_is_not_understood_is_not_recorded_and_says_so(tmp_path: Path, line: str) -> None:
    shown, records = rowed(at_once(line), tmp_path / "d", tmp_path)
    assert records == []
    assert "nothing recorded" in shown


def test_without_any_place_it_says_on_paper_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    shown, records = rowed(at_once("c", "2"), tmp_path / "file", tmp_path / "file")
    assert records == []
    assert shown.count(lifeboat.ON_PAPER) == 3
    assert "Cannot write here" in shown
    assert "2  Stop the scan" in shown


def test_without_a_data_directory_memory_keeps_it(tmp_path: Path) -> None:
    shown, records = rowed(at_once("c"), None, tmp_path)
    assert len(records) == 2
    assert lifeboat.ON_PAPER not in shown


def test_without_the_spools_code_it_says_on_paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mr_safety_console.engine.intake", None)
    clock, out = HandClock(), io.StringIO()
    lifeboat.run("broken", "", tmp_path, Typed(at_once("c", "1"), clock), out, clock, {})
    assert out.getvalue().count(lifeboat.ON_PAPER) == 3
    assert "spool cannot be loaded" in out.getvalue()


class Gone(io.StringIO):
    """A terminal that has hung up."""

    def write(self, text: str) -> int:
        raise OSError("gone")


def test_a_terminal_that_takes_nothing_stops_no_recording(tmp_path: Path) -> None:
    clock, environ = HandClock(), {"XDG_RUNTIME_DIR": str(tmp_path)}
    lifeboat.run("x", "y", tmp_path / "d", Typed(at_once("c", "1"), clock), Gone(), clock, environ)
    assert len(unread(SpoolReader(places(tmp_path / "d", environ)), ())) == 3


def test_no_card_and_no_sentence_promises_anything(tmp_path: Path) -> None:
    shown, _ = rowed(at_once("", *em.LETTERS, "1", "?", "huh", "99", "leave"), tmp_path / "d", tmp_path)
    assert not PROMISES.findall(shown.replace("magnet-safe location", ""))


def test_hostile_reasons_reach_the_terminal_inert(tmp_path: Path) -> None:
    shown, _ = rowed([], tmp_path / "d", tmp_path, "bad\x1b]0;owned\x07name\u202e", "\x1b[2J")
    assert not [char for char in shown if (ord(char) < 32 and char != "\n") or ord(char) > 126]


@settings(max_examples=40, deadline=None)
@given(lines=st.lists(st.text(st.characters(exclude_characters="\r\n"), max_size=12), max_size=6))
def test_no_line_breaks_it(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    place = tmp_path_factory.mktemp("boat")
    shown, records = rowed(at_once(*lines), place / "d", place)
    assert shown.count("RECORDED 22:13:") == len(records)
    assert shown.endswith("Left. The record is kept.\n")


def collect(into: list[Command]) -> Callable[[Command, Instant], str]:
    def record(command: Command, now: Instant) -> str:
        into.append(command)
        return ""

    return record


def test_the_dialogue_can_be_driven_line_by_line() -> None:
    given_: list[Command] = []
    boat = lifeboat.Lifeboat(io.StringIO(), HandClock(), collect(given_))
    for line in ("f\n", "u\n", "LEAVE\n"):
        boat.take(line)
    assert boat.left
    assert [type(command) for command in given_] == [
        em.OpenEmergency,
        em.ChooseEmergencyKind,
        em.ChooseEmergencyKind,
    ]


@pytest.mark.parametrize("module", ["lifeboat", "entry"])
def test_it_imports_nothing_but_the_standard_library(module: str) -> None:
    code = (
        "import sys\n"
        f"import mr_safety_console.{module}\n"
        "files = {n: getattr(m, '__file__', '') or '' for n, m in sys.modules.items()}\n"
        "print(*sorted(n for n, f in files.items() if n.startswith('mr_') or 'site-packages' in f))\n"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    names = set(done.stdout.split())
    assert {name.split(".")[0] for name in names} <= {"mr_safety_console", "_distutils_hack"}
    rooms = {name.split(".")[1] for name in names if name.count(".")}
    assert rooms <= {module, "domain"}
