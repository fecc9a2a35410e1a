"""The devices of each visit after one fact."""

from __future__ import annotations

from dataclasses import replace

from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.implant_facts import (
    ConditionConfirmed,
    ConditionWritten,
    ConfirmationsVoided,
    DeviceDecisionSigned,
    DeviceRecorded,
    DevicesDecided,
    DevicesFiled,
    DeviceWithdrawn,
    LabelTranscribed,
    ScanPlanned,
)
from mr_safety_console.domain.implants import (
    Confirmation,
    DeviceLabel,
    DevicesDecision,
    Implant,
    ImplantsState,
    ScanPlan,
    VisitDevices,
)


def evolve(state: ImplantsState, entry: Entry) -> ImplantsState:
    """Return the devices after one fact."""
    name = getattr(entry.fact, "visit", "")
    if isinstance(entry.fact, DevicesFiled):
        return replace(state, visits={k: v for k, v in state.visits.items() if k != name})
    before = state.of(name)
    after = _changed(before, entry)
    return state if after is before else replace(state, visits={**state.visits, name: after})


def _changed(known: VisitDevices, entry: Entry) -> VisitDevices:
    match entry.fact:
        case DeviceRecorded() as told:
            return _recorded(known, told, entry)
        case DeviceWithdrawn(device=device, edition=edition):
            left = {k: v for k, v in known.devices.items() if k != device}
            return replace(known, devices=left, edition=edition)
        case LabelTranscribed() as told:
            return _labelled(known, told, entry)
        case ConditionWritten() as told:
            return _written(known, told)
        case ScanPlanned() as told:
            return _planned(known, told, entry)
        case ConfirmationsVoided() as told:
            return _voided(known, told)
        case _:
            return _judged(known, entry)


def _judged(known: VisitDevices, entry: Entry) -> VisitDevices:
    match entry.fact:
        case ConditionConfirmed() as told if told.edition == known.edition:
            said = Confirmation(told.edition, told.met, told.told_by, told.figure, entry.at, entry.by)
            # Whoever decided did not know of it: what is not met is decided on anew.
            decision = known.decision if told.met else None
            return replace(known, said={**known.said, f"{told.device}:{told.code}": said}, decision=decision)
        case DevicesDecided() as told if told.edition == known.edition:
            made = DevicesDecision(
                decision=told.decision,
                edition=told.edition,
                covers=told.covers,
                deciders=told.deciders,
                rationale=told.rationale,
                called=told.called,
                callback=told.callback,
                decided_utc=told.decided_utc,
                at=entry.at,
                by=entry.by,
            )
            return replace(known, decision=made)
        case DeviceDecisionSigned() if known.decision is not None:
            return replace(known, decision=replace(known.decision, called="", callback=""))
        case _:
            return known


def _recorded(known: VisitDevices, told: DeviceRecorded, entry: Entry) -> VisitDevices:
    before = known.devices.get(told.device)
    made = Implant(
        id=told.device,
        no=told.no,
        part=told.part,
        of=told.of,
        abandoned=told.abandoned,
        what=told.what,
        maker=told.maker,
        model=told.model,
        serial=told.serial,
        implanted=told.implanted,
        site=told.site,
        read_from=told.read_from,
        di=told.di,
        at=entry.at,
        by=entry.by,
    )
    same = before is not None and (before.maker, before.model) == (made.maker, made.model)
    if before is not None and same:
        made = replace(made, label=before.label, conditions=before.conditions)
    devices = {**known.devices, made.id: made}
    return replace(known, devices=devices, edition=told.edition, last_no=max(known.last_no, told.no))


def _labelled(known: VisitDevices, told: LabelTranscribed, entry: Entry) -> VisitDevices:
    device = known.devices.get(told.device)
    if device is None:
        return known
    label = DeviceLabel(told.labelling, told.document, told.revision, told.dated, at=entry.at, by=entry.by)
    made = replace(device, label=label, conditions={})
    return replace(known, devices={**known.devices, device.id: made}, edition=told.edition)


def _written(known: VisitDevices, told: ConditionWritten) -> VisitDevices:
    device = known.devices.get(told.device)
    if device is None:
        return known
    made = replace(device, conditions={**device.conditions, told.code: told.printed})
    return replace(known, devices={**known.devices, device.id: made}, edition=told.edition)


def _planned(known: VisitDevices, told: ScanPlanned, entry: Entry) -> VisitDevices:
    plan = ScanPlan(
        no=told.plan,
        region=told.region,
        transmit_coil=told.transmit_coil,
        receive_coil=told.receive_coil,
        mode=told.mode,
        position=told.position,
        figures=told.figures,
        at=entry.at,
        by=entry.by,
    )
    return replace(known, plan=plan, edition=told.edition, last_plan=told.plan)


def _voided(known: VisitDevices, told: ConfirmationsVoided) -> VisitDevices:
    """Drop what was confirmed and decided; only on another plan or magnet also what was not met."""
    kept = {
        name: one
        for name, one in known.said.items()
        if told.reason == "devices" and not one.met and name.partition(":")[0] != told.of
    }
    plan = known.plan if told.reason in ("devices", "plan") else None
    devices = {} if told.reason == "person" else known.devices
    return replace(
        known, said=kept, decision=None, edition=told.edition, voided=told.reason, plan=plan, devices=devices
    )
