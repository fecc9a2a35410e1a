"""The keys that lead from any screen to any other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from textual.screen import Screen

from mr_safety_console.console.desk import Desk
from mr_safety_console.console.driver import GuardedApp
from mr_safety_console.console.page import Page
from mr_safety_console.console.screens import page_class

BASE: Final = "suite"
"""The screen under all others; the console begins with it."""


class Navigation(GuardedApp[int]):
    """An app with an action for each screen."""

    desk: Desk
    pages: dict[str, Page]

    def made(self, name: str) -> Page:
        """Return a screen, made when it is first asked for."""
        if name not in self.pages:
            self.pages[name] = page_class(name)(self.desk)
            self.install_screen(self.pages[name], name)
        return self.pages[name]

    def seen(self) -> Sequence[Screen[Any]]:
        """Return the screens of which anything can be seen: the topmost page and the dialogs over it."""
        stack = self.screen_stack
        top = max((here for here, screen in enumerate(stack) if isinstance(screen, Page)), default=0)
        return stack[top:]

    def go(self, name: str) -> None:
        """Show a screen, leaving dialogs and the emergency screen; an emergency itself goes on."""
        page = self.made(name)
        if page not in self.seen():
            page.arrived()
        while len(self.screen_stack) > (1 if name == BASE else 2):
            self.pop_screen()
        if name == BASE:
            return
        if len(self.screen_stack) == 1:
            self.push_screen(name)
        else:
            self.switch_screen(name)

    def action_suite(self) -> None:
        """Show the Suite."""
        self.go(BASE)

    def action_visit(self) -> None:
        """Show the selected visit."""
        self.go("visit")

    def action_screening(self) -> None:
        """Show the interview."""
        self.go("screening")

    def action_checklist(self) -> None:
        """Show the lists."""
        self.go("checklist")

    def action_alarms(self) -> None:
        """Show the alarms."""
        self.go("alarms")

    def action_log(self) -> None:
        """Show the log."""
        self.go("log")

    def action_devices(self) -> None:
        """Show the devices."""
        self.go("devices")

    def action_people(self) -> None:
        """Show the people."""
        self.go("people")

    def action_quench(self) -> None:
        """Show the quench log."""
        self.go("quench")

    def action_implants(self) -> None:
        """Show the implants and devices of the visit."""
        self.go("implants")

    def action_items(self) -> None:
        """Show what is inside, and the register of items."""
        self.go("items")

    def action_hearing(self) -> None:
        """Show what each head wears."""
        self.go("hearing")

    def action_readiness(self) -> None:
        """Show the checks of the suite."""
        self.go("readiness")
