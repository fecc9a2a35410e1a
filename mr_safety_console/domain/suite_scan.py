"""While a scan is presumed: it begins with its start check, ends by word, and the patient is spoken with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mr_safety_console.domain import alarms, clearance, visit_steps
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import NS, Ctx, Instant, elapsed
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import may
from mr_safety_console.domain.visit import Visit, needed
from mr_safety_console.domain.visit_facts import (
    CheckedIn,
    CheckIn,
    CheckInsBegun,
    EndScan,
    Leg,
    LegMade,
    StartCheck,
)
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]

CHECKIN_RULE = "checkin-due"


def start_check(state: SuiteState, asked: StartCheck, ctx: Ctx) -> Facts | Refused:
    """Make the start leg: lists done, door closed, heads in the room counted by eye and agreeing.

    Whoever makes it is the observer of this patient from then on.
    """
    person = needed(state.visits, asked.visit)
    if isinstance(person, Refused):
        return person
    if why := may(state.staff, "start-check", ctx):
        return why
    found = clearance.start(state, person, ctx)
    if found:
        return found[0].why
    if asked.heads != state.visits.heads:
        return refused("head-count-differs", counted=asked.heads, recorded=state.visits.heads)
    made = LegMade(visit=person.id, leg=Leg.START_CHECK, detail=f"heads={asked.heads}")
    observer = ctx.actor.person if ctx.actor else ""
    begun = CheckInsBegun(visit=person.id, within_s=ctx.profile.limit("checkin_s"), observer=observer)
    return (made, begun)


def check_in(state: SuiteState, asked: CheckIn, ctx: Ctx) -> Facts | Refused:
    """Record that the patient was seen and spoken with now; there is no telling it for another time."""
    person = needed(state.visits, asked.visit)
    if isinstance(person, Refused):
        return person
    if not person.scan_presumed:
        return refused("no-scan-presumed", no=person.no)
    if why := may(state.staff, "check-in", ctx):
        return why
    told = CheckedIn(visit=person.id, within_s=ctx.profile.limit("checkin_s"))
    return (told, *over(state, ctx))


def end_scan(state: SuiteState, asked: EndScan, ctx: Ctx) -> Facts | Refused:
    """Record the end of a scan; nobody is waited for any more."""
    answer = visit_steps.decide(state.visits, asked, ctx, state.staff)
    return answer if isinstance(answer, Refused) else (*answer, *over(state, ctx))


def over(state: SuiteState, ctx: Ctx) -> Facts:
    """Return the end of a check-in that was due."""
    return alarms.returned(state.alarms, ctx.profile.door_iv.id, (CHECKIN_RULE,))


def _waiting(state: SuiteState) -> tuple[Visit, ...]:
    """Return the patients whose next check-in is not an alarm yet."""
    if any(alarm.rule == CHECKIN_RULE and alarm.present for alarm in state.alarms.open.values()):
        return ()
    return tuple(one for one in state.visits.open.values() if one.scan_presumed and one.checkin_s)


def _left_s(person: Visit, now: Instant) -> float:
    # A reboot ends no waiting time: it goes on from the wall clock.
    return person.checkin_s - (elapsed(now, person.spoken).seconds if person.spoken else 0)


def next_due(state: SuiteState, now: Instant) -> int | None:
    """Return the boot-time ns at which the next check-in is overdue, or None."""
    return min((now.bt + int(_left_s(one, now) * NS) for one in _waiting(state)), default=None)


def tick(state: SuiteState, ctx: Ctx, ahead: int) -> Facts:
    """Return the alarm of a check-in overdue by now; `ahead` alarms were raised by the same tick before."""
    late = [one for one in _waiting(state) if _left_s(one, ctx.now) <= 0]
    if not late or ahead >= len(ctx.tokens):
        return ()
    names, door = tuple(one.id for one in late), ctx.profile.door_iv.id
    return alarms.raise_or_repeat(state.alarms, CHECKIN_RULE, door, ctx.tokens[ahead], names, ahead=ahead)
