"""The suite as a small map: zones in a row, the doors between them, what watches them, who is where.

The map is no plan to scale; it is there to be read in three seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mr_safety_console.console.present import doors as door_words
from mr_safety_console.console.present.rows import Row, marked, row
from mr_safety_console.console.present.view import View
from mr_safety_console.console.present.zone_picture import NOTHING, Box, Gate, Piece, drawn
from mr_safety_console.console.theme import MARKS, UNKNOWN_WORD, Tone
from mr_safety_console.domain import occupancy, zones
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.door_watch import Watch
from mr_safety_console.domain.doors import Transit, in_transit
from mr_safety_console.domain.profile import ZONES, Point
from mr_safety_console.domain.zones import Door

PUBLIC, MAGNET = ZONES[0], ZONES[-1]
Counted = Mapping[str, tuple[str, ...]] | None
"""Words for each zone, or None while nobody knows."""

_WORST = (
    *(Watch.FORCED, Watch.SCAN, Watch.UNATTENDED, Watch.HELD, Watch.OPEN, Watch.ANNOUNCED, Watch.KEPT),
    *(Watch.UNKNOWN, Watch.CLOSED),
)
"""Of several doors into one zone the first of these is drawn."""


def heads(view: View) -> Counted:
    """Return who is in which zone by the record; None while nobody knows."""
    if view.blind or not occupancy.known(view.state):
        return None
    return occupancy.heads(view.state)


def gates(view: View) -> tuple[Gate, ...]:
    """Return what is on the outer side of each zone, in their order: the worst word of each kind."""
    doors = zones.doors(view.profile)
    return tuple(_gate(view, zone, tuple(door for door in doors if door.inner == zone)) for zone in ZONES)


def _gate(view: View, zone: str, doors: tuple[Door, ...]) -> Gate:
    if not doors:
        return Gate()
    watched = _believed(view, (one for door in doors for one in door.watched_by))
    word, state = _door(view, doors)
    passing = _passing(view) if zone == MAGNET else ""
    return Gate(_detector(watched), word, state, passing, _way(view, zone, doors))


def _door(view: View, doors: tuple[Door, ...]) -> tuple[Piece, str]:
    """Return the word and the wall of the worst of some doors."""
    wired = [door.point for door in doors if door.point is not None]
    if not wired:
        return ("no contact", Tone.FAINT), "bare"
    seen = [door_words.watched(view, point, view.believe(point)) for point in wired]
    worst = min(seen, key=lambda one: _WORST.index(one.watch))
    wall = {Watch.UNKNOWN: "unknown", Watch.CLOSED: "closed"}.get(worst.watch, "open")
    return door_words.short(view, worst), wall


def _way(view: View, zone: str, doors: tuple[Door, ...]) -> str:
    """Return what stands over a door: where it leads from, if not from the zone drawn beside it."""
    far = [door for door in doors if door.point is not None and door.outer != zones.before(zone)]
    return f"from {zones.short(view.profile, far[0].outer)}" if far else "door"


def _believed(view: View, points: Iterable[Point]) -> frozenset[Condition]:
    return frozenset(view.believe(point).condition for point in points)


def _detector(watched: frozenset[Condition]) -> Piece:
    if not watched:
        return NOTHING
    if Condition.DANGER in watched:
        blind = f" {MARKS[Tone.UNKNOWN]}" if Condition.UNKNOWN in watched else ""
        return marked(Tone.STOP, f"IRON{blind}")
    return (UNKNOWN_WORD, Tone.UNKNOWN) if Condition.UNKNOWN in watched else ("○ no alarm", Tone.PLAIN)


def crossing(view: View) -> Transit | None:
    """Return the announced crossing still to come: once recorded inside, nobody is going in any more."""
    transit = None if view.blind else in_transit(view.state.doors, view.now)
    person = view.state.visits.open.get(transit.visit) if transit else None
    over = transit is not None and transit.inwards and person is not None and person.inside
    return None if over else transit


def _passing(view: View) -> str:
    transit = crossing(view)
    return f"{'→' if transit.inwards else '←'} {who_passes(view, transit.visit)}" if transit else ""


def who_passes(view: View, visit: str) -> str:
    """Return what the person of a transit is called aloud: `V12`, or `staff` for nobody's visit."""
    person = view.state.visits.open.get(visit)
    return f"V{person.no}" if person else "staff"


