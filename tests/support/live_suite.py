"""A real suite in this process: mock devices on ptys, the real engine, the record on a disk."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from support.ears import fitted
from support.leaps import LeapClock
from support.suite_world import plain_answer
from support.waiting import becomes, wait_until

from devices.mock.rig import Rig
from mr_safety_console import bootstrap
from mr_safety_console.console.parts import Parts
from mr_safety_console.domain import suite as rules
from mr_safety_console.domain.checklists import STAGES, CompleteStage, MarkItem, stage_items
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.context import NS
from mr_safety_console.domain.detectors import Condition, Level, StartWalkTest
from mr_safety_console.domain.interview_facts import RecordInformant
from mr_safety_console.domain.people_acts import ScreenPerson
from mr_safety_console.domain.profile import SiteProfile
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.screening_facts import (
    AnswerQuestion,
    AskAgain,
    BeginScreening,
    ReviewScreening,
    SignScreening,
)
from mr_safety_console.domain.staff import SignOn
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.domain.visit_facts import (
    PATIENT,
    AuthoriseZoneIII,
    CloseVisit,
    IdentifyVisit,
    Leg,
    OpenVisit,
    RecordBelongings,
    RecordDetectorPass,
)
from mr_safety_console.engine.face import Accepted, Credential, trial_context
from mr_safety_console.journal.query import Query, raw_rows
from mr_safety_console.settings import ConsoleSettings
from mr_safety_console.start.demo import SITE, STAFF
from mr_safety_console.start.demo_run import hire
from screening_forms import answering

WITHOUT_CHECKS = replace(SITE, checks=())
"""The demonstration suite where nobody asks for checks; they have tests of their own."""
PINS = {person[1]: person[3] for person in STAFF}
ANSWER_S = 5.0
QUICK_BEAT_S = 0.05
"""Heartbeat of a bench whose clock leaps: a leap is over once every point has spoken since."""
LEAP_S = 2.0
"""The longest leap: shorter than the silence after which a point is UNKNOWN."""


def rows(data: Path, kind: str) -> list[dict[str, Any]]:
    """Return the public data of every row of a kind in the record, oldest first."""
    bodies = (json.loads(body) for _, body, _ in raw_rows(data))
    return [body["data"] for body in bodies if body["kind"] == kind]


class LiveSuite:
    """The demonstration suite with its rig at hand; also a context manager.

    A second one in the same place goes on with the record of the first.
    """

    def __init__(
        self, place: Path, profile: SiteProfile = WITHOUT_CHECKS, clock: LeapClock | None = None
    ) -> None:
        ports = place / "ports"
        ports.mkdir(exist_ok=True)
        self.data = place / "data"
        self.clock = clock
        self.rig = Rig(ports, heartbeat_s=QUICK_BEAT_S, clock=clock.seconds) if clock else Rig(ports)
        self.running = bootstrap.start(
            ConsoleSettings(data=self.data, site=place / "site.toml"),
            profile=profile,
            ports=self.rig.ports,
            clock=clock,
        )
        hire(self.running)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop console and bench; may be called twice."""
        self.running.close()
        self.rig.close()

    @property
    def state(self) -> SuiteState:
        """Return the state on the disk."""
        return self.running.engine.state.state

    def parts(self) -> Parts:
        """Return what a console app needs."""
        running = self.running
        return Parts(
            face=running.engine,
            intake=running.intake,
            profile=running.profile,
            forms=running.forms,
            clock=running.clock,
            open_query=lambda: Query(running.data),
            data_dir=running.data,
            bell=lambda: None,
            simulated=running.simulated,
        )

    def person(self, initials: str) -> str:
        """Return the id of a member of staff."""
        return next(p.id for p in self.state.staff.people.values() if p.initials == initials)

    def ask(self, command: Command, *signers: str) -> Accepted | Refused:
        """Give a command, signed by these people, and return the answer."""
        given = tuple(Credential(self.person(who), PINS[who]) for who in signers)
        return self.running.engine.submit(command, given).result(ANSWER_S)

    def do(self, command: Command, *signers: str) -> None:
        """Give a command that must be accepted."""
        answer = self.ask(command, *signers)
        assert isinstance(answer, Accepted), answer

    def refused(self, command: Command, *signers: str) -> str:
        """Give a command that must be refused; return the rule."""
        answer = self.ask(command, *signers)
        assert isinstance(answer, Refused), answer
        return answer.rule

    def against_entry(self, visit: str) -> set[str]:
        """Return the rules that keep this person out of the magnet room now."""
        running = self.running
        ctx = trial_context(running.engine.state, running.profile, running.forms, running.clock.now())
        return {found.why.rule for found in rules.entry_findings(self.state, visit, ctx)}

    def believes(self, point: str, condition: Condition, deadline_s: float = 5.0) -> None:
        """Wait until the record says this of a point."""
        wait_until(
            lambda: self.state.points.condition(point) is condition, deadline_s, f"{point} {condition}"
        )

    async def pass_time(self, seconds: float) -> None:
        """Let time pass on the suite's leaping clock while its devices go on speaking."""
        assert self.clock is not None
        while seconds > 0:
            step, before = min(LEAP_S, seconds), self.clock.now().bt
            self.clock.leap(step)
            seconds -= step
            silent = [name for name, level in self.live.items() if level.condition is Condition.UNKNOWN]
            after = before + int(step * NS)
            await becomes(
                lambda after=after, silent=silent: all(
                    level.heard_bt >= after for name, level in self.live.items() if name not in silent
                ),
                ANSWER_S,
                "every point heard after a leap",
            )

    @property
    def live(self) -> Mapping[str, Level]:
        """Return the live levels by point."""
        return self.running.engine.state.live

    def settle(self) -> None:
        """Sign AE on, hear both devices, and prove the detector with the test piece."""
        self.do(SignOn(person=self.person("AE")), "AE")
        self.believes("door-iv", Condition.NORMAL)
        self.believes("fmd-iv", Condition.NORMAL)
        self.do(StartWalkTest(point="fmd-iv"))
        self.rig.detector.alarm()
        wait_until(lambda: self.state.points.points["fmd-iv"].proof is not None, 5, "the walk test's alarm")
        self.believes("fmd-iv", Condition.NORMAL)

    def arrive(self, name: str = "Pat Example", category: str = PATIENT) -> str:
        """Let somebody arrive; return the visit."""
        self.do(OpenVisit(name=name, birth_date="1970-01-01", exam="knee", category=category))
        return next(reversed(self.state.visits.open))

    def screen(self, visit: str) -> None:
        """The whole interview, every question answered plainly, signed by BS, reviewed by AE."""
        self.do(BeginScreening(visit=visit))
        self.do(RecordInformant(visit=visit))
        form = self.running.forms[self.state.screening.cases[visit].form]
        while blank := answering.missing(form, self.state.screening.cases[visit].answers):
            for item in blank:
                self.do(AnswerQuestion(visit=visit, item=item.link_id, answer=plain_answer(item)))
        self.do(SignScreening(visit=visit), "BS")
        answers = self.state.screening.cases[visit].answers
        for item in form.walk():
            if item.ask_again and item.link_id in answers:
                self.do(AskAgain(visit=visit, item=item.link_id, answer=answers[item.link_id]))
        self.do(ReviewScreening(visit=visit), "AE")

    def screen_by_name(self, person: str) -> None:
        """The whole interview of somebody here by name; its visit closed."""
        self.do(ScreenPerson(person=person))
        visit = next(reversed(self.state.visits.open))
        self.screen(visit)
        self.do(CloseVisit(visit=visit, outcome="completed"))

    def to_the_detector(self, visit: str) -> None:
        """Everything before the detector pass."""
        self.do(IdentifyVisit(visit=visit, identifiers=("name", "birth-date")))
        self.screen(visit)
        self.do(RecordBelongings(visit=visit))

    def to_the_door(self, visit: str) -> None:
        """Everything before the announcement, for a patient or a companion."""
        self.to_the_detector(visit)
        self.do(RecordDetectorPass(visit=visit))
        self.do(AuthoriseZoneIII(visit=visit))
        if not self.state.visits.open[visit].companion:
            self.stage(visit, Leg.DOOR_LIST)
        self.stage(visit, Leg.FINAL_CHECK, "AE", "BS")

    def _answers(self) -> str:
        """Return who answers aloud: not the one who reads."""
        session = self.state.staff.session
        return self.person("AE" if session and session.who.person == self.person("BS") else "BS")

    def stage(self, visit: str, leg: Leg, *signers: str) -> None:
        """Answer every item of a stage well, and complete it."""
        for list_id, stage in STAGES[leg]:
            form = self.running.forms[list_id]
            while True:
                answers = self.state.lists.answers(visit, list_id)
                items = stage_items(form, stage, answers, self.state.lists.deferred(visit, list_id))
                blank = [i for i in items if i.required and answering.is_blank(answers.get(i.link_id))]
                if not blank:
                    break
                for item in blank:
                    said = plain_answer(item)
                    asked = MarkItem(visit=visit, list_id=list_id, item=item.link_id, answer=said)
                    self.do(replace(asked, responder=self._answers()))
        self.do(CompleteStage(visit=visit, leg=leg), *signers)
        if leg is Leg.TABLE_LIST:
            for asked in fitted(self.state):
                self.do(asked)
