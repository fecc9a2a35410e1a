"""The suite: the only module that knows all of the domain. One state, one `decide`, one `evolve`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, fields, replace
from operator import attrgetter
from typing import Any

from mr_safety_console.domain import (
    alarm_facts,
    alarm_fold,
    alarm_shelf,
    alarm_timers,
    alarms,
    approval_facts,
    bypass,
    check_facts,
    checks,
    clearance,
    crossings,
    crossings_fold,
    detectors,
    device_actions,
    doors,
    emergency,
    emergency_lane,
    hearing,
    implant_acts,
    implant_facts,
    implants_fold,
    interview_facts,
    items,
    items_facts,
    items_inside,
    lifecycle,
    lists_facts,
    lists_fold,
    notes,
    overrides,
    people,
    people_acts,
    people_facts,
    permits,
    proof_test,
    quench,
    remote_facts,
    roster,
    screening,
    screening_facts,
    sound,
    staff,
    staff_screening,
    suite_admission,
    suite_binding,
    suite_care,
    suite_checks,
    suite_counts,
    suite_crossing,
    suite_door_test,
    suite_doors,
    suite_entry,
    suite_escorts,
    suite_hearing,
    suite_implants,
    suite_items,
    suite_ledger,
    suite_lists,
    suite_observer,
    suite_own,
    suite_passages,
    suite_people,
    suite_permits,
    suite_remote,
    suite_roster,
    suite_scan,
    suite_screening,
    suite_stages,
    suite_wands,
    suite_watch,
    suite_watching,
    tally,
    upkeep,
    visit,
    visit_facts,
    visit_steps,
    wands,
    watching_facts,
)
from mr_safety_console.domain.alarms import AlarmsState
from mr_safety_console.domain.attempts import ATTEMPTS_KEPT
from mr_safety_console.domain.bypass import BypassState
from mr_safety_console.domain.checks import ChecksState
from mr_safety_console.domain.codec import Command, Entry, Fact
from mr_safety_console.domain.context import Ctx, Instant
from mr_safety_console.domain.crossings import CrossingsState
from mr_safety_console.domain.detectors import PointsState
from mr_safety_console.domain.device_actions import ActionsState
from mr_safety_console.domain.doors import DoorsState
from mr_safety_console.domain.emergency import EmergencyState
from mr_safety_console.domain.emergency_lane import LaneState
from mr_safety_console.domain.findings import Finding
from mr_safety_console.domain.hearing import HearingState
from mr_safety_console.domain.implants import ImplantsState
from mr_safety_console.domain.items import ItemsState
from mr_safety_console.domain.items_inside import InsideState
from mr_safety_console.domain.lifecycle import RunState
from mr_safety_console.domain.lists_facts import ListsState
from mr_safety_console.domain.people import PeopleState
from mr_safety_console.domain.permits import PermitsState
from mr_safety_console.domain.quench import QuenchState
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.roster import RosterState
from mr_safety_console.domain.screening import ScreeningState
from mr_safety_console.domain.sound import SoundState
from mr_safety_console.domain.staff import StaffState
from mr_safety_console.domain.tally import TallyState
from mr_safety_console.domain.upkeep import UpkeepState
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.visit import VisitsState
from mr_safety_console.domain.wands import WandsState

SCHEMA = 2377712689
"""Fingerprint of the state's shape, which the cached state carries; a test says what to write here."""


@frozen
class SuiteState:
    """Everything that follows from the record. `broken` names slices whose fold failed."""

    run: RunState = field(default_factory=RunState)
    staff: StaffState = field(default_factory=StaffState)
    points: PointsState = field(default_factory=PointsState)
    doors: DoorsState = field(default_factory=DoorsState)
    alarms: AlarmsState = field(default_factory=AlarmsState)
    visits: VisitsState = field(default_factory=VisitsState)
    screening: ScreeningState = field(default_factory=ScreeningState)
    lists: ListsState = field(default_factory=ListsState)
    emergency: EmergencyState = field(default_factory=EmergencyState)
    quench: QuenchState = field(default_factory=QuenchState)
    lane: LaneState = field(default_factory=LaneState)
    upkeep: UpkeepState = field(default_factory=UpkeepState)
    sound: SoundState = field(default_factory=SoundState)
    bypass: BypassState = field(default_factory=BypassState)
    people: PeopleState = field(default_factory=PeopleState)
    permits: PermitsState = field(default_factory=PermitsState)
    tally: TallyState = field(default_factory=TallyState)
    items: ItemsState = field(default_factory=ItemsState)
    inside: InsideState = field(default_factory=InsideState)
    roster: RosterState = field(default_factory=RosterState)
    crossings: CrossingsState = field(default_factory=CrossingsState)
    wands: WandsState = field(default_factory=WandsState)
    implants: ImplantsState = field(default_factory=ImplantsState)
    actions: ActionsState = field(default_factory=ActionsState)
    hearing: HearingState = field(default_factory=HearingState)
    checks: ChecksState = field(default_factory=ChecksState)
    broken: tuple[str, ...] = ()


