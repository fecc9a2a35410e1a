"""The checks C01 to C26 as data: how often, what is expected, who sees it, and what a failure does.

Frequencies and effects are the template's; no site has approved them (decision: NOT SITE-APPROVED until
the site file says who did). Bands of a maker are unknown here: the site file gives them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from mr_safety_console.domain.value import frozen


class Every(StrEnum):
    """How often a check is made; the order is from often to seldom."""

    SHIFT = "shift"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Effect(StrEnum):
    """What a failed or overdue check does: nothing but be shown, hold, block, or stop all use."""

    NOTE = "note"
    RESTRICT = "restrict"
    QUARANTINE = "quarantine"
    BLOCK = "block"
    STOP_USE = "stop-use"


class Limits(StrEnum):
    """What it restricts or blocks. Nothing but `entry` and `scan` is gated here; the rest is named."""

    NOTHING = "nothing"
    ENTRY = "entry"
    SCAN = "scan"
    CONTRAST = "contrast"
    SESSION = "session"
    HAND_PASS = "hand-pass"  # noqa: S105  -- no secret


class Sensed(StrEnum):
    """Which readings a person cannot speak against."""

    NOT = ""
    WALK_TEST = "walk-test"
    READS_NORMAL = "reads-normal"
    DOOR_TEST = "door-test"


class Per(StrEnum):
    """What a check is made of singly: the suite, each detector, each watched door, each wand."""

    SUITE = "suite"
    DETECTOR = "detector"
    DOOR = "door"
    WAND = "wand"


@frozen
class Band:
    """From `low` to `high`, both included, exactly as written."""

    low: Decimal
    high: Decimal

    def holds(self, value: Decimal) -> bool:
        """Tell whether a value lies within."""
        return self.low <= value <= self.high

    def within(self, other: Band) -> bool:
        """Tell whether this band is no wider than another one."""
        return other.low <= self.low and self.high <= other.high


@frozen
class Check:
    """One check. `unit` says that a value is typed, `band` what it must lie in; `parts` are answered singly.

    `witness`: a pass is signed by two people. `floor`: no site can switch it off. A failure with a
    `grace_h` is only noted for so many hours and does its effect after that.
    """

    id: str
    every: Every
    fails: Effect
    limits: Limits = Limits.ENTRY
    per: Per = Per.SUITE
    sensed: Sensed = Sensed.NOT
    witness: bool = False
    floor: bool = False
    unit: str = ""
    band: Band | None = None
    parts: tuple[str, ...] = ()
    grace_h: int = 0

    @property
    def blocks(self) -> bool:
        """Tell whether it may never be left unanswered while somebody is let in or scanned."""
        return self.fails in (Effect.BLOCK, Effect.STOP_USE)


MRU_PARTS = ("charger", "battery-15s", "heater-a", "heater-b")
"""What lights up on the unit that would run the magnet down; each is looked at by itself."""
_E, _F, _L, _P, _S = Every, Effect, Limits, Per, Sensed

# Sources: hospital practice of teaching hospitals, makers' leaflets, and design where neither speaks.
TEMPLATE: tuple[Check, ...] = (
    Check("C01", _E.SHIFT, _F.BLOCK, per=_P.DETECTOR, sensed=_S.WALK_TEST, witness=True, floor=True),
    Check("C02", _E.SHIFT, _F.RESTRICT, _L.HAND_PASS, per=_P.WAND),
    Check("C03", _E.SHIFT, _F.BLOCK, per=_P.DETECTOR, sensed=_S.READS_NORMAL, floor=True),
    Check("C04", _E.SHIFT, _F.RESTRICT, per=_P.DOOR, sensed=_S.DOOR_TEST, floor=True),
    Check("C05", _E.SHIFT, _F.BLOCK, floor=True),
    Check("C06", _E.SHIFT, _F.BLOCK, floor=True, unit="% O2", band=Band(Decimal("20.5"), Decimal("21.0"))),
    Check("C07", _E.WEEKLY, _F.STOP_USE, witness=True, floor=True, parts=MRU_PARTS),
    Check("C08", _E.SHIFT, _F.BLOCK, floor=True),
    Check("C09", _E.DAILY, _F.NOTE, _L.NOTHING),
    Check("C10", _E.SHIFT, _F.BLOCK, _L.SCAN, floor=True),
    Check("C11", _E.SHIFT, _F.BLOCK, _L.SCAN, floor=True),
    Check("C12", _E.SHIFT, _F.RESTRICT, _L.SESSION),
    Check("C13", _E.SHIFT, _F.BLOCK, _L.SESSION),
    Check("C14", _E.SHIFT, _F.BLOCK, floor=True),
    Check("C15", _E.SHIFT, _F.BLOCK, floor=True),
    Check("C16", _E.DAILY, _F.BLOCK, _L.CONTRAST, floor=True),
    Check("C17", _E.DAILY, _F.BLOCK, _L.CONTRAST, floor=True),
    Check("C18", _E.WEEKLY, _F.BLOCK, floor=True, grace_h=24),
    Check("C19", _E.SHIFT, _F.QUARANTINE, _L.SCAN, floor=True),
    Check("C20", _E.SHIFT, _F.BLOCK, _L.SCAN, floor=True),
    Check("C21", _E.SHIFT, _F.RESTRICT, floor=True),
    Check("C22", _E.DAILY, _F.NOTE, _L.NOTHING),
    Check("C23", _E.DAILY, _F.NOTE, _L.NOTHING),
    Check("C24", _E.MONTHLY, _F.BLOCK, floor=True),
    Check("C25", _E.MONTHLY, _F.NOTE, _L.NOTHING),
    Check("C26", _E.WEEKLY, _F.NOTE, _L.NOTHING, unit="s of clock error", band=Band(Decimal(-2), Decimal(2))),
)

HOUR_S = 3600
SHIFT_H = 12
"""One shift at the longest: after it a shift's check is asked for again."""
DUE_S: Mapping[Every, int] = MappingProxyType(
    {
        Every.SHIFT: SHIFT_H * HOUR_S,
        Every.DAILY: 24 * HOUR_S,
        Every.WEEKLY: 7 * 24 * HOUR_S,
        Every.MONTHLY: 30 * 24 * HOUR_S,
    }
)
"""Seconds from one pass until it is asked for again."""


