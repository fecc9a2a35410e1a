"""What people beside the patient may do, judged on the whole suite; ways out are only written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import alarms, clearance, doors, people
from mr_safety_console.domain.clearance import Finding, Verdict
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import NS, Ctx
from mr_safety_console.domain.detectors import Condition, live_condition
from mr_safety_console.domain.people import OFFER_S, Person, category_of
from mr_safety_console.domain.people_facts import (
    HELD_OUTSIDE,
    NAMED_AT_THE_DOOR,
    AcceptEscort,
    AdmitColleague,
    AdmitPerson,
    Category,
    EscortAccepted,
    EscortOffered,
    FindPerson,
    LoseTrack,
    OfferEscort,
    PeopleReconciled,
    PersonAdmitted,
    PersonEnteredZoneIV,
    PersonEntersZoneIV,
    PersonFound,
    PersonKind,
    PersonLeaves,
    PersonLeavesZoneIV,
    PersonLeft,
    PersonLeftZoneIV,
    PersonLost,
    PersonPassed,
    PersonRefused,
    PersonRenewed,
    ReconcileHeads,
    RecordPersonPass,
    RenewPerson,
    TurnAway,
)
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import may
from mr_safety_console.domain.suite_crossing import heads_counted, settled
from mr_safety_console.domain.suite_crossing import leave as leave_by_visit
from mr_safety_console.domain.suite_entry import watching
from mr_safety_console.domain.visit import Visit, fell, outlived
from mr_safety_console.domain.visit_facts import LeaveZoneIV, Leg, ZoneIVHeads
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]

ZONES = ("III", "IV")


def _needed(state: SuiteState, person: str) -> Person | Refused:
    return state.people.here.get(person) or refused("person-not-here")


# --- into Zone III ---


def admit_colleague(state: SuiteState, asked: AdmitColleague, ctx: Ctx) -> Facts | Refused:
    """Let a member of staff into Zone III; one who is neither Level 1 nor 2 comes under an escort."""
    known = state.staff.people.get(asked.staff)
    if known is None:
        return refused("person-unknown")
    here = people.of_staff(state.people, asked.staff)
    if here is not None:
        return refused("person-here-already", no=here.no)
    category = category_of(state.staff, asked.staff)
    trained = category is not Category.NON_MR
    if why := may(state.staff, "admit-colleague" if trained else "authorise-zone-iii", ctx):
        return why
    told = PersonAdmitted(
        subject=known.id,
        person=ctx.tokens[0],
        no=state.people.last_no + 1,
        kind_of=PersonKind.STAFF,
        category=category,
        staff=known.id,
        escort="" if trained or ctx.actor is None else ctx.actor.person,
        valid_s=0 if trained else ctx.profile.limit("authorisation_valid_s"),
    )
    return (told,)


def admit_person(state: SuiteState, asked: AdmitPerson, ctx: Ctx) -> Facts | Refused:
    """Let somebody outside the register into Zone III, under a named Level 2 escort."""
    if why := _terms(state, asked) or may(state.staff, "authorise-zone-iii", ctx):
        return why
    told = PersonAdmitted(
        subject=ctx.tokens[0],
        person=ctx.tokens[1],
        no=state.people.last_no + 1,
        kind_of=PersonKind(asked.kind_of),
        category=Category.NON_MR,
        name=asked.name,
        purpose=asked.purpose,
        escort=asked.escort,
        max_zone=asked.max_zone,
        valid_s=ctx.profile.limit("authorisation_valid_s"),
    )
    return (told,)


def _terms(state: SuiteState, asked: AdmitPerson) -> Refused | None:
    if asked.kind_of == PersonKind.COMPANION:
        return refused("companion-own-visit")
    if asked.kind_of not in NAMED_AT_THE_DOOR:
        return refused("person-terms", given=asked.kind_of, choices=", ".join(NAMED_AT_THE_DOOR))
    if asked.max_zone not in ZONES:
        return refused("person-terms", given=asked.max_zone, choices=", ".join(ZONES))
    if asked.max_zone == "IV" and asked.kind_of in HELD_OUTSIDE:
        return refused("held-outside")
    if not asked.name.strip() or not asked.purpose.strip():
        return refused("person-needs-name")
    if category_of(state.staff, asked.escort) is not Category.LEVEL_2:
        return refused("escort-not-level-2")
    return None


def renew(state: SuiteState, asked: RenewPerson, ctx: Ctx) -> Facts | Refused:
    """Give somebody who is here leave anew."""
    person = _needed(state, asked.person)
    if isinstance(person, Refused):
        return person
    if why := may(state.staff, "authorise-zone-iii", ctx):
        return why
    if not person.valid_s:
        return ()
    return (PersonRenewed(person=person.id, valid_s=ctx.profile.limit("authorisation_valid_s")),)


def turn_away(state: SuiteState, asked: TurnAway, ctx: Ctx) -> Facts | Refused:
    """Write down that somebody was refused at the door."""
    if why := may(state.staff, "people-track", ctx):
        return why
    if asked.kind_of not in tuple(PersonKind):
        return refused("person-terms", given=asked.kind_of, choices=", ".join(PersonKind))
    kind = PersonKind(asked.kind_of)
    return (PersonRefused(subject=ctx.tokens[0], kind_of=kind, name=asked.name, why=asked.why),)


# --- past the detector and into Zone IV ---


def detector_pass(state: SuiteState, asked: RecordPersonPass, ctx: Ctx) -> Facts | Refused:
    """Keep one's word for another's walk past the detectors; nobody watches themselves."""
    person = _needed(state, asked.person)
    if isinstance(person, Refused):
        return person
    if person.visit:
        return refused("person-by-visit")
    if person.inside:
        return refused("person-inside-already", no=person.no)
    if why := may(state.staff, "detector-pass", ctx):
        return why
    if ctx.actor is not None and ctx.actor.person == person.staff:
        return refused("signs-for-self")
    for point in ctx.profile.detectors_iv:
        if why := watching(state, point.id, point.name, ctx):
            return why
    return (PersonPassed(person=person.id, points=tuple(point.id for point in ctx.profile.detectors_iv)),)


def entry_findings(state: SuiteState, person: Person, ctx: Ctx) -> tuple[Finding, ...]:
    """Return why this person may not go into the magnet room, the strictest first.

    For trained staff a dead detector is no reason while somebody inside may have to be fetched.
    """
    nobody = Visit(id="", no=0, subject="", name="", birth_date="", exam="", opened=ctx.now)
    found = clearance.assess(clearance.STAFF_RULES, clearance.Case(state, nobody, ctx))
    fetches = person.category is not Category.NON_MR and state.visits.heads > 0
    if fetches:
        found = tuple(finding for finding in found if finding.verdict is Verdict.STOP)
    own = [Finding(Verdict.HOLD, why) for why in _holding(state, person, ctx)]
    if not (fetches and _blind(ctx)):
        own += [Finding(Verdict.HOLD, why) for why in _unpassed(person, ctx)]
    return tuple(sorted((*found, *own), key=lambda finding: -finding.verdict))


def _holding(state: SuiteState, person: Person, ctx: Ctx) -> tuple[Refused, ...]:
    found: list[Refused] = []
    if person.lost:
        found.append(refused("person-lost", no=person.no))
    if person.kind in HELD_OUTSIDE:
        found.append(refused("held-outside"))
    elif person.max_zone != "IV":
        found.append(refused("zone-not-allowed", zone=person.max_zone))
    if people.expired(person, ctx):
        found.append(refused("authorisation-over", no=person.no))
    if person.category is Category.NON_MR and not people.escort_inside(state.people, person):
        found.append(refused("escort-not-inside", no=person.no))
    return tuple(found)


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
    person = _needed(state, asked.person)
    if isinstance(person, Refused):
        return person
    if person.visit:
        return refused("person-by-visit")
    if person.inside:
        return refused("person-inside-already", no=person.no)
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


# --- out again: never refused ---


def leave_iv(state: SuiteState, asked: PersonLeavesZoneIV, ctx: Ctx) -> Facts | Refused:
    """Record that somebody is out of the magnet room, whoever says it."""
    person = _needed(state, asked.person)
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
    person = _needed(state, asked.person)
    if isinstance(person, Refused):
        return person
    out: Facts | Refused = ()
    if person.inside:
        out = leave_iv(state, PersonLeavesZoneIV(person=person.id), ctx)
    if isinstance(out, Refused):
        return out
    visit = state.visits.open.get(person.visit)
    over = fell(visit, (Leg.ZONE_III,), "used") if visit else ()
    return (*out, PersonLeft(person=person.id), *over)


# --- who answers for whom, and where they are ---


def offer_escort(state: SuiteState, asked: OfferEscort, ctx: Ctx) -> Facts | Refused:
    """Offer somebody's escort to another Level 2; it stays whose it is until that one accepts."""
    person = _needed(state, asked.person)
    if isinstance(person, Refused):
        return person
    if why := may(state.staff, "escort-offer", ctx):
        return why
    if not person.escort or asked.to in (person.escort, person.staff):
        return refused("escort-already", no=person.no)
    if category_of(state.staff, asked.to) is not Category.LEVEL_2:
        return refused("escort-not-level-2")
    due = ctx.now.bt + OFFER_S * NS
    told = EscortOffered(person=person.id, escort=person.escort, to=asked.to, due_bt=due, boot=ctx.now.boot)
    return (told,)


