"""Who is let into Zone III: colleagues by the register, others by name, purpose and escort."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import people
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.people_acts import (
    AdmitColleague,
    AdmitPerson,
    RenewPerson,
    TurnAway,
)
from mr_safety_console.domain.people_facts import (
    HELD_OUTSIDE,
    NAMED_AT_THE_DOOR,
    Category,
    PersonAdmitted,
    PersonKind,
    PersonRefused,
    PersonRenewed,
)
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import may
from mr_safety_console.domain.staff_screening import own_screening, unscreened
from mr_safety_console.domain.suite_own import category_now
from mr_safety_console.domain.suite_people import needed
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]
ZONES = ("III", "IV")


def admit_colleague(state: SuiteState, asked: AdmitColleague, ctx: Ctx) -> Facts | Refused:
    """Let a member of staff into Zone III; under an escort whoever is not trained or not screened.

    Nobody whose own screening does not count lets themselves in: they would escort themselves.
    """
    known = state.staff.people.get(asked.staff)
    if known is None:
        return refused("person-unknown")
    here = people.of_staff(state.people, asked.staff)
    if here is not None:
        return refused("person-here-already", no=here.no)
    category = category_now(state.staff, asked.staff, ctx)
    trained = category is not Category.NON_MR
    own = own_screening(state.staff, asked.staff, ctx)
    if own and ctx.actor is not None and ctx.actor.person == asked.staff:
        return unscreened(known.initials, own)
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
    if why := _terms(state, asked, ctx) or may(state.staff, "authorise-zone-iii", ctx):
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


def _terms(state: SuiteState, asked: AdmitPerson, ctx: Ctx) -> Refused | None:
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
    if category_now(state.staff, asked.escort, ctx) is not Category.LEVEL_2:
        return refused("escort-not-level-2")
    return None


def renew(state: SuiteState, asked: RenewPerson, ctx: Ctx) -> Facts | Refused:
    """Give somebody who is here leave anew."""
    person = needed(state, asked.person)
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
