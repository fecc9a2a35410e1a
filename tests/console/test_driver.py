"""Taking a terminal's bytes apart: nothing is stuck, nothing raises, the emergency key is always seen."""

from __future__ import annotations

import os
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mr_safety_console.console import driver
from mr_safety_console.console.pace import BURST_CHARS, Burst, Gate, Keyboard, Scan
from mr_safety_console.console.printable import keyable, pasteable, presentable
from mr_safety_console.console.wire import (
    MAX_COLUMNS,
    MAX_ROWS,
    PASTE_CHARS,
    Emergency,
    Pasted,
    Sequence,
    Splitter,
    Token,
    Typed,
    clamp,
    is_emergency,
)

F9_FORMS = (
    "\x1b[20~", "\x1b[20;1~", "\x1b[20;2~", "\x1b[20;65~", "\x1b[20;129~", "\x1b[20;1:1~", "\x1b[20^",
    "\x1b[20$", "\x1b[101;5u", "\x1b[101;69u", "\x1b[101:69;6u", "\x1b[69;6u", "\x1b[101;5:1u",
    "\x1b[101;5;5u", "\x1b[27;5;101~",
)  # fmt: skip
OTHERS = (
    "\x1b[21~",
    "\x1b[19~",
    "\x1b[101u",
    "\x1b[101;1u",
    "\x1b[101;2u",
    "\x1b[20;1:3~",
    "\x1b[101;5:3u",
    "\x1b[2~",
)

HALF = (
    b"\x1b", b"\x1b[", b"\x1b[4", b"\x1bO", b"\x1b]0;x", b"\x1bP1", b"\x1b[M", b"\x1b[M!", b"\x1b[[", b"\xc3",
    b"\xf0\x9f", b"\x1b[<0;1;", b"\x1b[200", b"\x1b_G", b"\x1b\x1b", b"\x1b[48;9;9;", b"\x1b[200~",
    b"\x1b[200~\x1b[20",
)  # fmt: skip
fragments = st.one_of(
    st.binary(max_size=12), st.sampled_from((*HALF, b"\x1b[201~", b"\x1b\\", b"\x07", b"\xff"))
)


def run(*chunks: tuple[float, bytes], until: float = 60.0) -> list[Token]:
    splitter = Splitter()
    tokens: list[Token] = []
    for at, data in chunks:
        tokens += splitter.feed(data, at)
    return tokens + list(splitter.tick(until))


@pytest.mark.parametrize("form", F9_FORMS)
def test_each_encoding_is_the_emergency_key(form: str) -> None:
    assert is_emergency(form)
    assert run((0, form.encode())) == [Emergency()]
    assert run((0, b"\x1b" + form.encode())) == [Emergency()]


@pytest.mark.parametrize("form", OTHERS)
def test_other_keys_and_releases_are_not(form: str) -> None:
    assert run((0, form.encode())) == [Sequence(form)]


def test_control_e_between_letters_is_seen_but_not_deep_inside_a_scan() -> None:
    assert run((0, b"ab\x05cd")) == [Typed("ab"), Emergency(), Typed("cd")]
    assert run((0, b"0123456\x050123456")) == [Typed("01234560123456")]
    assert run((0, b"0123456\x05")) == [Typed("0123456"), Emergency()]


@given(
    st.lists(st.tuples(st.floats(0.0, 0.4), fragments), max_size=12), st.sampled_from((b"\x05", b"\x1b[20~"))
)
@example([(0.0, b"\x1b[200~abc")], b"\x1b[20~")
@example([(0.0, b"\x1b]52;c;")], b"\x05")
@example([(0.0, b"\xe2\x82")], b"\x1b[20~")
def test_the_emergency_key_is_seen_within_a_second_after_any_junk(
    junk: list[tuple[float, bytes]], key: bytes
) -> None:
    splitter = Splitter()
    now = 0.0
    for gap, data in junk:
        now += gap
        list(splitter.feed(data, now))
    seen = [*splitter.feed(key, now), *splitter.tick(now + 1.0), *splitter.tick(now + 1.6)]
    assert Emergency() in seen
    assert not splitter.waiting


