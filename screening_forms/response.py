"""FHIR R4 QuestionnaireResponse: built from answers, and read back without letting anything slip.

A response holds exactly the answers to questions that were asked. Items under a group stand under
that group's item, items under a question under its answer.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from screening_forms import strict_json
from screening_forms.answering import Answers, asked, check, is_blank, is_question, missing
from screening_forms.reading import Node
from screening_forms.types import Form, FormError, Item, ItemType

BASE = "urn:mr-safety-console:fhir:"
SUBJECT_SYSTEM = BASE + "subject"
STATUSES = ("in-progress", "completed", "amended", "stopped")
MAX_SUBJECT = 64
FINISHED = ("completed", "amended")

_TOP = frozenset({"resourceType", "questionnaire", "status", "subject", "authored", "item", "id", "language"})
_KEYS: Mapping[ItemType, str] = {
    ItemType.BOOLEAN: "valueBoolean",
    ItemType.CHOICE: "valueCoding",
    ItemType.INTEGER: "valueInteger",
    ItemType.DECIMAL: "valueDecimal",
    ItemType.DATE: "valueDate",
    ItemType.STRING: "valueString",
    ItemType.TEXT: "valueString",
}


def canonical(form: Form) -> str:
    """Return the reference by which a response names its form: `url|version`."""
    return f"{form.url}|{form.version}"


def to_response(form: Form, answers: Answers, subject: str, authored: str, status: str) -> dict[str, Any]:
    """Return a QuestionnaireResponse as JSON-ready data.

    `subject` is a pseudonym, `authored` an ISO 8601 moment with its offset. Answers to questions
    that are not asked are left out; the caller keeps them for the record. Raises `FormError` for
    an unknown linkId, an answer that does not fit, a status that is not one of `STATUSES`, or a
    finished response with open questions.
    """
    _check_head(authored, status, subject)
    by_id = {item.link_id: item for item in form.walk()}
    for link_id in answers:
        if link_id not in by_id or not is_question(by_id[link_id]):
            raise FormError("", link_id, "is no question of this form")
    kept = {item.link_id: answers[item.link_id] for item in asked(form, answers) if item.link_id in answers}
    kept = {link_id: value for link_id, value in kept.items() if not is_blank(value)}
    _check_answers(form, kept, by_id, status)
    made: dict[str, Any] = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": canonical(form),
        "status": status,
        "subject": {"identifier": {"system": SUBJECT_SYSTEM, "value": subject}},
        "authored": authored,
    }
    items = [data for item in form.items for data in _answered(item, kept)]
    return {**made, "item": items} if items else made


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
    answers: dict[str, str] = {}
    _read_items(node, form.items, answers)
    by_id = {item.link_id: item for item in form.walk()}
    applicable = {item.link_id for item in asked(form, answers)}
    for link_id in answers:
        if link_id not in applicable:
            raise FormError("item", link_id, "is answered, but under the other answers it is not asked")
    _check_answers(form, answers, by_id, status)
    return answers


def _check_head(authored: str, status: str, subject: str) -> None:
    if status not in STATUSES:
        raise FormError("status", "", f"expected one of: {', '.join(STATUSES)}")
    if not subject.strip() or len(subject) > MAX_SUBJECT:
        raise FormError("subject", "", f"expected a pseudonym of 1 to {MAX_SUBJECT} characters")
    try:
        moment = datetime.datetime.fromisoformat(authored)
    except ValueError:
        raise FormError("authored", "", "expected a moment as YYYY-MM-DDThh:mm:ss+hh:mm") from None
    if moment.tzinfo is None:
        raise FormError("authored", "", "needs its offset from UTC, such as +00:00")


def _check_answers(form: Form, answers: Answers, by_id: Mapping[str, Item], status: str) -> None:
    for link_id, value in answers.items():
        expected = check(by_id[link_id], value)
        if expected:
            raise FormError("item", link_id, expected)
    open_items = missing(form, answers) if status in FINISHED else ()
    if open_items:
        raise FormError("item", open_items[0].link_id, f"is open; a {status} response answers every question")


# Building


def _answered(item: Item, answers: Answers) -> Iterator[dict[str, Any]]:
    children = [data for child in item.items for data in _answered(child, answers)]
    made: dict[str, Any] = {"linkId": item.link_id, **({"text": item.text} if item.text else {})}
    if is_question(item) and item.link_id in answers:
        value = {_KEYS[item.type]: _value(item, answers[item.link_id])}
        yield {**made, "answer": [{**value, "item": children} if children else value]}
    elif children:
        yield {**made, "item": children}


def _value(item: Item, value: str) -> Any:
    if item.type is ItemType.BOOLEAN:
        return value == "true"
    if item.type is ItemType.INTEGER:
        return int(value)
    if item.type is ItemType.DECIMAL:
        return float(value)
    if item.type is ItemType.CHOICE:
        display = next(option.display for option in item.options if option.code == value)
        return {"code": value, "display": display}
    return value


# Reading


def _subject(node: Node) -> str:
    subject = node.node("subject")
    subject.only(frozenset({"identifier"}))
    identifier = subject.node("identifier")
    identifier.only(frozenset({"system", "value"}))
    identifier.choice("system", (SUBJECT_SYSTEM,))
    return identifier.text("value", MAX_SUBJECT)


def _read_items(node: Node, items: tuple[Item, ...], answers: dict[str, str]) -> None:
    """Read the items standing under `node`, which must be among `items`, each at most once."""
    here = {item.link_id: item for item in items}
    for child in node.nodes("item"):
        child.link_id = child.text("linkId", 64)
        item = here.pop(child.link_id, None)
        if item is None:
            raise child.error("linkId", "is unknown in this place of the form, or stands twice")
        if "text" in child and child.text("text", 2_000) != item.text:
            raise child.error("text", "differs from the question of this form")
        if is_question(item):
            _read_answer(child, item, answers)
        else:
            child.only(frozenset({"linkId", "text", "item"}))
            _read_items(child, item.items, answers)


def _read_answer(node: Node, item: Item, answers: dict[str, str]) -> None:
    node.only(frozenset({"linkId", "text", "answer"}))
    given = node.nodes("answer")
    if len(given) != 1:
        raise node.error("answer", "expected exactly one answer")
    key = _KEYS[item.type]
    given[0].only(frozenset({key, "item"}))
    answers[item.link_id] = _canonical(given[0], key, item)
    _read_items(given[0], item.items, answers)


def _canonical(node: Node, key: str, item: Item) -> str:
    if item.type is ItemType.BOOLEAN:
        return "true" if node.flag(key) else "false"
    if item.type is ItemType.INTEGER:
        return str(node.whole(key, -(10**9), 10**9))
    if item.type is ItemType.DECIMAL:
        return node.decimal(key)
    if item.type is not ItemType.CHOICE:
        return node.text(key, 2_000)
    coding = node.node(key)
    coding.only(frozenset({"code", "display"}))
    code = coding.text("code", 32)
    shown = next((option.display for option in item.options if option.code == code), None)
    if shown is None:
        raise coding.error("code", f"expected one of: {', '.join(option.code for option in item.options)}")
    if "display" in coding and coding.text("display", 120) != shown:
        raise coding.error("display", f"the answer {code} of this form reads {shown!r}")
    return code
