"""What people beside the patient may do, judged on the whole suite; ways out are only written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import alarms, clearance, doors, people, permits, suite_own
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.detectors import Condition, live_condition
from mr_safety_console.domain.findings import Finding, Verdict, assess
from mr_safety_console.domain.people import Person
from mr_safety_console.domain.people_acts import (
    PersonEntersZoneIV,
    PersonLeaves,
    PersonLeavesZoneIV,
    RecordPersonPass,
)
from mr_safety_console.domain.people_facts import (
    HELD_OUTSIDE,
    Category,
    PersonEnteredZoneIV,
    PersonLeft,
    PersonLeftZoneIV,
    PersonPassed,
)
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import may
from mr_safety_console.domain.staff_screening import own_screening
from mr_safety_console.domain.suite_crossing import leave as leave_by_visit
from mr_safety_console.domain.suite_crossing import settled
from mr_safety_console.domain.suite_entry import UNEXPLAINED, watching
from mr_safety_console.domain.suite_permits import BY_PERMIT
from mr_safety_console.domain.suite_wands import witnessed
from mr_safety_console.domain.visit import fell, outlived
from mr_safety_console.domain.visit_facts import LeaveZoneIV, Leg, ZoneIVHeads
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]


def needed(state: SuiteState, person: str) -> Person | Refused:
    """Return somebody who is here, or the refusal that they are not."""
    return state.people.here.get(person) or refused("person-not-here")


def _outside(state: SuiteState, name: str) -> Person | Refused:
    """Return somebody who is here by their own name and not in the magnet room yet."""
    person = needed(state, name)
    if isinstance(person, Refused):
        return person
    if person.visit:
        return refused("person-by-visit")
    return refused("person-inside-already", no=person.no) if person.inside else person


def detector_pass(state: SuiteState, asked: RecordPersonPass, ctx: Ctx) -> Facts | Refused:
    """Keep one's word for another's walk past the detectors; nobody watches themselves."""
    person = _outside(state, asked.person)
    if isinstance(person, Refused):
        return person
    if why := may(state.staff, "detector-pass", ctx):
        return why
    if any(who.person == person.staff for who in ctx.signers):
        return refused("signs-for-self")
    if ctx.actor is not None and ctx.actor.person == person.staff:
        return refused("signs-for-self")
    for point in ctx.profile.detectors_iv:
        if why := watching(state, point.id, point.name, ctx):
            return why
    if witnessed(state, person.id, ctx) and (why := may(state.staff, "detector-pass-witness", ctx)):
        return why
    return (PersonPassed(person=person.id, points=tuple(point.id for point in ctx.profile.detectors_iv)),)


def entry_findings(state: SuiteState, person: Person, ctx: Ctx) -> tuple[Finding, ...]:
    """Return why this person may not go into the magnet room, the strictest first.

    For trained staff a dead detector is no reason while somebody inside may have to be fetched.
    """
    found = assess(clearance.STAFF_RULES, clearance.suite_case(state, ctx))
    if person.wand and pass_stands(person, ctx):
        found = _by_hand(state, found, ctx)
    trained = person.category is not Category.NON_MR and not own_screening(state.staff, person.staff, ctx)
    fetches = trained and state.visits.heads > 0
    if fetches:
        found = tuple(finding for finding in found if finding.verdict is Verdict.STOP)
    own = [Finding(Verdict.HOLD, why) for why in _holding(state, person, ctx)]
    if not (fetches and _blind(ctx)):
        own += [Finding(Verdict.HOLD, why) for why in _unpassed(person, ctx)]
    return tuple(sorted((*found, *own), key=lambda finding: -finding.verdict))


def _by_hand(state: SuiteState, found: tuple[Finding, ...], ctx: Ctx) -> tuple[Finding, ...]:
    """Return what stands against somebody gone over with a wand: not a dead detector alone."""
    deaf = [one for one in found if one.why.rule == "detector-unknown"]
    rest = tuple(one for one in found if one not in deaf)
    if not deaf or doors.kept(state.doors, ctx.now) is not None:
        return rest
    return (*rest, Finding(Verdict.HOLD, refused("keeper-needed", door=ctx.profile.door_iv.name)))


def _holding(state: SuiteState, person: Person, ctx: Ctx) -> tuple[Refused, ...]:
    found: list[Refused] = []
    if person.lost:
        found.append(refused("person-lost", no=person.no))
    if len(state.crossings.unknown.get(person.id, ())) >= UNEXPLAINED:
        found.append(refused("person-unexplained", no=person.no))
    if person.kind in HELD_OUTSIDE:
        found.append(refused("held-outside"))
    elif person.max_zone != "IV":
        found.append(refused("zone-not-allowed", zone=person.max_zone))
    if person.kind in BY_PERMIT:
        found += _working(state, person, ctx)
    if people.expired(person, ctx):
        found.append(refused("authorisation-over", no=person.no))
    found += suite_own.against(state, person, ctx)
    if person.category is Category.NON_MR and not people.escort_inside(state.people, person):
        found.append(refused("escort-not-inside", no=person.no))
    return tuple(found)


def _working(state: SuiteState, person: Person, ctx: Ctx) -> tuple[Refused, ...]:
    """Return what stands against work in the magnet room: no permit, or a patient in there."""
    patients = state.visits.inside
    beside = (refused("permit-patient-inside", no=patients[0].no),) if patients else ()
    permit = () if permits.working(state.permits, ctx.now) else (refused("permit-needed", no=person.no),)
    return (*beside, *permit)


def _blind(ctx: Ctx) -> bool:
    points = ctx.profile.detectors_iv
    return any(live_condition(ctx, point.id)[0] is Condition.UNKNOWN for point in points)


def _unpassed(person: Person, ctx: Ctx) -> tuple[Refused, ...]:
    leg = Leg.DETECTOR_PASS
    if person.fallen:
        return (refused("leg-fallen", leg=leg, reason=person.fallen),)
    if person.passed is None:
        return (refused("leg-missing", leg=leg, act="person-enters-zone-iv"),)
    valid_s = ctx.profile.limit("detector_pass_valid_s")
    if person.passed.boot != ctx.now.boot or outlived(person.passed, valid_s, ctx):
        return (refused("leg-expired", leg=leg),)
    return ()


def pass_stands(person: Person, ctx: Ctx) -> bool:
    """Tell whether this person's detector pass is there, and neither fallen nor too old."""
    return not _unpassed(person, ctx)


