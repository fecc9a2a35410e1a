"""What an expression comes to, as an answer to its question."""

from __future__ import annotations

from typing import Any

from screening_forms.naming import matching
from screening_forms.reading import Node
from screening_forms.types import FormError, Item, ItemType
from screening_forms.wire import with_unit


def as_answer(item: Item, found: list[Any]) -> str:
    """Return a calculated value as an answer to the item, or ""."""
    if len(found) != 1:
        return ""
    value = found[0]
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return _coded(item, value)
    if item.type is ItemType.INTEGER and not isinstance(value, str):
        return str(int(value)) if value == int(value) else ""
    if item.type in (ItemType.DECIMAL, ItemType.QUANTITY) and not isinstance(value, str):
        return _decimal(item, value)
    text = str(value)
    option = matching(item, text) if item.options else None
    return option.code if option else text


def _decimal(item: Item, value: Any) -> str:
    try:
        text = Node({"value": value}, "").decimal("value")
    except FormError:
        return ""
    whole, dot, digits = text.partition(".")
    text = whole + (dot + digits[: item.rules.decimals or 9].rstrip("0") if dot else "")
    text = text.rstrip(".")
    units = item.rules.units
    return f"{text} {units[0].code}" if item.type is ItemType.QUANTITY and units else text


def _coded(item: Item, value: dict[str, Any]) -> str:
    if "value" in value:
        unit = value.get("code") or value.get("unit") or ""
        return with_unit(item, f"{value['value']} {unit}".strip())
    system, code = value.get("system"), value.get("code")
    option = matching(item, f"{system}|{code}" if system else str(code))
    return option.code if option else ""
