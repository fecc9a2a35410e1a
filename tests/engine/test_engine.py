"""The engine: what goes first, what is refused, what survives our own bugs, and an end in time."""

from __future__ import annotations

import threading
import time

import pytest
from rigging import FIRST, MemoryRecord, PlainPins, Table, make, running
from support.clocks import HandClock
from support.suite_world import DETECTOR, DOOR, site
from support.waiting import wait_until

from mr_safety_console.domain import suite
from mr_safety_console.domain.alarms import AlarmRaised, Priority
from mr_safety_console.domain.bypass import BypassPoint, EndBypass
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.context import NS
from mr_safety_console.domain.detectors import Condition, PointChanged
from mr_safety_console.domain.doors import AnnounceTransit, TransitAnnounced, TransitEnded
from mr_safety_console.domain.emergency import (
    COMMANDS,
    EmergencyOpened,
    EmergencyStepStamped,
    OpenEmergency,
    StampEmergencyStep,
)
from mr_safety_console.domain.lifecycle import (
    ClockStepped,
    ConsoleStarted,
    ConsoleStopped,
    DecisionFailed,
    Tick,
)
from mr_safety_console.domain.notes import NoteWritten, WriteNote
from mr_safety_console.domain.quench import COMMANDS as QUENCH_COMMANDS
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import AddStaff
from mr_safety_console.domain.visit_facts import OpenVisit
from mr_safety_console.engine.clock import SystemClock
from mr_safety_console.engine.decider import Input
from mr_safety_console.engine.engine import TOTAL
from mr_safety_console.engine.face import Accepted, Credential, Published, Recording
from mr_safety_console.engine.inlet import COMMANDS_KEPT
from mr_safety_console.journal.errors import ReadOnly

BROKEN = ReadOnly("place", "it cannot be written", "Mount it")


def at_desk(table: Table) -> str:
    """Hire the first person, an officer with Level 2 scope, and sign them on."""
    person = table.hire("SO", "MRSO", "L2")
    table.sign_on(person)
    return person


def test_the_start_is_the_first_fact_and_nothing_is_shown_before_it_is_on_the_disk() -> None:
    record = MemoryRecord()
    record.open.clear()
    with running(record=record) as t:
        assert t.engine.state.seq == 0
        assert not t.engine.state.ready
        record.open.set()
        t.until(lambda: t.engine.state.ready, "ready")
        assert isinstance(record.entries[0].fact, ConsoleStarted)
        assert t.engine.state.seq == len(record.entries) == len(t.published)


def test_an_accepted_command_names_its_rows_and_state_and_listeners_have_them() -> None:
    with running() as t:
        at_desk(t)
        answer = t.do(WriteNote(text="quiet night"))
        assert [t.record.entries[seq - 1].fact.kind for seq in answer.seqs] == ["note-written"]
        assert t.engine.state.seq == answer.seqs[-1]
        assert t.published[-1] == t.record.entries[-1]
        assert t.record.entries[-1].by[0].person == next(iter(t.engine.state.state.staff.people))


def test_state_never_runs_ahead_of_the_disk_until_it_is_late_and_then_says_so() -> None:
    with running() as t:
        at_desk(t)
        seq = t.engine.state.seq
        t.record.open.clear()
        future = t.engine.submit(OpenVisit(name="Pat Example", birth_date="1970-01-01", exam="knee"))
        wait_until(lambda: t.engine._scribe.pending, 5, "decided")
        shown = t.engine.state
        assert (shown.seq, shown.state.visits.open, shown.unrecorded) == (seq, {}, ())
        assert shown.shown.visits.open == {}
        t.clock.advance(0.3)
        late = t.engine.state
        assert late.recording is Recording.LATE
        assert late.state.visits.open == {}
        assert len(late.shown.visits.open) == 1
        assert [entry.fact.kind for entry in late.unrecorded][:1] == ["visit-opened"]
        assert not future.done()
        t.record.open.set()
        assert isinstance(future.result(10), Accepted)
        assert len(t.engine.state.state.visits.open) == 1


