"""A held key acts once, a pressed one each time; told from bytes and an injected clock alone."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mr_safety_console.console.held import BEGIN_S, REPEAT_S, HeldDown
from mr_safety_console.console.pace import Keyboard, Scan
from mr_safety_console.console.wire import Emergency, Pasted, Sequence, Token, Typed

TICK_S = 0.005
REPEATS = [
    (0.25, 0.033),
    (0.5, 0.033),
    (0.66, 0.040),
    (0.5, 0.025),
    (0.4, 0.090),
    (0.25, 0.092),
    (1.0, 0.033),
]
"""Pause and period of kernel, Windows, X, GNOME, macOS, a virtual console, the slowest Windows pause."""
Told = Token | Scan | HeldDown


def told(presses: Iterable[tuple[float, bytes]], *, writing: bool = False) -> list[tuple[float, Told]]:
    """Return what the keyboard makes of bytes at their times, asked every 5 ms as the driver asks."""
    keyboard, now, out = Keyboard(lambda: writing), 0.0, []
    for at, data in sorted(presses, key=lambda press: press[0]):
        while keyboard.waiting and now + TICK_S < at:
            now += TICK_S
            out += [(now, token) for token in keyboard.feed(b"", now)]
        now = at
        out += [(now, token) for token in keyboard.feed(data, now)]
    while keyboard.waiting and now < 1_000:
        now += TICK_S
        out += [(now, token) for token in keyboard.feed(b"", now)]
    assert not keyboard.waiting
    return out


def typed(found: list[tuple[float, Told]]) -> str:
    return "".join(token.text for _, token in found if isinstance(token, Typed))


def warnings(found: list[tuple[float, Told]]) -> int:
    return sum(isinstance(token, HeldDown) for _, token in found)


def held(key: bytes, pause_s: float, period_s: float, seconds: float = 3.0) -> list[tuple[float, bytes]]:
    """Return what a terminal sends while a key is held."""
    count = int((seconds - pause_s) / period_s)
    return [(1.0, key), *((1.0 + pause_s + n * period_s, key) for n in range(count))]


@pytest.mark.parametrize("key", [b"n", b"y", b" ", b"3", b"\r"])
@pytest.mark.parametrize(("pause_s", "period_s"), REPEATS)
def test_a_key_held_for_three_seconds_acts_once_and_is_told_once(
    key: bytes, pause_s: float, period_s: float
) -> None:
    """I10: nothing is answered in bulk."""
    found = told(held(key, pause_s, period_s))
    assert typed(found) == key.decode()
    assert warnings(found) == 1


@given(
    st.sampled_from(REPEATS),
    st.lists(st.floats(-0.012, 0.012), min_size=200, max_size=200),
    st.lists(st.integers(0, 150), max_size=3),
)
def test_a_line_that_shakes_and_stalls_lets_no_repeat_of_a_held_key_through(
    repeat: tuple[float, float], shakes: list[float], stalls: list[int]
) -> None:
    """I10: a stall of 0.2 s, after which everything comes at once, costs nothing."""
    sent = held(b"n", *repeat)
    came: list[tuple[float, bytes]] = []
    late = 0.0
    for n, ((at, key), shake) in enumerate(zip(sent, shakes, strict=False)):
        late = max(late, at + 0.2) if n in stalls and n > 2 else late
        came.append((max(at + (shake if n else 0.0), late, came[-1][0] if came else 0.0), key))
    assert typed(told(came)) == "n"


@given(st.lists(st.tuples(st.floats(0.13, 2.0), st.sampled_from("nyu\r")), max_size=30))
def test_a_hand_answers_as_often_as_it_presses(presses: list[tuple[float, str]]) -> None:
    at, sent = 0.0, []
    for gap, key in presses:
        at += gap
        sent.append((at, key.encode()))
    found = told(sent)
    assert typed(found) == "".join(key for _, key in presses)
    assert warnings(found) == 0


def test_the_same_key_waits_an_eighth_of_a_second_and_another_key_waits_for_nothing() -> None:
    found = told([(1.0, b"n"), (1.5, b"n"), (1.9, b"y"), (4.0, b"y")])
    late = [round(at - pressed, 3) for (at, _), pressed in zip(found, (1.0, 1.5, 1.9, 4.0), strict=True)]
    assert late[1] == pytest.approx(0.020 + REPEAT_S, abs=3 * TICK_S)
    assert [late[0], late[2], late[3]] == pytest.approx([0.020] * 3, abs=TICK_S + 1e-6)
    assert BEGIN_S < 4.0 - 1.9


def test_another_key_lets_go_of_the_one_that_waits_before_it() -> None:
    assert typed(told([(1.0, b"n"), (1.3, b"n"), (1.35, b"y")])) == "nny"
    found = [token for _, token in told([(1.0, b"n"), (1.3, b"n"), (1.35, b"\x1b[A")])]
    assert found == [Typed("n"), Typed("n"), Sequence("\x1b[A")]


def test_a_key_pressed_again_after_a_holding_counts_again() -> None:
    held_first = held(b"n", 0.5, 0.033, 1.0)
    over = held_first[-1][0]
    found = told([*held_first, (over + 0.5, b"n")])
    assert typed(found) == "nn"
    assert warnings(found) == 1


def test_a_moved_mouse_does_not_make_a_held_key_many() -> None:
    moves = [(1.4 + n * 0.021, b"\x1b[<35;%d;5M" % (n + 1)) for n in range(60)]
    assert typed(told([*held(b"n", 0.5, 0.033), *moves])) == "n"


def test_letters_in_a_field_are_letters_and_a_held_enter_is_still_one() -> None:
    letters = [(1.0 + n * 0.03, char.encode()) for n, char in enumerate("bookkeeper aaa")]
    assert typed(told(letters, writing=True)) == "bookkeeper aaa"
    assert typed(told(held(b"\r", 0.5, 0.033), writing=True)) == "\r"
    assert len(typed(told(held(b"\x7f", 0.5, 0.033), writing=True))) > 50


def test_arrows_and_backspace_repeat_and_the_emergency_key_is_never_held_back() -> None:
    for key in (b"\x1b[B", b"\x7f"):
        sent = held(key, 0.25, 0.033)
        assert len(told(sent)) == len(sent)
    for key in (b"\x05", b"\x1b[20~"):
        sent = held(key, 0.25, 0.033)
        assert [token for _, token in told(sent)] == [Emergency()] * len(sent)
        mixed = told([*held(b"n", 0.25, 0.033), (2.0, key)])
        assert [at for at, token in mixed if token == Emergency()] == [2.0]


def test_a_burst_of_the_key_that_is_held_is_no_scan() -> None:
    """I10: a stalled line delivers ten repeats at once."""
    found = told([(1.0, b"n"), (1.5, b"n"), (1.6, b"n" * 10), (1.633, b"n"), (1.666, b"n")])
    assert typed(found) == "n"
    assert [type(token) for _, token in found] == [Typed, HeldDown]


def test_a_scan_keeps_its_doubled_characters() -> None:
    text = "00011122233\x1d44"
    slow = [(1.0 + n * 0.012, char.encode()) for n, char in enumerate(text)]
    assert [token for _, token in told(slow)] == [Scan(text, cut=False)]
    assert [token for _, token in told([(1.0, text.encode() + b"\r")])] == [Scan(text, cut=False)]


def test_a_paste_keeps_its_doubled_characters() -> None:
    assert [token for _, token in told([(1.0, b"\x1b[200~nnnn\x1b[201~")])] == [Pasted("nnnn", cut=False)]


@given(st.lists(st.tuples(st.floats(0, 1.5), st.sampled_from("ny\r \x7f")), max_size=40), st.booleans())
def test_what_comes_out_is_what_went_in_without_repeats(keys: list[tuple[float, str]], writing: bool) -> None:
    """Nothing is invented, nothing changes its order, and every first press of a key is there."""
    at, sent = 0.0, []
    for gap, key in keys:
        at += max(gap, 0.021)
        sent.append((at, key.encode()))
    out = iter(typed(told(sent, writing=writing)))
    last = ""
    came = next(out, "")
    for _, key in keys:
        if came == key:
            came = next(out, "")
        else:
            assert key == last
        last = key
    assert came == ""
