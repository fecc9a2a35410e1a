"""While a scan is presumed the patient is spoken with: due by the clock, ended by word."""

from __future__ import annotations

import pytest
from support.suite_world import DETECTOR, DOOR, World, at_the_door, raised, ready, site

from mr_safety_console.domain import suite
from mr_safety_console.domain.alarm_points import Priority
from mr_safety_console.domain.checklists import CompleteStage, MarkItem
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import AnnounceTransit
from mr_safety_console.domain.visit import step
from mr_safety_console.domain.visit_facts import CheckIn, EndScan, LeaveZoneIV, Leg, StartCheck, Step

RULE = "checkin-due"


def scanning(**limits: int) -> tuple[World, str]:
    world, visit = at_the_door()
    world.profile = site(limits=limits)
    world.go_in(visit)
    world.stage(visit, Leg.TABLE_LIST)
    world.do(StartCheck(visit=visit, heads=2))
    return world, visit


def due(world: World) -> bool:
    return any(alarm.rule == RULE and alarm.present for alarm in world.state.alarms.open.values())


@pytest.mark.parametrize("every_s", [60, 300, 900])
def test_a_check_in_is_due_after_the_sites_time_and_is_medium(every_s: int) -> None:
    """I15: on the boot-time clock, whatever the wall clock did."""
    world, visit = scanning(checkin_s=every_s)
    world.clock.step_wall(-7200)
    world.advance(every_s - 0.1)
    assert not due(world)
    world.advance(0.1)
    assert due(world)
    assert (world.alarm(RULE).priority, world.alarm(RULE).visits) == (Priority.MEDIUM, (visit,))
    assert raised(world.tick()) == []


def test_a_check_in_now_begins_the_time_anew() -> None:
    world, visit = scanning(checkin_s=60)
    world.advance(59)
    world.do(CheckIn(visit=visit))
    world.advance(59)
    assert not due(world)
    world.advance(1)
    assert due(world)


@pytest.mark.parametrize("way", ["checked in", "scan ended", "out"])
def test_what_ends_the_waiting_ends_the_alarms_condition_and_not_the_alarm(way: str) -> None:
    """I9: it stays open until somebody has said what it was."""
    world, visit = scanning(checkin_s=60)
    world.advance(60)
    if way == "checked in":
        world.do(CheckIn(visit=visit))
    else:
        world.do(EndScan(visit=visit) if way == "scan ended" else LeaveZoneIV(visit=visit))
    alarm = world.alarm(RULE)
    assert not alarm.present
    world.dispose(alarm.id, "spoken-late")
    world.advance(59)
    assert not due(world)
    world.advance(600)
    assert due(world) is (way == "checked in")


def test_an_acknowledged_check_in_rings_again_until_somebody_has_spoken() -> None:
    """An answer to the alarm is no word from the patient."""
    world, visit = scanning(checkin_s=300)
    world.advance(315)
    assert world.alarm(RULE).priority is Priority.HIGH
    world.acknowledge(world.alarm(RULE).id)
    world.advance(59)
    assert world.alarm(RULE).answered
    world.advance(1)
    assert not world.alarm(RULE).answered
    world.acknowledge(world.alarm(RULE).id)
    world.do(CheckIn(visit=visit))
    instance = world.alarm(RULE).instance
    world.advance(59)
    assert world.alarm(RULE).instance == instance


def test_an_overdue_check_in_does_not_wait_anew_after_a_reboot() -> None:
    """I15: whatever presses goes on from the wall clock."""
    world, _ = scanning(checkin_s=60)
    world.advance(40)
    world.clock.reboot(30)
    world.tick()
    assert due(world)


def test_who_is_not_in_a_scan_is_not_checked_in_and_nobody_does_it_unnamed() -> None:
    world, visit = at_the_door()
    assert world.refused(CheckIn(visit=visit)) == "no-scan-presumed"
    assert world.refused(CheckIn(visit="nobody")) == "visit-not-open"
    world, visit = scanning()
    world.sign_off()
    assert world.refused(CheckIn(visit=visit)) == "nobody-signed-on"


