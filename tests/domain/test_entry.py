"""The way in: every leg, every hold, every clock; and what falls when something changes."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from support.suite_world import DETECTOR, DOOR, DOOR_III, WAND, World, at_the_door, forms, ready

from mr_safety_console.domain import clearance, suite_offers
from mr_safety_console.domain.checklists import CompleteStage, ItemReleased, MarkItem, ReleaseItem
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import AnnounceTransit
from mr_safety_console.domain.emergency import (
    AskEmergencyEnd,
    EndEmergency,
    OpenEmergency,
)
from mr_safety_console.domain.findings import Case, Finding, Verdict
from mr_safety_console.domain.quench import QuenchKind, ReportQuench
from mr_safety_console.domain.screening_facts import AmendAnswer
from mr_safety_console.domain.suite import entry_findings, survive
from mr_safety_console.domain.visit import BEFORE_ENTRY, step
from mr_safety_console.domain.visit_facts import (
    AuthoriseZoneIII,
    CloseVisit,
    CountStaff,
    EndScan,
    EnterZoneIV,
    IdentifyVisit,
    LeaveZoneIV,
    Leg,
    LegMade,
    OpenVisit,
    RecordBelongings,
    RecordDetectorPass,
    StartCheck,
    Step,
    ZoneIVEntered,
)
from screening_forms.types import Form


def rules(world: World, visit: str) -> set[str]:
    return {found.why.rule for found in entry_findings(world.state, visit, world.ctx())}


def inside() -> tuple[World, str]:
    world, visit = at_the_door()
    world.go_in(visit)
    return world, visit


def at_start() -> tuple[World, str]:
    world, visit = inside()
    world.stage(visit, Leg.TABLE_LIST)
    return world, visit


def end_emergency(world: World) -> None:
    world.do(AskEmergencyEnd(emergency=""))
    world.do(EndEmergency(emergency="", head_count=1, kit_count=0, by_eye=True))


def test_nothing_found_is_the_only_way_in() -> None:
    world, visit = at_the_door()
    assert rules(world, visit) == set()
    world.go_in(visit)
    assert world.facts(ZoneIVEntered) == [ZoneIVEntered(visit=visit, staff=1)]


@pytest.mark.parametrize("leg", [leg for leg, _ in BEFORE_ENTRY])
def test_each_leg_alone_keeps_the_door(leg: Leg) -> None:
    """I8, I10: no leg stands for another."""
    world, visit = at_the_door()
    known = world.visit(visit)
    without = dataclasses.replace(known, legs={k: v for k, v in known.legs.items() if k != leg})
    found = {finding.why.rule for finding in clearance.entry(world.state, without, world.ctx())}
    assert found == {"leg-missing"}
    fallen = {k: dataclasses.replace(v, fallen="x") if k == leg else v for k, v in known.legs.items()}
    found = {
        f.why.rule for f in clearance.entry(world.state, dataclasses.replace(known, legs=fallen), world.ctx())
    }
    assert found == {"leg-fallen"}


def test_a_hold_alone_keeps_the_door() -> None:
    """I9: however everything else stands."""
    world, visit = at_the_door()
    held = dataclasses.replace(world.visit(visit), holds=("A1",))
    found = [finding.why.rule for finding in clearance.entry(world.state, held, world.ctx())]
    assert found == ["visit-held"]


@pytest.mark.parametrize(
    ("seconds", "still"),
    [(600, set()), (601, {"leg-expired", "leg-fallen"})],
)
def test_pass_and_final_check_last_ten_minutes(seconds: int, still: set[str]) -> None:
    world, visit = at_the_door()
    world.advance(seconds)
    assert rules(world, visit) == still


def test_what_expired_by_the_wall_clock_alone_has_expired() -> None:
    """I15: where both clocks speak the earlier one ends it; a step back gives no time."""
    world, visit = at_the_door()
    world.clock.step_wall(3601)
    assert "leg-expired" in rules(world, visit)
    world, visit = at_the_door()
    world.clock.step_wall(-86_400)
    assert rules(world, visit) == set()
    world.advance(601)
    assert rules(world, visit)


def test_a_reboot_voids_whatever_was_timed() -> None:
    """I15: another boot's clock says nothing about this one's intervals."""
    world, visit = at_the_door()
    world.clock.reboot(1)
    world.hear()
    assert "leg-expired" in rules(world, visit)
    world.start()
    assert step(world.visit(visit), world.ctx()) is Step.DETECTOR
    assert not world.visit(visit).stands(Leg.ZONE_III)
    assert world.visit(visit).stands(Leg.SCREENING)


def test_a_clock_set_back_across_a_reboot_does_not_keep_the_screening_young() -> None:
    """I15: a wall clock that stands before the signature is no evidence of age."""
    world, visit = at_the_door()
    world.clock.step_wall(-7 * 86_400)
    world.clock.reboot(30)
    world.start()
    assert step(world.visit(visit), world.ctx()) is Step.IDENTIFY
    world.sign_on()
    world.identify(visit)
    assert step(world.visit(visit), world.ctx()) is Step.SCREENING


@pytest.mark.parametrize("point", [DETECTOR, WAND])
@pytest.mark.parametrize("way", ["alarm", "unknown", "silent"])
def test_a_detector_that_is_not_normal_keeps_the_door(point: str, way: str) -> None:
    """I3, I12: silent, unknown and in alarm are all no pass."""
    world, visit = at_the_door()
    if way == "silent":
        world.silence(point)
        world.advance(2.5)
    else:
        world.observe(point, Condition.DANGER if way == "alarm" else Condition.UNKNOWN, "test")
    assert rules(world, visit) & {"detector-in-alarm", "detector-unknown"}
    assert world.refused(AnnounceTransit(visit=visit)) in ("ferrous-alarm-open", "detector-unknown")


def test_a_detector_that_returns_gives_nothing_back() -> None:
    """I12: the tile recovers by itself; the legs that fell are done again."""
    world, visit = at_the_door()
    world.observe(DETECTOR, Condition.UNKNOWN, "unplugged")
    world.observe(DETECTOR, Condition.NORMAL)
    assert rules(world, visit) == {"leg-fallen"}
    assert world.refused(RecordDetectorPass(visit=visit)) == "detector-unproved"


def test_a_silent_door_contact_keeps_the_door() -> None:
    """I3: a contact that says nothing is not a closed door."""
    world, visit = at_the_door()
    world.silence(DOOR)
    world.advance(2.5)
    assert "door-unknown" in rules(world, visit)


def test_a_point_never_heard_is_never_normal() -> None:
    """I3: before the first word there is no word."""
    world = World()
    world.start()
    assert {point.condition for point in world.state.points.points.values()} == {Condition.UNKNOWN}
    assert world.state.points.condition("no-such-point") is Condition.UNKNOWN


def test_an_emergency_or_a_quench_keeps_everybody_out() -> None:
    """I13: whatever was reported, the field counts as present."""
    world, visit = at_the_door()
    world.do(ReportQuench(how=QuenchKind.SUSPECTED))
    assert rules(world, visit) == {"field-unverified"}
    world.advance(30)
    assert world.refused(AnnounceTransit(visit=visit)) == "field-unverified"
    assert world.refused(AnnounceTransit()) == "field-unverified"
    world, visit = at_the_door()
    world.do(OpenEmergency())
    assert {"emergency-open", "leg-fallen"} <= rules(world, visit)
    assert world.refused(AnnounceTransit()) == "emergency-open"


def test_a_broken_slice_and_a_broken_rule_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    world, visit = at_the_door()

    def broken(_case: Case) -> tuple[Finding, ...]:
        raise RuntimeError("never shown")

    monkeypatch.setattr(clearance, "ENTRY_RULES", (*clearance.ENTRY_RULES, broken))
    (found,) = entry_findings(world.state, visit, world.ctx())
    assert (found.verdict, found.why.rule) == (Verdict.HOLD, "rule-broken")
    assert "never shown" not in found.why.reason
    monkeypatch.undo()
    world.state = survive(world.state, world.entries[-1])
    assert rules(world, visit) == {"state-broken"}


@pytest.mark.parametrize("who", ["", "LO", "RA", "MS"])
def test_who_may_not_lead_in_is_refused(who: str) -> None:
    """I5: nobody signed on, Level 1, a physician, a title without scope: none of them leads a patient in."""
    world, visit = at_the_door()
    world.do(AnnounceTransit(visit=visit))
    world.sign_off()
    if who:
        world.sign_on(who)
    rule = "role-missing" if who else "nobody-signed-on"
    assert world.refused(EnterZoneIV(visit=visit)) == rule
    assert world.refused(AuthoriseZoneIII(visit=visit)) == rule
    if who != "MS":
        assert world.refused(AnnounceTransit(visit=visit)) == rule


@pytest.mark.parametrize(
    ("signers", "rule"),
    [
        ((), "signature-missing"),
        (("TE",), "signature-missing"),
        (("TE", "TE"), "signature-missing"),
        (("TE", "stranger"), "signature-missing"),
        (("LO", "MS"), "role-missing"),
    ],
)
def test_the_final_check_is_signed_by_two_known_people(signers: tuple[str, ...], rule: str) -> None:
    """I5, I10: two distinct people of the register, one of them Level 2."""
    world = ready()
    visit = world.arrive()
    world.to_the_detector(visit)
    world.do(RecordDetectorPass(visit=visit))
    world.do(AuthoriseZoneIII(visit=visit))
    world.stage(visit, Leg.DOOR_LIST)
    world.mark(visit, Leg.FINAL_CHECK)
    assert world.refused(CompleteStage(visit=visit, leg=Leg.FINAL_CHECK), *signers) == rule


def test_a_no_go_after_the_final_check_takes_it_away() -> None:
    """I10: anyone may call no-go, also after two people signed."""
    world, visit = at_the_door()
    world.do(MarkItem(visit=visit, list_id="final-check", item="FC05", answer="no-go", reason="hairpin"))
    assert rules(world, visit) == {"leg-fallen"}
    assert world.refused(CompleteStage(visit=visit, leg=Leg.FINAL_CHECK), "TE", "LO") == "items-open"


def test_a_door_list_item_that_fails_later_takes_both_checks_away() -> None:
    world, visit = at_the_door()
    world.do(MarkItem(visit=visit, list_id="coil-and-positioning", item="K02", answer="fail", reason="crack"))
    assert not world.visit(visit).stands(Leg.DOOR_LIST)
    assert not world.visit(visit).stands(Leg.FINAL_CHECK)
    assert world.state.lists.answers(visit, "final-check") == {}


def test_the_same_answer_again_takes_nothing_away() -> None:
    world, visit = at_the_door()
    world.do(world.read_out(MarkItem(visit=visit, list_id="final-check", item="FC05", answer="go")))
    assert rules(world, visit) == set()


def test_a_final_check_that_waited_is_read_back_anew_item_by_item() -> None:
    """I10: two signatures on answers of ten minutes ago are not a final check."""
    world, visit = at_the_door()
    world.advance(601)
    assert world.state.lists.answers(visit, "final-check") == {}
    world.do(RecordDetectorPass(visit=visit))
    assert world.refused(CompleteStage(visit=visit, leg=Leg.FINAL_CHECK), "TE", "LO") == "items-open"
    world.stage(visit, Leg.FINAL_CHECK, "TE", "LO")
    assert rules(world, visit) == set()


def test_old_answers_are_refused_also_before_the_clock_has_been_looked_at() -> None:
    world = ready()
    visit = world.arrive()
    world.to_the_detector(visit)
    world.do(RecordDetectorPass(visit=visit))
    world.do(AuthoriseZoneIII(visit=visit))
    world.stage(visit, Leg.DOOR_LIST)
    world.mark(visit, Leg.FINAL_CHECK)
    world.clock.advance(601)
    world.hear()
    world.do(RecordDetectorPass(visit=visit))
    assert world.refused(CompleteStage(visit=visit, leg=Leg.FINAL_CHECK), "TE", "LO") == "items-open"


def test_a_pass_repeated_after_the_final_check_takes_it_away() -> None:
    """The final check reads the pass back; a pass after it was not read back."""
    world, visit = at_the_door()
    world.advance(60)
    world.do(RecordDetectorPass(visit=visit))
    assert rules(world, visit) == {"leg-fallen"}
    assert step(world.visit(visit), world.ctx()) is Step.FINAL_CHECK


def test_belongings_redone_after_the_final_check_want_another_one() -> None:
    world, visit = at_the_door()
    world.advance(1)
    world.do(RecordBelongings(visit=visit))
    assert rules(world, visit) == {"leg-newer"}


def test_an_entry_is_written_down_although_the_door_has_closed_behind() -> None:
    """The announcement excuses no second opening, but whoever went in is recorded."""
    world, visit = at_the_door()
    world.do(AnnounceTransit(visit=visit))
    world.observe(DOOR, Condition.DANGER)
    world.observe(DOOR, Condition.NORMAL)
    assert world.state.doors.transit is None
    world.do(EnterZoneIV(visit=visit))
    assert world.state.visits.heads == 2
    world.observe(DOOR, Condition.DANGER)
    assert world.alarm("door-unannounced-occupied").present


def test_one_announcement_does_not_serve_two_ways_in() -> None:
    """I8: going back in needs the pass, the final check and its own announcement."""
    world, visit = inside()
    world.do(LeaveZoneIV(visit=visit))
    assert rules(world, visit) == {"leg-fallen"}
    world.advance(1)
    world.do(RecordDetectorPass(visit=visit))
    assert world.refused(CompleteStage(visit=visit, leg=Leg.FINAL_CHECK), "TE", "LO") == "items-open"
    world.stage(visit, Leg.FINAL_CHECK, "TE", "LO")
    assert rules(world, visit) == set()
    assert world.refused(EnterZoneIV(visit=visit)) == "transit-not-announced"
    world.go_in(visit)
    assert step(world.visit(visit), world.ctx()) is Step.TABLE_LIST


def test_the_way_back_in_begins_the_table_and_the_coil_anew() -> None:
    world, visit = at_start()
    world.do(StartCheck(visit=visit, heads=2))
    world.do(LeaveZoneIV(visit=visit))
    assert not world.state.visits.scan_presumed
    world.stage(visit, Leg.COIL_REMOVED)
    world.do(RecordDetectorPass(visit=visit))
    world.stage(visit, Leg.FINAL_CHECK, "TE", "LO")
    world.go_in(visit)
    assert world.refused(StartCheck(visit=visit, heads=2)) == "leg-fallen"
    assert world.refused(CompleteStage(visit=visit, leg=Leg.TABLE_LIST)) == "items-open"
    assert not world.visit(visit).stands(Leg.COIL_REMOVED)


def test_nobody_goes_in_while_another_patient_is_inside() -> None:
    """I8: two patients are two attendances; the magnet takes one."""
    world, first = inside()
    second = world.arrive("Sam Example")
    world.to_the_door(second)
    assert rules(world, second) == {"another-inside"}
    assert world.refused(AnnounceTransit(visit=second)) == "another-inside"
    world.do(LeaveZoneIV(visit=first))
    assert rules(world, second) == set()


def test_an_announcement_is_for_one_visit() -> None:
    """I8: what one person's clearance opened is not open to another."""
    world, first = at_the_door()
    second = world.arrive("Sam Example")
    world.to_the_door(second)
    world.do(AnnounceTransit(visit=first))
    assert world.refused(EnterZoneIV(visit=second)) == "transit-not-announced"
    assert world.refused(EnterZoneIV(visit=first, staff=0)) == "patient-alone"
    world.do(EnterZoneIV(visit=first))


