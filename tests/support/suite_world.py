"""A whole suite on a table: every command goes through `suite.decide`, every fact through `evolve`.

The people, the site and the patients are made up. Time moves only by `advance`; while it moves the
devices go on speaking unless one was silenced, and everything that falls due fires.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar

from support.clocks import HandClock
from support.ears import ROOM, STOCK, fitted

from mr_safety_console.domain import suite
from mr_safety_console.domain.alarms import AcknowledgeAlarm, Alarm, AlarmRaised, AlarmRepeated, DisposeAlarm
from mr_safety_console.domain.checklists import STAGES, CompleteStage, MarkItem, stage_items
from mr_safety_console.domain.codec import Command, Entry, Fact
from mr_safety_console.domain.context import NS, Ctx, Who
from mr_safety_console.domain.crossings import MODULUS, ObservePassages
from mr_safety_console.domain.detectors import Condition, Level, ObservePoint, StartWalkTest
from mr_safety_console.domain.doors import AnnounceTransit
from mr_safety_console.domain.interview_facts import RecordInformant
from mr_safety_console.domain.lifecycle import StartConsole, Tick
from mr_safety_console.domain.people_acts import ScreenPerson
from mr_safety_console.domain.profile import Point, PointKind, SiteProfile, Wand, check
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.screening_case import Case, asked_on, case_of
from mr_safety_console.domain.screening_facts import (
    FORM,  # noqa: F401  -- the tests of the suite take it from here
    AnswerQuestion,
    AskAgain,
    BeginScreening,
    ReviewScreening,
    SignScreening,
)
from mr_safety_console.domain.staff import AddStaff, SignOff, SignOn
from mr_safety_console.domain.suite import Decision, SuiteState
from mr_safety_console.domain.visit import Visit
from mr_safety_console.domain.visit_facts import (
    AuthoriseZoneIII,
    CloseVisit,
    EnterZoneIV,
    IdentifyVisit,
    Leg,
    LegMade,
    OpenVisit,
    RecordBelongings,
    RecordDetectorPass,
)
from screening_forms import answering
from screening_forms.shipped import load_library
from screening_forms.types import Form, Item, ItemType

DOOR, DOOR_III, DETECTOR, WAND = "door-iv", "door-iii", "fmd-left", "fmd-right"
POINTS = (
    Point(DOOR, "Magnet room door", PointKind.DOOR, "IV", "interlock", "DIL01", 0),
    Point(DOOR_III, "Zone III door", PointKind.DOOR, "III", "interlock", "DIL01", 1),
    Point(DETECTOR, "Portal left", PointKind.DETECTOR, "IV", "portal", "FMD01", 0, DOOR, direction="in"),
    Point(WAND, "Portal right", PointKind.DETECTOR, "IV", "portal", "FMD01", 1, DOOR),
)
HAND_WANDS = (Wand("wand-1", "Hand wand 1"), Wand("wand-2", "Hand wand 2"))
STAFF: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "SO": ("Olga Officer", ("MRSO",)),
    "TE": ("Terry Technologist", ("MRST", "L2")),
    "LT": ("Lena Leveltwo", ("L2T",)),
    "LO": ("Otto Levelone", ("L1",)),
    "RA": ("Ruth Radiologist", ("RAD",)),
    "MS": ("Max Scopeless", ("MRST",)),
}
"""Initials to made-up name and roles; MS is an MRST without Level 2 scope."""

SAID: Mapping[ItemType, str] = {
    ItemType.INTEGER: "75",
    ItemType.DECIMAL: "75",
    ItemType.DATE: "2026-01-02",
    ItemType.BOOLEAN: "true",
}
FactT = TypeVar("FactT", bound=Fact)


def site(**changes: Any) -> SiteProfile:
    """Return the fictional site, with some of its fields changed, held to the floors in code."""
    given: dict[str, Any] = {
        "site": "Examplethorpe",
        "use": "demo",
        "zone": "Europe/Berlin",
        "b0_mt": 3000,
        "hazard_contour_ut": 500,
        "points": POINTS,
        "hash": "profile-a",
        "wands": HAND_WANDS,
        "room": ROOM,
        "protectors": STOCK,
        "checks": (),
    }
    return check(SiteProfile(**{**given, **changes}))


@cache
def forms() -> Mapping[str, Form]:
    """Return the shipped forms, read once."""
    return load_library()


class World:
    """One suite, its people and its clock. `do` must be accepted, `refused` must not."""

    def __init__(self, profile: SiteProfile | None = None, library: Mapping[str, Form] | None = None) -> None:
        self.profile = profile or site()
        self.forms = dict(forms() if library is None else library)
        self.clock = HandClock()
        self.state = SuiteState()
        self.entries: list[Entry] = []
        self.live: dict[str, Level] = {}
        self.silent: set[str] = set()
        self.people: dict[str, str] = {}
        self.totals: dict[str, tuple[int, int]] = {}
        self.device_boot = 1
        self._drawn = 0
        self._asked = 0

    def clone(self) -> World:
        """Return a suite that goes its own way from here."""
        twin = copy.copy(self)
        twin.clock = copy.copy(self.clock)
        twin.entries, twin.live, twin.silent = list(self.entries), dict(self.live), set(self.silent)
        twin.forms, twin.people = dict(self.forms), dict(self.people)
        twin.totals = dict(self.totals)
        return twin

    # --- one input ---

    def ctx(self, signers: Iterable[str] = (), **changes: Any) -> Ctx:
        """Return the context of the next input, signed by the people with these initials."""
        session = self.state.staff.session
        given: dict[str, Any] = {
            "now": self.clock.now(),
            "profile": self.profile,
            "forms": self.forms,
            "live": dict(self.live),
            "actor": session.who if session else None,
            "signers": tuple(self.who(name) for name in signers),
            "tokens": tuple(f"T{self._drawn + n}" for n in range(8)),
            "cause": f"c{self._asked}",
        }
        return Ctx(**{**given, **changes})

    def who(self, initials: str) -> Who:
        """Return a person by initials, in the first of their roles; unknown initials are a stranger."""
        role = STAFF[initials][1][0] if initials in STAFF else "L2"
        return Who(self.people.get(initials, f"stranger-{initials}"), role)

    def give(self, asked: Command, *signers: str, src: str = "person", **changes: Any) -> Decision:
        """Decide on one command and fold what came of it, refused or not."""
        ctx = self.ctx(signers, **changes)
        self._drawn += 8
        self._asked += 1
        decision = suite.decide(self.state, asked, ctx)
        by = ctx.signers or ((ctx.actor,) if ctx.actor else ())
        for fact in decision.facts:
            self.keep(fact, ctx, src, by if src == "person" else ())
        return decision

    def keep(self, fact: Fact, ctx: Ctx, src: str = "system", by: tuple[Who, ...] = ()) -> None:
        """Fold one fact under its envelope."""
        entry = Entry(len(self.entries) + 1, ctx.now, fact, ctx.cause, src, by, ctx.occ)
        self.entries.append(entry)
        self.state = suite.evolve(self.state, entry)

    def do(self, asked: Command, *signers: str, **changes: Any) -> tuple[Fact, ...]:
        """Give a command that must be accepted; return its facts."""
        decision = self.give(asked, *signers, **changes)
        assert decision.refused is None, f"{asked.kind} refused: {decision.refused}"
        return decision.facts

    def refused(self, asked: Command, *signers: str, **changes: Any) -> str:
        """Give a command that must be refused; return the rule."""
        decision = self.give(asked, *signers, **changes)
        assert isinstance(decision.refused, Refused), f"{asked.kind} was accepted: {decision.facts}"
        return decision.refused.rule

    def facts(self, kind: type[FactT]) -> list[FactT]:
        """Return every fact of a kind so far, oldest first."""
        return [entry.fact for entry in self.entries if isinstance(entry.fact, kind)]

    # --- time and devices ---

    def observe(self, point: str, condition: Condition, reason: str = "", edges: int = 0) -> tuple[Fact, ...]:
        """Let a point say something, now."""
        heard = 0 if condition is Condition.UNKNOWN else self.clock.bt
        self.live[point] = Level(point, condition, reason, heard)
        asked = ObservePoint(point=point, condition=condition, reason=reason, edges=edges)
        return self.do(asked, src="device")

    def passes(
        self, inwards: int = 0, outwards: int = 0, point: str = DETECTOR, **more: Any
    ) -> tuple[Fact, ...]:
        """Let so many people pass a detector that counts, as it calls the ways itself."""
        before = self.totals.get(point, (0, 0))
        self.totals[point] = (before[0] + inwards) % MODULUS, (before[1] + outwards) % MODULUS
        total_in, total_out = self.totals[point]
        given = {"device_boot": self.device_boot, "total_in": total_in, "total_out": total_out, **more}
        return self.do(ObservePassages(point=point, **given), src="device")

    def silence(self, point: str) -> None:
        """Let a point stop speaking; nobody is told but by the age of its last word."""
        self.silent.add(point)

    def hear(self) -> None:
        """Refresh the age of every point that still speaks."""
        for name, level in self.live.items():
            if name not in self.silent and level.condition is not Condition.UNKNOWN:
                self.live[name] = Level(name, level.condition, level.reason, self.clock.bt)

    def tick(self) -> tuple[Fact, ...]:
        """Let the time that has passed be looked at."""
        self.hear()
        return self.do(Tick(), src="timer")

    def advance(self, seconds: float) -> list[Fact]:
        """Let time pass, waking at every due moment; return what fired."""
        fired: list[Fact] = []
        end = self.clock.bt + int(seconds * NS)
        while self.clock.bt < end:
            due = suite.next_due(self.state, self.clock.now())
            wake = end if due is None else min(end, max(due, self.clock.bt + NS // 4))
            self.clock.utc += (wake - self.clock.bt) // 1000
            self.clock.bt = wake
            fired += self.tick()
        return fired

    def start(self) -> tuple[Fact, ...]:
        """Start the console."""
        asked = StartConsole(app="0", profile_hash=self.profile.hash, forms_hash="f", use="demo", points=4)
        return self.do(asked, src="system")

    # --- people ---

    def add_staff(self) -> None:
        """Enter everybody of `STAFF`, the officer first."""
        for initials, (name, roles) in STAFF.items():
            asked = AddStaff(name=name, initials=initials, roles=roles, pin_hash=f"hash-{initials}")
            asked = replace(asked, screened_utc=self.clock.utc)
            signers = ("SO",) if self.people else ()
            self.do(asked, *signers)
            self.people[initials] = next(reversed(self.state.staff.people))

    def sign_on(self, initials: str = "TE") -> None:
        """Let somebody take the console."""
        self.do(SignOn(person=self.people[initials]), initials)

    def sign_off(self) -> None:
        """Lock the console: nobody is signed on, whatever they were about."""
        self.do(SignOff(reason="locked"))

    # --- the day's work ---

    def prove(self) -> None:
        """Make every point NORMAL and walk test both detectors."""
        for point in self.profile.points:
            self.observe(point.id, Condition.NORMAL)
        for point in self.profile.detectors_iv:
            self.do(StartWalkTest(point=point.id))
            self.observe(point.id, Condition.DANGER)
            self.observe(point.id, Condition.NORMAL)

    def visit(self, visit: str) -> Visit:
        """Return an open visit."""
        return self.state.visits.open[visit]

    def arrive(self, name: str = "Pat Example", birth_date: str = "1970-01-01") -> str:
        """Let a patient arrive; return the visit's id."""
        self.do(OpenVisit(name=name, birth_date=birth_date, exam="knee"))
        return next(reversed(self.state.visits.open))

    def identify(self, visit: str) -> None:
        """Ask for two identifiers."""
        self.do(IdentifyVisit(visit=visit, identifiers=("name", "birth-date")))

    def answer_all(self, visit: str, sheet: str = "", **other: str) -> None:
        """Answer every question asked, `no` where that can be said; `other` by linkId."""
        form = self.forms[sheet or self.state.screening.cases[visit].form]
        while blank := answering.missing(form, self.case(visit, sheet).answers):
            for item in blank:
                said = other.get(item.link_id, plain_answer(item))
                self.do(AnswerQuestion(visit=visit, item=item.link_id, answer=said, sheet=sheet))

    def case(self, visit: str, sheet: str = "") -> Case:
        """Return the interview of a visit, or a further form beside it, which must have begun."""
        found = case_of(self.state.screening, visit, sheet)
        assert found is not None, f"{sheet or 'the interview'} has not begun"
        return found

    def fill_sheet(self, visit: str, sheet: str, **other: str) -> None:
        """Begin a further form and answer it, whatever is optional only where `other` says so."""
        self.do(BeginScreening(visit=visit, form=sheet))
        self.do(RecordInformant(visit=visit, sheet=sheet))
        asked = {item.link_id for item in self.forms[sheet].walk()}
        assert asked >= set(other)
        self.answer_all(visit, sheet, **other)
        for item, said in other.items():
            if self.case(visit, sheet).answers.get(item, "") != said:
                self.do(AnswerQuestion(visit=visit, item=item, answer=said, sheet=sheet))
        self.answer_all(visit, sheet, **other)

    def begin(self, visit: str) -> None:
        """Begin the interview; the patient answers, and nobody interprets."""
        self.do(BeginScreening(visit=visit))
        self.do(RecordInformant(visit=visit))

    def interview(self, visit: str, **other: str) -> None:
        """Interview, first signature by LO, every starred question asked aloud; no review yet."""
        self.begin(visit)
        self.answer_all(visit, **other)
        self.do(SignScreening(visit=visit), "LO")
        self.ask_aloud(visit)

    def ask_aloud(self, visit: str) -> None:
        """Ask every starred question; the patient says what the form says."""
        case = self.state.screening.cases[visit]
        answers = case.answers
        for item in (asked_on(case, self.forms) or self.forms[case.form]).walk():
            if item.ask_again and item.link_id in answers:
                self.do(AskAgain(visit=visit, item=item.link_id, answer=answers[item.link_id]))

    def screen(self, visit: str, **other: str) -> None:
        """The interview with both signatures, reviewed by TE."""
        self.interview(visit, **other)
        self.do(ReviewScreening(visit=visit), "TE")

    def screen_by_name(self, person: str) -> None:
        """The whole interview of somebody here by name, on the form of their kind; its visit closed."""
        self.do(ScreenPerson(person=person))
        visit = next(reversed(self.state.visits.open))
        self.screen(visit)
        self.do(CloseVisit(visit=visit, outcome="completed"))

    def stage(self, visit: str, leg: Leg, *signers: str) -> None:
        """Answer every item of a stage and complete it; at the table every head is fitted as well."""
        for _ in range(2):  # for an emergent or complex patient the final check is read back twice
            self.mark(visit, leg)
            self.do(CompleteStage(visit=visit, leg=leg), *signers)
            if self.visit(visit).stands(leg):
                break
        if leg is Leg.TABLE_LIST:
            self.fit()

    def fit(self) -> None:
        """Fit every head in the room that nothing is recorded of."""
        for asked in fitted(self.state):
            self.do(asked)

    def mark(self, visit: str, leg: Leg) -> None:
        """Answer every open item of a stage, well."""
        for list_id, stage in STAGES[leg]:
            while blank := self._blank(visit, list_id, stage):
                for item in blank:
                    said = plain_answer(item)
                    asked = MarkItem(visit=visit, list_id=list_id, item=item.link_id, answer=said)
                    self.do(self.read_out(asked))

    def read_out(self, asked: MarkItem) -> MarkItem:
        """Return an answer with the second person who gives it aloud: LO, or TE where LO reads."""
        session = self.state.staff.session
        other = "TE" if session and session.who.person == self.people.get("LO") else "LO"
        return replace(asked, responder=self.people[other])

    def _blank(self, visit: str, list_id: str, stage: str) -> list[Item]:
        answers = self.state.lists.answers(visit, list_id)
        items = stage_items(self.forms[list_id], stage, answers, self.state.lists.deferred(visit, list_id))
        return [item for item in items if item.required and answering.is_blank(answers.get(item.link_id))]

    def to_the_detector(self, visit: str) -> None:
        """Everything before the detector pass."""
        self.identify(visit)
        self.screen(visit)
        self.do(RecordBelongings(visit=visit))

    def to_the_door(self, visit: str) -> None:
        """Everything before the announcement; needs proved detectors and TE signed on."""
        self.to_the_detector(visit)
        self.do(RecordDetectorPass(visit=visit))
        self.do(AuthoriseZoneIII(visit=visit))
        self.stage(visit, Leg.DOOR_LIST)
        self.stage(visit, Leg.FINAL_CHECK, "TE", "LO")

    def go_in(self, visit: str, staff: int = 1) -> None:
        """Announce, open the door, record the entry, close the door."""
        self.do(AnnounceTransit(visit=visit))
        self.observe(DOOR, Condition.DANGER)
        self.do(EnterZoneIV(visit=visit, staff=staff))
        self.observe(DOOR, Condition.NORMAL)

    def alarm(self, rule: str) -> Alarm:
        """Return the newest open alarm of a rule."""
        found = [alarm for alarm in self.state.alarms.open.values() if alarm.rule == rule]
        assert found, f"no open alarm {rule}: {[a.rule for a in self.state.alarms.open.values()]}"
        return max(found, key=lambda alarm: alarm.no)

    def acknowledge(self, alarm: str) -> None:
        """Answer for the present instance of an alarm."""
        instance = self.state.alarms.open[alarm].instance
        self.do(AcknowledgeAlarm(alarm=alarm, instance=instance))

    def dispose(self, alarm: str, disposition: str) -> tuple[Fact, ...]:
        """Acknowledge an alarm if nobody has, and say what it was."""
        if not self.state.alarms.open[alarm].answered:
            self.acknowledge(alarm)
        return self.do(DisposeAlarm(alarm=alarm, disposition=disposition))


