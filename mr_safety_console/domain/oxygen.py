"""Oxygen monitors: what a reading calls for. A reading is a reading at one place, never a proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import alarms
from mr_safety_console.domain.codec import Fact, fact
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.detectors import Condition, ObservePoint, PointChanged, end_tests
from mr_safety_console.domain.profile import Point, SiteProfile

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

LOW, ALARM, HIGH, LOST = "oxygen-low", "oxygen-alarm", "oxygen-high", "oxygen-lost"
RULES = (LOW, ALARM, HIGH, LOST)
AIR_TENTHS = 210
"""Air has 20.9 %: an alarm of the monitor with a value from here on is about enrichment, below about lack."""


@fact("oxygen-fell")
class OxygenFell(Fact):
    """Oxygen of a point already in danger came to the alarm level: tenths of a percent, and its age."""

    point: str
    tenths: int
    age_ms: int = 0


def called_for(profile: SiteProfile, condition: Condition, tenths: int | None) -> str:
    """Return the alarm rule that a reading calls for, empty for none; `tenths` is None for a relay.

    The site's two levels count whatever the monitor itself thinks. A relay does not say which of its
    levels it means: the worse is taken.
    """
    if condition is Condition.UNKNOWN:
        return LOST
    if tenths is not None and tenths <= profile.limit("oxygen_alarm_tenths"):
        return ALARM
    if tenths is not None and tenths <= profile.limit("oxygen_warn_tenths"):
        return LOW
    if condition is Condition.NORMAL:
        return ""
    if tenths is None:
        return ALARM
    return HIGH if tenths >= AIR_TENTHS else LOW


def observe(
    state: SuiteState, point: Point, seen: ObservePoint, moved: tuple[Fact, ...], ctx: Ctx
) -> tuple[Fact, ...]:
    """Return what follows from a monitor's word; `moved` is what the point itself recorded of it.

    An alarm of too little ends only with a normal reading: a worse one rises beside it.
    """
    changed = any(isinstance(told, PointChanged) for told in moved)
    rule = called_for(ctx.profile, seen.condition, seen.value)
    known = alarms.find(state.alarms, point.id, (rule,))
    if not changed and (not rule or rule == LOW or (known is not None and known.present)):
        return ()
    if not rule:
        return alarms.returned(state.alarms, point.id, RULES)
    fell: tuple[Fact, ...] = ()
    if not changed and seen.value is not None:
        fell = (OxygenFell(point=point.id, tenths=seen.value, age_ms=seen.age_ms),)
    back = alarms.returned(state.alarms, point.id, (LOST,)) if rule != LOST else ()
    tests = end_tests(state.points, ctx.now, reason="other-point")
    return (*fell, *tests, *back, *alarms.raise_or_repeat(state.alarms, rule, point.id, ctx.tokens[0]))
