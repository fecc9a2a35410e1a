"""A device that chatters for a night: rows stay bounded, every danger is alarmed, counts are kept."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rigging import note, reading
from support.suite_world import DETECTOR, DOOR, World, site

from devices import NoteKind
from mr_safety_console.domain.alarms import AlarmRaised, AlarmRepeated
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.context import NS
from mr_safety_console.domain.detectors import Condition, NoteDevice, ObservePoint, PointChattered
from mr_safety_console.engine.chatter import SINGLY, STEADY_NS, WINDOW_NS
from mr_safety_console.engine.watch import Watch

MS = 1_000_000
T0 = 1_000 * NS
PORTS = {DETECTOR: "portal", DOOR: "interlock"}


class Bench:
    """A watch, the rules behind it, and every row they make; time in milliseconds from the start."""

    def __init__(self) -> None:
        self.watch, self.world = Watch(site(), lambda: None), World()
        self.world.add_staff()
        self.begun = len(self.world.entries)
        self.given: list[ObservePoint] = []
        self.at_bt = T0

    def hear(self, ms: int, point: str, word: str, alarms: int | None = None) -> None:
        self.at_bt = T0 + ms * MS
        self.watch.hear(reading(self.at_bt, PORTS[point], word, "NORMAL", alarms=(alarms,)))
        self.decide()

    def look(self, ms: int) -> None:
        self.at_bt = T0 + ms * MS
        self.decide()

    def decide(self) -> None:
        for command in [*self.watch.take(), *self.watch.expire(self.at_bt)]:
            self.world.clock.bt = self.at_bt
            self._give(command)

    def _give(self, command: Command) -> None:
        if isinstance(command, ObservePoint):
            self.given.append(command)
        self.world.live = dict(self.watch.levels)
        self.world.do(command, src="device")

    @property
    def rows(self) -> int:
        return len(self.world.entries) - self.begun

    def flap(
        self, seconds: int, point: str = DETECTOR, words: tuple[str, ...] = ("NORMAL", "DANGER")
    ) -> None:
        for n in range(seconds * 50):
            self.hear(n * 20, point, words[n % len(words)])


@pytest.mark.parametrize(
    "words",
    [("NORMAL", "DANGER"), ("NORMAL", "UNKNOWN"), ("DANGER", "UNKNOWN"), ("NORMAL", "DANGER", "UNKNOWN")],
)
@pytest.mark.parametrize("point", [DETECTOR, DOOR])
def test_a_point_that_flaps_fifty_times_a_second_makes_bounded_rows(
    point: str, words: tuple[str, ...]
) -> None:
    """A broken contact cannot fill the record."""
    short, long = Bench(), Bench()
    short.flap(20, point, words)
    long.flap(60, point, words)
    assert short.rows <= 100
    assert long.rows - short.rows <= 40, "and it does not grow by more than a row a second"


def test_first_edges_go_singly_then_one_count_and_no_change_is_lost() -> None:
    bench = Bench()
    bench.flap(30)
    bench.look(30_000 + 2_400)
    bench.hear(33_000, DETECTOR, "DANGER")
    bench.hear(34_000, DETECTOR, "NORMAL")
    for n in range(6):
        bench.hear(35_000 + n * 1000, DETECTOR, "NORMAL")
    assert [o.changes for o in bench.given if o.point == DETECTOR][:SINGLY] == [0] * SINGLY
    singly = sum(not o.changes for o in bench.given[:-1] if o.point == DETECTOR)
    counted = sum(fact.changes for fact in bench.world.facts(PointChattered))
    assert singly + counted == 30 * 50 + 1, "each change is a row or in a count"
    assert bench.given[-1].condition is Condition.NORMAL


def test_a_danger_is_told_at_once_whatever_chattered_before() -> None:
    """No limit on rows delays an alarm."""
    bench = Bench()
    bench.flap(10, words=("NORMAL", "UNKNOWN"))
    assert bench.world.state.points.condition(DETECTOR) is Condition.UNKNOWN
    bench.hear(10_000, DETECTOR, "DANGER")
    assert bench.world.state.points.condition(DETECTOR) is Condition.DANGER
    assert [f.rule for f in bench.world.facts(AlarmRaised)][-1] in ("ferrous-entry", "ferrous-approach")


def test_while_it_chatters_the_danger_stands_and_rings_again_within_ten_seconds() -> None:
    bench = Bench()
    bench.flap(40)
    alarms = [
        a for a in bench.world.state.alarms.open.values() if a.point == DETECTOR and "ferrous" in a.rule
    ]
    (alarm,) = alarms
    assert alarm.present
    assert bench.world.state.points.condition(DETECTOR) is Condition.DANGER
    bench.hear(40_000, DETECTOR, "NORMAL")
    assert bench.watch.levels[DETECTOR].condition is Condition.DANGER, "no flicker to normal in what is shown"
    assert bench.watch.levels[DETECTOR].reason == "chatter"
    times = [
        e.at.bt
        for e in bench.world.entries
        if isinstance(e.fact, AlarmRaised | AlarmRepeated) and e.fact.alarm == alarm.id
    ]
    assert max(after - before for before, after in pairwise(times)) <= 10 * NS + 20 * MS
    assert sum(f.dangers for f in bench.world.facts(PointChattered)) >= 30 * 25


def test_it_reads_normal_again_after_five_steady_seconds_and_not_before() -> None:
    bench = Bench()
    bench.flap(5)
    last = 5 * 50 * 20
    bench.hear(last, DETECTOR, "NORMAL")
    steady_ms = STEADY_NS // MS
    for ms in range(last, last + steady_ms, 500):
        bench.hear(ms, DETECTOR, "NORMAL")
        assert bench.world.state.points.condition(DETECTOR) is Condition.DANGER
    bench.hear(last + steady_ms, DETECTOR, "NORMAL")
    assert bench.world.state.points.condition(DETECTOR) is Condition.NORMAL
    assert bench.watch.levels[DETECTOR].condition is Condition.NORMAL


def test_a_line_that_falls_silent_while_it_chatters_is_unknown_on_screen_and_soon_on_the_record() -> None:
    """I3: chatter never stands in for a reading."""
    bench = Bench()
    bench.flap(5)
    for ms in range(5_000, 13_000, 250):
        bench.look(ms)
    assert bench.watch.levels[DETECTOR].condition is Condition.UNKNOWN
    assert bench.world.state.points.condition(DETECTOR) is Condition.UNKNOWN


def test_counted_pulses_of_a_racing_counter_are_bounded_and_all_told() -> None:
    bench = Bench()
    for n in range(60 * 50):
        bench.hear(n * 20, DETECTOR, "NORMAL", alarms=n)
    for n in range(6):
        bench.hear(60_000 + n * 1000, DETECTOR, "NORMAL", alarms=60 * 50 - 1)
    assert sum(o.edges for o in bench.given) == 60 * 50 - 1
    assert bench.rows <= 150


def test_a_person_who_walks_through_with_iron_is_no_chatter() -> None:
    bench = Bench()
    for n in range(4):
        bench.hear(n * 3000, DETECTOR, "NORMAL", alarms=n)
        bench.hear(n * 3000 + 500, DETECTOR, "DANGER", alarms=n + 1)
    assert not bench.world.facts(PointChattered)
    assert len([o for o in bench.given if o.condition is Condition.DANGER]) == 4


def test_looking_again_is_never_due_in_the_past_for_ever() -> None:
    """A point that chatters does not make the deciding thread spin."""
    bench = Bench()
    bench.flap(12)
    for ms in range(12_000, 30_000, 250):
        bench.look(ms)
        due = bench.watch.next_silence()
        assert due is None or due > bench.at_bt


def test_missed_alarm_notes_are_summed_per_port() -> None:
    watch = Watch(site(), lambda: None)
    for n in range(SINGLY + 5):
        watch.hear(note(T0 + n, "portal", NoteKind.MISSED_ALARM))
        watch.hear(note(T0 + n, "interlock", NoteKind.MISSED_ALARM))
    assert len(watch.take()) == 2 * SINGLY
    assert watch.expire(T0 + WINDOW_NS // 2) == []
    late = [o for o in watch.expire(T0 + 2 * WINDOW_NS) if isinstance(o, NoteDevice)]
    assert {(o.port, o.count) for o in late} == {("portal", 5), ("interlock", 5)}


WORDS = st.lists(
    st.tuples(st.sampled_from(["NORMAL", "DANGER", "UNKNOWN"]), st.sampled_from([5, 20, 200, 1500, 4000])),
    max_size=120,
)


@given(WORDS)
@settings(max_examples=60, deadline=None)
def test_however_it_chatters_no_danger_goes_without_an_alarm(words: list[tuple[str, int]]) -> None:
    """At every danger the point says, its alarm is open and present."""
    bench, ms = Bench(), 0
    for word, wait_ms in words:
        ms += wait_ms
        bench.look(ms - 1)
        bench.hear(ms, DETECTOR, word)
        if word == "DANGER":
            assert any(
                a.present and a.point == DETECTOR and "ferrous" in a.rule
                for a in bench.world.state.alarms.open.values()
            )
        if word == "NORMAL" and bench.watch.levels[DETECTOR].condition is Condition.NORMAL:
            assert bench.world.state.points.condition(DETECTOR) is Condition.NORMAL
    assert bench.rows <= 12 * (SINGLY + 12) * (1 + ms // 10_000)
