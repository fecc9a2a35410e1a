"""The console in states worth a picture, each on the real rules and a clock that stands still."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from support import mornings
from support.console_site import FORMS, PILOT_NAME, Site, glass, plain_answer
from support.implant_site import compared, worst
from textual.pilot import Pilot

from mr_safety_console.console.app import ConsoleApp
from mr_safety_console.console.widgets.bars import AlarmBar
from mr_safety_console.domain.approval_facts import ResolveByCall, ScreenEmergent
from mr_safety_console.domain.checklists import MarkItem, OverrideItem
from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import AnnounceTransit, KeepDoor
from mr_safety_console.domain.emergency import (
    ChooseEmergencyKind,
    EmergencyKind,
    OpenEmergency,
    StampEmergencyStep,
)
from mr_safety_console.domain.interview_facts import RecordInformant, TellSource
from mr_safety_console.domain.items import today
from mr_safety_console.domain.items_facts import (
    Evidence,
    ImportItems,
    ItemClass,
    ItemTold,
    Label,
    MoveItem,
)
from mr_safety_console.domain.people_acts import (
    AdmitColleague,
    AdmitPerson,
    PersonEntersZoneIV,
    PersonLeavesZoneIV,
)
from mr_safety_console.domain.permits import CountTools, OpenPermit
from mr_safety_console.domain.quench import QuenchKind, ReportQuench, StampQuenchStep
from mr_safety_console.domain.screening_facts import (
    AnswerQuestion,
    AskAgain,
    BeginScreening,
    SignScreening,
    TakeOverScreening,
)
from mr_safety_console.domain.visit_facts import AuthoriseZoneIII, EnterZoneIV, IdentifyVisit, Leg
from mr_safety_console.engine.face import Recording
from mr_safety_console.journal.query import LogLine
from mr_safety_console.start.screen import translation

LAST_WORDS_S = 3.0


class FaceQuery:
    """Pages of what a fake engine has decided, as the record would give them."""

    def __init__(self, entries: list[Entry]) -> None:
        self._entries = entries

    def _line(self, entry: Entry) -> LogLine:
        h = hashlib.sha256(str(entry.seq).encode()).hexdigest()[:12]
        return LogLine(entry.seq, h, entry.fact.kind, entry)

    def newest(self, limit: int, before: int | None = None, kind: str | None = None) -> list[LogLine]:
        found = [e for e in self._entries if before is None or e.seq < before]
        return [self._line(entry) for entry in reversed(found[-limit:])]

    def page_after(self, seq: int, limit: int, kind: str | None = None) -> list[LogLine]:
        return [self._line(entry) for entry in self._entries if entry.seq > seq][:limit]

    def head(self) -> tuple[int, str]:
        return len(self._entries), ""

    def close(self) -> None:
        pass


def at_work(site: Site) -> str:
    """One patient at the door with everything done, a second one in the interview."""
    site.face.sign_on(site.ben)
    site.face.beat(60)
    first = site.arrive()
    site.face.beat(90)
    site.ready(first)
    site.face.beat(20)
    second = site.arrive("Roe, Richard")
    site.do(IdentifyVisit(visit=second, identifiers=("name", "birth-date")))
    site.do(BeginScreening(visit=second))
    site.do(RecordInformant(visit=second))
    form = FORMS["screening-adult"]
    for item in [item for item in form.walk() if item.required and not item.items][:9]:
        said = "yes" if item.code == "Q06" else plain_answer(item)
        site.do(AnswerQuestion(visit=second, item=item.link_id, answer=said))
    site.face.beat(12)
    return first


STARRED = [item.link_id for item in FORMS["screening-adult"].walk() if item.ask_again]


def interviewed(site: Site, **answers: str) -> str:
    """One patient whose answers BB signed, a minute ago."""
    site.face.sign_on(site.ben)
    visit = site.arrive()
    site.do(IdentifyVisit(visit=visit, identifiers=("name", "birth-date")))
    site.do(BeginScreening(visit=visit))
    site.do(RecordInformant(visit=visit))
    site.face.beat(90)
    site.answered(visit, **answers)
    site.do(SignScreening(visit=visit), site.cleo)
    site.face.beat(60)
    return visit


def aloud(site: Site) -> None:
    """The second reviewer has asked three of the starred questions; one answer differs."""
    visit = interviewed(site)
    for item, said in zip(STARRED, ("no", "yes", "no"), strict=False):
        site.face.beat(9)
        site.do(AskAgain(visit=visit, item=item, answer=said))
    site.face.beat(4)


def holding(site: Site) -> None:
    """Asked aloud: one answer decided by a call, one denied that the request tells of, one to resolve."""
    visit = interviewed(site, Q02="yes", Q08="unsure")
    for item in STARRED:
        site.face.beat(9)
        said = {"Q02": "yes", "Q08": "unsure"}.get(item, "no")
        site.do(AskAgain(visit=visit, item=item, answer=said))
    site.do(TellSource(visit=visit, item="Q01", source="request", says="yes", text="referral, page 2"))
    called = ResolveByCall(
        visit=visit,
        item="Q02",
        resolution="excluded-by-evidence",
        evidence="radiology-report",
        text="CT of the head: none seen",
        decider=site.dan,
        callback="4711",
        read_back=True,
        decided_utc=site.clock.now().utc,
    )
    site.do(called, site.cleo)
    site.face.beat(20)


def beside(site: Site) -> None:
    """A pregnancy form under way, and the contrast form that one of its answers wants is missing."""
    visit = interviewed(site, Q09="unsure")
    site.do(BeginScreening(visit=visit, form="pregnancy"))
    site.do(RecordInformant(visit=visit, sheet="pregnancy"))
    for item, said in (("Q09", "unsure"), ("test", "not-made"), ("contrast", "yes")):
        site.do(AnswerQuestion(visit=visit, item=item, answer=said, sheet="pregnancy"))
    site.face.beat(20)


def unasked(site: Site) -> None:
    """An emergency: six questions answered, one Level 2 screen, the rest asked of nobody."""
    site.face.sign_on(site.ben)
    visit = site.arrive()
    site.do(IdentifyVisit(visit=visit, identifiers=("name", "birth-date")))
    site.do(BeginScreening(visit=visit))
    site.do(RecordInformant(visit=visit))
    for item in STARRED[:6]:
        site.do(AnswerQuestion(visit=visit, item=item, answer="no"))
    given = {"covering": site.dan, "callback": "4711", "read_back": True, "why": "cord compression"}
    site.do(TakeOverScreening(visit=visit), site.cleo)
    site.do(ScreenEmergent(visit=visit, ordering="Dr Example", **given), site.cleo)
    site.face.beat(20)


def alarmed(site: Site) -> None:
    """The detector alarms while the first patient waits in Zone III."""
    at_work(site)
    site.face.hear("fmd-iv", Condition.DANGER, edges=1)
    site.face.beat(8)


def in_transit(site: Site) -> None:
    """The first patient's way in is announced; the door is about to be opened."""
    site.do(AnnounceTransit(visit=at_work(site)))
    site.face.beat(8)


