"""Whether the suite can take anybody in just now, whoever it is: what restricts it, by name.

Nothing found never means more than that: `nothing found by these checks`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mr_safety_console.domain import check_rules, clearance, detectors, roster
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.door_watch import Watch, watch
from mr_safety_console.domain.findings import Case, Finding, Rule, Verdict, assess, hold

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

RULES: tuple[Rule, ...] = (
    clearance.no_emergency,
    clearance.field_present,
    clearance.no_open_ferrous_alarm,
    clearance.detectors_watch,
    clearance.door_known,
    clearance.heads_agree,
    clearance.no_count_alarm,
    clearance.openings_explained,
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
    return assess(
        (*RULES, check_rules.named, _door_stands, _proved, _rostered), clearance.suite_case(state, ctx)
    )


RESTRICTED, BLOCKED, STOP_USE = "RESTRICTED", "BLOCKED", "STOP USE"
"""What the suite is called while anything restricts it; with nothing found it is called nothing."""


def word(found: tuple[Finding, ...]) -> str:
    """Return the one word for what was found, empty for nothing: checks alone block or stop all use."""
    rules = {one.why.rule for one in found if one.verdict is Verdict.STOP}
    if check_rules.CANNOT_BE_BORNE in rules:
        return STOP_USE
    if rules & check_rules.BLOCKED:
        return BLOCKED
    return RESTRICTED if found else ""


_OPEN = (Watch.UNATTENDED, Watch.HELD, Watch.SCAN, Watch.FORCED)


def _door_stands(case: Case) -> Iterable[Finding]:
    """The magnet room's door is closed, or open just now for somebody announced or under eyes."""
    door = case.ctx.profile.door_iv
    condition, _ = detectors.live_condition(case.ctx, door.id)
    if watch(case.state, door, condition, case.ctx.now).watch in _OPEN:
        yield hold("door-not-closed", door=door.name)


def _proved(case: Case) -> Iterable[Finding]:
    """Every detector at that door was walk tested in this shift."""
    for point in case.ctx.profile.detectors_iv:
        if not detectors.proved(case.state.points, point.id, case.ctx):
            yield hold("detector-unproved", point=point.name)


def _rostered(case: Case) -> Iterable[Finding]:
    """Somebody is rostered."""
    if roster.unrostered(case.state):
        yield hold("nobody-rostered")
