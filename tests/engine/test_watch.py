"""The device watch: levels are refreshed, edges are never missed, silence and floods are UNKNOWN."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rigging import note, reading
from support.suite_world import DETECTOR, DOOR, WAND, site

from devices import VOIDS_PORT, NoteKind, Origin
from mr_safety_console.domain.context import NS
from mr_safety_console.domain.detectors import Condition, NoteDevice, ObservePoint
from mr_safety_console.engine import watch as watching
from mr_safety_console.engine.watch import Watch

MS = 1_000_000
T0 = 1_000 * NS


class Wakes:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


def watch(**changes: object) -> Watch:
    return Watch(site(**changes), lambda: None)


def seen(taken: list[object]) -> list[tuple[str, str, int]]:
    return [(o.point, str(o.condition), o.edges) for o in taken if isinstance(o, ObservePoint)]


def test_a_level_is_refreshed_by_every_reading_an_edge_made_only_by_a_change() -> None:
    wakes = Wakes()
    w = Watch(site(), wakes)
    w.hear(reading(T0, "portal", "NORMAL", "NORMAL"))
    assert seen(w.take()) == [(DETECTOR, "NORMAL", 0), (WAND, "NORMAL", 0)]
    before = w.levels
    w.hear(reading(T0 + NS, "portal", "NORMAL", "NORMAL"))
    assert w.take() == []
    assert wakes.count == 1
    assert w.levels[DETECTOR].heard_bt == T0 + NS
    assert before[DETECTOR].heard_bt == T0, "a mapping handed out never changes"
    w.hear(reading(T0 + 2 * NS, "portal", "DANGER", "NORMAL"))
    assert seen(w.take()) == [(DETECTOR, "DANGER", 0)]
    assert w.levels[DETECTOR].condition is Condition.DANGER


def test_the_next_word_of_a_point_asked_again_goes_out_though_it_is_the_last_one_again() -> None:
    """I3: a point that comes back from out of service is UNKNOWN until this word is decided on."""
    w = watch()
    w.hear(reading(T0, "portal", "NORMAL", "DANGER"))
    w.take()
    w.ask_again((DETECTOR, WAND))
    w.hear(reading(T0 + NS, "portal", "NORMAL", "DANGER"))
    assert seen(w.take()) == [(DETECTOR, "NORMAL", 0), (WAND, "DANGER", 0)]
    w.ask_again((DETECTOR,))
    silent = w.expire(T0 + 10 * NS)
    assert {(o.point, str(o.condition)) for o in silent} == {(DETECTOR, "UNKNOWN"), (WAND, "UNKNOWN")}


def test_a_pulse_between_two_equal_levels_is_an_edge_for_a_detector_only() -> None:
    w = watch()
    w.hear(reading(T0, "portal", "NORMAL", "NORMAL", alarms=(4, 0)))
    w.hear(reading(T0, "interlock", "NORMAL", "NORMAL", alarms=(1, 0)))
    w.take()
    w.hear(reading(T0 + NS, "portal", "NORMAL", "NORMAL", alarms=(6, 0)))
    w.hear(reading(T0 + NS, "interlock", "NORMAL", "NORMAL", alarms=(9, 0)))
    assert seen(w.take()) == [(DETECTOR, "NORMAL", 2)]
    w.hear(reading(T0 + 2 * NS, "portal", "NORMAL", "NORMAL", alarms=(1, 0)))
    assert seen(w.take()) == [], "a counter that went back counts nothing"


def test_an_input_the_site_does_not_have_says_nothing() -> None:
    w = watch()
    w.hear(reading(T0, "portal", "NORMAL", "NORMAL", "DANGER"))
    w.hear(reading(T0, "nowhere", "DANGER"))
    assert seen(w.take()) == [(DETECTOR, "NORMAL", 0), (WAND, "NORMAL", 0)]
    assert set(w.levels) == {DETECTOR, WAND}


def test_a_reading_that_overtakes_the_look_for_silence_is_not_silence() -> None:
    w = watch()
    w.hear(reading(T0 + 1, "portal", "NORMAL", "NORMAL"))
    w.take()
    assert w.expire(T0) == [], "the look was timed before the reading came"
    assert seen(w.expire(T0 + 2500 * MS + 1)) != [], "and silence after it is still found"


@pytest.mark.parametrize(("limits", "silence_ms"), [({}, 2500), ({"silence_ms": 800}, 800)])
def test_silence_is_unknown_at_the_limit_and_not_before(limits: dict[str, int], silence_ms: int) -> None:
    w = watch(limits=limits)
    w.hear(reading(T0, "portal", "NORMAL", "DANGER"))
    w.take()
    due = T0 + silence_ms * MS
    assert w.next_silence() == due
    assert w.expire(due - 1) == []
    fallen = w.expire(due)
    assert seen(fallen) == [(DETECTOR, "UNKNOWN", 0), (WAND, "UNKNOWN", 0)]
    assert {(o.reason, o.age_ms) for o in fallen if isinstance(o, ObservePoint)} == {("silent", silence_ms)}
    assert w.expire(due + NS) == [], "told once"
    assert w.next_silence() == due - 1 + (silence_ms + 5000) * MS, "the doors were never heard"
    w.hear(reading(due + 2 * NS, "portal", "NORMAL", "NORMAL"))
    assert seen(w.take()) == [(DETECTOR, "NORMAL", 0), (WAND, "NORMAL", 0)]


GRACE = 7500 * MS
"""Silence and five seconds more: as long as a line may take to speak at a start."""


def test_a_point_never_heard_is_told_of_once_when_its_grace_is_over() -> None:
    """I3: a cable that was never in must not be quieter than one pulled out."""
    w = watch()
    assert w.next_silence() is None
    assert w.expire(T0) == []
    assert w.next_silence() == T0 + GRACE
    assert w.expire(T0 + GRACE - 1) == []
    told = [o for o in w.expire(T0 + GRACE) if isinstance(o, ObservePoint)]
    assert {o.point for o in told} == {p.id for p in site().points}
    assert {(str(o.condition), o.reason, o.age_ms) for o in told} == {("UNKNOWN", "never-heard", 0)}
    assert w.expire(T0 * 100) == [], "told once"
    assert w.next_silence() is None
    w.hear(reading(T0 * 100, "portal", "NORMAL", "UNKNOWN"))
    assert seen(w.take()) == [(DETECTOR, "NORMAL", 0)], "its first word ends it"


def test_a_point_that_speaks_in_its_grace_is_never_told_of() -> None:
    w = watch()
    w.expire(T0)
    w.hear(note(T0, "portal", NoteKind.OPENED))
    w.hear(reading(T0, "portal", "UNKNOWN", "UNKNOWN"))
    w.hear(note(T0 + NS, "portal", NoteKind.REBOOTED))
    assert seen([*w.take(), *w.expire(T0 + GRACE - 1)]) == [], "UNKNOWN before it spoke, and still is"
    w.hear(reading(T0 + GRACE - 1, "portal", "NORMAL", "NORMAL"))
    assert seen(w.take()) == [(DETECTOR, "NORMAL", 0), (WAND, "NORMAL", 0)]
    assert {o.point for o in w.expire(T0 + GRACE) if isinstance(o, ObservePoint)}.isdisjoint({DETECTOR, WAND})


def test_a_point_that_has_said_nothing_but_unknown_is_told_of_with_its_reason() -> None:
    w = watch()
    w.expire(T0)
    for n in range(4):
        w.hear(reading(T0 + n * NS, "portal", "UNKNOWN", "UNKNOWN"))
    w.hear(note(T0 + 5 * NS, "portal", NoteKind.LOST))
    assert seen(w.take()) == []
    told = {o.point: o.reason for o in w.expire(T0 + GRACE) if isinstance(o, ObservePoint)}
    assert (told[DETECTOR], told[WAND], told[DOOR]) == ("lost", "lost", "never-heard")
    w.hear(reading(T0 + GRACE + NS, "portal", "UNKNOWN", "UNKNOWN"))
    assert seen([*w.take(), *w.expire(T0 + 2 * GRACE)]) == []


def test_a_point_back_in_service_and_never_heard_has_a_grace_of_its_own() -> None:
    w = watch()
    w.expire(T0)
    assert len(w.expire(T0 + GRACE)) == len(site().points)
    w.ask_again((DETECTOR,))
    assert w.expire(T0 + 60 * NS) == []
    assert w.next_silence() == T0 + 60 * NS + GRACE
    assert seen(w.expire(T0 + 60 * NS + GRACE)) == [(DETECTOR, "UNKNOWN", 0)]


def test_a_second_foreign_identity_within_ten_seconds_leaves_its_fact() -> None:
    w = watch()
    w.hear(note(T0, "portal", NoteKind.WRONG_IDENTITY))
    w.hear(note(T0 + 3 * NS, "portal", NoteKind.WRONG_IDENTITY))
    assert len(w.take()) == 1
    later = [o for o in w.expire(T0 + 10 * NS) if isinstance(o, NoteDevice)]
    assert [(o.port, o.what) for o in later] == [("portal", "wrong-identity")]


@pytest.mark.parametrize("kind", sorted(VOIDS_PORT))
def test_a_note_that_voids_a_port_makes_all_its_points_unknown_at_once(kind: NoteKind) -> None:
    w = watch()
    w.hear(reading(T0, "portal", "NORMAL", "NORMAL"))
    w.hear(reading(T0, "interlock", "NORMAL", "NORMAL"))
    w.take()
    w.hear(note(T0 + NS, "portal", kind, "what"))
    taken = w.take()
    assert seen(taken) == [(DETECTOR, "UNKNOWN", 0), (WAND, "UNKNOWN", 0)]
    assert [o.what for o in taken if isinstance(o, NoteDevice)] == [kind.value]
    assert w.levels[DETECTOR].condition is Condition.UNKNOWN
    assert w.levels[DETECTOR].heard_bt == T0, "its age goes on from the last valid reading"
    assert w.levels[DOOR].condition is Condition.NORMAL


@pytest.mark.parametrize("kind", sorted(set(NoteKind) - VOIDS_PORT))
def test_every_other_note_is_kept_and_changes_no_point(kind: NoteKind) -> None:
    w = watch()
    w.hear(reading(T0, "portal", "NORMAL", "NORMAL"))
    w.take()
    w.hear(note(T0, "portal", kind, "\x1b[2Jwhat", count=7))
    (kept,) = w.take()
    assert isinstance(kept, NoteDevice)
    assert (kept.what, kept.count) == (kind.value, 7)
    assert "\x1b" not in kept.text
    assert w.levels[DETECTOR].condition is Condition.NORMAL


def test_a_flood_of_one_note_is_written_once_in_ten_seconds_for_each_port() -> None:
    w = watch()
    for n in range(500):
        w.hear(note(T0 + n * 20 * MS, "portal", NoteKind.LINE_ERRORS))
        w.hear(note(T0 + n * 20 * MS, "interlock", NoteKind.LINE_ERRORS))
    assert len(w.take()) == 2
    w.hear(note(T0 + 10 * NS, "portal", NoteKind.LINE_ERRORS))
    assert len(w.take()) == 1


def test_missed_alarms_are_counted_and_none_is_left_out() -> None:
    w = watch()
    for n in range(500):
        w.hear(note(T0 + n * 20 * MS, "portal", NoteKind.MISSED_ALARM, count=2))
    taken = [*w.take(), *w.expire(T0 + 30 * NS)]
    notes = [o for o in taken if isinstance(o, NoteDevice)]
    assert [o.count for o in notes[:10]] == [2] * 10, "the first ones singly"
    assert sum(o.count for o in notes) == 1000
    assert len(notes) <= 12


@pytest.mark.parametrize("word", ["DANGER", "NORMAL"])
def test_more_edges_than_can_be_kept_are_a_fact_and_every_point_unknown(
    monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    monkeypatch.setattr(watching, "EDGES", 6)
    w = watch()
    for n in range(9):
        w.hear(reading(T0 + n, "portal", "DANGER" if n % 2 else "NORMAL"))
    first = w.take(5)
    assert len(first) == 5
    assert not [o for o in first if isinstance(o, NoteDevice)], "said after what was kept"
    rest = w.take()
    assert seen(rest)[-1] == (DETECTOR, "UNKNOWN", 0)
    assert [o.what for o in rest if isinstance(o, NoteDevice)] == ["edges-lost"]
    w.hear(reading(T0 + 20, "portal", word))
    assert seen(w.take()) == [(DETECTOR, word, 0)], "and it speaks again, also by its last word"


def test_a_word_that_is_no_reading_renews_no_age() -> None:
    """I3: a late, repeated or foreign sentence is heard, and the point is as old as its last reading."""
    w = watch()
    w.hear(reading(T0, "portal", "NORMAL", "UNKNOWN"))
    w.hear(reading(T0 + NS, "portal", "UNKNOWN", "UNKNOWN"))
    assert (w.levels[DETECTOR].heard_bt, w.levels[WAND].heard_bt) == (T0, 0)


@pytest.mark.parametrize(
    ("use", "origin", "condition"),
    [
        ("production", Origin.SIMULATED, Condition.UNKNOWN),
        ("production", Origin.LIVE, Condition.NORMAL),
        ("demo", Origin.SIMULATED, Condition.NORMAL),
    ],
)
def test_a_production_suite_believes_no_simulated_line(
    use: str, origin: Origin, condition: Condition
) -> None:
    w = watch(use=use)
    w.hear(reading(T0, "portal", "NORMAL", "NORMAL", origin=origin))
    assert w.levels[DETECTOR].condition is condition
    assert w.levels[DETECTOR].origin == origin.value
    assert w.simulated is (origin is Origin.SIMULATED)


STEPS = st.lists(
    st.tuples(st.sampled_from(["NORMAL", "DANGER", "UNKNOWN"]), st.integers(0, 4_000), st.booleans()),
    max_size=40,
)


@given(STEPS)
def test_the_last_word_decided_on_is_never_better_than_what_is_heard(
    steps: list[tuple[str, int, bool]],
) -> None:
    w, now, told = watch(), T0, "UNKNOWN"
    for word, wait_ms, look in steps:
        now += wait_ms * MS
        if look:
            told = last_word([*w.take(), *w.expire(now)], told)
            level = w.levels.get(DETECTOR)
            stale = level is None or now - level.heard_bt >= 2500 * MS
            heard = "UNKNOWN" if stale or level is None else str(level.condition)
            assert told == heard or (told, heard) == ("DANGER", "UNKNOWN")
        w.hear(reading(now, "portal", word))
    for _ in range(6):  # whatever chattered has been steady by then
        now += NS
        w.hear(reading(now, "portal", steps[-1][0] if steps else "UNKNOWN"))
        told = last_word([*w.take(), *w.expire(now)], told)
    assert told == (steps[-1][0] if steps else "UNKNOWN")


def last_word(taken: list[object], before: str) -> str:
    words = [str(o.condition) for o in taken if isinstance(o, ObservePoint) and o.point == DETECTOR]
    return words[-1] if words else before
