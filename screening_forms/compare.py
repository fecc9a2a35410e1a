"""How two answers of one kind stand to each other. Pure, stdlib only, and never an error."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal, InvalidOperation

from screening_forms.types import Item, ItemType

_NUMBER = r"-?[0-9]+(\.[0-9]+)?\Z"
_DAY = r"([0-9]{4})(-[0-9]{2})?(-[0-9]{2})?"
_QUANTITY = r"(<=|<|>=|>)?(-?[0-9]+(?:\.[0-9]+)?)(?: (\S.*))?\Z"
_CHOICES = (ItemType.CHOICE, ItemType.OPEN_CHOICE, ItemType.BOOLEAN, ItemType.REFERENCE, ItemType.ATTACHMENT)


def number(text: str) -> Decimal | None:
    """Return a plain decimal number, or None."""
    try:
        return Decimal(text) if re.match(_NUMBER, text, re.ASCII) else None
    except InvalidOperation:
        return None


def quantity(text: str) -> tuple[str, Decimal, str] | None:
    """Return comparator, number and unit of a quantity such as `70.5 kg`, or None."""
    found = re.match(_QUANTITY, text, re.DOTALL | re.ASCII)
    return (found[1] or "", Decimal(found[2]), found[3] or "") if found else None


def moment(text: str) -> datetime.datetime | None:
    """Return a moment given with its time and offset, or None."""
    try:
        made = datetime.datetime.fromisoformat(text.replace(":60", ":59") if "T" in text else "")
    except ValueError:
        return None
    return made if made.tzinfo is not None else None


def order_of(item: Item, one: str, other: str) -> int | None:
    """Return -1, 0 or 1 as one answer to the item is below, like or above another; None for no order."""
    if item.type in (ItemType.INTEGER, ItemType.DECIMAL):
        return _order(number(one), number(other))
    if item.type is ItemType.QUANTITY:
        return _order_quantities(one, other)
    if item.type in (ItemType.DATE, ItemType.DATETIME):
        return order_moments(one, other)
    if one == other:
        return 0
    return None if item.type in _CHOICES else (1 if one > other else -1)


def _order(one: Decimal | None, other: Decimal | None) -> int | None:
    return None if one is None or other is None else (one > other) - (one < other)


def _order_quantities(one: str, other: str) -> int | None:
    left, right = quantity(one), quantity(other)
    if left is None or right is None or left[0] or right[0] or left[2] != right[2]:
        return 0 if one == other else None
    return _order(left[1], right[1])


def order_moments(one: str, other: str) -> int | None:
    """Order two days or moments as far as the less precise one allows."""
    left, right = moment(one), moment(other)
    if left is not None and right is not None:
        return (left > right) - (left < right)
    if one == other:
        return 0
    days = re.match(_DAY, one, re.ASCII), re.match(_DAY, other, re.ASCII)
    if days[0] is None or days[1] is None:
        return None
    length = min(len(days[0].group()), len(days[1].group()))
    if one[:length] == other[:length]:
        return None
    return 1 if one[:length] > other[:length] else -1
