"""What no sequence of inputs may do to the ledger of crossings and to heads, judged on the facts alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, event, given, settings
from support.suite_inputs import ALL, Step, at_the_beginning, inputs, play
from support.suite_oracle import undisposed
from support.suite_world import DETECTOR, DOOR, World

from mr_safety_console.domain import crossings, precision
from mr_safety_console.domain.alarms import (
    AlarmClosed,
    AlarmDisposed,
    AlarmRaised,
    AlarmRepeated,
    AlarmsState,
)
from mr_safety_console.domain.crossings import CountsBegun, PassagesCounted, PassagesTaken
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.people_facts import PeopleReconciled
from mr_safety_console.domain.visit_facts import (
    EnterZoneIV,
    HeadsDiffer,
    HeadsReconciled,
    StaffCounted,
    ZoneIVEntered,
    ZoneIVHeads,
    ZoneIVLeft,
)

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
SOAK = settings(QUICK, max_examples=5_000)


def assert_every_alarm_is_explained_or_open(world: World) -> int:
    """Hold the ledger against the facts; return how many detector alarms there were."""
    facts = [entry.fact for entry in world.entries]
    waiting = undisposed(facts)
    assert waiting <= set(world.state.alarms.open)
    closed = {fact.alarm for fact in facts if isinstance(fact, AlarmClosed)}
    assert not waiting & closed
    assert waiting <= {rung.alarm for rung in world.state.crossings.recent if not rung.said}
    iron = {f.alarm for f in facts if isinstance(f, AlarmRaised) and f.rule.startswith("ferrous")}
    rang = sum(isinstance(f, AlarmRaised | AlarmRepeated) and f.alarm in iron for f in facts)
    said = sum(isinstance(f, AlarmDisposed) and f.subject in iron for f in facts)
    told = precision.precision(world.state.crossings)
    assert sum(count for _, count in told.causes) <= min(said, rang)
    if said:
        event("somebody said what one was")
    return len(iron)


def assert_heads_are_entries_minus_exits(world: World) -> None:
    """Recount the room from what was written down, and from nothing else."""
    patients: set[str] = set()
    staff = entries = exits = 0
    for entry in world.entries:
        before = len(patients) + staff
        match entry.fact:
            case ZoneIVEntered(visit=visit, staff=more):
                patients.add(visit)
                staff += more
            case ZoneIVLeft(visit=visit, staff_inside=rest):
                patients.discard(visit)
                staff = rest
            case StaffCounted(staff_inside=rest):
                staff = rest
            case ZoneIVHeads(inwards=inwards):
                staff = max(0, staff + (1 if inwards else -1))
        more = len(patients) + staff - before
        entries, exits = entries + max(0, more), exits + max(0, -more)
    assert world.state.visits.heads == len(patients) + staff == entries - exits


def recounted(world: World) -> dict[str, int]:
    """Return how many people each device has in the room by its own count, from the facts alone."""
    inside: dict[str, int] = {}
    for entry in world.entries:
        match entry.fact:
            case CountsBegun(point=point, heads=heads):
                inside.setdefault(point, heads)
            case PassagesCounted(point=point, where="door" | "unseen") as told:
                inside[point] += told.inwards - told.outwards
            case PassagesTaken(point=point, inwards=inwards, outwards=outwards):
                inside[point] += inwards - outwards
            case PeopleReconciled(counted=counted) | HeadsDiffer(counted=counted):
                inside = dict.fromkeys(inside, counted)
            case HeadsReconciled(heads=heads, how="counted-again"):
                inside = dict.fromkeys(inside, heads)
    return inside


def hold(steps: list[Step]) -> None:
    world, visit = at_the_beginning()
    world = play(world.clone(), visit, [("passage", 0), *steps])
    alarms = assert_every_alarm_is_explained_or_open(world)
    event(f"{min(alarms, 3)} detector alarms")
    assert_heads_are_entries_minus_exits(world)
    ledger = world.state.crossings
    assert {name: one.base + one.net for name, one in ledger.counters.items()} == recounted(world)
    assert 0 <= ledger.open_quiet <= ledger.quiet
    waiting = [rung for rung in ledger.recent if not rung.said]
    assert len(ledger.recent) - len(waiting) <= crossings.LAST
    assert len(waiting) <= len(world.state.alarms.open)


@QUICK
@given(steps=inputs(ALL))
def test_every_detector_alarm_has_a_disposition_or_is_open_and_heads_are_entries_minus_exits(
    steps: list[Step],
) -> None:
    """H2, H21: whatever is asked, read and counted, in any order."""
    hold(steps)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@SOAK
@given(steps=inputs(ALL))
def test_the_ledger_over_many_sequences(steps: list[Step]) -> None:
    """H2, H21: the same, five thousand times."""
    hold(steps)


def test_the_oracle_misses_neither_an_alarm_nor_a_head() -> None:
    """A judge who finds nothing proves nothing."""
    world, visit = at_the_beginning()
    world = world.clone()
    world.observe(DETECTOR, Condition.DANGER)
    assert assert_every_alarm_is_explained_or_open(world) == 1
    forgotten = world.clone()
    forgotten.state = replace(world.state, alarms=AlarmsState())
    with pytest.raises(AssertionError):
        assert_every_alarm_is_explained_or_open(forgotten)
    world.do(EnterZoneIV(visit=visit, staff=1, anyway=True))
    assert_heads_are_entries_minus_exits(world)
    world.entries = [entry for entry in world.entries if not isinstance(entry.fact, ZoneIVEntered)]
    with pytest.raises(AssertionError):
        assert_heads_are_entries_minus_exits(world)


def test_the_oracle_counts_who_passed() -> None:
    world = at_the_beginning()[0].clone()
    world.passes()
    world.observe(DOOR, Condition.DANGER)
    world.passes(inwards=2)
    assert recounted(world) == {DETECTOR: 2}
    world.entries = [entry for entry in world.entries if not isinstance(entry.fact, PassagesCounted)]
    assert recounted(world) == {DETECTOR: 0}
