"""The kinds of conditions a device's label may state: how each compares, in which unit, who confirms it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from types import MappingProxyType

from mr_safety_console.domain.codec import ERASED
from mr_safety_console.domain.value import frozen


class Result(IntEnum):
    """What came of one condition; the greater is the worse."""

    MET = 0
    CANNOT_VERIFY = 1
    NOT_MET = 2


class Who(StrEnum):
    """Who confirms a condition: the console by its own figures, the operator, or eyes on site."""

    CONSOLE = "console"
    SCAN_SIDE = "scan-side"
    ON_SITE = "on-site"


class Sort(StrEnum):
    """How a condition is compared. WORDS are compared by the person who confirms, never here."""

    FIELD = "field"
    AT_MOST = "at-most"
    AT_LEAST = "at-least"
    ONE_OF = "one-of"
    NONE_OF = "none-of"
    MODE = "mode"
    WORDS = "words"


DAYS, CELSIUS = "d", "°C"


@frozen
class Kind:
    """One kind of condition: how it compares, in which unit, and who confirms it."""

    code: str
    sort: Sort
    who: Who
    unit: str = ""


OPERATING_MODES = ("normal", "first-level", "second-level")
COILS = ("body", "head-tr", "extremity-tr")
REGIONS = (
    "head", "neck", "chest", "abdomen", "pelvis", "spine", "shoulder", "arm", "hand", "hip", "thigh", "knee",
    "leg", "foot",
)  # fmt: skip
_BESIDE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "neck": ("head", "chest", "shoulder"),
        "spine": ("head", "neck", "chest", "abdomen", "pelvis", "shoulder", "hip"),
        "abdomen": ("chest", "pelvis"),
        "shoulder": ("chest", "arm"),
        "arm": ("head", "neck", "chest", "abdomen", "pelvis", "hand"),
        "hand": ("head", "neck", "chest", "abdomen", "pelvis", "hip", "thigh"),
        "hip": ("pelvis", "thigh"),
        "thigh": ("pelvis", "knee"),
        "leg": ("knee", "foot"),
    }
)
"""Regions that lie in one another or side by side in the bore, each pair once."""
POSITIONS = ("supine", "prone", "left-side", "right-side")

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.code: kind
        for kind in (
            Kind("b0", Sort.FIELD, Who.CONSOLE, "T"),
            Kind("spatial-gradient", Sort.AT_MOST, Who.CONSOLE, "T/m"),
            Kind("whole-body-sar", Sort.AT_MOST, Who.SCAN_SIDE, "W/kg"),
            Kind("head-sar", Sort.AT_MOST, Who.SCAN_SIDE, "W/kg"),
            Kind("b1rms", Sort.AT_MOST, Who.SCAN_SIDE, "µT"),
            Kind("operating-mode", Sort.MODE, Who.SCAN_SIDE),
            Kind("slew", Sort.AT_MOST, Who.SCAN_SIDE, "T/m/s"),
            Kind("gradient", Sort.AT_MOST, Who.SCAN_SIDE, "T/m"),
            Kind("transmit-coil", Sort.ONE_OF, Who.SCAN_SIDE),
            Kind("region-excluded", Sort.NONE_OF, Who.SCAN_SIDE),
            Kind("isocentre", Sort.WORDS, Who.SCAN_SIDE),
            Kind("continuous-scan", Sort.AT_MOST, Who.SCAN_SIDE, "s"),
            Kind("sed", Sort.AT_MOST, Who.SCAN_SIDE, "kJ/kg"),
            Kind("wait-after-implant", Sort.AT_LEAST, Who.CONSOLE, DAYS),
            Kind("position", Sort.ONE_OF, Who.ON_SITE),
            Kind("body-temperature", Sort.AT_MOST, Who.ON_SITE, CELSIUS),
            Kind("mr-mode", Sort.WORDS, Who.ON_SITE),
            Kind("monitoring", Sort.WORDS, Who.ON_SITE),
            Kind("defibrillator", Sort.WORDS, Who.ON_SITE),
        )
    }
)
"""The kinds of conditions a label may state, by code."""

CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "transmit-coil": COILS,
        "region-excluded": REGIONS,
        "position": POSITIONS,
        "operating-mode": OPERATING_MODES,
    }
)
"""The terms a condition of words may be written in; any other is unreadable."""

ALWAYS_STATED = ("b0", "spatial-gradient", "whole-body-sar or b1rms")
"""What every MR Conditional label must state to be verified here; a site may ask for more, never for less."""

PLAN_FIGURES = tuple(code for code, kind in KINDS.items() if kind.who is Who.SCAN_SIDE and kind.unit)
"""Figures the operator reads off the scanner for a planned scan."""


NOTHING_SAID = frozenset(
    {
        "unknown", "not known", "unk", "n/a", "na", "n.a.", "none", "nil", "not stated", "not given",
        "not available", "unreadable", "illegible", "unclear", "tbc", "tbd", "verbal", "patient says",
        "from memory",
    }
)  # fmt: skip
"""What people write where nobody knows: it is held against nothing, and names no document."""


def readable(printed: str) -> bool:
    """Tell whether anything is printed that somebody could hold against something."""
    said = printed.strip()
    if not said or said == ERASED or said.casefold() in NOTHING_SAID:
        return False
    return not set(said) <= set("?-–—.…")


def missing(stated: Mapping[str, str], wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Return what a label must state here and does not; `a or b` wants one of the two."""
    every = dict.fromkeys((*ALWAYS_STATED, *wanted))
    return tuple(one for one in every if not any(code in stated for code in one.split(" or ")))


def beside(one: str, other: str) -> bool:
    """Tell whether two regions lie so that a name does not keep them apart."""
    return other in _BESIDE.get(one, ()) or one in _BESIDE.get(other, ())
