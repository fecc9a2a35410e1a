"""The magnet's own figures in the site file: ranges, units, and that nothing is made up."""

from __future__ import annotations

from typing import Any

import pytest
from support.suite_world import site

from mr_safety_console.domain.implant_conditions import measure
from mr_safety_console.domain.implant_kinds import KINDS
from mr_safety_console.domain.profile import ProfileError, strictest
from mr_safety_console.domain.scanner_figures import FIGURES, applied


def test_what_is_not_given_is_unknown() -> None:
    """H8: no default stands for a figure of the magnet."""
    assert applied(site(), {}).scanner_figures == {}
    assert strictest(site(scanner_figures={"slew": "200 T/m/s"})).scanner_figures == {}


@pytest.mark.parametrize("key", FIGURES)
def test_a_figure_is_read_in_the_unit_its_condition_is_compared_in(key: str) -> None:
    figure = FIGURES[key]
    for value in (figure.low, figure.high):
        said = applied(site(), {key: value}).scanner_figures[figure.code]
        assert measure(said, KINDS[figure.code].unit)


@pytest.mark.parametrize("key", FIGURES)
@pytest.mark.parametrize("off", [-1, 1])
def test_a_figure_out_of_its_range_is_refused_by_name(key: str, off: int) -> None:
    figure = FIGURES[key]
    with pytest.raises(ProfileError, match=f"scanner.{key}"):
        applied(site(), {key: figure.low - 1 if off < 0 else figure.high + 1})


@pytest.mark.parametrize(
    "table",
    [
        {"max_slew_t_per_m_s": "200"},
        {"max_slew_t_per_m_s": True},
        {"label_must_state": "b1rms"},
        {"label_must_state": ["b1rmss"]},
        {"label_must_state": [3]},
        {"slew": 200},
    ],
)
def test_anything_else_is_refused_with_a_remedy(table: dict[str, Any]) -> None:
    with pytest.raises(ProfileError, match=r"scanner\."):
        applied(site(), table)


def test_a_site_asks_for_more_of_a_label() -> None:
    asked = applied(site(), {"label_must_state": ["b1rms", "slew or gradient"]})
    assert asked.label_must_state == ("b1rms", "slew or gradient")
