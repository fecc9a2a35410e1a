"""Who answers for whom, and where people are by eye: escorts handed over, people lost and found, heads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import people, suite_passages
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import NS, Ctx
from mr_safety_console.domain.people import OFFER_S
from mr_safety_console.domain.people_acts import (
    AcceptEscort,
    FindPerson,
    LoseTrack,
    OfferEscort,
    ReconcileHeads,
)
from mr_safety_console.domain.people_facts import (
    Category,
    EscortAccepted,
    EscortOffered,
    PeopleReconciled,
    PersonFound,
    PersonLost,
)
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import may
from mr_safety_console.domain.suite_crossing import heads_counted
from mr_safety_console.domain.suite_own import category_now
from mr_safety_console.domain.suite_people import needed
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]


def offer_escort(state: SuiteState, asked: OfferEscort, ctx: Ctx) -> Facts | Refused:
    """Offer somebody's escort to another Level 2; it stays whose it is until that one accepts."""
    person = needed(state, asked.person)
    if isinstance(person, Refused):
        return person
    if why := may(state.staff, "escort-offer", ctx):
        return why
    # Whoever was written down with nobody signed on has no escort yet, and needs one most.
    needs = person.category is Category.NON_MR
    if not needs or asked.to in (person.escort, person.staff):
        return refused("escort-already", no=person.no)
    if category_now(state.staff, asked.to, ctx) is not Category.LEVEL_2:
        return refused("escort-not-level-2")
    due = ctx.now.bt + OFFER_S * NS
    told = EscortOffered(person=person.id, escort=person.escort, to=asked.to, due_bt=due, boot=ctx.now.boot)
    return (told,)


def accept_escort(state: SuiteState, asked: AcceptEscort, ctx: Ctx) -> Facts | Refused:
    """Take somebody over, signed by whom it was offered to, who is where that person is."""
    person = needed(state, asked.person)
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
    person = needed(state, name)
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
    explained = suite_passages.explained(state, asked.passages) if asked.passages else ()
    if isinstance(explained, Refused):
        return explained
    told = PeopleReconciled(counted=counted, recorded=state.visits.heads)
    return (told, *heads_counted(state, counted, ctx), *explained)
