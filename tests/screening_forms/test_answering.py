"""Which questions apply, what is still open and what answers set off. I4: blank never ends as answered."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from random import Random
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.form_cases import CASES, SEEDS, valid_answer

from screening_forms.answering import (
    MAX_TEXT,
    NOT_ASKED,
    UNKNOWN_ANSWERS,
    asked,
    check,
    findings,
    is_blank,
    is_question,
    missing,
    stage_items,
    triggered,
)
from screening_forms.types import EnableWhen, Form, Item, ItemType, Option, Trigger

FIVE = tuple(Option(code, code) for code in ("no", "yes", "unsure", "refused", "unable"))


def choice(link_id: str, **more: object) -> Item:
    return Item(link_id, link_id, ItemType.CHOICE, options=FIVE, required=True, **more)  # type: ignore[arg-type]


def text(link_id: str, *when: EnableWhen, any_of: bool = False) -> Item:
    return Item(link_id, link_id, ItemType.TEXT, required=True, enable_when=when, enable_any=any_of)


def form(*items: Item) -> Form:
    return Form("f", "1", "urn:f", "F", "draft", "en", items, "")


def ids(items: tuple[Item, ...]) -> list[str]:
    return [item.link_id for item in items]


# Conditions


def test_a_condition_asks_its_question_only_while_the_answer_stands() -> None:
    made = form(choice("a"), text("b", EnableWhen("a", "=", "yes")))
    assert ids(asked(made, {})) == ["a"]
    assert ids(asked(made, {"a": "no"})) == ["a"]
    assert ids(asked(made, {"a": "yes"})) == ["a", "b"]


@pytest.mark.parametrize(
    ("operator", "wanted", "asked_when"),
    [
        ("=", "yes", {"yes"}),
        ("!=", "yes", {"", NOT_ASKED, "no", "unsure"}),
        ("exists", "true", {"yes", "no", "unsure"}),
        ("exists", "false", {"", NOT_ASKED}),
    ],
)
def test_each_operator(operator: str, wanted: str, asked_when: set[str]) -> None:
    made = form(choice("a"), text("b", EnableWhen("a", operator, wanted)))
    values = ("", NOT_ASKED, "yes", "no", "unsure")
    assert {value for value in values if "b" in ids(asked(made, {"a": value}))} == asked_when


@pytest.mark.parametrize(("any_of", "expected"), [(True, ["a", "b", "c"]), (False, ["a", "b"])])
def test_several_conditions_are_joined_as_the_form_says(any_of: bool, expected: list[str]) -> None:
    whens = EnableWhen("a", "=", "yes"), EnableWhen("b", "=", "yes")
    made = form(choice("a"), choice("b"), text("c", *whens, any_of=any_of))
    assert ids(asked(made, {"a": "yes", "b": "no"})) == expected


def test_a_chain_falls_with_its_first_link_although_later_answers_stay() -> None:
    made = form(
        choice("a"),
        choice("b", enable_when=(EnableWhen("a", "=", "yes"),)),
        choice("c", enable_when=(EnableWhen("b", "=", "yes"),)),
    )
    answers = {"a": "yes", "b": "yes", "c": "yes"}
    assert ids(asked(made, answers)) == ["a", "b", "c"]
    assert ids(asked(made, {**answers, "a": "no"})) == ["a"]


def test_a_chain_written_backwards_and_very_long_is_settled() -> None:
    count = 3_000
    items = [choice(f"q{i}", enable_when=(EnableWhen(f"q{i + 1}", "=", "yes"),)) for i in range(count)]
    made = form(*items, choice(f"q{count}"))
    everything = {f"q{i}": "yes" for i in range(count + 1)}
    assert len(asked(made, everything)) == count + 1
    assert ids(asked(made, {**everything, f"q{count}": "no"})) == [f"q{count}"]


def test_a_group_that_does_not_apply_takes_everything_below_with_it() -> None:
    group = Item("g", "g", ItemType.GROUP, enable_when=(EnableWhen("a", "=", "yes"),), items=(choice("b"),))
    made = form(choice("a"), group)
    assert ids(asked(made, {"a": "no", "b": "yes"})) == ["a"]
    assert ids(missing(made, {"a": "yes"})) == ["b"]


def test_a_question_below_a_question_waits_for_its_answer() -> None:
    made = form(choice("a", items=(choice("b"),)))
    assert ids(asked(made, {})) == ["a"]
    assert ids(asked(made, {"a": NOT_ASKED})) == ["a"]
    assert ids(asked(made, {"a": "no"})) == ["a", "b"]


def test_numbers_are_compared_as_numbers() -> None:
    weight = Item("w", "w", ItemType.DECIMAL)
    made = form(weight, text("b", EnableWhen("w", "=", "1.5")))
    assert ids(asked(made, {"w": "1.50"})) == ["w", "b"]
    assert ids(asked(made, {"w": "much"})) == ["w"]


def test_in_doubt_the_question_is_asked() -> None:
    circle = form(
        choice("a", enable_when=(EnableWhen("b", "=", "yes"),)),
        choice("b", enable_when=(EnableWhen("a", "=", "yes"),)),
        choice("c", enable_when=(EnableWhen("nowhere", "=", "yes"),)),
        choice("d", enable_when=(EnableWhen("d", "=", "yes"),)),
        choice("e", enable_when=(EnableWhen("a", "=", "Yes"),)),
        choice("f", enable_when=(EnableWhen("g", "exists", "true"),)),
        Item("g", "g", ItemType.GROUP, items=(choice("h"),)),
    )
    assert {"b", "c", "d", "e", "f"} <= set(ids(asked(circle, {})))


def test_loose_items_can_be_judged_without_their_form() -> None:
    made = form(choice("a"), text("b", EnableWhen("a", "=", "yes")))
    flat = stage_items(made, "")
    assert ids(asked(flat, {"a": "yes"})) == ["a", "b"]
    nested = form(choice("a", items=(choice("b"),)))
    assert ids(asked(stage_items(nested, ""), {})) == ["a"]


# Checking


@pytest.mark.parametrize(
    ("item", "good", "bad"),
    [
        (choice("a"), ["no", "unsure"], ["maybe", "NO", " no"]),
        (Item("a", "a", ItemType.BOOLEAN), ["true", "false"], ["yes", "True", "1"]),
        (
            Item("a", "a", ItemType.INTEGER, minimum=30, maximum=230),
            ["30", "230"],
            ["29", "231", "1e2", "+40", "040", "40.0", "٤٠", "-0", " 40"],
        ),
        (Item("a", "a", ItemType.INTEGER, minimum=30), ["30"], ["29"]),
        (Item("a", "a", ItemType.INTEGER, maximum=30), ["-4"], ["31"]),
        (Item("a", "a", ItemType.DECIMAL, maximum=9), ["0.5", "9"], ["9.1", "NaN", "1,5", ".5", "0" * 20]),
        (Item("a", "a", ItemType.DATE), ["2024-02-29"], ["2023-02-29", "2024-2-1", "20240201", "2024"]),
        (Item("a", "a", ItemType.STRING, max_length=3), ["abc"], ["abcd", "a\nb", "a\x1bb", "\ud800"]),
        (Item("a", "a", ItemType.TEXT), ["a\nb", "x" * MAX_TEXT], ["a\x00", "a\x9b", "x" * (MAX_TEXT + 1)]),
    ],
)
def test_an_answer_fits_its_question(item: Item, good: list[str], bad: list[str]) -> None:
    assert [check(item, value) for value in good] == [None] * len(good)
    for value in bad:
        refused = check(item, value)
        assert refused is not None
        assert "expected" in refused


@pytest.mark.parametrize("kind", [ItemType.GROUP, ItemType.DISPLAY])
def test_a_line_that_asks_nothing_takes_no_answer(kind: ItemType) -> None:
    assert check(Item("a", "a", kind), "yes") is not None


@settings(max_examples=100, deadline=None)
@given(CASES, st.sampled_from(["", " ", "\n", NOT_ASKED]), st.data())
def test_blank_is_never_an_answer(case: tuple[Form, dict[str, str]], blank: str, data: st.DataObject) -> None:
    """I4: a question left blank or marked not asked stays open, whatever else was answered."""
    made, answers = case
    item = data.draw(st.sampled_from([i for i in asked(made, answers) if i.required]))
    assert check(item, blank) is not None
    without = {**answers, item.link_id: blank}
    assert item in missing(made, without)
    assert item.link_id not in {found.link_id for found in findings(made, without)}


@settings(max_examples=100, deadline=None)
@given(CASES, st.text(max_size=8), st.data())
def test_an_answer_that_does_not_fit_leaves_the_question_open(
    case: tuple[Form, dict[str, str]], garbage: str, data: st.DataObject
) -> None:
    made, answers = case
    item = data.draw(st.sampled_from(asked(made, answers)))
    fits = not is_blank(garbage) and check(item, garbage) is None
    is_open = item in missing(made, {**answers, item.link_id: garbage})
    assert is_open == (item.required if is_blank(garbage) else not fits)


def test_an_optional_question_may_stay_blank_but_not_wrong() -> None:
    made = form(Item("a", "a", ItemType.DATE))
    assert missing(made, {}) == ()
    assert ids(missing(made, {"a": "soon"})) == ["a"]


# What answers set off


def screening(**triggers: Trigger) -> Item:
    return choice("a", code="Q99", triggers=MappingProxyType(triggers))


@pytest.mark.parametrize("unknown", sorted(UNKNOWN_ANSWERS))
@pytest.mark.parametrize(
    ("triggers", "expected"),
    [
        ({"yes": Trigger.RESOLVE_FIRST}, Trigger.RESOLVE_FIRST),
        ({"yes": Trigger.HOLD_DEVICE, "unsure": Trigger.INFO}, Trigger.HOLD_DEVICE),
        ({"no": Trigger.HOLD_CLINICAL}, Trigger.HOLD_CLINICAL),
        ({"yes": Trigger.INFO}, Trigger.DETAIL),
        ({}, Trigger.HOLD_CLINICAL),
    ],
)
def test_not_knowing_weighs_as_much_as_the_worst_answer(
    unknown: str, triggers: dict[str, Trigger], expected: Trigger
) -> None:
    """I4: unsure, refused and unable are never lighter than yes."""
    assert triggered(screening(**triggers), unknown) is expected


@pytest.mark.parametrize("code", ["yes", "fail", "no-go"])
def test_a_form_without_annotations_holds_on_every_adverse_answer(code: str) -> None:
    item = Item("a", "a", ItemType.CHOICE, options=(Option("no", "No"), Option(code, "x")))
    assert triggered(item, code) is Trigger.HOLD_CLINICAL
    assert triggered(item, "no") is None


def test_findings_name_item_answer_and_trigger_and_skip_what_is_not_asked() -> None:
    made = form(
        screening(yes=Trigger.RESOLVE_FIRST),
        choice("b", enable_when=(EnableWhen("a", "=", "no"),), triggers={"yes": Trigger.REMOVE}),
    )
    (found,) = findings(made, {"a": "yes", "b": "yes"})
    assert (found.link_id, found.code, found.answer, found.trigger) == (
        "a",
        "Q99",
        "yes",
        Trigger.RESOLVE_FIRST,
    )


def weight(made: Form, answers: Mapping[str, str]) -> dict[str, int]:
    return {found.link_id: found.trigger.rank for found in findings(made, answers)}


@settings(max_examples=100, deadline=None)
@given(CASES, st.data())
def test_findings_only_grow_towards_the_unknown(
    case: tuple[Form, dict[str, str]], data: st.DataObject
) -> None:
    """I4: replacing an answer by a less known one never makes an item weigh less."""
    made, answers = case
    items = [i for i in asked(made, answers) if any(o.code == "unsure" for o in i.options)]
    if not items:
        return
    item = data.draw(st.sampled_from(items))
    before = weight(made, answers).get(item.link_id, -1)
    for unknown in UNKNOWN_ANSWERS:
        after = weight(made, {**answers, item.link_id: unknown})
        assert after[item.link_id] >= max(before, Trigger.DETAIL.rank)


@settings(max_examples=100, deadline=None)
@given(CASES, st.data())
def test_one_more_answer_never_takes_a_finding_away(
    case: tuple[Form, dict[str, str]], data: st.DataObject
) -> None:
    made, answers = case
    blank = [i for i in made.walk() if is_question(i) and i.link_id not in answers]
    if not blank:
        return
    item = data.draw(st.sampled_from(blank))
    more = {**answers, item.link_id: valid_answer(item, Random(data.draw(SEEDS)))}
    # A figure that is known now may leave nothing to ask where it was missing, as an eGFR does.
    still = {one.link_id for one in asked(made, more)}
    before = {name: rank for name, rank in weight(made, answers).items() if name in still}
    assert before.items() <= weight(made, more).items()


@settings(max_examples=100, deadline=None)
@given(CASES)
def test_answers_to_questions_not_asked_change_nothing(case: tuple[Form, dict[str, str]]) -> None:
    made, answers = case
    applicable = {item.link_id for item in asked(made, answers)}
    kept = {link_id: value for link_id, value in answers.items() if link_id in applicable}
    assert asked(made, kept) == asked(made, answers)
    assert missing(made, kept) == missing(made, answers)
    assert findings(made, kept) == findings(made, answers)


# The room


def test_rules_and_screens_load_nothing_but_the_standard_library() -> None:
    code = (
        "import sys; before = set(sys.modules)\n"
        "import screening_forms.types, screening_forms.answering\n"
        "new = {n.partition('.')[0] for n in set(sys.modules) - before}\n"
        "print(sorted(new - sys.stdlib_module_names - {'screening_forms'}))\n"
        "print(sorted(n for n in sys.modules if n.startswith('screening_forms.')))"
    )
    ran = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    others, own = ran.stdout.splitlines()
    assert others == "[]"
    light = "answering checking compare enable_when objects places types value"
    assert own == str([f"screening_forms.{name}" for name in light.split()])