@frozen
class Decision:
    """What came of one input: the facts, and the refusal if it was refused."""

    facts: tuple[Fact, ...] = ()
    refused: Refused | None = None


Fold = Callable[[Any, Entry], Any]
_NAMES = tuple(item.name for item in fields(SuiteState))
_slices = attrgetter(*_NAMES)

SCREENING_FACTS = (*screening_facts.FACTS, *interview_facts.FACTS, *approval_facts.FACTS)

_SLICES: tuple[tuple[str, tuple[type[Fact], ...], Fold], ...] = (
    ("run", lifecycle.FACTS, lifecycle.evolve),
    ("staff", (*staff.FACTS, *staff_screening.FACTS), staff_screening.evolve),
    ("points", detectors.FACTS, detectors.evolve),
    ("doors", doors.FACTS, doors.evolve),
    ("alarms", alarms.FACTS, alarm_fold.evolve),
    ("visits", (*visit_facts.FACTS, *watching_facts.FACTS, *remote_facts.FACTS), visit.evolve),
    ("screening", SCREENING_FACTS, screening.evolve),
    ("lists", lists_facts.FACTS, lists_fold.evolve),
    ("emergency", emergency.FACTS, emergency.evolve),
    ("quench", quench.FACTS, quench.evolve),
    ("upkeep", upkeep.FACTS, upkeep.evolve),
    ("sound", sound.FACTS, sound.evolve),
    ("bypass", bypass.FACTS, bypass.evolve),
    ("items", items_facts.REGISTER_FACTS, items.evolve),
    ("inside", items_facts.INSIDE_FACTS, items_inside.evolve),
    ("people", people_facts.FACTS, people.evolve),
    ("permits", permits.FACTS, permits.evolve),
    ("roster", roster.FACTS, roster.evolve),
    ("crossings", crossings.FACTS, crossings_fold.evolve),
    ("wands", wands.FACTS, wands.evolve),
    ("implants", implant_facts.FACTS, implants_fold.evolve),
    ("actions", device_actions.FACTS, device_actions.evolve),
    ("hearing", hearing.FACTS, hearing.evolve),
    ("checks", checks.FACTS, checks.evolve),
)
_OWNER: dict[type[Fact], tuple[str, Fold]] = {
    kind: (name, fold) for name, facts, fold in _SLICES for kind in facts
}


def slice_of(kind: type[Fact]) -> str:
    """Return the slice that owns a kind of fact; empty for facts that only stand in the record."""
    return _OWNER[kind][0] if kind in _OWNER else ""


def evolve(state: SuiteState, entry: Entry) -> SuiteState:
    """Return the state after one fact; a fact changes the one slice that owns it."""
    kind = type(entry.fact)
    changed: dict[str, Any] = {}
    lane = emergency_lane.evolve(state.lane, entry)
    if lane is not state.lane:
        changed["lane"] = lane
    if kind in tally.COUNTED:
        changed["tally"] = tally.evolve(state.tally, entry)
    if kind in crossings_fold.COUNTED:
        changed["crossings"] = crossings_fold.evolve(state.crossings, entry)
    if owner := _OWNER.get(kind):
        name, fold = owner
        before = getattr(state, name)
        after = fold(before, entry)
        if after is not before:
            changed[name] = after
    return _with(state, changed) if changed else state


def _with(state: SuiteState, changed: Mapping[str, Any]) -> SuiteState:
    """Return what `replace` does in two thirds of its time: this is on the path of every fact."""
    return SuiteState(*map(changed.get, _NAMES, _slices(state)))


