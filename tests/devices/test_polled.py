"""Modules that are asked: answers that are none, several on one bus, what a bus never does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import minimalmodbus
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.virtual_port import BytePort, S, World

from devices.adam_ascii import AdamAsker
from devices.belief import Answer, Belief
from devices.inputs import Input, Module
from devices.mock.bus_units import AdamUnit, ModbusUnit
from devices.modbus_di import ModbusAsker
from devices.polled import BadAnswerError, NoAnswerError
from devices.port import PortConfig
from devices.reading import Condition, Note, NoteKind, Origin, Reading, Reason
from devices.requests import adam_sum, crc16

NORMAL, DANGER, UNKNOWN = Condition.NORMAL, Condition.DANGER, Condition.UNKNOWN


@pytest.fixture(autouse=True)
def no_real_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library's pause between frames is real time; here time is virtual."""
    monkeypatch.setattr(minimalmodbus, "_calculate_minimum_silent_period", lambda baudrate: 0.0)


def modbus(*addresses: int, count: int = 8) -> PortConfig:
    return PortConfig(
        "io",
        "mock://io",
        expect_device="IO",
        profile="modbus-di",
        inputs=tuple(Input(f"in {address}", 0, module=address) for address in addresses),
        modules=tuple(Module(address, count=count) for address in addresses),
    )


def adam(*addresses: int, expect: str = "4053") -> PortConfig:
    return PortConfig(
        "io",
        "mock://io",
        expect_device="4053",
        profile="adam-ascii",
        inputs=tuple(Input(f"in {address}", 0, module=address, rest=False) for address in addresses),
        modules=tuple(Module(address, expect=expect) for address in addresses),
    )


class Heard:
    """What a run came to, by channel and by seconds."""

    def __init__(self, world: World) -> None:
        self.world = world

    def told(self, channel: int, since_s: float = 0) -> list[Condition]:
        began = self.world.began + round(since_s * S)
        return [
            c.condition
            for when, item in self.world.heard
            if isinstance(item, Reading) and when >= began
            for c in item.channels
            if c.channel == channel
        ]

    def notes(self) -> list[Note]:
        return [item for _, item in self.world.heard if isinstance(item, Note)]

    def counts(self) -> dict[str, int]:
        assert self.world.link is not None
        return dict(self.world.link.counts())


def play(
    config: PortConfig, units: list[object], seconds: float, *events: tuple[float, Callable[[], object]]
) -> Heard:
    world = World(seconds)
    for at_s, act in events:
        world.at(at_s, act)  # type: ignore[arg-type]
    world.run(config, BytePort(world, units))  # type: ignore[arg-type]
    return Heard(world)


# Modbus: answers that are none


def sealed(body: bytes) -> bytes:
    return body + crc16(body).to_bytes(2, "little")


HOSTILE = {
    "one byte instead of two": sealed(b"\x01\x02\x01\xff"),
    "no data": sealed(b"\x01\x02\x00"),
    "three bytes": sealed(b"\x01\x02\x03\xff\xff\xff"),
    "another function": sealed(b"\x01\x03\x02\xff\xff"),
    "a neighbouring function": sealed(b"\x01\x01\x02\xff\xff"),
    "another address": sealed(b"\x02\x02\x02\xff\xff"),
    "broadcast address": sealed(b"\x00\x02\x02\xff\xff"),
    "wrong checksum": sealed(b"\x01\x02\x02\xff\xff")[:-1] + b"\x00",
    "busy": sealed(b"\x01\x82\x06"),
    "illegal address": sealed(b"\x01\x82\x02"),
    "the question itself": sealed(b"\x01\x02\x00\x00\x00\x10"),
    "half an answer": sealed(b"\x01\x02\x02\xff\xff")[:4],
    "one byte": b"\x01",
}


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE.keys())
def test_an_answer_that_is_none_is_never_believed(answer: bytes) -> None:
    unit = ModbusUnit(1, (1,) * 16)
    unit.answer = lambda request: answer  # type: ignore[method-assign]
    heard = play(modbus(1, count=16), [unit], 5)
    assert set(heard.told(0)) == {UNKNOWN}
    counts = heard.counts()
    assert counts.get("sentences", 0) <= 1  # the names it is given at the start
    assert sum(n for name, n in counts.items() if name.startswith("error_")) >= 3


@settings(max_examples=150, deadline=None)
@given(
    noise=st.binary(max_size=40)
    | st.binary(min_size=1, max_size=1).map(lambda bits: sealed(b"\x01\x02\x01" + bits))
)
def test_whatever_comes_back_the_asker_answers_or_refuses(noise: bytes) -> None:
    """Only a whole answer to this very question gives values, and then these."""
    world = World(60)
    port = BytePort(world)
    port.opened(modbus(1))
    port.arrive(noise)
    asker = ModbusAsker("io", 9600)
    whole = noise[:6] if noise[:3] == b"\x01\x02\x01" and noise[:6] == sealed(noise[:4]) else b""
    if whole:
        values = asker.ask(port, Module(1), lambda _: None).values
        assert list(values) == [whole[3] >> bit & 1 for bit in range(8)]
    else:
        with pytest.raises((NoAnswerError, BadAnswerError)):
            asker.ask(port, Module(1), lambda _: None)