def late_s(every: Every, called_s: int) -> int:
    """Return the seconds from a pass until the next one is overdue: a tenth more, a shift's own time."""
    return DUE_S[every] + (called_s if every is Every.SHIFT else DUE_S[every] // 10)


class TemplateError(ValueError):
    """A site asked for less than the template; the message names key and remedy."""


@frozen
class Choices:
    """What a site changes about the template: it can only make it stricter, or leave out what is no floor."""

    off: tuple[str, ...] = ()
    every: Mapping[str, str] = field(default_factory=dict)
    bands: Mapping[str, Band] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)


def chosen(choices: Choices, template: Iterable[Check] = TEMPLATE) -> tuple[Check, ...]:
    """Return the template as a site wants it. Raises `TemplateError` for anything that loosens."""
    listed = {one.id: one for one in template}
    for key in (*choices.off, *choices.every, *choices.bands):
        if key not in listed:
            raise TemplateError(f"{key}: is no check of the template; it has {min(listed)} to {max(listed)}")
    return tuple(_one(check, choices) for check in listed.values() if not _is_off(check, choices))


def _is_off(check: Check, choices: Choices) -> bool:
    if check.id in choices.off and check.floor:
        raise TemplateError(f"off: {check.id} cannot be switched off; leave it out of the list")
    return check.id in choices.off


def _one(check: Check, choices: Choices) -> Check:
    every, band = choices.every.get(check.id, check.every), choices.bands.get(check.id, check.band)
    if every not in set(Every):
        raise TemplateError(f"every.{check.id}: {every!r} is not one of {', '.join(Every)}")
    if list(Every).index(Every(every)) > list(Every).index(check.every):
        raise TemplateError(f"every.{check.id}: may not be made less often than {check.every}")
    if band is not None and check.band is not None and not band.within(check.band):
        raise TemplateError(
            f"bands.{check.id}: may only be narrower than {check.band.low} to {check.band.high}"
        )
    if band is not None and check.sensed:
        raise TemplateError(f"bands.{check.id}: its own readings are judged; leave the band out")
    unit = check.unit or choices.units.get(check.id, "")
    if band is not None and not unit:
        raise TemplateError(f"bands.{check.id}: name the unit the value is read in")
    return replace(check, every=Every(every), band=band, unit=unit)
