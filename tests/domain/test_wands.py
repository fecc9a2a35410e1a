"""The hand-held pass: only while the portal is UNKNOWN, signed by a person, gone when the portal is back."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.suite_world import DETECTOR, DOOR, HAND_WANDS, WAND, World, made, ready

from mr_safety_console.domain import suite, wands
from mr_safety_console.domain.bypass import BypassPoint
from mr_safety_console.domain.checklists import CompleteStage
from mr_safety_console.domain.crossings import ObservePassages
from mr_safety_console.domain.detectors import Condition, StartWalkTest
from mr_safety_console.domain.doors import AnnounceTransit, KeepDoor, LeaveDoor
from mr_safety_console.domain.emergency import OpenEmergency
from mr_safety_console.domain.people_acts import AdmitColleague, PersonEntersZoneIV, RecordPersonPass
from mr_safety_console.domain.people_facts import PersonPassed, PersonPassFell
from mr_safety_console.domain.visit_facts import (
    AuthoriseZoneIII,
    EnterZoneIV,
    Leg,
    LegFell,
    LegMade,
    RecordBelongings,
    RecordDetectorPass,
)
from mr_safety_console.domain.wands import HandPassed, ProveWand, RecordHandPass

WAND_1 = HAND_WANDS[0].id


def deaf(world: World, point: str = DETECTOR) -> None:
    world.observe(point, Condition.UNKNOWN, "silent")


def by_hand(visit: str, *, found: bool = False, wand: str = WAND_1) -> RecordHandPass:
    return RecordHandPass(visit=visit, wand=wand, found=found)


def without_a_portal() -> tuple[World, str]:
    """Return a suite with a dead portal, a wand tested, and a patient at the detector."""
    world = ready()
    visit = world.arrive()
    world.to_the_detector(visit)
    deaf(world)
    world.do(ProveWand(wand=WAND_1, answered=True))
    return world, visit


def to_the_door_by_hand() -> tuple[World, str]:
    world, visit = without_a_portal()
    world.do(by_hand(visit), "TE")
    world.do(AuthoriseZoneIII(visit=visit))
    world.stage(visit, Leg.DOOR_LIST)
    world.stage(visit, Leg.FINAL_CHECK, "TE", "LO")
    return world, visit


def reasons(world: World, visit: str) -> set[str]:
    return {finding.why.rule for finding in suite.entry_findings(world.state, visit, world.ctx())}


def test_a_hand_held_pass_is_signed_marked_and_counted() -> None:
    """C19: who, with which wand, what came of it; shown as MANUAL."""
    world, visit = without_a_portal()
    assert world.refused(by_hand(visit)) == "signature-missing"
    assert world.refused(by_hand(visit), "LO") == "role-missing"
    facts = world.do(by_hand(visit), "TE")
    assert HandPassed(wand=WAND_1, found=False, visit=visit) in facts
    assert made(facts) == [Leg.DETECTOR_PASS]
    assert world.visit(visit).legs[Leg.DETECTOR_PASS].detail == f"{wands.MANUAL}{WAND_1}"
    assert wands.manual(world.visit(visit), world.ctx())
    assert wands.this_shift(world.state.wands, world.ctx()) == 1
    world.advance(13 * 3600)
    assert wands.this_shift(world.state.wands, world.ctx()) == 0


def test_something_found_is_no_pass_and_wants_another_search() -> None:
    world, visit = without_a_portal()
    facts = world.do(by_hand(visit, found=True), "TE")
    assert made(facts) == []
    assert LegFell(visit=visit, leg=Leg.BELONGINGS, reason="object-found") in facts
    assert world.refused(by_hand(visit), "TE") == "leg-missing"


def test_a_portal_that_reads_has_no_substitute() -> None:
    """C19: UNKNOWN or out of service, and nothing else; one pillar of two is enough."""
    world = ready()
    visit = world.arrive()
    world.to_the_detector(visit)
    world.do(ProveWand(wand=WAND_1, answered=True))
    assert world.refused(by_hand(visit), "TE") == "hand-pass-portal"
    deaf(world, WAND)
    world.do(by_hand(visit), "TE")


def test_out_of_service_is_unknown_enough() -> None:
    world = ready()
    visit = world.arrive()
    world.to_the_detector(visit)
    world.do(ProveWand(wand=WAND_1, answered=True))
    world.do(KeepDoor())
    asked = BypassPoint(point=DETECTOR, reason="maintenance", guard=world.people["TE"], minutes=10)
    world.do(asked, "TE")
    world.do(by_hand(visit), "TE")
    assert "detector-unknown" not in reasons(world, visit)


def test_a_detector_out_of_service_that_speaks_takes_no_hand_held_pass_away() -> None:
    """C19: out of service it stands for nothing; what was found by hand goes on standing."""
    world = ready()
    visit = world.arrive()
    world.to_the_detector(visit)
    world.do(ProveWand(wand=WAND_1, answered=True))
    world.do(KeepDoor())
    asked = BypassPoint(point=DETECTOR, reason="maintenance", guard=world.people["TE"], minutes=10)
    world.do(asked, "TE")
    deaf(world)
    world.do(by_hand(visit), "TE")
    world.observe(DETECTOR, Condition.NORMAL)
    assert world.visit(visit).stands(Leg.DETECTOR_PASS)


@pytest.mark.parametrize("test", [None, False, True])
def test_a_wand_counts_once_it_answered_this_shift(test: bool | None) -> None:
    world, visit = without_a_portal()
    if test is None:
        assert world.refused(by_hand(visit, wand="wand-2"), "TE") == "wand-untested"
        assert world.refused(by_hand(visit, wand="wand-9"), "TE") == "no-such-wand"
        assert world.refused(ProveWand(wand="wand-9", answered=True)) == "no-such-wand"
        return
    world.do(ProveWand(wand=WAND_1, answered=test))
    if test:
        world.clock.reboot(30)
        world.clock.step_wall(13 * 3600)
        world.hear()
        world.start()
        world.sign_on("TE")
    assert world.refused(by_hand(visit), "TE") == "wand-untested"


def test_an_open_detector_alarm_stops_a_hand_held_pass_as_well() -> None:
    """The strictest wins: iron that rang is not searched away on somebody else."""
    world = ready()
    visit = world.arrive()
    world.to_the_detector(visit)
    world.do(ProveWand(wand=WAND_1, answered=True))
    world.observe(WAND, Condition.DANGER)
    deaf(world)
    assert world.refused(by_hand(visit), "TE") == "visit-held"
    world.observe(WAND, Condition.NORMAL)
    alarm = world.alarm("ferrous-approach").id
    world.acknowledge(alarm)
    other = world.arrive("Robin Sample")
    world.identify(other)
    world.screen(other)
    world.do(RecordBelongings(visit=other))
    assert world.refused(by_hand(other), "TE") == "ferrous-alarm-open"
    world.dispose(alarm, "object-found")
    world.do(by_hand(other), "TE")


def test_nobody_goes_in_on_it_without_somebody_who_keeps_the_door() -> None:
    """W2: no entry past a dead detector but with a wand's record, and eyes on the door."""
    world, visit = to_the_door_by_hand()
    assert reasons(world, visit) == {"keeper-needed"}
    world.do(KeepDoor())
    assert reasons(world, visit) == set()
    world.do(AnnounceTransit(visit=visit))
    world.observe(DOOR, Condition.DANGER)
    world.do(EnterZoneIV(visit=visit, staff=1))
    assert not world.visit(visit).uncleared


