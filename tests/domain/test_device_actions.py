"""Before and after: what is set for the scan is set back, or the visit stays open and rings."""

from __future__ import annotations

import pytest
from support.implanted import conditional, confirm, devices, met, plan, verdict, with_experts
from support.suite_world import World, raised

from mr_safety_console.domain import codec, suite
from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.device_actions import (
    CloseDeviceAction,
    DeviceActionDone,
    DeviceActionLate,
    OpenDeviceAction,
    left_s,
)
from mr_safety_console.domain.implant_facts import DeviceVerdict
from mr_safety_console.domain.roster import CloseShift
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.domain.visit_facts import CloseVisit


def in_mr_mode() -> tuple[World, str, str]:
    """A patient whose pacemaker was set to MR mode: confirmed by eye, as its label wants it."""
    world = with_experts()
    visit = world.arrive()
    met(world, visit, **{"mr-mode": "MR mode on, asynchronous"})
    (action,) = world.state.actions.open
    return world, visit, action


def close(visit: str, outcome: str = "not-scanned") -> CloseVisit:
    return CloseVisit(visit=visit, outcome=outcome)


def test_a_device_in_mr_mode_keeps_its_visit_open() -> None:
    """H34: whoever confirms the mode leaves an action open; the visit names it and cannot close."""
    world, visit, action = in_mr_mode()
    assert world.refused(close(visit)) == "visit-device-open"
    refused = world.give(close(visit)).refused
    assert refused is not None
    assert "D1 MR mode" in refused.reason
    blank = CloseDeviceAction(visit=visit, action=action, after=" ")
    assert world.refused(blank, "LT") == "device-setting-blank"
    done = CloseDeviceAction(visit=visit, action=action, after="DDD 60, thresholds as before")
    assert world.refused(done) == "signature-missing"
    assert world.refused(done, "RA") == "role-missing"
    world.do(done, "LT")
    assert world.refused(done, "LT") == "device-action-gone"
    world.do(close(visit))


def test_a_device_set_back_meets_its_condition_no_more() -> None:
    """H34: going in again takes the mode, and every confirmation, anew."""
    world, visit, action = in_mr_mode()
    assert verdict(world, visit) is DeviceVerdict.MET
    world.do(CloseDeviceAction(visit=visit, action=action, after="DDD 60"), "LT")
    assert verdict(world, visit) is DeviceVerdict.CANNOT_VERIFY
    assert not devices(world, visit).said


def test_nobody_confirms_mr_mode_without_the_setting_it_goes_back_to() -> None:
    """H34: read before and read after are both written; the first one stands in the action."""
    world = with_experts()
    visit = world.arrive()
    device = conditional(world, visit, **{"mr-mode": "MR mode on"})
    plan(world, visit)
    asked = confirm(world, visit, device, "mr-mode", told_by="")
    assert world.refused(asked) == "device-setting-blank"
    world.do(confirm(world, visit, device, "mr-mode", told_by="", figure="DDD 60"))
    (action,) = world.state.actions.open.values()
    assert action.before == "DDD 60"


def test_saying_it_twice_opens_one_action() -> None:
    world, visit, action = in_mr_mode()
    (device,) = devices(world, visit).devices
    world.do(confirm(world, visit, device, "mr-mode", told_by=""))
    assert list(world.state.actions.open) == [action]
    again = OpenDeviceAction(visit=visit, device=device, sort="mr-mode", before="DDD")
    assert world.refused(again) == "device-action-there"


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"sort": "party"}, "device-terms"),
        ({"before": " "}, "device-setting-blank"),
        ({"device": "none"}, "device-unknown"),
        ({"before": "x" * 121}, "device-text"),
    ],
)
def test_an_action_names_device_sort_and_the_setting_before(changes: dict[str, str], rule: str) -> None:
    world, visit, _ = in_mr_mode()
    (device,) = devices(world, visit).devices
    told = {"visit": visit, "device": device, "sort": "shunt-setting", "before": "level 2.0", **changes}
    assert world.refused(OpenDeviceAction(**told)) == rule


def test_a_shunt_is_looked_at_again_within_a_day() -> None:
    """W5: the setting before is kept, the one after is signed."""
    world, visit, first = in_mr_mode()
    (device,) = devices(world, visit).devices
    world.do(OpenDeviceAction(visit=visit, device=device, sort="shunt-setting", before="level 2.0"))
    shunt = next(one for one in world.state.actions.open.values() if one.id != first)
    assert (shunt.within_s, shunt.before) == (86_400, "level 2.0")
    world.do(CloseDeviceAction(visit=visit, action=shunt.id, after="level 2.0"), "LT")
    assert world.refused(close(visit)) == "visit-device-open"


def test_a_device_not_set_back_is_late_on_time_and_told_once() -> None:
    """H34, I15: two hours by the clock that runs on, then an alarm that rises and only an end ends."""
    world, visit, action = in_mr_mode()
    assert not [one for one in world.advance(7199) if isinstance(one, DeviceActionLate)]
    facts = world.advance(2)
    assert [one.action for one in facts if isinstance(one, DeviceActionLate)] == [action]
    assert "device-unreturned" in raised(facts)
    assert "V1:D1" in world.alarm("device-unreturned").detail
    assert "device-unreturned" not in raised(world.advance(60))
    world.dispose(world.alarm("device-unreturned").id, "clinic-on-the-way")
    assert world.alarm("device-unreturned").present
    facts = world.do(CloseDeviceAction(visit=visit, action=action, after="DDD 60"), "LT")
    assert isinstance(facts[0], DeviceActionDone)
    assert world.state.actions.open == {}
    assert "device-unreturned" not in [one.rule for one in world.state.alarms.open.values()]


def test_a_restart_and_a_reboot_forget_no_open_action() -> None:
    """H34: by replay, by the cached state, and across a reboot by the wall clock."""
    world, visit, action = in_mr_mode()
    folded = SuiteState()
    for entry in world.entries:
        folded = suite.evolve(folded, entry)
    assert folded.actions == world.state.actions
    assert folded.implants == world.state.implants
    cached = codec.decode(SuiteState, codec.encode(world.state))
    assert (cached.actions, cached.implants) == (world.state.actions, world.state.implants)
    world.clock.reboot(3600)
    world.start()
    world.sign_on()
    left = left_s(world.state.actions.open[action], world.clock.now())
    assert 0 < left <= 3600
    assert world.refused(close(visit)) == "visit-device-open"
    world.advance(left + 1)
    assert world.alarm("device-unreturned").present


def test_nobody_closes_the_shift_on_a_device_in_mr_mode() -> None:
    """H34: whoever hands over names it; without a successor it is refused."""
    world, _, _ = in_mr_mode()
    told = [why.rule for why in suite_standing(world)]
    assert "shift-device" in told
    assert world.refused(CloseShift(heads=0), "TE") == "shift-visit"
    world.sign_off()
    world.sign_on("LT")
    assert world.state.actions.open


def suite_standing(world: World) -> tuple[suite.Refused, ...]:
    return suite.suite_roster.standing(world.state, world.ctx())


def test_an_action_of_a_key_that_was_erased_still_stands() -> None:
    """The text is gone, what is open is not."""
    world, visit, action = in_mr_mode()
    opened = next(entry for entry in world.entries if entry.fact.kind == "device-action-opened")
    subject, public, _ = codec.split(opened.fact)
    erased = codec.join("device-action-opened", 1, subject, public, None)
    state = suite.evolve(SuiteState(), Entry(1, opened.at, erased, "c", "person"))
    assert state.actions.open[action].before == codec.ERASED
    assert state.actions.of(visit)
