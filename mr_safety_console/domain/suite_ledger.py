"""What follows for the people in Zone III and IV from what anything else has decided, and from time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mr_safety_console.domain import alarms, people
from mr_safety_console.domain.alarms import AlarmRaised, AlarmRepeated
from mr_safety_console.domain.codec import Entry, Fact
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.detectors import Condition, PointChanged, PointsUnproven
from mr_safety_console.domain.emergency import EmergencyEnded, EmergencyOpened
from mr_safety_console.domain.people import PeopleState, Person
from mr_safety_console.domain.people_facts import (
    FACTS,
    Category,
    EscortOfferEnded,
    PeopleReconciled,
    PersonAdmitted,
    PersonEnteredZoneIV,
    PersonKind,
    PersonLeft,
    PersonLeftZoneIV,
    PersonOverstayed,
    PersonPassFell,
    PersonRenewed,
)
from mr_safety_console.domain.visit import Visit
from mr_safety_console.domain.visit_facts import Leg, LegMade, VisitClosed, ZoneIVEntered, ZoneIVLeft

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]

ESCORT_RULE, GONE_RULE = "escort-missing", "escort-gone"
OVER_RULE, LOST_RULE = "authorisation-over", "person-lost"
_IRON = ("ferrous-entry", "ferrous-approach")
_OWN = frozenset(FACTS)


def followed(state: SuiteState, facts: Facts, ctx: Ctx) -> Facts:
    """Return what a decision means for people: passes that fall, and alarms that begin or are over."""
    told = (*_seen(state, facts), *_companions(state, facts, ctx))
    if not state.people.here and not told and not any(type(fact) in _OWN for fact in facts):
        return ()
    told = (*told, *_passes(state, facts, ctx))
    after = _after(state.people, (*facts, *told), ctx)
    for rule, before_, now_ in (
        (ESCORT_RULE, people.unescorted(state.people), people.unescorted(after)),
        (GONE_RULE, people.left_alone(state.people), people.left_alone(after)),
        (OVER_RULE, _overstayed(state.people), _overstayed(after)),
        (LOST_RULE, _lost(state.people), _lost(after)),
    ):
        told += _alarm(state, rule, before_, now_, ctx, (*facts, *told))
    return told


def _alarm(
    state: SuiteState, rule: str, before: Sequence[Person], now: Sequence[Person], ctx: Ctx, told: Facts
) -> Facts:
    """Return one alarm for all people it is about: rung again for each new one, over with the last."""
    door = ctx.profile.door_iv.id
    if not now:
        return alarms.returned(state.alarms, door, (rule,)) if before else ()
    known = {person.id for person in before}
    new = [f"P{person.no}" for person in now if person.id not in known]
    if not new:
        return ()
    # The first tokens may be the ids of what the decision itself made.
    used = {fact.alarm for fact in told if isinstance(fact, AlarmRaised)}
    token = next((one for one in reversed(ctx.tokens) if one not in used), f"{ctx.tokens[0]}-{rule}")
    ahead = alarms.count_raised(told)
    return alarms.raise_or_repeat(state.alarms, rule, door, token, ahead=ahead, detail="+".join(new))


def _seen(state: SuiteState, facts: Facts) -> Facts:
    """Return the count of heads by eye that a start check or the end of an emergency contained."""
    recorded = state.visits.heads
    for fact in facts:
        match fact:
            case LegMade(leg=Leg.START_CHECK):
                return (PeopleReconciled(counted=recorded, recorded=recorded),)
            case EmergencyEnded(head_count=counted):
                return (PeopleReconciled(counted=counted, recorded=recorded),)
    return ()


def _companions(state: SuiteState, facts: Facts, ctx: Ctx) -> Facts:
    """Return what a companion's visit says about them as a person in Zone III and IV."""
    told: Facts = ()
    gone = {fact.person for fact in facts if isinstance(fact, PersonLeft)}
    for fact in facts:
        visit = state.visits.open.get(getattr(fact, "visit", ""))
        if visit is not None and visit.id in gone:
            continue
        if visit is not None and visit.companion:
            here = visit.id in state.people.here or any(isinstance(one, PersonAdmitted) for one in told)
            told += _companion(state, visit, fact, ctx, here=here)
    return told


def _companion(state: SuiteState, visit: Visit, fact: Fact, ctx: Ctx, *, here: bool) -> Facts:
    valid_s = ctx.profile.limit("authorisation_valid_s")
    match fact:
        case LegMade(leg=Leg.ZONE_III) if here:
            return (PersonRenewed(person=visit.id, valid_s=valid_s),)
        case LegMade(leg=Leg.ZONE_III):
            return (_admitted(state, visit, ctx, valid_s),)
        case ZoneIVEntered(emergency=emergency, uncleared=uncleared, against=against):
            before = () if here else (_admitted(state, visit, ctx, valid_s),)
            less = {"emergency": emergency, "uncleared": uncleared}
            return (*before, PersonEnteredZoneIV(person=visit.id, against=against, **less))
        case ZoneIVLeft() if here:
            return (PersonLeftZoneIV(person=visit.id),)
        case VisitClosed() if here:
            return (PersonLeft(person=visit.id),)
        case _:
            return ()


def _admitted(state: SuiteState, visit: Visit, ctx: Ctx, valid_s: int) -> PersonAdmitted:
    return PersonAdmitted(
        subject=visit.subject,
        person=visit.id,
        no=state.people.last_no + 1,
        kind_of=PersonKind.COMPANION,
        category=Category.NON_MR,
        visit=visit.id,
        escort=ctx.actor.person if ctx.actor else "",
        valid_s=valid_s,
    )


def _after(state: PeopleState, facts: Facts, ctx: Ctx) -> PeopleState:
    for fact in facts:
        if type(fact) in _OWN:
            state = people.evolve(state, Entry(0, ctx.now, fact, ctx.cause, "system"))
    return state


def _overstayed(state: PeopleState) -> tuple[Person, ...]:
    return tuple(one for one in state.here.values() if one.overstayed)


def _lost(state: PeopleState) -> tuple[Person, ...]:
    return tuple(one for one in state.here.values() if one.lost)


def _passes(state: SuiteState, facts: Facts, ctx: Ctx) -> Facts:
    walked = [one for one in state.people.here.values() if one.passed is not None and not one.inside]
    reasons = [reason for fact in facts if (reason := _shaken(state, fact, ctx))] if walked else []
    return tuple(PersonPassFell(person=one.id, reason=reasons[0]) for one in walked) if reasons else ()


def _shaken(state: SuiteState, fact: Fact, ctx: Ctx) -> str:
    """Return why a fact takes every waiting person's detector pass away; empty when it does not."""
    guards = {point.id for point in ctx.profile.detectors_iv}
    match fact:
        case AlarmRaised(rule=rule) if rule in _IRON:
            return "detector-alarm"
        case AlarmRepeated(alarm=name) if name in state.alarms.open:
            return "detector-alarm" if state.alarms.open[name].rule in _IRON else ""
        case PointChanged(point=point, now=Condition.UNKNOWN) if point in guards:
            return "detector-lost"
        case PointsUnproven(points=points) if guards & set(points):
            return "detector-lost"
        case EmergencyOpened():
            return "emergency"
        case _:
            return ""


def tick(state: SuiteState, ctx: Ctx) -> Facts:
    """Return the offers that nobody accepted in time, and who has outstayed their leave by now."""
    over = (
        EscortOfferEnded(person=one.id, reason="timeout") for one in people.offers_over(state.people, ctx.now)
    )
    late = (PersonOverstayed(person=one.id) for one in people.overdue(state.people, ctx.now))
    return (*over, *late)
