"""What every screen has: header, alarm bar, a body, the place for why-nots, and the keys below."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.screen import Screen

from mr_safety_console.console import commands as c
from mr_safety_console.console.desk import Answer, Desk
from mr_safety_console.console.dialogs.signature import SignatureDialog
from mr_safety_console.console.present.header import alarm_bar, header
from mr_safety_console.console.present.view import View
from mr_safety_console.console.text import fit
from mr_safety_console.console.widgets.bars import AlarmBar, FooterBar, HeaderBar, TooSmallBar, too_small
from mr_safety_console.console.widgets.painted import Standing
from mr_safety_console.console.widgets.sheet import Sheet
from mr_safety_console.console.widgets.why import WhyStrip
from mr_safety_console.domain import suite_offers
from mr_safety_console.domain.alarms import Alarm, PauseSound, ranked, ring
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.words import refused
from mr_safety_console.engine.face import Accepted, Credential

HEADER_ROWS: Final = 3
AGES_NS: Final = 400_000_000
"""While nothing is known anew the header's ages are painted no more often than this."""
Answered = Callable[[Accepted], None]
"""What a screen does after an accepted command."""
MOVES: Final = (c.UP, c.DOWN, c.PAGE_UP, c.PAGE_DOWN)


def page_bindings(commands: Iterable[c.Cmd]) -> list[BindingType]:
    """Return the bindings of a screen; each digit of `PICK` names itself, the keys after it go on."""
    found: list[BindingType] = []
    for cmd in commands:
        if cmd is c.PICK:
            found += [Binding(key, f"pick({key})", cmd.label, show=False) for key in cmd.keys]
        elif cmd is c.PICK_LATER:
            found += [Binding(key, f"pick({n})", cmd.label, show=False) for n, key in enumerate(cmd.keys, 11)]
        else:
            found += cmd.bindings()
    return found


def footer_keys(commands: Iterable[c.Cmd], width: int) -> tuple[tuple[str, str], ...]:
    """Return the keys that fit a footer: emergency and help, those of the screen, then the rest."""
    room, shown = width, []
    for pair in c.footer((c.EMERGENCY, c.HELP, *commands, c.SILENCE, *c.NAVIGATION)):
        room -= len(pair[0]) + len(pair[1]) + 3
        if room >= -2:
            shown.append(pair)
    return tuple(shown)


