"""The structural rules of FHIR's Questionnaire (R4 and R4B), on the JSON itself, under HL7's own ids.

All findings come at once, whatever the shape of the file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from screening_forms.lint_resource import LintProblem, lint_resource
from screening_forms.value import frozen

Json = dict[str, Any]


@frozen
class Spot:
    """One item of the file with its path; `form` is the whole resource."""

    data: Json
    path: str
    form: Json

    @property
    def link_id(self) -> str:
        """Return the linkId as text, cut short."""
        return str(self.data.get("linkId", ""))[:255]

    @property
    def kind(self) -> Any:
        """Return the type as it stands."""
        return self.data.get("type")

    def many(self, key: str) -> list[Any]:
        """Return a list as it stands, or an empty one."""
        value = self.data.get(key)
        return value if isinstance(value, list) else []


TYPES = (
    *("group", "display", "boolean", "decimal", "integer", "date", "dateTime", "time", "string", "text"),
    *("url", "choice", "open-choice", "attachment", "reference", "quantity"),
)
_WITH_OPTIONS = (
    "choice",
    "open-choice",
    "decimal",
    "integer",
    "date",
    "dateTime",
    "time",
    "string",
    "quantity",
)
_OPTIONS = frozenset({"answerOption", "answerValueSet"})
_WITH_LENGTH = ("boolean", "decimal", "integer", "string", "text", "url", "open-choice")
_OPERATORS = ("exists", "=", "!=", ">", "<", ">=", "<=")
_STATUSES = ("draft", "active", "retired", "unknown")
_NAME = re.compile(r"[A-Z][A-Za-z0-9_]{0,254}\Z", re.ASCII)


def spots(form: Any) -> Iterator[Spot]:
    """Yield every item of a resource in reading order."""
    if not isinstance(form, dict):
        return
    work = [(form, "")]
    while work:
        data, path = work.pop()
        if data is not form:
            yield Spot(data, path, form)
        children = data.get("item")
        below = enumerate(children) if isinstance(children, list) else ()
        dot = f"{path}." if path else ""
        work += [(c, f"{dot}item[{i}]") for i, c in below if isinstance(c, dict)][::-1]


def lint_fhir(form: Any) -> Iterator[LintProblem]:
    """Yield everything wrong with a resource by FHIR's own rules."""
    if not isinstance(form, dict):
        return
    yield from _whole(form)
    found = list(spots(form))
    yield from _twice(found)
    for spot in found:
        for rule, broken in ITEM_RULES.items():
            message = broken(spot)
            if message:
                yield LintProblem(rule, spot.link_id, message, spot.path)
        yield from _conditions(spot)
    yield from lint_resource(form)


def _whole(form: Json) -> Iterator[LintProblem]:
    name = form.get("name")
    if isinstance(name, str) and not _NAME.match(name):
        what = "a name begins with a capital and holds letters, digits and underscores only"
        yield LintProblem("que-0", "", what, "name")
    if "status" not in form:
        yield LintProblem("cardinality", "", "a questionnaire needs a status", "status")
    elif form["status"] not in _STATUSES:
        yield LintProblem("binding", "", f"expected one of: {', '.join(_STATUSES)}", "status")


def _twice(found: list[Spot]) -> Iterator[LintProblem]:
    counts = Counter(spot.link_id for spot in found if "linkId" in spot.data)
    for spot in found:
        if counts[spot.link_id] > 1 and "linkId" in spot.data:
            what = f"linkId {spot.link_id} stands more than once"
            yield LintProblem("que-2", spot.link_id, what, f"{spot.path}.linkId")


def _group_empty(spot: Spot) -> bool:
    return spot.kind == "group" and not spot.many("item")


def _if(broken: Callable[[Spot], bool], message: str) -> Callable[[Spot], str]:
    return lambda spot: message if broken(spot) else ""


def _needed(spot: Spot) -> str:
    lacking = [key for key in ("linkId", "type") if key not in spot.data]
    return f"an item needs {' and '.join(lacking)}" if lacking else ""


def _binding(spot: Spot) -> str:
    if "type" in spot.data and spot.kind not in TYPES:
        return f"the type is one of: {', '.join(TYPES)}"
    if spot.data.get("enableBehavior", "all") not in ("all", "any"):
        return "enableBehavior is all or any"
    return ""


ITEM_RULES: Mapping[str, Callable[[Spot], str]] = MappingProxyType(
    {
        "cardinality": _needed,
        "binding": _binding,
        "que-1a": _if(
            lambda s: _group_empty(s) and s.form.get("status") == "active",
            "a group of a form in use needs items",
        ),
        "que-1b": _if(
            lambda s: _group_empty(s) and s.form.get("status") != "active", "a group should have items"
        ),
        "que-1c": _if(
            lambda s: s.kind == "display" and bool(s.many("item")),
            "a displayed line cannot have items below it",
        ),
        "que-3": _if(lambda s: s.kind == "display" and "code" in s.data, "a displayed line has no code"),
        "que-4": _if(
            lambda s: "answerOption" in s.data and "answerValueSet" in s.data,
            "answers stand in answerOption or in answerValueSet, not in both",
        ),
        "que-5": _if(
            lambda s: s.kind not in _WITH_OPTIONS and bool(_OPTIONS & s.data.keys()),
            "only a choice, or a simple answer, can have answer options",
        ),
        "que-6": _if(
            lambda s: s.kind == "display" and bool({"required", "repeats"} & s.data.keys()),
            "a displayed line is neither required nor repeated",
        ),
        "que-8": _if(
            lambda s: s.kind in ("group", "display") and "initial" in s.data,
            "a group or displayed line has no initial answer",
        ),
        "que-9": _if(
            lambda s: s.kind == "display" and "readOnly" in s.data, "a displayed line is not read-only"
        ),
        "que-10": _if(
            lambda s: s.kind not in _WITH_LENGTH and "maxLength" in s.data,
            "only a simple answer has a greatest length",
        ),
        "que-11": _if(
            lambda s: "answerOption" in s.data and "initial" in s.data,
            "with answer options, the proposed one is marked initialSelected; remove initial",
        ),
        "que-12": _if(
            lambda s: len(s.many("enableWhen")) > 1 and "enableBehavior" not in s.data,
            "several conditions need enableBehavior all or any",
        ),
        "que-13": _if(
            lambda s: len(s.many("initial")) > 1 and s.data.get("repeats") is not True,
            "only a repeating question has several initial answers",
        ),
    }
)


def _conditions(spot: Spot) -> Iterator[LintProblem]:
    for index, when in enumerate(spot.many("enableWhen")):
        if not isinstance(when, dict):
            continue
        path = f"{spot.path}.enableWhen[{index}]"
        answers = [key for key in when if key.startswith("answer")]
        lacking = [key for key in ("question", "operator") if key not in when]
        lacking += [] if len(answers) == 1 else ["exactly one answer[x]"]
        if lacking:
            what = f"a condition needs {' and '.join(lacking)}"
            yield LintProblem("cardinality", spot.link_id, what, path)
        operator = when.get("operator", "=")
        if operator not in _OPERATORS:
            what = f"the operator is one of: {', '.join(_OPERATORS)}"
            yield LintProblem("binding", spot.link_id, what, path)
        if operator == "exists" and not isinstance(when.get("answerBoolean"), bool):
            yield LintProblem("que-7", spot.link_id, "exists is asked with answerBoolean", path)