def detector_lost(site: Site) -> None:
    """The detector has fallen silent, the door speaks on."""
    at_work(site)
    site.face.live["fmd-iv"] = replace(site.face.live["fmd-iv"], condition=Condition.UNKNOWN, reason="silent")
    site.face.hear("fmd-iv", Condition.UNKNOWN, reason="silent")


def door_open(site: Site) -> None:
    """The magnet room's door opened, and nobody had announced it."""
    at_work(site)
    site.face.hear("door-iv", Condition.DANGER)
    site.face.beat(4)


def inside(site: Site) -> None:
    """The patient is in the magnet room, the table list under way."""
    visit = at_work(site)
    site.do(AnnounceTransit(visit=visit))
    site.do(EnterZoneIV(visit=visit, staff=1))
    site.face.beat(40)


def final_check(site: Site) -> None:
    """The lists at the door are done; the final check begins."""
    site.face.sign_on(site.ben)
    visit = site.arrive()
    site.screened(visit)
    site.passed(visit)
    site.do(AuthoriseZoneIII(visit=visit))
    site.listed(visit, Leg.DOOR_LIST)
    site.face.beat(15)


def by_eye(site: Site) -> None:
    """A dead door contact: the door item of the final check by eye, one failed, one open again."""
    final_check(site)
    visit = next(iter(site.face.working.visits.open))
    for number in range(1, 11):
        site.face.beat(2)
        item = f"FC{number:02}"
        site.do(MarkItem(visit=visit, list_id="final-check", item=item, answer="go", responder=site.cleo))
    site.face.hear("door-iv", Condition.UNKNOWN, reason="silent")
    site.do(KeepDoor())
    reason = "cable torn; door seen shut"
    asked = OverrideItem(visit=visit, list_id="final-check", item="FC11", reason=reason)
    site.do(asked, site.ben, site.cleo)
    site.face.beat(42)


