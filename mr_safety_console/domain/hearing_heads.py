"""Which heads the noise would reach, and how each of them stands: the one list for rule and screen."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.findings import Case, Finding, hold
from mr_safety_console.domain.hearing import Fitted, head_key
from mr_safety_console.domain.people import PeopleState
from mr_safety_console.domain.people_facts import Category
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.visit import VisitsState, outlived

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

VALID = "table_list_valid_s"
"""A fit is as old as a table list may be: then it is looked at again."""


class Stands(StrEnum):
    """How one head stands before the noise. Only SEEN carries."""

    BLANK = "blank"
    NOT_SEEN = "not-seen"
    OLD = "old"
    SEEN = "seen"


@frozen
class Head:
    """One head in the magnet room, and what people call it: V12, P7, S1 for the first without a name."""

    called: str
    visit: str = ""
    person: str = ""
    nameless: str = ""
    staff: bool = False

    @property
    def key(self) -> str:
        """Return the key it stands under in the state."""
        return head_key(self.visit, self.person, self.nameless)


def nameless(visits: VisitsState, people: PeopleState) -> int:
    """Return how many heads in the magnet room have neither visit nor name."""
    return max(0, visits.staff_inside - people.named_inside)


def heads(visits: VisitsState, people: PeopleState) -> tuple[Head, ...]:
    """Return every head the record has in the magnet room: patients, people by name, heads by number."""
    inside = sorted(visits.inside, key=lambda one: (one.companion, one.no))
    named = sorted((one for one in people.inside if not one.visit), key=lambda one: one.no)
    return (
        *(Head(f"V{one.no}", visit=one.id) for one in inside),
        *(Head(f"P{one.no}", person=one.id, staff=one.category is not Category.NON_MR) for one in named),
        *(Head(f"S{no}", nameless=f"S{no}", staff=True) for no in range(1, nameless(visits, people) + 1)),
    )


def inside(state: SuiteState) -> tuple[Head, ...]:
    """Return every head the record has in the magnet room now."""
    return heads(state.visits, state.people)


def standing(fitted: Fitted | None, ctx: Ctx) -> Stands:
    """Return how a head stands by what is recorded of it."""
    if fitted is None:
        return Stands.BLANK
    if not fitted.seen:
        return Stands.NOT_SEEN
    return Stands.OLD if outlived(fitted.at, ctx.profile.limit(VALID), ctx) else Stands.SEEN


def unheard(state: SuiteState, ctx: Ctx) -> tuple[Head, ...]:
    """Return the heads of which nobody can say yet what they wear and that it sits."""
    known = state.hearing.heads
    return tuple(one for one in inside(state) if standing(known.get(one.key), ctx) is not Stands.SEEN)


def heard_for(case: Case) -> Iterable[Finding]:
    """Every head in the room wears a protector whose fit was seen, or is exempt on record."""
    left = unheard(case.state, case.ctx)
    if left:
        yield hold("hearing-missing", count=len(left), heads=", ".join(one.called for one in left))
