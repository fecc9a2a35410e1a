"""A companion: a visit of their own without a scan, and an escort who is in there with them."""

from __future__ import annotations

from support.suite_world import DETECTOR, World, raised, ready

from mr_safety_console.domain import people, suite, suite_offers
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import AnnounceTransit
from mr_safety_console.domain.emergency import OpenEmergency
from mr_safety_console.domain.people_acts import (
    AcceptEscort,
    AdmitColleague,
    OfferEscort,
    PersonEntersZoneIV,
    PersonLeaves,
    PersonLeavesZoneIV,
    RecordPersonPass,
)
from mr_safety_console.domain.visit import step
from mr_safety_console.domain.visit_facts import (
    AuthoriseZoneIII,
    CloseVisit,
    EnterZoneIV,
    LeaveZoneIV,
    Leg,
    OpenVisit,
    RecordDetectorPass,
    StartCheck,
    Step,
)


def companion(world: World) -> str:
    """Bring a companion up to the door of the magnet room, let into Zone III by TE."""
    world.do(OpenVisit(name="Carl Example", birth_date="1950-01-01", exam="", category="companion"))
    visit = next(reversed(world.state.visits.open))
    world.to_the_detector(visit)
    world.do(RecordDetectorPass(visit=visit))
    world.do(AuthoriseZoneIII(visit=visit))
    world.stage(visit, Leg.FINAL_CHECK, "TE", "LO")
    return visit


def escort_in(world: World, initials: str = "TE") -> str:
    world.do(AdmitColleague(staff=world.people[initials]))
    one = people.of_staff(world.state.people, world.people[initials])
    assert one is not None
    world.sign_on("LO")
    world.do(RecordPersonPass(person=one.id))
    world.sign_on("TE")
    world.do(PersonEntersZoneIV(person=one.id))
    return one.id


def test_a_companion_has_the_whole_way_in_and_none_of_the_scan() -> None:
    """I8, H2: own interview, own pass, own leave, own final check."""
    world = ready()
    assert world.refused(OpenVisit(name="C", birth_date="1950", exam="", category="friend")) == "person-terms"
    visit = companion(world)
    assert step(world.visit(visit), world.ctx()) is Step.ENTER
    assert world.state.people.here[visit].escort == world.people["TE"]
    escort_in(world)
    world.go_in(visit, staff=0)
    assert world.state.visits.heads == 2
    assert world.state.people.here[visit].inside
    assert step(world.visit(visit), world.ctx()) is Step.OUT
    assert world.refused(StartCheck(visit=visit, heads=2)) == "visit-not-inside"
    world.do(LeaveZoneIV(visit=visit, staff_inside=1))
    assert step(world.visit(visit), world.ctx()) is Step.CLOSE
    world.do(CloseVisit(visit=visit, outcome="completed"))
    assert visit not in world.state.people.here


def test_a_companion_goes_in_only_where_the_escort_is_recorded_inside() -> None:
    """I5, H22: also with everything else done."""
    world = ready()
    visit = companion(world)
    assert world.refused(AnnounceTransit(visit=visit)) == "companion-escort"
    assert world.refused(EnterZoneIV(visit=visit)) == "companion-escort"
    assert world.refused(PersonEntersZoneIV(person=visit)) == "person-by-visit"
    assert world.refused(RecordPersonPass(person=visit)) == "person-by-visit"


def test_a_patient_inside_does_not_keep_the_companion_out_nor_the_other_way_round() -> None:
    world = ready()
    visit, patient = companion(world), world.arrive()
    escort_in(world)
    world.to_the_door(patient)
    world.go_in(visit, staff=0)
    assert suite.entry_findings(world.state, patient, world.ctx()) == ()
    world.go_in(patient)
    assert world.state.visits.heads == 4


def test_the_escort_of_a_companion_who_leaves_them_is_told() -> None:
    """A8: the same alarm as for everybody untrained."""
    world = ready()
    visit = companion(world)
    escort = escort_in(world)
    world.go_in(visit, staff=0)
    assert raised(world.do(PersonLeavesZoneIV(person=escort))) == ["escort-missing"]
    world.do(PersonLeavesZoneIV(person=visit))
    assert not world.visit(visit).inside
    assert not world.alarm("escort-missing").present


def test_a_companion_who_is_inside_without_leave_is_on_the_record_with_the_alarm() -> None:
    """I2: written down by anybody, as not cleared."""
    world = ready()
    world.do(OpenVisit(name="Carl Example", birth_date="1950-01-01", exam="", category="companion"))
    visit = next(reversed(world.state.visits.open))
    world.sign_off()
    facts = world.do(EnterZoneIV(visit=visit, staff=0, anyway=True))
    assert sorted(raised(facts)) == ["entered-uncleared", "escort-missing"]
    assert world.state.people.here[visit].uncleared


def test_leave_to_zone_iii_dies_with_the_way_out() -> None:
    """I8: who comes again is given leave anew."""
    world = ready()
    visit = companion(world)
    world.do(PersonLeaves(person=visit))
    assert not world.visit(visit).stands(Leg.ZONE_III)
    world.do(AuthoriseZoneIII(visit=visit))
    assert visit in world.state.people.here


def test_a_detector_alarm_takes_the_pass_of_a_companion() -> None:
    """I12: as for everybody."""
    world = ready()
    visit = companion(world)
    world.observe(DETECTOR, Condition.DANGER)
    assert not world.visit(visit).stands(Leg.DETECTOR_PASS)
    assert world.visit(visit).holds
    assert [offer.label for offer in suite_offers.for_visit(world.state, visit, world.ctx())]


def test_a_companion_written_down_with_nobody_signed_on_gets_an_escort_afterwards() -> None:
    """H22: in an emergency nobody answers for them; whoever takes them over must not be turned away."""
    world = ready()
    visit = companion(world)
    world.do(PersonLeaves(person=visit))
    world.sign_off()
    world.do(OpenEmergency())
    world.do(EnterZoneIV(visit=visit, anyway=True))
    assert world.state.people.here[visit].escort == ""
    world.sign_on("TE")
    world.do(AdmitColleague(staff=world.people["LT"]))
    colleague = people.of_staff(world.state.people, world.people["LT"])
    assert colleague is not None
    assert world.refused(OfferEscort(person=colleague.id, to=world.people["TE"])) == "escort-already"
    world.do(PersonEntersZoneIV(person=colleague.id))
    world.do(OfferEscort(person=visit, to=world.people["LT"]))
    world.do(AcceptEscort(person=visit), "LT")
    assert people.unescorted(world.state.people) == ()
    assert not world.alarm("escort-missing").present


def test_a_companion_who_goes_home_from_inside_left_the_magnet_room_first() -> None:
    """The record tells the ways out in their order, each once."""
    world = ready()
    visit = companion(world)
    world.do(EnterZoneIV(visit=visit, anyway=True))
    kinds = [fact.kind for fact in world.do(PersonLeaves(person=visit))]
    assert [kind for kind in kinds if kind.startswith("person-left")] == [
        "person-left-zone-iv",
        "person-left",
    ]
    assert not world.visit(visit).inside
    assert world.state.people.here == {}
    assert not world.alarm("escort-missing").present
