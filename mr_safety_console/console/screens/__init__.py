"""The screens of the console, one module each."""

from __future__ import annotations

from mr_safety_console.console.page import Page
from mr_safety_console.console.screens.alarms import AlarmsPage
from mr_safety_console.console.screens.checklist import ChecklistPage
from mr_safety_console.console.screens.devices import DevicesPage
from mr_safety_console.console.screens.log import LogPage
from mr_safety_console.console.screens.quench import QuenchPage
from mr_safety_console.console.screens.screening import ScreeningPage
from mr_safety_console.console.screens.suite import SuitePage
from mr_safety_console.console.screens.visit import VisitPage

PAGES: tuple[type[Page], ...] = (
    SuitePage,
    VisitPage,
    ScreeningPage,
    ChecklistPage,
    AlarmsPage,
    LogPage,
    DevicesPage,
    QuenchPage,
)
"""Every screen reached by a key of its own; the emergency lies on top of whichever is shown."""
