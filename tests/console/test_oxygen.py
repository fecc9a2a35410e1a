"""Oxygen on the screens: a reading with its time, never a word that it is enough."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.console_site import NARROW, WIDE, Site, console
from support.fake_face import SITE

from mr_safety_console.console.present import devices
from mr_safety_console.console.present.points import percent, point_cell
from mr_safety_console.domain.detectors import Condition, Level, ObservePoint
from mr_safety_console.domain.profile import Point, PointKind
from mr_safety_console.domain.words import say

O2 = Point("o2-iv", "Room air", PointKind.OXYGEN, "IV", "p3", "O2-METER")
PROFILE = replace(SITE, points=(*SITE.points, O2))
BOTH = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])


@pytest.fixture
def site(site: Site) -> Site:
    site.face.profile = PROFILE
    return site


def reads(site: Site, condition: Condition, tenths: int | None) -> None:
    site.face.live[O2.id] = Level(O2.id, condition, "", site.clock.now().bt, value=tenths)
    site.face.do(ObservePoint(point=O2.id, condition=condition, reason="silent", value=tenths))


def tile(site: Site) -> str:
    view = site.view(profile=PROFILE)
    return point_cell(view, O2, view.believe(O2))[0].plain


@pytest.mark.parametrize(("tenths", "said"), [(208, "20.8 %"), (195, "19.5 %"), (5, "0.5 %"), (None, "")])
def test_tenths_are_written_as_percent(tenths: int | None, said: str) -> None:
    assert percent(tenths) == said


def test_the_tile_says_value_and_time_and_keeps_the_time_of_the_reading(site: Site) -> None:
    """I11: what was read and when, and nothing about what it is worth."""
    reads(site, Condition.NORMAL, 208)
    read_at = site.view().clock_short(site.clock.now())
    assert tile(site) == f"Room air ○ O2 20.8 % at {read_at} 0.0 s"
    site.clock.advance(1.5)
    assert tile(site) == f"Room air ○ O2 20.8 % at {read_at} 1.5 s"
    reads(site, Condition.DANGER, 193)
    assert f"▲ O2 19.3 % at {read_at}" in tile(site)
    reads(site, Condition.DANGER, 178)
    assert f"■ O2 17.8 % at {read_at}" in tile(site)


def test_without_a_value_the_relay_is_named_and_unknown_shows_no_figure(site: Site) -> None:
    """I3: an old value is not shown as one of now."""
    reads(site, Condition.NORMAL, None)
    assert "○ no oxygen alarm at" in tile(site)
    reads(site, Condition.DANGER, None)
    assert "■ OXYGEN ALARM at" in tile(site)
    reads(site, Condition.NORMAL, 208)
    site.face.beat(0)
    site.clock.advance(2.5)
    site.face.beat_bt = site.clock.now().bt
    assert "UNKNOWN silent" in tile(site)
    assert "20.8" not in tile(site)


@BOTH
async def test_suite_and_devices_show_the_monitor_and_its_alarm(site: Site, size: tuple[int, int]) -> None:
    reads(site, Condition.NORMAL, 208)
    async with console(site, size, profile=PROFILE) as hand:
        assert "Room air ○ O2 20.8 % at" in await hand.look()
        reads(site, Condition.DANGER, 179)
        told = await hand.look()
        assert "■ O2 17.9 % at" in told
        assert say("alarm", "oxygen-alarm") in told
        told = await hand.press("ctrl+d")
        assert "Room air ■ O2 17.9 % at" in told
        assert "value 179" in told


def test_a_monitor_has_no_walk_test(site: Site) -> None:
    reads(site, Condition.NORMAL, 208)
    rows = [row.plain for row in devices.rows(site.view(profile=PROFILE))]
    below = rows[next(n for n, row in enumerate(rows) if row.startswith("Room air")) :]
    assert "device O2-METER" in below[1]
    assert "walk test" not in below[2], "the next row belongs to something else"
    assert len([row for row in rows if "not walk tested" in row]) == len(PROFILE.detectors_iv)
