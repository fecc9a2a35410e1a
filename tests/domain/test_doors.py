"""Doors: what an announcement excuses, for how long, and the figures of each alarm."""

from __future__ import annotations

import pytest
from support.suite_world import DETECTOR, DOOR, DOOR_III, World, at_the_door, raised, ready

from mr_safety_console.domain import suite
from mr_safety_console.domain.alarm_points import Priority
from mr_safety_console.domain.alarms import AlarmWorsened
from mr_safety_console.domain.codec import command_kinds
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import AnnounceTransit, DoorOpened, KeepDoor, LeaveDoor, TransitEnded
from mr_safety_console.domain.emergency import OpenEmergency
from mr_safety_console.domain.suite import entry_findings
from mr_safety_console.domain.visit_facts import (
    CountStaff,
    EndScan,
    EnterZoneIV,
    LeaveZoneIV,
    Leg,
    LegFell,
    StartCheck,
)

OPEN, CLOSED = Condition.DANGER, Condition.NORMAL


def priority(world: World, rule: str) -> Priority | None:
    return next((a.priority for a in world.state.alarms.open.values() if a.rule == rule), None)


def test_an_unannounced_opening_is_medium_at_once_and_high_after_fifteen_seconds() -> None:
    world = ready()
    assert raised(world.observe(DOOR, OPEN)) == ["door-unannounced"]
    world.advance(14.9)
    assert priority(world, "door-unannounced") is Priority.MEDIUM
    fired = world.advance(0.1)
    assert [f.priority for f in fired if isinstance(f, AlarmWorsened)] == [Priority.HIGH]
    assert [f for f in world.advance(60) if isinstance(f, AlarmWorsened)] == []


@pytest.mark.parametrize("scan", [True, False])
def test_with_somebody_inside_it_is_high_at_once(scan: bool) -> None:
    world, visit = at_the_door()
    world.go_in(visit)
    if scan:
        world.stage(visit, Leg.TABLE_LIST)
        world.do(StartCheck(visit=visit, heads=2))
    facts = world.observe(DOOR, OPEN)
    rule = "door-during-scan" if scan else "door-unannounced-occupied"
    assert raised(facts) == [rule]
    assert priority(world, rule) is Priority.HIGH
    assert (LegFell(visit=visit, leg=Leg.START_CHECK, reason="door-break") in facts) is scan
    if scan:
        assert world.state.visits.scan_presumed
        world.do(EndScan(visit=visit))
        assert not world.state.visits.scan_presumed


def test_a_door_break_takes_the_final_check_with_its_answers() -> None:
    world, visit = at_the_door()
    facts = world.observe(DOOR, OPEN)
    assert LegFell(visit=visit, leg=Leg.FINAL_CHECK, reason="door-break") in facts
    assert world.state.lists.answers(visit, "final-check") == {}


def test_an_announced_opening_is_medium_after_twenty_seconds_and_high_after_sixty() -> None:
    world, visit = at_the_door()
    world.do(AnnounceTransit(visit=visit))
    assert raised(world.observe(DOOR, OPEN)) == []
    world.advance(19.9)
    assert priority(world, "door-held-open") is None
    world.advance(0.1)
    assert priority(world, "door-held-open") is Priority.MEDIUM
    world.advance(39.9)
    assert priority(world, "door-held-open") is Priority.MEDIUM
    world.advance(0.1)
    assert priority(world, "door-held-open") is Priority.HIGH


def test_a_contact_that_flickers_does_not_start_the_time_anew() -> None:
    world, visit = at_the_door()
    world.do(AnnounceTransit(visit=visit))
    world.observe(DOOR, OPEN)
    world.advance(15)
    world.observe(DOOR, Condition.UNKNOWN, "flicker")
    world.observe(DOOR, OPEN)
    world.advance(5)
    assert priority(world, "door-held-open") is Priority.MEDIUM


def test_a_zone_iii_door_is_medium_after_thirty_seconds_and_high_after_sixty() -> None:
    world = ready()
    facts = world.observe(DOOR_III, OPEN)
    assert raised(facts) == []
    assert DoorOpened(point=DOOR_III, announced=False, zone="III") in facts
    world.advance(29.9)
    assert priority(world, "zone-iii-door-open") is None
    world.advance(0.1)
    assert priority(world, "zone-iii-door-open") is Priority.MEDIUM
    world.advance(30)
    assert priority(world, "zone-iii-door-open") is Priority.HIGH
    world.observe(DOOR_III, CLOSED)
    assert not world.alarm("zone-iii-door-open").present
    assert world.state.doors.others == {}


