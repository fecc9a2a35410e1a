"""Bursts: shaped as the priorities are told apart, begun at once, repeated, ended, never switched off."""

from __future__ import annotations

import io
import math
import struct
import wave
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.clocks import HandClock

from mr_safety_console.domain import sound
from mr_safety_console.domain.alarm_points import FLOOD, Priority
from mr_safety_console.domain.alarms import Alarm, AlarmsState
from mr_safety_console.domain.context import NS, Instant, Who
from mr_safety_console.domain.sound import Tone
from mr_safety_console.engine import tones
from mr_safety_console.engine.bursts import EVERY_S, Bursts, Order


class Desk:
    """Alarms on a table, and what was ordered about them; a burst lasts as long as its shape."""

    def __init__(self) -> None:
        self.clock, self.bursts = HandClock(), Bursts()
        self.alarms: dict[str, Alarm] = {}
        self.raised: tuple[Instant, ...] = ()
        self.playing: Tone | None = None
        self.end_bt = 0
        self.begun: list[tuple[float, Tone]] = []
        self.start_bt = self.clock.bt

    def ring(self, name: str, priority: Priority, **changes: object) -> None:
        now = self.clock.now()
        made = Alarm(id=name, no=1, rule="restarted", point="p", priority=priority, since=now, rang=now)
        self.alarms[name] = replace(self.alarms.get(name, made), **changes)

    def acknowledge(self, name: str) -> None:
        self.alarms[name] = replace(self.alarms[name], acknowledged=Who("x", "L2"))

    def hush(self, name: str, seconds: float) -> None:
        until = self.clock.bt + int(seconds * NS)
        known = self.alarms[name]
        self.alarms[name] = replace(
            known, paused_instance=known.instance, paused_until_bt=until, paused_boot=self.clock.boot
        )

    def flood(self) -> None:
        self.raised = (self.clock.now(),) * (FLOOD + 1)

    @property
    def state(self) -> AlarmsState:
        return AlarmsState(open=dict(self.alarms), raised=self.raised)

    def look(self) -> Order:
        if self.playing is not None and self.clock.bt >= self.end_bt:
            self.playing = None
        order = self.bursts.look(self.state, self.clock.now(), self.playing)
        if order.stop:
            self.playing = None
        if order.start is not None:
            assert self.playing is None, "one burst at a time"
            self.playing = order.start
            self.end_bt = self.clock.bt + int(tones.SHAPES[order.start].seconds * NS)
            self.begun.append(((self.clock.bt - self.start_bt) / NS, order.start))
        return order

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds * 10)):
            self.look()
            self.clock.advance(0.1)


def test_nothing_is_played_where_nothing_calls() -> None:
    desk = Desk()
    desk.run(20)
    assert desk.begun == []


@pytest.mark.parametrize("priority", [Priority.HIGH, Priority.MEDIUM])
def test_a_burst_begins_at_once_and_again_at_its_interval_until_somebody_answers(priority: Priority) -> None:
    desk = Desk()
    tone = {Priority.HIGH: Tone.HIGH, Priority.MEDIUM: Tone.MEDIUM}[priority]
    desk.ring("a", priority)
    desk.run(2 * EVERY_S[tone] + 1)
    assert desk.begun == [(pytest.approx(n * EVERY_S[tone], abs=0.15), tone) for n in range(3)]
    desk.acknowledge("a")
    desk.run(30)
    assert desk.playing is None
    assert len(desk.begun) == 3


def test_a_low_burst_is_played_once_for_each_instance() -> None:
    desk = Desk()
    desk.ring("a", Priority.LOW)
    desk.run(60)
    assert desk.begun == [(0.0, Tone.LOW)]
    desk.ring("a", Priority.LOW, instance=2)
    desk.run(60)
    assert [tone for _, tone in desk.begun] == [Tone.LOW, Tone.LOW]


def test_a_reminder_is_played_once_each_time_and_gives_way_to_everything() -> None:
    """One soft burst: nothing that waits for an answer is covered by one for what was answered."""
    desk = Desk()
    desk.ring("a", Priority.HIGH, acknowledged=Who("x", "L2"))
    for again in (1, 2):
        desk.ring("a", Priority.HIGH, reminded_at=desk.clock.now())
        desk.run(15)
        assert [tone for _, tone in desk.begun] == [Tone.REMINDER] * again
    desk.ring("a", Priority.HIGH, reminded_at=desk.clock.now())
    assert desk.look() == Order(start=Tone.REMINDER)
    desk.ring("b", Priority.LOW)
    assert desk.look() == Order(stop=True, start=Tone.LOW)
    desk.ring("c", Priority.HIGH)
    assert desk.look() == Order(stop=True, start=Tone.HIGH)


