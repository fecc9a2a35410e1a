"""Oxygen fails with a patient in the scanner (Westchester 2001): the door, the cylinder, who walks in."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.console_site import glass
from support.live_suite import LiveSuite, rows
from support.waiting import becomes, wait_until

from mr_safety_console.console.app import ConsoleApp
from mr_safety_console.domain import suite as rules
from mr_safety_console.domain.alarm_points import Priority
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import AnnounceTransit
from mr_safety_console.domain.items_facts import ItemClass, MoveItem, RegisterItem
from mr_safety_console.domain.people_acts import AdmitColleague, AdmitPerson, PersonEntersZoneIV
from mr_safety_console.domain.visit_facts import (
    EndScan,
    EnterZoneIV,
    LeaveZoneIV,
    Leg,
    StartCheck,
)
from mr_safety_console.engine.face import trial_context

pytestmark = [pytest.mark.pty, pytest.mark.timing, pytest.mark.timeout(90)]

AT_ONCE_S = 1.0


def in_the_scanner(suite: LiveSuite) -> str:
    """Bring a patient through every gate into a scan; return the visit."""
    visit = suite.arrive()
    suite.to_the_door(visit)
    suite.do(AnnounceTransit(visit=visit))
    suite.rig.door.open()
    suite.believes("door-iv", Condition.DANGER)
    suite.do(EnterZoneIV(visit=visit, staff=1))
    suite.rig.door.close()
    suite.believes("door-iv", Condition.NORMAL)
    suite.stage(visit, Leg.TABLE_LIST)
    suite.do(StartCheck(visit=visit, heads=2))
    return visit


def highs(suite: LiveSuite) -> set[str]:
    """Return the rules of the High alarms that go on, or happened once, and that nobody has answered."""
    found = [one for one in suite.state.alarms.open.values() if one.present or one.momentary]
    return {one.rule for one in found if one.priority is Priority.HIGH and not one.answered}


async def test_s2_oxygen_fails_while_a_patient_is_in_the_scanner(tmp_path: Path) -> None:
    """S2: no keeper leaves and no iron comes untold, no cylinder goes in; who walks in is not cleared."""
    with LiveSuite(tmp_path) as suite:
        suite.settle()
        suite.do(AdmitColleague(staff=suite.person("BS")))
        fit = {"name": "Anna Doctor", "purpose": "anaesthesia", "kind_of": "visitor", "max_zone": "III"}
        suite.do(AdmitPerson(escort=suite.person("BS"), **fit))
        visit = in_the_scanner(suite)  # who observes from here on admits nobody
        doctor = next(one.id for one in suite.state.people.here.values() if one.name)
        app = ConsoleApp(suite.parts())
        async with app.run_test(size=(120, 40)) as pilot:

            async def sees(words: str, within_s: float = 5) -> None:
                await becomes(lambda: words in glass(app), within_s, f"{words!r} on the screen")

            # The technologist stands at the door. In a scan that excuses no opening.
            await pilot.press("f2", "h")
            await sees("kept by AE")
            suite.rig.door.open()
            await sees("■ DOOR OPEN IN A SCAN", AT_ONCE_S)
            await sees("DOOR OPENED DURING A SCAN")
            assert "door-during-scan" in highs(suite)
            suite.rig.door.close()
            suite.believes("door-iv", Condition.NORMAL)

            # The scan is stopped, the door opened and kept; then the keeper runs for oxygen.
            suite.do(EndScan(visit=visit))
            suite.rig.door.open()
            await sees("◇ DOOR KEPT")
            assert "door-unannounced-occupied" not in highs(suite)
            await pilot.press("h")
            await sees("▲ DOOR OPEN", AT_ONCE_S)
            await sees("▲ OPEN, unattended")
            await becomes(lambda: "door-unannounced-occupied" in highs(suite), AT_ONCE_S, "High at once")

            # A cylinder comes along: entered, and refused whatever anybody says of it.
            suite.do(RegisterItem(tag="W-7", name="Ward cylinder", sort=ItemClass.OXYGEN_CYLINDER))
            (cylinder,) = suite.state.items.register
            asked = MoveItem(item=cylinder, to="IV", brought_by="visitor", supervisor=suite.person("AE"))
            assert suite.refused(asked) == "item-oxygen-cylinder"
            assert suite.state.inside.places == {}

            # Iron at the open door stands alone and on top, while all the others still ring.
            suite.rig.detector.alarm(pulse_s=1.5)
            await sees("IRON AT THE DOOR", AT_ONCE_S)
            await sees("■ IRON", AT_ONCE_S)
            assert "ferrous-entry" in highs(suite)
            assert suite.refused(AnnounceTransit()) in ("detector-in-alarm", "ferrous-alarm-open")

            # Somebody walks in all the same. It is written down as what it is, with its own alarm.
            assert suite.refused(PersonEntersZoneIV(person=doctor)) != ""
            suite.do(PersonEntersZoneIV(person=doctor, anyway=True))
            await sees("ENTERED WITHOUT CLEARANCE")
            assert suite.state.people.here[doctor].uncleared
            assert "escort-missing" in highs(suite)

            # An emergency opens nothing inwards, and keeps nobody in.
            await pilot.press("f9")
            await becomes(lambda: suite.state.emergency.current is not None, 5, "the emergency")
            colleague = next(one for one in suite.state.people.here.values() if one.staff)
            assert suite.refused(AnnounceTransit()) == "emergency-open"
            assert suite.refused(asked) == "item-oxygen-cylinder"
            suite.do(PersonEntersZoneIV(person=colleague.id))
            assert "entered-in-emergency" in highs(suite)
            suite.do(AnnounceTransit(visit=visit, inwards=False))
            suite.do(LeaveZoneIV(visit=visit, staff_inside=3))
            wait_until(lambda: not suite.state.visits.open[visit].inside, 5, "the patient out")
            ctx = trial_context(
                suite.running.engine.state,
                suite.running.profile,
                suite.running.forms,
                suite.running.clock.now(),
            )
            assert rules.entry_findings(suite.state, visit, ctx) != ()
    raised = [str(one["rule"]) for one in rows(suite.data, "alarm-raised")]
    for rule in (
        "door-during-scan",
        "door-unannounced-occupied",
        "entered-uncleared",
        "entered-in-emergency",
    ):
        assert raised.count(rule) == 1, rule
    assert raised.count("ferrous-entry") == 1
    entered = rows(suite.data, "person-entered-zone-iv")
    assert [(one["uncleared"], one["emergency"]) for one in entered] == [(True, False), (False, True)]
    assert "escort-not-inside" in str(entered[0]["against"])
    refused = [(one["act"], one["rule"]) for one in rows(suite.data, "attempt-refused")]
    assert refused.count(("move-item", "item-oxygen-cylinder")) == 2
    assert ("person-enters-zone-iv", entered[0]["against"][0]) in refused  # type: ignore[index]
    assert not rows(suite.data, "item-moved")
