"""The implants and devices of each visit as they stand: labels, plan, what was confirmed and decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import Instant, Who
from mr_safety_console.domain.implant_facts import (
    Abandoned,
    ConfirmationsVoided,
    DecisionKind,
    DeviceVerdict,
    Labelling,
    Part,
)
from mr_safety_console.domain.value import frozen


@frozen
class DeviceLabel:
    """What the labelling says, which document that stands in, and who wrote it down."""

    labelling: Labelling
    document: str
    revision: str
    dated: str
    at: Instant
    by: tuple[Who, ...]


@frozen
class Implant:
    """One device or lead. `conditions` are those of its label as printed, by kind."""

    id: str
    no: int
    part: Part
    of: str
    abandoned: Abandoned
    what: str
    maker: str
    model: str
    serial: str
    implanted: str
    site: str
    read_from: str
    di: str
    at: Instant
    by: tuple[Who, ...]
    label: DeviceLabel | None = None
    conditions: Mapping[str, str] = field(default_factory=dict)


@frozen
class ScanPlan:
    """The planned scan; `figures` are what the scanner shows for it, by kind of condition."""

    no: int
    region: str
    transmit_coil: str
    receive_coil: str
    mode: str
    position: str
    figures: Mapping[str, str]
    at: Instant
    by: tuple[Who, ...]


@frozen
class Confirmation:
    """What somebody said of one condition, and in which edition."""

    edition: int
    met: bool
    told_by: str
    figure: str
    at: Instant
    by: tuple[Who, ...]


@frozen
class DevicesDecision:
    """What was decided on all devices in an edition, at worst `covers`; `called` until that one signed."""

    decision: DecisionKind
    edition: int
    covers: DeviceVerdict
    deciders: tuple[str, ...]
    rationale: str
    called: str
    callback: str
    decided_utc: int
    at: Instant
    by: tuple[Who, ...]


@frozen
class VisitDevices:
    """Everything about the devices of one visit. `said` is keyed `device:kind`.

    `edition` counts up with every change of devices, labels, plan or magnet: what was confirmed or
    decided in a former one counts for nothing. `voided` is why the last confirmations fell.
    """

    edition: int = 0
    last_no: int = 0
    last_plan: int = 0
    devices: Mapping[str, Implant] = field(default_factory=dict)
    plan: ScanPlan | None = None
    said: Mapping[str, Confirmation] = field(default_factory=dict)
    decision: DevicesDecision | None = None
    voided: str = ""

    def confirmation(self, device: str, code: str) -> Confirmation | None:
        """Return what counts of a condition: said in this edition, or said to be not met before."""
        found = self.said.get(f"{device}:{code}")
        return found if found and (found.edition == self.edition or not found.met) else None


@frozen
class ImplantsState:
    """Devices by visit; those of a closed visit stand in the record alone."""

    visits: Mapping[str, VisitDevices] = field(default_factory=dict)

    def of(self, visit: str) -> VisitDevices:
        """Return what is known of a visit's devices; nothing at all for one that has none."""
        return self.visits.get(visit) or VisitDevices()


_FALLS = {"exam-changed": "exam", "scanner-changed": "scanner", "identity-changed": "person"}


def fallen(state: ImplantsState, visit: str, reason: str) -> tuple[Fact, ...]:
    """Return what falls for a reason a leg falls for: plan, confirmations, decision; all for another person.

    Another version of the form says nothing about a device.
    """
    known = state.visits.get(visit)
    if known is None or reason not in _FALLS:
        return ()
    return (ConfirmationsVoided(visit=visit, edition=known.edition + 1, reason=_FALLS[reason]),)
