"""Figures and days as people write them, into the whole numbers the record holds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

UT_PER_MT, CM_PER_M = 1000, 100
MOST_MT, MOST_M = 10_000, 50
"""More than any magnet has, and longer than any tether."""
_EPOCH = date(1970, 1, 1).toordinal()


def scaled(said: str, times: int, most: int) -> int:
    """Return a figure times a whole number, exactly; `ValueError` if it is none, not above 0 or too large."""
    try:
        figure = Decimal(said.strip())
    except InvalidOperation:
        raise ValueError(said) from None
    if not figure.is_finite() or not 0 < figure <= most or figure * times != int(figure * times):
        raise ValueError(said)
    return int(figure * times)


def day_of(said: str) -> int:
    """Return a day written YYYY-MM-DD as days since 1970-01-01; `ValueError` for anything else."""
    if len(said.strip()) != 10 or said.strip()[4:8:3] != "--":
        raise ValueError(said)
    return date.fromisoformat(said.strip()).toordinal() - _EPOCH


def day(number: int) -> str:
    """Return days since 1970-01-01 as people write them."""
    return date.fromordinal(number + _EPOCH).isoformat()
