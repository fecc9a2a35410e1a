"""The checks of the suite: due, overdue, failed, waived, STOP USE, and what each keeps anybody from."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from support.suite_world import DETECTOR, DOOR, WAND, World, ready, site

from mr_safety_console.domain import check_rules, clearance, readiness, suite
from mr_safety_console.domain.check_facts import (
    CheckOverdue,
    CheckRecorded,
    ChecksCalled,
    CheckWaived,
    DoorTestEnded,
    EndWaiver,
    RecordCheck,
    Result,
    ResumeUse,
    StartDoorTest,
    UseResumed,
    UseStopped,
    WaiveCheck,
    WaiverEnded,
)
from mr_safety_console.domain.check_template import (
    MRU_PARTS,
    TEMPLATE,
    Band,
    Choices,
    Effect,
    Every,
    Sensed,
    TemplateError,
    chosen,
)
from mr_safety_console.domain.checks import KEPT, Standing
from mr_safety_console.domain.context import NS
from mr_safety_console.domain.detectors import Condition, StartWalkTest
from mr_safety_console.domain.doors import KeepDoor
from mr_safety_console.domain.emergency import OpenEmergency
from mr_safety_console.domain.findings import Verdict
from mr_safety_console.domain.profile import SiteProfile
from mr_safety_console.domain.staff import AddStaff
from mr_safety_console.domain.visit_facts import CountStaff
from mr_safety_console.domain.words import table

HOUR, DAY = 3600, 86_400
INSTEAD = "Scanner 2; engineer 002."


def only(*names: str, **changes: object) -> World:
    """A ready suite that makes these checks alone; TE signed on just now."""
    checks = tuple(replace(one, **changes) for one in TEMPLATE if one.id in names)  # type: ignore[arg-type]
    world = World(site(checks=checks, instead=INSTEAD))
    world.start()
    world.add_staff()
    for initials, roles in (("EX", ("MRSE",)), ("RP", ("MRRP",)), ("BO", ("MRSE", "MRRP"))):
        world.do(AddStaff(name=f"Made Up {initials}", initials=initials, roles=roles, pin_hash="h"), "SO")
        world.people[initials] = next(reversed(world.state.staff.people))
    world.sign_on("TE")
    world.prove()
    return world


def standing(world: World, check: str, asset: str = "") -> Standing:
    line = check_rules.line(world.state, world.ctx(), check, asset)
    assert line is not None
    return line.standing


def rules(world: World) -> list[str]:
    return [one.why.rule for one in readiness.limits(world.state, world.ctx())]


def lit(*dark: str) -> RecordCheck:
    return RecordCheck(check="C07", lit=tuple(p for p in MRU_PARTS if p not in dark), unlit=dark)


def waiver(check: str, hours: int = 8, asset: str = "") -> WaiveCheck:
    return WaiveCheck(check=check, asset=asset, grounds="Part is on its way", measure="Guard", hours=hours)


# --- the template ---


def test_the_template_has_every_check_once_and_each_has_its_words() -> None:
    assert [one.id for one in TEMPLATE] == [f"C{n:02}" for n in range(1, 27)]
    for section in ("check", "check-expects", "check-fails"):
        assert sorted(table()[section]) == [one.id for one in TEMPLATE]
    assert not any(
        "RUNDOWN" in said or "press" in said.casefold() for said in table()["check-expects"].values()
    )


def test_a_profile_that_says_nothing_makes_every_check() -> None:
    assert SiteProfile("x", "demo", "UTC", 1500, 500, ()).checks == TEMPLATE


@pytest.mark.parametrize(
    ("choices", "told"),
    [
        (Choices(off=("C07",)), "cannot be switched off"),
        (Choices(off=("C99",)), "no check of the template"),
        (Choices(every={"C05": "daily"}), "less often"),
        (Choices(every={"C07": "hourly"}), "is not one of"),
        (Choices(bands={"C06": Band(Decimal(19), Decimal(21))}), "narrower"),
        (Choices(bands={"C23": Band(Decimal(18), Decimal(24))}), "name the unit"),
        (Choices(bands={"C04": Band(Decimal(1), Decimal(2))}, units={"C04": "s"}), "own readings"),
    ],
)
def test_a_site_cannot_loosen_the_template(choices: Choices, told: str) -> None:
    with pytest.raises(TemplateError, match=told):
        chosen(choices)


def test_a_site_makes_it_stricter_and_leaves_out_what_is_no_floor() -> None:
    band = Band(Decimal(18), Decimal(24))
    made_here = {
        one.id: one
        for one in chosen(
            Choices(off=("C22",), every={"C07": "daily"}, bands={"C23": band}, units={"C23": "°C"})
        )
    }
    assert "C22" not in made_here
    assert len(made_here) == len(TEMPLATE) - 1
    assert made_here["C07"].every is Every.DAILY
    assert (made_here["C23"].band, made_here["C23"].unit) == (band, "°C")


# --- a shift begins ---


def test_the_first_to_sign_on_begins_the_shift_and_its_checks_are_asked_for() -> None:
    world = only("C05", "C10")
    (called,) = world.facts(ChecksCalled)
    assert called.checks == ("C05", "C10")
    assert called.within_s == 1800
    assert standing(world, "C05") is Standing.UNANSWERED
    world.sign_off()
    world.sign_on("LT")
    assert len(world.facts(ChecksCalled)) == 1, "a handover begins no shift"
    world.sign_off()
    world.advance(1801)
    world.sign_on("TE")
    assert len(world.facts(ChecksCalled)) == 2, "after nobody was rostered one begins"


def test_a_site_without_checks_is_asked_for_none() -> None:
    world = ready()
    assert not world.facts(ChecksCalled)
    assert not [rule for rule in rules(world) if rule.startswith("check")]


def test_an_unanswered_check_holds_and_once_overdue_blocks() -> None:
    world = only("C05")
    found = list(check_rules.let_in(clearance.suite_case(world.state, world.ctx())))
    assert [(f.verdict, f.why.rule) for f in found] == [(Verdict.HOLD, "check-unanswered")]
    fired = world.advance(1801)
    assert [f for f in fired if isinstance(f, CheckOverdue)] == [CheckOverdue(check="C05", asset="")]
    assert not [f for f in world.advance(HOUR) if isinstance(f, CheckOverdue)], "it fires once"
    found = list(check_rules.let_in(clearance.suite_case(world.state, world.ctx())))
    assert [(f.verdict, f.why.rule) for f in found] == [(Verdict.STOP, "check-overdue")]
    world.do(RecordCheck(check="C05"))
    assert not list(check_rules.let_in(clearance.suite_case(world.state, world.ctx())))


def test_the_next_shift_asks_again_and_yesterdays_tick_does_not_count() -> None:
    world = only("C05")
    world.do(RecordCheck(check="C05"))
    world.sign_off()
    world.advance(1801)
    world.sign_on("TE")
    assert standing(world, "C05") is Standing.UNANSWERED


def test_a_weekly_check_has_a_tenth_of_tolerance() -> None:
    world = only("C18")
    world.do(RecordCheck(check="C18"))
    for days, expected in ((6.9, Standing.DONE), (7.1, Standing.DUE), (7.8, Standing.OVERDUE)):
        late = world.clone()
        late.clock.advance(days * DAY)
        assert standing(late, "C18") is expected, days


def test_a_clock_set_back_prolongs_nothing_and_a_reboot_goes_on_from_the_wall() -> None:
    world = only("C18")
    world.do(RecordCheck(check="C18"))
    world.clock.advance(8 * DAY)
    back = world.clone()
    back.clock.utc -= 30 * DAY * 1_000_000
    assert standing(back, "C18") is Standing.OVERDUE
    world.clock.boot, world.clock.bt = "another", NS
    assert standing(world, "C18") is Standing.OVERDUE
    due = suite.next_due(world.state, world.clock.now())
    assert due is not None
    assert due <= world.clock.bt
    world.tick()
    assert CheckOverdue(check="C18", asset="") in world.facts(CheckOverdue)


# --- recording ---


def test_a_check_is_recorded_now_with_who_made_it_and_kept_as_a_trend() -> None:
    world = only("C06")
    for n in range(KEPT + 2):
        world.do(RecordCheck(check="C06", value=f"20,{5 + n % 3}"))
        world.advance(60)
    kept = world.state.checks.kept["C06"]
    assert len(kept.trend) == KEPT
    assert kept.last is not None
    assert [one.value for one in kept.trend] == [f"20.{5 + n % 3}" for n in range(2, KEPT + 2)]
    assert kept.last.by == (world.who("TE"),)


@pytest.mark.parametrize(
    ("value", "result"),
    [("20.8", Result.PASS), ("20.4", Result.FAIL), ("21.0", Result.PASS), ("23", Result.FAIL)],
)
def test_the_value_decides_not_the_key(value: str, result: Result) -> None:
    world = only("C06")
    world.do(RecordCheck(check="C06", value=value))
    assert world.facts(CheckRecorded)[-1].result is result


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        (RecordCheck(check="C99"), "check-unknown"),
        (RecordCheck(check="C06", result="fine"), "check-terms"),
        (RecordCheck(check="C06"), "check-value"),
        (RecordCheck(check="C06", value="about 20"), "check-value"),
        (RecordCheck(check="C06", value="NaN"), "check-value"),
        (RecordCheck(check="C06", value="2e1"), "check-value"),
        (RecordCheck(check="C05", value="3"), "check-value"),
        (RecordCheck(check="C05", result="fail"), "check-terms"),
        (RecordCheck(check="C05", result="not-done"), "check-terms"),
        (RecordCheck(check="C05", result="not-applicable", fault="not-fitted"), "signature-missing"),
        (RecordCheck(check="C07", lit=MRU_PARTS[:3]), "check-parts"),
        (RecordCheck(check="C07", lit=(*MRU_PARTS, "charger")), "check-parts"),
        (RecordCheck(check="C07", lit=MRU_PARTS, unlit=("heater-b",)), "check-parts"),
        (RecordCheck(check="C07", lit=MRU_PARTS), "signature-missing"),
    ],
)
def test_what_is_not_said_is_not_recorded(asked: RecordCheck, rule: str) -> None:
    world = only("C05", "C06", "C07")
    assert world.refused(asked) == rule
    assert not world.facts(CheckRecorded)


def test_nobody_signed_on_and_no_entitled_role_record_nothing() -> None:
    world = only("C05")
    world.sign_off()
    assert world.refused(RecordCheck(check="C05")) == "nobody-signed-on"
    world.sign_on("RA")
    assert world.refused(RecordCheck(check="C05")) == "role-missing"


def test_one_person_is_not_two_witnesses() -> None:
    world = only("C07")
    assert world.refused(lit(), "TE") == "signature-missing"
    assert world.refused(lit(), "TE", "TE") == "signature-missing"
    world.do(lit(), "TE", "LO")
    assert standing(world, "C07") is Standing.DONE


def test_not_done_answers_nothing() -> None:
    world = only("C05")
    world.do(RecordCheck(check="C05", result="not-done", fault="no-time"))
    assert standing(world, "C05") is Standing.UNANSWERED
    assert world.state.checks.kept["C05"].trend[-1].result is Result.NOT_DONE


# --- A20: the unit that runs the magnet down ---


@pytest.mark.parametrize("dark", MRU_PARTS)
def test_one_indicator_off_is_stop_use(dark: str) -> None:
    """A20: any of the four not lit fails the test, and the magnet is not used until it is returned to use."""
    world = only("C07")
    visit = world.arrive()
    world.do(lit(), "TE", "LO")
    facts = world.do(lit(dark))
    assert UseStopped(check="C07", asset="") in facts
    assert world.facts(CheckRecorded)[-1].parts == (dark,)
    assert standing(world, "C07") is Standing.STOPPED
    for found in (
        clearance.entry(world.state, world.visit(visit), world.ctx()),
        clearance.start(world.state, world.visit(visit), world.ctx()),
        readiness.limits(world.state, world.ctx()),
    ):
        (stopped,) = [one for one in found if one.why.rule == "check-stop-use"]
        assert stopped.verdict is Verdict.STOP
        assert found[0].verdict is Verdict.STOP
        assert INSTEAD in stopped.why.what_now
        assert "engineer" in stopped.why.what_now


def test_stop_use_is_neither_waived_nor_tested_away_and_needs_expert_and_responsible_person() -> None:
    world = only("C07")
    world.do(lit("heater-b"))
    assert world.refused(waiver("C07"), "SO", "TE") == "waiver-stop-use"
    back = ResumeUse(check="C07", engineer="E. Invented, Made-up Magnets")
    assert world.refused(back, "EX", "RP") == "use-untested"
    world.do(lit(), "TE", "LO")
    assert standing(world, "C07") is Standing.STOPPED, "a pass alone returns nothing to use"
    assert world.refused(ResumeUse(check="C07"), "EX", "RP") == "use-engineer"
    assert world.refused(back, "TE", "SO") == "role-missing"
    assert world.refused(back, "RP", "TE") == "use-expert"
    assert world.refused(back, "BO", "TE") == "use-expert", "one person is not both"
    world.do(back, "EX", "RP")
    assert world.facts(UseResumed)
    assert standing(world, "C07") is Standing.DONE
    assert world.refused(back, "EX", "RP") == "use-not-stopped"


def test_an_emergency_is_never_kept_back_by_a_check() -> None:
    world = only("C07")
    world.do(lit("charger"))
    world.do(OpenEmergency())
    assert world.state.emergency.current is not None


# --- what each restricts ---


@pytest.mark.parametrize(("check", "gated"), [("C05", True), ("C10", False), ("C16", False), ("C09", False)])
def test_only_what_restricts_the_way_in_keeps_anybody_out(check: str, gated: bool) -> None:
    world = only(check)
    world.do(RecordCheck(check=check, result="fail", fault="does-not-work"))
    case = clearance.suite_case(world.state, world.ctx())
    assert bool(list(check_rules.let_in(case))) is gated
    assert bool(list(check_rules.let_scan(case))) is (check in ("C05", "C10"))
    named = list(check_rules.named(case))
    assert [f.why.rule for f in named] == ([] if check == "C09" else ["check-blocks"])
    assert all((f.verdict is Verdict.STOP) is gated for f in named)


def test_a_missing_extinguisher_is_noted_for_a_day_and_then_blocks() -> None:
    world = only("C18")
    world.do(RecordCheck(check="C18", result="fail", fault="missing"))
    assert not [rule for rule in rules(world) if rule.startswith("check")]
    world.advance(DAY + 1)
    assert "check-blocks" in rules(world)


# --- waivers ---


def test_a_waiver_lifts_its_own_finding_alone_is_counted_and_ends_by_itself() -> None:
    world = only("C05", "C14")
    for name in ("C05", "C14"):
        world.do(RecordCheck(check=name, result="fail", fault="damaged"))
    assert rules(world).count("check-blocks") == 2
    world.do(waiver("C05", hours=24), "SO", "TE")
    assert rules(world).count("check-blocks") == 1
    assert [one.check.id for one in check_rules.waivers(world.state, world.ctx())] == ["C05"]
    world.clock.advance(24 * HOUR)
    assert rules(world).count("check-blocks") == 2, "it is over before anything says so"
    world.tick()
    assert WaiverEnded(check="C05", asset="", reason="time") in world.facts(WaiverEnded)
    assert world.state.checks.kept["C05"].waiver is None


@pytest.mark.parametrize(
    ("asked", "signers", "rule"),
    [
        (waiver("C05", hours=25), ("SO", "TE"), "waiver-terms"),
        (waiver("C05", hours=0), ("SO", "TE"), "waiver-terms"),
        (replace(waiver("C05"), measure=" "), ("SO", "TE"), "waiver-terms"),
        (replace(waiver("C05"), grounds=""), ("SO", "TE"), "waiver-terms"),
        (waiver("C05"), ("SO",), "signature-missing"),
        (waiver("C05"), ("TE", "LT"), "role-missing"),
        (waiver("C14"), ("SO", "TE"), "waiver-nothing"),
    ],
)
def test_who_waives_what_and_for_how_long(asked: WaiveCheck, signers: tuple[str, ...], rule: str) -> None:
    world = only("C05", "C14")
    world.do(RecordCheck(check="C05", result="fail", fault="damaged"))
    world.do(RecordCheck(check="C14"))
    assert world.refused(asked, *signers) == rule
    assert not world.facts(CheckWaived)


def test_a_clock_step_prolongs_no_waiver() -> None:
    world = only("C05")
    world.do(waiver("C05", hours=2), "SO", "TE")
    ahead = world.clone()
    ahead.clock.utc += 3 * HOUR * 1_000_000
    assert standing(ahead, "C05") is not Standing.WAIVED
    world.clock.advance(2 * HOUR)
    world.clock.utc -= 10 * HOUR * 1_000_000
    assert standing(world, "C05") is not Standing.WAIVED


def test_an_answer_or_a_word_ends_a_waiver() -> None:
    world = only("C05")
    world.do(waiver("C05"), "SO", "TE")
    facts = world.do(RecordCheck(check="C05"))
    assert WaiverEnded(check="C05", asset="", reason="answered") in facts
    assert world.refused(EndWaiver(check="C05")) == "waiver-nothing"
    world.do(RecordCheck(check="C05", result="fail", fault="damaged"))
    world.do(waiver("C05"), "SO", "TE")
    world.do(EndWaiver(check="C05"))
    assert standing(world, "C05") is Standing.FAILED


# --- what the readings say ---


def test_nobody_ticks_the_detector_without_a_walk_test_it_answered() -> None:
    world = only("C01")
    world.advance(13 * HOUR)
    pass_it = RecordCheck(check="C01", asset=DETECTOR)
    assert world.refused(pass_it, "TE", "LO") == "check-walk-test"
    world.prove()
    assert world.refused(pass_it, "TE") == "signature-missing"
    world.do(pass_it, "TE", "LO")
    assert world.facts(CheckRecorded)[-1].reading == Sensed.WALK_TEST
    assert standing(world, "C01", DETECTOR) is Standing.DONE
    assert standing(world, "C01", WAND) is not Standing.DONE, "each detector by itself"


def test_an_expected_alarm_that_does_not_come_is_a_fail() -> None:
    world = only("C01")
    world.do(RecordCheck(check="C01", asset=DETECTOR), "TE", "LO")
    world.do(StartWalkTest(point=DETECTOR))
    world.advance(21)
    told = world.facts(CheckRecorded)[-1]
    assert (told.check, told.asset, told.result, told.fault) == ("C01", DETECTOR, Result.FAIL, "no-alarm")
    assert "check-blocks" in rules(world)
    assert world.refused(RecordCheck(check="C01", asset=DETECTOR), "TE", "LO") == "check-walk-test"


def test_a_detector_that_does_not_read_normal_is_not_ticked() -> None:
    world = only("C03")
    asked = RecordCheck(check="C03", asset=DETECTOR)
    world.observe(DETECTOR, Condition.UNKNOWN, "silent")
    assert world.refused(asked) == "check-reads"
    world.observe(DETECTOR, Condition.NORMAL)
    world.do(asked)
    assert standing(world, "C03", DETECTOR) is Standing.DONE


def door_test(world: World) -> None:
    world.do(KeepDoor())
    world.do(StartDoorTest(point=DOOR))


def test_a_door_seen_open_and_closed_passes_by_its_contact_alone() -> None:
    world = only("C04")
    assert world.refused(RecordCheck(check="C04", asset=DOOR)) == "check-door-test"
    assert world.refused(StartDoorTest(point=DOOR)) == "door-test-keeper"
    assert world.refused(StartDoorTest(point=DETECTOR)) == "check-unknown"
    door_test(world)
    assert world.refused(StartDoorTest(point=DOOR)) == "door-test-runs"
    world.observe(DOOR, Condition.DANGER)
    assert standing(world, "C04", DOOR) is Standing.UNANSWERED
    facts = world.observe(DOOR, Condition.NORMAL)
    assert DoorTestEnded(point=DOOR, reason="passed") in facts
    assert standing(world, "C04", DOOR) is Standing.DONE


@pytest.mark.parametrize(("opens", "fault"), [(False, "no-opening"), (True, "no-closing")])
def test_an_edge_of_the_door_that_does_not_come_is_a_fail(opens: bool, fault: str) -> None:
    world = only("C04")
    door_test(world)
    if opens:
        world.observe(DOOR, Condition.DANGER)
    world.advance(21)
    told = world.facts(CheckRecorded)[-1]
    assert (told.result, told.fault, told.reading) == (Result.FAIL, fault, "door-contact")
    assert standing(world, "C04", DOOR) is Standing.FAILED
    assert world.state.checks.door is None


def test_a_contact_that_falls_silent_fails_and_a_restart_proves_nothing_either_way() -> None:
    world = only("C04")
    door_test(world)
    again = world.clone()
    world.observe(DOOR, Condition.UNKNOWN, "silent")
    assert world.facts(CheckRecorded)[-1].fault == "lost"
    again.start()
    assert again.facts(DoorTestEnded)[-1].reason == "restart"
    assert not again.facts(CheckRecorded)


def test_a_door_test_is_refused_while_its_contact_is_open_or_somebody_is_inside() -> None:
    world = only("C04")
    world.do(KeepDoor())
    world.observe(DOOR, Condition.DANGER)
    assert world.refused(StartDoorTest(point=DOOR)) == "door-test-reads"
    world.observe(DOOR, Condition.NORMAL)
    world.do(CountStaff(staff_inside=1))
    assert world.refused(StartDoorTest(point=DOOR)) == "door-test-busy"


def test_every_effect_and_reading_of_the_template_is_used() -> None:
    assert {one.fails for one in TEMPLATE} == set(Effect)
    assert {one.sensed for one in TEMPLATE} == set(Sensed)


def test_what_failed_or_has_a_reading_is_not_said_to_be_inapplicable() -> None:
    """A waiver ends within a day; saying that a failed check does not apply would be one without an end."""
    world = only("C03", "C24")
    gone = RecordCheck(check="C24", result="not-applicable", fault="not-fitted")
    world.do(gone, "SO", "TE")
    assert standing(world, "C24") is Standing.DONE
    world.do(RecordCheck(check="C24", result="fail", fault="damaged"))
    assert world.refused(gone, "SO", "TE") == "check-not-applicable"
    world.do(waiver("C24"), "SO", "TE")
    assert world.refused(gone, "SO", "TE") == "check-not-applicable", "nor while it is waived"
    told = RecordCheck(check="C03", asset=DETECTOR, result="not-applicable", fault="out-of-use")
    assert world.refused(told, "SO", "TE") == "check-not-applicable"
