"""A second language: whole, read beside the form's own words, and never what is answered."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from screening_forms.lint import lint_source
from screening_forms.paper import WIDTH, paper
from screening_forms.questionnaire import read_questionnaire
from screening_forms.response import to_response
from screening_forms.shipped import load_library
from screening_forms.translations import TRANSLATION, Translation, all_words, read_translation
from screening_forms.types import Form, FormError

LIBRARY = load_library()
ADULT = "screening-adult"
RAW = LIBRARY.source(ADULT)
HELP = "urn:mr-safety-console:fhir:help"
Json = dict[str, Any]


def german() -> Translation:
    return read_translation(LIBRARY[ADULT], RAW, "de")


def said(language: str, words: str) -> Json:
    parts = [{"url": "lang", "valueCode": language}, {"url": "content", "valueString": words}]
    return {"extension": [{"url": TRANSLATION, "extension": parts}]}


def small(**item: Any) -> Json:
    """Return a form of one question with a line of help, German but for what is replaced."""
    extension = {"url": HELP, "valueString": "Any.", "_valueString": said("de", "Irgendeins.")}
    ask = {"linkId": "a", "text": "Metal?", "_text": said("de", "Metall?"), "type": "string"}
    top = {"resourceType": "Questionnaire", "id": "s", "url": "urn:s", "version": "1", "language": "en"}
    titled = {"title": "Small", "_title": said("de", "Klein"), "status": "draft"}
    return {**top, **titled, "item": [{**ask, "extension": [extension], **item}]}


def problems(form: Json) -> list[tuple[str, str]]:
    found = lint_source(json.dumps(form).encode())
    return [(one.rule, one.path) for one in found if one.rule.startswith("translation")]


def test_the_whole_adult_form_is_in_german() -> None:
    words, other = list(all_words(json.loads(RAW))), german()
    assert {one.languages() for one in words} == {("de",)}
    form = LIBRARY[ADULT]
    for item in form.walk():
        assert other.text(item) not in ("", item.text), item.link_id
        assert bool(other.help(item)) == bool(item.help), item.link_id
        displays = [other.option(item, option.code) for option in item.options]
        assert all(displays), item.link_id
        assert len(set(displays)) == len(displays), item.link_id
    assert other.title() not in ("", form.title)


def test_one_answer_is_the_same_word_all_through_the_form() -> None:
    other, shown = german(), {}
    for item in LIBRARY[ADULT].walk():
        for option in item.options:
            shown.setdefault(option.display, set()).add(other.option(item, option.code))
    assert {len(words) for words in shown.values()} == {1}
    assert shown["Not sure"] == {"Weiß nicht"}


@pytest.mark.parametrize("part", ["title", "text", "display", "help"])
def test_every_text_left_in_english_is_named(part: str) -> None:
    form = copy.deepcopy(json.loads(RAW))
    about = form["item"][0]["item"]
    holder, key, path = {
        "title": (form, "_title", "title"),
        "text": (about[0], "_text", "item[0].item[0].text"),
        "display": (
            about[0]["answerOption"][1]["valueCoding"],
            "_display",
            "item[0].item[0].answerOption[1].valueCoding.display",
        ),
        "help": (
            next(e for e in about[3]["extension"] if e["url"] == HELP),
            "_valueString",
            "item[0].item[3].extension[2].valueString",
        ),
    }[part]
    assert problems(form) == []
    del holder[key]
    assert problems(form) == [("translation-missing", path)]


@pytest.mark.parametrize(
    "words", ["Das ist sicher.", "Alles in Ordnung?", "This is safe.", "Metall\u202e?", "M" * 301]
)
def test_a_translation_that_promises_hides_or_fills_the_screen_is_found(words: str) -> None:
    assert problems(small()) == []
    assert problems(small(_text=said("de", words))) == [("translation-text", "item[0].text")]


def test_half_a_translation_is_none_and_two_are_one_too_many() -> None:
    half = {"extension": [{"url": TRANSLATION, "extension": [{"url": "lang", "valueCode": "de"}]}]}
    assert problems(small(_text=half)) == [("translation-missing", "item[0].text")]
    twice = {"extension": said("de", "Metall?")["extension"] * 2}
    assert problems(small(_text=twice)) == [("translation-text", "item[0].text")]


def test_a_language_without_the_variant_asked_for_is_taken_plain_and_another_is_refused() -> None:
    assert read_translation(LIBRARY[ADULT], RAW, "de-CH").language == "de"
    with pytest.raises(FormError, match="not translated into fr; there is: en, de"):
        read_translation(LIBRARY[ADULT], RAW, "fr")
    with pytest.raises(FormError, match="not translated into de; there is: en"):
        read_translation(LIBRARY["hearing"], LIBRARY.source("hearing"), "de")


def test_a_translation_of_another_version_is_refused() -> None:
    with pytest.raises(FormError, match="belongs to another version"):
        read_translation(LIBRARY["screening-adult|0.1.0"], RAW, "de")


@pytest.mark.parametrize("words", ["Met\x1b[2Jall?", "a\x07b", "x" * 2001])
def test_words_that_would_drive_the_terminal_are_refused(words: str) -> None:
    raw = json.dumps(small(_text=said("de", words))).encode()
    with pytest.raises(FormError, match=r"item\[0\]\.text"):
        read_translation(read_questionnaire(raw), raw, "de")


@pytest.mark.parametrize(
    "beside",
    [
        {"extension": "x"},
        {"extension": [3, {"url": TRANSLATION, "extension": 3}]},
        {"extension": [{"url": TRANSLATION, "extension": [{"url": []}, {"url": "lang", "valueCode": 3}]}]},
        {"extension": [{"url": TRANSLATION, "extension": [{"url": "lang", "valueCode": "\x1b"}]}]},
        [],
        3,
    ],
)
def test_no_shape_of_a_translation_stops_the_lint(beside: Any) -> None:
    assert ("translation-missing", "item[0].text") in problems(small(_text=beside))


def test_what_has_no_translation_stays_in_the_language_of_the_form() -> None:
    form = small()
    del form["item"][0]["_text"]
    raw = json.dumps(form).encode()
    read = read_questionnaire(raw)
    other = read_translation(read, raw, "de")
    assert other.text(read.items[0]) == ""
    printed = "\n".join(paper(read, other))
    assert "Metal?" in printed
    assert "de: Irgendeins." in printed


def test_on_paper_the_german_stands_beside_the_english_which_is_what_counts() -> None:
    lines = list(paper(LIBRARY[ADULT], german()))
    assert max(map(len, lines)) <= WIDTH
    printed = " ".join(" ".join(lines).split())
    assert "de: NOT SITE-APPROVED translation, for reading along." in printed
    assert "in the language of the form (en)" in printed
    other = german()
    for item in LIBRARY[ADULT].walk():
        assert " ".join(item.text.split()) in printed
        assert f"de: {other.text(item)}" in printed
        for option in item.options:
            assert f"[ ] {option.display} / {other.option(item, option.code)}" in printed


def test_a_translation_is_approved_by_itself() -> None:
    """Whoever approved the form has not approved its German."""
    form = replace(LIBRARY[ADULT], approval="approved by R1")
    other = read_translation(form, RAW, "de")
    assert other.approval == "NOT SITE-APPROVED"
    assert "de: NOT SITE-APPROVED translation" in "\n".join(paper(form, other))


def test_a_response_holds_the_question_that_counts_and_no_german(library: Mapping[str, Form]) -> None:
    form = library[ADULT]
    made = to_response(form, {"Q01": "no", "Q44": "yes"}, "p1", "2031-05-06T12:00:00+02:00", "in-progress")
    text = json.dumps(made, ensure_ascii=False)
    assert "pacemaker" in text
    assert "Herzschrittmacher" not in text
    assert "_text" not in text