def test_emergencies_go_before_commands_and_commands_before_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    with running() as t:
        at_desk(t)
        gate, blocked = threading.Event(), threading.Event()
        decide = suite.decide

        def slow(state: object, asked: Command, ctx: object) -> object:
            if isinstance(asked, WriteNote) and asked.text == "first":
                blocked.set()
                gate.wait(10)
            return decide(state, asked, ctx)  # type: ignore[arg-type]

        monkeypatch.setattr(suite, "decide", slow)
        first = t.engine.submit(WriteNote(text="first"))
        assert blocked.wait(5)
        t.hear("portal", "NORMAL", "NORMAL")
        notes = [t.engine.submit(WriteNote(text=f"n{n}")) for n in range(5)]
        emergency = t.engine.submit(OpenEmergency(emergency="EM1"))
        gate.set()
        for future in (first, *notes, emergency):
            assert isinstance(future.result(10), Accepted)
        t.until(lambda: t.record.facts(PointChanged), "the reading")
        tail = [f for f in (e.fact for e in t.record.entries) if isinstance(f, _ORDERED)]
        kinds = [type(fact).__name__ for fact in tail]
        assert kinds[0] == "NoteWritten"
        assert kinds[1] == "EmergencyOpened"
        assert kinds[2:7] == ["NoteWritten"] * 5
        assert kinds[7] == "PointChanged"


_ORDERED = (NoteWritten, EmergencyOpened, PointChanged)


def test_more_commands_than_can_be_kept_are_refused_as_busy_and_emergencies_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with running() as t:
        at_desk(t)
        gate, blocked = threading.Event(), threading.Event()
        decide = suite.decide

        def slow(state: object, asked: Command, ctx: object) -> object:
            if isinstance(asked, WriteNote) and asked.text == "first":
                blocked.set()
                gate.wait(10)
            return decide(state, asked, ctx)  # type: ignore[arg-type]

        monkeypatch.setattr(suite, "decide", slow)
        t.engine.submit(WriteNote(text="first"))
        assert blocked.wait(5)
        waiting = [t.engine.submit(WriteNote(text="x")) for _ in range(COMMANDS_KEPT)]
        assert t.refused(WriteNote(text="too many")) == "busy"
        emergency = t.engine.submit(OpenEmergency(emergency="EM1"))
        gate.set()
        assert isinstance(emergency.result(10), Accepted)
        assert all(isinstance(future.result(20), Accepted) for future in waiting)


def test_signed_commands_count_towards_busy() -> None:
    with running() as t:
        person = at_desk(t)
        t.pins.gate.clear()
        note = WriteNote(text="x")
        waiting = [t.engine.submit(note, (Credential(person, "246810"),)) for _ in range(COMMANDS_KEPT)]
        assert t.refused(note, Credential(person, "246810")) == "busy"
        assert t.refused(note) == "busy"
        t.pins.gate.set()
        assert all(isinstance(future.result(20), Accepted) for future in waiting)


def test_without_a_record_commands_are_refused_emergencies_kept_and_written_later() -> None:
    with running() as t:
        at_desk(t)
        t.record.error = BROKEN
        pending = t.engine.submit(WriteNote(text="the one that finds out"))
        wait_until(lambda: t.engine.state.fault, 5, "the fault")
        assert t.engine.state.recording is Recording.FAILED
        assert t.refused(WriteNote(text="later")) == "not-recorded"
        emergency = t.engine.submit(OpenEmergency(emergency="EM1"))
        wait_until(lambda: t.engine.state.shown.emergency.open, 5, "shown, marked as not recorded")
        assert not t.engine.state.state.emergency.open
        t.record.error = None
        assert isinstance(emergency.result(10), Accepted)
        assert isinstance(pending.result(10), Accepted)
        assert t.engine.state.recording is Recording.WRITING
        kinds = [entry.fact.kind for entry in t.record.entries]
        assert kinds.index("note-written") < kinds.index("emergency-opened")


def test_every_emergency_and_quench_command_is_total() -> None:
    assert {*COMMANDS, *QUENCH_COMMANDS} == set(TOTAL)