@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=6))
def test_how_a_read_was_cut_makes_no_difference(data: bytes, cuts: list[int]) -> None:
    whole = run((0, data))
    edges = sorted({0, len(data), *(min(cut, len(data)) for cut in cuts)})
    split = run(*[(0, data[a:b]) for a, b in pairwise(edges)])

    def joined(tokens: list[Token]) -> list[Token]:
        out: list[Token] = []
        for token in tokens:
            if isinstance(token, Typed) and out and isinstance(out[-1], Typed):
                out[-1] = Typed(out[-1].text + token.text)
            else:
                out.append(token)
        return out

    embedded = b"\x05" in data
    assert embedded or joined(split) == joined(whole)


def test_paste_hides_the_key_but_a_paste_without_end_does_not_swallow_it() -> None:
    assert run((0, b"\x1b[200~a\x05b\x1b[20~\x1b[201~c")) == [Pasted("a\x05b\x1b[20~", cut=False), Typed("c")]
    assert run((0, b"\x1b[200~abc"), (0.5, b"\x1b[20~")) == [Pasted("abc\x1b[20~", cut=True), Emergency()]
    assert run((0, b"\x1b[200~abc"), (1.5, b"y")) == [Pasted("abc", cut=True), Typed("y")]


def test_a_huge_paste_is_cut_and_said_so() -> None:
    (token,) = run((0, b"\x1b[200~" + b"x" * 200_000 + b"\x1b[201~"))
    assert token == Pasted("x" * PASTE_CHARS, cut=True)


def test_terminal_answers_are_swallowed_and_type_nothing() -> None:
    assert run((0, b"\x1b]11;rgb:0000/aaaa/dddd\x07\x1bP1$r0m\x1b\\\x1b_Gok\x1b\\y")) == [Typed("y")]


def test_a_lone_escape_waits_a_moment_and_is_then_the_key() -> None:
    splitter = Splitter()
    assert list(splitter.feed(b"\x1b", 0.0)) == []
    assert list(splitter.tick(0.05)) == []
    assert list(splitter.tick(0.11)) == [Sequence("\x1b")]
    assert run((0, b"\x1bx")) == [Sequence("\x1bx")]


def test_a_sequence_cut_by_a_slow_line_is_put_together() -> None:
    assert run((0, b"\x1b[2"), (0.3, b"0~")) == [Emergency()]
    assert run((0, b"\x1b[1"), (0.4, b"A")) == [Sequence("\x1b[1A")]


def paces(*chunks: tuple[float, str]) -> list[Typed | Sequence | Scan]:
    burst = Burst()
    out: list[Typed | Sequence | Scan] = []
    for at, text in chunks:
        out += burst.feed(text, at)
    return out + list(burst.tick(1e9))


def test_a_scan_is_one_thing_and_its_enter_is_part_of_it() -> None:
    assert paces((0, "(01)0123\x1d21AB\r")) == [Scan("(01)0123\x1d21AB", cut=False)]
    assert paces(*[(n * 0.01, ch) for n, ch in enumerate("ABC123")], (1.0, "y")) == [
        Scan("ABC123", cut=False),
        Typed("y"),
    ]


@pytest.mark.parametrize("suffix", ["\r", "\n", "\r\n", "\t"])
@pytest.mark.parametrize("lag_s", [0.0, 0.01, 0.06, 0.2])
def test_what_a_scanner_sends_behind_a_code_is_no_key(suffix: str, lag_s: float) -> None:
    assert paces((0, "ABC123"), (lag_s, suffix)) == [Scan("ABC123", cut=False)]
    assert paces((0, "ABC123"), (0.31, "\r")) == [Scan("ABC123", cut=False), Typed("\r")], "a hand's Enter"


def keyboard_hears(*chunks: tuple[float, bytes]) -> list[object]:
    keyboard = Keyboard()
    out: list[object] = []
    for at, data in chunks:
        out += keyboard.feed(data, at)
    return out + list(keyboard.feed(b"", 1e9))


