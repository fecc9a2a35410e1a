"""Our FHIR extensions on an item: asked again by voice, stage, sensor, help; and a number's bounds.

What an answer sets off stands on the answer itself, see `questionnaire`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from screening_forms.reading import Node
from screening_forms.types import ItemType
from screening_forms.value import frozen

BASE = "urn:mr-safety-console:fhir:"
FHIR = "http://hl7.org/fhir/StructureDefinition/"
MAX_BOUND = 1_000_000

_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}\Z", re.ASCII)
_NUMBERS = (ItemType.INTEGER, ItemType.DECIMAL)


@frozen
class Annotations:
    """What the extensions of one item say; the defaults are "not said"."""

    ask_again: bool = False
    stage: str = ""
    sensor: str = ""
    help: str = ""
    minimum: int | None = None
    maximum: int | None = None


def _name(node: Node, key: str) -> str:
    return node.matching(key, _NAME, "lower-case letters, digits and dashes")


def _bound(node: Node, key: str) -> int:
    return node.whole(key, -MAX_BOUND, MAX_BOUND)


_KNOWN: dict[str, tuple[str, str, Callable[[Node, str], Any]]] = {
    BASE + "ask-again": ("ask_again", "valueBoolean", lambda node, key: node.flag(key)),
    BASE + "stage": ("stage", "valueCode", _name),
    BASE + "sensor": ("sensor", "valueCode", _name),
    BASE + "help": ("help", "valueString", lambda node, key: node.text(key, 400)),
    FHIR + "minValue": ("minimum", "valueInteger", _bound),
    FHIR + "maxValue": ("maximum", "valueInteger", _bound),
}


def read_annotations(node: Node, kind: ItemType) -> Annotations:
    """Return an item's annotations; an unknown, doubled or misplaced extension is refused by name."""
    values: dict[str, Any] = {}
    for found in node.nodes("extension"):
        url = found.text("url", 255)
        if url not in _KNOWN:
            raise found.error("url", f"extension {url!r} is not supported")
        field, key, read = _KNOWN[url]
        found.only(frozenset({"url", key}))
        if field in values:
            raise found.error("url", f"extension {url!r} stands twice")
        if field in ("minimum", "maximum") and kind not in _NUMBERS:
            raise found.error("url", f"has no meaning on a {kind.value}")
        values[field] = read(found, key)
    return Annotations(**values)
