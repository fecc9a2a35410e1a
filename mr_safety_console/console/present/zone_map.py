"""The suite as a small map: zones in a row, the doors between them, what watches them, who is where.

Pieces are plain text of known width with a tone each, so that a line that says what it said before
is found ready. The map is no plan to scale.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mr_safety_console.console.present.rows import Row, marked, row
from mr_safety_console.console.present.view import View
from mr_safety_console.console.theme import MARKS, UNKNOWN_WORD, Tone
from mr_safety_console.domain import occupancy, zones
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import Transit, in_transit
from mr_safety_console.domain.profile import ZONES, Point
from mr_safety_console.domain.value import frozen

Piece = tuple[str, Tone]

LINES: Final = 6
BOX: Final = 11
"""Least width of a zone with people: the word for unknown and two walls."""
GATE: Final = 12
NO_GATE: Final = 1
_WORST: Final = (Condition.DANGER, Condition.UNKNOWN, Condition.NORMAL)
_WALL: Final = {"open": " ", "unknown": "▒", "bare": "┊"}
"""The wall at a door, where it is not closed: an open one is a gap."""


@frozen
class Gate:
    """What stands between two zones, in words: the detector above, the door, who is about to pass."""

    detector: Piece = ("", Tone.PLAIN)
    door: Piece = ("", Tone.PLAIN)
    state: str = ""
    passing: str = ""


def heads(view: View) -> Mapping[str, tuple[str, ...]] | None:
    """Return who is in which zone by the record; None while nobody knows."""
    if view.blind or not occupancy.known(view.state):
        return None
    return occupancy.heads(view.state)


def gate(view: View, zone: str) -> Gate:
    """Return what is between a zone and the one outside it: the worst word of each kind."""
    leading = zones.into(view.profile, zone)
    wired = tuple(door.point for door in leading if door.point is not None)
    watching = tuple(one for door in leading for one in door.watched_by)
    passing = _passing(view) if zone == "IV" else ""
    if wired:
        word, state = _DOOR[_worst(view, wired)]
    else:
        word, state = (("no contact", Tone.FAINT), "bare") if leading else (("", Tone.PLAIN), "")
    return Gate(_detector(view, watching), word, state, passing)


_DOOR: Final[Mapping[Condition, tuple[Piece, str]]] = {
    Condition.NORMAL: (("○ closed", Tone.PLAIN), "closed"),
    Condition.DANGER: (marked(Tone.HOLD, "OPEN"), "open"),
    Condition.UNKNOWN: ((UNKNOWN_WORD, Tone.UNKNOWN), "unknown"),
}


def _worst(view: View, points: tuple[Point, ...]) -> Condition:
    believed = {view.believe(point).condition for point in points}
    return next(one for one in _WORST if one in believed)


def _detector(view: View, watching: tuple[Point, ...]) -> Piece:
    if not watching:
        return ("", Tone.PLAIN)
    believed = {view.believe(point).condition for point in watching}
    if Condition.DANGER in believed:
        blind = MARKS[Tone.UNKNOWN] if Condition.UNKNOWN in believed else ""
        return marked(Tone.STOP, f"IRON {blind}".rstrip())
    if Condition.UNKNOWN in believed:
        return (UNKNOWN_WORD, Tone.UNKNOWN)
    return ("○ no alarm", Tone.PLAIN)


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


# --- the picture ---


def picture(view: View, width: int) -> tuple[Row, ...]:
    """Return the map in six lines of at most `width` cells, or the strip where it does not fit."""
    laid = _layout(view, width)
    if laid is None:
        return (strip(view),)
    shown, who = heads(view), occupancy.objects(view.state)
    gates = {zone: gate(view, zone) for zone in laid}
    lines: list[list[Piece]] = [[] for _ in range(LINES)]
    for zone, (outside, inside) in laid.items():
        if outside:
            _add(lines, _gate_lines(gates[zone], outside))
        nxt = _next(laid, zone)
        walls = (gates[zone].state if outside else "", gates[nxt].state if nxt else "")
        _add(lines, _box_lines(view, zone, inside, walls, _told(shown, who, zone)))
    return tuple(row(*line) for line in lines)


def _layout(view: View, width: int) -> dict[str, tuple[int, int]] | None:
    """Return (cells of the gate outside, cells of the box) of each zone drawn; None where nothing fits.

    Nobody is counted in the outermost zone: it is the first to be left out. The innermost takes what is over.
    """
    for drawn in (ZONES, ZONES[1:]):
        laid = {}
        for zone in drawn:
            outside = 0 if zone == drawn[0] else GATE if zones.into(view.profile, zone) else NO_GATE
            least = len(zones.short(view.profile, zone)) + 4
            laid[zone] = (outside, least if zone == "I" else max(BOX, least))
        over = width - sum(sum(cells) for cells in laid.values())
        if over >= 0:
            laid["IV"] = (laid["IV"][0], laid["IV"][1] + min(over, 12))
            return laid
    return None


def _next(laid: Mapping[str, object], zone: str) -> str:
    """Return the next zone inwards that is drawn, or nothing."""
    drawn = list(laid)
    place = drawn.index(zone) + 1
    return drawn[place] if place < len(drawn) else ""


def _add(lines: list[list[Piece]], pieces: list[list[Piece]]) -> None:
    for line, more in zip(lines, pieces, strict=True):
        line.extend(more)


def _gate_lines(one: Gate, width: int) -> list[list[Piece]]:
    watched, wired = bool(one.detector[0]), bool(one.door[0])
    column: tuple[Piece, ...] = (
        ("detector" if watched else "", Tone.FAINT),
        one.detector,
        ("door" if wired else "", Tone.FAINT),
        one.door,
        (one.passing, Tone.CONFIRM),
        ("", Tone.PLAIN),
    )
    return [_padded(piece, width, lead=1) for piece in column]


def _padded(piece: Piece, width: int, lead: int = 0) -> list[Piece]:
    """Return a piece in exactly `width` cells: blanks around it stay without its tone."""
    text = piece[0][: width - lead]
    return [(" " * lead, Tone.PLAIN), (text, piece[1]), (" " * (width - lead - len(text)), Tone.PLAIN)]


def _told(
    shown: Mapping[str, tuple[str, ...]] | None, things: Mapping[str, tuple[str, ...]] | None, zone: str
) -> tuple[Piece, Piece, Piece]:
    """Return how many heads, who they are, and how many objects are in a zone."""
    blank: Piece = ("", Tone.PLAIN)
    if zone == "I":
        return blank, blank, blank
    if shown is None:
        return (UNKNOWN_WORD, Tone.UNKNOWN), blank, blank
    count = len(shown[zone])
    what = len(things[zone]) if things is not None else 0
    kept = (f"{what} object{'' if what == 1 else 's'}", Tone.TITLE) if what else blank
    return (
        (f"{count} head{'' if count == 1 else 's'}", Tone.TITLE if count else Tone.FAINT),
        (called(shown[zone]), Tone.CONFIRM),
        (f"{MARKS[Tone.UNKNOWN]} objects", Tone.UNKNOWN) if things is None else kept,
    )


def called(who: tuple[str, ...]) -> str:
    """Return heads as people say them: `V1 V3 staff×2`."""
    return " ".join(one if (count := who.count(one)) == 1 else f"{one}×{count}" for one in dict.fromkeys(who))


def _box_lines(
    view: View, zone: str, width: int, walls: tuple[str, str], told: tuple[Piece, Piece, Piece]
) -> list[list[Piece]]:
    inner, plan = width - 2, view.profile
    magnet = zone == "IV"
    name = zones.label(plan, zone).upper()
    name = name if len(name) + 2 <= inner else zones.short(plan, zone)
    foot = f" {zones.contour(plan)} " if magnet else ""
    corners, bar, wall = ("╔╗╚╝", "═", "║") if magnet else ("┌┐└┘", "─", "│")
    head: list[Piece] = [
        (corners[0], Tone.FAINT),
        (f" {name} ", Tone.TITLE),
        (bar * (inner - len(name) - 2) + corners[1], Tone.FAINT),
    ]
    last = (corners[2] + foot.ljust(inner, bar) + corners[3], Tone.FAINT)
    body = (*told, (_field(view, inner), Tone.FAINT) if magnet else ("", Tone.PLAIN))
    at_door = (_WALL.get(walls[0], wall), _WALL.get(walls[1], wall))
    middle = [_walled(piece, inner, at_door if at == 2 else (wall, wall)) for at, piece in enumerate(body)]
    return [head, *middle, [last]]


def _field(view: View, inner: int) -> str:
    """Return what the magnet's zone says of itself, as much as there is room for."""
    tesla = zones.field(view.profile)
    projectile = zones.PROJECTILE_ZONE.lower()
    uk = [f"{tesla} {projectile}", projectile] if view.profile.naming == "uk" else []
    return next((told for told in (*uk, f"{tesla} always on") if len(told) < inner), tesla)


