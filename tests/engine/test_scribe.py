"""Writing what was decided: order, groups, trouble said aloud, and nothing lost while it lasts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from rigging import MemoryRecord
from support.clocks import HandClock
from support.waiting import wait_until

from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.context import NS
from mr_safety_console.domain.lifecycle import ClockStepped
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.engine.face import Recording
from mr_safety_console.engine.scribe import LATE_NS, Batch, Scribe
from mr_safety_console.engine.wake import Wake
from mr_safety_console.journal.errors import Full, JournalError, ReadOnly


class Desk:
    """A scribe with a record in memory and a list of all it said."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.record = MemoryRecord()
        self.said: list[tuple[str, int, bool]] = []
        self.committed: list[int] = []
        self.errands = 0
        self.errand_fails = False
        self.scribe = Scribe(self.record, self.clock, self._committed, self._errand)
        self.seq = 0
        self.wake, self.ending = Wake(), False
        self.thread = threading.Thread(target=self._run, name="engine")

    def _run(self) -> None:
        while not self.ending:
            self.scribe.work()
            self.wake.wait(0.01)
        self.scribe.work()

    def close(self, timeout_s: float) -> bool:
        """End as the engine does: stop, join the thread that writes, tell whoever is left."""
        self.ending = True
        self.scribe.stop()
        self.wake.call()
        self.thread.join(timeout_s)
        return self.scribe.close()

    def _committed(self, batch: Batch) -> None:
        self.committed += [entry.seq for entry in batch.entries]

    def _errand(self) -> None:
        self.errands += 1
        if self.errand_fails:
            raise OSError("the spool's directory is gone")

    def write(self, count: int = 1, *, emergency: bool = False) -> list[int]:
        entries = tuple(self.entry() for _ in range(count))
        name = f"batch-{entries[0].seq if entries else self.seq}"

        def done(durable: bool) -> None:
            self.said.append((name, len(self.record.entries), durable))

        batch = Batch(entries, SuiteState(), self.clock.bt, emergency, done)
        self.scribe.write(batch)
        self.wake.call()
        return [entry.seq for entry in entries]

    def entry(self) -> Entry:
        self.seq += 1
        return Entry(self.seq, self.clock.now(), ClockStepped(delta_ms=self.seq), f"c{self.seq}", "system")

    @property
    def now(self) -> Recording:
        return self.scribe.recording(self.clock.bt)


@contextmanager
def desk() -> Iterator[Desk]:
    made = Desk()
    made.thread.start()
    try:
        yield made
    finally:
        made.record.error = None
        made.record.open.set()
        assert made.close(5) or made.said


def test_batches_are_written_in_order_and_said_only_afterwards() -> None:
    with desk() as d:
        for size in (1, 3, 0, 2):
            d.write(size)
        wait_until(lambda: len(d.said) == 4, 5, "all said")
        assert [e.seq for e in d.record.entries] == d.committed == [1, 2, 3, 4, 5, 6]
        assert all(on_disk >= upto for (_, on_disk, _), upto in zip(d.said, (1, 4, 4, 6), strict=True))
        assert all(durable for *_, durable in d.said)
        assert d.now is Recording.WRITING


def test_what_waits_becomes_one_transaction() -> None:
    with desk() as d:
        d.record.open.clear()
        d.write()
        for _ in range(50):
            d.write(2)
        d.record.open.set()
        wait_until(lambda: len(d.said) == 51, 5, "all said")
        assert len(d.record.appends) <= 3
        assert sum(d.record.appends) == 101


def test_the_record_settles_once_a_transaction_and_only_after_everybody_was_told() -> None:
    with desk() as d:
        told: list[int] = []
        settle = d.record.settle

        def settled() -> None:
            told.append(len(d.said))
            settle()

        d.record.settle = settled  # type: ignore[method-assign]
        d.record.open.clear()
        d.write(2)
        wait_until(lambda: d.scribe.pending, 5, "taken up")
        d.write(0)
        d.write(3)
        d.record.open.set()
        wait_until(lambda: len(d.said) == 3 and d.record.settled[-1:] == [5], 5, "settled")
        assert len(told) == len(d.record.appends) <= 2
        assert told[-1] == 3


