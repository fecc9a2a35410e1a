"""Devices: ports, detectors and door contacts as they are heard, the walk test, the sound and its test."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from mr_safety_console.console import commands as c
from mr_safety_console.console.dialogs.choice import Choice, ChoiceDialog
from mr_safety_console.console.page import MOVES, Page, page_bindings
from mr_safety_console.console.present import devices as present
from mr_safety_console.console.present.view import View
from mr_safety_console.domain.detectors import StartWalkTest
from mr_safety_console.domain.profile import PointKind
from mr_safety_console.domain.sound import AnswerSounderTest, TrySounder
from mr_safety_console.engine.face import Accepted

HEARD = "heard"
ASKED = "About seven seconds. Only your ears know: the console cannot hear itself."


class DevicesPage(Page):
    """One point a row; `w` tests the selected detector, or the only one there is, `c` the sound."""

    NAME = "devices"
    KEYS = (c.WALK_TEST, c.SOUND_TEST, *MOVES, c.BACK)
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

    def action_sound_test(self) -> None:
        """Have every burst played once, then ask whether it was heard."""
        self.ask(TrySounder(), self._listening)

    def _listening(self, _: Accepted) -> None:
        choices = (Choice(HEARD, "Heard all three"), Choice("not-heard", "Not heard, or not all of them"))
        self.app.push_screen(
            ChoiceDialog(self.desk, "LOW, MEDIUM, HIGH: DID YOU HEAR THEM?", choices, ASKED), self._heard
        )

    def _heard(self, said: str | None) -> None:
        if said is not None:
            self.ask(AnswerSounderTest(heard=said == HEARD))
