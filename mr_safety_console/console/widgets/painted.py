"""Widgets of lines that keep what they painted; only lines that say something else are painted anew.

Textual asks every widget that can be seen for all of its lines whenever one line of the screen has
changed. These hand out the same strips again, so an alarm is not behind a list that only stands there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final, Self

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.color import Color
from textual.containers import Container, Horizontal
from textual.content import Content, Span
from textual.filter import LineFilter
from textual.geometry import Region
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget

NOWHERE: Final = Region()


class Standing(Widget):
    """A widget that hands out what it painted until something about it changes.

    Lines are painted anew after a `refresh`, and all of them after a change of size or style.
    Name it after the widget it is mixed into: style sheets follow the first base only.
    """

    _kept: list[Strip]
    _kept_for = NOWHERE

    def refresh(self, *regions: Region, repaint: bool = True, **more: Any) -> Self:
        """Have it painted anew: the lines of the regions, or all."""
        if repaint:
            self._outdate(regions)
        return super().refresh(*regions, repaint=repaint, **more)

    def _outdate(self, _regions: tuple[Region, ...]) -> None:
        self._kept_for = NOWHERE

    def notify_style_update(self) -> None:
        """Paint every line anew in another style."""
        self._kept_for = NOWHERE
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines of a region; what was painted before is not painted again."""
        if crop != self._kept_for:
            self._kept, self._kept_for = super().render_lines(crop), crop
        return self._kept


class Painted(Standing):
    """A widget without border or padding whose subclass paints single lines in `render_line`."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._stale_lines: set[int] = set()
        self._means: object = None
        self.seen: object = None
        """What the lines drawn last stand for: a key answers for that, not for what came since."""

    def stand_for(self, means: object) -> None:
        """Say what the lines stand for; it is `seen` once they have been drawn anew."""
        if means != self._means:
            self._means = means
            self.refresh()

    def _outdate(self, regions: tuple[Region, ...]) -> None:
        if regions:
            self._stale_lines.update(y for region in regions for y in region.line_range)
        else:
            super()._outdate(regions)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines of a region; only those that changed are asked for."""
        self.seen = self._means
        if crop != self._kept_for:
            if crop.offset or crop.size != self.size:  # partly hidden: the long way
                return Widget.render_lines(self, crop)
            self._kept = [self.render_line(y) for y in crop.line_range]
            self._kept_for = crop
        else:
            for y in self._stale_lines.intersection(crop.line_range):
                self._kept[y] = self.render_line(y)
        self._stale_lines.clear()
        return self._kept


class Place(Container, Standing):
    """A container of other widgets."""


class Beside(Horizontal, Standing):
    """A container of widgets side by side."""


def painted(widget: Widget, content: Content, width: int) -> Strip:
    """Return the line of `content`, which must fit into `width` cells, padded to them."""
    base = widget.visual_style
    segments = [Segment(text, style) for text, style in _pieces(content, base)]
    if (room := width - content.cell_length) > 0:
        segments.append(Segment(" " * room, _rich(base, ())))
    return Strip(_filtered(segments, widget.get_line_filters(), widget.background_colors[1]), width)


def _filtered(segments: list[Segment], filters: Sequence[LineFilter], background: Color) -> list[Segment]:
    for one in filters:
        segments = one.apply(segments, background)
    return segments


def _pieces(content: Content, base: Style) -> Iterable[tuple[str, RichStyle]]:
    """Yield text and style from the left; where spans overlap, the later one goes over the earlier."""
    text, spans = content.plain, content.spans
    if any(later.start < earlier.end for earlier, later in pairwise(spans)):
        spans = _flat(spans, len(text))
    at = 0
    for start, end, *styles in spans:
        if start > at:
            yield text[at:start], _rich(base, ())
        if end > start:
            yield text[start:end], _rich(base, tuple(styles))
        at = max(at, end)
    if at < len(text):
        yield text[at:], _rich(base, ())


def _flat(spans: Sequence[Span], length: int) -> list[Any]:
    """Return spans that do not overlap, each with every style that holds there, in order."""
    cuts = sorted({0, length, *(one.start for one in spans), *(one.end for one in spans)})
    return [
        (start, end, *(one.style for one in spans if one.start <= start and one.end >= end))
        for start, end in pairwise(cuts)
    ]


@lru_cache(maxsize=1_024)
def _rich(base: Style, styles: tuple[str | Style, ...]) -> RichStyle:
    """Return the terminal's style of literal styles over a base; few exist, and each is worked out once."""
    for one in styles:
        base += Style.parse(one) if isinstance(one, str) else one
    return base.rich_style
