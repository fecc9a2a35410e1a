"""What the suite makes of an emergency beyond the emergency itself."""

from __future__ import annotations

import pytest
from support.suite_world import World, at_the_door

from mr_safety_console.domain import clearance
from mr_safety_console.domain.alarms import DisposeAlarm
from mr_safety_console.domain.checklists import CompleteStage
from mr_safety_console.domain.emergency import (
    AskEmergencyEnd,
    ChooseEmergencyKind,
    EmergencyKind,
    EndEmergency,
    OpenEmergency,
)
from mr_safety_console.domain.quench import FieldState
from mr_safety_console.domain.visit_facts import CountStaff, HeadsReconciled, LeaveZoneIV, Leg, StartCheck


def test_naming_the_kind_quench_puts_the_field_in_doubt() -> None:
    """I13: after a quench, or the word of one, the field is not what it was until measured."""
    world = World()
    world.do(OpenEmergency())
    world.do(ChooseEmergencyKind(emergency="", about=EmergencyKind.QUENCH))
    assert world.state.quench.field is FieldState.UNKNOWN
    assert world.state.quench.barred


def test_another_kind_leaves_the_field_alone() -> None:
    world = World()
    world.do(OpenEmergency())
    world.do(ChooseEmergencyKind(emergency="", about=EmergencyKind.ARREST))
    assert world.state.quench.field is FieldState.PRESENT


@pytest.mark.parametrize(("counted", "recorded"), [(0, 2), (1, 2), (2, 2), (5, 5)])
def test_more_heads_counted_at_the_end_stand_in_the_record_and_fewer_take_nobody_out(
    counted: int, recorded: int
) -> None:
    """A count may only tighten: an opening with somebody inside must stay a High alarm."""
    world, visit = at_the_door()
    world.go_in(visit)
    world.do(OpenEmergency())
    world.do(AskEmergencyEnd(emergency=""))
    world.do(EndEmergency(emergency="", head_count=counted, kit_count=0, by_eye=True))
    assert world.state.emergency.current is None
    assert world.state.visits.heads == recorded
    assert world.visit(visit).inside
    assert (world.state.visits.counted == counted) is (counted < recorded)


@pytest.mark.parametrize("scanning", [False, True])
def test_after_an_emergency_the_table_is_gone_through_anew_before_a_scan(scanning: bool) -> None:
    """It voids the start as it voids the way in: helping hands have moved coil, cables and plugs."""
    world, visit = at_the_door()
    world.go_in(visit)
    world.stage(visit, Leg.TABLE_LIST)
    begin = StartCheck(visit=visit, heads=2)
    if scanning:
        world.do(begin)
    world.do(OpenEmergency())
    assert world.refused(begin) == "emergency-open"
    assert not world.visit(visit).stands(Leg.TABLE_LIST)
    assert world.visit(visit).scan_presumed is scanning
    world.do(AskEmergencyEnd(emergency=""))
    world.do(EndEmergency(emergency="", head_count=2, kit_count=0, by_eye=True))
    assert world.refused(begin) == "leg-fallen"
    assert world.refused(CompleteStage(visit=visit, leg=Leg.TABLE_LIST)) == "items-open"
    world.stage(visit, Leg.TABLE_LIST)
    world.do(begin)


def counted_short(heads: int = 1) -> tuple[World, str]:
    """An emergency that ended with fewer heads counted than the two recorded."""
    world, visit = at_the_door()
    world.go_in(visit)
    world.do(OpenEmergency())
    world.do(AskEmergencyEnd(emergency=""))
    world.do(EndEmergency(emergency="", head_count=heads, kit_count=0, by_eye=True))
    return world, visit


def against(world: World, visit: str) -> set[str]:
    person = world.visit(visit)
    judge = clearance.start if person.inside else clearance.entry
    return {found.why.rule for found in judge(world.state, person, world.ctx())}


def test_fewer_heads_than_recorded_are_told_until_they_are_reconciled() -> None:
    """I9: an alarm that names both figures, holds the way on, and does not go by being acknowledged."""
    world, visit = counted_short()
    alarm = world.alarm("heads-differ")
    assert (alarm.priority, alarm.present, alarm.detail) == (3, True, "counted=1 recorded=2")
    world.dispose(alarm.id, "unknown")
    world.advance(120)
    assert world.alarm("heads-differ").present
    assert "heads-differ" in against(world, visit)
    (found,) = [
        f.why
        for f in clearance.start(world.state, world.visit(visit), world.ctx())
        if f.why.rule == "heads-differ"
    ]
    assert "1 heads" in found.reason
    assert "has 2" in found.reason