# --- our own bugs ---


class Sabotage:
    """Lets `suite.decide` or a fold raise for one kind of input."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        self.calls = 0

    def decide(self, kind: type[Command]) -> None:
        decide = suite.decide

        def broken(state: object, asked: Command, ctx: object) -> object:
            if isinstance(asked, kind):
                self.calls += 1
                raise ZeroDivisionError("secret 4711")
            return decide(state, asked, ctx)  # type: ignore[arg-type]

        self._patch.setattr(suite, "decide", broken)

    def due(self) -> None:
        def broken(_state: object, _now: object) -> int:
            self.calls += 1
            raise ZeroDivisionError

        self._patch.setattr(suite, "next_due", broken)


@pytest.fixture
def sabotage(monkeypatch: pytest.MonkeyPatch) -> Sabotage:
    return Sabotage(monkeypatch)


def test_a_rule_that_raises_is_refused_recorded_without_values_and_alarmed(sabotage: Sabotage) -> None:
    with running() as t:
        at_desk(t)
        sabotage.decide(WriteNote)
        assert t.refused(WriteNote(text="secret 4711")) == "decision-failed"
        (failed,) = t.record.facts(DecisionFailed)
        assert (failed.act, failed.error) == ("write-note", "ZeroDivisionError")
        assert failed.module.endswith("test_engine")
        assert "4711" not in repr(failed)
        (alarm,) = [a for a in t.record.facts(AlarmRaised) if a.rule == "decision-failed"]
        assert alarm.priority is Priority.HIGH
        t.do(OpenVisit(name="Pat Example", birth_date="1970-01-01", exam="knee"))


def test_a_rule_that_raises_on_time_is_told_once_a_minute_and_does_not_spin(sabotage: Sabotage) -> None:
    with running() as t:
        at_desk(t)
        t.all_normal()
        sabotage.decide(Tick)
        t.do(AnnounceTransit())
        t.clock.advance(2)
        t.clock.advance(100)
        t.until(lambda: sabotage.calls >= 4, "several ticks")
        assert len(t.record.facts(DecisionFailed)) == 1
        began, calls = time.monotonic(), sabotage.calls
        t.until(lambda: time.monotonic() - began > 0.6, "a while")
        assert sabotage.calls - calls <= 5
        t.clock.advance(61)
        t.until(lambda: len(t.record.facts(DecisionFailed)) == 2, "told again")


def test_time_that_cannot_be_asked_for_stops_neither_commands_nor_the_beat(sabotage: Sabotage) -> None:
    with running() as t:
        at_desk(t)
        sabotage.due()
        for n in range(5):
            t.do(WriteNote(text=f"n{n}"))
        t.clock.advance(1)
        t.until(lambda: t.engine.beat_bt == t.clock.bt, "it beats")
        t.until(lambda: t.record.facts(DecisionFailed), "the failure in the record")
        t.do(WriteNote(text="and one more look at the time"))
        assert [fact.act for fact in t.record.facts(DecisionFailed)] == ["engine"]


def test_what_the_record_can_never_hold_is_one_failed_decision() -> None:
    with running() as t:
        at_desk(t)
        assert (
            t.refused(OpenVisit(name="half \ud800", birth_date="1970-01-01", exam="x")) == "decision-failed"
        )
        assert t.refused(WriteNote(text=1.5)) == "decision-failed"  # type: ignore[arg-type]
        t.do(WriteNote(text="and on it goes"))


def test_a_number_is_never_left_out_when_sealing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    with running() as t:
        at_desk(t)
        envelope = t.engine._decider._envelope
        seal, left = envelope.seal, [1]

        def broken(fact: object, **sealed: object) -> object:
            if isinstance(fact, NoteWritten) and left:
                left.pop()
                raise OSError("no time zones")
            return seal(fact, **sealed)  # type: ignore[arg-type]

        monkeypatch.setattr(type(envelope), "seal", lambda _self, fact, **sealed: broken(fact, **sealed))
        assert t.refused(WriteNote(text="x")) == "decision-failed"
        t.do(WriteNote(text="y"))
        seqs = [entry.seq for entry in t.record.entries]
        assert seqs == list(range(1, len(seqs) + 1))


def test_a_listener_that_raises_is_dropped_and_nobody_else_misses_anything() -> None:
    with running() as t:

        def bad(_said: Published) -> None:
            raise ValueError("mailbox")

        t.engine.subscribe(bad)
        heard: list[int] = []
        stop = t.engine.subscribe(lambda said: heard.extend(entry.seq for entry in said.entries))
        at_desk(t)
        assert heard == [entry.seq for entry in t.record.entries][-len(heard) :]
        stop()
        stop()
        count = len(heard)
        t.do(WriteNote(text="unheard"))
        assert len(heard) == count


def test_a_spool_that_cannot_be_looked_at_stops_nothing_and_is_told_once_a_minute() -> None:
    """An errand that fails is no secret of the program's."""

    def late(_state: object) -> list[object]:
        raise OSError("gone")

    with running(late=late) as t:
        at_desk(t)
        for n in range(3):
            t.clock.advance(1.1)
            t.do(WriteNote(text=f"n{n}"))
        assert len(t.record.facts(NoteWritten)) == 3
        t.until(lambda: t.record.facts(DecisionFailed), "the failure told")
        t.turn_over()
        (failed,) = t.record.facts(DecisionFailed)
        assert (failed.act, failed.error) == ("errand", "OSError")
        assert {alarm.rule for alarm in t.engine.state.state.alarms.open.values()} == {"decision-failed"}


