"""What the sensors named in a list say of one visit: the word, its age, whether it agrees or is dead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import detectors
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.visit import Visit, expired
from mr_safety_console.domain.visit_facts import Leg

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

DOOR, PASS = "door-zone-iv", "detector-pass"
_MS = 1_000_000


@frozen
class Reading:
    """What a sensor says: `word` with its age in ms; one that is `dead` says nothing at all.

    Only what neither agrees nor is dead speaks against the item.
    """

    word: str
    age_ms: int
    agrees: bool
    dead: bool = False
    why: str = ""


def reading(state: SuiteState, person: Visit, sensor: str, ctx: Ctx) -> Reading:
    """Return what a sensor says now; a name this console does not know never agrees and is dead."""
    if sensor == PASS:
        return _pass(person, ctx)
    if sensor == DOOR:
        return _door(state, ctx)
    return Reading("UNKNOWN, no such sensor", 0, agrees=False, dead=True, why="no such sensor")


def _pass(person: Visit, ctx: Ctx) -> Reading:
    """Return whether the pass stands: a person made it, so it is never dead, only there or not."""
    known = person.legs.get(Leg.DETECTOR_PASS)
    if known is None or not person.stands(Leg.DETECTOR_PASS) or expired(person, Leg.DETECTOR_PASS, ctx):
        return Reading("no pass", 0, agrees=False)
    return Reading("pass recorded", (ctx.now.bt - known.at.bt) // _MS, agrees=True)


def _door(state: SuiteState, ctx: Ctx) -> Reading:
    """Return what the contact says; a last word of open in the record is believed until it speaks again."""
    door = ctx.profile.door_iv.id
    condition, why = detectors.live_condition(ctx, door)
    level = ctx.live.get(door)
    age_ms = (ctx.now.bt - level.heard_bt) // _MS if level and level.heard_bt else 0
    dead = condition is Condition.UNKNOWN and state.points.condition(door) is not Condition.DANGER
    word = {Condition.NORMAL: "closed", Condition.DANGER: "open"}.get(condition, f"UNKNOWN, {why}")
    return Reading(word, age_ms, condition is Condition.NORMAL, dead, why if dead else "")