def called(who: tuple[str, ...]) -> str:
    """Return heads as people say them: `V1 V3 staff×2`."""
    return " ".join(one if (count := who.count(one)) == 1 else f"{one}×{count}" for one in dict.fromkeys(who))


# --- where there is room ---


def picture(view: View, width: int) -> tuple[Row, ...]:
    """Return the map in six lines of at most `width` cells, or the strip where it does not fit."""
    shown, things = heads(view), occupancy.objects(view.state)
    boxes = tuple(_box(view, zone, shown, things) for zone in ZONES)
    return drawn(boxes, gates(view), width) or (strip(view),)


def _box(view: View, zone: str, shown: Counted, things: Counted) -> Box:
    plan = view.profile
    name, short = zones.label(plan, zone).upper(), zones.short(plan, zone).upper()
    if zone == PUBLIC:
        return Box(name, short, (NOTHING, NOTHING, NOTHING), public=True)
    told = _told(shown, things, zone)
    if zone != MAGNET:
        return Box(name, short, told)
    tesla, projectile = zones.field(plan), zones.PROJECTILE_ZONE.lower()
    uk = (f"{tesla} {projectile}", projectile) if plan.naming == "uk" else ()
    return Box(name, short, told, (*uk, f"{tesla} always on", "always on"), zones.contour(plan), magnet=True)


def _told(shown: Counted, things: Counted, zone: str) -> tuple[Piece, Piece, Piece]:
    """Return how many heads, who they are, and how many objects are in a zone."""
    if shown is None:
        return (UNKNOWN_WORD, Tone.UNKNOWN), NOTHING, NOTHING
    count = len(shown[zone])
    return (
        (f"{count} head{'' if count == 1 else 's'}", Tone.TITLE if count else Tone.FAINT),
        (called(shown[zone]), Tone.CONFIRM),
        _kept(things, zone),
    )


def _kept(things: Counted, zone: str) -> Piece:
    if things is None:
        return (f"{MARKS[Tone.UNKNOWN]} objects", Tone.UNKNOWN)
    count = len(things[zone])
    return (f"{count} object{'' if count == 1 else 's'}", Tone.TITLE) if count else NOTHING


def objects_inside(view: View) -> Piece:
    """Return how many objects are recorded with the magnet: no text for none, hatched where nobody knows."""
    return _kept(None if view.blind else occupancy.objects(view.state), MAGNET)


# --- where there is one line only ---


def strip(view: View) -> Row:
    """Return the map in one line: heads of each zone, and the mark of each door between them."""
    shown = heads(view)
    if shown is None:
        return row(("zones ", Tone.FAINT), (UNKNOWN_WORD, Tone.UNKNOWN))
    parts: list[Piece] = []
    for zone, gate in zip(ZONES[1:], gates(view)[1:], strict=True):
        parts += _joint(gate) if parts else []
        who = called(shown[zone])
        parts.append((f"{zones.label(view.profile, zone)} ", Tone.FAINT))
        parts.append((str(len(shown[zone])), Tone.TITLE))
        parts += [(f" {who}", Tone.CONFIRM)] if who else []
    things, tone = objects_inside(view)
    parts += [(" ", Tone.PLAIN), (things, tone)] if things else []
    return row(*parts, indent=4)


def _joint(gate: Gate) -> list[Piece]:
    if not gate.state:
        return [(" │ ", Tone.FAINT)]
    mark = "┊" if gate.state == "bare" else gate.door[0][0]
    arrow = gate.passing[:1]
    before: Piece = (" ←", Tone.CONFIRM) if arrow == "←" else (" ─", Tone.FAINT)
    after: Piece = ("→ ", Tone.CONFIRM) if arrow == "→" else ("─ ", Tone.FAINT)
    return [before, (mark, gate.door[1]), after]


def bare_doors(view: View) -> tuple[Row, ...]:
    """Return the doors no contact tells about, which only eyes can watch; nothing for none."""
    found = [door for door in zones.doors(view.profile) if door.point is None]
    if not found:
        return ()
    told = ", ".join(f"{door.name} ({_between(view, door)})" for door in found)
    return (row(("no contact, look yourself: ", Tone.FAINT), told, indent=4),)


def _between(view: View, door: Door) -> str:
    return f"{zones.short(view.profile, door.outer)}–{zones.short(view.profile, door.inner)}"
