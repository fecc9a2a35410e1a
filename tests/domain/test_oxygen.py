"""Oxygen monitors: two levels of too little, enriched air, a monitor nobody hears; never a promise."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.suite_world import DETECTOR, DOOR, POINTS, World, site

from mr_safety_console.domain import oxygen
from mr_safety_console.domain.alarm_points import RULES, Priority
from mr_safety_console.domain.alarms import AlarmRaised, AlarmRepeated
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.detectors import (
    Condition,
    ObservePoint,
    PointChanged,
    StartWalkTest,
    WalkTestEnded,
    WalkTestPassed,
)
from mr_safety_console.domain.oxygen import OxygenFell
from mr_safety_console.domain.profile import Point, PointKind, ProfileError, strictest

O2 = Point("o2-iv", "Oxygen in the magnet room", PointKind.OXYGEN, "IV", "o2", "O2-METER")
NORMAL, DANGER, UNKNOWN = Condition.NORMAL, Condition.DANGER, Condition.UNKNOWN
SEVERITY = ("", oxygen.LOW, oxygen.ALARM)


@pytest.fixture
def world() -> World:
    made = World(site(points=(*POINTS, O2)))
    made.start()
    made.add_staff()
    made.sign_on()
    for point in POINTS:
        made.observe(point.id, NORMAL)
    read(made, NORMAL, 208)
    return made


def read(world: World, condition: Condition, tenths: int | None = None, edges: int = 0) -> tuple[Fact, ...]:
    asked = ObservePoint(point=O2.id, condition=condition, reason="", value=tenths, age_ms=250, edges=edges)
    return world.do(asked, src="device")


def rang(facts: tuple[Fact, ...]) -> list[str]:
    return [fact.rule for fact in facts if isinstance(fact, AlarmRaised)]


@pytest.mark.parametrize(
    ("condition", "tenths", "rule"),
    [
        (NORMAL, 208, ""),
        (NORMAL, 196, ""),
        (NORMAL, 195, oxygen.LOW),
        (DANGER, 195, oxygen.LOW),
        (DANGER, 181, oxygen.LOW),
        (DANGER, 180, oxygen.ALARM),
        (NORMAL, 180, oxygen.ALARM),
        (DANGER, 0, oxygen.ALARM),
        (DANGER, 203, oxygen.LOW),
        (DANGER, 235, oxygen.HIGH),
        (NORMAL, None, ""),
        (DANGER, None, oxygen.ALARM),
        (UNKNOWN, None, oxygen.LOST),
        (UNKNOWN, 208, oxygen.LOST),
    ],
)
def test_what_a_reading_calls_for(condition: Condition, tenths: int | None, rule: str) -> None:
    """I3: a relay's danger is the worse level, and no value makes an unknown monitor known."""
    assert oxygen.called_for(site(), condition, tenths) == rule


@given(st.sampled_from([NORMAL, DANGER]), st.lists(st.integers(0, 209), min_size=2, max_size=5))
def test_less_oxygen_never_calls_for_less(condition: Condition, read_tenths: list[int]) -> None:
    called = [oxygen.called_for(site(), condition, tenths) for tenths in sorted(read_tenths)]
    assert all(SEVERITY.index(a) >= SEVERITY.index(b) for a, b in pairwise(called))


def test_the_priorities_are_medium_and_high_and_unknown_is_high_technical() -> None:
    assert RULES[oxygen.LOW].priority is Priority.MEDIUM
    assert {RULES[rule].priority for rule in (oxygen.ALARM, oxygen.HIGH, oxygen.LOST)} == {Priority.HIGH}
    assert [rule for rule in oxygen.RULES if RULES[rule].technical] == [oxygen.LOST]


@pytest.mark.parametrize(
    ("name", "below"),
    [("oxygen_warn_tenths", 194), ("oxygen_alarm_tenths", 179), ("oxygen_warn_tenths", 201)],
)
def test_no_site_leaves_the_range_of_a_level(name: str, below: int) -> None:
    with pytest.raises(ProfileError, match=name):
        site(limits={name: below})


def test_the_levels_a_site_sets_count_and_the_strictest_are_the_highest() -> None:
    cautious = site(limits={"oxygen_warn_tenths": 200, "oxygen_alarm_tenths": 190})
    assert oxygen.called_for(cautious, NORMAL, 200) == oxygen.LOW
    assert oxygen.called_for(cautious, NORMAL, 190) == oxygen.ALARM
    assert strictest(site()).limits["oxygen_warn_tenths"] == 200
    assert strictest(site()).limits["oxygen_alarm_tenths"] == 195


def test_a_warning_holds_value_and_age_in_the_record_and_ends_only_with_a_normal_reading(
    world: World,
) -> None:
    facts = read(world, DANGER, 193)
    (changed,) = [fact for fact in facts if isinstance(fact, PointChanged)]
    assert (changed.value, changed.age_ms) == (193, 250)
    assert rang(facts) == [oxygen.LOW]
    assert read(world, DANGER, 194, edges=1) == (), "the same warning is not told again"
    facts = read(world, DANGER, 179, edges=1)
    assert OxygenFell(point=O2.id, tenths=179, age_ms=250) in facts
    assert rang(facts) == [oxygen.ALARM]
    assert world.alarm(oxygen.LOW).present
    assert read(world, DANGER, 178, edges=1) == ()
    read(world, NORMAL, 207)
    assert not world.alarm(oxygen.LOW).present
    assert not world.alarm(oxygen.ALARM).present
    assert {alarm.rule for alarm in world.state.alarms.open.values()} >= {oxygen.LOW, oxygen.ALARM}, (
        "over, but nobody has said what it was"
    )


def test_a_monitor_not_heard_is_high_and_ends_no_alarm_of_too_little(world: World) -> None:
    """I3: silence is not air."""
    read(world, DANGER, 179)
    facts = read(world, UNKNOWN)
    assert rang(facts) == [oxygen.LOST]
    assert world.alarm(oxygen.ALARM).present
    facts = read(world, DANGER, 179)
    assert not world.alarm(oxygen.LOST).present
    again = [fact for fact in facts if isinstance(fact, AlarmRepeated)]
    assert [fact.alarm for fact in again] == [world.alarm(oxygen.ALARM).id], "it rings anew"


def test_a_return_to_normal_answers_nothing(world: World) -> None:
    read(world, DANGER, 179)
    world.acknowledge(world.alarm(oxygen.ALARM).id)
    read(world, NORMAL, 208)
    read(world, DANGER, 179)
    assert not world.alarm(oxygen.ALARM).answered


def test_a_walk_test_is_ended_by_an_oxygen_alarm(world: World) -> None:
    world.do(StartWalkTest(point=DETECTOR))
    assert WalkTestEnded(point=DETECTOR, reason="other-point") in read(world, DANGER, 193)
    assert not [fact for fact in world.observe(DETECTOR, DANGER) if isinstance(fact, WalkTestPassed)]


def test_oxygen_raises_nothing_about_doors_or_detectors(world: World) -> None:
    for condition, tenths in ((DANGER, 170), (UNKNOWN, None), (NORMAL, 208)):
        read(world, condition, tenths)
    assert {alarm.point for alarm in world.state.alarms.open.values()} == {O2.id}
    assert world.state.points.condition(DOOR) is NORMAL
    assert world.state.doors.open_since is None
