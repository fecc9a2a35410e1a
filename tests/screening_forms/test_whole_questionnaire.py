"""Everything of a FHIR questionnaire a form may hold: how it is read, and what of it is refused by name."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.rich_form import RICH

from screening_forms.answering import asked, findings, missing, triggered
from screening_forms.expressions import stand
from screening_forms.inert import SDC
from screening_forms.linear_regex import LinearPattern
from screening_forms.lint import lint_source
from screening_forms.paper import paper
from screening_forms.questionnaire import read_questionnaire
from screening_forms.strict_json import IMPORT_BYTES, MAX_BYTES
from screening_forms.types import EnableWhen, Form, FormError, Item, ItemType, Trigger

Build = Callable[..., bytes]
Json = dict[str, Any]
FHIR = "http://hl7.org/fhir/StructureDefinition/"
URN = "urn:mr-safety-console:fhir:"


def ask(kind: str, link_id: str = "a", *notes: Json, **more: Any) -> Json:
    extension = {"extension": list(notes)} if notes else {}
    return {"linkId": link_id, "text": "Say", "type": kind, **extension, **more}


def note(url: str, **value: Any) -> Json:
    return {"url": url, **value}


def coding(code: str, system: str = "", display: str = "") -> Json:
    return {
        "valueCoding": {**({"system": system} if system else {}), "code": code, "display": display or code}
    }


def first(raw: bytes) -> Item:
    return read_questionnaire(raw).items[0]


@pytest.mark.parametrize("kind", list(ItemType))
def test_every_type_of_item_is_read(form_bytes: Build, kind: ItemType) -> None:
    options = {"answerOption": [coding("x")]} if kind is ItemType.CHOICE else {}
    assert first(form_bytes(ask(kind.value, **options))).type is kind


def test_what_extensions_say_of_an_item_is_read(form_bytes: Build) -> None:
    item = first(
        form_bytes(
            ask(
                "decimal",
                "a",
                note(FHIR + "minValue", valueDecimal=0.5),
                note(FHIR + "maxValue", valueInteger=9),
                note(FHIR + "maxDecimalPlaces", valueInteger=2),
                note(FHIR + "questionnaire-unit", valueCoding={"code": "kg", "display": "kilo"}),
                note(FHIR + "questionnaire-minOccurs", valueInteger=1),
                note(FHIR + "questionnaire-maxOccurs", valueInteger=3),
                note(FHIR + "questionnaire-hidden", valueBoolean=True),
                note(
                    FHIR + "questionnaire-itemControl", valueCodeableConcept={"coding": [{"code": "slider"}]}
                ),
                note(FHIR + "questionnaire-choiceOrientation", valueCode="vertical"),
                note(URN + "evidence", valueCode="implant-card"),
                note(URN + "evidence", valueCode="operation-note"),
                note(URN + "resolver", valueCode="radiologist"),
                note(URN + "ask-again-by", valueCode="level-2"),
                note(URN + "source", valueString="Local rules 4.2"),
                repeats=True,
                prefix="3 (b)",
            )
        )
    )
    rules = item.rules
    assert (item.minimum, item.maximum, item.repeats) == (Decimal("0.5"), 9, True)
    assert (rules.decimals, rules.min_occurs, rules.max_occurs, rules.hidden) == (2, 1, 3, True)
    assert [unit.code for unit in rules.units] == ["kg"]
    assert rules.controls == ("slider", "vertical")
    assert rules.evidence == ("implant-card", "operation-note")
    assert (rules.resolver, rules.source, rules.prefix) == ("radiologist", "Local rules 4.2", "3 (b)")
    assert rules.asked_by == "level-2"


def test_texts_days_and_files_carry_their_limits(form_bytes: Build) -> None:
    text, day, file, thing = read_questionnaire(
        form_bytes(
            ask(
                "string",
                "a",
                note(FHIR + "minLength", valueInteger=2),
                note(FHIR + "regex", valueString="[a-z]+"),
            ),
            ask("date", "b", note(FHIR + "minValue", valueDate="2030-01-01")),
            ask(
                "attachment",
                "c",
                note(FHIR + "mimeType", valueCode="a/b"),
                note(FHIR + "maxSize", valueDecimal=9),
            ),
            ask("reference", "d", note(FHIR + "questionnaire-referenceResource", valueCode="Patient")),
        )
    ).items
    assert text.rules.min_length == 2
    assert isinstance(text.rules.pattern, LinearPattern)
    assert day.rules.low == "2030-01-01"
    assert (file.rules.formats, file.rules.max_size) == (("a/b",), 9)
    assert thing.rules.kinds == ("Patient",)


REFUSED: list[tuple[Json, str, str]] = [
    (ask("string", "a", note("urn:x", valueCode="y")), "item[0].extension[0].url", "extension 'urn:x'"),
    (
        ask("string", "a", note(FHIR + "minValue", valueInteger=1)),
        "item[0].extension[0].url",
        "no meaning on a",
    ),
    (
        ask("integer", "a", note(FHIR + "minValue", valueDate="2030-01-01")),
        "item[0].extension[0].valueDate",
        "bound",
    ),
    (
        ask("date", "a", note(FHIR + "minValue", valueInteger=3)),
        "item[0].extension[0].valueInteger",
        "bound a date",
    ),
    (
        ask("string", "a", note(FHIR + "regex", valueString="(a)\\1")),
        "item[0].extension[0].valueString",
        "regex '(a)\\\\1' is not supported",
    ),
    (
        ask("string", "a", note(SDC + "answerExpression", valueExpression={"language": "text/fhirpath"})),
        "item[0].extension[0].url",
        "answerExpression' is not supported",
    ),
    (
        ask(
            "string",
            "a",
            note(SDC + "calculatedExpression", valueExpression={"language": "text/cql", "expression": "1"}),
        ),
        "item[0].extension[0].valueExpression.language",
        "'text/cql' is not supported",
    ),
    (
        ask("string", modifierExtension=[note("urn:x", valueCode="y")]),
        "item[0]",
        "'modifierExtension' is not",
    ),
    (ask("string", "a", note(FHIR + "questionnaire-maxOccurs", valueInteger=0)), "item[0].extension", "of 0"),
    (
        ask("text", "a", note(URN + "trigger", valueCode="INFO")),
        "item[0].extension[0].url",
        "is not supported",
    ),
    (
        ask("string", _text={"extension": [note(FHIR + "cqf-expression", valueString="x")]}),
        "item[0]._text.extension[0].url",
        "cqf-expression' is not supported",
    ),
    (ask("choice", answerValueSet="#none"), "item[0].answerValueSet", "'#none' is not contained"),
    (ask("integer", answerOption=[{"valueString": "x"}]), "item[0].answerOption", "offers only valueInteger"),
    (ask("choice", answerOption=[coding("text:x")] * 2), "item[0].answerOption", "two options are the same"),
]


@pytest.mark.parametrize(("item", "path", "what"), REFUSED)
def test_what_is_not_supported_is_refused_by_item_and_name(
    form_bytes: Build, item: Json, path: str, what: str
) -> None:
    with pytest.raises(FormError) as caught:
        read_questionnaire(form_bytes(item))
    assert (caught.value.path, caught.value.link_id) == (path, "a")
    assert what in caught.value.what


def test_a_form_without_name_version_or_language_loads(form_bytes: Build) -> None:
    bare = read_questionnaire(b'{"resourceType": "Questionnaire", "item": []}'.replace(b', "item": []', b""))
    assert (bare.id, bare.url, bare.version, bare.language, bare.status) == ("", "", "", "", "unknown")


def test_what_comes_from_elsewhere_may_be_larger_but_not_boundless(form_bytes: Build) -> None:
    large = form_bytes(ask("string"), description="x" * 60_000, purpose="y" * 60_000, copyright="z" * 60_000)
    large += b" " * (MAX_BYTES - len(large) + 1)
    with pytest.raises(FormError, match="larger than 256 KiB"):
        read_questionnaire(large)
    assert read_questionnaire(large, imported=True).items
    with pytest.raises(FormError, match="larger than 4096 KiB"):
        read_questionnaire(large + b" " * IMPORT_BYTES, imported=True)


# Value sets and options


def contained(**more: Any) -> Json:
    return {"contained": [{"resourceType": "ValueSet", "id": "v", "url": "urn:v", **more}]}


TWO = [{"code": "a", "display": "A"}, {"code": "b"}]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"compose": {"include": [{"system": "urn:s", "concept": TWO}]}}, ["a", "b"]),
        (
            {
                "expansion": {
                    "contains": [
                        {"system": "urn:s", "code": "a"},
                        {"system": "urn:s", "code": "x", "abstract": True, "contains": [{"code": "c"}]},
                        {"system": "urn:s", "code": "y", "inactive": True},
                    ]
                }
            },
            ["a", "c"],
        ),
    ],
)
@pytest.mark.parametrize("name", ["#v", "urn:v", "urn:v|1"])
def test_a_contained_value_set_offers_its_codes(
    form_bytes: Build, more: Json, expected: list[str], name: str
) -> None:
    item = first(form_bytes(ask("choice", answerValueSet=name), **contained(**more)))
    assert [option.code for option in item.options] == expected


def test_a_whole_contained_code_system_is_offered(form_bytes: Build) -> None:
    system = {"resourceType": "CodeSystem", "url": "urn:s", "concept": [{**TWO[0], "concept": [TWO[1]]}]}
    value_set = contained(compose={"include": [{"system": "urn:s"}]})["contained"]
    item = first(form_bytes(ask("choice", answerValueSet="#v"), contained=[*value_set, system]))
    assert [option.code for option in item.options] == ["a", "b"]


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"compose": {"include": [{"system": "urn:s"}]}}, "all of 'urn:s' is meant"),
        ({"compose": {"include": [{"system": "urn:s", "filter": [{}]}]}}, "'filter' is not supported"),
        ({"compose": {"include": [{"valueSet": ["urn:o"]}]}}, "'valueSet' is not supported"),
        ({"compose": {"include": [{"system": "urn:s", "concept": TWO}], "exclude": [{}]}}, "excluding"),
        ({"compose": {}}, "has 0 codes"),
        ({}, "is missing"),
    ],
)
def test_a_value_set_that_needs_a_server_is_refused(form_bytes: Build, more: Json, what: str) -> None:
    with pytest.raises(FormError, match=what):
        read_questionnaire(form_bytes(ask("choice", answerValueSet="#v"), **contained(**more)))


def test_a_small_value_set_of_hl7_is_known(form_bytes: Build) -> None:
    item = first(form_bytes(ask("choice", answerValueSet="http://hl7.org/fhir/ValueSet/yesnodontknow")))
    assert [option.code for option in item.options] == ["Y", "N", "asked-unknown"]


def test_options_with_the_same_code_are_told_apart_by_their_system(form_bytes: Build) -> None:
    item = first(
        form_bytes(ask("choice", answerOption=[coding("1", "urn:a"), coding("1", "urn:b"), coding("2")]))
    )
    assert [option.code for option in item.options] == ["urn:a|1", "urn:b|1", "2"]


# Conditions


@pytest.mark.parametrize(
    ("kind", "operator", "answer", "met", "unmet"),
    [
        ("integer", ">", {"answerInteger": 3}, ["4"], ["3", "2"]),
        ("integer", ">=", {"answerInteger": 3}, ["3", "4"], ["2"]),
        ("decimal", "<", {"answerDecimal": 1.5}, ["1.4", "-2"], ["1.5", "1.50"]),
        ("decimal", "<=", {"answerDecimal": 1.5}, ["1.50"], ["1.6"]),
        ("date", ">", {"answerDate": "2031-05-06"}, ["2031-05-07"], ["2031-05-06"]),
        ("date", "=", {"answerDate": "2031-05-06"}, ["2031-05-06"], ["2031-05-07"]),
        (
            "dateTime",
            ">",
            {"answerDateTime": "2031-05-06T10:00:00Z"},
            ["2031-05-06T12:30:00+02:00", "2031-05-07"],
            ["2031-05-06T11:00:00+02:00"],
        ),
        ("dateTime", ">", {"answerDateTime": "2031-05-06T10:00:00Z"}, ["2031-05"], ["2030"]),
        ("time", "<", {"answerTime": "12:00:00"}, ["11:59:59"], ["12:00:00"]),
        ("string", "!=", {"answerString": "x"}, ["y"], ["x"]),
        (
            "quantity",
            ">",
            {"answerQuantity": {"value": 5, "unit": "kg"}},
            ["6 kg", "1 lb"],
            ["5 kg", "4.9 kg"],
        ),
        ("boolean", "=", {"answerBoolean": True}, ["true"], ["false", "unsure"]),
    ],
)
def test_every_operator_compares_by_kind_and_asks_where_there_is_no_order(
    form_bytes: Build, kind: str, operator: str, answer: Json, met: list[str], unmet: list[str]
) -> None:
    when = {"question": "a", "operator": operator, **answer}
    form = read_questionnaire(form_bytes(ask(kind), ask("text", "b", enableWhen=[when])))

    def asks(value: str) -> bool:
        return "b" in [item.link_id for item in asked(form, {"a": value})]

    assert [value for value in met if asks(value)] == met
    assert not [value for value in unmet if asks(value)]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (coding("yes", "urn:s"), "yes"),
        (coding("yes"), "yes"),
        (coding("yes", "urn:t"), "urn:t|yes"),
    ],
)
def test_a_condition_on_a_coding_names_the_option(form_bytes: Build, answer: Json, expected: str) -> None:
    when = {"question": "a", "operator": "=", "answerCoding": answer["valueCoding"]}
    form = read_questionnaire(
        form_bytes(
            ask("choice", answerOption=[coding("yes", "urn:s"), coding("no", "urn:s")]),
            ask("text", "b", enableWhen=[when]),
        )
    )
    assert form.items[1].enable_when == (EnableWhen("a", "=", expected),)


# A form without our annotations


def foreign(form_bytes: Build) -> Form:
    return read_questionnaire(
        form_bytes(
            ask("boolean", "b"),
            ask(
                "choice",
                "c",
                answerOption=[coding("LA33-6", "http://loinc.org", "Yes"), coding("LA32-8", "x", "No")],
            ),
            ask("open-choice", "o", answerOption=[coding("none")]),
            ask("integer", "n"),
            ask("string", "s"),
        )
    )


@pytest.mark.parametrize(
    ("link_id", "value", "expected"),
    [
        ("b", "false", None),
        ("b", "true", Trigger.HOLD_CLINICAL),
        ("b", "unsure", Trigger.HOLD_CLINICAL),
        ("b", "refused", Trigger.HOLD_CLINICAL),
        ("b", "unable", Trigger.HOLD_CLINICAL),
        ("c", "LA32-8", None),
        ("c", "LA33-6", Trigger.HOLD_CLINICAL),
        ("o", "none", None),
        ("o", "text:an old clip", Trigger.HOLD_CLINICAL),
        ("n", "3", Trigger.DETAIL),
        ("s", "words", Trigger.DETAIL),
    ],
)
def test_without_annotations_whatever_is_not_a_plain_no_holds(
    form_bytes: Build, link_id: str, value: str, expected: Trigger | None
) -> None:
    form = foreign(form_bytes)
    item = form.item(link_id)
    assert item is not None
    assert triggered(item, value) is expected
    assert [found.trigger for found in findings(form, {link_id: value})] == ([expected] if expected else [])


def test_a_no_that_reads_as_yes_is_no_plain_no(form_bytes: Build) -> None:
    raw = form_bytes(ask("choice", answerOption=[coding("no", "", "Yes"), coding("y", "", "No")]))
    item = first(raw)
    assert [triggered(item, code) for code in ("no", "y")] == [Trigger.HOLD_CLINICAL] * 2


LOINC, TABLE = "http://loinc.org", "http://terminology.hl7.org/CodeSystem/v2-0136"


@pytest.mark.parametrize(
    ("coding", "holds"),
    [
        ({"code": "N", "display": "Neurostimulator"}, True),
        ({"code": "no", "display": "No, except for a pacemaker"}, True),
        ({"system": "urn:own", "code": "N", "display": "Nerve stimulator"}, True),
        ({"system": "http://snomed.info/sct", "code": "373066001", "display": "No"}, True),
        ({"system": LOINC, "code": "LA33-6", "display": "No"}, True),
        ({"system": "urn:own", "code": "LA32-8", "display": "Lead"}, True),
        ({"code": "0", "display": "No"}, False),
        ({"system": LOINC, "code": "LA32-8", "display": "Nein"}, False),
        ({"system": TABLE, "code": "N", "display": "Nei"}, False),
    ],
)
def test_a_no_is_a_known_code_with_its_system_or_the_words_a_person_reads(
    form_bytes: Build, coding: Json, holds: bool
) -> None:
    item = first(form_bytes(ask("choice", answerOption=[{"valueCoding": coding}])))
    assert triggered(item, item.options[0].code) is (Trigger.HOLD_CLINICAL if holds else None)


def _deep(levels: int) -> Json:
    return {"code": f"c{levels}", "display": "Deep", **({"contains": [_deep(levels - 1)]} if levels else {})}


def test_every_code_of_a_contained_set_is_offered_however_deep(form_bytes: Build) -> None:
    holder = {"resourceType": "ValueSet", "id": "v", "expansion": {"contains": [_deep(24)]}}
    raw = form_bytes(ask("choice", answerValueSet="#v"), contained=[holder])
    assert len(read_questionnaire(raw, imported=True).items[0].options) == 25


@pytest.mark.parametrize("place", ["set", "compose", "concept"])
def test_a_set_that_says_its_meaning_is_another_is_refused(form_bytes: Build, place: str) -> None:
    turned = {"modifierExtension": [note("urn:other:not", valueBoolean=True)]}
    concept = {"code": "a", **(turned if place == "concept" else {})}
    include = {"system": "urn:s", "concept": [concept]}
    compose = {"include": [include], **(turned if place == "compose" else {})}
    holder = {"resourceType": "ValueSet", "id": "v", "compose": compose, **(turned if place == "set" else {})}
    with pytest.raises(FormError, match=r"modifierExtension.*is not supported"):
        read_questionnaire(form_bytes(ask("choice", answerValueSet="#v"), contained=[holder]))


def test_an_unknown_extension_on_a_text_of_the_form_is_refused(form_bytes: Build) -> None:
    for key in ("_title", "_description"):
        with pytest.raises(FormError, match="urn:other:unknown") as caught:
            read_questionnaire(form_bytes(ask("string"), **{key: {"extension": [note("urn:other:unknown")]}}))
        assert caught.value.path.startswith(key)


def test_our_address_in_a_text_annotates_nothing(form_bytes: Build) -> None:
    item = first(form_bytes(ask("boolean"), description=f"Does not use {URN}trigger"))
    assert item.unannotated
    assert not first(form_bytes(ask("boolean", "a", note(URN + "source", valueString="A")))).unannotated


def test_a_yes_without_a_trigger_holds_in_a_form_that_has_other_annotations(form_bytes: Build) -> None:
    options = [
        {"valueCoding": {"system": LOINC, "code": code, "display": display}}
        for code, display in (("LA33-6", "Yes"), ("LA32-8", "No"))
    ]
    source = note(URN + "source", valueString="A")
    form = read_questionnaire(
        form_bytes(ask("choice", "a", source, answerOption=options), ask("boolean", "b", source))
    )
    both = [("a", Trigger.HOLD_CLINICAL), ("b", Trigger.HOLD_CLINICAL)]
    for answers in ({"a": "LA33-6", "b": "true"}, {"b": "unsure", "a": "LA33-6"}):
        assert [(f.link_id, f.trigger) for f in findings(form, answers)] == both
    assert findings(form, {"a": "LA32-8", "b": "false"}) == ()


def test_other_words_to_an_open_choice_weigh_like_its_worst_answer(form_bytes: Build) -> None:
    option = {
        "valueCoding": {"code": "yes", "display": "Yes"},
        "extension": [note(URN + "trigger", valueCode="HOLD_DEVICE")],
    }
    item = first(form_bytes(ask("open-choice", answerOption=[option])))
    assert triggered(item, "text:a pump") is Trigger.HOLD_DEVICE


def test_what_leans_on_an_answer_nobody_is_asked_for_is_asked_while_it_is_blank(form_bytes: Build) -> None:
    hidden = note(FHIR + "questionnaire-hidden", valueBoolean=True)
    for unasked in (ask("boolean", "h", hidden), ask("boolean", "h", readOnly=True)):
        condition = {"question": "h", "operator": "=", "answerBoolean": True}
        form = read_questionnaire(form_bytes(unasked, ask("string", "d", enableWhen=[condition])))
        assert [item.link_id for item in asked(form, {})] == ["d"]
        assert [item.link_id for item in asked(form, {"h": "false"})] == []


def test_one_annotation_anywhere_makes_the_form_speak_for_itself(form_bytes: Build) -> None:
    trigger = note(URN + "trigger", valueCode="RESOLVE_FIRST")
    form = read_questionnaire(
        form_bytes(ask("boolean", "a", trigger), ask("boolean", "b"), ask("integer", "n"))
    )
    answers = {"a": "true", "b": "true", "n": "3"}
    held = [("a", Trigger.RESOLVE_FIRST), ("b", Trigger.HOLD_CLINICAL)]
    assert [(f.link_id, f.trigger) for f in findings(form, answers)] == held
    assert [f.trigger for f in findings(form, {"a": "unsure"})] == [Trigger.RESOLVE_FIRST]


# Proposals, hidden and fixed answers


def test_a_proposal_is_read_and_never_taken_for_an_answer(form_bytes: Build) -> None:
    options = [{**coding("no"), "initialSelected": True}, coding("yes")]
    form = read_questionnaire(
        form_bytes(
            ask("choice", "c", answerOption=options, required=True),
            ask("boolean", "b", initial=[{"valueBoolean": False}], required=True),
            ask("string", "s", enableWhen=[{"question": "b", "operator": "exists", "answerBoolean": True}]),
        )
    )
    assert [item.rules.initial for item in form.items] == [("no",), ("false",), ()]
    assert [item.link_id for item in missing(form, {})] == ["c", "b"]
    assert [item.link_id for item in asked(form, {})] == ["c", "b"]
    assert findings(form, {}) == ()


def test_a_hidden_question_others_could_lean_on_is_asked_all_the_same(form_bytes: Build) -> None:
    hidden = note(FHIR + "questionnaire-hidden", valueBoolean=True)
    form = read_questionnaire(
        form_bytes(
            ask("string", "a", hidden),
            ask("string", "b", hidden, required=True),
            ask("string", "c", hidden, initial=[{"valueString": "x"}]),
            {**ask("group", "g", hidden), "item": [ask("string", "d"), ask("string", "e", required=True)]},
        )
    )
    assert [item.link_id for item in asked(form, {})] == ["b", "c", "e"]
    assert [item.link_id for item in missing(form, {})] == ["b", "c", "e"]


def test_nobody_is_asked_what_nobody_may_answer(form_bytes: Build) -> None:
    form = read_questionnaire(
        form_bytes(
            ask("string", "a", readOnly=True),
            ask("string", "b", readOnly=True, initial=[{"valueString": "x"}]),
        )
    )
    assert [item.link_id for item in asked(form, {})] == ["b"]


# Anything in any place


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def places(node: Any) -> list[tuple[Any, Any]]:
    """Return every (container, key) of a JSON value."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    found = [(node, key) for key, _ in pairs]
    return found + [inner for container, key in list(found) for inner in places(container[key])]


def test_the_rich_form_reads_and_lints() -> None:
    raw = json.dumps(RICH).encode()
    assert sum(1 for _ in read_questionnaire(raw).walk()) == 11
    assert {p.rule for p in lint_source(raw, house=False)} == {"enable-when-cycle"}


@settings(max_examples=400, deadline=None)
@given(st.data(), JSON)
def test_anything_in_any_place_is_read_or_refused_but_never_a_traceback(
    data: st.DataObject, value: Any
) -> None:
    form = copy.deepcopy(RICH)
    container, key = data.draw(st.sampled_from(places(form)))
    if data.draw(st.booleans()):
        container[key] = value
    elif isinstance(container, dict):
        del container[key]
    raw = json.dumps(form).encode()
    try:
        read = read_questionnaire(raw)
    except FormError:
        read = None
    assert any(problem.rule == "refused" for problem in lint_source(raw)) == (read is None)
    if read is not None:
        assert list(paper(read))
        assert stand(read, {"q": "yes", "cm": "170", "g¶2›cm": "180", "t": "AB1"}).answers
