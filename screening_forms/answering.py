"""Which questions are asked, which answers fit, what is still open, and what the answers set off.

Pure and stdlib only. An answer is one canonical string: an option's code, `true` or `false`, an
integer, a decimal, a date as YYYY-MM-DD, or text. Nothing here has a default answer, and whatever
is not known counts as open or as positive, never as a no.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from screening_forms.types import EnableWhen, Form, FormFinding, Item, ItemType, Trigger

Answers = Mapping[str, str]
"""linkId to canonical answer; a question without an entry has not been answered."""

NOT_ASKED = "not_asked"
UNKNOWN_ANSWERS = frozenset({"unsure", "refused", "unable"})
"""Answers that leave the matter unknown: they weigh at least as much as the worst known answer."""

ADVERSE_ANSWERS = frozenset({"yes", "fail", "no-go"})
"""Answers that hold until looked into when a form says nothing of what they set off."""

MAX_TEXT = 2_000
"""Longest free text in characters where the form sets no maxLength."""

MAX_NUMBER = 15
"""Longest number in characters: as many digits as every reader of JSON keeps exactly."""

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,8})\Z", re.ASCII)
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,9})?\Z", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", re.ASCII)


def is_question(item: Item) -> bool:
    """Tell whether the item takes an answer: everything but groups and displayed lines."""
    return item.type not in (ItemType.GROUP, ItemType.DISPLAY)


def is_blank(value: str | None) -> bool:
    """Tell whether a value is no answer: none, empty, only spaces, or `not_asked`."""
    return value is None or not value.strip() or value == NOT_ASKED


def asked(source: Form | Iterable[Item], answers: Answers) -> tuple[Item, ...]:
    """Return the questions that apply under these answers, in reading order.

    A child applies only with its parent, under a question only once that question is answered.
    A condition on a question that does not exist, or that closes a circle, counts as met: in
    doubt the question is asked.
    """
    tree = _Tree(source)
    enabled = tree.enabled(answers)
    return tuple(item for item, on in zip(tree.items, enabled, strict=True) if on and is_question(item))


def stage_items(form: Form, stage: str) -> tuple[Item, ...]:
    """Return every question of one stage in reading order, asked or not; "" means all stages."""
    return tuple(item for item in form.walk() if is_question(item) and stage in ("", item.stage))


def missing(form: Form, answers: Answers, stage: str = "") -> tuple[Item, ...]:
    """Return the asked questions still open: required and blank, or holding what is no valid answer.

    `stage` narrows the result; conditions are always judged on the whole form.
    """
    return tuple(
        item for item in asked(form, answers) if stage in ("", item.stage) and _is_open(item, answers)
    )


def _is_open(item: Item, answers: Answers) -> bool:
    value = answers.get(item.link_id)
    if value is None or is_blank(value):
        return item.required
    return check(item, value) is not None


def findings(form: Form, answers: Answers) -> tuple[FormFinding, ...]:
    """Return what the answers set off, in reading order; answers to questions not asked are ignored."""
    found = []
    for item in asked(form, answers):
        value = answers.get(item.link_id)
        if value is None or is_blank(value):
            continue
        trigger = triggered(item, value)
        if trigger is not None:
            found.append(FormFinding(item.link_id, item.code, value, trigger))
    return tuple(found)


def triggered(item: Item, value: str) -> Trigger | None:
    """Return what this answer sets off, or None.

    An unknown answer (`unsure`, `refused`, `unable`) weighs at least as much as the worst known
    one, and never less than DETAIL. Where a form says nothing, an adverse answer is a hold.
    """
    own = item.triggers.get(value)
    if item.type is not ItemType.CHOICE:
        return own
    if value in UNKNOWN_ANSWERS:
        return max((Trigger.DETAIL, *_weighed(item)), key=lambda trigger: trigger.rank)
    if own is None and value in ADVERSE_ANSWERS and not item.triggers:
        return Trigger.HOLD_CLINICAL
    return own


def _weighed(item: Item) -> tuple[Trigger, ...]:
    if item.triggers:
        return tuple(item.triggers.values())
    return (Trigger.HOLD_CLINICAL,) if any(o.code in ADVERSE_ANSWERS for o in item.options) else ()


# Checking one answer


def check(item: Item, value: str) -> str | None:
    """Return None if the value answers the item, else one sentence saying what is expected."""
    rule = _CHECKS.get(item.type)
    if rule is None:
        return f"“{item.link_id}” is a {item.type.value}, which takes no answer"
    if is_blank(value):
        return "no answer yet: leave the question open until somebody has answered it"
    return rule(item, value)


def _check_boolean(_: Item, value: str) -> str | None:
    return None if value in ("true", "false") else "expected true or false"


def _check_choice(item: Item, value: str) -> str | None:
    codes = [option.code for option in item.options]
    return None if value in codes else f"expected one of: {', '.join(codes)}"


def _check_integer(item: Item, value: str) -> str | None:
    if not _INTEGER.match(value) or value == "-0":
        return f"expected a whole number{_range(item)}"
    return _check_bounds(item, Decimal(value))


def _check_decimal(item: Item, value: str) -> str | None:
    if not _DECIMAL.match(value) or len(value) > MAX_NUMBER:
        return f"expected a number with a point for decimals{_range(item)}"
    return _check_bounds(item, Decimal(value))


def _check_bounds(item: Item, number: Decimal) -> str | None:
    low = item.minimum is not None and number < item.minimum
    high = item.maximum is not None and number > item.maximum
    return f"expected a number{_range(item)}" if low or high else None


def _range(item: Item) -> str:
    if item.minimum is not None and item.maximum is not None:
        return f" from {item.minimum} to {item.maximum}"
    if item.minimum is not None:
        return f" of at least {item.minimum}"
    return f" of at most {item.maximum}" if item.maximum is not None else ""


def _check_date(_: Item, value: str) -> str | None:
    if _DATE.match(value):
        try:
            datetime.date.fromisoformat(value)
        except ValueError:
            return "expected a day of the calendar as YYYY-MM-DD"
        return None
    return "expected a date as YYYY-MM-DD"


def _check_text(item: Item, value: str) -> str | None:
    limit = item.max_length or MAX_TEXT
    if len(value) > limit:
        return f"expected at most {limit} characters, found {len(value)}"
    lines = item.type is ItemType.TEXT
    if any(is_control(char) and not (lines and char == "\n") for char in value):
        return "expected plain text without control characters" + ("" if lines else ", on one line")
    return None


def is_control(char: str) -> bool:
    """Tell whether a character drives a terminal or stands for nothing (C0, C1, lone surrogates)."""
    return char < " " or "\x7f" <= char <= "\x9f" or "\ud800" <= char <= "\udfff"


_CHECKS: Mapping[ItemType, Callable[[Item, str], str | None]] = MappingProxyType(
    {
        ItemType.BOOLEAN: _check_boolean,
        ItemType.CHOICE: _check_choice,
        ItemType.INTEGER: _check_integer,
        ItemType.DECIMAL: _check_decimal,
        ItemType.DATE: _check_date,
        ItemType.STRING: _check_text,
        ItemType.TEXT: _check_text,
    }
)


# Conditions


class _Tree:
    """The items in reading order with their parents; evaluates conditions without recursion."""

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
