"""What may happen to the implants and devices of a visit: facts, and the terms they are written in."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum

from mr_safety_console.domain.codec import Fact, Private, fact


class Labelling(StrEnum):
    """What the maker's labelling says about MR. Never inferred from a name, a brand or a memory."""

    SAFE = "mr-safe"
    CONDITIONAL = "mr-conditional"
    UNSAFE = "mr-unsafe"
    UNLABELLED = "mr-unlabelled"
    UNKNOWN = "unknown"


class Part(StrEnum):
    """A device, or a lead of one."""

    DEVICE = "device"
    LEAD = "lead"


class Abandoned(StrEnum):
    """Whether a lead was left behind, not connected to anything."""

    NO = "no"
    YES = "yes"
    UNKNOWN = "unknown"


class DeviceVerdict(IntEnum):
    """What the devices of a visit come to against this magnet and this scan; the greater is the worse.

    MET names conditions that were compared and confirmed, and no more than that.
    """

    MET = 0
    CANNOT_VERIFY = 1
    RISK_BENEFIT = 2
    NOT_MET = 3
    UNSAFE = 4


class DecisionKind(StrEnum):
    """What a named person decides: conditions met, a risk-benefit decision, an exception for MR Unsafe."""

    MET = "conditions-met"
    RISK_BENEFIT = "risk-benefit"
    EXCEPTION = "exception"


@fact("device-recorded")
class DeviceRecorded(Fact):
    """An implant, device or lead was written down, or put right: whole, under its own number (D2).

    `of` is the device a lead belongs to, empty when nobody knows. `implanted` is a date as written,
    `read_from` the document the model and serial number were read from, `di` the model's number on
    its bar code. `edition` counts up with whatever the verdict rests on.
    """

    subject: str
    visit: str
    device: str
    no: int
    edition: int
    part: Part
    of: str
    abandoned: Abandoned
    what: Private[str]
    maker: Private[str]
    model: Private[str]
    serial: Private[str]
    implanted: Private[str]
    site: Private[str]
    read_from: Private[str]
    di: Private[str] = ""


@fact("device-withdrawn")
class DeviceWithdrawn(Fact):
    """A device was written down in error: it does not count any more and stays in the record."""

    subject: str
    visit: str
    device: str
    edition: int
    reason: Private[str]


@fact("label-transcribed")
class LabelTranscribed(Fact):
    """What the labelling of a device says, by which document and revision; its conditions are blank."""

    subject: str
    visit: str
    device: str
    edition: int
    labelling: Labelling
    document: Private[str]
    revision: Private[str]
    dated: Private[str]


@fact("condition-written")
class ConditionWritten(Fact):
    """One condition of a label, as printed; blank when the label names it and gives nothing."""

    subject: str
    visit: str
    device: str
    edition: int
    code: str
    printed: Private[str]


@fact("scan-planned")
class ScanPlanned(Fact):
    """Which scan is planned: region, coils, mode, position, and the figures the scanner shows for it."""

    subject: str
    visit: str
    edition: int
    plan: int
    region: Private[str]
    transmit_coil: str
    receive_coil: Private[str]
    mode: str
    position: str
    figures: Mapping[str, str]


@fact("condition-confirmed")
class ConditionConfirmed(Fact):
    """Somebody looked and says that a condition is met, or that it is not, in this edition.

    `told_by` is who said so, by pseudonym: the operator where the entry was made by another hand.
    """

    subject: str
    visit: str
    device: str
    code: str
    edition: int
    met: bool
    told_by: str
    figure: Private[str] = ""


@fact("confirmations-voided")
class ConfirmationsVoided(Fact):
    """What was confirmed and decided counts no more: `reason` is scanner, exam, plan, devices or person.

    `of` is the device that changed. What was said to be not met stays against another device.
    """

    visit: str
    edition: int
    reason: str
    of: str = ""


@fact("devices-decided")
class DevicesDecided(Fact):
    """Named people decided on all devices of a visit as they stood in this edition, at worst `covers`.

    `deciders` are those by pseudonym in whose roles it was decided; `called` is the one of them who
    was not present, by a call at `decided_utc` (µs).
    """

    subject: str
    visit: str
    edition: int
    decision: DecisionKind
    covers: DeviceVerdict
    deciders: tuple[str, ...]
    rationale: Private[str]
    called: str = ""
    callback: Private[str] = ""
    decided_utc: int = 0


@fact("device-decision-signed")
class DeviceDecisionSigned(Fact):
    """The person who decided on the devices by a call has signed since."""

    visit: str


@fact("devices-filed")
class DevicesFiled(Fact):
    """The visit is closed; its devices stand in the record alone."""

    visit: str


FACTS = (
    DeviceRecorded,
    DeviceWithdrawn,
    LabelTranscribed,
    ConditionWritten,
    ScanPlanned,
    ConditionConfirmed,
    ConfirmationsVoided,
    DevicesDecided,
    DeviceDecisionSigned,
    DevicesFiled,
)
