"""Devices: ports, detectors and door contacts as they are heard, and the walk test of a detector."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from mr_safety_console.console import commands as c
from mr_safety_console.console.page import MOVES, Page, page_bindings
from mr_safety_console.console.present import devices as present
from mr_safety_console.console.present.view import View
from mr_safety_console.domain.detectors import StartWalkTest
from mr_safety_console.domain.profile import PointKind


class DevicesPage(Page):
    """One point a row; `w` tests the selected detector, or the only one there is."""

    NAME = "devices"
    KEYS = (c.WALK_TEST, *MOVES, c.BACK)
    BINDINGS: ClassVar[list[BindingType]] = page_bindings(KEYS)

    def paint_body(self, view: View) -> None:
        """Paint points and notes."""
        self.sheet.show(present.rows(view))

    def action_walk_test(self) -> None:
        """Begin the walk test."""
        profile = self.desk.parts.profile
        known = profile.point(self.sheet.cursor)
        detectors = profile.of_kind(PointKind.DETECTOR)
        if (known is None or known.kind is not PointKind.DETECTOR) and len(detectors) == 1:
            known = detectors[0]
        self.ask(StartWalkTest(point=known.id if known else self.sheet.cursor))