def test_an_entry_during_an_emergency_is_recorded_and_lets_nobody_begin_a_scan() -> None:
    """I7: recorded at once, alarmed, never refused; and worth nothing afterwards."""
    world = ready()
    visit = world.arrive()
    world.sign_off()
    world.do(OpenEmergency())
    world.do(EnterZoneIV(visit=visit))
    assert world.visit(visit).inside
    assert world.alarm("entered-in-emergency").priority == 3
    end_emergency(world)
    world.sign_on("TE")
    world.stage(visit, Leg.TABLE_LIST)
    assert world.refused(StartCheck(visit=visit, heads=2)) == "entered-uncleared"
    world.do(LeaveZoneIV(visit=visit))
    world.to_the_door(visit)
    world.go_in(visit)
    world.stage(visit, Leg.TABLE_LIST)
    world.do(StartCheck(visit=visit, heads=2))


@pytest.mark.parametrize("way", ["alarm", "unknown", "pass fell"])
def test_what_stops_an_announced_crossing_does_not_stop_its_record(way: str) -> None:
    """I8: the patient may be inside already; recorded as uncleared and alarmed, and no scan begins on it."""
    world, visit = at_the_door()
    world.do(AnnounceTransit(visit=visit))
    world.observe(DOOR, Condition.DANGER)
    if way == "alarm":
        world.observe(DETECTOR, Condition.DANGER)
    else:
        world.observe(DETECTOR, Condition.UNKNOWN, "unplugged")
    if way == "pass fell":
        world.observe(DETECTOR, Condition.NORMAL)
    world.do(EnterZoneIV(visit=visit))
    (entered,) = world.facts(ZoneIVEntered)
    assert entered.uncleared
    assert "leg-fallen" in entered.against
    assert world.visit(visit).inside
    alarm = world.alarm("entered-uncleared")
    assert (alarm.priority, alarm.visits, alarm.detail) == (3, (visit,), "+".join(entered.against))
    world.observe(DETECTOR, Condition.NORMAL)
    world.observe(DOOR, Condition.NORMAL)
    for open_alarm in tuple(world.state.alarms.open.values()):
        world.dispose(open_alarm.id, "unknown")
    world.stage(visit, Leg.TABLE_LIST)
    assert world.refused(StartCheck(visit=visit, heads=2)) in ("entered-uncleared", "visit-held")
    found = [f.why.rule for f in clearance.start(world.state, world.visit(visit), world.ctx())]
    assert "entered-uncleared" in found


