"""Whether one answer fits its question. Pure, stdlib only; the words say what was expected."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType

from screening_forms import compare
from screening_forms.objects import check_attachment, check_reference
from screening_forms.places import is_blank
from screening_forms.types import Item, ItemType

UNKNOWN_ANSWERS = frozenset({"unsure", "refused", "unable"})
"""Answers that leave the matter unknown: they weigh at least as much as the worst known answer."""

MAX_TEXT = 2_000
"""Longest free text in characters where the form sets no maxLength."""

MAX_FOREIGN_TEXT = 64_000
"""The same in a form without our annotations."""

MAX_NUMBER = 15
"""Longest number in characters: as many digits as every reader of JSON keeps exactly."""

OTHER = "text:"
"""Begins the answer to an open choice that is none of the options."""

# What every form needs is compiled here; the other patterns when they are first tried.
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,9})\Z", re.ASCII)
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,9})?\Z", re.ASCII)
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_FOREIGN_CONTROL = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]"
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_DATE = re.compile(_DAY + r"\Z", re.ASCII)
_PART_DATE = r"[0-9]{4}(-(0[1-9]|1[0-2]))?\Z"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]{1,9})?"
_CLOCK = _TIME + r"\Z"
_MOMENT = rf"{_DAY}T{_TIME}(Z|[+-]([01][0-9]):[0-5][0-9])\Z"
_URL = r"[A-Za-z][A-Za-z0-9+.-]{0,31}:[^\s<>\"{}|\\^`\x00-\x1f\x7f]{1,2000}\Z"
_LARGEST = 2**31 - 1


def check(item: Item, value: str) -> str | None:
    """Return None if the value answers the item, else one sentence saying what is expected."""
    rule = _CHECKS.get(item.type)
    if rule is None:
        return f"“{item.link_id}” is a {item.type.value}, which takes no answer"
    if is_blank(value):
        return "no answer yet: leave the question open until somebody has answered it"
    return rule(item, value) or _check_rules(item, value)


def offers_only(item: Item) -> bool:
    """Tell whether the answer is one of the options, in a question that is no choice by type."""
    return bool(item.options) and item.type not in (ItemType.CHOICE, ItemType.OPEN_CHOICE)


def has_control(text: str) -> bool:
    """Tell whether a text holds what drives a terminal or stands for nothing; newlines may stand.

    That is C0, delete, C1 and lone surrogates.
    """
    return _CONTROL.search(text) is not None


def drives_terminal(text: str) -> bool:
    """Tell the same of a text in which tabs and carriage returns may stand as well."""
    return re.search(_FOREIGN_CONTROL, text) is not None


def _check_rules(item: Item, value: str) -> str | None:
    rules = item.rules
    if rules.read_only and rules.initial and value not in rules.initial:
        return f"the form fixes this answer: expected {', '.join(rules.initial)}"
    if offers_only(item) and _check_choice(item, value):
        return _check_choice(item, value)
    numeric = item.type in (ItemType.INTEGER, ItemType.DECIMAL)
    if numeric and item.max_length is not None and len(value) > item.max_length:
        return f"expected at most {item.max_length} characters"
    if rules.pattern is not None and not rules.pattern.matches(value):
        return "expected text in the form's own pattern"
    return None


def _check_boolean(_: Item, value: str) -> str | None:
    if value in ("true", "false") or value in UNKNOWN_ANSWERS:
        return None
    return "expected true or false, or one of: unsure, refused, unable"


def _check_choice(item: Item, value: str) -> str | None:
    codes = [option.code for option in item.options]
    return None if value in codes else f"expected one of: {', '.join(codes[:20])}"


def _check_open_choice(item: Item, value: str) -> str | None:
    if not value.startswith(OTHER):
        wrong = _check_choice(item, value)
        return f"{wrong}; or {OTHER} followed by other words" if wrong else None
    words = value.removeprefix(OTHER)
    return "expected words after text:" if is_blank(words) else _check_text(item, words)


def _check_integer(item: Item, value: str) -> str | None:
    if not _INTEGER.match(value) or value == "-0" or not -_LARGEST - 1 <= int(value) <= _LARGEST:
        return f"expected a whole number{_range(item)}"
    return _check_bounds(item, Decimal(value))


def _check_decimal(item: Item, value: str) -> str | None:
    if not _DECIMAL.match(value) or len(value) > MAX_NUMBER:
        return f"expected a number with a point for decimals{_range(item)}"
    places = len(value.partition(".")[2])
    if item.rules.decimals is not None and places > item.rules.decimals:
        return f"expected at most {item.rules.decimals} digits after the point"
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


def _check_quantity(item: Item, value: str) -> str | None:
    found = compare.quantity(value)
    if found is None or _check_decimal(item, format(found[1], "f")):
        return _check_decimal(item, format(found[1], "f")) if found else "expected a number and its unit"
    units = [unit.code for unit in item.rules.units]
    if units and found[2] not in units:
        return f"expected a number in one of: {', '.join(units[:20])}"
    return _check_between(item, value)


def _check_between(item: Item, value: str) -> str | None:
    low, high = item.rules.low, item.rules.high
    for bound, wrong, what in ((low, -1, "at least"), (high, 1, "at most")):
        order = compare.order_of(item, value, bound) if bound else 0
        if order is None or order == wrong:
            return f"expected {what} {bound}"
    return None


def _real_day(value: str) -> bool:
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _check_date(item: Item, value: str) -> str | None:
    if item.unannotated and re.match(_PART_DATE, value, re.ASCII) and not value.startswith("0000"):
        return _check_between(item, value)
    if not _DATE.match(value):
        return "expected a date as YYYY-MM-DD"
    return _check_between(item, value) if _real_day(value) else "expected a day of the calendar as YYYY-MM-DD"


def _check_moment(item: Item, value: str) -> str | None:
    part = re.match(_PART_DATE, value, re.ASCII) or _DATE.match(value)
    if not part and not re.match(_MOMENT, value, re.ASCII):
        return "expected a moment as YYYY-MM-DDThh:mm:ss+hh:mm, or a date"
    if value.startswith("0000") or (len(value) >= 10 and not _real_day(value[:10])):
        return "expected a day of the calendar, as YYYY-MM-DD"
    return _check_between(item, value)


def _check_time(item: Item, value: str) -> str | None:
    return _check_between(item, value) if re.match(_CLOCK, value, re.ASCII) else "expected a time as hh:mm:ss"


def _check_url(item: Item, value: str) -> str | None:
    if not re.match(_URL, value):
        return "expected a whole address, beginning with its scheme such as https:"
    return _check_length(item, value)


def _check_length(item: Item, value: str) -> str | None:
    limit = item.max_length or (MAX_FOREIGN_TEXT if item.unannotated else MAX_TEXT)
    if len(value) > limit:
        return f"expected at most {limit} characters, found {len(value)}"
    shortest = item.rules.min_length
    if shortest is not None and len(value) < shortest:
        return f"expected at least {shortest} characters, found {len(value)}"
    return None


def _check_text(item: Item, value: str) -> str | None:
    wrong = _check_length(item, value)
    if wrong:
        return wrong
    if item.unannotated:
        return "expected plain text without control characters" if drives_terminal(value) else None
    lines = item.type is ItemType.TEXT
    if has_control(value) or ("\n" in value and not lines):
        return "expected plain text without control characters" + ("" if lines else ", on one line")
    return None


_CHECKS: Mapping[ItemType, Callable[[Item, str], str | None]] = MappingProxyType(
    {
        ItemType.BOOLEAN: _check_boolean,
        ItemType.CHOICE: _check_choice,
        ItemType.OPEN_CHOICE: _check_open_choice,
        ItemType.INTEGER: _check_integer,
        ItemType.DECIMAL: _check_decimal,
        ItemType.QUANTITY: _check_quantity,
        ItemType.DATE: _check_date,
        ItemType.DATETIME: _check_moment,
        ItemType.TIME: _check_time,
        ItemType.URL: _check_url,
        ItemType.STRING: _check_text,
        ItemType.TEXT: _check_text,
        ItemType.REFERENCE: check_reference,
        ItemType.ATTACHMENT: check_attachment,
    }
)
