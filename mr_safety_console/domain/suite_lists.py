"""The lists of a visit, judged on the whole suite: items with sensors, stages, and what undoes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import checklists, overrides, visit_steps
from mr_safety_console.domain.checklists import (
    STAGES,
    DeferItem,
    ListsFiled,
    MarkItem,
    ReleaseItem,
    StageReset,
)
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.list_sensors import reading
from mr_safety_console.domain.lists_facts import ItemReopened
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.screening_facts import ScreeningFiled
from mr_safety_console.domain.visit import (
    VALIDITY,
    WATCHED,
    Visit,
    fell,
    needed,
    outlived,
)
from mr_safety_console.domain.visit_facts import (
    CloseVisit,
    Leg,
    StaffCounted,
    ZoneIVEntered,
    ZoneIVHeads,
)

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]

_LEANS_ON = {Leg.DOOR_LIST: (Leg.FINAL_CHECK,), Leg.TABLE_LIST: (Leg.START_CHECK,)}


def undo(state: SuiteState, person: Visit, legs: tuple[Leg, ...], reason: str, ctx: Ctx) -> Facts:
    """Return the fall of these legs, and their lists blank again: each item is answered anew."""
    return (*fell(person, legs, reason), *blank(state, person, legs, ctx))


def blank(state: SuiteState, person: Visit, legs: tuple[Leg, ...], ctx: Ctx) -> Facts:
    """Return the resets of those of these legs' lists that have an answer."""
    facts: list[Fact] = []
    for leg in legs:
        items = checklists.marked(state.lists, person.id, leg, ctx.forms) if leg in STAGES else ()
        if items or (leg is Leg.FINAL_CHECK and person.id in state.lists.rounds):
            whole = all(not stage for _, stage in STAGES[leg])
            facts.append(StageReset(visit=person.id, leg=leg, items=() if whole else items))
    return tuple(facts)


def stale(state: SuiteState, person: Visit, leg: Leg, ctx: Ctx) -> bool:
    """Tell whether any answer of a stage, or a first reading, is older than the leg it makes may be."""
    name, unit_s = VALIDITY[leg]
    valid_s = ctx.profile.limit(name) * unit_s
    marks = state.lists.marks.get(person.id, {})
    read = state.lists.rounds.get(person.id) if leg is Leg.FINAL_CHECK else None
    return (read is not None and outlived(read.at, valid_s, ctx)) or any(
        (leg in WATCHED and marks[name].at.boot != ctx.now.boot) or outlived(marks[name].at, valid_s, ctx)
        for name in checklists.marked(state.lists, person.id, leg, ctx.forms)
    )


def expire(state: SuiteState, ctx: Ctx) -> Facts:
    """Return the lists that have waited too long: gone through anew, item by item."""
    return tuple(
        fact
        for person in state.visits.open.values()
        if person.id in state.lists.marks or person.id in state.lists.rounds
        for leg in _waiting(person)
        if stale(state, person, leg, ctx)
        for fact in (
            *undo(state, person, (leg,), "expired", ctx),
            *undo(state, person, _LEANS_ON.get(leg, ()), "expired", ctx),
        )
    )


def disagreeing(state: SuiteState, ctx: Ctx) -> Facts:
    """Return the items before a way in that are open again: their sensor says otherwise by now."""
    facts: list[Fact] = []
    for person in state.visits.open.values():
        for key, item, one in overrides.sensed(state, person, ctx) if not person.inside else ():
            if one.by_eye is None and not reading(state, person, item.sensor, ctx).agrees:
                list_id, _, link_id = key.partition(":")
                facts.append(ItemReopened(visit=person.id, list_id=list_id, item=link_id, sensor=item.sensor))
    return tuple(facts)


def joined(state: SuiteState, facts: Facts, ctx: Ctx) -> Facts:
    """Return what falls as one more head comes in: hearing protection is for every head in the room."""
    if not any(_comes_in(fact, state.visits.staff_inside) for fact in facts):
        return ()
    return tuple(
        fact for person in state.visits.inside for fact in fell(person, (Leg.START_CHECK,), "head-joined")
    )


def _comes_in(fact: Fact, staff_inside: int) -> bool:
    match fact:
        case ZoneIVEntered() | ZoneIVHeads(inwards=True):
            return True
        case StaffCounted(staff_inside=counted):
            return counted > staff_inside
        case _:
            return False


def _waiting(person: Visit) -> tuple[Leg, ...]:
    """Return the legs whose lists may still wait too long: before any way in, or at the table."""
    if person.inside:
        return () if person.scan_presumed else (Leg.TABLE_LIST,)
    return (Leg.DOOR_LIST, Leg.FINAL_CHECK)


def mark_item(state: SuiteState, asked: MarkItem, ctx: Ctx) -> Facts | Refused:
    """Answer one list item, beside what its sensor says if it has one.

    An answer changed after its stage was completed takes the stage away: anyone may still say no-go.
    """
    person = needed(state.visits, asked.visit)
    if isinstance(person, Refused):
        return person
    form = ctx.forms.get(asked.list_id)
    item = form.item(asked.item) if form else None
    said = reading(state, person, item.sensor, ctx) if item and item.sensor else None
    answer = checklists.mark(state.lists, asked, ctx, state.staff, person.subject, said)
    if isinstance(answer, Refused) or item is None:
        return answer
    before = state.lists.marks.get(person.id, {}).get(f"{asked.list_id}:{asked.item}")
    same = asked.answer == (before.answer if before else "")
    # The same answer given anew ends its release, and with it what was completed on that.
    if same and not (before and before.released):
        return answer
    stage = checklists.stage_of(item, state.lists.deferred(person.id, asked.list_id))
    return (*answer, *_changed(state, person, asked.list_id, stage, ctx))


def defer_item(state: SuiteState, asked: DeferItem, ctx: Ctx) -> Facts | Refused:
    """Put an item off to the stage its list names."""
    person = needed(state.visits, asked.visit)
    if isinstance(person, Refused):
        return person
    return checklists.defer(state.lists, asked, ctx, state.staff, person.subject)


def _changed(state: SuiteState, person: Visit, list_id: str, item_stage: str, ctx: Ctx) -> Facts:
    facts: list[Fact] = []
    for leg, parts in STAGES.items():
        if person.stands(leg) and any(name == list_id and at in ("", item_stage) for name, at in parts):
            facts += fell(person, (leg,), "item-changed")
            facts += undo(state, person, _LEANS_ON.get(leg, ()), "item-changed", ctx)
    return tuple(facts)


def release_item(state: SuiteState, asked: ReleaseItem, ctx: Ctx) -> Facts | Refused:
    """Let a list go on although an answer holds it clinically; it is shown as a condition from then on."""
    person = needed(state.visits, asked.visit)
    if isinstance(person, Refused):
        return person
    return checklists.release(state.lists, asked, ctx, state.staff, person.subject)


def close_visit(state: SuiteState, asked: CloseVisit, ctx: Ctx) -> Facts | Refused:
    """Close a visit; its interview and lists leave the state, which must not grow with the years."""
    answer = visit_steps.decide(state.visits, asked, ctx, state.staff)
    if isinstance(answer, Refused) or not answer:
        return answer
    filed: list[Fact] = []
    if asked.visit in state.screening.cases:
        filed.append(ScreeningFiled(visit=asked.visit))
    if asked.visit in state.lists.marks or asked.visit in state.lists.rounds:
        filed.append(ListsFiled(visit=asked.visit))
    return (*answer, *filed)
