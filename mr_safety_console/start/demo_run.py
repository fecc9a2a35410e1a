"""The demonstration: a console on a mock detector and a mock door that speak over real pty lines."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from devices.mock.rig import Rig
from devices.mock.scenario import Scenario, ScenarioError, load_scenario, play
from mr_safety_console import bootstrap
from mr_safety_console.bootstrap import Running
from mr_safety_console.console.early import EarlyScreen
from mr_safety_console.domain.check_facts import RecordCheck
from mr_safety_console.domain.check_rules import lines
from mr_safety_console.domain.checks import Standing
from mr_safety_console.domain.context import NS
from mr_safety_console.domain.staff import AddStaff, SignOff, SignOn
from mr_safety_console.engine.face import Accepted, Credential, trial_context
from mr_safety_console.entry import StartRefused
from mr_safety_console.settings import ConsoleSettings
from mr_safety_console.start.demo import SITE, STAFF
from mr_safety_console.start.stagehand import Stagehand

ANSWER_S = 10.0
BANNER = "DEMONSTRATION, nothing real. PINs: " + " ".join(f"{who[1]} {who[3]}" for who in STAFF)


def demonstrate(scenario: str, data: Path | None, screen: Callable[[Running, EarlyScreen], int]) -> int:
    """Run the demonstration and return its exit code. Raises `ValueError` for an unknown scenario.

    Without a scenario a stagehand moves door and test piece in answer to what is done.
    """
    try:
        story = load_scenario(scenario) if scenario else None
    except ScenarioError as error:
        raise ValueError(str(error)) from None
    with ExitStack() as undo:
        early = EarlyScreen()
        undo.callback(early.close)
        scratch = Path(undo.enter_context(tempfile.TemporaryDirectory(prefix="mrsc-demo-")))
        rig = undo.enter_context(Rig(scratch))
        settings = ConsoleSettings(data=data or scratch / "data", site=scratch / "site.toml")
        try:
            running = bootstrap.start(settings, profile=SITE, ports=rig.ports, armed=early.open)
        except bootstrap.StartError as error:
            raise StartRefused(error.reason, error.remedy) from None
        if story is None:
            hand = Stagehand(rig, lambda: running.clock.now().bt / NS)
            running.engine.subscribe(hand.hear)
            hand.start()
            undo.callback(hand.close)
        done = threading.Event()
        helpers = [threading.Thread(target=_begin, args=(running,), name="demo-staff", daemon=True)]
        if story is not None:
            helpers.append(
                threading.Thread(target=_play, args=(story, rig, done), name="demo-story", daemon=True)
            )
        for helper in helpers:
            helper.start()
        try:
            return screen(replace(running, banner=BANNER), early)
        finally:
            done.set()
            for helper in helpers:
                helper.join(2.0)


def _play(story: Scenario, rig: Rig, done: threading.Event) -> None:
    # A pace tells whether to go on after so many seconds: leaving the console ends the story.
    play(story, rig, lambda seconds: not done.wait(seconds))


def hire(running: Running) -> None:
    """Enter the fictional staff, the safety officer first; does nothing where a register exists."""
    if running.engine.state.state.staff.people:
        return
    officer = next(person for person in STAFF if "MRSO" in person[2])
    credentials: tuple[Credential, ...] = ()
    for name, initials, roles, pin in sorted(STAFF, key=lambda person: person is not officer):
        pin_hash, screened = running.pins.hash(pin), running.clock.now().utc
        asked = AddStaff(name=name, initials=initials, roles=roles, pin_hash=pin_hash, screened_utc=screened)
        answer = running.engine.submit(asked, credentials).result(ANSWER_S)
        if not isinstance(answer, Accepted):
            return
        if not credentials:
            people = running.engine.state.state.staff.people.values()
            credentials = tuple(Credential(person.id, pin) for person in people)


def _begin(running: Running) -> None:
    """Enter the fictional staff, then let them have made the checks of this morning."""
    hire(running)
    make_checks(running)


def make_checks(running: Running) -> None:
    """Let fictional people make whatever check of the demonstration is asked for; they sign off again.

    What failed or stopped its use stays so, and nothing is made up that a reading speaks for.
    """
    state = running.engine.state.state
    people = {one.initials: one.id for one in state.staff.people.values()}
    given = tuple(Credential(people[who[1]], who[3]) for who in STAFF[:2] if who[1] in people)
    if len(given) < 2 or state.staff.session is not None:
        return
    for asked in _wanted(running, witness=True):
        running.engine.submit(asked, given).result(ANSWER_S)
    if state.roster.unrostered is None and not any(_wanted(running, witness=False)):
        return
    signed_on = running.engine.submit(SignOn(person=given[0].person), given[:1]).result(ANSWER_S)
    if isinstance(signed_on, Accepted):
        for asked in _wanted(running, witness=False):
            running.engine.submit(asked)
        running.engine.submit(SignOff()).result(ANSWER_S)


_WANTED = (Standing.UNANSWERED, Standing.OVERDUE, Standing.DUE)


def _wanted(running: Running, *, witness: bool) -> Iterator[RecordCheck]:
    """Return each check that is asked for, as expected: in the middle of its band, every part lit."""
    now = running.clock.now()
    ctx = trial_context(running.engine.state, running.profile, running.forms, now)
    for one in lines(running.engine.state.state, ctx):
        check = one.check
        if one.standing in _WANTED and check.witness is witness and not check.sensed:
            value = "" if check.band is None else f"{(check.band.low + check.band.high) / 2}"
            yield RecordCheck(check=check.id, asset=one.asset, value=value, lit=check.parts)