def test_a_whole_answer_among_strays_is_found_and_only_that_one() -> None:
    asker, module = ModbusAsker("io", 9600), Module(1)
    good = sealed(b"\x01\x02\x01\xfe")
    assert asker.rescued(b"\x01\x02\x01\xff\x00\x00" + good + b"\x01\x02", module) == Answer([0] + [1] * 7)
    assert asker.rescued(good[:-1], module) is None
    assert asker.rescued(sealed(b"\x02\x02\x01\xfe"), module) is None


def test_a_late_alarm_still_alarms_and_a_late_rest_calms_nobody() -> None:
    """I3: a whole answer that nobody waited for any more can only alarm."""
    unit = ModbusUnit(1)
    world = World(8)
    port = BytePort(world, [unit])
    alarm, rest = sealed(b"\x01\x02\x01\xfe"), sealed(b"\x01\x02\x01\xff")
    world.at(3.02, lambda: setattr(port, "powered", False))
    world.at(5.0, lambda: port.arrive(alarm))
    world.at(7.0, lambda: port.arrive(rest))
    world.run(modbus(1), port)
    heard = Heard(world)
    assert NORMAL in heard.told(0)
    assert heard.told(0, 4.0).count(DANGER) >= 1
    assert NORMAL not in heard.told(0, 4.0)


def test_two_answers_with_a_missing_one_between_are_not_two_in_a_row() -> None:
    """I3: before it is believed a missing answer starts over; afterwards a single one changes nothing."""
    config, step = modbus(1), S // 5
    belief = Belief(config, config.modules[0], alone=True, counts=Counter())
    belief.opened(Origin.SIMULATED, 0)
    told = ""
    for turn, answers in enumerate("yy-yy-y", start=1):
        if answers == "-":
            assert belief.unanswered(turn * step) == []
            continue
        (said,) = belief.answered(Answer([1] * 8), turn * step)
        assert isinstance(said, Reading)
        told += said.channels[0].condition[0]
    assert told == "UUUNN", "not ready, one reading, one again, two, and a missing one bridged"


# Several modules on one bus


@pytest.mark.parametrize("make", [modbus, adam])
def test_a_module_that_goes_away_takes_only_its_own_channels_along(make: Callable[..., PortConfig]) -> None:
    unit = ModbusUnit if make is modbus else AdamUnit
    units: list[object] = [unit(address) for address in range(1, 9)]
    heard = play(make(*range(1, 9)), units, 20, (8, lambda: units.__delitem__(slice(1, None))))
    assert heard.told(0, 4) == [NORMAL] * len(heard.told(0, 4))
    assert len(heard.told(0, 12)) > 20
    for channel in range(1, 8):
        assert heard.told(channel, 6)[0] is NORMAL
        assert heard.told(channel)[-1] is UNKNOWN
    kinds = {note.kind for note in heard.notes()}
    assert kinds <= {NoteKind.OPENED, NoteKind.DEVICE_ERROR}
    assert len([n for n in heard.notes() if "does not answer" in n.text]) == 7


def test_each_module_alarms_on_its_own_channel() -> None:
    units = [ModbusUnit(1), ModbusUnit(2)]

    def open_second() -> None:
        units[1].levels[0] = 0

    heard = play(modbus(1, 2), list(units), 6, (4, open_second))
    assert DANGER not in heard.told(0)
    assert heard.told(1)[-1] is DANGER


def test_noise_on_a_bus_of_several_is_told_without_voiding_the_port() -> None:
    units = [ModbusUnit(1), ModbusUnit(2)]
    world = World(9)
    port = BytePort(world, list(units))
    for tenth in range(30, 60):
        world.at(tenth / 10, lambda: port.arrive(b"\x55\xaa\x00"))
    world.run(modbus(1, 2), port)
    heard = Heard(world)
    assert any("line-errors" in note.text for note in heard.notes())
    assert {note.kind for note in heard.notes()} == {NoteKind.OPENED, NoteKind.DEVICE_ERROR}
    assert UNKNOWN in (heard.told(0)[-1], heard.told(1)[-1])


# ASCII modules


def test_a_module_whose_checksum_is_off_is_not_believed() -> None:
    unit = AdamUnit()
    unit.checksum = False
    heard = play(adam(1), [unit], 5)
    assert set(heard.told(0)) == {UNKNOWN}
    assert heard.counts()["error_checksum_off"] >= 3


def test_an_answer_without_its_checksum_is_not_believed() -> None:
    unit = AdamUnit()
    usual = unit.answer
    unit.answer = lambda request: usual(request)[:-3] + b"\r" if request[3:4] == b"6" else usual(request)  # type: ignore[method-assign]
    heard = play(adam(1), [unit], 5)
    assert set(heard.told(0)) == {UNKNOWN}


