"""One fictional patient from arrival to exit, by keys alone, on the real engine and real mock lines."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from support.console import COMMAND
from support.live_suite import PINS, LiveSuite
from support.waiting import becomes
from textual.pilot import Pilot

from mr_safety_console.console.app import ConsoleApp
from mr_safety_console.console.present import answers as shown_answers
from mr_safety_console.console.screens.checklist import ChecklistPage
from mr_safety_console.console.screens.screening import ScreeningPage
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.visit import Visit
from mr_safety_console.domain.visit_facts import Leg

pytestmark = [pytest.mark.pty, pytest.mark.timeout(180)]

TEXT = {"integer": "30", "decimal": "30", "date": "2026-01-02", "string": "noted", "text": "noted"}


class Technologist:
    """Presses keys, and waits for what the record says of them."""

    def __init__(self, suite: LiveSuite, app: ConsoleApp, pilot: Pilot[Any]) -> None:
        self.suite, self.app, self.pilot = suite, app, pilot

    @property
    def visit(self) -> Visit:
        return next(iter(self.suite.state.visits.open.values()))

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def write(self, text: str) -> None:
        await self.pilot.press(*({" ": "space", "-": "minus", ",": "comma"}.get(c, c) for c in text), "enter")

    async def sign(self, *people: str) -> None:
        await becomes(lambda: "Dialog" in type(self.app.screen).__name__, 3, "a dialog to sign in")
        for initials in people:
            await self.write(initials)
            await self.write(PINS[initials])

    async def stands(self, leg: Leg) -> None:
        await becomes(lambda: self.visit.stands(leg), 5, f"the leg {leg}")

    async def point(self, point: str, condition: Condition) -> None:
        state = self.suite.state.points
        await becomes(lambda: self.suite.state.points.condition(point) is condition, 5, f"{point} {state}")

    async def sign_on(self, initials: str) -> None:
        await self.press("ctrl+o")
        await self.sign(initials)
        await becomes(lambda: self.suite.state.staff.session is not None, 5, "the sign-on")

    async def walk_test(self) -> None:
        await self.point("fmd-iv", Condition.NORMAL)
        await self.point("door-iv", Condition.NORMAL)
        await self.press("ctrl+d", "w")
        await becomes(lambda: self.suite.state.points.points["fmd-iv"].test_due_bt > 0, 5, "the walk test")
        self.suite.rig.detector.alarm()
        await becomes(lambda: self.suite.state.points.points["fmd-iv"].proof is not None, 5, "its alarm")
        await self.point("fmd-iv", Condition.NORMAL)

    async def arrive(self) -> None:
        await self.press("f2", "o")
        await self.write("Example, Pat")
        await self.write("1970-01-01")
        await self.write("knee left")
        await becomes(lambda: len(self.suite.state.visits.open) == 1, 5, "the visit")
        await self.press("f3", "enter")
        await self.stands(Leg.IDENTITY)

    async def answer(self) -> None:
        """Answer every question by its key, the way the cursor leads."""
        await self.press("f3", "enter")
        await becomes(lambda: self.visit.id in self.suite.state.screening.cases, 5, "the interview")
        await becomes(lambda: isinstance(self.app.screen, ScreeningPage), 5, "the Screening screen")
        await self.press("full_stop", "1")
        cases = self.suite.state.screening
        await becomes(lambda: self.suite.state.screening.cases[self.visit.id].informant, 5, f"who {cases}")
        page = self.app.screen
        assert isinstance(page, ScreeningPage)
        form = self.suite.running.forms["screening-adult"]
        for _ in range(2 * sum(1 for _ in form.walk())):
            held = page._interview(self.app.desk.view())
            assert held is not None
            item = form.item(page._cursor)
            if item is None or item.link_id in held.case.answers:
                break
            before = page._cursor
            if not shown_answers.is_chosen(item):
                if not item.required:
                    await self.press("down")
                else:
                    await self.press("enter")
                    await self.write({"height": "170", "weight": "75"}.get(item.link_id, "noted"))
            else:
                await self.press("1" if item.link_id == "informant" else "n")
            await self.on_from(page, before)
        await becomes(lambda: not page._pending, 5, "the answers in the record")

    async def on_from(self, page: ScreeningPage, before: str) -> None:
        await becomes(lambda: page._cursor != before or not page._pending, 3, f"on from {before}")

    async def screen(self) -> None:
        await self.answer()
        await self.press("g")
        await self.sign("BS")
        case = self.suite.state.screening.cases
        await becomes(lambda: self.suite.state.screening.cases[self.visit.id].first, 5, f"signed {case}")
        page = self.app.screen
        assert isinstance(page, ScreeningPage)
        while True:
            await becomes(lambda: not page._pending, 5, "the spoken answers in the record")
            page._interview(self.app.desk.view())
            if not page._cursor.startswith("again"):
                break
            before = page._cursor
            await self.press("n")
            await self.on_from(page, before)
            if page._cursor == before:
                break
        await self.press("g")
        await self.sign("AE")
        await self.stands(Leg.SCREENING)

    async def forgotten_object(self) -> None:
        """The detector alarms on the way in; the visit is held until somebody says what it was."""
        await self.press("f3", "enter")
        await self.stands(Leg.BELONGINGS)
        self.suite.rig.detector.alarm()
        await becomes(lambda: self.visit.holds, 5, "the hold")
        await self.press("p")
        assert not self.visit.stands(Leg.DETECTOR_PASS)
        await self.press("f6", "a")
        await becomes(lambda: all(a.answered for a in self.suite.state.alarms.open.values()), 5, "answered")
        await self.point("fmd-iv", Condition.NORMAL)
        await self.press("d", "1")
        await self.write("hair clip")
        await becomes(lambda: not self.visit.holds, 5, "the release")
        assert not self.visit.stands(Leg.BELONGINGS)

    async def pass_detector(self) -> None:
        await self.press("f3", "enter")
        await self.stands(Leg.BELONGINGS)
        await self.press("p")
        await self.stands(Leg.DETECTOR_PASS)
        await self.press("enter")
        await self.stands(Leg.ZONE_III)

    async def do_list(self, leg: Leg, *signers: str) -> None:
        """Do the items of a stage one by one, then complete it."""
        await self.press("f5")
        page = self.app.screen
        assert isinstance(page, ChecklistPage)
        await becomes(lambda: page._stage(self.app.desk.view()).leg is leg, 5, f"the list of {leg}")
        if page._stage(self.app.desk.view()).read_out:
            await self.press("full_stop", "1")
        for _ in range(120):
            stage = page._stage(self.app.desk.view())
            if not stage.first_open:
                break
            page._cursor = stage.first_open
            line = page._line()
            assert line is not None
            if shown_answers.is_chosen(line.item):
                await self.press("y" if shown_answers.by_key(line.item, "y") else "1")
            else:
                await self.press("enter")
                await self.write(TEXT[line.item.type.value])
            await becomes(lambda: not page._pending, 3, f"{line.key} in the record")
        await self.press("g")
        if signers:
            await self.sign(*signers)
        await self.stands(leg)

    async def through_the_door(self, *, inwards: bool) -> None:
        await self.press("f3", "t")
        await becomes(lambda: self.suite.state.doors.transit is not None, 5, "the announcement")
        self.suite.rig.door.open()
        await self.point("door-iv", Condition.DANGER)
        await self.press("enter")
        await self.write("1" if inwards else "0")
        await becomes(lambda: self.visit.inside is inwards, 5, "the crossing")
        self.suite.rig.door.close()
        await self.point("door-iv", Condition.NORMAL)

    async def fit(self) -> None:
        """Fit the patient with plugs under muffs, whoever stays with plugs: two keys a head."""
        await self.press("ctrl+y", "3", "1")
        await becomes(lambda: len(self.suite.state.hearing.heads) == 1, 5, "the patient fitted")
        await self.press("1", "2")
        await becomes(lambda: len(self.suite.state.hearing.heads) == 2, 5, "both heads fitted")

    async def scan(self) -> None:
        await self.press("f3", "enter")
        await self.write("2")
        await self.stands(Leg.START_CHECK)
        assert self.visit.scan_presumed
        await self.press("enter")
        await becomes(lambda: not self.visit.scan_presumed, 5, "the end of the scan")

    async def close_visit(self) -> None:
        await self.press("f3", "enter")
        await becomes(lambda: not self.suite.state.visits.open, 5, "the visit closed")


async def test_one_patient_from_arrival_to_exit(tmp_path: Path) -> None:
    """I8, I9, I10: the whole road by keys, a forgotten object on the way, then the same story read back."""
    with LiveSuite(tmp_path) as suite:
        app = ConsoleApp(suite.parts())
        async with app.run_test(size=(120, 40)) as pilot:
            tech = Technologist(suite, app, pilot)
            await tech.sign_on("AE")
            await tech.walk_test()
            await tech.arrive()
            await tech.screen()
            await tech.forgotten_object()
            await tech.pass_detector()
            await tech.do_list(Leg.DOOR_LIST)
            await tech.do_list(Leg.FINAL_CHECK, "AE", "BS")
            await tech.through_the_door(inwards=True)
            await tech.do_list(Leg.TABLE_LIST)
            await tech.fit()
            await tech.scan()
            await tech.through_the_door(inwards=False)
            await tech.do_list(Leg.COIL_REMOVED)
            await tech.close_visit()
        data = suite.data
    told_back(data)


def command(*args: str) -> str:
    """Run the installed command; it must leave with 0."""
    done = subprocess.run([COMMAND, *args], capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout


def told_back(data: Path) -> None:
    """Read the story from the export, and verify the record, as an outsider would."""
    assert command("log", "verify", "--data", str(data)).startswith("OK rows ")
    exported = [json.loads(line) for line in command("log", "export", "--data", str(data)).splitlines()]
    bodies = [line["body"] for line in exported]
    assert [body["seq"] for body in bodies] == list(range(1, len(bodies) + 1))
    assert {body["mode"] for body in bodies} == {"sim"}
    kinds = [body["kind"] for body in bodies]
    story = [
        "visit-opened", "screening-begun", "screening-signed", "screening-reviewed", "visit-held",
        "alarm-acknowledged", "alarm-disposed", "visit-released", "transit-announced", "zone-iv-entered",
        "hearing-chosen", "scan-ended", "zone-iv-left", "visit-closed",
    ]  # fmt: skip
    places = [kinds.index(kind) for kind in story]
    assert places == sorted(places), list(zip(story, places, strict=True))
    signed = {kind: next(b for b in bodies if b["kind"] == kind) for kind in story}
    first, second = signed["screening-signed"]["by"], signed["screening-reviewed"]["by"]
    assert len(first) == len(second) == 1
    assert first[0]["person"] != second[0]["person"]
    final = [b for b in bodies if b["kind"] == "leg-made" and b["data"]["leg"] == "final-check"]
    assert len({who["person"] for who in final[-1]["by"]}) == 2
    legs = {b["data"]["leg"] for b in bodies if b["kind"] == "leg-made"}
    assert legs == {leg.value for leg in Leg}
    assert "Example, Pat" not in json.dumps(bodies)
    assert "hair clip" not in json.dumps(bodies)
