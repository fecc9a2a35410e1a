"""Conditions of a form: which items apply under given answers. Pure, stdlib only, no recursion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

from screening_forms.types import EnableWhen, Form, Item, ItemType

Answers = Mapping[str, str]
"""linkId to canonical answer; a question without an entry has not been answered."""

NOT_ASKED = "not_asked"


def is_question(item: Item) -> bool:
    """Tell whether the item takes an answer: everything but groups and displayed lines."""
    return item.type not in (ItemType.GROUP, ItemType.DISPLAY)


def is_blank(value: str | None) -> bool:
    """Tell whether a value is no answer: none, empty, only spaces, or `not_asked`."""
    return value is None or not value.strip() or value == NOT_ASKED


class Tree:
    """The items of a form in reading order with their parents; evaluates conditions without recursion.

    A condition on a question that does not exist, or that closes a circle, counts as met.
    """

    __slots__ = ("_by_id", "_parents", "items")

    def __init__(self, source: Form | Iterable[Item]) -> None:
        self.items: list[Item] = []
        self._parents: list[int | None] = []
        self._by_id: dict[str, int] = {}
        seen: set[int] = set()
        for item in source.items if isinstance(source, Form) else source:
            self._add(item, None, seen)

    def _add(self, item: Item, parent: int | None, seen: set[int]) -> None:
        if id(item) in seen:
            return
        seen.add(id(item))
        index = len(self.items)
        self.items.append(item)
        self._parents.append(parent)
        self._by_id.setdefault(item.link_id, index)
        for child in item.items:
            self._add(child, index, seen)

    def enabled(self, answers: Answers) -> list[bool]:
        """Return for each item whether it applies."""
        known: dict[int, bool] = {}
        for index in range(len(self.items)):
            self._settle(index, answers, known)
        return [known[index] for index in range(len(self.items))]

    def _settle(self, start: int, answers: Answers, known: dict[int, bool]) -> None:
        """Settle one item after everything it leans on; what is met again on the way is a circle."""
        stack, under_way = [start], set[int]()
        while stack:
            index = stack[-1]
            if index in known:
                stack.pop()
                continue
            under_way.add(index)
            first = [d for d in self._needs(index) if d not in known and d not in under_way]
            if first:
                stack.extend(first)
            else:
                known[index] = self._applies(index, answers, known)

    def _needs(self, index: int) -> list[int]:
        needs = [self._by_id[w.question] for w in self.items[index].enable_when if w.question in self._by_id]
        parent = self._parents[index]
        return needs if parent is None else [*needs, parent]

    def _applies(self, index: int, answers: Answers, known: Mapping[int, bool]) -> bool:
        item, parent = self.items[index], self._parents[index]
        if parent is not None:
            above = self.items[parent]
            if not known.get(parent, True):
                return False
            if is_question(above) and is_blank(answers.get(above.link_id)):
                return False
        if not item.enable_when:
            return True
        met = (self._met(when, answers, known) for when in item.enable_when)
        return any(met) if item.enable_any else all(met)

    def _met(self, when: EnableWhen, answers: Answers, known: Mapping[int, bool]) -> bool:
        index = self._by_id.get(when.question)
        if index is None or index not in known:
            return True
        value = answers.get(when.question) if known[index] else None
        has_answer = value is not None and not is_blank(value)
        if when.operator == "exists":
            return has_answer == (when.answer == "true")
        equal = value is not None and has_answer and _same(self.items[index], value, when.answer)
        return equal if when.operator == "=" else not equal


def _same(item: Item, value: str, wanted: str) -> bool:
    if item.type in (ItemType.INTEGER, ItemType.DECIMAL):
        try:
            return Decimal(value) == Decimal(wanted)
        except InvalidOperation:
            return False
    return value == wanted


def circles(form: Form) -> list[str]:
    """Return the sorted linkIds of items that wait, in a circle, for their own answer.

    What only leans on a circle without being part of one is left out.
    """
    needs: dict[str, set[str]] = {}
    for item in form.walk():
        needs.setdefault(item.link_id, set()).update(when.question for when in item.enable_when)
        for child in item.items:
            needs.setdefault(child.link_id, set()).add(item.link_id)
    waiting = {key: {n for n in wanted if n in needs} for key, wanted in needs.items()}
    return sorted(_peel(_turned(_peel(waiting))))


def _turned(graph: dict[str, set[str]]) -> dict[str, set[str]]:
    turned: dict[str, set[str]] = {key: set() for key in graph}
    for key, wanted in graph.items():
        for want in wanted:
            turned[want].add(key)
    return turned


def _peel(graph: dict[str, set[str]]) -> dict[str, set[str]]:
    """Take away keys without needs until none is left to take; returns what remains."""
    users: dict[str, list[str]] = {}
    for key, wanted in graph.items():
        for want in wanted:
            users.setdefault(want, []).append(key)
    count = {key: len(wanted) for key, wanted in graph.items()}
    ready = [key for key, n in count.items() if n == 0]
    while ready:
        key = ready.pop()
        del count[key]
        for user in users.get(key, ()):
            count[user] -= 1
            if count[user] == 0:
                ready.append(user)
    return {key: graph[key] & count.keys() for key in count}
