"""How often a patient is spoken with in the scan: sooner where heat or trouble may go unreported."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from mr_safety_console.domain.codec import ERASED
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.screening_case import WEIGHS, Case
from mr_safety_console.domain.visit import Visit
from mr_safety_console.domain.watching_facts import CLOSE, WIDE

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

UNRESPONSIVE = "screening-unresponsive"
ANSWERS: Mapping[str, str] = MappingProxyType({"Q28": "no-feeling", "Q35": "drowsy", "Q40": "needs-help"})
"""The answers of an interview that shorten the interval: yes, and whatever is no answer."""


def reasons(case: Case | None) -> tuple[str, ...]:
    """Return why this patient is spoken with sooner than others; nobody asked is a reason too."""
    if case is None or case.emergent is not None:
        return ("not-asked",)
    found = [why for item, why in ANSWERS.items() if _weighs(case, item)]
    return ("unresponsive", *found) if case.form == UNRESPONSIVE else tuple(found)


def _weighs(case: Case, item: str) -> bool:
    told = (one.says for one in case.told.get(item, ()))
    said = {case.answers.get(item), case.said.get(item), case.again.get(item), *told}
    return bool(said & (WEIGHS | {ERASED}))


def of_visit(state: SuiteState, person: Visit) -> tuple[str, ...]:
    """Return the reasons that stand for a visit."""
    return reasons(state.screening.cases.get(person.id))


def closer(state: SuiteState, person: Visit) -> bool:
    """Tell whether the closer check-ins count: chosen, or wanted by a reason no Level 2 has weighed."""
    chosen, found = person.watch.chosen, of_visit(state, person)
    weighed = chosen == WIDE and set(found) <= set(person.watch.against)
    return chosen == CLOSE or (bool(found) and not weighed)


def within_s(state: SuiteState, person: Visit, ctx: Ctx) -> int:
    """Return the seconds between two check-ins of this patient."""
    usual = ctx.profile.limit("checkin_s")
    return min(usual, ctx.profile.limit("checkin_close_s")) if closer(state, person) else usual
