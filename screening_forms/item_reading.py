"""One item of a questionnaire, and everything below it, to an `Item`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from screening_forms.annotations import check_inert, read_annotations
from screening_forms.enable_when import OPERATORS
from screening_forms.naming import matching
from screening_forms.options import Offer, keyed, read_options
from screening_forms.places import MARK, STEP
from screening_forms.reading import Node
from screening_forms.types import NO_RULES, EnableWhen, Item, ItemType, Option, Rules, Trigger
from screening_forms.value import frozen
from screening_forms.value_sets import Contained
from screening_forms.wire import plain_value, with_unit

CODE_SYSTEM = "urn:mr-safety-console:fhir:item"
MAX_SHOWN = 2_000
MAX_LENGTH = 1_000_000
MAX_ITEMS = 5_000

_KEYS = frozenset(
    {"linkId", "text", "type", "code", "prefix", "required", "repeats", "readOnly", "maxLength"}
    | {"answerOption", "answerValueSet", "initial", "enableWhen", "enableBehavior", "extension", "item"}
    | {"definition", "id", "_text", "_prefix", "_linkId", "_definition", "_type", "_answerValueSet"}
)

_INNER = rf"[^\x00-\x1f\x7f-\x9f\ud800-\udfff{MARK}{STEP}]"
_LINK_ID = re.compile(rf"(?!\s){_INNER}{{0,254}}(?!\s){_INNER}\Z")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}\Z", re.ASCII)
_TYPES = tuple(kind.value for kind in ItemType)
_RULES = frozenset(field.name for field in fields(Rules))
_ANSWERS = (
    *("answerBoolean", "answerDecimal", "answerInteger", "answerDate", "answerDateTime"),
    *("answerTime", "answerString", "answerCoding", "answerQuantity", "answerReference"),
)
_INITIAL = (*("value" + key.removeprefix("answer") for key in _ANSWERS), "valueUri", "valueAttachment")
_MEASURED = (
    *(ItemType.STRING, ItemType.TEXT, ItemType.URL, ItemType.OPEN_CHOICE),
    *(ItemType.INTEGER, ItemType.DECIMAL),
)
_NO_ANSWER = (ItemType.GROUP, ItemType.DISPLAY)


@frozen
class Above:
    """What an item inherits from those it stands under, and from its form."""

    contained: Contained
    seen: dict[str, str]
    stage: str = ""
    hidden: bool = False
    unannotated: bool = False
    challenge: bool = False


def read_item(node: Node, above: Above) -> Item:
    """Return one item with all below it; conditions still name answers as they stand in the file."""
    node.link_id = _link_id(node, above.seen)
    node.only(_KEYS)
    for key in ("_text", "_prefix", "_linkId", "_definition", "_type", "_answerValueSet"):
        if key in node:
            node.node(key).only(frozenset({"extension", "id"}))
            check_inert(node.node(key))
    kind = _type(node)
    found = read_annotations(node, kind)
    stage, hidden = found.get("stage") or above.stage, found.get("hidden", False) or above.hidden
    challenge = found.get("challenge", above.challenge)
    offers = read_options(node, kind, above.contained)
    options = keyed(node, offers)
    below = Above(above.contained, above.seen, stage, hidden, above.unannotated, challenge)
    item = Item(
        link_id=node.link_id,
        text=node.shown("text", MAX_SHOWN) if "text" in node else "",
        type=kind,
        code=_code(node),
        required="required" in node and node.flag("required"),
        max_length=_max_length(node, kind),
        options=tuple(options),
        enable_when=tuple(_enable_when(child) for child in node.nodes("enableWhen")),
        enable_any=_enable_any(node),
        items=tuple(read_item(child, below) for child in node.nodes("item")),
        triggers=_triggers(options, offers, found),
        ask_again=found.get("ask_again", False),
        stage=stage,
        sensor=found.get("sensor", ""),
        help=found.get("help", ""),
        minimum=found.get("minimum"),
        maximum=found.get("maximum"),
        repeats=_repeats(node, kind),
        rules=_rules(node, kind, {**found, "hidden": hidden}, offers),
        unannotated=above.unannotated,
        challenge=challenge,
        defer=found.get("defer", ""),
    )
    return _with_initial(node, item, offers)


def _link_id(node: Node, seen: dict[str, str]) -> str:
    link_id = node.matching(
        "linkId", _LINK_ID, f"1 to 255 characters, none of them a control, {MARK} or {STEP}"
    )
    node.link_id = link_id
    if link_id in seen:
        raise node.error(
            "linkId", f"{link_id!r} stands at {seen[link_id]} already; answers could not be told apart"
        )
    if len(seen) >= MAX_ITEMS:
        raise node.error("", f"more than {MAX_ITEMS} items")
    seen[link_id] = node.path
    return link_id


def _type(node: Node) -> ItemType:
    kind = node.text("type", 32)
    if kind not in _TYPES:
        raise node.error("type", f"{kind!r} is not supported; supported: {', '.join(_TYPES)}")
    return ItemType(kind)


def _code(node: Node) -> str:
    """Return the key of a question: our own coding, or a short prefix like Q01."""
    prefix = node.text("prefix", 200) if "prefix" in node else ""
    short = prefix if _CODE.match(prefix) else ""
    for coding in node.nodes("code"):
        if coding.get("system") == CODE_SYSTEM:
            own = coding.matching("code", _CODE, "a short code like Q01")
            if prefix and own != prefix:
                raise node.error("prefix", f"says {prefix} where the code says {own}")
            return own
    return short


def _max_length(node: Node, kind: ItemType) -> int | None:
    if "maxLength" not in node:
        return None
    if kind not in _MEASURED:
        raise node.error("maxLength", f"has no meaning on a {kind.value}")
    return node.whole("maxLength", 1, MAX_LENGTH)


def _repeats(node: Node, kind: ItemType) -> bool:
    if "repeats" not in node or not node.flag("repeats"):
        return False
    if kind is ItemType.DISPLAY:
        raise node.error("repeats", "has no meaning on a display")
    return True


def _triggers(options: list[Option], offers: list[Offer], found: dict[str, Any]) -> Mapping[str, Trigger]:
    made = {o.code: offer.trigger for o, offer in zip(options, offers, strict=True) if offer.trigger}
    return {**made, **({"true": found["sets_off"]} if "sets_off" in found else {})}


def _rules(node: Node, kind: ItemType, found: dict[str, Any], offers: list[Offer]) -> Rules:
    read_only = "readOnly" in node and node.flag("readOnly")
    if "unit" in found:
        found["units"] = found.get("units") or (found["unit"],)
    prefix = node.shown("prefix", 200) if "prefix" in node else ""
    more = {"read_only": read_only, "prefix": "" if _CODE.match(prefix) else prefix}
    given = {key: value for key, value in {**found, **more}.items() if key in _RULES and value}
    if found.get("max_occurs") == 0:
        raise node.error("extension", "maxOccurs of 0 is not supported")
    given |= {key: found[key] for key in ("decimals", "max_size") if key in found}
    unfilled = kind not in _NO_ANSWER and "initial" not in node and not any(o.chosen for o in offers)
    if read_only and unfilled and "calculated" not in given and "required" in node and node.flag("required"):
        raise node.error("readOnly", "is not supported with required where nothing fills the answer in")
    return Rules(**given) if given else NO_RULES


def _with_initial(node: Node, item: Item, offers: list[Offer]) -> Item:
    """Return the item with what the form proposes as its answer; it is never taken as one."""
    chosen = tuple(o.code for o, offer in zip(item.options, offers, strict=True) if offer.chosen)
    given = node.nodes("initial")
    if not given and not chosen:
        return item
    if item.type in _NO_ANSWER:
        raise node.error("initial", f"has no meaning on a {item.type.value}")
    values = (*chosen, *(_initial(child, item) for child in given))
    if len(values) > 1 and not item.repeats:
        raise node.error("initial", "several proposals where one answer is expected")
    rules = {field.name: getattr(item.rules, field.name) for field in fields(Rules)}
    return _replaced(item, rules=Rules(**{**rules, "initial": values}))


def _initial(node: Node, item: Item) -> str:
    given = [key for key in _INITIAL if key in node]
    if len(given) != 1:
        raise node.error("", f"expected exactly one of {', '.join(_INITIAL)}")
    node.only(frozenset({given[0], "id"}))
    return _meant(item, plain_value(node, given[0]))


def _meant(item: Item, value: str) -> str:
    """Return an answer named in the form by the key it has as an answer to the item."""
    if item.type is ItemType.QUANTITY:
        return with_unit(item, value)
    option = matching(item, value) if item.options else None
    return option.code if option else value


def _enable_any(node: Node) -> bool:
    several = len(node.nodes("enableWhen")) > 1
    if "enableBehavior" not in node:
        if several:
            raise node.error("enableBehavior", "is missing; several conditions need all or any")
        return False
    return node.choice("enableBehavior", ("all", "any")) == "any"


def _enable_when(node: Node) -> EnableWhen:
    given = [key for key in _ANSWERS if key in node]
    node.only(frozenset({"question", "operator", "id", *given}))
    if len(given) != 1:
        raise node.error("", f"expected exactly one of {', '.join(_ANSWERS)}")
    operator = node.text("operator", 8)
    if operator not in OPERATORS:
        raise node.error("operator", f"{operator!r} is not supported; supported: {', '.join(OPERATORS)}")
    if operator == "exists" and given[0] != "answerBoolean":
        raise node.error("operator", "exists needs answerBoolean")
    question = node.matching("question", _LINK_ID, "a linkId")
    return EnableWhen(question, operator, plain_value(node, given[0]))


def settled(items: tuple[Item, ...], by_id: Mapping[str, Item]) -> tuple[Item, ...]:
    """Return items whose conditions name each answer by its key, now that all questions are known."""
    made = tuple(_settled(item, by_id) for item in items)
    return items if all(new is old for new, old in zip(made, items, strict=True)) else made


def _settled(item: Item, by_id: Mapping[str, Item]) -> Item:
    below = settled(item.items, by_id)
    whens = tuple(_settled_when(when, by_id.get(when.question)) for when in item.enable_when)
    if below is item.items and all(n is o for n, o in zip(whens, item.enable_when, strict=True)):
        return item
    return _replaced(item, items=below, enable_when=whens)


def _settled_when(when: EnableWhen, target: Item | None) -> EnableWhen:
    if target is None or when.operator == "exists":
        return when
    answer = _meant(target, when.answer)
    return when if answer == when.answer else EnableWhen(when.question, when.operator, answer)


def _replaced(item: Item, **changes: Any) -> Item:
    kept = {field.name: getattr(item, field.name) for field in fields(Item)}
    return Item(**{**kept, **changes})
