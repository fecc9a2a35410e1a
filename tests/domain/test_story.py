"""One whole visit through the suite's rules: arrival to exit, with a forgotten object on the way."""

from __future__ import annotations

from support.suite_world import DETECTOR, DOOR, World, at_the_door, raised, ready

from mr_safety_console.domain import suite
from mr_safety_console.domain.alarms import AlarmClosed
from mr_safety_console.domain.checklists import StageReset
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import AnnounceTransit, TransitEnded
from mr_safety_console.domain.visit import step
from mr_safety_console.domain.visit_facts import (
    AuthoriseZoneIII,
    CloseVisit,
    EndScan,
    EnterZoneIV,
    LeaveZoneIV,
    Leg,
    LegFell,
    RecordBelongings,
    RecordDetectorPass,
    StartCheck,
    Step,
    VisitClosed,
    VisitHeld,
    VisitReleased,
)


def at(world: World, visit: str) -> Step:
    return step(world.visit(visit), world.ctx())


def test_from_arrival_to_exit_with_a_forgotten_object() -> None:
    """I1, I8, I9: the object holds, is disposed of, the pass is repeated, and the rail ends closed."""
    world = ready()
    visit = world.arrive()
    assert at(world, visit) is Step.IDENTIFY
    world.identify(visit)
    assert at(world, visit) is Step.SCREENING
    world.screen(visit)
    assert at(world, visit) is Step.BELONGINGS
    world.do(RecordBelongings(visit=visit))
    assert at(world, visit) is Step.DETECTOR

    seen = world.observe(DETECTOR, Condition.DANGER)
    assert raised(seen) == ["ferrous-approach"]
    assert [fact.visit for fact in seen if isinstance(fact, VisitHeld)] == [visit]
    assert world.refused(RecordDetectorPass(visit=visit)) == "visit-held"
    alarm = world.alarm("ferrous-approach").id
    world.observe(DETECTOR, Condition.NORMAL)
    assert alarm in world.state.alarms.open
    done = world.dispose(alarm, "object-found")
    assert any(isinstance(fact, AlarmClosed) for fact in done)
    assert any(isinstance(fact, VisitReleased) for fact in done)
    assert LegFell(visit=visit, leg=Leg.BELONGINGS, reason="object-found") in done
    assert at(world, visit) is Step.BELONGINGS

    world.do(RecordBelongings(visit=visit))
    world.do(RecordDetectorPass(visit=visit))
    assert at(world, visit) is Step.ZONE_III
    world.do(AuthoriseZoneIII(visit=visit))
    assert at(world, visit) is Step.DOOR_LIST
    world.stage(visit, Leg.DOOR_LIST)
    assert at(world, visit) is Step.FINAL_CHECK
    world.stage(visit, Leg.FINAL_CHECK, "TE", "LO")
    assert at(world, visit) is Step.ENTER
    assert suite.entry_findings(world.state, visit, world.ctx()) == ()

    assert world.refused(EnterZoneIV(visit=visit)) == "transit-not-announced"
    world.do(AnnounceTransit(visit=visit))
    assert raised(world.observe(DOOR, Condition.DANGER)) == []
    world.do(EnterZoneIV(visit=visit))
    assert any(isinstance(fact, TransitEnded) for fact in world.observe(DOOR, Condition.NORMAL))
    assert world.state.visits.heads == 2

    assert at(world, visit) is Step.TABLE_LIST
    world.stage(visit, Leg.TABLE_LIST)
    assert at(world, visit) is Step.START_CHECK
    assert world.refused(StartCheck(visit=visit, heads=1)) == "head-count-differs"
    world.do(StartCheck(visit=visit, heads=2))
    assert at(world, visit) is Step.SCAN
    assert world.state.visits.scan_presumed
    world.do(EndScan(visit=visit))
    assert at(world, visit) is Step.OUT

    world.do(AnnounceTransit(visit=visit, inwards=False))
    assert raised(world.observe(DOOR, Condition.DANGER)) == []
    world.do(LeaveZoneIV(visit=visit))
    world.observe(DOOR, Condition.NORMAL)
    assert world.state.visits.heads == 0
    assert at(world, visit) is Step.COIL_REMOVED
    assert world.refused(CloseVisit(visit=visit, outcome="completed")) == "leg-missing"
    world.stage(visit, Leg.COIL_REMOVED)
    world.do(CloseVisit(visit=visit, outcome="completed"))
    assert world.facts(VisitClosed) == [VisitClosed(visit=visit, outcome="completed")]
    assert visit not in world.state.visits.open
    assert world.state.alarms.open == {}


def test_an_alarm_after_the_final_check_sends_the_patient_back_to_the_detector() -> None:
    """I12: the alarm takes the pass and the final check away; its end gives nothing back."""
    world = ready()
    visit = world.arrive()
    world.to_the_door(visit)
    world.do(AnnounceTransit(visit=visit))
    seen = world.observe(DETECTOR, Condition.DANGER)
    assert raised(seen) == ["ferrous-entry"]
    assert StageReset(visit=visit, leg=Leg.FINAL_CHECK) in seen
    world.observe(DETECTOR, Condition.NORMAL)
    world.dispose(world.alarm("ferrous-entry").id, "nuisance-equipment")
    assert at(world, visit) is Step.DETECTOR
    world.advance(61)
    assert world.refused(EnterZoneIV(visit=visit)) == "leg-fallen"
    world.do(RecordDetectorPass(visit=visit))
    assert at(world, visit) is Step.FINAL_CHECK
    world.stage(visit, Leg.FINAL_CHECK, "TE", "LO")
    world.go_in(visit)
    assert world.visit(visit).inside


def test_a_closed_visit_leaves_nothing_in_the_state() -> None:
    """The state does not grow with the years: interview and lists of a closed visit stay in the record."""
    world, visit = at_the_door()
    world.do(CloseVisit(visit=visit, outcome="not-scanned"))
    assert not world.state.visits.open
    assert not world.state.screening.cases
    assert not world.state.lists.marks
