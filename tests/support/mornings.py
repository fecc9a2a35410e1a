"""Mornings of a console's suite: its checks made, one not made in time, one failed, STOP USE."""

from __future__ import annotations

from dataclasses import replace

from support.console_site import Site

from mr_safety_console.domain import check_rules
from mr_safety_console.domain.check_facts import RecordCheck, StartDoorTest, WaiveCheck
from mr_safety_console.domain.check_rules import Line
from mr_safety_console.domain.check_template import MRU_PARTS, TEMPLATE, Sensed
from mr_safety_console.domain.detectors import Condition, StartWalkTest
from mr_safety_console.domain.doors import KeepDoor, LeaveDoor

INSTEAD = "The made-up scanner 2 takes the list; engineer on 002."


def with_checks(site: Site, *names: str) -> None:
    """Let the suite ask for these checks, all of the template without a name; BB signs on."""
    listed = tuple(one for one in TEMPLATE if not names or one.id in names)
    approved = {"checks_approved": "a made-up officer", "instead": INSTEAD}
    site.face.profile = replace(site.face.profile, checks=listed, **approved)
    site.face.hear("door-iv", Condition.NORMAL)
    site.face.hear("fmd-iv", Condition.NORMAL)
    site.face.sign_on(site.ben)


def lines(site: Site) -> tuple[Line, ...]:
    view = site.view(profile=site.face.profile)
    return check_rules.lines(view.state, view.ctx)


def walk(site: Site) -> None:
    site.do(StartWalkTest(point="fmd-iv"))
    site.face.hear("fmd-iv", Condition.DANGER)
    site.face.hear("fmd-iv", Condition.NORMAL)


def cycle(site: Site) -> None:
    """Keep the door, open and close it under its contact."""
    site.do(KeepDoor())
    site.do(StartDoorTest(point="door-iv"))
    site.face.hear("door-iv", Condition.DANGER)
    site.face.hear("door-iv", Condition.NORMAL)
    site.do(LeaveDoor())


def make(site: Site, *but: str) -> None:
    """Make every check as expected, except some."""
    for one in lines(site):
        if one.check.id in but:
            continue
        if one.check.sensed is Sensed.DOOR_TEST:
            cycle(site)
            continue
        if one.check.sensed is Sensed.WALK_TEST:
            walk(site)
        value = "20.8" if one.check.id == "C06" else "0.4" if one.check.unit else ""
        asked = RecordCheck(check=one.check.id, asset=one.asset, value=value, lit=one.check.parts)
        site.do(asked, *((site.ben, site.cleo) if one.check.witness else ()))
        site.face.beat(20)


def stop_use(site: Site) -> None:
    lit = tuple(part for part in MRU_PARTS if part != "heater-b")
    site.do(RecordCheck(check="C07", lit=lit, unlit=("heater-b",)))


# --- whole mornings, for pictures ---


def quiet(site: Site) -> None:
    """Everything made, half an hour ago."""
    with_checks(site)
    make(site)
    site.face.beat(900)


def overdue(site: Site) -> None:
    """Nobody released the table by hand in time, and one other check is waived."""
    with_checks(site)
    make(site, "C12", "C14")
    site.face.beat(1500)
    grounds = {"grounds": "Camera 2 is dark", "measure": "Somebody stands at the window"}
    site.do(WaiveCheck(check="C12", hours=8, **grounds), site.ada, site.ben)
    site.face.beat(20)


def failed(site: Site) -> None:
    """The call bulb does not work."""
    with_checks(site)
    make(site)
    site.do(RecordCheck(check="C10", result="fail", fault="does-not-work"))
    site.face.beat(60)


def stopped(site: Site) -> None:
    """One indicator of the magnet rundown unit is not lit."""
    with_checks(site)
    make(site)
    stop_use(site)
    site.face.beat(60)
