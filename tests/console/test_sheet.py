"""Sheets and the strips painted before: what is on the glass is what was said last, whatever moved."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.content import Content
from textual.strip import Strip
from textual.widgets import Static

from mr_safety_console.console.present.rows import Row, row
from mr_safety_console.console.text import spans, txt
from mr_safety_console.console.theme import CLASS_CSS, MR_HC, Tone
from mr_safety_console.console.widgets.sheet import Sheet
from mr_safety_console.console.widgets.strips import KEPT, Strips
from mr_safety_console.console.widgets.why import WhyStrip
from mr_safety_console.domain.words import refused

HEIGHT, BELOW = 12, 3


class Bench(App[None]):
    """A sheet over a strip that comes and goes, as a refusal does."""

    CSS = CLASS_CSS + f"#below {{ height: {BELOW}; display: none; }}"
    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        yield Sheet(id="sheet")
        yield Static("below", id="below")

    def on_mount(self) -> None:
        self.register_theme(MR_HC)
        self.theme = MR_HC.name

    @property
    def sheet(self) -> Sheet:
        return self.query_one(Sheet)

    def below(self, shown: bool) -> None:
        self.query_one("#below").display = shown


def rows(count: int, age: str = "0 s") -> tuple[Row, ...]:
    return tuple(row(f"item {n} heard {age}", key=f"k{n}") for n in range(count))


def glass(app: Bench) -> list[str]:
    return [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]


def painted(app: Bench) -> list[str]:
    """Return what the sheet would paint were every line painted now."""
    sheet = app.sheet
    return [sheet.render_line(y).text.rstrip() for y in range(sheet.size.height)]


async def test_a_refusal_below_that_moves_the_lines_leaves_no_stale_line() -> None:
    """The ages of some lines change while the sheet gets smaller and scrolls."""
    app = Bench()
    async with app.run_test(size=(60, HEIGHT)) as pilot:
        app.sheet.show(rows(30), "k20")
        await pilot.pause()
        for turn in range(6):
            app.below(turn % 2 == 0)
            app.sheet.show(rows(30, f"{turn} s"), "k20")
            await pilot.pause()
            app.sheet.show(
                (*rows(30, f"{turn} s")[:18], row("item 18 new", key="k18"), *rows(30)[19:]), "k20"
            )
            await pilot.pause()
            assert glass(app)[: app.sheet.size.height] == painted(app), turn
            assert any("item 20 " in line for line in glass(app))


async def test_the_selected_row_stays_in_view_in_every_height() -> None:
    app = Bench()
    async with app.run_test(size=(60, HEIGHT)) as pilot:
        app.sheet.show(rows(40), "k11")
        for height in (12, 8, 5, 20, 6, 12):
            await pilot.resize_terminal(60, height)
            await pilot.pause()
            assert glass(app)[: app.sheet.size.height] == painted(app)
            assert any("item 11 " in line for line in glass(app)), height


async def test_only_a_line_that_says_something_else_is_made_anew() -> None:
    app = Bench()
    async with app.run_test(size=(60, HEIGHT)):
        strips = Strips(app.sheet)
        first = strips.strip(0, txt("one"), 20)
        assert isinstance(first, Strip)
        assert first.text == "one".ljust(20)
        assert strips.strip(0, txt("one"), 20) is first
        assert strips.strip(0, txt("two"), 20).text == "two".ljust(20)
        assert strips.strip(0, txt("one"), 20) is not first
        wider = strips.strip(0, txt("one"), 30)
        assert wider.text == "one".ljust(30)
        assert strips.strip(1, txt("one"), 30) is not wider


async def test_the_same_words_in_another_tone_are_another_line() -> None:
    app = Bench()
    async with app.run_test(size=(60, HEIGHT)):
        strips = Strips(app.sheet)
        plain = strips.strip(0, spans(("door closed", Tone.PLAIN)), 20)
        loud = strips.strip(0, spans(("door closed", Tone.HIGH)), 20)
        assert plain.text == loud.text
        assert [segment.style for segment in plain] != [segment.style for segment in loud]


async def test_the_strips_kept_are_bounded_and_the_oldest_go_first() -> None:
    app = Bench()
    async with app.run_test(size=(60, HEIGHT)):
        strips = Strips(app.sheet)
        kept = [strips.strip(n, Content(f"line {n}"), 20) for n in range(KEPT)]
        assert strips.strip(0, Content("line 0"), 20) is kept[0]
        strips.strip(KEPT, Content("one more"), 20)
        assert len(strips) == KEPT
        assert strips.strip(0, Content("line 0"), 20) is kept[0], "used last, so kept"
        assert strips.strip(1, Content("line 1"), 20) is not kept[1]
        strips.clear()
        assert len(strips) == 0


async def test_a_change_of_style_paints_every_line_anew() -> None:
    app = Bench()
    async with app.run_test(size=(60, HEIGHT)) as pilot:
        app.sheet.show(rows(3))
        await pilot.pause()
        before = app.sheet.render_line(1)
        assert app.sheet.render_line(1) is before
        app.sheet.notify_style_update()
        after = app.sheet.render_line(1)
        assert after is not before
        assert after.text == before.text


async def test_what_belongs_to_the_selected_row_stays_in_view_when_a_line_above_it_wraps() -> None:
    """The keys of an item stand below it; an answer above it that grows by a line pushes them down."""
    app = Bench()
    async with app.run_test(size=(60, HEIGHT)) as pilot:

        def shown(last: str) -> tuple[Row, ...]:
            return (*rows(10), row(last, key="k10"), row("item 11", key="k11"), row("the keys"), *rows(9))

        app.sheet.show(shown("item 10"), "k11")
        await pilot.pause()
        assert glass(app)[-1].startswith("the keys")
        app.sheet.show(shown("item 10, answered at length, so that it takes a second line here"), "k11")
        await pilot.pause()
        assert glass(app)[-1].startswith("the keys")
        app.sheet.page(-1)
        app.sheet.show(shown("item 10"), "k11")
        await pilot.pause()
        assert glass(app)[0].startswith("item 0"), "who scrolls away is not brought back"


class Refusing(App[None]):
    """A sheet with the place for refusals below it."""

    CSS = CLASS_CSS
    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        yield Sheet(id="sheet")
        yield WhyStrip()

    def on_mount(self) -> None:
        self.register_theme(MR_HC)
        self.theme = MR_HC.name


async def test_a_refusal_shows_all_of_its_three_sentences_in_any_width() -> None:
    """What to do now is the last of them: it is never the one that has no room."""
    why = refused("detector-unproved", point="Detector at the door of the magnet room with a long name")
    app = Refusing()
    async with app.run_test(size=(120, 24)) as pilot:
        strip = app.query_one(WhyStrip)
        for width in (120, 80, 60, 41, 200):
            await pilot.resize_terminal(width, 24)
            strip.refuse(why)
            await pilot.pause()
            told = " ".join(" ".join(line.text for line in app.screen._compositor.render_strips()).split())
            for sentence in (why.reason, why.who_can, why.what_now):
                assert sentence in told, width
            await pilot.pause()
        taken = strip.size.height
        strip.dismiss()
        await pilot.pause()
        assert app.query_one(Sheet).size.height == 24
        assert taken == 3
