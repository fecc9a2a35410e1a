"""Emergencies: total recording, two-step ending, clocks, and a fold that order cannot disturb."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mr_safety_console.domain import codec
from mr_safety_console.domain import emergency as em
from mr_safety_console.domain.codec import Command, Entry, Fact
from mr_safety_console.domain.context import NS, US, Instant
from mr_safety_console.domain.emergency import EmergencyKind as Kind
from mr_safety_console.domain.emergency import EmergencyState
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.stamps import Stamp, keep

BASE_UTC = 1_700_000_000 * US


@dataclass(frozen=True)
class Moment:
    now: Instant
    when: Instant
    tokens: tuple[str, ...] = ()


def at(second: float, boot: str = "boot-a") -> Instant:
    return Instant(BASE_UTC + int(second * US), int((1000 + second) * NS), boot)


def given_(
    state: EmergencyState, command: Command, when: Instant, fresh: str = ""
) -> tuple[EmergencyState, tuple[Fact, ...]]:
    facts = em.decide(state, command, Moment(when, when, (fresh,) if fresh else ()))
    assert not isinstance(facts, Refused), facts
    for told in facts:
        state = em.evolve(state, Entry(0, when, told, "c", "person"))
    return state, facts


def opened(second: float = 0, emergency: str = "EM-A") -> EmergencyState:
    return given_(EmergencyState(), em.OpenEmergency(emergency=emergency), at(second))[0]


def test_one_press_opens_and_counts_aloud() -> None:
    state, facts = given_(EmergencyState(), em.OpenEmergency(), at(0), fresh="TOKEN")
    assert facts == (em.EmergencyOpened(emergency="TOKEN", no=1, press=at(0)),)
    assert state.current is not None
    assert (state.current.id, state.current.no, state.last_no) == ("TOKEN", 1, 1)


@pytest.mark.parametrize("second", [0.1, 1.9, 2.5, 300])
def test_with_one_open_the_key_returns_to_it(second: float) -> None:
    state, facts = given_(opened(), em.OpenEmergency(emergency="EM-B"), at(second))
    assert len(state.open) == 1
    assert facts == (em.EmergencyKeyAgain(emergency="EM-A", alias="EM-B", press=at(second)),)
    state, _ = given_(state, em.StampEmergencyStep(emergency="EM-B", step="E1"), at(second + 1))
    assert set(state.emergencies) == {"EM-A"}
    assert state.emergencies["EM-A"].step("E1") == Stamp(at(second + 1), False, at(second + 1))


def test_a_press_kept_on_the_spool_joins_the_emergency_that_was_open_then() -> None:
    state = ended(opened(0), 100)
    joined, _ = given_(state, em.OpenEmergency(emergency="LATE"), at(50))
    assert joined.find("LATE") == joined.find("EM-A")
    assert joined.open == ()
    fresh, _ = given_(state, em.OpenEmergency(emergency="NEW"), at(101))
    assert [item.id for item in fresh.open] == ["NEW"]


@pytest.mark.parametrize(
    "command",
    [
        em.ChooseEmergencyKind(emergency="EM-X", about=Kind.FIRE),
        em.AddEmergencyKind(emergency="EM-X", about=Kind.FIRE),
        em.StampEmergencyStep(emergency="EM-X", step="E6"),
        em.AttributeEmergency(emergency="EM-X", person="P1", role="MRST"),
    ],
)
@pytest.mark.parametrize("known", [True, False])
def test_what_names_an_unknown_emergency_begins_one(command: Command, known: bool) -> None:
    state, facts = given_(opened() if known else EmergencyState(), command, at(9))
    assert isinstance(facts[0], em.EmergencyOpened)
    assert len(facts) == 2
    assert state.find("EM-X") in state.open


def test_an_empty_id_means_the_open_one() -> None:
    state, facts = given_(opened(), em.StampEmergencyStep(emergency="", step="E1"), at(3))
    assert len(facts) == 1
    assert state.emergencies["EM-A"].step("E1") is not None


def test_a_kind_named_after_the_end_is_a_new_emergency() -> None:
    state, _ = given_(
        ended(opened(), 50), em.AddEmergencyKind(emergency="EM-A", about=Kind.FIRE), at(60), fresh="NEW"
    )
    assert [item.id for item in state.open] == ["NEW"]
    assert state.emergencies["EM-A"].about == ()


def test_further_kinds_are_added_each_with_its_own_clock() -> None:
    state, first = given_(opened(), em.ChooseEmergencyKind(emergency="EM-A", about=Kind.ARREST), at(3))
    state, second = given_(state, em.ChooseEmergencyKind(emergency="EM-A", about=Kind.FIRE), at(40))
    assert isinstance(first[0], em.EmergencyKindChosen)
    assert isinstance(second[0], em.EmergencyKindAdded)
    home = state.emergencies["EM-A"]
    assert home.about == (Kind.ARREST, Kind.FIRE)
    assert home.kinds["fire"].at == at(40)


def test_nobody_chose_within_ten_seconds_means_other_until_somebody_does() -> None:
    state = opened()
    assert em.next_due(state) == at(10).bt
    assert em.on_tick(state, Moment(at(9.9), at(9.9))) == ()
    (told,) = em.on_tick(state, Moment(at(10), at(10)))
    state = em.evolve(state, Entry(0, at(10), told, "tick", "timer"))
    assert state.emergencies["EM-A"].about == (Kind.OTHER,)
    assert em.next_due(state) is None
    assert em.on_tick(state, Moment(at(30), at(30))) == ()
    state, _ = given_(state, em.ChooseEmergencyKind(emergency="EM-A", about=Kind.BURN), at(31))
    assert state.emergencies["EM-A"].about == (Kind.BURN,)


def test_the_timer_of_another_boot_fires_on_the_wall_clock() -> None:
    later = Instant(at(10).utc, 5, "boot-b")
    assert len(em.on_tick(opened(), Moment(later, later))) == 1


def test_an_estimated_step_keeps_both_times_and_the_earliest_counts() -> None:
    state, _ = given_(opened(), em.StampEmergencyStep(emergency="EM-A", step="E1"), at(50))
    state, facts = given_(state, em.StampEmergencyStep(emergency="EM-A", step="E1", earlier_s=30), at(60))
    assert facts == (
        em.EmergencyStepStamped(emergency="EM-A", step="E1", at=at(30), estimated=True, entered=at(60)),
    )
    assert state.emergencies["EM-A"].step("E1") == Stamp(at(30), True, at(60))


def test_a_negative_estimate_is_now() -> None:
    _, facts = given_(opened(), em.StampEmergencyStep(emergency="EM-A", step="E1", earlier_s=-5), at(60))
    assert facts[0] == em.EmergencyStepStamped(
        emergency="EM-A", step="E1", at=at(60), estimated=False, entered=at(60)
    )


# --- ending ------------------------------------------------------------------------------------


def ended(state: EmergencyState, second: float) -> EmergencyState:
    state, _ = given_(state, em.AskEmergencyEnd(emergency=""), at(second - 1))
    return given_(state, em.EndEmergency(emergency="", head_count=0, kit_count=3, by_eye=True), at(second))[0]


def refusal(state: EmergencyState, command: Command, second: float) -> str:
    answer = em.decide(state, command, Moment(at(second), at(second)))
    assert isinstance(answer, Refused)
    assert answer.reason
    assert answer.who_can
    assert answer.what_now
    return answer.rule


def test_ending_takes_two_steps_and_a_count() -> None:
    whole = em.EndEmergency(emergency="EM-A", head_count=0, kit_count=2, by_eye=True)
    assert refusal(opened(), whole, 20) == "emergency-end-two-steps"
    asked, _ = given_(opened(), em.AskEmergencyEnd(emergency="EM-A"), at(20))
    assert refusal(asked, whole, 20 + em.END_ASK_VALID_S + 1) == "emergency-end-two-steps"
    for missing in (
        em.EndEmergency(emergency="EM-A", kit_count=2, by_eye=True),
        em.EndEmergency(emergency="EM-A", head_count=0, by_eye=True),
        em.EndEmergency(emergency="EM-A", head_count=0, kit_count=2),
        em.EndEmergency(emergency="EM-A", head_count=-1, kit_count=2, by_eye=True),
    ):
        assert refusal(asked, missing, 30) == "emergency-end-count"
    done, facts = given_(asked, whole, at(30))
    assert facts == (em.EmergencyEnded(emergency="EM-A", at=at(30), head_count=0, kit_count=2, stray=False),)
    assert done.open == ()
    assert refusal(done, whole, 31) == "emergency-not-open"
    assert refusal(done, em.AskEmergencyEnd(emergency=""), 31) == "emergency-not-open"


def test_a_stray_one_asks_for_the_count_too_and_for_a_reason() -> None:
    asked, _ = given_(opened(), em.AskEmergencyEnd(emergency="EM-A"), at(5))
    stray = em.EndEmergency(emergency="EM-A", head_count=1, kit_count=0, by_eye=True, stray=True)
    assert refusal(asked, stray, 6) == "emergency-stray-reason"
    uncounted = em.EndEmergency(emergency="EM-A", stray=True, reason=em.StrayReason.WRONG_KEY)
    assert refusal(asked, uncounted, 6) == "emergency-end-count"
    said = em.EndEmergency(
        emergency="EM-A",
        head_count=1,
        kit_count=0,
        by_eye=True,
        stray=True,
        reason=em.StrayReason.WRONG_KEY,
    )
    done, _ = given_(asked, said, at(6))
    assert done.emergencies["EM-A"].ended == em.Ending(at(6), 1, 0, True, em.StrayReason.WRONG_KEY)


def test_only_the_last_ended_ones_are_kept_and_open_ones_always() -> None:
    state = opened(0, "STAYS")
    for n in range(30):
        state = em.evolve(
            state, Entry(0, at(n), em.EmergencyOpened(emergency=f"E{n:02}", no=n + 2, press=at(n)), "c", "p")
        )
        state = em.evolve(
            state,
            Entry(
                0,
                at(n),
                em.EmergencyEnded(emergency=f"E{n:02}", at=at(n + 1), head_count=0, kit_count=0, stray=False),
                "c",
                "p",
            ),
        )
    assert len(state.emergencies) == 17
    assert [item.id for item in state.open] == ["STAYS"]
    assert state.last_no == 31
    assert "E29" in state.emergencies


# --- the removal clock -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("second", "colour"),
    [(0, "plain"), (44, "plain"), (45, "amber"), (58, "amber"), (60, "red"), (61, "red")],
)
def test_the_removal_clock_turns_amber_and_red_at_its_figures(second: int, colour: str) -> None:
    view = em.removal_clock(opened(), at(second), 60)
    assert view == em.ClockView(second, em.ClockColour(colour), continuous=True)


def test_the_removal_clock_stops_when_the_patient_is_out() -> None:
    state, _ = given_(opened(), em.StampEmergencyStep(emergency="EM-A", step="E6"), at(58))
    assert em.removal_clock(state, at(500), 60) == em.ClockView(58, em.ClockColour.AMBER, True, stopped=True)


def test_a_stepped_wall_clock_leaves_the_removal_clock_alone() -> None:
    back = Instant(BASE_UTC - 3600 * US, at(61).bt, "boot-a")
    assert em.removal_clock(opened(), back, 60) == em.ClockView(61, em.ClockColour.RED, True)


def test_a_reboot_makes_the_clock_discontinuous_but_keeps_it_running() -> None:
    later = Instant(at(61).utc, 3, "boot-b")
    assert em.removal_clock(opened(), later, 60) == em.ClockView(61, em.ClockColour.RED, continuous=False)


def test_no_emergency_no_clock_and_no_colour_where_nobody_must_come_out() -> None:
    assert em.removal_clock(EmergencyState(), at(0), 60) is None
    state, _ = given_(opened(), em.ChooseEmergencyKind(emergency="EM-A", about=Kind.LINK_LOST), at(1))
    assert em.removal_clock(state, at(90), 60) == em.ClockView(90, em.ClockColour.PLAIN, True)


# --- general rules -----------------------------------------------------------------------------

ids = st.sampled_from(["", "EM-A", "EM-B", "EM-C"])
moments = st.builds(
    at,
    st.integers(0, 400).map(lambda tenth: tenth / 4),
    st.sampled_from(["boot-a", "boot-b"]),
)
total_commands = st.one_of(
    st.builds(em.OpenEmergency, emergency=ids),
    st.builds(em.ChooseEmergencyKind, emergency=ids, about=st.sampled_from(Kind)),
    st.builds(em.AddEmergencyKind, emergency=ids, about=st.sampled_from(Kind)),
    st.builds(
        em.StampEmergencyStep,
        emergency=ids,
        step=st.one_of(st.sampled_from(["E0", "E1", "E6"]), st.text(max_size=30)),
        earlier_s=st.integers(-10, 10**9),
    ),
    st.builds(em.AttributeEmergency, emergency=ids, person=st.text(max_size=80), role=st.text(max_size=40)),
)
any_commands = st.one_of(
    total_commands,
    st.builds(em.AskEmergencyEnd, emergency=ids),
    st.builds(
        em.EndEmergency,
        emergency=ids,
        head_count=st.one_of(st.none(), st.integers(-1, 4)),
        kit_count=st.one_of(st.none(), st.integers(-1, 4)),
        by_eye=st.booleans(),
        stray=st.booleans(),
        reason=st.one_of(st.none(), st.sampled_from(em.StrayReason)),
    ),
)


@given(st.lists(st.tuples(any_commands, moments), max_size=25))
def test_every_recording_gives_facts_whatever_came_before(story: list[tuple[Command, Instant]]) -> None:
    state = EmergencyState()
    for n, (command, when) in enumerate(story):
        facts = em.decide(state, command, Moment(when, when, (f"TOKEN{n}",)))
        if isinstance(facts, Refused):
            assert isinstance(command, em.AskEmergencyEnd | em.EndEmergency)
            continue
        assert facts
        for told in facts:
            assert codec.join(told.kind, told.v, *codec.split(told)) == told
            state = em.evolve(state, Entry(0, when, told, "c", "person"))
        if not isinstance(command, em.AskEmergencyEnd | em.EndEmergency):
            touched = state.find(facts[-1].emergency)  # type: ignore[attr-defined]
            assert touched is not None
    kept = json.loads(json.dumps(codec.encode(state)))
    assert codec.decode(EmergencyState, kept) == state


facts_of_one_story = st.lists(
    st.one_of(
        st.builds(em.EmergencyOpened, emergency=st.sampled_from("AB"), no=st.integers(1, 3), press=moments),
        st.builds(
            em.EmergencyKeyAgain,
            emergency=st.sampled_from("AB"),
            alias=st.sampled_from(["A", "X", "Y"]),
            press=moments,
        ),
        st.builds(
            em.EmergencyKindChosen,
            emergency=st.sampled_from("AB"),
            about=st.sampled_from(Kind),
            at=moments,
            by_timer=st.booleans(),
        ),
        st.builds(
            em.EmergencyStepStamped,
            emergency=st.sampled_from("AB"),
            step=st.sampled_from(["E0", "E1"]),
            at=moments,
            estimated=st.booleans(),
            entered=moments,
        ),
        st.builds(em.EmergencyEndAsked, emergency=st.sampled_from("AB"), at=moments),
        st.builds(
            em.EmergencyEnded,
            emergency=st.sampled_from("AB"),
            at=moments,
            head_count=st.integers(0, 2),
            kit_count=st.integers(0, 2),
            stray=st.booleans(),
        ),
    ),
    max_size=12,
)


@given(facts_of_one_story.flatmap(lambda told: st.tuples(st.just(told), st.permutations(told + told[:3]))))
def test_the_fold_does_not_depend_on_order_or_repetition(story: tuple[list[Fact], list[Fact]]) -> None:
    def folded(facts: list[Fact]) -> EmergencyState:
        state = EmergencyState()
        for told in facts:
            state = em.evolve(state, Entry(0, at(0), told, "c", "person"))
        return state

    assert folded(story[0]) == folded(story[1])


@given(st.lists(moments, min_size=1, max_size=8))
def test_of_one_boot_the_earliest_boot_time_is_kept(instants: list[Instant]) -> None:
    marks = ()
    for instant in instants:
        marks = keep(marks, Stamp(instant))
    for boot in {instant.boot for instant in instants}:
        (mine,) = [mark for mark in marks if mark.at.boot == boot]
        assert mine.at.bt == min(instant.bt for instant in instants if instant.boot == boot)
