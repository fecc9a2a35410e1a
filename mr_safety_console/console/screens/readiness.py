"""Readiness: one check a row; `y` as expected, `n` fails, `w` tests what has a reading, `v` waives."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import BindingType

from mr_safety_console.console import commands as c
from mr_safety_console.console.desk import Desk
from mr_safety_console.console.dialogs.choice import Choice, ChoiceDialog
from mr_safety_console.console.dialogs.fields import Field, FieldsDialog, Values, needed, whole
from mr_safety_console.console.page import MOVES, Page, page_bindings
from mr_safety_console.console.present import readiness as present
from mr_safety_console.console.present.rows import row
from mr_safety_console.console.present.view import View
from mr_safety_console.domain import check_rules
from mr_safety_console.domain.check_facts import (
    EndWaiver,
    RecordCheck,
    Result,
    ResumeUse,
    StartDoorTest,
    WaiveCheck,
)
from mr_safety_console.domain.check_reading import FAULTS, REASONS
from mr_safety_console.domain.check_rules import Line
from mr_safety_console.domain.check_template import Sensed
from mr_safety_console.domain.detectors import StartWalkTest
from mr_safety_console.domain.suite_checks import LONGEST, LONGEST_WAIVER_H
from mr_safety_console.domain.words import refused, say

LIT, UNLIT = "lit", "not lit"
Then = Callable[[str, tuple[str, ...], tuple[str, ...]], None]


class ReadinessPage(Page):
    """Nothing is made by one key for several checks, and nothing for another time."""

    NAME = "readiness"
    KEYS = (
        c.ENTER, c.YES, c.NO, c.NOT_APPLICABLE, c.WALK_TEST, c.RESOLVE, c.SIGN, c.CLEAR_ANSWER,
        *MOVES, c.BACK,
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = page_bindings(KEYS)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._at = ""

    def arrived(self) -> None:
        """Begin with the most pressing check."""
        self._at = ""

    def paint_body(self, view: View) -> None:
        """Paint the checks; the selected one in full."""
        listed = [one.key for one in present.ordered(view)]
        if self._at not in listed:
            self._at = listed[0] if listed else ""
        self.sheet.show(present.rows(view, self._at), self._at)

    def _line(self) -> Line | None:
        listed = present.ordered(self.desk.view())
        found = next((one for one in listed if one.key == self._at), None)
        if found is None:
            self.why.refuse(refused("check-unknown"))
        return found

    def action_up(self) -> None:
        """Go to the check above."""
        self._move(-1)

    def action_down(self) -> None:
        """Go to the check below."""
        self._move(1)

    def _move(self, by: int) -> None:
        keys = [one.key for one in present.ordered(self.desk.view())]
        if self._at in keys:
            self._at = keys[max(0, min(keys.index(self._at) + by, len(keys) - 1))]
            self.desk.repaint()

    def _next(self, after: int) -> None:
        """Go on to what is then the most pressing check, or stay where the cursor stood."""
        listed = present.ordered(self.desk.view())
        keys = [one.key for one in listed]
        self._at = keys[min(after, len(keys) - 1)] if keys else ""

    # --- making one ---

    def action_propose(self) -> None:
        """Test what has a reading that is not there yet, else record it as expected."""
        line = self._line()
        if line is not None and line.check.sensed is Sensed.DOOR_TEST:
            self.action_walk_test()
        elif line is not None:
            self.action_answer_yes()

    def action_answer_yes(self) -> None:
        """Record the selected check as expected: each part by itself, and the figure that was read."""
        line = self._line()
        if line is None:
            return
        place = [one.key for one in present.ordered(self.desk.view())].index(line.key)

        def given(value: str, lit: tuple[str, ...], unlit: tuple[str, ...]) -> None:
            asked = RecordCheck(check=line.check.id, asset=line.asset, value=value, lit=lit, unlit=unlit)
            self.ask(asked, lambda _: self._next(place))

        if line.check.parts:
            self._part(line, (), (), given)
        elif line.check.unit:
            self._value(line, given)
        else:
            given("", (), ())

    def _part(self, line: Line, lit: tuple[str, ...], unlit: tuple[str, ...], then: Then) -> None:
        """Ask for the next part; each is looked at and answered by itself."""
        done = len(lit) + len(unlit)
        if done == len(line.check.parts):
            then("", lit, unlit)
            return
        part = line.check.parts[done]

        def said(code: str | None) -> None:
            if code == LIT:
                self._part(line, (*lit, part), unlit, then)
            elif code == UNLIT:
                self._part(line, lit, (*unlit, part), then)

        heading = f"{line.check.id}, {done + 1} of {len(line.check.parts)}: {say('check-part', part)}"
        choices = (Choice(LIT, "Lit"), Choice(UNLIT, "Not lit"))
        self.app.push_screen(ChoiceDialog(self.desk, heading, choices, "Look at it now."), said)

    def _value(self, line: Line, then: Then) -> None:
        band, unit = line.check.band, line.check.unit
        hint = f"{unit}, {band.low} to {band.high}" if band else unit

        def filled(values: Values | None) -> None:
            if values is not None:
                then(values["value"], (), ())

        said = (row(say("check-expects", line.check.id)),)
        fields = (Field("value", "Reads", hint, 12),)
        heading = check_rules.called(self.desk.parts.profile, line.check.id, line.asset)
        self.app.push_screen(FieldsDialog(self.desk, heading, fields, (needed("value"),), said), filled)

    def action_answer_no(self) -> None:
        """Record that the selected check fails, and what is wrong."""
        self._because(
            Result.FAIL, FAULTS, "FAILS, WHAT IS WRONG?", "Recorded at once; nobody has to sign it."
        )

    def action_answer_na(self) -> None:
        """Record that the selected check was not made, or does not apply here."""
        line = self._line()
        if line is None:
            return
        kinds = tuple(
            Choice(one, say("check-result", one)) for one in (Result.NOT_DONE, Result.NOT_APPLICABLE)
        )

        def chosen(code: str | None) -> None:
            if code is not None:
                self._because(Result(code), REASONS, "WHY?", "Not made answers nothing.")

        self.app.push_screen(ChoiceDialog(self.desk, f"{line.check.id}: WHICH?", kinds), chosen)

    def _because(self, result: Result, codes: tuple[str, ...], heading: str, hint: str) -> None:
        line = self._line()
        if line is None:
            return
        if result is Result.FAIL and line.check.parts:
            self.action_answer_yes()  # which part it is says more than that one of them fails
            return

        def chosen(code: str | None) -> None:
            if code is not None:
                self.ask(RecordCheck(check=line.check.id, asset=line.asset, result=result, fault=code))

        reasons = tuple(Choice(code, say("check-fault", code)) for code in codes)
        self.app.push_screen(ChoiceDialog(self.desk, f"{line.check.id}: {heading}", reasons, hint), chosen)

    def action_walk_test(self) -> None:
        """Begin the proof test of the detector or door of the selected check."""
        line = self._line()
        if line is None:
            return
        door = line.check.sensed is Sensed.DOOR_TEST
        self.ask(StartDoorTest(point=line.asset) if door else StartWalkTest(point=line.asset))

    # --- bearing it ---

    def action_resolve(self) -> None:
        """Waive the selected check for some hours, with a reason and what is done instead."""
        line = self._line()
        if line is None:
            return

        def filled(values: Values | None) -> None:
            if values is not None:
                told = {name: values[name] for name in ("grounds", "measure")}
                hours = int(values["hours"])
                self.ask(WaiveCheck(check=line.check.id, asset=line.asset, hours=hours, **told))

        fields = (
            Field("grounds", "Reason", "why it cannot be made or put right now", LONGEST),
            Field("measure", "Instead", "what is done in its place", LONGEST),
            Field("hours", "Hours", f"1 to {LONGEST_WAIVER_H}", 2),
        )
        checks = (needed("grounds", "measure"), whole("hours", 1, LONGEST_WAIVER_H))
        said = (row("An MR safety officer or the responsible person signs, and a second person."),)
        heading = f"WAIVE {check_rules.called(self.desk.parts.profile, line.check.id, line.asset)}"
        self.app.push_screen(FieldsDialog(self.desk, heading, fields, checks, said), filled)

    def action_take_back(self) -> None:
        """End the waiver of the selected check before its time."""
        line = self._line()
        if line is not None:
            self.ask(EndWaiver(check=line.check.id, asset=line.asset))

    def action_sign(self) -> None:
        """Return to use after STOP USE: the engineer named, expert and responsible person sign."""
        line = self._line()
        if line is None:
            return

        def filled(values: Values | None) -> None:
            if values is not None:
                self.ask(ResumeUse(check=line.check.id, asset=line.asset, engineer=values["engineer"]))

        fields = (Field("engineer", "Engineer", "name and company of who put it right", LONGEST),)
        said = (row("After a pass by two people. An MR safety expert signs, and the responsible person."),)
        heading = f"RETURN TO USE: {line.check.id}"
        checks = (needed("engineer"),)
        self.app.push_screen(FieldsDialog(self.desk, heading, fields, checks, said), filled)