# --- time ---


def test_a_clock_step_is_a_fact_and_a_jump_of_both_is_none() -> None:
    with running() as t:
        t.clock.step_wall(-3600)
        t.until(lambda: t.record.facts(ClockStepped), "the step")
        assert t.record.facts(ClockStepped)[0].delta_ms == -3_600_000
        t.clock.advance(7200)
        t.until(lambda: t.engine.beat_bt == t.clock.bt, "it beats")
        t.clock.step_wall(0.9)
        t.until(lambda: t.engine.beat_bt == t.clock.bt, "it beats")
        assert len(t.record.facts(ClockStepped)) == 1
        assert any(a.rule == "clock-stepped" for a in t.record.facts(AlarmRaised))


@pytest.mark.parametrize(
    "step_s", [3600, -3600, 86_400, -86_400, 2_145_916_800 - 1_780_000_000, -1_779_999_990]
)
def test_no_step_of_the_wall_clock_moves_a_timer_or_the_order_of_rows(step_s: int) -> None:
    with running() as t:
        at_desk(t)
        t.all_normal()
        t.do(AnnounceTransit())
        t.clock.step_wall(step_s)
        t.until(lambda: t.record.facts(ClockStepped), "the step")
        assert not t.record.facts(TransitEnded)
        t.clock.advance(60.5)
        t.until(lambda: t.record.facts(TransitEnded), "its sixty seconds are over")
        assert [entry.seq for entry in t.record.entries] == list(range(1, len(t.record.entries) + 1))


def test_after_sleep_each_overdue_timer_fires_once() -> None:
    with running() as t:
        at_desk(t)
        t.all_normal()
        t.do(AnnounceTransit())
        assert t.record.facts(TransitAnnounced)
        t.clock.advance(8 * 3600)
        t.until(lambda: t.record.facts(TransitEnded), "the transit is over")
        t.until(lambda: t.engine.state.state.points.condition(DETECTOR) == "UNKNOWN", "silence")
        t.turn_over()
        assert len(t.record.facts(TransitEnded)) == 1
        fell = [f for f in t.record.facts(PointChanged) if f.now is Condition.UNKNOWN]
        assert sorted(f.point for f in fell) == sorted({f.point for f in fell})