def test_without_a_hand_held_pass_a_keeper_helps_nobody() -> None:
    world, visit = to_the_door_by_hand()
    world.do(KeepDoor())
    other = world.arrive("Robin Sample")
    assert "detector-unknown" in reasons(world, other)
    assert world.refused(AnnounceTransit(visit="")) == "detector-unknown", "it is for this one person"
    world.do(LeaveDoor())
    assert reasons(world, visit) == {"keeper-needed"}


def test_it_ages_like_a_pass() -> None:
    world, visit = to_the_door_by_hand()
    world.do(KeepDoor())
    world.advance(601)
    assert "leg-expired" in reasons(world, visit) or "leg-fallen" in reasons(world, visit)
    assert "detector-unknown" in reasons(world, visit)


@pytest.mark.parametrize("what", ["alarm", "another lost", "emergency", "restart"])
def test_it_falls_like_a_pass(what: str) -> None:
    world, visit = to_the_door_by_hand()
    world.do(KeepDoor())
    if what == "alarm":
        world.observe(WAND, Condition.DANGER)
    elif what == "another lost":
        deaf(world, WAND)
    elif what == "emergency":
        world.do(OpenEmergency())
    else:
        world.start()
    assert not world.visit(visit).stands(Leg.DETECTOR_PASS)


def test_once_the_portal_is_back_only_passes_by_the_portal_count() -> None:
    """C19."""
    world, visit = to_the_door_by_hand()
    world.do(KeepDoor())
    facts = world.observe(DETECTOR, Condition.NORMAL)
    assert LegFell(visit=visit, leg=Leg.DETECTOR_PASS, reason="portal-back") in facts
    assert world.refused(by_hand(visit), "TE") == "hand-pass-portal"
    assert world.refused(RecordDetectorPass(visit=visit)) == "detector-unproved"
    world.do(StartWalkTest(point=DETECTOR))
    world.observe(DETECTOR, Condition.DANGER)
    world.observe(DETECTOR, Condition.NORMAL)
    world.do(RecordDetectorPass(visit=visit))
    assert not wands.manual(world.visit(visit), world.ctx())


