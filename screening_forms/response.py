"""FHIR R4 QuestionnaireResponse: built from answers, and read back without letting anything slip.

A response holds exactly the answers to questions that were asked. Items under a group stand under
that group's item, items under a question under its answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from screening_forms import strict_json
from screening_forms.answering import Answers, check, is_blank, open_places
from screening_forms.building import applicable, response_items
from screening_forms.enable_when import tree_of
from screening_forms.expressions import Standing, stand
from screening_forms.places import is_question
from screening_forms.reading import Node
from screening_forms.reply import FINISHED, Issue, canonical, check_moment
from screening_forms.types import Form, FormError
from screening_forms.validate import judged

BASE = "urn:mr-safety-console:fhir:"
SUBJECT_SYSTEM = BASE + "subject"
STATUSES = ("in-progress", "completed", "amended", "stopped")
MAX_SUBJECT = 64

_TOP = frozenset({"resourceType", "questionnaire", "status", "subject", "authored", "item", "id", "language"})

__all__ = ["FINISHED", "STATUSES", "canonical", "from_response", "to_response"]


def to_response(form: Form, answers: Answers, subject: str, authored: str, status: str) -> dict[str, Any]:
    """Return a QuestionnaireResponse as JSON-ready data.

    `subject` is a pseudonym, `authored` an ISO 8601 moment with its offset. Answers to questions
    that are not asked are left out; the caller keeps them for the record. What the form calculates
    is put in. Raises `FormError` for an unknown place, an answer that does not fit, a status that is
    not one of `STATUSES`, or a finished response with open questions or an unmet demand.
    """
    _check_head(authored, status, subject)
    known = {place.key: place for place in tree_of(form).ground.lay_out(answers)}
    for key in answers:
        if key not in known or not is_question(known[key].item):
            raise FormError("", key, "is no question of this form")
    standing = stand(form, answers, authored)
    places = applicable(form, standing.answers, standing.ruled)
    kept = {key: value for key, value in standing.answers.items() if key in places and not is_blank(value)}
    for key, value in kept.items():
        expected = check(places[key].item, value)
        if expected:
            raise FormError("item", places[key].item.link_id, expected)
    if status in FINISHED:
        _check_finished(form, standing, status)
    made: dict[str, Any] = {"resourceType": "QuestionnaireResponse"}
    if form.url:
        made["questionnaire"] = canonical(form)
    made |= {
        "status": status,
        "subject": {"identifier": {"system": SUBJECT_SYSTEM, "value": subject}},
        "authored": authored,
    }
    items = response_items(form, kept, standing.ruled)
    return {**made, "item": items} if items else made


def _check_finished(form: Form, standing: Standing, status: str) -> None:
    open_ = open_places(form, standing.answers, standing.ruled)
    if open_:
        what = f"is open; a {status} response answers every question ({open_[0].why})"
        raise FormError("item", open_[0].item.link_id, what)
    unmet = [(key, one) for key, one in standing.failed if one.severity == "error"]
    if unmet:
        raise FormError("item", unmet[0][0], unmet[0][1].human or unmet[0][1].expression)


def from_response(form: Form, data: bytes | Mapping[str, Any]) -> Answers:
    """Return the answers a QuestionnaireResponse holds, given as file content or parsed JSON.

    Raises `FormError` for another form or version, an unknown linkId, an item in the wrong place
    or twice, a question text that differs, a wrong type, an answer to a question that was not
    asked, a finished response with open questions, and every element not supported.
    """
    node = Node(strict_json.parse(data) if isinstance(data, bytes) else dict(data), "")
    node.choice("resourceType", ("QuestionnaireResponse",))
    node.only(_TOP)
    if node.text("questionnaire", 300) != canonical(form):
        raise node.error("questionnaire", f"expected {canonical(form)}")
    status = node.choice("status", STATUSES)
    _check_head(node.text("authored", 40), status, _subject(node))
    reply = judged(form, node)
    first = next((issue for issue in reply.issues if issue.severity != "warning"), None)
    if first is not None:
        raise _error(first)
    return reply.answers


def _error(issue: Issue) -> FormError:
    path = issue.path.removeprefix("QuestionnaireResponse").removeprefix(".") or "item"
    return FormError(path, issue.link_id, issue.message)


def _check_head(authored: str, status: str, subject: str) -> None:
    if status not in STATUSES:
        raise FormError("status", "", f"expected one of: {', '.join(STATUSES)}")
    if not subject.strip() or len(subject) > MAX_SUBJECT:
        raise FormError("subject", "", f"expected a pseudonym of 1 to {MAX_SUBJECT} characters")
    wrong = check_moment(authored)
    if wrong:
        raise FormError("authored", "", wrong)


def _subject(node: Node) -> str:
    subject = node.node("subject")
    subject.only(frozenset({"identifier"}))
    identifier = subject.node("identifier")
    identifier.only(frozenset({"system", "value"}))
    identifier.choice("system", (SUBJECT_SYSTEM,))
    return identifier.text("value", MAX_SUBJECT)
