"""Conditions of a label against this place: figures converted, and nothing met by default."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mr_safety_console.domain import implant_kinds
from mr_safety_console.domain.codec import ERASED
from mr_safety_console.domain.implant_conditions import Here, compare
from mr_safety_console.domain.implant_kinds import ALWAYS_STATED, KINDS, Result, Sort

HERE = Here(
    3000,
    {
        "spatial-gradient": "7.0 T/m",
        "whole-body-sar": "1.0 W/lb",
        "b1rms": "2.0 uT",
        "operating-mode": "normal",
        "transmit-coil": "body",
        "region": "knee",
        "position": "supine",
        "continuous-scan": "30 min",
        "wait-after-implant": "41 d",
    },
)


@pytest.mark.parametrize(
    ("code", "printed", "result"),
    [
        ("b0", "3 T", Result.MET),
        ("b0", "1.5 T and 3 T", Result.MET),
        ("b0", "1.5 T", Result.NOT_MET),
        ("b0", "up to 3 T", Result.MET),
        ("b0", "max 1.5 T", Result.NOT_MET),
        ("b0", "3000 mT", Result.MET),
        ("b0", "3", Result.CANNOT_VERIFY),
        ("b0", "1.5 T, three", Result.CANNOT_VERIFY),
        ("spatial-gradient", "720 G/cm", Result.MET),
        ("spatial-gradient", "700 G/cm", Result.MET),
        ("spatial-gradient", "699 G/cm", Result.NOT_MET),
        ("spatial-gradient", "69 mT/cm", Result.NOT_MET),
        ("spatial-gradient", "720", Result.CANNOT_VERIFY),
        ("spatial-gradient", "720 W/kg", Result.CANNOT_VERIFY),
        ("whole-body-sar", "2 W/kg", Result.NOT_MET),
        ("whole-body-sar", "1 W/lb", Result.MET),
        ("whole-body-sar", "2.3 W/kg", Result.MET),
        ("head-sar", "3.2 W/kg", Result.CANNOT_VERIFY),
        ("operating-mode", "normal", Result.MET),
        ("operating-mode", "first-level", Result.MET),
        ("operating-mode", "gentle", Result.CANNOT_VERIFY),
        ("transmit-coil", "body", Result.MET),
        ("transmit-coil", "head-tr, extremity-tr", Result.NOT_MET),
        ("region-excluded", "chest, neck", Result.MET),
        ("region-excluded", "knee", Result.NOT_MET),
        ("region-excluded", "the torso", Result.CANNOT_VERIFY),
        ("continuous-scan", "15 min", Result.NOT_MET),
        ("continuous-scan", "0.5 h", Result.MET),
        ("wait-after-implant", "6 weeks", Result.NOT_MET),
        ("wait-after-implant", "41 days", Result.MET),
        ("mr-mode", "MR mode on", Result.CANNOT_VERIFY),
        ("no-such-condition", "3 T", Result.CANNOT_VERIFY),
    ],
)
def test_a_condition_is_held_against_this_place(code: str, printed: str, result: Result) -> None:
    """H8: a figure without its unit, a word nobody knows, a figure that is not here: CANNOT VERIFY."""
    assert compare(code, printed, HERE).result is result


def test_a13_720_g_per_cm_is_7_2_t_per_m_and_stays_what_was_printed() -> None:
    """A13: converted, and the original beside it."""
    label = compare("spatial-gradient", "720 G/cm", HERE).label
    assert label is not None
    assert (label.printed, label.unit) == ("720", "G/cm")
    assert (label.value, label.base) == ("7.2", "T/m")


BLANK = st.sampled_from(["", " ", "\t", "?", "-", "–", "…", "...", ERASED])


@given(code=st.sampled_from(sorted(KINDS)), printed=BLANK)
def test_blank_or_unreadable_is_never_met(code: str, printed: str) -> None:
    """H8, I4: whatever is not there to be read ends as CANNOT VERIFY."""
    assert compare(code, printed, HERE).result is Result.CANNOT_VERIFY


@given(code=st.sampled_from(sorted(KINDS)), printed=st.text(max_size=12))
def test_a_condition_is_met_only_by_a_figure_or_a_term_that_is_here(code: str, printed: str) -> None:
    """H8: on a place of which nothing is known nothing is met."""
    assert compare(code, printed, Here(0)).result is not Result.MET


@given(
    code=st.sampled_from([code for code, kind in KINDS.items() if kind.sort is Sort.AT_MOST]),
    bound=st.decimals(0, 5000, places=2),
    value=st.decimals(0, 5000, places=2),
    more=st.decimals(0, 100, places=2),
)
def test_more_of_a_figure_here_is_never_better(code: str, bound: object, value: object, more: object) -> None:
    """H8: a bound that is not kept is not kept by more of the same."""
    unit = KINDS[code].unit

    def at(figure: object) -> Result:
        return compare(code, f"{bound} {unit}", Here(3000, {code: f"{figure} {unit}"})).result

    assert at(value + more) >= at(value)  # type: ignore[operator]
    assert at(value) is (Result.MET if value <= bound else Result.NOT_MET)  # type: ignore[operator]


def test_a12_what_a_label_must_state_is_named_when_it_does_not() -> None:
    """A12: a site asks for more, never for less."""
    assert implant_kinds.missing({}, ()) == ALWAYS_STATED
    stated = {"b0": "3 T", "spatial-gradient": "7 T/m", "b1rms": "2 uT"}
    assert implant_kinds.missing(stated, ()) == ()
    assert implant_kinds.missing(stated, ("whole-body-sar",)) == ("whole-body-sar",)
