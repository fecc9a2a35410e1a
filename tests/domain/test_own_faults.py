"""Our own faults, and a site file that cannot be read: told, and never taken for permission."""

from __future__ import annotations

from support.suite_world import World, at_the_door, site

from mr_safety_console.domain.alarms import AcknowledgeAlarm, DisposeAlarm, raise_or_repeat
from mr_safety_console.domain.doors import AnnounceTransit
from mr_safety_console.domain.lifecycle import StartConsole


def test_a_decision_that_failed_holds_every_gate_until_it_is_dealt_with() -> None:
    """I3: after a fault of our own nobody goes in on our word."""
    world, visit = at_the_door()
    for fact in raise_or_repeat(world.state.alarms, "decision-failed", "console", "fault"):
        world.keep(fact, world.ctx())
    assert world.refused(AnnounceTransit(visit=visit)) == "decision-failed"
    world.do(AcknowledgeAlarm(alarm="fault", instance=1))
    assert world.refused(AnnounceTransit(visit=visit)) == "decision-failed"
    world.do(DisposeAlarm(alarm="fault", disposition="planned-work"))
    world.do(AnnounceTransit(visit=visit))


def test_a_site_file_that_cannot_be_read_is_an_alarm_beside_the_restart() -> None:
    world = World(site())
    world.do(StartConsole(app="0", profile_hash="p", forms_hash="f", use="demo", points=4))
    world.do(StartConsole(app="0", profile_hash="p", forms_hash="f", use="demo", points=4, fallback=True))
    rules = {alarm.rule for alarm in world.state.alarms.open.values()}
    assert {"restarted", "site-file"} <= rules
    numbers = [alarm.no for alarm in world.state.alarms.open.values()]
    assert len(set(numbers)) == len(numbers)
