"""The place where the console says why not: what is missing, who can supply it, what to do now."""

from __future__ import annotations

from typing import Final

from textual.content import Content
from textual.geometry import Size

from mr_safety_console.console.present.rows import Row, row, wrapped
from mr_safety_console.console.text import lines
from mr_safety_console.console.theme import Tone
from mr_safety_console.console.widgets.bars import EMPTY, Bar
from mr_safety_console.domain.refusal import Refused

ROWS: Final = 3
INDENT: Final = 10


class WhyStrip(Bar):
    """Above the footer; three lines or as many as it takes, gone while nothing was refused."""

    DEFAULT_CSS = "WhyStrip { display: none; background: #1c1c1c; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(rows=ROWS, id=id)
        self.styles.height = "auto"
        self.why: Refused | None = None
        self._rows: tuple[Row, ...] = ()
        self._laid_out: tuple[int, Content] = (0, EMPTY)

    def refuse(self, why: Refused) -> None:
        """Show a refusal until the next thing is done."""
        self.why = why
        self.display = True
        self._say(
            row(("■ WHY NOT ", Tone.HOLD), why.reason, indent=INDENT),
            row(("  WHO CAN ", Tone.TITLE), why.who_can, indent=INDENT),
            row(("  NOW     ", Tone.TITLE), why.what_now, indent=INDENT),
        )

    def dismiss(self) -> None:
        """Take the refusal away."""
        self.why = None
        self.display = False
        self._say()

    def _say(self, *rows: Row) -> None:
        self._rows, self._laid_out = rows, (0, EMPTY)
        self.show(lines(*(one.content for one in rows)))
        self.refresh(layout=True)

    def _lines(self, width: int) -> list[Content]:
        return [line for one in self._rows for line in wrapped(one, width)]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the lines it takes at a width: no sentence of the three is ever cut away."""
        return max(1, len(self._lines(width)))

    def render(self) -> Content:
        """Return the sentences as they wrap in the present width."""
        width = self.size.width
        if width and self._laid_out[0] != width:
            self._laid_out = (width, lines(*self._lines(width)))
        return self._laid_out[1]
