"""What restricts the suite just now, whoever it is about, by name; nothing found promises nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.suite_world import DETECTOR, DOOR, WAND, World, at_the_door, ready

from mr_safety_console.domain import readiness
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import AnnounceTransit, KeepDoor
from mr_safety_console.domain.emergency import OpenEmergency
from mr_safety_console.domain.items_facts import ItemClass, MoveItem, RegisterItem
from mr_safety_console.domain.people_acts import ReconcileHeads
from mr_safety_console.domain.permits import OpenPermit
from mr_safety_console.domain.quench import QuenchKind, ReportQuench
from mr_safety_console.domain.roster import CloseShift
from mr_safety_console.domain.visit_facts import CountStaff

OPEN, UNKNOWN = Condition.DANGER, Condition.UNKNOWN


def rules(world: World) -> list[str]:
    return [found.why.rule for found in readiness.limits(world.state, world.ctx())]


def silent(world: World, point: str) -> None:
    """Let a point fall silent; nobody has been told of it yet."""
    world.silence(point)
    world.clock.advance(2.5)
    world.hear()


def count(world: World) -> None:
    world.do(CountStaff(staff_inside=1))
    world.do(ReconcileHeads(heads=0))


def item(world: World) -> None:
    world.do(RegisterItem(tag="C-1", name="Chair", sort=ItemClass.CHAIR))
    (name,) = world.state.items.register
    world.do(MoveItem(item=name, to="IV", brought_by="not-known", anyway=True))


def permit(world: World) -> None:
    work = {"kind_of": "cleaning", "holder": "C", "tools_told": "mop"}
    world.do(OpenPermit(tools=1, zone="IV", minutes=60, **work), "TE")


LIMITS: dict[str, Callable[[World], object]] = {
    "detector-unknown": lambda world: silent(world, DETECTOR),
    "door-unknown": lambda world: silent(world, DOOR),
    "detector-in-alarm": lambda world: world.observe(WAND, OPEN),
    "ferrous-alarm-open": lambda world: world.observe(WAND, OPEN),
    "detector-unproved": lambda world: world.observe(DETECTOR, UNKNOWN, "unplugged"),
    "door-not-closed": lambda world: world.observe(DOOR, OPEN),
    "emergency-open": lambda world: world.do(OpenEmergency()),
    "field-unverified": lambda world: world.do(ReportQuench(how=QuenchKind.DELIBERATE)),
    "heads-differ": count,
    "item-inside": item,
    "permit-open": permit,
    "nobody-rostered": lambda world: world.do(CloseShift(heads=0), "TE"),
}


@pytest.mark.parametrize("rule", LIMITS)
def test_what_restricts_the_suite_is_named(rule: str) -> None:
    """A10, I3: by the live level already, before any fact says so."""
    world = ready()
    assert rules(world) == []
    LIMITS[rule](world)
    assert rule in rules(world)


def test_a_door_open_for_somebody_announced_or_under_eyes_restricts_nothing_yet() -> None:
    world, visit = at_the_door()
    world.do(AnnounceTransit(visit=visit))
    world.observe(DOOR, OPEN)
    assert "door-not-closed" not in rules(world)
    world.advance(20)
    assert "door-not-closed" in rules(world)
    kept = ready()
    kept.do(KeepDoor())
    kept.observe(DOOR, OPEN)
    assert "door-not-closed" not in rules(kept)
