"""Whether a QuestionnaireResponse answers its Questionnaire: every finding at once, never an exception.

`validate` judges; `outcome` says the same as a FHIR OperationOutcome.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from screening_forms import strict_json
from screening_forms.answering import check, open_among
from screening_forms.building import applicable
from screening_forms.compare import order_of
from screening_forms.expressions import Standing, stand
from screening_forms.places import Place, is_blank
from screening_forms.reading import Node
from screening_forms.reply import FINISHED, Issue, Reply, read_reply
from screening_forms.types import Form, FormError, ItemType

__all__ = ["Issue", "outcome", "validate"]


def validate(form: Form, data: bytes | Mapping[str, Any]) -> tuple[Issue, ...]:
    """Return every finding about a response, given as file content or parsed JSON; () for none."""
    try:
        parsed = strict_json.parse(data, imported=True) if isinstance(data, bytes) else dict(data)
        node = Node(parsed, "")
    except FormError as error:
        return (Issue("json", "fatal", "structure", error.path or "QuestionnaireResponse", "", error.what),)
    return tuple(judged(form, node).issues)


def judged(form: Form, node: Node) -> Reply:
    """Return a response with everything that is wrong about it."""
    reply = read_reply(form, node)
    if any(issue.rule == "resource-type" for issue in reply.issues):
        return reply
    # What stands there without being an answer opens its place all the same, as a blank.
    standing = stand(form, {**dict.fromkeys(reply.seen, ""), **reply.answers}, reply.authored)
    places = applicable(form, standing.answers, standing.ruled)
    for issue in _answers(form, reply, places):
        reply.issues.append(issue)
    reply.issues += _calculated(form, reply, standing)
    if reply.status in FINISHED:
        reply.issues += _unfinished(reply, standing, places)
    reply.issues += _demands(reply, standing, places)
    return reply


def _at(reply: Reply, key: str) -> str:
    """Return the path of a place in the response, or of the nearest one it would stand under."""
    path = reply.paths.get(key)
    return f"QuestionnaireResponse.{path}" if path else "QuestionnaireResponse"


def _answers(form: Form, reply: Reply, places: Mapping[str, Place]) -> Iterator[Issue]:
    by_id = {item.link_id: item for item in form.walk()}
    for key in reply.paths:
        item = by_id[_link_id(key)]
        if key in reply.seen and key not in places:
            what = "is answered, but under the other answers it is not asked"
            yield Issue("not-enabled", "error", "business-rule", _at(reply, key), item.link_id, what)
        value = reply.answers.get(key)
        wrong = check(item, value) if value is not None else None
        if wrong:
            code = "code-invalid" if item.type is ItemType.CHOICE else "value"
            yield Issue("answer-value", "error", code, _at(reply, key), item.link_id, wrong)


def _link_id(key: str) -> str:
    return key.rpartition("›")[2].partition("¶")[0]


def _unfinished(reply: Reply, standing: Standing, places: Mapping[str, Place]) -> Iterator[Issue]:
    """Yield what a finished response leaves open; wrong values were told already."""
    # What the form works out has to stand in the response as well.
    given = {key: value for key, value in standing.answers.items() if key in reply.seen}
    for one in open_among(places.values(), given):
        value = given.get(one.place, "")
        if not is_blank(value) and check(one.item, value) == one.why:
            continue
        what = f"is open; a {reply.status} response answers every question ({one.why})"
        path = _at(reply, one.place)
        yield Issue("required", "error", "required", path, one.item.link_id, what)
    for key, place in places.items():
        if place.item.type is ItemType.GROUP and place.item.required and key not in reply.seen:
            what = f"is missing; a {reply.status} response has every required group"
            yield Issue("required", "error", "required", _at(reply, key), place.item.link_id, what)


def _calculated(form: Form, reply: Reply, standing: Standing) -> Iterator[Issue]:
    for key, value in standing.derived.items():
        given = reply.answers.get(key)
        item = next(item for item in form.walk() if item.link_id == _link_id(key))
        if given is not None and order_of(item, given, value) != 0:
            severity = "error" if item.rules.read_only else "warning"
            what = f"the form calculates {value[:60]}"
            yield Issue("calculated", severity, "business-rule", _at(reply, key), item.link_id, what)


def _demands(reply: Reply, standing: Standing, places: Mapping[str, Place]) -> Iterator[Issue]:
    for key, one in standing.failed:
        place = places.get(key)
        link_id = place.item.link_id if place else ""
        what = f"{one.key}: {one.human or one.expression}".removeprefix(": ")
        yield Issue("constraint", one.severity, "invariant", _at(reply, key), link_id, what)


def outcome(issues: tuple[Issue, ...]) -> dict[str, Any]:
    """Return the findings as a FHIR OperationOutcome, JSON-ready; no finding is one of its own."""
    made = [
        {
            "severity": issue.severity,
            "code": issue.code,
            "details": {"text": issue.rule},
            "diagnostics": f"{issue.link_id}: {issue.message}" if issue.link_id else issue.message,
            "expression": [issue.path],
        }
        for issue in issues
    ]
    if not made:
        made = [{"severity": "information", "code": "informational", "diagnostics": "no finding"}]
    return {"resourceType": "OperationOutcome", "issue": made}
