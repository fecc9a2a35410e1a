"""Completing a stage of a list: every item answered, no sensor against it, signed by whoever read it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from mr_safety_console.domain import checklists, final_rounds, overrides
from mr_safety_console.domain.codec import Command, Fact
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.list_sensors import reading
from mr_safety_console.domain.lists_facts import (
    CompleteStage,
    DeferItem,
    FinalCheckRead,
    MarkItem,
    OverrideItem,
    ReleaseItem,
)
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import may
from mr_safety_console.domain.suite_lists import defer_item, mark_item, release_item, stale, undo
from mr_safety_console.domain.visit import VALIDITY, Visit, before_entry, expired, needed
from mr_safety_console.domain.visit_facts import Leg, LegMade
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]

_AFTER = {
    Leg.DOOR_LIST: (Leg.ZONE_III,),
    Leg.FINAL_CHECK: (),
    Leg.TABLE_LIST: (),
    Leg.COIL_REMOVED: (),
}


def complete(state: SuiteState, asked: CompleteStage, ctx: Ctx) -> Facts | Refused:
    """Make the leg of a stage whose items are all answered; the final check is signed by two."""
    person = needed(state.visits, asked.visit)
    if isinstance(person, Refused):
        return person
    if asked.leg not in _AFTER:
        return refused("no-such-stage", leg=asked.leg)
    act = "final-check" if asked.leg is Leg.FINAL_CHECK else "list-item"
    against = _not_done(state, person, asked.leg, ctx) or may(state.staff, act, ctx)
    if why := against or _signed_by_others(state, person, asked.leg, ctx):
        return why
    detail = _detail(state, person, asked.leg, ctx)
    if asked.leg is Leg.FINAL_CHECK and final_rounds.first_due(state, person, ctx):
        return _first_reading(state, person, detail, ctx)
    return (LegMade(visit=person.id, leg=asked.leg, detail=detail),)


def _not_done(state: SuiteState, person: Visit, leg: Leg, ctx: Ctx) -> Refused | None:
    """Tell what is missing before a stage is complete, or None."""
    why = _too_early(person, leg, ctx) or checklists.unfinished(state.lists, person.id, leg, ctx.forms)
    if why := why or _sensor_against(state, person, leg, ctx):
        return why
    old = leg in VALIDITY and stale(state, person, leg, ctx)
    return refused("leg-expired", leg=leg) if old else None


def _first_reading(state: SuiteState, person: Visit, detail: str, ctx: Ctx) -> Facts:
    """Return the first of two readings: what stood on an older one falls, and all is blank again."""
    because = final_rounds.reasons(state, person, ctx)
    read = FinalCheckRead(visit=person.id, because=because, detail=detail)
    return (*undo(state, person, (Leg.FINAL_CHECK,), "read-again", ctx), read)


def _sensor_against(state: SuiteState, person: Visit, leg: Leg, ctx: Ctx) -> Refused | None:
    """Tell which sensor of a leg's items does not agree with its answer at this moment, or None."""
    here = checklists.marked(state.lists, person.id, leg, ctx.forms)
    for key, item, one in overrides.sensed(state, person, ctx):
        said = reading(state, person, item.sensor, ctx)
        if key in here and not said.agrees and not overrides.stands(state, person, one, ctx):
            return refused("sensor-disagrees", item=item.code or item.text, reading=said.word)
    return None


def _signed_by_others(state: SuiteState, person: Visit, leg: Leg, ctx: Ctx) -> Refused | None:
    """Tell who read out or answered an item and does not sign, or None."""
    read = checklists.read_back_by(state.lists, person.id, leg, ctx.forms)
    left = sorted(read - {who.person for who in ctx.signers})
    if not left:
        return None
    known = state.staff.people.get(left[0])
    return refused("read-back-by-others", who=known.initials if known else "?", count=len(read))


def _detail(state: SuiteState, person: Visit, leg: Leg, ctx: Ctx) -> str:
    """Return in codes what a completed list is not plainly: released, by eye, put off, or hurried."""
    marks = state.lists.marks.get(person.id, {})
    here = checklists.marked(state.lists, person.id, leg, ctx.forms)
    told = {
        "released": checklists.released(state.lists, person.id, leg, ctx.forms),
        "overridden": tuple(key for key in here if marks[key].by_eye is not None),
        "deferred": tuple(key for key in here if marks[key].deferred and not marks[key].answer),
        "hurried": (str(count),) if (count := sum(marks[key].hurried for key in here)) else (),
    }
    return " ".join(f"{what}={'+'.join(names)}" for what, names in told.items() if names)


def _too_early(person: Visit, leg: Leg, ctx: Ctx) -> Refused | None:
    if leg is Leg.TABLE_LIST and not person.inside:
        return refused("visit-not-inside")
    if leg is Leg.COIL_REMOVED and (person.inside or person.left is None):
        return refused("visit-still-inside")
    if leg is Leg.DOOR_LIST and person.inside:
        return None  # another examination at the table: the coil is chosen anew where the patient is
    read_back = [made for made, _ in before_entry(person) if made is not Leg.FINAL_CHECK]
    for before in read_back if leg is Leg.FINAL_CHECK else _AFTER[leg]:
        if not person.stands(before) or expired(person, before, ctx):
            return refused("leg-missing", leg=before, act="complete-stage")
    if leg is Leg.FINAL_CHECK and person.holds:
        return refused("visit-held", count=len(person.holds))
    return None


ROUTES: Mapping[type[Command], Callable[[SuiteState, Any, Ctx], Facts | Refused]] = {
    MarkItem: mark_item,
    CompleteStage: complete,
    ReleaseItem: release_item,
    OverrideItem: overrides.override,
    DeferItem: defer_item,
}
"""Who decides on each command about a list."""
