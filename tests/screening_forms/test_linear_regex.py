"""Patterns of foreign forms: the same verdict as a backtracking engine, without ever running away."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening_forms.linear_regex import MAX_PATTERN, PatternError, compile_pattern

ATOMS = st.sampled_from(
    ["a", "b", "1", ".", r"\d", r"\w", r"\s", r"\D", "[ab]", "[^a]", "[a-c1]", r"\.", "-", "x"]
)
REPEATS = st.sampled_from(["", "", "", "*", "+", "?", "{2}", "{1,3}", "{2,}", "{0,1}"])


def joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    group = st.builds("(?:{}){}".format, parts, REPEATS) | st.builds("({})".format, parts)
    either = st.builds("({}|{})".format, parts, parts)
    row = st.lists(parts, min_size=1, max_size=4).map("".join)
    return group | either | row


PATTERNS = st.recursive(st.builds("{}{}".format, ATOMS, REPEATS), joined, max_leaves=6)


@settings(max_examples=600, deadline=None)
@given(PATTERNS, st.lists(st.text(alphabet="ab1x.- \nc_", max_size=8), max_size=12))
def test_it_agrees_with_a_backtracking_engine(pattern: str, texts: list[str]) -> None:
    ours, theirs = compile_pattern(pattern), re.compile(pattern, re.ASCII)
    for text in texts:
        assert ours.matches(text) == bool(theirs.fullmatch(text)), (pattern, text)


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (r"^[0-9]{5}(-[0-9]{4})?$", ["12345", "12345-6789"], ["1234", "12345-", "123456"]),
        (r"^(\+\d{1,3} )?\d{3}[- ]?\d{4}$", ["+44 555-1234", "5551234"], ["+4444 5551234", ""]),
        (r"[^@\s]+@[^@\s]+\.[^@\s]+", ["a@b.cd"], ["a@b", "a @b.cd"]),
        ("a|^b$|", ["a", "b", ""], ["ab"]),
        ("[]a]", ["]", "a"], ["b"]),
        ("[a-]", ["a", "-"], ["b"]),
        (r"\u00e9\x41", ["éA"], ["eA"]),
        ("a{,3}", ["a{,3}"], ["aaa"]),
        ("^a$b", [], ["ab", "a"]),
    ],
)
def test_patterns_of_the_field(pattern: str, good: list[str], bad: list[str]) -> None:
    compiled = compile_pattern(pattern)
    assert [text for text in good if compiled.matches(text)] == good
    assert not [text for text in bad if compiled.matches(text)]


@pytest.mark.parametrize(
    ("pattern", "what"),
    [
        (r"(a)\1", "is not supported"),
        ("(?=a)", "is not supported"),
        ("(?<!a)b", "is not supported"),
        ("(?i)a", "is not supported"),
        ("a*?", "lazy"),
        ("a++", "lazy, possessive"),
        (r"\bword", "is not supported"),
        (r"\p{L}", "is not supported"),
        ("[[:alpha:]]", "class inside a set"),
        ("(a", "left open"),
        ("a)", "stray"),
        ("[a", "ends too early"),
        ("*a", "repeats nothing"),
        ("[z-a]", "is empty"),
        ("a{3,2}", "a repeat of 3 to 2"),
        ("a{2000}", "a repeat of"),
        ("(((a{100}){100}))", "grows too large"),
        ("(" * 41 + "a" + ")" * 41, "nested too deep"),
        ("a" * (MAX_PATTERN + 1), "longer than"),
        ("^*", "repeats an edge"),
        ("\\", "ends too early"),
    ],
)
def test_what_cannot_be_tried_in_linear_time_is_refused_by_name(pattern: str, what: str) -> None:
    with pytest.raises(PatternError, match=re.escape(what)):
        compile_pattern(pattern)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab()[]{}|*+?^$\\.-,12dwx:=!<", max_size=20))
def test_any_text_as_a_pattern_compiles_or_is_refused(pattern: str) -> None:
    try:
        compiled = compile_pattern(pattern)
    except PatternError:
        return
    assert compiled.matches("ab12") in (True, False)


@pytest.mark.timing
@pytest.mark.parametrize("pattern", ["(a+)+", "(a|a)*", "(a|aa)+", "(.*)*x", "(a?){60}a{60}"])
def test_the_patterns_that_hang_others_take_no_time(pattern: str) -> None:
    compiled = compile_pattern(pattern)
    began = time.perf_counter()
    compiled.matches("a" * 2_000 + "b")
    assert time.perf_counter() - began < 2
