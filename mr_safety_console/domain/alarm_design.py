"""Alarms that are held back by design just now: which rule, why, and when that ends.

None of them is an alarm of a detector, and none is High.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import doors, roster, suite_doors
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.value import frozen

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState


@frozen
class HeldBack:
    """`rule` does not ring because of `why`: announced or kept, at the latest until `until_bt`."""

    rule: str
    why: str
    until_bt: int
    person: str = ""


def held_back(state: SuiteState, ctx: Ctx) -> tuple[HeldBack, ...]:
    """Return what an opening of the magnet room's door would not ring just now; in a scan it rings."""
    found: tuple[HeldBack, ...] = ()
    if state.visits.scan_presumed or roster.unrostered(state):
        return found
    transit = doors.excusing(state.doors, ctx.now)
    if transit is not None:
        found += (HeldBack("door-unannounced", "announced", transit.due_bt),)
    keeper = doors.kept(state.doors, ctx.now)
    if keeper is not None and suite_doors.watched(state, ctx):
        found += (HeldBack("door-unannounced", "kept", keeper.due_bt, keeper.person),)
    return found
