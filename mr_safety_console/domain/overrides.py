"""A sensed item whose sensor is dead, done by eye: two people, a reason, somebody at the door, a short time.

It never stands against a sensor that speaks: open is open, and a contact that is heard again ends it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import checklists, doors
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import NS, Ctx
from mr_safety_console.domain.list_sensors import DOOR, reading
from mr_safety_console.domain.lists_facts import ItemOverridden, ItemReopened, Mark, Noted, OverrideItem
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import may
from mr_safety_console.domain.visit import Visit, fell, needed, outlived
from mr_safety_console.domain.visit_facts import Leg
from mr_safety_console.domain.words import refused
from screening_forms.types import Item

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]

BY_EYE = ("pass", "go")
"""The answers that can be given by eye: everything is as the item says."""
EXPIRED, KEEPER_LEFT, SPOKE = "expired", "keeper-left", "spoke"


def override(state: SuiteState, asked: OverrideItem, ctx: Ctx) -> Facts | Refused:
    """Decide on doing one item by eye: only while its sensor is dead, with its place kept."""
    person = needed(state.visits, asked.visit)
    if isinstance(person, Refused):
        return person
    found = checklists.item_of(asked.list_id, asked.item, ctx)
    if isinstance(found, Refused):
        return found
    form, item = found
    said = reading(state, person, item.sensor, ctx)
    answer = next((option.code for option in item.options if option.code in BY_EYE), "")
    if not item.sensor or not said.dead or not answer:
        return refused("nothing-to-override", item=item.code or item.text)
    if why := _against(state, asked, item, ctx):
        return why
    keeper = doors.kept(state.doors, ctx.now)
    made = ItemOverridden(
        subject=person.subject,
        visit=person.id,
        list_id=form.id,
        version=form.version,
        item=item.link_id,
        answer=answer,
        reason=asked.reason,
        sensor=item.sensor,
        why=said.why,
        keeper=keeper.person if keeper else "",
        due_bt=ctx.now.bt + ctx.profile.limit("by_eye_valid_s") * NS,
        boot=ctx.now.boot,
    )
    # What was read back before this was another list: the go is given anew.
    again = () if person.inside else fell(person, _made_of(form.id), "item-changed")
    return (made, *again)


def _against(state: SuiteState, asked: OverrideItem, item: Item, ctx: Ctx) -> Refused | None:
    if not asked.reason.strip():
        return refused("override-needs-reason")
    if item.sensor == DOOR and doors.kept(state.doors, ctx.now) is None:
        return refused("by-eye-keeper", door=ctx.profile.door_iv.name)
    return may(state.staff, "override-item", ctx)


def _made_of(list_id: str) -> tuple[Leg, ...]:
    return tuple(leg for leg, parts in checklists.STAGES.items() if any(list_id == name for name, _ in parts))


def stands(state: SuiteState, person: Visit, one: Mark, ctx: Ctx) -> bool:
    """Tell whether what was said by eye still counts: in time, kept, and the sensor as dead as then."""
    return one.by_eye is not None and not _over(state, person, one, ctx)


def _over(state: SuiteState, person: Visit, one: Mark, ctx: Ctx) -> str:
    """Return why what was said by eye does not count any more; empty while it does."""
    by_eye = one.by_eye
    if by_eye is None:
        return ""
    if by_eye.boot != ctx.now.boot or ctx.now.bt >= by_eye.due_bt:
        return EXPIRED
    if not reading(state, person, by_eye.sensor, ctx).dead:
        return SPOKE
    keeper = doors.kept(state.doors, ctx.now)
    left = by_eye.sensor == DOOR and (keeper is None or keeper.person != by_eye.keeper)
    return KEEPER_LEFT if left else ""


def sensed(state: SuiteState, person: Visit, ctx: Ctx) -> tuple[tuple[str, Item, Mark], ...]:
    """Return the items of a visit that have a sensor and are answered as they should be, with their marks."""
    found: list[tuple[str, Item, Mark]] = []
    for key, one in state.lists.marks.get(person.id, {}).items():
        list_id, _, link_id = key.partition(":")
        known = checklists.item_of(list_id, link_id, ctx)
        if one.answer in BY_EYE and not isinstance(known, Refused) and known[1].sensor:
            found.append((key, known[1], one))
    return tuple(found)


def door_by_eye(state: SuiteState, person: Visit, ctx: Ctx) -> bool:
    """Tell whether somebody who keeps the magnet room's door answers for it, for this visit.

    Once the patient is inside only what was seen since they went in counts.
    """
    entered = person.entered if person.inside else None
    return any(
        one.by_eye is not None
        and one.by_eye.sensor == DOOR
        and stands(state, person, one, ctx)
        and (entered is None or one.at.bt > entered.bt)
        for one in state.lists.marks.get(person.id, {}).values()
    )


def tick(state: SuiteState, ctx: Ctx) -> Facts:
    """Return the end of everything said by eye that does not count any more; its item is open again."""
    facts: list[Fact] = []
    for person in state.visits.open.values():
        for key, one in state.lists.marks.get(person.id, {}).items():
            if why := _over(state, person, one, ctx):
                facts += _ended(state, person, key, one, why, ctx)
    return tuple(facts)


def _ended(state: SuiteState, person: Visit, key: str, one: Mark, why: str, ctx: Ctx) -> Facts:
    list_id, _, item = key.partition(":")
    sensor = one.by_eye.sensor if one.by_eye else ""
    again = ItemReopened(visit=person.id, list_id=list_id, item=item, sensor=sensor, reason=why)
    # Somebody announced stands in the door with staff: they are not called back half way.
    spared = person.inside or doors.excusing(state.doors, ctx.now) is not None
    return (again, *(() if spared else fell(person, _made_of(list_id), "by-eye-over")))


def this_shift(noted: tuple[Noted, ...], ctx: Ctx) -> tuple[Noted, ...]:
    """Return those of these that were made within the length of a shift."""
    valid_s = ctx.profile.limit("proof_test_valid_h") * 3600
    return tuple(one for one in noted if not outlived(one.at, valid_s, ctx))


def next_due(state: SuiteState) -> int | None:
    """Return the boot-time ns at which the next thing said by eye runs out, or None."""
    marks = (one for visit in state.lists.marks.values() for one in visit.values())
    return min((one.by_eye.due_bt for one in marks if one.by_eye is not None), default=None)
