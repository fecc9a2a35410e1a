"""The lists of a visit, judged on the whole suite: items with sensors, stages, and what undoes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import checklists, detectors, visit_steps
from mr_safety_console.domain.checklists import (
    STAGES,
    CompleteStage,
    ListsFiled,
    MarkItem,
    ReleaseItem,
    StageReset,
)
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.screening_facts import ScreeningFiled
from mr_safety_console.domain.staff import may
from mr_safety_console.domain.visit import (
    VALIDITY,
    WATCHED,
    Visit,
    before_entry,
    expired,
    fell,
    needed,
    outlived,
)
from mr_safety_console.domain.visit_facts import (
    CloseVisit,
    Leg,
    LegMade,
    StaffCounted,
    ZoneIVEntered,
    ZoneIVHeads,
)
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
_LEANS_ON = {Leg.DOOR_LIST: (Leg.FINAL_CHECK,), Leg.TABLE_LIST: (Leg.START_CHECK,)}


def undo(state: SuiteState, person: Visit, legs: tuple[Leg, ...], reason: str, ctx: Ctx) -> Facts:
    """Return the fall of these legs, and their lists blank again: each item is answered anew."""
    return (*fell(person, legs, reason), *blank(state, person, legs, ctx))


def blank(state: SuiteState, person: Visit, legs: tuple[Leg, ...], ctx: Ctx) -> Facts:
    """Return the resets of those of these legs' lists that have an answer."""
    facts: list[Fact] = []
    for leg in legs:
        items = checklists.marked(state.lists, person.id, leg, ctx.forms) if leg in STAGES else ()
        if items:
            whole = all(not stage for _, stage in STAGES[leg])
            facts.append(StageReset(visit=person.id, leg=leg, items=() if whole else items))
    return tuple(facts)


def stale(state: SuiteState, person: Visit, leg: Leg, ctx: Ctx) -> bool:
    """Tell whether any answer of a stage is older than the leg it makes may be."""
    name, unit_s = VALIDITY[leg]
    valid_s = ctx.profile.limit(name) * unit_s
    marks = state.lists.marks.get(person.id, {})
    return any(
        (leg in WATCHED and marks[name].at.boot != ctx.now.boot) or outlived(marks[name].at, valid_s, ctx)
        for name in checklists.marked(state.lists, person.id, leg, ctx.forms)
    )


def expire(state: SuiteState, ctx: Ctx) -> Facts:
    """Return the lists that have waited too long: gone through anew, item by item."""
    return tuple(
        fact
        for person in state.visits.open.values()
        if person.id in state.lists.marks
        for leg in _waiting(person)
        if stale(state, person, leg, ctx)
        for fact in (
            *undo(state, person, (leg,), "expired", ctx),
            *undo(state, person, _LEANS_ON.get(leg, ()), "expired", ctx),
        )
    )


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
    reading = sensor_reading(state, person, item.sensor, ctx) if item and item.sensor else None
    answer = checklists.mark(state.lists, asked, ctx, state.staff, person.subject, reading)
    if isinstance(answer, Refused) or item is None:
        return answer
    before = state.lists.marks.get(person.id, {}).get(f"{asked.list_id}:{asked.item}")
    same = asked.answer == (before.answer if before else "")
    # The same answer given anew ends its release, and with it what was completed on that.
    if same and not (before and before.released):
        return answer
    return (*answer, *_changed(state, person, asked.list_id, item.stage, ctx))


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


def sensor_reading(state: SuiteState, person: Visit, sensor: str, ctx: Ctx) -> tuple[str, int, bool]:
    """Return (word, age in ms, agrees) of a sensor named in a list; an unknown name never agrees."""
    if sensor == "detector-pass":
        known = person.legs.get(Leg.DETECTOR_PASS)
        stands = person.stands(Leg.DETECTOR_PASS) and not expired(person, Leg.DETECTOR_PASS, ctx)
        age_ms = (ctx.now.bt - known.at.bt) // 1_000_000 if known and stands else 0
        return ("pass recorded" if stands else "no pass", age_ms, stands)
    if sensor == "door-zone-iv":
        door = ctx.profile.door_iv.id
        condition, reason = detectors.live_condition(ctx, door)
        level = ctx.live.get(door)
        age_ms = (ctx.now.bt - level.heard_bt) // 1_000_000 if level and level.heard_bt else 0
        word = {Condition.NORMAL: "closed", Condition.DANGER: "open"}.get(condition, f"UNKNOWN, {reason}")
        return word, age_ms, condition is Condition.NORMAL
    return "UNKNOWN, no such sensor", 0, False


def complete_stage(state: SuiteState, asked: CompleteStage, ctx: Ctx) -> Facts | Refused:
    """Make the leg of a stage whose items are all answered; the final check is signed by two."""
    person = needed(state.visits, asked.visit)
    if isinstance(person, Refused):
        return person
    if asked.leg not in _AFTER:
        return refused("no-such-stage", leg=asked.leg)
    if why := _too_early(person, asked.leg, ctx):
        return why
    if why := checklists.unfinished(state.lists, person.id, asked.leg, ctx.forms):
        return why
    if asked.leg in VALIDITY and stale(state, person, asked.leg, ctx):
        return refused("leg-expired", leg=asked.leg)
    act = "final-check" if asked.leg is Leg.FINAL_CHECK else "list-item"
    if why := may(state.staff, act, ctx):
        return why
    let_go = checklists.released(state.lists, person.id, asked.leg, ctx.forms)
    detail = f"released={'+'.join(let_go)}" if let_go else ""
    return (LegMade(visit=person.id, leg=asked.leg, detail=detail),)


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


def close_visit(state: SuiteState, asked: CloseVisit, ctx: Ctx) -> Facts | Refused:
    """Close a visit; its interview and lists leave the state, which must not grow with the years."""
    answer = visit_steps.decide(state.visits, asked, ctx, state.staff)
    if isinstance(answer, Refused) or not answer:
        return answer
    filed: list[Fact] = []
    if asked.visit in state.screening.cases:
        filed.append(ScreeningFiled(visit=asked.visit))
    if asked.visit in state.lists.marks:
        filed.append(ListsFiled(visit=asked.visit))
    return (*answer, *filed)