def _walled(piece: Piece, inner: int, walls: tuple[str, str]) -> list[Piece]:
    text, tone = piece
    cut = text if len(text) <= inner - 1 or tone is Tone.UNKNOWN else text[: inner - 2] + "…"
    lead = min(1, inner - len(cut))
    return [(walls[0], Tone.FAINT), *_padded((cut, tone), inner, lead), (walls[1], Tone.FAINT)]


# --- where there is one line only ---


def strip(view: View) -> Row:
    """Return the map in one line: heads of each zone, and the mark of each door between them."""
    shown = heads(view)
    if shown is None:
        return row(("zones ", Tone.FAINT), (UNKNOWN_WORD, Tone.UNKNOWN))
    parts: list[Piece] = []
    for zone in ZONES[1:]:
        parts += _joint(gate(view, zone)) if parts else []
        who = called(shown[zone])
        parts.append((f"{zones.label(view.profile, zone)} ", Tone.FAINT))
        parts.append((str(len(shown[zone])), Tone.TITLE))
        parts += [(f" {who}", Tone.CONFIRM)] if who else []
    return row(*parts, indent=4)


def _joint(one: Gate) -> list[Piece]:
    if not one.state:
        return [(" │ ", Tone.FAINT)]
    mark = "┊" if one.state == "bare" else one.door[0][0]
    arrow = one.passing[:1]
    before: Piece = (" ←", Tone.CONFIRM) if arrow == "←" else (" ─", Tone.FAINT)
    after: Piece = ("→ ", Tone.CONFIRM) if arrow == "→" else ("─ ", Tone.FAINT)
    return [before, (mark, one.door[1]), after]


def bare_doors(view: View) -> tuple[Row, ...]:
    """Return the doors no contact tells about, which only eyes can watch; nothing for none."""
    found = [door for door in zones.doors(view.profile) if door.point is None]
    if not found:
        return ()
    told = ", ".join(f"{door.name} ({_between(view, door)})" for door in found)
    return (row(("no contact, look yourself: ", Tone.FAINT), told, indent=4),)


def _between(view: View, door: zones.Door) -> str:
    return f"{zones.short(view.profile, door.outer)}–{zones.short(view.profile, door.inner)}"
