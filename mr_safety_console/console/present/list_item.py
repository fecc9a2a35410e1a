"""One item of a list as it is shown: its state in a word, a symbol and a colour, who made it so, and why."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum

from mr_safety_console.console.present import answers
from mr_safety_console.console.present.rows import BLANK, Row, row, title
from mr_safety_console.console.present.view import View
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain import overrides
from mr_safety_console.domain.checklists import NEGATIVE, negative
from mr_safety_console.domain.context import NS
from mr_safety_console.domain.lists_facts import Mark, Noted
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.words import say
from screening_forms.answering import is_blank
from screening_forms.types import Item

Said = tuple[str, Tone]


class ItemState(StrEnum):
    """How an item stands; the value is the word that is shown."""

    OPEN = "OPEN"
    DONE = "DONE"
    FAILED = "FAILED"
    NOT_APPLICABLE = "N/A"
    OVERRIDDEN = "OVERRIDDEN"
    DEFERRED = "DEFERRED"
    REOPENED = "REOPENED"


@frozen
class Look:
    """Symbol and colour of a state."""

    symbol: str
    tone: Tone


LOOKS: dict[ItemState, Look] = {
    ItemState.OPEN: Look("□", Tone.CONFIRM),
    ItemState.DONE: Look("●", Tone.PLAIN),
    ItemState.FAILED: Look("▲", Tone.HOLD),
    ItemState.NOT_APPLICABLE: Look("–", Tone.FAINT),
    ItemState.OVERRIDDEN: Look("≠", Tone.OVERRIDDEN),
    ItemState.DEFERRED: Look("»", Tone.DEFERRED),
    ItemState.REOPENED: Look("◁", Tone.REOPENED),
}
"""Every state differs by word, by symbol and by colour."""


def state_of(item: Item, value: str | None, mark: Mark | None) -> ItemState:
    """Return how an item stands; `value` is its answer on the screen, `mark` what is kept of it."""
    if value is None or is_blank(value):
        if mark is not None and mark.reopened:
            return ItemState.REOPENED
        return ItemState.DEFERRED if mark is not None and mark.deferred else ItemState.OPEN
    if mark is not None and mark.by_eye is not None and mark.answer == value:
        return ItemState.OVERRIDDEN
    if value == "na":
        return ItemState.NOT_APPLICABLE
    return ItemState.FAILED if negative(item, value) else ItemState.DONE


def symbol(item: Item, value: str | None, mark: Mark | None) -> Said:
    """Return the symbol of the state, which stands in front of the item."""
    look = LOOKS[state_of(item, value, mark)]
    return f"{look.symbol} ", look.tone


def said(item: Item, value: str | None, mark: Mark | None) -> Said:
    """Return the state in its words: `DONE Pass`, `OPEN`, `OVERRIDDEN Go`."""
    state = state_of(item, value, mark)
    look = LOOKS[state]
    more = ""
    if state is ItemState.OPEN and not item.required:
        return "may stay blank", Tone.FAINT
    if state in (ItemState.DONE, ItemState.OVERRIDDEN, ItemState.FAILED) and value not in NEGATIVE:
        more = f" {answers.shown(item, value)[0].partition(' ')[2]}"
    elif state is ItemState.REOPENED and mark is not None:
        more = f" {say('reopened', mark.reopened)}"
    elif state is ItemState.DEFERRED and mark is not None:
        more = f" {say('stage', mark.deferred)}"
    return f"{state.value}{more}", look.tone


def by_whom(view: View, mark: Mark | None, value: str | None) -> tuple[Said, ...]:
    """Return who made an item what it is, when and why; who answered aloud, who released it, and haste."""
    if mark is None or mark.answer != (value or "") or not (mark.answer or mark.deferred):
        return ()
    why = f" ({view.private(mark.reason)})" if mark.reason else ""
    aloud = f"→{view.person(mark.responder)}" if mark.responder else ""
    told: list[Said] = []
    if mark.by or not mark.reopened:
        told.append((f"  {view.people(mark.by)}{aloud} {view.clock_short(mark.at)}{why}", Tone.FAINT))
    if mark.by_eye is not None:
        left_s = max(0, (mark.by_eye.due_bt - view.now.bt) // NS)
        kept = f", {view.person(mark.by_eye.keeper)} keeps the door" if mark.by_eye.keeper else ""
        told.append((f"  BY EYE{kept}, {left_s} s left", Tone.OVERRIDDEN))
    if mark.hurried:
        told.append(("  ≈ HURRIED", Tone.HOLD))
    if mark.released:
        told.append((f"  ▲ CONDITION by {view.people(mark.released)}: {mark.condition}", Tone.HOLD))
    return tuple(told)


SHOWN = 6


def list_rows(view: View) -> tuple[Row, ...]:
    """Return the items done by eye this shift and how many answers were hurried, for whoever takes over."""
    lists = view.state.lists
    eye = overrides.this_shift(lists.overrides, view.ctx)
    haste = overrides.this_shift(lists.hurried, view.ctx)
    if not eye and not haste:
        return ()
    by_list = Counter(one.item.partition(":")[0] for one in haste)
    told = ", ".join(f"{_called(view, name)} {count}" for name, count in sorted(by_list.items()))
    found = [title("LISTS THIS SHIFT", (f"   OVERRIDDEN {len(eye)}   HURRIED {len(haste)}", Tone.FAINT))]
    found += [_noted(view, one) for one in eye[-SHOWN:]]
    if told:
        found.append(row(("≈ HURRIED ", Tone.HOLD), told, indent=4))
    return (*found, BLANK)


def _noted(view: View, one: Noted) -> Row:
    list_id, _, link_id = one.item.partition(":")
    form = view.forms.get(list_id)
    item = form.item(link_id) if form else None
    text = f"{item.code} {item.text}" if item else one.item
    by = f"  {view.people(one.by)} {view.clock_short(one.at)}"
    return row(("≠ OVERRIDDEN ", Tone.OVERRIDDEN), text, (by, Tone.FAINT), indent=4)


def _called(view: View, list_id: str) -> str:
    form = view.forms.get(list_id)
    return form.title if form else list_id
