"""The escort walks out, somebody untrained stays with the magnet: told at once, and never released by it."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.console_site import glass
from support.live_suite import LiveSuite, rows
from support.waiting import becomes

from mr_safety_console.console.app import ConsoleApp
from mr_safety_console.domain.people_acts import (
    AdmitColleague,
    AdmitPerson,
    PersonEntersZoneIV,
    PersonLeavesZoneIV,
    RecordPersonPass,
)

pytestmark = [pytest.mark.pty, pytest.mark.timeout(60)]


def person_no(suite: LiveSuite, name: str) -> str:
    return next(one.id for one in suite.state.people.here.values() if name in (one.name, one.staff))


async def test_an_escort_who_leaves_first_is_told_of_and_not_released(tmp_path: Path) -> None:
    """A8 on the real app: a visitor in Zone IV, BS who answers for them goes out alone."""
    with LiveSuite(tmp_path) as suite:
        suite.settle()
        ben = suite.person("BS")
        suite.do(AdmitColleague(staff=ben))
        asked = AdmitPerson(
            name="Vera Visitor", purpose="to see the room", kind_of="visitor", escort=ben, max_zone="IV"
        )
        # Nobody untrained goes in while the escort is not on the record inside.
        suite.do(asked, "AE")
        vera, escort = person_no(suite, "Vera Visitor"), person_no(suite, ben)
        suite.screen_by_name(vera)
        for who in (vera, escort):
            suite.do(RecordPersonPass(person=who))
        assert suite.refused(PersonEntersZoneIV(person=vera)) == "escort-not-inside"
        suite.do(PersonEntersZoneIV(person=escort))
        suite.do(PersonEntersZoneIV(person=vera))
        app = ConsoleApp(suite.parts())
        async with app.run_test(size=(120, 40)) as pilot:

            async def sees(words: str) -> None:
                await becomes(lambda: words in glass(app), 5, f"{words!r} on the screen")

            await pilot.press("ctrl+g")
            await sees("Vera Visitor")
            suite.do(PersonLeavesZoneIV(person=escort))
            await sees("NO ESCORT INSIDE - somebody untrained is in there")
            left = suite.state.people.here[vera]
            assert left.inside
            assert left.escort == ben, "the escort still answers"
            # Nobody scans beside somebody untrained and alone, and words alone do not end it.
            visit = suite.arrive()
            assert "escort-not-inside" in suite.against_entry(visit)
            alarm = next(one for one in suite.state.alarms.open.values() if one.rule == "escort-missing")
            assert alarm.present
            await pilot.press("f6", "a")
            await becomes(lambda: suite.state.alarms.open[alarm.id].answered, 5, "the acknowledgement")
            assert suite.state.alarms.open[alarm.id].present
            # Out comes the visitor: the condition is over, the alarm waits for its disposition.
            suite.do(PersonLeavesZoneIV(person=vera))
            await becomes(
                lambda: not suite.state.alarms.open[alarm.id].present, 5, "the end of the condition"
            )
            assert alarm.id in suite.state.alarms.open
        data = suite.data
    raised = [row for row in rows(data, "alarm-raised") if row["rule"] == "escort-missing"]
    assert len(raised) == 1
    assert [row["person"] for row in rows(data, "person-entered-zone-iv")] == [escort, vera]
    assert [row["person"] for row in rows(data, "person-left-zone-iv")] == [escort, vera]
    assert "escort-not-inside" in {row["rule"] for row in rows(data, "attempt-refused")}
