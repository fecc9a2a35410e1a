"""The quench log: everything is recorded, and nothing but a person entitled to it could relax it."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mr_safety_console.domain import codec, quench
from mr_safety_console.domain.codec import Command, Entry, Fact
from mr_safety_console.domain.context import NS, US, Instant
from mr_safety_console.domain.quench import FieldState, QuenchKind, QuenchState


@dataclass(frozen=True)
class Moment:
    now: Instant
    when: Instant
    tokens: tuple[str, ...] = ()


def at(second: float, boot: str = "boot-a") -> Instant:
    return Instant(1_700_000_000 * US + int(second * US), int((500 + second) * NS), boot)


def told(state: QuenchState, command: Command, second: float, fresh: str = "QQ") -> QuenchState:
    for item in quench.decide(state, command, Moment(at(second), at(second), (fresh,))):
        state = quench.evolve(state, Entry(0, at(second), item, "c", "person"))
    return state


@pytest.mark.parametrize(
    ("how", "after"),
    [
        (QuenchKind.DELIBERATE, FieldState.QUENCHED_UNVERIFIED),
        (QuenchKind.SPONTANEOUS, FieldState.QUENCHED_UNVERIFIED),
        (QuenchKind.SUSPECTED, FieldState.UNKNOWN),
        (QuenchKind.PARTIAL, FieldState.PARTIAL_UNVERIFIED),
        (QuenchKind.RAMPDOWN, FieldState.RAMPING_DOWN),
    ],
)
def test_a_report_makes_the_field_state_and_bars_kit(how: QuenchKind, after: FieldState) -> None:
    assert QuenchState().field is FieldState.PRESENT
    assert not QuenchState().barred
    state = told(QuenchState(), quench.ReportQuench(how=how), 0)
    assert state.field is after
    assert state.barred
    assert state.log is not None
    assert state.log.no == 1


def test_there_is_no_state_that_says_the_field_is_gone() -> None:
    assert not [name for name in FieldState if "ABSENT" in name or "OFF" in name]


def test_the_oxygen_step_is_a_reading_and_no_step_changes_the_field() -> None:
    assert quench.STEPS["Q6"] == "O2_READING"
    state = told(QuenchState(), quench.ReportQuench(how=QuenchKind.DELIBERATE), 0)
    for n, step in enumerate(quench.STEPS):
        state = told(state, quench.StampQuenchStep(step=step), n + 1)
    assert state.field is FieldState.QUENCHED_UNVERIFIED
    assert state.log is not None
    assert set(state.log.steps) == set(quench.STEPS)


def test_a_step_nobody_reported_begins_a_suspected_quench() -> None:
    state = told(QuenchState(), quench.StampQuenchStep(step="Q2"), 3)
    assert state.field is FieldState.UNKNOWN
    assert state.log is not None
    assert set(state.log.reports) == {"suspected"}
    stamp = state.log.step("Q2")
    assert stamp is not None
    assert stamp.at == at(3)


def test_a_reading_is_an_observation_and_changes_nothing_else() -> None:
    before = told(QuenchState(), quench.ReportQuench(how=QuenchKind.DELIBERATE), 0)
    after = told(before, quench.ObserveField(field_ut=0, position="bore", instrument="HP-1"), 25)
    assert after.field is before.field is FieldState.QUENCHED_UNVERIFIED
    assert after.observations == (quench.Observation(at(25), 0, "bore", "HP-1"),)
    idle = told(QuenchState(), quench.ObserveField(field_ut=-3, position="door", instrument="HP-1"), 1)
    assert idle.field is FieldState.PRESENT
    assert idle.observations[0].field_ut == -3


def test_an_estimated_step_is_marked() -> None:
    state = told(QuenchState(), quench.StampQuenchStep(step="Q1", earlier_s=60), 100)
    assert state.log is not None
    stamp = state.log.step("Q1")
    assert stamp is not None
    assert (stamp.at, stamp.estimated, stamp.entered) == (at(40), True, at(100))


commands = st.one_of(
    st.builds(quench.ReportQuench, how=st.sampled_from(QuenchKind), quench=st.sampled_from(["", "A", "B"])),
    st.builds(
        quench.StampQuenchStep,
        step=st.one_of(st.sampled_from(sorted(quench.STEPS)), st.text(max_size=20)),
        earlier_s=st.integers(-5, 10**7),
        quench=st.sampled_from(["", "A", "B"]),
    ),
    st.builds(
        quench.ObserveField,
        field_ut=st.integers(-(10**9), 10**9),
        position=st.text(max_size=60),
        instrument=st.text(max_size=60),
        quench=st.sampled_from(["", "A"]),
    ),
)
ORDER = list(FieldState)


@given(st.lists(st.tuples(commands, st.integers(0, 10**6)), max_size=20))
def test_recording_is_total_and_nothing_ever_makes_the_field_state_milder(
    story: list[tuple[Command, int]],
) -> None:
    state = QuenchState()
    for n, (command, second) in enumerate(story):
        facts = quench.decide(state, command, Moment(at(second), at(second), (f"T{n}",)))
        assert facts
        before = state
        for item in facts:
            assert codec.join(item.kind, item.v, *codec.split(item)) == item
            state = quench.evolve(state, Entry(0, at(second), item, "c", "person"))
        assert ORDER.index(state.field) >= ORDER.index(before.field)
        if not any(isinstance(item, quench.QuenchReported) for item in facts):
            assert state.field is before.field
    assert codec.decode(QuenchState, json.loads(json.dumps(codec.encode(state)))) == state


instants = st.builds(at, st.integers(0, 100), st.sampled_from(["boot-a", "boot-b"]))
fact_lists = st.lists(
    st.one_of(
        st.builds(
            quench.QuenchReported,
            quench=st.sampled_from("AB"),
            no=st.integers(1, 3),
            how=st.sampled_from(QuenchKind),
            at=instants,
        ),
        st.builds(
            quench.QuenchStepStamped,
            quench=st.sampled_from("AB"),
            step=st.sampled_from(["Q1", "Q2"]),
            at=instants,
            estimated=st.booleans(),
            entered=instants,
        ),
        st.builds(
            quench.FieldObserved,
            quench=st.just(""),
            field_ut=st.integers(0, 3),
            position=st.sampled_from("xy"),
            instrument=st.just("m"),
            at=instants,
        ),
    ),
    max_size=12,
)


def test_two_entries_of_one_moment_fold_the_same_in_either_order() -> None:
    told_ = [
        quench.QuenchStepStamped(quench="A", step="Q1", at=at(0), estimated=True, entered=at(0, boot))
        for boot in ("boot-a", "boot-b")
    ]
    states = []
    for order in (told_, told_[::-1]):
        state = QuenchState()
        for item in order:
            state = quench.evolve(state, Entry(0, at(0), item, "c", "person"))
        states.append(state)
    assert states[0] == states[1]


@given(fact_lists.flatmap(lambda facts: st.tuples(st.just(facts), st.permutations(facts + facts[:2]))))
def test_the_fold_does_not_depend_on_order_or_repetition(story: tuple[list[Fact], list[Fact]]) -> None:
    def folded(facts: list[Fact]) -> QuenchState:
        state = QuenchState()
        for item in facts:
            state = quench.evolve(state, Entry(0, at(0), item, "c", "person"))
        return state

    assert folded(story[0]) == folded(story[1])
