"""The engine and a second implementation of the same rules agree on random forms and responses."""

from __future__ import annotations

import ast
import json
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from support import form_oracle
from support.random_forms import Maker
from support.source import ROOT

from screening_forms.questionnaire import read_questionnaire
from screening_forms.validate import validate


def both(seed: int) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    maker = Maker(seed)
    form = maker.form()
    response = maker.response(form)
    read = read_questionnaire(json.dumps(form).encode())
    ours = {
        (issue.rule, issue.link_id)
        for issue in validate(read, json.dumps(response).encode())
        if issue.severity == "error"
    }
    return ours, form_oracle.findings(form, response)


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 2**40))
def test_both_find_the_same_in_any_response(seed: int) -> None:
    ours, theirs = both(seed)
    assert ours == theirs


def test_the_random_pairs_reach_every_rule_and_sound_responses_as_well() -> None:
    """Without this the agreement could be about nothing."""
    met: Counter[str] = Counter()
    for seed in range(1_500):
        ours, theirs = both(seed)
        assert ours == theirs, seed
        met.update({rule for rule, _ in theirs} or {"nothing"})
    rules = {"nothing", "link-id", "item-twice", "order", "answers", "answer", "answer-value"}
    assert set(met) == rules | {"not-enabled", "required"}
    assert min(met.values()) >= 20, met


def test_the_second_reading_imports_nothing_of_the_first() -> None:
    tree = ast.parse((ROOT / "tests/support/form_oracle.py").read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert imported <= {"__future__", "collections.abc", "datetime", "decimal", "typing"}
