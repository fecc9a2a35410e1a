"""One profile under one fault, on virtual time: what happened on the line, what was believed of it."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from support.virtual_port import BytePort, LinePort, S, VirtualPort, World

from devices import mrsc1
from devices.inputs import Input, Module, Scale
from devices.mock.bus_units import AdamUnit, ModbusUnit
from devices.mock.faults import Fault
from devices.mock.models import DetectorModel
from devices.mock.unit import DetectorUnit
from devices.payload import State
from devices.port import PortConfig
from devices.reading import VOIDS_PORT, Condition, Note, Reading, Reason

END_S, FAULT_S, OVER_S = 36.0, (5.0, 15.0), 21.0
DANGERS_S = ((7.0, 8.5), (11.0, 12.0), (OVER_S, OVER_S + 1.0))
"""Twice while the fault lasts, once after it."""
POLL_HZ = 5
SILENCE_NS = 2_500_000_000
PROMISE_NS = 3 * S
PROFILES = ("mrsc1", "contact-lines", "modbus-di", "adam-ascii", "oxygen")
NORMAL, DANGER, UNKNOWN = Condition.NORMAL, Condition.DANGER, Condition.UNKNOWN
APART = (Reason.LATE, Reason.CLOCK_BACK, Reason.REPEATED, Reason.WRONG_IDENTITY)
"""Doubts of a word that is old or another's: a fresh one may come at the same moment."""


@dataclass
class Bench:
    """A device on its line: how it is made dangerous, disturbed, and read by an onlooker."""

    world: World
    config: PortConfig
    port: VirtualPort
    danger: Callable[[bool], None]
    disturb: Callable[[Fault, bool], None]
    seen: Callable[[], list[tuple[int, str]]]


