"""Checklists done item by item: nothing ticked beforehand, nothing ticked in bulk, nothing by a sensor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from mr_safety_console.domain.codec import Command, Entry, Fact, Private, command, fact
from mr_safety_console.domain.context import Ctx, Instant, Who
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import StaffState, may
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.visit_facts import Leg
from mr_safety_console.domain.words import refused
from screening_forms import answering
from screening_forms.types import Form, Item, Trigger

NEGATIVE = frozenset({"fail", "no-go"})

STAGES: Mapping[Leg, tuple[tuple[str, str], ...]] = {
    Leg.DOOR_LIST: (("coil-and-positioning", "door"), ("hearing", "door")),
    Leg.FINAL_CHECK: (("final-check", ""),),
    Leg.TABLE_LIST: (("coil-and-positioning", "table"), ("hearing", "table")),
    Leg.COIL_REMOVED: (("coil-and-positioning", "removal"),),
}
"""Which stages of which lists make each leg, in the order they are done."""


@fact("item-marked")
class ItemMarked(Fact):
    """One item was answered by a person. `reading` is what its sensor said then, with its age."""

    subject: str
    visit: str
    list_id: str
    version: str
    item: str
    answer: str
    reason: Private[str]
    reading: str = ""
    reading_age_ms: int = 0


@fact("item-released")
class ItemReleased(Fact):
    """Somebody entitled, with a second person, lets the list go on although this answer holds."""

    subject: str
    visit: str
    list_id: str
    item: str
    answer: str
    reason: Private[str]


@fact("item-reopened")
class ItemReopened(Fact):
    """A sensor disagrees with an answered item, or fell silent: it is open again."""

    visit: str
    list_id: str
    item: str
    sensor: str


@fact("stage-reset")
class StageReset(Fact):
    """A stage has to be done again from blank: its leg fell or the visit goes back in.

    `items` names (`list:linkId`) what goes blank where the stage is only part of a list.
    """

    visit: str
    leg: Leg
    items: tuple[str, ...] = ()


@fact("lists-filed")
class ListsFiled(Fact):
    """The visit is closed: its lists stand in the record and leave the state."""

    visit: str


@command("mark-item")
class MarkItem(Command):
    """Answer one item of a list; `reason` where the answer wants one."""

    visit: str
    list_id: str
    item: str
    answer: str
    reason: str = ""


@command("release-item")
class ReleaseItem(Command):
    """Let a list go on although a clinical answer holds it: the reason, signed by two."""

    visit: str
    list_id: str
    item: str
    reason: str


@command("complete-stage")
class CompleteStage(Command):
    """Say that a stage is done; for the final check this is the GO, signed by two."""

    visit: str
    leg: Leg


@frozen
class Mark:
    """The answer to one item, by whom and when; and who released it on which condition, if it holds."""

    answer: str
    at: Instant
    by: tuple[Who, ...]
    reason: str = ""
    released: tuple[Who, ...] = ()
    condition: str = ""


@frozen
class ListsState:
    """Marks by visit, then by `list:linkId`."""

    marks: Mapping[str, Mapping[str, Mark]] = field(default_factory=dict)

    def answers(self, visit: str, list_id: str) -> dict[str, str]:
        """Return the answers of one list, by linkId."""
        prefix = f"{list_id}:"
        return {
            key.removeprefix(prefix): mark.answer
            for key, mark in self.marks.get(visit, {}).items()
            if key.startswith(prefix)
        }


FACTS = (ItemMarked, ItemReleased, ItemReopened, StageReset, ListsFiled)


def stage_items(form: Form, stage: str, answers: Mapping[str, str]) -> tuple[Item, ...]:
    """Return the items of a stage asked now; the empty stage means the whole list."""
    items = answering.asked(form, answers)
    if not stage:
        return items
    wanted = {item.link_id for item in answering.stage_items(form, stage)}
    return tuple(item for item in items if item.link_id in wanted)


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
        items = stage_items(form, stage, answers)
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
        for item in stage_items(form, stage, answers) if form else ():
            said = answers.get(item.link_id, "")
            if negative(item, said) and f"{list_id}:{item.link_id}" not in let_go:
                return refused("item-negative", first=item.code or item.text)
    return None


def marked(state: ListsState, visit: str, leg: Leg, forms: Mapping[str, Form]) -> tuple[str, ...]:
    """Return the answered items (`list:linkId`) of a leg's stages."""
    found: list[str] = []
    for list_id, stage in STAGES[leg]:
        form = forms.get(list_id)
        for link_id in state.answers(visit, list_id):
            item = form.item(link_id) if form else None
            if not stage or (item is not None and item.stage == stage):
                found.append(f"{list_id}:{link_id}")
    return tuple(found)