def test_the_higher_priority_ends_the_lower_and_begins_at_once() -> None:
    desk = Desk()
    desk.ring("m", Priority.MEDIUM)
    desk.look()
    desk.clock.advance(0.3)
    desk.ring("h", Priority.HIGH)
    assert desk.look() == Order(stop=True, start=Tone.HIGH)


def test_the_lower_is_heard_as_soon_as_the_higher_is_answered() -> None:
    desk = Desk()
    desk.ring("m", Priority.MEDIUM)
    desk.ring("h", Priority.HIGH)
    assert desk.look() == Order(start=Tone.HIGH)
    desk.clock.advance(1)
    desk.acknowledge("h")
    assert desk.look() == Order(stop=True, start=Tone.MEDIUM)


def test_a_new_alarm_or_instance_of_the_same_priority_does_not_wait_for_the_interval() -> None:
    desk = Desk()
    desk.ring("a", Priority.HIGH)
    desk.run(4.5)
    desk.ring("b", Priority.HIGH)
    assert desk.look() == Order(start=Tone.HIGH)
    desk.run(4.5)
    desk.ring("a", Priority.HIGH, instance=2)
    assert desk.look() == Order(start=Tone.HIGH)


def test_in_a_flood_a_new_high_alarm_still_does_not_wait_and_the_lesser_share_one_sound() -> None:
    """I9: however many there are, each High one begins a burst; another Medium one is heard in the next."""
    desk = Desk()
    desk.flood()
    desk.ring("m1", Priority.MEDIUM)
    assert desk.look() == Order(start=Tone.MEDIUM)
    desk.run(3)
    desk.ring("m2", Priority.MEDIUM)
    desk.ring("l1", Priority.LOW)
    desk.run(6)
    assert [tone for _, tone in desk.begun] == [Tone.MEDIUM]
    for name in ("h1", "h2", "h3"):
        desk.ring(name, Priority.HIGH)
        assert desk.look().start is Tone.HIGH
        desk.run(4)
    for name in ("h1", "h2", "h3"):
        desk.acknowledge(name)
    assert desk.look().start is Tone.MEDIUM


def test_one_that_rings_into_a_running_burst_of_its_priority_is_heard_in_it() -> None:
    desk = Desk()
    desk.ring("a", Priority.HIGH)
    desk.run(1)
    desk.ring("b", Priority.HIGH)
    desk.run(4)
    assert desk.begun == [(0.0, Tone.HIGH)]


def test_a_pause_silences_at_once_and_ends_by_itself() -> None:
    """Nothing has to be pressed for the sound to come back."""
    desk = Desk()
    desk.ring("a", Priority.HIGH)
    desk.run(1)
    desk.hush("a", 30)
    assert desk.look() == Order(stop=True)
    desk.run(29.9)
    assert len(desk.begun) == 1
    desk.run(0.3)
    assert [tone for _, tone in desk.begun] == [Tone.HIGH, Tone.HIGH]


def test_another_alarm_sounds_through_a_pause() -> None:
    desk = Desk()
    desk.ring("a", Priority.HIGH)
    desk.look()
    desk.hush("a", 30)
    desk.run(5)
    desk.ring("b", Priority.HIGH)
    assert desk.look() == Order(start=Tone.HIGH)


def test_the_second_tone_begins_the_moment_nobody_has_answered_for_its_time() -> None:
    desk = Desk()
    desk.ring("a", Priority.HIGH)
    desk.run(13)
    desk.ring("a", Priority.HIGH, unanswered_s=15)
    assert desk.look() == Order(stop=True, start=Tone.HIGH_AGAIN)


def test_a_burst_that_failed_is_due_again_at_once() -> None:
    desk = Desk()
    desk.ring("a", Priority.LOW)
    desk.look()
    desk.playing = None
    desk.bursts.failed()
    assert desk.look() == Order(start=Tone.LOW)


PRIORITIES = {"high": Priority.HIGH, "medium": Priority.MEDIUM, "low": Priority.LOW}
ACTS = st.sampled_from([*PRIORITIES, "again", "ack", "pause", "wait", "worse"])


def act_on(desk: Desk, act: str, n: int) -> None:
    name = f"a{n}"
    known = desk.alarms.get(name)
    if act in PRIORITIES:
        desk.ring(name, PRIORITIES[act])
    elif known is None or act == "wait":
        desk.clock.advance(n)
    elif act == "again":
        desk.ring(name, known.priority, instance=known.instance + 1, acknowledged=None)
    elif act == "worse":
        desk.ring(name, known.priority, unanswered_s=15)
    elif act == "ack":
        desk.acknowledge(name)
    else:
        desk.hush(name, 5)


