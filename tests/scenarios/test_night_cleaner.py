"""A cleaner with a floor machine at night, with nobody rostered: told at once, refused, let in by nobody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.console_site import glass
from support.live_suite import PINS, LiveSuite, rows
from support.player import PlayerDouble
from support.waiting import becomes

from mr_safety_console.console.app import ConsoleApp
from mr_safety_console.domain import suite_people
from mr_safety_console.domain.alarm_points import Priority
from mr_safety_console.domain.doors import AnnounceTransit
from mr_safety_console.domain.items_facts import ItemClass, MoveItem, RegisterItem
from mr_safety_console.domain.people_acts import AdmitPerson, PersonEntersZoneIV
from mr_safety_console.domain.permits import OpenPermit
from mr_safety_console.domain.roster import CloseShift
from mr_safety_console.domain.visit_facts import CountStaff
from mr_safety_console.engine.face import trial_context
from mr_safety_console.journal.query import raw_rows

pytestmark = [pytest.mark.pty, pytest.mark.timing, pytest.mark.timeout(60)]

AT_ONCE_S = 1.0
WORK = {"kind_of": "cleaning", "holder": "Clara Cleaner", "tools_told": "mop", "zone": "IV"}


def kinds(data: Path) -> list[str]:
    """Return the kinds of every row, oldest first."""
    return [json.loads(body)["kind"] for _, body, _ in raw_rows(data)]


def against(suite: LiveSuite, person: str) -> set[str]:
    """Return the rules that keep somebody out of the magnet room now."""
    running = suite.running
    ctx = trial_context(running.engine.state, running.profile, running.forms, running.clock.now())
    found = suite_people.entry_findings(suite.state, suite.state.people.here[person], ctx)
    return {one.why.rule for one in found}


async def test_a_cleaner_with_a_floor_machine_at_night(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """H18, A25: no shift ends over a head; at night any opening is High and sounds; no work begins."""
    double = PlayerDouble(tmp_path / "double")
    monkeypatch.setenv("MRSC_PLAYER", str(double.path))
    with LiveSuite(tmp_path) as suite:
        suite.settle()
        suite.do(RegisterItem(tag="F-1", name="Floor machine", sort=ItemClass.CLEANING_MACHINE))
        (machine,) = suite.state.items.register
        suite.do(CountStaff(staff_inside=1))
        app = ConsoleApp(suite.parts())
        async with app.run_test(size=(120, 40)) as pilot:

            async def sees(words: str) -> None:
                await becomes(lambda: words in glass(app), 5, f"{words!r} on the screen")

            # The shift does not end while one head is recorded inside.
            await pilot.press("ctrl+r")
            await sees("On the record in Zone IV: staff.")
            await sees("Record each way out")
            assert suite.state.roster.unrostered is None
            suite.do(CountStaff(staff_inside=0))

            # Counted by eye and signed, it does. A wrong count changes nothing.
            await pilot.press("escape", "ctrl+r")
            await sees("CLOSE THE SHIFT, NOBODY FOLLOWS")
            await pilot.press("1", "enter")
            await sees("You counted 1; the record has 0")
            await pilot.press("escape", "ctrl+r", "0", "enter")
            await sees("SIGN: the shift closed, nobody follows")
            await pilot.press(*"AE", "enter")
            await sees("now the PIN")
            await pilot.press(*PINS["AE"], "enter")
            await sees("◌ NOBODY ROSTERED")
            await sees("▲ NOBODY ROSTERED")
            assert suite.state.staff.session is None
            assert not double.begun()

            # Somebody opens the door at night: High at once, in words and aloud.
            suite.rig.door.open()
            await becomes(lambda: "■ DOOR FORCED" in glass(app), AT_ONCE_S, "the forced door on the screen")
            await sees("DOOR OPENED, NOBODY ROSTERED")
            await sees("FORCED, nobody rostered")
            await becomes(lambda: double.begun() == ["high.wav"], AT_ONCE_S, "the High burst")
            (alarm,) = [one for one in suite.state.alarms.open.values() if one.rule == "door-unrostered"]
            assert alarm.priority is Priority.HIGH

            # The machine, the cleaner, the announcement and the permit: no path lets any of them in.
            assert suite.refused(MoveItem(item=machine, to="IV", brought_by="cleaner")) == "item-unlabelled"
            assert suite.refused(AnnounceTransit()) == "nobody-signed-on"
            fit = {"name": "Clara Cleaner", "purpose": "floor", "kind_of": "cleaner", "max_zone": "IV"}
            admitted = AdmitPerson(escort=suite.person("AE"), **fit)
            assert suite.refused(admitted) == "nobody-signed-on"
            permit = OpenPermit(tools=1, minutes=60, **WORK)
            assert suite.refused(permit, "AE") == "nobody-rostered"
            assert suite.refused(CloseShift(heads=0), "AE") == "door-not-closed"

            # Somebody of the register comes and signs on. Without a permit the cleaner stays out.
            await pilot.press("ctrl+o", *"AE", "enter")
            await sees("now the PIN")
            await pilot.press(*PINS["AE"], "enter")
            await becomes(lambda: suite.state.roster.unrostered is None, 5, "the roster")
            await sees("AE MRST signed on")
            await sees("FORCED, nobody rostered")
            suite.do(admitted)
            (cleaner,) = suite.state.people.here
            assert "permit-needed" in against(suite, cleaner)
            assert suite.refused(PersonEntersZoneIV(person=cleaner)) != ""
            suite.rig.door.close()
            await sees("○ closed")
            suite.do(permit, "AE")
            assert "permit-needed" not in against(suite, cleaner)
            assert "escort-not-inside" in against(suite, cleaner)
            assert suite.refused(MoveItem(item=machine, to="IV", brought_by="cleaner")) == "item-unlabelled"
    assert rows(suite.data, "shift-closed") == [{"heads": 0, "items": 0}]
    assert [one["reason"] for one in rows(suite.data, "nobody-rostered")] == ["closed"]
    assert [one["forced"] for one in rows(suite.data, "door-opened")] == [True]
    refused = [(one["act"], one["rule"]) for one in rows(suite.data, "attempt-refused")]
    assert ("close-shift", "shift-people") in refused
    assert ("close-shift", "head-count-differs") in refused
    assert ("open-permit", "nobody-rostered") in refused
    assert refused.count(("move-item", "item-unlabelled")) == 2
    happened = kinds(suite.data)
    assert happened.index("rostered-again", happened.index("nobody-rostered")) < happened.index(
        "permit-opened"
    )
    assert "person-entered-zone-iv" not in happened
    assert "item-moved" not in happened
    assert "door-kept" not in happened
