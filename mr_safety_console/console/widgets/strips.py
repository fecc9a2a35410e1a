"""Strips painted before: a line that still says the same is handed out again, not painted again.

Painting one line costs about as much as deciding on an alarm; an alarm that comes while a whole
list is painted waits for it.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget

from mr_safety_console.console.widgets.painted import painted

KEPT: Final = 128
"""More lines than any terminal we serve shows at once."""


class Strips:
    """The strips of one widget by place; `clear` when its style changes."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._kept: OrderedDict[int, tuple[Content, int, Strip]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()

    def strip(self, place: int, content: Content, width: int) -> Strip:
        """Return the line of `content`, which must fit into `width` cells, padded to them."""
        known = self._kept.get(place)
        if known is not None and known[1] == width and (content is known[0] or content.is_same(known[0])):
            self._kept.move_to_end(place)
            return known[2]
        made = painted(self._widget, content, width)
        self._kept[place] = content, width, made
        self._kept.move_to_end(place)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return made
