"""A form being answered: order does not matter, nothing is a default, nothing that was said is lost. I4"""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.auto_answer import answered, suggest
from support.form_cases import CASES, FORMS
from support.random_forms import Maker

from screening_forms.answering import asked_places, findings, is_blank
from screening_forms.interview import Interview
from screening_forms.places import is_question
from screening_forms.questionnaire import read_questionnaire
from screening_forms.response import from_response, to_response
from screening_forms.types import EnableWhen, Form, FormError, Item, ItemType, Option, Rules
from screening_forms.validate import validate

NOON = "2031-05-06T12:00:00+02:00"
SEEDS = st.integers(0, 2**40)
YES_NO = (Option("no", "No"), Option("yes", "Yes"))
WHEN = (EnableWhen("a", "=", "yes"),)
CHILD = Item("b", "Which?", ItemType.TEXT, required=True, enable_when=WHEN)
FORM = Form(
    "f",
    "1",
    "urn:f",
    "F",
    "draft",
    "en",
    (Item("a", "Any?", ItemType.CHOICE, required=True, options=YES_NO), CHILD),
    "",
)


def random_form(seed: int) -> Form:
    return read_questionnaire(json.dumps(Maker(seed).form()).encode())


def drawn(form: Form, seed: int) -> dict[str, str]:
    """Return a random answer to some of the questions, asked or not."""
    dice = random.Random(seed)
    found = {}
    for item in form.walk():
        value = suggest(item, dice) if is_question(item) and dice.random() < 0.8 else None
        if value is not None:
            found[item.link_id] = value
    return found


@settings(max_examples=250, deadline=None)
@given(SEEDS, SEEDS, st.randoms(use_true_random=False))
def test_what_applies_and_what_is_signed_is_the_same_in_every_order_of_answers(
    form_seed: int, answer_seed: int, order: Any
) -> None:
    form = random_form(form_seed)
    answers = drawn(form, answer_seed)
    shuffled = list(answers.items())
    order.shuffle(shuffled)
    one, other = answers, dict(shuffled)
    assert [p.key for p in asked_places(form, one)] == [p.key for p in asked_places(form, other)]
    assert findings(form, one) == findings(form, other)
    responses = [to_response(form, a, "p1", NOON, "in-progress") for a in (one, other)]
    assert responses[0] == responses[1]


@settings(max_examples=250, deadline=None)
@given(SEEDS, SEEDS)
def test_the_response_holds_the_answers_that_apply_and_no_other(form_seed: int, answer_seed: int) -> None:
    form = random_form(form_seed)
    answers = drawn(form, answer_seed)
    response = to_response(form, answers, "p1", NOON, "in-progress")
    on = {place.key for place in asked_places(form, answers)}
    assert from_response(form, json.dumps(response).encode()) == {k: v for k, v in answers.items() if k in on}
    assert [issue for issue in validate(form, response) if issue.severity == "error"] == []


@settings(max_examples=150, deadline=None)
@given(SEEDS, SEEDS)
def test_a_form_driven_to_its_end_is_accepted_by_the_judge(form_seed: int, answer_seed: int) -> None:
    form = random_form(form_seed)
    answers, why = answered(form, random.Random(answer_seed), everything=True)
    if why:
        with pytest.raises(FormError):
            to_response(form, answers, "p1", NOON, "completed")
        return
    response = to_response(form, answers, "p1", NOON, "completed")
    assert validate(form, json.dumps(response).encode()) == ()


@settings(max_examples=200, deadline=None)
@given(SEEDS | st.none(), st.integers(0, 3))
def test_no_form_has_a_default_answer(form_seed: int | None, index: int) -> None:
    form = FORMS[index] if form_seed is None else random_form(form_seed)
    interview = Interview(form)
    assert interview.answers == {}
    assert interview.standing.derived == {}
    assert interview.findings() == ()
    assert "item" not in interview.response("p1", NOON, "in-progress") or not answers_in(
        interview.response("p1", NOON, "in-progress")["item"]
    )


def answers_in(items: list[dict[str, Any]]) -> list[Any]:
    return [a for item in items for a in item.get("answer", [])] + [
        a for item in items for a in answers_in(item.get("item", []))
    ]


@settings(max_examples=150, deadline=None)
@given(SEEDS, SEEDS, st.integers(1, 30))
def test_everything_said_is_in_the_audit_and_what_was_switched_off_is_not_in_the_response(
    form_seed: int, answer_seed: int, steps: int
) -> None:
    form, dice = random_form(form_seed), random.Random(answer_seed)
    interview, said = Interview(form), []
    for _ in range(steps):
        places = interview.asked()
        if not places:
            break
        place = dice.choice(places)
        value = suggest(place.item, dice)
        if value is not None:
            interview.answer(place.key, value)
            said.append((place.key, value))
    audit = interview.audit()
    assert [(kept.said.place, kept.said.value) for kept in audit] == said
    response = json.dumps(interview.response("p1", NOON, "in-progress")).encode()
    in_response = from_response(form, response)
    assert {kept.said.place: kept.said.value for kept in audit if kept.in_response} == in_response
    on = {place.key for place in interview.asked()}
    assert all(kept.said.place not in on or not kept.latest for kept in audit if not kept.in_response)


