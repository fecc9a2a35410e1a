"""A cylinder already inside, carried in on somebody's word (Gimhae 2021, Mumbai 2018), by keys alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.console_site import glass
from support.live_suite import LiveSuite, rows
from support.waiting import becomes

from mr_safety_console.console.app import ConsoleApp
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.staff import SignOn

pytestmark = [pytest.mark.pty, pytest.mark.timeout(60)]


async def test_a_cylinder_already_inside_holds_everybody_out_until_it_is_out(tmp_path: Path) -> None:
    """S5: no word lets it in, a silent detector promises nothing, and the record tells who said what."""
    with LiveSuite(tmp_path) as suite:
        suite.do(SignOn(person=suite.person("AE")), "AE")
        suite.believes("fmd-iv", Condition.NORMAL)
        visit = suite.arrive()
        app = ConsoleApp(suite.parts())
        async with app.run_test(size=(120, 40)) as pilot:

            async def sees(words: str) -> None:
                await becomes(lambda: words in glass(app), 5, f"{words!r} on the screen")

            # Somebody from the ward brings a cylinder nobody knows: it is entered, and it is refused.
            await pilot.press("ctrl+t", "5", "1", *"W7", "enter", *"cylinder", "enter")
            await sees("I1 W7 cylinder  OXYGEN CYLINDER")
            await pilot.press("1", "1", "enter", "enter")
            await sees("none goes into the magnet room, whatever its label")
            assert suite.state.inside.places == {}
            assert "item-inside" not in suite.against_entry(visit)

            # It is inside all the same. The detector is quiet, and nobody may call the room anything.
            await pilot.press("escape", "1", "3", *"visitor", "enter", "enter")
            await sees("ITEM IN THE MAGNET ROOM, NOT CLEARED")
            await sees("brought by a visitor")
            assert suite.state.points.condition("fmd-iv") is Condition.NORMAL
            assert "cannot see still objects" in glass(app)
            assert "item-inside" in suite.against_entry(visit)

            # Explained is not out: acknowledged and disposed of, it holds as before.
            alarm = next(one for one in suite.state.alarms.open.values() if one.rule == "item-uncleared")
            await pilot.press("f6", "a")
            await becomes(lambda: suite.state.alarms.open[alarm.id].answered, 5, "the acknowledgement")
            await pilot.press("d", "4", *"off", "enter")
            await becomes(lambda: bool(suite.state.alarms.open[alarm.id].disposition), 5, "the disposition")
            assert suite.state.alarms.open[alarm.id].present
            assert "item-inside" in suite.against_entry(visit)

            await pilot.press("ctrl+t", "2", "1")
            await becomes(lambda: alarm.id not in suite.state.alarms.open, 5, "the end of the alarm")
            assert "item-inside" not in suite.against_entry(visit)
        data, person = suite.data, suite.person("AE")
    moved = rows(data, "item-moved")
    assert [(one["was"], one["to"], one["brought_by"]) for one in moved] == [
        ("out", "IV", "visitor"),
        ("IV", "out", person),
    ]
    assert moved[0]["against"] == ["item-oxygen-cylinder", "item-unlabelled", "item-quarantined"]
    refused = [one for one in rows(data, "attempt-refused") if one["act"] == "move-item"]
    assert [one["rule"] for one in refused] == ["item-oxygen-cylinder"]
    assert "cylinder" not in json.dumps(rows(data, "item-registered")).replace("oxygen-cylinder", "")
