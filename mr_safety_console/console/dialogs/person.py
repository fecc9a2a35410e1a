"""Choose somebody of the register and take their PIN: what sign-on and signatures share."""

from __future__ import annotations

from typing import TypeVar

from textual.app import ComposeResult
from textual.widgets import Input

from mr_safety_console.console.desk import Desk
from mr_safety_console.console.dialogs.modal import Dialog
from mr_safety_console.console.present import staff
from mr_safety_console.console.present.rows import Row, row
from mr_safety_console.console.present.view import View
from mr_safety_console.console.theme import Tone
from mr_safety_console.console.widgets.pin import PinField
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.engine.face import Credential

R = TypeVar("R")
NOBODY = Refused(
    "person-unknown",
    "That is not one person of the list.",
    "The person who signs.",
    "Type the number in front of the name, or the initials.",
)
TWICE = Refused(
    "signature-missing",
    "This person has signed already.",
    "Another member of staff.",
    "Have the second person choose themselves and type their PIN.",
)


class PersonDialog(Dialog[R]):
    """First who, then their PIN. `given` gets each credential."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.chosen = ""
        self._named = ""

    def compose_answer(self) -> ComposeResult:
        """A line for number or initials, and a field for the PIN."""
        yield Input(placeholder="number or initials, then Enter", id="who", max_length=16)
        yield PinField(id="pin")

    def heading(self, view: View) -> tuple[Row, ...]:
        """Return what this is about."""
        raise NotImplementedError

    def rows(self, view: View) -> tuple[Row, ...]:
        """Return the heading and the register."""
        known = view.state.staff.people.get(self.chosen)
        picked = row((f"{known.initials} {known.name}: now the PIN", Tone.TITLE)) if known else row("")
        return (*self.heading(view), picked, *staff.people_rows(view, self.chosen))

    def opened(self) -> None:
        """Begin with the person."""
        self.begin()

    def begin(self) -> None:
        """Begin anew with the person."""
        self.chosen = ""
        self.query_one("#pin", PinField).clear()
        who = self.query_one("#who", Input)
        who.value = ""
        self.set_focus(who)
        self.paint(self.desk.view())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the person."""
        event.stop()
        self.desk.attempt(lambda: self.choose(event.value))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Hand to the PIN what was typed for it before its field had the cursor: it is never shown."""
        event.stop()
        if not self.chosen or event.value == self._named:
            return
        if event.value.startswith(self._named):
            self.query_one("#pin", PinField).put(event.value.removeprefix(self._named))
            event.input.value = self._named
        else:
            self.chosen = ""
            self.paint(self.desk.view())

    def choose(self, typed: str) -> None:
        """Choose the person meant and go on to the PIN."""
        view = self.desk.view()
        found = staff.find(view, typed)
        if found is None:
            self.query_one("#who", Input).value = ""  # it may be a PIN, typed a line too early
            self.why.refuse(NOBODY)
            return
        self.why.dismiss()
        self.chosen, self._named = found.id, typed
        self.set_focus(self.query_one("#pin", PinField))
        self.paint(view)

    def on_pin_field_given(self, event: PinField.Given) -> None:
        """Hand on the person with the PIN."""
        event.stop()
        pin = event.field.take()
        if not self.chosen:
            self.why.refuse(NOBODY)
            self.begin()
        else:
            self.desk.attempt(lambda: self.given(Credential(self.chosen, pin)))

    def given(self, credential: Credential) -> None:
        """Do something with a person and their PIN."""
        raise NotImplementedError
