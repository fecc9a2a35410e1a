"""Reading a questionnaire: what is understood, and the name of everything that is refused."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening_forms.lint import lint_source
from screening_forms.questionnaire import read_questionnaire
from screening_forms.strict_json import MAX_BYTES, read_bytes
from screening_forms.types import EnableWhen, FormError, ItemType, Option, Trigger

Build = Callable[..., bytes]
URN = "urn:mr-safety-console:fhir:"
YES_NO: list[dict[str, Any]] = [
    {"valueCoding": {"code": "no", "display": "No"}},
    {"valueCoding": {"code": "yes", "display": "Yes"}},
]
SHIPPED = (resources.files("screening_forms") / "library" / "final-check.json").read_bytes()


def text(link_id: str = "a", **more: Any) -> dict[str, Any]:
    return {"linkId": link_id, "text": "Say something", "type": "text", **more}


def choice(link_id: str = "a", **more: Any) -> dict[str, Any]:
    return {"linkId": link_id, "text": "Yes or no", "type": "choice", "answerOption": YES_NO, **more}


def extension(name: str, key: str, value: Any) -> dict[str, Any]:
    return {"url": URN + name, key: value}


def refused(raw: bytes) -> FormError:
    with pytest.raises(FormError) as caught:
        read_questionnaire(raw)
    return caught.value


def test_every_part_of_an_item_is_read(form_bytes: Build) -> None:
    hold = {**YES_NO[1], "extension": [extension("trigger", "valueCode", "HOLD_DEVICE")]}
    notes = [
        extension("ask-again", "valueBoolean", True),
        extension("sensor", "valueCode", "door"),
        extension("help", "valueString", "Look twice."),
    ]
    inner = choice(
        "b",
        prefix="Q99",
        required=True,
        extension=notes,
        answerOption=[YES_NO[0], hold],
        enableWhen=[{"question": "a", "operator": "=", "answerCoding": {"code": "yes"}}],
    )
    group = {"linkId": "g", "text": "Door", "type": "group", "item": [inner]}
    group["extension"] = [extension("stage", "valueCode", "door")]
    form = read_questionnaire(form_bytes(choice(), group))
    item = form.item("b")
    assert item is not None
    assert (item.code, item.type, item.required, item.ask_again) == ("Q99", ItemType.CHOICE, True, True)
    assert (item.stage, item.sensor, item.help) == ("door", "door", "Look twice.")
    assert item.options == (Option("no", "No"), Option("yes", "Yes"))
    assert item.enable_when == (EnableWhen("a", "=", "yes"),)
    assert dict(item.triggers) == {"yes": Trigger.HOLD_DEVICE}


def test_a_stage_of_its_own_wins_over_the_one_above(form_bytes: Build) -> None:
    own = text("b", extension=[extension("stage", "valueCode", "table")])
    group = {"linkId": "g", "text": "Door", "type": "group", "item": [text("a"), own]}
    group["extension"] = [extension("stage", "valueCode", "door")]
    form = read_questionnaire(form_bytes(group))
    assert [(item.link_id, item.stage) for item in form.walk()] == [
        ("g", "door"),
        ("a", "door"),
        ("b", "table"),
    ]


def test_numbers_carry_their_bounds_and_texts_their_length(form_bytes: Build) -> None:
    bounds = [
        {"url": "http://hl7.org/fhir/StructureDefinition/minValue", "valueInteger": 1},
        {"url": "http://hl7.org/fhir/StructureDefinition/maxValue", "valueInteger": 9},
    ]
    number = {"linkId": "n", "text": "How many", "type": "integer", "extension": bounds}
    read = read_questionnaire(form_bytes(number, text(maxLength=5)))
    assert [(i.minimum, i.maximum, i.max_length) for i in read.walk()] == [(1, 9, None), (None, None, 5)]


@pytest.mark.parametrize(
    ("key", "value", "canonical"),
    [
        ("answerBoolean", True, "true"),
        ("answerInteger", 7, "7"),
        ("answerDecimal", 1.25, "1.25"),
        ("answerDate", "2024-01-31", "2024-01-31"),
        ("answerString", "so", "so"),
        ("answerCoding", {"code": "yes"}, "yes"),
    ],
)
def test_conditions_keep_their_answer_as_one_string(
    form_bytes: Build, key: str, value: Any, canonical: str
) -> None:
    raw = form_bytes(text(), text("b", enableWhen=[{"question": "a", "operator": "=", key: value}]))
    item = read_questionnaire(raw).item("b")
    assert item is not None
    assert item.enable_when[0].answer == canonical


def test_two_conditions_are_joined_by_any_or_all(form_bytes: Build) -> None:
    when = [{"question": "a", "operator": "exists", "answerBoolean": True}] * 2
    for behaviour, joined in (("any", True), ("all", False)):
        raw = form_bytes(text(), text("b", enableWhen=when, enableBehavior=behaviour))
        item = read_questionnaire(raw).item("b")
        assert item is not None
        assert item.enable_any is joined


def test_a_code_may_stand_as_coding_and_must_agree_with_the_prefix(form_bytes: Build) -> None:
    coding = [{"system": URN + "item", "code": "Q99"}]
    form = read_questionnaire(form_bytes(text(code=coding, prefix="Q99")))
    assert form.items[0].code == "Q99"
    error = refused(form_bytes(text(code=coding, prefix="Q98")))
    assert (error.path, error.link_id) == ("item[0].prefix", "a")


def test_a_refusal_names_file_place_item_and_element(form_bytes: Build) -> None:
    with pytest.raises(FormError) as caught:
        read_questionnaire(form_bytes(text("q7", answerMedia="urn:x")), "mine.json")
    error = caught.value
    assert (error.path, error.link_id) == ("mine.json: item[0]", "q7")
    assert str(error) == "mine.json: item[0] (linkId q7): element 'answerMedia' is not supported"


ITEM_REFUSALS: list[tuple[dict[str, Any], str, str]] = [
    (text(initial=[]), "item[0].initial", "expected a list with at least one entry"),
    (text(initial=[{"valueString": "x"}] * 2), "item[0].initial", "several proposals"),
    (text(initial=[{"valueString": "x", "valueCode": "y"}]), "item[0].initial[0]", "'valueCode' is not"),
    (text(type="display", initial=[{"valueString": "x"}]), "item[0].initial", "no meaning on a display"),
    (text(type="display", repeats=True), "item[0].repeats", "has no meaning on a display"),
    (text(repeats="yes"), "item[0].repeats", "expected true or false, found text"),
    (text(readOnly=True, required=True), "item[0].readOnly", "with required where nothing fills"),
    (text(answerValueSet="urn:x"), "item[0].answerValueSet", "has no meaning on a text"),
    (text(_required={}), "item[0]", "'_required' is not supported"),
    (text(_text={"id": "x", "value": "y"}), "item[0]._text", "'value' is not supported"),
    (text(type="bool"), "item[0].type", "'bool' is not supported; supported: group, display"),
    (text(type="question"), "item[0].type", "'question' is not supported"),
    (text(type="choice"), "item[0].answerOption", "is missing: a choice offers answers"),
    (
        text(type="choice", answerValueSet="urn:x"),
        "item[0].answerValueSet",
        "value set 'urn:x' is not contained in the form and cannot be looked up",
    ),
    (
        choice(answerValueSet="urn:x"),
        "item[0].answerValueSet",
        "cannot stand beside answerOption",
    ),
    (text(type=None), "item[0].type", "expected text, found null"),
    (text(text=["x"]), "item[0].text", "expected text, found a list"),
    (text(text=" "), "item[0].text", "is blank"),
    (text(text="x" * 2_001), "item[0].text", "longer than 2000 characters"),
    (text(text="a\x1b[2J"), "item[0].text", "holds a control character"),
    (text(text="a\ud800"), "item[0].text", "holds a control character"),
    (text(required="yes"), "item[0].required", "expected true or false, found text"),
    (text(required=1), "item[0].required", "expected true or false, found a number"),
    (text(maxLength=0), "item[0].maxLength", "expected a whole number from 1"),
    (text(maxLength=True), "item[0].maxLength", "expected a whole number"),
    (text(maxLength=1.5), "item[0].maxLength", "expected a whole number"),
    (choice(maxLength=5), "item[0].maxLength", "has no meaning on a choice"),
    (text(answerOption=YES_NO), "item[0].answerOption", "has no meaning on a text"),
    (choice(answerOption=[]), "item[0].answerOption", "expected a list with at least one entry"),
    (choice(answerOption=[{"valueUri": "x"}]), "item[0].answerOption[0]", "'valueUri' is not"),
    (choice(answerOption=[YES_NO[0]] * 2), "item[0].answerOption", "two options are the same: 'no'"),
    (
        choice(answerOption=[{**option, "initialSelected": True} for option in YES_NO]),
        "item[0].initial",
        "several proposals",
    ),
    (choice(answerOption=[7]), "item[0].answerOption[0]", "expected an object, found a number"),
    (text(linkId=" a"), "item[0].linkId", "1 to 255 characters"),
    (text(linkId="a\tb"), "item[0].linkId", "1 to 255 characters"),
    (text(linkId="a¶2"), "item[0].linkId", "1 to 255 characters"),
    (text(linkId="a›b"), "item[0].linkId", "1 to 255 characters"),
    (text(linkId="x" * 256), "item[0].linkId", "1 to 255 characters"),
    (text(linkId=7), "item[0].linkId", "1 to 255 characters"),
    (text(prefix=7), "item[0].prefix", "expected text, found a number"),
    (text(code=[{"system": URN + "item", "code": "Q 1"}]), "item[0].code[0].code", "a short code like"),
    (text(code=["x"]), "item[0].code[0]", "expected an object, found text"),
    (text(item=[text()]), "item[0].item[0].linkId", "'a' stands at item[0] already"),
    (text(item={}), "item[0].item", "expected a list with at least one entry"),
    (text(enableBehavior="some"), "item[0].enableBehavior", "expected one of: all, any"),
]


@pytest.mark.parametrize(("item", "path", "what"), ITEM_REFUSALS)
def test_what_an_item_may_not_hold_is_refused_by_name(
    form_bytes: Build, item: dict[str, Any], path: str, what: str
) -> None:
    raised = item.get("enableBehavior") == "some"
    if raised:
        item = {**item, "enableWhen": [{"question": "a", "operator": "exists", "answerBoolean": True}]}
    error = refused(form_bytes(item))
    assert error.path == path
    assert what in error.what


CONDITION_REFUSALS: list[tuple[dict[str, Any], str]] = [
    (
        {"question": "a", "operator": "==", "answerInteger": 1},
        "'==' is not supported; supported: =, !=, exists, >, <, >=, <=",
    ),
    ({"question": "a", "operator": "="}, "expected exactly one of answerBoolean"),
    ({"question": "a", "operator": "=", "answerUri": "x"}, "'answerUri' is not supported"),
    (
        {"question": "a", "operator": "=", "answerInteger": 1, "answerString": "x"},
        "expected exactly one of answerBoolean",
    ),
    ({"question": "a", "operator": "exists", "answerString": "x"}, "exists needs answerBoolean"),
    ({"operator": "exists", "answerBoolean": True}, "expected a linkId"),
    ({"question": "a", "operator": "=", "answerDecimal": True}, "expected a number"),
    ({"question": "a", "operator": "=", "answerDecimal": "1"}, "expected a number, found text"),
    ({"question": "a", "operator": "=", "answerCoding": {"system": "x"}}, "expected text"),
    ({"question": "a", "operator": "=", "answerQuantity": {"unit": "kg"}}, "is missing"),
]


@pytest.mark.parametrize(("when", "what"), CONDITION_REFUSALS)
def test_a_condition_not_understood_is_refused(form_bytes: Build, when: dict[str, Any], what: str) -> None:
    error = refused(form_bytes(text(), text("b", enableWhen=[when])))
    assert error.link_id == "b"
    assert error.path.startswith("item[1].enableWhen[0]")
    assert what in error.what or "is missing" in error.what


def test_several_conditions_without_their_joining_are_refused(form_bytes: Build) -> None:
    when = [{"question": "a", "operator": "exists", "answerBoolean": True}] * 2
    error = refused(form_bytes(text(), text("b", enableWhen=when)))
    assert error.path == "item[1].enableBehavior"


EXTENSION_REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"url": URN + "colour", "valueString": "red"}, "extension 'urn:mr-safety-console:fhir:colour'"),
    ({"url": URN + "ask-again", "valueBoolean": "true"}, "expected true or false"),
    ({"url": URN + "ask-again", "valueString": "x"}, "'valueString' is not supported"),
    ({"url": URN + "stage", "valueCode": "At The Door"}, "expected lower-case letters"),
    ({"url": URN + "help", "valueString": "x" * 401}, "longer than 400"),
    ({"url": "http://hl7.org/fhir/StructureDefinition/minValue", "valueInteger": 1}, "no meaning on a text"),
    ({"url": URN + "trigger", "valueCode": "INFO"}, "is not supported"),
]


@pytest.mark.parametrize(("found", "what"), EXTENSION_REFUSALS)
def test_an_annotation_not_understood_is_refused(form_bytes: Build, found: dict[str, Any], what: str) -> None:
    error = refused(form_bytes(text(extension=[found])))
    assert error.path.startswith("item[0].extension[0]")
    assert what in error.what


def test_an_annotation_cannot_stand_twice(form_bytes: Build) -> None:
    twice = [extension("stage", "valueCode", "door"), extension("stage", "valueCode", "table")]
    assert "stands twice" in refused(form_bytes(text(extension=twice))).what


@pytest.mark.parametrize(
    "found",
    [
        [extension("trigger", "valueCode", "STOP")],
        [extension("trigger", "valueCode", "INFO"), extension("trigger", "valueCode", "INFO")],
        [extension("stage", "valueCode", "INFO")],
        [],
    ],
)
def test_what_an_answer_sets_off_is_one_known_trigger(form_bytes: Build, found: list[Any]) -> None:
    error = refused(form_bytes(choice(answerOption=[{**YES_NO[1], "extension": found}])))
    assert error.path.startswith("item[0].answerOption[0].extension")


TOP_REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"resourceType": "Patient"}, "resourceType"),
    ({"id": "a/b"}, "id"),
    ({"url": 7}, "url"),
    ({"version": ""}, "version"),
    ({"title": 5}, "title"),
    ({"status": "released"}, "status"),
    ({"language": "English"}, "language"),
    ({"experimental": "true"}, "experimental"),
    ({"subjectType": "Device"}, "subjectType"),
    ({"subjectType": []}, "subjectType"),
    ({"publisher": ["x"]}, "publisher"),
    ({"item": "x"}, "item"),
    ({"modifierExtension": []}, ""),
    ({"contained": []}, "contained"),
    ({"implicitRules": "urn:x"}, ""),
    ({"extension": [{"url": "urn:x", "valueCode": "y"}]}, "extension[0].url"),
]


@pytest.mark.parametrize(("top", "path"), TOP_REFUSALS)
def test_a_form_that_is_not_one_is_refused(form_bytes: Build, top: dict[str, Any], path: str) -> None:
    assert refused(form_bytes(text(), **top)).path == path


def deep(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


HOSTILE: list[tuple[bytes, str]] = [
    (b"", "line 1"),
    (b"\xef\xbb\xbf{}", "byte order mark"),
    (b"\xff\xfe{\x00}\x00", "byte order mark"),
    (b'{"a": "\xff"}', "byte 7 is not valid UTF-8"),
    (b'{"a": 1, "a": 2}', "key 'a' stands twice"),
    (b'{"x": {"risk": 1, "\\u0072isk": 2}}', "key 'risk' stands twice"),
    (b'{"a": NaN}', "NaN is not JSON"),
    (b'{"a": -Infinity}', "-Infinity is not JSON"),
    (b'{"a": ' + b"9" * 5_000 + b"}", "more than 15 digits"),
    (b'{"a": 0.' + b"9" * 5_000 + b"}", "more than 30 characters"),
    (deep(33), "nested deeper than 32"),
    (b"[" * 200_000, "nested deeper than 32"),
    (b'{"a":' * 40_000, "nested deeper than 32"),
    (b'{"a": "x' + b'\\"' * 100_000, "line 1"),
    (b'"' + b"\\", "line 1"),
    (b" " * (MAX_BYTES + 1), "larger than 256 KiB"),
    (b'{"a": "\n"}', "Invalid control character"),
    (b"[]", "expected an object, found a list"),
    (b"null", "expected an object, found null"),
    (b"{} {}", "Extra data"),
    (b'{"a": 1,}', "line 1"),
]


@pytest.mark.parametrize(("raw", "what"), HOSTILE)
def test_hostile_json_is_refused_with_a_reason(raw: bytes, what: str) -> None:
    assert what in str(refused(raw))


def test_brackets_inside_texts_are_not_nesting(form_bytes: Build) -> None:
    form = read_questionnaire(form_bytes(text(text="[" * 100 + '\\"{' * 40)))
    assert form.items[0].text.startswith("[" * 100)


def test_exactly_the_permitted_depth_is_read_and_one_more_is_not(form_bytes: Build) -> None:
    def nested(levels: int) -> dict[str, Any]:
        item = text(f"q{levels}")
        return {**item, "item": [nested(levels - 1)]} if levels else item

    assert sum(1 for _ in read_questionnaire(form_bytes(nested(14))).walk()) == 15
    assert "nested deeper" in refused(form_bytes(nested(16))).what


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda value: value.encode("utf-8", "replace")))
def test_any_bytes_end_in_a_form_or_a_refusal(raw: bytes) -> None:
    with pytest.raises(FormError):
        read_questionnaire(raw)
    assert lint_source(raw)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def places(node: Any) -> list[tuple[Any, Any]]:
    """Return every (container, key) of a JSON value."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    found = [(node, key) for key, _ in pairs]
    return found + [inner for container, key in list(found) for inner in places(container[key])]


