"""A companion who walks in with a chain (Westbury 2025), by keys alone: no quick way, every alarm told."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.console_site import glass
from support.live_suite import LiveSuite, rows
from support.waiting import becomes

from mr_safety_console.console.app import ConsoleApp
from mr_safety_console.domain.doors import AnnounceTransit
from mr_safety_console.domain.people_acts import AdmitPerson
from mr_safety_console.domain.visit_facts import EnterZoneIV

pytestmark = [pytest.mark.pty, pytest.mark.timeout(60)]


async def test_a_companion_has_no_quick_way_in_and_one_who_walks_in_is_told_of(tmp_path: Path) -> None:
    """S1: own interview, own pass, own escort; iron at the door stops everybody; nothing is hidden."""
    with LiveSuite(tmp_path) as suite:
        suite.settle()
        app = ConsoleApp(suite.parts())
        async with app.run_test(size=(120, 40)) as pilot:

            async def sees(words: str) -> None:
                await becomes(lambda: words in glass(app), 5, f"{words!r} on the screen")

            # People has no way in for a companion but a visit of their own.
            await pilot.press("ctrl+g")
            await sees("STAFF NOT HERE")
            await pilot.press("ctrl+n", "1")
            await sees("NEW VISIT OF A COMPANION")
            await pilot.press(*"Carl", "enter", *"1960", "minus", *"02", "minus", *"03", "enter", "enter")
            await sees("Carl · COMPANION")
            await sees("The screening interview stands at not begun.")
            visit = next(reversed(suite.state.visits.open))
            by_name = AdmitPerson(
                name="Carl",
                purpose="asked for",
                kind_of="companion",
                escort=suite.person("AE"),
                max_zone="IV",
            )
            assert suite.refused(by_name) == "companion-own-visit"
            assert suite.refused(AnnounceTransit(visit=visit)) == "screening-not-cleared"

            # The chain comes near. Nobody goes in on the alarm, whoever they are.
            suite.rig.detector.alarm()
            await sees("Iron near the door")
            assert suite.refused(AnnounceTransit()) in ("ferrous-alarm-open", "detector-in-alarm")

            # They are inside all the same: written down, not cleared, with nobody who answers for them.
            suite.do(EnterZoneIV(visit=visit, staff=0, anyway=True))
            await sees("NO ESCORT INSIDE - somebody untrained is in there")
            await pilot.press("ctrl+g")
            await sees("■ NOT CLEARED")
        told = {str(row["rule"]) for row in rows(suite.data, "alarm-raised")}
        assert {"ferrous-approach", "entered-uncleared", "escort-missing"} <= told
        entered = rows(suite.data, "zone-iv-entered")[-1]
        assert entered["uncleared"] is True
        assert "companion-escort" in str(entered["against"])
        refused = {str(row["rule"]) for row in rows(suite.data, "attempt-refused")}
        assert {"companion-own-visit", "screening-not-cleared"} <= refused
