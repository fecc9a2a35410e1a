"""Any form on paper: everything a person needs to answer by hand, and nothing filled in."""

from __future__ import annotations

import json
from collections.abc import Mapping

from support.rich_form import RICH

from screening_forms.paper import WIDTH, paper
from screening_forms.questionnaire import read_questionnaire
from screening_forms.types import Form


def test_every_question_of_every_shipped_form_stands_on_paper(
    library: Mapping[str, Form],
) -> None:
    for form in library.values():
        lines = list(paper(form))
        assert max(map(len, lines)) <= WIDTH
        printed = " ".join(" ".join(lines).split())
        for item in form.walk():
            assert " ".join(item.text.split()) in printed
            for option in item.options:
                assert f"[ ] {option.display}" in printed


def test_nothing_is_filled_in_and_what_is_empty_is_no_no(library: Mapping[str, Form]) -> None:
    printed = "\n".join(paper(library["screening-adult"]))
    assert "[x]" not in printed.lower()
    assert "A line left empty is not a no." in printed
    assert "* The reviewer asks this again by voice" in printed


def test_conditions_limits_and_proposals_are_told_in_words() -> None:
    printed = " ".join(" ".join(paper(read_questionnaire(json.dumps(RICH).encode()))).split())
    for words in (
        "Only if “Q90” is Yes or “Which?” is not answered.",
        "Only if “Height” is above 100.",
        "from 30.5",
        "up to 350 kg",
        "the form proposes 170; it counts only once somebody has said so",
        "may be filled in again",
        "worked out by the form: %n + 1",
        "evidence: implant-card",
        "resolver: radiologist",
        "[ ] other:",
        "attached as:",
    ):
        assert words in printed, words
