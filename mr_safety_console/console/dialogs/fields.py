"""A dialog of a few lines to fill in, nothing prefilled; Enter on the last one gives them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input, Static

from mr_safety_console.console.desk import Desk
from mr_safety_console.console.dialogs.modal import Dialog
from mr_safety_console.console.present.rows import Row, title
from mr_safety_console.console.present.view import View
from mr_safety_console.console.text import txt
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.value import frozen


class Values(dict[str, str]):
    """What was written, by the name of each line; `labels` are the words in front of them."""

    def __init__(self, written: Mapping[str, str], labels: Mapping[str, str]) -> None:
        super().__init__(written)
        self._labels = labels

    def label(self, name: str) -> str:
        """Return what people call a line: the words in front of it."""
        return self._labels.get(name, name)


Check = Callable[[Values], Refused | None]
"""Says what is wrong with what was written, or nothing."""


@frozen
class Field:
    """One line: its name, the words in front of it, and a hint inside it."""

    name: str
    label: str
    hint: str = ""
    longest: int = 200


def needed(*names: str) -> Check:
    """Return a check that these lines are filled in."""

    def check(values: Values) -> Refused | None:
        blank = [values.label(name) for name in names if not values.get(name, "").strip()]
        if not blank:
            return None
        return Refused(
            "line-blank",
            f"Nothing is written after: {', '.join(blank)}.",
            "Whoever fills this in.",
            "Write it, or leave with Esc.",
        )

    return check


def whole(name: str, low: int, high: int) -> Check:
    """Return a check that a line holds a whole number within bounds."""

    def check(values: Values) -> Refused | None:
        typed = values.get(name, "").strip()
        if typed.isdecimal() and len(typed) < 6 and low <= int(typed) <= high:
            return None
        return Refused(
            "number-wanted",
            f"{values.label(name)} wants a whole number from {low} to {high}.",
            "Whoever counts.",
            "Count again and type the number.",
        )

    return check


class FieldsDialog(Dialog[Values]):
    """Ends with what was written, by name."""

    SHEET_ROWS = 8

    def __init__(
        self,
        desk: Desk,
        heading: str,
        fields: tuple[Field, ...],
        checks: tuple[Check, ...] = (),
        said: tuple[Row, ...] = (),
    ) -> None:
        super().__init__(desk)
        self._heading = heading
        self._fields = fields
        self._checks = checks
        self._said = said

    def compose_answer(self) -> ComposeResult:
        """A line for each field."""
        for field in self._fields:
            with Horizontal(classes="field"):
                yield Static(txt(field.label), classes="label")
                yield Input(placeholder=field.hint, id=f"field-{field.name}", max_length=field.longest)

    def rows(self, view: View) -> tuple[Row, ...]:
        """Return heading and explanation."""
        return (title(self._heading), *self._said)

    def opened(self) -> None:
        """Make room for what is said, and begin with the first line."""
        self.fit()
        self.set_focus(self.query(Input).first())  # at once: a key may be waiting

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the next line, or finish on the last."""
        event.stop()
        inputs = list(self.query(Input))
        place = inputs.index(event.input)
        if place + 1 < len(inputs):
            self.set_focus(inputs[place + 1])
        else:
            self.desk.attempt(self._finish)

    def _finish(self) -> None:
        written = {f.name: self.query_one(f"#field-{f.name}", Input).value.strip() for f in self._fields}
        values = Values(written, {f.name: f.label for f in self._fields})
        for check in self._checks:
            wrong = check(values)
            if wrong is not None:
                self.why.refuse(wrong)
                return
        self.dismiss(values)
