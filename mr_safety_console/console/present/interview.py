"""An interview as it is worked on: its questions, where the work goes on, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from mr_safety_console.console.present import answers
from mr_safety_console.console.present.along import Along
from mr_safety_console.console.present.view import View
from mr_safety_console.domain import screening, screening_case
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
    `along` is the language somebody reads along in, `offered` one that who answers speaks. `room` is how
    many cells and lines the questions have; with no lines seven stand on a page.
    """

    case: Case
    form: Form
    pending: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)
    along: Along | None = None
    offered: str = ""
    room: tuple[int, int] = (0, 0)

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
    def asked(self) -> tuple[Item, ...]:
        """Return the questions asked now in the order of the form, in which they are kept and reviewed."""
        return answering.asked(self.form, self.answers)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Return the questions asked now in the order of the work: what the answers want in words last."""
        first = tuple(item for item in self.asked if not answers.follows(item))
        return (*first, *(item for item in self.asked if answers.follows(item)))

    def asks_for(self, item: Item) -> Item | None:
        """Return the question whose answer asks for this detail; None for a question of its own."""
        wanted = item.enable_when[0].question if answers.follows(item) else ""
        return self.form.item(wanted) if wanted else None

    @cached_property
    def starred(self) -> tuple[Item, ...]:
        """Return the questions asked once more, aloud, by the interactive reviewer."""
        return tuple(item for item in answering.asked(self.form, self.case.answers) if item.ask_again)

    @property
    def heard(self) -> dict[str, str]:
        """Return what was said aloud so far."""
        return {**screening_case.aloud(self.case), **self.pending}

    def is_hidden(self, link_id: str) -> bool:
        """Tell whether a starred question was not asked aloud yet: that it holds tells its answer."""
        return link_id not in self.heard and any(item.link_id == link_id for item in self.starred)

    @property
    def all_heard(self) -> bool:
        """Tell whether every starred question was asked aloud: then what holds stands in front."""
        return all(item.link_id in self.heard for item in self.starred)


def called(held: Interview, item: Item) -> str:
    """Return what people call a question: its code, or whose detail it is."""
    asking = held.asks_for(item)
    return f"{asking.code or asking.link_id}, in words" if asking else item.code or item.link_id


def interview(
    view: View,
    pending: Mapping[str, str],
    wrong: Mapping[str, str] | None = None,
    sheet: str = "",
    **shown: Any,
) -> Interview | None:
    """Return the interview of the selected visit, or the further form `sheet` beside it.

    None when it has not begun or its form is not loaded. `shown` is how it stands on the screen: `along`,
    `offered`, `room`.
    """
    case = screening.case_of(view.state.screening, view.selected, sheet)
    form = asked_on(case, view.forms) if case else None
    return Interview(case, form, pending, wrong or {}, **shown) if case and form else None


def owner_of(view: View, case: Case) -> str:
    """Return the initials of who has the interview in hand."""
    return view.person(case.owner) if case.owner else "nobody"


def keys_of(held: Interview) -> tuple[str, ...]:
    """Return the keys of every row the cursor can stand on, in order."""
    if not held.signed:
        return tuple(item.link_id for item in held.items)
    asked = tuple(AGAIN + item.link_id for item in held.starred)
    holds = tuple(HOLD + item for item in screening.must_resolve(held.case) if not held.is_hidden(item))
    first = (*holds, *asked) if held.all_heard else (*asked, *holds)
    return (*first, *(ANSWER + item.link_id for item in held.asked))


def first_open(held: Interview) -> str:
    """Return where the work goes on: the first blank question, then what was not asked aloud, then holds."""
    if not held.signed:
        blank = [item.link_id for item in answering.missing(held.form, held.answers)]
        found = (item.link_id for item in held.items if item.link_id in blank)
        return next(found, blank[0] if blank else "")
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