def enter(state: SuiteState, asked: PersonEntersZoneIV, ctx: Ctx) -> Facts | Refused:
    """Let somebody into the magnet room, or write down that they are in although something is against it."""
    person = _outside(state, asked.person)
    if isinstance(person, Refused):
        return person
    if state.emergency.current is not None:
        entered = PersonEnteredZoneIV(person=person.id, emergency=True)
        return _against(state, entered, "entered-in-emergency", ctx)
    found = entry_findings(state, person, ctx)
    if asked.anyway:
        rules = tuple(dict.fromkeys(finding.why.rule for finding in found))
        entered = PersonEnteredZoneIV(person=person.id, uncleared=True, against=rules or ("not-announced",))
        return _against(state, entered, "entered-uncleared", ctx)
    act = "enter-zone-iv" if person.category is Category.NON_MR else "transit"
    if why := may(state.staff, act, ctx):
        return why
    if found:
        return found[0].why
    told = _announced(state, ctx, inwards=True)
    worse = alarms.worsened(state.alarms, ("detector-lost",)) if told else ()
    return (*told, *worse, PersonEnteredZoneIV(person=person.id), _heads(state, person, 1))


def _against(state: SuiteState, entered: PersonEnteredZoneIV, rule: str, ctx: Ctx) -> Facts:
    person = state.people.here[entered.person]
    door, detail = ctx.profile.door_iv.id, "+".join((f"P{person.no}", *entered.against))
    raised = alarms.raise_or_repeat(state.alarms, rule, door, ctx.tokens[0], detail=detail)
    return (entered, _heads(state, person, 1), *raised)


def _announced(state: SuiteState, ctx: Ctx, *, inwards: bool) -> Facts:
    """Return the announcement of a crossing where none stands that covers it."""
    transit = doors.in_transit(state.doors, ctx.now)
    if transit is not None and (transit.inwards or not inwards):
        return ()
    return doors.announced("", inwards, state.visits.heads, ctx)


def _heads(state: SuiteState, person: Person, by: int) -> ZoneIVHeads:
    return ZoneIVHeads(person=person.id, staff_inside=max(0, state.visits.staff_inside + by), inwards=by > 0)


def leave_iv(state: SuiteState, asked: PersonLeavesZoneIV, ctx: Ctx) -> Facts | Refused:
    """Record that somebody is out of the magnet room, whoever says it."""
    person = needed(state, asked.person)
    if isinstance(person, Refused):
        return person
    if not person.inside:
        return refused("person-not-inside", no=person.no)
    if person.visit:
        stay = state.visits.staff_inside
        return leave_by_visit(state, LeaveZoneIV(visit=person.visit, staff_inside=stay), ctx)
    heads = settled(state, state.visits.heads - 1, ctx)
    return (
        *_announced(state, ctx, inwards=False),
        PersonLeftZoneIV(person=person.id),
        _heads(state, person, -1),
        *heads,
    )


def leave(state: SuiteState, asked: PersonLeaves, ctx: Ctx) -> Facts | Refused:
    """Record that somebody is gone, out of the magnet room as well if they were in there."""
    person = needed(state, asked.person)
    if isinstance(person, Refused):
        return person
    out: Facts | Refused = ()
    if person.inside:
        out = leave_iv(state, PersonLeavesZoneIV(person=person.id), ctx)
    if isinstance(out, Refused):
        return out
    visit = state.visits.open.get(person.visit)
    if visit is not None and person.inside:
        out = (*out, PersonLeftZoneIV(person=person.id))
    over = fell(visit, (Leg.ZONE_III,), "used") if visit else ()
    return (*out, PersonLeft(person=person.id), *over)
