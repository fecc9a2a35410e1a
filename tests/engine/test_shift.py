"""One seed is one shift, byte for byte; what must never be possible is not; a broken fold holds."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rigging import FIRST, MemoryRecord, make, tokens
from shift import Shift, by_causes
from support.clocks import HandClock
from support.suite_world import at_the_door

from mr_safety_console.domain import suite
from mr_safety_console.domain.clearance import entry as entry_findings
from mr_safety_console.domain.codec import Entry, Fact, decode, encode, fact_kinds
from mr_safety_console.domain.lifecycle import DecisionFailed
from mr_safety_console.domain.notes import WriteNote
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.domain.visit_facts import OpenVisit
from mr_safety_console.engine.decider import Input
from mr_safety_console.engine.folding import check_storable, take_in
from mr_safety_console.engine.resume import to_payload
from mr_safety_console.journal.record import Sealed, encode_entry

STEPS = 400


def rows(entries: list[Entry]) -> list[bytes]:
    def seal(_seq: int, subject: str, plain: bytes) -> Sealed:
        return Sealed(subject, bytes(12), plain)

    return [encode_entry(entry, seal).body for entry in entries]


@pytest.mark.parametrize("seed", range(10))
def test_the_same_seed_twice_is_the_same_record_and_the_same_state(seed: int) -> None:
    first, second = Shift(seed), Shift(seed)
    first.run(STEPS)
    second.run(STEPS)
    assert rows(first.entries) == rows(second.entries)
    assert to_payload(first.decider.state) == to_payload(second.decider.state)
    check(first)


@pytest.mark.soak
def test_a_thousand_shifts_break_nothing() -> None:
    for seed in range(1000):
        shift = Shift(seed)
        shift.run(200)
        check(shift)


def check(shift: Shift) -> None:
    """Nothing of ours broke, numbers and causes are in order, and replay leads to the same state."""
    entries, state = shift.entries, shift.decider.state
    assert len(entries) > 100
    assert shift.refusals > 20
    assert not [entry.fact for entry in entries if isinstance(entry.fact, DecisionFailed)]
    assert state.broken == ()
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    causes = [group[0].cause for group in by_causes(entries)]
    assert len(causes) == len(set(causes)), "one decision, one cause, once"
    assert all(later.at.bt >= entry.at.bt for entry, later in itertools.pairwise(entries))
    replayed = SuiteState()
    for entry in entries:
        replayed = suite.evolve(replayed, entry)
    assert replayed == state
    assert decode(SuiteState, encode(state)) == state


# --- drains ---


@given(st.lists(st.integers(0, 7), max_size=40), st.data())
@settings(max_examples=40, deadline=None)
def test_any_split_into_drains_gives_the_same_facts(wanted: list[int], data: st.DataObject) -> None:
    choices = [
        OpenVisit(name="Pat Example", birth_date="1970-01-01", exam="knee"),
        WriteNote(text="made up"),
        FIRST,
    ]
    asked = [choices[n % len(choices)] for n in wanted]
    cuts = sorted(data.draw(st.sets(st.integers(0, len(asked)))) | {0, len(asked)})
    whole, split = (_decided([asked]), _decided([asked[a:b] for a, b in itertools.pairwise(cuts)]))
    assert rows(whole.entries) == rows(split.entries)


def _decided(drains: list[list[object]]) -> MemoryRecord:
    record = MemoryRecord()
    engine = make(HandClock(), record, seals=tokens())
    for drain in drains:
        engine._turns._turn([Input(asked) for asked in drain], engine._clock.now())  # type: ignore[arg-type]
        engine._scribe.work()
    assert engine._scribe.close()
    engine._desk.close()
    return record


# --- folds that break, one kind of fact after the other ---

OURS = sorted(kind for kind, cls in fact_kinds().items() if cls.__module__.startswith("mr_safety_console."))


@pytest.mark.parametrize("kind", OURS)
def test_a_fold_that_raises_breaks_its_slice_and_holds_the_door(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cls = fact_kinds()[kind]
    owner = suite.slice_of(cls)
    world, visit = at_the_door()
    before = world.state
    assert not entry_findings(before, before.visits.open[visit], world.ctx())
    fact = object.__new__(cls)
    lane = Entry(1, world.clock.now(), fact, "spool:S:1", "person")
    if owner:
        name, _ = suite._OWNER[cls]

        def broken(_state: object, _entry: Entry) -> object:
            raise ZeroDivisionError

        monkeypatch.setitem(suite._OWNER, cls, (name, broken))
    after = take_in(before, lane)
    assert "spool:S:1" in after.lane
    if owner:
        assert after.broken == (owner,)
        assert getattr(after, owner) is getattr(before, owner)
        found = entry_findings(after, after.visits.open[visit], world.ctx())
        assert any(finding.why.rule == "state-broken" for finding in found)
        assert take_in(after, lane).broken == (owner,)


@pytest.mark.parametrize("value", [1.5, "\ud800", ("x", "\udfff"), {"a": 0.5}, {"\ud800": 1}])
def test_what_cannot_be_stored_is_found_before_it_is_folded(value: object) -> None:
    with pytest.raises((TypeError, UnicodeEncodeError)):
        check_storable(value)


def test_facts_in_use_can_be_stored() -> None:
    shift = Shift(3)
    shift.run(50)
    for entry in shift.entries:
        assert isinstance(entry.fact, Fact)
        check_storable(entry.fact)
