"""A start without a screen: armed when it returns, on the last good site file, emergencies first."""

from __future__ import annotations

from pathlib import Path

import pytest
from suite_files import SITE, Home, kinds, settings_of, started
from support.suite_world import forms
from support.waiting import wait_until

from devices.mock.rig import Rig
from mr_safety_console.bootstrap import LAST_GOOD, Running, StartError, load_site
from mr_safety_console.console.early import EarlyScreen
from mr_safety_console.domain.clearance import staff as staff_findings
from mr_safety_console.domain.emergency import OpenEmergency
from mr_safety_console.domain.staff import SignOn
from mr_safety_console.engine.clock import SystemClock
from mr_safety_console.engine.face import Accepted, Credential, trial_context
from mr_safety_console.engine.intake import Intake
from mr_safety_console.engine.spool import Spool, places
from mr_safety_console.journal.query import Query
from mr_safety_console.start.demo import SITE as DEMO
from mr_safety_console.start.demo import STAFF
from mr_safety_console.start.demo_run import demonstrate, hire


def test_when_it_returns_the_first_fact_is_on_the_disk_and_the_lane_takes_a_press(home: Home) -> None:
    with started(home) as running:
        assert kinds(home)[:3] == ["log-begun", "console-started", "points-unproven"]
        assert running.engine.state.ready
        running.intake.press()
        wait_until(lambda: "emergency-opened" in kinds(home), 10, "the emergency on the record")
        assert home.recorded() == ["open-emergency"]
    assert kinds(home)[-1] == "console-stopped"


def test_ports_that_are_not_there_start_all_the_same_and_nothing_is_believed(home: Home) -> None:
    with started(home) as running:
        ctx = trial_context(running.engine.state, running.profile, forms(), running.clock.now())
        assert staff_findings(running.engine.state.state, ctx)
        assert not running.simulated


def test_an_emergency_of_a_dead_run_is_a_fact_of_the_next_and_comes_once(home: Home) -> None:
    lane = Intake(Spool(places(home.data, home.env)), SystemClock(), lambda *_: None)
    lane.start()
    ticket = lane.press()
    assert ticket.settled.wait(5)
    assert lane.close()
    for _ in range(2):
        with started(home) as running:
            wait_until(lambda: running.engine.state.state.emergency.open, 5, "taken in")
            (opened,) = running.engine.state.state.emergency.open
            assert opened.id == ticket.command.emergency  # type: ignore[attr-defined]
    assert kinds(home).count("emergency-opened") == 1


def test_what_was_open_is_open_after_a_restart_also_without_the_cache(home: Home) -> None:
    with started(home) as running:
        hire(running)
        running.engine.submit(OpenEmergency(emergency="EM1")).result(10)
        before = running.engine.state.state
    for name in ("state.cache", "state.cache.old", None):
        if name:
            (home.data / name).unlink(missing_ok=True)
        with started(home) as running:
            after = running.engine.state.state
            assert after.staff.people == before.staff.people
            assert [opened.id for opened in after.emergency.open] == ["EM1"]
            assert any(alarm.rule == "restarted" for alarm in after.alarms.open.values())


# --- the site file ---


def test_an_unreadable_site_file_starts_on_the_last_good_one_at_its_strictest(home: Home) -> None:
    with started(home) as running:
        assert running.banner == ""
        assert running.profile.limit("transit_s") == 45
    home.site.write_text(SITE.replace("zone =", "zne ="))
    with started(home) as running:
        assert "SITE FILE UNREADABLE" in running.banner
        assert "zne" in running.banner
        assert running.profile.limit("transit_s") == 10
        assert running.profile.limit("silence_ms") == 2500
        assert running.profile.site.startswith("Examplethorpe")
    assert (home.data / LAST_GOOD).read_text() == SITE, "a broken file never becomes the last good one"


def test_a_last_good_copy_that_is_broken_too_is_no_start(home: Home) -> None:
    home.site.unlink()
    home.data.mkdir(parents=True, mode=0o700)
    (home.data / LAST_GOOD).write_text("rubbish")
    with pytest.raises(StartError, match=r"site\.toml"):
        load_site(settings_of(home))


def test_a_kill_while_keeping_leaves_the_last_good_copy_whole(home: Home) -> None:
    with started(home):
        pass
    (home.data / f"{LAST_GOOD}.new").write_text("half a fi")
    home.site.write_text(SITE + "# newer\n")
    with started(home):
        pass
    assert (home.data / LAST_GOOD).read_text() == SITE + "# newer\n"
    assert not (home.data / f"{LAST_GOOD}.new").exists()


# --- the demonstration ---


def test_the_demo_hires_everybody_once_and_each_can_sign_on(home: Home) -> None:
    with started(home, profile=DEMO, ports=()) as running:
        hire(running)
        hire(running)
        people = running.engine.state.state.staff.people
        assert sorted(person.initials for person in people.values()) == sorted(who[1] for who in STAFF)
        by_initials = {person.initials: person for person in people.values()}
        for _, initials, roles, pin in STAFF:
            person = by_initials[initials]
            assert person.roles == roles
            given = Credential(person.id, pin)
            assert isinstance(running.engine.submit(SignOn(person=person.id), (given,)).result(10), Accepted)


@pytest.mark.pty
def test_the_mock_devices_are_heard_over_real_lines_and_called_simulated(home: Home, tmp_path: Path) -> None:
    with Rig(tmp_path) as rig, started(home, profile=DEMO, ports=rig.ports) as running:
        assert running.simulated

        def normal() -> bool:
            points = running.engine.state.state.points.points
            return len(points) == 2 and all(point.condition == "NORMAL" for point in points.values())

        wait_until(normal, 10, "both points NORMAL on the record")
        assert {level.origin for level in running.engine.state.live.values()} == {"SIMULATED"}
    query = Query(home.data)
    try:
        lines = query.page_after(1, 500)
    finally:
        query.close()
    assert {line.entry.mode for line in lines if line.entry} == {"sim"}


@pytest.mark.pty
def test_the_demo_leaves_nothing_behind_but_what_it_was_given(home: Home) -> None:
    seen: list[Path] = []

    def screen(running: Running, _early: EarlyScreen) -> int:
        seen.append(running.data)
        wait_until(lambda: len(running.engine.state.state.staff.people) == len(STAFF), 10, "staff")
        assert "PINs" in running.banner
        running.close()
        return 7

    assert demonstrate("", None, screen) == 7
    assert not seen[0].exists()
    assert demonstrate("", home.data, screen) == 7
    assert seen[1] == home.data
    assert (home.data / "journal.db").exists()


def test_an_unknown_scenario_is_said_before_anything_starts(home: Home) -> None:
    with pytest.raises(ValueError, match="no-such"):
        demonstrate("no-such", home.data, lambda _running, _early: 0)
    assert not home.data.exists()