def test_silence_is_on_the_record_at_its_deadline_with_the_age_of_the_last_word() -> None:
    with running() as t:
        t.all_normal()
        t.clock.advance(2.49)
        t.turn_over()
        assert t.engine.state.state.points.condition(DOOR) == "NORMAL"
        t.clock.advance(0.01)
        t.until(lambda: t.engine.state.state.points.condition(DOOR) == "UNKNOWN", "UNKNOWN")
        fell = [f for f in t.record.facts(PointChanged) if f.now is Condition.UNKNOWN and f.point == DOOR]
        assert [(f.reason, f.age_ms) for f in fell] == [("silent", 2500)]


def test_nothing_of_the_run_before_is_believed_until_it_speaks_again() -> None:
    with running() as t:
        t.all_normal()
        state, seq = t.engine.state.state, t.engine.state.seq
        assert state.points.condition(DETECTOR) == "NORMAL"
    with running(HandClock(bt=2_000 * NS), MemoryRecord(seq + 1), resumed=state, seq=seq + 1) as t:
        assert t.engine.state.state.points.condition(DETECTOR) == "UNKNOWN"
        assert t.engine.state.live == {}
        t.clock.advance(5)
        t.turn_over()
        assert not t.record.facts(PointChanged), "nothing heard, nothing said"
        t.all_normal()
        for _ in range(3):
            t.clock.advance(2)
            t.all_normal()
            t.turn_over()
        assert [f.rule for f in t.record.facts(AlarmRaised)] == ["restarted"], "one alarm for a restart"


def test_a_console_that_never_hears_its_points_alarms_once_for_each() -> None:
    """I3: the cables were never plugged in."""
    with running() as t:
        t.turn_over()
        t.clock.advance(7.4)
        t.turn_over()
        assert not t.record.facts(AlarmRaised)
        for _ in range(20):
            t.clock.advance(1)
            t.turn_over()
        rung = [(f.rule, f.point) for f in t.record.facts(AlarmRaised)]
        lost = {"interlock": "door-lost", "portal": "detector-lost"}
        assert sorted(rung) == sorted((lost[p.port], p.id) for p in site().points)


def test_a_point_that_comes_back_from_out_of_service_is_believed_by_its_next_word() -> None:
    """I3: UNKNOWN until then, though it never stopped saying the same."""
    with running() as t:
        t.all_normal()
        person = at_desk(t)
        other = t.hire("TE", "MRST", by=person)
        signed = (Credential(person, "246810"), Credential(other, "246810"))
        t.do(BypassPoint(point=DOOR, reason="maintenance", guard=other, minutes=30), *signed)
        t.do(EndBypass(point=DOOR))
        assert t.engine.state.state.points.condition(DOOR) == "UNKNOWN"
        t.all_normal()
        assert t.engine.state.state.points.condition(DOOR) == "NORMAL"


# --- the emergency lane ---


def test_a_record_of_the_lane_becomes_facts_once_also_across_a_restart() -> None:
    opened = OpenEmergency(emergency="EM1")
    with running() as t:
        occ = t.clock.now()
        t.clock.advance(30)
        first = t.engine.submit_late(opened, occ, "spool:S:1").result(10)
        again = t.engine.submit_late(opened, occ, "spool:S:1").result(10)
        assert isinstance(first, Accepted)
        assert first.seqs
        assert again == Accepted()
        entry = t.record.entries[first.seqs[0] - 1]
        assert (entry.occ, entry.cause, entry.by) == (occ, "spool:S:1", ())
        assert entry.at.bt - entry.when.bt == 30 * NS
        state, seq = t.engine.state.state, t.engine.state.seq
    with running(record=MemoryRecord(seq), resumed=state, seq=seq) as t:
        assert t.engine.submit_late(opened, occ, "spool:S:1").result(10) == Accepted()
        step = StampEmergencyStep(emergency="EM1", step="E01")
        assert isinstance(t.engine.submit_late(step, occ, "spool:S:2").result(10), Accepted)
        assert not t.record.facts(EmergencyOpened)
        assert len(t.record.facts(EmergencyStepStamped)) <= 1


