"""Sign one act: one or two people, each with their PIN, given with this act and kept nowhere."""

from __future__ import annotations

from mr_safety_console.console.desk import Desk
from mr_safety_console.console.dialogs.person import TWICE, PersonDialog
from mr_safety_console.console.present.rows import Row, row, title
from mr_safety_console.console.present.view import View
from mr_safety_console.console.present.words import act
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain.codec import Command
from mr_safety_console.engine.face import Credential


class SignatureDialog(PersonDialog[tuple[Credential, ...]]):
    """Ends with the credentials, in the order they were given."""

    def __init__(self, desk: Desk, command: Command, count: int) -> None:
        super().__init__(desk)
        self._command = command
        self._count = count
        self._credentials: list[Credential] = []

    def heading(self, view: View) -> tuple[Row, ...]:
        """Return what is signed, for whom, and which signature is wanted now."""
        visit = view.state.visits.open.get(getattr(self._command, "visit", ""))
        about = f" for V{visit.no} {view.private(visit.name)}" if visit else ""
        number = len(self._credentials) + 1
        given = "+".join(view.person(known.person) for known in self._credentials)
        return (
            title(f"SIGN: {act(self._command)}{about}"),
            row(
                (f"Signature {number} of {self._count}", Tone.CONFIRM),
                f"  {given} has signed" if given else "",
                "  each person types their own PIN",
            ),
        )

    def given(self, credential: Credential) -> None:
        """Take one signature; the same person cannot give two."""
        if any(known.person == credential.person for known in self._credentials):
            self.why.refuse(TWICE)
            self.begin()
            return
        self._credentials.append(credential)
        if len(self._credentials) == self._count:
            self.dismiss(tuple(self._credentials))
        else:
            self.begin()
