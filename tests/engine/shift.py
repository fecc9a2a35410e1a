"""A made-up shift: random people, doors, detectors and mistakes on a hand clock, decided one by one."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

from rigging import FIRST, tokens
from support.clocks import HandClock
from support.suite_world import DETECTOR, DOOR, DOOR_III, STAFF, WAND, forms, site

from mr_safety_console.domain.alarms import AcknowledgeAlarm, DisposeAlarm
from mr_safety_console.domain.codec import Command, Entry
from mr_safety_console.domain.context import Who
from mr_safety_console.domain.detectors import Condition, Level, NoteDevice, ObservePoint, StartWalkTest
from mr_safety_console.domain.doors import AnnounceTransit
from mr_safety_console.domain.emergency import OpenEmergency, StampEmergencyStep
from mr_safety_console.domain.lifecycle import StepClock, Tick
from mr_safety_console.domain.notes import WriteNote
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.screening_facts import BeginScreening
from mr_safety_console.domain.staff import AddStaff, PinFailed, SignOff, SignOn
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.domain.visit_facts import (
    AuthoriseZoneIII,
    CloseVisit,
    EnterZoneIV,
    IdentifyVisit,
    OpenVisit,
    RecordBelongings,
    RecordDetectorPass,
)
from mr_safety_console.engine.decider import Decider, Input

POINTS = (DETECTOR, WAND, DOOR, DOOR_III)


class Shift:
    """One seed, one shift; `entries` and `decider.state` are what came of it."""

    def __init__(self, seed: int, state: SuiteState | None = None, seq: int = 0) -> None:
        self.draw = random.Random(seed)
        self.clock = HandClock()
        self.decider = Decider(site(), forms(), self.clock, tokens(), state or SuiteState(), seq)
        self.live: dict[str, Level] = {}
        self.entries: list[Entry] = []
        self.refusals = 0

    def give(self, item: Input) -> None:
        made, answer = self.decider.one(item, dict(self.live))
        self.entries += made
        self.refusals += isinstance(answer, Refused)

    def begin(self) -> None:
        """Start the console, hire everybody, sign somebody on, let every point speak."""
        self.give(Input(FIRST, cause="start"))
        boss: tuple[Who, ...] = ()
        for initials, (name, roles) in STAFF.items():
            asked = AddStaff(name=name, initials=initials, roles=roles, pin_hash="plain:1")
            asked = replace(asked, screened_utc=self.clock.utc)
            self.give(Input(asked, signers=boss))
            boss = boss or (self.who("SO"),)
        self.give(Input(SignOn(person=self.who("TE").person), signers=(self.who("TE"),)))
        for point in POINTS:
            self.observe(point, Condition.NORMAL)

    def who(self, initials: str) -> Who:
        people = self.decider.state.staff.people.values()
        known = next(person for person in people if person.initials == initials)
        return Who(known.id, known.roles[0])

    def observe(self, point: str, condition: Condition, edges: int = 0) -> None:
        self.live[point] = Level(point, condition, "", self.clock.bt, "LIVE")
        self.give(Input(ObservePoint(point=point, condition=condition, reason="", edges=edges)))

    def run(self, steps: int) -> None:
        """Let so many things happen."""
        self.begin()
        for _ in range(steps):
            self.clock.advance(self.draw.choice((0.05, 0.5, 1, 5, 20, 90, 600)))
            if self.draw.random() < 0.6:
                self.live = {
                    name: replace(level, heard_bt=self.clock.bt) for name, level in self.live.items()
                }
            self.give(self.something())

    def something(self) -> Input:
        """Return the next input: device, time, emergency, person; signed by one, two or nobody."""
        kind = self.draw.random()
        if kind < 0.3:
            return self.device()
        if kind < 0.5:
            return Input(Tick())
        if kind < 0.55:
            asked = self.draw.choice((OpenEmergency(emergency=f"EM{self.draw.randrange(3)}"), self.step()))
            occ = replace(self.clock.now(), bt=self.clock.bt - 1)
            return Input(asked, occ=occ, cause=f"spool:S:{self.draw.randrange(40)}")
        names = self.draw.sample(sorted(STAFF), self.draw.randrange(3))
        return Input(self.person(), signers=tuple(self.who(name) for name in names))

    def device(self) -> Input:
        point = self.draw.choice(POINTS)
        condition = self.draw.choice(list(Condition))
        self.live[point] = Level(point, condition, "", self.clock.bt, "LIVE")
        if self.draw.random() < 0.1:
            return Input(NoteDevice(port="portal", what="wrong-identity", text="FMD77"))
        edges = self.draw.choice((0, 0, 1, 2))
        return Input(ObservePoint(point=point, condition=condition, reason="", edges=edges))

    def step(self) -> Command:
        return StampEmergencyStep(emergency=f"EM{self.draw.randrange(3)}", step=f"E0{self.draw.randrange(9)}")

    def person(self) -> Command:
        visit = self.draw.choice([*self.decider.state.visits.open, "nobody"])
        alarm = self.draw.choice([*self.decider.state.alarms.open, "none"])
        known = self.decider.state.alarms.open.get(alarm)
        te = self.who("TE").person
        return self.draw.choice(
            (
                OpenVisit(name="Pat Example", birth_date="1970-01-01", exam="knee"),
                IdentifyVisit(visit=visit, identifiers=("name", "birth-date")),
                BeginScreening(visit=visit),
                RecordBelongings(visit=visit),
                RecordDetectorPass(visit=visit),
                AuthoriseZoneIII(visit=visit),
                AnnounceTransit(visit=visit),
                AnnounceTransit(),
                EnterZoneIV(visit=visit, staff=self.draw.randrange(3)),
                CloseVisit(visit=visit, outcome="not-scanned"),
                AcknowledgeAlarm(alarm=alarm, instance=known.instance if known else 0),
                DisposeAlarm(alarm=alarm, disposition=self.draw.choice(("object-found", "nuisance-door"))),
                StartWalkTest(point=DETECTOR),
                WriteNote(text="made up"),
                SignOn(person=te),
                SignOff(),
                PinFailed(person=te),
                StepClock(delta_ms=self.draw.randrange(-90_000, 90_000)),
            )
        )


def by_causes(entries: list[Entry]) -> Iterator[list[Entry]]:
    """Yield the facts of each decision."""
    group: list[Entry] = []
    for entry in entries:
        if group and entry.cause != group[-1].cause:
            yield group
            group = []
        group.append(entry)
    if group:
        yield group
