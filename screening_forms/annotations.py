"""Extensions on an item or a form: our own, FHIR's and SDC's, each read under its address.

What an answer sets off stands on the answer itself, see `options`, or for a yes-or-no question here.
Expressions are only collected; `expressions` judges them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from screening_forms.expression_reading import read_constraint, read_expression, read_variable
from screening_forms.inert import FHIR, SDC, is_inert
from screening_forms.linear_regex import PatternError, compile_pattern
from screening_forms.naming import coding_text
from screening_forms.objects import compact
from screening_forms.reading import Node
from screening_forms.types import ItemType, Option, Trigger
from screening_forms.wire import plain_value

BASE = "urn:mr-safety-console:fhir:"
MAX_BOUND = 1_000_000

_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}\Z", re.ASCII)
_NUMBERS = (ItemType.INTEGER, ItemType.DECIMAL)
_DATES = (ItemType.DATE, ItemType.DATETIME, ItemType.TIME)
_SIMPLE = (ItemType.STRING, ItemType.TEXT, ItemType.URL, ItemType.OPEN_CHOICE)
_ASKED = tuple(kind for kind in ItemType if kind not in (ItemType.GROUP, ItemType.DISPLAY))
_NOT_DISPLAY = (*_ASKED, ItemType.GROUP)
_ANY = tuple(ItemType)

Found = dict[str, Any]
Reader = Callable[[Node, str, Found], None]


def _value_key(node: Node, *allowed: str) -> str:
    given = [key for key in allowed if key in node]
    node.only(frozenset({"url", "id", given[0] if given else allowed[0]}))
    return given[0] if given else allowed[0]


def _once(name: str, key: str, read: Callable[[Node, str], Any]) -> Reader:
    def take(node: Node, url: str, found: Found) -> None:
        _value_key(node, key)
        if name in found:
            raise node.error("url", f"extension {url!r} stands twice")
        found[name] = read(node, key)

    return take


def _each(name: str, key: str, read: Callable[[Node, str], Any]) -> Reader:
    def take(node: Node, url: str, found: Found) -> None:
        _value_key(node, key)
        found[name] = (*found.get(name, ()), read(node, key))

    return take


def _name(node: Node, key: str) -> str:
    return node.matching(key, _NAME, "lower-case letters, digits and dashes")


def _flag(node: Node, key: str) -> bool:
    return node.flag(key)


def _count(node: Node, key: str) -> int:
    return node.whole(key, 0, MAX_BOUND)


def _bound(number: str, other: str) -> Reader:
    def take(node: Node, url: str, found: Found) -> None:
        key = _value_key(
            node, "valueInteger", "valueDecimal", "valueDate", "valueDateTime", "valueTime", "valueQuantity"
        )
        if number in found or other in found:
            raise node.error("url", f"extension {url!r} stands twice")
        kind: ItemType = found["type"]
        numeric = key in ("valueInteger", "valueDecimal")
        fits = kind in (*_NUMBERS, ItemType.QUANTITY) if numeric else kind not in _NUMBERS
        if not fits or (key == "valueQuantity" and kind is not ItemType.QUANTITY):
            raise node.error(key, f"cannot bound a {kind.value}")
        if key == "valueInteger":
            found[number] = node.whole(key, -(2**31), 2**31 - 1)
        elif numeric:
            found[number] = Decimal(node.decimal(key))
        else:
            found[other] = plain_value(node, key)

    return take


def _concept(node: Node, key: str) -> str:
    concept = node.node(key)
    codings = concept.nodes("coding")
    if not codings:
        return concept.text("text", 255)
    return codings[0].text("code", 64)


def _control(node: Node, url: str, found: Found) -> None:
    key = _value_key(node, "valueCodeableConcept", "valueCode")
    code = _concept(node, key) if key == "valueCodeableConcept" else node.text(key, 64)
    found["controls"] = (*found.get("controls", ()), code)


def _pattern(node: Node, url: str, found: Found) -> None:
    _value_key(node, "valueString")
    source = node.text("valueString", 4_000)
    try:
        found["pattern"] = compile_pattern(source)
    except PatternError as error:
        raise node.error("valueString", f"regex {source[:60]!r} is not supported: {error}") from None


def _unit(node: Node, key: str) -> Option:
    coding = node.node(key)
    text = coding_text(coding)
    shown = coding.text("display", 255) if "display" in coding else text.rpartition("|")[2]
    return Option(text, shown, compact(coding.data))


def _yes_sets_off(node: Node, url: str, found: Found) -> None:
    _value_key(node, "valueCode")
    if "sets_off" in found:
        raise node.error("url", f"extension {url!r} stands twice")
    found["sets_off"] = Trigger(node.choice("valueCode", tuple(Trigger)))


def _text(cap: int) -> Callable[[Node, str], str]:
    return lambda node, key: node.text(key, cap)


def _help(node: Node, url: str, found: Found) -> None:
    """Read the one text among our annotations that people are shown, so that it may be translated."""
    node.only(frozenset({"url", "id", "valueString", "_valueString"}))
    if "help" in found:
        raise node.error("url", f"extension {url!r} stands twice")
    if "_valueString" in node:
        node.node("_valueString").only(frozenset({"extension", "id"}))
        check_inert(node.node("_valueString"))
    found["help"] = node.text("valueString", 400)


def _size(node: Node, key: str) -> int:
    size = Decimal(node.decimal(key))
    if size != int(size) or size < 0:
        raise node.error(key, "expected a whole number of bytes")
    return int(size)


_TABLE: dict[str, tuple[tuple[ItemType, ...], Reader]] = {
    BASE + "ask-again": (_ANY, _once("ask_again", "valueBoolean", _flag)),
    BASE + "ask-again-by": (_ASKED, _once("asked_by", "valueCode", _name)),
    BASE + "stage": (_ANY, _once("stage", "valueCode", _name)),
    BASE + "sensor": (_ANY, _once("sensor", "valueCode", _name)),
    BASE + "challenge": (_ANY, _once("challenge", "valueBoolean", _flag)),
    BASE + "defer": (_ASKED, _once("defer", "valueCode", _name)),
    BASE + "help": (_ANY, _help),
    BASE + "trigger": ((ItemType.BOOLEAN,), _yes_sets_off),
    BASE + "evidence": (_ASKED, _each("evidence", "valueCode", _name)),
    BASE + "resolver": (_ASKED, _once("resolver", "valueCode", _name)),
    BASE + "source": (_ANY, _once("source", "valueString", _text(400))),
    FHIR + "minValue": ((*_NUMBERS, *_DATES, ItemType.QUANTITY), _bound("minimum", "low")),
    FHIR + "maxValue": ((*_NUMBERS, *_DATES, ItemType.QUANTITY), _bound("maximum", "high")),
    SDC + "minQuantity": ((ItemType.QUANTITY,), _bound("minimum", "low")),
    SDC + "maxQuantity": ((ItemType.QUANTITY,), _bound("maximum", "high")),
    FHIR + "minLength": (_SIMPLE, _once("min_length", "valueInteger", _count)),
    FHIR + "maxDecimalPlaces": (
        (ItemType.DECIMAL, ItemType.QUANTITY),
        _once("decimals", "valueInteger", _count),
    ),
    FHIR + "regex": (_ASKED, _pattern),
    FHIR + "maxSize": ((ItemType.ATTACHMENT,), _once("max_size", "valueDecimal", _size)),
    FHIR + "mimeType": ((ItemType.ATTACHMENT,), _each("formats", "valueCode", _text(127))),
    FHIR + "questionnaire-minOccurs": (_NOT_DISPLAY, _once("min_occurs", "valueInteger", _count)),
    FHIR + "questionnaire-maxOccurs": (_NOT_DISPLAY, _once("max_occurs", "valueInteger", _count)),
    FHIR + "questionnaire-itemControl": (_ANY, _control),
    FHIR + "questionnaire-choiceOrientation": (_ANY, _each("controls", "valueCode", _text(64))),
    FHIR + "questionnaire-hidden": (_ANY, _once("hidden", "valueBoolean", _flag)),
    FHIR + "questionnaire-unit": (_ANY, _once("unit", "valueCoding", _unit)),
    FHIR + "questionnaire-unitOption": ((ItemType.QUANTITY,), _each("units", "valueCoding", _unit)),
    FHIR + "questionnaire-referenceResource": (
        (ItemType.REFERENCE,),
        _each("kinds", "valueCode", _text(64)),
    ),
    FHIR + "questionnaire-allowedResource": ((ItemType.REFERENCE,), _each("kinds", "valueCode", _text(64))),
    FHIR + "variable": (_ANY, _each("variables", "valueExpression", read_variable)),
    SDC + "variable": (_ANY, _each("variables", "valueExpression", read_variable)),
    SDC + "calculatedExpression": (_ASKED, _once("calculated", "valueExpression", read_expression)),
    SDC + "enableWhenExpression": (_ANY, _once("enabled_by", "valueExpression", read_expression)),
    FHIR + "questionnaire-constraint": (_ANY, read_constraint),
    FHIR + "targetConstraint": (_ANY, read_constraint),
}

_ON_FORM = frozenset(
    {FHIR + "variable", SDC + "variable", FHIR + "questionnaire-constraint", FHIR + "targetConstraint"}
    | {FHIR + "questionnaire-itemControl"}
)


def read_annotations(node: Node, kind: ItemType) -> Found:
    """Return an item's annotations by name; an unknown, doubled or misplaced extension is refused."""
    found: Found = {"type": kind}
    for one in node.nodes("extension"):
        url = one.text("url", 500)
        if url not in _TABLE:
            if is_inert(url):
                continue
            raise one.error("url", f"extension {url!r} is not supported")
        kinds, read = _TABLE[url]
        if kind not in kinds:
            raise one.error("url", f"extension {url!r} is not supported: it has no meaning on a {kind.value}")
        read(one, url, found)
    return found


def read_form_annotations(node: Node) -> Found:
    """Return the annotations of a form as a whole."""
    found: Found = {"type": ItemType.GROUP}
    for one in node.nodes("extension"):
        url = one.text("url", 500)
        if url in _ON_FORM:
            _TABLE[url][1](one, url, found)
        elif not is_inert(url):
            raise one.error("url", f"extension {url!r} is not supported")
    return found


def check_inert(node: Node) -> None:
    """Refuse, by name, any extension here that is not known to change nothing."""
    for one in node.nodes("extension"):
        url = one.text("url", 500)
        if not is_inert(url):
            raise one.error("url", f"extension {url!r} is not supported")
