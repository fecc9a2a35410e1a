"""What the checks of the suite speak against: a hold, BLOCKED or STOP USE, for whom, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from mr_safety_console.domain import checks
from mr_safety_console.domain.check_template import HOUR_S, Check, Effect, Limits, Per
from mr_safety_console.domain.checks import Kept, Standing
from mr_safety_console.domain.context import Ctx, Instant
from mr_safety_console.domain.findings import Case, Finding, Verdict, hold, stop
from mr_safety_console.domain.profile import PointKind, SiteProfile
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.words import say

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

ENTRY = (Limits.ENTRY,)
SCAN = (Limits.ENTRY, Limits.SCAN)
NAMED = tuple(Limits)
CANNOT_BE_BORNE = "check-stop-use"
BLOCKED = frozenset({"check-blocks", "check-overdue"})
"""Findings that block, as long as nobody bears them; with `CANNOT_BE_BORNE` those that are a STOP."""


@frozen
class Line:
    """One check of one asset as it stands now."""

    check: Check
    asset: str
    kept: Kept | None
    standing: Standing

    @property
    def key(self) -> str:
        """Return what it is kept under."""
        return checks.key(self.check.id, self.asset)


def assets(profile: SiteProfile, check: Check) -> tuple[str, ...]:
    """Return what a check is made of singly; the suite as a whole is the empty id."""
    match check.per:
        case Per.DETECTOR:
            return tuple(point.id for point in profile.detectors_iv)
        case Per.DOOR:
            return tuple(point.id for point in profile.of_kind(PointKind.DOOR))
        case Per.WAND:
            return tuple(wand.id for wand in profile.wands)
        case _:
            return ("",)


def lines(state: SuiteState, ctx: Ctx) -> tuple[Line, ...]:
    """Return every check of the site as it stands now, in the order of the template."""
    return tuple(_lines(state, ctx))


def _lines(state: SuiteState, ctx: Ctx) -> Iterator[Line]:
    for check in ctx.profile.checks:
        for asset in assets(ctx.profile, check):
            kept = state.checks.kept.get(checks.key(check.id, asset))
            yield Line(check, asset, kept, checks.standing(kept, ctx.now))


def line(state: SuiteState, ctx: Ctx, check: str, asset: str) -> Line | None:
    """Return one check of one asset, or None where the site does not make it."""
    return next((one for one in _lines(state, ctx) if (one.check.id, one.asset) == (check, asset)), None)


def called(profile: SiteProfile, check: str, asset: str = "") -> str:
    """Return what people call a check, with what it is made of."""
    point, wand = profile.point(asset), profile.wand(asset)
    of = point.name if point else wand.name if wand else asset
    words = f"{check} {say('check', check)}"
    return f"{words}, {of}" if of else words


def let_in(case: Case) -> Iterable[Finding]:
    """No check that restricts the way in is failed, overdue or unanswered, and no STOP USE stands."""
    return _found(case, ENTRY)


def let_scan(case: Case) -> Iterable[Finding]:
    """The same for the way in and for the scan."""
    return _found(case, SCAN)


def named(case: Case) -> Iterable[Finding]:
    """Everything the checks restrict. What leaves the way in alone does not block the suite."""
    for limits in NAMED:
        for one in _found(case, (limits,)):
            blocks = limits is Limits.ENTRY or one.why.rule == CANNOT_BE_BORNE
            yield one if blocks else Finding(Verdict.HOLD, one.why)


def _found(case: Case, limits: tuple[Limits, ...]) -> Iterator[Finding]:
    unanswered: list[Line] = []
    for one in _lines(case.state, case.ctx):
        if one.check.limits not in limits:
            continue
        if one.standing is Standing.UNANSWERED and one.check.blocks:
            unanswered.append(one)
        elif found := _against(one, case.ctx):
            yield found
    if unanswered:
        first = called(case.ctx.profile, unanswered[0].check.id, unanswered[0].asset)
        yield hold("check-unanswered", count=len(unanswered), first=first)


def _against(one: Line, ctx: Ctx) -> Finding | None:
    what = called(ctx.profile, one.check.id, one.asset)
    limits = say("check-limits", one.check.limits)
    if one.standing is Standing.STOPPED:
        instead = ctx.profile.instead or say("check-instead", "none")
        return stop(CANNOT_BE_BORNE, what=what, instead=instead)
    if one.check.fails is Effect.NOTE or (one.standing is Standing.FAILED and _still_noted(one, ctx.now)):
        return None
    if one.standing not in (Standing.FAILED, Standing.OVERDUE):
        return None
    advice = say("check-fails", one.check.id)
    make = stop if one.check.blocks else hold
    if one.standing is Standing.OVERDUE:
        return make("check-overdue" if one.check.blocks else "check-late", what=what, limits=limits)
    return make(
        "check-blocks" if one.check.blocks else "check-restricts", what=what, limits=limits, now=advice
    )


def _still_noted(one: Line, now: Instant) -> bool:
    """Tell whether a failure is too young to do more than be shown."""
    last = one.kept.last if one.kept else None
    return last is not None and checks.age_s(last.at, now) < one.check.grace_h * HOUR_S


def waivers(state: SuiteState, ctx: Ctx) -> tuple[Line, ...]:
    """Return the checks a waiver lifts now: each is shown and counted until it ends."""
    return tuple(one for one in _lines(state, ctx) if one.standing is Standing.WAIVED)
