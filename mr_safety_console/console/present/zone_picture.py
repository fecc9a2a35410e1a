"""How the map of the suite is drawn: boxes in a row, and between them what stands at the door.

Pieces are plain text of one cell a character with a tone each. A picture that was drawn before is
handed out again: most of the time nothing on it has changed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from mr_safety_console.console.present.rows import Row, row
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain.value import frozen

Piece = tuple[str, Tone]
Lines = list[list[Piece]]

NOTHING: Final[Piece] = ("", Tone.PLAIN)
LINES: Final = 6
DOOR_LINE: Final = 2
"""Which line of a box's body is level with its doors."""
BOX: Final = 11
"""Least width of a zone with people: the word for unknown and two walls."""
GATE: Final = 12
NO_GATE: Final = 1
SPARE: Final = 12
"""Most cells the innermost zone takes of what is over."""
_WALL: Final = {"open": " ", "unknown": "▒", "bare": "┊"}
"""The wall at a door, where it is not closed: an open one is a gap."""


@frozen
class Gate:
    """What stands between two zones, in words: the detector above, the door, who is about to pass.

    `state` is `closed`, `open`, `unknown`, `bare` for a door without a contact, or empty for no door.
    `way` stands over the door.
    """

    detector: Piece = NOTHING
    door: Piece = NOTHING
    state: str = ""
    passing: str = ""
    way: str = "door"


@frozen
class Box:
    """One zone: its name, a shorter one, three lines of who and what is in it, and two of its own.

    `own` is said in the longest variant that fits. `magnet` marks the innermost, `public` one
    nobody is counted in.
    """

    name: str
    short: str
    told: tuple[Piece, Piece, Piece]
    own: tuple[str, ...] = ("",)
    foot: str = ""
    magnet: bool = False
    public: bool = False


@lru_cache(maxsize=64)
def drawn(boxes: tuple[Box, ...], gates: tuple[Gate, ...], width: int) -> tuple[Row, ...] | None:
    """Return six lines of at most `width` cells, or None where they do not fit.

    `gates` are those on the outer side of each box. Boxes nobody is counted in are left out first.
    """
    first = next((n for n in range(len(boxes)) if _least(boxes[n:], gates[n:]) <= width), None)
    if first is None or any(not box.public for box in boxes[:first]):
        return None
    over = min(SPARE, width - _least(boxes[first:], gates[first:]))
    lines: Lines = [[] for _ in range(LINES)]
    for n in range(first, len(boxes)):
        if n > first:
            _add(lines, _gate_lines(gates[n]))
        states = (gates[n].state if n > first else "", gates[n + 1].state if n + 1 < len(boxes) else "")
        last = n == len(boxes) - 1
        _add(lines, _box_lines(boxes[n], _box_width(boxes[n]) + (over if last else 0), states))
    return tuple(row(*line) for line in lines)


def _least(boxes: tuple[Box, ...], gates: tuple[Gate, ...]) -> int:
    return sum(map(_box_width, boxes)) + sum(map(_gate_width, gates[1:]))


def _box_width(box: Box) -> int:
    least = len(box.short) + 4
    return least if box.public else max(BOX, least)


def _gate_width(gate: Gate) -> int:
    return GATE if gate.state else NO_GATE


def _add(lines: Lines, pieces: Lines) -> None:
    for line, more in zip(lines, pieces, strict=True):
        line.extend(more)


def _gate_lines(gate: Gate) -> Lines:
    column: tuple[Piece, ...] = (
        ("detector" if gate.detector[0] else "", Tone.FAINT),
        gate.detector,
        (gate.way if gate.state else "", Tone.FAINT),
        gate.door,
        (gate.passing, Tone.CONFIRM),
        NOTHING,
    )
    return [_padded(piece, _gate_width(gate), lead=1) for piece in column]


def _box_lines(box: Box, width: int, states: tuple[str, str]) -> Lines:
    inner = width - 2
    corners, bar, wall = ("╔╗╚╝", "═", "║") if box.magnet else ("┌┐└┘", "─", "│")
    name = box.name if len(box.name) + 2 <= inner else box.short
    head: list[Piece] = [
        (corners[0], Tone.FAINT),
        (f" {name} ", Tone.TITLE),
        (bar * (inner - len(name) - 2) + corners[1], Tone.FAINT),
    ]
    foot = f" {box.foot} " if box.foot else ""
    last: Piece = (corners[2] + foot.ljust(inner, bar) + corners[3], Tone.FAINT)
    own = next((told for told in box.own if len(told) <= inner), box.own[-1])
    at_door = tuple(_WALL.get(state, wall) for state in states)
    body = [*box.told, (own, Tone.FAINT)]
    walls = [at_door if n == DOOR_LINE else (wall, wall) for n in range(len(body))]
    return [head, *(_walled(piece, inner, *pair) for piece, pair in zip(body, walls, strict=True)), [last]]


def _walled(piece: Piece, inner: int, left: str, right: str) -> list[Piece]:
    text, tone = piece
    cut = text if len(text) <= inner else text[: inner - 1] + "…"
    lead = min(1, inner - len(cut))
    return [(left, Tone.FAINT), *_padded((cut, tone), inner, lead), (right, Tone.FAINT)]


def _padded(piece: Piece, width: int, lead: int = 0) -> list[Piece]:
    """Return a piece in exactly `width` cells; the blanks around it stay without its tone."""
    text = piece[0][: width - lead]
    return [(" " * lead, Tone.PLAIN), (text, piece[1]), (" " * (width - lead - len(text)), Tone.PLAIN)]
