"""The ledger of crossings by its keys: few of them, nothing preselected, and never a word of agreement."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from support.console_site import NARROW, WIDE, Hand, Site, console

from mr_safety_console.console.present import crossings as present
from mr_safety_console.console.present import devices, log, people, suite
from mr_safety_console.console.present.rail import rail_rows
from mr_safety_console.console.present.rows import plain
from mr_safety_console.console.present.told import numbers
from mr_safety_console.domain.alarms import AcknowledgeAlarm, DisposeAlarm
from mr_safety_console.domain.crossings import ObservePassages
from mr_safety_console.domain.detectors import Condition, StartWalkTest
from mr_safety_console.domain.doors import AnnounceTransit, KeepDoor
from mr_safety_console.domain.people_acts import AdmitColleague, PersonEntersZoneIV, ReconcileHeads
from mr_safety_console.domain.profile import Wand
from mr_safety_console.domain.visit_facts import Leg, RecordBelongings, ReleaseHold
from mr_safety_console.domain.wands import ProveWand, RecordHandPass
from mr_safety_console.journal.query import LogLine

BOTH = pytest.mark.parametrize("size", [WIDE, NARROW])


@pytest.fixture
def crossing(site: Site) -> Site:
    """A site with a wand, a detector that counts both ways, BB signed on and the detector proved."""
    points = tuple(
        replace(point, direction="in") if point.id == "fmd-iv" else point
        for point in site.face.profile.points
    )
    wands = (Wand("wand-1", "Wand 1"),)
    site.face.profile = replace(site.face.profile, points=points, wands=wands)
    site.face.sign_on(site.ben)
    site.do(StartWalkTest(point="fmd-iv"))
    site.face.hear("fmd-iv", Condition.DANGER)
    site.face.hear("fmd-iv", Condition.NORMAL)
    site.face.beat(20)
    return site


def passes(site: Site, inwards: int, outwards: int = 0, boot: int = 1) -> None:
    """Let the detector's totals be these."""
    live = site.face.live["fmd-iv"]
    site.face.live["fmd-iv"] = replace(live, crossings_in=inwards, crossings_out=outwards, device_boot=boot)
    site.do(ObservePassages(point="fmd-iv", device_boot=boot, total_in=inwards, total_out=outwards))


def rung(site: Site) -> str:
    """Let iron ring at the closed door, and somebody acknowledge it; return the alarm."""
    site.face.hear("fmd-iv", Condition.DANGER)
    site.face.hear("fmd-iv", Condition.NORMAL)
    alarms = site.face.working.alarms.open.values()
    alarm = next(one for one in alarms if one.rule.startswith("ferrous"))
    site.do(AcknowledgeAlarm(alarm=alarm.id, instance=alarm.instance))
    return alarm.id


def given(site: Site, kind: type[object]) -> list[object]:
    return [command for command in site.face.commands if isinstance(command, kind)]


def shown(site: Site, **changes: object) -> str:
    return "\n".join(plain(devices.rows(site.view(profile=site.face.profile, **changes))))


async def keys(hand: Hand, *pressed: str) -> tuple[str, int]:
    """Press keys; return the glass and how many they were."""
    return await hand.press(*pressed), len(pressed)


# --- what an alarm was ---


@BOTH
@pytest.mark.parametrize(
    ("letter", "said"),
    [
        ("p", "patient-worn"),
        ("s", "staff-item"),
        ("e", "nuisance-equipment"),
        ("d", "nuisance-door"),
        ("u", "unknown"),
    ],
)
async def test_an_alarm_is_disposed_of_with_two_keys(
    crossing: Site, size: tuple[int, int], letter: str, said: str
) -> None:
    """C24: d, then the cause; measured by pressing them."""
    alarm = rung(crossing)
    async with console(crossing, size, profile=crossing.face.profile) as hand:
        assert "d, then p person s staff e equipment d door u unknown, stop" in await hand.press("f6")
        asked, opened = await keys(hand, "d")
        assert re.search(r"p 8 +Worn by the person", asked)
        assert re.search(r"u 7 +Not known", asked)
        crossing.clock.advance(1)
        _, chosen = await keys(hand, letter)
        assert opened + chosen == 2
        assert given(crossing, DisposeAlarm) == [DisposeAlarm(alarm=alarm, disposition=said)]


