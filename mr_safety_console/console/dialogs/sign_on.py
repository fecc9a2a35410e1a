"""Sign on, change the active person, or sign off."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from mr_safety_console.console.desk import Answer
from mr_safety_console.console.dialogs.person import PersonDialog
from mr_safety_console.console.present.rows import Row, row, title
from mr_safety_console.console.present.view import View
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import SignOff, SignOn
from mr_safety_console.engine.face import Accepted, Credential


class SignOnDialog(PersonDialog[bool]):
    """Ends with True once somebody has signed on or off."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+x", "sign_off", "Sign off", priority=True)]

    def heading(self, view: View) -> tuple[Row, ...]:
        """Return who has the console now."""
        now = view.actor
        has = f"{view.person(now)} has the console." if now else "Nobody is signed on."
        off = "  ctrl+x signs off." if now else ""
        banner = self.desk.parts.banner
        return (
            title("SIGN ON"),
            row(has, off),
            row(("Emergencies never ask who you are.", Tone.FAINT)),
            *((row((banner, Tone.CONFIRM)),) if banner else ()),
        )

    def given(self, credential: Credential) -> None:
        """Sign on with this PIN."""
        self.desk.ask(SignOn(person=credential.person), self._answered, (credential,))

    def action_sign_off(self) -> None:
        """Leave the console without a person."""
        self.desk.ask(SignOff(reason="asked"), self._answered)

    def _answered(self, answer: Answer) -> None:
        if isinstance(answer, Refused):
            self.why.refuse(answer)
            self.query_one("#pin").focus()
        elif isinstance(answer, Accepted) and self.is_current:
            self.dismiss(True)
