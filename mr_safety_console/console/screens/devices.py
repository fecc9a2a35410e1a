"""Devices: ports, detectors and door contacts as they are heard, the walk test, the sound and its test."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from mr_safety_console.console import commands as c
from mr_safety_console.console.by_hand import prove
from mr_safety_console.console.dialogs.choice import Choice, ChoiceDialog
from mr_safety_console.console.dialogs.fields import Field, FieldsDialog, Values, needed, whole
from mr_safety_console.console.page import MOVES, Page, page_bindings
from mr_safety_console.console.present import devices as present
from mr_safety_console.console.present.crossings import WAND
from mr_safety_console.console.present.rows import row
from mr_safety_console.console.present.view import View
from mr_safety_console.domain.alarm_points import BYPASS_REASONS
from mr_safety_console.domain.bypass import BypassPoint, EndBypass
from mr_safety_console.domain.detectors import StartWalkTest
from mr_safety_console.domain.profile import PointKind
from mr_safety_console.domain.sound import AnswerSounderTest, TrySounder
from mr_safety_console.domain.words import say
from mr_safety_console.engine.face import Accepted

GUARDED = "Its alarms ring as ever. It counts as UNKNOWN; a person guards the place."
HEARD = "heard"
ASKED = "About seven seconds. Only your ears know: the console cannot hear itself."


class DevicesPage(Page):
    """One point a row; `w` tests the selected detector, or the only one there is, `c` the sound."""

    NAME = "devices"
    KEYS = (c.WALK_TEST, c.PUT_ASIDE, c.SOUND_TEST, *MOVES, c.BACK)
    BINDINGS: ClassVar[list[BindingType]] = page_bindings(KEYS)

    def paint_body(self, view: View) -> None:
        """Paint points and notes."""
        self.sheet.show(present.rows(view))

    def action_walk_test(self) -> None:
        """Begin the walk test, or tell what came of a hand-held detector's."""
        profile = self.desk.parts.profile
        wand = profile.wand(self.sheet.cursor.removeprefix(WAND))
        if wand is not None and self.sheet.cursor.startswith(WAND):
            prove(self, wand)
            return
        known = profile.point(self.sheet.cursor)
        detectors = profile.of_kind(PointKind.DETECTOR)
        if (known is None or known.kind is not PointKind.DETECTOR) and len(detectors) == 1:
            known = detectors[0]
        self.ask(StartWalkTest(point=known.id if known else self.sheet.cursor))

    def action_put_aside(self) -> None:
        """Take the selected point out of service, or back into it."""
        view = self.desk.view()
        point = view.profile.point(self.sheet.cursor)
        if point is not None and point.id in view.state.bypass.open:
            self.ask(EndBypass(point=point.id))
            return
        reasons = tuple(Choice(code, say("out-of-service", code)) for code in BYPASS_REASONS)
        heading = f"{point.name if point else 'NO POINT'}: OUT OF SERVICE, WHY?"
        self.app.push_screen(
            ChoiceDialog(self.desk, heading, reasons, GUARDED), lambda why: self._guarded(heading, why)
        )

    def _guarded(self, heading: str, why: str | None) -> None:
        if why is None:
            return
        point = self.sheet.cursor

        def filled(values: Values | None) -> None:
            if values is not None:
                guard = self._person(values["guard"])
                minutes = int(values["minutes"])
                self.ask(BypassPoint(point=point, reason=why, guard=guard, minutes=minutes))

        fields = (
            Field("minutes", "Minutes", "one person with a kept door: up to 15", 3),
            Field("guard", "Guard", "initials of who stands there until it is back", 8),
        )
        checks = (needed("minutes", "guard"), whole("minutes", 1, 999))
        self.app.push_screen(FieldsDialog(self.desk, heading, fields, checks, (row(GUARDED),)), filled)

    def _person(self, initials: str) -> str:
        """Return the person with these initials; the initials themselves for nobody of the register."""
        people = self.desk.view().state.staff.people.values()
        found = (one.id for one in people if one.initials.casefold() == initials.casefold())
        return next(found, initials)

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
