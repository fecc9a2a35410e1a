"""The plan of the suite: doors between zones, what watches them, what a site calls them, what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.suite_world import DETECTOR, DOOR, DOOR_III, POINTS, WAND, site

from mr_safety_console.domain import zones
from mr_safety_console.domain.profile import (
    DIRECTIONS,
    ZONES,
    BareDoor,
    Point,
    PointKind,
    ProfileError,
    SiteProfile,
)


def changed(point: str, **changes: object) -> SiteProfile:
    """Return the site with one of its points changed."""
    return site(points=tuple(replace(one, **changes) if one.id == point else one for one in POINTS))


def test_a_door_leads_from_the_zone_before_unless_the_site_says_otherwise() -> None:
    plan = zones.doors(site())
    assert [(door.name, door.outer, door.inner) for door in plan] == [
        ("Zone III door", "II", "III"),
        ("Magnet room door", "III", "IV"),
    ]
    assert zones.into(changed(DOOR, outer="II"), "IV")[0].outer == "II"


def test_the_plan_tells_which_detectors_watch_a_door() -> None:
    three, four = zones.doors(site())
    assert [one.id for one in four.watched_by] == [DETECTOR, WAND]
    assert three.watched_by == ()


def test_a_detector_that_names_no_door_watches_the_only_one_of_its_zone() -> None:
    assert [one.id for one in zones.into(changed(WAND, door=""), "IV")[0].watched_by] == [DETECTOR, WAND]
    beside = Point("fmd-iii", "Portal in Zone II", PointKind.DETECTOR, "III", "portal", "FMD01", 2)
    other = Point("door-side", "Side door", PointKind.DOOR, "III", "interlock", "DIL01", 2)
    assert [door.watched_by for door in zones.into(site(points=(*POINTS, beside)), "III")] == [(beside,)]
    two = zones.into(site(points=(*POINTS, beside, other)), "III")
    assert [door.watched_by for door in two] == [(), ()]


def test_a_door_without_a_contact_is_on_the_plan_and_nothing_tells_about_it() -> None:
    plan = zones.doors(site(bare_doors=(BareDoor("Fire exit", "IV", "I"), BareDoor("Entrance", "II"))))
    assert [(door.name, door.outer, door.inner, door.point is None) for door in plan] == [
        ("Entrance", "I", "II", True),
        ("Zone III door", "II", "III", False),
        ("Magnet room door", "III", "IV", False),
        ("Fire exit", "I", "IV", True),
    ]


@pytest.mark.parametrize(
    ("naming", "whole", "label", "tight"),
    [("acr", "Zone IV", "Zone IV", "IV"), ("uk", "MR Environment", "MR ENV", "MR ENV")],
)
def test_a_zone_is_called_what_the_site_calls_it(naming: str, whole: str, label: str, tight: str) -> None:
    profile = site(naming=naming)
    assert zones.name(profile, "IV") == whole
    assert zones.label(profile, "IV") == label
    assert zones.short(profile, "IV") == tight
    assert len({zones.name(profile, zone) for zone in ZONES}) == 4
    assert all(len(zones.short(profile, zone)) <= 6 for zone in ZONES)


def test_the_uk_names_are_those_of_the_framework() -> None:
    assert zones.name(site(naming="uk"), "III") == "MR Controlled Access Area"
    assert zones.PROJECTILE_ZONE == "Projectile zone"


@pytest.mark.parametrize(
    ("direction", "told", "way"),
    [("in", "I", "I"), ("in", "O", "O"), ("out", "I", "O"), ("out", "O", "I"), ("in", "U", "U")],
)
def test_which_way_a_crossing_went_follows_from_how_the_detector_hangs(
    direction: str, told: str, way: str
) -> None:
    assert zones.way(replace(POINTS[2], direction=direction), told) == way


@given(direction=st.sampled_from(DIRECTIONS), told=st.text(max_size=3))
def test_a_direction_nobody_described_is_never_guessed(direction: str, told: str) -> None:
    detector = replace(POINTS[2], direction=direction)
    found = zones.way(detector, told)
    assert found in ("I", "O", "U")
    if direction == "unknown" or told not in ("I", "O"):
        assert found == "U"


def test_field_and_line_are_written_as_people_write_them() -> None:
    assert (zones.field(site()), zones.contour(site(hazard_contour_ut=900))) == ("3.0 T", "0.9 mT")


@pytest.mark.parametrize(
    ("point", "changes", "named", "remedy"),
    [
        (DOOR, {"outer": "IV"}, f"points.{DOOR}.from", "from zone IV to itself"),
        (DOOR_III, {"outer": "IV"}, f"points.{DOOR_III}.from", "exchange `from` and `zone`"),
        (DOOR, {"outer": "V"}, f"points.{DOOR}.from", "not one of I, II, III, IV"),
        (DOOR_III, {"zone": "I"}, f"points.{DOOR_III}.zone", "not one of III, IV"),
        (DOOR_III, {"zone": "II"}, f"points.{DOOR_III}.zone", "not one of III, IV"),
        (DETECTOR, {"outer": "III"}, f"points.{DETECTOR}.from", "belongs to a door"),
        (DETECTOR, {"direction": "inwards"}, f"points.{DETECTOR}.direction", "in, out, unknown"),
        (DETECTOR, {"door": "door-v"}, f"points.{DETECTOR}.door", "not the id of a door"),
        (DETECTOR, {"door": WAND}, f"points.{DETECTOR}.door", "not the id of a door"),
        (DETECTOR, {"door": DOOR_III}, f"points.{DETECTOR}.door", "write the same zone in both"),
        (DOOR, {"door": DOOR_III}, f"points.{DOOR}.door", "belongs to a detector"),
        (DOOR, {"direction": "in"}, f"points.{DOOR}.direction", "belongs to a detector"),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused_by_key_and_remedy(
    point: str, changes: dict[str, str], named: str, remedy: str
) -> None:
    with pytest.raises(ProfileError) as caught:
        changed(point, **changes)
    assert str(caught.value).startswith(named)
    assert remedy in str(caught.value)


@pytest.mark.parametrize(
    ("bare", "named", "remedy"),
    [
        ((BareDoor("Gate", "I"),), "doors[0].zone", "not one of II, III, IV"),
        ((BareDoor("Gate", "II"), BareDoor("Gap", "III", "III")), "doors[1].from", "to itself"),
        ((BareDoor("Gate", "II", "III"),), "doors[0].from", "exchange"),
        ((BareDoor("Gate", "II"), BareDoor("Gate", "III")), "doors", "the same name"),
        ((BareDoor("Zone III door", "III"),), "doors", "stands in points only"),
    ],
)
def test_a_bare_door_that_leads_nowhere_is_refused(
    bare: tuple[BareDoor, ...], named: str, remedy: str
) -> None:
    with pytest.raises(ProfileError) as caught:
        site(bare_doors=bare)
    assert str(caught.value).startswith(named)
    assert remedy in str(caught.value)


def test_one_watched_way_leads_into_the_magnet_room() -> None:
    with pytest.raises(ProfileError, match="exactly one door with zone = 'IV'"):
        changed(DOOR_III, zone="IV")
    with pytest.raises(ProfileError, match="at least one detector with zone = 'IV'"):
        site(points=POINTS[:2])
    with pytest.raises(ProfileError, match="naming: 'eu' is not one of acr, uk"):
        site(naming="eu")
