"""A flood gathers what is lesser and never hides, merges or delays what is High."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from support.suite_world import DETECTOR, DOOR, DOOR_III, POINTS, WAND, World, ready, site

from mr_safety_console.domain import alarm_load, alarms, sound
from mr_safety_console.domain.alarm_points import IRON, Priority
from mr_safety_console.domain.alarms import AcknowledgeAlarm, PauseSound
from mr_safety_console.domain.context import NS
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import KeepDoor
from mr_safety_console.domain.sound import MANY, Tone

PLACES = st.sampled_from(
    [
        (DETECTOR, "ferrous-approach"),
        (WAND, "ferrous-entry"),
        (DETECTOR, "detector-lost"),
        (WAND, "detector-lost"),
        ("portal", "device-identity"),
        ("interlock", "device-identity"),
        (DOOR, "door-lost"),
        (DOOR_III, "zone-iii-door-open"),
        (DOOR, "door-kept-open"),
        ("console", "restarted"),
        ("clock", "clock-stepped"),
    ]
)
BEGIN = st.tuples(st.just("begin"), PLACES)
DO = st.tuples(st.sampled_from(["ack", "pause", "wait", "long"]), st.integers(0, 30))
STARTED = ready()


def act(world: World, what: str, given_: object) -> None:
    if what == "begin":
        point, rule = given_  # type: ignore[misc]
        ctx = world.ctx()
        world._drawn += 8
        for fact in alarms.raise_or_repeat(world.state.alarms, rule, point, ctx.tokens[0]):
            world.keep(fact, ctx, "device")
    elif what == "ack" and (order := alarms.ranked(world.state.alarms)):
        alarm = order[int(given_) % len(order)]  # type: ignore[call-overload]
        world.give(AcknowledgeAlarm(alarm=alarm.id, instance=alarm.instance))
    elif what == "pause":
        world.give(PauseSound())
    else:
        seconds = 601 if what == "long" else int(given_)  # type: ignore[call-overload]
        world.clock.bt += seconds * NS
        world.clock.utc += seconds * 1_000_000


def kept(world: World) -> None:
    """Hold what a flood must not touch against one state."""
    state, now = world.state.alarms, world.clock.now()
    lines = alarm_load.gathered(state, world.profile, now)
    shown = [alarm.id for line in lines for alarm in line.alarms]
    assert sorted(shown) == sorted(state.open), "each open alarm stands in one line"
    called = sound.rings(state, now)
    for line in lines:
        first = line.alarms[0]
        assert not line.several or all(a.priority < Priority.HIGH and a.rule not in IRON for a in line.alarms)
        assert not line.several or alarm_load.flood(state, now)
        if first.priority is Priority.HIGH and alarms.sounding(first, now):
            assert called[first.id, first.instance] >= Tone.HIGH
            assert first in alarm_load.leading(lines)
    loudest = max((t for a in state.open.values() if (t := sound.tone(a, now)) is not None), default=None)
    assert max(called.values(), default=None) == loudest


@settings(max_examples=60)
@given(st.lists(st.one_of(BEGIN, BEGIN, BEGIN, DO), max_size=30), st.booleans())
def test_no_flood_hides_merges_or_delays_a_high_alarm(steps: list[tuple[str, object]], flooded: bool) -> None:
    """I9: in whatever order alarms come and are answered, in a flood and outside."""
    world = STARTED.clone()
    if flooded:
        flood(world)
    for what, given_ in steps:
        act(world, what, given_)
        kept(world)


def flood(world: World) -> None:
    for number in range(11):
        act(world, "begin", (f"port-{number}", "device-identity"))


def test_a_lost_port_is_one_line_with_its_points_in_a_flood_only() -> None:
    world = STARTED.clone()
    for place in ((DETECTOR, "detector-lost"), (WAND, "detector-lost"), ("portal", "device-identity")):
        act(world, "begin", place)
    now, profile = world.clock.now(), site(points=POINTS)
    assert not any(line.several for line in alarm_load.gathered(world.state.alarms, profile, now))
    flood(world)
    (one,) = [line for line in alarm_load.gathered(world.state.alarms, profile, now) if line.several]
    assert (one.root, len(one.alarms), one.waiting) == ("portal", 3, 3)


def test_in_a_flood_each_alarm_of_iron_has_a_line_of_its_own() -> None:
    """I9: also where two detectors hang on one port and neither is High."""
    world = STARTED.clone()
    for place in (DETECTOR, WAND):
        act(world, "begin", (place, "ferrous-approach"))
    flood(world)
    lines = alarm_load.gathered(world.state.alarms, site(points=POINTS), world.clock.now())
    iron = [[a.point for a in line.alarms] for line in lines if line.alarms[0].rule in IRON]
    assert sorted(iron) == [[DETECTOR], [WAND]]


def test_in_a_flood_a_reminder_is_heard_as_one() -> None:
    """I9: what was answered and goes on is not lost among what is new."""
    world = STARTED.clone()
    world.do(KeepDoor())
    world.observe(DOOR, Condition.DANGER)
    world.advance(61)
    alarm = world.alarm("door-kept-open")
    world.acknowledge(alarm.id)
    world.advance(120)
    flood(world)
    rings = sound.rings(world.state.alarms, world.clock.now())
    assert dict(rings) == {(alarm.id, 1): Tone.REMINDER, (MANY, Tone.MEDIUM): Tone.MEDIUM}


def test_in_a_flood_the_lesser_ones_share_a_sound_but_none_of_a_detector() -> None:
    world = STARTED.clone()
    flood(world)
    act(world, "begin", (DETECTOR, "detector-lost"))
    act(world, "begin", (DETECTOR, "ferrous-approach"))
    rings = sound.rings(world.state.alarms, world.clock.now())
    by_themselves = {world.state.alarms.open[name].rule for name, _ in rings if name != MANY}
    assert by_themselves == {"detector-lost", "ferrous-approach"}
    assert rings[MANY, Tone.MEDIUM] is Tone.MEDIUM
