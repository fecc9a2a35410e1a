"""The console's own files and lane: what is missing, foreign or lost is a fact and an alarm, once."""

from __future__ import annotations

import pytest
from support.suite_world import DETECTOR, World, at_the_door, raised

from mr_safety_console.domain.alarm_points import Priority
from mr_safety_console.domain.alarms import AlarmClosed
from mr_safety_console.domain.lifecycle import StartConsole
from mr_safety_console.domain.upkeep import (
    AlarmKept,
    FileMissed,
    KeepAlarm,
    LaneCopiesChanged,
    ReportLaneCopies,
    ReportSpoolSetAside,
    SpoolSetAside,
)
from mr_safety_console.domain.visit_facts import VisitHeld


def rules(world: World) -> set[str]:
    return {alarm.rule for alarm in world.state.alarms.open.values() if alarm.present or alarm.momentary}


def start(world: World, *missing: str) -> None:
    world.do(StartConsole(app="0", profile_hash="p", forms_hash="f", use="demo", points=4, missing=missing))


@pytest.mark.parametrize(
    ("missing", "alarms", "remade"),
    [
        ((), set(), []),
        (("head",), {"file-missing"}, [True]),
        (("head", "keys.db"), {"file-missing"}, [True, True]),
        (("pepper",), {"pepper-missing"}, [False]),
        (("head", "keys.db", "pepper"), {"file-missing", "pepper-missing"}, [True, True, False]),
    ],
)
def test_each_missing_file_is_a_fact_and_each_meaning_one_high_alarm(
    missing: tuple[str, ...], alarms: set[str], remade: list[bool]
) -> None:
    """Nothing of the record is made anew behind anybody's back."""
    world = World()
    start(world)
    start(world, *missing)
    told = world.facts(FileMissed)
    assert [(fact.file, fact.remade) for fact in told] == list(zip(missing, remade, strict=True))
    found = [a for a in world.state.alarms.open.values() if a.rule in ("file-missing", "pepper-missing")]
    assert {alarm.rule for alarm in found} == alarms
    assert all(alarm.priority is Priority.HIGH for alarm in found)
    numbers = [alarm.no for alarm in world.state.alarms.open.values()]
    assert len(set(numbers)) == len(numbers)


def test_a_pepper_still_missing_rings_again_at_the_next_start() -> None:
    world = World()
    start(world, "pepper")
    start(world, "pepper")
    (alarm,) = [a for a in world.state.alarms.open.values() if a.rule == "pepper-missing"]
    assert alarm.instance == 2


def test_a_foreign_file_is_told_once_for_each_name() -> None:
    world = World()
    for name, records in (("a.spool.of-X", 3), ("a.spool.of-X", 3), ("b.spool.of-X", 1)):
        world.do(ReportSpoolSetAside(file=name, records=records))
    assert world.facts(SpoolSetAside) == [
        SpoolSetAside(file="a.spool.of-X", records=3),
        SpoolSetAside(file="b.spool.of-X", records=1),
    ]
    assert "spool-foreign" in rules(world)


def test_a_lost_copy_of_the_lane_is_an_alarm_until_it_is_back() -> None:
    world = World()
    world.do(ReportLaneCopies(kept=1, of=2, why="spool: No space left on device"))
    world.do(ReportLaneCopies(kept=1, of=2, why="spool: No space left on device"))
    assert rules(world) == {"lane-one-copy"}
    world.do(ReportLaneCopies(kept=0, of=2, why="both"))
    assert rules(world) == {"lane-no-copy"}
    world.do(ReportLaneCopies(kept=2, of=2))
    assert rules(world) == set()
    assert [(fact.kept, fact.of) for fact in world.facts(LaneCopiesChanged)] == [(1, 2), (0, 2), (2, 2)]


# --- alarms the record did not take ---


def kept(visit: str = "", instance: int = 1, priority: Priority = Priority.HIGH) -> KeepAlarm:
    return KeepAlarm(
        alarm="AL1",
        rule="ferrous-entry",
        point=DETECTOR,
        priority=priority,
        instance=instance,
        visits=(visit,) if visit else (),
    )


def test_an_alarm_the_record_never_took_is_there_again_and_holds_whom_it_held() -> None:
    """An alarm lost with the record comes back, wants its answer, and holds."""
    world, visit = at_the_door()
    world.do(kept(visit), src="system")
    alarm = world.state.alarms.open["AL1"]
    assert (alarm.rule, alarm.point, alarm.priority) == ("ferrous-entry", DETECTOR, Priority.HIGH)
    assert not alarm.present
    assert not alarm.answered
    assert world.facts(VisitHeld) == [VisitHeld(visit=visit, alarm="AL1")]
    world.acknowledge("AL1")
    world.dispose("AL1", "object-found")
    assert world.facts(AlarmClosed) == [AlarmClosed(alarm="AL1")]


def test_an_alarm_the_record_has_after_all_is_only_marked() -> None:
    world = World()
    world.do(kept(), src="system")
    before = world.state.alarms
    assert world.do(kept(), src="system") == (AlarmKept(alarm="AL1", known=True),)
    assert world.state.alarms == before


def test_a_later_ring_of_a_known_alarm_wants_a_new_answer() -> None:
    world, _ = at_the_door()
    world.do(kept(), src="system")
    world.acknowledge("AL1")
    assert raised(world.do(kept(instance=3), src="system")) == ["again"]
    alarm = world.state.alarms.open["AL1"]
    assert (alarm.instance, alarm.answered, alarm.present) == (3, False, False)


def test_an_alarm_this_program_does_not_know_is_marked_and_nothing_else() -> None:
    world = World()
    asked = KeepAlarm(alarm="AL9", rule="no-such-rule", point="x", priority=Priority.HIGH)
    assert world.do(asked, src="system") == (AlarmKept(alarm="AL9", known=False),)
    assert not world.state.alarms.open
