"""What console tests stand on: a suite with four people, the parts of an app, and what it shows."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from support.clocks import HandClock
from support.ears import fitted
from support.fake_face import SITE, FakeFace
from support.waiting import becomes
from textual.pilot import Pilot
from textual.widgets import Input

from mr_safety_console.console.app import ConsoleApp
from mr_safety_console.console.desk import Desk
from mr_safety_console.console.parts import Parts
from mr_safety_console.console.present.view import View
from mr_safety_console.domain.checklists import STAGES, CompleteStage, MarkItem, stage_items
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.detectors import Condition, StartWalkTest
from mr_safety_console.domain.doors import AnnounceTransit
from mr_safety_console.domain.interview_facts import RecordInformant
from mr_safety_console.domain.people_acts import ScreenPerson
from mr_safety_console.domain.screening_facts import (
    AnswerQuestion,
    AskAgain,
    BeginScreening,
    ReviewScreening,
    SignScreening,
)
from mr_safety_console.domain.visit_facts import (
    AuthoriseZoneIII,
    CloseVisit,
    EnterZoneIV,
    IdentifyVisit,
    Leg,
    OpenVisit,
    RecordBelongings,
    RecordDetectorPass,
)
from mr_safety_console.engine.face import Accepted, Credential
from mr_safety_console.engine.intake import Intake
from mr_safety_console.engine.spool import Spool
from screening_forms import answering
from screening_forms.shipped import load_library
from screening_forms.types import Item, ItemType

FORMS = load_library()
WIDE, NARROW = (120, 40), (80, 24)
PILOT_NAME = "Doe, Jane"


@dataclass
class Site:
    """A suite with four people; everything is decided by the real rules."""

    directory: Path
    clock: HandClock = field(default_factory=HandClock)
    aloud_s: int = 0
    """How long each starred question takes to be read aloud and answered."""

    def __post_init__(self) -> None:
        self.face = FakeFace(self.clock, FORMS)
        self.ada = self.face.enrol("AA", "Ada Archer", "MRSO")
        self.ben = self.face.enrol("BB", "Ben Baker", "MRST", "L2")
        self.cleo = self.face.enrol("CC", "Cleo Cook", "L2")
        self.dan = self.face.enrol("DD", "Dan Doctor", "RAD")
        self.face.start()
        spool = Spool((self.directory / "spool",))
        spool.open()
        self.bells = 0
        self.intake = Intake(spool, self.clock, self.face.late)
        self.intake.start()

    def parts(self, **changes: Any) -> Parts:
        given: dict[str, Any] = {
            "face": self.face,
            "intake": self.intake,
            "profile": SITE,
            "forms": FORMS,
            "clock": self.clock,
            "open_query": self.no_log,
            "data_dir": self.directory,
            "bell": self.bell,
        }
        return Parts(**{**given, **changes})

    def no_log(self) -> Any:
        raise OSError("no record in this test")

    def bell(self) -> None:
        self.bells += 1

    def view(self, **changes: Any) -> View:
        """Return what a console would know now."""
        return Desk(self.parts(**changes)).view()

    # --- a visit's way, decided by the rules without a screen ---

    def given(self, *people: str) -> tuple[Credential, ...]:
        return tuple(Credential(person, self.face.pin(person)) for person in people)

    def do(self, command: Command, *signers: str) -> None:
        answer = self.face.do(command, self.given(*signers))
        assert isinstance(answer, Accepted), answer

    def arrive(self, name: str = PILOT_NAME) -> str:
        self.do(OpenVisit(name=name, birth_date="1970-01-02", exam="Knee"))
        return list(self.face.working.visits.open)[-1]

    def screened(self, visit: str) -> None:
        self.do(IdentifyVisit(visit=visit, identifiers=("name", "birth-date")))
        self.interviewed(visit)

    def screened_by_name(self, person: str) -> None:
        """The whole interview of somebody here by name; its visit closed."""
        self.do(ScreenPerson(person=person))
        visit = list(self.face.working.visits.open)[-1]
        self.interviewed(visit)
        self.do(CloseVisit(visit=visit, outcome="completed"))

    def interviewed(self, visit: str) -> None:
        """The whole interview with both signatures."""
        self.do(BeginScreening(visit=visit))
        self.do(RecordInformant(visit=visit))
        self.answered(visit)
        self.do(SignScreening(visit=visit), self.cleo)
        case = self.face.working.screening.cases[visit]
        for item in answering.asked(FORMS[case.form], case.answers):
            if item.ask_again:
                if self.aloud_s:
                    self.face.beat(self.aloud_s)
                self.do(AskAgain(visit=visit, item=item.link_id, answer="no"))
        self.do(ReviewScreening(visit=visit), self.ben)

    def answered(self, visit: str, **answers: str) -> None:
        """Answer every question; those not given by name with what sets nothing off."""
        form = FORMS[self.face.working.screening.cases[visit].form]
        while left := answering.missing(form, self.face.working.screening.cases[visit].answers):
            item = left[0]
            answer = answers.get(item.link_id) or plain_answer(item)
            self.do(AnswerQuestion(visit=visit, item=item.link_id, answer=answer))

    def passed(self, visit: str) -> None:
        self.do(RecordBelongings(visit=visit))
        self.do(StartWalkTest(point="fmd-iv"))
        self.face.hear("fmd-iv", Condition.DANGER)
        self.face.hear("fmd-iv", Condition.NORMAL)
        self.do(RecordDetectorPass(visit=visit))

    def listed(self, visit: str, leg: Leg, *signers: str) -> None:
        self.marked(visit, leg)
        self.do(CompleteStage(visit=visit, leg=leg), *signers)
        if leg is Leg.TABLE_LIST:
            for asked in fitted(self.face.working):
                self.do(asked)

    def marked(self, visit: str, leg: Leg) -> None:
        for list_id, stage in STAGES[leg]:
            form = FORMS[list_id]
            for _ in range(60):
                answers = self.face.working.lists.answers(visit, list_id)
                deferred = self.face.working.lists.deferred(visit, list_id)
                items = {item.link_id for item in stage_items(form, stage, answers, deferred)}
                left = [item for item in answering.missing(form, answers) if item.link_id in items]
                if not left:
                    break
                answer = plain_answer(left[0])
                asked = MarkItem(visit=visit, list_id=list_id, item=left[0].link_id, answer=answer)
                self.do(replace(asked, responder=self.cleo))

    def ready(self, visit: str) -> None:
        """Bring a visit up to the magnet room's door."""
        self.screened(visit)
        self.passed(visit)
        self.do(AuthoriseZoneIII(visit=visit))
        self.listed(visit, Leg.DOOR_LIST)
        self.listed(visit, Leg.FINAL_CHECK, self.ben, self.cleo)

    def inside(self, visit: str) -> None:
        """Bring a visit all the way into the magnet room."""
        self.ready(visit)
        self.do(AnnounceTransit(visit=visit))
        self.do(EnterZoneIV(visit=visit, staff=1))


