"""Permits: no work beside a patient, no tool left behind, no patient before the room was handed back."""

from __future__ import annotations

import pytest
from support.suite_world import World, at_the_door, raised, ready

from mr_safety_console.domain import suite
from mr_safety_console.domain.people import of_staff
from mr_safety_console.domain.people_acts import (
    AdmitColleague,
    AdmitPerson,
    PersonEntersZoneIV,
    PersonLeavesZoneIV,
    RecordPersonPass,
)
from mr_safety_console.domain.permits import ClosePermit, CountTools, HandBack, OpenPermit, PermitOverran
from mr_safety_console.domain.visit_facts import EnterZoneIV


def asked(**changes: object) -> OpenPermit:
    given = {"kind_of": "cleaning", "holder": "Clara Cleaner", "tools_told": "two mops, three cloths"}
    return OpenPermit(**{**given, "tools": 5, "zone": "IV", "minutes": 60, **changes})  # type: ignore[arg-type]


def opened(world: World, **changes: object) -> str:
    world.do(asked(**changes), "TE")
    return next(reversed(world.state.permits.open))


def holding(world: World, visit: str) -> set[str]:
    return {finding.why.rule for finding in suite.entry_findings(world.state, visit, world.ctx())}


def cleaner_inside(world: World) -> str:
    """Let LT and then a cleaner into the magnet room; return the cleaner."""
    world.do(AdmitColleague(staff=world.people["LT"]))
    escort = of_staff(world.state.people, world.people["LT"])
    assert escort is not None
    fit = {"name": "Clara Cleaner", "purpose": "floor", "kind_of": "cleaner", "max_zone": "IV"}
    world.do(AdmitPerson(escort=world.people["LT"], **fit))
    cleaner = next(reversed(world.state.people.here))
    world.screen_by_name(cleaner)
    for name in (escort.id, cleaner):
        world.do(RecordPersonPass(person=name))
        world.do(PersonEntersZoneIV(person=name))
    return cleaner


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"holder": " "}, "permit-terms"),
        ({"tools": -1}, "permit-terms"),
        ({"minutes": 481}, "permit-terms"),
        ({"minutes": 0}, "permit-terms"),
        ({"kind_of": "party"}, "person-terms"),
        ({"zone": "II"}, "person-terms"),
    ],
)
def test_no_permit_without_holder_tools_and_an_end(changes: dict[str, object], rule: str) -> None:
    """H18: eight hours at most."""
    assert ready().refused(asked(**changes), "TE") == rule


def test_a_permit_takes_a_signature_of_who_may_give_it() -> None:
    """I5: MRST or MRSO, with the PIN."""
    world = ready()
    assert world.refused(asked()) == "signature-missing"
    assert world.refused(asked(), "LT") == "role-missing"
    opened(world)


def test_a29_five_tools_in_and_four_out_close_no_permit() -> None:
    """A29, H18: the one that is missing may be in the magnet room."""
    world = ready()
    permit = opened(world)
    assert world.refused(ClosePermit(permit=permit, tools=4, swept=True), "TE") == "tools-differ"
    assert world.refused(ClosePermit(permit=permit, tools=6, swept=True), "TE") == "tools-differ"
    assert raised(world.do(CountTools(permit=permit, tools=4))) == ["tools-missing"]
    world.do(CountTools(permit=permit, tools=5))
    assert not world.alarm("tools-missing").present
    assert world.refused(ClosePermit(permit=permit, tools=5, swept=False), "TE") == "permit-not-swept"
    assert world.refused(ClosePermit(permit=permit, tools=5, swept=True)) == "signature-missing"
    world.do(ClosePermit(permit=permit, tools=5, swept=True), "TE")


def test_no_patient_goes_in_before_the_room_was_tested_and_handed_back() -> None:
    """H18: closed is not handed back."""
    world, visit = at_the_door()
    permit = opened(world)
    assert "permit-open" in holding(world, visit)
    assert world.refused(HandBack(permit=permit), "TE") == "permit-gone"
    world.do(ClosePermit(permit=permit, tools=5, swept=True), "TE")
    assert "permit-not-handed-back" in holding(world, visit)
    assert world.refused(CountTools(permit=permit, tools=5)) == "permit-gone"
    assert world.refused(HandBack(permit=permit), "TE") == "detector-unproved"
    world.clock.advance(1)
    world.prove()
    assert world.refused(HandBack(permit=permit)) == "signature-missing"
    world.do(HandBack(permit=permit), "TE")
    assert not {"permit-open", "permit-not-handed-back"} & holding(world, visit)
    assert world.state.permits.open == {}


def test_no_work_begins_beside_a_patient() -> None:
    world, visit = at_the_door()
    world.go_in(visit)
    assert world.refused(asked(), "TE") == "permit-patient-inside"
    opened(world, zone="III")


def test_nobody_goes_in_to_work_beside_a_patient_who_is_inside_all_the_same() -> None:
    """H18: the permit was open first; a patient is in there, by whatever way."""
    world = ready()
    opened(world)
    cleaner = cleaner_inside(world)
    world.do(PersonLeavesZoneIV(person=cleaner))
    world.do(RecordPersonPass(person=cleaner))
    world.do(EnterZoneIV(visit=world.arrive(), anyway=True))
    assert world.refused(PersonEntersZoneIV(person=cleaner)) == "permit-patient-inside"


def test_a_cleaner_goes_in_under_a_permit_only_and_is_out_before_it_closes() -> None:
    """H18: cleaner, engineer, contractor."""
    world = ready()
    permit = opened(world)
    cleaner = cleaner_inside(world)
    done = ClosePermit(permit=permit, tools=5, swept=True)
    assert world.refused(done, "TE") == "permit-people-inside"
    world.do(PersonLeavesZoneIV(person=cleaner))
    world.do(done, "TE")
    world.do(RecordPersonPass(person=cleaner))
    assert world.refused(PersonEntersZoneIV(person=cleaner)) == "permit-needed"


def test_a_permit_past_its_time_is_told_once_and_lets_nobody_in() -> None:
    """I15: by the clock that runs on."""
    world = ready()
    permit = opened(world, minutes=10)
    assert raised(world.advance(599)) == []
    facts = world.advance(2)
    assert [fact.permit for fact in facts if isinstance(fact, PermitOverran)] == [permit]
    assert raised(facts) == ["permit-over"]
    assert raised(world.advance(30)) == []
    world.do(ClosePermit(permit=permit, tools=5, swept=True), "TE")
    assert not world.alarm("permit-over").present
