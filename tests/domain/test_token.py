"""The clearance as a token: bound, single use, decaying leg by leg, with the shortest way back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.suite_world import DETECTOR, DOOR, World, at_the_door, raised, ready, site

from mr_safety_console.domain import clearance, token
from mr_safety_console.domain.checklists import CompleteStage, StageReset
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import AnnounceTransit
from mr_safety_console.domain.findings import Verdict
from mr_safety_console.domain.lifecycle import StartConsole
from mr_safety_console.domain.screening_facts import ResolveItem, ReviewScreening, ScreeningVoided
from mr_safety_console.domain.suite import entry_findings
from mr_safety_console.domain.token import Standing, Token, way_back
from mr_safety_console.domain.visit import step
from mr_safety_console.domain.visit_facts import (
    AmendVisit,
    ClearanceVoided,
    CountStaff,
    EndScan,
    EnterZoneIV,
    IdentityAmended,
    LeaveZoneIV,
    Leg,
    LegFell,
    RecordBelongings,
    RecordDetectorPass,
    StartCheck,
    Step,
    VisitBound,
)
from screening_forms.types import Form


def against(world: World, visit: str) -> set[str]:
    return {found.why.rule for found in entry_findings(world.state, visit, world.ctx())}


def entry(world: World, visit: str) -> Token:
    return token.entry(world.state, world.visit(visit), world.ctx())


def start(world: World, visit: str) -> Token:
    return token.start(world.state, world.visit(visit), world.ctx())


def broken(told: Token) -> dict[str, Standing]:
    return {leg.id: leg.standing for leg in told.broken}


def amend(visit: str, **changes: str) -> AmendVisit:
    usual = {"name": "Pat Example", "birth_date": "1970-01-01", "exam": "knee"}
    return AmendVisit(visit=visit, **{**usual, **changes})


def moved(world: World, **changes: object) -> None:
    """The same record at another magnet: the site file is another one at the next start."""
    world.profile = site(hash="profile-b", **changes)
    world.start()
    world.sign_on()
    world.prove()


def at_start() -> tuple[World, str]:
    world, visit = at_the_door()
    world.go_in(visit)
    world.stage(visit, Leg.TABLE_LIST)
    return world, visit


def test_each_rule_speaks_for_one_leg_of_its_token() -> None:
    """What holds is shown under exactly one leg, so that nothing holds without a place on the screen."""
    for legs, rules in ((token.ENTRY, clearance.ENTRY_RULES), (token.START, clearance.START_RULES)):
        named = [rule for _, found in legs.values() for rule in found]
        # `legs_stand` is the legs themselves.
        assert len(named) == len(set(named))
        assert set(named) == set(rules) - {clearance.legs_stand}


def test_a_token_stands_exactly_when_the_rules_find_nothing() -> None:
    world, visit = at_the_door()
    assert entry(world, visit).stands
    assert entry(world, visit).left_s == 600
    world.advance(61)
    assert entry(world, visit).left_s == 539
    world.observe(DETECTOR, Condition.DANGER)
    assert not entry(world, visit).stands
    assert against(world, visit)


def test_the_token_says_which_leg_fell_and_the_shortest_way_back() -> None:
    world, visit = at_the_door()
    world.observe(DOOR, Condition.DANGER)
    world.observe(DOOR, Condition.NORMAL)
    told = entry(world, visit)
    assert broken(told) == {"final-check": Standing.FELL}
    assert told.broken[0].fallen == "door-break"
    assert way_back(told) == ("Read the final check back, two people",)
    world.advance(601)
    told = entry(world, visit)
    assert broken(told) == {"detector-pass": Standing.EXPIRED, "final-check": Standing.FELL}
    assert len(way_back(told)) == 2
    world.do(RecordDetectorPass(visit=visit))
    world.stage(visit, Leg.FINAL_CHECK, "TE", "LO")
    assert entry(world, visit).stands


def test_a_held_leg_says_what_to_do_now() -> None:
    world, visit = at_the_door()
    world.silence(DETECTOR)
    world.observe(DETECTOR, Condition.UNKNOWN, reason="silent")
    told = entry(world, visit)
    assert broken(told)["detector-healthy"] is Standing.HELD
    assert broken(told)["detector-pass"] is Standing.FELL
    assert way_back(told)[0].startswith("Nobody goes in on it")


# --- bound to person, attendance, magnet, field, forms ---


@pytest.mark.parametrize(
    "changes", [{"b0_mt": 1500}, {"scanner": "MR 2"}, {"scanner": "MR 2", "b0_mt": 1500}], ids=str
)
def test_a11_a_clearance_of_one_scanner_is_void_at_another(changes: dict[str, object]) -> None:
    """A11, I8: cleared at 3 T, booked at 1.5 T: everything judged against the magnet has fallen."""
    world, visit = at_the_door()
    moved(world, **changes)
    assert world.facts(VisitBound)[-1].b0_mt == changes.get("b0_mt", 3000)
    assert {f.leg for f in world.facts(LegFell) if f.reason == "scanner-changed"} >= {
        Leg.SCREENING,
        Leg.DOOR_LIST,
    }
    assert "screening-not-cleared" in against(world, visit)
    assert step(world.visit(visit), world.ctx()) is Step.SCREENING
    assert world.refused(AnnounceTransit(visit=visit)) == "screening-not-cleared"
    # The answers of the body stand; the review is signed anew for this magnet.
    world.do(ReviewScreening(visit=visit), "TE")
    world.do(RecordDetectorPass(visit=visit))


def test_a11_without_a_restart_the_rule_alone_stops_it() -> None:
    """A11, I8: whatever the record says fell or did not, another field is a STOP."""
    world, visit = at_the_door()
    elsewhere = world.ctx(profile=site(b0_mt=1500))
    found = {one.why.rule: one.verdict for one in entry_findings(world.state, visit, elsewhere)}
    assert found == {"clearance-elsewhere": Verdict.STOP}
    told = next(one for one in entry_findings(world.state, visit, elsewhere)).why
    assert told.reason == "This attendance is for Examplethorpe at 3 T; here is Examplethorpe at 1.5 T."


def test_an_attendance_that_names_no_magnet_is_cleared_for_none() -> None:
    """I8: an attendance written before magnets were named is unknown, and unknown is not here."""
    world, visit = at_the_door()
    person = replace(world.visit(visit), scanner="", b0_mt=0)
    found = {one.why.rule for one in clearance.entry(world.state, person, world.ctx())}
    assert found == {"clearance-elsewhere"}


def test_what_was_resolved_for_one_magnet_is_resolved_anew_for_another() -> None:
    """I8: a device whose conditions were met at 3 T is judged anew at 1.5 T."""
    world = ready()
    visit = world.arrive()
    world.identify(visit)
    world.interview(visit, Q06="yes")
    asked = ResolveItem(
        visit=visit, item="Q06", resolution="conditional-met", evidence="implant-card", text="shunt card"
    )
    world.do(asked, "RA", "TE")
    world.do(ReviewScreening(visit=visit), "TE")
    moved(world, b0_mt=1500)
    (voided,) = world.facts(ScreeningVoided)
    assert (voided.dropped, voided.anew) == (("Q06",), False)
    world.do(ReviewScreening(visit=visit), "TE")
    assert not world.visit(visit).stands(Leg.SCREENING)
    assert broken(entry(world, visit))["device-verdict"] is Standing.HELD
    world.do(asked, "RA", "TE")
    world.do(ReviewScreening(visit=visit), "TE")
    assert world.visit(visit).stands(Leg.SCREENING)


def test_a_start_at_the_same_magnet_voids_no_interview() -> None:
    world, visit = at_the_door()
    world.start()
    assert world.visit(visit).stands(Leg.SCREENING)
    assert not world.facts(VisitBound)


def test_somebody_inside_as_the_magnet_changes_comes_out() -> None:
    world, visit = at_start()
    world.profile = site(hash="profile-b", b0_mt=1500)
    facts = world.start()
    assert "clearance-void" in raised(facts)
    assert world.visit(visit).uncleared
    assert step(world.visit(visit), world.ctx()) is Step.OUT
    world.sign_on()
    assert world.refused(StartCheck(visit=visit, heads=2)) == "entered-uncleared"
    world.do(LeaveZoneIV(visit=visit))


def reprinted(form: Form) -> Form:
    return replace(form, version="0.2.0", sha256="9" * 64)


def test_an_interview_on_another_version_of_the_form_is_asked_anew() -> None:
    """I8: a clearance is of one version of its form."""
    world, visit = at_the_door()
    world.forms["screening-adult"] = reprinted(world.forms["screening-adult"])
    assert against(world, visit) == {"form-changed"}
    world.start()
    assert world.facts(ScreeningVoided)[-1].anew
    assert visit not in world.state.screening.cases
    assert step(world.visit(visit), world.ctx()) is Step.SCREENING


def test_lists_done_on_other_versions_are_done_anew() -> None:
    world, visit = at_the_door()
    asked = StartConsole(app="0", profile_hash="profile-a", forms_hash="others", use="demo", points=4)
    world.do(asked, src="system")
    assert {f.leg for f in world.facts(LegFell) if f.reason == "form-changed"} == {Leg.DOOR_LIST}
    assert world.visit(visit).stands(Leg.SCREENING)


def test_another_person_begins_anew_from_blank() -> None:
    """I8: a name put right is somebody else until asked; both stand in the record."""
    world, visit = at_the_door()
    facts = world.do(amend(visit, name="Pam Sample"))
    assert isinstance(facts[0], IdentityAmended)
    assert world.visit(visit).name == "Pam Sample"
    assert step(world.visit(visit), world.ctx()) is Step.IDENTIFY
    assert not any(world.visit(visit).stands(leg) for leg in Leg)
    assert visit not in world.state.screening.cases
    assert not world.state.lists.marks.get(visit)


def test_another_person_inside_is_a_high_alarm_and_comes_out() -> None:
    world, visit = at_start()
    facts = world.do(amend(visit, birth_date="1971-01-01"))
    assert raised(facts) == ["clearance-void"]
    assert ClearanceVoided(visit=visit, reason="identity-changed") in facts
    assert world.refused(StartCheck(visit=visit, heads=2)) == "entered-uncleared"
    world.do(LeaveZoneIV(visit=visit))
    assert step(world.visit(visit), world.ctx()) is not Step.ENTER


def test_another_examination_voids_review_coil_and_final_check() -> None:
    """I8: conditions are labelled for a region, and a coil fits one."""
    world, visit = at_the_door()
    world.do(amend(visit, exam="head"))
    assert {leg for leg in Leg if world.visit(visit).stands(leg)} == {
        Leg.IDENTITY,
        Leg.BELONGINGS,
        Leg.DETECTOR_PASS,
        Leg.ZONE_III,
    }
    assert world.visit(visit).exam == "head"
    assert world.refused(AnnounceTransit(visit=visit)) == "screening-not-cleared"


def test_another_examination_at_the_table_wants_coil_and_review_anew_and_nobody_out() -> None:
    world, visit = at_start()
    world.do(amend(visit, exam="head"))
    assert world.refused(StartCheck(visit=visit, heads=2)) == "screening-not-cleared"
    assert not world.visit(visit).uncleared
    world.do(ReviewScreening(visit=visit), "TE")
    assert step(world.visit(visit), world.ctx()) is Step.DOOR_LIST
    world.stage(visit, Leg.DOOR_LIST)
    world.stage(visit, Leg.TABLE_LIST)
    world.do(StartCheck(visit=visit, heads=2))


def test_nothing_changed_voids_nothing() -> None:
    world, visit = at_the_door()
    assert world.do(amend(visit)) == ()
    assert entry(world, visit).stands


def test_who_it_is_is_put_right_by_somebody_signed_on_and_never_to_nobody() -> None:
    world, visit = at_the_door()
    assert world.refused(amend(visit, name=" ")) == "visit-needs-name"
    world.sign_off()
    assert world.refused(amend(visit, name="Pam Sample")) == "nobody-signed-on"


# --- each leg its time, each token one use ---


@pytest.mark.parametrize(
    ("leg", "seconds", "at"),
    [
        (Leg.BELONGINGS, 3600, Step.BELONGINGS),
        (Leg.DOOR_LIST, 3600, Step.DETECTOR),
        (Leg.IDENTITY, 24 * 3600, Step.IDENTIFY),
    ],
)
def test_every_leg_has_its_time(leg: Leg, seconds: int, at: Step) -> None:
    world, visit = at_the_door()
    known = world.visit(visit).legs[leg]
    past = replace(world.clock.now(), bt=known.at.bt + (seconds + 1) * 10**9)
    past = replace(past, utc=known.at.utc + (seconds + 1) * 10**6)
    now: Ctx = world.ctx(now=past)
    found = {one.id: one.standing for one in token.entry(world.state, world.visit(visit), now).broken}
    assert found[leg.value] is Standing.EXPIRED
    assert step(world.visit(visit), now) in (at, Step.SCREENING, Step.IDENTIFY, Step.BELONGINGS)


def test_a_door_list_that_waited_is_gone_through_anew_item_by_item() -> None:
    world, visit = at_the_door()
    world.advance(3601)
    assert not world.visit(visit).stands(Leg.DOOR_LIST)
    assert Leg.DOOR_LIST in {f.leg for f in world.facts(StageReset)}
    world.do(RecordBelongings(visit=visit))
    assert world.refused(CompleteStage(visit=visit, leg=Leg.DOOR_LIST)) in ("items-open", "leg-missing")


def test_a_table_list_half_an_hour_old_is_gone_through_anew() -> None:
    world, visit = at_start()
    world.advance(1801)
    assert world.refused(StartCheck(visit=visit, heads=2)) == "leg-fallen"
    world.stage(visit, Leg.TABLE_LIST)
    world.do(StartCheck(visit=visit, heads=2))


def test_one_token_is_one_way_in() -> None:
    """I8: used is used, also for the same person in the same attendance."""
    world, visit = at_the_door()
    world.go_in(visit)
    assert world.refused(EnterZoneIV(visit=visit)) == "visit-inside-already"
    world.do(LeaveZoneIV(visit=visit))
    assert broken(entry(world, visit)) == {"detector-pass": Standing.FELL, "final-check": Standing.FELL}
    assert {leg.fallen for leg in entry(world, visit).broken} == {"used"}
    assert world.refused(AnnounceTransit(visit=visit)) == "leg-fallen"


@pytest.mark.parametrize("way", ["staff counted", "a companion"])
def test_whoever_joins_is_looked_at_for_hearing_before_the_scan(way: str) -> None:
    """Hearing protection is for every head in the room: one more head, one more look."""
    world, visit = at_start()
    assert start(world, visit).stands
    if way == "staff counted":
        world.do(CountStaff(staff_inside=2))
    else:
        second = world.arrive("Carl Companion")
        world.do(EnterZoneIV(visit=second, staff=0, anyway=True))
    assert broken(start(world, visit)) == {"hearing": Standing.HELD}
    assert world.refused(StartCheck(visit=visit, heads=3)) == "hearing-missing"
    world.fit()
    assert start(world, visit).stands


def test_nobody_new_means_no_new_look() -> None:
    world, visit = at_start()
    world.do(CountStaff(staff_inside=1))
    assert start(world, visit).stands
    world.do(StartCheck(visit=visit, heads=2))
    world.do(EndScan(visit=visit))


def test_the_start_token_is_void_as_somebody_opens_the_door() -> None:
    world, visit = at_start()
    world.do(StartCheck(visit=visit, heads=2))
    world.observe(DOOR, Condition.DANGER)
    assert not world.visit(visit).stands(Leg.START_CHECK)
    assert broken(start(world, visit))["door-closed"] is Standing.HELD


def test_the_start_check_binds_its_observer_to_this_patient() -> None:
    world, visit = at_start()
    world.do(StartCheck(visit=visit, heads=2))
    assert world.visit(visit).observer == world.people["TE"]
    world.do(EndScan(visit=visit))
    assert world.visit(visit).observer == ""
