"""What a door is at this instant: for whom it is open, under whose eyes, or that it is neither."""

from __future__ import annotations

import pytest
from support.suite_world import DETECTOR, DOOR, DOOR_III, World, at_the_door, raised, ready

from mr_safety_console.domain import alarm_design, suite_offers
from mr_safety_console.domain.alarm_points import Priority
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.door_watch import DoorWatch, Watch, watch
from mr_safety_console.domain.doors import AnnounceTransit, KeepDoor
from mr_safety_console.domain.emergency import OpenEmergency
from mr_safety_console.domain.roster import CloseShift
from mr_safety_console.domain.visit_facts import EndScan, EnterZoneIV, Leg, LegFell, StartCheck

OPEN, CLOSED, UNKNOWN = Condition.DANGER, Condition.NORMAL, Condition.UNKNOWN


def seen(world: World, point: str = DOOR) -> DoorWatch:
    known = world.profile.point(point)
    assert known is not None
    return watch(world.state, known, world.live[point].condition, world.clock.now())


def scanning() -> tuple[World, str]:
    """Return a suite in which a scan is presumed, door closed."""
    world, visit = at_the_door()
    world.go_in(visit)
    world.stage(visit, Leg.TABLE_LIST)
    world.do(StartCheck(visit=visit, heads=2))
    return world, visit


def test_a_closed_door_is_closed_and_tells_nothing_of_its_lock() -> None:
    assert seen(ready()) == DoorWatch(Watch.CLOSED)
    assert not [one for one in Watch if "lock" in one]


@pytest.mark.parametrize("door", [DOOR, DOOR_III])
def test_a_contact_that_says_nothing_is_unknown_whatever_it_was(door: str) -> None:
    """I3: open, announced and kept are forgotten with the last word."""
    world = ready()
    world.do(KeepDoor())
    world.do(AnnounceTransit())
    world.observe(door, OPEN)
    world.observe(door, UNKNOWN, "unplugged")
    assert seen(world, door) == DoorWatch(Watch.UNKNOWN)


def test_open_for_whom_it_was_announced_and_held_open_after_twenty_seconds() -> None:
    world, visit = at_the_door()
    world.do(AnnounceTransit(visit=visit))
    world.observe(DOOR, OPEN)
    found = seen(world)
    assert (found.watch, found.transit and found.transit.visit) == (Watch.ANNOUNCED, visit)
    world.advance(19.9)
    assert seen(world).watch is Watch.ANNOUNCED
    world.advance(0.1)
    late = seen(world)
    assert (late.watch, late.transit and late.transit.visit) == (Watch.HELD, visit)


def test_held_open_names_whom_it_was_for_after_the_announcement_has_run_out() -> None:
    world, visit = at_the_door()
    world.do(AnnounceTransit(visit=visit))
    world.advance(55)
    world.observe(DOOR, OPEN)
    world.advance(10)
    assert world.state.doors.transit is None
    found = seen(world)
    assert (found.watch, found.transit and found.transit.visit) == (Watch.ANNOUNCED, visit)
    world.advance(15)
    assert seen(world).watch is Watch.HELD


def test_open_under_a_named_keeper_and_held_open_after_a_minute() -> None:
    world = ready()
    world.do(KeepDoor())
    world.observe(DOOR, OPEN)
    assert seen(world) == DoorWatch(Watch.KEPT, keeper=world.people["TE"])
    world.advance(60)
    assert seen(world) == DoorWatch(Watch.HELD, keeper=world.people["TE"])
    world.advance(900)
    assert seen(world) == DoorWatch(Watch.UNATTENDED)


def test_open_unattended_until_somebody_stands_at_it() -> None:
    world = ready()
    world.observe(DOOR, OPEN)
    assert seen(world) == DoorWatch(Watch.UNATTENDED)
    world.do(KeepDoor())
    assert seen(world).watch is Watch.KEPT
    world.do(OpenEmergency())
    assert seen(world) == DoorWatch(Watch.UNATTENDED, keeper=world.people["TE"])


