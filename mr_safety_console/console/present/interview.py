"""An interview as it is worked on: its questions, where the work goes on, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from mr_safety_console.console.present.view import View
from mr_safety_console.domain import screening
from mr_safety_console.domain.screening import Case
from mr_safety_console.domain.screening_case import asked_on
from screening_forms import answering
from screening_forms.types import Form, Item

PER_PAGE = 7
AGAIN, HOLD, ANSWER = "again:", "hold:", "answer:"


@dataclass(frozen=True)  # without slots, so that what is asked is worked out once
class Interview:
    """One interview as worked on.

    `pending` are answers given but not yet confirmed by the engine, `wrong` what it said of one it refused.
    """

    case: Case
    form: Form
    pending: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)

    @property
    def signed(self) -> bool:
        """Tell whether the first reviewer has signed."""
        return bool(self.case.first)

    @cached_property
    def answers(self) -> dict[str, str]:
        """Return the answers as they stand on the screen."""
        merged = {**self.case.answers, **self.pending}
        return {item: value for item, value in merged.items() if value}

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Return the questions asked now."""
        return answering.asked(self.form, self.answers)

    @cached_property
    def starred(self) -> tuple[Item, ...]:
        """Return the questions asked once more, aloud, by the interactive reviewer."""
        return tuple(item for item in answering.asked(self.form, self.case.answers) if item.ask_again)

    @property
    def heard(self) -> dict[str, str]:
        """Return what was said aloud so far."""
        return {**self.case.again, **self.pending}

    @property
    def all_heard(self) -> bool:
        """Tell whether every starred question was asked aloud: then what holds stands in front."""
        return all(item.link_id in self.heard for item in self.starred)


def interview(
    view: View, pending: Mapping[str, str], wrong: Mapping[str, str] | None = None
) -> Interview | None:
    """Return the interview of the selected visit; None when it has not begun or its form is not loaded."""
    case = view.state.screening.cases.get(view.selected)
    form = asked_on(case, view.forms) if case else None
    return Interview(case, form, pending, wrong or {}) if case and form else None


def owner_of(view: View, case: Case) -> str:
    """Return the initials of who has the interview in hand."""
    return view.person(case.owner) if case.owner else "nobody"


def keys_of(held: Interview) -> tuple[str, ...]:
    """Return the keys of every row the cursor can stand on, in order."""
    if not held.signed:
        return tuple(item.link_id for item in held.items)
    asked = tuple(AGAIN + item.link_id for item in held.starred)
    holds = tuple(HOLD + item for item in screening.must_resolve(held.case))
    first = (*holds, *asked) if held.all_heard else (*asked, *holds)
    return (*first, *(ANSWER + item.link_id for item in held.items))


def first_open(held: Interview) -> str:
    """Return where the work goes on: the first blank question, then what was not asked aloud, then holds."""
    if not held.signed:
        blank = answering.missing(held.form, held.answers)
        return blank[0].link_id if blank else ""
    left = [item for item in held.starred if item.link_id not in held.heard]
    if left:
        return AGAIN + left[0].link_id
    holds = screening.unresolved(held.case)
    return HOLD + holds[0] if holds else ""


def progress(held: Interview) -> str:
    """Return how far the answers are: `12 of 44 answered, 32 blank`; what may stay blank holds nothing up."""
    items = held.items
    blank = sum(answering.is_blank(held.answers.get(item.link_id)) for item in items)
    still = "blank" if first_open(held) or not blank else "may stay blank"
    return f"{len(items) - blank} of {len(items)} answered, {blank} {still}"


def place_of(held: Interview, cursor: str) -> tuple[int, int]:
    """Return which page the cursor stands on, counted from 0, and how many there are."""
    ids = [item.link_id for item in held.items]
    place = ids.index(cursor) if cursor in ids else 0
    return place // PER_PAGE, max(1, -(-len(ids) // PER_PAGE))