def test_without_a_crossing_announced_for_them_nobody_is_let_in_by_a_key() -> None:
    """I12: the record of an announced crossing is not a way round the gate."""
    world, first = at_the_door()
    second = world.arrive("Sam Example")
    world.do(AnnounceTransit(visit=first))
    world.observe(DETECTOR, Condition.DANGER)
    assert world.refused(EnterZoneIV(visit=second)) == "ferrous-alarm-open"
    world.advance(61)
    assert world.refused(EnterZoneIV(visit=first)) == "ferrous-alarm-open"


def test_who_is_inside_already_is_written_down_by_anybody_and_never_as_cleared() -> None:
    """I8: whatever stands against it, and although nothing does."""
    world, visit = at_the_door()
    world.sign_off()
    world.do(EnterZoneIV(visit=visit, staff=0, anyway=True))
    (entered,) = world.facts(ZoneIVEntered)
    assert (entered.uncleared, entered.against) == (True, ("transit-not-announced",))
    assert world.visit(visit).uncleared
    assert not world.visit(visit).stands(Leg.FINAL_CHECK)
    assert step(world.visit(visit), world.ctx()) is Step.OUT
    world.do(LeaveZoneIV(visit=visit))
    world.sign_on("TE")
    world.do(RecordDetectorPass(visit=visit))
    world.stage(visit, Leg.FINAL_CHECK, "TE", "LO")
    world.go_in(visit)
    assert not world.visit(visit).uncleared


