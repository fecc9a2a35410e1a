"""Heads of each zone by the record: nobody is presumed out, and no name is told."""

from __future__ import annotations

from dataclasses import replace

from support.suite_world import at_the_door, ready

from mr_safety_console.domain import occupancy
from mr_safety_console.domain.profile import ZONES
from mr_safety_console.domain.visit_facts import CountStaff, LeaveZoneIV, Leg


def test_a_patient_is_counted_in_the_innermost_zone_the_record_knows() -> None:
    world, visit = at_the_door()
    assert occupancy.heads(world.state) == {"I": (), "II": (), "III": ("V1",), "IV": ()}
    world.go_in(visit, staff=2)
    assert occupancy.heads(world.state)["IV"] == ("V1", "staff", "staff")
    world.do(LeaveZoneIV(visit=visit, staff_inside=1))
    assert occupancy.heads(world.state) == {"I": (), "II": (), "III": ("V1",), "IV": ("staff",)}


def test_an_arrived_patient_is_in_zone_ii_until_somebody_lets_them_further() -> None:
    world = ready()
    visit = world.arrive("Name Nobody-Tells")
    assert occupancy.heads(world.state)["II"] == ("V1",)
    assert "Nobody" not in str(occupancy.heads(world.state))
    assert world.visit(visit).legs == {}


def test_a_fallen_authorisation_takes_nobody_out_of_zone_iii() -> None:
    world, visit = at_the_door()
    person = world.visit(visit)
    fallen = replace(person.legs[Leg.ZONE_III], fallen="door-break")
    legs = {**person.legs, Leg.ZONE_III: fallen}
    visits = replace(world.state.visits, open={visit: replace(person, legs=legs)})
    assert occupancy.heads(replace(world.state, visits=visits))["III"] == ("V1",)


def test_there_are_as_many_words_as_the_record_has_heads() -> None:
    """Every head of the record is told, in one zone only."""
    world, visit = at_the_door()
    world.go_in(visit)
    world.arrive()
    world.do(CountStaff(staff_inside=3))
    found = occupancy.heads(world.state)
    assert tuple(found) == ZONES
    assert len(found["IV"]) == world.state.visits.heads == 4
    assert [who for zone in ("II", "III") for who in found[zone]] == ["V2"]


def test_while_a_ledger_is_broken_nobody_knows_who_is_where() -> None:
    world = ready()
    assert occupancy.known(world.state)
    assert not occupancy.known(replace(world.state, broken=("visits",)))
    assert occupancy.known(replace(world.state, broken=("sound",)))


def test_objects_are_none_while_the_register_is_broken() -> None:
    assert occupancy.objects(ready().state) == dict.fromkeys(ZONES, ())
    assert occupancy.objects(replace(ready().state, broken=("inside",))) is None
