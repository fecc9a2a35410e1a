"""Between an answer as FHIR writes it, one `value[x]`, and the one canonical string the rules use."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from screening_forms import compare
from screening_forms.checking import MAX_FOREIGN_TEXT, MAX_TEXT, OTHER, UNKNOWN_ANSWERS
from screening_forms.naming import coding_text, matching, names_of, unit_names
from screening_forms.objects import compact, load
from screening_forms.reading import Node
from screening_forms.types import Item, ItemType

ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
WHY_ABSENT: Mapping[str, str] = MappingProxyType(
    {"unsure": "asked-unknown", "refused": "asked-declined", "unable": "unknown"}
)
"""How FHIR writes that a question was asked and is not answered by yes or no."""

KEYS: Mapping[ItemType, tuple[str, ...]] = MappingProxyType(
    {
        ItemType.BOOLEAN: ("valueBoolean",),
        ItemType.CHOICE: ("valueCoding",),
        ItemType.OPEN_CHOICE: ("valueCoding", "valueString"),
        ItemType.INTEGER: ("valueInteger",),
        ItemType.DECIMAL: ("valueDecimal",),
        ItemType.QUANTITY: ("valueQuantity",),
        ItemType.DATE: ("valueDate",),
        ItemType.DATETIME: ("valueDateTime",),
        ItemType.TIME: ("valueTime",),
        ItemType.URL: ("valueUri",),
        ItemType.STRING: ("valueString",),
        ItemType.TEXT: ("valueString",),
        ItemType.REFERENCE: ("valueReference",),
        ItemType.ATTACHMENT: ("valueAttachment",),
    }
)
_LARGEST = 2**31 - 1
_QUANTITY = frozenset({"value", "comparator", "unit", "system", "code"})
_CODING = frozenset({"system", "version", "code", "display", "userSelected"})


def keys_of(item: Item) -> tuple[str, ...]:
    """Return the `value[x]` elements an answer to the item may stand in."""
    if item.type not in (ItemType.CHOICE, ItemType.OPEN_CHOICE):
        return KEYS[item.type]
    own = [next(iter(json.loads(option.value))) for option in item.options if option.value]
    return tuple(dict.fromkeys((*KEYS[item.type], *own)))


# Reading


def plain_value(node: Node, key: str, cap: int = MAX_FOREIGN_TEXT) -> str:
    """Return the canonical string of one `value[x]`, `answer[x]` or the like, whatever item it is for."""
    kind = key.removeprefix("value").removeprefix("answer")
    if kind == "Boolean":
        return "true" if node.flag(key) else "false"
    if kind == "Integer":
        return str(node.whole(key, -_LARGEST - 1, _LARGEST))
    if kind == "Decimal":
        return node.decimal(key)
    if kind == "Quantity":
        return _quantity(node.node(key))
    if kind in ("Reference", "Attachment"):
        return compact(node.node(key).data)
    if kind == "Coding":
        return coding_text(node.node(key))
    return node.text(key, cap)


def _quantity(node: Node) -> str:
    node.only(_QUANTITY)
    number = node.decimal("value")
    comparator = node.choice("comparator", ("<", "<=", ">=", ">")) if "comparator" in node else ""
    for key in ("unit", "system", "code"):
        if key in node:
            node.text(key, 255)
    unit = coding_text(Node({**node.data, "display": node.get("unit")}, node.path)) if "code" in node else ""
    unit = unit or node.get("unit", "")
    return f"{comparator}{number} {unit}" if unit else f"{comparator}{number}"


def from_wire(node: Node, item: Item) -> str:
    """Return the canonical answer one answer of a response holds; raises `FormError`."""
    if item.type is ItemType.BOOLEAN and "_valueBoolean" in node:
        return _absent(node)
    keys = keys_of(item)
    given = [key for key in keys if key in node]
    node.only(frozenset({given[0] if given else keys[0], "item"}))
    key = given[0] if given else keys[0]
    if item.type in (ItemType.CHOICE, ItemType.OPEN_CHOICE):
        return _chosen(node, key, item)
    value = plain_value(node, key, MAX_FOREIGN_TEXT if item.unannotated else MAX_TEXT)
    return with_unit(item, value) if item.type is ItemType.QUANTITY else value


def _absent(node: Node) -> str:
    node.only(frozenset({"_valueBoolean", "item"}))
    inner = node.node("_valueBoolean")
    inner.only(frozenset({"extension"}))
    found = inner.nodes("extension")
    if len(found) != 1:
        raise inner.error("extension", "expected one reason why there is no answer")
    found[0].only(frozenset({"url", "valueCode"}))
    found[0].choice("url", (ABSENT,))
    code = found[0].choice("valueCode", tuple(WHY_ABSENT.values()))
    return next(answer for answer, why in WHY_ABSENT.items() if why == code)


def with_unit(item: Item, value: str) -> str:
    """Return a quantity with its unit named as the form names it, where the form knows it."""
    found = compare.quantity(value)
    unit = found and next((u for u in item.rules.units if found[2] in unit_names(u)), None)
    return f"{found[0]}{found[1]} {unit.code}" if found and unit else value


def _chosen(node: Node, key: str, item: Item) -> str:
    if key != "valueCoding":
        value = plain_value(node, key)
        found = names_of(item).by_value.get(compact({key: node.data[key]}), "")
        if found:
            return found
        if key == "valueString" and item.type is ItemType.OPEN_CHOICE:
            return OTHER + value
        raise node.error(key, f"expected one of: {', '.join(o.code for o in item.options[:20])}")
    return _coded(node.node(key), item)


def _coded(coding: Node, item: Item) -> str:
    text = coding_text(coding)
    option = matching(item, text)
    if option is None:
        raise coding.error("code", f"expected one of: {', '.join(o.code for o in item.options[:20])}")
    known = (load(option.value) or {}).get("valueCoding", {"code": option.code, "display": option.display})
    coding.only(frozenset({"code", "display", *(_CODING if option.value else ())}))
    shown = known.get("display")
    if "display" in coding and shown is not None and coding.text("display", 4_000) != shown:
        raise coding.error("display", f"the answer {option.code} of this form reads {shown!r}")
    return option.code


# Writing


def to_wire(item: Item, value: str) -> dict[str, Any]:
    """Return a canonical answer, already checked, as FHIR writes it."""
    if item.type is ItemType.BOOLEAN:
        if value in UNKNOWN_ANSWERS:
            return {"_valueBoolean": {"extension": [{"url": ABSENT, "valueCode": WHY_ABSENT[value]}]}}
        return {"valueBoolean": value == "true"}
    if item.type in (ItemType.CHOICE, ItemType.OPEN_CHOICE):
        return _option_out(item, value)
    key = KEYS[item.type][0]
    if item.type is ItemType.INTEGER:
        return {key: int(value)}
    if item.type is ItemType.DECIMAL:
        return {key: _number_out(value)}
    if item.type is ItemType.QUANTITY:
        return {key: _quantity_out(item, value)}
    if item.type in (ItemType.REFERENCE, ItemType.ATTACHMENT):
        return {key: json.loads(value)}
    return {key: value}


def _number_out(value: str) -> int | float:
    return float(value) if "." in value else int(value)


def _option_out(item: Item, value: str) -> dict[str, Any]:
    option = next((option for option in item.options if option.code == value), None)
    if option is None:
        return {"valueString": value.removeprefix(OTHER)}
    if not option.value:
        return {"valueCoding": {"code": value, "display": option.display}}
    made: dict[str, Any] = json.loads(option.value)
    return made


def _quantity_out(item: Item, value: str) -> dict[str, Any]:
    found = compare.quantity(value)
    if found is None:  # the caller checked it
        return {}
    made: dict[str, Any] = {"value": _number_out(str(found[1]))}
    if found[0]:
        made["comparator"] = found[0]
    unit = next((unit for unit in item.rules.units if unit.code == found[2]), None)
    if unit is not None:
        coding = json.loads(unit.value)
        return {**made, "unit": unit.display, **{k: coding[k] for k in ("system", "code") if k in coding}}
    system, bar, code = found[2].rpartition("|")
    if bar:
        return {**made, "unit": code, "system": system, "code": code}
    return {**made, "unit": found[2]} if found[2] else made