@dataclass
class Outcome:
    """What one run came to, for the table and for the promises."""

    profile: str
    fault: Fault
    heard: list[tuple[int, Reading | Note]]
    seen: list[tuple[int, str]]
    began: int
    jumped: int
    late: list[int]
    counts: dict[str, int] = field(default_factory=dict)

    def at(self, at_s: float) -> int:
        """The clock at a moment of the story."""
        late = 0 if at_s > FAULT_S[0] + 0.4 else self.jumped
        return self.began + round(at_s * S) - late

    def believed(self, now: int) -> Condition:
        """What a console believes of channel 0 at a moment."""
        condition, heard = UNKNOWN, now - SILENCE_NS
        for when, item in self.heard:
            if when > now:
                break
            if isinstance(item, Note):
                condition = UNKNOWN if item.kind in VOIDS_PORT else condition
            elif item.channels and item.channels[0].channel == 0:
                condition, heard = item.channels[0].condition, when
        return condition if now - heard < SILENCE_NS else UNKNOWN

    def of_channel(self, condition: Condition) -> list[int]:
        """When channel 0 was told to be this."""
        return [
            when
            for when, item in self.heard
            if isinstance(item, Reading) and item.channels and item.channels[0].condition is condition
        ]

    def unearned(self) -> list[int]:
        """When NORMAL was told without two whole fresh words of rest since the last doubt, or not on one."""
        found, since = [], self.began
        for when, item in self.heard:
            if isinstance(item, Note):
                since = when if item.kind in VOIDS_PORT else since
            elif item.channels and item.channels[0].channel == 0:
                told = item.channels[0]
                if told.condition is UNKNOWN and told.reason != Reason.RECOVERING:
                    since = when + (told.reason not in APART)  # the doubted word is none of the two
                elif told.condition is NORMAL and not self._earned(since, when):
                    found.append(when)
        return found

    def _earned(self, since: int, when: int) -> bool:
        """Two words of rest must follow each other without a silence; a danger later ends at the next one."""
        words, last = "", since
        for at, letter in self.seen:
            if since <= at <= when:
                words = words * (at - last < SILENCE_NS) + letter
                last = at
        return "NN" in words and words[-1] == "N" and when - last < SILENCE_NS

    def unalarmed(self) -> list[int]:
        """When a danger arrived whole and fresh and no alarm followed within half a second."""
        if (self.profile, self.fault) == ("adam-ascii", Fault.MASQUERADE):
            return []  # they are another device's words
        alarms = self.of_channel(DANGER)
        dangers = [at for at, letter in self.seen if letter == "A"]
        return [at for at in dangers if not any(at <= told <= at + S // 2 for told in alarms)]

    def overdue(self) -> list[int]:
        """When nothing whole had come for three seconds and it was not UNKNOWN.

        A late word may still alarm; it must not calm.
        """
        fresh = [at for at, _ in self.seen]
        times = {NORMAL: fresh, DANGER: fresh + self.late}
        found = []
        for moment in range(self.at(4.0), self.at(END_S - 0.5), S // 10):
            told = times.get(self.believed(moment))
            if told is not None and not any(moment - PROMISE_NS < at <= moment for at in told):
                found.append(moment)
        return found

    def conditions(self, since_s: float, until_s: float) -> set[Condition]:
        """All that was believed between two moments, looked at every tenth of a second."""
        moments = range(self.at(since_s), self.at(until_s), S // 10)
        return {self.believed(moment) for moment in moments}


def run(profile: str, fault: Fault, seed: int) -> Outcome:
    """Play the story of one cell."""
    world = World(END_S)
    bench = _BENCHES[profile](world, seed)
    jitter = random.Random(seed).uniform(0, 0.4)
    for start, stop in DANGERS_S:
        world.at(start + jitter, lambda: bench.danger(True))
        world.at(stop + jitter, lambda: bench.danger(False))
    world.at(FAULT_S[0] + jitter, lambda: _set(bench, fault, True))
    world.at(FAULT_S[1], lambda: _set(bench, fault, False))
    heard = world.run(bench.config, bench.port)
    assert world.link is not None
    return Outcome(
        profile,
        fault,
        heard,
        bench.seen(),
        world.began,
        world.jumped,
        getattr(bench.port, "late", []),
        dict(world.link.counts()),
    )


def _set(bench: Bench, fault: Fault, on: bool) -> None:
    world = bench.world
    if fault is Fault.UNPLUG:
        world.plugged = not on
    elif fault is Fault.CLOCK_JUMP:
        world.jump(60 * S * on)
    else:
        bench.disturb(fault, on)


def _of_bytes(port: BytePort, letter: Callable[[bytes], str]) -> Callable[[], list[tuple[int, str]]]:
    def seen() -> list[tuple[int, str]]:
        told = [(when, letter(frame)) for when, frame in port.whole]
        return [(when, each) for when, each in told if each]

    return seen


def _mrsc1(world: World, seed: int) -> Bench:
    port = BytePort(world, seed=seed)
    port.neighbour = lambda: mrsc1.render("FMD77", 1, 1, 1000, State("N", 0))
    unit = DetectorUnit("FMD01", port, DetectorModel(random.Random(seed)), threading.Condition(), rate=None)  # type: ignore[arg-type]
    stuck = [False]

    def drive() -> None:
        elapsed = world.at_s + world.jumped / S
        world.at(max(unit.run_due(elapsed) - elapsed, 0.001) + world.at_s, drive)

    def danger(on: bool) -> None:
        if on and not stuck[0]:
            unit.alarm("I", pulse_s=1.2)
            unit.run_due(world.at_s + world.jumped / S)

    def disturb(fault: Fault, on: bool) -> None:
        stuck[0] = on and fault is Fault.STUCK
        if fault in (Fault.MASQUERADE, Fault.ADDRESSING):
            unit.wrong_id("FMD02" if on else None)
        elif fault is Fault.POWER_CYCLE:
            port.powered = not on
            if not on:
                unit.reboot()
        else:
            port.mischief.fault = fault if on else None

    world.at(0.05, drive)
    config = PortConfig("p", "mock://p", expect_device="FMD01")
    return Bench(world, config, port, danger, disturb, _of_bytes(port, _mrsc1_letter))


def _mrsc1_letter(frame: bytes) -> str:
    sentence = mrsc1.parse(frame[:-1])
    own = sentence.device == "FMD01"
    return sentence.payload.letters if own and isinstance(sentence.payload, State) else ""


def _bus(
    world: World,
    seed: int,
    unit: ModbusUnit | AdamUnit,
    config: PortConfig,
    ends: tuple[int, int],
    letter: Callable[[bytes], str],
) -> Bench:
    port = BytePort(world, [unit], seed)
    stuck = [False]

    def danger(on: bool) -> None:
        if not stuck[0]:
            unit.levels[0] = ends[on]

    def disturb(fault: Fault, on: bool) -> None:
        stuck[0] = on and fault is Fault.STUCK
        unit.masquerade(on and fault is Fault.MASQUERADE)
        unit.misaddress(on and fault is Fault.ADDRESSING)
        if fault is Fault.POWER_CYCLE:
            port.powered = not on
            unit.power_cycle()
        port.mischief.fault = fault if on else None

    return Bench(world, config, port, danger, disturb, _of_bytes(port, letter))


def _modbus(world: World, seed: int) -> Bench:
    config = PortConfig(
        "p",
        "mock://p",
        expect_device="IO",
        profile="modbus-di",
        poll_hz=POLL_HZ,
        inputs=(Input("door", 0),),
        modules=(Module(1),),
    )

    def letter(frame: bytes) -> str:
        return "" if frame[0] != 1 or frame[1] != 2 else "NA"[not frame[3] & 1]

    return _bus(world, seed, ModbusUnit(), config, (1, 0), letter)


def _oxygen(world: World, seed: int) -> Bench:
    meter = Input("O2", 0, scale=Scale((4000, 20000)))
    config = PortConfig(
        "p",
        "mock://p",
        expect_device="O2M",
        profile="modbus-di",
        poll_hz=POLL_HZ,
        inputs=(meter,),
        modules=(Module(1, function=4, count=1),),
    )

    def letter(frame: bytes) -> str:
        if frame[0] != 1 or frame[1] != 4:
            return ""
        return "NA"[int.from_bytes(frame[3:5], "big") < 16_400]

    return _bus(world, seed, ModbusUnit(1, [17_376]), config, (17_376, 15_000), letter)


def _adam(world: World, seed: int) -> Bench:
    config = PortConfig(
        "p",
        "mock://p",
        expect_device="4053",
        profile="adam-ascii",
        poll_hz=POLL_HZ,
        inputs=(Input("door", 0, rest=False),),
        modules=(Module(1, expect="4053"),),
    )

    def letter(frame: bytes) -> str:
        return "NA"[int(frame[1:5], 16) & 1] if len(frame) == 10 else ""

    return _bus(world, seed, AdamUnit(), config, (0, 1), letter)


def _lines(world: World, seed: int) -> Bench:
    port = LinePort(world)
    config = PortConfig(
        "p",
        "/dev/ttyX",
        expect_device="DOOR",
        profile="contact-lines",
        inputs=(Input("door", 0, settle_ms=500),),
    )
    chance = random.Random(seed)
    now: set[Fault] = set()

    def danger(on: bool) -> None:
        if Fault.STUCK not in now:
            port.levels = 0b1110 if on else 0b1111

    def chatter() -> None:
        if now & {Fault.BABBLE, Fault.CORRUPTION}:
            port.levels = port.levels ^ (chance.random() < 0.3)
            world.at(world.at_s + 0.011, chatter)

    def disturb(fault: Fault, on: bool) -> None:
        now.clear()
        now.update({fault} if on else set())
        if fault in (Fault.LOSS, Fault.POWER_CYCLE):
            world.plugged = not on
        port.levels = 0b1111
        chatter()

    return Bench(world, config, port, danger, disturb, lambda: _looked(port))


def _looked(port: LinePort) -> list[tuple[int, str]]:
    return [(when, "NA"[not levels & 1]) for when, levels in port.looks]


_BENCHES: dict[str, Callable[[World, int], Bench]] = {
    "mrsc1": _mrsc1,
    "contact-lines": _lines,
    "modbus-di": _modbus,
    "adam-ascii": _adam,
    "oxygen": _oxygen,
}