async def test_a_double_press_explains_nothing(crossing: Site) -> None:
    """The door is never what it was because a key was pressed twice."""
    rung(crossing)
    async with console(crossing, profile=crossing.face.profile) as hand:
        await hand.press("f6", "d")
        assert "WHAT WAS IT?" in await hand.press("d")
        assert given(crossing, DisposeAlarm) == []
        crossing.clock.advance(1)
        await hand.press("d")
        assert len(given(crossing, DisposeAlarm)) == 1


@BOTH
async def test_the_door_is_suggested_and_not_taken(crossing: Site, size: tuple[int, int]) -> None:
    """A9: on the alarm and in the dialog, never chosen for anybody."""
    crossing.do(AnnounceTransit(visit="", inwards=False))
    crossing.face.hear("door-iv", Condition.DANGER)
    crossing.face.beat(1)
    rung(crossing)
    async with console(crossing, size, profile=crossing.face.profile) as hand:
        assert "door motion? It moved 1.0 s before. Still say what it was; pass again" in " ".join(
            (await hand.press("f6")).split()
        )
        assert "door motion?" in await hand.press("d")
        await hand.press("escape")
        assert given(crossing, DisposeAlarm) == []


async def test_an_opening_nobody_announced_has_its_five_causes(crossing: Site) -> None:
    crossing.face.hear("door-iv", Condition.DANGER)
    crossing.face.hear("door-iv", Condition.NORMAL)
    (alarm,) = crossing.face.working.alarms.open.values()
    crossing.do(AcknowledgeAlarm(alarm=alarm.id, instance=1))
    async with console(crossing, profile=crossing.face.profile) as hand:
        await hand.press("f6", "d")
        await hand.press("s")
        assert given(crossing, DisposeAlarm)[-1] == DisposeAlarm(alarm=alarm.id, disposition="staff-crossing")


def test_devices_tell_what_alarms_were_and_how_many_had_an_object(crossing: Site) -> None:
    for said in ("patient-worn", "nuisance-door", "nuisance-door"):
        crossing.do(DisposeAlarm(alarm=rung(crossing), disposition=said))
    crossing.face.hear("fmd-iv", Condition.DANGER)
    told = shown(crossing)
    assert "last 3 alarms: 1 object found" in told
    assert "worn by the person 1  the door 2" in told
    assert "▲ 1 not explained" in told


def test_the_second_alarm_nobody_could_explain_stands_on_the_rail(crossing: Site) -> None:
    visit = crossing.arrive()
    crossing.ready(visit)
    for _ in range(2):
        alarm = rung(crossing)
        crossing.do(DisposeAlarm(alarm=alarm, disposition="unknown"))
        if "NOT ADMITTED" not in rail(crossing, visit):
            crossing.do(ReleaseHold(visit=visit, alarm=alarm), crossing.dan)
    assert "■ NOT ADMITTED: two alarms nobody could explain" in rail(crossing, visit)


def rail(site: Site, visit: str) -> str:
    view = site.view(profile=site.face.profile)
    return "\n".join(plain(rail_rows(view, view.state.visits.open[visit])))


# --- heads ---


