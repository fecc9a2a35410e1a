"""Nobody rostered: how it begins, what it makes of a door, how it ends; and a shift that cannot be closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from support.suite_world import DETECTOR, DOOR, DOOR_III, World, at_the_door, raised, ready, site

from mr_safety_console.domain import roster, suite, suite_roster
from mr_safety_console.domain.alarm_points import Priority
from mr_safety_console.domain.bypass import BypassPoint
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import AnnounceTransit, DoorKeeperLeft, DoorOpened, KeepDoor, TransitEnded
from mr_safety_console.domain.emergency import OpenEmergency
from mr_safety_console.domain.items_facts import ItemClass, Label, MoveItem, RegisterItem, SeeItem
from mr_safety_console.domain.lifecycle import AttemptRefused
from mr_safety_console.domain.people_acts import (
    AdmitColleague,
    PersonEntersZoneIV,
    PersonLeaves,
    ReconcileHeads,
)
from mr_safety_console.domain.people_facts import PeopleReconciled
from mr_safety_console.domain.permits import OpenPermit
from mr_safety_console.domain.profile import LIMITS, ProfileError
from mr_safety_console.domain.roster import (
    CloseShift,
    NobodyRostered,
    RosteredAgain,
    RosterState,
    RosterWaits,
    ShiftClosed,
)
from mr_safety_console.domain.staff import SignedOff
from mr_safety_console.domain.visit_facts import CountStaff, EnterZoneIV, LeaveZoneIV

OPEN, CLOSED, UNKNOWN = Condition.DANGER, Condition.NORMAL, Condition.UNKNOWN
AFTER_S = 1800
PERMIT = OpenPermit(kind_of="cleaning", holder="Clara", tools_told="mop", tools=1, zone="IV", minutes=60)


def nobody(world: World) -> bool:
    return roster.unrostered(world.state)


def closed() -> World:
    """Return a suite whose shift was closed with nobody following."""
    world = ready()
    world.do(CloseShift(heads=0), "TE")
    return world


def left() -> World:
    """Return a suite nobody has been signed on to for half an hour."""
    world = ready()
    world.sign_off()
    world.advance(AFTER_S)
    return world


BEGUN = pytest.mark.parametrize("begun", [closed, left])


# --- how it begins and ends ---


def test_it_begins_by_itself_half_an_hour_after_the_last_person_signed_off() -> None:
    """H18: a stepped wall clock moves it nowhere, and its time stands in the fact."""
    world = ready()
    world.sign_off()
    assert world.facts(RosterWaits)[-1] == RosterWaits(after_s=AFTER_S)
    world.clock.step_wall(7200)
    assert NobodyRostered not in map(type, world.advance(AFTER_S - 0.1))
    assert not nobody(world)
    assert world.advance(0.1)[-1] == NobodyRostered(reason="left")
    assert nobody(world)
    assert [f for f in world.advance(7200) if isinstance(f, NobodyRostered)] == []


def test_somebody_who_signs_on_in_time_stops_the_clock() -> None:
    world = ready()
    world.sign_off()
    world.advance(AFTER_S - 1)
    world.sign_on("LT")
    assert world.state.roster == RosterState()
    assert NobodyRostered not in map(type, world.advance(3 * AFTER_S))
    world.sign_on("TE")
    last = world.facts(RosteredAgain)[-1]
    assert last == RosteredAgain(person=world.people["LT"]), "one takes over from another"


@pytest.mark.parametrize("seconds", [899, 7201])
def test_a_site_sets_the_time_within_its_range(seconds: int) -> None:
    """Never shorter than a keeper's time or that of a locked console, never above two hours."""
    assert next(limit.default for limit in LIMITS if limit.name == "unrostered_after_s") == AFTER_S
    with pytest.raises(ProfileError):
        site(limits={"unrostered_after_s": seconds})
    world = World(site(limits={"unrostered_after_s": 900}))
    world.start()
    world.advance(900)
    assert nobody(world)


