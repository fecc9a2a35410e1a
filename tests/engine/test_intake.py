"""The intake: durable first, handed over second, and never stopped by an engine or a disk."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.waiting import wait_until

from mr_safety_console.domain import emergency as em
from mr_safety_console.domain import emergency_lane as lane
from mr_safety_console.domain import quench
from mr_safety_console.domain.codec import Command, Entry
from mr_safety_console.domain.context import NS, US, Instant
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.engine.intake import Intake, Late, Submit, Unreadable, unread
from mr_safety_console.engine.spool import Spool, SpoolReader, SpoolRecord
from mr_safety_console.engine.ticket import Ticket, TicketState


class HandClock:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.second = 0.0

    def now(self) -> Instant:
        return Instant(1_700_000_000 * US + int(self.second * US), int((100 + self.second) * NS), "boot-a")


class Engine:
    """What the intake hands its commands to: it answers, raises, stays silent or blocks."""

    def __init__(self, way: str = "answers") -> None:
        self.way = way
        self.got: list[tuple[Command, Instant, str]] = []
        self.free = threading.Event()

    def submit(self, command: Command, occ: Instant, cause: str) -> Future[object]:
        self.got.append((command, occ, cause))
        future: Future[object] = Future()
        if self.way == "raises":
            raise RuntimeError("the engine is gone")
        if self.way == "blocks":
            self.free.wait(30)
        if self.way == "answers":
            future.set_result("accepted")
        if self.way == "refuses":
            future.set_result(Refused("busy", "busy", "nobody", "again"))
        return future


class Lane:
    """An intake with its clock, engine and spool, closed at the end."""

    def __init__(self, tmp_path: Path, way: str = "answers", dirs: tuple[Path, ...] | None = None) -> None:
        self.clock = HandClock()
        self.engine = Engine(way)
        self.dirs = (tmp_path / "data" / "spool", tmp_path / "run") if dirs is None else dirs
        self.seen: list[tuple[str, TicketState]] = []
        self.spool = Spool(self.dirs)
        self.spool.open()
        submit: Submit = self.engine.submit
        self.intake = Intake(self.spool, self.clock, submit, lambda t, s: self.seen.append((t.cause, s)))
        self.intake.start()

    def state(self, ticket: Ticket) -> TicketState:
        return ticket.state(self.clock.now())

    def recorded(self, ticket: Ticket) -> None:
        wait_until(lambda: self.state(ticket) is TicketState.RECORDED, 5, "the record is durable")

    def close(self) -> None:
        self.engine.free.set()
        assert self.intake.close(5)


@pytest.fixture
def way() -> str:
    return "answers"


@pytest.fixture
def it(tmp_path: Path, way: str) -> Iterator[Lane]:
    made = Lane(tmp_path, way)
    yield made
    made.close()


def test_a_press_is_durable_then_handed_over_with_its_moment_and_cause(it: Lane) -> None:
    it.clock.second = 7
    pressed = it.clock.now()
    ticket = it.intake.press()
    it.clock.second = 7.3
    it.recorded(ticket)
    wait_until(lambda: it.engine.got, 5, "the engine was told")
    ((command, occ, cause),) = it.engine.got
    assert command == em.OpenEmergency(emergency=ticket.emergency)
    assert (occ, cause) == (pressed, ticket.cause)
    (record,) = SpoolReader(it.dirs).poll()
    assert (record.cause, record.at) == (cause, pressed)
    wait_until(lambda: it.seen == [(cause, TicketState.RECORDED)], 5, "the screen was told once")


def test_presses_within_two_seconds_are_one_and_later_ones_are_not(it: Lane) -> None:
    first = it.intake.press()
    it.clock.second = 1.9
    assert it.intake.press() is first
    it.clock.second = 2.0
    assert it.intake.press() is not first


def test_the_moment_of_the_key_is_the_callers_if_it_has_one(it: Lane) -> None:
    key = it.clock.now()
    it.clock.second = 0.4
    assert it.intake.press(key).at == key


@pytest.mark.parametrize("way", ["raises", "silent", "blocks", "refuses"])
def test_no_engine_can_keep_a_record_from_the_spool(it: Lane, way: str) -> None:
    ticket = it.intake.press()
    steps = [
        it.intake.step(em.StampEmergencyStep(emergency=ticket.emergency, step=f"E{n}")) for n in range(1, 9)
    ]
    for item in [ticket, *steps]:
        it.recorded(item)
    assert len(SpoolReader(it.dirs).poll()) == 9
    folded = it.intake.fold()
    assert folded.current is not None
    assert set(folded.current.steps) == {f"E{n}" for n in range(1, 9)}
    it.clock.second = 0.25
    assert ticket.engine_silent(it.clock.now()) is (way != "refuses")


def test_an_engine_that_answers_is_not_silent(it: Lane) -> None:
    ticket = it.intake.press()
    wait_until(ticket.answered.is_set, 5, "the engine answered")
    it.clock.second = 60
    assert not ticket.engine_silent(it.clock.now())


def test_records_reach_the_engine_in_the_order_of_the_keys(it: Lane) -> None:
    ticket = it.intake.press()
    for n in range(50):
        it.intake.step(em.StampEmergencyStep(emergency=ticket.emergency, step=f"S{n}"))
    wait_until(lambda: len(it.engine.got) == 51, 10, "everything was handed over")
    causes = [lane.parse_cause(cause) for _, _, cause in it.engine.got]
    assert [cause[1] for cause in causes if cause] == list(range(1, 52))


def test_what_can_be_refused_does_not_take_the_lane(it: Lane) -> None:
    with pytest.raises(ValueError, match="end-emergency"):
        it.intake.step(em.EndEmergency(emergency="X"))


def nowhere(tmp_path: Path) -> Path:
    (tmp_path / "file").write_text("in the way")
    return tmp_path / "file" / "spool"


def test_nowhere_to_write_is_said_at_once_and_the_engine_is_told_all_the_same(tmp_path: Path) -> None:
    it = Lane(tmp_path, "silent", (nowhere(tmp_path),))
    try:
        ticket = it.intake.press()
        wait_until(lambda: self_says(it, ticket), 5, "not recorded is announced")
        assert it.state(ticket) is TicketState.NOT_RECORDED
        assert str(tmp_path) in ticket.fault
        wait_until(lambda: it.engine.got, 5, "the engine was told")
        assert it.intake.fold().current is not None
    finally:
        it.close()


def self_says(it: Lane, ticket: Ticket) -> bool:
    return (ticket.cause, TicketState.NOT_RECORDED) in it.seen


def test_an_engine_that_accepts_makes_it_recorded_when_the_spool_could_not(tmp_path: Path) -> None:
    it = Lane(tmp_path, "answers", (nowhere(tmp_path),))
    try:
        it.recorded(it.intake.press())
    finally:
        it.close()


def test_a_place_that_comes_back_is_used_and_the_ticket_turns_recorded(tmp_path: Path) -> None:
    it = Lane(tmp_path, "silent", (nowhere(tmp_path),))
    try:
        ticket = it.intake.press()
        wait_until(lambda: self_says(it, ticket), 5, "not recorded is announced")
        (tmp_path / "file").unlink()
        it.recorded(ticket)
        assert len(SpoolReader(it.dirs).poll()) == 1
        wait_until(lambda: it.seen[-1] == (ticket.cause, TicketState.RECORDED), 5, "it is announced")
    finally:
        it.close()


class SlowSpool(Spool):
    """A spool whose disk hangs until it is let go."""

    def __init__(self, dirs: tuple[Path, ...]) -> None:
        super().__init__(dirs)
        self.free = threading.Event()

    def write(self, record: SpoolRecord) -> int:
        assert self.free.wait(30)
        return super().write(record)


def test_a_hanging_disk_is_not_recorded_after_a_second_and_delays_nobody(tmp_path: Path) -> None:
    clock, engine, seen = HandClock(), Engine("silent"), list[TicketState]()
    spool = SlowSpool((tmp_path,))
    intake = Intake(spool, clock, engine.submit, lambda ticket, state: seen.append(state))
    intake.start()
    try:
        ticket = intake.press()
        clock.second = 0.9
        assert ticket.state(clock.now()) is TicketState.RECORDING
        assert engine.got == []
        clock.second = 1.0
        assert ticket.state(clock.now()) is TicketState.NOT_RECORDED
        wait_until(lambda: seen == [TicketState.NOT_RECORDED], 5, "the screen was told")
        wait_until(lambda: engine.got, 5, "the engine was told without waiting for the disk")
        spool.free.set()
        wait_until(lambda: seen[-1] is TicketState.RECORDED, 5, "it is recorded after all")
    finally:
        spool.free.set()
        assert intake.close(5)


def test_closing_reports_a_hanging_disk_and_still_lets_it_finish(tmp_path: Path) -> None:
    spool = SlowSpool((tmp_path,))
    intake = Intake(spool, HandClock(), Engine("silent").submit)
    intake.start()
    intake.press()
    assert intake.close(0.05) is False
    spool.free.set()
    assert intake.close(5) is True
    assert len(SpoolReader((tmp_path,)).poll()) == 1


def test_presses_before_the_start_wait_in_order(tmp_path: Path) -> None:
    spool, engine = Spool((tmp_path,)), Engine()
    intake = Intake(spool, HandClock(), engine.submit)
    ticket = intake.press()
    intake.start()
    try:
        wait_until(lambda: ticket.recorded, 5, "the press is durable")
    finally:
        assert intake.close(5)


def test_closing_an_intake_that_never_started_is_harmless(tmp_path: Path) -> None:
    assert Intake(Spool((tmp_path,)), HandClock(), Engine().submit).close() is True


# --- the engine's side -------------------------------------------------------------------------


def test_unread_records_become_commands_with_moment_and_cause_exactly_once(it: Lane) -> None:
    ticket = it.intake.press()
    it.clock.second = 3
    step = it.intake.step(quench.StampQuenchStep(step="Q1"))
    it.recorded(step)
    reader = SpoolReader(it.dirs)
    assert unread(reader, lane.LaneState()) == (
        Late(em.OpenEmergency(emergency=ticket.emergency), ticket.at, ticket.cause),
        Late(quench.StampQuenchStep(step="Q1"), step.at, step.cause),
    )
    assert unread(reader, lane.LaneState()) == ()
    again = SpoolReader(it.dirs)
    fact = em.EmergencyOpened(emergency="X", no=1, press=ticket.at)
    done = lane.evolve(lane.LaneState(), Entry(1, ticket.at, fact, ticket.cause, "person"))
    assert [late.cause for late in unread(again, done)] == [step.cause]


def test_a_sound_record_this_program_cannot_read_is_reported_not_dropped(tmp_path: Path) -> None:
    spool = Spool((tmp_path,))
    at = HandClock().now()
    for kind, data in (
        ("of-the-future", {}),
        ("open-emergency", {"emergency": 5}),
        ("ask-emergency-end", {}),
    ):
        spool.write(spool.prepare(kind, data, at))
    spool.write(spool.prepare("ask-emergency-end", {"emergency": "X"}, at))
    spool.close()
    found = unread(SpoolReader((tmp_path,)), ())
    assert len(found) == 4
    assert all(isinstance(item, Unreadable) and item.why for item in found)


steps = st.lists(
    st.tuples(st.sampled_from(["press", "kind", "E1", "E6", "Q1"]), st.integers(0, 40)), max_size=12
)


@settings(max_examples=25, deadline=None)
@given(steps)
def test_the_screens_fold_and_the_engines_fold_of_the_spool_agree(
    tmp_path_factory: pytest.TempPathFactory, story: list[tuple[str, int]]
) -> None:
    it = Lane(tmp_path_factory.mktemp("lane"), "silent")
    try:
        for act, wait in story:
            it.clock.second += wait / 4
            if act == "press":
                it.intake.press()
            elif act == "kind":
                it.intake.step(em.ChooseEmergencyKind(emergency="EM", about=em.EmergencyKind.FIRE))
            elif act == "Q1":
                it.intake.step(quench.StampQuenchStep(step=act, quench="Q"))
            else:
                it.intake.step(em.StampEmergencyStep(emergency="EM", step=act))
        screen, log = it.intake.fold(), it.intake.fold_quench()
    finally:
        it.close()
    state, field, done = em.EmergencyState(), quench.QuenchState(), lane.LaneState()
    for late in unread(SpoolReader(it.dirs), done):
        assert isinstance(late, Late)
        moment = Moment(late.occ, late.occ)
        facts = em.decide(state, late.command, moment)
        assert not isinstance(facts, Refused)
        for told in (*facts, *quench.decide(field, late.command, moment)):
            entry = Entry(0, late.occ, told, late.cause, "person")
            state, field, done = (
                em.evolve(state, entry),
                quench.evolve(field, entry),
                lane.evolve(done, entry),
            )
    assert (screen, log) == (state, field)
    assert it.intake.fold(state, done) == state


class Moment:
    tokens: tuple[str, ...] = ()

    def __init__(self, now: Instant, when: Instant) -> None:
        self.now, self.when = now, when


@pytest.mark.timing
def test_a_press_costs_its_caller_less_than_five_milliseconds_and_is_durable_in_a_second(it: Lane) -> None:
    it.intake.press()
    costs = []
    for n in range(50):
        before = time.perf_counter()
        ticket = it.intake.step(em.StampEmergencyStep(emergency="", step=f"S{n}"))
        costs.append(time.perf_counter() - before)
    assert sorted(costs)[25] < 0.005
    assert ticket.settled.wait(1.0)


def test_the_lane_needs_nothing_but_the_standard_library() -> None:
    code = (
        "import sys\n"
        "import mr_safety_console.engine.intake\n"
        "files = {n: getattr(m, '__file__', '') or '' for n, m in sys.modules.items()}\n"
        "print(*sorted(n for n, f in files.items() if 'site-packages' in f))\n"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    foreign = {name.split(".")[0] for name in done.stdout.split()}
    assert foreign <= {"mr_safety_console", "_distutils_hack"}