def test_the_way_in_stopped_half_way_is_offered_as_what_it_is() -> None:
    world, visit = at_the_door()

    def offered() -> list[tuple[str, str]]:
        made = suite_offers.for_visit(world.state, visit, world.ctx())
        return [(one.label, one.refused.rule if one.refused else "") for one in made]

    assert "Is inside already: record it as NOT CLEARED" not in dict(offered())
    world.do(AnnounceTransit(visit=visit))
    assert offered()[0] == ("Patient goes in", "")
    world.observe(DOOR, Condition.UNKNOWN, "unplugged")
    assert offered()[0] == ("Announce the crossing", "door-unknown")
    assert "Patient goes in" not in dict(offered())
    assert dict(offered())["Is inside already: record it as NOT CLEARED"] == ""
    world.observe(DOOR, Condition.NORMAL)
    world.observe(DETECTOR, Condition.DANGER)
    world.advance(300)
    assert world.state.doors.transit is None
    assert dict(offered())["Is inside already: record it as NOT CLEARED"] == ""


def test_who_came_out_is_not_offered_as_inside_again() -> None:
    world, visit = inside()
    world.advance(5)
    world.do(LeaveZoneIV(visit=visit))
    labels = [one.label for one in suite_offers.for_visit(world.state, visit, world.ctx())]
    assert "Is inside already: record it as NOT CLEARED" not in labels
    assert "Coil removed and inspected" in labels


