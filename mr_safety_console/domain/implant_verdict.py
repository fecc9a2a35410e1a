"""What the devices of a visit come to: each condition, each device, and the worst of them all. Pure.

Nothing here is stored: it is judged anew each time from what was written down, compared and confirmed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from mr_safety_console.domain import implant_conditions as conditions
from mr_safety_console.domain import implant_kinds
from mr_safety_console.domain.codec import ERASED
from mr_safety_console.domain.context import US, Instant
from mr_safety_console.domain.implant_conditions import Compared, Here
from mr_safety_console.domain.implant_facts import Abandoned, DeviceVerdict, Labelling, Part
from mr_safety_console.domain.implant_kinds import KINDS, Kind, Result, Sort, Who
from mr_safety_console.domain.implants import Confirmation, Implant, VisitDevices
from mr_safety_console.domain.profile import SiteProfile
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.visit import Visit

DAY_S = 86_400
_EPOCH = date(1970, 1, 1).toordinal()


@frozen
class Judged:
    """One condition of one device: as printed, compared, what was said of it, and what it comes to."""

    kind: Kind
    printed: str
    compared: Compared
    said: Confirmation | None
    result: Result


@frozen
class DeviceJudged:
    """One device: its verdict, why by rule (coded), its conditions, and what its label does not state."""

    device: Implant
    verdict: DeviceVerdict
    reasons: tuple[str, ...]
    rows: tuple[Judged, ...]
    unstated: tuple[str, ...]


@frozen
class Place:
    """Where and when: the site's figures, the visit the devices belong to, and the moment."""

    profile: SiteProfile
    person: Visit
    now: Instant


def judge(known: VisitDevices, place: Place) -> tuple[DeviceJudged, ...]:
    """Judge every device and lead of a visit, in the order they were written down."""
    return tuple(_device(one, known, place) for one in known.devices.values())


def worst(judged: tuple[DeviceJudged, ...]) -> DeviceVerdict:
    """Return the worst verdict; that of no device at all is that nothing can be verified."""
    return max((one.verdict for one in judged), default=DeviceVerdict.CANNOT_VERIFY)


def decided(known: VisitDevices, verdict: DeviceVerdict) -> bool:
    """Tell whether somebody entitled decided on this very edition, and on nothing better than it is now."""
    made = known.decision
    return made is not None and made.edition == known.edition and verdict <= made.covers


def _device(device: Implant, known: VisitDevices, place: Place) -> DeviceJudged:
    found: dict[str, DeviceVerdict] = {**_as_written(device), **_leads(device, known)}
    rows: tuple[Judged, ...] = ()
    unstated: tuple[str, ...] = ()
    label = device.label
    if label is None:
        found["label-not-read"] = DeviceVerdict.CANNOT_VERIFY
    else:
        found |= _labelled(label.labelling)
        if not all(implant_kinds.readable(text) for text in (label.document, label.revision, label.dated)):
            found["document-missing"] = DeviceVerdict.CANNOT_VERIFY
    if label is not None and label.labelling is Labelling.CONDITIONAL:
        rows = tuple(_condition(device, code, known, place) for code in device.conditions)
        unstated = implant_kinds.missing(device.conditions, place.profile.label_must_state)
        found |= _compared(rows, unstated, planned=known.plan is not None)
    verdict = max(found.values(), default=DeviceVerdict.MET)
    reasons = tuple(sorted(found, key=lambda name: (-found[name], name)))
    return DeviceJudged(device, verdict, reasons, rows, unstated)


def _as_written(device: Implant) -> dict[str, DeviceVerdict]:
    """Return what the record of a device lacks: model and serial number, from a document."""
    told = (device.maker, device.model, device.serial, device.read_from)
    if all(implant_kinds.readable(text) for text in told):
        return {}
    return {"not-identified": DeviceVerdict.CANNOT_VERIFY}


