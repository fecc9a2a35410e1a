"""Alarms: every open one: `a` acknowledges, `d` disposes of it, `s` silences, `j` puts aside."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from mr_safety_console.console import commands as c
from mr_safety_console.console.acts import acknowledge, nothing_seen, write_note
from mr_safety_console.console.dialogs.cause import CauseDialog
from mr_safety_console.console.dialogs.choice import Choice, ChoiceDialog
from mr_safety_console.console.dialogs.fields import Field, FieldsDialog, Values
from mr_safety_console.console.page import MOVES, Page, page_bindings
from mr_safety_console.console.present import alarms as present
from mr_safety_console.console.present.crossings import door_motion
from mr_safety_console.console.present.view import View
from mr_safety_console.domain import alarm_load
from mr_safety_console.domain.alarm_facts import ShelveAlarm, UnshelveAlarm
from mr_safety_console.domain.alarm_points import CAUSE_KEYS, RULES, SHELF_REASONS
from mr_safety_console.domain.alarms import Alarm, DisposeAlarm, ranked
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.words import say

ANSWERED = Refused(
    "alarm-answered",
    "This alarm is acknowledged already.",
    "Nobody needs to.",
    "Go to one that says NOT ACKNOWLEDGED; d says what this one was.",
)
ASIDE = "No sound meanwhile; it stays in the list and comes back loud."
SPANS = ("5", "15", "30")


class AlarmsPage(Page):
    """The alarm to look at first is on top."""

    NAME = "alarms"
    KEYS = (c.ACKNOWLEDGE, c.DISPOSE, c.SILENCE_HERE, c.PUT_ASIDE, c.NOTE, *MOVES, c.BACK)
    BINDINGS: ClassVar[list[BindingType]] = page_bindings(KEYS)

    def arrived(self) -> None:
        """Begin with the alarm to look at first, not with one chosen the last time."""
        if self.stands:
            self.sheet.begin()

    def paint_body(self, view: View) -> None:
        """Paint the list twice over where the cursor has to find its place first."""
        self.sheet.show(present.rows(view, self.sheet.cursor))
        self.sheet.show(present.rows(view, self.sheet.cursor))
        named = {row.key for row in self.sheet.rows}
        self.sheet.stand_for(tuple(one for one in ranked(view.state.alarms) if one.id in named))

    def action_up(self) -> None:
        """Select the alarm above."""
        super().action_up()
        self.desk.repaint()

    def action_down(self) -> None:
        """Select the alarm below."""
        super().action_down()
        self.desk.repaint()

    def _selected(self) -> Alarm | None:
        # As it was drawn: what came up or rang again since has been seen by nobody.
        seen = self.sheet.seen
        drawn = seen if isinstance(seen, tuple) else ()
        return next((one for one in drawn if one.id == self.sheet.chosen), None)

    def action_acknowledge(self) -> None:
        """Answer for the selected alarm, or take our own fault line down."""
        if self.sheet.cursor == present.FAULT:
            self.desk.fault = ""
            self.desk.repaint()
            return
        if self.sheet.cursor.startswith(present.SEVERAL):
            self._go_on()
            return
        alarm = self._selected()
        if alarm is not None and alarm.answered:
            self.why.refuse(ANSWERED)
        elif alarm is not None:
            acknowledge(self, alarm)
        else:
            nothing_seen(self)

    def _go_on(self) -> None:
        """Go on from a line that stands for several to the first of them nobody answered: one at a time."""
        view = self.desk.view()
        for line in alarm_load.gathered(view.state.alarms, view.profile, view.now):
            if present.SEVERAL + line.root == self.sheet.cursor and line.several:
                waiting = [alarm.id for alarm in line.alarms if not alarm.answered]
                self.sheet.select((waiting or [line.alarms[0].id])[0])
                self.desk.repaint()

    def action_dispose(self) -> None:
        """Say what the selected alarm was."""
        alarm = self._selected()
        if alarm is None:
            return
        codes = RULES[alarm.rule].dispositions
        heading, hint = f"A{alarm.no}: WHAT WAS IT?", door_motion(self.desk.view(), alarm)
        dialog = CauseDialog(self.desk, heading, codes, CAUSE_KEYS.get(codes, {}), hint)
        self.app.push_screen(dialog, lambda code: self._with_note(alarm, code, at_once=dialog.at_once))

    def _with_note(self, alarm: Alarm, disposition: str | None, *, at_once: bool) -> None:
        if disposition is None:
            return
        if at_once:
            self.ask(DisposeAlarm(alarm=alarm.id, disposition=disposition))
            return

        def written(values: Values | None) -> None:
            if values is not None:
                self.ask(DisposeAlarm(alarm=alarm.id, disposition=disposition, note=values["note"]))

        fields = (Field("note", "Note", "what and where; may stay empty", 500),)
        self.app.push_screen(FieldsDialog(self.desk, f"A{alarm.no}: IN WORDS", fields), written)

    def action_put_aside(self) -> None:
        """Put the selected alarm aside for a while, or take it back into its place."""
        alarm = self._selected()
        if alarm is None:
            return
        if alarm.shelf is not None:
            self.ask(UnshelveAlarm(alarm=alarm.id))
            return
        reasons = tuple(Choice(code, say("put-aside", code)) for code in SHELF_REASONS)
        heading = f"A{alarm.no}: PUT ASIDE, WHY?"
        self.app.push_screen(
            ChoiceDialog(self.desk, heading, reasons, ASIDE), lambda why: self._for_minutes(alarm, why)
        )

    def _for_minutes(self, alarm: Alarm, why: str | None) -> None:
        if why is None:
            return

        def chosen(minutes: str | None) -> None:
            if minutes is not None:
                asked = ShelveAlarm(alarm=alarm.id, instance=alarm.instance, minutes=int(minutes), reason=why)
                self.ask(asked)

        spans = tuple(Choice(span, f"{span} min") for span in SPANS)
        self.app.push_screen(ChoiceDialog(self.desk, f"A{alarm.no}: FOR HOW LONG?", spans, ASIDE), chosen)

    def action_note(self) -> None:
        """Write a note about the selected alarm."""
        write_note(self, self.sheet.cursor)
