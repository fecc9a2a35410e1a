"""The own screening of staff: yearly, and anew after a change; without it somebody counts as non-MR (H40)."""

from __future__ import annotations

from dataclasses import replace

from mr_safety_console.domain.codec import Command, Entry, Fact, Private, command, fact
from mr_safety_console.domain.context import US, Ctx
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.screening_facts import Verdict
from mr_safety_console.domain.staff import StaffState, may
from mr_safety_console.domain.staff import evolve as evolve_register
from mr_safety_console.domain.words import refused, say

CHANGES = ("injury", "surgery", "implant", "pregnancy")
"""What ends an own screening before its year is over (2.2)."""
CLEARED = (Verdict.CLEARED, Verdict.CLEARED_WITH_CONDITIONS)
DAY_S = 86_400


@fact("staff-screened")
class StaffScreened(Fact):
    """The own screening of a member of staff came to this; NOT CLEARED once its review fell."""

    subject: str
    person: str
    visit: str
    form: str
    version: str
    verdict: Verdict


@fact("staff-screening-dated")
class StaffScreeningDated(Fact):
    """An officer says when a member of staff was last screened (µs), from elsewhere."""

    person: str
    screened_utc: int


@fact("staff-change-declared")
class StaffChangeDeclared(Fact):
    """Something changed for a member of staff since they were screened: that screening is over."""

    subject: str
    person: str
    change: Private[str]


@command("date-screening")
class DateScreening(Command):
    """Say when somebody else was last screened (µs), from a paper that was seen."""

    person: str
    screened_utc: int


@command("declare-change")
class DeclareChange(Command):
    """Injury, surgery, implant or pregnancy: this member of staff is screened anew."""

    person: str
    change: str


COMMANDS = (DateScreening, DeclareChange)
FACTS = (StaffScreened, StaffScreeningDated, StaffChangeDeclared)


def own_screening(state: StaffState, person: str, ctx: Ctx) -> str:
    """Return why the own screening of somebody does not count: missing, changed, held, overdue; or nothing.

    Whoever is not in the register is no matter of it. A date more than a day ahead counts as overdue.
    """
    known = state.people.get(person)
    if known is None:
        return ""
    if not known.screened_utc:
        return "missing"
    if known.changed_utc >= known.screened_utc:
        return "changed"
    if known.screened and known.screened not in CLEARED:
        return "held"
    age_s = (ctx.now.utc - known.screened_utc) / US
    return "" if -DAY_S <= age_s <= ctx.profile.limit("staff_screening_valid_d") * DAY_S else "overdue"


def unscreened(initials: str, why: str) -> Refused:
    """Return the refusal that the own screening of a member of staff does not count, and why."""
    return refused("own-screening", who=initials, why=say("own-screening", why))


def decide(state: StaffState, asked: Command, ctx: Ctx) -> tuple[Fact, ...] | Refused:
    """Decide on a date from elsewhere, or on a declared change."""
    if getattr(asked, "person", "") not in state.people:
        return refused("person-unknown")
    match asked:
        case DateScreening():
            return _date(state, asked, ctx)
        case DeclareChange():
            return _declare(state, asked, ctx)
        case _:
            return ()


def _date(state: StaffState, asked: DateScreening, ctx: Ctx) -> tuple[Fact, ...] | Refused:
    if why := may(state, "staff-add", ctx):
        return why
    if any(who.person == asked.person for who in ctx.signers):
        return refused("signs-for-self")
    known = state.people[asked.person].screened
    held = bool(known) and known not in CLEARED  # also where a declared change stands in front of it
    if held or not 0 < asked.screened_utc <= ctx.now.utc:
        return refused("screened-when")
    return (StaffScreeningDated(person=asked.person, screened_utc=asked.screened_utc),)


def _declare(state: StaffState, asked: DeclareChange, ctx: Ctx) -> tuple[Fact, ...] | Refused:
    if why := may(state, "declare-change", ctx):
        return why
    if asked.change not in CHANGES:
        return refused("person-terms", given=asked.change, choices=", ".join(CHANGES))
    return (StaffChangeDeclared(subject=asked.person, person=asked.person, change=asked.change),)


def evolve(state: StaffState, entry: Entry) -> StaffState:
    """Return register and session after one fact."""
    fact = entry.fact
    if not isinstance(fact, FACTS):
        return evolve_register(state, entry)
    known = state.people.get(fact.person)
    if known is None:
        return state
    match fact:
        case StaffScreened(verdict=verdict):
            known = replace(known, screened_utc=entry.at.utc, screened=verdict)
        case StaffScreeningDated(screened_utc=screened_utc):
            known = replace(known, screened_utc=screened_utc, screened="")
        case StaffChangeDeclared():
            known = replace(known, changed_utc=entry.at.utc)
    return replace(state, people={**state.people, known.id: known})
