"""The screens of the console, one module each."""

from __future__ import annotations

from mr_safety_console.console.page import Page
from mr_safety_console.console.screens.suite import SuitePage
from mr_safety_console.console.screens.visit import VisitPage

PAGES: tuple[type[Page], ...] = (SuitePage, VisitPage)
"""Every screen reached by a key of its own; the emergency lies on top of whichever is shown."""
