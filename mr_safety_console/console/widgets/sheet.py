"""A sheet of paragraphs that fits whatever place it gets: wrapped, scrolled by a cursor, never laid out."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from mr_safety_console.console.present.rows import Row, wrapped
from mr_safety_console.console.text import fit, spans
from mr_safety_console.console.theme import Tone, style_of
from mr_safety_console.console.widgets.painted import Painted
from mr_safety_console.console.widgets.strips import Strips


class Sheet(Painted):
    """Rows from the top down. Rows with a key can be selected; the selected one is always in view."""

    DEFAULT_CSS = "Sheet { width: 1fr; height: 1fr; }"

    class Clicked(Message):
        """A row with a key was clicked."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: tuple[Row, ...] = ()
        self._cursor = self._chosen = ""
        self._lines: list[tuple[Content, str]] = []
        self._strips = Strips(self)
        self._width = 0
        self._top = 0

    @property
    def rows(self) -> tuple[Row, ...]:
        """Return what is shown."""
        return self._rows

    @property
    def cursor(self) -> str:
        """Return the key of the selected row, empty when nothing can be selected."""
        return self._cursor

    @property
    def chosen(self) -> str:
        """Return the key of the row that was drawn as selected, or was selected by hand since."""
        return self._chosen

    def show(self, rows: Sequence[Row], cursor: str | None = None) -> None:
        """Show these rows from the next frame on; the same rows again cost nothing."""
        new = tuple(rows)
        same = len(new) == len(self._rows) and all(map(_same, new, self._rows))
        if same and cursor in (None, self._cursor):
            return
        keys = list(dict.fromkeys(one.key for one in new if one.key))
        wanted = self._cursor if cursor is None else cursor
        if wanted not in keys:
            wanted = self._nearest(keys)
        moved = wanted != self._cursor
        before, top, in_view = self._lines, self._top, self._in_view
        self._rows, self._cursor, self._width = new, wanted, 0
        self._wrap()
        if moved or in_view:
            self._reveal()
        if moved or top != self._top or len(before) != len(self._lines):
            self.refresh()
        else:
            self._repaint_changed(before)

    def _repaint_changed(self, before: list[tuple[Content, str]]) -> None:
        """Repaint only the lines that say something else; ages change four times a second."""
        width, height = self.size
        seen = range(self._top, min(self._top + height, len(self._lines)))
        changed = [
            Region(0, n - self._top, width, 1)
            for n in seen
            if self._lines[n][1] != before[n][1] or not self._lines[n][0].is_same(before[n][0])
        ]
        if changed:
            self.refresh(*changed)

    def _nearest(self, keys: list[str]) -> str:
        """Return what takes the place of a selected row that is gone."""
        old = list(dict.fromkeys(one.key for one in self._rows if one.key))
        if not keys:
            return ""
        place = old.index(self._cursor) if self._cursor in old else 0
        return keys[min(place, len(keys) - 1)]

    def lines_needed(self, width: int) -> int:
        """Return how many lines the rows take at a width."""
        return sum(len(wrapped(one, width)) for one in self._rows)

    def move(self, by: int) -> None:
        """Move the cursor by rows, or scroll where nothing can be selected."""
        keys = list(dict.fromkeys(one.key for one in self._rows if one.key))
        if not keys:
            self.scroll_lines(by)
            return
        place = keys.index(self._cursor) if self._cursor in keys else 0
        self.select(keys[max(0, min(place + by, len(keys) - 1))])

    def begin(self) -> None:
        """Let the next rows choose their first: what was selected is forgotten."""
        self._cursor = self._chosen = ""

    def select(self, key: str) -> None:
        """Put the cursor on a row."""
        self._cursor = self._chosen = key
        self._reveal()
        self.refresh()

    def page(self, by: int) -> None:
        """Scroll by heights of the sheet."""
        self.scroll_lines(by * max(1, self.size.height - 1))

    def scroll_lines(self, by: int) -> None:
        """Scroll by lines."""
        self._wrap()
        lowest = max(0, len(self._lines) - self.size.height)
        self._top = max(0, min(self._top + by, lowest))
        self.refresh()

    def on_resize(self) -> None:
        """Wrap anew and keep the selected row in view; every line may stand elsewhere then."""
        self._width = 0
        self._wrap()
        self._reveal()
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Select the row under the pointer."""
        line = self._top + event.y
        if line < len(self._lines) and self._lines[line][1]:
            self.select(self._lines[line][1])
            self.post_message(self.Clicked(self._cursor))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down."""
        event.stop()
        self.scroll_lines(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up."""
        event.stop()
        self.scroll_lines(-3)

    def _wrap(self) -> None:
        width = self.size.width
        if width == self._width or width < 1:
            return
        self._width = width
        self._lines = [(line, one.key) for one in self._rows for line in wrapped(one, width)]
        self._top = max(0, min(self._top, len(self._lines) - self.size.height))

    @property
    def _in_view(self) -> bool:
        """Tell whether the selected row can be seen; then it stays so, however the lines before it wrap."""
        seen = self._lines[self._top : self._top + self.size.height]
        return bool(self._cursor) and any(key == self._cursor for _, key in seen)

    def _reveal(self) -> None:
        height = max(1, self.size.height)
        places = [n for n, (_, key) in enumerate(self._lines) if key and key == self._cursor]
        if not places:
            return
        keyed = [n for n, (_, key) in enumerate(self._lines) if key]
        first = 0 if places[0] == keyed[0] and places[-1] < height - 1 else places[0]
        last = places[-1] + (1 if places[-1] < len(self._lines) - 1 else 0)
        self._top = min(self._top, first)
        self._top = max(self._top, last - height + 1, 0)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines of a region; from now on the selected row has been seen as such."""
        self._chosen = self._cursor
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Paint one line; the last one tells how much is hidden below."""
        self._wrap()
        width, number = self.size.width, self._top + y
        content = self._lines[number][0] if number < len(self._lines) else Content("")
        key = self._lines[number][1] if number < len(self._lines) else ""
        content = fit(content, width)
        if key and key == self._cursor:
            content = content.stylize(style_of(Tone.SELECTED))
        below = len(self._lines) - number - 1
        if y == self.size.height - 1 and below > 0:
            note = spans((f" ▼ {below} more ", Tone.KEY))
            content = fit(content, max(0, width - note.cell_length)) + note
        return self._strips.strip(y, content, width)

    def notify_style_update(self) -> None:
        """Paint every line anew in another style."""
        self._strips.clear()
        super().notify_style_update()


def _same(one: Row, other: Row) -> bool:
    told = (one.key, one.indent, one.last) == (other.key, other.indent, other.last)
    return told and one.content.is_same(other.content)