async def test_a_room_of_three_is_reconciled_with_four_keys_passages_and_all(crossing: Site) -> None:
    """C24: #, the number, Enter, and the cause of every quiet passage together: five keys at most."""
    for staff in (crossing.cleo, crossing.ada, crossing.dan):
        crossing.do(AdmitColleague(staff=staff))
        name = next(one.id for one in crossing.face.working.people.here.values() if one.staff == staff)
        crossing.do(PersonEntersZoneIV(person=name, anyway=True))
    passes(crossing, 0)
    crossing.face.hear("door-iv", Condition.DANGER)
    passes(crossing, 2, 2)
    async with console(crossing, NARROW, profile=crossing.face.profile) as hand:
        assert "▲ 4 quiet passages nobody announced" in await hand.press("ctrl+g")
        pressed = ("number_sign", "3", "enter", "s")
        told, count = await keys(hand, *pressed)
        assert count <= 5
        assert "quiet passages" not in told
        assert "counted by BB" in told
        assert crossing.face.working.crossings.explained == {"staff-crossing": 4}
        assert crossing.face.working.visits.heads == 3


async def test_passages_left_alone_wait_for_the_next_count_and_the_heads_are_counted(crossing: Site) -> None:
    passes(crossing, 0)
    crossing.face.hear("door-iv", Condition.DANGER)
    passes(crossing, 1, 1)
    async with console(crossing, profile=crossing.face.profile) as hand:
        await hand.press("ctrl+g", "number_sign", "0", "enter")
        told = await hand.press("escape")
        assert "▲ 2 quiet passages nobody announced" in told
        assert "counted by BB" in told


def counts(site: Site) -> str:
    return "\n".join(plain(present.compared(site.view(profile=site.face.profile))))


def test_where_nobody_counts_it_says_not_available_and_never_that_they_agree(crossing: Site) -> None:
    """B11: also on the Suite, where a count there was is there no more."""
    assert "counts" not in "\n".join(plain(suite.point_rows(crossing.view(profile=crossing.face.profile))))
    assert "NOT AVAILABLE: it counts nobody; count by eye" in counts(crossing)
    passes(crossing, 0)
    assert "0 inside, the record has 0" in counts(crossing)
    passes(crossing, 0, boot=2)
    assert "NOT AVAILABLE: it restarted; count by eye" in counts(crossing)
    told = plain(suite.point_rows(crossing.view(profile=crossing.face.profile)))
    assert "NOT AVAILABLE: it restarted" in "\n".join(told)
    points = tuple(replace(point, direction="unknown") for point in crossing.face.profile.points)
    told = "\n".join(
        plain(present.compared(crossing.view(profile=replace(crossing.face.profile, points=points))))
    )
    assert "NOT AVAILABLE: the site file does not say which way it counts" in told
    crossing.face.hear("fmd-iv", Condition.NORMAL)
    assert "NOT AVAILABLE: it counts nobody any more" in counts(crossing)
    crossing.face.hear("fmd-iv", Condition.UNKNOWN)
    assert "NOT AVAILABLE: it is UNKNOWN" in counts(crossing)


@BOTH
def test_more_or_fewer_than_recorded_stand_on_suite_people_and_devices(
    crossing: Site, size: tuple[int, int]
) -> None:
    passes(crossing, 0)
    crossing.face.hear("door-iv", Condition.DANGER)
    passes(crossing, 2)
    view = crossing.view(profile=crossing.face.profile)
    for rows in (suite.point_rows(view, size[0]), people.rows(view), devices.rows(view)):
        assert "■ 2 inside, the record has 0" in "\n".join(plain(rows))
    crossing.do(AdmitColleague(staff=crossing.cleo))
    (name,) = crossing.face.working.people.here
    for total in (4, 4):
        passes(crossing, 2, total)
    crossing.do(PersonEntersZoneIV(person=name, anyway=True))
    assert "▲ -2 inside, the record has 1" in counts(crossing)
    assert not re.search(r"\b(agree|match|same)", counts(crossing))


# --- by hand ---


