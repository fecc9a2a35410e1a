"""Checklists done item by item: nothing ticked beforehand, nothing ticked in bulk, nothing by a sensor."""

from __future__ import annotations

from collections.abc import Mapping

from mr_safety_console.domain.authority import MAY
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import NS, Ctx
from mr_safety_console.domain.list_sensors import Reading
from mr_safety_console.domain.lists_facts import (
    FACTS,
    CompleteStage,
    DeferItem,
    ItemDeferred,
    ItemMarked,
    ItemReleased,
    ItemReopened,
    ListsFiled,
    ListsState,
    Mark,
    MarkItem,
    OverrideItem,
    ReleaseItem,
    StageReset,
)
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import StaffState, credential_over, may, roles_of
from mr_safety_console.domain.visit_facts import Leg
from mr_safety_console.domain.words import refused
from screening_forms import answering
from screening_forms.types import Form, Item, ItemType, Trigger

__all__ = [
    "FACTS",
    "NEGATIVE",
    "STAGES",
    "CompleteStage",
    "DeferItem",
    "ItemDeferred",
    "ItemMarked",
    "ItemReleased",
    "ItemReopened",
    "ListsFiled",
    "ListsState",
    "Mark",
    "MarkItem",
    "OverrideItem",
    "ReleaseItem",
    "StageReset",
    "defer",
    "held",
    "item_of",
    "mark",
    "marked",
    "negative",
    "read_back_by",
    "read_out",
    "releasable",
    "release",
    "released",
    "sensed",
    "stage_items",
    "stage_of",
    "unfinished",
]

NEGATIVE = frozenset({"fail", "no-go"})

STAGES: Mapping[Leg, tuple[tuple[str, str], ...]] = {
    Leg.DOOR_LIST: (("coil-and-positioning", "door"), ("hearing", "door")),
    Leg.FINAL_CHECK: (("final-check", ""),),
    Leg.TABLE_LIST: (("coil-and-positioning", "table"), ("hearing", "table")),
    Leg.COIL_REMOVED: (("coil-and-positioning", "removal"),),
}
"""Which stages of which lists make each leg, in the order they are done."""

_NOTHING: Mapping[str, str] = {}
_TICKED = (ItemType.CHOICE, ItemType.BOOLEAN)
_IN_ORDER = tuple(part for parts in STAGES.values() for part in parts)


def stage_items(
    form: Form, stage: str, answers: Mapping[str, str], deferred: Mapping[str, str] = _NOTHING
) -> tuple[Item, ...]:
    """Return the items of a stage asked now; the empty stage means the whole list.

    What was put off, with what hangs on it, is left out of its own stage and comes first in the one named.
    """
    items = answering.asked(form, answers)
    if not stage:
        return items
    here = [item for item in items if stage_of(item, deferred) == stage]
    return tuple(sorted(here, key=lambda item: item.stage == stage))


def stage_of(item: Item, deferred: Mapping[str, str]) -> str:
    """Return the stage an item is asked in: its own, or where it, or what it hangs on, was put off to."""
    names = (item.link_id, *(when.question for when in item.enable_when))
    return next((deferred[name] for name in names if name in deferred), item.stage)


def negative(item: Item, answer: str) -> bool:
    """Tell whether an answer keeps a list open: fail, no-go, or one that holds by the form's own word."""
    if answer in NEGATIVE:
        return True
    found = answering.triggered(item, answer) if answer else None
    return found is not None and found.rank >= Trigger.REMOVE.rank


def releasable(item: Item, answer: str) -> bool:
    """Tell whether a physician may let the list go on with this answer: it holds clinically.

    Fail and no-go are put right, never released.
    """
    clinical = answering.triggered(item, answer) if answer else None
    return answer not in NEGATIVE and clinical is Trigger.HOLD_CLINICAL


def released(state: ListsState, visit: str, leg: Leg, forms: Mapping[str, Form]) -> tuple[str, ...]:
    """Return the items (`list:linkId`) of a leg's stages that go on by release: its conditions."""
    marks = state.marks.get(visit, {})
    return tuple(name for name in marked(state, visit, leg, forms) if marks[name].released)


