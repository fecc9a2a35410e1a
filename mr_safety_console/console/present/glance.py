"""The suite in one line for somebody who has three seconds: what matters most, in a word of its own.

Each state has a word, a mark and a colour that no other has; what else is true stands below.
"""

from __future__ import annotations

from mr_safety_console.console.present import doors
from mr_safety_console.console.present.alarm_line import PRIORITY_TONE
from mr_safety_console.console.present.view import View
from mr_safety_console.console.present.zone_map import crossing, heads, objects_inside, who_passes
from mr_safety_console.console.theme import MARKS, Tone
from mr_safety_console.domain import roster, zones
from mr_safety_console.domain.alarm_points import IRON
from mr_safety_console.domain.alarms import ranked
from mr_safety_console.domain.context import NS
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.door_watch import DoorWatch, Watch
from mr_safety_console.domain.value import frozen


@frozen
class Glance:
    """The word with its mark, the tone of both, and what to do or to know."""

    word: str
    tone: Tone
    told: str


def glance(view: View) -> Glance:
    """Return what matters most now; the first of these that is so."""
    if view.blind:
        return Glance(f"{MARKS[Tone.UNKNOWN]} NOTHING KNOWN", Tone.UNKNOWN, "trust doors and eyes")
    return _hazard(view) or _crossing(view) or _rest(view)


def _hazard(view: View) -> Glance | None:
    door = view.profile.door_iv
    believed = [view.believe(point) for point in view.profile.detectors_iv]
    if view.emergency.current is not None:
        return Glance("!!! EMERGENCY", Tone.EMERGENCY, "F9 goes on with it")
    if any(one.condition is Condition.DANGER for one in believed):
        return Glance(f"{MARKS[Tone.STOP]} IRON", Tone.STOP, f"nobody goes past {_the(door.name)}")
    if any(one.rule in IRON and not one.answered for one in view.state.alarms.open.values()):
        return Glance(f"{MARKS[Tone.STOP]} IRON", Tone.STOP, "rang and nobody has answered: find it")
    stands = view.believe(door).condition
    if found := _open(view, doors.watched(view, door, view.believe(door))):
        return found
    blind = any(one.condition is Condition.UNKNOWN for one in believed)
    if stands is Condition.UNKNOWN:
        lost = "DOOR AND DETECTOR LOST" if blind else "DOOR LOST"
        return Glance(f"{MARKS[Tone.UNKNOWN]} {lost}", Tone.UNKNOWN, f"put somebody at {_the(door.name)}")
    if blind:
        return Glance(f"{MARKS[Tone.UNKNOWN]} DETECTOR LOST", Tone.UNKNOWN, "it sees nothing: look yourself")
    return None


def _open(view: View, seen: DoorWatch) -> Glance | None:
    """Return what an open door is; nothing for one closed or unknown, or announced for who still passes."""
    stop, hold = MARKS[Tone.STOP], MARKS[Tone.HOLD]
    whom = doors.whose(view, seen)
    match seen.watch:
        case Watch.FORCED:
            return Glance(f"{stop} DOOR FORCED", Tone.STOP, "nobody is rostered: look who is there")
        case Watch.SCAN:
            return Glance(f"{stop} DOOR OPEN IN A SCAN", Tone.STOP, "who went in? Close it, stop the scan")
        case Watch.UNATTENDED:
            return Glance(f"{hold} DOOR OPEN", Tone.HOLD, "nobody announced: who went in? Close it")
        case Watch.HELD:
            return Glance(f"{hold} DOOR HELD OPEN", Tone.HOLD, f"{whom}: close it")
        case Watch.KEPT:
            keeper = view.person(seen.keeper)
            return Glance(f"{doors.EYES} DOOR KEPT", Tone.KEY, f"open, {keeper} stands at it")
        case Watch.ANNOUNCED if crossing(view) is None:
            return Glance(f"{doors.EYES} DOOR OPEN", Tone.CONFIRM, f"{whom}: close it behind them")
        case _:
            return None


def _crossing(view: View) -> Glance | None:
    transit = crossing(view)
    if transit is None:
        return None
    left = max(0, (transit.due_bt - view.now.bt) // NS)
    who = who_passes(view, transit.visit)
    if transit.inwards:
        return Glance("→ GOING IN", Tone.CONFIRM, f"{who}, {left} s left")
    return Glance("← COMING OUT", Tone.CONFIRM, f"{who}, {left} s left")


def _rest(view: View) -> Glance:
    """Return how many are inside; it is quiet only while no alarm is open."""
    shown, place, door = heads(view), zones.name(view.profile, "IV"), view.profile.door_iv
    if shown is None:
        return Glance(f"{MARKS[Tone.UNKNOWN]} HEADS UNKNOWN", Tone.UNKNOWN, f"count who is in {place}")
    if alarms := ranked(view.state.alarms):
        tone = PRIORITY_TONE[alarms[0].priority]
        return Glance(f"{MARKS[tone]} ALARM OPEN", tone, f"{len(alarms)} to be dealt with: F6")
    things, tone = objects_inside(view)
    if tone is Tone.UNKNOWN:
        return Glance(f"{MARKS[tone]} OBJECTS UNKNOWN", tone, f"look what is in {place}")
    also = f", {things}" if things else ""
    if inside := len(shown["IV"]):
        scan = ", a scan is presumed" if view.state.visits.scan_presumed else ""
        return Glance(f"● {inside} INSIDE", Tone.TITLE, f"recorded in {place}{also}{scan}")
    if roster.unrostered(view.state):
        begun = view.state.roster.unrostered
        since = f"since {view.clock_short(begun)}, " if begun is not None else ""
        told = f"{since}any opening of {_the(door.name)} is an alarm"
        return Glance("◌ NOBODY ROSTERED", Tone.FAINT, told)
    return Glance("○ QUIET", Tone.PLAIN, f"nobody recorded in {place}{also}, no open alarm")


def _the(name: str) -> str:
    return name if name.lower().startswith("the ") else f"the {name}"
