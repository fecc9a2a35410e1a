"""Responses: what is signed holds exactly what was asked, and reads back to the same answers."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.form_cases import CASES

from screening_forms.answering import NOT_ASKED, asked, missing
from screening_forms.response import STATUSES, canonical, from_response, to_response
from screening_forms.types import EnableWhen, Form, FormError, Item, ItemType, Option

NOON = "2031-05-06T12:00:00+02:00"
YES_NO = Option("no", "No"), Option("yes", "Yes")
CHILD = Item("a.more", "What?", ItemType.TEXT, required=True, enable_when=(EnableWhen("a", "=", "yes"),))
ASK = Item("a", "Anything?", ItemType.CHOICE, required=True, options=YES_NO, items=(CHILD,))
REST = (
    Item("n", "How many?", ItemType.INTEGER),
    Item("x", "How much?", ItemType.DECIMAL),
    Item("b", "Done?", ItemType.BOOLEAN),
    Item("d", "When?", ItemType.DATE),
)
FORM = Form(
    "f", "3", "urn:f", "F", "draft", "en", (ASK, Item("g", "Rest", ItemType.GROUP, items=REST)), "0" * 64
)
FULL = {"a": "yes", "a.more": "a\nb", "n": "-4", "x": "0.25", "b": "false", "d": "2024-02-29"}


def made(answers: dict[str, str] | None = None, status: str = "completed") -> dict[str, Any]:
    return to_response(FORM, FULL if answers is None else answers, "p7", NOON, status)


def test_a_response_stands_as_fhir_puts_it() -> None:
    data = made()
    assert data["questionnaire"] == canonical(FORM) == "urn:f|3"
    assert data["subject"] == {"identifier": {"system": "urn:mr-safety-console:fhir:subject", "value": "p7"}}
    assert data["item"][0] == {
        "linkId": "a",
        "text": "Anything?",
        "answer": [
            {
                "valueCoding": {"code": "yes", "display": "Yes"},
                "item": [{"linkId": "a.more", "text": "What?", "answer": [{"valueString": "a\nb"}]}],
            }
        ],
    }
    values = [item["answer"][0] for item in data["item"][1]["item"]]
    assert values == [
        {"valueInteger": -4},
        {"valueDecimal": 0.25},
        {"valueBoolean": False},
        {"valueDate": "2024-02-29"},
    ]


def test_it_reads_back_from_data_and_from_bytes() -> None:
    assert from_response(FORM, made()) == FULL
    assert from_response(FORM, json.dumps(made()).encode()) == FULL


@given(st.integers(-(10**9) + 1, 10**9 - 1), st.decimals(-999_999, 999_999, places=6))
@settings(max_examples=40, deadline=None)
def test_numbers_read_back_as_the_same_numbers(whole: int, number: Any) -> None:
    answers = {"a": "no", "n": str(whole), "x": format(number, "f")}
    read = from_response(FORM, json.dumps(made(answers)).encode())
    assert read["n"] == str(whole)
    assert float(read["x"]) == float(number)


@settings(max_examples=40, deadline=None)
@given(CASES)
def test_a_response_holds_what_was_asked_and_answered_and_nothing_else(
    case: tuple[Form, dict[str, str]],
) -> None:
    form, answers = case
    data = to_response(form, answers, "p7", NOON, "in-progress")
    applicable = {item.link_id for item in asked(form, answers)}
    expected = {k: v for k, v in answers.items() if k in applicable and v != NOT_ASKED}
    assert from_response(form, json.dumps(data).encode()) == expected


@settings(max_examples=40, deadline=None)
@given(CASES, st.sampled_from(["completed", "amended"]))
def test_nothing_is_finished_while_a_question_is_open(case: tuple[Form, dict[str, str]], status: str) -> None:
    """I4: a blank never ends inside a finished response."""
    form, answers = case
    open_items = missing(form, answers)
    if not open_items:
        assert from_response(form, to_response(form, answers, "p7", NOON, status))
        return
    with pytest.raises(FormError) as caught:
        to_response(form, answers, "p7", NOON, status)
    assert caught.value.link_id in {item.link_id for item in open_items}


def test_an_answer_that_no_longer_applies_is_left_out() -> None:
    data = made({"a": "no", "a.more": "old words"})
    assert from_response(FORM, data) == {"a": "no"}
    assert "old words" not in json.dumps(data)


def test_nothing_answered_is_a_response_without_items() -> None:
    data = made({"a": NOT_ASKED}, "in-progress")
    assert "item" not in data
    assert from_response(FORM, data) == {}


@pytest.mark.parametrize(
    ("answers", "link_id"), [({"z": "1"}, "z"), ({"g": "1"}, "g"), ({"a": "maybe"}, "a"), ({"n": "x"}, "n")]
)
def test_an_answer_that_does_not_fit_builds_nothing(answers: dict[str, str], link_id: str) -> None:
    with pytest.raises(FormError) as caught:
        made(answers, "in-progress")
    assert caught.value.link_id == link_id


@pytest.mark.parametrize(
    ("subject", "authored", "status"),
    [
        ("", NOON, "completed"),
        ("p" * 65, NOON, "completed"),
        ("p", "2031-05-06T12:00:00", "completed"),
        ("p", "yesterday", "completed"),
        ("p", NOON, "entered-in-error"),
    ],
)
def test_a_response_needs_subject_moment_and_status(subject: str, authored: str, status: str) -> None:
    with pytest.raises(FormError):
        to_response(FORM, FULL, subject, authored, status)


Change = Callable[[dict[str, Any]], Any]


def answer(data: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = data["item"][0]["answer"][0]
    return found


def rest(data: dict[str, Any], index: int) -> dict[str, Any]:
    found: dict[str, Any] = data["item"][1]["item"][index]["answer"][0]
    return found


CHANGES: list[tuple[str, Change]] = [
    ("expected urn:f|3", lambda d: d.update(questionnaire="urn:f|2")),
    ("expected urn:f|3", lambda d: d.update(questionnaire="urn:f")),
    ("is missing", lambda d: d.pop("questionnaire")),
    ("resourceType", lambda d: d.update(resourceType="Questionnaire")),
    ("expected one of: in-progress", lambda d: d.update(status="entered-in-error")),
    ("element 'source' is not supported", lambda d: d.update(source={})),
    ("authored", lambda d: d.update(authored="2031-05-06")),
    ("subject", lambda d: d.update(subject={"reference": "Patient/1"})),
    ("is unknown in this place", lambda d: d["item"][0].update(linkId="z")),
    ("is unknown in this place", lambda d: d["item"].append(copy.deepcopy(d["item"][0]))),
    ("is unknown in this place", lambda d: d["item"].extend(d["item"][1].pop("item"))),
    ("differs from the question", lambda d: d["item"][0].update(text="Nothing?")),
    ("exactly one answer", lambda d: d["item"][0].update(answer=[answer(d), answer(d)])),
    ("at least one entry", lambda d: d["item"][0].update(answer=[])),
    ("'valueString' is not supported", lambda d: d["item"][0].update(answer=[{"valueString": "yes"}])),
    ("expected one of: no, yes", lambda d: answer(d).update(valueCoding={"code": "maybe"})),
    ("of this form reads 'Yes'", lambda d: answer(d)["valueCoding"].update(display="No")),
    ("element 'system'", lambda d: answer(d)["valueCoding"].update(system="urn:x")),
    ("it is not asked", lambda d: answer(d).update(valueCoding={"code": "no"})),
    ("is open; a completed response", lambda d: answer(d).pop("item")),
    ("is open; a completed response", lambda d: d["item"].pop(0)),
    ("expected a whole number", lambda d: rest(d, 0).update(valueInteger="4")),
    ("expected a whole number", lambda d: rest(d, 0).update(valueInteger=True)),
    ("expected a number", lambda d: rest(d, 1).update(valueDecimal="0.25")),
    ("ordinary size", lambda d: rest(d, 1).update(valueDecimal=float("nan"))),
    ("ordinary size", lambda d: rest(d, 1).update(valueDecimal=1e300)),
    ("expected true or false", lambda d: rest(d, 2).update(valueBoolean="false")),
    ("expected a day of the calendar", lambda d: rest(d, 3).update(valueDate="2023-02-29")),
    ("holds a control character", lambda d: answer(d)["item"][0]["answer"][0].update(valueString="\x1b[m")),
    ("element 'answer' is not supported", lambda d: d["item"][1].update(answer=[{"valueBoolean": True}])),
]


@pytest.mark.parametrize(("what", "change"), CHANGES)
def test_a_response_that_says_more_less_or_else_is_refused(what: str, change: Change) -> None:
    data = made()
    change(data)
    with pytest.raises(FormError) as caught:
        from_response(FORM, data)
    assert what in str(caught.value)


def test_every_status_is_read_back() -> None:
    assert {status for status in STATUSES if from_response(FORM, made(status=status)) == FULL} == set(
        STATUSES
    )


def test_a_key_twice_is_refused_before_anything_is_read() -> None:
    raw = json.dumps(made()).replace('"code": "yes"', '"code": "no", "code": "yes"').encode()
    with pytest.raises(FormError, match="'code' stands twice"):
        from_response(FORM, raw)


JSON = (
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats()
    | st.text(max_size=4)
    | st.just([])
    | st.just({})
)


def places(node: Any) -> list[tuple[Any, Any]]:
    """Return every (container, key) of a JSON value."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    found = [(node, key) for key, _ in pairs]
    return found + [inner for container, key in list(found) for inner in places(container[key])]


@settings(max_examples=150, deadline=None)
@given(st.data(), JSON)
def test_any_one_replaced_value_is_refused_or_still_a_whole_response(data: st.DataObject, value: Any) -> None:
    changed = made()
    container, key = data.draw(st.sampled_from(places(changed)))
    container[key] = value
    try:
        answers = from_response(FORM, changed)
    except FormError:
        return
    assert missing(FORM, answers) == () or changed["status"] not in ("completed", "amended")
