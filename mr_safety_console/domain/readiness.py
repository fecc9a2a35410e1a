"""Whether the suite can take anybody in just now, whoever it is: what restricts it, by name.

Nothing found never means more than that: `nothing found by these checks`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import clearance, detectors
from mr_safety_console.domain.clearance import Finding, Verdict
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

RULES: tuple[clearance.Rule, ...] = (
    clearance.no_emergency,
    clearance.field_present,
    clearance.no_open_ferrous_alarm,
    clearance.detectors_watch,
    clearance.door_known,
    clearance.heads_agree,
    clearance.no_kit_inside,
    clearance.no_item_against,
    clearance.items_agree,
    clearance.people_answered_for,
    clearance.no_permit_open,
    clearance.nothing_broken,
)


def limits(state: SuiteState, ctx: Ctx) -> tuple[Finding, ...]:
    """Return what restricts the suite at this instant, the strictest in front.

    A detector that fell silent restricts it by its live level, before any fact says so.
    """
    found = clearance.assess(RULES, clearance.suite_case(state, ctx))
    unproved = tuple(
        Finding(Verdict.HOLD, refused("detector-unproved", point=point.name))
        for point in ctx.profile.detectors_iv
        if not detectors.proved(state.points, point.id, ctx)
    )
    return (*found, *unproved)
