"""Shipped forms with random answers, drawn by seed: one draw a case, so properties stay quick."""

from __future__ import annotations

import random

from hypothesis import strategies as st

from screening_forms.answering import NOT_ASKED, is_question
from screening_forms.shipped import load_library
from screening_forms.types import Form, Item, ItemType

FORMS = sorted(load_library().values(), key=lambda form: form.id)


def valid_answer(item: Item, dice: random.Random) -> str:
    """Return a random answer that fits the question."""
    if item.type is ItemType.CHOICE:
        return dice.choice([option.code for option in item.options])
    if item.type is ItemType.INTEGER:
        return str(dice.randint(item.minimum or 0, item.maximum or 99))
    if item.type is ItemType.DECIMAL:
        return f"{dice.randint(int(item.minimum or 0) + 1, int(item.maximum or 99) - 1)}.5"
    if item.type is ItemType.DATE:
        return f"20{dice.randint(10, 30)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}"
    return "".join(dice.choices("abcé–", k=dice.randint(1, 20)))


def _case(index: int, seed: int, share: float) -> tuple[Form, dict[str, str]]:
    form, dice = FORMS[index], random.Random(seed)
    questions = [item for item in form.walk() if is_question(item) and dice.random() < share]
    return form, {
        item.link_id: NOT_ASKED if dice.random() < 0.02 else valid_answer(item, dice) for item in questions
    }


SEEDS = st.integers(0, 2**32)
CASES: st.SearchStrategy[tuple[Form, dict[str, str]]] = st.builds(
    _case, st.integers(0, len(FORMS) - 1), SEEDS, st.sampled_from([0.3, 0.8, 1.0])
)
"""A shipped form with some, most or all of its questions answered, a few marked as not asked."""
