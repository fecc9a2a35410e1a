"""The fixed place where the console says why not: what is missing, who can supply it, what to do now."""

from __future__ import annotations

from mr_safety_console.console.text import lines, spans
from mr_safety_console.console.theme import Tone
from mr_safety_console.console.widgets.bars import EMPTY, Bar
from mr_safety_console.domain.refusal import Refused

ROWS = 3


class WhyStrip(Bar):
    """Three lines above the footer; gone while nothing was refused."""

    DEFAULT_CSS = "WhyStrip { display: none; background: #1c1c1c; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(rows=ROWS, id=id)
        self.why: Refused | None = None

    def refuse(self, why: Refused) -> None:
        """Show a refusal until the next thing is done."""
        self.why = why
        self.display = True
        self.show(
            lines(
                spans(("■ WHY NOT ", Tone.HOLD), why.reason),
                spans(("  WHO CAN ", Tone.TITLE), why.who_can),
                spans(("  NOW     ", Tone.TITLE), why.what_now),
            )
        )

    def dismiss(self) -> None:
        """Take the refusal away."""
        self.why = None
        self.display = False
        self.show(EMPTY)