def test_a_zone_iii_door_says_nothing_of_the_magnet_rooms_door() -> None:
    world, visit = at_the_door()
    world.do(AnnounceTransit(visit=visit))
    world.observe(DOOR_III, OPEN)
    world.observe(DOOR_III, CLOSED)
    assert world.state.doors.transit is not None
    assert world.visit(visit).stands(Leg.FINAL_CHECK)


def test_two_doors_overdue_at_once_are_two_alarms_with_two_numbers() -> None:
    world, visit = at_the_door()
    world.observe(DOOR_III, OPEN)
    world.do(AnnounceTransit(visit=visit))
    world.observe(DOOR, OPEN)
    world.clock.advance(45)
    world.tick()
    found = {a.rule: a.no for a in world.state.alarms.open.values()}
    assert set(found) >= {"zone-iii-door-open", "door-held-open"}
    assert len(set(found.values())) == len(found)
    assert raised(world.tick()) == []
    due = suite.next_due(world.state, world.clock.now())
    assert due is not None
    assert due > world.clock.bt


def test_a_lost_contact_is_high_on_every_door() -> None:
    """I3: put a person at the door; nothing is read from the last word."""
    world = ready()
    for door in (DOOR, DOOR_III):
        assert raised(world.observe(door, Condition.UNKNOWN, "unplugged")) == ["door-lost"]
    assert {a.priority for a in world.state.alarms.open.values()} == {Priority.HIGH}
    world.observe(DOOR, CLOSED)
    assert [a.present for a in world.state.alarms.open.values()] == [False, True]


def test_a_lost_contact_takes_the_final_check_and_its_recovery_does_not_bring_it_back() -> None:
    """Nobody knows what went through the door meanwhile: the read-back is made anew."""
    world, visit = at_the_door()
    assert entry_findings(world.state, visit, world.ctx()) == ()
    facts = world.observe(DOOR, Condition.UNKNOWN, "unplugged")
    assert LegFell(visit=visit, leg=Leg.FINAL_CHECK, reason="door-lost") in facts
    world.observe(DOOR, CLOSED)
    assert [f.why.rule for f in entry_findings(world.state, visit, world.ctx())] == ["leg-fallen"]


@pytest.mark.parametrize("back", [True, False])
def test_a_contact_lost_during_an_announced_crossing_leaves_the_entry_to_be_recorded(back: bool) -> None:
    """I3: back in time it is a way in like any other; still UNKNOWN it is written down as uncleared."""
    world, visit = at_the_door()
    world.do(AnnounceTransit(visit=visit))
    world.observe(DOOR, Condition.UNKNOWN, "unplugged")
    if back:
        world.observe(DOOR, CLOSED)
    world.do(EnterZoneIV(visit=visit))
    assert world.visit(visit).inside
    assert world.visit(visit).uncleared is not back
    assert (priority(world, "entered-uncleared") is Priority.HIGH) is not back


def test_an_announcement_ends_by_time_and_by_reboot() -> None:
    """I15: its end stands on the boot-time clock; a stepped wall clock moves it nowhere."""
    world = ready()
    world.do(AnnounceTransit())
    world.clock.step_wall(-3600)
    assert [f.reason for f in world.advance(59.9) if isinstance(f, TransitEnded)] == []
    assert [f.reason for f in world.advance(0.1) if isinstance(f, TransitEnded)] == ["timeout"]
    world.do(AnnounceTransit())
    world.clock.reboot(1)
    world.hear()
    assert raised(world.observe(DOOR, OPEN)) == ["door-unannounced"]


def test_a_closing_door_ends_what_the_announcement_excuses() -> None:
    world = ready()
    world.do(AnnounceTransit())
    world.observe(DOOR, OPEN)
    world.observe(DOOR, CLOSED)
    assert world.facts(TransitEnded) == [TransitEnded(reason="door-closed")]
    assert raised(world.observe(DOOR, OPEN)) == ["door-unannounced"]


def test_a_way_out_that_nobody_is_there_for_excuses_no_opening() -> None:
    """I2: it is announced all the same, for who is in there may be on no record; the door still alarms."""
    world, visit = at_the_door()
    world.do(AnnounceTransit(visit=visit, inwards=False))
    facts = world.observe(DOOR, OPEN)
    assert raised(facts) == ["door-unannounced"]
    assert LegFell(visit=visit, leg=Leg.FINAL_CHECK, reason="door-break") in facts