def _leads(device: Implant, known: VisitDevices) -> dict[str, DeviceVerdict]:
    """Return what abandoned leads do: to themselves, and to the label of what they belong to.

    One that belongs to nobody knows what voids the label of every device.
    """
    found: dict[str, DeviceVerdict] = {}
    for lead in known.devices.values():
        own = lead.id == device.id or lead.of in (device.id, "")
        if lead.part is not Part.LEAD or not own:
            continue
        if lead.abandoned is Abandoned.YES:
            found["lead-abandoned"] = DeviceVerdict.RISK_BENEFIT
        elif lead.abandoned is Abandoned.UNKNOWN:
            found["lead-unknown"] = DeviceVerdict.CANNOT_VERIFY
    return found


def _labelled(labelling: Labelling) -> dict[str, DeviceVerdict]:
    match labelling:
        case Labelling.UNSAFE:
            return {"mr-unsafe": DeviceVerdict.UNSAFE}
        case Labelling.UNLABELLED | Labelling.UNKNOWN:
            return {labelling.value: DeviceVerdict.RISK_BENEFIT}
        case _:
            return {}


def _compared(
    rows: tuple[Judged, ...], unstated: tuple[str, ...], *, planned: bool
) -> dict[str, DeviceVerdict]:
    found: dict[str, DeviceVerdict] = {}
    if any(one.result is Result.NOT_MET for one in rows):
        found["condition-not-met"] = DeviceVerdict.NOT_MET
    if any(one.result is Result.CANNOT_VERIFY for one in rows):
        found["condition-open"] = DeviceVerdict.CANNOT_VERIFY
    if unstated:
        found["label-lacks"] = DeviceVerdict.CANNOT_VERIFY
    if not planned:
        found["scan-not-planned"] = DeviceVerdict.CANNOT_VERIFY
    return found


def _condition(device: Implant, code: str, known: VisitDevices, place: Place) -> Judged:
    printed = device.conditions[code]
    kind = KINDS.get(code) or Kind(code, Sort.WORDS, Who.ON_SITE)
    said = known.confirmation(device.id, code)
    compared = conditions.compare(code, printed, here(device, known, place, said))
    return Judged(kind, printed, compared, said, result(kind, printed, compared, said))


def result(kind: Kind, printed: str, compared: Compared, said: Confirmation | None) -> Result:
    """Return what a condition comes to: the worse of the comparison and of what was said."""
    if said is not None and not said.met:
        return Result.NOT_MET
    if kind.who is Who.CONSOLE or compared.result is Result.NOT_MET:
        return compared.result
    if said is None or not implant_kinds.readable(printed):
        return Result.CANNOT_VERIFY
    return Result.MET if kind.sort is Sort.WORDS else compared.result


def here(device: Implant, known: VisitDevices, place: Place, said: Confirmation | None) -> Here:
    """Return what this device's label is held against."""
    if (place.person.scanner, place.person.b0_mt) != (place.profile.magnet, place.profile.b0_mt):
        return Here(0)  # cleared for another magnet, it is held against none
    values: dict[str, str] = dict(place.profile.scanner_figures)
    if known.plan is not None:
        values |= {
            **known.plan.figures,
            "region": known.plan.region,
            "transmit-coil": known.plan.transmit_coil,
            "operating-mode": known.plan.mode,
            "position": known.plan.position,
        }
    if said is not None and said.figure:
        values["body-temperature"] = said.figure
    days = days_since(device.implanted, place.now)
    if days is not None:
        values["wait-after-implant"] = f"{days} d"
    return Here(place.profile.b0_mt, _without_erased(values))


def _without_erased(values: Mapping[str, str]) -> dict[str, str]:
    return {code: said for code, said in values.items() if said != ERASED}


def days_since(written: str, now: Instant) -> int | None:
    """Return the whole days since a date written YYYY-MM-DD; None for no such day, or one to come."""
    try:
        day = date.fromisoformat(written.strip()).toordinal() - _EPOCH
    except ValueError:
        return None
    days = now.utc // (DAY_S * US) - day
    return days if days >= 0 else None