def arrest(site: Site) -> None:
    """A collapse, fifty seconds in: amber, the patient not out yet."""
    inside(site)
    site.do(OpenEmergency(emergency="E"))
    site.face.beat(4)
    site.do(ChooseEmergencyKind(emergency="E", about=EmergencyKind.ARREST))
    for step, after_s in (("E0", 1), ("E1", 3), ("E2", 12), ("E3", 15)):
        site.face.beat(after_s)
        site.do(StampEmergencyStep(emergency="E", step=step))
    site.face.beat(15)


def quench(site: Site) -> None:
    """A deliberate quench, vent seen, room empty."""
    inside(site)
    site.do(ReportQuench(how=QuenchKind.DELIBERATE))
    for step in ("Q0", "Q2", "Q3"):
        site.face.beat(9)
        site.do(StampQuenchStep(step=step))
    site.face.beat(21)


def lost(site: Site) -> None:
    """Both devices have fallen silent."""
    at_work(site)
    for point in ("fmd-iv", "door-iv"):
        site.face.live[point] = replace(site.face.live[point], condition=Condition.UNKNOWN, reason="lost")
        site.face.hear(point, Condition.UNKNOWN, reason="lost")
    site.clock.advance(LAST_WORDS_S)
    site.face.beat_bt = site.clock.now().bt


def stopped(site: Site) -> None:
    """The engine has not said a word for three seconds."""
    at_work(site)
    site.clock.advance(LAST_WORDS_S)


def unrecorded(site: Site) -> None:
    """The record cannot be written while the detector alarms."""
    at_work(site)
    site.face.recording = Recording.FAILED
    site.face.hear("fmd-iv", Condition.DANGER, edges=1)
    site.face.beat(1)


def cylinder_inside(site: Site) -> None:
    """A pump brought in with its keeper, and a cylinder nobody let in."""
    at_work(site)
    expert = site.face.enrol("EE", "Eva Expert", "MRSE")
    pump = ItemTold(
        tag="P-101",
        name="Infusion pump",
        sort=ItemClass.PUMP,
        label=Label.CONDITIONAL,
        evidence=Evidence.MAKER_INSTRUCTIONS,
        reference="manual, page 7",
        limit_ut=20_000,
        tether_cm=150,
        due_day=today(site.clock.now()) + 90,
    )
    none = {"label": Label.UNLABELLED}
    others = (
        ItemTold(tag="O-12", name="Ward cylinder", sort=ItemClass.OXYGEN_CYLINDER, **none),
        ItemTold(tag="C-7", name="Chair of the waiting room", sort=ItemClass.CHAIR, **none),
    )
    site.do(ImportItems(entries=(pump, *others)), expert, site.ben)
    known = {one.tag: one.id for one in site.face.working.items.register.values()}
    site.do(MoveItem(item=known["P-101"], to="IV", supervisor=site.cleo))
    site.do(MoveItem(item=known["O-12"], to="IV", brought_by="visitor", anyway=True))
    site.face.beat(75)


def escort_outside(site: Site) -> None:
    """A visitor inside whose escort came out, an escort waiting, and a permit past its tools."""
    site.face.sign_on(site.ben)
    site.do(AdmitColleague(staff=site.cleo))
    site.do(
        AdmitPerson(
            name="Visitor, Vera", purpose="interpreter", kind_of="visitor", escort=site.cleo, max_zone="IV"
        )
    )
    cleo, vera = site.face.working.people.here
    for one in (cleo, vera):
        site.do(PersonEntersZoneIV(person=one, anyway=True))
    site.do(PersonLeavesZoneIV(person=cleo))
    site.do(AdmitColleague(staff=site.ben))
    work = {"kind_of": "cleaning", "holder": "Cleaner, Clara", "tools_told": "mops and cloths"}
    site.do(OpenPermit(tools=5, zone="IV", minutes=120, **work), site.ben)
    site.do(CountTools(permit=next(iter(site.face.working.permits.open)), tools=4))
    site.face.beat(75)


@dataclass(frozen=True)
class Stage:
    """A state, the keys that lead to its screen, and the sentence a reviewer holds it to."""

    prepare: Callable[[Site], object]
    keys: tuple[str, ...]
    says: str
    waits_for: str = ""
    sizes: tuple[str, ...] = ("120x40", "80x24")