def survive(state: SuiteState, entry: Entry) -> SuiteState:
    """Return the state after a fact whose fold failed: the fact stands, its slice is broken."""
    name = slice_of(type(entry.fact))
    if not name or name in state.broken:
        return state
    return replace(state, broken=(*state.broken, name))


def decide(state: SuiteState, asked: Command, ctx: Ctx) -> Decision:
    """Decide on one input, by the module it belongs to; refused attempts that matter are kept."""
    veiled = bypass.veiled(state.bypass, ctx)
    answer = suite_observer.bound(state, asked, veiled) or _route(state, asked, veiled)
    if isinstance(answer, Refused):
        return Decision(_kept(asked, answer), answer)
    facts = (*answer, *suite_roster.followed(state, answer, ctx))
    facts = (*facts, *proof_test.disturbed(state.points, facts, ctx.now))
    facts = (*facts, *suite_lists.joined(state, facts, ctx))
    facts = (*facts, *suite_passages.taken(state, facts, ctx), *suite_wands.back(state, facts, veiled))
    facts = (*facts, *suite_own.followed(state, facts, ctx))
    facts = (*facts, *suite_ledger.followed(state, facts, ctx))
    facts = (*facts, *suite_checks.followed(state, facts, ctx))
    return Decision((*facts, *suite_hearing.lapsed(state, facts, ctx)))


def _kept(asked: Command, answer: Refused) -> tuple[Fact, ...]:
    if asked.kind not in ATTEMPTS_KEPT and answer.rule != suite_observer.RULE:
        return ()
    who = getattr(asked, "visit", "")
    return (lifecycle.AttemptRefused(act=asked.kind, rule=answer.rule, visit=who),)


def _route(state: SuiteState, asked: Command, ctx: Ctx) -> tuple[Fact, ...] | Refused:
    handler = _ROUTES.get(type(asked))
    if handler is not None:
        return handler(state, asked, ctx)
    if type(asked) in emergency.COMMANDS:
        return suite_entry.emergency_command(state, asked, ctx)
    if type(asked) in quench.COMMANDS:
        return quench.decide(state.quench, asked, ctx)
    return _by_person(state, asked, ctx)


def _by_person(state: SuiteState, asked: Command, ctx: Ctx) -> tuple[Fact, ...] | Refused:
    if isinstance(asked, staff_screening.COMMANDS):
        return staff_screening.decide(state.staff, asked, ctx)
    if isinstance(asked, _SCREENING):
        return suite_screening.screening_command(state, asked, ctx)
    return (
        lifecycle.decide(state.run, asked)
        or staff.decide(state.staff, asked, ctx)
        or alarms.decide(state.alarms, asked, ctx, state.staff)
        or visit_steps.decide(state.visits, asked, ctx, state.staff)
        or notes.decide(asked, ctx, state.staff)
    )


