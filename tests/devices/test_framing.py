from __future__ import annotations

import itertools
import random

from hypothesis import given
from hypothesis import strategies as st
from support.device_wire import state

from devices.framing import LIMIT, Splitter

LINES = [state(seq, 1000 * seq) for seq in range(3)]
STREAM = b"".join(LINES)


def feed(pieces: list[bytes]) -> tuple[list[bytes], int]:
    splitter = Splitter()
    lines: list[bytes] = []
    errors = 0
    for piece in pieces:
        cut = splitter.feed(piece)
        lines += cut.lines
        errors += cut.errors
        assert splitter.held < LIMIT
    return lines, errors


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_any_cutting_gives_the_same_lines(places: list[int]) -> None:
    cuts = sorted({0, len(STREAM), *places})
    pieces = [STREAM[a:b] for a, b in itertools.pairwise(cuts)]
    assert feed(pieces) == ([line[:-1] for line in LINES], 0)


def test_byte_at_a_time() -> None:
    assert feed([bytes([byte]) for byte in STREAM]) == ([line[:-1] for line in LINES], 0)


def test_two_glued_sentences_cost_the_first_and_keep_the_second() -> None:
    assert feed([LINES[0][:-2] + LINES[1]]) == ([LINES[1][:-1]], 1)


def test_a_whole_sentence_behind_a_torn_one_is_kept() -> None:
    assert feed([LINES[0][:30], LINES[1]]) == ([LINES[1][:-1]], 1)


def test_carriage_return_alone_ends_nothing() -> None:
    lines, errors = feed([LINES[0][:-1] * 40])
    assert lines == []
    assert errors >= 1


def test_line_without_dollar_is_an_error() -> None:
    assert feed([b"hello\r\n"]) == ([], 1)


def test_overlong_line_in_one_piece_and_in_many() -> None:
    line = b"$" + b"x" * 300 + b"\r\n"
    assert feed([line])[0] == []
    assert feed([line])[1] == 1
    lines, errors = feed([bytes([byte]) for byte in line])
    assert (lines, errors) == ([], 1)


def test_exactly_the_limit_passes_and_one_more_does_not() -> None:
    longest = b"$" + b"x" * (LIMIT - 3) + b"\r\n"
    assert len(longest) == LIMIT
    assert feed([longest]) == ([longest[:-1]], 0)
    assert feed([b"$" + longest]) == ([longest[:-1]], 1)
    assert feed([b"$x" + longest[1:]]) == ([], 1)


def test_a_megabyte_of_0xff_holds_nothing_and_is_counted() -> None:
    splitter = Splitter()
    errors = 0
    for _ in range(256):
        errors += splitter.feed(b"\xff" * 4096).errors
        assert splitter.held < LIMIT
    assert 2000 <= errors <= 2100
    cut = splitter.feed(LINES[0])
    assert cut.lines == (LINES[0][:-1],)
    assert cut.errors == 1


def test_hundred_kilobytes_without_line_end_then_a_sentence() -> None:
    chance = random.Random(3)
    babble = bytes(chance.choice(b"abc$*,=0") for _ in range(100_000))
    lines, errors = feed([babble, b"\r\n", LINES[0]])
    assert lines[-1] == LINES[0][:-1]
    assert errors >= 190


@given(st.lists(st.binary(max_size=700), max_size=20))
def test_never_more_than_the_limit_is_held_and_lines_start_with_a_dollar(pieces: list[bytes]) -> None:
    lines, _ = feed(pieces)
    assert all(line.startswith(b"$") and len(line) < LIMIT and b"\n" not in line for line in lines)
