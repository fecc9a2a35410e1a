"""Detectors and door contacts: what was heard, how old it is, and what may be believed of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from enum import StrEnum

from mr_safety_console.domain.codec import Command, Entry, Fact, command, fact
from mr_safety_console.domain.context import NS, Ctx, Instant, Who, elapsed
from mr_safety_console.domain.profile import Point, PointKind, SiteProfile
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.words import refused

MS = 1_000_000
SINCE_START = "not heard since the start"
PASSED = "passed"
"""Result of a walk test the detector answered; any other is the reason why it ended."""
STAYED = "stayed"
"""The detector answered the test piece and did not return to normal: it proved nothing."""
RELAY_S = 5
"""How long a detector may go on after the test piece at least, in seconds, even late in its test."""


class Condition(StrEnum):
    """What a point says. For a door, DANGER means open; UNKNOWN ranks above everything."""

    NORMAL = "NORMAL"
    DANGER = "DANGER"
    UNKNOWN = "UNKNOWN"


@frozen
class Level:
    """The newest live reading of a point; never part of the record.

    `heard_bt` is boot-time ns of the last fresh valid reading, 0 for never. `crossings_in` and
    `crossings_out` are the device's running totals since its start `device_boot`, None where it has none.
    """

    point: str
    condition: Condition
    reason: str
    heard_bt: int
    origin: str = "LIVE"
    value: int | None = None
    alarms: int | None = None
    direction: str = "U"
    crossings_in: int | None = None
    crossings_out: int | None = None
    device_boot: int = 0


def believed(level: Level | None, now_bt: int, silence_ms: int) -> tuple[Condition, str]:
    """Return what may be believed of a level now: silence turns everything UNKNOWN (I3).

    Engine and console use this one function, so the screen may only be earlier than the record.
    """
    if level is None:
        return Condition.UNKNOWN, "never heard"
    if level.condition is Condition.UNKNOWN:
        return Condition.UNKNOWN, level.reason
    if level.heard_bt == 0:
        return Condition.UNKNOWN, "never heard"
    if now_bt - level.heard_bt >= silence_ms * MS or now_bt < level.heard_bt:
        return Condition.UNKNOWN, "silent"
    return level.condition, level.reason


@fact("point-changed")
class PointChanged(Fact):
    """A point changed its condition. `age_ms` is how long before the reading was made."""

    point: str
    was: Condition
    now: Condition
    reason: str
    origin: str
    direction: str = "U"
    value: int | None = None
    age_ms: int = 0


@fact("point-chattered")
class PointChattered(Fact):
    """A point changed too often to be written singly: so many changes, into danger among them, in a span."""

    point: str
    changes: int
    dangers: int
    span_ms: int


@fact("device-noted")
class DeviceNoted(Fact):
    """Something about a device or its line: identity, reboot, gap, loss, return."""

    port: str
    what: str
    text: str
    count: int = 0


@fact("points-unproven")
class PointsUnproven(Fact):
    """Nothing is believed of these points any more: each is UNKNOWN until it speaks anew."""

    points: tuple[str, ...]
    reason: str = SINCE_START


@fact("walk-test-started")
class WalkTestStarted(Fact):
    """A named tester is about to carry the test piece past a detector; ends by itself."""

    point: str
    due_bt: int
    boot: str


@fact("walk-test-passed")
class WalkTestPassed(Fact):
    """The detector answered the test piece."""

    point: str


@fact("walk-test-ended")
class WalkTestEnded(Fact):
    """The test ended without proof.

    `reason` is no-alarm, second-alarm, door, other-point, transit, count, tester-left or
    out-of-service; or stayed, which takes back the proof of a test that had passed.
    """

    point: str
    reason: str


@command("observe-point")
class ObservePoint(Command):
    """Given by the device watch: what a point now says, or that it fell silent.

    `edges` counts alarm pulses since the last observation, so that a pulse that came and went
    between two readings is not lost. `changes` in `span_ms` were counted instead of told singly.
    """

    point: str
    condition: Condition
    reason: str
    origin: str = "LIVE"
    edges: int = 0
    direction: str = "U"
    value: int | None = None
    age_ms: int = 0
    changes: int = 0
    span_ms: int = 0


@command("note-device")
class NoteDevice(Command):
    """Given by the device watch: something worth keeping about a device or its line."""

    port: str
    what: str
    text: str
    count: int = 0


@command("start-walk-test")
class StartWalkTest(Command):
    """Begin the proof test of one detector."""

    point: str


@frozen
class PointState:
    """What the record says of a point. `unbroken` is since when it has been watched throughout.

    `proof` stands while it may be relied on; when the last test was (`tested`), what came of it and
    who made it are kept beyond that. Until `answer_due_bt` the test piece explains its danger.
    `returning`: nothing was heard since a start or since it was out of service, its first word
    counts as a change, also when that is UNKNOWN.
    """

    condition: Condition
    reason: str
    since: Instant
    origin: str = ""
    unbroken: Instant | None = None
    proof: Instant | None = None
    test_due_bt: int = 0
    test_boot: str = ""
    answer_due_bt: int = 0
    tested: Instant | None = None
    result: str = ""
    tester: Who | None = None
    returning: bool = False


@frozen
class PointsState:
    """All points by id."""

    points: Mapping[str, PointState] = field(default_factory=dict)

    def condition(self, point: str) -> Condition:
        """Return the recorded condition; UNKNOWN for a point never heard."""
        known = self.points.get(point)
        return known.condition if known else Condition.UNKNOWN


FACTS = (
    PointChanged,
    PointChattered,
    DeviceNoted,
    PointsUnproven,
    WalkTestStarted,
    WalkTestPassed,
    WalkTestEnded,
)


def testing(state: PointsState, point: str, now: Instant) -> bool:
    """Tell whether a walk test of this detector is running; a reboot ends it."""
    known = state.points.get(point)
    return known is not None and known.test_due_bt > now.bt and known.test_boot == now.boot


def proved(state: PointsState, point: str, ctx: Ctx) -> bool:
    """Tell whether a detector was proof-tested this shift and watched without a break since."""
    known = state.points.get(point)
    if known is None or known.proof is None or known.unbroken is None:
        return False
    if known.proof.boot != ctx.now.boot or known.unbroken.boot != ctx.now.boot:
        return False
    age = elapsed(ctx.now, known.proof).seconds
    return known.unbroken.bt <= known.proof.bt and age <= ctx.profile.limit("proof_test_valid_h") * 3600


def live_condition(ctx: Ctx, point: str) -> tuple[Condition, str]:
    """Return what may be believed of a point right now, from the live level (tightening only)."""
    return believed(ctx.live.get(point), ctx.now.bt, ctx.profile.limit("silence_ms"))


def start_walk_test(state: PointsState, point: str, ctx: Ctx, *, transit: bool) -> tuple[Fact, ...] | Refused:
    """Begin a walk test, or say why not: door must read closed, nobody in transit."""
    target = ctx.profile.point(point)
    if target is None or target.kind is not PointKind.DETECTOR:
        return refused("no-such-detector", point=point)
    door = ctx.profile.door_iv
    if live_condition(ctx, door.id)[0] is not Condition.NORMAL:
        return refused("walk-test-door", door=door.name)
    if transit:
        return refused("walk-test-transit")
    if live_condition(ctx, point)[0] is not Condition.NORMAL:
        return refused("detector-not-normal", point=target.name)
    window = ctx.profile.limit("walk_test_window_s")
    return (WalkTestStarted(point=point, due_bt=ctx.now.bt + window * NS, boot=ctx.now.boot),)


def changed(state: PointsState, seen: ObservePoint) -> tuple[Fact, ...]:
    """Return the fact of a change of condition, or nothing."""
    was = state.condition(seen.point)
    known = state.points.get(seen.point)
    if known is not None and was is seen.condition and not known.returning:
        return ()
    return (
        PointChanged(
            point=seen.point,
            was=was,
            now=seen.condition,
            reason=seen.reason,
            origin=seen.origin,
            direction=seen.direction,
            value=seen.value,
            age_ms=seen.age_ms,
        ),
    )


def chattered(seen: ObservePoint) -> tuple[Fact, ...]:
    """Return the fact of what was counted instead of told singly, or nothing."""
    if not seen.changes:
        return ()
    return (PointChattered(point=seen.point, changes=seen.changes, dangers=seen.edges, span_ms=seen.span_ms),)


def end_tests(state: PointsState, now: Instant, reason: str, but: str = "") -> tuple[Fact, ...]:
    """Return the end of every walk test under way, except that of one detector."""
    return tuple(
        WalkTestEnded(point=name, reason=reason)
        for name in state.points
        if name != but and testing(state, name, now)
    )


def due_tests(state: PointsState, now: Instant) -> tuple[str, ...]:
    """Return the detectors whose walk test ran out without an alarm."""
    return tuple(
        name
        for name, point in state.points.items()
        if point.test_due_bt and (point.test_boot != now.boot or point.test_due_bt <= now.bt)
    )


def next_due(state: PointsState) -> int | None:
    """Return the boot-time ns of the next test, or explained danger, that runs out, or None."""
    dues = [point.test_due_bt for point in state.points.values()]
    dues += [p.answer_due_bt for p in state.points.values() if p.condition is Condition.DANGER]
    return min((due for due in dues if due), default=None)


def evolve(state: PointsState, entry: Entry) -> PointsState:
    """Return the points after one fact."""
    match entry.fact:
        case PointChanged() as seen:
            before = state.points.get(seen.point)
            return _put(state, seen.point, _changed(before, seen, entry.at))
        case PointsUnproven(points=names, reason=reason):
            unknown = {name: _unproven(state.points.get(name), entry.at, reason) for name in names}
            return replace(state, points={**state.points, **unknown})
        case WalkTestStarted(point=name, due_bt=due_bt, boot=boot):
            tester = entry.by[0] if entry.by else None
            return _update(state, name, test_due_bt=due_bt, test_boot=boot, tester=tester)
        case WalkTestPassed(point=name) if name in state.points:
            return _put(state, name, _answered(state.points[name], entry.at))
        case WalkTestEnded(point=name, reason=reason):
            fallen = {"proof": None} if reason == STAYED else {}
            ended = {"test_due_bt": 0, "test_boot": "", "answer_due_bt": 0, **fallen}
            return _update(state, name, tested=entry.at, result=reason, **ended)
        case _:
            return state


def _answered(point: PointState, at: Instant) -> PointState:
    due_bt = max(point.test_due_bt, at.bt + RELAY_S * NS)
    return replace(
        point, test_due_bt=0, test_boot=at.boot, answer_due_bt=due_bt, proof=at, tested=at, result=PASSED
    )


def _changed(before: PointState | None, seen: PointChanged, at: Instant) -> PointState:
    if seen.now is Condition.UNKNOWN:
        return replace(
            before or PointState(seen.now, seen.reason, at),
            condition=seen.now,
            reason=seen.reason,
            since=at,
            origin=seen.origin,
            unbroken=None,
            proof=None,
            test_due_bt=0,
            answer_due_bt=0,
            returning=False,
        )
    unbroken = before.unbroken if before else None
    return replace(
        before or PointState(seen.now, seen.reason, at),
        condition=seen.now,
        reason=seen.reason,
        since=at,
        origin=seen.origin,
        unbroken=unbroken or at,
        answer_due_bt=0,
        returning=False,
    )


def _unproven(before: PointState | None, at: Instant, reason: str) -> PointState:
    base = before or PointState(Condition.UNKNOWN, "", at)
    return replace(
        base,
        condition=Condition.UNKNOWN,
        reason=reason,
        since=at,
        returning=True,
        unbroken=None,
        proof=None,
        test_due_bt=0,
        answer_due_bt=0,
    )


def _update(state: PointsState, name: str, **changes: object) -> PointsState:
    known = state.points.get(name)
    return state if known is None else _put(state, name, replace(known, **changes))  # type: ignore[arg-type]


def _put(state: PointsState, name: str, point: PointState) -> PointsState:
    return replace(state, points={**state.points, name: point})


def points_of(profile: SiteProfile, port: str) -> tuple[Point, ...]:
    """Return the points a port feeds."""
    return tuple(point for point in profile.points if point.port == port)