@settings(max_examples=60, deadline=None)
@given(CASES)
def test_the_shipped_forms_answer_alike_by_interview_and_by_hand(case: tuple[Form, dict[str, str]]) -> None:
    form, answers = case
    interview = Interview(form)
    for _ in range(len(answers)):
        todo = [
            p.key
            for p in interview.asked()
            if not is_blank(answers.get(p.key)) and p.key not in interview.answers
        ]
        if not todo:
            break
        interview.answer(todo[0], answers[todo[0]])
    kept = {key: value for key, value in answers.items() if not is_blank(value)}
    assert interview.response("p1", NOON, "in-progress") == to_response(form, kept, "p1", NOON, "in-progress")


def test_turning_a_parent_round_drops_its_child_from_the_response_and_keeps_it_in_the_audit() -> None:
    interview = Interview(FORM)
    interview.answer("a", "yes")
    interview.answer("b", "an old clip")
    interview.answer("a", "no")
    assert json.dumps(interview.response("p1", NOON, "completed")).count("old clip") == 0
    assert [(kept.said.value, kept.latest, kept.in_response) for kept in interview.audit()] == [
        ("yes", False, False),
        ("an old clip", True, False),
        ("no", True, True),
    ]
    interview.answer("a", "yes")
    assert "old clip" in json.dumps(interview.response("p1", NOON, "completed"))


def test_only_what_is_asked_and_fits_can_be_answered() -> None:
    interview = Interview(FORM)
    for place, value, what in (
        ("b", "x", "is not asked"),
        ("z", "x", "is not asked"),
        ("a", "maybe", "one of"),
    ):
        with pytest.raises(FormError, match=what):
            interview.answer(place, value)
    assert interview.audit() == ()


def test_a_proposal_counts_once_somebody_affirms_it() -> None:
    item = Item("a", "Any?", ItemType.CHOICE, required=True, options=YES_NO, rules=Rules(initial=("no",)))
    interview = Interview(Form("f", "1", "urn:f", "F", "draft", "en", (item,), ""))
    assert interview.proposal("a") == ("no",)
    assert [one.place for one in interview.open()] == ["a"]
    interview.affirm("a")
    assert [(kept.said.how, kept.said.value) for kept in interview.audit()] == [("affirmed", "no")]
    assert interview.open() == ()
    interview.take_back("a")
    assert [one.place for one in interview.open()] == ["a"]
    assert interview.answers == {}
    with pytest.raises(FormError, match="proposes no single answer"):
        Interview(FORM).affirm("a")


@pytest.mark.parametrize("value", ["true", "false", "unsure", "refused", "unable"])
def test_the_ways_of_answering_yes_or_no_stay_distinct_through_the_response(value: str) -> None:
    form = Form(
        "f", "1", "urn:f", "F", "draft", "en", (Item("a", "Any?", ItemType.BOOLEAN, required=True),), ""
    )
    interview = Interview(form)
    interview.answer("a", value)
    response = interview.response("p1", NOON, "completed")
    assert from_response(form, json.dumps(response).encode()) == {"a": value}
    assert validate(form, response) == ()


def test_not_asked_and_blank_are_no_answer_to_any_kind_of_question() -> None:
    for kind in ItemType:
        form = Form("f", "1", "urn:f", "F", "draft", "en", (Item("a", "Any?", kind, required=True),), "")
        interview = Interview(form)
        for blank in ("", " ", "not_asked"):
            with pytest.raises(FormError):
                interview.answer("a", blank)
        assert bool(interview.open()) == is_question(form.items[0])


# What repeats

ROUNDS = Form(
    "f",
    "1",
    "urn:f",
    "F",
    "draft",
    "en",
    (
        Item(
            "g",
            "Operation",
            ItemType.GROUP,
            repeats=True,
            items=(
                Item("what", "What?", ItemType.STRING, required=True),
                Item("metal", "Metal?", ItemType.CHOICE, options=YES_NO),
                Item("which", "Which?", ItemType.STRING, enable_when=(EnableWhen("metal", "=", "yes"),)),
            ),
        ),
        Item("more", "More?", ItemType.STRING, repeats=True, enable_when=(EnableWhen("metal", "=", "yes"),)),
    ),
    "",
)


def test_each_round_of_a_group_has_its_own_conditions() -> None:
    interview = Interview(ROUNDS)
    for place, value in (
        ("what", "hip"),
        ("metal", "yes"),
        ("g¶2›what", "eye"),
        ("g¶2›metal", "no"),
        ("which", "a screw"),
        ("more", "one"),
        ("more¶2", "two"),
    ):
        interview.answer(place, value)
    keys = [place.key for place in interview.asked()]
    assert keys == ["what", "metal", "which", "g¶2›what", "g¶2›metal", "more", "more¶2"]
    response = interview.response("p1", NOON, "completed")
    assert [item["linkId"] for item in response["item"]] == ["g", "g", "more"]
    assert len(response["item"][2]["answer"]) == 2
    assert from_response(ROUNDS, json.dumps(response).encode()) == interview.answers


@pytest.mark.parametrize("place", ["g¶3›what", "g¶2›what¶2", "more¶2", "more¶3", "g¶2›nothing", "¶2", "g¶2"])
def test_no_answer_and_no_round_is_left_out_on_the_way(place: str) -> None:
    interview = Interview(ROUNDS)
    interview.answer("what", "hip")
    interview.answer("metal", "yes")
    with pytest.raises(FormError):
        interview.answer(place, "x")
    assert len(interview.audit()) == 2


def test_a_round_that_was_begun_must_be_finished() -> None:
    interview = Interview(ROUNDS)
    interview.answer("what", "hip")
    interview.answer("g¶2›metal", "no")
    assert [one.place for one in interview.open()] == ["g¶2›what"]
