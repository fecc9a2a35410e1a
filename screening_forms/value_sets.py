"""The answers a value set permits: contained in the form, or one of HL7's small ones known here.

There is no server to ask. A set that is neither is refused by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from screening_forms.reading import Node
from screening_forms.types import FormError

MAX_CODES = 5_000
MAX_OFFERED = 50_000
"""Most codes the questions of one form offer by value sets, a set counted wherever it is named."""


_TERM = "http://terminology.hl7.org/CodeSystem/"
_HL7 = "http://hl7.org/fhir/"
_ABSENT = _TERM + "data-absent-reason"
_YES_NO = ((_TERM + "v2-0136", "Y=Yes N=No"),)
_SMALL = {
    "administrative-gender": "male=Male female=Female other=Other unknown=Unknown",
    "request-intent": "proposal=Proposal plan=Plan directive=Directive order=Order "
    "original-order=Original_Order reflex-order=Reflex_Order filler-order=Filler_Order "
    "instance-order=Instance_Order option=Option",
    "request-priority": "routine=Routine urgent=Urgent asap=ASAP stat=STAT",
    "observation-status": "registered=Registered preliminary=Preliminary final=Final amended=Amended "
    "corrected=Corrected cancelled=Cancelled entered-in-error=Entered_in_Error unknown=Unknown",
    "contact-point-system": "phone=Phone fax=Fax email=Email pager=Pager url=URL sms=SMS other=Other",
    "contact-point-use": "home=Home work=Work temp=Temp old=Old mobile=Mobile",
    "name-use": "usual=Usual official=Official temp=Temp nickname=Nickname anonymous=Anonymous old=Old "
    "maiden=Name_changed_for_Marriage",
    "address-use": "home=Home work=Work temp=Temporary old=Old_/_Incorrect billing=Billing",
    "address-type": "postal=Postal physical=Physical both=Postal_&_Physical",
}
_KNOWN: Mapping[str, tuple[tuple[str, str], ...]] = {
    _HL7 + "ValueSet/yesnodontknow": (*_YES_NO, (_ABSENT, "asked-unknown=Don't_know")),
    "http://terminology.hl7.org/ValueSet/v2-0136": _YES_NO,
    "http://terminology.hl7.org/ValueSet/yes-no-unknown-not-asked": (
        *_YES_NO,
        (_ABSENT, "asked-unknown=Asked_But_Unknown not-asked=Not_Asked"),
    ),
    **{f"{_HL7}ValueSet/{name}": ((_HL7 + name, codes),) for name, codes in _SMALL.items()},
}
"""Value sets HL7 published into the public domain, by address: systems with their codes and words."""

Coding = dict[str, Any]


class Contained:
    """The value sets and code systems a form carries; other contained resources mean nothing here."""

    def __init__(self, form: Node) -> None:
        self.sets: dict[str, Node] = {}
        self.systems: dict[str, Node] = {}
        self._room = MAX_OFFERED
        for node in form.nodes("contained"):
            kind = node.get("resourceType")
            if kind not in ("ValueSet", "CodeSystem"):
                continue
            for name in (f"#{node.get('id')}", node.get("url")):
                if isinstance(name, str):
                    (self.sets if kind == "ValueSet" else self.systems)[name] = node

    def codings(self, item: Node, key: str) -> list[Coding]:
        """Return the codings of the value set an item names."""
        found = self._found(item, key)
        self._room -= len(found)
        if self._room < 0:
            raise item.error(key, f"value sets offer more than {MAX_OFFERED} codes in all")
        return found

    def _found(self, item: Node, key: str) -> list[Coding]:
        name = item.text(key, 500)
        url = name.partition("|")[0]
        if name not in self.sets and url not in self.sets:
            if url in _KNOWN:
                return list(_written_out(_KNOWN[url]))
            raise item.error(key, f"value set {name!r} is not contained in the form and cannot be looked up")
        try:
            found = list(self._expand(self.sets.get(name) or self.sets[url]))
        except FormError as error:
            raise FormError(error.path, item.link_id, error.what) from None
        if not found or len(found) > MAX_CODES:
            raise item.error(
                key, f"value set {name!r} has {len(found)} codes; 1 to {MAX_CODES} are supported"
            )
        return found

    def _expand(self, node: Node) -> Iterator[Coding]:
        if "expansion" in node:
            expansion = node.node("expansion")
            _check_meaning(node, expansion)
            yield from _contains(expansion.nodes("contains"))
            return
        compose = node.node("compose")
        _check_meaning(node, compose)
        if "exclude" in compose:
            raise compose.error("exclude", "excluding codes is not supported")
        for include in compose.nodes("include"):
            yield from self._include(include)

    def _include(self, include: Node) -> Iterator[Coding]:
        include.only(frozenset({"system", "version", "concept", "extension", "id"}))
        system = include.text("system", 500)
        if "concept" in include:
            for concept in include.nodes("concept"):
                yield _coding(concept, system)
            return
        if system not in self.systems:
            raise include.error("system", f"all of {system!r} is meant, which is not contained in the form")
        _check_meaning(self.systems[system])
        yield from _concepts(self.systems[system].nodes("concept"), system)


def _check_meaning(*nodes: Node) -> None:
    """Refuse what may turn the meaning of a set round."""
    for node in nodes:
        for key in ("modifierExtension", "implicitRules"):
            if key in node:
                raise node.error(key, "is not supported")


def _written_out(parts: tuple[tuple[str, str], ...]) -> Iterator[Coding]:
    for system, codes in parts:
        for pair in codes.split():
            code, _, display = pair.partition("=")
            yield {"system": system, "code": code, "display": display.replace("_", " ")}


def _coding(node: Node, system: str) -> Coding:
    _check_meaning(node)
    code = node.text("code", 255)
    display = node.text("display", 4_000) if "display" in node else code
    return {**({"system": system} if system else {}), "code": code, "display": display}


def _contains(nodes: list[Node]) -> Iterator[Coding]:
    for node in nodes:
        if "code" in node and not node.get("abstract") and not node.get("inactive"):
            yield _coding(node, node.text("system", 500) if "system" in node else "")
        yield from _contains(node.nodes("contains"))


def _concepts(nodes: list[Node], system: str) -> Iterator[Coding]:
    for node in nodes:
        yield _coding(node, system)
        yield from _concepts(node.nodes("concept"), system)