@BOTH
async def test_a_hand_held_pass_takes_two_keys_and_a_pin(crossing: Site, size: tuple[int, int]) -> None:
    """C19: marked MANUAL on the rail and counted in the header."""
    visit = crossing.arrive()
    crossing.screened(visit)
    crossing.do(RecordBelongings(visit=visit))
    crossing.do(ProveWand(wand="wand-1", answered=True))
    crossing.face.hear("fmd-iv", Condition.UNKNOWN, reason="silent")
    async with console(crossing, size, profile=crossing.face.profile) as hand:
        assert "Gone over with a wand" in await hand.press("f3")
        asked, first = await keys(hand, "p")
        assert "HAND-HELD PASS, MANUAL: V1" in asked
        signing, second = await keys(hand, "1")
        assert first + second == 2
        assert "SIGN: the hand-held pass, MANUAL for V1" in signing
        told = await hand.sign("BB")
        assert given(crossing, RecordHandPass)[-1] == RecordHandPass(wand="wand-1", found=False, visit=visit)
        assert re.search(r"Detector pass +MANUAL BB", told)
        assert "MANUAL 1" in told.split("\n")[1]
        assert crossing.face.working.visits.open[visit].stands(Leg.DETECTOR_PASS)


def test_the_log_tells_counts_wands_and_causes_in_words(crossing: Site) -> None:
    """No code stands for itself in a row."""
    passes(crossing, 0)
    crossing.face.hear("door-iv", Condition.DANGER)
    passes(crossing, 1)
    passes(crossing, 0, boot=2)
    crossing.do(ReconcileHeads(heads=0, passages="staff-crossing"))
    crossing.do(ProveWand(wand="wand-1", answered=True))
    view = crossing.view(profile=crossing.face.profile)
    lines = [LogLine(one.seq, "a", one.fact.kind, one) for one in crossing.face.entries]
    told = "\n".join(log.line(view, line, numbers(crossing.face.entries)).plain for line in lines)
    for words in (
        "Detector counted passages  FMD-1 · inwards 1 · outwards 0 · through the door",
        "Detector's count followed from here  FMD-1 · it restarted",
        "Quiet passages explained  count 1 · Staff crossing",
        "Hand-held detector tested  Wand 1 · answered",
    ):
        assert words in told


async def test_a_wand_is_tested_from_its_row(crossing: Site) -> None:
    async with console(crossing, profile=crossing.face.profile) as hand:
        assert "Wand 1  ▲ no test of it on the record" in await hand.press("ctrl+d")
        for _ in range(9):
            if hand.app.screen.sheet.cursor == "wand:wand-1":  # type: ignore[attr-defined]
                break
            await hand.press("down")
        assert "Wand 1: TEST" in await hand.press("w")
        assert re.search(r"Wand 1  answered, BB \d\d:\d\d", await hand.press("1"))


async def test_a_colleague_is_gone_over_by_the_same_keys(crossing: Site) -> None:
    crossing.do(AdmitColleague(staff=crossing.cleo))
    crossing.do(ProveWand(wand="wand-1", answered=True))
    crossing.do(KeepDoor())
    crossing.face.hear("fmd-iv", Condition.UNKNOWN, reason="silent")
    async with console(crossing, NARROW, profile=crossing.face.profile) as hand:
        assert "HAND-HELD PASS, MANUAL: P1" in await hand.press("ctrl+g", "p")
        await hand.press("1")
        told = await hand.sign("BB")
        assert "MANUAL pass" in told
        assert "Goes into Zone IV now: P1 Cleo Cook" in told
        assert "IN ZONE IV  heads 1: P1" in await hand.press("enter")


async def test_with_no_wand_in_the_register_a_dead_portal_is_refused_as_before(site: Site) -> None:
    site.face.sign_on(site.ben)
    visit = site.arrive()
    site.screened(visit)
    site.do(RecordBelongings(visit=visit))
    site.face.hear("fmd-iv", Condition.UNKNOWN, reason="silent")
    async with console(site) as hand:
        assert "FMD-1 is UNKNOWN" in await hand.press("f3", "p")
