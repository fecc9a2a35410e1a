"""Waking a thread: no call is lost, however it falls."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from rigging import MemoryRecord, Table, running
from support.clocks import HandClock
from support.suite_world import DETECTOR, DOOR
from support.waiting import wait_until

from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.detectors import Condition, PointChanged
from mr_safety_console.domain.emergency import EmergencyKindChosen, OpenEmergency
from mr_safety_console.domain.lifecycle import ClockStepped, LoseSession, SessionLost
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.engine import turns
from mr_safety_console.engine.wake import Wake

UNKNOWN = Condition.UNKNOWN
ASKED: Command = LoseSession(signal="SIGHUP")


def test_a_call_before_anybody_waits_is_kept_and_several_count_as_one() -> None:
    wake = Wake()
    assert wake.wait(0) is False
    for _ in range(3):
        wake.call()
    assert wake.wait(0) is True
    assert wake.wait(0) is False
    assert wake.wait(-1) is False


def test_a_thread_that_waits_is_woken_by_a_call() -> None:
    wake, woken = Wake(), []
    thread = threading.Thread(target=lambda: woken.append(wake.wait(20)))
    thread.start()
    wake.call()
    thread.join(10)
    assert woken == [True]


def put(wake: Wake, waiting: deque[int], count: int) -> None:
    for n in range(count):
        waiting.append(n)
        wake.call()


def take(wake: Wake, waiting: deque[int], count: int) -> int:
    """Return how many were taken until there were enough, or until no call came for long."""
    taken = 0
    while taken < count and wake.wait(10):
        while waiting:
            waiting.popleft()
            taken += 1
    return taken


def test_nothing_put_in_before_a_call_is_left_lying_however_many_call() -> None:
    wake, waiting = Wake(), deque[int]()
    callers = [threading.Thread(target=put, args=(wake, waiting, 5_000)) for _ in range(3)]
    for thread in callers:
        thread.start()
    taken = take(wake, waiting, 15_000)
    for thread in callers:
        thread.join(10)
    assert taken == 15_000


def test_what_comes_in_right_after_a_hand_over_is_decided_on_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    # Whoever is woken may find the other thread deciding and go back to sleep: neither what came in
    # then nor time that fires in between may be left until somebody would have looked anyway.
    monkeypatch.setattr(turns, "WAKE_S", 20.0)
    clock, record = HandClock(), MemoryRecord()
    with running(clock, record) as t:
        for rounds in range(1, 20):
            t.do(ASKED)
            clock.advance(0.01)  # so that time is looked at before the next look into the inlet
            t.do(ASKED)
            assert len(record.facts(SessionLost)) == 2 * rounds


def test_what_comes_in_while_another_thread_still_holds_the_role_is_not_slept_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The thread it woke found the role taken and slept again; whoever lets the role go looks for it."""
    monkeypatch.setattr(turns, "WAKE_S", 20.0)
    clock, record = HandClock(), MemoryRecord()
    holding, go_on = threading.Event(), threading.Event()
    with running(clock, record) as t:
        ours = t.engine._turns
        told = ours._decided

        def hold(state: SuiteState) -> None:
            told(state)
            holding.set()
            assert go_on.wait(10)

        ours._decided = hold
        first = t.engine.submit(ASKED)
        assert holding.wait(10)
        second = t.engine.submit(ASKED)
        wait_until(ours._wake._lock.locked, 5, "the other thread to take the call and find the role taken")
        ours._decided = told
        clock.advance(0.01)  # so that the look at the clock is due and does not find it by chance
        go_on.set()
        first.result(5)
        second.result(5)
    assert len(record.facts(SessionLost)) == 2


def fallen(record: MemoryRecord) -> set[str]:
    return {fact.point for fact in record.facts(PointChanged) if fact.now is UNKNOWN}


@contextmanager
def flooded(t: Table) -> Iterator[None]:
    """Put commands in without a pause, so that there is always one more to decide on."""
    done = threading.Event()

    def flood() -> None:
        while not done.is_set():
            t.ask(ASKED)

    busy = [threading.Thread(target=flood) for _ in range(2)]
    for thread in busy:
        thread.start()
    try:
        yield
    finally:
        done.set()
        for thread in busy:
            thread.join(10)


def test_time_fires_however_many_commands_come_in() -> None:
    clock, record = HandClock(), MemoryRecord()
    with running(clock, record) as t:
        t.do(OpenEmergency(emergency="E" * 16))
        with flooded(t):
            clock.advance(11)
            wait_until(lambda: record.facts(EmergencyKindChosen), 10, "the timer")
        assert [fact.by_timer for fact in record.facts(EmergencyKindChosen)] == [True]


def test_silence_and_a_step_of_the_clock_are_found_however_many_commands_come_in() -> None:
    clock, record = HandClock(), MemoryRecord()
    with running(clock, record) as t:
        t.all_normal()
        with flooded(t):
            clock.step_wall(-3600)
            clock.advance(2.5)
            wait_until(lambda: record.facts(ClockStepped), 10, "the step of the clock")
            wait_until(lambda: {DETECTOR, DOOR} <= fallen(record), 10, "the silence")
        assert [fact.delta_ms for fact in record.facts(ClockStepped)] == [-3_600_000]