def test_the_end_of_an_announcement_gives_no_act_another_number() -> None:
    """Whoever reads `3 All staff are out` and presses it late must not record the patient as out."""
    world, visit = inside()

    def labels() -> list[str]:
        return [one.label for one in suite_offers.for_visit(world.state, visit, world.ctx())]

    world.do(AnnounceTransit(visit=visit, inwards=False))
    announced = labels()
    assert world.state.doors.transit is not None
    world.advance(120)
    assert world.state.doors.transit is None
    assert "Patient is out" in announced
    assert labels() == announced


def test_the_way_out_is_announced_first_unless_the_door_moves_or_an_emergency_is_open() -> None:
    """An opening nobody announced rings; going out itself waits for nothing."""
    world, visit = at_the_door()
    world.do(EnterZoneIV(visit=visit, staff=0, anyway=True))

    def proposed() -> tuple[str, str]:
        first, second, *_ = suite_offers.for_visit(world.state, visit, world.ctx())
        assert first.refused is second.refused is None
        return first.label, second.label

    announce, out = "Announce the way out", "Patient is out"
    assert proposed() == (announce, out)
    world.do(AnnounceTransit(visit=visit, inwards=False))
    assert proposed() == (out, announce)
    world.advance(120)
    assert proposed() == (announce, out)
    world.observe(DOOR, Condition.DANGER)
    assert proposed() == (out, announce)
    world.observe(DOOR, Condition.NORMAL)
    world.do(OpenEmergency())
    assert proposed() == (out, announce)


def test_an_emergency_voids_every_clearance_and_its_end_gives_none_back() -> None:
    world, visit = at_the_door()
    world.do(AnnounceTransit(visit=visit))
    world.do(OpenEmergency())
    end_emergency(world)
    assert world.state.doors.transit is None
    assert step(world.visit(visit), world.ctx()) is Step.DETECTOR
    assert world.refused(EnterZoneIV(visit=visit)) == "leg-fallen"


def test_going_out_is_never_refused() -> None:
    """I2: held, signed off, in alarm, in an emergency, after a quench: the way out is only recorded."""
    world, visit = inside()
    world.observe(DETECTOR, Condition.DANGER)
    world.observe(WAND, Condition.UNKNOWN, "unplugged")
    world.do(ReportQuench(how=QuenchKind.PARTIAL))
    world.do(OpenEmergency())
    world.sign_off()
    world.do(AnnounceTransit(visit=visit, inwards=False))
    world.do(LeaveZoneIV(visit=visit))
    assert world.entries[-1].by == ()
    assert world.state.visits.heads == 0


