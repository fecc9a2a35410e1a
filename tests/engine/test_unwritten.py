"""While the record fails, High alarms go to the spool too, and come back as facts exactly once."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from rigging import MemoryRecord, Table, running
from support.clocks import HandClock
from support.suite_world import DETECTOR

from mr_safety_console.domain.alarms import AlarmRaised, AlarmReturned
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.domain.upkeep import AlarmKept
from mr_safety_console.engine.intake import Intake
from mr_safety_console.engine.rescue import Rescue
from mr_safety_console.engine.spool import Spool, SpoolReader
from mr_safety_console.engine.unwritten import MOST, Unwritten
from mr_safety_console.journal.errors import Full

FULL = Full("disk", "the disk is full", "free room")


def iron(t: Table) -> None:
    """Sound the detector with a door nobody knows to be closed: High."""
    t.hear("portal", "NORMAL", "NORMAL")
    t.turn_over()
    t.hear("portal", "DANGER", "NORMAL")


def lane(undo: ExitStack, place: Path, clock: HandClock, submit: object) -> Intake:
    intake = Intake(Spool((place,)), clock, submit)  # type: ignore[arg-type]
    intake.start()
    undo.callback(intake.close)
    return intake


def run(place: Path, clock: HandClock, record: MemoryRecord, state: SuiteState, undo: ExitStack) -> Table:
    """Return a started console with a lane of its own."""
    handed: list[Table] = []
    intake = lane(undo, place, clock, lambda *late: handed[0].engine.submit_late(*late))  # noqa: PLW0108
    rescue = Rescue(SpoolReader((place,)))
    table = undo.enter_context(
        running(
            clock,
            record,
            resumed=state,
            seq=len(record.entries),
            unwritten=Unwritten(intake.step),
            late=rescue,
        )
    )
    handed.append(table)
    return table


def spooled(place: Path) -> list[str]:
    return [record.kind for record in SpoolReader((place,)).poll()]


def rang(record: MemoryRecord) -> list[AlarmRaised]:
    alarms = record.facts(AlarmRaised)
    return [fact for fact in alarms if (fact.point, fact.rule) == (DETECTOR, "ferrous-entry")]


def test_a_high_alarm_the_record_does_not_take_is_in_the_spool_and_a_fact_once(tmp_path: Path) -> None:
    """What rang while the disk was full is not lost with it, nor told twice."""
    clock, record = HandClock(), MemoryRecord()
    with ExitStack() as undo:
        t = run(tmp_path, clock, record, SuiteState(), undo)
        t.turn_over()
        record.error = FULL
        t.hear("portal", "NORMAL", "NORMAL")
        t.until(lambda: t.engine.state.fault, "the record fails")
        t.hear("portal", "DANGER", "NORMAL")
        t.until(lambda: spooled(tmp_path) == ["keep-alarm"], "the alarm in the spool")
        assert not rang(record)
        record.error = None
        t.until(lambda: record.facts(AlarmKept), "the record has taken both in")
        (raised,) = rang(record)
        assert record.facts(AlarmKept) == [AlarmKept(alarm=raised.alarm, known=True)]
        for _ in range(3):
            clock.advance(1.1)
            t.turn_over()
        assert len(rang(record)) == len(record.facts(AlarmKept)) == 1


def test_a_high_alarm_of_a_run_that_died_is_a_fact_of_the_next_and_comes_once(tmp_path: Path) -> None:
    clock, record = HandClock(), MemoryRecord()
    with ExitStack() as undo:
        t = run(tmp_path, clock, record, SuiteState(), undo)
        t.turn_over()
        state = t.engine.state.state
        survived = MemoryRecord()
        survived.entries, survived._seq = list(record.entries), len(record.entries)
        record.error = FULL
        t.hear("portal", "DANGER", "NORMAL")
        t.until(lambda: spooled(tmp_path) == ["keep-alarm"], "the alarm in the spool")
        happened = clock.now()
    clock.advance(600)
    for _ in range(2):
        with ExitStack() as undo:
            t = run(tmp_path, clock, survived, state, undo)
            clock.advance(1.1)
            t.until(lambda: survived.facts(AlarmKept), "taken in")
            clock.advance(1.1)
            t.turn_over()
            state = t.engine.state.state
        # The engine closed with a last fact of its own.
        survived._seq = len(survived.entries)
    (raised,) = rang(survived)
    assert raised.rule == "ferrous-entry"
    (entry,) = [entry for entry in survived.entries if entry.fact == raised]
    assert entry.occ == happened
    assert entry.src == "system"
    assert survived.facts(AlarmKept) == [AlarmKept(alarm=raised.alarm, known=False)]
    assert AlarmReturned(alarm=raised.alarm) in survived.facts(AlarmReturned)


def test_while_the_record_is_written_nothing_goes_to_the_spool(tmp_path: Path) -> None:
    clock, record = HandClock(), MemoryRecord()
    with ExitStack() as undo:
        t = run(tmp_path, clock, record, SuiteState(), undo)
        iron(t)
        t.until(lambda: rang(record), "the alarm on the record")
        assert spooled(tmp_path) == []


def test_a_record_that_hangs_in_the_disk_is_late_and_its_alarms_are_kept(tmp_path: Path) -> None:
    clock, record = HandClock(), MemoryRecord()
    with ExitStack() as undo:
        t = run(tmp_path, clock, record, SuiteState(), undo)
        t.turn_over()
        record.open.clear()
        t.hear("portal", "DANGER", "NORMAL")
        t.until(lambda: t.engine._scribe.pending, "decided")
        clock.advance(0.3)
        t.until(lambda: spooled(tmp_path) == ["keep-alarm"], "the alarm in the spool")
        record.open.set()
        t.until(lambda: record.facts(AlarmKept), "and marked")
        assert len(rang(record)) == 1


def test_alarms_leave_the_room_of_the_spool_to_emergencies(tmp_path: Path) -> None:
    clock, record, kept = HandClock(), MemoryRecord(), []
    with running(clock, record) as t:
        iron(t)
        t.until(lambda: rang(record), "the alarm on the record")
        state = t.engine.state.state
        entries = [entry for entry in record.entries if entry.fact in rang(record)]
    unwritten = Unwritten(lambda command, at: kept.append((command, at)))
    for n in range(3 * MOST):
        again = [
            type(entry)(
                **{name: getattr(entry, name) for name in ("fact", "cause", "src")},
                seq=10_000 + n,
                at=clock.advance(30),
            )
            for entry in entries
        ]
        unwritten(tuple(again), state)
        unwritten(tuple(again), state)
    assert len(kept) == MOST, "once a minute while it goes on ringing, and never more than its share"
