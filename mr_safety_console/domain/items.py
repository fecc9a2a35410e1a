"""The register of objects: what each is, what its label says, and on whose word. It only grows.

It is kept apart from where things are, so that what changes many times a day stays small.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import field, replace

from mr_safety_console.domain.codec import Command, Entry, Fact
from mr_safety_console.domain.context import US, Ctx, Instant, Who
from mr_safety_console.domain.items_facts import (
    OUT,
    PLACES,
    POSITIVE,
    QUARANTINES,
    Evidence,
    ImportItems,
    ItemClass,
    ItemLabelled,
    ItemQuarantined,
    ItemRegistered,
    ItemTold,
    Label,
    LabelItem,
    QuarantineItem,
    RegisterItem,
)
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import StaffState, may
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.words import refused

DAY_S = 86_400
MOST_ITEMS = 2_000
"""Items one import may enter; more is a list of something else."""
LONGEST_TAG, LONGEST_TEXT = 24, 120
NO_LABEL = "no-label"
"""Why an item without an MR label is in quarantine."""

_NOT_A_LABEL = re.compile(
    r"\bmri?[\s-]*compatib\w*|\bcompatible\b|\bnon[\s-]*(?:ferro)?magneti\w*", re.IGNORECASE
)


@frozen
class Item:
    """One registered object. `labelled` is when, and by whom, its present label was given."""

    id: str
    no: int
    tag: str
    name: str
    sort: ItemClass
    label: Label
    evidence: Evidence
    reference: str
    owner: str
    serial: str
    limit_ut: int
    tether_cm: int
    due_day: int
    home: str
    quarantine: str
    labelled: Instant
    by: tuple[Who, ...]


@frozen
class ItemsState:
    """Every registered item by id, and the number people say aloud."""

    register: Mapping[str, Item] = field(default_factory=dict)
    last_no: int = 0

    def tagged(self, tag: str) -> Item | None:
        """Return the item with this tag, however its letters are written."""
        return next((one for one in self.register.values() if same_tag(one.tag, tag)), None)


def same_tag(one: str, other: str) -> bool:
    """Tell whether two tags are the same to a reader."""
    return one.strip().casefold() == other.strip().casefold()


def today(now: Instant) -> int:
    """Return the day, in days since 1970-01-01, UTC."""
    return now.utc // (DAY_S * US)


def not_a_label(text: str) -> str:
    """Return the words in a text that are sales language and no label, or nothing."""
    found = _NOT_A_LABEL.search(text)
    return found.group(0).strip() if found else ""


def needed(state: ItemsState, item: str) -> Item | Refused:
    """Return a registered item, or the refusal that nobody knows it."""
    return state.register.get(item) or refused("item-unknown")


def wrong(told: ItemTold, now: Instant) -> Refused | None:
    """Return what is wrong with one item as it was described, or None."""
    if not told.tag.strip() or len(told.tag) > LONGEST_TAG or not told.name.strip():
        return refused("item-blank", tag=told.tag or "(blank)", longest=LONGEST_TAG)
    if any(len(text) > LONGEST_TEXT for text in (told.name, told.owner, told.serial, told.reference)):
        return refused("item-too-long", tag=told.tag, longest=LONGEST_TEXT)
    if told.home not in PLACES:
        return refused("item-place-unknown", given=told.home, choices=", ".join(PLACES))
    if told.home != OUT and (told.label not in POSITIVE or told.sort is ItemClass.OXYGEN_CYLINDER):
        return refused("item-no-home", tag=told.tag)
    return wrong_label(told, now)


def wrong_label(told: ItemTold, now: Instant) -> Refused | None:
    """Return what a label lacks: evidence that names a document, a date, and for Conditional its line."""
    if said := not_a_label(told.reference):
        return refused("item-label-wording", said=said)
    if min(told.limit_ut, told.tether_cm, told.due_day) < 0:
        return refused("item-figure", tag=told.tag)
    if told.label not in POSITIVE:
        return None
    if told.evidence is Evidence.NONE or not told.reference.strip():
        return refused("item-no-evidence", tag=told.tag)
    if told.label is Label.CONDITIONAL and told.limit_ut == 0:
        return refused("item-no-limit", tag=told.tag)
    if told.due_day < today(now):
        return refused("item-inspection-due", tag=told.tag)
    return None


def label_of(text: str) -> Label | Refused:
    """Return the label these words are; sales language is refused by name."""
    if said := not_a_label(text):
        return refused("item-label-wording", said=said)
    given = text.strip().lower().replace(" ", "-").replace("_", "-")
    if given in set(Label):
        return Label(given)
    return refused("item-label-unknown", given=text.strip()[:40], choices=", ".join(Label))


def decide(state: ItemsState, asked: Command, ctx: Ctx, staff: StaffState) -> tuple[Fact, ...] | Refused:
    """Decide on the register alone; what it means for things inside a room is judged by the suite."""
    match asked:
        case RegisterItem():
            return _register(state, asked, ctx, staff)
        case ImportItems():
            return _import(state, asked, ctx, staff)
        case LabelItem():
            return _label(state, asked, ctx, staff)
        case QuarantineItem():
            return _quarantine(state, asked, ctx, staff)
        case _:
            return ()


def _register(
    state: ItemsState, asked: RegisterItem, ctx: Ctx, staff: StaffState
) -> tuple[Fact, ...] | Refused:
    if why := may(staff, "item-register", ctx):
        return why
    told = ItemTold(tag=asked.tag, name=asked.name, sort=asked.sort, label=Label.NOT_EVALUATED)
    if why := wrong(told, ctx.now):
        return why
    if state.tagged(told.tag):
        return refused("item-tag-taken", tag=told.tag)
    return (_entered(told, state.last_no + 1, ctx.tokens[0]),)


def _import(state: ItemsState, asked: ImportItems, ctx: Ctx, staff: StaffState) -> tuple[Fact, ...] | Refused:
    if not asked.entries or len(asked.entries) > MOST_ITEMS:
        return refused("import-size", count=len(asked.entries), most=MOST_ITEMS)
    for told in asked.entries:
        if why := wrong(told, ctx.now):
            return why
    tags = Counter(told.tag.strip().casefold() for told in asked.entries)
    tags.update(one.tag.strip().casefold() for one in state.register.values())
    for told in asked.entries:
        if tags[told.tag.strip().casefold()] > 1:
            return refused("item-tag-taken", tag=told.tag)
    if why := may(staff, "item-import", ctx):
        return why
    first = state.last_no + 1
    return tuple(_entered(told, first + n, f"{ctx.tokens[0]}-{n}") for n, told in enumerate(asked.entries))


def _entered(told: ItemTold, no: int, subject: str) -> ItemRegistered:
    return ItemRegistered(
        subject=subject,
        no=no,
        tag=told.tag.strip(),
        name=told.name.strip(),
        sort=told.sort,
        label=told.label,
        evidence=told.evidence,
        reference=told.reference.strip(),
        owner=told.owner.strip(),
        serial=told.serial.strip(),
        limit_ut=told.limit_ut,
        tether_cm=told.tether_cm,
        due_day=told.due_day,
        home=told.home,
        quarantine="" if told.label in {*POSITIVE, Label.UNSAFE} else NO_LABEL,
    )


def _label(state: ItemsState, asked: LabelItem, ctx: Ctx, staff: StaffState) -> tuple[Fact, ...] | Refused:
    known = needed(state, asked.item)
    if isinstance(known, Refused):
        return known
    label = label_of(asked.label)
    if isinstance(label, Refused):
        return label
    if asked.evidence not in set(Evidence):
        return refused("item-no-evidence", tag=known.tag)
    told = ItemTold(
        tag=known.tag,
        name=known.name,
        sort=known.sort,
        label=label,
        evidence=Evidence(asked.evidence),
        reference=asked.reference[:LONGEST_TEXT],
        limit_ut=asked.limit_ut,
        tether_cm=asked.tether_cm,
        due_day=asked.due_day,
    )
    if why := wrong_label(told, ctx.now) or may(staff, "item-label", ctx):
        return why
    return (_labelled(known, told),)


def _labelled(known: Item, told: ItemTold) -> ItemLabelled:
    return ItemLabelled(
        subject=known.id,
        was=known.label,
        label=told.label,
        evidence=told.evidence,
        reference=told.reference.strip(),
        limit_ut=told.limit_ut,
        tether_cm=told.tether_cm,
        due_day=told.due_day,
    )


def _quarantine(
    state: ItemsState, asked: QuarantineItem, ctx: Ctx, staff: StaffState
) -> tuple[Fact, ...] | Refused:
    known = needed(state, asked.item)
    if isinstance(known, Refused):
        return known
    if asked.reason not in QUARANTINES:
        return refused("item-quarantine-reason", given=asked.reason, choices=", ".join(QUARANTINES))
    if why := may(staff, "item-quarantine", ctx):
        return why
    return (ItemQuarantined(item=known.id, reason=asked.reason),)


def evolve(state: ItemsState, entry: Entry) -> ItemsState:
    """Return the register after one fact."""
    match entry.fact:
        case ItemRegistered() as told:
            item = _item(told, entry)
            register = {**state.register, item.id: item}
            return replace(state, register=register, last_no=max(state.last_no, told.no))
        case ItemLabelled(subject=name) as told if name in state.register:
            return _with(state, _relabelled(state.register[name], told, entry))
        case ItemQuarantined(item=name, reason=reason) if name in state.register:
            return _with(state, replace(state.register[name], quarantine=reason))
        case _:
            return state


def _with(state: ItemsState, item: Item) -> ItemsState:
    return replace(state, register={**state.register, item.id: item})


def _item(told: ItemRegistered, entry: Entry) -> Item:
    return Item(
        id=told.subject,
        no=told.no,
        tag=told.tag,
        name=told.name,
        sort=told.sort,
        label=told.label,
        evidence=told.evidence,
        reference=told.reference,
        owner=told.owner,
        serial=told.serial,
        limit_ut=told.limit_ut,
        tether_cm=told.tether_cm,
        due_day=told.due_day,
        home=told.home,
        quarantine=told.quarantine,
        labelled=entry.at,
        by=entry.by,
    )


def _relabelled(item: Item, told: ItemLabelled, entry: Entry) -> Item:
    held = told.label not in {*POSITIVE, Label.UNSAFE}
    return replace(
        item,
        label=told.label,
        evidence=told.evidence,
        reference=told.reference,
        limit_ut=told.limit_ut,
        tether_cm=told.tether_cm,
        due_day=told.due_day,
        home=item.home if told.label in POSITIVE else OUT,
        quarantine=NO_LABEL if held else "",
        labelled=entry.at,
        by=entry.by,
    )