def test_one_of_two_back_is_not_back() -> None:
    world, visit = to_the_door_by_hand()
    deaf(world, WAND)
    world.do(by_hand(visit), "TE")
    assert not any(isinstance(fact, LegFell) for fact in world.observe(WAND, Condition.NORMAL))
    assert any(isinstance(fact, LegFell) for fact in world.observe(DETECTOR, Condition.NORMAL))


def test_a_colleague_is_gone_over_by_somebody_else() -> None:
    """Nobody searches themselves."""
    world = ready()
    world.do(AdmitColleague(staff=world.people["LT"]))
    (person,) = world.state.people.here
    deaf(world)
    world.do(ProveWand(wand=WAND_1, answered=True))
    asked = RecordHandPass(person=person, wand=WAND_1, found=False)
    assert world.refused(asked, "LT") == "signs-for-self"
    facts = world.do(asked, "TE")
    assert PersonPassed(person=person, points=(), wand=WAND_1) in facts
    assert world.refused(PersonEntersZoneIV(person=person)) == "keeper-needed"
    world.do(KeepDoor())
    world.do(PersonEntersZoneIV(person=person))
    assert world.state.people.here[person].inside


def test_a_colleague_loses_it_with_something_found_and_with_the_portal() -> None:
    world = ready()
    world.do(AdmitColleague(staff=world.people["LT"]))
    (person,) = world.state.people.here
    deaf(world)
    world.do(ProveWand(wand=WAND_1, answered=True))
    nothing, something = (RecordHandPass(person=person, wand=WAND_1, found=found) for found in (False, True))
    world.do(nothing, "TE")
    assert PersonPassFell(person=person, reason="object-found") in world.do(something, "TE")
    world.do(nothing, "TE")
    assert PersonPassFell(person=person, reason="portal-back") in world.observe(DETECTOR, Condition.NORMAL)
    assert world.refused(RecordPersonPass(person=person)) == "detector-unproved"


@pytest.mark.parametrize("asked", [RecordHandPass(wand=WAND_1, found=False), by_hand("nobody")])
def test_it_is_of_one_person_who_is_here(asked: RecordHandPass) -> None:
    world, _ = without_a_portal()
    assert world.refused(asked, "TE") in ("person-not-here", "visit-not-open")


READINGS = st.lists(
    st.tuples(
        st.sampled_from((DETECTOR, WAND, DOOR)),
        st.sampled_from(list(Condition)),
        st.integers(0, 2),
        st.integers(0, 3),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(readings=READINGS, manual=st.booleans())
def test_no_run_of_readings_and_counts_alone_makes_a_leg_or_a_pass(
    readings: list[tuple[str, Condition, int, int]], manual: bool
) -> None:
    """H3, I12: no path from any detector reading alone to a clearance; a pass is a person's act."""
    world, visit = (to_the_door_by_hand if manual else without_a_portal)()
    world.do(AdmitColleague(staff=world.people["LT"]))
    world.do(KeepDoor())
    begun = len(world.entries)
    before = reasons(world, visit)
    for point, condition, edges, people in readings:
        world.observe(point, condition, "test", edges if point != DOOR else 0)
        asked = ObservePassages(point=DETECTOR, device_boot=1, total_in=people, total_out=0)
        world.do(asked, src="device")
        world.advance(1)
    new = [entry.fact for entry in world.entries[begun:]]
    assert not [fact for fact in new if isinstance(fact, LegMade | PersonPassed | HandPassed)]
    # What a detector that is back takes off the list is its own being UNKNOWN, never a leg.
    assert before - reasons(world, visit) <= {"detector-unknown"}


def test_the_final_check_reads_back_a_pass_by_hand() -> None:
    world, visit = without_a_portal()
    world.do(by_hand(visit), "TE")
    world.do(AuthoriseZoneIII(visit=visit))
    world.stage(visit, Leg.DOOR_LIST)
    world.stage(visit, Leg.FINAL_CHECK, "TE", "LO")
    facts = world.do(by_hand(visit), "TE")
    assert LegFell(visit=visit, leg=Leg.FINAL_CHECK, reason="pass-repeated") in facts
    assert world.refused(CompleteStage(visit=visit, leg=Leg.FINAL_CHECK), "TE", "LO") == "items-open"
