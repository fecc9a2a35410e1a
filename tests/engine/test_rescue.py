"""Emergency records on the disk become inputs once, and damage is told once."""

from __future__ import annotations

from pathlib import Path

from support.clocks import HandClock

from mr_safety_console.domain.codec import encode_command
from mr_safety_console.domain.emergency import OpenEmergency
from mr_safety_console.domain.lifecycle import ReportSpoolDamage
from mr_safety_console.domain.suite import SuiteState
from mr_safety_console.engine.rescue import Rescue
from mr_safety_console.engine.spool import Spool
from mr_safety_console.engine.spool_reader import SpoolReader


def pressed(place: Path, presses: int) -> Path:
    """Write some presses into a spool, as the intake would; return its file."""
    spool, clock = Spool((place,)), HandClock()
    spool.open()
    for number in range(presses):
        plain = encode_command(OpenEmergency(emergency=f"E{number}"))
        spool.write(spool.prepare(plain["kind"], plain["data"], clock.advance(5)))
    spool.close()
    return next(place.glob("*.spool"))


def test_records_come_once_with_their_moment_and_cause(tmp_path: Path) -> None:
    pressed(tmp_path, 3)
    rescue = Rescue(SpoolReader((tmp_path,)))
    found = rescue(SuiteState())
    assert [item.command for item in found] == [OpenEmergency(emergency=f"E{n}") for n in range(3)]
    assert all(item.occ is not None and item.cause.startswith("spool:") for item in found)
    assert rescue(SuiteState()) == []


def test_damage_is_told_once_and_only_when_a_second_look_finds_it(tmp_path: Path) -> None:
    """I6: what cannot be read back is said, not passed over."""
    file = pressed(tmp_path, 3)
    raw = bytearray(file.read_bytes())
    at = raw.index(b"E1") + 1
    raw[at] ^= 0x01
    file.write_bytes(raw)
    rescue = Rescue(SpoolReader((tmp_path,)))
    first = rescue(SuiteState())
    assert [type(item.command) for item in first] == [OpenEmergency, OpenEmergency]
    told = [item.command for item in rescue(SuiteState())]
    assert told == [ReportSpoolDamage(file=file.name, slots=1)]
    assert rescue(SuiteState()) == []
