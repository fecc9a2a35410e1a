"""A visit with a labelled device and a planned scan, for tests of the screens. Makers are made up."""

from __future__ import annotations

from support.console_site import Site

from mr_safety_console.domain.implant_acts import PlanScan, RecordDevice, TranscribeLabel, WriteCondition

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
