"""Points out of service: by whom, why, until when, and who guards the place meanwhile.

Out of service never quietens anything: the point counts as UNKNOWN for every decision, its alarms
ring as ever, and it comes back as UNKNOWN until it speaks anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING

from mr_safety_console.domain import alarms, doors, staff
from mr_safety_console.domain.alarm_points import BYPASS_REASONS, BYPASS_S, RULES
from mr_safety_console.domain.authority import MAY
from mr_safety_console.domain.codec import Command, Entry, Fact, command, fact
from mr_safety_console.domain.context import NS, Ctx, Instant, Who, elapsed
from mr_safety_console.domain.detectors import Condition, Level, PointsUnproven
from mr_safety_console.domain.profile import Point, PointKind, SiteProfile
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]
OUT = "out of service"
LOUD = "back-in-service"
EXPIRED, KEEPER_LEFT = "expired", "keeper-left"


@fact("point-bypassed")
class PointBypassed(Fact):
    """A point is out of service until `due_bt`; `guard` watches the place by eye.

    `briefly`: on one signature, for as long as the guard keeps the magnet room's door.
    """

    point: str
    reason: str
    guard: str
    due_bt: int
    boot: str
    briefly: bool = False


@fact("bypass-ended")
class BypassEnded(Fact):
    """A point is in service again: `reason` is asked, expired, keeper-left or restart."""

    point: str
    reason: str


@command("out-of-service")
class BypassPoint(Command):
    """Take a point out of service for some minutes, with a guard from the register."""

    point: str
    reason: str
    guard: str
    minutes: int


@command("back-in-service")
class EndBypass(Command):
    """Take a point back into service."""

    point: str


@frozen
class Bypass:
    """One point out of service."""

    point: str
    reason: str
    guard: str
    by: tuple[Who, ...]
    since: Instant
    due_bt: int
    boot: str
    briefly: bool


@frozen
class BypassState:
    """The register: what is out of service, and how long anything ever was, in seconds, by point."""

    open: Mapping[str, Bypass] = field(default_factory=dict)
    past_s: Mapping[str, int] = field(default_factory=dict)


FACTS = (PointBypassed, BypassEnded)


def veiled(state: BypassState, ctx: Ctx) -> Ctx:
    """Return the context in which every point out of service is UNKNOWN, whatever it says."""
    return replace(ctx, live=levels(state, ctx.live)) if state.open else ctx


def levels(state: BypassState, live: Mapping[str, Level]) -> Mapping[str, Level]:
    """Return the live levels with every point out of service UNKNOWN."""
    if not state.open:
        return live
    return {**live, **{name: Level(name, Condition.UNKNOWN, OUT, 0) for name in state.open}}


def bypass(state: SuiteState, asked: BypassPoint, ctx: Ctx) -> Facts | Refused:
    """Take a point out of service, or say why not."""
    point = ctx.profile.point(asked.point)
    if point is None:
        return refused("no-such-point", point=asked.point)
    if point.id in state.bypass.open:
        return refused("bypass-already", point=point.name)
    most = ctx.profile.limit("proof_test_valid_h") * 60
    if not 1 <= asked.minutes <= most or asked.reason not in BYPASS_REASONS:
        return refused("bypass-terms", minutes=most, choices=", ".join(BYPASS_REASONS))
    if asked.guard not in state.staff.people:
        return refused("bypass-guard")
    if active(state, point):
        return refused("bypass-active", point=point.name)
    briefly = _short(asked, ctx.profile) and len({who.person for who in ctx.signers}) < 2
    if why := _against(state, asked, ctx, briefly=briefly):
        return why
    told = PointBypassed(
        point=point.id,
        reason=asked.reason,
        guard=asked.guard,
        due_bt=ctx.now.bt + asked.minutes * 60 * NS,
        boot=ctx.now.boot,
        briefly=briefly,
    )
    return (told,)


def signatures(asked: BypassPoint, profile: SiteProfile) -> int:
    """Return how many people have to sign: one for a detector and a quarter of an hour, else two."""
    return MAY["bypass-briefly" if _short(asked, profile) else "bypass-high"][1]


def _short(asked: BypassPoint, profile: SiteProfile) -> bool:
    point = profile.point(asked.point)
    return point is not None and point.kind is PointKind.DETECTOR and asked.minutes * 60 <= BYPASS_S


def _against(state: SuiteState, asked: BypassPoint, ctx: Ctx, *, briefly: bool) -> Refused | None:
    keeper = doors.kept(state.doors, ctx.now)
    if briefly and (keeper is None or keeper.person != asked.guard):
        return refused("bypass-keeper", door=ctx.profile.door_iv.name)
    return staff.may(state.staff, "bypass-briefly" if briefly else "bypass-high", ctx)


def active(state: SuiteState, point: Point) -> bool:
    """Tell whether a point is in alarm for what it watches; being lost is no such alarm."""
    rings = (a for a in state.alarms.open.values() if a.point == point.id and a.present)
    danger = state.points.condition(point.id) is Condition.DANGER
    return danger or any(not RULES[alarm.rule].technical for alarm in rings)


def end(state: SuiteState, asked: EndBypass, ctx: Ctx) -> Facts | Refused:
    """Take a point back into service: one person is enough, for it only tightens."""
    known = state.bypass.open.get(asked.point)
    if known is None:
        return refused("not-bypassed")
    if why := staff.may(state.staff, "bypass-end", ctx):
        return why
    return _back(known, "asked")


def tick(state: SuiteState, ctx: Ctx, ahead: int = 0) -> Facts:
    """Return the ends that time brings, and those of points whose guard left the door; each is told aloud.

    `ahead` is how many alarms the same decision has raised before.
    """
    facts: Facts = ()
    ended = [(known, why) for known in state.bypass.open.values() if (why := _ended(state, known, ctx.now))]
    for token, (known, why) in zip(ctx.tokens[ahead:], ended, strict=False):
        before = ahead + alarms.count_raised(facts)
        told = alarms.raise_or_repeat(state.alarms, LOUD, known.point, token, ahead=before, detail=why)
        facts += (*_back(known, why), *told)
    return facts


def _ended(state: SuiteState, known: Bypass, now: Instant) -> str:
    """Return why a point does not stay out of service any longer; empty when it does."""
    if known.boot != now.boot or now.bt >= known.due_bt:
        return EXPIRED
    keeper = doors.kept(state.doors, now) if known.briefly else None
    left = known.briefly and (keeper is None or keeper.person != known.guard)
    return KEEPER_LEFT if left else ""


def restarted(state: SuiteState) -> Facts:
    """Return the end of every bypass: after a start nobody knows that the guard still stands there."""
    return tuple(fact for known in state.bypass.open.values() for fact in _back(known, "restart"))


def _back(known: Bypass, reason: str) -> Facts:
    again = PointsUnproven(points=(known.point,), reason="not heard since it was out of service")
    return (BypassEnded(point=known.point, reason=reason), again)


def next_due(state: BypassState) -> int | None:
    """Return the boot-time ns at which the next bypass runs out, or None."""
    return min((known.due_bt for known in state.open.values()), default=None)


def bypassed_s(state: BypassState, now: Instant, point: str) -> int:
    """Return how many seconds a point has been out of service in all."""
    known = state.open.get(point)
    running = elapsed(now, known.since).seconds if known else 0
    return state.past_s.get(point, 0) + int(running)


def evolve(state: BypassState, entry: Entry) -> BypassState:
    """Return the register after one fact."""
    match entry.fact:
        case PointBypassed() as told:
            known = Bypass(
                told.point, told.reason, told.guard, entry.by, entry.at, told.due_bt, told.boot, told.briefly
            )
            return replace(state, open={**state.open, told.point: known})
        case BypassEnded(point=name) if name in state.open:
            past = {**state.past_s, name: bypassed_s(state, entry.at, name)}
            return BypassState(open={k: v for k, v in state.open.items() if k != name}, past_s=past)
        case _:
            return state
