"""A patient with a pacing system on a suite whose figures are known. Makers and models are made up."""

from __future__ import annotations

from typing import Any

from support.suite_world import STAFF, World, ready, site

from mr_safety_console.domain.implant_acts import (
    ConfirmCondition,
    DecideDevices,
    PlanScan,
    RecordDevice,
    TranscribeLabel,
    WriteCondition,
)
from mr_safety_console.domain.implant_facts import DeviceVerdict
from mr_safety_console.domain.implant_verdict import DeviceJudged, Place, judge, worst
from mr_safety_console.domain.implants import VisitDevices
from mr_safety_console.domain.staff import AddStaff

FIGURES = {"spatial-gradient": "5600 mT/m", "slew": "200 T/m/s", "gradient": "45 mT/m"}
EXPERTS = {
    "EX": ("Eva Expert", ("MRSE",)),
    "RO": ("Rosa Remote", ("REM",)),
    "MD": ("Mia Director", ("MRMD",)),
}
LABEL = {"b0": "1.5 T, 3 T", "spatial-gradient": "720 G/cm", "whole-body-sar": "2 W/kg"}
PLANNED = {"whole-body-sar": "1.2 W/kg", "b1rms": "1.6 µT"}


def figured(**changes: Any) -> Any:
    """Return the fictional site with the figures of its magnet."""
    return site(**{"scanner_figures": FIGURES, **changes})


def with_experts(world: World | None = None) -> World:
    """Return a running suite with an expert, a remote operator and a medical director in the register."""
    world = world or ready()
    world.profile = figured()
    for initials, (name, roles) in EXPERTS.items():
        world.do(AddStaff(name=name, initials=initials, roles=roles, pin_hash=f"hash-{initials}"), "SO")
        world.people[initials] = next(reversed(world.state.staff.people))
        assert initials not in STAFF
    return world


def devices(world: World, visit: str) -> VisitDevices:
    """Return the devices of a visit."""
    return world.state.implants.of(visit)


def judged(world: World, visit: str) -> tuple[DeviceJudged, ...]:
    """Judge the devices of a visit, now."""
    return judge(devices(world, visit), Place(world.profile, world.visit(visit), world.clock.now()))


def verdict(world: World, visit: str) -> DeviceVerdict:
    """Return the worst verdict, now."""
    return worst(judged(world, visit))


def record(world: World, visit: str, **changes: Any) -> str:
    """Write down a whole device; return its id."""
    told = {
        "what": "pacemaker",
        "maker": "Examplemed",
        "model": "Pace 1",
        "serial": "S-100",
        "implanted": "2020-01-02",
        "site": "left chest",
        "read_from": "implant card",
    }
    world.do(RecordDevice(visit=visit, **{**told, **changes}))
    return next(reversed(devices(world, visit).devices))


def label(world: World, visit: str, device: str, said: str = "mr-conditional", **stated: str) -> None:
    """Write down the labelling with its conditions."""
    document = {"document": "manual EX-77", "revision": "C", "dated": "2025-04-01"}
    world.do(TranscribeLabel(visit=visit, device=device, labelling=said, **document))
    for code, printed in stated.items():
        world.do(WriteCondition(visit=visit, device=device, code=code, printed=printed))


def plan(world: World, visit: str, **changes: Any) -> None:
    """Plan a knee scan in normal mode."""
    told = {"region": "knee", "transmit_coil": "body", "mode": "normal", "position": "supine"}
    world.do(PlanScan(visit=visit, **{**told, "figures": PLANNED, **changes}))


def conditional(world: World, visit: str, **stated: str) -> str:
    """Write down a conditional device with a whole label; return its id."""
    device = record(world, visit)
    label(world, visit, device, **({**LABEL, **stated}))
    return device


def confirm(world: World, visit: str, device: str, code: str, **changes: Any) -> ConfirmCondition:
    """Return the confirmation of a condition in the present edition, said by the remote operator."""
    told = {"edition": devices(world, visit).edition, "met": True, "told_by": world.people["RO"]}
    return ConfirmCondition(visit=visit, device=device, code=code, **{**told, **changes})


def confirmed(world: World, visit: str) -> None:
    """Confirm everything that somebody confirms."""
    for one in judged(world, visit):
        for row in one.rows:
            if row.kind.who == "console":
                continue
            by = {} if row.kind.who == "scan-side" else {"told_by": "", "figure": "DDD 60"}
            world.do(confirm(world, visit, one.device.id, row.kind.code, **by))


def met(world: World, visit: str, **stated: str) -> str:
    """Return a device whose conditions were all compared and confirmed."""
    device = conditional(world, visit, **stated)
    plan(world, visit)
    confirmed(world, visit)
    return device


def decide(world: World, visit: str, decision: str = "conditions-met", **changes: Any) -> DecideDevices:
    """Return a decision in the present edition."""
    told = {"edition": devices(world, visit).edition, "decision": decision}
    return DecideDevices(visit=visit, **{**told, **changes})
