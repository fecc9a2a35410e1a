"""Bars of a fixed number of lines: they repaint themselves and never lay the screen out again.

Only the footer docks: two widgets docked to one edge would lie on top of each other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from textual.content import Content
from textual.strip import Strip
from textual.timer import Timer

from mr_safety_console.console.text import fit, spans, txt
from mr_safety_console.console.theme import FLASH_TICK_S, Tone, flash_on, flashes, style_of
from mr_safety_console.console.widgets.painted import Painted, painted

MIN_COLUMNS: Final = 60
MIN_ROWS: Final = 20
"""Below this size a screen shows one line only: the top alarm and the emergency key."""

EMPTY: Final = Content("")


def too_small(columns: int, rows: int) -> bool:
    """Tell whether a terminal of this size gets the one line instead of a screen."""
    return columns < MIN_COLUMNS or rows < MIN_ROWS


class Bar(Painted):
    """Some lines of content across the screen. `show` repaints only what changed."""

    DEFAULT_CSS = "Bar { height: 1; width: 1fr; }"

    def __init__(self, content: Content = EMPTY, *, rows: int = 1, id: str | None = None) -> None:
        super().__init__(id=id)
        self._content = content
        self._cut: tuple[Content, int, list[Content]] = (EMPTY, 0, [])
        self.styles.height = rows

    @property
    def content(self) -> Content:
        """Return what is shown."""
        return self._content

    def show(self, content: Content) -> None:
        """Show this content from the next frame on; the same content again costs nothing."""
        if content.is_same(self._content):
            return
        self._content = content
        self.refresh()

    def render(self) -> Content:
        """Return what is painted."""
        return self._content

    def render_line(self, y: int) -> Strip:
        """Paint one line of the content, wrapped where it is too long."""
        content, width = self.render(), self.size.width
        if content is not self._cut[0] or width != self._cut[1]:
            self._cut = content, width, [line for one in content.split() for line in one.wrap(width)]
        wrapped = self._cut[2]
        return painted(self, wrapped[y] if y < len(wrapped) else EMPTY, width)


class HeaderBar(Bar):
    """The suite in one glance; as many lines as the screen gives it."""

    DEFAULT_CSS = "HeaderBar { background: #1c1c1c; }"


class FooterBar(Bar):
    """The keys of this screen, from `commands.footer`."""

    DEFAULT_CSS = "FooterBar { dock: bottom; background: #1c1c1c; }"

    def show_keys(self, keys: tuple[tuple[str, str], ...]) -> None:
        """Show (key, label) pairs in order; the first is the emergency key."""
        parts = [spans((key, Tone.KEY), " ", label) for key, label in keys]
        self.show(Content("  ").join(parts))


class AlarmBar(Bar):
    """The top alarm on its own line, flashing by our own timer: 2 Hz high, 0.6 Hz medium.

    `bt_ns` reads the boot-time clock in nanoseconds; the phase follows it, so that all bars of a
    screen flash together and the rate does not depend on how late a timer fires.
    """

    def __init__(self, bt_ns: Callable[[], int], *, rows: int = 1, id: str | None = None) -> None:
        super().__init__(rows=rows, id=id)
        self._bt_ns = bt_ns
        self._tone = Tone.PLAIN
        self._bright = True
        self._timer: Timer | None = None

    def on_mount(self) -> None:
        """Start the flash timer, asleep until there is something that flashes."""
        self._timer = self.set_interval(FLASH_TICK_S, self._flash, pause=not flashes(self._tone))

    def show_alarm(self, content: Content, tone: Tone) -> None:
        """Show an alarm in the style of its priority; the first half of a flash is the bright one."""
        if tone is self._tone and content.is_same(self._content):
            return
        if tone is not self._tone:
            self._tone, self._bright = tone, True
            self._run_timer()
        self._content = content
        self.refresh()

    def _run_timer(self) -> None:
        if self._timer is None:
            return
        if flashes(self._tone):
            self._timer.resume()
        else:
            self._timer.pause()

    def _flash(self) -> None:
        bright = flash_on(self._tone, self._bt_ns())
        if bright is not self._bright:
            self._bright = bright
            self.refresh()

    def render(self) -> Content:
        """Return the line, padded so that its colour reaches the edge."""
        style = style_of(self._tone, bright=self._bright)
        return fit(self._content, self.size.width).stylize(style) if style else self._content


class TooSmallBar(AlarmBar):
    """The one line of a terminal below 60×20: the emergency key first, then the top alarm."""

    DEFAULT_CSS = "TooSmallBar { display: none; height: 1; }"

    def show_top(self, alarm: Content, tone: Tone) -> None:
        """Show the top alarm, or that there is none to show, after the emergency key."""
        what = alarm if alarm.plain else txt("TERMINAL TOO SMALL")
        self.show_alarm(spans("F9 EMERGENCY ", what), tone)


HORIZONTAL_BREAKPOINTS: Final = [(0, "-too-narrow"), (MIN_COLUMNS, "-wide-enough")]
VERTICAL_BREAKPOINTS: Final = [(0, "-too-low"), (MIN_ROWS, "-tall-enough")]
"""Set both on the app: Textual then puts these classes on every screen as its size changes."""

TOO_SMALL_CSS: Final = """
Screen.-too-narrow > *, Screen.-too-low > * { display: none; }
Screen.-too-narrow > TooSmallBar, Screen.-too-low > TooSmallBar { display: block; }
"""
"""Hides everything but the one line on a screen that is too small; add it to the app's CSS."""