def test_slow_is_not_yet_recorded_after_a_quarter_second_and_keeps_its_facts_in_order() -> None:
    with desk() as d:
        d.record.open.clear()
        wanted = d.write(2) + d.write(1)
        d.clock.bt += LATE_NS - 1
        assert d.now is Recording.WRITING
        d.clock.bt += 1
        assert d.now is Recording.LATE
        assert [e.seq for e in d.scribe.pending] == wanted
        d.record.open.set()
        wait_until(lambda: d.now is Recording.WRITING, 5, "caught up")
        assert d.scribe.pending == ()


@pytest.mark.parametrize(
    "error",
    [
        ReadOnly("place", "it cannot be written", "Mount it"),
        JournalError("place", "the disk failed", "Check the disk"),
        ValueError("a bug of ours"),
    ],
)
def test_trouble_is_said_kept_in_order_and_over_once_the_disk_takes_it(error: Exception) -> None:
    with desk() as d:
        d.record.error = error
        wanted = d.write(2) + d.write(3)
        wait_until(lambda: d.scribe.fault, 5, "the fault")
        assert d.now is Recording.FAILED
        assert [e.seq for e in d.scribe.pending] == wanted
        assert d.said == []
        d.record.error = None
        wait_until(lambda: len(d.said) == 2, 5, "written after all")
        assert [e.seq for e in d.record.entries] == wanted
        assert d.scribe.fault == ""


class StingyRecord(MemoryRecord):
    """Full until its ballast is given up; giving it up may fail too."""

    def free_ballast(self) -> int:
        self.ballast += 1
        if self.ballast == 1:
            raise ReadOnly("ballast", "it cannot be written", "Mount it")
        self.error = None
        return 1


def test_a_full_disk_takes_the_ballast_even_if_that_fails_at_first() -> None:
    d = Desk()
    d.record = StingyRecord()
    d.record.error = Full("place", "the disk is full", "Free room")
    d.scribe = Scribe(d.record, d.clock, d._committed, d._errand)
    d.thread.start()
    try:
        d.write()
        wait_until(lambda: d.said, 5, "written from the ballast")
        assert d.record.ballast == 2
    finally:
        assert d.close(5)


def test_the_errand_is_run_once_a_second_and_stops_nothing_when_it_fails() -> None:
    with desk() as d:
        d.errand_fails = True
        d.write()
        wait_until(lambda: d.said, 5, "written")
        assert d.errands == 0
        for count in (1, 2, 3):
            d.clock.bt += NS
            d.write()
            wait_until(lambda count=count: d.errands == count, 5, "the errand")
        d.errand_fails = False
        d.write()
        wait_until(lambda: len(d.said) == 5, 5, "still writing")


def test_the_errand_is_run_while_the_disk_refuses() -> None:
    with desk() as d:
        d.record.error = ReadOnly("place", "it cannot be written", "Mount it")
        d.write()
        wait_until(lambda: d.scribe.fault, 5, "the fault")
        d.clock.bt += NS
        wait_until(lambda: d.errands, 5, "the errand")


@pytest.mark.timing
def test_closing_with_a_disk_that_refuses_returns_in_time_and_tells_who_waits() -> None:
    with desk() as d:
        d.record.error = ReadOnly("place", "it cannot be written", "Mount it")
        d.write()
        wait_until(lambda: d.scribe.fault, 5, "the fault")
        d.write()
        assert d.close(1.0) is False
        assert [durable for *_, durable in d.said] == [False, False]


def test_closing_with_a_disk_that_hangs_returns_and_tells_who_waits() -> None:
    with desk() as d:
        d.record.open.clear()
        d.write()
        assert d.close(0.1) is False
        assert [durable for *_, durable in d.said] == [False]


def test_closing_writes_what_waits_first() -> None:
    with desk() as d:
        for _ in range(20):
            d.write(5)
        assert d.close(5)
        assert len(d.record.entries) == 100
