"""The steps of a visit that a person takes by hand; entry and start are judged by the suite."""

from __future__ import annotations

from mr_safety_console.domain.codec import Command, Fact
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import StaffState, may
from mr_safety_console.domain.visit import BEFORE_ENTRY, VisitsState, expired, fell, needed
from mr_safety_console.domain.visit_facts import (
    CATEGORIES,
    IDENTIFIERS,
    AuthoriseZoneIII,
    CloseVisit,
    EndScan,
    IdentifyVisit,
    LeaveZoneIV,
    Leg,
    LegMade,
    OpenVisit,
    RecordBelongings,
    ScanEnded,
    VisitClosed,
    VisitOpened,
    ZoneIVLeft,
)
from mr_safety_console.domain.words import refused


def decide(state: VisitsState, asked: Command, ctx: Ctx, staff: StaffState) -> tuple[Fact, ...] | Refused:
    """Decide on the steps a person takes by hand; entry and start are judged by the suite."""
    match asked:
        case OpenVisit():
            return _open(state, asked, ctx, staff)
        case IdentifyVisit(visit=visit):
            return _identify(state, asked, ctx, staff)
        case RecordBelongings(visit=visit):
            return _leg(state, visit, Leg.BELONGINGS, "belongings", ctx, staff)
        case AuthoriseZoneIII(visit=visit):
            return _authorise(state, visit, ctx, staff)
        case EndScan(visit=visit):
            return _end_scan(state, visit)
        case LeaveZoneIV():
            return _leave(state, asked)
        case CloseVisit():
            return _close(state, asked, ctx, staff)
        case _:
            return ()


def _open(state: VisitsState, asked: OpenVisit, ctx: Ctx, staff: StaffState) -> tuple[Fact, ...] | Refused:
    if why := may(staff, "visit-open", ctx):
        return why
    if not asked.name.strip() or not asked.birth_date.strip():
        return refused("visit-needs-name")
    if asked.category not in CATEGORIES:
        return refused("person-terms", given=asked.category, choices=", ".join(CATEGORIES))
    return (
        VisitOpened(
            subject=ctx.tokens[0],
            visit=ctx.tokens[1],
            no=state.last_no + 1,
            name=asked.name,
            birth_date=asked.birth_date,
            exam=asked.exam,
            category=asked.category,
            scanner=ctx.profile.magnet,
            b0_mt=ctx.profile.b0_mt,
        ),
    )


def _identify(
    state: VisitsState, asked: IdentifyVisit, ctx: Ctx, staff: StaffState
) -> tuple[Fact, ...] | Refused:
    wrong = [name for name in asked.identifiers if name not in IDENTIFIERS]
    if wrong or len(set(asked.identifiers)) < 2:
        return refused("two-identifiers", choices=", ".join(IDENTIFIERS))
    detail = "+".join(sorted(set(asked.identifiers)))
    return _leg(state, asked.visit, Leg.IDENTITY, "visit-identify", ctx, staff, detail)


def _leg(
    state: VisitsState,
    visit: str,
    leg: Leg,
    act: str,
    ctx: Ctx,
    staff: StaffState,
    detail: str = "",
) -> tuple[Fact, ...] | Refused:
    known = needed(state, visit)
    if isinstance(known, Refused):
        return known
    if why := may(staff, act, ctx):
        return why
    return (LegMade(visit=visit, leg=leg, detail=detail),)


def _authorise(state: VisitsState, visit: str, ctx: Ctx, staff: StaffState) -> tuple[Fact, ...] | Refused:
    known = needed(state, visit)
    if isinstance(known, Refused):
        return known
    for leg, _ in BEFORE_ENTRY[:4]:
        if not known.stands(leg) or expired(known, leg, ctx):
            return refused("leg-missing", leg=leg, act="authorise-zone-iii")
    if known.holds:
        return refused("visit-held", count=len(known.holds))
    return _leg(state, visit, Leg.ZONE_III, "authorise-zone-iii", ctx, staff)


def _end_scan(state: VisitsState, visit: str) -> tuple[Fact, ...] | Refused:
    # Whoever says it: saying that a scan is over loosens nothing, and must not wait for a sign-on.
    known = needed(state, visit)
    if isinstance(known, Refused):
        return known
    return (ScanEnded(visit=visit),) if known.scan_presumed else ()


def _leave(state: VisitsState, asked: LeaveZoneIV) -> tuple[Fact, ...] | Refused:
    # Going out is never refused to anybody who is inside; it is only written down.
    known = needed(state, asked.visit)
    if isinstance(known, Refused):
        return known
    if not known.inside:
        return refused("visit-not-inside")
    out: tuple[Fact, ...] = (ZoneIVLeft(visit=known.id, staff_inside=max(0, asked.staff_inside)),)
    if known.scan_presumed:
        out = (ScanEnded(visit=known.id), *out)
    used = (Leg.DETECTOR_PASS, Leg.FINAL_CHECK, Leg.TABLE_LIST, Leg.START_CHECK)
    return (*out, *fell(known, used, "used"))


def _close(state: VisitsState, asked: CloseVisit, ctx: Ctx, staff: StaffState) -> tuple[Fact, ...] | Refused:
    known = needed(state, asked.visit)
    if isinstance(known, Refused):
        return known
    if why := may(staff, "visit-close", ctx):
        return why
    if asked.outcome not in ("completed", "not-scanned", "refused"):
        return refused("outcome-unknown", given=asked.outcome)
    if known.inside:
        return refused("visit-still-inside")
    screened = known.screening_alone and known.stands(Leg.SCREENING)
    if asked.outcome == "completed" and known.left is None and not screened:
        return refused("visit-not-scanned")
    if known.left is not None and not known.companion and not known.stands(Leg.COIL_REMOVED):
        return refused("leg-missing", leg=Leg.COIL_REMOVED, act="close-visit")
    return (VisitClosed(visit=known.id, outcome=asked.outcome),)
