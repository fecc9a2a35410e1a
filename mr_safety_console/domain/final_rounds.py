"""For whom the final check is read back twice, and whether both readings still stand.

The first reading of two makes no leg: it is kept, the list goes blank, and only the second is the go.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mr_safety_console.domain import checklists
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.findings import Case, Finding, hold
from mr_safety_console.domain.screening_facts import Verdict
from mr_safety_console.domain.visit import Visit, outlived
from mr_safety_console.domain.visit_facts import Leg

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

UNRESPONSIVE = "screening-unresponsive"


def reasons(state: SuiteState, person: Visit, ctx: Ctx) -> tuple[str, ...]:
    """Return why this visit is read back twice, of the site's own reasons; empty for once."""
    case = state.screening.cases.get(person.id)
    found = {
        "emergent": case is not None and case.emergent is not None,
        "conditions": case is not None and case.verdict is Verdict.CLEARED_WITH_CONDITIONS,
        "unresponsive": case is not None and case.form == UNRESPONSIVE,
        "capacity": case is not None and case.informant is not None and case.informant.capacity != "has",
        "released": bool(checklists.released(state.lists, person.id, Leg.DOOR_LIST, ctx.forms)),
    }
    return tuple(why for why, so in found.items() if so and why in ctx.profile.final_check_twice)


def first_stands(state: SuiteState, person: Visit, ctx: Ctx) -> bool:
    """Tell whether a first reading was made and is not too old; a reboot ends it."""
    made = state.lists.rounds.get(person.id)
    if made is None or made.at.boot != ctx.now.boot:
        return False
    return not outlived(made.at, ctx.profile.limit("final_check_valid_s"), ctx)


def first_due(state: SuiteState, person: Visit, ctx: Ctx) -> bool:
    """Tell whether the reading under way is the first of two."""
    return bool(reasons(state, person, ctx)) and not first_stands(state, person, ctx)


def read_twice(case: Case) -> Iterable[Finding]:
    """An emergent or complex patient was read back twice, and both readings still stand."""
    if case.visit.stands(Leg.FINAL_CHECK) and first_due(case.state, case.visit, case.ctx):
        yield hold("read-back-once")
