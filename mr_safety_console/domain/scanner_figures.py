"""What the site file says of the magnet's own figures, which the labels of devices are held against.

They stand in the scanner's own documents. One that is not given is unknown: a condition that needs
it cannot be verified here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from mr_safety_console.domain.implant_kinds import KINDS
from mr_safety_console.domain.profile import ProfileError, SiteProfile
from mr_safety_console.domain.value import frozen


@frozen
class Figure:
    """One figure of the magnet: its kind of condition, its unit, and the range it can lie in."""

    code: str
    unit: str
    low: int
    high: int


FIGURES: Mapping[str, Figure] = MappingProxyType(
    {
        # The greatest spatial gradient a patient can come to, from the scanner's compatibility data.
        "max_spatial_gradient_mt_per_m": Figure("spatial-gradient", "mT/m", 100, 30_000),
        "max_gradient_mt_per_m": Figure("gradient", "mT/m", 5, 500),
        "max_slew_t_per_m_s": Figure("slew", "T/m/s", 10, 1000),
    }
)
LABEL_KEY = "label_must_state"
KEYS = frozenset({*FIGURES, LABEL_KEY})


def applied(profile: SiteProfile, table: Mapping[str, Any]) -> SiteProfile:
    """Return the profile with what `[scanner]` says. Raises `ProfileError` naming key and remedy."""
    for key in table:
        if key not in KEYS:
            raise ProfileError(f"scanner.{key}: is not known; known are {', '.join(sorted(KEYS))}")
    return replace(profile, scanner_figures=figures(table), label_must_state=label_must_state(table))


def figures(table: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the figures given, with their units, by kind of condition. Raises `ProfileError`."""
    found: dict[str, str] = {}
    for key, figure in FIGURES.items():
        value = table.get(key)
        if value is None:
            continue
        if type(value) is not int or not figure.low <= value <= figure.high:
            raise ProfileError(
                f"scanner.{key}: write a whole number from {figure.low} to {figure.high} {figure.unit}, "
                "from the scanner's documents; leave it out if nobody knows it"
            )
        found[figure.code] = f"{value} {figure.unit}"
    return found


def label_must_state(table: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what a label must state here beyond what it must state anywhere. Raises `ProfileError`."""
    named = table.get(LABEL_KEY, [])
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
        raise ProfileError(f'scanner.{LABEL_KEY}: write a list of conditions, ["b1rms"]')
    wrong = [one for one in named if not all(code in KINDS for code in one.split(" or "))]
    if wrong:
        raise ProfileError(f"scanner.{LABEL_KEY}: {wrong[0]!r} is not one of {', '.join(KINDS)}")
    return tuple(named)
