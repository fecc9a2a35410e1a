"""The zones of the suite: what they are called, which doors join them, which detector watches which door.

Follows from a checked profile alone. Zones are kept after ACR everywhere; a site's naming is for
people. The two UK names that have one stand for the zone that comes nearest; the projectile zone is
no room of its own but lies inside the innermost one.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mr_safety_console.domain.profile import ZONES, Point, PointKind, SiteProfile
from mr_safety_console.domain.value import frozen

PROJECTILE_ZONE = "Projectile zone"

_NAMES: Mapping[str, Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "acr": {zone: (f"Zone {zone}", zone) for zone in ZONES},
        "uk": {
            "I": ("public area", "public"),
            "II": ("preparation area", "prep"),
            "III": ("MR Controlled Access Area", "MCAA"),
            "IV": ("MR Environment", "MR ENV"),
        },
    }
)
"""Whole and short name of each zone, by naming."""


@frozen
class Door:
    """A way from `outer` into `inner`. `point` is its contact, None for a door nobody wired.

    `watched_by` are the detectors that watch it, in file order.
    """

    name: str
    outer: str
    inner: str
    point: Point | None = None
    watched_by: tuple[Point, ...] = ()


def name(profile: SiteProfile, zone: str) -> str:
    """Return what this site calls a zone: `Zone IV` or `MR Environment`."""
    return _NAMES[profile.naming][zone][0]


def short(profile: SiteProfile, zone: str) -> str:
    """Return the name of a zone where there is no room: `IV` or `MR ENV`."""
    return _NAMES[profile.naming][zone][1]


def label(profile: SiteProfile, zone: str) -> str:
    """Return the whole name of a zone where it is as short as `Zone III`, else the short one."""
    whole = name(profile, zone)
    return whole if len(whole) <= 8 else short(profile, zone)


def before(zone: str) -> str:
    """Return the zone just outside one that is not the outermost."""
    return ZONES[ZONES.index(zone) - 1]


def doors(profile: SiteProfile) -> tuple[Door, ...]:
    """Return every door of the suite from the street inwards, those with a contact first in each zone."""
    found = [
        Door(point.name, point.outer or before(point.zone), point.zone, point, _watching(profile, point))
        for point in profile.of_kind(PointKind.DOOR)
    ]
    found += [Door(bare.name, bare.outer or before(bare.zone), bare.zone) for bare in profile.bare_doors]
    return tuple(sorted(found, key=lambda door: ZONES.index(door.inner)))


def into(profile: SiteProfile, zone: str) -> tuple[Door, ...]:
    """Return the doors that lead into a zone."""
    return tuple(door for door in doors(profile) if door.inner == zone)


def _watching(profile: SiteProfile, door: Point) -> tuple[Point, ...]:
    """Return the detectors of a door; one that names no door watches the only one of its zone."""
    only = len(profile.of_kind(PointKind.DOOR, door.zone)) == 1
    detectors = profile.of_kind(PointKind.DETECTOR, door.zone)
    return tuple(one for one in detectors if one.door == door.id or (only and not one.door))


def way(detector: Point, told: str) -> str:
    """Return which way a crossing went by the site's plan: `I` inwards, `O` outwards, `U` unknown.

    `told` is the detector's own word. Where nobody said how it hangs, nobody knows.
    """
    if detector.direction == "unknown" or told not in ("I", "O"):
        return "U"
    if detector.direction == "in":
        return told
    return "O" if told == "I" else "I"


def contour(profile: SiteProfile) -> str:
    """Return the line that bounds the magnet's zone as people write it: `0.5 mT`."""
    return f"{profile.hazard_contour_ut / 1000:.1f} mT"


def field(profile: SiteProfile) -> str:
    """Return the magnet's field as people write it: `3.0 T`."""
    return f"{profile.b0_mt / 1000:.1f} T"
