"""The Suite screen: every point with its age, open alarms, open visits, and what to do next."""

from __future__ import annotations

from mr_safety_console.console.commands import CLOSE_SHIFT, DEVICES, READINESS
from mr_safety_console.console.present import crossings, zone_map
from mr_safety_console.console.present.alarm_line import PRIORITY_TONE, answered
from mr_safety_console.console.present.conditions import all_rushed_rows
from mr_safety_console.console.present.glance import glance
from mr_safety_console.console.present.not_set_back import not_set_back
from mr_safety_console.console.present.points import point_cell
from mr_safety_console.console.present.rail import short_step
from mr_safety_console.console.present.readiness import beside as beside_readiness
from mr_safety_console.console.present.readiness import to_make
from mr_safety_console.console.present.remote import remoted
from mr_safety_console.console.present.rows import BLANK, Row, marked, row, title
from mr_safety_console.console.present.view import SIMULATED, View, age
from mr_safety_console.console.present.watched import watched
from mr_safety_console.console.text import Part
from mr_safety_console.console.theme import MARKS, UNKNOWN_WORD, Tone
from mr_safety_console.domain import detectors, readiness, roster, suite_offers, suite_roster, zones
from mr_safety_console.domain.alarms import ranked
from mr_safety_console.domain.context import NS
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import kept
from mr_safety_console.domain.profile import Point, PointKind
from mr_safety_console.domain.visit import Visit, step
from mr_safety_console.domain.words import say

ALARMS_SHOWN = 4
PICTURE_CELLS = 55
"""Below this many cells beside the rest of the screen the map is one line."""


def point_rows(view: View, width: int = 0) -> tuple[Row, ...]:
    """Return the suite in a line and as a map, a row for each point of the site, then the open alarms.

    The map is a picture where there are `width` cells for it, else one line.
    """
    now = glance(view)
    word, told = (f" {now.word} ", now.tone), f" {now.told}"
    counts = (*crossings.compared(view, standing=True), *crossings.quiet(view))
    points = (*(_point_row(view, point) for point in view.profile.points), _proof_row(view))
    keeper, alarms = _keeper_rows(view), _alarm_rows(view)
    ready = (_readiness_row(view), *all_rushed_rows(view))
    if width < PICTURE_CELLS:
        # Header and strip have told the points: where not all of it fits, heads and alarms are not hidden.
        site = (f"  {view.profile.site}", Tone.FAINT)
        first = (row(word, told, site, indent=4), zone_map.strip(view), *counts, *ready)
        return (*first, *keeper, *alarms, *points)
    drawn = (*zone_map.picture(view, width), *zone_map.bare_doors(view), BLANK)
    below = (*points, *counts, *ready, *keeper, BLANK, *alarms)
    return (title(view.profile.site), row(word, told, indent=4), *drawn, *below)


def _readiness_row(view: View) -> Row:
    """Return what restricts the suite just now, the strictest first; with nothing found it says no more."""
    if view.blind:
        return row(("readiness ", Tone.FAINT), (UNKNOWN_WORD, Tone.UNKNOWN), indent=4)
    found, beside = readiness.limits(view.state, view.ctx), beside_readiness(view)
    if not found:
        return row((f"readiness  nothing found by these checks{beside}", Tone.FAINT), indent=4)
    more = f" +{len(found) - 1} more" if len(found) > 1 else ""
    why, word = found[0].why, readiness.word(found)
    now = f" {why.what_now}" if word == readiness.STOP_USE else ""
    tone = Tone.HOLD if word == readiness.RESTRICTED else Tone.STOP
    told = f" {why.reason.removeprefix(f'{word}: ')}{now}{more}"
    return row(("readiness ", Tone.FAINT), marked(tone, word), told, (beside, Tone.FAINT), indent=4, cap=400)


def _detectors(view: View) -> tuple[Point, ...]:
    return view.profile.of_kind(PointKind.DETECTOR)


def _proved(view: View, point: Point) -> bool:
    return detectors.proved(view.state.points, point.id, view.ctx)


def _proof_row(view: View) -> Row:
    """Return when each detector was walk tested, with the age of the proof, or that it was not this shift."""
    found: list[Part] = []
    for point in _detectors(view):
        known = view.state.points.points.get(point.id)
        proof = known.proof if known is not None else None
        if proof is not None and _proved(view, point):
            found.append(
                (f"  {point.name} {view.clock_short(proof)}, {age(view.since(proof))} ago", Tone.FAINT)
            )
        else:
            found.append((f"  ▲ {point.name} not this shift", Tone.HOLD))
    return row(("walk test", Tone.FAINT), *found, indent=4)


