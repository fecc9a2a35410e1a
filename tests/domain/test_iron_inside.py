"""Iron that rang as somebody went in: beside a patient nothing goes on until it is found or looked for."""

from __future__ import annotations

import pytest
from support.suite_world import DETECTOR, DOOR, World, at_the_door

from mr_safety_console.domain import clearance
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import AnnounceTransit
from mr_safety_console.domain.people_acts import ReconcileHeads
from mr_safety_console.domain.visit import step
from mr_safety_console.domain.visit_facts import (
    ClearanceVoided,
    EnterZoneIV,
    LeaveZoneIV,
    Leg,
    RecordBelongings,
    RecordDetectorPass,
    StartCheck,
    Step,
)


def ring(world: World) -> str:
    """Let the portal ring for a second, red; return the alarm."""
    world.observe(DETECTOR, Condition.DANGER)
    world.observe(DETECTOR, Condition.NORMAL)
    return world.alarm("ferrous-entry").id


def on_the_table() -> tuple[World, str]:
    world, visit = at_the_door()
    world.go_in(visit)
    world.stage(visit, Leg.TABLE_LIST)
    return world, visit


def went_in_and_rang() -> tuple[World, str, str]:
    """Return a patient whose way in was recorded a moment before the portal rang for them."""
    world, visit = at_the_door()
    world.do(AnnounceTransit(visit=visit))
    world.observe(DOOR, Condition.DANGER)
    world.do(EnterZoneIV(visit=visit))
    alarm = ring(world)
    world.observe(DOOR, Condition.NORMAL)
    world.stage(visit, Leg.TABLE_LIST)
    return world, visit, alarm


def against_the_start(world: World, visit: str) -> set[str]:
    return {found.why.rule for found in clearance.start(world.state, world.visit(visit), world.ctx())}


def test_iron_nobody_could_explain_holds_the_scan_until_the_room_was_looked_at() -> None:
    """W3: unknown means stop, also where staff went in beside a patient and no visit is held."""
    world, visit = on_the_table()
    world.do(AnnounceTransit(visit=""))
    world.observe(DOOR, Condition.DANGER)
    alarm = ring(world)
    world.observe(DOOR, Condition.NORMAL)
    assert world.state.alarms.open[alarm].visits == ()
    world.dispose(alarm, "unknown")
    assert against_the_start(world, visit) == {"opening-unexplained"}
    assert world.refused(StartCheck(visit=visit, heads=2)) == "opening-unexplained"
    world.do(ReconcileHeads(heads=2))
    world.do(StartCheck(visit=visit, heads=2))


@pytest.mark.parametrize("said", ["staff-item", "nuisance-equipment", "nuisance-door"])
def test_iron_that_was_explained_holds_no_scan(said: str) -> None:
    world, visit = on_the_table()
    world.do(AnnounceTransit(visit=""))
    world.observe(DOOR, Condition.DANGER)
    alarm = ring(world)
    world.observe(DOOR, Condition.NORMAL)
    world.dispose(alarm, said)
    world.do(StartCheck(visit=visit, heads=2))
    assert world.state.visits.scan_presumed


def test_an_amber_alarm_at_the_closed_door_asks_for_no_look_into_the_room() -> None:
    world, _ = at_the_door()
    world.observe(DETECTOR, Condition.DANGER)
    world.observe(DETECTOR, Condition.NORMAL)
    world.dispose(world.alarm("ferrous-approach").id, "unknown")
    assert world.state.crossings.doubted == 0


@pytest.mark.parametrize("said", ["patient-worn", "object-found"])
def test_iron_on_a_patient_who_is_inside_already_brings_them_out(said: str) -> None:
    """D19: the pass raised something; a search and another pass come before any scan."""
    world, visit, alarm = went_in_and_rang()
    facts = world.dispose(alarm, said)
    assert ClearanceVoided(visit=visit, reason="object-found") in facts
    assert world.refused(StartCheck(visit=visit, heads=2)) == "entered-uncleared"
    assert step(world.visit(visit), world.ctx()) is Step.OUT
    world.do(LeaveZoneIV(visit=visit))
    world.advance(1)
    assert world.refused(RecordDetectorPass(visit=visit)) == "leg-missing"
    world.do(RecordBelongings(visit=visit))
    world.do(RecordDetectorPass(visit=visit))
    world.stage(visit, Leg.FINAL_CHECK, "TE", "LO")
    world.go_in(visit)
    assert not world.visit(visit).uncleared


def test_what_staff_carried_keeps_the_patient_inside() -> None:
    world, visit, alarm = went_in_and_rang()
    world.dispose(alarm, "staff-item")
    world.do(StartCheck(visit=visit, heads=2))
    assert world.state.visits.scan_presumed


def test_what_was_said_of_iron_may_be_put_right_while_it_is_there() -> None:
    """An explanation that turns out to be the patient's own iron brings them out all the same."""
    world, visit = at_the_door()
    world.do(AnnounceTransit(visit=visit))
    world.observe(DOOR, Condition.DANGER)
    world.do(EnterZoneIV(visit=visit))
    world.observe(DETECTOR, Condition.DANGER)
    alarm = world.alarm("ferrous-entry").id
    world.dispose(alarm, "nuisance-door")
    assert not world.visit(visit).uncleared
    world.dispose(alarm, "patient-worn")
    assert world.visit(visit).uncleared
    assert not world.visit(visit).stands(Leg.BELONGINGS)
