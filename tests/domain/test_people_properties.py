"""What no sequence of inputs may reach with people, judged on the facts alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.suite_world import DETECTOR, DOOR, HAND_WANDS, WAND, World, ready

from mr_safety_console.domain.alarms import AcknowledgeAlarm, AlarmRaised, AlarmRepeated, DisposeAlarm
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import KeepDoor
from mr_safety_console.domain.emergency import AskEmergencyEnd, EndEmergency, OpenEmergency
from mr_safety_console.domain.people_acts import (
    AcceptEscort,
    AdmitColleague,
    AdmitPerson,
    FindPerson,
    LoseTrack,
    OfferEscort,
    PersonEntersZoneIV,
    PersonLeaves,
    PersonLeavesZoneIV,
    ReconcileHeads,
    RecordPersonPass,
    RenewPerson,
)
from mr_safety_console.domain.people_facts import (
    Category,
    EscortAccepted,
    PersonAdmitted,
    PersonEnteredZoneIV,
    PersonFound,
    PersonLeft,
    PersonLeftZoneIV,
    PersonLost,
    PersonPassed,
)
from mr_safety_console.domain.visit_facts import CountStaff
from mr_safety_console.domain.wands import HandPassed, ProveWand, RecordHandPass

Step = tuple[str, int]
Act = Callable[[World, int], object]
QUICK = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
SOAK = settings(QUICK, max_examples=5_000)


def person(world: World, n: int) -> str:
    names = sorted(world.state.people.here)
    return names[n % len(names)] if names else "nobody"


def admit(world: World, n: int) -> None:
    if n % 3 == 0:
        kind, zone = (("visitor", "IV"), ("responder", "III"), ("engineer", "IV"))[n // 3 % 3]
        escort = world.people[("LT", "TE")[n % 2]]
        asked = AdmitPerson(name="N", purpose="p", kind_of=kind, escort=escort, max_zone=zone)
        world.give(asked)
    else:
        world.give(AdmitColleague(staff=world.people[("LT", "TE", "LO", "RA")[n % 4]]))


def go(world: World, n: int) -> None:
    world.sign_on("LO")
    world.give(RecordPersonPass(person=person(world, n)))
    world.sign_on("TE")
    world.give(PersonEntersZoneIV(person=person(world, n)))


def clear_up(world: World, _n: int) -> None:
    for alarm in tuple(world.state.alarms.open.values()):
        world.give(AcknowledgeAlarm(alarm=alarm.id, instance=alarm.instance))
        for how in ("nuisance-door", "unknown", "counted-again", "staff-crossing"):
            world.give(DisposeAlarm(alarm=alarm.id, disposition=how))


def restart(world: World, n: int) -> None:
    if n % 2:
        world.clock.reboot(30)
        world.hear()
    world.start()
    world.sign_on("TE")
    world.prove()


def emergency(world: World, n: int) -> None:
    world.give(OpenEmergency())
    if n % 2:
        world.give(AskEmergencyEnd(emergency=""))
        world.give(EndEmergency(emergency="", head_count=n % 3, kit_count=0, by_eye=True))


def by_hand(world: World, n: int) -> None:
    """Go on with a dead portal: a wand, somebody at the door, then in."""
    world.observe(DETECTOR, Condition.UNKNOWN, "silent")
    wand = HAND_WANDS[n % 2].id
    world.give(ProveWand(wand=wand, answered=n % 5 > 0))
    world.give(
        RecordHandPass(person=person(world, n), wand=wand, found=n % 7 == 0), ("TE", "LT", "LO")[n % 3]
    )
    if n % 4:
        world.give(KeepDoor())
    world.give(PersonEntersZoneIV(person=person(world, n)))


ACTS: Mapping[str, Act] = {
    "admit": admit,
    "admit more": admit,
    "go": go,
    "go on": go,
    "enter": lambda w, n: w.give(PersonEntersZoneIV(person=person(w, n))),
    "inside": lambda w, n: w.give(PersonEntersZoneIV(person=person(w, n), anyway=True)),
    "out": lambda w, n: w.give(PersonLeavesZoneIV(person=person(w, n))),
    "gone": lambda w, n: w.give(PersonLeaves(person=person(w, n))),
    "offer": lambda w, n: w.give(OfferEscort(person=person(w, n), to=w.people[("LT", "TE", "LO")[n % 3]])),
    "accept": lambda w, n: w.give(AcceptEscort(person=person(w, n)), ("LT", "TE", "LO")[n % 3]),
    "lost": lambda w, n: w.give(LoseTrack(person=person(w, n))),
    "found": lambda w, n: w.give(FindPerson(person=person(w, n))),
    "renew": lambda w, n: w.give(RenewPerson(person=person(w, n))),
    "count": lambda w, n: w.give(CountStaff(staff_inside=n % 4)),
    "by eye": lambda w, n: w.give(ReconcileHeads(heads=n % 4)),
    "wait": lambda w, n: w.advance((1, 61, 601, 3601)[n % 4]),
    "device": lambda w, n: w.observe((DETECTOR, WAND, DOOR)[n % 3], list(Condition)[n // 3 % 3], "test"),
    "clear up": clear_up,
    "by hand": by_hand,
    "passage": lambda w, n: w.passes(n % 3, n // 3 % 3, unseen=n % 7 == 0),
    "restart": restart,
    "emergency": emergency,
}
STEPS = st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 35)), min_size=4, max_size=18)


@cache
def beginning() -> World:
    return ready()


def play(steps: list[Step]) -> World:
    world = beginning().clone()
    for name, n in steps:
        ACTS[name](world, n)
        assert world.state.visits.staff_inside >= world.state.people.named_inside
    return world


class Oracle:
    """Who is inside and who answers for them, from the facts and nothing else."""

    def __init__(self) -> None:
        self.known: dict[str, PersonAdmitted] = {}
        self.escorts: dict[str, str] = {}
        self.inside: set[str] = set()
        self.lost: set[str] = set()
        self.told: set[str] = set()
        self.alarms: set[str] = set()
        self.entries = self.exits = 0

    def see(self, fact: object) -> None:
        match fact:
            case PersonAdmitted(person=name, escort=escort):
                self.known[name], self.escorts[name] = fact, escort
            case EscortAccepted(person=name, escort=escort):
                self.escorts[name] = escort
            case PersonEnteredZoneIV(person=name):
                self.inside.add(name)
                self.lost.discard(name)
                self.entries += 1
            case PersonLeftZoneIV(person=name):
                self.inside.discard(name)
                self.exits += 1
            case PersonLeft(person=name):
                assert name not in self.inside
                self.known.pop(name)
            case _:
                self.hear(fact)

    def hear(self, fact: object) -> None:
        match fact:
            case PersonLost(person=name):
                self.lost.add(name)
            case PersonFound(person=name):
                self.lost.discard(name)
            case AlarmRaised(rule="escort-missing", alarm=name, detail=detail):
                self.alarms.add(name)
                self.told |= set(detail.split("+"))
            case AlarmRepeated(alarm=name, detail=detail) if name in self.alarms:
                self.told |= set(detail.split("+"))

    def alone(self) -> set[str]:
        seen = [self.known[name] for name in self.inside - self.lost]
        level_2 = {one.staff for one in seen if one.category is Category.LEVEL_2}
        untrained = (name for name in self.inside if self.known[name].category is Category.NON_MR)
        return {f"P{self.known[name].no}" for name in untrained if self.escorts[name] not in level_2}


def judge(world: World) -> Oracle:
    """Hold every decision against what it left behind; all facts of one decision have one cause."""
    oracle = Oracle()
    for index, entry in enumerate(world.entries):
        oracle.see(entry.fact)
        last = index + 1 == len(world.entries) or world.entries[index + 1].cause != entry.cause
        if last:
            assert oracle.alone() <= oracle.told, "somebody untrained is alone inside, and no alarm says so"
            oracle.told &= oracle.alone()
    return oracle


def assert_passes_are_acts(world: World) -> None:
    """A pass has somebody's name, and one by hand follows the search of that very person."""
    for index, entry in enumerate(world.entries):
        if isinstance(entry.fact, PersonPassed):
            assert entry.src == "person"
            assert entry.by
            searched = HandPassed(wand=entry.fact.wand, found=False, person=entry.fact.person)
            assert not entry.fact.wand or world.entries[index - 1].fact == searched


