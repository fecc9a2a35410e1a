"""What a clearance is bound to: this person, this attendance, this magnet and its field, these forms.

Nothing of it carries over to another: whoever is booked elsewhere begins there anew.
"""

from __future__ import annotations

from collections.abc import Iterable

from mr_safety_console.domain import screening, visit
from mr_safety_console.domain.findings import Case, Finding, hold, stop
from mr_safety_console.domain.implant_facts import DeviceVerdict
from mr_safety_console.domain.profile import SiteProfile
from mr_safety_console.domain.screening_case import CONDITIONS_MET, replaced
from mr_safety_console.domain.visit import Visit
from mr_safety_console.domain.visit_facts import Leg
from screening_forms.types import Trigger

OF_A_DEVICE = frozenset({Trigger.RESOLVE_FIRST, Trigger.HOLD_DEVICE})
"""Triggers that want a verdict on an implant or device before anything else."""


_UNDECIDED = {
    DeviceVerdict.MET: "device-undecided",
    DeviceVerdict.CANNOT_VERIFY: "device-cannot-verify",
    DeviceVerdict.RISK_BENEFIT: "device-risk-benefit",
    DeviceVerdict.NOT_MET: "device-not-met",
}


def bound_elsewhere(person: Visit, profile: SiteProfile) -> bool:
    """Tell whether an attendance was opened for another magnet or field; one that names none is."""
    return (person.scanner, person.b0_mt) != (profile.magnet, profile.b0_mt)


def tesla(b0_mt: int) -> str:
    """Return a field as people write it; one that nobody wrote down is unknown."""
    return f"{b0_mt / 1000:g} T" if b0_mt else "an unknown field"


def bound_here(case: Case) -> Iterable[Finding]:
    """The attendance is for this magnet at this field; a clearance moves to no other (I8)."""
    person, profile = case.visit, case.ctx.profile
    if bound_elsewhere(person, profile):
        yield stop(
            "clearance-elsewhere",
            scanner=person.scanner or "no magnet",
            b0=tesla(person.b0_mt),
            here=profile.magnet,
            here_b0=tesla(profile.b0_mt),
        )


def forms_same(case: Case) -> Iterable[Finding]:
    """The interview was made on the very version of the form that is loaded now (I8)."""
    known = case.state.screening.cases.get(case.visit.id)
    if known is None:
        return
    if replaced(known, case.ctx.forms):
        form = case.ctx.forms.get(known.form)
        now = form.version if form else "none"
        yield hold("form-changed", form=known.form, version=known.version, now=now)


def devices_judged(case: Case) -> Iterable[Finding]:
    """Every implant or device somebody declared or doubted has the verdict of whoever may give it."""
    known = case.state.screening.cases.get(case.visit.id)
    if known is None:
        return
    held = screening.must_resolve(known)
    left = [item for item in screening.unresolved(known) if held[item] in OF_A_DEVICE]
    if left:
        yield hold("device-unresolved", count=len(left))


def devices_decided(case: Case) -> Iterable[Finding]:
    """The worst of all devices on this magnet in this scan was decided on by whoever may, as it is now."""
    known = case.state.implants.of(case.visit.id)
    if not known.devices:
        yield from _devices_unrecorded(case)
        return
    from mr_safety_console.domain import implant_verdict  # noqa: PLC0415  -- loaded with the first device

    place = implant_verdict.Place(case.ctx.profile, case.visit, case.ctx.now)
    judged = implant_verdict.judge(known, place)
    verdict = implant_verdict.worst(judged)
    if implant_verdict.decided(known, verdict):
        return
    of = ", ".join(f"D{one.device.no}" for one in judged if one.verdict is verdict)
    if verdict is DeviceVerdict.UNSAFE:
        yield stop("device-unsafe", of=of)
    else:
        yield hold(_UNDECIDED[verdict], of=of)


def _devices_unrecorded(case: Case) -> Iterable[Finding]:
    """Yield that somebody signed for conditions of a label that nobody wrote down and compared."""
    interview = case.state.screening.cases.get(case.visit.id)
    made = interview.resolutions.values() if interview is not None else ()
    count = sum(one.resolution == CONDITIONS_MET for one in made)
    if count:
        yield hold("device-unrecorded", count=count)


def identity_stands(case: Case) -> Iterable[Finding]:
    """Whoever lies on the table is who the attendance is of (I8)."""
    yield from leg_stands(case, Leg.IDENTITY)


def door_list_stands(case: Case) -> Iterable[Finding]:
    """Coil and room were gone through for this examination; one changed since is gone through anew."""
    known = case.visit.legs.get(Leg.DOOR_LIST)
    if known is None or known.fallen:
        yield from leg_stands(case, Leg.DOOR_LIST)


def table_list_stands(case: Case) -> Iterable[Finding]:
    """Coil, padding, call bulb and hearing were gone through at the table, and not too long ago."""
    yield from leg_stands(case, Leg.TABLE_LIST)


def leg_stands(case: Case, leg: Leg) -> Iterable[Finding]:
    """One leg was made, has not fallen, and has not expired."""
    known = case.visit.legs.get(leg)
    if known is None:
        yield hold("leg-missing", leg=leg)
    elif known.fallen:
        yield hold("leg-fallen", leg=leg, reason=known.fallen)
    elif visit.expired(case.visit, leg, case.ctx):
        yield hold("leg-expired", leg=leg)