@pytest.mark.parametrize("way", ["patient out", "staff counted"])
def test_a_record_that_comes_down_to_the_count_reconciles_it(way: str) -> None:
    world, visit = counted_short()
    world.dispose(world.alarm("heads-differ").id, "unknown")
    if way == "patient out":
        world.do(LeaveZoneIV(visit=visit, staff_inside=1))
    else:
        world.do(CountStaff(staff_inside=0))
    assert world.state.visits.counted is None
    assert [a.rule for a in world.state.alarms.open.values() if a.rule == "heads-differ"] == []
    assert world.facts(HeadsReconciled) == [HeadsReconciled(heads=1, how="recorded")]


def test_a_record_still_above_the_count_reconciles_nothing() -> None:
    world, _ = counted_short(heads=0)
    world.do(CountStaff(staff_inside=0))
    assert world.state.visits.counted == 0
    assert world.alarm("heads-differ").present


@pytest.mark.parametrize(("found", "heads"), [("counted-again", 2), ("left-unrecorded", 1)])
def test_the_difference_is_disposed_of_as_what_it_was(found: str, heads: int) -> None:
    world, visit = counted_short()
    world.dispose(world.alarm("heads-differ").id, found)
    assert world.state.visits.heads == heads
    assert world.visit(visit).inside
    assert "heads-differ" not in against(world, visit)
    assert not any(alarm.rule == "heads-differ" for alarm in world.state.alarms.open.values())


def test_a_patient_on_the_record_is_brought_out_by_name_and_not_by_a_count() -> None:
    """I8: a disposition takes no patient out of the room."""
    world, visit = counted_short(heads=0)
    alarm = world.alarm("heads-differ")
    world.acknowledge(alarm.id)
    asked = DisposeAlarm(alarm=alarm.id, disposition="left-unrecorded")
    assert world.refused(asked) == "heads-patients-first"
    world.do(LeaveZoneIV(visit=visit))
    assert world.state.visits.counted is None


def test_a_second_count_that_agrees_is_the_end_of_it_and_one_that_does_not_rings_again() -> None:
    world, visit = counted_short()
    for heads in (0, 2):
        world.advance(5)
        world.do(OpenEmergency())
        world.do(AskEmergencyEnd(emergency=""))
        world.do(EndEmergency(emergency="", head_count=heads, kit_count=0, by_eye=True))
        alarm = world.alarm("heads-differ")
        assert alarm.detail == "counted=0 recorded=2"
        assert alarm.instance == 2
        assert alarm.present is (heads == 0)
    assert "heads-differ" not in against(world, visit)


@pytest.mark.parametrize("heads", [1, 2])
@pytest.mark.parametrize("found", ["kit-taken-out", "kit-belongs-there"])
def test_kit_counted_in_the_room_holds_entry_and_scan_until_it_is_dealt_with(heads: int, found: str) -> None:
    """H14: what the crash team left may be drawn into the magnet, with the patient out or still inside."""
    world, visit = at_the_door()
    world.go_in(visit)
    world.do(OpenEmergency())
    world.do(AskEmergencyEnd(emergency=""))
    world.do(EndEmergency(emergency="", head_count=heads, kit_count=2, by_eye=True))
    alarm = world.alarm("kit-inside")
    assert (alarm.priority, alarm.detail) == (3, "pieces=2")
    numbers = [one.no for one in world.state.alarms.open.values()]
    assert len(set(numbers)) == len(numbers)
    for judge in (clearance.entry, clearance.start):
        assert "kit-inside" in {one.why.rule for one in judge(world.state, world.visit(visit), world.ctx())}
    world.acknowledge(alarm.id)
    assert "kit-inside" in against(world, visit)
    world.dispose(alarm.id, found)
    assert "kit-inside" not in against(world, visit)
    assert alarm.id not in world.state.alarms.open


def test_no_kit_is_no_alarm() -> None:
    world, visit = counted_short()
    assert "kit-inside" not in against(world, visit)
    assert not any(alarm.rule == "kit-inside" for alarm in world.state.alarms.open.values())
