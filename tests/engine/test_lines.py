"""How each line is doing reaches whoever shows it: counted since the start, kept with no age."""

from __future__ import annotations

from rigging import FIRST, MemoryRecord, make
from support.clocks import HandClock
from support.device_wire import Ports, ScriptedPort, config, state
from support.waiting import wait_until

from devices import Link, PortLost
from mr_safety_console.engine.face import Line


def test_frames_damage_gaps_and_reconnections_of_a_port_stand_in_the_snapshot() -> None:
    clock = HandClock()
    damaged = state(2, 2000).replace(b"MRSC1", b"MRSC9", 1)
    first = ScriptedPort([state(1, 1000), damaged, PortLost("pulled")])
    second = ScriptedPort([state(5, 5000), state(6, 6000)])
    engine = make(clock, MemoryRecord())
    link = Link(config(), engine.hear, lambda: clock.bt, opener=Ports(first, second))
    assert engine.state.lines == {}, "no port before the start"
    engine.start((link,), FIRST).result(10)
    try:
        wait_until(lambda: engine.state.lines["fmd"].frames >= 3, 5, "three whole frames")
        told = engine.state.lines["fmd"]
        assert (told.rejected, told.reconnects) == (1, 1)
        assert told.gaps >= 1
        assert told.heard_bt == clock.bt
        clock.advance(7)
        assert engine.state.lines["fmd"].heard_bt == told.heard_bt, "an instant, not an age"
    finally:
        engine.close()


def test_a_port_that_never_spoke_has_no_instant() -> None:
    clock = HandClock()
    engine = make(clock, MemoryRecord())
    link = Link(config(), engine.hear, lambda: clock.bt, opener=Ports())
    engine.start((link,), FIRST).result(10)
    try:
        assert engine.state.lines == {"fmd": Line()}
        assert engine.state.lines["fmd"].heard_bt is None
    finally:
        engine.close()
