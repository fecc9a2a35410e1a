"""A patient in the scan while the terminal is frozen, and what the people around them record by key."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from support.console import Console
from support.console_site import glass
from support.leaps import LeapClock
from support.live_suite import LiveSuite, rows
from support.waiting import becomes, wait_until

from mr_safety_console.console.app import ConsoleApp
from mr_safety_console.domain.context import NS
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import AnnounceTransit
from mr_safety_console.domain.screening_facts import BeginScreening
from mr_safety_console.domain.staff import AddStaff
from mr_safety_console.domain.visit_facts import EnterZoneIV, Leg, StartCheck
from mr_safety_console.domain.watching_facts import RecordInjection

pytestmark = [pytest.mark.pty, pytest.mark.timeout(240)]

BEFORE_S = 250.0
"""How long before now the scan began: the rest of five minutes is for the console to start and freeze."""
FROZEN_S = 30.0


def into_the_scan(suite: LiveSuite) -> str:
    """Bring a patient into the scan, watched by AE."""
    suite.settle()
    visit = suite.arrive()
    suite.to_the_door(visit)
    suite.do(AnnounceTransit(visit=visit))
    suite.rig.door.open()
    suite.believes("door-iv", Condition.DANGER)
    suite.do(EnterZoneIV(visit=visit))
    suite.rig.door.close()
    suite.believes("door-iv", Condition.NORMAL)
    suite.stage(visit, Leg.TABLE_LIST)
    suite.do(StartCheck(visit=visit, heads=2))
    return visit


def late_by_s(body: dict[str, Any], allowed_s: float) -> float:
    """Return the seconds between the moment something was to be recorded and the moment it was."""
    recorded: int = body["bt"]
    due: int = body["data"]["due_bt"]
    return (recorded - due) / NS - allowed_s


@pytest.mark.timing
def test_a_check_in_due_while_the_terminal_is_frozen_is_recorded_on_time(tmp_path: Path) -> None:
    """The engine records due and late at their moments; the screen only shows it once it is read again."""
    clock = LeapClock()
    clock.leap(-BEFORE_S)
    with LiveSuite(tmp_path, clock=clock) as suite:
        into_the_scan(suite)
    with Console(tmp_path / "data") as console:
        console.started(checks=False)
        console.stop_reading()
        frozen = time.monotonic()
        assert console.rows("check-in-fell-due") == [], "the machine was too slow: due before the freeze"
        wait_until(lambda: bool(console.rows("check-in-late")), 90, "the late check-in in the record")
        wait_until(lambda: time.monotonic() - frozen >= FROZEN_S, 60, "thirty seconds of a frozen terminal")
        (due,), (late,) = console.rows("check-in-fell-due"), console.rows("check-in-late")
        assert abs(late_by_s(due, 0)) <= 1.0
        assert abs(late_by_s(late, 15)) <= 1.0
        assert {due["src"], late["src"]} == {"timer"}
        assert (due["by"], late["by"]) == ([], [])
        console.read_again()
        console.see("CHECK-IN", 10)
        wait_until(lambda: bool(console.rows("check-in-missed")), 60, "the missed check-in in the record")
        (missed,) = console.rows("check-in-missed")
        assert abs(late_by_s(missed, 45)) <= 1.0
        assert missed["data"]["due_bt"] == pytest.approx(due["data"]["due_bt"], abs=NS // 10)
        console.see("CHECK-IN MISSED", 10)


async def test_the_observer_at_work_by_keys(tmp_path: Path) -> None:
    """H10, H32: refused for the next patient; no answer twice; pain; a second intervention; handed over."""
    with LiveSuite(tmp_path) as suite:
        visit = into_the_scan(suite)
        other = suite.arrive("Other, Ann")
        assert suite.refused(BeginScreening(visit=other)) == "observer-bound"
        app = ConsoleApp(suite.parts())
        async with app.run_test(size=(140, 50)) as pilot:

            async def sees(words: str) -> None:
                await becomes(lambda: words in glass(app), 5, f"{words!r} on the screen")

            async def act(words: str, *then: str) -> None:
                """Press the digit in front of an act, then these keys in its dialog."""
                await sees(words)
                line = next(one for one in glass(app).splitlines() if words in one)
                await pilot.press(line[: line.index(words)].split()[-1], *then)

            await pilot.press("f2", "up", "f3")
            await sees("AE watches")
            await sees("every 5 min")
            for _ in range(2):
                count = len(rows(suite.data, "patient-silent"))
                await act("The patient gives no answer")
                await becomes(
                    lambda n=count: len(rows(suite.data, "patient-silent")) > n, 5, "no answer in the record"
                )
            await sees("NO ANSWER - STOP THE SCAN AND LOOK")
            await act("The patient says: warm", "2")
            await sees("HEAT OR PAIN")
            await sees("Cool with running water")
            for number in (1, 2):
                await act("Something was done for the patient", "1")
                await becomes(
                    lambda n=number: len(rows(suite.data, "intervention-recorded")) == n,
                    5,
                    "the intervention",
                )
            await sees("2 interventions: pause and call")
            await pilot.press("greater_than_sign")
            await sees("WHO WATCHES NEXT?")
            await act("BS Ben Sample")
            await sees("Signature 1 of 1")
            await pilot.press(*"BS", "enter")
            await sees("now the PIN")
            await pilot.press(*"135790", "enter")
            await becomes(lambda: bool(rows(suite.data, "observer-changed")), 5, "the watching handed over")
            await sees("BS watches")
        assert suite.state.visits.open[visit].observer == suite.person("BS")
        suite.do(BeginScreening(visit=other))
        kept = json.dumps(rows(suite.data, "attempt-refused"))
        assert "observer-bound" in kept


async def test_a_remote_session_by_keys_from_naming_to_a_lost_link(tmp_path: Path) -> None:
    """H9, H11, H33: consent one by one, the list in halves, a time-out, `k`, and not live by itself."""
    with LiveSuite(tmp_path) as suite:
        suite.settle()
        pin_hash = suite.running.pins.hash("123123")
        remy = AddStaff(name="Remy Remote", initials="RR", roles=("REM",), pin_hash=pin_hash)
        suite.do(remy, "DP")
        visit = suite.arrive()
        app = ConsoleApp(suite.parts())
        async with app.run_test(size=(140, 50)) as pilot:

            async def sees(words: str) -> None:
                await becomes(lambda: words in glass(app), 5, f"{words!r} on the screen")

            async def more(digit: str, heading: str) -> None:
                await pilot.press("space")
                await sees("MORE FOR V1")
                await pilot.press(digit)
                await sees(heading)

            async def signed(kind: str) -> None:
                await sees("Signature 1 of 1")
                await pilot.press(*"AE", "enter")
                await sees("now the PIN")
                await pilot.press(*"246810", "enter")
                await becomes(lambda: bool(rows(suite.data, kind)), 5, f"{kind} in the record")

            await pilot.press("f3")
            await more("2", "WHO SCANS V1?")
            (choice,) = (line for line in glass(app).splitlines() if "RR " in line)
            await pilot.press(next(one for one in choice.split() if one.isdigit()))
            await sees("RR SCANS V1")
            await pilot.press(*"5550100", "enter")
            await sees("scans from another place, call 5550100")
            await more("3", "SCANNED FROM ANOTHER PLACE?")
            await pilot.press("1")
            await sees("SEEN THERE BY CAMERA?")
            await pilot.press("2")
            await sees("RESTRICTED: no camera")
            await more("4", "R01 Identity check")
            await sees("NOT SITE-APPROVED")
            await pilot.press("y")
            await sees("R24 Records and incident")
            await pilot.press("y")
            await signed("duties-accepted")
            await more("5", "JOINT TIME-OUT")
            await pilot.press("y")
            await signed("time-out-held")
            await pilot.press("k")
            await sees("LINK LOST 0:0")
            await sees("Speak to the patient. Stop at the scanner.")
            await sees("REMOTE LINK LOST - you have the patient")
            await pilot.press("k")
            await sees("IS THE LINK BACK?")
            await pilot.press("y")
            await sees("NOT LIVE: a new joint time-out first")
        assert suite.refused(RecordInjection(visit=visit)) == "visit-not-inside"
        told = json.dumps(rows(suite.data, "operator-named"))
        assert "5550100" not in told
        (consent,) = rows(suite.data, "remote-consent-recorded")
        assert consent == {"visit": visit, "operation": "given", "visual": "refused"}