def hold(steps: list[Step]) -> None:
    world = play(steps)
    oracle = judge(world)
    assert_passes_are_acts(world)
    assert oracle.entries - oracle.exits == len(oracle.inside) == world.state.people.named_inside
    assert {one.id for one in world.state.people.inside} == oracle.inside
    assert set(world.state.people.here) == set(oracle.known)


@QUICK
@given(steps=STEPS)
def test_nobody_untrained_is_alone_inside_unless_the_record_holds_the_alarm(steps: list[Step]) -> None:
    """H22, H21: whatever is asked, in any order; heads are entries minus exits."""
    hold(steps)


@pytest.mark.soak
@pytest.mark.timeout(900)
@SOAK
@given(steps=STEPS)
def test_nobody_untrained_is_alone_inside_over_many_sequences(steps: list[Step]) -> None:
    """H22, H21: the same, five thousand times."""
    hold(steps)


def test_the_oracle_sees_somebody_alone() -> None:
    """A judge who finds nothing proves nothing."""
    world = beginning().clone()
    admit(world, 0)
    world.do(PersonEntersZoneIV(person=person(world, 0), anyway=True))
    oracle = judge(world)
    assert oracle.alone() == {"P1"} == oracle.told
    world.entries = [entry for entry in world.entries if not isinstance(entry.fact, AlarmRaised)]
    with pytest.raises(AssertionError, match="no alarm says so"):
        judge(world)
