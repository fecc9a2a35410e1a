"""The People screen: who is in Zone IV and III, who answers for them, since when, and what comes next."""

from __future__ import annotations

from mr_safety_console.console.present import crossings
from mr_safety_console.console.present.rows import BLANK, Row, row, title
from mr_safety_console.console.present.view import View, age
from mr_safety_console.console.text import Part
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain import occupancy, people, permits, suite_own, zones
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.context import NS
from mr_safety_console.domain.people import Person
from mr_safety_console.domain.people_acts import (
    AcceptEscort,
    AdmitColleague,
    FindPerson,
    PersonEntersZoneIV,
    PersonLeaves,
    PersonLeavesZoneIV,
    RecordPersonPass,
    RenewPerson,
    ScreenPerson,
)
from mr_safety_console.domain.people_facts import (
    Category,
)
from mr_safety_console.domain.permits import Permit
from mr_safety_console.domain.staff_screening import own_screening
from mr_safety_console.domain.suite_people import pass_stands
from mr_safety_console.domain.words import say

PERMIT = "permit:"
STAFF = "staff:"
"""Begins the key of somebody of the register, here or not: the cursor stays on them as they move."""


def rows(view: View, cursor: str = "") -> tuple[Row, ...]:
    """Return what `Enter` does for the selected row, then the people of each zone and who is not here."""
    here = view.state.people.here.values()
    inside = [_person(view, one) for one in here if one.inside]
    outside = [_person(view, one) for one in here if not one.inside]
    return (
        _next(view, cursor),
        BLANK,
        _heads(view),
        *crossings.compared(view),
        *crossings.quiet(view),
        *inside,
        title(f"IN {_zone(view, 'III')}"),
        *(outside or [row(("nobody by name", Tone.FAINT))]),
        *_permits(view),
        title("STAFF NOT HERE"),
        *_staff(view),
    )


def _zone(view: View, zone: str) -> str:
    return zones.label(view.profile, zone).upper()


def _heads(view: View) -> Row:
    """Return every head of Zone IV by what it is called, and when they were last counted by eye."""
    who = occupancy.heads(view.state)["IV"]
    named = ", ".join(one for one in who if one != occupancy.STAFF)
    nameless = sum(one == occupancy.STAFF for one in who)
    listed = ", ".join(part for part in (named, f"{nameless} without a name" if nameless else "") if part)
    counted = view.state.people.reconciled
    by = view.people(view.state.people.reconciled_by)
    seen = f"counted by {by} {age(view.since(counted))} ago" if counted else "not counted by eye"
    told = f": {listed}" if listed else ""
    return title(f"IN {_zone(view, 'IV')}  heads {len(who)}{told}  ", (seen, Tone.FAINT))


def key_of(one: Person) -> str:
    """Return the key of a person's row."""
    return f"{STAFF}{one.staff}" if one.staff else one.id


def _person(view: View, one: Person) -> Row:
    since = f"{view.clock_short(one.since)}, {int(view.since(one.since)) // 60} min"
    return row(
        (f"P{one.no} {name(view, one)}  ", Tone.TITLE),
        f"{say('person-kind', one.kind)}, {category(view, one.category)}  ",
        *_escort(view, one),
        *_standing(view, one),
        (f"since {since}", Tone.FAINT),
        key=key_of(one),
        indent=4,
    )


def category(view: View, of: Category) -> str:
    """Return what a category is called where the site is."""
    return say("category-uk" if view.profile.naming == "uk" else "category", of)


def name(view: View, one: Person) -> str:
    """Return the name of somebody who is here, hidden while the console is locked."""
    if one.staff:
        known = view.state.staff.people.get(one.staff)
        return view.private(known.name) if known else "?"
    visit = view.state.visits.open.get(one.visit)
    return view.private(visit.name if visit else one.name)


