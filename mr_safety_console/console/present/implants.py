"""The Implants screen: every device of the visit against this scanner, condition by condition."""

from __future__ import annotations

from mr_safety_console.console.present.implant_device import device_rows, known, word
from mr_safety_console.console.present.not_set_back import ACTION, action_rows
from mr_safety_console.console.present.rows import Row, row, title
from mr_safety_console.console.present.view import HIDDEN, View
from mr_safety_console.console.text import Part
from mr_safety_console.console.theme import MARKS, UNKNOWN_WORD, Tone
from mr_safety_console.domain import implant_verdict
from mr_safety_console.domain.implant_facts import Labelling
from mr_safety_console.domain.implant_kinds import KINDS, Who
from mr_safety_console.domain.implant_verdict import DeviceJudged, Place
from mr_safety_console.domain.implants import VisitDevices
from mr_safety_console.domain.visit import Visit
from mr_safety_console.domain.words import say

NO_VISIT = (title("NO VISIT IS OPEN"), row("Open one on Visit (F3)."))
NO_DEVICE = row(("no device written down; 1 or a scanned bar code begins one", Tone.FAINT))
NOT_A_DECISION = "The console compares and records; named people decide."


def judged(view: View, person: Visit) -> tuple[DeviceJudged, ...]:
    """Judge the devices of a visit at this instant."""
    return implant_verdict.judge(known(view, person), Place(view.profile, person, view.now))


def rows(view: View, cursor: str = "") -> tuple[Row, ...]:
    """Return the worst of all, what is set for the scan, the plan, then device by device."""
    person = view.visit
    if person is None:
        return NO_VISIT
    if {"implants", "actions"} & set(view.state.broken) or view.blind:
        return (row((f"{UNKNOWN_WORD}: read the devices' papers", Tone.UNKNOWN)),)
    found = judged(view, person)
    out = [*_head(view, person, found), *action_rows(view, person)]
    if view.locked:
        return (*out, row((f"{HIDDEN} sign on with ctrl+o", Tone.HOLD)))
    out.append(_plan(view, person))
    action = view.state.actions.open.get(cursor.removeprefix(ACTION))
    here = action.device if action else device_of(cursor)
    for one in found:
        out += device_rows(view, person, one, here=here == one.device.id)
    return (*out, *(() if found else (NO_DEVICE,)))


def _head(view: View, person: Visit, found: tuple[DeviceJudged, ...]) -> list[Row]:
    devices = known(view, person)
    parts: list[Part] = [f"V{person.no} {view.private(person.name)}  IMPLANTS, DEVICES: {len(found)}  "]
    if not found:
        return [title(*parts)]
    verdict = implant_verdict.worst(found)
    parts += ["worst: ", word(verdict)]
    out = [title(*parts)]
    if implant_verdict.decided(devices, verdict):
        out += _decision(view, devices)
    else:
        out.append(row((f"{MARKS[Tone.HOLD]} not decided. ", Tone.HOLD), NOT_A_DECISION))
    if devices.voided and not any(one.met for one in devices.said.values()):
        out.append(row((f"✗ VOID: {say('devices-voided', devices.voided)}", Tone.HOLD)))
    return out


def _decision(view: View, devices: VisitDevices) -> list[Row]:
    made = devices.decision
    if made is None:
        return []
    by = "+".join(view.person(one) for one in made.deciders)
    told = f"{say('device-decision', made.decision)}: {by} {view.clock_short(made.at)}"
    parts: list[Part] = [(told, Tone.CONFIRM)]
    if made.called:
        who, recorded = view.person(made.called), view.people(made.by)
        parts.append((f"  decided by {who} by a call, recorded by {recorded}; 8 signs", Tone.OVERRIDDEN))
    out = [row(*parts)]
    return [*out, row("  ", view.private(made.rationale), indent=4)] if made.rationale else out


def _plan(view: View, person: Visit) -> Row:
    plan = known(view, person).plan
    if plan is None:
        return row((f"{MARKS[Tone.HOLD]} no scan planned  ", Tone.HOLD), ("4 ", Tone.KEY), "plans it")
    terms = [view.private(plan.region), f"transmit {plan.transmit_coil}"]
    terms += [f"receive {view.private(plan.receive_coil)}"] if plan.receive_coil else []
    terms += [one for one in (plan.mode, plan.position) if one]
    figures = [f"{say('condition', code)} {said}" for code, said in plan.figures.items()]
    by = f"  {view.people(plan.by)} {view.clock_short(plan.at)}"
    return row((f"PLAN {plan.no}  ", Tone.TITLE), ", ".join((*terms, *figures)), (by, Tone.FAINT), indent=4)


def device_of(cursor: str) -> str:
    """Return the device a selected row belongs to; empty for an action's row."""
    return "" if cursor.startswith(ACTION) else cursor.partition(":")[0]


def code_of(cursor: str) -> str:
    """Return the condition of a selected row; empty for a row that is none."""
    return "" if cursor.startswith(ACTION) else cursor.partition(":")[2]


def acts(view: View) -> tuple[Row, ...]:
    """Return the keys of the acts: always in view, so that nobody scrolls to find out what a digit does."""
    person = view.visit
    if person is None or view.blind or view.locked:
        return ()
    if not known(view, person).devices:
        return (_acts(("1", "device or lead"), ("4", "plan")),)
    first = (("1", "device or lead"), ("2", "labelling"), ("3", "condition"), ("4", "plan"))
    then = (("6", "set for the scan"), ("7", "set back"), ("8", "decider signs"), ("9", "written in error"))
    return (_acts(*first, ("y n", "met, not met"), ("5", "decide")), _acts(*then))


def _acts(*shown: tuple[str, str]) -> Row:
    parts: list[Part] = []
    for key, words in shown:
        parts += ["  " if parts else "", (f"{key} ", Tone.KEY), words]
    return row(*parts)


def proposed(view: View, cursor: str) -> str:
    """Return the digit of the act that comes next for the selected row; `y` for a condition to confirm."""
    person = view.visit
    if person is None:
        return ""
    devices = known(view, person)
    if cursor.startswith(ACTION):
        return "7"
    device = devices.devices.get(device_of(cursor))
    if device is None:
        return "1"
    if code_of(cursor):
        return "" if KINDS[code_of(cursor)].who is Who.CONSOLE else "y"
    if device.label is None:
        return "2"
    if devices.plan is None:
        return "4"
    return "3" if device.label.labelling is Labelling.CONDITIONAL and not device.conditions else "5"
