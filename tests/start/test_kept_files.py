"""A start on a directory that is not whole: what is missing, foreign or lost is told, never passed over."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from suite_files import Home
from support.waiting import wait_until
from test_bootstrap import kinds, settings_of, started

from mr_safety_console.bootstrap import Running
from mr_safety_console.domain.staff import SignOn
from mr_safety_console.engine.clock import SystemClock
from mr_safety_console.engine.face import Accepted, Credential
from mr_safety_console.engine.intake import Intake
from mr_safety_console.engine.spool import Spool, places
from mr_safety_console.start.demo import STAFF
from mr_safety_console.start.demo_run import hire
from mr_safety_console.start.staff_desk import StaffError, listed


def alarms(running: Running) -> set[str]:
    return {alarm.rule for alarm in running.engine.state.state.alarms.open.values()}


def runtime_copy(home: Home) -> Path:
    return places(home.data, home.env)[1]


def test_a_fresh_record_never_takes_in_the_emergencies_of_the_one_before(home: Home) -> None:
    """A copy in the runtime directory outlives its data; it is set aside by name and told."""
    with started(home) as running:
        before = running.engine.state.state.run.console
        running.intake.press()
        wait_until(lambda: running.engine.state.state.emergency.open, 10, "the emergency on the record")
    kept = next(runtime_copy(home).glob("*.spool")).read_bytes()
    shutil.rmtree(home.data)
    with started(home) as running:
        assert running.engine.state.state.run.console != before
        wait_until(lambda: "spool-foreign" in alarms(running), 10, "told")
        assert not running.engine.state.state.emergency.open
    (aside,) = runtime_copy(home).glob("*.of-*")
    assert aside.name.endswith(f".of-{before}")
    assert aside.read_bytes() == kept
    with started(home) as running:
        wait_until(lambda: running.engine.state.at.bt, 1, "a second start")
    assert kinds(home).count("spool-set-aside") == 1
    assert "emergency-opened" not in kinds(home)


def test_the_console_of_a_record_stands_beside_its_spool_and_in_every_press(home: Home) -> None:
    with started(home) as running:
        console = running.engine.state.state.run.console
        ticket = running.intake.press()
        assert ticket.record.con == console
    assert (home.data / "spool" / "console").read_text().strip() == console
    assert not (home.data / "spool" / "console.next").exists()


def test_an_emergency_of_the_line_mode_that_did_not_know_whose_it_was_comes_in(home: Home) -> None:
    with started(home):
        pass
    lane = Intake(Spool(places(home.data, home.env)[1:]), SystemClock(), lambda *_: None)
    lane.start()
    ticket = lane.press()
    assert ticket.settled.wait(5)
    assert lane.close()
    with started(home) as running:
        wait_until(lambda: running.engine.state.state.emergency.open, 10, "taken in")


@pytest.mark.parametrize("lost", ["head", "keys.db"])
def test_a_file_made_anew_is_a_fact_and_an_alarm_at_that_start_only(home: Home, lost: str) -> None:
    with started(home) as running:
        hire(running)
    if lost == "head":
        (home.data / "head").unlink()
    else:  # what the refusal of a start without it advises when it is lost for ever
        (home.data / "keys.db").write_bytes(b"")
    for times in (1, 2):
        with started(home) as running:
            wait_until(lambda: "file-missing" in alarms(running), 10, "told")
            if times == 1 and lost == "keys.db":
                hire_one_more(running)
        assert kinds(home).count("file-missed") == 1


def hire_one_more(running: Running) -> None:
    """Make a new subject, so that the keyring is not empty any more."""
    from mr_safety_console.domain.staff import AddStaff  # noqa: PLC0415

    people = running.engine.state.state.staff.people.values()
    officer = next(person for person in people if "MRSO" in person.roles)
    asked = AddStaff(name="N", initials="ZZ", roles=("L1",), pin_hash=running.pins.hash("135791"))
    pin = next(who[3] for who in STAFF if who[1] == officer.initials)
    assert isinstance(running.engine.submit(asked, (Credential(officer.id, pin),)).result(10), Accepted)


def test_a_missing_pepper_starts_watching_says_so_each_time_and_is_not_made_anew(home: Home) -> None:
    with started(home) as running:
        hire(running)
        people = {person.initials: person.id for person in running.engine.state.state.staff.people.values()}
    pepper = home.data / "pepper"
    kept = pepper.read_bytes()
    pepper.unlink()
    _, initials, _, pin = STAFF[0]
    asked, given = SignOn(person=people[initials]), Credential(people[initials], pin)
    for _ in range(2):
        with started(home) as running:
            wait_until(lambda: "pepper-missing" in alarms(running), 10, "told")
            assert not isinstance(running.engine.submit(asked, (given,)).result(10), Accepted)
        assert not pepper.exists(), "a new one would stand in the way of the copy"
    assert kinds(home).count("file-missed") == 2
    with pytest.raises(StaffError, match="Put back its copy"):
        listed(home.data)
    pepper.write_bytes(kept)
    with started(home) as running:
        assert isinstance(running.engine.submit(asked, (given,)).result(10), Accepted)


def test_a_lane_with_one_copy_is_an_alarm_until_there_are_two(home: Home) -> None:
    """Nobody learns only in an emergency that there is no second copy of it."""
    second = runtime_copy(home)
    second.write_text("in the way")
    with started(home) as running:
        wait_until(lambda: "lane-one-copy" in alarms(running), 10, "told")
        (alarm,) = [a for a in running.engine.state.state.alarms.open.values() if a.rule == "lane-one-copy"]
        assert alarm.present
        second.unlink()
        running.intake.press()
        wait_until(
            lambda: not running.engine.state.state.alarms.open[alarm.id].present, 10, "the copy is back"
        )
    assert kinds(home).count("lane-copies-changed") == 2


def test_nothing_is_said_of_a_directory_that_is_whole(home: Home) -> None:
    for _ in range(2):
        with started(home) as running:
            hire(running)
            running.intake.press()
            wait_until(lambda: running.engine.state.state.emergency.open, 10, "the emergency on the record")
            assert alarms(running) <= {"restarted"}
    assert not {"file-missed", "spool-set-aside", "lane-copies-changed"} & set(kinds(home))
    assert settings_of(home).data == home.data
