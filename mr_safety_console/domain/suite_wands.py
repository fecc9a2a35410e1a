"""The hand-held pass: a person's signed act while the portal is UNKNOWN, gone when it is back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import alarms, detectors, wands
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.detectors import Condition, PointChanged
from mr_safety_console.domain.people import Person
from mr_safety_console.domain.people_facts import PersonPassed, PersonPassFell
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import may
from mr_safety_console.domain.suite_iron import FERROUS_RULES, drop_pass
from mr_safety_console.domain.suite_lists import undo
from mr_safety_console.domain.visit import Visit, fell
from mr_safety_console.domain.visit_facts import Leg, LegMade
from mr_safety_console.domain.wands import HandPassed, ProveWand, RecordHandPass, WandTested
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]


def wanted(state: SuiteState, ctx: Ctx) -> bool:
    """Tell whether a detector of the magnet room is UNKNOWN or out of service: only then a wand counts."""
    return any(
        Condition.UNKNOWN in (detectors.live_condition(ctx, point.id)[0], state.points.condition(point.id))
        for point in ctx.profile.detectors_iv
    )


def prove_wand(state: SuiteState, asked: ProveWand, ctx: Ctx) -> Facts | Refused:
    """Keep one's word for a wand and the test piece."""
    if ctx.profile.wand(asked.wand) is None:
        return refused("no-such-wand", wand=asked.wand)
    if why := may(state.staff, "wand-test", ctx):
        return why
    return (WandTested(wand=asked.wand, answered=asked.answered),)


def hand_pass(state: SuiteState, asked: RecordHandPass, ctx: Ctx) -> Facts | Refused:
    """Keep one's word for a search of one person with a wand, or say why not."""
    who = _whom(state, asked)
    if isinstance(who, Refused):
        return who
    if why := _against(state, asked, ctx) or _unsigned(state, who, ctx):
        return why
    told = HandPassed(wand=asked.wand, found=asked.found, visit=asked.visit, person=asked.person)
    if isinstance(who, Visit):
        return (told, *_of_visit(state, who, asked, ctx))
    if not asked.found:
        return (told, PersonPassed(person=who.id, points=(), wand=asked.wand))
    return (told, PersonPassFell(person=who.id, reason="object-found")) if who.passed else (told,)


def _of_visit(state: SuiteState, person: Visit, asked: RecordHandPass, ctx: Ctx) -> Facts:
    if asked.found:
        search = fell(person, (Leg.BELONGINGS,), "object-found")
        return (*search, *drop_pass(state, person, "object-found", ctx))
    before = undo(state, person, (Leg.FINAL_CHECK,), "pass-repeated", ctx)
    made = LegMade(visit=person.id, leg=Leg.DETECTOR_PASS, detail=f"{wands.MANUAL}{asked.wand}")
    return (made, *before)


def _whom(state: SuiteState, asked: RecordHandPass) -> Visit | Person | Refused:
    if bool(asked.visit) is bool(asked.person):
        return refused("person-not-here")
    if asked.person:
        return _by_name(state, asked.person)
    person = state.visits.open.get(asked.visit)
    if person is None:
        return refused("visit-not-open")
    return unready(person, asked.kind) or person


def unready(person: Visit, act: str) -> Refused | None:
    """Return why this person cannot pass any detector now, or None."""
    if person.inside:
        return refused("visit-inside-already")
    if person.holds:
        return refused("visit-held", count=len(person.holds))
    if not person.stands(Leg.BELONGINGS):
        return refused("leg-missing", leg=Leg.BELONGINGS, act=act)
    return None


def _by_name(state: SuiteState, name: str) -> Person | Refused:
    person = state.people.here.get(name)
    if person is None:
        return refused("person-not-here")
    if person.visit:
        return refused("person-by-visit")
    return refused("person-inside-already", no=person.no) if person.inside else person


def _against(state: SuiteState, asked: RecordHandPass, ctx: Ctx) -> Refused | None:
    """Return what stands against any hand-held pass now: a portal that reads, iron, a wand not tested."""
    wand = ctx.profile.wand(asked.wand)
    if wand is None:
        return refused("no-such-wand", wand=asked.wand)
    if not wanted(state, ctx):
        return refused("hand-pass-portal")
    for point in ctx.profile.detectors_iv:
        words = (detectors.live_condition(ctx, point.id)[0], state.points.condition(point.id))
        if Condition.DANGER in words:
            return refused("detector-in-alarm", point=point.name)
        alarm = alarms.find(state.alarms, point.id, FERROUS_RULES)
        if alarm is not None and not alarm.disposition:
            return refused("ferrous-alarm-open", no=alarm.no)
    return None if wands.proved(state.wands, wand.id, ctx) else refused("wand-untested", wand=wand.name)


def _unsigned(state: SuiteState, who: Visit | Person, ctx: Ctx) -> Refused | None:
    if isinstance(who, Person) and any(signer.person == who.staff for signer in ctx.signers):
        return refused("signs-for-self")
    return may(state.staff, "detector-pass-witness" if witnessed(state, who.id, ctx) else "hand-pass", ctx)


def witnessed(state: SuiteState, name: str, ctx: Ctx) -> bool:
    """Tell whether the next pass of a visit or a person follows a red alarm and wants two people here."""
    return ctx.profile.red_alarm_witness and name in state.crossings.witness


def back(state: SuiteState, facts: Facts, ctx: Ctx) -> Facts:
    """Return the fall of every hand-held pass as the last detector that was UNKNOWN speaks again."""
    spoke = {f.point for f in facts if isinstance(f, PointChanged) and f.now is not Condition.UNKNOWN}
    if not spoke:
        return ()
    guards = {point.id for point in ctx.profile.detectors_iv}
    if not spoke & guards:
        return ()
    deaf = (
        point
        for point in guards - spoke
        if state.points.condition(point) is Condition.UNKNOWN or point in state.bypass.open
    )
    if any(deaf) or spoke & set(state.bypass.open):
        return ()
    found: list[Fact] = []
    for person in state.visits.open.values():
        known = person.legs.get(Leg.DETECTOR_PASS)
        if known is not None and known.detail.startswith(wands.MANUAL) and not person.inside:
            found += drop_pass(state, person, "portal-back", ctx)
    waiting = (one for one in state.people.here.values() if one.passed and one.wand and not one.inside)
    return (*found, *(PersonPassFell(person=one.id, reason="portal-back") for one in waiting))