@pytest.mark.parametrize("who", ["patient", "staff"])
def test_a_way_out_of_somebody_on_the_record_is_announced(who: str) -> None:
    world, visit = at_the_door()
    if who == "patient":
        world.go_in(visit, staff=1)
    else:
        world.do(CountStaff(staff_inside=1))
    world.do(AnnounceTransit(visit=visit, inwards=False))
    if who == "patient":
        world.do(LeaveZoneIV(visit=visit))
    assert raised(world.observe(DOOR, OPEN)) == []


def kept() -> World:
    world = ready()
    world.do(KeepDoor())
    return world


def test_a_kept_door_is_medium_after_sixty_seconds_and_its_opening_a_break_all_the_same() -> None:
    world, visit = at_the_door()
    world.do(KeepDoor())
    facts = world.observe(DOOR, OPEN)
    assert raised(facts) == []
    assert DoorOpened(point=DOOR, announced=False, kept=True) in facts
    assert LegFell(visit=visit, leg=Leg.FINAL_CHECK, reason="door-break") in facts
    world.advance(59.9)
    assert priority(world, "door-kept-open") is None
    world.advance(0.1)
    assert priority(world, "door-kept-open") is Priority.MEDIUM
    world.observe(DOOR, CLOSED)
    assert not world.alarm("door-kept-open").present


@pytest.mark.parametrize("end", ["left", "time", "restart", "reboot"])
def test_a_door_nobody_keeps_any_more_alarms_at_once(end: str) -> None:
    """I15: its end stands on the boot-time clock; a reboot or a restart keeps no door."""
    world = kept()
    if end == "time":
        world.advance(890)
    world.observe(DOOR, OPEN)
    if end == "left":
        world.sign_off()
        world.do(LeaveDoor())
    elif end == "time":
        world.clock.step_wall(-3600)
        world.advance(10)
    elif end == "restart":
        world.start()
    else:
        world.clock.reboot(1)
        world.hear()
        world.tick()
    assert world.alarm("door-unannounced").present
    assert world.state.doors.keeper is None
    assert len({alarm.no for alarm in world.state.alarms.open.values()}) == len(world.state.alarms.open)
    assert raised(world.tick()) == []


@pytest.mark.parametrize("way", ["scan", "emergency", "expired", "nobody"])
def test_a_keeper_excuses_nothing_in_a_scan_in_an_emergency_or_after_their_time(way: str) -> None:
    """I12: the eyes of one person soften one alarm, and none of a detector."""
    world, visit = at_the_door()
    if way == "scan":
        world.go_in(visit)
        world.stage(visit, Leg.TABLE_LIST)
        world.do(StartCheck(visit=visit, heads=2))
    world.do(KeepDoor())
    if way == "emergency":
        world.do(OpenEmergency())
    elif way == "expired":
        world.advance(900)
    elif way == "nobody":
        world.do(LeaveDoor())
    assert raised(world.observe(DOOR, OPEN)) == ["door-during-scan" if way == "scan" else "door-unannounced"]
    assert world.do(LeaveDoor()) is not None


def test_a_detector_beside_a_kept_door_is_as_loud_as_ever() -> None:
    """I12: iron is High although somebody keeps the door."""
    world = kept()
    world.observe(DOOR, OPEN)
    assert raised(world.observe(DETECTOR, OPEN)) == ["ferrous-entry"]


def test_the_door_is_kept_by_somebody_signed_on() -> None:
    world = ready()
    world.sign_off()
    assert world.refused(KeepDoor()) == "nobody-signed-on"
    world.sign_on("LO")
    assert world.refused(KeepDoor()) == "role-missing"
    assert world.do(LeaveDoor()) == ()


def test_a_door_open_across_a_reboot_is_told_at_once() -> None:
    """I15: whatever presses goes on."""
    world, visit = at_the_door()
    world.do(AnnounceTransit(visit=visit))
    world.observe(DOOR, OPEN)
    world.clock.reboot(1)
    world.hear()
    assert "door-held-open" in raised(world.tick())


def test_nothing_a_person_does_suppresses_a_detector_or_opens_a_door() -> None:
    """I1, I2: no command of the whole program names an act on a magnet, a scanner or a lock."""
    words = ("unlock", "lock", "press", "stop-scan", "rundown", "bypass", "suppress", "shelve", "inhibit")
    assert not [kind for kind in command_kinds() for word in words if word in kind.split("-")]


def test_whoever_came_to_an_open_door_and_walks_away_from_it_is_told_of_anew() -> None:
    """It alarmed before they came, and was answered for; nobody stands there any more."""
    world = ready()
    world.observe(DOOR, Condition.DANGER)
    world.acknowledge(world.alarm("door-unannounced").id)
    world.do(KeepDoor())
    assert raised(world.do(LeaveDoor())) == ["again"]
    assert not world.alarm("door-unannounced").answered