@pytest.mark.parametrize("known", [True, False])
def test_an_announcement_outwards_is_never_refused(known: bool) -> None:
    """I2: not even for somebody the record has outside, or does not have at all."""
    world, visit = at_the_door()
    world.sign_off()
    world.do(AnnounceTransit(visit=visit if known else "nobody", inwards=False))
    assert world.state.doors.transit is not None
    assert world.state.doors.transit.visit == (visit if known else "")


def test_staff_alone_are_announced_by_somebody_signed_on() -> None:
    world = ready()
    world.do(AnnounceTransit())
    world.sign_off()
    assert world.refused(AnnounceTransit()) == "nobody-signed-on"


def test_staff_alone_go_in_on_no_open_alarm_and_past_no_dead_detector() -> None:
    """I3: the rule at the door is the same for staff; fetching somebody out is not held up by a loss."""
    world = ready()
    world.observe(WAND, Condition.UNKNOWN, "unplugged")
    assert world.refused(AnnounceTransit()) == "detector-unknown"
    world, visit = inside()
    world.observe(WAND, Condition.UNKNOWN, "unplugged")
    world.do(AnnounceTransit())
    world.observe(DETECTOR, Condition.DANGER)
    assert world.refused(AnnounceTransit()) == "ferrous-alarm-open"
    assert world.visit(visit).inside


def test_the_scan_begins_on_lists_a_closed_door_and_heads_counted_by_eye() -> None:
    world, visit = inside()
    assert world.refused(StartCheck(visit=visit, heads=2)) == "leg-missing"
    world.stage(visit, Leg.TABLE_LIST)
    assert world.refused(StartCheck(visit=visit, heads=1)) == "head-count-differs"
    world.observe(DOOR, Condition.UNKNOWN, "unplugged")
    assert world.refused(StartCheck(visit=visit, heads=2)) == "door-not-closed"
    world.observe(DOOR, Condition.NORMAL)
    world.silence(DOOR)
    world.clock.advance(3)
    assert world.refused(StartCheck(visit=visit, heads=2)) == "door-not-closed"
    world.silent.clear()
    world.hear()
    world.do(StartCheck(visit=visit, heads=2))
    assert step(world.visit(visit), world.ctx()) is Step.SCAN


def test_staff_who_leave_before_the_scan_are_counted_by_eye() -> None:
    world, visit = at_start()
    assert world.refused(StartCheck(visit=visit, heads=1)) == "head-count-differs"
    world.sign_off()
    assert world.refused(CountStaff(staff_inside=0)) == "nobody-signed-on"
    world.sign_on("TE")
    world.do(CountStaff(staff_inside=-3))
    assert world.state.visits.heads == 1
    world.do(StartCheck(visit=visit, heads=1))


def test_an_answer_changed_on_the_table_holds_the_scan() -> None:
    """I4: the clearance that fell with the patient inside lets no scan begin."""
    world, visit = at_start()
    world.do(AmendAnswer(visit=visit, item="Q01", answer="yes", reason="remembered", informant="the patient"))
    assert world.refused(StartCheck(visit=visit, heads=2)) == "entered-uncleared"
    against = [one.why.rule for one in clearance.start(world.state, world.visit(visit), world.ctx())]
    assert "screening-not-cleared" in against


def test_whoever_is_announced_outwards_is_not_held_for_an_alarm() -> None:
    world, visit = at_start()
    world.do(AnnounceTransit(visit=visit, inwards=False))
    world.observe(DETECTOR, Condition.DANGER)
    assert world.visit(visit).holds == ()
    world.do(LeaveZoneIV(visit=visit))
    assert not world.visit(visit).inside


def test_a_table_item_that_fails_takes_the_start_check_away() -> None:
    world, visit = at_start()
    world.do(StartCheck(visit=visit, heads=2))
    world.do(EndScan(visit=visit))
    world.do(
        MarkItem(visit=visit, list_id="coil-and-positioning", item="K17", answer="fail", reason="bulb dead")
    )
    assert not world.visit(visit).stands(Leg.START_CHECK)
    assert step(world.visit(visit), world.ctx()) is Step.TABLE_LIST


def held_by(item: str) -> tuple[World, str, ReleaseItem]:
    """A list whose answer holds by its own word: the hearing list as it was first released."""
    world, visit = inside()
    world.forms["hearing"] = forms()["hearing|0.1.0"]
    world.mark(visit, Leg.TABLE_LIST)
    world.do(MarkItem(visit=visit, list_id="hearing", item=item, answer="none"))
    world.mark(visit, Leg.TABLE_LIST)
    world.fit()
    asked = ReleaseItem(visit=visit, list_id="hearing", item=item, reason="deaf in both ears, documented")
    return world, visit, asked


