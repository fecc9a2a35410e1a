"""The screens of the console, one module each, loaded when first shown: a start shows one of them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mr_safety_console.console.page import Page

NAMES = (
    "suite", "visit", "screening", "checklist", "alarms", "log", "devices", "quench", "items", "people",
    "implants", "hearing", "readiness",
)  # fmt: skip
"""Every screen reached by a key of its own; the emergency lies on top of whichever is shown."""


def page_class(name: str) -> type[Page]:
    """Return the class of one of `NAMES`, from the module of that name."""
    found: type[Page] = getattr(import_module(f"{__name__}.{name}"), f"{name.capitalize()}Page")
    return found


def every_page() -> tuple[type[Page], ...]:
    """Return the classes of all screens, in the order of `NAMES`."""
    return tuple(page_class(name) for name in NAMES)
