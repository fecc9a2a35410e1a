"""What no sequence of inputs may reach, judged on the facts alone and not by the rules under test."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from support.suite_inputs import (
    ACTS,
    ALL,
    BEGINNINGS,
    CROSSINGS,
    EMERGENCIES,
    GO,
    Step,
    at_the_beginning,
    inputs,
    play,
    ways_in,
    ways_past_a_dead_door,
)
from support.suite_oracle import assert_entries, assert_lists, assert_no_scan_on_less, last

from mr_safety_console.domain import codec, suite, suite_offers
from mr_safety_console.domain.alarms import (
    AlarmAcknowledged,
    AlarmClosed,
    AlarmDisposed,
    AlarmRaised,
    AlarmRepeated,
    AlarmReturned,
    AlarmWorsened,
)
from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.doors import AnnounceTransit
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.domain.visit import Visit
from mr_safety_console.domain.visit_facts import (
    LeaveZoneIV,
    Leg,
    RecordDetectorPass,
)

SLOW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("beginning", BEGINNINGS)
@settings(SLOW, max_examples=40)
@given(steps=ways_in())
def test_no_sequence_lets_anybody_in_on_less(beginning: str, steps: list[Step]) -> None:
    """I3, I4, I5, I8, I12: whatever happened, each way in stands on legs, signatures and readings."""
    world, visit = BEGINNINGS[beginning]()
    found = assert_entries(play(world.clone(), visit, steps))
    event(f"{found} ways in")


@pytest.mark.soak
@pytest.mark.timeout(1_800)
@settings(SLOW, max_examples=5_000)
@given(beginning=st.sampled_from(sorted(BEGINNINGS)), steps=ways_in())
def test_no_sequence_lets_anybody_in_on_less_over_many(beginning: str, steps: list[Step]) -> None:
    """I3, I4, I5, I8, I12: the same, five thousand times."""
    world, visit = BEGINNINGS[beginning]()
    event(f"{assert_entries(play(world.clone(), visit, steps))} ways in")


@SLOW
@given(steps=inputs({**CROSSINGS, "push": ALL["push"], "go": ALL["go"], "device": ALL["device"]}))
def test_no_scan_begins_on_a_way_in_without_clearance(steps: list[Step]) -> None:
    """I8, I12: what was written down as uncleared is shown as that until the patient came out."""
    world, visit = at_the_beginning()
    found = assert_no_scan_on_less(play(world.clone(), visit, [("announce", 1), *steps]))
    event(f"{found} uncleared ways in")


def test_the_oracle_sees_entries() -> None:
    for begun in BEGINNINGS.values():
        world, visit = begun()
        assert assert_entries(play(world.clone(), visit, GO)) == 1


def test_the_oracle_sees_an_entry_past_a_dead_portal() -> None:
    """C19: by hand, with somebody at the door."""
    world, visit = at_the_beginning()
    for n, expected in ((1, 1), (0, 0)):
        steps = (("portal lost", n), ("go", 0))
        assert assert_entries(play(world.clone(), visit, steps)) == expected


@settings(SLOW, max_examples=40)
@given(steps=ways_in())
def test_no_list_is_plainly_complete_on_a_blank_a_fail_or_what_was_seen_by_eye(steps: list[Step]) -> None:
    """I10, C20: each completed list says what of it was by eye or put off, and holds no fail or no-go."""
    world, visit = at_the_beginning()
    event(f"{assert_lists(play(world.clone(), visit, steps))} lists not plain")


@settings(SLOW, max_examples=40)
@given(steps=ways_past_a_dead_door())
def test_nobody_goes_in_past_a_dead_door_on_less(steps: list[Step]) -> None:
    """I3, I12, C20: by eye only in time, by two, with the same person at the door, the contact silent."""
    world, visit = at_the_beginning()
    played = play(world.clone(), visit, steps)
    event(f"{assert_entries(played)} ways in")
    assert_lists(played)


def test_the_oracle_sees_an_entry_past_a_dead_door() -> None:
    """C20: with somebody who keeps the door, and never without."""
    world, visit = at_the_beginning()
    for n, expected in ((1, 1), (0, 0)):
        played = play(world.clone(), visit, (("door lost", n), ("go", 0)))
        assert assert_entries(played) == expected
        assert assert_lists(played) == expected


@SLOW
@given(steps=inputs({**ACTS, **EMERGENCIES}))
def test_an_emergency_never_makes_a_clearance_that_would_not_be_there_without(steps: list[Step]) -> None:
    """I7: it records everything and lends nothing; the same inputs without it are cleared as well."""
    world, visit = at_the_beginning()
    with_it, without = world.clone(), world.clone()
    for name, n in steps:
        ALL[name](with_it, visit, n)
        if name not in EMERGENCIES:
            ALL[name](without, visit, n)
        if not suite.entry_findings(with_it.state, visit, with_it.ctx()):
            assert suite.entry_findings(without.state, visit, without.ctx()) == ()


@SLOW
@given(steps=inputs(ALL))
def test_devices_only_tighten(steps: list[Step]) -> None:
    """I12: no reading makes a leg, lifts a hold, or turns a finding into none."""
    world, visit = at_the_beginning()
    world = world.clone()
    for name, n in steps:
        before = world.state.visits.open.get(visit)
        if before is None:
            break
        ALL[name](world, visit, n)
        if name in ("device", "silence", "passage") and visit in world.state.visits.open:
            after = world.visit(visit)
            assert standing(after) <= standing(before)
            assert set(after.holds) >= set(before.holds)
            assert after.scan_presumed == before.scan_presumed


def standing(visit: Visit) -> set[str]:
    return {leg for leg in visit.legs if visit.stands(Leg(leg))}


@SLOW
@given(steps=inputs(ALL))
def test_an_alarm_closes_only_answered_disposed_of_and_over(steps: list[Step]) -> None:
    """I9: silence closes nothing; each alarm wants its acknowledgement, its disposition and its end."""
    world, visit = at_the_beginning()
    world = play(world.clone(), visit, steps)
    for index, entry in enumerate(world.entries):
        if isinstance(entry.fact, AlarmClosed):
            assert_closed(entry.fact.alarm, world.entries[:index])
    assert {f.alarm for f in world.facts(AlarmRaised)} - {f.alarm for f in world.facts(AlarmClosed)} == set(
        world.state.alarms.open
    )


def assert_closed(alarm: str, before: list[Entry]) -> None:
    mine = [e for e in before if alarm in (getattr(e.fact, "alarm", ""), getattr(e.fact, "subject", ""))]
    rang = last(mine, lambda f: isinstance(f, AlarmRaised | AlarmRepeated))
    worse = last(mine, lambda f: isinstance(f, AlarmRaised | AlarmRepeated | AlarmWorsened))
    answered = last(mine, lambda f: isinstance(f, AlarmAcknowledged))
    disposed = last(mine, lambda f: isinstance(f, AlarmDisposed))
    over = last(mine, lambda f: isinstance(f, AlarmReturned))
    momentary = any(isinstance(e.fact, AlarmRaised) and e.fact.momentary for e in mine)
    assert rang is not None
    assert worse is not None
    assert answered is not None
    assert answered.by, "an acknowledgement has an author"
    assert answered.seq > worse.seq
    assert disposed is not None
    assert disposed.seq > rang.seq
    assert momentary or (over is not None and over.seq > rang.seq)


@SLOW
@given(steps=inputs(ALL))
def test_replay_knows_nothing_of_profile_forms_or_clock(steps: list[Step]) -> None:
    """I6: the facts alone, through the form they are recorded in, give the same state."""
    world, visit = at_the_beginning()
    world = play(world.clone(), visit, steps)
    state = SuiteState()
    for entry in world.entries:
        subject, public, private = codec.split(entry.fact)
        line = json.loads(json.dumps({"public": public, "private": private}))
        fact = codec.join(entry.fact.kind, entry.fact.v, subject, line["public"], line["private"])
        assert fact == entry.fact
        again = Entry(entry.seq, entry.at, fact, entry.cause, entry.src, entry.by, entry.occ)
        state = suite.evolve(state, again)
    assert state == world.state


def reread(state: SuiteState) -> SuiteState:
    """Return a state as it comes back from its cache."""
    return codec.decode(SuiteState, json.loads(json.dumps(codec.encode(state))))


@SLOW
@given(steps=inputs(ALL), cuts=st.sets(st.integers(0, 24)))
def test_where_the_inputs_are_cut_makes_no_difference(steps: list[Step], cuts: set[int]) -> None:
    """Drains, restarts from the cache and replays all decide the same: nothing hides in the state."""
    world, visit = at_the_beginning()
    whole, parts = world.clone(), world.clone()
    for index, (name, n) in enumerate(steps):
        if visit not in whole.state.visits.open:
            break
        if index in cuts:
            parts.state = reread(parts.state)
            assert parts.state == whole.state
        ALL[name](whole, visit, n)
        ALL[name](parts, visit, n)
    assert parts.entries == whole.entries


@SLOW
@given(steps=inputs(ALL))
def test_what_is_offered_is_what_is_decided(steps: list[Step]) -> None:
    world, visit = at_the_beginning()
    world = play(world.clone(), visit, steps)
    made = [
        *suite_offers.for_visit(world.state, visit, world.ctx()),
        *suite_offers.for_alarms(world.state, world.ctx()),
    ]
    for offer in made:
        signers = ("LT", "LO")[: offer.signatures]
        answer = suite.decide(world.state, offer.command, world.ctx(signers)).refused
        if offer.refused is not None:
            assert answer == offer.refused
        else:
            assert answer is None or offer.signatures, (offer, answer)
            known = ("same-reviewer", "screening-not-owner", "read-back-by-others")
            assert answer is None or answer.rule in known, answer


@SLOW
@given(steps=inputs(ALL))
def test_nobody_inside_is_ever_kept_in(steps: list[Step]) -> None:
    """I2: with nobody signed on, whatever stands, the way out is announced and recorded."""
    world, visit = at_the_beginning()
    world = world.clone()
    world.go_in(visit)
    play(world, visit, steps)
    if visit not in world.state.visits.open:
        return
    world.sign_off()
    world.do(AnnounceTransit(visit=visit, inwards=False))
    if world.visit(visit).inside:
        world.do(LeaveZoneIV(visit=visit))
        assert world.entries[-1].by == ()
    assert not world.visit(visit).inside


@SLOW
@given(steps=inputs({**ACTS, **CROSSINGS}), back_s=st.integers(1, 400_000))
def test_a_clock_set_back_prolongs_nothing(steps: list[Step], back_s: int) -> None:
    """I15: whoever may go in with a clock set back may go in without."""
    world, visit = at_the_beginning()
    plain, back = world.clone(), world.clone()
    back.clock.step_wall(-back_s)
    for name, n in steps:
        if visit not in plain.state.visits.open or visit not in back.state.visits.open:
            return
        ALL[name](plain, visit, n)
        ALL[name](back, visit, n)
    if visit in plain.state.visits.open:
        mine = {f.why.rule for f in suite.entry_findings(plain.state, visit, plain.ctx())}
        theirs = {f.why.rule for f in suite.entry_findings(back.state, visit, back.ctx())}
        assert theirs == mine


@SLOW
@given(steps=inputs(ALL))
def test_every_decision_is_total_and_asks_nothing_twice(steps: list[Step]) -> None:
    """The same state, command and context give the same facts; a tick repeated at once gives none."""
    world, visit = at_the_beginning()
    world = play(world.clone(), visit, steps)
    world.tick()
    assert world.tick() == ()
    due = suite.next_due(world.state, world.clock.now())
    assert due is None or due > world.clock.bt
    ctx: dict[str, Any] = {"now": world.clock.now()}
    asked = RecordDetectorPass(visit=visit)
    assert suite.decide(world.state, asked, world.ctx(**ctx)) == suite.decide(
        world.state, asked, world.ctx(**ctx)
    )
