"""The answers a question offers: written out in the form, or as a value set."""

from __future__ import annotations

from collections import Counter
from typing import Any

from screening_forms.annotations import BASE, check_inert
from screening_forms.checking import OTHER
from screening_forms.inert import FHIR, is_inert
from screening_forms.naming import coding_text
from screening_forms.objects import compact
from screening_forms.places import NOT_ASKED
from screening_forms.reading import Node
from screening_forms.types import ItemType, Option, Trigger
from screening_forms.value import frozen
from screening_forms.value_sets import MAX_CODES, Contained
from screening_forms.wire import plain_value

VALUES = ("valueCoding", "valueString", "valueInteger", "valueDate", "valueTime", "valueReference")
MAX_DISPLAY = 4_000
_OFFERING = (
    *(ItemType.CHOICE, ItemType.OPEN_CHOICE, ItemType.STRING),
    *(ItemType.INTEGER, ItemType.DATE, ItemType.TIME),
)
_OWN = {ItemType.STRING: "String", ItemType.INTEGER: "Integer", ItemType.DATE: "Date", ItemType.TIME: "Time"}
_CODING = frozenset({"system", "version", "code", "display", "userSelected", "extension", "id", "_display"})


@frozen
class Offer:
    """One option as it was read: the answer in FHIR's form, its words, and what stands on it."""

    value: dict[str, Any]
    code: str
    text: str
    display: str
    exclusive: bool = False
    chosen: bool = False
    trigger: Trigger | None = None


def read_options(node: Node, kind: ItemType, contained: Contained) -> list[Offer]:
    """Return what an item offers, in order; both ways at once, or on the wrong type, are refused."""
    if "answerOption" not in node and "answerValueSet" not in node:
        if kind is ItemType.CHOICE:
            raise node.error("answerOption", "is missing: a choice offers answers, or nobody can answer it")
        return []
    key = "answerOption" if "answerOption" in node else "answerValueSet"
    if kind not in _OFFERING:
        raise node.error(key, f"has no meaning on a {kind.value}")
    if "answerOption" in node and "answerValueSet" in node:
        raise node.error("answerValueSet", "cannot stand beside answerOption")
    if key == "answerOption":
        return _written_out(node, kind)
    if kind in _OWN:
        raise node.error(key, f"has no meaning on a {kind.value}")
    return [_of_coding({"valueCoding": coding}) for coding in contained.codings(node, key)]


def _written_out(node: Node, kind: ItemType) -> list[Offer]:
    children = node.nodes("answerOption")
    if len(children) > MAX_CODES:
        raise node.error("answerOption", f"more than {MAX_CODES} options")
    offers = [_read(child) for child in children]
    own = f"value{_OWN[kind]}" if kind in _OWN else ""
    if own and any(own not in offer.value for offer in offers):
        raise node.error("answerOption", f"a {kind.value} offers only {own}")
    return offers


def _of_coding(value: dict[str, Any]) -> Offer:
    coding = value["valueCoding"]
    text = coding_text(Node(coding, ""))
    return Offer(value, coding.get("code", ""), text, coding.get("display") or coding.get("code", ""))


def _read(node: Node) -> Offer:
    given = [key for key in VALUES if key in node]
    key = given[0] if given else "valueCoding"
    node.only(frozenset({"extension", "id", "initialSelected", key, "_" + key}))
    if "_" + key in node:
        check_inert(node.node("_" + key))
    notes = _notes(node)
    chosen = "initialSelected" in node and node.flag("initialSelected")
    if key == "valueCoding":
        coding = node.node(key)
        _check_coding(coding)
        kept = {k: v for k, v in coding.data.items() if k not in ("extension", "id", "_display")}
        made = _of_coding({key: kept})
        return Offer(made.value, made.code, made.text, made.display, chosen=chosen, **notes)
    text = plain_value(node, key, MAX_DISPLAY)
    shown = node.data[key].get("display", text) if key == "valueReference" else text
    return Offer({key: node.data[key]}, text, text, str(shown), chosen=chosen, **notes)


def _check_coding(coding: Node) -> None:
    coding.only(_CODING)
    for name in ("code", "display"):
        if name in coding:
            coding.text(name, MAX_DISPLAY)
    for holder in (coding, coding.node("_display")) if "_display" in coding else (coding,):
        check_inert(holder)


def _notes(node: Node) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in node.nodes("extension"):
        url = one.text("url", 500)
        if url == FHIR + "questionnaire-optionExclusive":
            one.only(frozenset({"url", "id", "valueBoolean"}))
            found["exclusive"] = one.flag("valueBoolean")
        elif url == BASE + "trigger":
            if "trigger" in found:
                raise node.error("extension", "an answer sets off exactly one thing")
            one.only(frozenset({"url", "valueCode"}))
            found["trigger"] = Trigger(one.choice("valueCode", tuple(Trigger)))
        elif not is_inert(url):
            raise one.error("url", f"extension {url!r} is not supported")
    if "extension" in node and not node.get("extension"):
        raise node.error("extension", "expected a list with at least one entry")
    return found


def keyed(node: Node, offers: list[Offer]) -> list[Option]:
    """Give every offer a key of its own: its code, or with its system where the code stands twice."""
    counts = Counter(offer.code or offer.text for offer in offers)
    options: list[Option] = []
    for offer in offers:
        short = offer.code or offer.text
        usable = counts[short] == 1 and short != NOT_ASKED and not short.startswith(OTHER)
        house = set(offer.value.get("valueCoding", ())) == {"code", "display"} and usable
        key = short if usable else offer.text
        options.append(Option(key, offer.display, "" if house else compact(offer.value), offer.exclusive))
    twice = [key for key, count in Counter(option.code for option in options).items() if count > 1]
    if twice:
        raise node.error("answerOption", f"two options are the same: {twice[0][:60]!r}")
    odd = [o.code for o in options if o.code.startswith(OTHER)]
    if odd:
        raise node.error("answerOption", f"an option cannot begin with {OTHER!r}")
    return options
