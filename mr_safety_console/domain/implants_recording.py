"""What people write down about the devices of a visit: devices, leads, labels, conditions, the plan.

Whoever writes adds what stands against the scan, or gives something to compare; nobody clears anything.
"""

from __future__ import annotations

from collections.abc import Mapping

from mr_safety_console.domain import implant_conditions as conditions
from mr_safety_console.domain import implant_kinds
from mr_safety_console.domain.codec import Command, Fact
from mr_safety_console.domain.implant_acts import (
    ConfirmCondition,
    PlanScan,
    RecordDevice,
    TranscribeLabel,
    WithdrawDevice,
    WriteCondition,
)
from mr_safety_console.domain.implant_facts import (
    Abandoned,
    ConditionWritten,
    DeviceRecorded,
    DeviceWithdrawn,
    Labelling,
    LabelTranscribed,
    Part,
    ScanPlanned,
)
from mr_safety_console.domain.implant_kinds import KINDS
from mr_safety_console.domain.implants import Implant
from mr_safety_console.domain.implants_confirming import confirm
from mr_safety_console.domain.implants_desk import DevicesDesk, too_long
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.words import refused

Facts = tuple[Fact, ...]


def decide(desk: DevicesDesk, asked: Command) -> Facts | Refused:
    """Decide on one thing that is written down or confirmed."""
    match asked:
        case RecordDevice():
            return _record(desk, asked)
        case WithdrawDevice():
            return _withdraw(desk, asked)
        case TranscribeLabel():
            return _label(desk, asked)
        case WriteCondition():
            return _condition(desk, asked)
        case PlanScan():
            return _plan(desk, asked)
        case ConfirmCondition():
            return confirm(desk, asked)
        case _:
            return ()


def _record(desk: DevicesDesk, asked: RecordDevice) -> Facts | Refused:
    told = (asked.what, asked.maker, asked.model, asked.serial, asked.implanted, asked.site)
    if why := desk.may("device-record") or too_long(*told, asked.read_from, asked.di):
        return why
    if not asked.what.strip() or asked.part not in tuple(Part) or asked.abandoned not in tuple(Abandoned):
        return refused("device-terms", choices=", ".join((*Part, *Abandoned)))
    before = desk.known.devices.get(asked.device) if asked.device else None
    if (asked.device and before is None) or (asked.of and asked.of not in desk.known.devices):
        return refused("device-unknown")
    if before is not None and _taken_back(before, asked):
        return refused("device-not-written-over", no=before.no)
    name = before.id if before else desk.ctx.tokens[0]
    made = DeviceRecorded(
        subject=desk.person.subject,
        visit=desk.person.id,
        device=name,
        no=before.no if before else desk.known.last_no + 1,
        edition=desk.next(),
        part=Part(asked.part),
        of=asked.of,
        abandoned=Abandoned(asked.abandoned) if asked.part == Part.LEAD else Abandoned.NO,
        what=asked.what,
        maker=asked.maker,
        model=asked.model,
        serial=asked.serial,
        implanted=asked.implanted,
        site=asked.site,
        read_from=asked.read_from,
        di=asked.di,
    )
    return (*desk.voided("devices", name), made)


def _taken_back(before: Implant, asked: RecordDevice) -> bool:
    """Tell whether an abandoned lead would be none any more: only a signed withdrawal lightens so."""
    stays = asked.part == Part.LEAD and asked.abandoned == Abandoned.YES
    return before.abandoned is Abandoned.YES and not stays


def _withdraw(desk: DevicesDesk, asked: WithdrawDevice) -> Facts | Refused:
    device = desk.device(asked.device)
    if isinstance(device, Refused):
        return device
    if not asked.reason.strip():
        return refused("device-withdraw-reason", no=device.no)
    if why := too_long(asked.reason) or desk.may("device-withdraw"):
        return why
    told = DeviceWithdrawn(
        subject=desk.person.subject,
        visit=desk.person.id,
        device=device.id,
        edition=desk.next(),
        reason=asked.reason,
    )
    return (*desk.voided("devices", device.id), told)


def _label(desk: DevicesDesk, asked: TranscribeLabel) -> Facts | Refused:
    device = desk.device(asked.device)
    if isinstance(device, Refused):
        return device
    if why := desk.may("device-record") or too_long(asked.document, asked.revision, asked.dated):
        return why
    if asked.labelling not in tuple(Labelling):
        return refused("device-terms", choices=", ".join(Labelling))
    unsafe = device.label is not None and device.label.labelling is Labelling.UNSAFE
    if unsafe and asked.labelling != Labelling.UNSAFE:
        return refused("device-not-written-over", no=device.no)
    told = LabelTranscribed(
        subject=desk.person.subject,
        visit=desk.person.id,
        device=device.id,
        edition=desk.next(),
        labelling=Labelling(asked.labelling),
        document=asked.document,
        revision=asked.revision,
        dated=asked.dated,
    )
    return (*desk.voided("devices", device.id), told)


def _condition(desk: DevicesDesk, asked: WriteCondition) -> Facts | Refused:
    device = desk.device(asked.device)
    if isinstance(device, Refused):
        return device
    if why := desk.may("device-record") or too_long(asked.printed):
        return why
    if asked.code not in KINDS:
        return refused("condition-unknown", choices=", ".join(KINDS))
    if device.label is None or device.label.labelling is not Labelling.CONDITIONAL:
        return refused("condition-no-label", no=device.no)
    told = ConditionWritten(
        subject=desk.person.subject,
        visit=desk.person.id,
        device=device.id,
        edition=desk.next(),
        code=asked.code,
        printed=asked.printed,
    )
    return (*desk.voided("devices", device.id), told)


def _plan(desk: DevicesDesk, asked: PlanScan) -> Facts | Refused:
    if why := desk.may("scan-plan") or too_long(asked.receive_coil, *asked.figures.values()):
        return why
    if asked.region not in implant_kinds.REGIONS or asked.transmit_coil not in implant_kinds.COILS:
        return refused("plan-terms", choices=", ".join((*implant_kinds.REGIONS, *implant_kinds.COILS)))
    if asked.mode not in ("", *implant_kinds.OPERATING_MODES) or asked.position not in (
        "",
        *implant_kinds.POSITIONS,
    ):
        choices = (*implant_kinds.OPERATING_MODES, *implant_kinds.POSITIONS)
        return refused("plan-terms", choices=", ".join(choices))
    if why := _unreadable(asked.figures):
        return why
    told = ScanPlanned(
        subject=desk.person.subject,
        visit=desk.person.id,
        edition=desk.next(),
        plan=desk.known.last_plan + 1,
        region=asked.region,
        transmit_coil=asked.transmit_coil,
        receive_coil=asked.receive_coil,
        mode=asked.mode,
        position=asked.position,
        figures={code: said for code, said in asked.figures.items() if said.strip()},
    )
    return (*desk.voided("plan"), told)


def _unreadable(figures: Mapping[str, str]) -> Refused | None:
    """Return the refusal of the first figure that is none of the scan, or has no unit it is compared in."""
    for code, said in figures.items():
        if code not in implant_kinds.PLAN_FIGURES:
            return refused("condition-unknown", choices=", ".join(implant_kinds.PLAN_FIGURES))
        if said.strip() and conditions.measure(said, KINDS[code].unit) is None:
            return refused("figure-unreadable", code=code, units=", ".join(conditions.spellings(code)))
    return None