def accept_escort(state: SuiteState, asked: AcceptEscort, ctx: Ctx) -> Facts | Refused:
    """Take somebody over, signed by whom it was offered to, who is where that person is."""
    person = _needed(state, asked.person)
    if isinstance(person, Refused):
        return person
    offer = person.offer
    if offer is None or offer.boot != ctx.now.boot or ctx.now.bt >= offer.due_bt:
        return refused("no-offer", no=person.no)
    if not any(who.person == offer.to for who in ctx.signers):
        return refused("signature-missing", act="accept-escort", count=1, roles="whom it was offered to")
    if why := may(state.staff, "escort-accept", ctx):
        return why
    escort = people.of_staff(state.people, offer.to)
    if person.inside and (escort is None or not escort.inside):
        return refused("escort-not-inside", no=person.no)
    return (EscortAccepted(person=person.id, escort=offer.to),)


def lose_track(state: SuiteState, asked: LoseTrack, ctx: Ctx) -> Facts | Refused:
    """Say that nobody knows where somebody is; the record leaves them where they were."""
    return _tracked(state, asked.person, ctx, lost=True)


def find(state: SuiteState, asked: FindPerson, ctx: Ctx) -> Facts | Refused:
    """Say that somebody was seen where the record has them."""
    return _tracked(state, asked.person, ctx, lost=False)


def _tracked(state: SuiteState, name: str, ctx: Ctx, *, lost: bool) -> Facts | Refused:
    person = _needed(state, name)
    if isinstance(person, Refused):
        return person
    if why := may(state.staff, "people-track", ctx):
        return why
    if person.lost is lost:
        return ()
    return (PersonLost(person=person.id) if lost else PersonFound(person=person.id),)


def reconcile_heads(state: SuiteState, asked: ReconcileHeads, ctx: Ctx) -> Facts | Refused:
    """Hold a count of the magnet room by eye against the record; nobody is presumed out by it."""
    if why := may(state.staff, "start-check", ctx):
        return why
    counted = max(0, asked.heads)
    told = PeopleReconciled(counted=counted, recorded=state.visits.heads)
    return (told, *heads_counted(state, counted, ctx))
