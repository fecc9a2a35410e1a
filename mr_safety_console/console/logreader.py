"""History beside the loop: one thread reads pages of the record, the screen finds them in memory."""

from __future__ import annotations

import queue
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from mr_safety_console.console.widgets.logview import PAGE_ROWS

if TYPE_CHECKING:
    from mr_safety_console.journal.query import LogLine, Query

KEPT_PAGES: Final = 5
NEWEST: Final = 60
"""Rows a screen is about to show: these are prepared on the reading thread, the others when asked for."""
JOIN_S: Final = 2.0


class LogReader:
    """Pages of the record by number. `arrived` is called on the reading thread after each page,
    `prepare` before it with the newest rows that were read.

    The record is opened by the first request, never before. A page that was short when it was read
    is read again once the record has grown past it.
    """

    def __init__(
        self,
        open_query: Callable[[], Query],
        arrived: Callable[[], None],
        prepare: Callable[[Sequence[LogLine]], None] = lambda _lines: None,
    ) -> None:
        self._open = open_query
        self._arrived = arrived
        self._prepare = prepare
        self._lock = threading.Lock()
        self._pages: OrderedDict[int, tuple[LogLine, ...]] = OrderedDict()
        self._asked: set[int] = set()
        self._failed: set[int] = set()
        self._followed = 0
        self._wanted: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self.total = 0
        self.problem = ""

    def follow(self, seq: int) -> None:
        """Take note that rows up to `seq` exist; the newest are fetched, then counted in `total`."""
        if seq <= self.total or seq == self._followed:
            return
        self._followed = seq
        with self._lock:
            self._failed.clear()
        self._want((seq - 1) // PAGE_ROWS)

    def page(self, number: int) -> Sequence[LogLine] | None:
        """Return what is in memory of a page, oldest first; None while it is being read."""
        with self._lock:
            known = self._pages.get(number)
            if known is not None:
                self._pages.move_to_end(number)
                return known
        self._want(number)
        return None

    def row(self, place: int) -> LogLine | None:
        """Return one row by its place, counted from the oldest; None while it is not in memory."""
        known = self.page(place // PAGE_ROWS) if place >= 0 else None
        at = place % PAGE_ROWS
        return known[at] if known is not None and at < len(known) else None

    def _want(self, number: int) -> None:
        with self._lock:
            if number in self._asked or number in self._failed:
                return
            self._asked.add(number)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="console-log", daemon=True)
            self._thread.start()
        self._wanted.put(number)

    def close(self) -> None:
        """Stop reading."""
        if self._thread is not None:
            self._wanted.put(None)
            self._thread.join(JOIN_S)

    def _run(self) -> None:
        # Loaded here and not before the first paint: the history brings half a second of libraries.
        from mr_safety_console.journal.query import JournalError  # noqa: PLC0415

        query: Query | None = None
        while (number := self._wanted.get()) is not None:
            try:
                query = query or self._open()
                self._keep(number, self._read(query, number))
                self.problem = ""
            except (JournalError, OSError, RuntimeError) as error:
                self.problem = f"the record cannot be read: {type(error).__name__}"
                # Not asked again before the record has grown: a broken disk is not to be hammered.
                with self._lock:
                    self._failed.add(number)
            finally:
                with self._lock:
                    self._asked.discard(number)
            self._arrived()
        if query is not None:
            query.close()

    def _read(self, query: Query, number: int) -> tuple[LogLine, ...]:
        """Return a page; of one in memory only the rows that came since are read, for rows never change."""
        with self._lock:
            known = self._pages.get(number, ())
        first = number * PAGE_ROWS + len(known)
        came = query.page_after(first, PAGE_ROWS - len(known))
        self._prepare(came[-NEWEST:])
        return (*known, *came)

    def _keep(self, number: int, lines: tuple[LogLine, ...]) -> None:
        with self._lock:
            self._pages[number] = lines
            self._pages.move_to_end(number)
            while len(self._pages) > KEPT_PAGES:
                self._pages.popitem(last=False)
            if lines:
                self.total = max(self.total, lines[-1].seq)
