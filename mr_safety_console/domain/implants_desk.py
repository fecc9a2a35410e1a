"""What people write down about the devices of a visit: devices, leads, labels, conditions, plan, ticks.

Whoever writes adds what stands against the scan, or gives something to compare; nobody clears anything.
"""

from __future__ import annotations

from collections.abc import Mapping

from mr_safety_console.domain import implant_conditions as conditions
from mr_safety_console.domain import implant_verdict
from mr_safety_console.domain.codec import Command, Fact
from mr_safety_console.domain.context import Ctx
from mr_safety_console.domain.implant_conditions import KINDS, Result, Who
from mr_safety_console.domain.implant_facts import (
    Abandoned,
    ConditionConfirmed,
    ConditionWritten,
    ConfirmationsVoided,
    ConfirmCondition,
    DeviceRecorded,
    DeviceWithdrawn,
    Labelling,
    LabelTranscribed,
    Part,
    PlanScan,
    RecordDevice,
    ScanPlanned,
    TranscribeLabel,
    WithdrawDevice,
    WriteCondition,
)
from mr_safety_console.domain.implants import Confirmation, Implant, VisitDevices
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.screening_desk import same_name
from mr_safety_console.domain.staff import StaffState, credential_over, may, roles_of
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.visit import Visit
from mr_safety_console.domain.words import refused

Facts = tuple[Fact, ...]

OPERATORS = frozenset({"REM", "OPR"})
"""Who says what the scanner is set to: the remote operator, or the one at the scanner."""
LONGEST_TEXT = 120


@frozen
class DevicesDesk:
    """The devices of one visit with everything a decision about them looks at."""

    known: VisitDevices
    person: Visit
    ctx: Ctx
    staff: StaffState

    @property
    def place(self) -> implant_verdict.Place:
        """Return what the devices are judged against."""
        return implant_verdict.Place(self.ctx.profile, self.person, self.ctx.now)

    def is_self(self, person: str) -> bool:
        """Tell whether a member of staff is the patient, or bears the same name."""
        known = self.staff.people.get(person)
        return person == self.person.subject or (
            known is not None and same_name(known.name, self.person.name)
        )

    def may(self, act: str) -> Refused | None:
        """Return why the people here may not do the act, or None; nobody decides on themselves (I5)."""
        if why := may(self.staff, act, self.ctx):
            return why
        deciding = {who.person for who in self.ctx.signers}
        if not deciding and self.ctx.actor is not None:
            deciding = {self.ctx.actor.person}
        return refused("signs-for-self") if any(self.is_self(one) for one in deciding) else None

    def device(self, name: str) -> Implant | Refused:
        """Return a device of this visit."""
        return self.known.devices.get(name) or refused("device-unknown")

    def next(self) -> int:
        """Return the number of the edition that a change begins."""
        return self.known.edition + 1

    def voided(self, reason: str, of: str = "") -> Facts:
        """Return the fall of whatever was confirmed and decided, if anything was."""
        if not self.known.said and self.known.decision is None:
            return ()
        told = ConfirmationsVoided(visit=self.person.id, edition=self.next(), reason=reason, of=of)
        return (told,)


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
            return _confirm(desk, asked)
        case _:
            return ()


def too_long(*texts: str) -> Refused | None:
    """Return the refusal of a text that is longer than what is kept."""
    longest = max(map(len, texts), default=0)
    return refused("device-text", longest=LONGEST_TEXT) if longest > LONGEST_TEXT else None


def _record(desk: DevicesDesk, asked: RecordDevice) -> Facts | Refused:
    told = (asked.what, asked.maker, asked.model, asked.serial, asked.implanted, asked.site)
    if why := desk.may("device-record") or too_long(*told, asked.read_from, asked.di):
        return why
    if not asked.what.strip() or asked.part not in tuple(Part) or asked.abandoned not in tuple(Abandoned):
        return refused("device-terms", choices=", ".join((*Part, *Abandoned)))
    before = desk.known.devices.get(asked.device) if asked.device else None
    if (asked.device and before is None) or (asked.of and asked.of not in desk.known.devices):
        return refused("device-unknown")
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
    if asked.region not in conditions.REGIONS or asked.transmit_coil not in conditions.COILS:
        return refused("plan-terms", choices=", ".join((*conditions.REGIONS, *conditions.COILS)))
    if asked.mode not in ("", *conditions.OPERATING_MODES) or asked.position not in (
        "",
        *conditions.POSITIONS,
    ):
        choices = (*conditions.OPERATING_MODES, *conditions.POSITIONS)
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
        if code not in conditions.PLAN_FIGURES:
            return refused("condition-unknown", choices=", ".join(conditions.PLAN_FIGURES))
        if said.strip() and conditions.measure(said, KINDS[code].unit) is None:
            return refused("figure-unreadable", code=code, units=", ".join(conditions.spellings(code)))
    return None


def _confirm(desk: DevicesDesk, asked: ConfirmCondition) -> Facts | Refused:
    device = desk.device(asked.device)
    if isinstance(device, Refused):
        return device
    printed = device.conditions.get(asked.code)
    if printed is None:
        return refused("condition-unknown", choices=", ".join(device.conditions) or "none")
    if asked.edition != desk.known.edition:
        return refused("confirmation-late", was=asked.edition, now=desk.known.edition)
    if why := desk.may("condition-confirm") or too_long(asked.figure):
        return why
    own = desk.ctx.actor.person if desk.ctx.actor else ""
    told_by = asked.told_by or own
    if asked.met and (why := _not_to_confirm(desk, device, asked, told_by)):
        return why
    told = ConditionConfirmed(
        subject=desk.person.subject,
        visit=desk.person.id,
        device=device.id,
        code=asked.code,
        edition=asked.edition,
        met=asked.met,
        told_by=told_by,
        figure=asked.figure,
    )
    return (told,)


def _not_to_confirm(
    desk: DevicesDesk, device: Implant, asked: ConfirmCondition, told_by: str
) -> Refused | None:
    """Return why nobody, or not this person, may say that this condition is met."""
    kind = KINDS[asked.code]
    if kind.who is Who.CONSOLE:
        return refused("condition-compared", code=asked.code)
    if kind.who is Who.SCAN_SIDE:
        if not OPERATORS & roles_of(desk.staff, told_by):
            return refused("condition-operator", roles=", ".join(sorted(OPERATORS)))
        if credential_over(desk.staff, told_by, desk.ctx):
            return refused("credential-expired")
    elif asked.told_by:
        return refused("condition-by-eye")
    if desk.is_self(told_by):
        return refused("signs-for-self")
    return _not_comparable(desk, device, asked, told_by)


def _not_comparable(
    desk: DevicesDesk, device: Implant, asked: ConfirmCondition, told_by: str
) -> Refused | None:
    """Return that the comparison itself stands against it: a word does not stand in for a figure."""
    said = Confirmation(asked.edition, asked.met, told_by, asked.figure, desk.ctx.now, desk.ctx.signers)
    printed = device.conditions[asked.code]
    against = implant_verdict.here(device, desk.known, desk.place, said)
    compared = conditions.compare(asked.code, printed, against)
    came_to = implant_verdict.result(KINDS[asked.code], printed, compared, said)
    if desk.known.plan is None:
        return refused("devices-plan-missing")
    return None if came_to is Result.MET else refused("condition-not-comparable", code=asked.code)