def plain_answer(item: Item) -> str:
    """Return the answer that sets nothing off, for any item of the shipped forms."""
    if item.minimum is not None:
        return str(item.minimum)
    if item.type is not ItemType.CHOICE:
        return SAID.get(item.type, "said so")
    codes = [option.code for option in item.options]
    return next((code for code in ("no", "pass", "go") if code in codes), codes[0])


def ready() -> World:
    """Return a running suite: staff entered, TE signed on, every point NORMAL, detectors proved."""
    world = World()
    world.start()
    world.add_staff()
    world.sign_on("TE")
    world.prove()
    return world


def at_the_door() -> tuple[World, str]:
    """Return a ready suite and a visit for which these checks find nothing."""
    world = ready()
    visit = world.arrive()
    world.to_the_door(visit)
    return world, visit


def raised(facts: Iterable[Fact]) -> list[str]:
    """Return the rules of the alarms raised, and `again` for each repeated one."""
    return [
        fact.rule if isinstance(fact, AlarmRaised) else "again"
        for fact in facts
        if isinstance(fact, AlarmRaised | AlarmRepeated)
    ]


def made(facts: Iterable[Fact]) -> list[Leg]:
    """Return the legs made by some facts."""
    return [fact.leg for fact in facts if isinstance(fact, LegMade)]