def test_a_zone_iii_door_is_open_then_held_open() -> None:
    world = ready()
    world.observe(DOOR_III, OPEN)
    assert seen(world, DOOR_III).watch is Watch.OPEN
    world.advance(30)
    assert seen(world, DOOR_III).watch is Watch.HELD
    assert seen(world).watch is Watch.CLOSED


def test_a_door_open_across_a_reboot_is_held_open() -> None:
    """I15: whatever presses goes on."""
    world, visit = at_the_door()
    world.do(AnnounceTransit(visit=visit))
    world.observe(DOOR, OPEN)
    world.clock.reboot(1)
    world.hear()
    assert seen(world).watch is Watch.HELD


@pytest.mark.parametrize("door", [DOOR, DOOR_III])
def test_opened_while_nobody_is_rostered_it_is_forced_until_it_closes(door: str) -> None:
    world = ready()
    world.do(CloseShift(heads=0), "TE")
    world.observe(door, OPEN)
    assert seen(world, door).watch is Watch.FORCED
    world.sign_on("TE")
    assert seen(world, door).watch is Watch.FORCED
    world.observe(door, CLOSED)
    world.observe(door, OPEN)
    assert seen(world, door).watch is (Watch.UNATTENDED if door == DOOR else Watch.OPEN)


# --- a scan ---


@pytest.mark.parametrize("how", ["unannounced", "announced", "kept", "both"])
def test_any_opening_during_a_scan_is_high_at_once_by_its_own_name(how: str) -> None:
    """The radio shield is broken, noise comes out, somebody walked in: nothing excuses it."""
    world, visit = scanning()
    if how in ("announced", "both"):
        world.do(AnnounceTransit(visit=visit, inwards=False))
    if how in ("kept", "both"):
        world.do(KeepDoor())
    assert alarm_design.held_back(world.state, world.ctx()) == ()
    facts = world.observe(DOOR, OPEN)
    assert raised(facts) == ["door-during-scan"]
    assert world.alarm("door-during-scan").priority is Priority.HIGH
    assert seen(world).watch is Watch.SCAN
    unannounced = how in ("unannounced", "kept")
    assert (LegFell(visit=visit, leg=Leg.START_CHECK, reason="door-break") in facts) is unannounced
    world.acknowledge(world.alarm("door-during-scan").id)
    assert raised(world.advance(30)).count("again") == 1
    world.observe(DOOR, CLOSED)
    assert not world.alarm("door-during-scan").present


def test_once_the_scan_is_over_the_door_is_like_any_other() -> None:
    world, visit = scanning()
    world.do(EndScan(visit=visit))
    assert raised(world.observe(DOOR, OPEN)) == ["door-unannounced-occupied"]
    assert seen(world).watch is Watch.UNATTENDED


def test_somebody_who_walked_in_during_a_scan_can_be_written_down() -> None:
    world, _ = scanning()
    other = world.arrive("Walter Walkin")
    world.observe(DOOR, OPEN)
    world.observe(DOOR, CLOSED)
    offered = suite_offers.for_visit(world.state, other, world.ctx())
    assert EnterZoneIV(visit=other, anyway=True) in [one.command for one in offered]


def test_iron_at_the_door_during_a_scan_is_an_alarm_of_its_own() -> None:
    """I12: one High does not stand for the other."""
    world, _ = scanning()
    world.observe(DOOR, OPEN)
    assert raised(world.observe(DETECTOR, OPEN)) == ["ferrous-entry"]


def test_an_opening_with_somebody_inside_rings_again_thirty_seconds_after_its_answer() -> None:
    """I9: also without a scan."""
    world, visit = at_the_door()
    world.go_in(visit)
    world.observe(DOOR, OPEN)
    world.dispose(world.alarm("door-unannounced-occupied").id, "staff-crossing")
    assert raised(world.advance(29.9)) == []
    assert raised(world.advance(0.1)) == ["again"]