def test_a_physician_and_a_second_person_release_what_holds_clinically_as_a_condition() -> None:
    """I5, I10: one item, one reason, two people; shown on the leg, and gone with the next answer."""
    world, visit, asked = held_by("method")
    for signers, rule in (
        ((), "signature-missing"),
        (("RA",), "signature-missing"),
        (("TE", "LO"), "role-missing"),
    ):
        assert world.refused(asked, *signers) == rule
    assert world.refused(dataclasses.replace(asked, reason=" "), "RA", "TE") == "release-needs-reason"
    (told,) = world.do(asked, "RA", "TE")
    assert isinstance(told, ItemReleased)
    assert (told.answer, told.reason) == ("none", "deaf in both ears, documented")
    mark = world.state.lists.marks[visit]["hearing:method"]
    assert [who.role for who in mark.released] == ["RAD", "MRST"]
    assert mark.condition == told.reason
    world.do(CompleteStage(visit=visit, leg=Leg.TABLE_LIST))
    assert world.visit(visit).legs[Leg.TABLE_LIST].detail.split()[0] == "released=hearing:method"
    world.do(StartCheck(visit=visit, heads=2))
    world.do(EndScan(visit=visit))
    world.do(MarkItem(visit=visit, list_id="hearing", item="method", answer="foam"))
    world.do(MarkItem(visit=visit, list_id="hearing", item="method", answer="none"))
    world.mark(visit, Leg.TABLE_LIST)
    assert world.refused(CompleteStage(visit=visit, leg=Leg.TABLE_LIST)) == "item-negative"


def test_the_same_answer_given_anew_ends_its_release_and_what_was_completed_on_it() -> None:
    """I5: a leg stands on two signatures only as long as the answer does that they were given for."""
    world, visit, asked = held_by("method")
    world.do(asked, "RA", "TE")
    world.do(CompleteStage(visit=visit, leg=Leg.TABLE_LIST))
    world.do(MarkItem(visit=visit, list_id="hearing", item="method", answer="none"))
    assert not world.visit(visit).stands(Leg.TABLE_LIST)
    assert world.refused(StartCheck(visit=visit, heads=2)) == "leg-fallen"
    assert world.refused(CompleteStage(visit=visit, leg=Leg.TABLE_LIST)) == "item-negative"


@pytest.mark.parametrize(("item", "answer"), [("HP06", "fail"), ("method", "foam"), ("HP07", "pass")])
def test_what_can_be_put_right_is_not_released(item: str, answer: str) -> None:
    """I10: fail and no-go stay what they are."""
    world, visit, asked = held_by("method")
    world.do(MarkItem(visit=visit, list_id="hearing", item=item, answer=answer))
    asked = dataclasses.replace(asked, item=item)
    assert world.refused(asked, "RA", "TE") == "nothing-to-release"
    assert world.refused(dataclasses.replace(asked, item="no-such"), "RA", "TE") == "nothing-to-release"


def test_a_sensor_only_ever_holds_an_item_open() -> None:
    """I12: a person answers; while the sensor disagrees nobody can answer well."""
    world, visit = at_the_door()
    world.observe(DOOR, Condition.DANGER)
    assert "FC11" not in world.state.lists.answers(visit, "final-check")
    mark = world.read_out(MarkItem(visit=visit, list_id="final-check", item="FC11", answer="go"))
    assert world.refused(mark) == "sensor-disagrees"
    world.observe(DOOR, Condition.NORMAL)
    assert "FC11" not in world.state.lists.answers(visit, "final-check")
    world.do(mark)
    made = world.facts(type(world.entries[-1].fact))[-1]
    assert (made.reading, made.reading_age_ms) == ("closed", 0)  # type: ignore[attr-defined]


class Noting(dict[str, Form]):
    """Forms that note which of them is looked into; going through all of them is looking into all."""

    def __init__(self, forms: dict[str, Form]) -> None:
        super().__init__(forms)
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> Form:
        self.read.add(name)
        return super().__getitem__(name)

    def values(self) -> Any:
        self.read |= set(self)
        return super().values()


def test_an_opening_door_reads_no_form_that_nobody_was_asked_from() -> None:
    """A form is read when it is first needed; a door is not the moment to read a dozen."""
    world, visit = at_the_door()
    world.do(world.read_out(MarkItem(visit=visit, list_id="final-check", item="FC11", answer="go")))
    world.forms = noting = Noting(world.forms)
    world.observe(DOOR, Condition.DANGER)
    assert "FC11" not in world.state.lists.answers(visit, "final-check")
    assert "final-check" in noting.read
    assert not {"screening-staff", "screening-contractor", "pregnancy", "consent-vst"} & noting.read


