"""A form in another language beside its own words: for reading along, never what is answered."""

from __future__ import annotations

from typing import Protocol

from mr_safety_console.console.present.rows import Row, row
from mr_safety_console.console.text import Part
from mr_safety_console.console.theme import Tone
from mr_safety_console.domain.screening_case import Informant
from mr_safety_console.domain.value import frozen
from screening_forms.types import Item

LANGUAGES = {"de": "German"}
"""The languages a form may be read along in, by their code."""
_CALLED = {"de": frozenset({"de", "de-de", "de-at", "de-ch", "german", "deutsch", "allemand"})}
"""What an interpreter or a patient may call a language, in small letters."""


class Beside(Protocol):
    """The words of one form in one other language; "" where it has none."""

    @property
    def language(self) -> str:
        """The language these words are in."""

    @property
    def approval(self) -> str:
        """Whether the site has approved these words; who approved the form has not."""

    def text(self, item: Item) -> str:
        """Return the text of an item."""

    def help(self, item: Item) -> str:
        """Return the line of help of an item."""

    def option(self, item: Item, code: str) -> str:
        """Return the words of one answer."""


@frozen
class Along:
    """The language somebody wants to read along in: its words, or that they are still being read."""

    language: str
    words: Beside | None = None
    reading: bool = False

    @property
    def name(self) -> str:
        """Return what people call the language."""
        return LANGUAGES.get(self.language, self.language)


def spoken(informant: Informant | None) -> str:
    """Return the code of the language who answers speaks, if a form may be read along in it."""
    said = informant.language.strip().casefold() if informant else ""
    return next((code for code, called in _CALLED.items() if said in called), "")


def mark(along: Along) -> Part:
    """Return what is to be known of the words beside the form's own, in one line of the head."""
    if along.reading:
        return (f"{along.name} is being read.", Tone.FAINT)
    if along.words is None:
        return (f"▲ This form has no {along.name}: the form's own words alone.", Tone.HOLD)
    approval = along.words.approval
    return (f"▲ {approval} TRANSLATION — for reading along ({along.words.language})", Tone.HOLD)


def text_rows(along: Along | None, item: Item, key: str) -> list[Row]:
    """Return the question in the other language, beneath its own words; that it is missing where it is."""
    if along is None or along.words is None:
        return []
    said = along.words.text(item)
    if not said:
        return [row("    ", (f"no {along.name} for this question", Tone.HOLD), key=key, indent=4)]
    return [row((f"{along.words.language}  ", Tone.FAINT), said, key=key, indent=4, cap=600)]


def help_rows(along: Along | None, item: Item) -> list[Row]:
    """Return the line of help in the other language."""
    said = along.words.help(item) if along is not None and along.words is not None else ""
    return [row("    ", (said, Tone.FAINT), indent=4)] if said else []
