"""FHIR R4 Questionnaire, strict JSON, to a `Form`. What is not understood is refused by name.

Nothing that matters is ignored: an element or extension this reader does not know ends in a
`FormError` that gives its path, the item's linkId and its name. Elements that only describe the form
and the extensions in `inert` are known to change nothing here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

from screening_forms import strict_json
from screening_forms.annotations import BASE, check_inert, read_form_annotations
from screening_forms.enable_when import OPERATORS
from screening_forms.expressions import check_expressions
from screening_forms.item_reading import CODE_SYSTEM, MAX_SHOWN, Above, read_item, settled
from screening_forms.reading import Node
from screening_forms.types import NO_RULES, Form, FormError, Rules
from screening_forms.value_sets import Contained

DESCRIPTIVE = ("name", "date", "publisher", "description", "purpose", "copyright")
"""Texts about a form; checked for being texts."""

_ABOUT = frozenset(
    {"meta", "text", "identifier", "contact", "useContext", "jurisdiction", "approvalDate", "code"}
    | {"lastReviewDate", "effectivePeriod", "derivedFrom"}
)
"""More elements about a form, none of which says what is asked."""

_FORM_KEYS = frozenset(
    {"resourceType", "id", "url", "version", "title", "status", "language", "item", "contained", "extension"}
    | {"experimental", "subjectType", "_title", "_description", "_name", "_purpose", "_copyright", "_url"}
    | {*DESCRIPTIVE, *_ABOUT}
)
_STATUSES = ("draft", "active", "retired", "unknown")
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}\Z", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
_LONG = 64_000


def read_questionnaire(raw: bytes, name: str = "", *, imported: bool = False) -> Form:
    """Return the form these bytes hold; `name` stands before the path in every refusal.

    Raises `FormError` at the first thing that is not valid, not supported or not understood. A form
    that is `imported` from elsewhere may be larger than one of our own.
    """
    return read_parsed(lambda: strict_json.parse(raw, imported=imported), raw, name)


def read_parsed(parsed: Callable[[], Any], raw: bytes, name: str = "") -> Form:
    """Return the form of bytes whose JSON `parsed` gives; see `read_questionnaire`."""
    try:
        return _form(Node(parsed(), ""), hashlib.sha256(raw).hexdigest())
    except FormError as error:
        if not name:
            raise
        path = f"{name}: {error.path}" if error.path else name
        raise FormError(path, error.link_id, error.what) from None


def _annotated(form: dict[str, Any]) -> bool:
    """Tell whether any item or option of a form says something in our own words, whatever its shape."""
    items = _many(form, "item")
    while items:
        item = items.pop()
        holders = (item, *_many(item, "answerOption"))
        urls = [str(one.get("url")) for holder in holders for one in _many(holder, "extension")]
        urls += [str(coding.get("system")) for coding in _many(item, "code")]
        if any(url.startswith(BASE) for url in urls):
            return True
        items += _many(item, "item")
    return False


def _many(data: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = data.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _form(node: Node, sha256: str) -> Form:
    node.choice("resourceType", ("Questionnaire",))
    node.only(_FORM_KEYS)
    _check_descriptive(node)
    above = Above(Contained(node), {}, unannotated=not _annotated(node.data))
    items = tuple(read_item(child, above) for child in node.nodes("item"))
    found = read_form_annotations(node)
    given = {key: found[key] for key in ("controls", "variables", "constraints") if key in found}
    form = Form(
        id=node.matching("id", _ID, "letters, digits, points and dashes, at most 64") if "id" in node else "",
        version=node.text("version", 64) if "version" in node else "",
        url=node.text("url", 255) if "url" in node else "",
        title=node.shown("title", MAX_SHOWN) if "title" in node else "",
        status=node.choice("status", _STATUSES) if "status" in node else "unknown",
        language=node.matching("language", _LANGUAGE, "a language tag") if "language" in node else "",
        items=(),
        sha256=sha256,
        rules=Rules(**given) if given else NO_RULES,
    )
    by_id = {item.link_id: item for top in items for item in top.walk()}
    made = Form(
        form.id,
        form.version,
        form.url,
        form.title,
        form.status,
        form.language,
        settled(items, by_id),
        sha256,
        rules=form.rules,
    )
    check_expressions(made)
    return made


def _check_descriptive(node: Node) -> None:
    for key in DESCRIPTIVE:
        if key in node:
            node.text(key, _LONG)
    for key in sorted(key for key in node.data if key.startswith("_")):
        node.node(key).only(frozenset({"extension", "id"}))
        check_inert(node.node(key))
    if "experimental" in node:
        node.flag("experimental")
    subjects = node.get("subjectType", ["Patient"])
    if not (isinstance(subjects, list) and subjects and all(isinstance(kind, str) for kind in subjects)):
        raise node.error("subjectType", "expected a list of resource types")


__all__ = ["CODE_SYSTEM", "DESCRIPTIVE", "OPERATORS", "FormError", "read_questionnaire"]