@BEGUN
def test_it_survives_a_restart_and_a_reboot_and_ends_when_somebody_signs_on(
    begun: Callable[[], World],
) -> None:
    """I15: what presses goes on."""
    world = begun()
    world.start()
    assert nobody(world)
    world.clock.reboot(3600)
    world.hear()
    world.start()
    assert nobody(world)
    world.sign_on("TE")
    assert not nobody(world)
    assert world.facts(RosteredAgain)[-1] == RosteredAgain(person=world.people["TE"])


def test_its_waiting_goes_on_across_a_reboot_from_the_wall_clock() -> None:
    """I15."""
    world = ready()
    world.sign_off()
    world.advance(600)
    world.clock.reboot(1100)
    world.hear()
    world.start()
    assert [type(f) for f in world.facts(RosterWaits)] == [RosterWaits] * 2, (
        "the start of the record, the sign-off"
    )
    assert not nobody(world)
    world.advance(99)
    assert not nobody(world)
    world.advance(2)
    assert nobody(world)


def test_a_console_that_starts_with_nobody_waits_as_well() -> None:
    world = World()
    world.start()
    world.advance(AFTER_S)
    assert nobody(world)


@pytest.mark.parametrize("what", ["inside", "patient", "zone-iii", "emergency", "permit"])
def test_it_does_not_begin_while_somebody_or_something_is_there(what: str) -> None:
    world, visit = at_the_door()
    if what == "patient":
        world.go_in(visit)
    elif what == "inside":
        world.do(CountStaff(staff_inside=1))
    elif what == "emergency":
        world.do(OpenEmergency())
    elif what == "permit":
        world = ready()
        world.do(replace(PERMIT, minutes=120), "TE")
    world.sign_off()
    world.advance(2 * AFTER_S)
    assert not nobody(world)
    if what == "permit":
        world.advance(2 * AFTER_S)
        assert nobody(world), "a permit past its time is no work any more"


def test_it_begins_once_the_last_one_is_recorded_as_gone() -> None:
    world = ready()
    world.do(AdmitColleague(staff=world.people["LT"]))
    world.sign_off()
    world.advance(2 * AFTER_S)
    assert not nobody(world)
    world.do(PersonLeaves(person=next(iter(world.state.people.here))))
    world.tick()
    assert nobody(world)


# --- what it makes of the doors ---


@BEGUN
@pytest.mark.parametrize("way", ["plain", "announced out", "after a loss"])
def test_any_opening_of_the_magnet_rooms_door_is_high_at_once(begun: Callable[[], World], way: str) -> None:
    """H18: nothing excuses it; inwards nothing can be announced."""
    world = begun()
    assert world.refused(AnnounceTransit()) == "nobody-signed-on"
    assert world.refused(KeepDoor()) == "nobody-signed-on"
    if way == "announced out":
        world.do(AnnounceTransit(inwards=False))
    elif way == "after a loss":
        assert raised(world.observe(DOOR, UNKNOWN, "cut")) == ["door-lost"]
    facts = world.observe(DOOR, OPEN)
    assert DoorOpened(point=DOOR, announced=False, forced=True) in facts
    assert raised(facts) == ["door-unrostered"]
    assert world.alarm("door-unrostered").priority is Priority.HIGH
    world.observe(DOOR, CLOSED)
    assert not world.alarm("door-unrostered").present
    assert raised(world.observe(DOOR, OPEN)) == ["again"]


@BEGUN
def test_a_zone_iii_door_is_told_at_once_and_high_after_half_a_minute(begun: Callable[[], World]) -> None:
    world = begun()
    assert raised(world.observe(DOOR_III, OPEN)) == ["zone-iii-unrostered"]
    assert world.alarm("zone-iii-unrostered").priority is Priority.MEDIUM
    assert raised(world.advance(30)) == []
    assert world.alarm("zone-iii-unrostered").priority is Priority.HIGH
    world.observe(DOOR_III, CLOSED)
    assert not world.alarm("zone-iii-unrostered").present


def test_a_door_that_stands_open_as_it_begins_is_high_at_once() -> None:
    world = ready()
    world.observe(DOOR, OPEN)
    world.dispose(world.alarm("door-unannounced").id, "staff-crossing")
    world.sign_off()
    told = world.advance(AFTER_S)
    assert "door-unrostered" in raised(told)
    assert len({alarm.no for alarm in world.state.alarms.open.values()}) == len(world.state.alarms.open)


