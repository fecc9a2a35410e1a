"""The map and the glance of the Suite: what three seconds must tell, in words, marks and colours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import stages
from support.clocks import HandClock
from support.console_site import Site, console
from support.fake_face import SITE, FakeFace

from mr_safety_console.console.present import header, suite, visit, zone_map
from mr_safety_console.console.present.glance import Glance, glance
from mr_safety_console.console.present.rail import short_step
from mr_safety_console.console.present.rows import plain
from mr_safety_console.console.present.view import View
from mr_safety_console.console.present.zone_picture import LINES
from mr_safety_console.console.theme import Tone, style_of
from mr_safety_console.domain.alarm_points import IRON
from mr_safety_console.domain.alarms import AcknowledgeAlarm
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import AnnounceTransit, KeepDoor
from mr_safety_console.domain.emergency import OpenEmergency
from mr_safety_console.domain.items_inside import InsideState, Place
from mr_safety_console.domain.profile import BareDoor, Point, PointKind, SiteProfile, check
from mr_safety_console.domain.quench import QuenchKind, ReportQuench
from mr_safety_console.domain.visit_facts import CountStaff

WIDE, TIGHT = 65, 55
III = Point("door-iii", "Zone III door", PointKind.DOOR, "III", "p2", "ILK01", 1)
SECOND = Point("fmd-side", "FMD-2", PointKind.DETECTOR, "IV", "p1", "FMD01", 1, "door-iv")


def plan(**changes: object) -> SiteProfile:
    return check(replace(SITE, **changes))  # type: ignore[arg-type]


def picture(view: View, width: int = WIDE) -> list[str]:
    return plain(zone_map.picture(view, width))


def strip(view: View) -> str:
    return zone_map.strip(view).plain


# --- the picture ---


def test_a_closed_door_is_a_wall_an_open_one_a_gap_an_unknown_one_hatched(site: Site) -> None:
    assert "│ ○ closed   ║" in picture(site.view())[3]
    site.face.hear("door-iv", Condition.DANGER)
    assert "  ▲ OPEN      " in picture(site.view())[3]
    assert "─▲─" in strip(site.view())
    site.face.hear("door-iv", Condition.UNKNOWN, reason="silent")
    assert "▒ ▒ UNKNOWN  ▒" in picture(site.view())[3]


def test_the_detector_stands_above_the_door_it_watches(site: Site) -> None:
    lines = picture(site.view())
    at = lines[0].index("detector")
    assert [line[at : at + 10].strip() for line in lines] == [
        "detector",
        "○ no alarm",
        "door",
        "○ closed",
        "",
        "",
    ]
    site.face.hear("fmd-iv", Condition.DANGER)
    assert "■ IRON" in picture(site.view())[1]


def test_of_two_detectors_the_worst_is_told_and_the_lost_one_marked(site: Site) -> None:
    site.face.profile = plan(points=(*SITE.points, SECOND))
    view = site.view(profile=site.face.profile)
    assert "▒ UNKNOWN" in picture(view)[1], "one of them was never heard"
    site.face.hear("fmd-iv", Condition.DANGER)
    assert "■ IRON ▒" in picture(site.view(profile=site.face.profile))[1]


def test_heads_stand_in_their_zone_as_people_call_them(site: Site) -> None:
    stages.inside(site)
    site.do(CountStaff(staff_inside=2))
    lines = picture(site.view())
    assert "2 heads" not in lines[1]
    assert "3 heads" in lines[1]
    assert "V1 staff×2" in lines[2]
    assert strip(site.view()) == "Zone II 1 V2 │ Zone III 0 ─○─ Zone IV 3 V1 staff×2"
    assert "Doe" not in "".join(lines), "no name"


def test_nobody_knows_who_is_where_once_the_ledger_is_broken_or_the_engine_silent(site: Site) -> None:
    """I3: what cannot be known is UNKNOWN, never the last figure."""
    stages.inside(site)
    site.face.working = replace(site.face.working, broken=("visits",))
    assert picture(site.view())[1].count("▒ UNKNOWN") == 3
    assert strip(site.view()) == "zones ▒ UNKNOWN"
    assert glance(site.view()).word == "▒ HEADS UNKNOWN"
    site.face.working = replace(site.face.working, broken=())
    site.clock.advance(3)
    dark = picture(site.view())
    assert [line.count("▒ UNKNOWN") for line in dark] == [0, 4, 0, 1, 0, 0]
    assert "head" not in "".join(dark)


def test_objects_with_the_magnet_are_told_wherever_heads_are(site: Site) -> None:
    lying = {n: Place(f"item-{n}", n, "IV", site.clock.now(), "ben") for n in (1, 2)}
    inside = InsideState(places={one.item: one for one in lying.values()})
    site.face.working = replace(site.face.working, inside=inside)
    assert "2 objects" in picture(site.view())[3]
    assert strip(site.view()).endswith("Zone IV 0 2 objects")
    assert "IN ZONE IV 0 2 objects" in header.header(site.view(), 76).plain
    assert glance(site.view()).told == "nobody recorded in Zone IV, 2 objects, no open alarm"
    site.do(OpenEmergency())
    site.do(ReportQuench(how=QuenchKind.DELIBERATE))
    for width in (76, 78, 80, 120):
        assert "…" not in header.header(site.view(), width).plain
    assert "IN ZONE IV 0 2 objects" in header.header(site.view(), 120).plain
    assert "IN ZONE IV 0  REMOVAL" in header.header(site.view(), 76).plain, "heads give way last"


def test_where_objects_are_is_unknown_once_their_ledger_is_broken(site: Site) -> None:
    site.face.working = replace(site.face.working, broken=("inside",))
    assert glance(site.view()).word == "▒ OBJECTS UNKNOWN"
    assert "▒ objects" in picture(site.view())[3]
    assert "IN ZONE IV 0 ▒ objects" in header.header(site.view(), 120).plain


def test_an_announced_crossing_is_an_arrow_through_the_door(site: Site) -> None:
    stages.in_transit(site)
    assert "→ V1" in picture(site.view())[4]
    assert "─○→" in strip(site.view())
    site.do(AnnounceTransit(inwards=False))
    assert "← staff" in picture(site.view())[4]
    assert "←○─" in strip(site.view())


def test_a_door_without_a_contact_is_drawn_and_named_and_never_believed(site: Site) -> None:
    view = site.view(profile=plan(bare_doors=(BareDoor("Waiting room", "III"), BareDoor("Exit", "IV", "I"))))
    assert "┊ no contact ┊" in picture(view)[3]
    assert plain(zone_map.bare_doors(view)) == [
        "no contact, look yourself: Waiting room (II–III), Exit (I–IV)"
    ]
    assert "─┊─" in strip(view)
    assert zone_map.bare_doors(site.view()) == ()


def test_a_door_that_leads_past_a_zone_says_where_it_comes_from(site: Site) -> None:
    past = tuple(
        replace(point, outer="II") if point.kind is PointKind.DOOR else point for point in SITE.points
    )
    assert "from II" in picture(site.view(profile=plan(points=past)))[2]
    assert "from" not in "".join(picture(site.view()))


@pytest.mark.parametrize(("naming", "place"), [("acr", "ZONE IV"), ("uk", "MR ENVIRONMENT")])
def test_the_site_names_its_zones(site: Site, naming: str, place: str) -> None:
    stages.inside(site)
    view = site.view(profile=plan(naming=naming))
    person = next(iter(view.state.visits.open.values()))
    assert f"IN {place}" in "\n".join(plain(suite.visit_rows(view)))
    assert f"IN {place} 2" in header.header(view, 120).plain
    assert "2" in header.header(view, 76).plain
    assert glance(view).told.upper().startswith(f"RECORDED IN {place}")
    assert short_step(view, replace(person, inside=False)) == (
        "Into Zone IV" if naming == "acr" else "Into MR ENV"
    )
    outside = next(one for one in view.state.visits.open.values() if not one.inside)
    assert f"BEFORE {place}" in "\n".join(plain(visit.act_rows(view, outside)))
    shown = "\n".join(picture(view))
    assert ("MCAA" in shown) is (naming == "uk")
    assert ("projectile zone" in shown) is (naming == "uk")


ZONED = st.builds(
    plan,
    naming=st.sampled_from(("acr", "uk")),
    points=st.sampled_from((SITE.points, (*SITE.points, III), (*SITE.points, III, SECOND))),
    bare_doors=st.sampled_from(
        ((), (BareDoor("Gate", "II"),), (BareDoor("Gate", "II"), BareDoor("Gap", "III")))
    ),
)


@given(profile=ZONED, width=st.integers(10, 130), staff=st.integers(0, 40))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_whatever_the_plan_no_line_is_wider_than_its_place(
    tmp_path: Path, profile: SiteProfile, width: int, staff: int
) -> None:
    clock = HandClock()
    face = FakeFace(clock, {}, profile)
    face.working = replace(face.working, visits=replace(face.working.visits, staff_inside=staff))
    view = View(face.state, clock.now(), profile, {}, face.beat_bt)
    lines = picture(view, width)
    assert len(lines) in (1, LINES)
    assert len(lines) == 1 or ({len(line) for line in lines} == {len(lines[0])} and len(lines[0]) <= width)
    assert str(staff) in "\n".join(lines), "the count is never cut"


# --- three seconds ---

FIVE: dict[str, tuple[Callable[[Site], object], str, Tone]] = {
    "quiet": (stages.at_work, "○ QUIET", Tone.PLAIN),
    "patient in transit": (stages.in_transit, "→ GOING IN", Tone.CONFIRM),
    "alarm": (stages.alarmed, "■ IRON", Tone.STOP),
    "detector lost": (stages.detector_lost, "▒ DETECTOR LOST", Tone.UNKNOWN),
    "door open unattended": (stages.door_open, "▲ DOOR OPEN", Tone.HOLD),
}


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> dict[str, View]:
    """Return the five states somebody who has never seen the Suite must tell apart."""
    views = {}
    for name, (prepare, _, _) in FIVE.items():
        site = Site(tmp_path_factory.mktemp("site"))
        prepare(site)
        views[name] = site.view()
        assert site.intake.close()
    return views


def test_each_of_the_five_states_has_its_word_mark_and_colour(five: dict[str, View]) -> None:
    told = {name: glance(view) for name, view in five.items()}
    assert {name: (one.word, one.tone) for name, one in told.items()} == {
        name: (word, tone) for name, (_, word, tone) in FIVE.items()
    }
    assert pairwise_different(told, lambda one: one.word.split()[0]), "the mark"
    assert pairwise_different(told, lambda one: frozenset(one.word.split()[1:])), "the words"
    assert pairwise_different(told, lambda one: style_of(one.tone)), "the colour"


def test_map_and_strip_differ_for_each_of_the_five_states(five: dict[str, View]) -> None:
    assert pairwise_different(five, lambda view: tuple(picture(view)))
    assert pairwise_different(five, lambda view: tuple(plain(suite.point_rows(view)[:2])))


def answer_iron(site: Site) -> None:
    for alarm in site.face.working.alarms.open.values():
        if alarm.rule in IRON:
            site.do(AcknowledgeAlarm(alarm=alarm.id, instance=alarm.instance))


def pairwise_different(found: dict[str, Any], seen: Callable[[Any], object]) -> bool:
    return all(seen(found[one]) != seen(found[other]) for one, other in combinations(found, 2))


async def test_without_colour_the_five_states_still_read_differently(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    first = stages.at_work(site)
    read = {}
    async with console(site) as hand:
        for name, change in {
            "quiet": lambda: None,
            "patient in transit": lambda: site.do(AnnounceTransit(visit=first)),
            "door open unattended": lambda: (
                site.clock.advance(61),
                site.face.hear("door-iv", Condition.DANGER),
            ),
            "alarm": lambda: site.face.hear("fmd-iv", Condition.DANGER),
            "detector lost": lambda: (
                answer_iron(site),
                site.face.hear("door-iv", Condition.NORMAL),
                site.face.hear("fmd-iv", Condition.UNKNOWN, reason="silent"),
            ),
        }.items():
            change()
            site.face.beat(0.1)
            text = await hand.look()
            assert FIVE[name][1] in text
            read[name] = next(line for line in text.splitlines() if FIVE[name][1] in line)
            colours = {
                part.style.color for strip_ in hand.app.screen._compositor.render_strips() for part in strip_
            }
            assert not [c for c in colours if c is not None and c.triplet and len(set(c.triplet)) > 1]
    assert len(set(read.values())) == len(FIVE)


def test_the_glance_tells_the_worst_first(site: Site) -> None:
    def now() -> Glance:
        return glance(site.view())

    stages.inside(site)
    assert (now().word, now().tone) == ("● 2 INSIDE", Tone.TITLE)
    site.do(AnnounceTransit(inwards=False))
    assert now().word == "← COMING OUT"
    site.face.hear("fmd-iv", Condition.UNKNOWN, reason="silent")
    assert now().word == "▒ DETECTOR LOST"
    site.face.hear("door-iv", Condition.UNKNOWN, reason="silent")
    assert now().word == "▒ DOOR AND DETECTOR LOST"
    site.face.hear("fmd-iv", Condition.NORMAL)
    assert now().word == "▒ DOOR LOST"
    site.face.hear("fmd-iv", Condition.DANGER)
    assert now().word == "■ IRON"
    site.do(OpenEmergency())
    assert now().word == "!!! EMERGENCY"
    site.clock.advance(3)
    assert now() == Glance("▒ NOTHING KNOWN", Tone.UNKNOWN, "trust doors and eyes")


def test_iron_that_rang_and_was_not_answered_is_told_before_the_open_door(site: Site) -> None:
    site.face.hear("door-iv", Condition.NORMAL)
    site.face.hear("fmd-iv", Condition.DANGER)
    site.face.hear("fmd-iv", Condition.NORMAL)
    site.face.hear("door-iv", Condition.DANGER)
    rang = glance(site.view())
    assert (rang.word, rang.told) == ("■ IRON", "rang and nobody has answered: find it")


def test_a_kept_door_is_told_with_its_keeper(site: Site) -> None:
    site.face.sign_on(site.ben)
    site.do(KeepDoor())
    site.face.hear("door-iv", Condition.DANGER)
    assert glance(site.view()) == Glance("◇ DOOR KEPT", Tone.KEY, "open, BB stands at it")


def test_it_is_quiet_only_while_no_alarm_is_open(site: Site) -> None:
    assert glance(site.view()).word == "○ QUIET"
    site.face.hear("door-iv", Condition.DANGER)
    site.face.hear("door-iv", Condition.NORMAL)
    told = glance(site.view())
    assert (told.word, told.tone, told.told) == ("[! ] ALARM OPEN", Tone.MEDIUM, "1 to be dealt with: F6")


def test_nothing_that_speaks_against_it_is_ever_called_quiet(site: Site) -> None:
    """I3: of all that points, heads and alarms can be, one state alone is quiet."""
    start, quiet = site.face.working, []
    for door, detector, staff in product(Condition, Condition, (0, 1)):
        site.face.working = replace(start, visits=replace(start.visits, staff_inside=staff))
        site.face.hear("fmd-iv", detector, reason="silent")
        site.face.hear("door-iv", door, reason="silent")
        before = glance(site.view()).word
        site.face.working = replace(site.face.working, alarms=start.alarms)
        after = glance(site.view()).word
        quiet += [(door, detector, staff, word) for word in (before, after) if "QUIET" in word]
    assert quiet == [(Condition.NORMAL, Condition.NORMAL, 0, "○ QUIET")] * 2
