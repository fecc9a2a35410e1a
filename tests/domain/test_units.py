"""Figures of labels: worked values with their sources, exact ways there and back, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mr_safety_console.domain import units
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.units import Measure, Quantity

FIGURES = st.decimals(0, 999_999, allow_nan=False, places=6).map(lambda number: f"{number.normalize():f}")
PAIRS = [(quantity, unit) for quantity in Quantity for unit in units.units(quantity)]


def measure(quantity: Quantity, text: str) -> Measure:
    found = units.read(quantity, text)
    assert isinstance(found, Measure), found
    return found


def rule(quantity: Quantity, text: str) -> str:
    found = units.read(quantity, text)
    assert isinstance(found, Refused), found
    assert all((found.reason, found.who_can, found.what_now))
    return found.rule


WORKED = [
    # ASTM F2503 and common labelling print the spatial gradient both ways: 720 G/cm is 7.2 T/m
    (Quantity.GRADIENT, "720 G/cm", "7.2"),
    (Quantity.GRADIENT, "7.2 T/m", "7.2"),
    (Quantity.GRADIENT, "72 mT/cm", "7.2"),
    (Quantity.GRADIENT, "1900 G/cm", "19"),
    (Quantity.GRADIENT, "4 kG/cm", "40"),
    (Quantity.GRADIENT, "45 mT/m", "0.045"),
    (Quantity.GRADIENT, "0.5 T/cm", "50"),
    # NIST SP 811, table 10: 1 G corresponds to 0.0001 T; the 5 gauss line is 0.5 mT (IEC 60601-2-33)
    (Quantity.FIELD, "5 G", "0.0005"),
    (Quantity.FIELD, "0.5 mT", "0.0005"),
    (Quantity.FIELD, "15 kG", "1.5"),
    (Quantity.FIELD, "9 gauss", "0.0009"),
    (Quantity.FIELD, "3 Tesla", "3"),
    # IEC 60601-2-33: 2 and 4 W/kg, normal and first level, whole body
    (Quantity.SAR, "2 W/kg", "2"),
    (Quantity.SAR, "3200 mW/kg", "3.2"),
    # NIST SP 811, appendix B: 1 lb = 0.45359237 kg exactly
    (Quantity.SAR, "0.45359237 W/lb", "1"),
    (Quantity.SAR, "0.90718474 W/lb", "2"),
    (Quantity.SAR, "1 W/lb", "2.20462262185"),
    # 1 mT/m in 1 ms is 1 T/m in 1 s; 1 G/cm is 10 mT/m
    (Quantity.SLEW, "200 T/m/s", "200"),
    (Quantity.SLEW, "200 mT/m/ms", "200"),
    (Quantity.SLEW, "20 G/cm/ms", "200"),
    (Quantity.SLEW, "200 T/(m·s)", "200"),
    # 1 µT is 10 mG
    (Quantity.B1_RMS, "2.8 µT", "2.8"),
    (Quantity.B1_RMS, "2.8 uT", "2.8"),
    (Quantity.B1_RMS, "2.8 μT", "2.8"),
    (Quantity.B1_RMS, "28 mG", "2.8"),
    (Quantity.B1_RMS, "0.028 G", "2.8"),
    # 1 W for 1 min is 60 J: 2 W/kg over 60 min is 7.2 kJ/kg
    (Quantity.SED, "7.2 kJ/kg", "7.2"),
    (Quantity.SED, "7.2 J/g", "7.2"),
    (Quantity.SED, "7200 J/kg", "7.2"),
    (Quantity.SED, "120 W min/kg", "7.2"),
    # NIST SP 811, appendix B: 1 in = 25.4 mm exactly
    (Quantity.LENGTH, "1 in", "25.4"),
    (Quantity.LENGTH, '2"', "50.8"),
    (Quantity.LENGTH, "40 cm", "400"),
    (Quantity.LENGTH, "0.3 m", "300"),
    (Quantity.TIME, "15 min", "900"),
    (Quantity.TIME, "90 s", "90"),
    (Quantity.TIME, "1.5 hours", "5400"),
]


@pytest.mark.parametrize(("quantity", "text", "value"), WORKED)
def test_worked_values(quantity: Quantity, text: str, value: str) -> None:
    found = measure(quantity, text)
    assert (found.value, found.base) == (value, quantity.value)


def test_what_was_printed_is_kept() -> None:
    assert measure(Quantity.GRADIENT, " 720  Gauss / cm ") == Measure("720", "G/cm", "7.2", "T/m")
    assert measure(Quantity.GRADIENT, "7,2 T/m") == Measure("7,2", "T/m", "7.2", "T/m")
    assert measure(Quantity.SAR, "0.90 W/lb").printed == "0.90"


def test_the_two_traps_of_a_scanner_s_screen() -> None:
    """A scanner that shows W/lb shows less than half the figure; G/cm is a hundred times T/m."""
    limit = measure(Quantity.SAR, "2 W/kg")
    assert not units.at_most(measure(Quantity.SAR, "1 W/lb"), limit)
    assert units.at_most(measure(Quantity.SAR, "0.90718474 W/lb"), limit)
    assert not units.at_most(measure(Quantity.SAR, "0.90718475 W/lb"), limit)
    assert units.at_most(measure(Quantity.GRADIENT, "720 G/cm"), measure(Quantity.GRADIENT, "7.2 T/m"))
    assert not units.at_most(measure(Quantity.GRADIENT, "721 G/cm"), measure(Quantity.GRADIENT, "7.2 T/m"))


def test_two_quantities_are_never_compared() -> None:
    with pytest.raises(ValueError, match="W/kg is not compared with T/m"):
        units.at_most(measure(Quantity.SAR, "2 W/kg"), measure(Quantity.GRADIENT, "2 T/m"))
    with pytest.raises(KeyError):
        units.in_unit(measure(Quantity.SAR, "2 W/kg"), "T/m")


@given(pair=st.sampled_from(PAIRS), figure=FIGURES)
def test_there_and_back_is_exact(pair: tuple[Quantity, str], figure: str) -> None:
    """What was printed comes back to the last digit; other units end, or are right to twelve digits."""
    quantity, unit = pair
    found = measure(quantity, f"{figure}1 {unit}" if "." in figure else f"{figure} {unit}")
    assert Fraction(units.in_unit(found, unit)) == Fraction(found.printed)
    assert unit == "W/lb" or Fraction(found.value) == units.exact(found)
    for other in units.units(quantity):
        there = Measure(units.in_unit(found, other), other, "", quantity.value)
        error = abs(units.exact(there) - units.exact(found))
        endless = {unit, other} & {"W/lb", "min", "h", "W·min/kg", "in"}
        assert error <= (units.exact(found) * Fraction(1, 10**11) if endless else 0)


@given(pair=st.sampled_from(PAIRS), figure=FIGURES)
def test_the_value_is_a_plain_decimal_number(pair: tuple[Quantity, str], figure: str) -> None:
    quantity, unit = pair
    found = units.read(quantity, f"{figure} {unit}")
    if isinstance(found, Measure):
        assert set(found.value) <= set("0123456789.")
        assert abs(Fraction(found.value) - units.exact(found)) <= units.exact(found) * Fraction(1, 10**11)
        assert Decimal(found.value).is_finite()


@pytest.mark.parametrize(
    "text",
    [
        "1,500 G/cm",
        "1.500 G/cm",
        "1 500 G/cm",
        "1'500 G/cm",
        "1.500,5 G/cm",
        "1,50,000 G/cm",
        "1\u00a0500 G/cm",
        "1_500 G/cm",
        "7,200 G/cm",
        "7..2 G/cm",
        ".5 G/cm",
        "5. G/cm",
        ",5 G/cm",
        "1234567890 G/cm",
    ],
)
def test_what_may_be_thousands_or_a_fraction_is_refused(text: str) -> None:
    assert rule(Quantity.GRADIENT, text) == "measure-separator"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "T/m",
        "-7.2 T/m",
        "+7.2 T/m",
        "nan T/m",
        "inf T/m",
        "∞ T/m",
        "٧ T/m",
        "≤7 T/m",
        "7.2 T/m" + " " * 3 + "x" * 60,
    ],
)
def test_what_is_no_figure_is_refused(text: str) -> None:
    assert rule(Quantity.GRADIENT, text) == "measure-number"


@pytest.mark.parametrize(
    "text",
    [
        "7.2",
        "7.2 T",
        "7.2 W/kg",
        "7.2e3 T/m",
        "7.2E3 T/m",
        "7.2 MT/m",
        "7.2 t/m",
        "7.2 g/cm",
        "7.2 T/m T/m",
        "7.2 T/m\x1b[2J",
        "0x10 T/m",
    ],
)
def test_a_missing_or_foreign_unit_is_refused_and_the_known_ones_are_named(text: str) -> None:
    found = units.read(Quantity.GRADIENT, text)
    assert isinstance(found, Refused)
    assert found.rule == "measure-unit"
    assert "T/m, mT/m, mT/cm, T/cm, G/cm, kG/cm" in found.what_now


@given(st.sampled_from(list(Quantity)), st.text(max_size=50))
def test_any_text_is_a_figure_or_a_refusal(quantity: Quantity, text: str) -> None:
    found = units.read(quantity, text)
    if isinstance(found, Measure):
        assert units.exact(found) >= 0
        assert found.unit in units.units(quantity)
    else:
        assert found.rule.startswith("measure-")
