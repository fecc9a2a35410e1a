"""The console app: screens and keys around one desk; what it shows comes from the engine alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextvars import copy_context
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.dom import DOMNode

from mr_safety_console import __version__
from mr_safety_console.console import commands as c
from mr_safety_console.console.attended import IDLE, Attended, Idle
from mr_safety_console.console.crash import CrashBox
from mr_safety_console.console.desk import Desk
from mr_safety_console.console.dialogs.modal import Dialog
from mr_safety_console.console.dialogs.quit import QuitDialog
from mr_safety_console.console.driver import HardenedDriver, driver_class
from mr_safety_console.console.mailbox import Mailbox
from mr_safety_console.console.navigation import BASE
from mr_safety_console.console.page import Page
from mr_safety_console.console.parts import Parts
from mr_safety_console.console.screens import every_page
from mr_safety_console.console.screens.emergency import EmergencyPage
from mr_safety_console.console.signals import Signals, TerminalState, exit_code
from mr_safety_console.console.style import APP_CSS, HORIZONTAL, VERTICAL
from mr_safety_console.console.theme import MR_HC
from mr_safety_console.domain.lifecycle import LoseSession, StopConsole

__all__ = ["ConsoleApp", "Parts"]

REPAINT_S: Final = 0.25
"""Levels, ages and the running clock are painted this often; alarms and emergencies at once."""
BELL_S: Final = 1.0
QUIET_S: Final = 2.0
"""When the start is over, for what is better done then: `quiet` is called once."""
SWEEP_S: Final = 15.0
"""How often `sweep` is called from then on: what was painted stands in circles, and goes only when swept."""
LAST_WORD_S: Final = 1.0
"""How long the end waits for the record of it."""
AT_ONCE: Final = ("alarm-", "emergency-", "quench-", "visit-held", "door-")
_OVER_DIALOG: Final = {cmd.action for cmd in c.ALWAYS if cmd.over_dialog}
_APP_ACTIONS: Final = {cmd.action for cmd in c.APP}

Errand = Callable[[], object]


def _nothing() -> None:
    pass


class ConsoleApp(Attended, inherit_bindings=False):
    """One console. `run()` returns the exit code; the engine outlives it and is closed by its builder."""

    TITLE = "MR Safety Console"
    CSS = APP_CSS
    HORIZONTAL_BREAKPOINTS = HORIZONTAL
    VERTICAL_BREAKPOINTS = VERTICAL
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [*c.bindings(c.APP)]

    def __init__(self, parts: Parts, *, quiet: Errand = _nothing, sweep: Errand = _nothing) -> None:
        super().__init__(driver_class=driver_class())
        self.parts = parts
        self._quiet, self._sweep = quiet, sweep
        self.desk = Desk(parts)
        self.emergency_hook = self.desk.lane.key
        self._box = CrashBox(parts.data_dir / "crash", parts.clock.now, app=__version__)
        self.crash_hook = self._box.record
        early = parts.early
        self.terminal_hook = self._take_terminal if early else None
        self.signals = Signals(self._signalled, terminal=early.terminal if early else TerminalState(0))
        self._mailbox = Mailbox(self._wake)
        self._unsubscribe: Callable[[], None] = lambda: None
        self._home: asyncio.AbstractEventLoop | None = None
        self._in_app = copy_context()
        self.pages: dict[str, Page] = {}
        self._emergency = EmergencyPage(self.desk)
        self._restored = False
        self._said: tuple[object, ...] = ()
        self.idle = Idle(parts.clock.now())
        self.desk.attempt, self.desk.go = self.attempt, self.go
        self.desk.repaint, self.desk.on_loop = self.repaint, self._on_loop
        if self.driver_class is not HardenedDriver:
            self._take_terminal()  # the stock driver calls no hook: two would read one keyboard
        self.install_screen(self._emergency, EmergencyPage.NAME)
        # Before anything is styled: a theme chosen later has every rule read once more.
        self.register_theme(MR_HC)
        self.theme = MR_HC.name

    def _take_terminal(self) -> None:
        """Go on with the emergency keys that were pressed before there was a screen."""
        if self.parts.early:
            self.parts.early.hand_over()
            self.desk.lane.adopt(self.parts.early.tickets)

    def get_default_screen(self) -> Page:
        """Return the Suite: no empty screen is made, styled and laid out under it."""
        return self.made(BASE)

    def on_mount(self) -> None:
        """Listen to the engine, and keep the picture moving."""
        self._home = asyncio.get_running_loop()
        self._in_app = copy_context()
        if not self.is_headless:
            self.signals.install(self._home)
        self._unsubscribe = self.parts.face.subscribe(self._mailbox.put)
        self.call_later(self.repaint)
        self.set_interval(REPAINT_S, lambda: self.attempt(self._tick))
        self.set_interval(BELL_S, lambda: self.attempt(self._sound))
        self.set_timer(QUIET_S, self._settle)

    def _settle(self) -> None:
        every_page()  # loaded by now, so that nothing of this run comes from a later installation
        self._quiet()
        self.set_interval(SWEEP_S, lambda: self.attempt(self._sweep))

    def on_unmount(self) -> None:
        """Stop listening; the log's reader ends with its screen."""
        self._unsubscribe()
        self.signals.remove()
        for page in self.pages.values():
            page.close_down()

    # --- from other threads to the loop ---

    def _wake(self) -> None:
        self._on_loop(lambda: self.attempt(self._drain))

    def _on_loop(self, call: Callable[[], None]) -> None:
        if self._home is not None and not self._home.is_closed():
            # Screens are made in the app's own context, whichever thread the answer came on.
            self._home.call_soon_threadsafe(call, context=self._in_app)

    def _drain(self) -> None:
        mail = self._mailbox.drain()
        self.desk.heard(mail.entries)
        if mail.resync or any(entry.fact.kind.startswith(AT_ONCE) for entry in mail.entries):
            self._paint_alarms()

    # --- painting ---

    def repaint(self) -> None:
        """Paint every screen that can be seen, from one view."""
        self.attempt(self._paint)

    def _tick(self) -> None:
        """Paint header and alarms; the rest when something is known anew, and once a second for the ages."""
        view = self.desk.view()
        if self.idle.due(view):
            self.lock(IDLE)
            return
        said = view.moment
        if said != self._said:
            self._said = said
            self._paint()
            return
        for screen in self.seen():
            if isinstance(screen, Page):
                screen.paint_head(view)

    def _paint(self) -> None:
        view = self.desk.view() if self._restored else self.begun_locked(self.desk.view())
        for screen in self.seen():
            if isinstance(screen, Page | Dialog):
                screen.paint(view)
        if view.snapshot.ready and not self._restored:
            self._restored = True
            if view.emergency.current is not None:
                self._show_emergency()

    def _paint_alarms(self) -> None:
        view = self.desk.view()
        for screen in self.seen():
            if isinstance(screen, Page | Dialog):
                screen.paint_alarm(view)

    def _sound(self) -> None:
        """Sound from here when the engine cannot: it stopped, or has no player."""
        view = self.desk.view()
        if view.stopped or (view.loud and not view.snapshot.sound):
            (self.parts.bell or self.bell)()

    # --- the funnel ---

    def attempt(self, call: Callable[[], object]) -> None:
        """Run one handler; a fault of ours is recorded and shown as a High line, and the console goes on."""
        try:
            call()
        except Exception as error:  # noqa: BLE001  -- the app's error funnel
            self._fault(error)

    async def run_action(
        self,
        action: str | tuple[str, str, tuple[object, ...]],
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run the action of a key through the funnel."""
        try:
            return await super().run_action(action, default_namespace, namespaces)
        except Exception as error:  # noqa: BLE001  -- the app's error funnel
            self._fault(error)
            return True

    def _fault(self, error: Exception) -> None:
        self.desk.fault = self._box.record(error).partition(";")[0]
        self._paint_alarms()

    # --- keys of every screen ---

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keep all but the few keys that act over a dialog from it."""
        if action in _APP_ACTIONS and action not in _OVER_DIALOG:
            return not isinstance(self.screen, Dialog)
        return True

    def action_emergency(self) -> None:
        """Record the press first, then show the emergency."""
        self.desk.lane.press()
        self._show_emergency()

    def _show_emergency(self) -> None:
        self._emergency.came_up()
        if self._emergency in self.screen_stack:
            while self.screen is not self._emergency:
                self.pop_screen()
        else:
            self.push_screen(self._emergency)
        self.repaint()

    def put_away(self) -> None:
        """Leave every screen but the Suite; an emergency stays where it is."""
        on_emergency = self.screen is self._emergency
        self.go("suite")
        if on_emergency:
            self._show_emergency()

    def action_quit_console(self) -> None:
        """Ask, record it, and close."""
        self.push_screen(QuitDialog(self.desk), lambda yes: self._stop(0, "quit") if yes else None)

    # --- the end ---

    def _signalled(self, signum: int) -> None:
        if signum == 1:
            self.desk.ask(LoseSession(signal="SIGHUP"), lambda _: None)
        self._stop(exit_code(signum), "session-lost" if signum == 1 else "signal")

    def _stop(self, code: int, reason: str) -> None:
        self.set_timer(LAST_WORD_S, lambda: self.exit(code, return_code=code))
        self.desk.ask(StopConsole(reason=reason), lambda _: self.exit(code, return_code=code))
