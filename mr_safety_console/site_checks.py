"""What the site file says of the checks: which are made, how often, in which band, and who approved them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from mr_safety_console.domain.check_template import Band, Choices, TemplateError, chosen
from mr_safety_console.domain.profile import ProfileError, SiteProfile

CHECK_KEYS = ("approved_by", "instead", "off", "every", "bands")
_BAND_KEYS = ("low", "high", "unit")
_LONGEST = 120


def with_checks(profile: SiteProfile, tables: Mapping[str, Any]) -> SiteProfile:
    """Return the profile with the checks of the table `[checks]`; without one all of the template.

    Raises `ProfileError` naming key and remedy.
    """
    table = tables.get("checks", {})
    if not isinstance(table, dict):
        raise ProfileError("checks: write it as a table, [checks]")
    _known(table, CHECK_KEYS, "checks.")
    bands, units = _bands(_table(table, "bands"))
    choices = Choices(off=_off(table), every=_every(_table(table, "every")), bands=bands, units=units)
    try:
        listed = chosen(choices)
    except TemplateError as error:
        raise ProfileError(f"checks.{error}") from None
    approved, instead = _text(table, "approved_by"), _text(table, "instead")
    return replace(profile, checks=listed, checks_approved=approved, instead=instead)


def _off(table: Mapping[str, Any]) -> tuple[str, ...]:
    listed = table.get("off", [])
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise ProfileError('checks.off: write a list like ["C22", "C25"]')
    return tuple(listed)


def _every(table: Mapping[str, Any]) -> dict[str, str]:
    return {key: _text(table, key, "checks.every.") for key in table}


def _bands(table: Mapping[str, Any]) -> tuple[dict[str, Band], dict[str, str]]:
    bands, units = {}, {}
    for key in table:
        band, where = _table(table, key, "checks.bands."), f"checks.bands.{key}."
        _known(band, _BAND_KEYS, where)
        low, high = (_number(band, end, where) for end in ("low", "high"))
        if low > high:
            raise ProfileError(f"{where}low: is above high; exchange the two")
        bands[key] = Band(low, high)
        units[key] = _text(band, "unit", where)
    return bands, units


def _number(table: Mapping[str, Any], key: str, where: str) -> Decimal:
    """Return a number as it was written, exactly."""
    value = table.get(key)
    if type(value) not in (int, float):
        raise ProfileError(f"{where}{key}: write a number, like 18 or 20.5")
    number = Decimal(repr(value))
    if not number.is_finite():
        raise ProfileError(f"{where}{key}: write a number, like 18 or 20.5")
    return number


def _table(table: Mapping[str, Any], key: str, where: str = "checks.") -> Mapping[str, Any]:
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise ProfileError(f"{where}{key}: write it as a table, [{where}{key}]")
    return value


def _text(table: Mapping[str, Any], key: str, where: str = "checks.") -> str:
    value = table.get(key, "")
    if not isinstance(value, str) or len(value) > _LONGEST or not value.isprintable():
        raise ProfileError(f"{where}{key}: write text of at most {_LONGEST} characters, in quotes")
    return value.strip()


def _known(table: Mapping[str, Any], keys: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in keys:
            raise ProfileError(f"{where}{key}: is not known; known are {', '.join(sorted(keys))}")
