"""Figures with units as labels and scanners print them, and the one unit each is compared in."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from mr_safety_console.domain.value import frozen


@frozen
class Measure:
    """One figure: as printed, and converted. `value` is an exact decimal in text, in `unit`."""

    printed: str
    printed_unit: str
    value: str
    unit: str

    @property
    def number(self) -> Decimal:
        """Return the converted figure."""
        return Decimal(self.value)


LB_PER_KG = Decimal("2.20462262185")
"""Pounds in a kilogram; a SAR in W/lb is this many times as many W/kg."""

# Spelling (lower case, µ as u, no blanks) to the unit compared in and the factor into it.
_UNITS: dict[str, tuple[str, Decimal]] = {
    "t": ("T", Decimal(1)),
    "tesla": ("T", Decimal(1)),
    "mt": ("T", Decimal("0.001")),
    "g": ("T", Decimal("0.0001")),
    "gauss": ("T", Decimal("0.0001")),
    "t/m": ("T/m", Decimal(1)),
    "mt/m": ("T/m", Decimal("0.001")),
    "mt/cm": ("T/m", Decimal("0.1")),
    "t/cm": ("T/m", Decimal(100)),
    "g/cm": ("T/m", Decimal("0.01")),
    "gauss/cm": ("T/m", Decimal("0.01")),
    "w/kg": ("W/kg", Decimal(1)),
    "mw/g": ("W/kg", Decimal(1)),
    "w/lb": ("W/kg", LB_PER_KG),
    "ut": ("uT", Decimal(1)),
    "t/m/s": ("T/m/s", Decimal(1)),
    "mt/m/ms": ("T/m/s", Decimal(1)),
    "s": ("min", Decimal(1) / Decimal(60)),
    "min": ("min", Decimal(1)),
    "h": ("min", Decimal(60)),
    "kj/kg": ("kJ/kg", Decimal(1)),
    "j/kg": ("kJ/kg", Decimal("0.001")),
    "d": ("d", Decimal(1)),
    "day": ("d", Decimal(1)),
    "days": ("d", Decimal(1)),
    "week": ("d", Decimal(7)),
    "weeks": ("d", Decimal(7)),
    "c": ("C", Decimal(1)),
}
_FIGURE = re.compile(r"^([0-9]{1,9}(?:[.,][0-9]{1,6})?)\s*(\S.*)$")


def parse(text: str) -> Measure:
    """Return a figure with its unit; `ValueError` for anything else, also for a figure without a unit."""
    found = _FIGURE.match(text.strip())
    if found is None:
        raise ValueError(text)
    printed, unit = found.groups()
    known = _UNITS.get(_spelt(unit))
    if known is None:
        raise ValueError(text)
    try:
        value = Decimal(printed.replace(",", ".")) * known[1]
    except InvalidOperation:
        raise ValueError(text) from None
    return Measure(printed, unit, plain(value), known[0])


def _spelt(unit: str) -> str:
    plainer = unit.replace("µ", "u").replace("μ", "u").replace("·", "/").replace("°", "")
    return "".join(plainer.split()).casefold()


def plain(value: Decimal) -> str:
    """Return a figure without exponent and without zeros at its end, at most nine digits behind the point."""
    rounded = round(value, 9)
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
