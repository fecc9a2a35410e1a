"""The conditions of a device's label, each held against this scanner and the planned scan. Pure.

A comparison never guesses: blank, unreadable, in no known unit, with nothing here to hold it against
or not confirmed by whoever confirms it is CANNOT VERIFY. Nothing in here ends as met by default.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction
from types import MappingProxyType

from mr_safety_console.domain import units
from mr_safety_console.domain.implant_kinds import (
    CELSIUS,
    CHOICES,
    DAYS,
    KINDS,
    OPERATING_MODES,
    Kind,
    Result,
    Sort,
    beside,
    readable,
)
from mr_safety_console.domain.units import Measure, Quantity
from mr_safety_console.domain.value import frozen

_OWN: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {DAYS: {"d": 1, "day": 1, "days": 1, "week": 7, "weeks": 7}, CELSIUS: {"°C": 1}}
)
"""Units of conditions that no scanner shows, and how many of the first each is."""
_FIGURE = re.compile(r"([0-9]{1,5}(?:\.[0-9]{1,2})?)\s*(\S+)")


@frozen
class Here:
    """What the label is held against: the magnet and the planned scan, each figure as written.

    `values` are figures and terms by kind of condition; one that is not there is unknown. A figure of
    the magnet stands in where the plan names none, for the plan can only ask for less.
    """

    b0_mt: int
    values: Mapping[str, str] = field(default_factory=dict)


@frozen
class Compared:
    """One condition compared: what came of it, the label's figure converted, and the one from here."""

    result: Result
    label: Measure | None = None
    here: str = ""


def compare(code: str, printed: str, here: Here) -> Compared:
    """Hold one condition as printed against this place; what cannot be compared is CANNOT VERIFY."""
    kind = KINDS.get(code)
    if kind is None or not readable(printed):
        return Compared(Result.CANNOT_VERIFY)
    match kind.sort:
        case Sort.FIELD:
            return _field(printed, here)
        case Sort.AT_MOST | Sort.AT_LEAST:
            return _figure(kind, printed, here)
        case Sort.ONE_OF | Sort.NONE_OF | Sort.MODE:
            return _terms(kind, printed, here)
        case Sort.WORDS:
            return Compared(Result.CANNOT_VERIFY, here="seen by whoever confirms")


def fields(printed: str) -> tuple[bool, tuple[Measure, ...]]:
    """Return whether a field is an upper bound, and the fields named; empty where one cannot be read."""
    said = printed.strip()
    for word in ("up to", "max.", "max", "<=", "≤"):
        if said.casefold().startswith(word):
            one = measure(said[len(word) :], "T")
            return True, (one,) if one else ()
    named = [measure(part, "T") for part in said.replace(" and ", ",").replace(" or ", ",").split(",")]
    return False, tuple(one for one in named if one) if all(named) else ()


def measure(text: str, unit: str) -> Measure | None:
    """Return a figure in the unit it is compared in; None for anything else."""
    if unit in _OWN:
        return _own(text.strip(), unit)
    found = units.read(Quantity(unit), text)
    return found if isinstance(found, Measure) else None


def spellings(code: str) -> tuple[str, ...]:
    """Return the units the figure of a condition may be written in, the one it is compared in first."""
    unit = KINDS[code].unit
    return tuple(_OWN[unit]) if unit in _OWN else units.units(Quantity(unit))


def _own(text: str, unit: str) -> Measure | None:
    found = _FIGURE.fullmatch(text)
    if found is None or found[2] not in _OWN[unit]:
        return None
    value = Fraction(found[1]) * _OWN[unit][found[2]]
    return Measure(printed=found[1], unit=found[2], value=f"{float(value):g}", base=unit)


def _exact(one: Measure) -> Fraction:
    if one.base in _OWN:
        return Fraction(one.printed) * _OWN[one.base][one.unit]
    return units.exact(one)


def _field(printed: str, here: Here) -> Compared:
    at_most, named = fields(printed)
    if not named or here.b0_mt <= 0:
        return Compared(Result.CANNOT_VERIFY)
    b0 = Fraction(here.b0_mt, 1000)
    fits = b0 <= _exact(named[0]) if at_most else any(b0 == _exact(one) for one in named)
    said = f"{here.b0_mt / 1000:g} T"
    return Compared(Result.MET if fits else Result.NOT_MET, named[0] if len(named) == 1 else None, said)


def _figure(kind: Kind, printed: str, here: Here) -> Compared:
    label, said = measure(printed, kind.unit), here.values.get(kind.code, "")
    mine = measure(said, kind.unit)
    if label is None or mine is None:
        return Compared(Result.CANNOT_VERIFY, label, said)
    bound, value = _exact(label), _exact(mine)
    fits = value <= bound if kind.sort is Sort.AT_MOST else value >= bound
    return Compared(Result.MET if fits else Result.NOT_MET, label, said)


def terms(code: str, printed: str) -> tuple[str, ...]:
    """Return the terms of a condition; empty where one of them is not known here."""
    named = tuple(part.strip().casefold() for part in printed.split(","))
    return named if named and all(part in CHOICES[code] for part in named) else ()


def _terms(kind: Kind, printed: str, here: Here) -> Compared:
    named = terms(kind.code, printed)
    said = here.values.get("region" if kind.code == "region-excluded" else kind.code, "")
    if not named or said not in CHOICES[kind.code]:
        return Compared(Result.CANNOT_VERIFY, None, said)
    if kind.sort is Sort.NONE_OF and said not in named and any(beside(said, one) for one in named):
        # The name alone does not tell whether an excluded region comes to lie in the coil.
        return Compared(Result.CANNOT_VERIFY, None, said)
    if kind.sort is Sort.MODE:
        highest = min(OPERATING_MODES.index(one) for one in named)
        fits = OPERATING_MODES.index(said) <= highest
    else:
        fits = (said in named) is (kind.sort is Sort.ONE_OF)
    return Compared(Result.MET if fits else Result.NOT_MET, None, said)