def test_a_check_in_due_together_with_a_door_is_an_alarm_of_its_own() -> None:
    world, _ = scanning(checkin_s=60)
    world.observe("door-iii", Condition.DANGER)
    world.clock.advance(61)
    told = raised(world.tick())
    assert {RULE, "zone-iii-door-open"} <= set(told)
    numbers = [alarm.no for alarm in world.state.alarms.open.values()]
    assert len(set(numbers)) == len(numbers)
    moment = suite.next_due(world.state, world.clock.now())
    assert moment is not None
    assert moment > world.clock.bt


@pytest.mark.parametrize("occupied", [False, True])
def test_an_unannounced_opening_rings_again_thirty_seconds_after_it_was_acknowledged(occupied: bool) -> None:
    """I9: acknowledged is not closed; while the door stands open it speaks up again and again."""
    world = scanning(checkin_s=900)[0] if occupied else ready()
    world.observe(DOOR, Condition.DANGER)
    rule = "door-during-scan" if occupied else "door-unannounced"
    world.advance(16)
    for _ in range(2):
        alarm = world.alarm(rule)
        world.dispose(alarm.id, "staff-crossing")
        assert raised(world.advance(29.9)) == []
        assert raised(world.advance(0.1)) == ["again"]
        assert world.alarm(rule).instance == alarm.instance + 1
        assert (world.alarm(rule).answered, world.alarm(rule).disposition) == (False, "")
    world.acknowledge(world.alarm(rule).id)
    world.observe(DOOR, Condition.NORMAL)
    assert raised(world.advance(60)) == []


def on_the_table() -> tuple[World, str]:
    world, visit = at_the_door()
    world.go_in(visit)
    world.stage(visit, Leg.TABLE_LIST)
    return world, visit


@pytest.mark.parametrize("way", ["staff crossing", "door open", "door opened on an approach"])
def test_no_scan_begins_on_iron_that_rang_on_its_way_in_until_it_is_explained(way: str) -> None:
    """I9, I12: whoever carried it in may be held by nobody; a scan beside it waits for the disposition."""
    world, visit = on_the_table()
    if way == "staff crossing":
        world.do(AnnounceTransit())
    if way == "door open":
        world.observe(DOOR, Condition.DANGER)
    world.observe(DETECTOR, Condition.DANGER)
    if way != "door open":
        world.observe(DOOR, Condition.DANGER)
    world.observe(DETECTOR, Condition.NORMAL)
    world.observe(DOOR, Condition.NORMAL)
    assert not world.visit(visit).holds
    begin = StartCheck(visit=visit, heads=2)
    assert world.refused(begin) == "ferrous-alarm-open"
    rule = "ferrous-approach" if way == "door opened on an approach" else "ferrous-entry"
    alarm = world.alarm(rule)
    world.acknowledge(alarm.id)
    assert world.refused(begin) == "ferrous-alarm-open"
    world.dispose(alarm.id, "object-found")
    world.do(begin)


@pytest.mark.parametrize(
    ("list_id", "item", "bad", "good", "redone"),
    [("coil-and-positioning", "K02", "fail", "pass", True), ("final-check", "FC04", "no-go", "go", False)],
)
def test_fail_or_no_go_said_after_the_way_in_keeps_the_scan_from_beginning(
    list_id: str, item: str, bad: str, good: str, *, redone: bool
) -> None:
    """I10: anyone may say no-go, also at the table, and it counts until it is put right."""
    world, visit = on_the_table()
    mark = {"visit": visit, "list_id": list_id, "item": item}
    world.do(MarkItem(answer=bad, reason="a crack in the cable", **mark))
    begin = StartCheck(visit=visit, heads=2)
    assert world.refused(begin) == "item-negative"
    world.do(world.read_out(MarkItem(answer=good, **mark)))
    if redone:
        # The coil's list was complete on another answer: somebody says once more that it is.
        assert world.refused(begin) == "leg-fallen"
        assert step(world.visit(visit), world.ctx()) is Step.DOOR_LIST
        world.do(CompleteStage(visit=visit, leg=Leg.DOOR_LIST))
        # Another coil may have moved what is worn.
        assert world.refused(begin) == "hearing-missing"
        world.fit()
    world.do(begin)


def test_iron_that_passes_outside_a_closed_door_holds_up_no_scan() -> None:
    world, visit = on_the_table()
    world.observe(DETECTOR, Condition.DANGER)
    world.observe(DETECTOR, Condition.NORMAL)
    assert world.alarm("ferrous-approach").priority is Priority.MEDIUM
    world.do(StartCheck(visit=visit, heads=2))
