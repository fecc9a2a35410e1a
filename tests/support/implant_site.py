"""A visit with a labelled device and a planned scan, for tests of the screens. Makers are made up."""

from __future__ import annotations

from support.console_site import Site

from mr_safety_console.domain.device_actions import OpenDeviceAction
from mr_safety_console.domain.implant_acts import (
    ConfirmCondition,
    PlanScan,
    RecordDevice,
    TranscribeLabel,
    WriteCondition,
)

WHOLE = {
    "what": "pacemaker", "maker": "Examplemed", "model": "Pace 1", "serial": "S-1", "read_from": "card",
}  # fmt: skip
LABEL = {
    "b0": "1.5 T, 3 T", "spatial-gradient": "720 G/cm", "whole-body-sar": "2 W/kg", "mr-mode": "MR mode on",
}  # fmt: skip


def begun(site: Site, *, operator: bool = True) -> str:
    """A visit, an expert and a remote operator; BB is signed on."""
    site.face.enrol("EE", "Eva Expert", "MRSE")
    if operator:
        site.face.enrol("RR", "Rosa Remote", "REM")
    site.face.sign_on(site.ben)
    return site.arrive()


def stocked(site: Site, *, operator: bool = True, **stated: str) -> tuple[str, str]:
    """A visit with a labelled device and a planned scan."""
    visit = begun(site, operator=operator)
    site.do(RecordDevice(visit=visit, **WHOLE))
    (device,) = site.face.working.implants.of(visit).devices
    stands = {"document": "EX-77", "revision": "C", "dated": "2025-04"}
    site.do(TranscribeLabel(visit=visit, device=device, labelling="mr-conditional", **stands))
    for code, printed in {**LABEL, **stated}.items():
        site.do(WriteCondition(visit=visit, device=device, code=code, printed=printed))
    where = {"region": "knee", "transmit_coil": "body", "mode": "normal", "position": "supine"}
    site.do(PlanScan(visit=visit, figures={"whole-body-sar": "0.9 W/lb"}, **where))
    return visit, device


def compared(site: Site) -> None:
    """A device whose figures are all compared; what a person says of it is still to come."""
    stocked(site)
    site.face.beat(20)


def worst(site: Site) -> None:
    """A condition not kept, a labelling that says nothing, and a shunt set for the scan."""
    visit, device = stocked(site, **{"whole-body-sar": "0.5 W/kg"})
    for what, labelling in (("cochlear implant", "mr-unlabelled"), ("shunt", "")):
        site.do(RecordDevice(visit=visit, what=what, maker="Examplemed", model="E 2", read_from="card"))
        last = next(reversed(site.face.working.implants.of(visit).devices))
        if labelling:
            stands = {"document": "EX-78", "revision": "A", "dated": "2024"}
            site.do(TranscribeLabel(visit=visit, device=last, labelling=labelling, **stands))
        else:
            site.do(OpenDeviceAction(visit=visit, device=last, sort="shunt-setting", before="1.5"))
    edition = site.face.working.implants.of(visit).edition
    told = {"device": device, "code": "whole-body-sar", "edition": edition}
    site.do(ConfirmCondition(visit=visit, met=False, **told))
    site.face.beat(20)
