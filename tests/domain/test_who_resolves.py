"""Who lifts what holds, how, and on what: nobody says what another would have to decide or compare."""

from __future__ import annotations

import pytest
from support.implanted import decide, met, with_experts
from support.suite_world import World, at_the_door, ready

from mr_safety_console.domain.approval_facts import ResolveByCall
from mr_safety_console.domain.people_acts import ScreenPerson
from mr_safety_console.domain.screening_facts import (
    PREGNANCY,
    ResolveItem,
    ReviewScreening,
    SignScreening,
    Verdict,
)
from mr_safety_console.domain.suite import entry_findings
from mr_safety_console.domain.visit_facts import COMPANION, IdentifyVisit, OpenVisit

BALANCED = {"resolution": "radiologist-risk-benefit", "evidence": "implant-card", "text": "card seen"}
MET = {"resolution": "conditional-met", "evidence": "implant-card", "text": "card seen"}


def screened(**said: str) -> tuple[World, str]:
    world = ready()
    visit = world.arrive()
    world.identify(visit)
    world.screen(visit, **said)
    return world, visit


def rules(world: World, visit: str) -> list[str]:
    return [one.why.rule for one in entry_findings(world.state, visit, world.ctx())]


@pytest.mark.parametrize("item", ["Q06", "Q19", "Q44"])
def test_a_technologist_signs_no_radiologists_decision(item: str) -> None:
    """2.5: risk and benefit are weighed by a physician, whatever the answer was about."""
    world, visit = screened(**{item: "yes"})
    asked = ResolveItem(visit=visit, item=item, **BALANCED)
    assert world.refused(asked) == "signature-missing"
    assert world.refused(asked, "TE") == "role-missing"
    called = ResolveByCall(
        visit=visit,
        item=item,
        decider=world.people["LT"],
        callback="4711",
        read_back=True,
        decided_utc=world.clock.utc,
        **BALANCED,
    )
    assert world.refused(called, "TE") == "decider-role"
    world.do(asked, "RA")


@pytest.mark.parametrize("item", ["Q06", "Q08", "Q09"])
@pytest.mark.parametrize("change", [{"evidence": "verbal"}, {"text": " "}])
def test_what_a_starred_question_found_wants_a_document(item: str, change: dict[str, str]) -> None:
    """W4: a spoken history lifts no starred question."""
    world, visit = screened(**{item: "yes"})
    given = {"resolution": "excluded-by-evidence", "evidence": "radiology-report", "text": "report", **change}
    assert world.refused(ResolveItem(visit=visit, item=item, **given), "RA") == "evidence-in-writing"


def test_conditions_nobody_wrote_down_are_not_met() -> None:
    """H8, W5: a pacemaker resolved as conditions met holds until the device was compared and decided on."""
    world, visit = at_the_door()
    with_experts(world)
    other = world.arrive(name="Paul Pacer")
    world.identify(other)
    world.screen(other, Q01="yes")
    world.do(ResolveItem(visit=other, item="Q01", **MET), "RA")
    world.do(ReviewScreening(visit=other), "TE")
    assert world.case(other).verdict is Verdict.CLEARED_WITH_CONDITIONS
    assert "device-unrecorded" in rules(world, other)
    met(world, other)
    assert "device-unrecorded" not in rules(world, other)
    assert "device-undecided" in rules(world, other)
    world.do(decide(world, other), "LT", "RO")
    assert not [rule for rule in rules(world, other) if rule.startswith("device")]
    assert "device-unrecorded" not in rules(world, visit)


def test_what_stays_on_the_body_as_conditional_is_signed() -> None:
    """2.5: taken off and seen costs no PIN; left on by its label does."""
    world, visit = screened(Q24="yes")
    assert world.refused(ResolveItem(visit=visit, item="Q24", **MET)) == "signature-missing"
    world.do(ResolveItem(visit=visit, item="Q24", **MET), "TE")


def test_the_device_of_a_companion_or_of_staff_meets_no_conditions() -> None:
    """W4: conditions are of a patient and a planned scan; anybody else stays out or is weighed."""
    world = ready()
    world.do(OpenVisit(name="Carla Carer", birth_date="1970-01-01", exam="", category=COMPANION))
    companion = next(reversed(world.state.visits.open))
    world.do(IdentifyVisit(visit=companion, identifiers=("name", "birth-date")))
    world.do(ScreenPerson(person=world.people["LT"]))
    colleague = next(reversed(world.state.visits.open))
    for visit in (companion, colleague):
        world.interview(visit, Q01="yes")
        assert world.refused(ResolveItem(visit=visit, item="Q01", **MET), "RA") == "conditions-of-patients"
        world.do(ResolveItem(visit=visit, item="Q01", **BALANCED), "RA")


def test_a_pregnancy_has_no_conditions_of_a_label() -> None:
    world, visit = screened(Q09="yes")
    world.fill_sheet(visit, PREGNANCY, Q09="yes", test="positive")
    world.do(SignScreening(visit=visit, sheet=PREGNANCY), "LO")
    asked = ResolveItem(visit=visit, item="Q09", sheet=PREGNANCY, **MET)
    assert world.refused(asked, "RA") == "conditions-of-patients"
