"""What is done for a patient in the scan and owed after it: interventions, skin, contrast, closing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import alarms, remote, suite_implants
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import may
from mr_safety_console.domain.suite_scan import OBSERVATION_RULE
from mr_safety_console.domain.visit import Visit, needed
from mr_safety_console.domain.visit_facts import CloseVisit
from mr_safety_console.domain.watching_facts import (
    INTERVENTIONS,
    OBSERVED,
    SKIN,
    CheckSkin,
    InjectionRecorded,
    InterventionRecorded,
    ObservationMade,
    ObservePatient,
    RecordInjection,
    RecordIntervention,
    SkinChecked,
)
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]

PAUSE_RULE = "interventions-repeated"


def _person(state: SuiteState, visit: str, act: str, ctx: Ctx) -> Visit | Refused:
    person = needed(state.visits, visit)
    if isinstance(person, Refused):
        return person
    return may(state.staff, act, ctx) or person


def intervene(state: SuiteState, asked: RecordIntervention, ctx: Ctx) -> Facts | Refused:
    """Count what is done for a patient in the scan; from the site's number on it says pause and call."""
    person = _person(state, asked.visit, "check-in", ctx)
    if isinstance(person, Refused):
        return person
    if not person.inside:
        return refused("visit-not-inside")
    if asked.what not in INTERVENTIONS:
        return refused("watch-terms", choices=", ".join(INTERVENTIONS))
    no = person.watch.interventions + 1
    told = InterventionRecorded(
        subject=person.subject, visit=person.id, what=asked.what, no=no, note=asked.note
    )
    if no < ctx.profile.limit("interventions_pause"):
        return (told,)
    door = ctx.profile.door_iv.id
    return (told, *alarms.raise_or_repeat(state.alarms, PAUSE_RULE, door, ctx.tokens[0], (person.id,)))


def check_skin(state: SuiteState, asked: CheckSkin, ctx: Ctx) -> Facts | Refused:
    """Record what was seen of the skin after heat or pain."""
    person = _person(state, asked.visit, "skin-check", ctx)
    if isinstance(person, Refused):
        return person
    if person.watch.heat is None:
        return refused("skin-check-not-owed", no=person.no)
    if asked.found not in SKIN:
        return refused("watch-terms", choices=", ".join(SKIN))
    return (SkinChecked(subject=person.subject, visit=person.id, found=asked.found, note=asked.note),)


def inject(state: SuiteState, asked: RecordInjection, ctx: Ctx) -> Facts | Refused:
    """Record that contrast is given now; from now on the times of the observations count."""
    person = _person(state, asked.visit, "injection", ctx)
    if isinstance(person, Refused):
        return person
    if not person.inside or person.companion:
        return refused("visit-not-inside")
    if remote.withheld(person):
        return refused("link-is-lost" if person.remote.lost else "time-out-missing", **_of(person, ctx))
    times = (ctx.profile.limit("contrast_first_s"), ctx.profile.limit("contrast_last_s"))
    return (InjectionRecorded(visit=person.id, observe_s=times),)


def _of(person: Visit, ctx: Ctx) -> dict[str, int]:
    return {"no": person.no, "minutes": ctx.profile.limit("time_out_s") // 60}


def observe(state: SuiteState, asked: ObservePatient, ctx: Ctx) -> Facts | Refused:
    """Record the first observation that is left; not before it is due, but for a reaction or a leaving."""
    person = _person(state, asked.visit, "check-in", ctx)
    if isinstance(person, Refused):
        return person
    if asked.patient not in OBSERVED:
        return refused("watch-terms", choices=", ".join(OBSERVED))
    watch = person.watch
    if not watch.observe_s:
        return refused("observation-not-owed", no=person.no)
    if asked.patient == OBSERVED[0] and watch.observe_s[0] not in watch.called:
        return refused("observation-early", no=person.no, minutes=watch.observe_s[0] // 60)
    made = watch.observe_s if asked.patient == "left-before" else watch.observe_s[:1]
    told = tuple(ObservationMade(visit=person.id, after_s=one, patient=asked.patient) for one in made)
    return (*told, *_over(state, person, ctx))


def _over(state: SuiteState, person: Visit, ctx: Ctx) -> Facts:
    others = any(one.watch.called and one.id != person.id for one in state.visits.open.values())
    return () if others else alarms.returned(state.alarms, ctx.profile.door_iv.id, (OBSERVATION_RULE,))


def close_visit(state: SuiteState, asked: CloseVisit, ctx: Ctx) -> Facts | Refused:
    """Close a visit; not while a look at the skin or at a patient after contrast is owed."""
    person = state.visits.open.get(asked.visit)
    if person is not None and person.watch.heat is not None:
        return refused("skin-check-owed", no=person.no)
    if person is not None and person.watch.observe_s:
        return refused("observation-owed", no=person.no, count=len(person.watch.observe_s))
    return suite_implants.close_visit(state, asked, ctx)
