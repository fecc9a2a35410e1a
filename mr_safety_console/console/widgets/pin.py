"""A field for a PIN: what was typed is neither shown nor counted on the screen."""

from __future__ import annotations

from textual import events
from textual.app import RenderResult
from textual.message import Message
from textual.widget import Widget

from mr_safety_console.console.text import spans
from mr_safety_console.console.theme import Tone

LONGEST = 64


class PinField(Widget, can_focus=True):
    """Takes keys one by one; shows the same mask for one character and for twenty."""

    DEFAULT_CSS = "PinField { height: 1; width: 1fr; }"

    class Given(Message):
        """Enter was pressed; `field` holds the PIN until `take` is called."""

        def __init__(self, field: PinField) -> None:
            super().__init__()
            self.field = field

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._typed: list[str] = []

    def take(self) -> str:
        """Return what was typed and forget it."""
        typed = "".join(self._typed)
        self.clear()
        return typed

    def put(self, text: str) -> None:
        """Add what was typed for this field elsewhere."""
        self._typed += text[: max(0, LONGEST - len(self._typed))]
        self.refresh()

    def clear(self) -> None:
        """Forget what was typed."""
        self._typed.clear()
        self.refresh()

    @property
    def empty(self) -> bool:
        """Tell whether nothing was typed."""
        return not self._typed

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Keep every printable key from the bindings of screen and app."""
        return character is not None and character.isprintable()

    def on_key(self, event: events.Key) -> None:
        """Collect a character, take one back, or hand the PIN on."""
        if event.key == "enter":
            event.stop()
            if self._typed:
                self.post_message(self.Given(self))
        elif event.key == "backspace":
            event.stop()
            self.clear()
        elif event.is_printable and event.character:
            event.stop()
            self.put(event.character)

    def on_paste(self, event: events.Paste) -> None:
        """Refuse a paste: a PIN is typed."""
        event.stop()

    def render(self) -> RenderResult:
        """Return the same mask for any length."""
        if self._typed:
            return spans(("PIN ████████", Tone.SELECTED), "  Enter gives it, Backspace empties it")
        return spans(("PIN ________", Tone.SELECTED if self.has_focus else Tone.FAINT), "  type it")
