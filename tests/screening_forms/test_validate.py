"""Each rule about a response in both directions: a response it accepts, and one it finds wrong."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening_forms.questionnaire import read_questionnaire
from screening_forms.types import Form
from screening_forms.validate import Issue, outcome, validate

Json = dict[str, Any]
FHIR = "http://hl7.org/fhir/StructureDefinition/"
YES_NO = [
    {"valueCoding": {"system": "urn:s", "code": code, "display": code.title()}} for code in ("yes", "no")
]


def limit(name: str, **value: Any) -> Json:
    return {"url": FHIR + name, **value}


def ask(link_id: str, kind: str, *limits: Json, **more: Any) -> Json:
    notes = {"extension": list(limits)} if limits else {}
    return {"linkId": link_id, "text": link_id.upper(), "type": kind, **notes, **more}


def form_of(*items: Json) -> Form:
    form = {
        "resourceType": "Questionnaire",
        "url": "urn:f",
        "version": "2",
        "status": "active",
        "item": list(items),
    }
    return read_questionnaire(json.dumps(form).encode())


def reply(*items: Json, **top: Any) -> Json:
    made = {"resourceType": "QuestionnaireResponse", "questionnaire": "urn:f|2", "status": "completed"}
    return {**made, **({"item": list(items)} if items else {}), **top}


def said(link_id: str, *values: Json) -> Json:
    return {"linkId": link_id, "answer": list(values)}


def rules(form: Form, response: Any) -> set[tuple[str, str, str]]:
    data = json.dumps(response).encode()
    return {(issue.rule, issue.severity, issue.code) for issue in validate(form, data)}


# One answer: its kind and its limits

DAY, TIME = limit("minValue", valueDate="2030-01-01"), limit("maxValue", valueTime="12:00:00")
KG = limit("questionnaire-unit", valueCoding={"system": "urn:u", "code": "kg", "display": "kilo"})
LIGHT = limit("maxValue", valueQuantity={"value": 99, "system": "urn:u", "code": "kg"})
DATA = {"contentType": "text/plain", "data": "aGk=", "size": 2, "hash": "witfkXg0JglCjW9RssWvTAveakI="}
ANSWERS: list[tuple[Json, list[Json], list[Json]]] = [
    (ask("a", "boolean"), [{"valueBoolean": False}], [{"valueBoolean": "no"}, {"valueString": "no"}, {}]),
    (
        ask("a", "boolean"),
        [
            {
                "_valueBoolean": {
                    "extension": [{"url": FHIR + "data-absent-reason", "valueCode": "asked-unknown"}]
                }
            }
        ],
        [{"_valueBoolean": {"extension": [{"url": FHIR + "data-absent-reason", "valueCode": "masked"}]}}],
    ),
    (
        ask("a", "integer", limit("minValue", valueInteger=1), limit("maxValue", valueInteger=9)),
        [{"valueInteger": 1}, {"valueInteger": 9}],
        [{"valueInteger": 0}, {"valueInteger": 10}, {"valueInteger": 1.5}, {"valueInteger": True}],
    ),
    (ask("a", "integer"), [{"valueInteger": 2**31 - 1}], [{"valueInteger": 2**31}]),
    (
        ask("a", "decimal", limit("maxDecimalPlaces", valueInteger=2), limit("maxValue", valueDecimal=1.5)),
        [{"valueDecimal": 1.25}, {"valueDecimal": 1.5}, {"valueDecimal": -3}],
        [{"valueDecimal": 1.255}, {"valueDecimal": 1.6}, {"valueDecimal": "1"}],
    ),
    (
        ask("a", "date", DAY),
        [{"valueDate": "2030-01-01"}, {"valueDate": "2031"}, {"valueDate": "2031-05"}],
        [
            {"valueDate": "2029-12-31"},
            {"valueDate": "2031-02-30"},
            {"valueDate": "2030"},
            {"valueDate": "soon"},
        ],
    ),
    (
        ask("a", "dateTime", limit("maxValue", valueDateTime="2031-01-01T00:00:00Z")),
        [{"valueDateTime": "2031-01-01T01:00:00+02:00"}, {"valueDateTime": "2030"}],
        [
            {"valueDateTime": "2031-01-01T00:00:01Z"},
            {"valueDateTime": "2030-01-01T10:00"},
            {"valueDateTime": "x"},
        ],
    ),
    (
        ask("a", "time", TIME),
        [{"valueTime": "11:59:59.5"}],
        [{"valueTime": "12:00:01"}, {"valueTime": "24:00:00"}],
    ),
    (
        ask("a", "string", limit("minLength", valueInteger=2), maxLength=4),
        [{"valueString": "ab"}, {"valueString": "abcd"}],
        [{"valueString": "a"}, {"valueString": "abcde"}, {"valueString": "ab\x1b"}, {"valueString": "  "}],
    ),
    (
        ask("a", "string", limit("regex", valueString="[A-Z]{2}[0-9]+")),
        [{"valueString": "AB12"}],
        [{"valueString": "AB"}, {"valueString": "xAB12"}],
    ),
    (ask("a", "text"), [{"valueString": "one\ntwo"}], [{"valueMarkdown": "x"}]),
    (
        ask("a", "url"),
        [{"valueUri": "https://example.org/x"}, {"valueUri": "urn:oid:1.2"}],
        [{"valueUri": "example.org"}, {"valueUri": "http://a b"}],
    ),
    (
        ask("a", "choice", answerOption=YES_NO),
        [
            {"valueCoding": {"system": "urn:s", "code": "yes", "display": "Yes"}},
            {"valueCoding": {"code": "no"}},
        ],
        [
            {"valueCoding": {"system": "urn:s", "code": "maybe"}},
            {"valueCoding": {"system": "urn:t", "code": "yes"}},
            {"valueCoding": {"system": "urn:s", "code": "yes", "display": "No"}},
            {"valueString": "yes"},
        ],
    ),
    (
        ask(
            "a",
            "choice",
            answerOption=[{"valueString": "red"}, {"valueInteger": 3}, {"valueDate": "2031-01-01"}],
        ),
        [{"valueString": "red"}, {"valueInteger": 3}, {"valueDate": "2031-01-01"}],
        [{"valueString": "blue"}, {"valueInteger": 4}, {"valueString": "3"}],
    ),
    (
        ask("a", "open-choice", answerOption=YES_NO),
        [{"valueString": "perhaps"}, {"valueCoding": {"code": "yes"}}],
        [{"valueCoding": {"code": "perhaps"}}, {"valueString": ""}],
    ),
    (
        ask("a", "string", answerOption=[{"valueString": "red"}]),
        [{"valueString": "red"}],
        [{"valueString": "blue"}],
    ),
    (
        ask("a", "quantity", KG, LIGHT),
        [{"valueQuantity": {"value": 99, "unit": "kilo", "system": "urn:u", "code": "kg"}}],
        [
            {"valueQuantity": {"value": 99.5, "system": "urn:u", "code": "kg"}},
            {"valueQuantity": {"value": 70, "system": "urn:u", "code": "lb"}},
            {"valueQuantity": {"value": 70}},
            {"valueQuantity": {"unit": "kg"}},
        ],
    ),
    (
        ask("a", "reference", limit("questionnaire-referenceResource", valueCode="Patient")),
        [
            {"valueReference": {"reference": "Patient/1"}},
            {"valueReference": {"reference": "#p", "display": "P"}},
        ],
        [
            {"valueReference": {"reference": "Device/1"}},
            {"valueReference": {"type": "Device", "reference": "urn:uuid:1"}},
            {"valueReference": {"reference": "not a reference"}},
            {"valueReference": {}},
        ],
    ),
    (
        ask("a", "attachment", limit("mimeType", valueCode="text/plain"), limit("maxSize", valueDecimal=3)),
        [{"valueAttachment": DATA}, {"valueAttachment": {"contentType": "text/plain", "url": "urn:x"}}],
        [
            {"valueAttachment": {**DATA, "size": 3}},
            {"valueAttachment": {**DATA, "hash": "AAAA"}},
            {"valueAttachment": {**DATA, "data": "not base64"}},
            {"valueAttachment": {**DATA, "contentType": "image/png"}},
            {"valueAttachment": {"contentType": "text/plain", "data": "aGVsbG8="}},
            {"valueAttachment": {"contentType": "text/plain"}},
            {"valueAttachment": {"data": "aGk="}},
        ],
    ),
]


@pytest.mark.parametrize(("item", "good", "bad"), ANSWERS)
def test_an_answer_is_accepted_or_found_wrong(item: Json, good: list[Json], bad: list[Json]) -> None:
    form = form_of(item)
    for value in good:
        assert rules(form, reply(said("a", value))) == set(), value
    for value in bad:
        found = {rule for rule, severity, _ in rules(form, reply(said("a", value))) if severity == "error"}
        assert found & {"answer", "answer-value", "structure"}, value


# The whole response

COND = {"question": "a", "operator": "=", "answerBoolean": True}
WHOLE = form_of(
    ask("a", "boolean", required=True),
    ask("b", "string", required=True, enableWhen=[COND]),
    ask("g", "group", item=[ask("c", "string"), ask("d", "integer", repeats=True)], repeats=True),
    ask("l", "display"),
    ask("r", "group", item=[ask("e", "string")], required=True),
)
SOUND = reply(
    said("a", {"valueBoolean": True}),
    said("b", {"valueString": "x"}),
    {
        "linkId": "g",
        "item": [said("c", {"valueString": "y"}), said("d", {"valueInteger": 1}, {"valueInteger": 2})],
    },
    {"linkId": "g", "item": [said("c", {"valueString": "z"})]},
    {"linkId": "l"},
    {"linkId": "r"},
)
Change = Callable[[Json], Any]
CHANGES: list[tuple[str, str, str, Change]] = [
    ("resource-type", "error", "structure", lambda r: r.update(resourceType="Patient")),
    ("questionnaire", "error", "required", lambda r: r.pop("questionnaire")),
    ("questionnaire", "error", "not-found", lambda r: r.update(questionnaire="urn:other|2")),
    ("questionnaire", "error", "not-found", lambda r: r.update(questionnaire="urn:f|1")),
    ("questionnaire", "warning", "business-rule", lambda r: r.update(questionnaire="urn:f")),
    ("status", "error", "code-invalid", lambda r: r.update(status="done")),
    ("authored", "error", "value", lambda r: r.update(authored="2031-05-06T10:00:00")),
    ("authored", "error", "value", lambda r: r.update(authored="2031abc")),
    ("element", "error", "structure", lambda r: r.update(answers=[])),
    ("structure", "error", "structure", lambda r: r.update(item="x")),
    ("structure", "error", "structure", lambda r: r["item"][2].update(item=[])),
    ("link-id", "error", "not-found", lambda r: r["item"].append({"linkId": "z"})),
    ("link-id", "error", "not-found", lambda r: r["item"].append(said("c", {"valueString": "y"}))),
    ("link-id", "error", "not-found", lambda r: r["item"].append({"linkId": 5})),
    ("item-twice", "error", "structure", lambda r: r["item"].insert(1, copy.deepcopy(r["item"][0]))),
    ("order", "error", "structure", lambda r: r["item"].reverse()),
    ("text", "error", "business-rule", lambda r: r["item"][0].update(text="Another question?")),
    ("answers", "error", "structure", lambda r: r["item"][1]["answer"].append({"valueString": "two"})),
    ("element", "error", "structure", lambda r: r["item"][2].update(answer=[{"valueString": "x"}])),
    ("element", "error", "structure", lambda r: r["item"][0].update(item=[])),
    ("answer", "error", "structure", lambda r: r["item"][0].update(answer=[{"valueInteger": 1}])),
    (
        "not-enabled",
        "error",
        "business-rule",
        lambda r: r["item"][0].update(answer=[{"valueBoolean": False}]),
    ),
    ("required", "error", "required", lambda r: r["item"].pop(1)),
    ("required", "error", "required", lambda r: r["item"].pop(0)),
    ("required", "error", "required", lambda r: r["item"].pop(5)),
]


def test_a_sound_response_has_no_finding_and_its_outcome_says_so() -> None:
    assert validate(WHOLE, SOUND) == ()
    assert outcome(())["issue"] == [
        {"severity": "information", "code": "informational", "diagnostics": "no finding"}
    ]


@pytest.mark.parametrize(("rule", "severity", "code", "change"), CHANGES)
def test_each_rule_finds_what_breaks_it(rule: str, severity: str, code: str, change: Change) -> None:
    broken = copy.deepcopy(SOUND)
    change(broken)
    assert (rule, severity, code) in rules(WHOLE, broken)


@pytest.mark.parametrize("status", ["in-progress", "stopped", "entered-in-error"])
def test_what_is_not_finished_may_leave_questions_open(status: str) -> None:
    assert validate(WHOLE, reply(status=status)) == ()
    assert {issue.rule for issue in validate(WHOLE, reply(status="amended"))} == {"required"}


def test_a_finding_names_path_item_and_reason_and_becomes_an_operation_outcome() -> None:
    broken = copy.deepcopy(SOUND)
    broken["item"][2]["item"][1]["answer"][1] = {"valueInteger": "two"}
    (issue,) = validate(WHOLE, broken)
    path = "QuestionnaireResponse.item[2].item[1].answer[1].valueInteger"
    assert (issue.rule, issue.link_id, issue.path) == ("answer", "d", path)
    assert outcome((issue,)) == {
        "resourceType": "OperationOutcome",
        "issue": [
            {
                "severity": "error",
                "code": "structure",
                "details": {"text": "answer"},
                "diagnostics": f"d: {issue.message}",
                "expression": [path],
            }
        ],
    }


@pytest.mark.parametrize(
    ("given", "expected"),
    [(1, {"required"}), (2, set()), (3, set()), (4, {"required"}), (0, set())],
)
def test_the_number_of_answers_is_counted(given: int, expected: set[str]) -> None:
    least, most = (
        limit("questionnaire-minOccurs", valueInteger=2),
        limit("questionnaire-maxOccurs", valueInteger=3),
    )
    form = form_of(ask("a", "string", least, most, repeats=True))
    answers = said("a", *({"valueString": f"x{n}"} for n in range(given)))
    assert {rule for rule, *_ in rules(form, reply(*([answers] if given else [])))} == expected


def test_rounds_of_a_group_are_counted() -> None:
    most = limit("questionnaire-maxOccurs", valueInteger=2)
    form = form_of(ask("g", "group", most, item=[ask("a", "string")], repeats=True))
    rounds = [{"linkId": "g", "item": [said("a", {"valueString": "x"})]}] * 3
    assert {rule for rule, *_ in rules(form, reply(*rounds))} == {"required"}
    assert rules(form, reply(*rounds[:2])) == set()


def test_none_of_these_stands_alone() -> None:
    alone = {"extension": [limit("questionnaire-optionExclusive", valueBoolean=True)]}
    options = [YES_NO[0], {**YES_NO[1], **alone}]
    form = form_of(ask("a", "choice", answerOption=options, repeats=True))
    codes = [{"valueCoding": {"code": code}} for code in ("yes", "no")]
    assert {rule for rule, *_ in rules(form, reply(said("a", *codes)))} == {"required"}
    assert rules(form, reply(said("a", codes[1]))) == set()


def test_an_answer_the_form_fixes_cannot_be_another() -> None:
    form = form_of(ask("a", "string", readOnly=True, initial=[{"valueString": "v1"}]))
    assert rules(form, reply(said("a", {"valueString": "v1"}))) == set()
    assert {rule for rule, *_ in rules(form, reply(said("a", {"valueString": "v2"})))} == {"answer-value"}


def test_a_key_twice_or_no_json_at_all_is_one_fatal_finding() -> None:
    for raw in (b'{"a": 1, "a": 2}', b"[]", b"{", b"\xff"):
        (issue,) = validate(WHOLE, raw)
        assert (issue.rule, issue.severity) == ("json", "fatal")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


def places(node: Any) -> list[tuple[Any, Any]]:
    """Return every (container, key) of a JSON value."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    found = [(node, key) for key, _ in pairs]
    return found + [inner for container, key in list(found) for inner in places(container[key])]


@settings(max_examples=300, deadline=None)
@given(st.data(), JSON)
def test_whatever_stands_in_a_response_ends_in_findings_not_in_an_error(
    data: st.DataObject, value: Any
) -> None:
    changed = copy.deepcopy(SOUND)
    container, key = data.draw(st.sampled_from(places(changed)))
    container[key] = value
    found = validate(WHOLE, json.dumps(changed).encode())
    assert all(isinstance(issue, Issue) and issue.message and issue.path for issue in found)
