"""What may be asked about the implants and devices of a visit: commands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from mr_safety_console.domain.codec import Command, command
from mr_safety_console.domain.implant_facts import Abandoned, Part


@command("record-device")
class RecordDevice(Command):
    """Write a device or a lead down, or put one right (`device` names it)."""

    visit: str
    what: str
    maker: str = ""
    model: str = ""
    serial: str = ""
    implanted: str = ""
    site: str = ""
    read_from: str = ""
    part: str = Part.DEVICE
    of: str = ""
    abandoned: str = Abandoned.UNKNOWN
    di: str = ""
    device: str = ""


@command("withdraw-device")
class WithdrawDevice(Command):
    """This device was written down in error."""

    visit: str
    device: str
    reason: str


@command("transcribe-label")
class TranscribeLabel(Command):
    """Write down what the labelling says, and where that stands."""

    visit: str
    device: str
    labelling: str
    document: str
    revision: str
    dated: str


@command("write-condition")
class WriteCondition(Command):
    """Write one condition down as it is printed."""

    visit: str
    device: str
    code: str
    printed: str


@command("plan-scan")
class PlanScan(Command):
    """Say which scan is planned; figures with their units, by kind of condition."""

    visit: str
    region: str
    transmit_coil: str
    receive_coil: str = ""
    mode: str = ""
    position: str = ""
    figures: Mapping[str, str] = field(default_factory=dict)


@command("confirm-condition")
class ConfirmCondition(Command):
    """A condition was looked at, in this edition; `told_by` says so where it is not who is signed on.

    `figure` is what was measured, or the setting a device had before its MR mode.
    """

    visit: str
    device: str
    code: str
    edition: int
    met: bool
    told_by: str = ""
    figure: str = ""


@command("decide-devices")
class DecideDevices(Command):
    """Decide on the devices as they stand in this edition; one of the deciders may do so by a call."""

    visit: str
    edition: int
    decision: str
    rationale: str = ""
    called: str = ""
    callback: str = ""
    read_back: bool = False
    decided_utc: int = 0


@command("sign-device-decision")
class SignDeviceDecision(Command):
    """The decider signs what was recorded for them."""

    visit: str


COMMANDS = (
    RecordDevice,
    WithdrawDevice,
    TranscribeLabel,
    WriteCondition,
    PlanScan,
    ConfirmCondition,
    DecideDevices,
    SignDeviceDecision,
)
