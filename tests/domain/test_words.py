"""Words: every rule has its three sentences, every fact its line, and no word promises anything."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from string import Formatter

import pytest
from support.source import inside

from mr_safety_console.domain import suite  # noqa: F401  -- knows every fact
from mr_safety_console.domain.alarm_points import RULES
from mr_safety_console.domain.authority import MAY
from mr_safety_console.domain.codec import fact_kinds
from mr_safety_console.domain.visit_facts import Leg, Step
from mr_safety_console.domain.words import read, refused, say, table

PRODUCT = "mr_safety_console."
PROMISES = re.compile(r"(?<!MR )\b(safe|clear|ok|okay|good|proceed|all clear)\b", re.IGNORECASE)
VERBS = re.compile(r"mends or clears the line")


def calls(names: tuple[str, ...]) -> Iterator[ast.Call]:
    for room in inside("mr_safety_console"):
        for node in ast.walk(room.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                yield node


def rules_in_code() -> dict[str, list[set[str]]]:
    """Return each rule named in a call with the names of its parameters."""
    used: dict[str, list[set[str]]] = {}
    for call in calls(("refused", "_hold", "_stop")):
        for node in ast.walk(call.args[0]):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                used.setdefault(node.value, []).append({k.arg or "**" for k in call.keywords})
    return used


def test_every_rule_in_code_has_words_and_every_word_is_used() -> None:
    used, known = rules_in_code(), table()["refused"]
    assert sorted(set(used) - set(known)) == []
    text = "\n".join(room.text for room in inside("mr_safety_console"))
    assert [rule for rule in known if rule not in used and f'"{rule}"' not in text] == []


def test_every_rule_gets_the_parameters_its_words_name() -> None:
    wrong = []
    for rule, calls_ in rules_in_code().items():
        wanted = {
            name
            for sentence in table()["refused"][rule].values()
            for _, name, _, _ in Formatter().parse(sentence)
            if name
        }
        told = [given | ({"who"} if "leg" in given else set()) for given in calls_]  # who makes a leg
        wrong += [(rule, wanted - given) for given in told if "**" not in given and not wanted <= given]
    assert wrong == []


def test_a_refusal_answers_three_questions() -> None:
    for rule, words in table()["refused"].items():
        assert set(words) == {"reason", "who_can", "what_now"}, rule
        assert all(sentence.strip() for sentence in words.values()), rule
        assert rule == rule.lower()
    with pytest.raises(KeyError):
        refused("no-such-rule")


def test_every_fact_has_a_line_and_every_line_a_fact() -> None:
    kinds = {kind for kind, cls in fact_kinds().items() if cls.__module__.startswith(PRODUCT)}
    assert set(table()["log"]) == kinds


def test_every_alarm_has_a_title_an_advice_and_words_for_what_it_was() -> None:
    assert set(table()["alarm"]) == set(RULES)
    assert set(table()["advice"]) == set(RULES)
    assert set(table()["disposition"]) == {d for rule in RULES.values() for d in rule.dispositions}


def test_no_line_of_advice_is_longer_than_eight_words() -> None:
    for rule, advice in table()["advice"].items():
        assert [line for line in re.split(r"(?<=[.;:])\s", advice) if len(line.split()) > 8] == [], rule


def test_every_leg_and_step_has_a_name() -> None:
    assert set(table()["leg"]) == {leg.value for leg in Leg}
    assert set(table()["step"]) == {step.value for step in Step}


ACTS = {
    "identity": ("visit-identify",),
    "screening": ("screening-first", "screening-interactive"),
    "belongings": ("belongings",),
    "detector-pass": ("detector-pass",),
    "zone-iii": ("authorise-zone-iii",),
    "door-list": ("list-item",),
    "final-check": ("final-check",),
    "table-list": ("list-item",),
    "start-check": ("start-check",),
    "coil-removed": ("list-item",),
}


def test_a_leg_that_is_missing_names_the_roles_that_make_it() -> None:
    assert set(table()["leg-who"]) == set(ACTS) == {leg.value for leg in Leg}
    for leg, acts in ACTS.items():
        told = refused("leg-missing", leg=leg, act="any").who_can
        roles = frozenset().union(*(MAY[act][0] for act in acts))
        assert ("Level 1" in told, "MRST" in told, "MRSO" in told) == tuple(
            role in roles for role in ("L1", "MRST", "MRSO")
        ), leg
        assert "Level 2" in told
        assert ("Two people" in told) is (max(MAY[act][1] for act in acts) == 2), leg
        assert refused("leg-fallen", leg=leg, reason="detector-alarm").who_can == told


def test_no_word_promises_what_no_console_can_know() -> None:
    """I11: it says who confirmed what, and when."""
    for section, words in table().items():
        for key, told in words.items():
            for sentence in told.values() if isinstance(told, dict) else (told,):
                assert not PROMISES.search(VERBS.sub("", sentence)), (section, key, sentence)


def test_an_unknown_word_shows_itself() -> None:
    assert say("log", "no-such-fact") == "no-such-fact"
    assert say("alarm", "door-lost").startswith("Door contact UNKNOWN")


def test_the_table_reads_as_a_parser_of_all_of_toml_reads_it() -> None:
    text = files("mr_safety_console.domain.words").joinpath("en.toml").read_text(encoding="utf-8")
    assert table() == tomllib.loads(text)


@pytest.mark.parametrize(
    "line",
    [
        'key = "an open end',
        'key = "a \\" in it"',
        'key = """more"""',
        "key = 1",
        'key = { a = "b", c = 1 }',
        'key = { a = "b"; c = "d" }',
        'key = { a = "b", }',
        'key = ["a"]',
        'key="a"',
        "no sense",
    ],
)
def test_a_line_of_another_shape_is_refused_by_its_number(line: str) -> None:
    with pytest.raises(ValueError, match="line 2 "):
        read(f"[section]\n{line}\n")
