"""P12, P13, P14 on real terminals: the emergency key after anything, sizes, signals, hang-ups, faults."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.terminal import Terminal
from support.waiting import wait_until

PROBE = str(Path(__file__).parent / "apps" / "probe.py")
F9 = b"\x1b[20~"
CTRL_E = b"\x05"
CTRL_L = b"\x0c"
CTRL_O = b"\x0f"
DEADLINE_S = 2.0

pytestmark = pytest.mark.pty


def start(tmp_path: Path, *args: str) -> Terminal:
    terminal = Terminal([PROBE, *args], tmp_path / "log")
    try:
        assert terminal.wait_for("ready", deadline_s=20)[0]["hardened"]
    except BaseException:
        terminal.close()
        raise
    return terminal


@pytest.fixture
def probe(tmp_path: Path) -> Iterator[Terminal]:
    """An app with a dialog open and an input focused."""
    with start(tmp_path) as terminal:
        yield terminal


def press_emergency(terminal: Terminal, key: bytes = F9) -> None:
    """Press the key; fail unless the hook and the app have it within two seconds."""
    hooks, actions = len(terminal.events("hook")), len(terminal.events("action"))
    pressed = time.monotonic()
    terminal.type(key)
    hook = terminal.wait_for("hook", hooks + 1, DEADLINE_S)[-1]
    terminal.wait_for("action", actions + 1, DEADLINE_S)
    assert hook["thread"] == "textual-input"
    assert hook["t"] - pressed < DEADLINE_S


def field(terminal: Terminal) -> str:
    seen = len(terminal.events("field"))
    terminal.type(CTRL_L)
    return str(terminal.wait_for("field", seen + 1)[-1]["value"])


def test_emergency_key_after_each_of_256_bytes(probe: Terminal) -> None:
    """P12: also with an input focused and a dialog open."""
    for byte in range(256):
        if bytes([byte]) != CTRL_O:
            probe.type(bytes([byte]))
        press_emergency(probe, F9 if byte % 2 else CTRL_E)
    assert probe.wait_for("beat")[-1]["input_errors"] == 0
    assert probe.process.poll() is None


def junk(seed: int, count: int) -> list[bytes]:
    rng = random.Random(seed)
    heads = (
        b"",
        b"\x1b[",
        b"\x1bP",
        b"\x1b]",
        b"\x1b[200~",
        b"\x1b[<",
        b"\x1bO",
        b"\xff\xfe",
        b"\x1b[M",
        b"\x1b[48;",
    )
    return [rng.choice(heads) + rng.randbytes(rng.randrange(40)).replace(CTRL_O, b"") for _ in range(count)]


@pytest.mark.parametrize(
    "count", [20, pytest.param(5_000, marks=[pytest.mark.soak, pytest.mark.timeout(1_800)])]
)
def test_emergency_key_after_random_chunks(probe: Terminal, count: int) -> None:
    """P12. The seed is printed by the parameters of a failure."""
    for chunk in junk(20_260_101, count):
        probe.type(chunk)
        press_emergency(probe)
    assert probe.events("beat")[-1]["input_alive"]


def test_unterminated_paste_and_string_and_bad_utf8_kill_nothing(probe: Terminal) -> None:
    for broken in (
        b"\x1b[200~never ends",
        b"\x1b]52;c;AAAA",
        b"\xe9",
        b"\xff" * 50,
        b"\x1bP+q",
        b"\x1b[200~\x1b[20",
    ):
        probe.type(broken)
        press_emergency(probe)
    probe.type(b"\x1b[200~x")
    press_emergency(probe, CTRL_E)


def test_a_paste_arrives_whole_and_without_controls(probe: Terminal) -> None:
    probe.type(b"\x1b[200~Ab\x1b[31m\xe2\x80\xaec\x05\x1b[201~")
    wait_until(lambda: "Ab[31mc" in probe.lines()[1], 5, "the paste in the field")
    assert field(probe) == "Ab[31mc"
    assert probe.events("hook") == []


@pytest.mark.parametrize(
    "flood", [b"x", b"\x1b[A", b"\xc3\xa9\r", b"\x1b[<0;5;5M"], ids=["letters", "arrows", "enter", "mouse"]
)
@pytest.mark.parametrize("size", [200_000, pytest.param(1_000_000, marks=pytest.mark.soak)])
def test_emergency_key_after_a_flood(probe: Terminal, flood: bytes, size: int) -> None:
    """P12: two seconds from the press, although the terminal still delivers the flood before it."""
    probe.type(flood * (size // len(flood)))
    press_emergency(probe)


def test_a_scan_is_one_message_and_no_key(probe: Terminal) -> None:
    probe.type(b"(01)09521101530001\x1d(17)271231\r")
    scanned = probe.wait_for("scanned")[0]
    assert (scanned["text"], scanned["cut"]) == ("(01)09521101530001\x1d(17)271231", False)
    assert field(probe) == ""


def test_typed_letters_are_keys(probe: Terminal) -> None:
    for letter in "abcdefgh":
        before = len(probe.events("beat"))
        probe.type(letter.encode())
        wait_until(lambda want=letter: want in probe.lines()[1], 5, f"{letter} on screen")
        assert len(probe.events("beat")) >= before
    assert field(probe) == "abcdefgh"


def test_absurd_sizes_are_clamped(probe: Terminal) -> None:
    """P13."""
    for size in ((65_535, 65_535), (1, 1), (500, 200), (0, 0), (120, 40)):
        probe.resize(*size)
    probe.type(b"\x1b[48;60000;60000;1;1t\x1b[48;0;0;0;0t\x1b[?2048;1$y")
    wait_until(
        lambda: [(e["columns"], e["rows"]) for e in probe.events("resize")][-1:] == [(120, 40)], 10, "120×40"
    )
    assert all(1 <= e["columns"] <= 500 and 1 <= e["rows"] <= 200 for e in probe.events("resize"))
    press_emergency(probe)


@pytest.mark.soak
@pytest.mark.timeout(300)
def test_five_hundred_random_sizes(probe: Terminal) -> None:
    """P13."""
    rng = random.Random(7)
    for _ in range(500):
        probe.resize(rng.randrange(1, 501), rng.randrange(1, 201))
        press_emergency(probe)


def test_a_terminal_that_is_not_read_stops_nobody(tmp_path: Path) -> None:
    with start(tmp_path, "--paint") as terminal:
        terminal.stop_reading()
        wait_until(lambda: any(e["stuck"] for e in terminal.events("beat")), 15, "output noticed as stuck")
        stalled = len(terminal.events("beat"))
        press_emergency(terminal)
        terminal.wait_for("beat", stalled + 4)
        assert max(e["worst"] for e in terminal.events("beat")[stalled:]) < 0.5
        terminal.read_again()
        wait_until(lambda: any("EMERGENCY 1" in line for line in terminal.lines()), 5, "a whole repaint")
        seen = len(terminal.events("beat"))
        assert not terminal.wait_for("beat", seen + 2)[-1]["stuck"]


@pytest.mark.parametrize(("signum", "code"), [(1, 129), (2, 130), (3, 131), (15, 143)])
def test_closing_signals_end_in_order_and_restore_the_terminal(
    probe: Terminal, signum: int, code: int
) -> None:
    """P14."""
    sent = time.monotonic()
    probe.process.send_signal(signum)
    assert probe.process.wait(5) == code
    assert time.monotonic() - sent < 3
    assert probe.events("signal")[0]["signum"] == signum
    assert probe.modes_now() == probe.modes_before
    wait_until(lambda: b"\x1b[?1049l" in probe.raw and b"\x1b[?25h" in probe.raw, 2, "screen given back")


@pytest.mark.parametrize(
    "signum", [signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU, signal.SIGUSR1, signal.SIGUSR2]
)
def test_stopping_signals_are_ignored(probe: Terminal, signum: signal.Signals) -> None:
    """P14."""
    probe.process.send_signal(signum)
    press_emergency(probe)


def test_stopped_and_continued_from_outside_it_goes_on(probe: Terminal) -> None:
    """P14."""
    probe.process.send_signal(signal.SIGSTOP)
    probe.process.send_signal(signal.SIGCONT)
    press_emergency(probe)
    beats = len(probe.events("beat"))
    probe.wait_for("beat", beats + 2)
    assert len(probe.events("hook")) == 1


def test_a_terminal_that_goes_away_ends_it_without_spinning(probe: Terminal) -> None:
    """P14."""
    probe.hang_up()
    assert probe.process.wait(5) == 129
    assert probe.events("signal")[0]["signum"] == signal.SIGHUP


def test_closing_while_the_terminal_is_not_read(tmp_path: Path) -> None:
    with start(tmp_path, "--paint") as terminal:
        terminal.stop_reading()
        wait_until(lambda: any(e["stuck"] for e in terminal.events("beat")), 15, "output noticed as stuck")
        sent = time.monotonic()
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.process.wait(6) == 143
        assert terminal.events("ended")[0]["t"] - sent < DEADLINE_S, "in order, not by the deadline"


def test_a_fault_while_the_terminal_is_not_read_still_ends(tmp_path: Path) -> None:
    with start(tmp_path, "--paint") as terminal:
        terminal.stop_reading()
        wait_until(lambda: any(e["stuck"] for e in terminal.events("beat")), 15, "output noticed as stuck")
        terminal.type(CTRL_O)
        assert terminal.process.wait(5) == 1
        assert len(list((tmp_path / "crash").iterdir())) == 1


def test_a_fault_of_ours_leaves_no_value_on_screen_or_disk(probe: Terminal, tmp_path: Path) -> None:
    probe.type(CTRL_O)
    assert probe.process.wait(5) == 1
    (path,) = (tmp_path / "crash").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    crash = json.loads(path.read_text())
    assert crash["types"] == ["builtins.ValueError"]
    assert crash["frames"][-1].endswith(f":{crash['line']}")
    wait_until(lambda: b"Internal fault builtins.ValueError" in probe.raw, 2, "the line that names the place")
    assert b"999" not in probe.raw
    assert "999" not in path.read_text()
    assert probe.modes_now() == probe.modes_before


def test_idle_costs_little(probe: Terminal) -> None:
    beats = len(probe.events("beat"))
    before = probe.cpu_s()
    probe.wait_for("beat", beats + 8)
    assert probe.cpu_s() - before < 1.0
    assert os.path.exists(f"/proc/{probe.process.pid}")