def _keeper_rows(view: View) -> tuple[Row, ...]:
    """Return who keeps the magnet room's door, or how to keep it while it is not known to be closed."""
    keeper = kept(view.state.doors, view.now)
    if keeper is not None:
        left = max(0, (keeper.due_bt - view.now.bt) // NS // 60)
        told = f"{view.profile.door_iv.name} kept by {view.person(keeper.person)}, {left} min left  "
        return (row((told, Tone.CONFIRM), ("h", Tone.KEY), " leave it"),)
    if view.believe(view.profile.door_iv).condition is Condition.NORMAL:
        return ()
    return (row(("h", Tone.KEY), f" stand at the {view.profile.door_iv.name} and keep it"),)


def _point_row(view: View, point: Point) -> Row:
    belief = view.believe(point)
    content = point_cell(view, point, belief)[0]
    origin = ("  SIMULATED", Tone.SIMULATED) if belief.origin == SIMULATED else ""
    return row(content, origin, indent=4)


def _alarm_rows(view: View) -> tuple[Row, ...]:
    alarms = ranked(view.state.alarms)
    if not alarms:
        return (title("ALARMS"), row(("no open alarm", Tone.FAINT)))
    shown = tuple(
        row(
            (f"{MARKS[PRIORITY_TONE[alarm.priority]]} A{alarm.no}", PRIORITY_TONE[alarm.priority]),
            f" {say('alarm', alarm.rule)}",
            (f" · {answered(view, alarm)}", Tone.TITLE if not alarm.answered else Tone.FAINT),
            indent=5,
        )
        for alarm in alarms[:ALARMS_SHOWN]
    )
    more = (
        (row((f"+{len(alarms) - ALARMS_SHOWN} more on F6", Tone.KEY)),) if len(alarms) > ALARMS_SHOWN else ()
    )
    return (title("ALARMS"), *shown, *more)


def visit_rows(view: View) -> tuple[Row, ...]:
    """Return what to do next, and the open visits with the step each stands at."""
    visits = list(view.state.visits.open.values())
    head = title("OPEN VISITS") if visits else title("NO VISIT IS OPEN")
    return (*next_rows(view), BLANK, head, *(_visit_row(view, visit) for visit in visits))


def _visit_row(view: View, visit: Visit) -> Row:
    where = f" IN {zones.name(view.profile, 'IV').upper()}" if visit.inside else ""
    where += ", NOT CLEARED" if visit.inside and visit.uncleared else ""
    held = (" ▲ HELD", Tone.HOLD) if visit.holds else ""
    recorded = view.snapshot.state.visits.open.get(visit.id)
    unsaved = view.unsaved(visit, recorded)
    return row(
        (f"V{visit.no:<4}", Tone.KEY),
        view.private(visit.name),
        (f"  ▶ {short_step(view, visit)}", Tone.TITLE),
        (where, Tone.CONFIRM),
        held,
        not_set_back(view, visit),
        *watched(visit),
        remoted(visit),
        (f"  ■ {unsaved}" if unsaved else "", Tone.STOP),
        key=visit.id,
        indent=5,
        cap=60,
    )


def next_rows(view: View) -> tuple[Row, ...]:
    """Return what to do next, the most pressing first."""
    return (title("NEXT"), *(row((f"{key:<7}", Tone.KEY), words, indent=7) for key, words in _next(view)))


def _nobody(view: View) -> str:
    """Return that nobody is here, and how long until that makes every opening of the door an alarm."""
    if roster.unrostered(view.state):
        return "Nobody is rostered: sign on"
    due = suite_roster.next_due(view.state, view.now)
    left = f"; nobody is rostered in {max(0, due - view.now.bt) // NS // 60} min" if due is not None else ""
    return f"Nobody is signed on: sign on{left}"


def _next(view: View) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if not view.snapshot.ready:
        return [("", "Starting: nothing is known yet. Trust doors and eyes.")]
    if view.emergency.current is not None:
        found.append(("F9", "An emergency is open: go on with it"))
    waiting = (alarm for alarm in ranked(view.state.alarms) if not alarm.answered)
    for offered, alarm in zip(suite_offers.for_alarms(view.state, view.ctx)[:1], waiting, strict=False):
        found.append(("a", f"{offered.label}: {say('advice', alarm.rule)}"))
    if view.actor is None:
        found.append(("ctrl+o", _nobody(view)))
    visit = view.visit
    if visit is not None:
        found.append(("Enter", f"Go on with V{visit.no}: {say('step', step(visit, view.ctx))}"))
    else:
        found.append(("Enter", "Open a visit"))
    if view.actor is not None:
        found += (*_untested(view), *_unmade(view))
        if visit is None:
            found.append((CLOSE_SHIFT.key_shown, "Close the shift, if nobody follows"))
    return found


def _untested(view: View) -> list[tuple[str, str]]:
    """Return that detectors which speak want their walk test: without it nobody goes in."""
    reads = (p for p in _detectors(view) if detectors.live_condition(view.ctx, p.id)[0] is Condition.NORMAL)
    names = [point.name for point in reads if not _proved(view, point)]
    return [(DEVICES.key_shown, f"Walk test, not made this shift: {', '.join(names)}")] if names else []


def _unmade(view: View) -> list[tuple[str, str]]:
    """Return that checks of the suite are to be made or put right."""
    left = to_make(view)
    return [(READINESS.key_shown, f"Checks of the suite: {left}")] if left else []
