"""Out of service: owned, guarded, timed, listed; it quietens nothing and comes back as UNKNOWN."""

from __future__ import annotations

import pytest
from support.suite_world import DETECTOR, DOOR, DOOR_III, WAND, World, at_the_door, raised, ready

from mr_safety_console.domain import bypass, clearance
from mr_safety_console.domain.bypass import BypassEnded, BypassPoint, EndBypass, PointBypassed
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.detectors import Condition, PointsUnproven, StartWalkTest
from mr_safety_console.domain.doors import KeepDoor, LeaveDoor


def out(
    world: World, point: str = WAND, minutes: int = 10, guard: str = "TE", reason: str = ""
) -> BypassPoint:
    return BypassPoint(
        point=point, reason=reason or "device-defect", guard=world.people.get(guard, guard), minutes=minutes
    )


def kept() -> World:
    world = ready()
    world.do(KeepDoor())
    return world


def ends(facts: tuple[Fact, ...] | list[Fact]) -> list[str]:
    return [fact.reason for fact in facts if isinstance(fact, BypassEnded)]


def test_one_person_takes_a_detector_out_for_a_quarter_of_an_hour_while_somebody_keeps_the_door() -> None:
    """I5: signed, with the keeper as the named guard."""
    world = ready()
    assert world.refused(out(world), "TE") == "bypass-keeper"
    world.do(KeepDoor())
    assert world.refused(out(world)) == "signature-missing"
    assert world.refused(out(world, guard="LO"), "TE") == "bypass-keeper"
    assert world.refused(out(world), "LO") == "role-missing"
    (told,) = world.do(out(world), "TE")
    assert isinstance(told, PointBypassed)
    assert (told.guard, told.briefly) == (world.people["TE"], True)
    assert world.state.bypass.open[WAND].by == (world.who("TE"),)


@pytest.mark.parametrize(("point", "minutes"), [(WAND, 16), (DOOR, 5), (DOOR_III, 5)])
def test_longer_or_a_door_takes_two_people_and_the_officer(point: str, minutes: int) -> None:
    """I5: never one person, however they are entitled."""
    world = kept()
    asked = out(world, point, minutes)
    assert world.refused(asked, "SO") == "signature-missing"
    assert world.refused(asked, "TE", "LT") == "role-missing"
    assert world.refused(asked, "SO", "stranger") == "signature-missing"
    (told,) = world.do(asked, "TE", "SO")
    assert isinstance(told, PointBypassed)
    assert not told.briefly


def test_nothing_stays_out_past_the_shift_or_without_reason_or_guard() -> None:
    world = kept()
    shift = world.profile.limit("proof_test_valid_h") * 60
    assert world.refused(out(world, minutes=shift + 1), "TE", "SO") == "bypass-terms"
    assert world.refused(out(world, minutes=0), "TE", "SO") == "bypass-terms"
    assert world.refused(out(world, reason="noisy"), "TE", "SO") == "bypass-terms"
    assert world.refused(out(world, guard="nobody"), "TE", "SO") == "bypass-guard"
    assert world.refused(out(world, point="none"), "TE", "SO") == "no-such-point"
    world.do(out(world, minutes=shift), "TE", "SO")
    assert world.refused(out(world), "TE") == "bypass-already"
    assert ends(world.advance(shift * 60 + 1)) == ["expired"]


def test_a_point_in_alarm_is_not_taken_out_of_service() -> None:
    """I9: that would hide what it says; one that is lost may be."""
    world = kept()
    world.observe(WAND, Condition.DANGER)
    assert world.refused(out(world), "TE") == "bypass-active"
    world.observe(WAND, Condition.NORMAL)
    world.observe(WAND, Condition.UNKNOWN, "silent")
    world.do(out(world), "TE")
    assert WAND in world.state.bypass.open


def test_out_of_service_is_unknown_to_every_decision_and_its_alarms_ring_as_ever() -> None:
    """I3, I9: decisions are stricter, and nothing is quieter."""
    world, visit = at_the_door()
    world.do(KeepDoor())
    assert clearance.entry(world.state, world.visit(visit), world.ctx()) == ()
    world.do(out(world), "TE")
    veiled = bypass.veiled(world.state.bypass, world.ctx())
    found = clearance.entry(world.state, world.visit(visit), veiled)
    assert [finding.why.rule for finding in found][:1] == ["detector-unknown"]
    assert world.refused(StartWalkTest(point=WAND)) == "detector-not-normal"
    assert raised(world.observe(WAND, Condition.DANGER)) == ["ferrous-approach"]
    world.observe(WAND, Condition.NORMAL)
    assert raised(world.observe(WAND, Condition.UNKNOWN, "silent")) == ["detector-lost"]


