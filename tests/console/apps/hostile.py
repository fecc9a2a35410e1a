"""Shows hostile texts through every way a text can take to the screen, several at a time."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Button, Checkbox, DataTable, Input, Label, OptionList, RadioButton, Static

from mr_safety_console.console.driver import GuardedApp, driver_class
from mr_safety_console.console.text import block, plain, spans, txt
from mr_safety_console.console.theme import Tone
from mr_safety_console.console.widgets.bars import AlarmBar, FooterBar, HeaderBar
from mr_safety_console.console.widgets.logview import LogView

TEXTS: list[str] = json.loads(Path(sys.argv[1]).read_text())
LOG = os.open(os.environ["PROBE_LOG"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)


class Rows:
    def __init__(self) -> None:
        self.total = len(TEXTS)

    def rows(self, first: int, count: int) -> Sequence[Content]:
        return [txt(text) for text in TEXTS[first : first + count]]


class Hostile(GuardedApp[None]):
    CSS = """
    Static, Label, Button, Checkbox, RadioButton { height: 1; }
    LogView, OptionList, DataTable { height: 4; }
    """
    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        yield HeaderBar()
        yield AlarmBar(lambda: 0)
        yield Static(id="static")
        yield Label(id="label")
        yield Input(id="input")
        yield Button(id="button")
        yield Checkbox(id="check")
        yield RadioButton(id="radio")
        yield OptionList()
        yield DataTable()
        yield LogView(Rows())
        yield FooterBar()

    def on_mount(self) -> None:
        self.query_one(DataTable).add_column(txt("what"), key="what")
        self.at = 0
        self.set_interval(0.02, self.turn)

    def turn(self) -> None:
        if self.at >= len(TEXTS):
            os.write(LOG, b'{"kind": "shown"}\n')
            self.exit(return_code=0)
            return
        if self.at % 50 == 0:
            self.query_one(OptionList).clear_options()
            self.query_one(DataTable).clear()
        text = TEXTS[self.at]
        shown = txt(text)
        self.query_one(HeaderBar).show(spans("a ", (text, Tone.UNKNOWN), " z"))
        self.query_one(AlarmBar).show_alarm(shown, Tone.HIGH)
        self.query_one("#static", Static).update(block(text))
        self.query_one("#label", Label).update(shown)
        self.query_one("#input", Input).value = plain(text)
        self.query_one("#button", Button).label = shown
        self.query_one("#check", Checkbox).label = shown
        self.query_one("#radio", RadioButton).label = shown
        self.query_one(OptionList).add_option(shown)
        self.query_one(DataTable).add_row(shown)
        self.query_one(LogView).go_to(self.at)
        self.query_one(FooterBar).show_keys(((text, text),))
        self.at += 1


if __name__ == "__main__":
    app = Hostile(driver_class=driver_class())
    app.run()
    sys.exit(app.return_code or 0)
