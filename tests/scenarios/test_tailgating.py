"""Two people on one clearance: the detector counts one more than was announced, and nobody passes it over."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.console_site import glass
from support.ears import fitted
from support.live_suite import LiveSuite, rows
from support.waiting import becomes, wait_until

from mr_safety_console.console.app import ConsoleApp
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import AnnounceTransit
from mr_safety_console.domain.visit_facts import (
    EnterZoneIV,
    Leg,
    StartCheck,
)

pytestmark = [pytest.mark.pty, pytest.mark.timeout(120)]

TOLD_S = 25
"""Fifteen seconds after the last movement a difference is an alarm; the rest is the machine's."""


def counted(suite: LiveSuite) -> int:
    one = suite.state.crossings.counters["fmd-iv"]
    return one.base + one.net


def to_the_table(suite: LiveSuite) -> str:
    """Bring a patient and one of the staff in, with somebody close behind them."""
    visit = suite.arrive()
    suite.to_the_door(visit)
    suite.do(AnnounceTransit(visit=visit))
    suite.rig.door.open()
    suite.believes("door-iv", Condition.DANGER)
    for number in range(1, 4):
        suite.rig.detector.passage("I")
        wait_until(lambda number=number: counted(suite) == number, 5, f"{number} passed")  # type: ignore[misc]
    suite.do(EnterZoneIV(visit=visit, staff=1))
    suite.rig.door.close()
    suite.believes("door-iv", Condition.NORMAL)
    suite.stage(visit, Leg.TABLE_LIST)
    return visit


async def test_two_people_on_one_clearance_are_told_of_until_somebody_has_counted(tmp_path: Path) -> None:
    """H21: the screen says it, the record holds it, and no scan begins before the room was counted by eye."""
    with LiveSuite(tmp_path) as suite:
        suite.settle()
        visit = to_the_table(suite)
        assert suite.state.visits.heads == 2
        assert suite.refused(StartCheck(visit=visit, heads=2)) == "counts-over"
        app = ConsoleApp(suite.parts())
        async with app.run_test(size=(120, 40)) as pilot:

            async def sees(words: str, within_s: float = 5) -> None:
                await becomes(lambda: words in glass(app), within_s, f"{words!r} on the screen")

            await sees("■ 3 inside, the record has 2")
            await sees("MORE WENT IN THAN RECORDED", TOLD_S)
            alarm = next(one for one in suite.state.alarms.open.values() if one.rule == "counts-over")
            # Words change no number: answered and explained, it holds as before.
            await pilot.press("f6", "a")
            await becomes(lambda: suite.state.alarms.open[alarm.id].answered, 5, "the answer")
            await pilot.press("d", "1", "enter")
            await becomes(lambda: bool(suite.state.alarms.open[alarm.id].disposition), 5, "the words")
            assert suite.state.alarms.open[alarm.id].present
            assert suite.refused(StartCheck(visit=visit, heads=2)) == "counts-over"
            # Somebody looks into the room: three heads, three keys.
            await pilot.press("ctrl+g", "number_sign", "3", "enter")
            await becomes(lambda: suite.state.visits.heads == 3, 5, "the record following the count")
            await becomes(lambda: alarm.id not in suite.state.alarms.open, 5, "the end of the alarm")
            await sees("3 inside, the record has 3")
        # One more head in the room, of which nobody has said what it wears.
        assert suite.refused(StartCheck(visit=visit, heads=3)) == "hearing-missing"
        for asked in fitted(suite.state):
            suite.do(asked)
        suite.do(StartCheck(visit=visit, heads=3))
        passed = rows(suite.data, "passages-counted")[-3:]
        assert [(row["inwards"], row["presumed"], row["where"]) for row in passed] == [(1, 1, "door")] * 3
        differed = rows(suite.data, "counts-differ")
        assert [(row["counted"], row["recorded"]) for row in differed] == [(3, 2)]
        raised = [row for row in rows(suite.data, "alarm-raised") if row["rule"] == "counts-over"]
        assert [row["detail"] for row in raised] == ["counted=3 recorded=2"]
        refused = [row for row in rows(suite.data, "attempt-refused") if row["act"] == "start-check"]
        assert [row["rule"] for row in refused] == ["counts-over", "counts-over", "hearing-missing"]
        assert rows(suite.data, "counts-settled") == [{"heads": 3}]


async def test_who_passes_while_nobody_listens_is_counted_and_a_restart_is_told(tmp_path: Path) -> None:
    """B11: the device was on while the line was out; once it restarted, its count is worth nothing."""
    with LiveSuite(tmp_path) as suite:
        suite.settle()
        wait_until(lambda: "fmd-iv" in suite.state.crossings.counters, 5, "the first totals")
        suite.rig.detector.unplug()
        suite.believes("fmd-iv", Condition.UNKNOWN)
        suite.rig.detector.passage("I")
        suite.rig.detector.replug()
        suite.believes("fmd-iv", Condition.NORMAL, 8)
        wait_until(lambda: counted(suite) == 1, 5, "the passage nobody heard")
        assert rows(suite.data, "passages-counted")[-1]["where"] == "unseen"
        suite.rig.detector.reboot()
        wait_until(lambda: suite.state.crossings.counters["fmd-iv"].broken == "restarted", 8, "the restart")
        app = ConsoleApp(suite.parts())
        async with app.run_test(size=(80, 24)):
            await becomes(lambda: "NOT AVAILABLE: it restarted" in glass(app), 8, "NOT AVAILABLE")
