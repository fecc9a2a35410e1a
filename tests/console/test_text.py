"""P11, pure part: hostile text becomes inert content with every visible word kept."""

from __future__ import annotations

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.content import Content

from mr_safety_console.console.text import BLOCK_CAP, NEWLINE, block, columns, fit, lines, plain, spans, txt
from mr_safety_console.console.theme import MARKS, STYLES, Tone, flash_on, flashes
from mr_safety_console.domain.text import clean

HOSTILE = (
    "[MR Unsafe]", "[/foo]", "[@click=app.quit]x[/]", "[link=http://x]y", "Implant [aneurysm clip] - STOP",
    "\x1b[2J\x1b]0;title\x07", "\x9b31m", "\x1b]52;c;ZXZpbA==\x07", "a\rb\nc",
    "\u202egnp.exe", "e" + "\u0301" * 50,
    "\x00", "\ud800", "\u200bhid\u2060den", "[bold", "\\[x]", "$error", "]", "\x7f\x08\x08", "\u2028\u2029",
)  # fmt: skip
hostile_text = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=400)).map(str)


def inert(text: str) -> bool:
    return not any(unicodedata.category(ch) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for ch in text)


@given(hostile_text)
@example("[MR Unsafe]")
@example("\r\n" * 300)
def test_shown_text_is_the_cleaned_text_word_for_word(value: str) -> None:
    shown = txt(value).plain
    assert inert(shown)
    assert len(shown) <= 256
    one_line = value.replace("\r\n", NEWLINE).replace("\n", NEWLINE).replace("\r", NEWLINE)
    if len(one_line) <= 256:
        assert shown == clean(one_line)


@given(hostile_text, hostile_text, st.sampled_from(list(Tone)))
def test_pieces_keep_their_words_and_their_tones(one: str, two: str, tone: Tone) -> None:
    joined = spans((one, tone), " | ", two)
    assert joined.plain == f"{plain(one)} | {plain(two)}"
    if STYLES[tone] and plain(one):
        assert [(s.start, s.end, s.style) for s in joined.spans] == [(0, len(plain(one)), STYLES[tone])]


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_inert(value: bytes) -> None:
    assert inert(txt(value).plain)


@given(st.text(max_size=200), st.integers(1, 60))
def test_fit_is_exact_in_cells(value: str, width: int) -> None:
    assert fit(txt(value), width).cell_length == width


@given(hostile_text)
def test_block_keeps_line_breaks_and_nothing_else_of_control(value: str) -> None:
    shown = block(value).plain
    assert len(shown) <= BLOCK_CAP
    assert inert(shown.replace("\n", ""))


def test_huge_text_is_cut_and_marked() -> None:
    assert txt("x" * 10_000_000).plain == "x" * 255 + "…"
    assert len(block("y\n" * 1_000_000).plain) == BLOCK_CAP


def test_columns_and_lines() -> None:
    assert columns((txt("FMD01"), 7), (txt("door"), 4)).plain == "FMD01   door"
    assert lines(txt("a"), txt("b")).plain == "a\nb"
    assert cell_len(columns((txt("磁石"), 3)).plain) == 3


def test_content_passes_through_unchanged() -> None:
    ready = Content.styled("x", "bold")
    assert spans(ready).is_same(ready)


def test_every_state_has_a_mark_of_its_own_so_that_colour_is_never_alone() -> None:
    marks = [MARKS[t] for t in Tone if t in MARKS]
    assert len(set(marks)) == len(marks)
    assert "▒" in MARKS[Tone.UNKNOWN]
    for tone in (Tone.HIGH, Tone.MEDIUM, Tone.LOW, Tone.UNKNOWN):
        assert STYLES[tone] != STYLES[Tone.PLAIN]


@given(st.integers(0, 10**15))
def test_flash_rates(bt: int) -> None:
    assert flash_on(Tone.HIGH, bt) is flash_on(Tone.HIGH, bt + 500_000_000)
    assert flash_on(Tone.HIGH, bt) is not flash_on(Tone.HIGH, bt + 250_000_000)
    assert flash_on(Tone.LOW, bt)
    assert not flashes(Tone.LOW)
