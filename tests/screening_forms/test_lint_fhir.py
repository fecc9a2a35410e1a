"""Every rule of FHIR the lint claims: a form that breaks it, and beside it one that does not."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from support.source import ROOT

from screening_forms.lint import lint_source
from screening_forms.lint_fhir import ITEM_RULES, TYPES, lint_fhir

Json = dict[str, Any]
OPTION = {"valueCoding": {"code": "a", "display": "A"}}
LINE = {"linkId": "d", "text": "Read", "type": "display"}
ASK = {"linkId": "a", "text": "Say", "type": "string"}
CHOICE = {"linkId": "c", "text": "Which", "type": "choice", "answerOption": [OPTION]}
GROUP = {"linkId": "g", "text": "Both", "type": "group", "item": [ASK]}
WHEN = {"question": "a", "operator": "exists", "answerBoolean": True}
INITIAL = [{"valueString": "x"}]
EMPTY = {"linkId": "g", "text": "None", "type": "group"}
NOTE = {"url": "urn:x", "valueString": "y"}


def form(*items: Json, **top: Any) -> Json:
    return {"resourceType": "Questionnaire", "status": "draft", "item": list(items), **top}


def found(data: Any) -> set[tuple[str, str]]:
    return {(problem.rule, problem.path) for problem in lint_fhir(data)}


CASES: list[tuple[str, str, Json, Json]] = [
    ("que-0", "name", form(ASK, name="my form"), form(ASK, name="MyForm")),
    ("que-1a", "item[0]", form(EMPTY, status="active"), form(GROUP, status="active")),
    ("que-1b", "item[0]", form(EMPTY), form(GROUP)),
    ("que-1c", "item[0]", form({**LINE, "item": [ASK]}), form(LINE, ASK)),
    ("que-2", "item[1].linkId", form(ASK, ASK), form(ASK, {**ASK, "linkId": "b"})),
    ("que-3", "item[0]", form({**LINE, "code": [{"code": "x"}]}), form({**ASK, "code": [{"code": "x"}]})),
    ("que-4", "item[0]", form({**CHOICE, "answerValueSet": "#v"}), form(CHOICE)),
    ("que-5", "item[0]", form({**ASK, "type": "text", "answerOption": [OPTION]}), form(CHOICE)),
    ("que-5", "item[0]", form({**GROUP, "answerValueSet": "#v"}), form({**ASK, "answerOption": [OPTION]})),
    ("que-6", "item[0]", form({**LINE, "required": True}), form({**ASK, "required": True})),
    ("que-6", "item[0]", form({**LINE, "repeats": False}), form({**GROUP, "repeats": True})),
    (
        "que-7",
        "item[1].enableWhen[0]",
        form(ASK, {**LINE, "enableWhen": [{"question": "a", "operator": "exists", "answerString": "x"}]}),
        form(ASK, {**LINE, "enableWhen": [WHEN]}),
    ),
    ("que-8", "item[0]", form({**GROUP, "initial": INITIAL}), form({**ASK, "initial": INITIAL})),
    ("que-8", "item[0]", form({**LINE, "initial": INITIAL}), form(LINE)),
    ("que-9", "item[0]", form({**LINE, "readOnly": True}), form({**ASK, "readOnly": True})),
    ("que-10", "item[0]", form({**CHOICE, "maxLength": 3}), form({**ASK, "maxLength": 3})),
    ("que-11", "item[0]", form({**CHOICE, "initial": INITIAL}), form(CHOICE)),
    (
        "que-12",
        "item[1]",
        form(ASK, {**LINE, "enableWhen": [WHEN, WHEN]}),
        form(ASK, {**LINE, "enableWhen": [WHEN, WHEN], "enableBehavior": "any"}),
    ),
    (
        "que-13",
        "item[0]",
        form({**ASK, "initial": INITIAL * 2}),
        form({**ASK, "initial": INITIAL * 2, "repeats": True}),
    ),
    ("cardinality", "status", {"resourceType": "Questionnaire"}, form()),
    ("cardinality", "item[0]", form({"text": "Say", "type": "string"}), form(ASK)),
    ("cardinality", "item[0]", form({"linkId": "a"}), form(ASK)),
    (
        "cardinality",
        "item[1].enableWhen[0]",
        form(ASK, {**LINE, "enableWhen": [{"operator": "exists", "answerBoolean": True}]}),
        form(ASK, {**LINE, "enableWhen": [WHEN]}),
    ),
    (
        "cardinality",
        "item[1].enableWhen[0]",
        form(ASK, {**LINE, "enableWhen": [{**WHEN, "answerString": "x"}]}),
        form(ASK, {**LINE, "enableWhen": [WHEN]}),
    ),
    ("binding", "status", form(status="finished"), form(status="unknown")),
    ("binding", "item[0]", form({**ASK, "type": "bool"}), form({**ASK, "type": "boolean"})),
    ("binding", "item[0]", form({**ASK, "enableBehavior": "some"}), form({**ASK, "enableBehavior": "all"})),
    (
        "binding",
        "item[1].enableWhen[0]",
        form(ASK, {**LINE, "enableWhen": [{**WHEN, "operator": "=="}]}),
        form(ASK, {**LINE, "enableWhen": [{**WHEN, "operator": "="}]}),
    ),
    ("ele-1", "item[0].text", form({**ASK, "text": ""}), form(ASK)),
    ("ele-1", "item[0].extension", form({**ASK, "extension": []}), form({**ASK, "extension": [NOTE]})),
    ("ele-1", "item[0].code[0]", form({**ASK, "code": [{}]}), form({**ASK, "code": [{"code": "x"}]})),
    ("ext-1", "item[0].extension[0]", form({**ASK, "extension": [{"url": "urn:x"}]}), form(ASK)),
    (
        "ext-1",
        "item[0].extension[0]",
        form({**ASK, "extension": [{**NOTE, "extension": [NOTE]}]}),
        form({**ASK, "extension": [{"url": "urn:x", "extension": [NOTE]}]}),
    ),
    (
        "dom-2",
        "contained[0]",
        form(contained=[{"resourceType": "ValueSet", "contained": [{"id": "x"}]}]),
        form(contained=[{"resourceType": "ValueSet", "id": "v"}]),
    ),
    (
        "dom-4",
        "contained[0]",
        form(contained=[{"resourceType": "ValueSet", "meta": {"versionId": "1"}}]),
        form(contained=[{"resourceType": "ValueSet", "meta": {"profile": ["urn:x"]}}]),
    ),
    (
        "dom-5",
        "contained[0]",
        form(contained=[{"resourceType": "ValueSet", "meta": {"security": [{"code": "x"}]}}]),
        form(contained=[{"resourceType": "ValueSet"}]),
    ),
]


@pytest.mark.parametrize(("rule", "path", "broken", "sound"), CASES)
def test_each_rule_finds_its_example_and_spares_the_other(
    rule: str, path: str, broken: Json, sound: Json
) -> None:
    assert (rule, path) in found(broken)
    assert rule not in {name for name, _ in found(sound)}


def test_every_rule_there_is_has_its_examples() -> None:
    source = (ROOT / "screening_forms/lint_fhir.py").read_text(encoding="utf-8")
    source += (ROOT / "screening_forms/lint_resource.py").read_text(encoding="utf-8")
    written = set(re.findall(r'LintProblem\("([a-z]+-?[0-9]*[a-z]?)"', source)) | set(ITEM_RULES)
    assert written == {rule for rule, *_ in CASES}


def test_all_findings_come_at_once_from_a_file_the_reader_refuses() -> None:
    broken = form({**LINE, "required": True, "readOnly": True}, {**ASK, "type": "bool"}, ASK, ASK)
    rules = [(p.rule, p.link_id) for p in lint_source(json.dumps(broken).encode(), house=False)]
    assert {("que-6", "d"), ("que-9", "d"), ("binding", "a"), ("que-2", "a"), ("refused", "a")} <= set(rules)


def test_a_form_as_deep_and_odd_as_may_be_is_judged_without_an_error() -> None:
    deep: Any = "x"
    for _ in range(30):
        deep = {"item": [deep], "linkId": 5, "enableWhen": {"a": 1}, "extension": [3], "type": ["x"]}
    assert found(deep)
    assert found([]) == set()
    assert found(None) == set()


# Reaching and translating


def reach(*items: Json) -> set[str]:
    raw = json.dumps(form(*items)).encode()
    return {p.link_id for p in lint_source(raw, house=False) if p.rule == "required-unreachable"}


MUST = {"linkId": "m", "text": "Must", "type": "string", "required": True}
YES = {"question": "c", "operator": "=", "answerCoding": {"code": "a"}}
NEVER = {"question": "c", "operator": "=", "answerCoding": {"code": "z"}}
TWO = {**CHOICE, "answerOption": [OPTION, {"valueCoding": {"code": "b", "display": "B"}}]}
OTHER = {"question": "c", "operator": "=", "answerCoding": {"code": "b"}}
SOME = {"question": "c", "operator": "exists", "answerBoolean": True}
NONE = {**SOME, "answerBoolean": False}


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([CHOICE, {**MUST, "enableWhen": [YES]}], set()),
        ([CHOICE, {**MUST, "enableWhen": [NEVER]}], set()),
        ([TWO, {**MUST, "required": False, "enableWhen": [YES, OTHER], "enableBehavior": "all"}], set()),
        ([TWO, {**MUST, "enableWhen": [YES, OTHER], "enableBehavior": "any"}], set()),
        ([TWO, {**MUST, "enableWhen": [YES, NONE], "enableBehavior": "all"}], {"m"}),
        ([TWO, {**MUST, "enableWhen": [SOME, NONE], "enableBehavior": "all"}], {"m"}),
        ([TWO, {**MUST, "enableWhen": [YES, SOME], "enableBehavior": "all"}], set()),
        ([TWO, {**MUST, "enableWhen": [YES, OTHER], "enableBehavior": "all"}], {"m"}),
        ([{**TWO, "repeats": True}, {**MUST, "enableWhen": [YES, OTHER], "enableBehavior": "all"}], set()),
        ([TWO, {**GROUP, "item": [MUST], "enableWhen": [YES, OTHER], "enableBehavior": "all"}], {"m"}),
        ([{**MUST, "enableWhen": [{"question": "no", "operator": "=", "answerString": "x"}]}], set()),
        ([LINE, {**MUST, "enableWhen": [{**WHEN, "question": "d"}]}], set()),
        ([{**LINE, "item": [MUST]}], {"m"}),
    ],
)
def test_a_required_question_nobody_can_be_asked_is_found(items: list[Json], expected: set[str]) -> None:
    assert reach(*items) == expected


def german(words: str) -> Json:
    parts = [{"url": "lang", "valueCode": "de"}, {"url": "content", "valueString": words}]
    return {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/translation", "extension": parts}]}


def test_a_text_without_a_translation_is_found_where_another_has_one() -> None:
    named = form({**ASK, "_text": german("Sag")}, CHOICE, title="A form")
    untranslated = {(p.rule, p.path) for p in lint_source(json.dumps(named).encode(), house=False)}
    missing = {"title", "item[1].text", "item[1].answerOption[0].valueCoding.display"}
    assert {path for rule, path in untranslated if rule == "translation-missing"} == missing


def test_a_form_in_one_language_or_wholly_in_two_lacks_nothing() -> None:
    for whole in (form(ASK, CHOICE), form({**ASK, "_text": german("Sag")}, _title=german("F"), title="F")):
        assert not [p for p in lint_source(json.dumps(whole).encode()) if p.rule == "translation-missing"]


SIMPLE = {"boolean", "decimal", "integer", "string", "text", "url", "open-choice"}
OFFERING = {"choice", "open-choice", "decimal", "integer", "date", "dateTime", "time", "string", "quantity"}


@pytest.mark.parametrize("kind", TYPES)
def test_lengths_and_options_stand_on_the_types_hl7_names_and_on_no_other(kind: str) -> None:
    item = {"linkId": "a", "text": "Say", "type": kind}
    long, offers = form({**item, "maxLength": 3}), form({**item, "answerOption": [OPTION]})
    assert (("que-10", "item[0]") in found(long)) is (kind not in SIMPLE)
    assert (("que-5", "item[0]") in found(offers)) is (kind not in OFFERING)
