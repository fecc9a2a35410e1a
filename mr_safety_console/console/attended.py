"""Somebody at the keyboard, or nobody: locking, by hand and when idle, and what is said of a held key."""

from __future__ import annotations

from textual import events

from mr_safety_console.console.desk import Desk
from mr_safety_console.console.dialogs.help import HelpDialog
from mr_safety_console.console.dialogs.modal import Dialog
from mr_safety_console.console.dialogs.sign_on import SignOnDialog
from mr_safety_console.console.driver import KeyHeld, Scanned
from mr_safety_console.console.navigation import Navigation
from mr_safety_console.console.page import Page
from mr_safety_console.console.present.view import View
from mr_safety_console.console.scanning import into_field
from mr_safety_console.domain.context import Instant
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import SignOff
from mr_safety_console.domain.words import refused

BY_HAND, IDLE = "locked", "idle"
"""Reasons of a sign-off, as the record has them."""


class Idle:
    """Since when nobody has touched keyboard or mouse, on the boot-time clock, which counts sleep."""

    def __init__(self, now: Instant) -> None:
        self._touched = now

    def touched(self, now: Instant) -> None:
        """Begin anew: a key was pressed."""
        self._touched = now

    def due(self, view: View) -> bool:
        """Tell whether to lock now. An open emergency suspends it; after one it begins anew.

        What cannot be recorded as a sign-off is not tried again while the engine says nothing.
        """
        if view.emergency.current is not None:
            self._touched = view.now
            return False
        shut = view.locked and (view.actor is None or view.stopped)
        return not shut and view.since(self._touched) >= view.profile.limit("idle_lock_s")


class Attended(Navigation):
    """An app that knows whether somebody is there. Alarms and the emergency key never depend on it."""

    desk: Desk
    idle: Idle

    async def on_event(self, event: events.Event) -> None:
        """Take note that somebody is there, then let the event go its way."""
        if isinstance(event, events.Key | events.Paste | events.MouseDown):
            self.idle.touched(self.desk.parts.clock.now())
        await super().on_event(event)

    def on_key_held(self, _message: KeyHeld) -> None:
        """Say once that a held key counts once."""
        if isinstance(self.screen, Page | Dialog):
            self.screen.why.refuse(refused("key-held"))

    def on_scanned(self, message: Scanned) -> None:
        """Hand a bar code to the field or page it was read for; it presses no key."""
        self.idle.touched(self.desk.parts.clock.now())
        self.desk.attempt(lambda: self._scanned(message))

    def _scanned(self, message: Scanned) -> None:
        screen = self.screen
        if not isinstance(screen, Page | Dialog) or not screen.stands:
            return
        done = refused("scan-cut") if message.cut else into_field(screen, message.text)
        if isinstance(done, Refused):
            screen.why.refuse(done)
        elif not done and isinstance(screen, Page):
            screen.scanned(message.text)
        elif not done:
            screen.why.refuse(refused("scan-not-here"))

    def action_silence(self) -> None:
        """Pause the sound for half a minute, from under a dialog too; anyone may."""
        next(page for page in reversed(self.screen_stack) if isinstance(page, Page)).action_silence()

    def action_help(self) -> None:
        """Show the keys of this screen."""
        page = self.screen
        self.push_screen(HelpDialog(self.desk, page.keys() if isinstance(page, Page) else ()))

    def action_sign_on(self) -> None:
        """Ask who has the console."""

        def done(signed: bool | None) -> None:
            if signed:
                self.desk.locked = self.desk.locked and self.desk.view().actor is None
            self.desk.repaint()

        self.push_screen(SignOnDialog(self.desk), done)

    def action_lock(self) -> None:
        """Lock by hand."""
        self.lock(BY_HAND)

    def lock(self, reason: str) -> None:
        """Hide personal data at once, then sign off."""
        self.desk.locked = True
        self.put_away()
        self.desk.ask(SignOff(reason=reason), lambda _: self.desk.repaint())
        self.desk.repaint()

    def begun_locked(self, view: View) -> View:
        """Begin locked where people are known from before the start: a restart is no way past the lock."""
        if view.snapshot.ready and view.actor is None and (view.state.visits.open or view.state.people.here):
            self.desk.locked = True
        return self.desk.view()

    def put_away(self) -> None:
        """Leave what shows personal data: dialogs, and every screen but the Suite and an emergency."""
        raise NotImplementedError
