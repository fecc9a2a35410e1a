"""Watching the patient in the scan: the observer lock, check-ins due, late, missed, what is owed after."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.suite_world import DOOR, World, at_the_door, ready, site

from mr_safety_console.domain import suite_offers, watch_class
from mr_safety_console.domain.alarm_points import Priority
from mr_safety_console.domain.context import NS, US
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.emergency import OpenEmergency
from mr_safety_console.domain.lifecycle import AttemptRefused
from mr_safety_console.domain.notes import WriteNote
from mr_safety_console.domain.people_acts import AdmitColleague
from mr_safety_console.domain.screening_facts import BeginScreening, ReviewScreening, ScreeningBegun
from mr_safety_console.domain.staff import SignedOff, SignOff
from mr_safety_console.domain.visit_facts import (
    CheckedIn,
    CheckIn,
    CheckInsBegun,
    CloseVisit,
    EndScan,
    IdentifyVisit,
    LeaveZoneIV,
    Leg,
    StartCheck,
)
from mr_safety_console.domain.watching import Stage
from mr_safety_console.domain.watching_facts import (
    INTERVENTIONS,
    SKIN,
    ChangeObserver,
    CheckInFellDue,
    CheckInLate,
    CheckInMissed,
    CheckSkin,
    ChooseWatch,
    ObservationFellDue,
    ObservationMade,
    ObservePatient,
    ObserverChanged,
    PatientSilent,
    RecordInjection,
    RecordIntervention,
    SkinChecked,
)

DUE, MISSED, SILENT, HEAT = "checkin-due", "checkin-missed", "no-answer", "heat-reported"


def on_table(world: World, visit: str) -> None:
    world.go_in(visit)
    world.stage(visit, Leg.TABLE_LIST)


def scanning(**limits: int) -> tuple[World, str]:
    """Return a suite with a patient in the scan, watched by TE."""
    world, visit = at_the_door()
    world.profile = site(limits=limits)
    on_table(world, visit)
    world.do(StartCheck(visit=visit, heads=2))
    return world, visit


def present(world: World, rule: str) -> bool:
    return any(alarm.rule == rule and alarm.present for alarm in world.state.alarms.open.values())


def out_and_off(world: World, visit: str) -> None:
    """End the scan, bring the patient out, take the coil off."""
    world.do(EndScan(visit=visit))
    world.observe(DOOR, Condition.DANGER)
    world.do(LeaveZoneIV(visit=visit))
    world.observe(DOOR, Condition.NORMAL)
    world.stage(visit, Leg.COIL_REMOVED)


# --- the observer lock ---


def with_another_waiting() -> tuple[World, str, str]:
    """Return a suite with TE watching the patient in the scan, and the next patient in Zone II."""
    world, visit = at_the_door()
    other = world.arrive("Ann Other", "1980-02-02")
    on_table(world, visit)
    world.do(StartCheck(visit=visit, heads=2))
    return world, visit, other


def test_a6_the_observer_cannot_screen_the_next_patient_and_is_told_who_can() -> None:
    """I5: refused, written down, and offered as refused with the people who could."""
    world, visit, other = with_another_waiting()
    asked = BeginScreening(visit=other)
    why = world.give(asked).refused
    assert why is not None
    assert why.rule == "observer-bound"
    assert "second person" in f"{why.who_can} {why.what_now}"
    assert "LT" in why.who_can
    assert "TE" not in why.who_can
    kept = world.facts(AttemptRefused)[-1]
    assert (kept.act, kept.rule, kept.visit) == ("begin-screening", "observer-bound", other)
    assert suite_offers.offer(world.state, "", asked, world.ctx()).refused == why
    world.do(EndScan(visit=visit))
    world.do(asked)


@pytest.mark.parametrize("way", ["review", "admit", "identify", "leave"])
def test_nothing_that_leads_away_is_done_by_or_with_the_pin_of_the_observer(way: str) -> None:
    world, _, other = with_another_waiting()
    asked = {
        "review": ReviewScreening(visit=other),
        "admit": AdmitColleague(staff=world.people["LO"]),
        "identify": IdentifyVisit(visit=other, identifiers=("name", "birth-date")),
        "leave": SignOff(reason="asked"),
    }[way]
    assert world.refused(asked) == "observer-bound"
    world.sign_on("LT")
    if way == "review":
        assert world.refused(asked, "TE") == "observer-bound"
    else:
        world.do(asked)


def test_a_lock_leaves_nobody_and_a_colleague_who_takes_the_console_is_not_bound() -> None:
    """Idle consoles lock; that is no leaving, and the watching stays whose it is."""
    world, visit, other = with_another_waiting()
    world.do(SignOff(reason="idle"))
    assert world.facts(SignedOff)[-1].reason == "idle"
    assert world.visit(visit).observer == world.people["TE"]
    world.sign_on("LT")
    world.do(BeginScreening(visit=other))


def test_the_observers_own_patient_and_an_emergency_are_never_gated() -> None:
    world, visit, other = with_another_waiting()
    world.do(CheckIn(visit=visit))
    world.do(WriteNote(text="moved a little", about=visit))
    world.do(OpenEmergency(emergency="E-1"))
    world.do(BeginScreening(visit=other))
    assert world.facts(ScreeningBegun)[-1].visit == other


def test_the_watching_is_handed_over_by_the_one_and_accepted_by_the_pin_of_the_next() -> None:
    world, visit, other = with_another_waiting()
    lena = world.people["LT"]
    hand = ChangeObserver(visit=visit, to=lena)
    assert world.refused(hand) == "signature-missing"
    assert world.refused(hand, "LO") == "signature-missing"
    world.do(hand, "LT")
    told = world.facts(ObserverChanged)[-1]
    assert (told.was, told.observer, told.taken) == (world.people["TE"], lena, False)
    assert world.visit(visit).observer == lena
    world.do(BeginScreening(visit=other))
    world.sign_on("LT")
    assert world.refused(BeginScreening(visit=other)) == "observer-bound"


def test_nobody_takes_the_watching_from_somebody_unless_a_check_in_is_late() -> None:
    """Whoever fell ill hands nothing over: a patient nobody speaks with is not left to nobody."""
    world, visit, _ = with_another_waiting()
    world.sign_on("LT")
    take = ChangeObserver(visit=visit, to=world.people["LT"])
    assert world.refused(take, "LT") == "observer-gives"
    world.advance(315)
    world.do(take, "LT")
    assert world.facts(ObserverChanged)[-1].taken
    assert world.refused(ChangeObserver(visit=visit, to=world.people["RA"]), "RA") == "observer-terms"


# --- check-ins ---


def test_a_check_in_is_due_late_and_missed_at_its_moments_by_the_timer_alone() -> None:
    """I15: each a fact of the timer that carries the moment it was due, whatever the wall clock did."""
    world, visit = scanning()
    began = world.visit(visit).watch.base
    assert began is not None
    world.clock.step_wall(3600)
    world.advance(360)
    told = [e for e in world.entries if isinstance(e.fact, CheckInFellDue | CheckInLate | CheckInMissed)]
    assert [type(e.fact) for e in told] == [CheckInFellDue, CheckInLate, CheckInMissed]
    assert {e.fact.due_bt for e in told} == {began.bt + 300 * NS}
    assert [round((e.at.bt - e.fact.due_bt) / NS, 1) for e in told] == [0.0, 15.0, 45.0]
    assert {e.src for e in told} == {"timer"}
    assert not any(e.by for e in told)
    assert world.alarm(DUE).priority is Priority.HIGH
    assert world.alarm(MISSED).priority is Priority.HIGH


def test_a_word_after_a_miss_ends_the_alarm_and_never_the_miss() -> None:
    world, visit = scanning()
    world.advance(345)
    world.do(CheckIn(visit=visit))
    assert not present(world, MISSED)
    assert not present(world, DUE)
    watch = world.visit(visit).watch
    assert (watch.missed, watch.stage) == (1, Stage.WAITING)
    world.advance(345)
    assert world.visit(visit).watch.missed == 2


def test_the_next_check_in_after_a_miss_is_due_an_interval_after_the_one_before() -> None:
    world, visit = scanning()
    world.advance(2 * 300 + 45)
    dues = [fact.due_bt for fact in world.facts(CheckInMissed)]
    assert [round((b - a) / NS) for a, b in pairwise(dues)] == [300]
    assert world.visit(visit).watch.missed == 2


@pytest.mark.parametrize("reboot", [False, True])
def test_what_passed_while_the_console_did_not_run_is_missed_once_with_its_number(*, reboot: bool) -> None:
    """After sleep each overdue timer fires once; two intervals that nobody watched are not one."""
    world, visit = scanning()
    if reboot:
        world.clock.reboot(700)
    else:
        world.clock.advance(700)
    for _ in range(3):
        world.tick()
    (missed,) = world.facts(CheckInMissed)
    assert missed.intervals == 2
    assert world.visit(visit).watch.missed == 2
    late_us = world.clock.now().utc - missed.due_utc
    assert 395 <= late_us / US <= 405
    assert world.visit(visit).watch.stage is Stage.MISSED


def test_no_command_carries_another_time_and_an_older_key_press_moves_no_check_in() -> None:
    """A check-in is made now: what a later record says of before is no check-in of before."""
    world, visit = scanning()
    before = world.clock.now()
    world.advance(200)
    world.do(CheckIn(visit=visit), occ=before)
    base = world.visit(visit).watch.base
    assert base is not None
    assert base.bt == world.clock.bt
    assert set(CheckIn.__dataclass_fields__) == {"visit", "contact", "patient"}


SAID = {"ok": "no-complaint", "pain": "pain", "silent": "no-answer"}
OTHERS = ("closer", "wider", "note", "ack", "wall")
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.integers(1, 700)),
        st.tuples(st.just("sleep"), st.integers(1, 1500)),
        st.tuples(st.sampled_from((*SAID, *OTHERS)), st.just(0)),
    ),
    max_size=14,
)


def _act(world: World, visit: str, what: str, n: int) -> None:
    match what:
        case "wait":
            world.advance(n)
        case "sleep":
            world.clock.advance(n)
            world.tick()
        case "wall":
            world.clock.step_wall(-4000)
        case "ack":
            for alarm in tuple(world.state.alarms.open.values()):
                world.dispose(alarm.id, "unknown")
        case "note":
            world.do(WriteNote(text="spoken with at nine", about=visit))
        case "closer" | "wider":
            interval = "close" if what == "closer" else "wide"
            world.do(ChooseWatch(visit=visit, interval=interval, reason="r"), "TE")
        case _:
            world.do(CheckIn(visit=visit, patient=SAID[what]))


@settings(max_examples=40, deadline=None)
@given(ACTS)
def test_a_missed_check_in_can_neither_be_back_dated_nor_disappear(acts: list[tuple[str, int]]) -> None:
    """Whatever anybody does: misses only add up, each at its due moment, recorded after it."""
    world, visit = scanning()
    counts = [0]
    for what, n in acts:
        _act(world, visit, what, n)
        counts.append(world.visit(visit).watch.missed)
    assert counts == sorted(counts)
    missed = [e for e in world.entries if isinstance(e.fact, CheckInMissed)]
    spoken = [e.at.bt for e in world.entries if isinstance(e.fact, CheckedIn)]
    assert sum(e.fact.intervals for e in missed) == counts[-1]
    for entry in missed:
        assert entry.at.bt >= entry.fact.due_bt + 45 * NS - NS // 2
        assert not [at for at in spoken if entry.fact.due_bt < at < entry.at.bt]


def test_a_broken_part_of_the_state_says_once_that_a_check_in_is_due_and_writes_no_row_a_tick() -> None:
    world, visit = scanning()
    world.state = replace(world.state, broken=("visits",))
    before = len(world.entries)
    world.clock.advance(400)
    for _ in range(5):
        world.tick()
    assert present(world, DUE)
    assert world.alarm(DUE).visits == (visit,)
    assert len(world.facts(CheckInFellDue)) == 0
    assert len(world.entries) - before < 12


# --- how often ---


@pytest.mark.parametrize(
    ("answers", "every_s", "why"),
    [
        ({}, 300, ()),
        ({"Q28": "yes"}, 120, ("no-feeling",)),
        ({"Q35": "unsure"}, 120, ("drowsy",)),
        ({"Q40": "yes"}, 120, ("needs-help",)),
    ],
)
def test_who_cannot_report_heat_is_spoken_with_every_two_minutes(
    answers: dict[str, str], every_s: int, why: tuple[str, ...]
) -> None:
    """By the interview alone, without anybody choosing; what is no answer counts like yes."""
    world = ready()
    visit = world.arrive()
    world.interview(visit, **answers)
    person = world.visit(visit)
    assert watch_class.of_visit(world.state, person) == why
    assert watch_class.within_s(world.state, person, world.ctx()) == every_s


def test_anybody_chooses_the_closer_check_ins_and_only_a_level_2_with_a_reason_the_wider() -> None:
    world, visit = scanning()
    world.sign_on("LO")
    world.do(ChooseWatch(visit=visit, interval="close"))
    assert world.visit(visit).checkin_s == 120
    wide = ChooseWatch(visit=visit, interval="wide", reason="awake, answers well")
    assert world.refused(ChooseWatch(visit=visit, interval="wide"), "LT") == "watch-reason"
    assert world.refused(wide) == "signature-missing"
    assert world.refused(wide, "LO") == "role-missing"
    world.do(wide, "LT")
    assert world.visit(visit).checkin_s == 300
    begun = world.facts(CheckInsBegun)[-1]
    assert (begun.within_s, begun.reasons) == (300, ())


# --- what the patient says ---


def test_no_answer_twice_says_stop_and_look_and_counts_as_no_check_in() -> None:
    world, visit = scanning()
    world.do(CheckIn(visit=visit, patient="no-answer"))
    assert not present(world, SILENT)
    world.advance(10)
    world.do(CheckIn(visit=visit, patient="no-answer"))
    alarm = world.alarm(SILENT)
    assert (alarm.priority, alarm.visits) == (Priority.HIGH, (visit,))
    assert [fact.times for fact in world.facts(PatientSilent)] == [1, 2]
    world.advance(300)
    assert present(world, DUE)
    world.do(CheckIn(visit=visit, contact="bulb"))
    assert not present(world, SILENT)
    assert world.visit(visit).watch.silent == 0


def test_no_answer_once_and_nothing_after_it_is_said_by_the_engine_within_fifteen_seconds() -> None:
    """Whoever ran to look records nothing more: the others are told all the same."""
    world, visit = scanning()
    world.do(CheckIn(visit=visit, patient="no-answer"))
    world.advance(14.9)
    assert not present(world, SILENT)
    world.advance(0.2)
    assert present(world, SILENT)


@pytest.mark.parametrize("said", ["warm", "pain"])
def test_heat_or_pain_is_a_high_alarm_and_owes_a_look_at_the_skin(said: str) -> None:
    """I1: the alarm asks a person to stop the scan; the record goes on taking one as running."""
    world, visit = scanning()
    assert world.refused(CheckSkin(visit=visit, found="nothing-seen")) == "skin-check-not-owed"
    world.do(CheckIn(visit=visit, patient=said))
    assert world.alarm(HEAT).priority is Priority.HIGH
    assert world.visit(visit).scan_presumed
    out_and_off(world, visit)
    assert not present(world, HEAT)
    close = CloseVisit(visit=visit, outcome="completed")
    assert world.refused(close) == "skin-check-owed"
    for found in SKIN:
        twin = world.clone()
        twin.do(CheckSkin(visit=visit, found=found, note="left thigh"))
        assert twin.facts(SkinChecked)[-1].found == found
        twin.do(close)


def test_s8_the_second_intervention_says_pause_and_call() -> None:
    world, visit = scanning()
    world.do(RecordIntervention(visit=visit, what="medication", note="a drug for the heart rate"))
    assert "interventions-repeated" not in {a.rule for a in world.state.alarms.open.values()}
    world.do(RecordIntervention(visit=visit, what="calmed"))
    assert world.alarm("interventions-repeated").visits == (visit,)
    assert world.visit(visit).watch.interventions == 2
    assert world.refused(RecordIntervention(visit=visit, what="prayed")) == "watch-terms"
    for what in INTERVENTIONS:
        world.do(RecordIntervention(visit=visit, what=what))


# --- after contrast ---


def test_a_patient_is_looked_at_fifteen_and_thirty_minutes_after_an_injection() -> None:
    world, visit = scanning(checkin_s=900)
    world.do(RecordInjection(visit=visit))
    assert world.refused(ObservePatient(visit=visit)) == "observation-early"
    out_and_off(world, visit)
    close = CloseVisit(visit=visit, outcome="completed")
    assert world.refused(close) == "observation-owed"
    world.advance(901)
    assert present(world, "observation-due")
    world.do(ObservePatient(visit=visit))
    assert not present(world, "observation-due")
    assert world.refused(close) == "observation-owed"
    world.advance(901)
    world.do(ObservePatient(visit=visit, patient="reaction"))
    assert [fact.after_s for fact in world.facts(ObservationFellDue)] == [900, 1800]
    assert [(f.after_s, f.patient) for f in world.facts(ObservationMade)] == [
        (900, "no-complaint"),
        (1800, "reaction"),
    ]
    world.do(close)


def test_a_patient_who_left_before_the_looks_were_due_is_said_to_have_left() -> None:
    world, visit = scanning(checkin_s=900)
    world.do(RecordInjection(visit=visit))
    out_and_off(world, visit)
    world.do(ObservePatient(visit=visit, patient="left-before"))
    assert len(world.facts(ObservationMade)) == 2
    world.do(CloseVisit(visit=visit, outcome="completed"))
