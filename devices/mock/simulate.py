"""The mock bench by hand: one key, one event, on ports another terminal can open."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import termios
import tty
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from devices.mock.scenario import Bench, Scenario, Step, perform

TURN_S = 0.1
"""How long one wait for a key lasts."""
Keys = Callable[[float], str | None]
"""Waits up to so many seconds for a key; an empty string if none came, None at the end of input."""

HELP = (
    "a alarm inwards · A alarm outwards · p quiet passage inwards · P quiet passage outwards",
    "m alarm whose sentence is lost",
    "o door open · c door closed · d contacts disagree",
    "u unplug · r replug · g garbage · b reboot · on and off: s silence · w wrong identity · i inhibit",
    "1 detector · 2 door: what the line above acts on · ? keys · q quit",
)


@dataclass
class Hand:
    """What the keys act on, and which switches are on."""

    rig: Bench
    on_door: bool = False
    switched_on: set[tuple[str, str]] = field(default_factory=set)


def simulate(
    rig: Bench,
    keys: Keys,
    out: Callable[[str], None],
    *,
    scenario: Scenario | None = None,
    clock: Callable[[], float],
) -> None:
    """Run the bench until q or the end of input; a scenario plays meanwhile if one is given.

    `out` gets one line per event. The rig stays the caller's, who closes it.
    """
    for config in rig.ports:
        out(f"{config.name}: {config.url}  (expects {config.expect_device})")
    for line in HELP:
        out(line)
    steps = list(scenario.steps) if scenario is not None else []
    hand, start = Hand(rig), clock()
    while (key := keys(_patience(steps, clock() - start))) is not None and key != "q":
        if key:
            out(press(hand, key))
        while steps and steps[0].at_s <= clock() - start:
            step = steps.pop(0)
            perform(step, rig)
            out(f"{step.at_s:6.1f} s  {step.do}")


def _patience(steps: list[Step], elapsed_s: float) -> float:
    return max(0.0, min(TURN_S, steps[0].at_s - elapsed_s)) if steps else TURN_S


def press(hand: Hand, key: str) -> str:
    """Do what a key stands for and return what to tell; an unknown key does nothing and says so."""
    rig = hand.rig
    simple: dict[str, tuple[Callable[[], object], str]] = {
        "a": (lambda: rig.detector.alarm("I"), "detector: alarm inwards"),
        "A": (lambda: rig.detector.alarm("O"), "detector: alarm outwards"),
        "p": (lambda: rig.detector.passage("I"), "detector: quiet passage inwards"),
        "P": (lambda: rig.detector.passage("O"), "detector: quiet passage outwards"),
        "m": (rig.detector.lost_alarm, "detector: alarm counted, sentence lost"),
        "o": (rig.door.open, "door: open"),
        "c": (rig.door.close, "door: closed"),
        "d": (rig.door.discrepancy, "door: contacts disagree"),
    }
    if key in simple:
        action, told = simple[key]
        action()
        return told
    if key in "12":
        hand.on_door = key == "2"
        return f"now acting on the {_name(hand)}"
    if key == "?":
        return "\n".join(HELP)
    return _press_unit(hand, key)


def _name(hand: Hand) -> str:
    return "door" if hand.on_door else "detector"


def _press_unit(hand: Hand, key: str) -> str:
    """Handle the keys that act on the chosen unit."""
    unit = hand.rig.door if hand.on_door else hand.rig.detector
    plain: dict[str, tuple[Callable[[], object], str]] = {
        "u": (unit.unplug, "unplugged"),
        "r": (unit.replug, "plugged in"),
        "g": (unit.garbage, "garbage sent"),
        "b": (unit.reboot, "rebooted"),
    }
    if key in plain:
        action, told = plain[key]
        action()
        return f"{_name(hand)}: {told}"
    switches: dict[str, tuple[Callable[[bool], None], str]] = {
        "s": (unit.silence, "silence"),
        "w": (lambda on: unit.wrong_id("XXX99" if on else None), "wrong identity"),
        "i": (unit.inhibit, "inhibit"),
    }
    if key not in switches:
        return f"no key {key!r}; ? lists them"
    switch, told = switches[key]
    hand.switched_on ^= {(_name(hand), key)}
    on = (_name(hand), key) in hand.switched_on
    switch(on)
    return f"{_name(hand)}: {told} {'on' if on else 'off'}"


@contextlib.contextmanager
def terminal_keys(fd: int | None = None) -> Iterator[Keys]:
    """Give single key presses of a terminal (standard input by default) and restore it afterwards."""
    source = sys.stdin.fileno() if fd is None else fd
    before = termios.tcgetattr(source) if os.isatty(source) else None
    if before is not None:
        tty.setcbreak(source)

    def read(timeout_s: float) -> str | None:
        if not select.select([source], [], [], timeout_s)[0]:
            return ""
        data = os.read(source, 1)
        return data.decode("latin-1") if data else None

    try:
        yield read
    finally:
        if before is not None:
            termios.tcsetattr(source, termios.TCSADRAIN, before)