def release(
    state: ListsState, asked: ReleaseItem, ctx: Ctx, staff: StaffState, subject: str
) -> tuple[Fact, ...] | Refused:
    """Decide on the release of one answer that holds clinically; any new answer ends it."""
    form = ctx.forms.get(asked.list_id)
    item = form.item(asked.item) if form else None
    answer = state.answers(asked.visit, asked.list_id).get(asked.item, "")
    if item is None or not releasable(item, answer):
        return refused("nothing-to-release", item=asked.item)
    if not asked.reason.strip():
        return refused("release-needs-reason")
    if why := may(staff, "release-item", ctx):
        return why
    return (
        ItemReleased(
            subject=subject,
            visit=asked.visit,
            list_id=asked.list_id,
            item=asked.item,
            answer=answer,
            reason=asked.reason,
        ),
    )


def unfinished(state: ListsState, visit: str, leg: Leg, forms: Mapping[str, Form]) -> Refused | None:
    """Tell what is missing before a leg's lists are done, or None. A list not loaded is missing."""
    for list_id, stage in STAGES[leg]:
        form = forms.get(list_id)
        if form is None:
            return refused("form-not-loaded", form=list_id, version="any")
        answers = state.answers(visit, list_id)
        items = stage_items(form, stage, answers, state.deferred(visit, list_id))
        if not items:
            return refused("form-not-loaded", form=f"{list_id}, part {stage}", version=form.version)
        asked = {item.link_id: item for item in items}
        blank = [item for item in answering.missing(form, answers) if item.link_id in asked]
        if blank:
            return refused("items-open", count=len(blank), first=blank[0].code or blank[0].text)
    # What is found after the scan, with its note, holds nobody: it is written down and done.
    return None if leg is Leg.COIL_REMOVED else held(state, visit, leg, forms)


def held(state: ListsState, visit: str, leg: Leg, forms: Mapping[str, Form]) -> Refused | None:
    """Tell which answer of a leg's lists holds, unless it was released, or None; blanks hold nothing here."""
    let_go = released(state, visit, leg, forms)
    for list_id, stage in STAGES[leg]:
        answers, form = state.answers(visit, list_id), forms.get(list_id)
        deferred = state.deferred(visit, list_id)
        for item in stage_items(form, stage, answers, deferred) if form else ():
            said = answers.get(item.link_id, "")
            if negative(item, said) and f"{list_id}:{item.link_id}" not in let_go:
                return refused("item-negative", first=item.code or item.text)
    return None


def marked(state: ListsState, visit: str, leg: Leg, forms: Mapping[str, Form]) -> tuple[str, ...]:
    """Return what stands to the items (`list:linkId`) of a leg's stages: what is blank again makes it new.

    What was put off belongs to its own stage, and once it is answered to the later one as well.
    """
    found: list[str] = []
    for list_id, stage in STAGES[leg]:
        form, deferred = forms.get(list_id), state.deferred(visit, list_id)
        for key, one in state.marks.get(visit, {}).items():
            name, _, link_id = key.partition(":")
            item = form.item(link_id) if form and name == list_id else None
            own = not stage or (item is not None and item.stage == stage)
            later = item is not None and one.answer and stage_of(item, deferred) == stage
            if name == list_id and (own or later):
                found.append(key)
    return tuple(found)


def mark(
    state: ListsState,
    asked: MarkItem,
    ctx: Ctx,
    staff: StaffState,
    subject: str,
    reading: Reading | None,
) -> tuple[Fact, ...] | Refused:
    """Decide on one answer; `reading` is what the sensor of the item says, if it has one.

    A sensor can only hold an item open: the person still answers, and cannot answer well while the
    sensor disagrees or is UNKNOWN.
    """
    if why := may(staff, "list-item", ctx):
        return why
    found = item_of(asked.list_id, asked.item, ctx)
    if isinstance(found, Refused):
        return found
    form, item = found
    name = item.code or item.text
    if asked.answer and (wrong := answering.check(item, asked.answer)):
        return refused("answer-wrong", item=item.code or item.link_id, what=wrong)
    if reading is not None and not reading.agrees and asked.answer and asked.answer not in NEGATIVE:
        return refused("sensor-disagrees", item=name, reading=reading.word)
    aloud = read_out(item) and asked.answer not in ("", *NEGATIVE)
    if aloud and (why := _not_read_back(asked.responder, name, ctx, staff)):
        return why
    return (
        ItemMarked(
            subject=subject,
            visit=asked.visit,
            list_id=asked.list_id,
            version=form.version,
            item=asked.item,
            answer=asked.answer,
            reason=asked.reason,
            reading=reading.word if reading else "",
            reading_age_ms=reading.age_ms if reading else 0,
            responder=asked.responder if aloud else "",
            hurried=bool(asked.answer) and item.type in _TICKED and _hurried(state, asked, ctx),
        ),
    )


