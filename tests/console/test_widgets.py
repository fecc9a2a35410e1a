"""Bars and the log view: what they show, that they follow or hold still, and that they never lay out."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from textual.app import App, ComposeResult
from textual.content import Content

from mr_safety_console.console.text import spans, txt
from mr_safety_console.console.theme import CLASS_CSS, MR_HC, Tone
from mr_safety_console.console.widgets.bars import (
    HORIZONTAL_BREAKPOINTS,
    TOO_SMALL_CSS,
    VERTICAL_BREAKPOINTS,
    AlarmBar,
    FooterBar,
    HeaderBar,
    TooSmallBar,
)
from mr_safety_console.console.widgets.logview import CACHED_PAGES, PAGE_ROWS, LogView


class Rows:
    """A log in memory that counts what was asked of it."""

    def __init__(self, total: int, *, ready: bool = True) -> None:
        self.total = total
        self.ready = ready
        self.asked: list[int] = []

    def rows(self, first: int, count: int) -> Sequence[Content] | None:
        self.asked.append(first)
        if not self.ready:
            return None
        return [txt(f"row {n}") for n in range(first, min(first + count, self.total))]


class Bench(App[None]):
    """One of each widget, on a clock held by the test."""

    CSS = CLASS_CSS + TOO_SMALL_CSS
    HORIZONTAL_BREAKPOINTS = HORIZONTAL_BREAKPOINTS
    VERTICAL_BREAKPOINTS = VERTICAL_BREAKPOINTS
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, pages: Rows) -> None:
        super().__init__()
        self.bt = 0
        self.moved: list[int] = []
        self.header = HeaderBar(rows=2)
        self.alarm = AlarmBar(lambda: self.bt)
        self.small = TooSmallBar(lambda: self.bt)
        self.log_view = LogView(pages)
        self.footer = FooterBar()

    def compose(self) -> ComposeResult:
        yield self.small
        yield self.header
        yield self.alarm
        yield self.log_view
        yield self.footer

    def on_mount(self) -> None:
        self.register_theme(MR_HC)
        self.theme = "mr-hc"

    def on_log_view_moved(self, event: LogView.Moved) -> None:
        self.moved.append(event.row)


def screen_text(app: App[None]) -> list[str]:
    width, height = app.size
    lines = app.screen._compositor.render_strips()
    assert (len(lines), width) == (height, app.size.width)
    return [strip.text.rstrip() for strip in lines]


async def test_newest_row_is_on_top_and_new_rows_appear_without_layout(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pages = Rows(1_000)
    app = Bench(pages)
    async with app.run_test(size=(80, 24)) as pilot:
        assert screen_text(app)[3] == "row 999"
        await pilot.pause()
        layouts: list[bool] = []
        relayout = app.screen._refresh_layout
        monkeypatch.setattr(
            app.screen, "_refresh_layout", lambda *a, **k: (layouts.append(True), relayout(*a, **k))
        )
        pages.total = 1_003
        app.log_view.arrived()
        app.header.show(txt("zone IV 1 person"))
        app.alarm.show_alarm(txt("door open"), Tone.LOW)
        await pilot.pause()
        text = screen_text(app)
        assert text[3:6] == ["row 1002", "row 1001", "row 1000"]
        assert text[0] == "zone IV 1 person"
        assert text[2] == "door open"
        assert layouts == []
        app.header.refresh(layout=True)
        await pilot.pause()
        assert len(layouts) == 1, "the counter sees a layout when there is one"


async def test_reading_older_rows_stays_put_while_rows_arrive() -> None:
    pages = Rows(1_000)
    app = Bench(pages)
    async with app.run_test(size=(80, 24)) as pilot:
        app.log_view.focus()
        await pilot.press("pagedown", "pagedown")
        before, row = screen_text(app)[3:23], app.log_view.row
        pages.total = 1_500
        app.log_view.arrived()
        await pilot.pause()
        assert screen_text(app)[3:23] == before
        assert app.log_view.row == row
        assert not app.log_view.at_newest
        await pilot.press("home")
        assert screen_text(app)[3] == "row 1499"
        assert app.moved[-1] == 1_499


async def test_ten_million_rows_ask_for_a_bounded_number_of_pages() -> None:
    pages = Rows(10_000_000)
    app = Bench(pages)
    async with app.run_test(size=(80, 24)) as pilot:
        app.log_view.focus()
        await pilot.press("end")
        assert screen_text(app)[22] == "row 0"
        for row in range(0, 10_000_000, 500_000):
            app.log_view.go_to(row)
            await pilot.pause()
        assert app.log_view.cached_pages <= CACHED_PAGES
        assert all(first % PAGE_ROWS == 0 for first in pages.asked)
        assert len(pages.asked) < 80


async def test_rows_not_in_memory_are_shown_as_being_read_and_then_appear() -> None:
    pages = Rows(10, ready=False)
    app = Bench(pages)
    async with app.run_test(size=(80, 24)) as pilot:
        assert screen_text(app)[3] == "… reading"
        pages.ready = True
        app.log_view.arrived()
        await pilot.pause()
        assert screen_text(app)[3:13] == [f"row {n}" for n in range(9, -1, -1)]


async def test_an_empty_log_and_another_log() -> None:
    app = Bench(Rows(0))
    async with app.run_test(size=(80, 24)) as pilot:
        app.log_view.focus()
        await pilot.press("down", "end", "pageup")
        assert app.log_view.row == -1
        app.log_view.show(Rows(5))
        await pilot.pause()
        assert app.log_view.row == 4
        assert screen_text(app)[3] == "row 4"


def first_background(app: App[None], y: int) -> str:
    strip = app.screen._compositor.render_strips()[y]
    style = next(segment.style for segment in strip if segment.style is not None)
    assert style.bgcolor is not None
    return str(style.bgcolor.name)


@pytest.mark.parametrize(("tone", "half_period_ns"), [(Tone.HIGH, 250_000_000), (Tone.MEDIUM, 833_400_000)])
async def test_alarm_flashes_in_the_rhythm_of_its_priority(tone: Tone, half_period_ns: int) -> None:
    app = Bench(Rows(0))
    async with app.run_test(size=(80, 24)) as pilot:
        app.alarm.show_alarm(txt("FMD01 alarm"), tone)
        await pilot.pause()
        bright = first_background(app, 2)
        app.bt = half_period_ns
        app.alarm._flash()
        await pilot.pause()
        assert first_background(app, 2) != bright
        assert screen_text(app)[2] == "FMD01 alarm"
        app.bt = 2 * half_period_ns
        app.alarm._flash()
        await pilot.pause()
        assert first_background(app, 2) == bright


async def test_small_terminal_shows_one_line_with_key_and_alarm() -> None:
    app = Bench(Rows(100))
    async with app.run_test(size=(80, 24)) as pilot:
        app.small.show_top(txt("Zone IV door open"), Tone.HIGH)
        for size in ((59, 24), (80, 19), (30, 5)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            text = screen_text(app)
            assert text[0] == "F9 EMERGENCY Zone IV door open"[: size[0]]
            assert not any(text[1:])
        await pilot.resize_terminal(60, 20)
        await pilot.pause()
        assert screen_text(app)[3] == "row 99"


async def test_footer_shows_keys_and_labels() -> None:
    app = Bench(Rows(0))
    async with app.run_test(size=(80, 24)) as pilot:
        app.footer.show_keys((("F9", "EMERGENCY"), ("a", "Acknowledge")))
        await pilot.pause()
        assert screen_text(app)[23] == "F9 EMERGENCY  a Acknowledge"


async def test_same_content_again_asks_for_no_repaint(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Bench(Rows(0))
    async with app.run_test(size=(80, 24)):
        app.header.show(spans("a ", ("b", Tone.HIGH)))
        repaints: list[bool] = []
        monkeypatch.setattr(app.header, "refresh", lambda: repaints.append(True))
        app.header.show(spans("a ", ("b", Tone.HIGH)))
        assert repaints == []
        app.header.show(spans("a ", ("b", Tone.LOW)))
        assert repaints == [True]
