"""Contacts on modem lines, on virtual time: every edge is told, and nothing rests that has not settled."""

from __future__ import annotations

import random

import pytest
from support.virtual_port import LinePort, S, World

from devices.inputs import Input
from devices.port import PortConfig
from devices.reading import Condition, Note, NoteKind, Reading

NORMAL, DANGER, UNKNOWN = Condition.NORMAL, Condition.DANGER, Condition.UNKNOWN


def config(*inputs: Input) -> PortConfig:
    return PortConfig("c", "/dev/ttyX", expect_device="CONTACTS", profile="contact-lines", inputs=inputs)


def readings(world: World) -> list[tuple[int, Reading]]:
    return [(when, item) for when, item in world.heard if isinstance(item, Reading)]


def test_quiet_contacts_are_told_twice_a_second_and_a_change_within_one_look() -> None:
    world = World(10)
    port = LinePort(world)
    world.at(5.0, lambda: setattr(port, "levels", 0b1110))
    world.run(config(Input("a", 0), Input("b", 1)), port)
    told = readings(world)
    assert 18 <= len(told) <= 26
    first = next(when for when, item in told if item.channels[0].condition is DANGER)
    assert first - world.began - 5 * S <= 25_000_000
    assert told[-1][1].channels[1].condition is NORMAL
    assert [c.name for c in told[-1][1].channels] == ["a", "b"]


def test_a_machine_that_slept_believes_nothing_it_saw_before() -> None:
    world = World(10)
    port = LinePort(world)
    world.at(5.0, lambda: world.jump(60 * S))
    world.run(config(Input("a", 0)), port)
    after = [item.channels[0].condition for when, item in readings(world) if when > world.began + 5 * S]
    assert after[0] is UNKNOWN
    assert after[-1] is NORMAL
    assert NoteKind.SILENT in [item.kind for _, item in world.heard if isinstance(item, Note)]


def test_the_looks_are_as_even_as_promised() -> None:
    world = World(4)
    port = LinePort(world)
    world.run(config(Input("a", 0)), port)
    pauses = {later - earlier for (earlier, _), (later, _) in zip(port.looks, port.looks[1:], strict=False)}
    assert max(pauses) <= 20_000_000


def toggle(seed: int, toggles: int) -> None:
    """P5: random toggles of all four lines; what was seen is what is told, NORMAL only after settling."""
    chance = random.Random(seed)
    world = World(1e9)
    port = LinePort(world)
    left = [toggles]

    def move() -> None:
        port.levels ^= 1 << chance.randrange(4)
        left[0] -= 1
        if left[0]:
            world.at(world.at_s + chance.choice((0.005, 0.03, 0.1, 0.4)), move)
        else:
            world.end = world.now

    world.at(1.0, move)
    settle_ms = 60
    inputs = tuple(Input(f"in {n}", n, settle_ms=settle_ms) for n in range(4))
    world.run(config(*inputs), port)
    told = iter(readings(world))
    upcoming, current = next(told, None), None
    rests_since: list[int | None] = [None] * 4
    for when, levels in port.looks:
        while upcoming is not None and upcoming[0] <= when:
            current, upcoming = upcoming[1], next(told, None)
        for n in range(4):
            active = not levels >> n & 1
            rests_since[n] = None if active else (when if rests_since[n] is None else rests_since[n])
            assert current is not None
            check(current.channels[n].condition, when, rests_since[n], settle_ms)


def check(condition: Condition, when: int, since: int | None, settle_ms: int) -> None:
    if since is None:
        assert condition is DANGER
    else:
        assert condition is not NORMAL or when - since >= settle_ms * 1_000_000


@pytest.mark.parametrize("seed", range(2))
def test_random_toggles(seed: int) -> None:
    toggle(seed, 2_000)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(3))
def test_a_hundred_thousand_random_toggles(seed: int) -> None:
    toggle(seed, 100_000)
