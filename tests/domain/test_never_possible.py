"""Statements the whole product is held to, tried on the rules with everything else in favour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mr_safety_console.domain import (
    alarm_fold,
    alarm_timers,
    alarms,
    checklists,
    clearance,
    detectors,
    staff,
    suite,
)
from mr_safety_console.domain.alarm_points import RULES
from mr_safety_console.domain.codec import Entry, Fact, command_kinds
from mr_safety_console.domain.context import NS, Ctx, Instant, Who
from mr_safety_console.domain.detectors import Condition, Level, ObservePoint, PointsState, PointState
from mr_safety_console.domain.findings import Verdict
from mr_safety_console.domain.profile import Point, PointKind, SiteProfile, check
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.screening import Case as Interview
from mr_safety_console.domain.screening import ScreeningState
from mr_safety_console.domain.screening_facts import Verdict as ScreeningVerdict
from mr_safety_console.domain.staff import Person, StaffState
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.domain.visit import BEFORE_ENTRY, LegState, Visit, VisitsState
from mr_safety_console.domain.visit_facts import LegMade, VisitReleased
from screening_forms.shipped import load_library

NOW = Instant(utc=1_800_000_000_000_000, bt=1_000 * NS, boot="boot-a")
DOOR = Point("door-iv", "Zone IV door", PointKind.DOOR, "IV", "port-b", "DIO01")
DETECTOR = Point("fmd-iv", "Detector at Zone IV", PointKind.DETECTOR, "IV", "port-a", "FMD01", door="door-iv")
PROFILE = check(
    SiteProfile(
        site="Fictional Demo Site",
        use="demo",
        zone="Europe/Paris",
        b0_mt=1500,
        hazard_contour_ut=500,
        points=(DOOR, DETECTOR),
        checks=(),
    )
)
ADULT = load_library()["screening-adult"]
TECH = Who("person-tech", "L2")
OTHER = Who("person-other", "L2")
SILENCE_NS = PROFILE.limit("silence_ms") * detectors.MS
CONDITIONS = st.sampled_from(list(Condition))


def level(point: Point, condition: Condition, age_ns: int = 0) -> Level:
    return Level(point.id, condition, "as heard", NOW.bt - age_ns)


def ctx(**changes: object) -> Ctx:
    live = {point.id: level(point, Condition.NORMAL) for point in (DOOR, DETECTOR)}
    forms = {ADULT.id: ADULT}
    usual = Ctx(now=NOW, profile=PROFILE, forms=forms, live=live, actor=TECH, tokens=("t1", "t2", "t3"))
    return replace(usual, **changes)


def attendance(visit_id: str) -> Visit:
    """A visit with every leg before entry standing."""
    legs = {leg: LegState(NOW, (TECH,)) for leg, _ in BEFORE_ENTRY}
    return Visit(
        visit_id,
        1,
        f"subject-{visit_id}",
        "Fiona Fiction",
        "1990-01-01",
        "knee",
        NOW,
        legs,
        scanner=PROFILE.magnet,
        b0_mt=PROFILE.b0_mt,
    )


def interview(verdict: ScreeningVerdict) -> Interview:
    return Interview(ADULT.id, ADULT.version, ADULT.sha256, first=(TECH,), verdict=verdict)


def register() -> StaffState:
    people = [Person(who.person, "Demo Person", who.person[-2:], (who.role,), "") for who in (TECH, OTHER)]
    people.append(Person("person-l1", "Demo Helper", "H1", ("L1",), ""))
    return StaffState({person.id: person for person in people})


def everything_in_favour() -> SuiteState:
    points = {
        point.id: PointState(Condition.NORMAL, "", NOW, unbroken=NOW, proof=NOW) for point in (DOOR, DETECTOR)
    }
    return SuiteState(
        staff=register(),
        points=PointsState(points),
        visits=VisitsState({"visit-a": attendance("visit-a")}),
        screening=ScreeningState({"visit-a": interview(ScreeningVerdict.CLEARED)}),
    )


def reasons(state: SuiteState, visit: Visit, now: Ctx) -> set[str]:
    return {finding.why.rule for finding in clearance.entry(state, visit, now)}


def fold(state: SuiteState, facts: tuple[Fact, ...]) -> SuiteState:
    for number, fact in enumerate(facts, 1):
        state = suite.evolve(state, Entry(number, NOW, fact, "test", "person", by=(TECH,)))
    return state


def test_with_everything_in_favour_these_checks_find_nothing() -> None:
    """Without this the refusals below would prove nothing."""
    assert reasons(everything_in_favour(), attendance("visit-a"), ctx()) == set()


@given(CONDITIONS, st.integers(0, 10 * SILENCE_NS), st.integers(0, 2_000 * NS))
def test_what_is_not_fresh_is_unknown(condition: Condition, age_ns: int, now_bt: int) -> None:
    """I3: silence, a clock that went back and a point never heard are UNKNOWN, whatever was said last."""
    heard = Level("p", condition, "", now_bt - age_ns)
    believed, _ = detectors.believed(heard, now_bt, PROFILE.limit("silence_ms"))
    if age_ns >= SILENCE_NS or heard.heard_bt == 0:
        assert believed is Condition.UNKNOWN
    assert detectors.believed(replace(heard, heard_bt=now_bt + 1), now_bt, 2500)[0] is Condition.UNKNOWN
    assert detectors.believed(None, now_bt, 2500)[0] is Condition.UNKNOWN


@pytest.mark.parametrize("point", [DOOR, DETECTOR], ids=lambda point: point.id)
@pytest.mark.parametrize("missing", ["silent", "never heard", "unknown in the record"])
def test_an_unknown_sensor_holds_the_entry(point: Point, missing: str) -> None:
    """I3: never the last value in disguise."""
    state, now = everything_in_favour(), ctx()
    if missing == "silent":
        now = replace(now, live={**now.live, point.id: level(point, Condition.NORMAL, SILENCE_NS)})
    elif missing == "never heard":
        now = replace(now, live={name: heard for name, heard in now.live.items() if name != point.id})
    else:
        points = {**state.points.points, point.id: PointState(Condition.UNKNOWN, "start", NOW)}
        state = replace(state, points=PointsState(points))
    found = clearance.entry(state, attendance("visit-a"), now)
    assert {finding.why.rule for finding in found} == {
        "door-unknown" if point is DOOR else "detector-unknown"
    }
    assert all(finding.verdict >= Verdict.HOLD for finding in found)


@given(CONDITIONS, CONDITIONS, st.integers(0, 2 * SILENCE_NS), st.booleans())
def test_a_reading_never_takes_a_reason_away(door: Condition, fmd: Condition, age: int, held: bool) -> None:
    """I12: against levels of every kind the quiet ones leave exactly the reasons people gave."""
    visit = replace(attendance("visit-a"), holds=("alarm-1",) if held else (), legs={})
    state = everything_in_favour()
    quiet = reasons(state, visit, ctx())
    live: Mapping[str, Level] = {DOOR.id: level(DOOR, door, age), DETECTOR.id: level(DETECTOR, fmd, age)}
    assert quiet <= reasons(state, visit, ctx(live=live))
    assert "leg-missing" in quiet
    assert ("visit-held" in quiet) is held


@given(
    st.lists(st.tuples(st.sampled_from([DOOR.id, DETECTOR.id]), CONDITIONS, st.integers(0, 2)), max_size=12)
)
def test_no_run_of_readings_advances_or_releases_anybody(seen: list[tuple[str, Condition, int]]) -> None:
    """I12: legs and releases come from people only."""
    state = replace(
        everything_in_favour(), visits=VisitsState({"visit-a": replace(attendance("visit-a"), legs={})})
    )
    for number, (point, condition, edges) in enumerate(seen):
        tokens = tuple(f"t{number}-{n}" for n in range(8))
        observed = ObservePoint(point=point, condition=condition, reason="heard", edges=edges)
        facts = suite.decide(state, observed, ctx(actor=None, tokens=tokens)).facts
        assert not [fact for fact in facts if isinstance(fact, LegMade | VisitReleased)]
        state = fold(state, facts)


def test_a_clearance_of_one_attendance_is_none_of_another() -> None:
    """I8: the interview of visit A says nothing about visit B, even of the same person."""
    state = everything_in_favour()
    again = replace(attendance("visit-b"), subject="subject-visit-a")
    assert reasons(state, again, ctx()) == {"screening-not-cleared"}


@pytest.mark.parametrize("verdict", [v for v in ScreeningVerdict if not v.name.startswith("CLEARED")])
def test_only_a_clearance_is_a_clearance(verdict: ScreeningVerdict) -> None:
    """I4: not begun, held and not suitable all hold."""
    state = replace(everything_in_favour(), screening=ScreeningState({"visit-a": interview(verdict)}))
    assert reasons(state, attendance("visit-a"), ctx()) == {"screening-not-cleared"}


@pytest.mark.parametrize("answer", ["unsure", "refused", "unable", "not_asked"])
def test_an_undecided_answer_is_never_cleared_by_its_verdict_alone(answer: str) -> None:
    """I4: an unresolved answer holds although a verdict says CLEARED."""
    case = replace(interview(ScreeningVerdict.CLEARED), answers={"q01": answer})
    state = replace(everything_in_favour(), screening=ScreeningState({"visit-a": case}))
    assert reasons(state, attendance("visit-a"), ctx()) == {"screening-not-cleared"}


@pytest.mark.parametrize("act", [name for name, (_, signatures) in staff.MAY.items() if signatures])
def test_nobody_signs_twice_or_outside_the_register_or_the_role(act: str) -> None:
    """I5: a signature is a distinct person, in the register, in an entitled role."""
    needed = staff.MAY[act][1]
    strangers = tuple(Who(f"stranger-{n}", "MRMD") for n in range(needed))
    for signers in ((), (TECH,) * needed if needed > 1 else (), strangers, (Who("person-l1", "MRMD"),)):
        answer = staff.may(register(), act, ctx(signers=signers))
        allowed = act in ("screening-first", "observe-accept") and signers == (Who("person-l1", "MRMD"),)
        assert isinstance(answer, Refused) is not allowed


def acts() -> st.SearchStrategy[str]:
    return st.sampled_from(["acknowledge", "pause", "return", "repeat", "tick"])


@given(st.sampled_from(sorted(RULES)), st.lists(acts(), max_size=15))
def test_no_alarm_closes_without_a_disposition(rule: str, done: list[str]) -> None:
    """I9: acknowledged, silenced and over, in any order and number, still stands open."""
    state = replace(
        everything_in_favour(),
        alarms=alarm_fold.evolve(
            alarms.AlarmsState(),
            Entry(
                1, NOW, alarms.raise_or_repeat(alarms.AlarmsState(), rule, "p", "alarm-1")[0], "t", "device"
            ),
        ),
    )
    for number, act in enumerate(done):
        alarm = state.alarms.open["alarm-1"]
        later = ctx(now=replace(NOW, bt=NOW.bt + number * 20 * NS))
        match act:
            case "acknowledge":
                asked = alarms.AcknowledgeAlarm(alarm=alarm.id, instance=alarm.instance)
                answer = alarms.decide(state.alarms, asked, later, state.staff)
            case "pause":
                answer = alarms.decide(state.alarms, alarms.PauseSound(), later, state.staff)
            case "return":
                answer = alarms.returned(state.alarms, "p", (rule,))
            case "repeat":
                answer = alarms.raise_or_repeat(state.alarms, rule, "p", "alarm-2")
            case _:
                answer = alarm_timers.fire(state.alarms, later.now)
        state = fold(state, () if isinstance(answer, Refused) else answer)
        assert "alarm-1" in state.alarms.open


def test_no_command_answers_several_items_at_once() -> None:
    """I10: what answers or marks names one item by one string."""
    answering_kinds = {
        kind: cls for kind, cls in command_kinds().items() if {"item", "answer"} & names_of(cls)
    }
    assert {"answer-question", "mark-item"} <= set(answering_kinds)
    for cls in answering_kinds.values():
        assert {str(field.type) for field in fields(cls) if field.name in ("item", "answer")} == {"str"}
    assert not [
        kind for kind, cls in command_kinds().items() if {"items", "answers", "marks"} & names_of(cls)
    ]


def names_of(cls: type) -> set[str]:
    return {field.name for field in fields(cls)}


@pytest.mark.parametrize("leg", checklists.STAGES)
def test_one_item_left_blank_keeps_a_list_open(leg: str) -> None:
    """I10: each required item of the shipped lists is needed by itself."""
    forms = load_library()
    answered: dict[str, checklists.Mark] = {}
    for list_id, stage in checklists.STAGES[leg]:
        for item in checklists.stage_items(forms[list_id], stage, {}):
            if item.required:
                answered[f"{list_id}:{item.link_id}"] = checklists.Mark("pass", NOW, (TECH,))
    assert answered
    for blank in answered:
        marks = {key: mark for key, mark in answered.items() if key != blank}
        left = checklists.unfinished(checklists.ListsState({"visit-a": marks}), "visit-a", leg, forms)
        assert left is not None
        assert left.rule == "items-open"