@settings(max_examples=120, deadline=None)
@given(st.data(), JSON)
def test_any_one_replaced_value_is_refused_or_read_but_never_a_traceback(
    data: st.DataObject, value: Any
) -> None:
    form = json.loads(SHIPPED)
    container, key = data.draw(st.sampled_from(places(form)[:150]))
    container[key] = value
    raw = json.dumps(form).encode()
    try:
        read = read_questionnaire(raw)
    except FormError:
        read = None
    assert any(problem.rule == "refused" for problem in lint_source(raw)) == (read is None)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(SHIPPED) - 1), st.integers(0, 255))
def test_any_one_flipped_byte_changes_the_hash_or_is_refused(index: int, byte: int) -> None:
    raw = SHIPPED[:index] + bytes([byte]) + SHIPPED[index + 1 :]
    try:
        read = read_questionnaire(raw)
    except FormError:
        return
    assert (read.sha256 == read_questionnaire(SHIPPED).sha256) == (raw == SHIPPED)


# Files


def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(SHIPPED)
    assert read_bytes(file) == SHIPPED


def test_what_is_not_a_plain_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_bytes(b"{}")
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "large.json").write_bytes(b" " * (MAX_BYTES + 1))
    cases = {"link.json": "cannot be opened", "pipe.json": "not a regular file", "none.json": "cannot be"}
    for name, what in {**cases, "large.json": "larger than", ".": "not a regular file"}.items():
        with pytest.raises(FormError, match=what) as caught:
            read_bytes(tmp_path / name)
        assert str(tmp_path / name) in str(caught.value)
    with pytest.raises(FormError, match="cannot be opened"):
        read_bytes(Path("a\0b"))
