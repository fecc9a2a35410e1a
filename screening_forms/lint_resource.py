"""The rules every FHIR resource obeys, under HL7's own ids: `ele-1`, `ext-1` and `dom-`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from screening_forms.value import frozen

Json = dict[str, Any]
MAX_DEEP = 64


@frozen
class LintProblem:
    """One broken rule: its id, the item's linkId or "", what to change, and the path in the file."""

    rule: str
    link_id: str
    message: str
    path: str = ""


def lint_resource(form: Json) -> Iterator[LintProblem]:
    """Yield everything wrong with a resource by the rules of all of them."""
    contained = form.get("contained")
    for index, one in enumerate(contained if isinstance(contained, list) else ()):
        yield from _contained(one, f"contained[{index}]")
    yield from _elements(form)


def _contained(one: Any, path: str) -> Iterator[LintProblem]:
    if not isinstance(one, dict):
        return
    meta = one.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    if "contained" in one:
        yield LintProblem("dom-2", "", "a contained resource cannot contain another", path)
    if "versionId" in meta or "lastUpdated" in meta:
        yield LintProblem("dom-4", "", "a contained resource has no version and no time of change", path)
    if "security" in meta:
        yield LintProblem("dom-5", "", "a contained resource has no security label", path)


def _elements(form: Json) -> Iterator[LintProblem]:
    """Yield every empty element and every extension that says nothing, or two things."""
    work: list[tuple[Any, str, str, int]] = [(form, "", "", 0)]
    while work:
        value, path, link_id, depth = work.pop()
        if value is None or (not value and isinstance(value, str | dict | list)):
            what = "an element that stands must say something"
            yield LintProblem("ele-1", link_id, what, path)
        if depth > MAX_DEEP:
            continue
        if isinstance(value, dict):
            own = value.get("linkId")
            link_id = own[:255] if isinstance(own, str) else link_id
            work += [(v, f"{path}.{k}" if path else k, link_id, depth + 1) for k, v in value.items()][::-1]
        elif isinstance(value, list):
            work += [(v, f"{path}[{i}]", link_id, depth + 1) for i, v in enumerate(value)][::-1]
            if path.endswith(("extension", "modifierExtension")):
                yield from _extensions(value, path, link_id)


def _extensions(found: list[Any], path: str, link_id: str) -> Iterator[LintProblem]:
    for index, one in enumerate(found):
        if not isinstance(one, dict):
            continue
        values = [key for key in one if key.lstrip("_").startswith("value")]
        if bool(values) == ("extension" in one):
            what = "an extension has a value or extensions of its own, not both and not neither"
            yield LintProblem("ext-1", link_id, what, f"{path}[{index}]")
