"""What the site file says of noise and protectors: the scanner's declared levels, and what lies ready."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from mr_safety_console.domain.hearing_protection import ROOM_KEYS, Protector, RoomNoise, Sort
from mr_safety_console.domain.profile import ProfileError, SiteProfile

_SOURCE = "source"
_PROTECTOR_KEYS = ("name", "kind", "nrr", "snr")
_LONGEST = 40


def with_hearing(profile: SiteProfile, tables: Mapping[str, Any]) -> SiteProfile:
    """Return the profile with the room's noise and the register of protectors; both may be left out.

    What is left out stays unknown: nothing has a default. Raises `ProfileError` naming key and remedy.
    """
    room, protectors = _room(tables.get("hearing", {})), _protectors(tables.get("protectors", []))
    return replace(profile, room=room, protectors=protectors)


def _room(table: Any) -> RoomNoise:
    if not isinstance(table, dict):
        raise ProfileError("hearing: write it as a table, [hearing]")
    _known(table, (*ROOM_KEYS, _SOURCE), "hearing.")
    la, lc, peak = (_level(table, key) for key in ROOM_KEYS)
    return RoomNoise(la, lc, peak, _text(table, _SOURCE, "hearing.") if _SOURCE in table else "")


def _level(table: Mapping[str, Any], key: str) -> Decimal | None:
    """Return a level as it was written, exactly; None where nobody wrote one."""
    value = table.get(key)
    if value is None:
        return None
    if type(value) not in (int, float):
        raise ProfileError(f"hearing.{key}: write a number in decibel, like 115 or 118.5")
    level = Decimal(repr(value))
    if not level.is_finite():
        raise ProfileError(f"hearing.{key}: write a number in decibel, like 115 or 118.5")
    return level


def _protectors(tables: Any) -> tuple[Protector, ...]:
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ProfileError("protectors: write each type as a table, [[protectors]]")
    return tuple(_protector(table, f"protectors[{number}].") for number, table in enumerate(tables))


def _protector(table: Mapping[str, Any], where: str) -> Protector:
    _known(table, _PROTECTOR_KEYS, where)
    sort = _text(table, "kind", where)
    if sort not in set(Sort):
        raise ProfileError(f"{where}kind: {sort!r} is not one of {', '.join(Sort)}")
    nrr, snr = (_rating(table, key, where) for key in ("nrr", "snr"))
    return Protector(_text(table, "name", where), Sort(sort), nrr, snr)


def _rating(table: Mapping[str, Any], key: str, where: str) -> int:
    value = table.get(key)
    if value is not None and (type(value) is not int or value < 1):
        raise ProfileError(f"{where}{key}: write the whole number on the packet, or leave it out")
    return int(value or 0)


def _text(table: Mapping[str, Any], key: str, where: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ProfileError(f"{where}{key}: is missing or not text; write it in quotes")
    if len(value) > _LONGEST or not value.isprintable():
        raise ProfileError(f"{where}{key}: holds control characters or is longer than {_LONGEST}")
    return value


def _known(table: Mapping[str, Any], keys: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in keys:
            raise ProfileError(f"{where}{key}: is not known; known are {', '.join(sorted(keys))}")
