"""Who watches the patient in the scan does nothing else: the observer lock, and how the watching changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import (
    approval_facts,
    interview_facts,
    people_acts,
    screening_facts,
    watch_class,
)
from mr_safety_console.domain.authority import MAY
from mr_safety_console.domain.codec import Command, Fact
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import Person, SignOff, may
from mr_safety_console.domain.visit import Visit, needed
from mr_safety_console.domain.visit_facts import AuthoriseZoneIII, IdentifyVisit, StartCheck
from mr_safety_console.domain.watching import Stage
from mr_safety_console.domain.watching_facts import (
    INTERVALS,
    WIDE,
    ChangeObserver,
    ChooseWatch,
    ObserverChanged,
    WatchChosen,
)
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]

RULE = "observer-bound"
ELSEWHERE = frozenset(
    {
        *screening_facts.COMMANDS,
        *interview_facts.COMMANDS,
        *approval_facts.COMMANDS,
        IdentifyVisit,
        AuthoriseZoneIII,
        StartCheck,
        people_acts.AdmitColleague,
        people_acts.AdmitPerson,
        people_acts.ScreenPerson,
        people_acts.RenewPerson,
    }
)
"""What takes eyes and ears off the patient: screening, admitting, starting for somebody else.

Opening a visit is not among them: who walked in during the scan is written down by whoever sees it.
"""
ASKED = "asked"
"""The reason of a sign-off by which somebody leaves; a lock or a quiet console leaves nobody."""


def bound(state: SuiteState, asked: Command, ctx: Ctx) -> Refused | None:
    """Return why somebody who watches a patient in the scan may not do this; nothing in an emergency."""
    if state.emergency.current is not None or not _leads_away(asked):
        return None
    doing = {who.person for who in (*ctx.signers, *((ctx.actor,) if ctx.actor else ()))}
    for person in state.visits.open.values():
        watches = person.scan_presumed and person.observer in doing
        if watches and getattr(asked, "visit", "") != person.id:
            return refused(RULE, no=person.no, others=others(state, person.observer))
    return None


def _leads_away(asked: Command) -> bool:
    if isinstance(asked, SignOff):
        return asked.reason == ASKED
    return type(asked) in ELSEWHERE


def others(state: SuiteState, but: str) -> str:
    """Return the initials of the people who could watch or work instead."""
    names = [one.initials for one in successors(state, but)]
    return ", ".join(names) if names else "nobody else of the register"


def successors(state: SuiteState, but: str) -> tuple[Person, ...]:
    """Return the people of the register who may watch a patient and watch none now."""
    watching = {one.observer for one in state.visits.open.values() if one.scan_presumed}
    roles = MAY["observe-accept"][0]
    return tuple(
        one
        for one in state.staff.people.values()
        if one.id != but and one.id not in watching and roles & set(one.roles)
    )


def change(state: SuiteState, asked: ChangeObserver, ctx: Ctx) -> Facts | Refused:
    """Give the watching over: the present observer gives it, the next accepts with a PIN.

    Where a check-in is late or missed the next one's PIN alone takes it: nobody is to wait for a word.
    """
    person = needed(state.visits, asked.visit)
    if isinstance(person, Refused):
        return person
    if not person.scan_presumed:
        return refused("no-scan-presumed", no=person.no)
    if asked.to not in {one.id for one in successors(state, person.observer)}:
        return refused("observer-terms", others=others(state, person.observer))
    if not any(who.person == asked.to for who in ctx.signers):
        return refused("signature-missing", act="change-observer", count=1, roles="who watches next")
    if why := may(state.staff, "observe-accept", ctx):
        return why
    taken = not _given(person, ctx)
    if taken and person.watch.stage not in (Stage.LATE, Stage.MISSED):
        return refused("observer-gives", no=person.no)
    return (ObserverChanged(visit=person.id, was=person.observer, observer=asked.to, taken=taken),)


def _given(person: Visit, ctx: Ctx) -> bool:
    present = {who.person for who in (*ctx.signers, *((ctx.actor,) if ctx.actor else ()))}
    return not person.observer or person.observer in present


def choose(state: SuiteState, asked: ChooseWatch, ctx: Ctx) -> Facts | Refused:
    """Choose how often the patient is spoken with; anybody the closer, a Level 2 with a reason the wider."""
    person = needed(state.visits, asked.visit)
    if isinstance(person, Refused):
        return person
    if asked.interval not in INTERVALS:
        return refused("watch-terms", choices=", ".join(INTERVALS))
    wide = asked.interval == WIDE
    if wide and not asked.reason.strip():
        return refused("watch-reason")
    if why := may(state.staff, "watch-wider" if wide else "check-in", ctx):
        return why
    found = watch_class.of_visit(state, person)
    usual = ctx.profile.limit("checkin_s")
    within_s = usual if wide else min(usual, ctx.profile.limit("checkin_close_s"))
    return (
        WatchChosen(
            subject=person.subject,
            visit=person.id,
            interval=asked.interval,
            reasons=found,
            reason=asked.reason,
            within_s=within_s if person.scan_presumed else 0,
        ),
    )