def plain_answer(item: Item) -> str:
    """Return the answer that sets nothing off."""
    if item.type is ItemType.CHOICE:
        codes = [option.code for option in item.options]
        return next((code for code in ("no", "pass", "go") if code in codes), codes[0])
    return {ItemType.INTEGER: "30", ItemType.DATE: "2020-01-01"}.get(item.type, "Example")


def shown(app: ConsoleApp) -> list[str]:
    """Return every line on the glass, dialogs and what lies behind them."""
    width, height = app.size
    console = Console(width=width, height=height, file=io.StringIO(), force_terminal=True, record=True)
    render = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    console.print(render)
    return [line.rstrip() for line in console.export_text(styles=False).splitlines()]


def glass(app: ConsoleApp) -> str:
    return "\n".join(shown(app))


@dataclass
class Hand:
    """An operator at the keyboard of a running app."""

    app: ConsoleApp
    pilot: Pilot[int]
    site: Site

    async def press(self, *keys: str) -> str:
        """Press keys, let everything settle, and return the glass."""
        await self.pilot.press(*keys)
        return await self.look()

    async def type(self, text: str, *then: str) -> str:
        """Write into the focused line at once, or key by key where there is none; then press keys."""
        focused = self.app.focused
        if isinstance(focused, Input):
            focused.value = text
            return await self.press(*then)
        names = {" ": "space", "-": "minus", ".": "full_stop", ",": "comma"}
        return await self.press(*(names.get(char, char) for char in text), *then)

    async def look(self) -> str:
        await self.pilot.pause()
        self.app.repaint()
        await self.pilot.pause()
        assert self.app.desk.fault == ""
        return glass(self.app)

    async def sign(self, *initials: str) -> str:
        for one in initials:
            await self.type(one.lower(), "enter")
            await self.type(one.lower(), "enter")
        return await self.look()

    async def recorded(self) -> None:
        """Wait until every record of the emergency lane is durable and answered."""
        lane = self.app.desk.lane
        await becomes(lambda: not lane.unanswered, 2.0, "the lane's records answered")

    @property
    def stack(self) -> list[str]:
        """Name the chosen page and what lies over it; the Suite under all others is not told."""
        names = [type(screen).__name__ for screen in self.app.screen_stack]
        chosen = len(names) > 1 and names[1].endswith("Page") and names[1] != "EmergencyPage"
        return names[1:] if chosen else names


@asynccontextmanager
async def console(site: Site, size: tuple[int, int] = WIDE, **changes: Any) -> AsyncIterator[Hand]:
    """Run the app on this site."""
    app = ConsoleApp(site.parts(**changes))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Hand(app, pilot, site)
