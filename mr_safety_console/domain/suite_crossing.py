"""Crossings of the magnet room's door and the heads behind it: announced, recorded, counted.

Letting somebody in can be refused; writing down that somebody is inside cannot.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mr_safety_console.domain import alarms, clearance, doors, suite_scan, visit_steps
from mr_safety_console.domain.alarms import DisposeAlarm
from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.doors import AnnounceTransit
from mr_safety_console.domain.people_facts import Category
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import may
from mr_safety_console.domain.staff_screening import own_screening, unscreened
from mr_safety_console.domain.suite_lists import blank, undo
from mr_safety_console.domain.visit import Visit, needed
from mr_safety_console.domain.visit_facts import (
    CountStaff,
    EnterZoneIV,
    HeadsDiffer,
    HeadsReconciled,
    LeaveZoneIV,
    Leg,
    StaffCounted,
    ZoneIVEntered,
)
from mr_safety_console.domain.words import refused

if TYPE_CHECKING:
    from mr_safety_console.domain.suite import SuiteState

Facts = tuple[Fact, ...]

HEADS_RULE = "heads-differ"
KIT_RULE = "kit-inside"
RECORD_RIGHT, LEFT_UNRECORDED = "counted-again", "left-unrecorded"


def announce(state: SuiteState, asked: AnnounceTransit, ctx: Ctx) -> Facts | Refused:
    """Announce a crossing. Outwards is never refused; inwards is as strict as going in."""
    person = state.visits.open.get(asked.visit)
    if asked.inwards:
        if asked.visit and person is None:
            return refused("visit-not-open")
        if person is not None and person.screening_alone:
            return refused("screening-visit", no=person.no)
        if why := may(state.staff, "transit", ctx) or _own(state, ctx):
            return why
        found = clearance.entry(state, person, ctx) if person else clearance.staff(state, ctx)
        if found:
            return found[0].why
    told = doors.announced(person.id if person else "", asked.inwards, state.visits.heads, ctx)
    # A detector that is UNKNOWN matters more while somebody crosses.
    return (*told, *alarms.worsened(state.alarms, ("detector-lost",)))


def _own(state: SuiteState, ctx: Ctx) -> Refused | None:
    """Return that the own screening of whoever announces, and so goes in, does not count (H40)."""
    known = state.staff.people.get(ctx.actor.person) if ctx.actor else None
    why = own_screening(state.staff, known.id, ctx) if known else ""
    return unscreened(known.initials, why) if known and why else None


def enter(state: SuiteState, asked: EnterZoneIV, ctx: Ctx) -> Facts | Refused:
    """Let a patient in, or write down that they are in although something stands against it.

    During an emergency, in a crossing that was announced for them, or where somebody says that they
    are inside already, it is recorded as uncleared and alarmed: a fact of the world is not refused.
    """
    person = needed(state.visits, asked.visit)
    if isinstance(person, Refused):
        return person
    if person.inside:
        return refused("visit-inside-already")
    if person.screening_alone:
        return refused("screening-visit", no=person.no)
    if state.emergency.current is not None:
        entered = ZoneIVEntered(visit=person.id, staff=max(0, asked.staff), emergency=True)
        return _against(state, entered, "entered-in-emergency", ctx)
    found = clearance.entry(state, person, ctx)
    if asked.anyway or (found and crossing_for(state, person, ctx)):
        rules = tuple(dict.fromkeys(finding.why.rule for finding in found)) or ("transit-not-announced",)
        entered = ZoneIVEntered(visit=person.id, staff=max(0, asked.staff), uncleared=True, against=rules)
        return _against(state, entered, "entered-uncleared", ctx)
    if why := may(state.staff, "enter-zone-iv", ctx):
        return why
    return found[0].why if found else _let_in(state, person, asked.staff, ctx)


def _let_in(state: SuiteState, person: Visit, staff: int, ctx: Ctx) -> Facts | Refused:
    if not announced_for(state, person, ctx):
        return refused("transit-not-announced", no=person.no)
    if (
        staff < 1
        and not person.companion
        and not any(one.category is Category.LEVEL_2 for one in state.people.inside)
    ):
        return refused("patient-alone")
    again = undo(state, person, (Leg.COIL_REMOVED,), "in-again", ctx)
    return (ZoneIVEntered(visit=person.id, staff=staff), *again)


def _against(state: SuiteState, entered: ZoneIVEntered, rule: str, ctx: Ctx) -> Facts:
    """Return an entry on no clearance: its alarm, and the fall of what would be taken for one."""
    person = state.visits.open[entered.visit]
    detail = "+".join(entered.against)
    door = ctx.profile.door_iv.id
    raised = alarms.raise_or_repeat(state.alarms, rule, door, ctx.tokens[0], (person.id,), detail=detail)
    legs = (Leg.FINAL_CHECK, Leg.COIL_REMOVED)
    return (entered, *raised, *undo(state, person, legs, "entered-uncleared", ctx))


def crossing_for(state: SuiteState, person: Visit, ctx: Ctx) -> bool:
    """Tell whether a way in announced for this very visit is on, or the door just closed behind it."""
    transit = doors.crossing(state.doors, ctx.now)
    return transit is not None and transit.inwards and transit.visit == person.id


def announced_for(state: SuiteState, person: Visit, ctx: Ctx) -> bool:
    """Tell whether this way in was announced: for this visit, and after its present final check."""
    transit, final = doors.crossing(state.doors, ctx.now), person.legs.get(Leg.FINAL_CHECK)
    if transit is None or final is None or not crossing_for(state, person, ctx):
        return False
    return transit.since.bt >= final.at.bt


def leave(state: SuiteState, asked: LeaveZoneIV, ctx: Ctx) -> Facts | Refused:
    """Record the way out, never refused to anybody inside; the way back in begins with blank lists."""
    seen = max(0, asked.staff_inside)
    told = replace(asked, staff_inside=max(seen, state.people.named_inside))
    answer = visit_steps.decide(state.visits, told, ctx, state.staff)
    if isinstance(answer, Refused):
        return answer
    person = state.visits.open[asked.visit]
    lists = blank(state, person, (Leg.FINAL_CHECK, Leg.TABLE_LIST), ctx)
    rest = _rest(state, len(state.visits.inside) - 1, seen, ctx)
    over = () if person.companion else suite_scan.over(state, ctx)
    return (*answer, *lists, *over, *rest)


def _rest(state: SuiteState, patients: int, seen: int, ctx: Ctx) -> Facts:
    """Hold the people seen in the room beside so many patients against those who have a name there.

    Nobody with a name is presumed out: fewer seen is a difference of heads.
    """
    named = state.people.named_inside
    if seen < named:
        return _differ(state, patients + seen, patients + named, ctx)
    return settled(state, patients + seen, ctx)


def count_staff(state: SuiteState, asked: CountStaff, ctx: Ctx) -> Facts | Refused:
    """Record how many members of staff are in the room, counted by eye by whoever is signed on."""
    if why := may(state.staff, "start-check", ctx):
        return why
    seen = max(0, asked.staff_inside)
    told = StaffCounted(staff_inside=max(seen, state.people.named_inside))
    return (told, *_rest(state, len(state.visits.inside), seen, ctx))


# --- heads counted by eye ---


def heads_counted(state: SuiteState, counted: int, ctx: Ctx) -> Facts:
    """Return what a count of everybody in the room makes of the record.

    More heads than recorded: the record follows, as staff. Fewer: nobody is taken out of the record,
    and the difference is an alarm that stands until it is reconciled.
    """
    recorded = state.visits.heads
    if counted >= recorded:
        more = counted > recorded
        follows = (StaffCounted(staff_inside=counted - len(state.visits.inside)),) if more else ()
        return (*follows, *_agreed(state, counted, RECORD_RIGHT, ctx))
    return _differ(state, counted, recorded, ctx)


def _differ(state: SuiteState, counted: int, recorded: int, ctx: Ctx) -> Facts:
    door, detail = ctx.profile.door_iv.id, f"counted={counted} recorded={recorded}"
    raised = alarms.raise_or_repeat(state.alarms, HEADS_RULE, door, ctx.tokens[0], detail=detail)
    return (HeadsDiffer(counted=counted, recorded=recorded), *raised)


def kit_counted(state: SuiteState, pieces: int, ctx: Ctx, ahead: int) -> Facts:
    """Return the alarm for kit that an emergency left in the room, `ahead` of others raised with it."""
    if not pieces:
        return ()
    door, token = ctx.profile.door_iv.id, ctx.tokens[1]
    detail = f"pieces={pieces}"
    return alarms.raise_or_repeat(state.alarms, KIT_RULE, door, token, ahead=ahead, detail=detail)


def settled(state: SuiteState, heads: int, ctx: Ctx) -> Facts:
    """Return the end of a difference once the record has no more heads than were counted."""
    counted = state.visits.counted
    return _agreed(state, heads, "recorded", ctx) if counted is not None and heads <= counted else ()


def _agreed(state: SuiteState, heads: int, how: str, ctx: Ctx) -> Facts:
    if state.visits.counted is None:
        return ()
    over = alarms.returned(state.alarms, ctx.profile.door_iv.id, (HEADS_RULE,))
    return (HeadsReconciled(heads=heads, how=how), *over)


def reconcile(state: SuiteState, asked: DisposeAlarm, ctx: Ctx) -> Facts | Refused:
    """Dispose of a difference of heads; counted again or told who had left, it is over as well."""
    answer = alarms.decide(state.alarms, asked, ctx, state.staff)
    if isinstance(answer, Refused) or asked.disposition not in (RECORD_RIGHT, LEFT_UNRECORDED):
        return answer
    visits, counted = state.visits, state.visits.counted
    if counted is None:
        return answer
    told: Facts = ()
    heads = visits.heads
    if asked.disposition == LEFT_UNRECORDED:
        if counted < len(visits.inside):
            return refused("heads-patients-first", no=visits.inside[0].no, counted=counted)
        if counted < len(visits.inside) + state.people.named_inside:
            named = next(one for one in state.people.inside if not one.visit)
            return refused("heads-named-first", no=named.no, counted=counted)
        told, heads = (StaffCounted(staff_inside=counted - len(visits.inside)),), counted
    alarm = state.alarms.open[asked.alarm]
    over = replace(state.alarms, open={**state.alarms.open, alarm.id: replace(alarm, present=False)})
    closed = alarms.decide(over, asked, ctx, state.staff)
    if isinstance(closed, Refused):
        return closed
    back = (alarms.AlarmReturned(alarm=alarm.id),) if alarm.present else ()
    return (*told, HeadsReconciled(heads=heads, how=asked.disposition), *back, *closed)