SMALL = ("80x24",)
"""For states told by words that the larger size only spreads out."""
STAGES = {
    "suite": Stage(alarmed, ("f2",), "Every fact with its age; the alarm on top; what to do next"),
    "visit": Stage(alarmed, ("f2", "up", "f3"), "The rail: what is done, by whom; what fell, and why"),
    "screening": Stage(at_work, ("f2", "down", "f4"), "One question a row; blank is blank"),
    "screening-german": Stage(
        at_work, ("f2", "down", "f4", "comma"), "German to read along, marked as not approved", "de  "
    ),
    "screening-aloud": Stage(
        aloud, ("f4",), "One question alone, to be read aloud; the form's answer hidden"
    ),
    "screening-hold": Stage(holding, ("f4",), "What holds, why, and who decided by a call"),
    "screening-form": Stage(beside, ("f4", "tab", "tab"), "A form beside the interview, and one missing"),
    "implants": Stage(compared, ("ctrl+k",), "Each condition as printed, converted, held against here"),
    "implants-worst": Stage(
        worst, ("ctrl+k",), "The worst rules; what is set for the scan stays open; nobody decided"
    ),
    "visit-emergent": Stage(unasked, ("f3",), "Screened in an emergency: what nobody asked stays printed"),
    "checklist-by-eye": Stage(by_eye, ("f2", "f5"), "A dead door contact: the item by eye, in its own words"),
    "checklist": Stage(final_check, ("f2", "f5"), "Items one by one, the sensor beside its item"),
    "alarms": Stage(alarmed, ("f6",), "Every open alarm: present, answered, disposed of"),
    "emergency": Stage(arrest, ("f9",), "The clock in amber, the step to do now, what stays out"),
    "quench": Stage(quench, ("ctrl+b",), "The field is not believed gone"),
    "log": Stage(alarmed, ("f7",), "What happened, newest first", "ALARM  A1"),
    "devices": Stage(alarmed, ("ctrl+d",), "What each point says, how old it is, where it comes from"),
    "items": Stage(cylinder_inside, ("ctrl+t",), "What is inside, the worst first; what its label says"),
    "people": Stage(escort_outside, ("ctrl+g",), "Who is alone inside, and who answers for them"),
    "lost": Stage(lost, ("f2",), "UNKNOWN, hatched, never the last good word", sizes=SMALL),
    "stopped": Stage(stopped, ("f2",), "The engine stopped: trust doors and eyes", sizes=SMALL),
    "readiness-quiet": Stage(mornings.quiet, ("ctrl+f",), "A quiet morning: made, by age", sizes=SMALL),
    "readiness-overdue": Stage(mornings.overdue, ("ctrl+f",), "One overdue, one waived", sizes=SMALL),
    "readiness-failed": Stage(mornings.failed, ("ctrl+f",), "One failed: what it limits", sizes=SMALL),
    "readiness-stop-use": Stage(mornings.stopped, ("ctrl+f",), "STOP USE, and what instead", sizes=SMALL),
    "suite-quiet": Stage(at_work, ("f2",), "Quiet: who is where, and no open alarm; it promises nothing"),
    "suite-transit": Stage(in_transit, ("f2",), "One arrow: who goes which way, and for how long"),
    "suite-detector-lost": Stage(detector_lost, ("f2",), "The detector sees nothing: look yourself"),
    "suite-door-open": Stage(door_open, ("f2",), "A gap in the wall: the door is open for nobody announced"),
    "unrecorded": Stage(unrecorded, ("f2",), "Shown, and marked as not recorded", sizes=SMALL),
}


def app_at(stage: Stage, directory: Path) -> tuple[ConsoleApp, Site]:
    """Return an app standing at a stage, and its site, whose intake the caller closes."""
    site = Site(directory, aloud_s=9)
    stage.prepare(site)
    site.clock.advance(0.4)  # so that no age stands at nought
    query: Any = FaceQuery(site.face.entries)
    parts = site.parts(
        profile=site.face.profile,
        open_query=lambda: query,
        read_translation=lambda form, to: translation(FORMS, form, to),
    )
    return ConsoleApp(parts), site


def led_to(app: ConsoleApp, stage: Stage) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Return what presses the stage's keys and waits until the picture stands still."""

    async def lead(pilot: Pilot[Any]) -> None:
        for key in stage.keys:
            if key == "f9":
                app._show_emergency()  # the emergency stands already; another press would add one
                continue
            await pilot.press(key)
        before = ""
        for _ in range(400):
            await pilot.pause()
            app.repaint()
            for bar in app.screen.query(AlarmBar):
                bar._flash()  # its phase follows the clock that stands still, once its timer has looked
            await pilot.pause()
            now = glass(app)
            if now == before and (stage.waits_for in now):
                break
            before = now

    return lead


__all__ = ["PILOT_NAME", "STAGES", "Stage", "app_at", "led_to"]