@given(st.lists(st.tuples(ACTS, st.integers(0, 3)), max_size=40), st.booleans())
def test_whatever_happens_what_calls_is_heard_within_its_interval_and_nothing_else(
    acts: list[tuple[str, int]], flooded: bool
) -> None:
    """At no time does something call while neither its burst nor a higher one is played in time."""
    desk = Desk()
    if flooded:
        desk.flood()
    for act, n in acts:
        act_on(desk, act, n)
        desk.look()
        called = sound.rings(desk.state, desk.clock.now()).values()
        loud = max(called, default=None)
        if loud is None:
            assert desk.playing is None
        elif loud > Tone.LOW:
            assert desk.playing in (loud, None)
            assert desk.begun[-1][1] is loud
            silent_s = (desk.clock.bt - desk.start_bt) / NS - desk.begun[-1][0]
            assert silent_s <= EVERY_S[loud]


# --- what a burst is made of ---


def samples(data: bytes) -> list[int]:
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, tones.RATE_HZ)
        raw = file.readframes(file.getnframes())
    return [value for (value,) in struct.iter_unpack("<h", raw)]


def pulses(row: list[int]) -> list[tuple[int, int]]:
    """Return first and last sample of every pulse: what lies between 20 ms of silence."""
    found: list[tuple[int, int]] = []
    for at, value in enumerate(row):
        if abs(value) <= 40:
            continue
        if found and at - found[-1][1] < tones.RATE_HZ // 50:
            found[-1] = (found[-1][0], at)
        else:
            found.append((at, at))
    return found


def loudness(row: list[int], hertz: float) -> float:
    step = 2 * math.pi * hertz / tones.RATE_HZ
    real = sum(value * math.cos(step * n) for n, value in enumerate(row))
    imaginary = sum(value * math.sin(step * n) for n, value in enumerate(row))
    return math.hypot(real, imaginary)


@pytest.mark.parametrize("tone", Tone)
def test_a_burst_has_the_pulses_of_its_priority(tone: Tone) -> None:
    row = samples(tones.burst(tone))
    found = pulses(row)
    wanted = {Priority.LOW: (1, 2), Priority.MEDIUM: (3,), Priority.HIGH: (10,)}[tone.priority]
    assert len(found) in wanted
    assert len(row) / tones.RATE_HZ == pytest.approx(tones.SHAPES[tone].seconds, abs=0.01)
    assert max(map(abs, row)) <= tones.PEAK
    soft = tone is Tone.REMINDER
    assert (max(map(abs, row)) <= tones.SOFT < tones.PEAK) is soft
    low, high = (0.2, 0.5) if soft else (0.075, 0.2) if tone.priority is Priority.HIGH else (0.125, 0.25)
    assert all(low <= tones.SHAPES[tone].pulse_s <= high for _ in found)
    gaps = [(after[0] - before[1]) / tones.RATE_HZ for before, after in pairwise(found)]
    if tone.priority is Priority.HIGH:
        assert gaps[:4] == pytest.approx(gaps[5:], abs=0.01), "two groups of five, alike"
        assert max(gaps) == gaps[4], "the longest gap stands between the groups"
    else:
        assert all(0.125 <= gap <= 0.26 for gap in gaps)


@pytest.mark.parametrize("tone", Tone)
def test_a_pulse_has_four_harmonics_that_can_be_heard_beside_its_fundamental(tone: Tone) -> None:
    shape = tones.SHAPES[tone]
    row = samples(tones.burst(tone))
    first, last = pulses(row)[0]
    pulse = row[first:last]
    assert 150 <= shape.pitch_hz <= 1000
    fundamental = loudness(pulse, shape.pitch_hz)
    heard = [
        number
        for number in range(2, 16)
        if 300 <= number * shape.pitch_hz <= 4000
        and loudness(pulse, number * shape.pitch_hz) >= fundamental * 10 ** (-15 / 20)
    ]
    assert len(heard) >= 4


def test_the_silence_between_two_bursts_is_within_the_standard() -> None:
    for tone, every_s in EVERY_S.items():
        silent_s = every_s - tones.SHAPES[tone].seconds
        assert 2.5 <= silent_s <= (15 if tone.priority is Priority.HIGH else 30)


def test_a_trial_plays_low_medium_and_high() -> None:
    row = samples(tones.trial())
    assert len(row) / tones.RATE_HZ == pytest.approx(tones.trial_s(), abs=0.05)
    assert len(pulses(row)) == sum(tones.SHAPES[tone].pulses for tone in tones.TRIAL)
    assert set(samples(tones.silence())) == {0}
