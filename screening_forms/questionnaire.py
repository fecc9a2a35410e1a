"""FHIR R4 Questionnaire, strict JSON, to a `Form`. What is not understood is refused by name.

Nothing is ignored: an element this reader does not know ends in a `FormError` that gives its path,
the item's linkId and the element. The descriptive elements in `DESCRIPTIVE` are checked for their
type and carry no meaning here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from screening_forms import strict_json
from screening_forms.annotations import Annotations, read_annotations
from screening_forms.reading import Node
from screening_forms.types import EnableWhen, Form, FormError, Item, ItemType, Option, Trigger

CODE_SYSTEM = "urn:mr-safety-console:fhir:item"
OPERATORS = ("=", "!=", "exists")
DESCRIPTIVE = ("name", "date", "publisher", "description", "purpose", "copyright")
MAX_SHOWN = 2_000

_FORM_KEYS = frozenset(
    {"resourceType", "id", "url", "version", "title", "status", "language", "item"}
    | {"experimental", "subjectType", *DESCRIPTIVE}
)
_ITEM_KEYS = frozenset(
    {"linkId", "text", "type", "code", "prefix", "required", "repeats", "readOnly", "maxLength"}
    | {"answerOption", "enableWhen", "enableBehavior", "extension", "item"}
)
_STATUSES = ("draft", "active", "retired")
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}\Z", re.ASCII)
_LINK_ID = re.compile(r"[!-~]{1,64}\Z", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}\Z", re.ASCII)

_TYPES = tuple(kind.value for kind in ItemType)
_NO_ANNOTATIONS = Annotations()


def read_questionnaire(raw: bytes, name: str = "") -> Form:
    """Return the form these bytes hold; `name` stands before the path in every refusal.

    Raises `FormError` at the first thing that is not valid, not supported or not understood.
    """
    try:
        return _form(Node(strict_json.parse(raw), ""), hashlib.sha256(raw).hexdigest())
    except FormError as error:
        if not name:
            raise
        path = f"{name}: {error.path}" if error.path else name
        raise FormError(path, error.link_id, error.what) from None


def _form(node: Node, sha256: str) -> Form:
    node.choice("resourceType", ("Questionnaire",))
    node.only(_FORM_KEYS)
    _check_descriptive(node)
    return Form(
        id=node.matching("id", _ID, "letters, digits, points and dashes, at most 64"),
        version=node.text("version", 32),
        url=node.text("url", 255),
        title=node.text("title", MAX_SHOWN),
        status=node.choice("status", _STATUSES),
        language=node.matching("language", re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z"), "a language tag"),
        items=tuple(_item(child, "") for child in node.nodes("item")),
        sha256=sha256,
    )


def _check_descriptive(node: Node) -> None:
    for key in DESCRIPTIVE:
        if key in node:
            node.text(key, MAX_SHOWN)
    if "experimental" in node:
        node.flag("experimental")
    if node.get("subjectType", ["Patient"]) != ["Patient"]:
        raise node.error("subjectType", "only forms about a Patient are supported")


def _item(node: Node, stage: str) -> Item:
    node.link_id = node.matching("linkId", _LINK_ID, "1 to 64 visible ASCII characters without spaces")
    node.only(_ITEM_KEYS)
    for key in ("repeats", "readOnly"):
        if key in node and node.flag(key):
            raise node.error(key, "is not supported")
    kind = _type(node)
    notes = read_annotations(node, kind) if "extension" in node else _NO_ANNOTATIONS
    options, triggers = _options(node, kind)
    return Item(
        link_id=node.link_id,
        text=node.text("text", MAX_SHOWN) if "text" in node else "",
        type=kind,
        code=_code(node),
        required="required" in node and node.flag("required"),
        max_length=_max_length(node, kind),
        options=options,
        enable_when=tuple(_enable_when(child) for child in node.nodes("enableWhen")),
        enable_any=_enable_any(node),
        items=tuple(_item(child, notes.stage or stage) for child in node.nodes("item")),
        triggers=triggers,
        ask_again=notes.ask_again,
        stage=notes.stage or stage,
        sensor=notes.sensor,
        help=notes.help,
        minimum=notes.minimum,
        maximum=notes.maximum,
    )


def _type(node: Node) -> ItemType:
    kind = node.text("type", 32)
    if kind not in _TYPES:
        raise node.error("type", f"{kind!r} is not supported; supported: {', '.join(_TYPES)}")
    return ItemType(kind)


def _code(node: Node) -> str:
    code = node.matching("prefix", _CODE, "a short code like Q01") if "prefix" in node else ""
    if "code" not in node:
        return code
    codings = node.nodes("code")
    if len(codings) != 1:
        raise node.error("code", "exactly one coding is supported")
    codings[0].only(frozenset({"system", "code"}))
    if codings[0].text("system", 255) != CODE_SYSTEM:
        raise codings[0].error("system", f"only {CODE_SYSTEM} is supported")
    own = codings[0].matching("code", _CODE, "a short code like Q01")
    if code and own != code:
        raise node.error("prefix", f"says {code} where the code says {own}")
    return own


def _max_length(node: Node, kind: ItemType) -> int | None:
    if "maxLength" not in node:
        return None
    if kind not in (ItemType.STRING, ItemType.TEXT):
        raise node.error("maxLength", f"has no meaning on a {kind.value}")
    return node.whole("maxLength", 1, MAX_SHOWN)


def _options(node: Node, kind: ItemType) -> tuple[tuple[Option, ...], Mapping[str, Trigger]]:
    options, triggers = [], {}
    for child in node.nodes("answerOption"):
        if kind is not ItemType.CHOICE:
            raise node.error("answerOption", f"has no meaning on a {kind.value}")
        child.only(frozenset({"valueCoding", "extension"}))
        coding = child.node("valueCoding")
        coding.only(frozenset({"code", "display"}))
        code = coding.matching("code", _CODE, "a short code like yes")
        options.append(Option(code, coding.text("display", 120)))
        if "extension" in child:
            triggers[code] = _trigger(child)
    return tuple(options), triggers


def _trigger(node: Node) -> Trigger:
    found = node.nodes("extension")
    if len(found) != 1:
        raise node.error("extension", "an answer sets off exactly one thing")
    found[0].only(frozenset({"url", "valueCode"}))
    found[0].choice("url", ("urn:mr-safety-console:fhir:trigger",))
    return Trigger(found[0].choice("valueCode", tuple(Trigger)))


def _enable_any(node: Node) -> bool:
    several = len(node.nodes("enableWhen")) > 1
    if "enableBehavior" not in node:
        if several:
            raise node.error("enableBehavior", "is missing; several conditions need all or any")
        return False
    return node.choice("enableBehavior", ("all", "any")) == "any"


_ANSWERS = ("answerBoolean", "answerCoding", "answerInteger", "answerDecimal", "answerDate", "answerString")


def _enable_when(node: Node) -> EnableWhen:
    given = [key for key in _ANSWERS if key in node]
    node.only(frozenset({"question", "operator", *given}))
    if len(given) != 1:
        raise node.error("", f"expected exactly one of {', '.join(_ANSWERS)}")
    operator = node.text("operator", 8)
    if operator not in OPERATORS:
        raise node.error("operator", f"{operator!r} is not supported; supported: {', '.join(OPERATORS)}")
    if operator == "exists" and given[0] != "answerBoolean":
        raise node.error("operator", "exists needs answerBoolean")
    question = node.matching("question", _LINK_ID, "a linkId")
    return EnableWhen(question, operator, _canonical(node, given[0]))


def _canonical(node: Node, key: str) -> str:
    if key == "answerBoolean":
        return "true" if node.flag(key) else "false"
    if key == "answerCoding":
        coding = node.node(key)
        coding.only(frozenset({"code"}))
        return coding.matching("code", _CODE, "a short code like yes")
    if key == "answerInteger":
        return str(node.whole(key, -(10**9), 10**9))
    if key == "answerDecimal":
        return node.decimal(key)
    return node.text(key, MAX_SHOWN)


__all__ = ["CODE_SYSTEM", "DESCRIPTIVE", "OPERATORS", "FormError", "read_questionnaire"]
