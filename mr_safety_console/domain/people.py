"""Everybody in Zone III and IV beside the patients: where they are, who answers for them, since when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from mr_safety_console.domain.authority import LEVEL_2
from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.context import NS, Ctx, Instant, Who, elapsed
from mr_safety_console.domain.people_facts import (
    Category,
    EscortAccepted,
    EscortOffered,
    EscortOfferEnded,
    PeopleReconciled,
    PersonAdmitted,
    PersonEnteredZoneIV,
    PersonFound,
    PersonKind,
    PersonLeft,
    PersonLeftZoneIV,
    PersonLost,
    PersonOverstayed,
    PersonPassed,
    PersonPassFell,
    PersonRenewed,
    PersonScreened,
)
from mr_safety_console.domain.staff import StaffState, roles_of
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.visit import outlived

OFFER_S = 60
"""Seconds an escort offered may be accepted in; after that it stays whose it was."""

_LEVEL_1 = frozenset({"L1", "MRST", "MRSO", "MRSE", "MRMD"})


@frozen
class HandOff:
    """An escort offered to somebody, and until when."""

    to: str
    due_bt: int
    boot: str


@frozen
class Person:
    """One person on the record as here. `since` is when they came into the zone they are in.

    `granted` is when the leave began that lasts `valid_s` seconds; 0 lasts until they leave. `alone`:
    whoever answers for them was here and went.
    """

    id: str
    no: int
    kind: PersonKind
    category: Category
    granted: Instant
    since: Instant
    name: str = ""
    purpose: str = ""
    staff: str = ""
    visit: str = ""
    escort: str = ""
    max_zone: str = "IV"
    valid_s: int = 0
    overstayed: bool = False
    inside: bool = False
    uncleared: bool = False
    passed: Instant | None = None
    wand: str = ""
    screened: Instant | None = None
    verdict: str = ""
    fallen: str = ""
    lost: bool = False
    alone: bool = False
    offer: HandOff | None = None
    by: tuple[Who, ...] = ()


@frozen
class PeopleState:
    """People in Zone III and IV by id, the counter said aloud, and the last count by eye."""

    here: Mapping[str, Person] = field(default_factory=dict)
    last_no: int = 0
    reconciled: Instant | None = None
    reconciled_by: tuple[Who, ...] = ()

    @property
    def inside(self) -> tuple[Person, ...]:
        """Return the people on the record as in the magnet room."""
        return tuple(person for person in self.here.values() if person.inside)

    @property
    def named_inside(self) -> int:
        """Return how many heads of the magnet room have a name here; visits count their own."""
        return sum(not person.visit for person in self.inside)


def category_of(staff: StaffState, person: str) -> Category:
    """Return what a member of staff counts as by their roles; nobody of the register is non-MR."""
    roles = roles_of(staff, person)
    if roles & LEVEL_2:
        return Category.LEVEL_2
    return Category.LEVEL_1 if roles & _LEVEL_1 else Category.NON_MR


def of_staff(state: PeopleState, staff: str) -> Person | None:
    """Return a member of staff who is here, or None."""
    return next((one for one in state.here.values() if staff and one.staff == staff), None)


def escort_inside(state: PeopleState, person: Person) -> bool:
    """Tell whether whoever answers for this person is Level 2 and on the record in the magnet room."""
    escort = of_staff(state, person.escort)
    return escort is not None and escort.inside and not escort.lost and escort.category is Category.LEVEL_2


def unescorted(state: PeopleState) -> tuple[Person, ...]:
    """Return the non-MR people in the magnet room whose escort is not in there with them."""
    return tuple(
        person
        for person in state.inside
        if person.category is Category.NON_MR and not escort_inside(state, person)
    )


def left_alone(state: PeopleState) -> tuple[Person, ...]:
    """Return the non-MR people in Zone III whose escort went out of it without handing them over."""
    untrained = (one for one in state.here.values() if one.category is Category.NON_MR)
    return tuple(one for one in untrained if one.alone and not one.inside)


def expired(person: Person, ctx: Ctx) -> bool:
    """Tell whether a leave is over: by its time on either clock, or by a reboot."""
    if not person.valid_s:
        return False
    return person.granted.boot != ctx.now.boot or outlived(person.granted, person.valid_s, ctx)


def left_s(person: Person, now: Instant) -> float:
    """Return the seconds a leave has still to run; a reboot goes on from the wall clock."""
    return person.valid_s - elapsed(now, person.granted).seconds


def overdue(state: PeopleState, now: Instant) -> tuple[Person, ...]:
    """Return the people whose leave is over, and of whom nobody was told yet."""
    return tuple(one for one in _timed(state) if left_s(one, now) <= 0)


def _timed(state: PeopleState) -> tuple[Person, ...]:
    return tuple(one for one in state.here.values() if one.valid_s and not one.overstayed)


def offers_over(state: PeopleState, now: Instant) -> tuple[Person, ...]:
    """Return the people whose escort was offered and not accepted in time; a reboot ends it as well."""
    return tuple(
        one
        for one in state.here.values()
        if one.offer is not None and (one.offer.boot != now.boot or now.bt >= one.offer.due_bt)
    )


def next_due(state: PeopleState, now: Instant) -> int | None:
    """Return the boot-time ns of the next offer or leave to run out, or None."""
    offers = (one.offer for one in state.here.values() if one.offer is not None)
    dues = [now.bt if offer.boot != now.boot else offer.due_bt for offer in offers]
    dues += [now.bt + int(left_s(one, now) * NS) for one in _timed(state)]
    return min(dues, default=None)


def evolve(state: PeopleState, entry: Entry) -> PeopleState:
    """Return the people after one fact."""
    told = entry.fact
    if isinstance(told, PersonAdmitted):
        return _admitted(state, told, entry)
    if isinstance(told, PeopleReconciled):
        return replace(state, reconciled=entry.at, reconciled_by=entry.by)
    person = state.here.get(getattr(told, "person", ""))
    if person is None:
        return state
    if isinstance(told, PersonLeft):
        here = {k: v for k, v in state.here.items() if k != person.id}
        return replace(state, here=_answering(here, person.staff, alone=True))
    return replace(state, here={**state.here, person.id: _changed(person, entry)})


def _admitted(state: PeopleState, told: PersonAdmitted, entry: Entry) -> PeopleState:
    person = Person(
        id=told.person,
        no=told.no,
        kind=told.kind_of,
        category=told.category,
        granted=entry.at,
        since=entry.when,
        name=told.name,
        purpose=told.purpose,
        staff=told.staff,
        visit=told.visit,
        escort=told.escort,
        max_zone=told.max_zone,
        valid_s=told.valid_s,
        by=entry.by,
    )
    here = _answering(state.here, person.staff, alone=False)
    return replace(state, here={**here, person.id: person}, last_no=max(state.last_no, told.no))


def _answering(here: Mapping[str, Person], staff: str, *, alone: bool) -> Mapping[str, Person]:
    """Return the people here after the escort of some of them went or came."""
    return {k: replace(v, alone=alone) if staff and v.escort == staff else v for k, v in here.items()}


def _changed(person: Person, entry: Entry) -> Person:
    match entry.fact:
        case PersonEnteredZoneIV(emergency=emergency, uncleared=uncleared):
            less = emergency or uncleared
            return replace(person, inside=True, since=entry.when, uncleared=less, lost=False)
        case PersonLeftZoneIV():
            # A pass is good for one way in.
            return replace(person, inside=False, since=entry.when, uncleared=False, passed=None, fallen="")
        case PersonPassed(wand=wand):
            return replace(person, passed=entry.at, wand=wand, fallen="")
        case PersonPassFell(reason=reason):
            return replace(person, passed=None, fallen=reason)
        case PersonScreened(verdict=verdict):
            return replace(person, screened=entry.at, verdict=verdict)
        case PersonLost() | PersonFound():
            return replace(person, lost=isinstance(entry.fact, PersonLost))
        case _:
            return _answered_for(person, entry)


def _answered_for(person: Person, entry: Entry) -> Person:
    match entry.fact:
        case PersonRenewed(valid_s=valid_s):
            return replace(person, granted=entry.at, valid_s=valid_s, overstayed=False, by=entry.by)
        case PersonOverstayed():
            return replace(person, overstayed=True)
        case EscortOffered(to=to, due_bt=due_bt, boot=boot):
            return replace(person, offer=HandOff(to, due_bt, boot))
        case EscortAccepted(escort=escort):
            return replace(person, escort=escort, offer=None, alone=False)
        case EscortOfferEnded():
            return replace(person, offer=None)
        case _:
            return person