def asked(change: Callable[[bytes, bytes], bytes]) -> str:
    """Ask a module once, its answers changed on the way; return the reason it is refused for."""
    unit = AdamUnit()
    usual = unit.answer
    unit.answer = lambda request: change(request, usual(request))  # type: ignore[method-assign]
    port = BytePort(World(60), [unit])
    port.opened(adam(1))
    with pytest.raises(BadAnswerError) as caught:
        AdamAsker(20).ask(port, Module(1, expect="4053"), lambda _: None)
    return caught.value.reason


@pytest.mark.parametrize("command", [b"2", b"M", b"5", b"6"])
def test_a_digit_changed_on_the_way_is_found_by_the_checksum(command: bytes) -> None:
    def change(request: bytes, answer: bytes) -> bytes:
        wrong = b"%02X\r" % (int(answer[-3:-1], 16) ^ 1)
        return answer[:-3] + wrong if request[3:4] == command else answer

    assert asked(change) == "checksum"


@pytest.mark.parametrize("command", [b"2", b"M", b"5"])
def test_a_line_on_which_somebody_spoke_before_the_next_question_is_refused(command: bytes) -> None:
    """An answer carries no address: one that was left over must not answer the next question."""
    assert asked(lambda request, answer: answer * 2 if request[3:4] == command else answer) == "stray"


def test_another_module_in_its_place_is_reported_within_three_seconds() -> None:
    """A masquerade: the same address, another name."""
    unit = AdamUnit()
    heard = play(adam(1), [unit], 12, (5, lambda: unit.masquerade(True)))
    assert NoteKind.WRONG_IDENTITY in {note.kind for note in heard.notes()}
    assert set(heard.told(0, 8)) == {UNKNOWN}


def test_a_restart_is_reported_and_believed_anew() -> None:
    unit = AdamUnit()
    heard = play(adam(1), [unit], 8, (4, unit.power_cycle))
    assert [note.kind for note in heard.notes()] == [NoteKind.OPENED, NoteKind.REBOOTED]
    assert UNKNOWN in heard.told(0, 4)
    assert heard.told(0)[-1] is NORMAL


def test_without_an_expected_name_any_module_is_taken() -> None:
    heard = play(adam(1, expect=""), [AdamUnit(name="7053D")], 4)
    assert heard.told(0)[-1] is NORMAL


def test_ascii_strays_give_up_an_alarm_only_whole() -> None:
    asker, module = AdamAsker(20), Module(1)
    line = b"!000100" + adam_sum(b"!000100") + b"\r"
    assert asker.rescued(b"\x00!!" + line + b"!00", module) == Answer([1] + [0] * 15)
    assert asker.rescued(line.replace(b"1", b"2", 1), module) is None
    assert asker.rescued(line[:-1], module) is None


# What every bus keeps to


@pytest.mark.parametrize("make", [modbus, adam])
def test_nothing_but_reading_requests_is_ever_sent(make: Callable[..., PortConfig]) -> None:
    """I1: I2: neither when all goes well nor when nothing does."""
    unit = ModbusUnit(1) if make is modbus else AdamUnit(1)
    world = World(12)
    port = BytePort(world, [unit])
    world.at(4, lambda: setattr(port.mischief, "fault", "corruption"))
    world.run(make(1), port)
    assert unit.written == []


def test_reasons_tell_recovering_from_absent() -> None:
    unit = ModbusUnit(1)
    world = World(8)
    port = BytePort(world, [unit])
    world.at(3, lambda: setattr(port, "powered", False))
    world.run(modbus(1), port)
    reasons = [c.reason for _, item in world.heard if isinstance(item, Reading) for c in item.channels]
    assert reasons[0] in (Reason.NOT_READY, Reason.RECOVERING)
    assert reasons[-1] == Reason.NO_ANSWER


# A great deal of noise


def noise_run(config: PortConfig, seed: int, total: int) -> Heard:
    """Let so many random bytes arrive on a line whose module is away, a whole alarm at the end."""
    import random  # noqa: PLC0415 - only here

    chance = random.Random(seed)
    world = World(1e9)
    port = BytePort(world, [])
    left = [total]

    def pour() -> None:
        size = min(left[0], chance.randint(1, 900))
        left[0] -= size
        port.arrive(chance.randbytes(size))
        if left[0] > 0:
            world.at(world.at_s + 0.05, pour)
        else:
            world.end = world.now + 2 * S

    world.at(0.1, pour)
    world.run(config, port)
    return Heard(world)


@pytest.mark.parametrize("make", [modbus, adam])
def test_noise_is_never_normal(make: Callable[..., PortConfig]) -> None:
    """P5: a short run of what the long one does with a million bytes."""
    heard = noise_run(make(1), 1, 60_000)
    assert NORMAL not in heard.told(0)
    assert heard.counts()["error_stray"] > 10


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("make", [modbus, adam])
@pytest.mark.parametrize("seed", range(3))
def test_a_million_bytes_of_noise_are_never_normal(make: Callable[..., PortConfig], seed: int) -> None:
    """P5: 10^6 random bytes on each profile that asks."""
    heard = noise_run(make(1), seed, 1_000_000)
    assert NORMAL not in heard.told(0)