def test_what_was_announced_or_kept_as_the_shift_closed_excuses_nothing() -> None:
    world = ready()
    world.do(AnnounceTransit())
    world.do(KeepDoor())
    facts = world.do(CloseShift(heads=0), "TE")
    assert TransitEnded(reason="nobody-rostered") in facts
    assert DoorKeeperLeft(reason="nobody-rostered") in facts
    assert raised(world.observe(DOOR, OPEN)) == ["door-unrostered"]


def test_iron_is_as_loud_as_ever() -> None:
    """I12."""
    world = closed()
    world.observe(DOOR, OPEN)
    assert raised(world.observe(DETECTOR, OPEN)) == ["ferrous-entry"]


def test_once_somebody_signed_on_an_opening_is_like_any_other() -> None:
    world = closed()
    world.sign_on("TE")
    assert raised(world.observe(DOOR, OPEN)) == ["door-unannounced"]


def test_where_the_roster_broke_nobody_signed_on_counts_as_nobody_rostered() -> None:
    """I3: what cannot be told is never the milder of two."""
    world = ready()
    world.sign_off()
    world.state = replace(world.state, broken=("roster",))
    assert suite_roster.next_due(world.state, world.clock.now()) is None, "a tick that cannot fold tells once"
    assert raised(world.observe(DOOR, OPEN)) == ["door-unrostered"]


def test_no_permit_is_opened_on_a_signature_alone() -> None:
    """H18: somebody signs on first, and is there."""
    world = closed()
    assert world.refused(PERMIT, "TE") == "nobody-rostered"
    world.sign_on("TE")
    world.do(PERMIT, "TE")


# --- closing the shift ---


def test_a_shift_closes_on_heads_counted_by_eye_and_one_signature() -> None:
    world = ready()
    assert world.refused(CloseShift()) == "shift-not-counted"
    assert world.refused(CloseShift(heads=0)) == "signature-missing"
    assert world.refused(CloseShift(heads=0), "LO") == "role-missing"
    facts = world.do(CloseShift(heads=0), "TE")
    assert PeopleReconciled(counted=0, recorded=0) in facts
    assert ShiftClosed(heads=0, items=0) in facts
    assert SignedOff(person=world.people["TE"], reason="shift-closed") in facts
    assert facts[-1] == NobodyRostered(reason="closed")
    assert world.state.roster.by == (world.who("TE"),)
    assert world.state.people.reconciled is not None
    assert RosterWaits not in map(type, facts)


def staff_in_iii(world: World) -> None:
    world.do(AdmitColleague(staff=world.people["LT"]))


def head_in_iv(world: World) -> None:
    world.do(CountStaff(staff_inside=1))


def named_in_iv(world: World) -> None:
    staff_in_iii(world)
    world.do(PersonEntersZoneIV(person=next(iter(world.state.people.here)), anyway=True))


def visit_in_ii(world: World) -> None:
    world.arrive()


def visit_in_iii(world: World) -> None:
    world.to_the_door(world.arrive())


def patient_in_iv(world: World) -> None:
    world.do(EnterZoneIV(visit=world.arrive(), anyway=True))


def back_in_iii(world: World) -> None:
    patient_in_iv(world)
    world.do(LeaveZoneIV(visit=next(iter(world.state.visits.open))))


def out_of_service(world: World) -> None:
    world.do(KeepDoor())
    asked = BypassPoint(point=DETECTOR, reason="maintenance", guard=world.people["TE"], minutes=5)
    world.do(asked, "TE")


def heads_differ(world: World) -> None:
    head_in_iv(world)
    world.do(ReconcileHeads(heads=0))


def thing(world: World, label: Label = Label.CONDITIONAL) -> str:
    asked = RegisterItem(tag="P-1", name="Pump", sort=ItemClass.PUMP)
    world.do(asked)
    return next(iter(world.state.items.register))


def item_inside(world: World) -> None:
    world.do(MoveItem(item=thing(world), to="IV", brought_by="not-known", anyway=True))


def item_missing(world: World) -> None:
    item_inside(world)
    world.do(SeeItem(item=next(iter(world.state.inside.places)), present=False))


