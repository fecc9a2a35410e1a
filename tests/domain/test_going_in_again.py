"""Out and in again in the same attendance, by what is offered: every step, and no trap."""

from __future__ import annotations

import pytest
from support.suite_world import DOOR, World, at_the_door

from mr_safety_console.domain import suite_offers
from mr_safety_console.domain.checklists import CompleteStage
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import AnnounceTransit
from mr_safety_console.domain.interview_facts import RecordInformant
from mr_safety_console.domain.screening_facts import BeginScreening, ReviewScreening, SignScreening
from mr_safety_console.domain.visit_facts import (
    AmendVisit,
    CountStaff,
    EndScan,
    EnterZoneIV,
    LeaveZoneIV,
    Leg,
    RecordDetectorPass,
    StartCheck,
)

SIGNERS = {"sign-screening": ("LO",), "review-screening": ("TE",), "complete-stage": ("TE", "LO")}


def came_out(after_s: float = 60) -> tuple[World, str]:
    """Return a suite with a patient who was inside for some time and is out."""
    world, visit = at_the_door()
    world.go_in(visit)
    world.advance(after_s)
    world.do(AnnounceTransit(visit=visit, inwards=False))
    world.do(LeaveZoneIV(visit=visit))
    world.advance(60)
    return world, visit


def offered(world: World, visit: str) -> list[tuple[str, Command]]:
    found = suite_offers.for_visit(world.state, visit, world.ctx())
    return [(one.label, one.command) for one in found]


def work(world: World, visit: str, asked: Command) -> None:
    """Do the work of a step that is done elsewhere, as the pages for it do."""
    match asked:
        case CompleteStage(leg=leg):
            world.mark(visit, leg)
        case SignScreening():
            world.do(RecordInformant(visit=visit))
            world.answer_all(visit)
        case ReviewScreening():
            world.ask_aloud(visit)
    world.do(asked, *SIGNERS.get(asked.kind, ()))


def go_in_again(world: World, visit: str) -> list[str]:
    """Follow what is offered for going in again until the patient is in; return what was done, by kind."""
    done: list[str] = []
    while not world.visit(visit).inside:
        again = [asked for label, asked in offered(world, visit) if label.startswith("In again: ")]
        assert again, f"nothing leads in again after {done}"
        work(world, visit, again[0])
        done.append(again[0].kind)
        world.advance(1)
        if isinstance(again[0], AnnounceTransit):
            world.observe(DOOR, Condition.DANGER)
        assert len(done) < 20
    return done


@pytest.mark.parametrize("after_s", [60, 4_000])
def test_who_came_out_is_led_in_again_by_what_is_offered(after_s: float) -> None:
    """C18: pass and final check, and whatever became too old meanwhile; never as not cleared."""
    world, visit = came_out(after_s)
    done = go_in_again(world, visit)
    assert done[-2:] == ["announce-transit", "enter-zone-iv"]
    assert "record-detector-pass" in done
    assert ("authorise-zone-iii" in done) is (after_s > 3_600)
    assert not world.visit(visit).uncleared


def test_another_identity_inside_leads_out_and_in_again_from_the_beginning() -> None:
    """I8: everything of somebody else falls, and everything can be done anew."""
    world, visit = at_the_door()
    world.go_in(visit)
    world.do(AmendVisit(visit=visit, name="Pat Other", birth_date="1970-01-01", exam="knee"))
    world.do(LeaveZoneIV(visit=visit))
    world.advance(1)
    done = go_in_again(world, visit)
    assert done[:2] == ["identify-visit", BeginScreening.kind]
    assert not world.visit(visit).uncleared


def test_the_coil_stays_proposed_until_a_way_in_again_is_announced() -> None:
    world, visit = came_out()
    first = offered(world, visit)[0]
    assert first[1] == CompleteStage(visit=visit, leg=Leg.COIL_REMOVED)
    while not isinstance(first[1], EnterZoneIV):
        again = next(asked for label, asked in offered(world, visit) if label.startswith("In again: "))
        work(world, visit, again)
        world.advance(1)
        first = offered(world, visit)[0]
    assert first[1] == EnterZoneIV(visit=visit)


def test_no_pass_is_made_for_somebody_who_is_inside() -> None:
    """D19: a pass is a walk past the detector; whoever is inside walks none."""
    world, visit = at_the_door()
    world.go_in(visit)
    assert world.refused(RecordDetectorPass(visit=visit)) == "visit-inside-already"


def test_the_announcement_of_the_way_in_before_proposes_no_way_in_again() -> None:
    world, visit = at_the_door()
    world.go_in(visit)
    world.do(LeaveZoneIV(visit=visit))
    assert offered(world, visit)[0][1] == CompleteStage(visit=visit, leg=Leg.COIL_REMOVED)


def test_a_scan_said_to_be_over_too_early_goes_on_without_taking_the_patient_out() -> None:
    """One stray Enter ends a scan in the record; check-ins and door watch come back with a start."""
    world, visit = at_the_door()
    world.go_in(visit)
    world.stage(visit, Leg.TABLE_LIST)
    world.do(StartCheck(visit=visit, heads=2))
    another = f"Another scan: I count {world.state.visits.heads} in the room"
    assert another not in dict(offered(world, visit))
    world.do(EndScan(visit=visit))
    assert offered(world, visit)[0] == (
        "Announce the way out",
        AnnounceTransit(visit=visit, inwards=False),
    )
    world.do(dict(offered(world, visit))[another])
    assert world.state.visits.scan_presumed
    assert world.visit(visit).checkin_s


def test_the_start_of_one_stay_is_no_start_of_the_next() -> None:
    """C18: one start check, one stay in the room; in again, the table comes first."""
    world, visit = at_the_door()
    world.go_in(visit)
    world.stage(visit, Leg.TABLE_LIST)
    world.do(StartCheck(visit=visit, heads=2))
    world.do(LeaveZoneIV(visit=visit))
    assert world.visit(visit).legs[Leg.START_CHECK].fallen == "used"
    world.advance(1)
    go_in_again(world, visit)
    assert offered(world, visit)[0][1] == CompleteStage(visit=visit, leg=Leg.TABLE_LIST)


def test_whoever_went_in_on_no_clearance_is_offered_no_scan() -> None:
    world, visit = at_the_door()
    world.do(EnterZoneIV(visit=visit, anyway=True))
    kinds = [asked.kind for _, asked in offered(world, visit)]
    assert StartCheck.kind not in kinds


def test_somebody_who_joins_after_the_start_wants_another_start_check() -> None:
    """C18: hearing protection for every head; the start was checked for fewer."""
    world, visit = at_the_door()
    world.go_in(visit)
    world.stage(visit, Leg.TABLE_LIST)
    world.do(StartCheck(visit=visit, heads=2))
    world.do(EndScan(visit=visit))
    world.do(CountStaff(staff_inside=2))
    assert world.visit(visit).legs[Leg.START_CHECK].fallen == "head-joined"
    assert world.refused(StartCheck(visit=visit, heads=3)) == "hearing-missing"
    world.fit()
    assert offered(world, visit)[0] == ("I count 3 in the room", StartCheck(visit=visit, heads=3))
