"""Hearing protection for every head in the room: who needs it, who says so, and what ends it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.ears import FOAM, MUFFS, ROOM, STOCK
from support.suite_world import World, at_the_door, site

from mr_safety_console.domain import clearance
from mr_safety_console.domain.checklists import CompleteStage, MarkItem
from mr_safety_console.domain.codec import Command, Entry
from mr_safety_console.domain.context import elapsed
from mr_safety_console.domain.emergency import EmergencyOpened, OpenEmergency
from mr_safety_console.domain.hearing import (
    ChooseHearing,
    Exemption,
    Fit,
    HearingChosen,
    HearingLapsed,
)
from mr_safety_console.domain.hearing_heads import Stands, inside, standing, unheard
from mr_safety_console.domain.hearing_protection import Method, RoomNoise, Verdict
from mr_safety_console.domain.people_acts import (
    AdmitColleague,
    PersonEntersZoneIV,
    PersonLeavesZoneIV,
)
from mr_safety_console.domain.people_facts import PersonEnteredZoneIV, PersonLeftZoneIV
from mr_safety_console.domain.visit_facts import (
    AmendVisit,
    CountStaff,
    EndScan,
    EnterZoneIV,
    LeaveZoneIV,
    Leg,
    StartCheck,
    ZoneIVEntered,
    ZoneIVLeft,
)


def at_table() -> tuple[World, str]:
    """A patient and one member of staff inside; every list done, nobody fitted."""
    world, visit = made()
    return world.clone(), visit


@cache
def made() -> tuple[World, str]:
    world, visit = at_the_door()
    world.go_in(visit)
    world.mark(visit, Leg.TABLE_LIST)
    world.do(CompleteStage(visit=visit, leg=Leg.TABLE_LIST))
    return world, visit


def wears(
    world: World, called: str, method: str = Method.PLUG, *, fit: str = Fit.ROLL_DOWN, **more: Any
) -> ChooseHearing:
    head = next(one for one in inside(world.state) if one.called == called)
    return ChooseHearing(
        visit=head.visit, person=head.person, nameless=head.nameless, method=method, fit=fit, **more
    )


def left(world: World) -> list[str]:
    return [one.called for one in unheard(world.state, world.ctx())]


def why(world: World, visit: str, heads: int) -> str:
    decision = world.give(StartCheck(visit=visit, heads=heads))
    assert decision.refused is not None
    return decision.refused.reason


def test_a14_staff_in_the_room_with_no_method_hold_the_start_and_are_named() -> None:
    """A14."""
    world, visit = at_table()
    assert left(world) == ["V1", "S1"]
    assert world.refused(StartCheck(visit=visit, heads=2)) == "hearing-missing"
    world.do(wears(world, "V1", worn=("Foam plug",)))
    assert left(world) == ["S1"]
    assert "1 in the room: S1" in why(world, visit, 2)
    world.do(wears(world, "S1", Method.DOUBLE, worn=("Foam plug", "Ear muff")))
    world.do(StartCheck(visit=visit, heads=2))


def test_a14_the_calculation_as_it_was_shown_stands_in_the_fact() -> None:
    world, _ = at_table()
    (single,) = world.do(wears(world, "V1", worn=("Foam plug",)))
    (double,) = world.do(wears(world, "V1", Method.DOUBLE, worn=("Foam plug", "Ear muff")))
    assert isinstance(single, HearingChosen)
    assert isinstance(double, HearingChosen)
    assert (single.verdict, single.rated) == (Verdict.EXCEEDS, ("NRR 32", "SNR 36"))
    assert single.working == "115 − (32 − 7) × 0.5 = 102.5"
    # The muff has no NRR: 116.5 dB(C) − 30 + 4 = 90.5, and 5 for the plug under it.
    assert (double.verdict, double.working) == (Verdict.MEETS, "116.5 − 30 + 4 − 5 = 85.5")


def test_a_calculation_holds_nobody_it_is_advice_and_what_was_worn_is_on_record() -> None:
    world, visit = at_table()
    world.do(wears(world, "V1", worn=("Foam plug",)))
    world.do(wears(world, "S1", Method.MOULDS, fit=Fit.TUG))
    verdicts = [one.verdict for one in world.state.hearing.heads.values()]
    assert verdicts == [Verdict.EXCEEDS, Verdict.CANNOT_CALCULATE]
    world.do(StartCheck(visit=visit, heads=2))
    assert world.visit(visit).stands(Leg.START_CHECK)


def test_a_method_without_a_look_at_its_fit_is_half_done() -> None:
    world, visit = at_table()
    world.do(wears(world, "V1", fit=""))
    assert standing(world.state.hearing.heads[f"visit:{visit}"], world.ctx()) is Stands.NOT_SEEN
    assert left(world) == ["V1", "S1"]
    world.do(wears(world, "V1", fit=Fit.TUG))
    assert left(world) == ["S1"]


@pytest.mark.parametrize("exemption", Exemption)
def test_a_head_without_a_protector_takes_a_physician_and_a_second_person(exemption: Exemption) -> None:
    world, visit = at_table()
    asked = wears(world, "V1", Method.EXEMPT, fit="", exemption=exemption)
    for signers, rule in (
        ((), "signature-missing"),
        (("RA",), "signature-missing"),
        (("TE", "LO"), "role-missing"),
    ):
        assert world.refused(asked, *signers) == rule
    world.do(asked, "RA", "TE")
    assert left(world) == ["S1"]
    told = world.state.hearing.heads[f"visit:{visit}"]
    assert (told.exemption, {who.role for who in told.by}) == (exemption, {"RAD", "MRST"})


def test_a_fit_nobody_can_check_is_worn_double_and_signed_by_two() -> None:
    world, _ = at_table()
    single = wears(world, "V1", fit=Fit.NOT_POSSIBLE)
    assert world.refused(single, "RA", "TE") == "hearing-double-first"
    double = wears(world, "V1", Method.DOUBLE, fit=Fit.NOT_POSSIBLE)
    assert world.refused(double) == "signature-missing"
    world.do(double, "RA", "LT")
    assert left(world) == ["S1"]


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"method": "hat"}, "hearing-terms"),
        ({"fit": "guessed"}, "hearing-terms"),
        ({"method": Method.MUFF, "fit": Fit.ROLL_DOWN}, "hearing-terms"),
        ({"fit": Fit.SEAL}, "hearing-terms"),
        ({"exemption": "deaf"}, "hearing-terms"),
        ({"method": Method.EXEMPT}, "hearing-terms"),
        ({"method": Method.EXEMPT, "fit": "", "exemption": "busy"}, "hearing-terms"),
        ({"method": Method.EXEMPT, "fit": "", "exemption": "deaf", "worn": ("Foam plug",)}, "hearing-terms"),
        ({"worn": ("Ear muff",)}, "hearing-type"),
        ({"worn": ("No such",)}, "hearing-type"),
        ({"worn": ("Foam plug", "Foam plug")}, "hearing-type"),
        ({"method": Method.MOULDS, "fit": Fit.TUG, "worn": ("Foam plug",)}, "hearing-type"),
        ({"visit": "", "nameless": "S2"}, "hearing-no-head"),
        ({"visit": "", "person": "nobody"}, "hearing-no-head"),
    ],
)
def test_what_cannot_be_said_of_a_head(more: dict[str, object], rule: str) -> None:
    world, _ = at_table()
    asked = replace(wears(world, "V1"), **more)  # type: ignore[arg-type]
    assert world.refused(asked, "RA", "TE") == rule


def test_one_word_is_about_one_head_whatever_else_it_names() -> None:
    world, visit = at_table()
    (told,) = world.do(replace(wears(world, "V1"), nameless="S1"))
    assert isinstance(told, HearingChosen)
    assert (told.visit, told.nameless) == (visit, "")
    assert left(world) == ["S1"]


def test_nobody_outside_is_fitted_and_a_companion_is_under_their_visit() -> None:
    world, _ = at_table()
    second = world.arrive("Carl Companion")
    assert world.refused(ChooseHearing(visit=second, method="plug", fit="tug")) == "hearing-no-head"
    world.do(EnterZoneIV(visit=second, staff=0, anyway=True))
    assert left(world) == ["V1", "V2", "S1"]


def test_people_by_name_are_fitted_by_name_and_taken_from_the_nameless() -> None:
    world, _ = at_table()
    world.do(AdmitColleague(staff=world.people["LT"]))
    person = next(iter(world.state.people.here))
    world.do(PersonEntersZoneIV(person=person, anyway=True))
    assert left(world) == ["V1", "P1", "S1"]
    world.do(wears(world, "P1"))
    assert left(world) == ["V1", "S1"]
    world.do(PersonLeavesZoneIV(person=person))
    assert world.facts(HearingLapsed)[-1] == HearingLapsed(heads=(f"person:{person}",), reason="left")
    world.do(PersonEntersZoneIV(person=person, anyway=True))
    assert left(world) == ["V1", "P1", "S1"], "in again is fitted again"


@pytest.mark.parametrize(
    ("fitted", "after"), [(("S1", "S2"), ["V1"]), (("S1",), ["V1", "S1"]), (("S2",), ["V1", "S1"])]
)
def test_which_nameless_head_left_is_never_guessed(fitted: tuple[str, ...], after: list[str]) -> None:
    world, _ = at_table()
    world.do(CountStaff(staff_inside=2))
    for called in fitted:
        world.do(wears(world, called))
    world.do(CountStaff(staff_inside=1))
    assert left(world) == after


def test_who_joins_holds_the_start_again_and_takes_away_the_one_made() -> None:
    world, visit = at_table()
    world.fit()
    world.do(StartCheck(visit=visit, heads=2))
    world.do(EndScan(visit=visit))
    world.do(CountStaff(staff_inside=2))
    assert world.visit(visit).legs[Leg.START_CHECK].fallen == "head-joined"
    assert world.visit(visit).stands(Leg.TABLE_LIST), "what was asked of the patient is not asked twice"
    assert world.refused(StartCheck(visit=visit, heads=3)) == "hearing-missing"
    world.do(wears(world, "S2"))
    world.do(StartCheck(visit=visit, heads=3))


def test_a_fit_is_looked_at_again_after_half_an_hour() -> None:
    world, visit = at_table()
    world.fit()
    world.advance(1801)
    fitted = world.state.hearing.heads
    assert {standing(one, world.ctx()) for one in fitted.values()} <= {Stands.OLD}
    world.stage(visit, Leg.TABLE_LIST)
    world.fit()
    assert left(world) == []
    world.do(StartCheck(visit=visit, heads=2))


def test_another_coil_or_examination_is_looked_at_anew() -> None:
    for coil in (True, False):
        world, visit = at_table()
        world.fit()
        if coil:
            world.do(MarkItem(visit=visit, list_id="coil-and-positioning", item="coil", answer="another"))
        else:
            person = world.visit(visit)
            world.do(AmendVisit(visit=visit, name=person.name, birth_date=person.birth_date, exam="spine"))
        assert left(world) == ["V1", "S1"], coil
        assert world.facts(HearingLapsed)[-1].reason == "table-anew"


def test_an_answer_put_right_at_the_table_ends_no_fit() -> None:
    world, visit = at_table()
    world.fit()
    world.do(MarkItem(visit=visit, list_id="coil-and-positioning", item="K17", answer="fail", reason="bulb"))
    assert left(world) == []


def test_an_emergency_ends_every_fit() -> None:
    world, _ = at_table()
    world.fit()
    world.do(OpenEmergency(emergency="E"))
    assert left(world) == ["V1", "S1"]


def test_the_next_patient_finds_nothing_said_of_anybody() -> None:
    world, visit = at_table()
    world.fit()
    world.do(LeaveZoneIV(visit=visit, staff_inside=1))
    assert world.state.hearing.heads == {}
    assert left(world) == ["S1"]


def test_a_reboot_goes_on_from_the_wall_clock_and_prolongs_nothing() -> None:
    world, _ = at_table()
    world.fit()
    world.clock.reboot()
    assert left(world) == []
    world.clock.utc += 1801 * 1_000_000
    assert left(world) == ["V1", "S1"]


def test_a_site_without_figures_cannot_calculate_and_still_fits_every_head() -> None:
    world, visit = at_table()
    world.profile = site(room=RoomNoise(la=Decimal(115), peak=Decimal(125)), protectors=(FOAM,))
    (told,) = world.do(wears(world, "V1", worn=("Foam plug",)))
    assert isinstance(told, HearingChosen)
    assert (told.verdict, told.working, told.worn) == (Verdict.CANNOT_CALCULATE, "", ("Foam plug",))
    world.do(wears(world, "S1"))
    world.do(StartCheck(visit=visit, heads=2))


def test_what_was_recorded_stays_though_the_site_file_changes() -> None:
    world, visit = at_table()
    world.do(wears(world, "V1", worn=("Foam plug",)))
    before = world.state.hearing.heads[f"visit:{visit}"]
    world.profile = site(room=replace(ROOM, la=Decimal(80)), protectors=(replace(FOAM, nrr=10), MUFFS))
    assert world.state.hearing.heads[f"visit:{visit}"] == before
    assert STOCK[0].nrr == 32


# --- whatever happens in whatever order ---

FITS = {1: "V1", 2: "V2", 3: "P1", 4: "S1", 5: "S2", 6: "S3"}


def step(world: World, visit: str, second: str, act: int) -> None:
    """Let one of a few things happen that concern who is in there and what they wear."""
    staff = world.state.visits.staff_inside
    here = next(iter(world.state.people.here), "")
    acts: dict[int, Command | float] = {
        7: CountStaff(staff_inside=staff + 1),
        8: CountStaff(staff_inside=max(0, staff - 1)),
        9: EnterZoneIV(visit=second, staff=0, anyway=True),
        10: LeaveZoneIV(visit=second, staff_inside=staff),
        11: PersonEntersZoneIV(person=here, anyway=True),
        12: PersonLeavesZoneIV(person=here),
        13: 600.0,
        14: OpenEmergency(emergency="E"),
    }
    if act in FITS:
        found = [one for one in inside(world.state) if one.called == FITS[act]]
        for head in found:
            world.do(wears(world, head.called))
    elif isinstance(told := acts[act], float):
        world.advance(told)
    else:
        world.give(told)


def seen_by_the_facts(world: World) -> bool:
    """Tell from the facts alone whether each head in the room was fitted since it came in, lately.

    Nameless heads: each number up to how many there are has been fitted.
    """
    since: dict[str, Entry | None] = {}
    visits, persons, nameless = set(), set(), 0
    for entry in world.entries:
        match entry.fact:
            case ZoneIVEntered(visit=name):
                visits.add(name)
                since.pop(name, None)
            case ZoneIVLeft(visit=name):
                visits.discard(name)
            case PersonEnteredZoneIV(person=name):
                persons.add(name)
                since.pop(name, None)
            case PersonLeftZoneIV(person=name):
                persons.discard(name)
            case HearingChosen() as told:
                since[told.visit or told.person or told.nameless] = entry
            case EmergencyOpened():
                since.clear()
    nameless = world.state.visits.staff_inside - len(persons - visits)
    wanted = visits | (persons - visits) | {f"S{n}" for n in range(1, nameless + 1)}
    now = world.clock.now()
    ages = [elapsed(now, since[name].at).seconds if since.get(name) else 10**9 for name in wanted]
    return all(age <= 1800 for age in ages)


@given(st.lists(st.integers(1, 14), max_size=14))
@settings(max_examples=60, deadline=None)
def test_no_scan_begins_over_a_head_nobody_fitted(acts: list[int]) -> None:
    """Heads and fits are counted a second time here, from the facts, and may only be stricter there."""
    world, visit, second = room()
    for act in acts:
        step(world, visit, second, act)
        rules = {one.why.rule for one in clearance.start(world.state, world.visit(visit), world.ctx())}
        if "hearing-missing" not in rules:
            assert seen_by_the_facts(world), acts


def room() -> tuple[World, str, str]:
    world, visit = at_table()
    second = world.arrive("Carl Companion")
    world.do(AdmitColleague(staff=world.people["LT"]))
    return world, visit, second


def test_the_second_count_sees_who_was_never_fitted() -> None:
    """Without this the property would prove nothing."""
    world, visit, second = room()
    assert not seen_by_the_facts(world)
    world.fit()
    assert seen_by_the_facts(world)
    step(world, visit, second, 9)
    assert not seen_by_the_facts(world)
    step(world, visit, second, 2)
    assert seen_by_the_facts(world)
    assert left(world) == []
    for _ in range(4):
        step(world, visit, second, 13)
    assert not seen_by_the_facts(world)
