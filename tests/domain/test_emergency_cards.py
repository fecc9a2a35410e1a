"""The cards: every kind has one, short lines, verb first, nothing promised, no field on the arrest card."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mr_safety_console.domain.emergency_cards import (
    CARDS,
    LETTERS,
    NOT_APPROVED,
    Card,
    CardStep,
    EmergencyKind,
    lines_of,
    lint_card,
)

VERBS = {
    "Ask",
    "Bar",
    "Bring",
    "Brief",
    "Call",
    "Challenge",
    "Cool",
    "Count",
    "Free",
    "Get",
    "Hand",
    "Keep",
    "Leave",
    "Look",
    "Meet",
    "Open",
    "Press",
    "Raise",
    "Reach",
    "Read",
    "Record",
    "Shout",
    "Shut",
    "Slide",
    "Speak",
    "Start",
    "Stop",
    "Take",
    "Write",
}
CARD = CARDS[EmergencyKind.ARREST]


@pytest.mark.parametrize("card", CARDS.values(), ids=lambda card: card.title)
def test_every_card_passes_its_lint_and_says_it_is_not_approved(card: Card) -> None:
    assert lint_card(card) == ()
    assert card.approval == NOT_APPROVED
    assert LETTERS[card.letter] is card.kind


@pytest.mark.parametrize("card", CARDS.values(), ids=lambda card: card.title)
def test_every_step_begins_with_a_verb(card: Card) -> None:
    assert {step.words.split()[0].rstrip(":,") for step in card.steps} <= VERBS


def test_every_kind_has_a_letter_and_a_card() -> None:
    assert set(CARDS) == set(EmergencyKind) == set(LETTERS.values())
    assert len(LETTERS) == len(EmergencyKind)


def test_the_arrest_card_runs_from_e0_to_the_count_and_never_names_the_field() -> None:
    assert [step.id for step in CARD.steps] == [f"E{n}" for n in range(12)]
    assert CARD.steps[-1].name == "ROOM_RECONCILED"
    text = " ".join(lines_of(CARD)).lower()
    assert "quench" not in text
    assert "field" not in text


def test_the_oxygen_step_of_the_quench_card_is_a_reading() -> None:
    names = {step.id: step.name for step in CARDS[EmergencyKind.QUENCH].steps}
    assert names["Q6"] == "O2_READING"


def test_power_off_says_that_the_field_stays() -> None:
    words = [step.words for step in CARDS[EmergencyKind.FIRE].steps if step.name == "POWER_OFF"]
    assert "FIELD STAYS ON" in words[0]


@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        ((CardStep("E5", "X", "Stop and press the quench button"),), "speaks of the field"),
        ((CardStep("E5", "X", "Say that the room is safe"),), "promises"),
        ((CardStep("E5", "X", "Wait until all of it is entirely over and done"),), "more than 8 words"),
        ((CARD.steps[2],), "stands twice"),
    ],
)
def test_the_lint_names_a_bad_line(steps: tuple[CardStep, ...], fault: str) -> None:
    bad = replace(CARD, steps=(*CARD.steps[:5], *steps, *CARD.steps[6:]))
    assert any(fault in line for line in lint_card(bad))


def test_the_lint_names_a_card_without_ends_or_keep_out_list() -> None:
    faults = lint_card(replace(CARD, steps=CARD.steps[1:], keep_out=()))
    assert len(faults) == 2
