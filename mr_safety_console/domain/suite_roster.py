"""What the suite makes of having nobody: a shift closed without a successor, and nobody who signs on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mr_safety_console.domain import (
    clearance,
    doors,
    items_inside,
    occupancy,
    permits,
    suite_doors,
    suite_implants,
    zones,
)
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import NS, Ctx, Instant
from mr_safety_console.domain.doors import TransitEnded
from mr_safety_console.domain.findings import assess
from mr_safety_console.domain.lifecycle import ConsoleStarted
from mr_safety_console.domain.people_facts import PeopleReconciled
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.roster import (
    NOT_COUNTED,
    CloseShift,
    NobodyRostered,
    RosteredAgain,
    RosterWaits,
    ShiftClosed,
    left_s,
)
from mr_safety_console.domain.staff import SignedOff, SignedOn, may
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]

CLOSED, LEFT = "closed", "left"
SEEN_S = 900
"""How long ago an item that does not live in the magnet room may have been seen when a shift is closed."""


def standing(state: SuiteState, ctx: Ctx) -> tuple[Refused, ...]:
    """Return everything that keeps a shift from being closed with nobody following, people first."""
    return (
        *_people(state, ctx),
        *_work(state, ctx),
        *(found.why for found in assess(_ROOM, clearance.suite_case(state, ctx))),
        *_unseen(state, ctx),
    )


_ROOM = (
    clearance.door_closed,
    clearance.heads_agree,
    clearance.no_kit_inside,
    clearance.no_item_against,
    clearance.items_agree,
    clearance.nothing_broken,
)


def _people(state: SuiteState, ctx: Ctx) -> list[Refused]:
    found: list[Refused] = []
    if state.emergency.current is not None:
        found.append(refused("shift-emergency", no=state.emergency.current.no))
    heads = occupancy.heads(state)
    for zone in ("IV", "III"):
        if heads[zone]:
            found.append(
                refused("shift-people", zone=zones.name(ctx.profile, zone), who=", ".join(heads[zone]))
            )
    if state.visits.open:
        found.append(
            refused("shift-visit", who=", ".join(f"V{one.no}" for one in state.visits.open.values()))
        )
    return found


def _work(state: SuiteState, ctx: Ctx) -> list[Refused]:
    found = [refused("shift-permit", no=one.no) for one in state.permits.open.values()]
    found += [refused("shift-device", what=suite_implants.named(one)) for one in state.actions.open.values()]
    for name in state.bypass.open:
        point = ctx.profile.point(name)
        found.append(refused("shift-bypass", point=point.name if point else name))
    return found


def _unseen(state: SuiteState, ctx: Ctx) -> list[Refused]:
    """Return what nobody has looked for: what lives there this shift, anything else just now."""
    since = replace(ctx.now, bt=ctx.now.bt - SEEN_S * NS)
    left = items_inside.unseen(state.inside, since, ctx)
    return [refused("items-not-seen", count=len(left), first=left[0].no)] if left else []


def close(state: SuiteState, asked: CloseShift, ctx: Ctx) -> Facts | Refused:
    """Close the shift with nobody following, on heads counted by eye; one signature."""
    if why := next(iter(standing(state, ctx)), None):
        return why
    if asked.heads == NOT_COUNTED:
        return refused("shift-not-counted")
    recorded = state.visits.heads
    if asked.heads != recorded:
        return refused("head-count-differs", counted=asked.heads, recorded=recorded)
    if why := may(state.staff, "shift-close", ctx):
        return why
    told: Facts = (
        PeopleReconciled(counted=asked.heads, recorded=recorded),
        ShiftClosed(heads=asked.heads, items=len(state.inside.within("IV"))),
        *suite_doors.keeper_left(state, "nobody-rostered", ctx),
    )
    if state.staff.session is not None:
        told = (*told, SignedOff(person=state.staff.session.who.person, reason="shift-closed"))
    return (*told, *_begun(state, CLOSED, ctx))


def _begun(state: SuiteState, reason: str, ctx: Ctx) -> Facts:
    """Return the beginning: what was announced excuses nothing any more."""
    transit = doors.in_transit(state.doors, ctx.now) is not None
    over = (TransitEnded(reason="nobody-rostered"),) if transit else ()
    return (*over, NobodyRostered(reason=reason))


def followed(state: SuiteState, facts: Facts, ctx: Ctx) -> Facts:
    """Return what a decision means for the roster: somebody came, or the console was left to nobody."""
    came = next((fact.person for fact in facts if isinstance(fact, SignedOn)), None)
    known = state.roster
    if came is not None:
        waited = known.waits is not None or known.unrostered is not None
        return (RosteredAgain(person=came),) if waited else ()
    if known.waits is not None or known.unrostered is not None:
        return ()
    kinds = {type(fact) for fact in facts}
    started = state.staff.session is None and ConsoleStarted in kinds
    if NobodyRostered in kinds or not (SignedOff in kinds or started):
        return ()
    return (RosterWaits(after_s=ctx.profile.limit("unrostered_after_s")),)


def next_due(state: SuiteState, now: Instant) -> int | None:
    """Return the boot-time ns at which nobody is rostered, or None while somebody or something is here."""
    left = left_s(state.roster, now)
    if left is None or state.staff.session is not None or "roster" in state.broken or not _empty(state):
        return None
    work = [permits.left_s(one, now) for one in state.permits.open.values() if one.closed is None]
    return now.bt + int(max(0, left, *work) * NS)


def _empty(state: SuiteState) -> bool:
    if state.emergency.current is not None or not occupancy.known(state):
        return False
    heads = occupancy.heads(state)
    return not (heads["III"] or heads["IV"])


def tick(state: SuiteState, ctx: Ctx, ahead: int) -> Facts:
    """Return that nobody is rostered from now on, with the alarm of a door that stands open meanwhile."""
    due = next_due(state, ctx.now)
    if due is None or due > ctx.now.bt or ahead >= len(ctx.tokens):
        return ()
    stands = state.doors.open_since is not None
    raised = suite_doors.forced(state, ctx, ahead) if stands else ()
    return (*_begun(state, LEFT, ctx), *raised)
