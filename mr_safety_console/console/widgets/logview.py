"""A window over a log of any length: rows are asked for by page, kept in a small cache, painted.

The view never lays the screen out again, whatever arrives: its height is that of its place, and
what scrolls is a row number. Row 0 is the oldest row, so a page never changes once it is full.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import ClassVar, Final, Protocol

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from mr_safety_console.console.text import fit, txt
from mr_safety_console.console.theme import Tone, style_of
from mr_safety_console.console.widgets.bars import EMPTY
from mr_safety_console.console.widgets.painted import Painted
from mr_safety_console.console.widgets.strips import Strips

PAGE_ROWS: Final = 200
CACHED_PAGES: Final = 4
SLICE_LINES: Final = 20
LOADING: Final = txt("… reading", tone=Tone.FAINT)


class Pages(Protocol):
    """Where rows come from. Called on the UI thread: it must answer from memory, never from disk."""

    @property
    def total(self) -> int:
        """Number of rows that exist now."""
        ...

    def rows(self, first: int, count: int) -> Sequence[Content] | None:
        """Return rows `first` … `first + count - 1`, oldest first, fewer at the end of the log.

        None: not in memory yet. The provider then reads beside the UI and has the screen call
        `LogView.arrived()`.
        """
        ...


class NoPages:
    """A log without a row."""

    total = 0

    def rows(self, first: int, count: int) -> Sequence[Content] | None:
        """Return nothing, there is nothing."""
        return ()


class LogView(Painted, can_focus=True):
    """Rows newest first. While the newest is in view new rows appear; otherwise nothing moves."""

    DEFAULT_CSS = "LogView { width: 1fr; height: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "newest", show=False),
        Binding("end", "oldest", show=False),
    ]

    class Moved(Message):
        """The cursor stands on another row; `row` counts from the oldest, -1 when there is none."""

        def __init__(self, row: int) -> None:
            super().__init__()
            self.row = row

    def __init__(self, pages: Pages | None = None, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._pages: Pages = pages or NoPages()
        self._total = self._pages.total
        self._cache: OrderedDict[int, Sequence[Content]] = OrderedDict()
        self._strips = Strips(self)
        self._below_newest = 0
        self._cursor = 0

    @property
    def total(self) -> int:
        """Return how many rows the view knows of."""
        return self._total

    @property
    def at_newest(self) -> bool:
        """Tell whether the newest row is in view."""
        return self._below_newest == 0

    @property
    def row(self) -> int:
        """Return the row under the cursor, counted from the oldest; -1 when there is none."""
        return self._total - 1 - self._cursor if self._total else -1

    @property
    def cached_pages(self) -> int:
        """Return how many pages are held, never more than `CACHED_PAGES`."""
        return len(self._cache)

    def show(self, pages: Pages) -> None:
        """Look at another log (a filter, a search), at its newest row."""
        self._pages = pages
        self._cache.clear()
        self._total = pages.total
        self._below_newest = self._cursor = 0
        self.refresh()
        self.post_message(self.Moved(self.row))

    def arrived(self) -> None:
        """Take note of rows that came since; what is being read stays where it is."""
        new = self._pages.total - self._total
        if new > 0 and self._total:
            self._cache.pop((self._total - 1) // PAGE_ROWS, None)
            if not self.at_newest or self._cursor:
                self._cursor += new
            if not self.at_newest:
                self._below_newest += new
        self._total = self._pages.total
        self._clamp()
        self._repaint_from(0)

    def _repaint_from(self, line: int) -> None:
        """Repaint some lines, and the rest after the next frame: an alarm never waits for a whole list."""
        width, height = self.size
        if line < height:
            self.refresh(Region(0, line, width, SLICE_LINES))
            self.call_after_refresh(self._repaint_from, line + SLICE_LINES)

    def action_move(self, rows: int) -> None:
        """Move the cursor by rows, down is older."""
        self._put_cursor(self._cursor + rows)

    def action_page(self, pages: int) -> None:
        """Move the cursor by heights of the view."""
        self._put_cursor(self._cursor + pages * max(1, self.size.height - 1))

    def action_newest(self) -> None:
        """Go to the newest row and follow it."""
        self._put_cursor(0)

    def action_oldest(self) -> None:
        """Go to the oldest row."""
        self._put_cursor(self._total - 1)

    def go_to(self, row: int) -> None:
        """Put the cursor on a row counted from the oldest (a jump to a date, a hit of a search)."""
        self._put_cursor(self._total - 1 - row)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Move three rows towards the oldest."""
        event.stop()
        self._put_cursor(self._cursor + 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Move three rows towards the newest."""
        event.stop()
        self._put_cursor(self._cursor - 3)

    def _put_cursor(self, cursor: int) -> None:
        before = self.row
        self._cursor = cursor
        self._clamp()
        if self.row != before:
            self.post_message(self.Moved(self.row))
        self.refresh()

    def _clamp(self) -> None:
        self._cursor = max(0, min(self._cursor, self._total - 1))
        height = max(1, self.size.height)
        lowest = max(0, self._total - height)
        top = min(self._below_newest, self._cursor)
        self._below_newest = max(0, min(max(top, self._cursor - height + 1), lowest))

    def _content_of(self, row: int) -> Content:
        number = row // PAGE_ROWS
        page = self._cache.get(number)
        if page is None:
            page = self._pages.rows(number * PAGE_ROWS, PAGE_ROWS)
            if page is None:
                return LOADING
            self._cache[number] = page
            while len(self._cache) > CACHED_PAGES:
                self._cache.popitem(last=False)
        self._cache.move_to_end(number)
        place = row - number * PAGE_ROWS
        return page[place] if place < len(page) else LOADING

    def render_line(self, y: int) -> Strip:
        """Paint one line of the view; Textual asks only for lines that are visible and changed."""
        width, position = self.size.width, self._below_newest + y
        row = self._total - 1 - position
        if row < 0:
            return self._strips.strip(row, EMPTY, width)
        content = self._content_of(row)
        if position == self._cursor and self.has_focus:
            content = fit(content, width).stylize(style_of(Tone.SELECTED))
        elif content.cell_length > width:
            content = content.truncate(width, ellipsis=True)
        return self._strips.strip(row, content, width)

    def notify_style_update(self) -> None:
        """Paint every line anew in another style."""
        self._strips.clear()
        super().notify_style_update()