def test_items_are_answered_one_by_one_and_none_beforehand() -> None:
    """I10: a stage begins blank, and one blank item keeps it open."""
    world = ready()
    visit = world.arrive()
    assert world.state.lists.marks == {}
    world.to_the_detector(visit)
    world.do(RecordDetectorPass(visit=visit))
    world.do(AuthoriseZoneIII(visit=visit))
    world.mark(visit, Leg.DOOR_LIST)
    world.do(MarkItem(visit=visit, list_id="hearing", item="HP01", answer=""))
    assert world.refused(CompleteStage(visit=visit, leg=Leg.DOOR_LIST)) == "items-open"


def test_the_order_of_the_rail_is_kept() -> None:
    world = ready()
    visit = world.arrive()
    assert world.refused(RecordDetectorPass(visit=visit)) == "leg-missing"
    assert world.refused(AuthoriseZoneIII(visit=visit)) == "leg-missing"
    assert world.refused(CompleteStage(visit=visit, leg=Leg.DOOR_LIST)) == "leg-missing"
    assert world.refused(CompleteStage(visit=visit, leg=Leg.TABLE_LIST)) == "visit-not-inside"
    assert world.refused(CompleteStage(visit=visit, leg=Leg.COIL_REMOVED)) == "visit-still-inside"
    assert world.refused(CompleteStage(visit=visit, leg=Leg.IDENTITY)) == "no-such-stage"
    assert world.refused(StartCheck(visit=visit, heads=0)) == "visit-not-inside"
    assert world.refused(LeaveZoneIV(visit=visit)) == "visit-not-inside"
    assert world.refused(EnterZoneIV(visit=visit)) == "screening-not-cleared"
    assert [fact.leg for fact in world.facts(LegMade)] == []


@pytest.mark.parametrize("asked", [("name",), ("name", "name"), ("name", "shoe-size"), ()])
def test_identity_wants_two_different_identifiers(asked: tuple[str, ...]) -> None:
    world = ready()
    visit = world.arrive()
    assert world.refused(IdentifyVisit(visit=visit, identifiers=asked)) == "two-identifiers"


def test_a_coil_found_damaged_after_the_scan_is_written_down_and_the_visit_closes() -> None:
    """No honest answer is a dead end on the way out; the finding needs its note."""
    world, visit = inside()
    world.do(LeaveZoneIV(visit=visit))
    damaged = MarkItem(visit=visit, list_id="coil-and-positioning", item="X02", answer="fail")
    world.do(damaged)
    world.do(MarkItem(visit=visit, list_id="coil-and-positioning", item="X01", answer="pass"))
    assert world.refused(CompleteStage(visit=visit, leg=Leg.COIL_REMOVED)) == "items-open"
    world.stage(visit, Leg.COIL_REMOVED)
    assert world.state.lists.answers(visit, "coil-and-positioning")["X02"] == "fail"
    world.do(CloseVisit(visit=visit, outcome="completed"))
    assert visit not in world.state.visits.open


def test_a_visit_is_opened_and_closed_by_its_own_rules() -> None:
    world, visit = inside()
    assert world.refused(OpenVisit(name=" ", birth_date="1970", exam="x")) == "visit-needs-name"
    assert world.refused(CloseVisit(visit=visit, outcome="completed")) == "visit-still-inside"
    assert world.refused(CloseVisit(visit=visit, outcome="lost")) == "outcome-unknown"
    assert world.refused(EnterZoneIV(visit=visit)) == "visit-inside-already"
    world.do(LeaveZoneIV(visit=visit))
    assert world.refused(CloseVisit(visit=visit, outcome="completed")) == "leg-missing"
    other = world.arrive("Sam Example")
    assert world.refused(CloseVisit(visit=other, outcome="completed")) == "visit-not-scanned"
    world.do(CloseVisit(visit=other, outcome="refused"))
    assert world.refused(EndScan(visit=other)) == "visit-not-open"


def test_a_clearance_does_not_outlive_its_visit() -> None:
    """I8: closed is closed; the id is never used again."""
    world, visit = at_the_door()
    world.do(CloseVisit(visit=visit, outcome="not-scanned"))
    assert world.refused(EnterZoneIV(visit=visit)) == "visit-not-open"
    assert entry_findings(world.state, visit, world.ctx()) == ()


def test_a_restart_keeps_the_visit_and_asks_for_the_pass_again() -> None:
    world, visit = at_the_door()
    world.start()
    assert world.state.staff.session is None
    assert step(world.visit(visit), world.ctx()) is Step.DETECTOR
    assert world.alarm("restarted").momentary
    assert world.state.points.condition(DOOR_III) is Condition.UNKNOWN
