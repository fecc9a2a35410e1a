"""People: everybody beside the patients by name, with the next act on Enter; ways out are never refused."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from mr_safety_console.console import commands as c
from mr_safety_console.console import own_screening
from mr_safety_console.console.acts import MOST_HEADS, new_visit
from mr_safety_console.console.by_hand import hand_pass
from mr_safety_console.console.dialogs.cause import CauseDialog
from mr_safety_console.console.dialogs.choice import Choice, ChoiceDialog
from mr_safety_console.console.dialogs.fields import Field, FieldsDialog, Values, needed, whole
from mr_safety_console.console.page import MOVES, Page, page_bindings
from mr_safety_console.console.permitting import go_on, new_permit
from mr_safety_console.console.present import people as present
from mr_safety_console.console.present.crossings import wanted
from mr_safety_console.console.present.rows import row
from mr_safety_console.console.present.view import View
from mr_safety_console.domain.alarm_points import DOOR_KEYS
from mr_safety_console.domain.crossings import PASSAGES
from mr_safety_console.domain.people import Person
from mr_safety_console.domain.people_acts import (
    AcceptEscort,
    AdmitPerson,
    FindPerson,
    LoseTrack,
    OfferEscort,
    PersonEntersZoneIV,
    PersonLeaves,
    PersonLeavesZoneIV,
    ReconcileHeads,
    RecordPersonPass,
    ScreenPerson,
)
from mr_safety_console.domain.people_facts import (
    NAMED_AT_THE_DOOR,
    PersonKind,
)
from mr_safety_console.domain.visit_facts import COMPANION
from mr_safety_console.domain.words import refused, say
from mr_safety_console.engine.face import Accepted

LOOK = "Look into the room and count every person, patients and staff."
ALL_OF_THEM = "All of one cause together. Esc leaves them for the next count; the heads are counted."
PERMIT = "permit"
OWN_VISIT = "A companion has a visit of their own: interview, belongings, detector pass."


class PeoplePage(Page):
    """One person a row; every key acts on the selected one."""

    NAME = "people"
    KEYS = (
        c.ENTER, c.DETECTOR_PASS, c.PERSON_OUT, c.HAND_OFF, c.COUNT_HEADS, c.NEW_PERSON,
        c.MORE, c.INSIDE_ALREADY, c.LOST_TRACK, *MOVES, c.BACK,
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = page_bindings(KEYS)

    def paint_body(self, view: View) -> None:
        """Paint everybody; the first time the cursor comes to stand on the first row."""
        before = self.sheet.cursor
        self.sheet.show(present.rows(view, before))
        if self.sheet.cursor != before:
            self.sheet.show(present.rows(view, self.sheet.cursor))

    def _moved(self) -> None:
        self.sheet.show(present.rows(self.desk.view(), self.sheet.cursor))

    def action_up(self) -> None:
        """Select the person above."""
        super().action_up()
        self._moved()

    def action_down(self) -> None:
        """Select the person below."""
        super().action_down()
        self._moved()

    def _person(self) -> Person | None:
        """Return the selected person who is here; otherwise say that nobody is."""
        found = present.selected(self.desk.view(), self.sheet.cursor)
        if found is None:
            self.why.refuse(refused("person-not-here"))
        return found

    def action_propose(self) -> None:
        """Do the one act the first row names."""
        one = present.selected(self.desk.view(), self.sheet.cursor)
        if one is not None and one.visit:
            self.desk.selected = one.visit
            self.desk.go("visit")
            return
        work = present.permit(self.desk.view(), self.sheet.cursor)
        if work is not None:
            go_on(self, work)
            return
        found = present.proposed(self.desk.view(), self.sheet.cursor)
        if one is not None and found is not None and isinstance(found[1], RecordPersonPass):
            self._pass(one)
        elif found is not None and isinstance(found[1], ScreenPerson):
            own_screening.screen(self, found[1].person)
        elif found is not None:
            self.ask(found[1])

    def action_more(self) -> None:
        """Screen the selected person, or say what changed for a member of staff."""
        cursor = self.sheet.cursor
        one = present.selected(self.desk.view(), cursor)
        staff = cursor.removeprefix(present.STAFF) if cursor.startswith(present.STAFF) else ""
        who = staff or (one.id if one is not None else "")
        if who:
            own_screening.offer(self, who)
        else:
            self.why.refuse(refused("person-not-here"))

    def action_detector_pass(self) -> None:
        """Say that this person was watched walking past the detector."""
        if (one := self._person()) is not None:
            self._pass(one)

    def _pass(self, one: Person) -> None:
        """Keep the word of who watched; where the portal is UNKNOWN, of who went over them with a wand."""
        if wanted(self.desk.view()):
            hand_pass(self, f"P{one.no}", person=one.id)
        else:
            self.ask(RecordPersonPass(person=one.id))

    def action_person_out(self) -> None:
        """Record the way out of Zone IV, or of Zone III for whoever is there."""
        if (one := self._person()) is not None:
            out = PersonLeavesZoneIV(person=one.id) if one.inside else PersonLeaves(person=one.id)
            self.ask(out)

    def action_inside_already(self) -> None:
        """Write down that this person is in Zone IV, whatever stands against it."""
        if (one := self._person()) is not None:
            self.ask(PersonEntersZoneIV(person=one.id, anyway=True))

    def action_lost_track(self) -> None:
        """Say that nobody knows where this person is, or that they were seen again."""
        if (one := self._person()) is not None:
            self.ask(FindPerson(person=one.id) if one.lost else LoseTrack(person=one.id))

    def action_hand_off(self) -> None:
        """Offer the escort of this person, or take over what is offered."""
        one = self._person()
        if one is None:
            return
        if one.offer is not None:
            self.ask(AcceptEscort(person=one.id))
            return
        fields = (Field("to", "To", "initials of who takes over; Level 2", 8),)

        def filled(values: Values | None) -> None:
            if values is not None:
                self.ask(OfferEscort(person=one.id, to=self._staff(values["to"])))

        self.app.push_screen(
            FieldsDialog(self.desk, f"P{one.no}: NEW ESCORT", fields, (needed("to"),)), filled
        )

    def action_count_heads(self) -> None:
        """Count everybody in Zone IV by eye and hold it against the record."""
        fields = (Field("number", "Heads in the magnet room", "a number, counted by eye", 2),)

        def filled(values: Values | None) -> None:
            if values is not None:
                self._counted(int(values["number"]))

        checks = (whole("number", 0, MOST_HEADS),)
        self.app.push_screen(FieldsDialog(self.desk, "COUNT BY EYE", fields, checks, (row(LOOK),)), filled)

    def _counted(self, heads: int) -> None:
        """Ask what the quiet passages were that nobody announced, if there are any, then reconcile."""
        count = self.desk.view().state.crossings.open_quiet
        if not count:
            self.ask(ReconcileHeads(heads=heads))
            return

        def said(cause: str | None) -> None:
            self.ask(ReconcileHeads(heads=heads, passages=cause or ""))

        heading = f"{count} QUIET PASSAGES NOBODY ANNOUNCED: WHAT WERE THEY?"
        self.app.push_screen(CauseDialog(self.desk, heading, PASSAGES, DOOR_KEYS, ALL_OF_THEM), said)

    def action_new_person(self) -> None:
        """Let somebody in by name; a companion by a visit of their own."""
        kinds = (PersonKind.COMPANION, *NAMED_AT_THE_DOOR)
        named = tuple(Choice(kind.value, say("person-kind", kind)) for kind in kinds)
        choices = (*named[:1], Choice(PERMIT, "a permit to work"), *named[1:])
        self.app.push_screen(ChoiceDialog(self.desk, "WHO COMES?", choices, OWN_VISIT), self._chosen)

    def _chosen(self, kind: str | None) -> None:
        if kind is None:
            return
        if kind == PERMIT:
            new_permit(self)
            return
        if kind == PersonKind.COMPANION:
            new_visit(self, COMPANION)
            return
        fields = (
            Field("name", "Name", "family name, given names"),
            Field("purpose", "Purpose", "what for"),
            Field("escort", "Escort", "initials; Level 2", 8),
            Field("zone", "As far as", "3 or 4", 1),
        )

        def filled(values: Values | None) -> None:
            if values is not None:
                self.ask(self._admission(kind, values), self._came)

        checks = (needed("name", "purpose", "escort"), whole("zone", 3, 4))
        self.app.push_screen(
            FieldsDialog(self.desk, say("person-kind", kind).upper(), fields, checks), filled
        )

    def _came(self, _: Accepted) -> None:
        """Go on with the one who was let in last."""
        view = self.desk.view()
        newest = max(view.state.people.here.values(), key=lambda one: one.no, default=None)
        if newest is not None:
            self.sheet.show(present.rows(view, newest.id), newest.id)

    def _admission(self, kind: str, values: Values) -> AdmitPerson:
        return AdmitPerson(
            name=values["name"],
            purpose=values["purpose"],
            kind_of=kind,
            escort=self._staff(values["escort"]),
            max_zone={"3": "III", "4": "IV"}[values["zone"].strip()],
        )

    def _staff(self, initials: str) -> str:
        """Return the person with these initials; the initials themselves for nobody of the register."""
        people = self.desk.view().state.staff.people.values()
        found = (one.id for one in people if one.initials.casefold() == initials.casefold())
        return next(found, initials)