def test_a_lane_record_a_broken_rule_could_not_take_is_taken_by_a_later_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened = OpenEmergency(emergency="EM1")
    with running() as t:
        occ = t.clock.now()
        with monkeypatch.context() as patch:
            Sabotage(patch).decide(OpenEmergency)
            answer = t.engine.submit_late(opened, occ, "spool:S:1").result(10)
        assert isinstance(answer, Refused)
        assert t.record.facts(DecisionFailed)
        state, seq = t.engine.state.state, t.engine.state.seq
        assert "spool:S:1" not in state.lane
    with running(record=MemoryRecord(seq), resumed=state, seq=seq) as t:
        t.engine.submit_late(opened, occ, "spool:S:1").result(10)
        assert t.record.facts(EmergencyOpened)


def test_records_nobody_handed_over_are_found_in_the_spool_once_a_second() -> None:
    clock = HandClock()
    lying = [Input(OpenEmergency(emergency="EM7"), occ=clock.now(), cause="spool:S:9")]

    def late(state: suite.SuiteState) -> list[Input]:
        return [] if lying[0].cause in state.lane else lying

    with running(clock, late=late) as t:
        clock.advance(1.1)
        t.until(lambda: t.record.facts(EmergencyOpened), "taken in")
        for _ in range(3):
            clock.advance(1.1)
            t.turn_over()
        assert len(t.record.facts(EmergencyOpened)) == 1


# --- the end ---


def test_closing_is_the_last_fact_and_everything_asked_before_is_answered() -> None:
    saved: list[tuple[object, int]] = []
    with running(saved=lambda state, seq: saved.append((state, seq))) as t:
        at_desk(t)
        futures = [t.engine.submit(WriteNote(text=f"n{n}")) for n in range(100)]
        t.engine.close("signal")
        assert all(isinstance(future.result(0), Accepted) for future in futures)
        assert t.record.entries[-1].fact == ConsoleStopped(reason="signal")
        assert saved == [(t.engine.state.state, len(t.record.entries))]
        assert t.refused(WriteNote(text="after")) == "stopping"
        assert t.refused(OpenEmergency(emergency="late")) == "stopping"


@pytest.mark.timing
@pytest.mark.parametrize("trouble", ["none", "refuses", "hangs", "pin"])
def test_closing_takes_about_a_second_whatever_the_disk_does_and_leaves_nobody_waiting(trouble: str) -> None:
    record, pins = MemoryRecord(), PlainPins()
    engine = make(SystemClock(), record, pins=pins)
    engine.start((), FIRST).result(10)
    hired = engine.submit(AddStaff(name="N", initials="SO", roles=("MRSO",), pin_hash="plain:246810"))
    hired.result(10)
    person = next(iter(engine.state.state.staff.people))
    futures = []
    if trouble == "refuses":
        record.error = BROKEN
    if trouble == "hangs":
        record.open.clear()
    if trouble == "pin":
        futures = [engine.submit(WriteNote(text="x"), (Credential(person, "1"),)) for _ in range(50)]
    futures.append(engine.submit(OpenEmergency(emergency="E")))
    began = time.monotonic()
    engine.close()
    spent = time.monotonic() - began
    assert spent < 1.6
    for future in futures:
        future.result(1)
    record.open.set()
    ours = ("engine", "cache")
    wait_until(lambda: not any(t.name in ours for t in threading.enumerate()), 5, "every thread to end")


def test_the_beat_goes_on_while_the_disk_hangs() -> None:
    with running() as t:
        t.record.open.clear()
        emergency = t.engine.submit(OpenEmergency(emergency="E"))
        for _ in range(4):
            t.clock.advance(0.5)
            t.until(lambda: t.engine.beat_bt == t.clock.bt, "a beat")
        assert not emergency.done()


def test_the_state_is_kept_while_running_not_only_at_the_end() -> None:
    saved: list[int] = []
    with running(saved=lambda _state, seq: saved.append(seq)) as t:
        at_desk(t)
        t.clock.advance(601)
        t.do(WriteNote(text="x"))
        t.clock.advance(1.1)
        t.do(WriteNote(text="y"))
        t.until(lambda: saved, "kept after ten minutes")
        assert saved[0] <= len(t.record.entries)
        assert len(saved) == 1
