"""A pacemaker stays in MR mode over a restart and a change of people: nobody goes home with it unseen."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.console_site import glass
from support.live_suite import LiveSuite, rows
from support.waiting import becomes

from mr_safety_console.console.app import ConsoleApp
from mr_safety_console.domain.device_actions import CloseDeviceAction
from mr_safety_console.domain.implant_acts import (
    ConfirmCondition,
    DecideDevices,
    PlanScan,
    RecordDevice,
    TranscribeLabel,
    WriteCondition,
)
from mr_safety_console.domain.roster import CloseShift
from mr_safety_console.domain.staff import SignOn
from mr_safety_console.domain.visit_facts import CloseVisit

pytestmark = [pytest.mark.pty, pytest.mark.timeout(60)]


def in_mr_mode(suite: LiveSuite) -> str:
    """Write a pacemaker down, its label with a blank, a plan, and confirm by eye that it is in MR mode."""
    visit = suite.arrive()
    whole = {"maker": "Examplemed", "model": "Pace 1", "serial": "S-1", "read_from": "implant card"}
    suite.do(RecordDevice(visit=visit, what="pacemaker", **whole))
    (device,) = suite.state.implants.of(visit).devices
    stands = {"document": "EX-77", "revision": "C", "dated": "2025-04"}
    suite.do(TranscribeLabel(visit=visit, device=device, labelling="mr-conditional", **stands))
    for code, printed in {"b0": "1.5 T", "spatial-gradient": "", "mr-mode": "MR mode on"}.items():
        suite.do(WriteCondition(visit=visit, device=device, code=code, printed=printed))
    suite.do(PlanScan(visit=visit, region="knee", transmit_coil="body", mode="normal"))
    edition = suite.state.implants.of(visit).edition
    seen = ConfirmCondition(
        visit=visit, device=device, code="mr-mode", edition=edition, met=True, figure="DDD 60"
    )
    suite.do(seen)
    return visit


async def test_a_device_in_mr_mode_survives_a_restart_and_keeps_its_visit_open(tmp_path: Path) -> None:
    """H8, H34: CANNOT VERIFY until two decide; not closed until somebody signed what was read."""
    with LiveSuite(tmp_path) as suite:
        suite.settle()
        visit = in_mr_mode(suite)
        assert "device-cannot-verify" in suite.against_entry(visit)
        edition = suite.state.implants.of(visit).edition
        decided = DecideDevices(visit=visit, edition=edition, decision="risk-benefit", rationale="r")
        assert suite.refused(decided, "AE", "DP") == "role-missing"
        suite.do(decided, "CS", "DP")
        assert not [rule for rule in suite.against_entry(visit) if rule.startswith("device-")]
        before = suite.state.actions
    with LiveSuite(tmp_path) as suite:
        assert suite.state.actions == before
        suite.do(SignOn(person=suite.person("DP")), "DP")
        assert suite.refused(CloseVisit(visit=visit, outcome="not-scanned")) == "visit-device-open"
        assert suite.refused(CloseShift(heads=0), "BS") == "shift-visit"
        app = ConsoleApp(suite.parts())
        async with app.run_test(size=(120, 40)) as pilot:

            async def sees(words: str) -> None:
                await becomes(lambda: words in glass(app), 5, f"{words!r} on the screen")

            await sees("▲ D1 MR mode")
            await pilot.press("ctrl+k")
            await sees("▲ D1 MR mode not set back")
            await sees("risk-benefit decision: CS+DP")
            await sees("spatial gradient: (blank)")
        (action,) = suite.state.actions.open
        suite.do(CloseDeviceAction(visit=visit, action=action, after="DDD 60, as before"), "BS")
        assert "device-cannot-verify" in suite.against_entry(visit)
        suite.do(CloseVisit(visit=visit, outcome="not-scanned"))
        data = suite.data
    assert [row["rule"] for row in rows(data, "attempt-refused")][-2:] == ["visit-device-open", "shift-visit"]
    assert len(rows(data, "device-action-opened")) == len(rows(data, "device-action-done")) == 1
    # What was written of the patient and the device stands nowhere in the clear.
    assert all("Examplemed" not in str(row) for row in rows(data, "device-recorded"))