def test_f8_inside_a_scan_is_its_separator_and_alone_is_the_key() -> None:
    f8 = b"\x1b[19~"
    assert keyboard_hears((0, b"10ABC123" + f8 + b"21SN\r")) == [Scan("10ABC123\x1d21SN", cut=False)]
    assert keyboard_hears((0, f8 + b"0109521101530001")) == [Scan("\x1d0109521101530001", cut=False)]
    assert keyboard_hears((0, f8)) == [Sequence(f8.decode())]
    assert keyboard_hears((0, f8 * 8)) == [Sequence(f8.decode())] * 8
    assert keyboard_hears((0, b"y"), (0.005, f8), (0.4, b"n")) == [
        Typed("y"),
        Sequence(f8.decode()),
        Typed("n"),
    ]
    assert keyboard_hears((0, b"ABC" + f8 + b"DEF\x1b[20~")) == [Scan("ABC\x1dDEF", cut=False), Emergency()]


def test_a_person_types_keys() -> None:
    typed = [(n * 0.03, ch) for n, ch in enumerate("ynuaynua\r")]
    assert paces(*typed) == [Typed(ch) for _, ch in typed]
    assert paces((0, "yes\r")) == [Typed("yes"), Typed("\r")]


def test_held_characters_are_let_go_after_twenty_milliseconds() -> None:
    burst = Burst()
    assert list(burst.feed("y", 10.0)) == []
    assert burst.due_in == pytest.approx(0.02)
    assert list(burst.tick(10.019)) == []
    assert list(burst.tick(10.021)) == [Typed("y")]
    assert burst.due_in is None


def test_a_scan_that_never_ends_is_bounded() -> None:
    burst = Burst()
    for n in range(1_000):
        assert list(burst.feed("x" * 4_096, n * 0.001)) == []
    assert list(burst.tick(10)) == [Scan("x" * BURST_CHARS, cut=True)]


@given(st.lists(st.tuples(st.floats(0, 3), st.integers(1, 4_096)), min_size=1, max_size=40))
def test_the_gate_never_lets_more_through_than_its_bucket_and_rate(presses: list[tuple[float, int]]) -> None:
    gate = Gate()
    now = passed = 0.0
    for gap, wanted in presses:
        now += gap
        passed += gate.take(wanted, now)
    assert passed <= 512 + 200 * now + 1
    assert gate.refused + passed == sum(wanted for _, wanted in presses)


@given(st.integers(), st.integers())
def test_any_size_is_clamped(columns: int, rows: int) -> None:
    width, height = clamp(columns, rows)
    assert 1 <= width <= MAX_COLUMNS
    assert 1 <= height <= MAX_ROWS


@given(st.text(max_size=60))
def test_typed_and_pasted_text_carries_no_hidden_character(text: str) -> None:
    assert not any("\x7f" < ch < "\xa0" or ch in "\u200b\u202e\ufffd\ufeff" for ch in keyable(text))
    assert all(ch == "\n" or (ch >= " " and ch != "\x7f") for ch in pasteable(text))


def test_output_loses_titles_clipboard_links_and_c1_and_keeps_the_rest() -> None:
    link = "\x1b]8;id=1;http://x\x1b\\word\x1b]8;;\x1b\\"
    assert presentable(f"\x1b[1;1H{link}\x1b]52;c;AA\x07\x9b2J\x1b[0m é ▒") == "\x1b[1;1Hword2J\x1b[0m é ▒"


def test_no_name_of_textual_that_the_driver_needs_is_missing() -> None:
    assert driver.why_not_hardened() == ""
    assert driver.driver_class() is driver.HardenedDriver


def test_a_missing_name_means_the_stock_driver_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = (*driver._NEEDED, (driver.LinuxDriver, ("_gone_in_another_version",)))
    monkeypatch.setattr(driver, "_NEEDED", needed)
    assert driver.why_not_hardened() == "LinuxDriver._gone_in_another_version"
    assert driver.driver_class() is None


@pytest.mark.soak
def test_a_million_random_bytes_never_stop_the_splitter() -> None:
    splitter = Splitter()
    for n in range(20_000):
        list(splitter.feed(os.urandom(64), n * 0.01))
        if n % 50 == 0:
            found = [*splitter.feed(b"\x1b[20~", n * 0.01), *splitter.tick(n * 0.01 + 1.6)]
            assert Emergency() in found
