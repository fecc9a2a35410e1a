"""Lines painted without a detour: they look as Textual's own, and what only stands there is not painted."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from rich.segment import Segment
from support.console_site import Site, console
from textual.app import App, ComposeResult
from textual.content import Content
from textual.strip import Strip
from textual.visual import Visual

from mr_safety_console.console.logreader import NEWEST, LogReader
from mr_safety_console.console.page import AGES_NS, Page
from mr_safety_console.console.text import fit, spans, txt
from mr_safety_console.console.theme import MR_HC, Tone, style_of
from mr_safety_console.console.widgets.bars import AlarmBar, HeaderBar
from mr_safety_console.console.widgets.logview import LogView
from mr_safety_console.console.widgets.painted import Place, painted
from mr_safety_console.journal.query import LogLine

WIDTH = 40
LINES = (
    Content(""),
    txt("plain"),
    spans(("■ STOP", Tone.STOP), " in between ", ("faint", Tone.FAINT)),
    fit(spans(("12:00:00 ", Tone.TITLE), ("部屋 ✓", Tone.KEY)), WIDTH).stylize(style_of(Tone.SELECTED)),
    fit(txt("x" * 80, tone=Tone.HIGH), WIDTH),
    txt("[bold]no markup[/]", tone=Tone.UNKNOWN),
)


class Rows:
    """A log in memory."""

    def __init__(self, total: int) -> None:
        self.total = total

    def rows(self, first: int, count: int) -> list[Content]:
        return [txt(f"row {n}") for n in range(first, min(first + count, self.total))]


class Counting(LogView):
    """A log view that counts the lines it was asked to paint."""

    painted_lines = 0

    def render_line(self, y: int) -> Strip:
        self.painted_lines += 1
        return super().render_line(y)


class Wall(App[None]):
    """An alarm bar above a log, in a place of their own."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self) -> None:
        super().__init__()
        self.pages = Rows(500)
        self.header, self.alarm = HeaderBar(rows=2), AlarmBar(lambda: 0)
        self.log_view = Counting(self.pages)

    def compose(self) -> ComposeResult:
        with Place():
            yield self.header
            yield self.alarm
            yield self.log_view

    def on_mount(self) -> None:
        self.register_theme(MR_HC)
        self.theme = MR_HC.name


def cells(segments: list[Segment]) -> list[tuple[Any, ...]]:
    """Return each character with what is seen of its style."""
    return [
        (char, style.color, style.bgcolor, bool(style.bold), bool(style.dim), bool(style.reverse))
        for text, style, _ in segments
        for char in text
        if style is not None
    ]


@pytest.mark.parametrize("content", LINES, ids=range(len(LINES)))
async def test_a_painted_line_looks_as_textual_paints_it(content: Content) -> None:
    app = Wall()
    async with app.run_test(size=(WIDTH, 20)) as pilot:
        await pilot.pause()
        bar = app.header
        ours = painted(bar, content, WIDTH)
        theirs = Visual.to_strips(bar, content, WIDTH, 1, bar.visual_style, pad=True)[0]
        for one in bar.get_line_filters():
            theirs = theirs.apply_filter(one, bar.background_colors[1])
        assert ours.cell_length == WIDTH
        assert cells(list(ours)) == cells(list(theirs))


async def test_an_alarm_paints_no_line_of_the_log_under_it() -> None:
    app = Wall()
    async with app.run_test(size=(WIDTH, 20)) as pilot:
        await pilot.pause()
        before = app.log_view.painted_lines
        assert before >= app.log_view.size.height
        app.alarm.show_alarm(txt("[!!] A1 Iron"), Tone.HIGH)
        await pilot.pause()
        assert "A1 Iron" in app.screen._compositor.render_strips()[2].text
        assert app.log_view.painted_lines == before


async def test_new_rows_paint_each_line_once_and_another_style_all_of_them() -> None:
    app = Wall()
    async with app.run_test(size=(WIDTH, 20)) as pilot:
        await pilot.pause()
        before, height = app.log_view.painted_lines, app.log_view.size.height
        app.pages.total += 3
        app.log_view.arrived()
        await pilot.pause()
        assert "row 502" in app.screen._compositor.render_strips()[3].text
        assert app.log_view.painted_lines == before + height
        app.log_view.styles.background = "#000080"
        await pilot.pause()
        strip = app.screen._compositor.render_strips()[3]
        assert all(style.bgcolor.name == "#000080" for _, style, _ in strip)  # type: ignore[union-attr]
        await pilot.resize_terminal(WIDTH + 10, 12)
        await pilot.pause()
        assert [strip.cell_length for strip in app.screen._compositor.render_strips()] == [WIDTH + 10] * 12


async def test_a_bar_wraps_a_line_that_is_too_long() -> None:
    app = Wall()
    async with app.run_test(size=(20, 20)) as pilot:
        await pilot.pause()
        app.header.show(txt("words that do not all fit"))
        await pilot.pause()
        lines = [strip.text.rstrip() for strip in app.screen._compositor.render_strips()[:2]]
        assert lines == ["words that do not", "all fit"]


async def test_the_ages_of_the_header_are_not_painted_at_every_look(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Content] = []
    monkeypatch.setattr(HeaderBar, "show", lambda _bar, content: shown.append(content))
    async with console(site) as hand:
        page, view = hand.app.screen, hand.app.desk.view()
        assert isinstance(page, Page)
        page.paint(view)
        shown.clear()
        page.paint_head(view)
        assert shown == []
        later = replace(view, now=replace(view.now, bt=view.now.bt + AGES_NS))
        page.paint_head(later)
        assert len(shown) == 1
        page.paint(later)
        assert len(shown) == 2, "what is known anew is painted at once"


def test_the_newest_rows_that_came_are_prepared_beside_the_loop() -> None:
    class Record:
        total = 150

        def page_after(self, seq: int, limit: int, kind: str | None = None) -> list[LogLine]:
            return [LogLine(n, "0", "x", None) for n in range(seq + 1, min(seq + limit, self.total) + 1)]

        def close(self) -> None:
            """Close."""

    record, came, arrived = Record(), [], threading.Semaphore(0)

    def prepare(lines: Any) -> None:
        came.append((threading.current_thread().name, [line.seq for line in lines]))

    reader = LogReader(lambda: record, arrived.release, prepare)  # type: ignore[arg-type,return-value]
    try:
        reader.follow(150)
        assert arrived.acquire(timeout=5)
        record.total = 153
        reader.follow(153)
        assert arrived.acquire(timeout=5)
    finally:
        reader.close()
    assert came == [("console-log", list(range(151 - NEWEST, 151))), ("console-log", [151, 152, 153])]
