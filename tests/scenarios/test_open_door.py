"""A door nobody stands at and a detector that is off (Redwood City 2023): told, repeated, never believed."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.console_site import glass
from support.leaps import LeapClock
from support.live_suite import LiveSuite, rows
from support.waiting import becomes

from mr_safety_console.console.app import ConsoleApp
from mr_safety_console.domain import suite as rules
from mr_safety_console.domain.alarm_points import Priority
from mr_safety_console.domain.alarms import AcknowledgeAlarm, Alarm
from mr_safety_console.domain.bypass import BypassPoint
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import AnnounceTransit
from mr_safety_console.domain.people_acts import AdmitColleague, PersonEntersZoneIV, RecordPersonPass
from mr_safety_console.engine.face import trial_context

pytestmark = [pytest.mark.pty, pytest.mark.timeout(60)]

RULE = "door-unannounced"


def alarm(suite: LiveSuite, rule: str) -> Alarm | None:
    return next((one for one in suite.state.alarms.open.values() if one.rule == rule), None)


def priority(suite: LiveSuite, rule: str) -> Priority | None:
    found = alarm(suite, rule)
    return found.priority if found else None


def against_entry(suite: LiveSuite, visit: str) -> set[str]:
    running = suite.running
    ctx = trial_context(running.engine.state, running.profile, running.forms, running.clock.now())
    return {found.why.rule for found in rules.entry_findings(suite.state, visit, ctx)}


async def test_s4_an_open_door_nobody_stands_at_and_a_detector_that_is_off(tmp_path: Path) -> None:
    """S4: High after 15 s, again every 30 s; the detector is lost, out of service or not; nobody goes in."""
    with LiveSuite(tmp_path, clock=LeapClock()) as suite:
        suite.settle()
        visit = suite.arrive()
        app = ConsoleApp(suite.parts())
        async with app.run_test(size=(120, 40)) as pilot:

            async def sees(words: str) -> None:
                await becomes(lambda: words in glass(app), 5, f"{words!r} on the screen")

            # Somebody has switched the detector off. It is lost, never merely quiet.
            await sees("no alarm since")
            suite.rig.detector.silence()
            suite.clock.leap(1.0)
            await becomes(lambda: alarm(suite, "detector-lost") is not None, 5, "the lost detector")
            await sees("▒ DETECTOR LOST")
            await sees("▲ RESTRICTED")
            assert "no alarm since" not in glass(app)

            # The door is opened and left open.
            suite.rig.door.open()
            await becomes(lambda: priority(suite, RULE) is Priority.MEDIUM, 5, "Medium at once")
            await sees("▲ DOOR OPEN")
            await sees("▲ OPEN, unattended")
            await suite.pass_time(13)
            assert priority(suite, RULE) is Priority.MEDIUM
            await suite.pass_time(2)
            await becomes(lambda: priority(suite, RULE) is Priority.HIGH, 5, "High after 15 s")

            # Answered, it speaks up again thirty seconds later, and so on while it stands open.
            for _ in range(2):
                found = alarm(suite, RULE)
                assert found is not None
                suite.do(AcknowledgeAlarm(alarm=found.id, instance=found.instance))
                await suite.pass_time(30.5)
                await becomes(
                    lambda before=found.instance: alarm(suite, RULE).instance > before, 5, "told of again"
                )

            # Nobody goes in on it, patient or staff, and nobody's word makes a detector pass.
            assert "detector-unknown" in against_entry(suite, visit)
            assert suite.refused(AnnounceTransit()) == "detector-unknown"
            suite.do(AdmitColleague(staff=suite.person("BS")))
            (colleague,) = suite.state.people.here
            assert suite.refused(RecordPersonPass(person=colleague)) == "detector-unknown"
            assert suite.refused(PersonEntersZoneIV(person=colleague)) == "detector-unknown"

            # Out of service it goes with a name, a reason and an end only, and quietens nothing.
            nobody = {"point": "fmd-iv", "guard": "", "reason": "device-defect", "minutes": 15}
            assert suite.refused(BypassPoint(**nobody), "AE") == "bypass-guard"
            named = {**nobody, "guard": suite.person("AE")}
            assert suite.refused(BypassPoint(**{**named, "reason": ""}), "AE") == "bypass-terms"
            assert suite.refused(BypassPoint(**{**named, "minutes": 0}), "AE") == "bypass-terms"
            assert suite.refused(BypassPoint(**named), "AE") == "bypass-keeper"
            await pilot.press("f2", "h")
            await sees("◇ OPEN, kept by AE")
            suite.do(BypassPoint(**named), "AE")
            await sees("OUT OF SERVICE 1")
            await sees("◇ DOOR KEPT")
            assert suite.refused(AnnounceTransit()) == "detector-unknown"
            assert "detector-unknown" in against_entry(suite, visit)

            # Whoever keeps the door walks away: at once, though it had rung before they came.
            found = alarm(suite, RULE)
            assert found is not None
            await pilot.press("h")
            await becomes(lambda: alarm(suite, RULE).instance > found.instance, 5, "told of at once")
            await sees("▲ OPEN, unattended")
            assert suite.state.points.condition("door-iv") is Condition.DANGER
        told = rows(suite.data, "point-bypassed")
        assert [(one["guard"], one["reason"], one["briefly"]) for one in told] == [
            (suite.person("AE"), "device-defect", True)
        ]
    opened = [one for one in rows(suite.data, "door-opened") if one["zone"] == "IV"]
    assert [(one["announced"], one["kept"], one["forced"]) for one in opened] == [(False, False, False)]
    raised = {str(one["rule"]) for one in rows(suite.data, "alarm-raised")}
    assert {RULE, "detector-lost"} <= raised
    assert len(rows(suite.data, "alarm-repeated")) >= 3
    assert [one["priority"] for one in rows(suite.data, "alarm-worsened")]
    assert not rows(suite.data, "zone-iv-entered")
    assert not rows(suite.data, "person-entered-zone-iv")
    assert not rows(suite.data, "transit-announced")
