"""Which questions are asked, which answers fit, what is still open, and what the answers set off.

Pure and stdlib only. An answer is one canonical string: an option's code, `true` or `false`, an
integer, a decimal, a date as YYYY-MM-DD, or text. Nothing here has a default answer, and whatever
is not known counts as open or as positive, never as a no.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType

from screening_forms.enable_when import NOT_ASKED, Answers, Tree, is_blank, is_question
from screening_forms.types import Form, FormFinding, Item, ItemType, Trigger

__all__ = [
    "ADVERSE_ANSWERS",
    "MAX_NUMBER",
    "MAX_TEXT",
    "NOT_ASKED",
    "UNKNOWN_ANSWERS",
    "Answers",
    "asked",
    "check",
    "findings",
    "has_control",
    "is_blank",
    "is_question",
    "missing",
    "stage_items",
    "triggered",
]

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
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", re.ASCII)


def asked(source: Form | Iterable[Item], answers: Answers) -> tuple[Item, ...]:
    """Return the questions that apply under these answers, in reading order.

    A child applies only with its parent, under a question only once that question is answered.
    A condition on a question that does not exist, or that closes a circle, counts as met: in
    doubt the question is asked.
    """
    tree = Tree(source)
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
    if has_control(value) or ("\n" in value and not lines):
        return "expected plain text without control characters" + ("" if lines else ", on one line")
    return None


def has_control(text: str) -> bool:
    """Tell whether a text holds what drives a terminal or stands for nothing; newlines may stand.

    That is C0, delete, C1 and lone surrogates.
    """
    return _CONTROL.search(text) is not None


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
