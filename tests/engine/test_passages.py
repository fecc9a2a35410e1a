"""Devices that count who passes: totals told as they grow, bounded, believed only as readings are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rigging import note, reading
from support.suite_world import DETECTOR, DOOR, World, site

from devices import NoteKind
from mr_safety_console.domain.context import NS
from mr_safety_console.domain.crossings import MODULUS, ObservePassages, PassagesCounted
from mr_safety_console.domain.detectors import Condition, ObservePoint
from mr_safety_console.engine.chatter import SINGLY, WINDOW_NS
from mr_safety_console.engine.watch import Watch

MS = 1_000_000
T0 = 1_000 * NS


class Bench:
    """A watch that hears one counting device of two channels."""

    def __init__(self) -> None:
        self.watch = Watch(site(), lambda: None)
        self.at_bt = T0

    def hear(
        self, ms: int, inwards: int | None, outwards: int | None = 0, word: str = "NORMAL", boot: int = 1
    ) -> list[ObservePassages]:
        self.at_bt = T0 + ms * MS
        counted = (inwards, outwards if inwards is not None else None)
        self.watch.hear(reading(self.at_bt, "portal", word, "NORMAL", crossings=counted, boot=boot))
        return self.taken()

    def taken(self) -> list[ObservePassages]:
        given = [*self.watch.take(), *self.watch.expire(self.at_bt)]
        return [command for command in given if isinstance(command, ObservePassages)]


def test_totals_are_told_once_for_the_device_and_again_only_as_they_grow() -> None:
    """B10, B11: two channels repeat them; the first speaks for both."""
    bench = Bench()
    first = ObservePassages(point=DETECTOR, device_boot=1, total_in=5, total_out=4, unseen=True)
    assert bench.hear(0, 5, 4) == [first]
    assert bench.hear(500, 5, 4) == []
    assert bench.hear(1000, 6, 4) == [ObservePassages(point=DETECTOR, device_boot=1, total_in=6, total_out=4)]
    level = bench.watch.levels[DETECTOR]
    assert (level.crossings_in, level.crossings_out, level.device_boot) == (6, 4, 1)


def test_a_device_that_does_not_count_tells_nothing() -> None:
    bench = Bench()
    assert bench.hear(0, None) == []
    assert bench.watch.levels[DETECTOR].crossings_in is None


def test_what_is_not_believed_is_not_counted_and_comes_as_unseen() -> None:
    """I3: a late, foreign or recovering word; when it is believed again the growth is told."""
    bench = Bench()
    bench.hear(0, 5)
    assert bench.hear(500, 9, word="UNKNOWN") == []
    (told,) = bench.hear(1000, 7)
    assert (told.total_in, told.unseen) == (7, True)
    assert bench.hear(1500, 8)[0].unseen is False


@pytest.mark.parametrize("kind", [NoteKind.LOST, NoteKind.SILENT, NoteKind.REBOOTED])
def test_after_a_lost_line_what_passed_meanwhile_is_unseen(kind: NoteKind) -> None:
    bench = Bench()
    bench.hear(0, 5)
    bench.watch.hear(note(T0 + 100 * MS, "portal", kind))
    bench.taken()
    (told,) = bench.hear(1000, 6)
    assert told.unseen


def test_after_silence_what_passed_meanwhile_is_unseen() -> None:
    bench = Bench()
    bench.hear(0, 5)
    bench.at_bt = T0 + 10 * NS
    bench.taken()
    (told,) = bench.hear(11_000, 6)
    assert told.unseen


def test_nothing_passed_in_the_gap_leaves_nothing_unseen() -> None:
    bench = Bench()
    bench.hear(0, 5)
    bench.hear(500, 5, word="UNKNOWN")
    assert bench.hear(1000, 5) == []
    assert bench.hear(1500, 6)[0].unseen is False


def test_what_passes_as_an_alarm_ends_is_told_before_its_end() -> None:
    """So that the test piece of a walk test counts nobody."""
    watch = Watch(site(), lambda: None)
    watch.hear(reading(T0, "portal", "NORMAL", "NORMAL", crossings=(0, 0)))
    watch.hear(reading(T0 + NS, "portal", "DANGER", "NORMAL", crossings=(1, 0)))
    watch.take()
    watch.hear(reading(T0 + 2 * NS, "portal", "NORMAL", "NORMAL", crossings=(1, 0)))
    assert [type(command) for command in watch.take()] == [ObservePassages, ObservePoint]


def test_a_device_that_counts_for_a_night_makes_bounded_rows_and_loses_nobody() -> None:
    """Fifty passages a second for a minute: ten at once, then one row in ten seconds; all are counted."""
    bench, world = Bench(), World()
    world.start()
    for point in (DETECTOR, DOOR):
        world.observe(point, Condition.DANGER if point == DOOR else Condition.NORMAL)
    for n in range(50 * 60):
        for told in bench.hear(20 * n, n, n):
            world.clock.bt = bench.at_bt
            world.do(told, src="device")
    bench.at_bt += WINDOW_NS
    assert bench.watch.next_silence() is not None
    for told in bench.taken():
        world.do(told, src="device")
    rows = world.facts(PassagesCounted)
    assert len(rows) <= SINGLY + 8
    assert sum(row.inwards for row in rows) == 50 * 60 - 1
    assert world.state.crossings.counters[DETECTOR].net == 0


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(
        st.tuples(
            st.integers(1, 4000),
            st.integers(0, 3),
            st.integers(0, 3),
            st.sampled_from(["NORMAL"] * 3 + ["DANGER", "UNKNOWN"]),
        ),
        min_size=1,
        max_size=60,
    ),
    start=st.sampled_from([0, MODULUS - 5]),
)
def test_however_it_is_heard_the_totals_told_last_are_those_heard_last(
    steps: list[tuple[int, int, int, str]], start: int
) -> None:
    """Also over their end at 2**32."""
    bench, inwards, outwards, ms = Bench(), start, 0, 0
    told = bench.hear(0, start)
    for wait_ms, more_in, more_out, word in steps:
        ms += wait_ms
        inwards, outwards = (inwards + more_in) % MODULUS, outwards + more_out
        told += bench.hear(ms, inwards, outwards, word)
    told += bench.hear(ms + 11_000, inwards, outwards)
    bench.at_bt += 11 * NS
    told += bench.taken()
    assert (told[-1].total_in, told[-1].total_out) == (inwards, outwards)
    assert bench.taken() == []