class Page(Screen[None], Standing, inherit_bindings=False):
    """One screen. Subclasses give `KEYS`, a body, and `paint_body`."""

    NAME: ClassVar[str] = ""
    KEYS: ClassVar[tuple[c.Cmd, ...]] = ()
    ON_EMERGENCY: ClassVar[bool] = False

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._footer_width = 0
        self._aged_bt: int | None = None
        self._stood = False

    def compose(self) -> ComposeResult:
        """Lay out the parts; the body in the middle takes what is left."""
        yield TooSmallBar(self._bt_ns)
        yield HeaderBar(rows=HEADER_ROWS)
        yield AlarmBar(self._bt_ns, id="alarm")
        yield from self.compose_body()
        yield WhyStrip()
        yield FooterBar()

    def compose_body(self) -> ComposeResult:
        """Lay out the body: one sheet unless the screen says otherwise."""
        yield Sheet(id="sheet")

    def _bt_ns(self) -> int:
        return self.desk.parts.clock.now().bt

    @property
    def sheet(self) -> Sheet:
        """Return the sheet the cursor keys move in."""
        return self.query_one("#sheet", Sheet)

    @property
    def why(self) -> WhyStrip:
        """Return the place for refusals."""
        return self.query_one(WhyStrip)

    def on_mount(self) -> None:
        """Paint at once. The parts are looked up once: they also outlive the tree while the app ends."""
        if not self.app.is_running:
            return  # it ends while this screen is being laid out, and takes the parts down one by one
        self._header, self._footer = self.query_one(HeaderBar), self.query_one(FooterBar)
        self._alarm, self._too_small = self.query_one("#alarm", AlarmBar), self.query_one(TooSmallBar)
        self._stood = True
        self.opened()
        self.paint(self.desk.view())

    @property
    def stands(self) -> bool:
        """Tell whether its parts are there: once laid out, until the app ends."""
        return self._stood and self.app.is_running

    def opened(self) -> None:
        """Begin: called once the screen stands."""

    def arrived(self) -> None:
        """Begin anew: somebody comes here from another screen."""

    def on_resize(self, _event: events.Resize) -> None:
        """Paint anew in the new width."""
        self.call_after_refresh(lambda: self.desk.attempt(lambda: self.paint(self.desk.view())))

    def on_screen_resume(self) -> None:
        """Paint what has changed while another screen was in front; an old refusal is gone."""
        if self.stands:
            self.why.dismiss()
            self.desk.attempt(lambda: self.paint(self.desk.view()))

    def keys(self) -> tuple[c.Cmd, ...]:
        """Return the commands of this screen in the order of the footer."""
        return self.KEYS

    def paint(self, view: View) -> None:
        """Paint everything from one view."""
        if not self.stands or not self.size.width:
            return
        self._aged_bt = None
        self.paint_head(view)
        self.paint_body(view)

    def paint_head(self, view: View) -> None:
        """Paint what is the same on every screen: header, alarm bar, frame, keys."""
        if not self.stands or not self.size.width:
            return
        self.paint_alarm(view)
        if self._aged_bt is not None and 0 <= view.now.bt - self._aged_bt < AGES_NS:
            return
        self._aged_bt = view.now.bt
        self.set_class(view.simulated, "-mock")
        width = self._header.size.width or self.size.width
        self._header.show(header(view, width))
        if width != self._footer_width:
            self._footer_width = width
            self._footer.show_keys(footer_keys(self.keys(), width))

    def _set_dirty(self, *regions: Region) -> None:
        """Have all of it drawn anew, not regions alone.

        Beneath a dialog Textual names the regions of our parts as if our frame moved them, each time further
        in, and drops the parts themselves: header and alarm bar would stand still there.
        """
        super()._set_dirty()

    def close_down(self) -> None:
        """Give back what the screen holds beside the loop; the app is ending."""

    def paint_alarm(self, view: View) -> None:
        """Paint the alarm bar alone: the part that never waits for the next turn of the rest."""
        if not self.stands:
            return
        content, tone = alarm_bar(view, on_emergency=self.ON_EMERGENCY)
        width = self._alarm.size.width or self.size.width
        self._alarm.show_alarm(fit(content, max(1, width)), tone)
        self._too_small.show_top(content, tone)
        for bar in (self._alarm, self._too_small):
            bar.stand_for(ranked(view.state.alarms))

    @property
    def seen_alarms(self) -> tuple[Alarm, ...]:
        """Return the alarms open when the alarm line on the glass was drawn, as they were then."""
        seen = (self._too_small if too_small(*self.size) else self._alarm).seen
        return seen if isinstance(seen, tuple) else ()

    def paint_body(self, view: View) -> None:
        """Paint the body."""
        raise NotImplementedError

    def scanned(self, text: str) -> None:
        """Take a bar code that was read while this page was in front; most take none and say so.

        `text` is as it came, GS (0x1d) among it: `desk.read_label` tells what it says.
        """
        self.why.refuse(refused("scan-not-here"))

    # --- asking ---

    def ask(self, command: Command, then: Answered | None = None) -> None:
        """Give a command, collecting signatures first where it wants them."""
        view = self.desk.view()
        offered = suite_offers.offer(view.state, "", command, view.ctx)
        if offered.signatures:
            self.sign(command, offered.signatures, then)
        else:
            self.desk.ask(command, partial(self.answered, then))

    def sign(self, command: Command, count: int, then: Answered | None = None) -> None:
        """Ask `count` people for their PIN and give the command with it."""

        def given(credentials: tuple[Credential, ...] | None) -> None:
            if credentials:
                self.desk.ask(command, partial(self.answered, then), credentials)

        self.app.push_screen(SignatureDialog(self.desk, command, count), given)

    def answered(self, then: Answered | None, answer: Answer) -> None:
        """Show why not, or go on."""
        if isinstance(answer, Refused):
            self.why.refuse(answer)
        else:
            self.why.dismiss()
            if then is not None:
                then(answer)
        self.desk.repaint()

    # --- keys every screen has ---

    def action_up(self) -> None:
        """Select the row above."""
        self.sheet.move(-1)

    def action_down(self) -> None:
        """Select the row below."""
        self.sheet.move(1)

    def action_page_up(self) -> None:
        """Scroll back."""
        self.sheet.page(-1)

    def action_page_down(self) -> None:
        """Scroll on."""
        self.sheet.page(1)

    def action_silence(self) -> None:
        """Pause the sound of what was drawn for half a minute; anyone may."""
        self.ask(PauseSound(rings=tuple(ring(alarm) for alarm in self.seen_alarms)))

    def action_back(self) -> None:
        """Take the refusal away, or go back to the Suite."""
        if self.why.why is not None:
            self.why.dismiss()
        else:
            self.desk.go("suite")
