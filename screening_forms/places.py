"""Where answers stand: one place a question, and more where something repeats. Pure, stdlib only.

The place of a question that does not repeat, and stands under nothing that does, is its linkId. The
second answer to `q` stands at `q¶2`; `q` in the second round of the group `g` at `g¶2›q`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from screening_forms.types import Form, Item, ItemType

Answers = Mapping[str, str]
"""Place to canonical answer; a question without an entry has not been answered."""

NOT_ASKED = "not_asked"
MARK, STEP = "¶", "›"
"""What counts rounds and leads into one; neither may stand in a linkId."""

MAX_ROUNDS = 200
"""Most answers to one question, or rounds of one group."""

_ROUND = MARK + r"([0-9]{1,4})(?=›|\Z)"


def is_question(item: Item) -> bool:
    """Tell whether the item takes an answer: everything but groups and displayed lines."""
    return item.type not in (ItemType.GROUP, ItemType.DISPLAY)


def for_person(item: Item) -> bool:
    """Tell whether a person gives this answer, rather than nobody or a calculation.

    A hidden question that is required, or comes with a proposal, is asked all the same: what leans on
    it must not go unasked.
    """
    rules = item.rules
    if rules.calculated:
        return not (rules.read_only or rules.hidden)
    if rules.read_only:
        return bool(rules.initial)
    return not rules.hidden or item.required or bool(rules.initial)


def is_blank(value: str | None) -> bool:
    """Tell whether a value is no answer: none, empty, only spaces, or `not_asked`."""
    return value is None or not value.strip() or value == NOT_ASKED


def nth(key: str, number: int) -> str:
    """Return the place of the answer or round with this number, counted from 1."""
    return key if number == 1 else f"{key}{MARK}{number}"


def inside(key: str, link_id: str) -> str:
    """Return the place of an item that stands under the place `key`."""
    marked = key.rfind(MARK)
    if marked < 0:
        return link_id
    end = key.find(STEP, marked)
    return f"{key if end < 0 else key[:end]}{STEP}{link_id}"


def rounds(answers: Iterable[str]) -> dict[str, int]:
    """Return the highest number each repeated place has among these places."""
    most: dict[str, int] = {}
    for key in answers:
        if MARK not in key:
            continue
        for found in re.finditer(_ROUND, key):
            base, number = key[: found.start()], min(int(found[1]), MAX_ROUNDS)
            most[base] = max(most.get(base, 1), number)
    return most


class Place:
    """One item where it stands under the given answers. `on` tells whether it applies."""

    __slots__ = ("base", "index", "item", "key", "on", "parent")

    def __init__(self, index: int, item: Item, base: str, key: str, parent: Place | None) -> None:
        self.index, self.item, self.base, self.key, self.parent = index, item, base, key, parent
        self.on = True


def _hangs_on_expression(item: Item) -> bool:
    return bool(item.rules.enabled_by or item.rules.calculated or item.rules.constraints)


class Ground:
    """The items of a form in reading order, each with the index of the item it stands under.

    `expressive` tells whether anything about the form hangs on an expression.
    """

    __slots__ = ("by_id", "children", "expressive", "items", "parents", "repeating")

    def __init__(self, source: Form | Iterable[Item]) -> None:
        self.items: list[Item] = []
        self.parents: list[int | None] = []
        self.children: dict[int | None, list[int]] = {None: []}
        self.by_id: dict[str, int] = {}
        seen: set[int] = set()
        for item in source.items if isinstance(source, Form) else source:
            self._add(item, None, seen)
        self.repeating = any(item.repeats for item in self.items)
        above = source.rules.constraints if isinstance(source, Form) else ()
        self.expressive = bool(above) or any(_hangs_on_expression(item) for item in self.items)

    def _add(self, item: Item, parent: int | None, seen: set[int]) -> None:
        if id(item) in seen:
            return
        seen.add(id(item))
        index = len(self.items)
        self.items.append(item)
        self.parents.append(parent)
        self.children[parent].append(index)
        self.children[index] = []
        self.by_id.setdefault(item.link_id, index)
        for child in item.items:
            self._add(child, index, seen)

    def lay_out(self, answers: Answers) -> list[Place]:
        """Return every place these answers open up, in reading order; whether it applies is not judged."""
        if not self.repeating:
            return self._flat()
        found: list[Place] = []
        self._grow(self.children[None], None, rounds(answers), found)
        return found

    def _flat(self) -> list[Place]:
        found: list[Place] = []
        for index, item in enumerate(self.items):
            above = self.parents[index]
            parent = None if above is None else found[above]
            found.append(Place(index, item, item.link_id, item.link_id, parent))
        return found

    def _grow(
        self, indexes: list[int], parent: Place | None, most: Mapping[str, int], found: list[Place]
    ) -> None:
        for index in indexes:
            item = self.items[index]
            base = item.link_id if parent is None else inside(parent.key, item.link_id)
            for number in range(1, (most.get(base, 1) if item.repeats else 1) + 1):
                place = Place(index, item, base, nth(base, number), parent)
                found.append(place)
                self._grow(self.children[index], place, most, found)