_ROUTES: dict[type[Command], Callable[[SuiteState, Any, Ctx], tuple[Fact, ...] | Refused]] = {
    lifecycle.StartConsole: suite_watch.start,
    lifecycle.Tick: suite_watch.tick,
    lifecycle.StepClock: suite_watch.clock_stepped,
    lifecycle.ReportSpoolDamage: suite_watch.spool_damaged,
    upkeep.ReportSpoolSetAside: upkeep.set_aside,
    upkeep.ReportLaneCopies: upkeep.lane_copies,
    upkeep.KeepAlarm: upkeep.keep_alarm,
    sound.ReportSound: sound.report,
    sound.TrySounder: sound.try_out,
    sound.AnswerSounderTest: sound.answer,
    detectors.ObservePoint: suite_watch.observe,
    crossings.ObservePassages: suite_passages.observe,
    wands.ProveWand: suite_wands.prove_wand,
    wands.RecordHandPass: suite_wands.hand_pass,
    detectors.NoteDevice: suite_watch.note_device,
    detectors.StartWalkTest: suite_watch.walk_test,
    alarms.DisposeAlarm: suite_watch.dispose,
    bypass.BypassPoint: bypass.bypass,
    bypass.EndBypass: bypass.end,
    alarm_facts.ShelveAlarm: alarm_shelf.shelve,
    alarm_facts.UnshelveAlarm: alarm_shelf.unshelve,
    doors.AnnounceTransit: suite_crossing.announce,
    doors.KeepDoor: suite_doors.keep,
    doors.LeaveDoor: suite_doors.leave_door,
    visit_facts.EnterZoneIV: suite_crossing.enter,
    visit_facts.AmendVisit: suite_binding.amend,
    visit_facts.RecordDetectorPass: suite_entry.detector_pass,
    visit_facts.StartCheck: suite_scan.start_check,
    visit_facts.CheckIn: suite_scan.check_in,
    visit_facts.EndScan: suite_scan.end_scan,
    visit_facts.ReleaseHold: suite_entry.release_hold,
    visit_facts.LeaveZoneIV: suite_crossing.leave,
    visit_facts.CountStaff: suite_crossing.count_staff,
    visit_facts.CloseVisit: suite_care.close_visit,
    **suite_remote.ROUTES,
    watching_facts.ChooseWatch: suite_observer.choose,
    watching_facts.ChangeObserver: suite_observer.change,
    watching_facts.RecordIntervention: suite_care.intervene,
    watching_facts.CheckSkin: suite_care.check_skin,
    watching_facts.RecordInjection: suite_care.inject,
    watching_facts.ObservePatient: suite_care.observe,
    people_acts.AdmitColleague: suite_admission.admit_colleague,
    people_acts.AdmitPerson: suite_admission.admit_person,
    people_acts.ScreenPerson: suite_own.screen,
    people_acts.RenewPerson: suite_admission.renew,
    people_acts.TurnAway: suite_admission.turn_away,
    people_acts.RecordPersonPass: suite_people.detector_pass,
    people_acts.PersonEntersZoneIV: suite_people.enter,
    people_acts.PersonLeavesZoneIV: suite_people.leave_iv,
    people_acts.PersonLeaves: suite_people.leave,
    people_acts.LoseTrack: suite_escorts.lose_track,
    people_acts.FindPerson: suite_escorts.find,
    people_acts.OfferEscort: suite_escorts.offer_escort,
    people_acts.AcceptEscort: suite_escorts.accept_escort,
    permits.OpenPermit: suite_permits.open_permit,
    permits.CountTools: suite_permits.count_tools,
    permits.ClosePermit: suite_permits.close_permit,
    permits.HandBack: suite_permits.hand_back,
    people_acts.ReconcileHeads: suite_escorts.reconcile_heads,
    **suite_stages.ROUTES,
    hearing.ChooseHearing: suite_hearing.choose,
    items_facts.ImportItems: suite_items.register,
    items_facts.RegisterItem: suite_items.register,
    items_facts.LabelItem: suite_items.register,
    items_facts.QuarantineItem: suite_items.register,
    items_facts.MoveItem: suite_items.move,
    items_facts.SeeItem: suite_items.see,
    roster.CloseShift: suite_roster.close,
    check_facts.RecordCheck: suite_checks.record,
    check_facts.StartDoorTest: suite_door_test.start,
    check_facts.WaiveCheck: suite_checks.waive,
    check_facts.EndWaiver: suite_checks.end_waiver,
    check_facts.ResumeUse: suite_checks.resume,
    device_actions.OpenDeviceAction: suite_implants.command,
    device_actions.CloseDeviceAction: suite_implants.command,
    **dict.fromkeys(implant_acts.COMMANDS, suite_implants.command),
}

_SCREENING = (*screening_facts.COMMANDS, *interview_facts.COMMANDS, *approval_facts.COMMANDS)


def next_due(state: SuiteState, now: Instant) -> int | None:
    """Return the boot-time ns of the next thing a tick would bring, or None."""
    dues = (
        alarm_timers.next_due(state.alarms, now),
        doors.next_due(state.doors),
        detectors.next_due(state.points),
        bypass.next_due(state.bypass),
        overrides.next_due(state),
        people.next_due(state.people, now),
        permits.next_due(state.permits, now),
        device_actions.next_due(state.actions, now),
        suite_counts.next_due(state, now),
        emergency.next_due(state.emergency),
        suite_watching.next_due(state, now),
        suite_remote.next_due(state, now),
        suite_roster.next_due(state, now),
        suite_checks.next_due(state, now),
        *(due for due, _, _ in suite_doors.held_open(state, now)),
    )
    return min((due for due in dues if due is not None), default=None)


def entry_findings(state: SuiteState, visit_id: str, ctx: Ctx) -> tuple[Finding, ...]:
    """Return every reason why this visit's patient may not go in now; empty for an unknown visit."""
    person = state.visits.open.get(visit_id)
    return clearance.entry(state, person, ctx) if person else ()
