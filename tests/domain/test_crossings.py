"""The ledger of crossings: what each detector alarm was, who passed unseen, and how many went in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.suite_world import DETECTOR, DOOR, POINTS, WAND, World, raised, site

from mr_safety_console.domain import precision, suite, suite_counts, suite_entry
from mr_safety_console.domain.alarm_points import CAUSE_KEYS, FERROUS, RULES, Priority
from mr_safety_console.domain.alarm_points import DOOR as DOOR_CODES
from mr_safety_console.domain.alarms import AlarmReturned, DisposeAlarm
from mr_safety_console.domain.crossings import (
    LAST,
    MODULUS,
    PASSAGES,
    CountsBegun,
    CountsDiffer,
    ObservePassages,
    PassagesCounted,
    PassagesExplained,
    PassagesTaken,
)
from mr_safety_console.domain.detectors import Condition, StartWalkTest
from mr_safety_console.domain.doors import AnnounceTransit
from mr_safety_console.domain.emergency import AskEmergencyEnd, EndEmergency, OpenEmergency
from mr_safety_console.domain.people_acts import (
    AdmitColleague,
    AdmitPerson,
    PersonEntersZoneIV,
    PersonLeaves,
    ReconcileHeads,
    RecordPersonPass,
)
from mr_safety_console.domain.precision import CAUSES, FOUND
from mr_safety_console.domain.screening_facts import ResolveItem, ReviewScreening
from mr_safety_console.domain.visit_facts import (
    AuthoriseZoneIII,
    CloseVisit,
    CountStaff,
    EnterZoneIV,
    LeaveZoneIV,
    Leg,
    OpenVisit,
    RecordBelongings,
    RecordDetectorPass,
    ReleaseHold,
    StartCheck,
    VisitHeld,
)

FROM_OUTSIDE, NOT_TOLD = (
    tuple(replace(point, direction=way) if point.id == DETECTOR else point for point in POINTS)
    for way in ("out", "unknown")
)


def counting(points: tuple[Any, ...] = POINTS, **changes: Any) -> World:
    """Return a ready suite with one detector that counts both ways."""
    world = World(site(points=points, **changes))
    world.start()
    world.add_staff()
    world.sign_on("TE")
    world.prove()
    world.passes()
    return world


def at_the_door(**changes: Any) -> tuple[World, str]:
    world = counting(**changes)
    visit = world.arrive()
    world.to_the_door(visit)
    return world, visit


def walk_in(world: World, visit: str, heads: int, staff: int = 1) -> None:
    """Announce, open, let so many people pass the detector, record the way in, close."""
    world.do(AnnounceTransit(visit=visit))
    world.observe(DOOR, Condition.DANGER)
    world.passes(inwards=heads)
    world.do(EnterZoneIV(visit=visit, staff=staff))
    world.observe(DOOR, Condition.NORMAL)


def alarm_at(world: World, point: str = DETECTOR) -> str:
    world.observe(point, Condition.DANGER)
    world.observe(point, Condition.NORMAL)
    return world.alarm("ferrous-approach").id


def rules(world: World) -> set[str]:
    return {alarm.rule for alarm in world.state.alarms.open.values()}


# --- what an alarm was ---


def test_the_five_plain_causes_are_dispositions_and_no_old_code_lost_its_meaning() -> None:
    """C24: a key each; what was said of an alarm years ago is read as what it said."""
    assert FERROUS[:7] == (
        "object-found",
        "nuisance-door",
        "nuisance-environment",
        "nuisance-equipment",
        "body-worn-unremovable",
        "implant-suspected",
        "unknown",
    )
    for codes, keys in CAUSE_KEYS.items():
        assert set(keys) <= set(codes)
        assert sorted(keys.values()) == ["d", "e", "p", "s", "u"]
    assert set(CAUSES) == set(FERROUS)
    assert set(FERROUS) > FOUND
    assert set(PASSAGES) == set(CAUSE_KEYS[DOOR_CODES])
    assert all(CAUSE_KEYS[RULES[rule].dispositions] for rule in ("ferrous-entry", "door-unannounced"))


@pytest.mark.parametrize(
    ("said", "held", "searched"),
    [
        ("patient-worn", False, True),
        ("staff-item", False, False),
        ("nuisance-equipment", False, False),
        ("nuisance-door", False, False),
        ("unknown", True, False),
    ],
)
def test_each_cause_lets_go_or_holds_and_always_wants_another_pass(
    said: str, held: bool, searched: bool
) -> None:
    """I9, I12: only what is unknown stops; whatever it was, the pass is walked anew."""
    world, visit = at_the_door()
    alarm = alarm_at(world)
    world.dispose(alarm, said)
    assert bool(world.visit(visit).holds) is held
    assert world.visit(visit).stands(Leg.BELONGINGS) is not searched
    assert not world.visit(visit).stands(Leg.DETECTOR_PASS)
    assert world.refused(AnnounceTransit(visit=visit)) in ("visit-held", "leg-fallen")


@pytest.mark.parametrize(("before_s", "suggested"), [(0, 0), (1, -1_000), (2, -2_000), (2.5, None)])
def test_a9_detector_red_with_the_door_moving_before_is_a_suggestion_and_nothing_more(
    before_s: float, suggested: int | None
) -> None:
    """A9: `door motion` is suggested; it still needs a disposition, and the person another pass."""
    world, visit = at_the_door()
    world.do(AnnounceTransit(visit=visit))
    world.observe(DOOR, Condition.DANGER)
    world.advance(before_s)
    facts = world.observe(DETECTOR, Condition.DANGER)
    assert raised(facts) == ["ferrous-entry"]
    assert VisitHeld(visit=visit, alarm=world.alarm("ferrous-entry").id) in facts
    (rung,) = world.state.crossings.recent
    assert precision.suggests_door(rung, world.profile) == suggested
    assert (rung.said, rung.red) == ("", True)
    world.observe(DETECTOR, Condition.NORMAL)
    world.advance(600)
    assert world.alarm("ferrous-entry").disposition == "", "nothing closes by itself"
    assert world.refused(RecordDetectorPass(visit=visit)) == "visit-held"
    world.dispose(world.alarm("ferrous-entry").id, "nuisance-door")
    assert not world.visit(visit).stands(Leg.DETECTOR_PASS)
    world.do(RecordDetectorPass(visit=visit))
    assert world.visit(visit).stands(Leg.DETECTOR_PASS)


@pytest.mark.parametrize(("after_s", "suggested"), [(1, 1_000), (3, 3_000), (3.5, None)])
def test_a_door_that_moves_soon_after_suggests_it_as_well(after_s: float, suggested: int | None) -> None:
    world = counting()
    world.advance(20)
    alarm_at(world)
    world.advance(after_s)
    world.observe(DOOR, Condition.DANGER)
    (rung,) = world.state.crossings.recent
    assert precision.suggests_door(rung, world.profile) == suggested


def test_the_door_of_another_detector_suggests_nothing() -> None:
    world = counting()
    world.advance(20)
    world.observe("door-iii", Condition.DANGER)
    alarm_at(world)
    assert precision.suggests_door(world.state.crossings.recent[0], world.profile) is None


def test_every_alarm_has_its_line_until_and_after_somebody_says_what_it_was() -> None:
    """C24: singly; one that rings before anybody explained it is the same one, after that another."""
    world = counting()
    alarm = alarm_at(world)
    alarm_at(world)
    assert [(one.rings, one.said) for one in world.state.crossings.recent] == [(2, "")]
    world.acknowledge(alarm)
    world.observe(DETECTOR, Condition.DANGER)
    world.acknowledge(alarm)
    world.do(DisposeAlarm(alarm=alarm, disposition="unknown"))
    world.do(DisposeAlarm(alarm=alarm, disposition="patient-worn"))
    assert world.state.crossings.causes == {"patient-worn": 1}
    world.observe(DETECTOR, Condition.NORMAL)
    world.dispose(alarm_at(world), "nuisance-door")
    told = precision.precision(world.state.crossings)
    assert (told.causes, told.waiting, told.last, told.found) == ((("patient", 1), ("door", 1)), 0, 2, 1)


def test_precision_looks_at_the_last_twenty_and_counts_all() -> None:
    world = counting()
    for number in range(LAST + 5):
        world.dispose(alarm_at(world), "nuisance-equipment" if number else "object-found")
    told = precision.precision(world.state.crossings)
    assert dict(told.causes) == {"object": 1, "equipment": LAST + 4}
    assert (told.last, told.found) == (LAST, 0)
    alarm_at(world)
    assert precision.precision(world.state.crossings).waiting == 1
    assert len(world.state.crossings.recent) == LAST + 1


def test_two_alarms_nobody_could_explain_are_not_admitted_without_a_physician_and_a_witness() -> None:
    """W3: the same person twice."""
    world, visit = at_the_door()
    first = alarm_at(world)
    world.dispose(first, "unknown")
    world.do(ReleaseHold(visit=visit, alarm=first), "RA")
    second = alarm_at(world)
    world.dispose(second, "unknown")
    assert world.state.crossings.unknown == {visit: (first, second)}
    assert world.refused(ReleaseHold(visit=visit, alarm=second), "RA") == "signature-missing"
    assert world.refused(ReleaseHold(visit=visit, alarm=second), "TE", "LT") == "role-missing"
    assert suite_entry.release_act(world.state, visit) == "release-unexplained"
    world.do(ReleaseHold(visit=visit, alarm=second), "RA", "TE")
    assert not world.visit(visit).holds
    world.do(CloseVisit(visit=visit, outcome="refused"))
    assert world.state.crossings.unknown == {}


def test_a_visitor_by_name_is_not_admitted_after_two_alarms_nobody_could_explain() -> None:
    """W3: whoever is not trained, with a visit or without one; leaving Zone III begins anew."""
    world = counting(red_alarm_witness=True)
    world.do(AdmitColleague(staff=world.people["LT"]))
    asked = {"name": "Vera Visitor", "purpose": "interpreter", "kind_of": "visitor", "max_zone": "IV"}
    world.do(AdmitPerson(escort=world.people["LT"], **asked))
    escort, visitor = world.state.people.here
    world.screen_by_name(visitor)
    world.do(RecordPersonPass(person=escort))
    world.do(PersonEntersZoneIV(person=escort))
    world.observe(DETECTOR, Condition.DANGER)
    world.observe(DETECTOR, Condition.NORMAL)
    first = world.alarm("ferrous-entry").id
    assert world.state.alarms.open[first].visits == (visitor,)
    world.dispose(first, "unknown")
    assert world.refused(RecordPersonPass(person=visitor)) == "signature-missing", "red: a witness"
    world.do(RecordPersonPass(person=visitor), "TE", "LO")
    world.advance(61)
    world.dispose(alarm_at(world), "unknown")
    world.do(RecordPersonPass(person=visitor))
    assert world.refused(PersonEntersZoneIV(person=visitor)) == "person-unexplained"
    world.do(PersonLeaves(person=visitor))
    world.do(AdmitPerson(escort=world.people["LT"], **asked))
    anew = next(reversed(world.state.people.here))
    world.screen_by_name(anew)
    world.do(RecordPersonPass(person=anew))
    world.do(PersonEntersZoneIV(person=anew))


def test_a_companion_who_goes_and_comes_back_is_no_less_unexplained() -> None:
    world = counting()
    world.do(OpenVisit(name="Carl Example", birth_date="1950-01-01", exam="", category="companion"))
    visit = next(reversed(world.state.visits.open))
    world.to_the_detector(visit)
    for _ in range(2):
        world.dispose(alarm_at(world), "unknown")
        world.do(ReleaseHold(visit=visit, alarm=world.visit(visit).holds[0]), "RA", "TE")
    # What rang also stands against the no to the last question, until a document settles it.
    assert world.refused(AuthoriseZoneIII(visit=visit)) == "leg-missing"
    seen = {"resolution": "excluded-by-evidence", "evidence": "radiology-report", "text": "seen on film"}
    world.do(ResolveItem(visit=visit, item="Q44", **seen), "RA", "TE")
    world.do(ReviewScreening(visit=visit), "TE")
    world.do(RecordDetectorPass(visit=visit))
    world.do(AuthoriseZoneIII(visit=visit))
    world.do(PersonLeaves(person=visit))
    assert suite_entry.release_act(world.state, visit) == "release-unexplained"


def test_where_the_site_says_so_two_people_sign_the_pass_after_a_red_alarm() -> None:
    """W3: repeat pass with a witness; an amber one wants none, and the next pass none again."""
    world, visit = at_the_door(red_alarm_witness=True)
    world.dispose(alarm_at(world), "nuisance-door")
    world.do(RecordDetectorPass(visit=visit))
    world.do(AnnounceTransit(visit="", inwards=False))
    world.observe(DOOR, Condition.DANGER)
    world.observe(DETECTOR, Condition.DANGER)
    world.observe(DETECTOR, Condition.NORMAL)
    world.observe(DOOR, Condition.NORMAL)
    world.dispose(world.alarm("ferrous-entry").id, "nuisance-door")
    assert world.refused(RecordDetectorPass(visit=visit)) == "signature-missing"
    assert world.refused(RecordDetectorPass(visit=visit), "TE", "TE") == "signature-missing"
    world.do(RecordDetectorPass(visit=visit), "TE", "LO")
    assert len(world.visit(visit).legs[Leg.DETECTOR_PASS].by) == 2
    world.do(RecordDetectorPass(visit=visit))


@pytest.mark.parametrize("said", ["unknown", "unauthorised-entry"])
def test_an_opening_nobody_can_explain_holds_until_the_room_was_counted(said: str) -> None:
    """C24: unknown means stop; somebody who was not let in may still be there."""
    world, visit = at_the_door()
    world.observe(DOOR, Condition.DANGER)
    world.observe(DOOR, Condition.NORMAL)
    opening = world.alarm("door-unannounced").id
    world.dispose(opening, said)
    found = suite.entry_findings(world.state, visit, world.ctx())
    assert "opening-unexplained" in {finding.why.rule for finding in found}
    world.do(ReconcileHeads(heads=0))
    assert "opening-unexplained" not in {
        finding.why.rule for finding in suite.entry_findings(world.state, visit, world.ctx())
    }
    assert world.state.crossings.openings == {said: 1}


# --- passages ---


def test_passages_of_an_announced_crossing_are_presumed_to_be_it() -> None:
    """C24: attributed, and nothing is left to explain."""
    world, visit = at_the_door()
    walk_in(world, visit, 2)
    (told,) = world.facts(PassagesCounted)
    assert (told.inwards, told.presumed, told.where, told.visit) == (2, 2, "door", visit)
    assert world.state.crossings.open_quiet == 0
    assert suite_counts.difference(world.state.crossings, world.state.visits.heads) is None


def test_other_passages_are_counted_and_explained_at_the_next_reconcile_several_at_once() -> None:
    """C24: shown until then; explaining them counts nobody."""
    world = counting()
    world.observe(DOOR, Condition.DANGER)
    world.passes(inwards=2, outwards=2)
    assert (world.state.crossings.quiet, world.state.crossings.open_quiet) == (4, 4)
    assert world.refused(ReconcileHeads(heads=0, passages="nonsense")) == "disposition-unknown"
    facts = world.do(ReconcileHeads(heads=0, passages="staff-crossing"))
    assert PassagesExplained(count=4, cause="staff-crossing") in facts
    assert world.state.crossings.open_quiet == 0
    assert world.state.crossings.explained == {"staff-crossing": 4}


def test_a_passage_that_rang_has_the_disposition_of_its_alarm() -> None:
    world = counting()
    world.observe(DOOR, Condition.DANGER)
    world.observe(DETECTOR, Condition.DANGER)
    world.advance(1)
    world.observe(DETECTOR, Condition.NORMAL)
    world.passes(inwards=1)
    assert world.facts(PassagesCounted)[-1].alarmed == 1
    assert world.state.crossings.open_quiet == 0
    world.advance(6)
    world.passes(inwards=1)
    assert world.state.crossings.open_quiet == 1


def test_who_walks_past_the_closed_door_went_nowhere_unless_it_opens_at_once() -> None:
    """A pass, or somebody who turned round; three seconds later the door is another matter."""
    world = counting()
    world.advance(10)
    world.passes(inwards=1)
    assert world.facts(PassagesCounted)[-1].where == "closed"
    assert suite_counts.difference(world.state.crossings, 0) is None
    world.advance(2)
    facts = world.observe(DOOR, Condition.DANGER)
    assert PassagesTaken(point=DETECTOR, inwards=1, outwards=0) in facts
    found = suite_counts.difference(world.state.crossings, 0)
    assert found is not None
    assert found.by == 1


def test_a_door_that_opens_later_takes_no_passage_before_it() -> None:
    world = counting()
    world.advance(10)
    world.passes(inwards=1)
    world.advance(4)
    assert not any(isinstance(fact, PassagesTaken) for fact in world.observe(DOOR, Condition.DANGER))
    assert suite_counts.difference(world.state.crossings, 1) is None, "they may have stood before the door"


def test_a_door_nobody_hears_counts_as_open() -> None:
    """I3: the worse branch."""
    world = counting()
    world.advance(10)
    world.observe(DOOR, Condition.UNKNOWN, "silent")
    world.passes(inwards=1)
    assert world.facts(PassagesCounted)[-1].where == "door"


def test_the_walk_test_counts_nobody() -> None:
    world = counting()
    world.advance(10)
    world.do(StartWalkTest(point=DETECTOR))
    world.passes(inwards=1)
    world.observe(DETECTOR, Condition.DANGER)
    world.passes(outwards=1)
    world.observe(DETECTOR, Condition.NORMAL)
    world.passes(outwards=1)
    assert [told.where for told in world.facts(PassagesCounted)] == ["test", "test", "closed"]
    assert world.state.crossings.counters[DETECTOR].net == 0


# --- heads ---


def test_more_counted_in_than_recorded_is_a_high_alarm_and_holds_the_scan() -> None:
    """H21, tailgating: refused at once, told of after fifteen seconds, over with a count by eye."""
    world, visit = at_the_door()
    walk_in(world, visit, 3)
    world.stage(visit, Leg.TABLE_LIST)
    assert world.refused(StartCheck(visit=visit, heads=2)) == "counts-over"
    world.advance(14)
    assert "counts-over" not in rules(world)
    fired = world.advance(2)
    assert CountsDiffer(point=DETECTOR, counted=3, recorded=2) in fired
    alarm = world.alarm("counts-over")
    assert (alarm.priority, alarm.present, alarm.detail) == (Priority.HIGH, True, "counted=3 recorded=2")
    world.dispose(alarm.id, "entered-unrecorded")
    assert world.alarm("counts-over").present, "words change no number"
    assert world.refused(StartCheck(visit=visit, heads=2)) == "counts-over"
    world.do(ReconcileHeads(heads=3))
    assert any(isinstance(fact, AlarmReturned) for fact in world.tick())
    assert "counts-over" not in rules(world)
    assert world.state.visits.heads == 3
    # The third head's hearing protection has been looked at by nobody.
    assert world.refused(StartCheck(visit=visit, heads=3)) == "hearing-missing"
    world.fit()
    world.do(StartCheck(visit=visit, heads=3))


def test_a_second_person_too_many_rings_again() -> None:
    world, visit = at_the_door()
    walk_in(world, visit, 3)
    world.advance(16)
    world.acknowledge(world.alarm("counts-over").id)
    world.observe(DOOR, Condition.DANGER)
    world.passes(inwards=1)
    world.advance(16)
    alarm = world.alarm("counts-over")
    assert (alarm.instance, alarm.answered, alarm.detail) == (2, False, "counted=4 recorded=2")
    assert world.tick() == ()


def test_in_an_emergency_it_is_told_once_and_counted_at_the_end() -> None:
    """D29: alarms stay armed; nobody needs one more for everybody who runs in."""
    world, visit = at_the_door()
    walk_in(world, visit, 2)
    world.do(OpenEmergency())
    world.observe(DOOR, Condition.DANGER)
    for _ in range(3):
        world.passes(inwards=1)
        world.advance(16)
    assert len(world.facts(CountsDiffer)) == 1
    world.do(AskEmergencyEnd(emergency=""))
    world.do(EndEmergency(emergency="", head_count=5, kit_count=0, by_eye=True))
    world.advance(1)
    assert not world.alarm("counts-over").present
    assert world.state.visits.heads == 5


def test_fewer_counted_than_recorded_is_medium_after_a_minute() -> None:
    world, visit = at_the_door()
    walk_in(world, visit, 1)
    world.advance(59)
    assert "counts-under" not in rules(world)
    world.advance(2)
    assert world.alarm("counts-under").priority is Priority.MEDIUM
    world.do(CountStaff(staff_inside=0))
    world.tick()
    assert not world.alarm("counts-under").present


def test_nothing_is_told_while_an_announced_crossing_is_still_to_be_written_down() -> None:
    world, visit = at_the_door()
    world.do(AnnounceTransit(visit=visit))
    world.observe(DOOR, Condition.DANGER)
    world.passes(inwards=2)
    world.advance(40)
    assert "counts-over" not in rules(world)
    world.do(EnterZoneIV(visit=visit, staff=1))
    world.advance(60)
    assert not rules(world) & {"counts-over", "counts-under"}


def test_who_was_announced_and_never_written_down_is_told_of() -> None:
    world, visit = at_the_door()
    world.do(AnnounceTransit(visit=visit))
    world.observe(DOOR, Condition.DANGER)
    world.passes(inwards=2)
    world.advance(62)
    assert world.alarm("counts-over").present


def test_a_person_nobody_recorded_keeps_the_next_patient_out() -> None:
    world, visit = at_the_door()
    world.observe(DOOR, Condition.DANGER)
    world.passes(inwards=1)
    world.observe(DOOR, Condition.NORMAL)
    world.advance(16)
    found = {finding.why.rule for finding in suite.entry_findings(world.state, visit, world.ctx())}
    assert "counts-over-alarm" in found
    world.observe(DOOR, Condition.DANGER)
    world.passes(outwards=1)
    world.advance(1)
    assert not world.alarm("counts-over").present


def test_the_way_out_is_counted_as_well() -> None:
    world, visit = at_the_door()
    walk_in(world, visit, 2)
    world.do(AnnounceTransit(visit=visit, inwards=False))
    world.observe(DOOR, Condition.DANGER)
    world.passes(outwards=2)
    world.do(LeaveZoneIV(visit=visit))
    world.advance(120)
    assert not rules(world) & {"counts-over", "counts-under"}


def test_a_detector_that_hangs_the_other_way_counts_the_other_way() -> None:
    world = counting(FROM_OUTSIDE)
    world.observe(DOOR, Condition.DANGER)
    world.passes(outwards=1)
    assert (world.facts(PassagesCounted)[-1].inwards, world.facts(PassagesCounted)[-1].outwards) == (1, 0)


def test_where_nobody_said_how_it_hangs_nobody_compares() -> None:
    """B11: counted without a way, and never held against the record."""
    world = counting(NOT_TOLD)
    world.observe(DOOR, Condition.DANGER)
    world.passes(inwards=3)
    told = world.facts(PassagesCounted)[-1]
    assert (told.inwards, told.outwards, told.undirected) == (0, 0, 3)
    assert world.state.crossings.open_quiet == 3
    assert suite_counts.difference(world.state.crossings, 7) is None


# --- what may become of a device's totals ---


def test_totals_that_begin_anew_at_their_end_go_on() -> None:
    world = counting()
    near = MODULUS - 1
    world.totals[DETECTOR] = (near, 0)
    world.passes(device_boot=2)
    world.do(ReconcileHeads(heads=0))
    world.device_boot = 2
    world.observe(DOOR, Condition.DANGER)
    world.passes(inwards=3)
    assert world.facts(PassagesCounted)[-1].inwards == 3
    assert world.totals[DETECTOR] == (2, 0)


@pytest.mark.parametrize(("boot", "totals", "reason"), [(2, (0, 0), "restarted"), (1, (1, 0), "went-back")])
def test_totals_that_do_not_go_on_are_worth_nothing_until_a_count_by_eye(
    boot: int, totals: tuple[int, int], reason: str
) -> None:
    """B11, I3: somebody may have passed uncounted."""
    world, visit = at_the_door()
    walk_in(world, visit, 2)
    asked = ObservePassages(point=DETECTOR, device_boot=boot, total_in=totals[0], total_out=totals[1])
    facts = world.do(asked, src="device")
    assert [fact.reason for fact in facts if isinstance(fact, CountsBegun)] == [reason]
    assert world.state.crossings.counters[DETECTOR].broken == reason
    world.advance(120)
    assert not rules(world) & {"counts-over", "counts-under"}
    world.do(ReconcileHeads(heads=2))
    assert world.state.crossings.counters[DETECTOR].broken == ""


def test_a_restart_of_the_device_takes_no_alarm_away() -> None:
    """I12: what was told of stands until somebody has counted."""
    world, visit = at_the_door()
    walk_in(world, visit, 3)
    world.advance(16)
    world.device_boot, world.totals = 2, {}
    world.passes()
    world.advance(5)
    assert world.alarm("counts-over").present
    world.do(ReconcileHeads(heads=3))
    world.advance(1)
    assert not world.alarm("counts-over").present


def test_who_passed_while_nobody_listened_counts() -> None:
    """The console was off, or the line was: the device was not."""
    world = counting()
    world.advance(10)
    world.passes(inwards=1, unseen=True)
    assert world.facts(PassagesCounted)[-1].where == "unseen"
    world.advance(16)
    assert world.alarm("counts-over").present


def test_a_count_beside_the_suite_says_nothing() -> None:
    world = counting()
    before = len(world.entries)
    for point in (DOOR, "nowhere"):
        world.do(ObservePassages(point=point, device_boot=1, total_in=5, total_out=0), src="device")
    assert len(world.entries) == before


def test_no_count_of_a_device_moves_a_head_a_leg_or_a_hold() -> None:
    """I12: whatever it counts."""
    world, _ = at_the_door()
    alarm_at(world, WAND)
    before = (world.state.visits, world.state.people)
    world.observe(DOOR, Condition.NORMAL)
    for inwards, outwards in ((1, 0), (0, 5), (MODULUS - 1, 3)):
        world.passes(inwards, outwards)
    assert (world.state.visits, world.state.people) == before


def test_reading_between_two_looks_holds_the_scan_as_well() -> None:
    """B10: what was heard and is not told yet may only tighten."""
    world, visit = at_the_door()
    walk_in(world, visit, 2)
    world.stage(visit, Leg.TABLE_LIST)
    world.observe(DOOR, Condition.DANGER)
    world.observe(DOOR, Condition.NORMAL)
    level = replace(world.live[DETECTOR], crossings_in=3, crossings_out=0, device_boot=1)
    world.live[DETECTOR] = level
    found = [f.why.rule for f in suite.clearance.start(world.state, world.visit(visit), world.ctx())]
    assert "counts-over" in found
    world.live[DETECTOR] = replace(level, crossings_in=2)
    found = [f.why.rule for f in suite.clearance.start(world.state, world.visit(visit), world.ctx())]
    assert "counts-over" not in found


def test_a_colleague_after_a_red_alarm_wants_a_witness_too() -> None:
    world = counting(red_alarm_witness=True)
    world.do(AdmitColleague(staff=world.people["LT"]))
    (person,) = world.state.people.here
    world.do(RecordPersonPass(person=person))
    world.observe(DOOR, Condition.DANGER)
    world.observe(DETECTOR, Condition.DANGER)
    world.observe(DETECTOR, Condition.NORMAL)
    world.observe(DOOR, Condition.NORMAL)
    for alarm in tuple(world.state.alarms.open.values()):
        world.dispose(alarm.id, "unknown" if alarm.rule.startswith("f") else "staff-crossing")
    assert world.refused(RecordPersonPass(person=person)) == "signature-missing"
    assert world.refused(RecordPersonPass(person=person), "TE", "LT") == "signs-for-self"
    world.do(RecordPersonPass(person=person), "TE", "LO")
    assert world.state.crossings.witness == ()
    world.do(RecordPersonPass(person=person))


def test_belongings_alone_are_no_pass() -> None:
    world, visit = at_the_door()
    world.dispose(alarm_at(world), "patient-worn")
    world.do(RecordBelongings(visit=visit))
    assert not world.visit(visit).stands(Leg.DETECTOR_PASS)
