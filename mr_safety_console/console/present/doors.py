"""What a door is, in words: for whom it is open, under whose eyes, or that it is neither."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mr_safety_console.console.present.view import Belief, View
from mr_safety_console.console.theme import MARKS, Tone
from mr_safety_console.domain.door_watch import DoorWatch, Watch, watch
from mr_safety_console.domain.profile import Point

Piece = tuple[str, Tone]

EYES: Final = "◇"
"""The mark of a door that is open under somebody's eyes or for somebody announced."""
CELLS: Final = 11


def watched(view: View, point: Point, belief: Belief) -> DoorWatch:
    """Return what a door is at this instant."""
    return watch(view.state, point, belief.condition, view.now)


def whose(view: View, seen: DoorWatch) -> str:
    """Return whom a door is open for, or who keeps it: `for V12`, `kept by BB`; empty for nobody."""
    if seen.transit is not None:
        person = view.state.visits.open.get(seen.transit.visit)
        return f"for V{person.no}" if person else "for staff"
    return f"kept by {view.person(seen.keeper)}" if seen.keeper else ""


def word(view: View, seen: DoorWatch) -> Piece:
    """Return the word of a door with its mark: for whom it is open, or whose eyes are on it."""
    said, _, tone = _WORDS[seen.watch]
    whom = whose(view, seen)
    return f"{_mark(seen, tone)}{said}{f', {whom}' if whom and tone is not Tone.PLAIN else ''}", tone


def short(view: View, seen: DoorWatch) -> Piece:
    """Return the same in at most eleven cells."""
    _, said, tone = _WORDS[seen.watch]
    whom = whose(view, seen).rpartition(" ")[2] if seen.watch in _UNDER_EYES else ""
    return f"{_mark(seen, tone)}{said}{f' {whom}' if whom else ''}"[:CELLS], tone


def _mark(seen: DoorWatch, tone: Tone) -> str:
    mark = EYES if seen.watch in _UNDER_EYES else MARKS.get(tone, "○")
    return f"{mark} "


_UNDER_EYES = (Watch.ANNOUNCED, Watch.KEPT)
_WORDS: Mapping[Watch, tuple[str, str, Tone]] = {
    Watch.CLOSED: ("closed", "closed", Tone.PLAIN),
    Watch.ANNOUNCED: ("OPEN", "OPEN", Tone.CONFIRM),
    Watch.KEPT: ("OPEN", "KEPT", Tone.CONFIRM),
    Watch.OPEN: ("OPEN", "OPEN", Tone.HOLD),
    Watch.HELD: ("HELD OPEN", "HELD OPEN", Tone.HOLD),
    Watch.UNATTENDED: ("OPEN, unattended", "OPEN", Tone.HOLD),
    Watch.SCAN: ("OPEN IN A SCAN", "IN A SCAN", Tone.STOP),
    Watch.FORCED: ("FORCED, nobody rostered", "FORCED", Tone.STOP),
    Watch.UNKNOWN: ("UNKNOWN", "UNKNOWN", Tone.UNKNOWN),
}
"""Of each state the word, one where there is no room, and the tone of both."""
