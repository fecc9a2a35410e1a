"""Polarity, debounce, two contacts of one door, a meter: levels in, letters out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.inputs import Input, InputError, Module, Scale
from devices.wiring import Wired

MS = 1_000_000
Trace = list[tuple[int, tuple[int, ...]]]


def letters(described: Input, trace: Trace) -> str:
    """What a trace of (ms, levels) comes to, one letter each."""
    wired = Wired(described)
    return "".join(wired.take(levels, at * MS)[0] for at, levels in trace)


def test_danger_counts_at_once_and_rest_only_after_it_has_settled() -> None:
    trace: Trace = [(0, (1,)), (40, (1,)), (50, (1,)), (60, (0,)), (70, (1,)), (119, (1,)), (120, (1,))]
    assert letters(Input("door", 0), trace) == "UUNAAAN"


def test_a_glitch_of_one_look_is_danger_and_the_settling_starts_anew() -> None:
    trace: Trace = [(at, (at != 200,)) for at in range(0, 400, 20)]  # type: ignore[misc]
    assert letters(Input("door", 0, settle_ms=100), trace) == "UUUUU" + "NNNNN" + "A" * 6 + "NNNN"


def test_polarity_belongs_to_each_input() -> None:
    assert letters(Input("nc", 0), [(0, (0,))]) == "A"
    assert letters(Input("no", 0, rest=False), [(0, (1,)), (1, (0,)), (51, (0,))]) == "AAN"


def pair(**changes: int) -> Input:
    return Input("door", 0, pair=1, pair_rest=False, settle_ms=0, **changes)  # type: ignore[arg-type]


SHUT, OPEN, STUCK_SHUT, STUCK_OPEN = (1, 0), (0, 1), (1, 1), (0, 0)


def test_two_contacts_are_open_as_soon_as_one_says_so() -> None:
    assert letters(pair(), [(0, SHUT), (10, STUCK_SHUT), (20, OPEN), (30, STUCK_OPEN), (40, SHUT)]) == "NAAAN"


@pytest.mark.parametrize("parted", [STUCK_SHUT, STUCK_OPEN])
def test_disagreement_is_danger_first_and_a_discrepancy_after_its_time(parted: tuple[int, int]) -> None:
    trace: Trace = [(0, SHUT), (100, parted), (599, parted), (600, parted), (700, SHUT), (800, SHUT)]
    assert letters(pair(), trace) == "NAAXXX"


def test_after_a_discrepancy_the_door_must_be_seen_open_and_shut_by_both() -> None:
    trace: Trace = [
        (0, STUCK_SHUT),
        (600, STUCK_SHUT),
        (700, SHUT),
        (800, OPEN),
        (900, STUCK_SHUT),
        (950, SHUT),
    ]
    assert letters(pair(), trace) == "AXXAXN"


@pytest.mark.parametrize("parted", [STUCK_SHUT, STUCK_OPEN])
def test_having_been_open_before_a_discrepancy_does_not_end_it(parted: tuple[int, int]) -> None:
    """I3: the opening that shows both contacts to move must come after they disagreed."""
    trace: Trace = [(0, SHUT), (50, OPEN), (100, parted), (600, parted), (700, SHUT), (9000, SHUT)]
    assert letters(pair(), trace) == "NAAXXX"


@given(
    st.lists(
        st.tuples(st.integers(1, 200), st.sampled_from([SHUT, OPEN, STUCK_SHUT, STUCK_OPEN])), max_size=60
    )
)
def test_a_pair_is_at_rest_only_while_both_contacts_are(steps: list[tuple[int, tuple[int, int]]]) -> None:
    """I3: whatever came before, N needs both contacts at rest now, and both open is always danger."""
    wired, at = Wired(pair()), 0
    for pause, levels in steps:
        at += pause
        letter, _ = wired.take(levels, at * MS)
        assert letter != "N" or levels == SHUT
        assert levels != OPEN or letter == "A"
        assert levels == SHUT or letter in "AX"


@given(st.lists(st.tuples(st.integers(1, 40), st.booleans()), min_size=1, max_size=80))
def test_rest_is_believed_only_after_the_whole_settling_time(steps: list[tuple[int, bool]]) -> None:
    wired, at, rests_since = Wired(Input("x", 0, settle_ms=60)), 0, None
    for pause, level in steps:
        at += pause
        rests_since = (at if rests_since is None else rests_since) if level else None
        letter, _ = wired.take((level,), at * MS)
        assert (letter == "N") == (rests_since is not None and at - rests_since >= 60)
        assert level or letter == "A"


def meter(**changes: int) -> Input:
    return Input("O2", 0, settle_ms=0, scale=Scale((4000, 20000), **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("raw", "letter", "tenths"),
    [
        (17376, "N", 209),
        (16544, "N", 196),
        (16543, "A", 195),
        (4000, "A", 0),
        (3600, "A", -7),
        (3599, "F", None),
        (19039, "N", 234),
        (19040, "A", 235),
        (21000, "A", 265),
        (21001, "F", None),
    ],
)
def test_a_meter_is_danger_when_low_and_when_high_and_faulty_outside_its_wire(
    raw: int, letter: str, tenths: int | None
) -> None:
    found, value = Wired(meter()).take((raw,), 0)
    assert (found, value) == (letter, tenths)


def test_oxygen_limits_cannot_be_loosened() -> None:
    assert Wired(meter(danger_low=200)).take((16800,), 0) == ("A", 200)
    for changes in ({"danger_low": 179}, {"danger_low": 215}, {"danger_high": 251}, {"danger_high": 200}):
        with pytest.raises(InputError):
            meter(**changes)


@given(st.integers(0, 65535))
def test_a_meter_is_never_rounded_to_the_better(raw: int) -> None:
    """Rest needs a plausible count strictly between the limits."""
    letter, value = Wired(meter()).take((raw,), 0)
    exact = (raw - 4000) * 250 / 16000
    assert (letter == "F") == (not 3600 <= raw <= 21000)
    assert letter != "N" or (value is not None and 195 < value <= exact < 235)


@pytest.mark.parametrize(
    ("make", "key"),
    [
        (lambda: Input("", 0), "name"),
        (lambda: Input("a\x1bb", 0), "name"),
        (lambda: Input("a", -1), "index"),
        (lambda: Input("a", 1, pair=1), "pair"),
        (lambda: Input("a", 1, settle_ms=60_001), "settle_ms"),
        (lambda: Input("a", 1, discrepancy_ms=1001), "discrepancy_ms"),
        (lambda: Input("a", 1, pair=2, scale=Scale((0, 1))), "pair"),
        (lambda: Scale((5, 5)), "raw"),
        (lambda: Scale((0, 9), (10, 10)), "tenths"),
        (lambda: Module(0), "address"),
        (lambda: Module(1, function=5), "function"),
        (lambda: Module(1, function=4, count=126), "count"),
        (lambda: Module(1, start=65530, count=8), "start"),
        (lambda: Module(1, expect="a b"), "expect"),
    ],
)
def test_what_makes_no_sense_is_refused_by_key(make: object, key: str) -> None:
    with pytest.raises(InputError, match=f"^{key} must be"):
        make()  # type: ignore[operator]