def read_out(item: Item) -> bool:
    """Tell whether an item is read by one person and answered aloud by another; anybody alone says no-go."""
    return item.challenge and item.type in _TICKED


def item_of(list_id: str, link_id: str, ctx: Ctx) -> tuple[Form, Item] | Refused:
    """Return a list and one of its items, or the refusal that it is not there."""
    form = ctx.forms.get(list_id)
    if form is None:
        return refused("form-not-loaded", form=list_id, version="any")
    item = form.item(link_id)
    return (form, item) if item is not None else refused("question-unknown", item=link_id)


def _not_read_back(responder: str, item: str, ctx: Ctx, staff: StaffState) -> Refused | None:
    """Tell why nobody else has answered this item aloud: they are of the register, and not the reader."""
    reader = ctx.actor.person if ctx.actor else ""
    roles, _ = MAY["list-item"]
    if responder in ("", reader) or not roles & roles_of(staff, responder):
        return refused("responder-missing", item=item, roles=", ".join(sorted(roles)))
    return refused("credential-expired") if credential_over(staff, responder, ctx) else None


def _hurried(state: ListsState, asked: MarkItem, ctx: Ctx) -> bool:
    """Tell whether another item of this visit was ticked less than the site's pace ago."""
    within_ns = ctx.profile.limit("tick_pace_ms") * NS // 1000
    for key, one in state.marks.get(asked.visit, {}).items():
        list_id, _, link_id = key.partition(":")
        if not one.answer or (list_id, link_id) == (asked.list_id, asked.item) or one.at.boot != ctx.now.boot:
            continue
        form = ctx.forms.get(list_id) if 0 <= ctx.when.bt - one.at.bt < within_ns else None
        item = form.item(link_id) if form else None
        if item is not None and item.type in _TICKED:
            return True
    return False


def read_back_by(state: ListsState, visit: str, leg: Leg, forms: Mapping[str, Form]) -> frozenset[str]:
    """Return everybody who read an item of a leg aloud, or answered one."""
    marks = state.marks.get(visit, {})
    read = [marks[key] for key in marked(state, visit, leg, forms) if marks[key].responder]
    return frozenset(name for one in read for name in (one.responder, *(who.person for who in one.by)))


def defer(
    state: ListsState, asked: DeferItem, ctx: Ctx, staff: StaffState, subject: str
) -> tuple[Fact, ...] | Refused:
    """Decide on putting an item off: only a blank one, only where its list allows it.

    A final check is done in one go: it has no later stage.
    """
    found = item_of(asked.list_id, asked.item, ctx)
    if isinstance(found, Refused):
        return found
    form, item = found
    later = [stage for name, stage in _IN_ORDER if name == asked.list_id]
    order = later.index(item.stage) if item.stage in later else len(later)
    if not item.defer or item.defer not in later[order + 1 :]:
        return refused("not-deferrable", item=item.code or item.text)
    if state.answers(asked.visit, asked.list_id).get(asked.item):
        return refused("item-answered", item=item.code or item.text)
    if not asked.reason.strip():
        return refused("defer-needs-reason")
    if why := may(staff, "list-item", ctx):
        return why
    told = ItemDeferred(
        subject=subject,
        visit=asked.visit,
        list_id=asked.list_id,
        version=form.version,
        item=asked.item,
        until=item.defer,
        reason=asked.reason,
    )
    return (told,)


def sensed(form: Form, state: ListsState, visit: str, sensor: str) -> tuple[Fact, ...]:
    """Return the facts that reopen answered items of a sensor that no longer agrees."""
    answers = state.answers(visit, form.id)
    return tuple(
        ItemReopened(visit=visit, list_id=form.id, item=item.link_id, sensor=sensor)
        for item in form.walk()
        if item.sensor == sensor and answers.get(item.link_id) and answers[item.link_id] not in NEGATIVE
    )
