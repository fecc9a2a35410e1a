"""Every rule of the lint with a form that breaks it and, beside it, one that does not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from screening_forms.answering import NOT_ASKED
from screening_forms.lint import MAX_QUESTION, lint, lint_source
from screening_forms.types import EnableWhen, Form, Item, ItemType, Option, Rules, Trigger

FIVE = tuple(Option(code, code) for code in ("no", "yes", "unsure", "refused", "unable"))
SCREEN = Item(
    "q",
    "Anything?",
    ItemType.CHOICE,
    code="Q99",
    required=True,
    options=FIVE,
    triggers=MappingProxyType({"yes": Trigger.HOLD_DEVICE}),
)
WORDS = Item("w", "Say more", ItemType.TEXT)
NUMBER = Item("n", "How many", ItemType.INTEGER, minimum=1, maximum=9)
TICK = Item("b", "Any?", ItemType.BOOLEAN, code="Q98", required=True, triggers={"true": Trigger.HOLD_DEVICE})
MUST = replace(WORDS, required=True)
YES, BLANK = EnableWhen("q", "=", "yes"), EnableWhen("q", "exists", "false")
GROUP = Item("g", "Some things", ItemType.GROUP, items=(WORDS,))
LINE = Item("d", "Read this", ItemType.DISPLAY)


def form(*items: Item, title: str = "A form") -> Form:
    return Form("f", "1", "urn:f", title, "draft", "en", items, "")


def rules(*items: Item, title: str = "A form") -> set[tuple[str, str]]:
    return {(problem.rule, problem.link_id) for problem in lint(form(*items, title=title))}


def when(item: Item, question: str, answer: str = "yes", operator: str = "=") -> Item:
    return replace(item, enable_when=(EnableWhen(question, operator, answer),))


def test_an_item_is_put_off_to_a_later_stage_of_its_form() -> None:
    here, there = replace(WORDS, stage="door", defer="table"), replace(NUMBER, stage="table")
    assert rules(here, there) == set()


def test_a_sound_form_has_no_problem() -> None:
    assert rules(SCREEN, when(WORDS, "q"), NUMBER, LINE) == set()
    assert rules(GROUP, TICK) == set()


BROKEN: list[tuple[str, str, tuple[Item, ...]]] = [
    ("que-2", "w", (WORDS, WORDS)),
    ("code-reused", "q", (SCREEN, replace(SCREEN, link_id="r"))),
    ("enable-when-dangling", "w", (when(WORDS, "nowhere"),)),
    ("enable-when-answer", "w", (SCREEN, when(WORDS, "q", "maybe"))),
    ("enable-when-answer", "w", (LINE, when(WORDS, "d", "yes"))),
    ("enable-when-answer", "w", (LINE, when(WORDS, "d", "true", "exists"))),
    ("enable-when-answer", "w", (NUMBER, when(WORDS, "n", "many"))),
    ("enable-when-answer", "w", (NUMBER, when(WORDS, "n", "10"))),
    ("enable-when-cycle", "w", (when(WORDS, "w", "x"),)),
    ("enable-when-cycle", "g", (when(GROUP, "w", "x"),)),
    ("required-without-answer", "g", (replace(GROUP, required=True),)),
    ("que-6", "d", (replace(LINE, required=True),)),
    ("que-1b", "g", (replace(GROUP, items=()),)),
    ("que-1c", "d", (replace(LINE, items=(WORDS,)),)),
    ("answer-options", "q", (replace(SCREEN, options=(), triggers={}),)),
    ("que-5", "w", (replace(WORDS, options=FIVE),)),
    ("answer-options", "q", (replace(SCREEN, options=(*FIVE, FIVE[0])),)),
    ("answer-options", "q", (replace(SCREEN, options=(*FIVE, Option("nope", "no"))),)),
    ("answer-options", "q", (replace(SCREEN, options=(*FIVE, Option(NOT_ASKED, "Not asked"))),)),
    ("unknown-answers", "q", (replace(SCREEN, options=FIVE[:4]),)),
    ("trigger-missing", "q", (replace(SCREEN, triggers={}),)),
    ("trigger-missing", "q", (replace(SCREEN, triggers={"unsure": Trigger.INFO}),)),
    ("trigger-stray", "q", (replace(SCREEN, triggers={**SCREEN.triggers, "perhaps": Trigger.INFO}),)),
    ("safety-optional", "q", (replace(SCREEN, required=False),)),
    ("code-missing", "q", (replace(SCREEN, code=""),)),
    ("bounds", "n", (replace(NUMBER, minimum=10),)),
    ("bounds", "n", (replace(NUMBER, type=ItemType.DATE, rules=Rules(low="2031-02", high="2031-01")),)),
    ("bounds", "w", (replace(WORDS, max_length=2, rules=Rules(min_length=3)),)),
    ("bounds", "w", (replace(WORDS, repeats=True, rules=Rules(min_occurs=3, max_occurs=2)),)),
    ("initial-answer", "w", (replace(WORDS, rules=Rules(initial=("x",))),)),
    ("initial-fits", "n", (replace(NUMBER, rules=Rules(initial=("10",))),)),
    ("trigger-missing", "b", (replace(TICK, triggers={}),)),
    ("safety-optional", "b", (replace(TICK, required=False),)),
    ("trigger-stray", "b", (replace(TICK, triggers={"false": Trigger.INFO}),)),
    ("beyond-console", "w", (replace(WORDS, repeats=True),)),
    ("beyond-console", "w", (replace(WORDS, type=ItemType.ATTACHMENT),)),
    ("beyond-console", "w", (replace(WORDS, rules=Rules(calculated="1")),)),
    ("enable-when-answer", "w", (SCREEN, when(WORDS, "q", "yes", ">"))),
    ("required-unreachable", "w", (SCREEN, replace(MUST, enable_when=(YES, EnableWhen("q", "=", "no"))))),
    ("required-unreachable", "w", (SCREEN, replace(MUST, enable_when=(YES, BLANK)))),
    ("defer-stage", "w", (replace(WORDS, defer="table"),)),
    ("defer-stage", "w", (replace(WORDS, stage="door", defer="door"),)),
    ("defer-stage", "w", (replace(NUMBER, stage="door"), replace(WORDS, stage="table", defer="door"))),
    ("text-missing", "w", (replace(WORDS, text=" "),)),
    ("text-length", "w", (replace(WORDS, text="x" * (MAX_QUESTION + 1)),)),
    ("text-hidden", "w", (replace(WORDS, text="no\u202eson"),)),
    ("text-hidden", "w", (replace(WORDS, help="a\u200bb"),)),
    ("banned-word", "w", (replace(WORDS, text="Is the patient safe?"),)),
    ("banned-word", "w", (replace(WORDS, help="Screen is CLEAR"),)),
    ("banned-word", "q", (replace(SCREEN, options=(*FIVE, Option("fit", "All OK"))),)),
]


@pytest.mark.parametrize(("rule", "link_id", "items"), BROKEN)
def test_each_rule_finds_its_example(rule: str, link_id: str, items: tuple[Item, ...]) -> None:
    assert (rule, link_id) in rules(*items)


@pytest.mark.parametrize("code", ["fail", "no-go"])
def test_a_check_must_say_what_its_adverse_answer_sets_off(code: str) -> None:
    options = Option("pass", "Pass"), Option(code, "Not so")
    bare = replace(SCREEN, options=options, triggers={})
    assert rules(bare) == {("trigger-missing", "q")}
    assert rules(replace(bare, triggers={code: Trigger.HOLD_CLINICAL})) == set()


@pytest.mark.parametrize(
    "text",
    [
        "The label says MR Safe",
        "Label: MR Conditional or MR Unsafe",
        "The magnet-safe location",
        "Unsafe",
        "Safety",
    ],
)
def test_labels_of_the_field_may_be_written(text: str) -> None:
    assert rules(replace(WORDS, text=text)) == set()


@pytest.mark.parametrize("text", ["MR safe?", "safe", "ok", "Okay.", "cleared by", "PROCEED", "all good"])
def test_words_that_promise_are_found_in_any_case(text: str) -> None:
    assert ("banned-word", "w") in rules(replace(WORDS, text=text))
    assert rules(WORDS, title=text) == {("banned-word", "")}


@pytest.mark.parametrize("name", ["id", "url", "version", "title", "language"])
def test_a_form_without_an_identity_is_found(name: str) -> None:
    bare = replace(form(WORDS), **{name: ""})
    assert [(p.rule, p.path) for p in lint(bare)] == [("identity", name)]
    assert lint(form(WORDS)) == ()


def test_without_the_rules_of_this_console_only_what_holds_for_any_form_is_judged() -> None:
    assert lint(form(replace(SCREEN, required=False, code="")), house=False) == ()
    assert lint(form(WORDS, WORDS), house=False) != ()


def test_only_what_stands_on_a_circle_is_named() -> None:
    a, b, c = (replace(WORDS, link_id=key) for key in "abc")
    made = rules(when(a, "b", "x"), when(b, "a", "x"), when(c, "a", "x"))
    assert made == {("enable-when-cycle", "a"), ("enable-when-cycle", "b")}


def test_all_problems_come_at_once_and_each_says_what_to_change() -> None:
    problems = lint(form(replace(SCREEN, code="", required=False), replace(GROUP, required=True, items=())))
    assert {p.rule for p in problems} >= {
        "code-missing",
        "safety-optional",
        "required-without-answer",
        "que-1b",
    }
    assert all(p.message for p in problems)


def test_a_very_long_chain_is_judged_without_recursion() -> None:
    items = [when(replace(WORDS, link_id=f"q{i}"), f"q{i + 1}", "x") for i in range(3_000)]
    assert lint(form(*items, replace(WORDS, link_id="q3000"))) == ()


def source(form_bytes: Callable[..., bytes], *items: dict[str, Any]) -> list[tuple[str, str]]:
    return [(problem.rule, problem.link_id) for problem in lint_source(form_bytes(*items))]


def test_a_file_with_a_ready_made_answer_is_named(form_bytes: Callable[..., bytes]) -> None:
    item = {"linkId": "a", "text": "Say", "type": "text", "initial": [{"valueString": "no"}]}
    assert source(form_bytes, item) == [("initial-answer", "a")]
    option = {"valueCoding": {"code": "no", "display": "No"}, "initialSelected": True}
    chosen = {"linkId": "b", "text": "Say", "type": "choice", "answerOption": [option]}
    group = {"linkId": "g", "text": "All", "type": "group", "item": [chosen]}
    assert source(form_bytes, group) == [("initial-answer", "b")]


def test_a_file_that_leaves_open_how_conditions_join_is_named(form_bytes: Callable[..., bytes]) -> None:
    twice = [{"question": "a", "operator": "exists", "answerBoolean": True}] * 2
    items = [{"linkId": key, "text": "Say", "type": "text"} for key in "ab"]
    assert source(form_bytes, items[0], {**items[1], "enableWhen": twice}) == [
        ("que-12", "b"),
        ("refused", "b"),
    ]
    sound = {**items[1], "enableWhen": twice, "enableBehavior": "all"}
    assert source(form_bytes, items[0], sound) == []


def test_a_file_that_cannot_be_read_is_one_problem_with_its_place() -> None:
    (problem,) = lint_source(b'{"a": 1, "a": 2}', "mine.json")
    assert problem.rule == "refused"
    assert problem.message == "mine.json: key 'a' stands twice in one object"


@pytest.mark.parametrize(
    "items", [None, 5, [5], [{"item": [None]}], [{"enableWhen": 5, "answerOption": [1]}]]
)
def test_a_file_of_any_shape_gives_problems_not_errors(items: Any) -> None:
    assert lint_source(json.dumps({"resourceType": "Questionnaire", "item": items}).encode())
