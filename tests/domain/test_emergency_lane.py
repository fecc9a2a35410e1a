"""Each record of the spool is counted once, in whatever order the records become facts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mr_safety_console.domain import codec
from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.context import Instant
from mr_safety_console.domain.emergency_lane import LaneState, cause_of, evolve, parse_cause
from mr_safety_console.domain.lifecycle import SessionLost


def entry(cause: str) -> Entry:
    return Entry(0, Instant(1, 1, "b"), SessionLost(signal="HUP"), cause, "system")


records = st.tuples(st.sampled_from(["S1", "S2"]), st.integers(1, 40))


@given(st.lists(records, max_size=40).flatmap(lambda r: st.tuples(st.just(r), st.permutations(r))))
def test_it_holds_exactly_what_was_seen_in_any_order(
    story: tuple[list[tuple[str, int]], list[tuple[str, int]]],
) -> None:
    states = []
    for order in story:
        state = LaneState()
        for session, n in order:
            state = evolve(state, entry(cause_of(session, n)))
        states.append(state)
    assert states[0] == states[1]
    held = {(s, n) for s in ("S1", "S2") for n in range(45) if cause_of(s, n) in states[0]}
    assert held == set(story[0])
    assert codec.decode(LaneState, codec.encode(states[0])) == states[0]


def test_a_run_of_records_takes_two_numbers() -> None:
    state = LaneState()
    for n in range(1, 500):
        state = evolve(state, entry(cause_of("S", n)))
    assert state.seen == {"S": (1, 499)}


def test_other_causes_change_nothing() -> None:
    for cause in ("command:ABC", "tick:4", "spool:S", "spool:S:x", "spool:S:1:2", ""):
        assert parse_cause(cause) is None
        assert evolve(LaneState(), entry(cause)) == LaneState()
        assert cause not in LaneState()
