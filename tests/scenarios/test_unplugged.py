"""A device pulled out: UNKNOWN in time, with its age; gates shut; back only after fresh sentences."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from support.live_suite import LiveSuite
from support.waiting import becomes

from mr_safety_console.console.app import ConsoleApp
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import AnnounceTransit
from mr_safety_console.domain.roster import CloseShift
from mr_safety_console.domain.visit_facts import AuthoriseZoneIII, Leg, RecordDetectorPass

pytestmark = [pytest.mark.pty, pytest.mark.timing, pytest.mark.timeout(90)]

SHOWN_S = 3.0


def screen_text(app: ConsoleApp) -> str:
    """Return what the screen shows, as text."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


def row_about(app: ConsoleApp, words: str) -> str:
    """Return the first shown line with these words."""
    return next((line for line in screen_text(app).splitlines() if words in line), "")


def open_rules(suite: LiveSuite) -> set[str]:
    """Return the rules of the alarms open on the disk."""
    return {alarm.rule for alarm in suite.state.alarms.open.values()}


async def test_an_unplugged_detector_is_unknown_and_its_legs_stay_fallen(tmp_path: Path) -> None:
    """I3, I12, A10: shown within 3 s with its age running; nobody goes in on it; the pass is redone."""
    with LiveSuite(tmp_path) as suite:
        suite.settle()
        visit = suite.arrive()
        suite.to_the_detector(visit)
        suite.do(RecordDetectorPass(visit=visit))
        app = ConsoleApp(suite.parts())
        async with app.run_test(size=(120, 40)):
            await becomes(lambda: "no alarm since" in row_about(app, "Detector"), 5, "a live detector")
            suite.rig.detector.unplug()
            began = time.monotonic()
            await becomes(lambda: "UNKNOWN" in row_about(app, "Detector"), SHOWN_S, "UNKNOWN on the screen")
            assert time.monotonic() - began <= SHOWN_S
            first = row_about(app, "Detector")
            await becomes(lambda: row_about(app, "Detector") != first, 3, "the age running on")
            assert re.search(r"\d", row_about(app, "Detector"))
            await becomes(
                lambda: suite.state.visits.open[visit].legs[Leg.DETECTOR_PASS].fallen, 2, "the leg fallen"
            )
            assert suite.refused(RecordDetectorPass(visit=visit)) == "detector-unknown"
            assert suite.refused(AuthoriseZoneIII(visit=visit)) == "leg-missing"
            suite.rig.detector.replug()
            await becomes(lambda: "no alarm since" in row_about(app, "Detector"), 8, "the tile back")
            assert suite.state.visits.open[visit].legs[Leg.DETECTOR_PASS].fallen == "detector-lost"
            # Its proof of this shift went with it: silence alone proves nothing.
            assert suite.refused(RecordDetectorPass(visit=visit)) == "detector-unproved"


async def test_an_unplugged_door_is_unknown_and_comes_back(tmp_path: Path) -> None:
    """I3: the door's tile turns UNKNOWN within 3 s and recovers by itself."""
    with LiveSuite(tmp_path) as suite:
        suite.settle()
        app = ConsoleApp(suite.parts())
        async with app.run_test(size=(80, 24)):
            await becomes(lambda: "closed" in row_about(app, "Zone IV door"), 5, "a closed door")
            suite.rig.door.unplug()
            began = time.monotonic()
            await becomes(lambda: "UNKNOWN" in row_about(app, "Zone IV door"), SHOWN_S, "UNKNOWN")
            assert time.monotonic() - began <= SHOWN_S
            await becomes(lambda: "door-lost" in open_rules(suite), 2, "the alarm in the record")
            suite.rig.door.replug()
            await becomes(lambda: "closed" in row_about(app, "Zone IV door"), 8, "the tile back")


async def test_a_silent_detector_is_unknown_though_its_line_is_there(tmp_path: Path) -> None:
    """I3, H1: silence on an open port is loss like any other."""
    with LiveSuite(tmp_path) as suite:
        suite.settle()
        app = ConsoleApp(suite.parts())
        async with app.run_test(size=(120, 40)):
            await becomes(lambda: "no alarm since" in row_about(app, "Detector"), 5, "a live detector")
            suite.rig.detector.silence()
            last = suite.running.engine.state.live["fmd-iv"].heard_bt
            await becomes(lambda: "UNKNOWN" in row_about(app, "Detector"), 4, "UNKNOWN on the screen")
            heard = suite.running.engine.state.live["fmd-iv"].heard_bt
            now = suite.running.clock.now().bt
            assert (now - max(heard, last)) / 1e9 <= SHOWN_S + 0.1
            suite.believes("fmd-iv", Condition.UNKNOWN)
            suite.rig.detector.silence(False)
            await becomes(lambda: "no alarm since" in row_about(app, "Detector"), 8, "the tile back")


async def test_a10_pulled_lines_are_unknown_and_the_suite_restricted_within_three_seconds(
    tmp_path: Path,
) -> None:
    """A10, I3: tiles and readiness, by name; back only with fresh words, and what was lost is told."""
    with LiveSuite(tmp_path) as suite:
        suite.settle()
        app = ConsoleApp(suite.parts())
        async with app.run_test(size=(120, 40)):
            await becomes(lambda: "nothing found" in row_about(app, "readiness"), 5, "nothing found")
            suite.rig.detector.unplug()
            suite.rig.door.unplug()
            began = time.monotonic()
            for words in ("Detector", "Zone IV door"):
                await becomes(
                    lambda said=words: "UNKNOWN" in row_about(app, said), SHOWN_S, f"{words} UNKNOWN"
                )
            await becomes(lambda: "▲ RESTRICTED" in row_about(app, "readiness"), SHOWN_S, "the restriction")
            assert time.monotonic() - began <= SHOWN_S
            assert suite.refused(AnnounceTransit()) == "detector-unknown"
            assert suite.refused(CloseShift(heads=0), "AE") == "door-not-closed"
            suite.rig.detector.replug()
            suite.rig.door.replug()
            await becomes(lambda: "closed" in row_about(app, "Zone IV door"), 8, "the door back")
            await becomes(lambda: "no alarm since" in row_about(app, "Detector"), 8, "the detector back")
            # Its proof of this shift went with it: it is heard again, and the suite stays restricted.
            await becomes(lambda: "proof-tested" in screen_text(app), 3, "the missing proof")
            assert "▲ RESTRICTED" in row_about(app, "readiness")