def _escort(view: View, one: Person) -> tuple[Part, ...]:
    if one.category is not Category.NON_MR:
        return ()
    found: list[Part] = []
    who = view.person(one.escort) if one.escort else "NOBODY"
    if one.inside and not people.escort_inside(view.state.people, one):
        found.append((f"■ ESCORT {who} NOT IN THERE  ", Tone.STOP))
    elif one.alone and not one.inside:
        found.append((f"▲ ESCORT {who} GONE  ", Tone.HOLD))
    else:
        found.append(f"escort {who}  ")
    if one.offer is not None:
        left = max(0, (one.offer.due_bt - view.now.bt) // NS)
        found.append((f"▲ offered to {view.person(one.offer.to)}, {left} s  ", Tone.HOLD))
    return tuple(found)


def _standing(view: View, one: Person) -> tuple[Part, ...]:
    found: list[Part] = []
    if one.lost:
        found.append(("■ NOBODY KNOWS WHERE  ", Tone.STOP))
    if one.inside and one.uncleared:
        found.append(("■ NOT CLEARED  ", Tone.STOP))
    found += _unscreened(view, one)
    if people.expired(one, view.ctx):
        found.append(("▲ leave is over  ", Tone.HOLD))
    elif one.valid_s:
        found.append(f"{int(people.left_s(one, view.now)) // 60} min left  ")
    if not one.inside:
        by = "MANUAL pass" if one.wand else "pass"
        word = f"{by} {view.clock_short(one.passed)}  " if one.passed else "no pass  "
        found.append(word if pass_stands(one, view.ctx) else ("▲ no pass  ", Tone.HOLD))
    return tuple(found)


def _unscreened(view: View, one: Person) -> tuple[Part, ...]:
    """Return that the screening of somebody here does not count, and why."""
    why = suite_own.unscreened_why(view.state, one, view.ctx)
    far = one.staff or one.max_zone == "IV"
    return ((f"▲ screening {say('own-screening', why)}  ", Tone.HOLD),) if why and far else ()


def _permits(view: View) -> tuple[Row, ...]:
    """Return the permits that are not handed back."""
    found = [_permit(view, one) for one in view.state.permits.open.values()]
    return (title("PERMITS TO WORK"), *found) if found else ()


def _permit(view: View, one: Permit) -> Row:
    stands: Part = f"{int(permits.left_s(one, view.now)) // 60} min left"
    if one.closed is not None:
        stands = ("▲ closed, not handed back", Tone.HOLD)
    elif permits.left_s(one, view.now) <= 0:
        stands = ("▲ PAST ITS TIME", Tone.HOLD)
    missing: Part = (f"  ■ {one.counted} COUNTED", Tone.STOP) if one.counted < one.tools else ""
    return row(
        (f"W{one.no} {view.private(one.holder)}  ", Tone.TITLE),
        f"{say('permit', one.kind)}, {zones.label(view.profile, one.zone)}  ",
        f"tools {one.tools}: {view.private(one.tools_told)}",
        missing,
        "  ",
        stands,
        key=f"{PERMIT}{one.id}",
        indent=4,
    )


def permit(view: View, cursor: str) -> Permit | None:
    """Return the permit whose row is selected."""
    return view.state.permits.open.get(cursor.removeprefix(PERMIT)) if cursor.startswith(PERMIT) else None


def _staff(view: View) -> tuple[Row, ...]:
    here = {one.staff for one in view.state.people.here.values()}
    away = [one for one in view.state.staff.people.values() if one.id not in here]
    return tuple(
        row(
            (f"{one.initials:<4}", Tone.KEY),
            f"{view.private(one.name)}  ",
            (category(view, suite_own.category_now(view.state.staff, one.id, view.ctx)), Tone.FAINT),
            *_own(view, one.id),
            key=f"{STAFF}{one.id}",
        )
        for one in sorted(away, key=lambda person: person.initials)
    ) or (row(("everybody of the register is here", Tone.FAINT)),)


def _own(view: View, staff: str) -> tuple[Part, ...]:
    """Return that the own screening of a member of staff does not count, and why."""
    why = own_screening(view.state.staff, staff, view.ctx)
    return ((f"  ▲ own screening {say('own-screening', why)}", Tone.HOLD),) if why else ()


def selected(view: View, cursor: str) -> Person | None:
    """Return the person here whose row is selected."""
    return next((one for one in view.state.people.here.values() if key_of(one) == cursor), None)


def proposed(view: View, cursor: str) -> tuple[str, Command] | None:
    """Return the one act proposed for the selected row, and its words."""
    one = selected(view, cursor)
    if one is None:
        away = cursor.removeprefix(STAFF)
        if away not in view.state.staff.people:
            return None
        return f"Let into {zones.label(view.profile, 'III')}", AdmitColleague(staff=away)
    if one.lost:
        return "Found again, where the record has them", FindPerson(person=one.id)
    if one.offer is not None:
        return "Take the escort over", AcceptEscort(person=one.id)
    if one.inside:
        return f"Comes out of {zones.label(view.profile, 'IV')}", PersonLeavesZoneIV(person=one.id)
    return _inwards(view, one)


def _inwards(view: View, one: Person) -> tuple[str, Command]:
    if people.expired(one, view.ctx):
        return "Give leave anew", RenewPerson(person=one.id)
    if one.max_zone != "IV":
        return "Goes home", PersonLeaves(person=one.id)
    if suite_own.unscreened_why(view.state, one, view.ctx):
        return "Screen them: nobody goes in without", ScreenPerson(person=one.staff or one.id)
    if not pass_stands(one, view.ctx):
        return "I watched the pass: nothing raised", RecordPersonPass(person=one.id)
    return f"Goes into {zones.label(view.profile, 'IV')} now", PersonEntersZoneIV(person=one.id)


def _next(view: View, cursor: str) -> Row:
    work = permit(view, cursor)
    if work is not None:
        told = "Count tools, or close" if work.closed is None else "Hand the room back"
        return row(("Enter", Tone.KEY), (f"  {told}: W{work.no}", Tone.TITLE))
    found = proposed(view, cursor)
    if found is None:
        return row(("ctrl+n", Tone.KEY), " lets somebody in by name")
    one = selected(view, cursor)
    if one is not None and one.visit:
        return row(("Enter", Tone.KEY), (f"  Their own visit: P{one.no} {name(view, one)}", Tone.TITLE))
    away = view.state.staff.people.get(cursor.removeprefix(STAFF))
    who = f"P{one.no} {name(view, one)}" if one else (view.private(away.name) if away else "")
    return row(("Enter", Tone.KEY), (f"  {found[0]}: {who}", Tone.TITLE))
