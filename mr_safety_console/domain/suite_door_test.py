"""The proof test of a door: opened and closed by hand, and the contact has to say both in its time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import check_rules, detectors, doors
from mr_safety_console.domain.check_facts import (
    DoorTestEnded,
    DoorTestOpened,
    DoorTestStarted,
    Result,
    StartDoorTest,
)
from mr_safety_console.domain.check_reading import Found, recorded
from mr_safety_console.domain.check_template import Sensed
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import NS, Ctx
from mr_safety_console.domain.detectors import Condition, PointChanged
from mr_safety_console.domain.lifecycle import ConsoleStarted
from mr_safety_console.domain.profile import Point, PointKind
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import may
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]

READING = "door-contact"
PASSED, NO_OPENING, NO_CLOSING, LOST, RESTART = "passed", "no-opening", "no-closing", "lost", "restart"


def start(state: SuiteState, asked: StartDoorTest, ctx: Ctx) -> Facts | Refused:
    """Begin the test of a door that reads closed. It quietens no alarm: the magnet room's wants a keeper."""
    door = ctx.profile.point(asked.point)
    if door is None or door.kind is not PointKind.DOOR:
        return refused("check-unknown")
    if why := _not_now(state, door, ctx):
        return why
    if why := may(state.staff, "door-test", ctx):
        return why
    due_bt = ctx.now.bt + ctx.profile.limit("door_test_window_s") * NS
    return (DoorTestStarted(point=door.id, due_bt=due_bt, boot=ctx.now.boot),)


def _not_now(state: SuiteState, door: Point, ctx: Ctx) -> Refused | None:
    if state.checks.door is not None:
        return refused("door-test-runs")
    said = (detectors.live_condition(ctx, door.id)[0], state.points.condition(door.id))
    if said != (Condition.NORMAL, Condition.NORMAL):
        return refused("door-test-reads", point=door.name)
    if doors.in_transit(state.doors, ctx.now) is not None or state.visits.heads:
        return refused("door-test-busy")
    if door.zone == "IV" and doors.kept(state.doors, ctx.now) is None:
        return refused("door-test-keeper", point=door.name)
    return None


def followed(state: SuiteState, facts: Facts, ctx: Ctx) -> Facts:
    """Return what the readings of one decision say about the door under test."""
    test = state.checks.door
    if test is None:
        return ()
    if any(isinstance(fact, ConsoleStarted) for fact in facts):
        return (DoorTestEnded(point=test.point, reason=RESTART),)
    said = [fact.now for fact in facts if isinstance(fact, PointChanged) and fact.point == test.point]
    if not said:
        return ()
    match said[-1]:
        case Condition.UNKNOWN:
            return _over(state, LOST, ctx)
        case Condition.DANGER:
            return () if test.opened else (DoorTestOpened(point=test.point),)
        case _:
            return _over(state, PASSED, ctx) if test.opened else ()


def tick(state: SuiteState, ctx: Ctx) -> Facts:
    """Return the end of a test in which an expected word did not come: that is a fail."""
    test = state.checks.door
    if test is None or (test.boot == ctx.now.boot and test.due_bt > ctx.now.bt):
        return ()
    if test.boot != ctx.now.boot:
        return (DoorTestEnded(point=test.point, reason=RESTART),)
    return _over(state, NO_CLOSING if test.opened else NO_OPENING, ctx)


def _over(state: SuiteState, reason: str, ctx: Ctx) -> Facts:
    test = state.checks.door
    if test is None:
        return ()
    ended = DoorTestEnded(point=test.point, reason=reason)
    found = Found(Result.PASS) if reason == PASSED else Found(Result.FAIL, fault=reason)
    listed = (one for one in check_rules.lines(state, ctx) if one.asset == test.point)
    told = tuple(
        recorded(one.check, one.asset, found, ctx, reading=READING)
        for one in listed
        if one.check.sensed is Sensed.DOOR_TEST
    )
    return (ended, *told)
