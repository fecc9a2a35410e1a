"""Conditions of a form: which items apply under given answers. Pure, stdlib only, no recursion.

A condition that cannot be judged counts as met: it asks a question that does not exist or takes no answer,
it wants an answer nobody can give, the question is blank and nobody is asked it, the two have no order
between them, or the item waits, directly or round a circle, for its own answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from screening_forms.checking import check
from screening_forms.compare import order_of
from screening_forms.places import NOT_ASKED, Answers, Ground, Place, for_person, is_blank, is_question
from screening_forms.types import EnableWhen, Form, Item

__all__ = ["NOT_ASKED", "OPERATORS", "Answers", "Tree", "circles", "is_blank", "is_question", "tree_of"]

OPERATORS = ("=", "!=", "exists", ">", "<", ">=", "<=")
_NOTHING: Mapping[str, bool] = {}


class Tree:
    """A form made ready: its items, and the order in which they are settled."""

    __slots__ = ("_doubtful", "_knot", "_steps", "ground")

    def __init__(self, source: Form | Iterable[Item]) -> None:
        self.ground = Ground(source)
        knots = tangles([self._needs(index) for index in range(len(self.ground.items))])
        self._knot = [0] * len(self.ground.items)
        for number, members in enumerate(knots):
            for index in members:
                self._knot[index] = number
        self._steps = [index for members in knots for index in sorted(members)]
        self._doubtful = frozenset(self._doubts())

    def _doubts(self) -> Iterator[int]:
        for index, item in enumerate(self.ground.items):
            for when in item.enable_when:
                target = self.ground.by_id.get(when.question)
                if (
                    target is None
                    or self._knot[target] == self._knot[index]
                    or unjudgeable(self.ground.items[target], when)
                ):
                    yield id(when)

    def _needs(self, index: int) -> list[int]:
        by_id = self.ground.by_id
        needs = [by_id[w.question] for w in self.ground.items[index].enable_when if w.question in by_id]
        parent = self.ground.parents[index]
        return needs if parent is None else [*needs, parent]

    def settle(self, answers: Answers, ruled: Mapping[str, bool] = _NOTHING) -> list[Place]:
        """Return every place in reading order, each with whether it applies.

        `ruled` says what the expressions of the form came to, by place; without a word they hold.
        """
        places = self.ground.lay_out(answers)
        at: list[list[Place]] = [[] for _ in self.ground.items]
        for place in places:
            at[place.index].append(place)
        weighing = _Weighing(self.ground, self._doubtful, answers, at)
        for index in self._steps:
            for place in at[index]:
                place.on = weighing.applies(place, ruled)
        return places


class _Weighing:
    """One settling of all places: what each question was answered, where, and what that came to."""

    __slots__ = ("_answers", "_at", "_doubtful", "_ground", "_known", "_within")

    def __init__(
        self, ground: Ground, doubtful: frozenset[int], answers: Answers, at: list[list[Place]]
    ) -> None:
        self._ground, self._doubtful, self._answers, self._at = ground, doubtful, answers, at
        self._within: dict[int, dict[int, list[Place]]] = {}
        self._known: dict[tuple[int, int], bool] = {}

    def applies(self, place: Place, ruled: Mapping[str, bool]) -> bool:
        """Tell whether a place applies; everything it leans on is settled."""
        above, item = place.parent, place.item
        if above is not None and not (above.on and _opens(above, self._answers)):
            return False
        if item.rules.enabled_by and not ruled.get(place.key, True):
            return False
        if not item.enable_when:
            return True
        met = (self._met(when, place) for when in item.enable_when)
        return any(met) if item.enable_any else all(met)

    def _met(self, when: EnableWhen, place: Place) -> bool:
        if id(when) in self._doubtful:
            return True
        index = self._ground.by_id[when.question]
        near = self._at[index] if len(self._at[index]) == 1 else self._nearest(place, index)
        asked = id(when), id(near)
        if asked not in self._known:
            said = [self._answers.get(one.key, "") for one in near if one.on]
            values = [value for value in said if not is_blank(value)]
            self._known[asked] = _met_by(when, self._ground.items[index], values)
        return self._known[asked]

    def _nearest(self, place: Place, index: int) -> list[Place]:
        """Return the places of a question nearest to one that waits for it: those in its own round."""
        within = self._within.get(index)
        if within is None:
            within = self._within[index] = _by_ancestor(self._at[index])
        scope = place.parent
        while scope is not None:
            inner = within.get(id(scope))
            if inner:
                return inner
            scope = scope.parent
        return self._at[index]


def _by_ancestor(places: list[Place]) -> dict[int, list[Place]]:
    found: dict[int, list[Place]] = {}
    for place in places:
        above = place.parent
        while above is not None:
            found.setdefault(id(above), []).append(place)
            above = above.parent
    return found


def _met_by(when: EnableWhen, target: Item, values: Sequence[str]) -> bool:
    # Where no person answers, a blank tells nothing: also what an expression that failed left blank.
    nobody = not (values or for_person(target))
    return nobody or holds(when, target, values)


def unjudgeable(target: Item, when: EnableWhen) -> bool:
    """Tell whether no answer to a question could ever tell if the condition holds."""
    if not is_question(target):
        return True
    return when.operator == "=" and check(target, when.answer) is not None


def holds(when: EnableWhen, asked: Item, values: Sequence[str]) -> bool:
    """Tell whether a condition holds, given the answers to its question that count."""
    if when.operator == "exists":
        return bool(values) == (when.answer == "true")
    orders = [order_of(asked, value, when.answer) for value in values]
    if when.operator == "=":
        return 0 in orders
    if when.operator == "!=":
        return 0 not in orders
    fits = _FITS.get(when.operator, (-1, 0, 1))
    return any(order is None or order in fits for order in orders)


_FITS: Mapping[str, tuple[int, ...]] = {">": (1,), "<": (-1,), ">=": (0, 1), "<=": (-1, 0)}


def _opens(above: Place, answers: Answers) -> bool:
    return not is_question(above.item) or not is_blank(answers.get(above.key))


_READY: dict[int, tuple[Form, Tree]] = {}
_KEPT = 8


def tree_of(source: Form | Iterable[Item]) -> Tree:
    """Return the tree of a form, made once for the last few forms; loose items are made each time."""
    if not isinstance(source, Form):
        return Tree(source)
    ready = _READY.get(id(source))
    if ready is None or ready[0] is not source:
        ready = source, Tree(source)
        if len(_READY) >= _KEPT:
            _READY.clear()
        _READY[id(source)] = ready
    return ready[1]


def tangles(needs: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the items in groups, what is needed before what needs it; a circle is one group."""
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    open_: list[int] = []
    waiting: set[int] = set()
    found: list[list[int]] = []
    for root in range(len(needs)):
        work = [(root, 0)] if root not in number else []
        while work:
            index, step = work.pop()
            if step == 0:
                number[index] = low[index] = len(number)
                open_.append(index)
                waiting.add(index)
            elif (before := needs[index][step - 1]) in waiting:
                low[index] = min(low[index], low[before])
            if step < len(needs[index]):
                work.append((index, step + 1))
                if needs[index][step] not in number:
                    work.append((needs[index][step], 0))
            elif low[index] == number[index]:
                found.append(_closed(index, open_, waiting))
    return found


def _closed(root: int, open_: list[int], waiting: set[int]) -> list[int]:
    members = []
    while True:
        members.append(open_.pop())
        waiting.discard(members[-1])
        if members[-1] == root:
            return members


def circles(form: Form) -> list[str]:
    """Return the sorted linkIds of items that wait, in a circle, for their own answer.

    What only leans on a circle without being part of one is left out.
    """
    ids = {item.link_id: number for number, item in enumerate(form.walk())}
    needs: list[list[int]] = [[] for _ in ids]
    names = list(ids)
    index = {name: place for place, name in enumerate(names)}
    for item in form.walk():
        needs[index[item.link_id]] += [index[w.question] for w in item.enable_when if w.question in index]
        for child in item.items:
            needs[index[child.link_id]].append(index[item.link_id])
    knotted = [members for members in tangles(needs) if len(members) > 1 or members[0] in needs[members[0]]]
    return sorted(names[place] for members in knotted for place in members)
