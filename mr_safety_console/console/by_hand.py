"""The dialogs of hand-held detectors: what one found on whom, and whether it answered the test piece."""

from __future__ import annotations

from mr_safety_console.console.dialogs.choice import Choice, ChoiceDialog
from mr_safety_console.console.page import Page
from mr_safety_console.domain.profile import Wand
from mr_safety_console.domain.wands import ProveWand, RecordHandPass

SEARCHED = "Head to foot, front and back, one person. Signed by whoever did it; shown as MANUAL."
HELD = "Hold the test piece to it, as its maker says. Only you see whether it answers."
NOTHING, SOMETHING = "nothing", "something"


def hand_pass(page: Page, who: str, *, visit: str = "", person: str = "") -> None:
    """Ask what which wand found on this one person, then have it signed."""
    found = {
        f"{wand.id}/{what}": RecordHandPass(wand=wand.id, found=what == SOMETHING, visit=visit, person=person)
        for wand in page.desk.parts.profile.wands
        for what in (NOTHING, SOMETHING)
    }
    names = {wand.id: wand.name for wand in page.desk.parts.profile.wands}
    choices = tuple(
        Choice(code, f"{names[asked.wand]}: {SOMETHING if asked.found else NOTHING} found")
        for code, asked in found.items()
    )

    def chosen(code: str | None) -> None:
        if code is not None:
            page.ask(found[code])

    page.app.push_screen(ChoiceDialog(page.desk, f"HAND-HELD PASS, MANUAL: {who}", choices, SEARCHED), chosen)


def prove(page: Page, wand: Wand) -> None:
    """Ask whether a wand answered the test piece."""
    choices = (Choice("answered", "It answered"), Choice("not", "It did not answer"))

    def chosen(said: str | None) -> None:
        if said is not None:
            page.ask(ProveWand(wand=wand.id, answered=said == "answered"))

    page.app.push_screen(ChoiceDialog(page.desk, f"{wand.name}: TEST", choices, HELD), chosen)