def door_open(world: World) -> None:
    world.observe(DOOR, OPEN)


def door_unknown(world: World) -> None:
    world.observe(DOOR, UNKNOWN, "unplugged")


def door_silent(world: World) -> None:
    world.silence(DOOR)
    world.clock.advance(3)


AGAINST: dict[str, tuple[Callable[[World], object], str]] = {
    "emergency": (lambda world: world.do(OpenEmergency()), "shift-emergency"),
    "staff in Zone III": (staff_in_iii, "shift-people"),
    "a head in Zone IV": (head_in_iv, "shift-people"),
    "a name in Zone IV": (named_in_iv, "shift-people"),
    "a visit in Zone II": (visit_in_ii, "shift-visit"),
    "a visit in Zone III": (visit_in_iii, "shift-people"),
    "a patient in Zone IV": (patient_in_iv, "shift-people"),
    "a patient come out": (back_in_iii, "shift-people"),
    "a permit": (lambda world: world.do(PERMIT, "TE"), "shift-permit"),
    "a point out of service": (out_of_service, "shift-bypass"),
    "heads that differ": (heads_differ, "shift-people"),
    "an item not let in": (item_inside, "item-inside"),
    "an item missing": (item_missing, "item-inside"),
    "the door open": (door_open, "door-not-closed"),
    "the door unknown": (door_unknown, "door-not-closed"),
    "the door silent": (door_silent, "door-not-closed"),
}


@pytest.mark.parametrize("what", AGAINST)
@pytest.mark.parametrize("heads", [roster.NOT_COUNTED, 0, 1])
def test_a25_a_shift_is_not_closed_while_anything_stands_and_is_told_what(what: str, heads: int) -> None:
    """A25: refused whatever was counted; the asking is kept, and nothing else changes."""
    prepare, rule = AGAINST[what]
    world = ready()
    prepare(world)
    before = world.state
    decision = world.give(CloseShift(heads=heads), "TE")
    assert decision.refused is not None
    assert decision.refused.rule == rule
    assert all((decision.refused.reason, decision.refused.who_can, decision.refused.what_now))
    assert decision.facts == (AttemptRefused(act="close-shift", rule=rule),)
    assert world.state == before
    assert not nobody(world)


def test_a25_who_is_inside_is_named_as_people_call_them() -> None:
    """A25."""
    world, visit = at_the_door()
    world.go_in(visit)
    world.do(AdmitColleague(staff=world.people["LT"]))
    told = [why.reason for why in suite_roster.standing(world.state, world.ctx())]
    assert told[:2] == ["On the record in Zone IV: V1, staff.", "On the record in Zone III: P1."]
    assert told[2] == "Open visits: V1."


def test_a_count_that_differs_from_the_record_closes_nothing() -> None:
    world = ready()
    assert world.refused(CloseShift(heads=1), "TE") == "head-count-differs"
    assert not nobody(world)


def test_each_item_inside_has_been_seen_by_eye_just_now() -> None:
    """What does not live there was looked for within a quarter of an hour, also by who closes the shift."""
    world = ready()
    item = thing(world)
    world.do(MoveItem(item=item, to="IV", brought_by="not-known", anyway=True))
    place = replace(world.state.inside.places[item], against=())
    world.state = replace(world.state, inside=replace(world.state.inside, places={item: place}))
    world.advance(901)
    assert world.refused(CloseShift(heads=0), "TE") == "items-not-seen"
    world.do(SeeItem(item=item, present=True))
    facts = world.do(CloseShift(heads=0), "TE")
    assert ShiftClosed(heads=0, items=1) in facts


def test_a_part_of_the_state_that_broke_closes_no_shift() -> None:
    world = ready()
    world.state = replace(world.state, broken=("people",))
    assert world.refused(CloseShift(heads=0), "TE") == "state-broken"
    assert suite_roster.next_due(world.state, world.clock.now()) is None


def test_next_due_looks_no_further_than_it_can_know() -> None:
    world = ready()
    assert suite_roster.next_due(world.state, world.clock.now()) is None
    world.sign_off()
    due = suite.next_due(world.state, world.clock.now())
    assert due is not None
    assert due <= world.clock.bt + AFTER_S * 1_000_000_000
