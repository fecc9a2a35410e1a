"""Log: what happened, newest first, following the record; the row under the cursor in full below."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, overload

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content

from mr_safety_console.console import commands as c
from mr_safety_console.console.acts import write_note
from mr_safety_console.console.desk import Desk
from mr_safety_console.console.logreader import LogReader
from mr_safety_console.console.page import Page, page_bindings
from mr_safety_console.console.present import log as present
from mr_safety_console.console.present.rows import row, title
from mr_safety_console.console.present.told import numbers
from mr_safety_console.console.present.view import View
from mr_safety_console.console.theme import Tone
from mr_safety_console.console.widgets.logview import LogView
from mr_safety_console.console.widgets.painted import Place
from mr_safety_console.console.widgets.sheet import Sheet

if TYPE_CHECKING:
    from mr_safety_console.journal.query import LogLine

LINES_KEPT = 400


@dataclass(frozen=True, slots=True)
class Shown:
    """What lines are made from, and those that were; `numbers` is what the rows seen give a number."""

    view: View
    made: dict[int, Content] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)

    def number(self, rows: Sequence[LogLine]) -> None:
        """Learn what these rows call V12, A3 or E1 from here on."""
        self.numbers.update(numbers(one.entry for one in rows if one.entry is not None))


class _Lines(Sequence[Content]):
    """Rows of the record as lines: a page has five times as many as a screen shows."""

    def __init__(self, shown: Shown, rows: Sequence[LogLine]) -> None:
        self._shown, self._rows = shown, rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> Content: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Content]: ...

    def __getitem__(self, place: int | slice) -> Content | Sequence[Content]:
        if isinstance(place, slice):
            return _Lines(self._shown, self._rows[place])
        return _made(self._shown, self._rows[place])


def _made(shown: Shown, one: LogLine) -> Content:
    """Return a row as a line, made once; called on the loop and on the reading thread."""
    made = shown.made
    known = made.get(one.seq)
    if known is None:
        if len(made) >= LINES_KEPT:
            for old in list(made)[: LINES_KEPT // 2]:
                made.pop(old, None)
        known = made[one.seq] = present.line(shown.view, one, shown.numbers)
    return known


class LogPage(Page):
    """A window over the record; nothing of it is read before this screen is first shown."""

    NAME = "log"
    KEYS = (c.NOTE, c.BACK)
    BINDINGS: ClassVar[list[BindingType]] = page_bindings(KEYS)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._reader = LogReader(desk.parts.open_query, self._arrived, self._prepare)
        # One pair, taken in one step: a line made while unlocked never lands among those made while locked.
        self._seen: Shown | None = None
        self._detailed: tuple[object, ...] | None = None

    def compose_body(self) -> ComposeResult:
        """Lay the rows above the detail, or beside it where there is width."""
        with Place(id="logs"):
            yield LogView(id="log")
            yield Sheet(id="sheet")

    def opened(self) -> None:
        """Begin to read, and take the arrow keys."""
        log = self.query_one("#log", LogView)
        log.show(self)
        log.focus()

    def close_down(self) -> None:
        """Stop reading."""
        self._reader.close()

    @property
    def total(self) -> int:
        """Return how many rows are known and in memory."""
        return self._reader.total

    def rows(self, first: int, count: int) -> Sequence[Content] | None:
        """Return rows for the view, from memory, each made into a line only when it is looked at."""
        known = self._reader.page(first // count)
        if known is None:
            return None
        shown = self._shown()
        shown.number(known)
        return _Lines(shown, known)

    def _shown(self) -> Shown:
        if self._seen is None:
            self._seen = Shown(self.desk.view())
        return self._seen

    def _prepare(self, came: Sequence[LogLine]) -> None:
        """Make lines of new rows on the reading thread, so that the loop only has to show them."""
        shown = self._seen
        if shown is not None:
            with suppress(Exception):  # the loop makes such a line again, where a fault of ours is shown
                shown.number(came)
                for one in came:
                    _made(shown, one)

    def _arrived(self) -> None:
        self.desk.on_loop(lambda: self.desk.attempt(self._show_new))

    def _show_new(self) -> None:
        if self.stands:
            self.query_one("#log", LogView).arrived()
            self._paint_detail(self._shown().view)

    def paint_body(self, view: View) -> None:
        """Follow the record, and paint the detail of the row under the cursor."""
        before = self._shown()
        if view.locked is before.view.locked:
            self._seen = Shown(view, before.made, before.numbers)
        else:
            self._seen = Shown(view, numbers=before.numbers)
            self.query_one("#log", LogView).show(self)
        self._reader.follow(view.snapshot.seq)
        self._paint_detail(view)

    def _paint_detail(self, view: View) -> None:
        log = self.query_one("#log", LogView)
        if self._reader.problem:
            self._detailed = None
            self.sheet.show((title("LOG"), row((f"■ {self._reader.problem}", Tone.STOP))))
        else:
            self._show_detail(view, self._reader.row(log.row))

    def _show_detail(self, view: View, one: LogLine | None) -> None:
        """Make the detail anew only for another row, or where another name or number may stand in it."""
        numbers = self._shown().numbers
        about = (one, view.locked, view.state.staff, len(numbers))
        if about != self._detailed:
            self._detailed = about
            self.sheet.show(present.detail(view, one, numbers))

    def on_log_view_moved(self, event: LogView.Moved) -> None:
        """Show the row the cursor came to."""
        event.stop()
        self.desk.attempt(lambda: self.paint(self.desk.view()))

    def action_note(self) -> None:
        """Write a note into the record."""
        write_note(self)
