"""One device on the screen: its papers, and each condition as printed, converted, and held against here."""

from __future__ import annotations

from mr_safety_console.console.present.rows import Row, marked, row
from mr_safety_console.console.present.view import View
from mr_safety_console.console.text import Part
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain import implant_conditions, implant_kinds
from mr_safety_console.domain.implant_facts import Abandoned, DeviceVerdict
from mr_safety_console.domain.implant_facts import Part as DevicePart
from mr_safety_console.domain.implant_kinds import Result, Who
from mr_safety_console.domain.implant_verdict import DeviceJudged, Judged
from mr_safety_console.domain.implants import Implant, VisitDevices
from mr_safety_console.domain.units import Measure
from mr_safety_console.domain.visit import Visit
from mr_safety_console.domain.words import say

TONES = {
    DeviceVerdict.MET: Tone.PLAIN,
    DeviceVerdict.CANNOT_VERIFY: Tone.UNKNOWN,
    DeviceVerdict.RISK_BENEFIT: Tone.HOLD,
    DeviceVerdict.NOT_MET: Tone.STOP,
    DeviceVerdict.UNSAFE: Tone.STOP,
}
RESULT_TONES = {Result.MET: Tone.PLAIN, Result.CANNOT_VERIFY: Tone.UNKNOWN, Result.NOT_MET: Tone.STOP}
LONGEST_FIGURE = 9
"""Characters beyond which a converted figure is shown rounded, as such; it is compared exactly."""
MET_MARK = "="
"""In front of MET: compared and confirmed, and no more than that."""


def known(view: View, person: Visit) -> VisitDevices:
    """Return what is written down of a visit's devices."""
    return view.state.implants.of(person.id)


def word(verdict: DeviceVerdict) -> Part:
    """Return a verdict as word and symbol in its tone."""
    said, tone = say("device-verdict", verdict.name.lower()), TONES[verdict]
    return (f"{MET_MARK} {said}", tone) if verdict is DeviceVerdict.MET else marked(tone, said)


def device_rows(view: View, person: Visit, one: DeviceJudged, *, here: bool) -> list[Row]:
    """Return a device with its verdict and why; the selected one with its papers and every condition."""
    device = one.device
    told = " ".join(view.private(text) for text in (device.what, device.maker, device.model) if text)
    out = [
        row((f"D{device.no} ", Tone.KEY), *_part(view, person, device), f"{told}  ", word(one.verdict),
            key=device.id, indent=4)
    ]  # fmt: skip
    out += [row("    ", (say("device-reason", reason), Tone.HOLD), indent=6) for reason in one.reasons]
    if not here:
        return out
    out += [row("    ", (text, Tone.FAINT), indent=6) for text in _papers(view, device)]
    for code in one.unstated:
        wanted = " or ".join(say("condition", part) for part in code.split(" or "))
        lacking = marked(Tone.UNKNOWN, say("condition-result", "cannot_verify"))
        out.append(row("    ", lacking, f"  {wanted}: not stated by the label", indent=6))
    return [*out, *(_condition(view, device, judgement) for judgement in one.rows)]


def _part(view: View, person: Visit, device: Implant) -> list[Part]:
    if device.part is not DevicePart.LEAD:
        return []
    of = known(view, person).devices.get(device.of)
    told = f"lead of D{of.no}, " if of else "lead of nobody knows what, "
    tone = Tone.PLAIN if device.abandoned is Abandoned.NO else Tone.HOLD
    return [told, (f"{say('abandoned', device.abandoned)}  ", tone)]


def _papers(view: View, device: Implant) -> list[str]:
    """Return where it is written what the device is, and what its labelling says."""
    told = {"serial": device.serial, "implanted": device.implanted, "in": device.site, "DI": device.di}
    said = [f"{name} {view.private(text)}" for name, text in told.items() if text]
    said.append(f"read from {view.private(device.read_from) if device.read_from else 'no document'}")
    out = [", ".join(said)]
    label = device.label
    if label is not None:
        stands = f"{label.document}, revision {label.revision}, {label.dated}"
        named = say("labelling", label.labelling)
        out.append(f"label: {named} ({view.private(stands)}), {view.people(label.by)}")
    return out


def _condition(view: View, device: Implant, one: Judged) -> Row:
    tone = RESULT_TONES[one.result]
    said = say("condition-result", one.result.name.lower())
    result: Part = (f"{MET_MARK} {said}", tone) if one.result is Result.MET else marked(tone, said)
    return row(
        "    ",
        (f"{say('condition', one.kind.code)}: ", Tone.TITLE),
        _printed(view, one),
        "  here: ",
        one.compared.here or "not known",
        _converted(one),
        "  ",
        result,
        (f"  {_confirmed(view, one)}", Tone.FAINT),
        key=f"{device.id}:{one.kind.code}",
        indent=8,
    )


def _printed(view: View, one: Judged) -> str:
    """Return the label's words as printed, and the figure converted where it is another one."""
    if not implant_kinds.readable(one.printed):
        return "(blank)"
    return f"{view.private(one.printed)}{_as(one.compared.label)}"


def _converted(one: Judged) -> str:
    mine = implant_conditions.measure(one.compared.here, one.kind.unit) if one.kind.unit else None
    return _as(mine)


def _as(figure: Measure | None) -> str:
    if figure is None or (figure.printed, figure.unit) == (figure.value, figure.base):
        return ""
    if len(figure.value) > LONGEST_FIGURE:
        return f" ≈ {float(figure.value):.3f} {figure.base}"
    return f" = {figure.value} {figure.base}"


def _confirmed(view: View, one: Judged) -> str:
    if one.said is not None:
        says = "" if one.said.met else "not met: "
        by = view.people(one.said.by)
        told = view.person(one.said.told_by) if one.said.told_by else "?"
        recorded = f", recorded by {by}" if told != by else ""
        return f"{says}{told}{recorded} {view.clock_short(one.said.at)}"
    if one.kind.who is Who.CONSOLE:
        return say("condition-who", one.kind.who)
    return f"not confirmed: {say('condition-who', one.kind.who)}, y or n"
