"""One point in words: a door, a detector or an oxygen monitor, with symbol and age."""

from __future__ import annotations

from textual.content import Content

from mr_safety_console.console.present.header import detector_cell, door_cell
from mr_safety_console.console.present.rows import marked
from mr_safety_console.console.present.view import Belief, View, age
from mr_safety_console.console.text import spans
from mr_safety_console.console.theme import UNKNOWN_WORD, Tone
from mr_safety_console.domain import oxygen
from mr_safety_console.domain.context import NS, US, Instant
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.profile import Point, PointKind


def point_cell(view: View, point: Point, belief: Belief) -> tuple[Content, ...]:
    """Return name, word with symbol, and age of a point of any kind, in variants."""
    if point.kind is PointKind.DOOR:
        return door_cell(view, point, belief)
    if point.kind is PointKind.DETECTOR:
        return detector_cell(view, point, belief)
    return oxygen_cell(view, point, belief)


def oxygen_cell(view: View, point: Point, belief: Belief) -> tuple[Content, ...]:
    """Return name, reading with its time, and age of an oxygen monitor; a reading promises nothing."""
    name, heard = (point.name, Tone.TITLE), age(belief.age_s)
    if belief.condition is Condition.UNKNOWN:
        word = (UNKNOWN_WORD, Tone.UNKNOWN)
        return (
            spans(name, " ", word, f" {belief.why} {heard}"),
            spans(name, " ", word, f" {heard}"),
        )
    level = view.snapshot.live.get(point.id)
    tenths = level.value if level else None
    figure = f"O2 {percent(tenths)} at {_when(view, belief)}"
    if belief.condition is Condition.NORMAL:
        told = f"○ {figure}" if tenths is not None else f"○ no oxygen alarm at {_when(view, belief)}"
        return (spans(name, " ", told, f" {heard}"),)
    low = oxygen.called_for(view.profile, belief.condition, tenths) == oxygen.LOW
    alarm = figure if tenths is not None else f"OXYGEN ALARM at {_when(view, belief)}"
    return (spans(name, " ", marked(Tone.HOLD if low else Tone.STOP, alarm), f" {heard}"),)


def percent(tenths: int | None) -> str:
    """Return tenths of a percent as people write them: `20.8 %`; nothing for none."""
    return "" if tenths is None else f"{tenths // 10}.{tenths % 10} %"


def _when(view: View, belief: Belief) -> str:
    ago_us = int((belief.age_s or 0) * US)
    return view.clock_short(Instant(view.now.utc - ago_us, view.now.bt - ago_us * (NS // US), view.now.boot))