def test_a_door_out_of_service_proves_nothing_about_iron() -> None:
    """I3: the detector's alarm is High, as with a door nobody can read."""
    world = kept()
    world.do(out(world, DOOR), "TE", "SO")
    assert raised(world.observe(DETECTOR, Condition.DANGER)) == ["ferrous-entry"]


def test_it_comes_back_as_unknown_until_it_speaks_and_without_its_proof() -> None:
    """I3, I4: what was proved before stands for nothing after."""
    world = kept()
    world.do(out(world), "TE")
    assert world.refused(EndBypass(point=DETECTOR)) == "not-bypassed"
    facts = world.do(EndBypass(point=WAND))
    assert ends(facts) == ["asked"]
    assert PointsUnproven(points=(WAND,), reason="not heard since it was out of service") in facts
    assert world.state.points.condition(WAND) is Condition.UNKNOWN
    assert world.state.points.points[WAND].proof is None
    world.observe(WAND, Condition.NORMAL)
    assert world.state.points.condition(WAND) is Condition.NORMAL


def test_one_that_comes_back_and_does_not_speak_is_a_lost_one() -> None:
    """I3: its first word counts, also when that is silence."""
    world = kept()
    world.do(out(world), "TE")
    world.do(EndBypass(point=WAND))
    assert raised(world.observe(WAND, Condition.UNKNOWN, "silent")) == ["detector-lost"]
    assert raised(world.observe(WAND, Condition.UNKNOWN, "silent")) == []
    world.start()
    assert raised(world.observe(WAND, Condition.UNKNOWN, "never-heard")) == ["again"]
    assert raised(world.observe(WAND, Condition.UNKNOWN, "never-heard")) == []


def test_it_ends_when_the_guard_leaves_the_door_when_time_is_up_and_at_a_start() -> None:
    world = kept()
    world.do(out(world), "TE")
    world.do(LeaveDoor())
    facts = world.tick()
    assert ends(facts) == ["keeper-left"]
    assert raised(facts) == ["back-in-service"]
    world.do(KeepDoor())
    world.observe(WAND, Condition.NORMAL)
    world.do(out(world), "TE")
    assert ends(world.advance(601)) == ["expired"]
    world.do(KeepDoor())
    world.observe(WAND, Condition.NORMAL)
    world.do(out(world), "TE")
    assert ends(world.start()) == ["restart"]
    assert world.state.bypass.open == {}


def test_each_point_that_comes_back_by_itself_is_told_with_a_number_of_its_own() -> None:
    """I9: all at once, also beside a door that has stood open too long."""
    world = kept()
    for point in (DETECTOR, WAND, DOOR):
        world.do(out(world, point, minutes=5), "TE", "SO")
    world.observe(DOOR_III, Condition.DANGER)
    world.clock.advance(301)
    world.hear()
    facts = world.tick()
    assert sorted(raised(facts)) == ["back-in-service"] * 3 + ["zone-iii-door-open"]
    numbers = [alarm.no for alarm in world.state.alarms.open.values()]
    assert len(set(numbers)) == len(numbers) == 4


def test_a_reboot_ends_it() -> None:
    """I15: what loosens ends with the clock it was timed by."""
    world = kept()
    world.do(out(world, minutes=60), "TE", "SO")
    world.clock.reboot()
    assert ends(world.tick()) == ["expired"]


def test_the_minutes_out_of_service_are_added_up() -> None:
    world = kept()
    world.do(out(world, minutes=60), "TE", "SO")
    world.advance(120)
    assert bypass.bypassed_s(world.state.bypass, world.clock.now(), WAND) == 120
    world.do(EndBypass(point=WAND))
    world.observe(WAND, Condition.NORMAL)
    world.do(out(world, minutes=60), "TE", "SO")
    world.advance(60)
    assert bypass.bypassed_s(world.state.bypass, world.clock.now(), WAND) == 180
    assert bypass.bypassed_s(world.state.bypass, world.clock.now(), DETECTOR) == 0
