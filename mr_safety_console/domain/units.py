"""Figures of labels and scanners in the units they are printed in, and exactly in one unit each.

A label says G/cm, the scanner T/m; one says W/kg, another W/lb: who converts in the head is wrong by
a factor of ten or of two. What was printed is kept beside every conversion. No figure is a float.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, localcontext
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.words import refused


class Quantity(StrEnum):
    """What a figure measures; the value is the unit everything of it is compared in."""

    FIELD = "T"
    GRADIENT = "T/m"
    SLEW = "T/m/s"
    SAR = "W/kg"
    B1_RMS = "µT"
    SED = "kJ/kg"
    LENGTH = "mm"
    TIME = "s"


@frozen
class Measure:
    """One figure: as printed, and in the unit of its quantity.

    `printed` and `unit` are the label's (`720`, `G/cm`), `value` is a decimal number as text in `base`
    (`7.2`, `T/m`), exact unless the division does not end (W/lb), then to twelve digits.
    """

    printed: str
    unit: str
    value: str
    base: str


POUND_KG: Final = Fraction("0.45359237")
"""International avoirdupois pound (1959), exact by definition: NIST SP 811, appendix B."""
INCH_MM: Final = Fraction("25.4")
"""International inch (1959), exact by definition: NIST SP 811, appendix B."""
GAUSS_T: Final = Fraction(1, 10_000)
"""NIST SP 811, table 10: 1 G corresponds to 0.0001 T."""
_FACTORS: Final[Mapping[Quantity, Mapping[str, Fraction]]] = MappingProxyType(
    {
        Quantity.FIELD: {"T": Fraction(1), "mT": Fraction(1, 1000), "G": GAUSS_T, "kG": 1000 * GAUSS_T},
        Quantity.GRADIENT: {
            "T/m": Fraction(1),
            "mT/m": Fraction(1, 1000),
            "mT/cm": Fraction(1, 10),
            "T/cm": Fraction(100),
            "G/cm": 100 * GAUSS_T,
            "kG/cm": 100_000 * GAUSS_T,
        },
        Quantity.SLEW: {"T/m/s": Fraction(1), "mT/m/ms": Fraction(1), "G/cm/ms": 100_000 * GAUSS_T},
        Quantity.SAR: {"W/kg": Fraction(1), "mW/kg": Fraction(1, 1000), "W/lb": 1 / POUND_KG},
        Quantity.B1_RMS: {"µT": Fraction(1), "mG": 1000 * GAUSS_T, "G": 1_000_000 * GAUSS_T},
        Quantity.SED: {
            "kJ/kg": Fraction(1),
            "J/g": Fraction(1),
            "J/kg": Fraction(1, 1000),
            "W·min/kg": Fraction(60, 1000),
        },
        Quantity.LENGTH: {"mm": Fraction(1), "cm": Fraction(10), "m": Fraction(1000), "in": INCH_MM},
        Quantity.TIME: {"s": Fraction(1), "min": Fraction(60), "h": Fraction(3600)},
    }
)
_SPELLINGS: Final = (
    (re.compile("[Gg]auss|Gs"), "G"),
    (re.compile("[Tt]esla"), "T"),
    (re.compile("[\u03bcu]T"), "µT"),
    (re.compile(r"^w/"), "W/"),
    (re.compile(r"lbs?$"), "lb"),
    (re.compile(r"^T/\(m[·*]s\)$"), "T/m/s"),
    (re.compile(r"^mT/\(m[·*]ms\)$"), "mT/m/ms"),
    (re.compile(r"^W[*.]?min/"), "W·min/"),
    (re.compile(r"^(?:sec|seconds?)$"), "s"),
    (re.compile(r"^(?:mins|minutes?)$"), "min"),
    (re.compile(r"^(?:hr|hours?)$"), "h"),
    (re.compile(r'^(?:"|inch(?:es)?)$'), "in"),
)
LONGEST: Final = 40
_SPLIT = re.compile(r"(?P<figure>[0-9., '’\u00a0\u202f_]*)(?P<unit>.*)")
_FIGURE = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9}|,[0-9]{1,2})?")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
_ENDLESS: Final = 12
"""Digits kept of a division that does not end."""


def units(quantity: Quantity) -> tuple[str, ...]:
    """Return the units a figure may be printed in, its own first."""
    return tuple(_FACTORS[quantity])


def read(quantity: Quantity, text: str) -> Measure | Refused:
    """Read what somebody typed from a label: a figure and its unit.

    A comma with one or two digits behind it is a decimal comma. Whatever may be a thousand or a
    fraction (`1,500`, `1.500`, `1 500`) is refused, and so is a sign, an exponent, a missing unit.
    """
    typed = text.strip()
    match = _SPLIT.fullmatch(typed)
    if match is None or len(typed) > LONGEST or not match["figure"].strip():
        return refused("measure-number", choices=_choices(quantity))
    figure, unit = match["figure"].strip(), _spelled(match["unit"])
    if _GROUPED.fullmatch(figure) or not _FIGURE.fullmatch(figure):
        return refused("measure-separator", figure=figure)
    if unit not in _FACTORS[quantity]:
        return refused("measure-unit", choices=_choices(quantity))
    value = _exactly(figure) * _FACTORS[quantity][unit]
    return Measure(printed=figure, unit=unit, value=_decimal(value), base=quantity.value)


def exact(measure: Measure) -> Fraction:
    """Return the figure in its base unit without any rounding, from what was printed."""
    return _exactly(measure.printed) * _FACTORS[Quantity(measure.base)][measure.unit]


def in_unit(measure: Measure, unit: str) -> str:
    """Return the figure as decimal text in another unit of its quantity. `KeyError` for a foreign one."""
    return _decimal(exact(measure) / _FACTORS[Quantity(measure.base)][unit])


def at_most(measure: Measure, limit: Measure) -> bool:
    """Tell exactly whether a figure does not exceed a limit. `ValueError` for two quantities."""
    if measure.base != limit.base:
        raise ValueError(f"{measure.base} is not compared with {limit.base}")
    return exact(measure) <= exact(limit)


def _choices(quantity: Quantity) -> str:
    return ", ".join(units(quantity))


def _spelled(unit: str) -> str:
    """Return a unit in the one spelling used here."""
    found = re.sub(r"\s", "", unit)
    for pattern, spelling in _SPELLINGS:
        found = pattern.sub(spelling, found)
    return found


def _exactly(figure: str) -> Fraction:
    return Fraction(figure.replace(",", "."))


def _decimal(value: Fraction) -> str:
    """Return a fraction as decimal text: all of it where it ends, else `_ENDLESS` digits."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    with localcontext() as ctx:
        ctx.prec = 60 if rest == 1 else _ENDLESS
        found = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{found.normalize():f}"
