"""Cleared at one field strength, scanned at another: the clearance does not come along."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support.console_site import glass
from support.live_suite import LiveSuite, rows
from support.waiting import becomes

from mr_safety_console.console.app import ConsoleApp
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import AnnounceTransit
from mr_safety_console.domain.staff import SignOn
from mr_safety_console.domain.visit_facts import EnterZoneIV
from mr_safety_console.start.demo import SITE

pytestmark = [pytest.mark.pty, pytest.mark.timeout(60)]

ELSEWHERE = replace(SITE, b0_mt=3000, scanner="MR 2", hash="demo-mr-2")


async def test_a_clearance_at_another_field_strength_lets_nobody_in(tmp_path: Path) -> None:
    """A11, I8: cleared to the door at 1.5 T; the console watches 3 T from the next start on."""
    with LiveSuite(tmp_path) as suite:
        suite.settle()
        visit = suite.arrive()
        suite.to_the_door(visit)
        suite.do(AnnounceTransit(visit=visit))  # nothing was found at 1.5 T
    with LiveSuite(tmp_path, ELSEWHERE) as suite:
        suite.believes("fmd-iv", Condition.NORMAL)
        suite.do(SignOn(person=suite.person("AE")), "AE")
        app = ConsoleApp(suite.parts())
        async with app.run_test(size=(120, 40)) as pilot:

            async def sees(words: str) -> None:
                await becomes(lambda: words in glass(app), 5, f"{words!r} on the screen")

            await pilot.press("f3")
            await sees("another magnet or field")
            await sees("SHORTEST WAY BACK")
            await sees("3.0 T")
            assert "Interview: finish it, sign the review" in glass(app)
            # The key that announces says why not, and the one that lets in lets nobody in.
            await pilot.press("t")
            await sees("The screening interview stands at")
            assert suite.refused(EnterZoneIV(visit=visit)) == "screening-not-cleared"
            assert not suite.state.visits.inside
        data = suite.data
    opened = rows(data, "visit-opened")[0]
    assert (opened["scanner"], opened["b0_mt"]) == (SITE.site, 1500)
    assert rows(data, "visit-bound") == [{"visit": visit, "scanner": "MR 2", "b0_mt": 3000}]
    fallen = {row["leg"] for row in rows(data, "leg-fell") if row["reason"] == "scanner-changed"}
    assert {"screening", "zone-iii", "door-list"} <= fallen
    assert rows(data, "screening-voided")[0]["reason"] == "scanner-changed"
    assert "screening-not-cleared" in {row["rule"] for row in rows(data, "attempt-refused")}
    assert not rows(data, "zone-iv-entered")