def mark(
    state: ListsState,
    asked: MarkItem,
    ctx: Ctx,
    staff: StaffState,
    subject: str,
    reading: tuple[str, int, bool] | None,
) -> tuple[Fact, ...] | Refused:
    """Decide on one answer. `reading` is (word, age in ms, agrees) where the item has a sensor.

    A sensor can only hold an item open: the person still answers, and cannot answer well while the
    sensor disagrees or is UNKNOWN.
    """
    if why := may(staff, "list-item", ctx):
        return why
    form = ctx.forms.get(asked.list_id)
    if form is None:
        return refused("form-not-loaded", form=asked.list_id, version="any")
    item = form.item(asked.item)
    if item is None:
        return refused("question-unknown", item=asked.item)
    if asked.answer and (wrong := answering.check(item, asked.answer)):
        return refused("answer-wrong", item=item.code or item.link_id, what=wrong)
    if reading is not None and not reading[2] and asked.answer and asked.answer not in NEGATIVE:
        return refused("sensor-disagrees", item=item.code or item.text, reading=reading[0])
    return (
        ItemMarked(
            subject=subject,
            visit=asked.visit,
            list_id=asked.list_id,
            version=form.version,
            item=asked.item,
            answer=asked.answer,
            reason=asked.reason,
            reading=reading[0] if reading else "",
            reading_age_ms=reading[1] if reading else 0,
        ),
    )


def sensed(form: Form, state: ListsState, visit: str, sensor: str) -> tuple[Fact, ...]:
    """Return the facts that reopen answered items of a sensor that no longer agrees."""
    answers = state.answers(visit, form.id)
    return tuple(
        ItemReopened(visit=visit, list_id=form.id, item=item.link_id, sensor=sensor)
        for item in form.walk()
        if item.sensor == sensor and answers.get(item.link_id) and answers[item.link_id] not in NEGATIVE
    )


def evolve(state: ListsState, entry: Entry) -> ListsState:
    """Return the lists after one fact."""
    match entry.fact:
        case ItemMarked() as made:
            key = f"{made.list_id}:{made.item}"
            marks = {k: v for k, v in state.marks.get(made.visit, {}).items() if k != key}
            if made.answer:
                marks[key] = Mark(made.answer, entry.when, entry.by, made.reason)
            return replace(state, marks={**state.marks, made.visit: marks})
        case ItemReleased() as let:
            return _let(state, let, entry)
        case ItemReopened(visit=visit, list_id=list_id, item=item):
            return _without(state, visit, (f"{list_id}:{item}",))
        case StageReset(visit=visit, leg=leg, items=items):
            lists = tuple(f"{list_id}:" for list_id, stage in STAGES[leg] if not stage)
            return _without(state, visit, items, lists)
        case ListsFiled(visit=visit):
            return replace(state, marks={k: v for k, v in state.marks.items() if k != visit})
        case _:
            return state


def _let(state: ListsState, let: ItemReleased, entry: Entry) -> ListsState:
    key = f"{let.list_id}:{let.item}"
    marks = state.marks.get(let.visit, {})
    known = marks.get(key)
    if known is None or known.answer != let.answer:
        return state
    made = replace(known, released=entry.by, condition=let.reason)
    return replace(state, marks={**state.marks, let.visit: {**marks, key: made}})


def _without(
    state: ListsState, visit: str, items: tuple[str, ...], lists: tuple[str, ...] = ()
) -> ListsState:
    known = state.marks.get(visit, {})
    marks = {k: v for k, v in known.items() if k not in items and not k.startswith(lists)}
    return replace(state, marks={**state.marks, visit: marks})
