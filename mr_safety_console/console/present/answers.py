"""How a question is answered from the keyboard: a letter for the common answers, digits for the rest."""

from __future__ import annotations

from mr_safety_console.console.theme import Tone
from mr_safety_console.domain.value import frozen
from screening_forms.answering import ADVERSE_ANSWERS, UNKNOWN_ANSWERS, is_blank
from screening_forms.types import Item, ItemType, Option

LETTERS = {
    "yes": "y",
    "no": "n",
    "unsure": "u",
    "refused": "r",
    "unable": "b",
    "pass": "y",
    "go": "y",
    "fail": "n",
    "no-go": "n",
    "na": "x",
    "true": "y",
    "false": "n",
}
"""The letter of each common answer; the first meaning of a letter is its meaning everywhere."""
DIGITS = "1234567890"
HINTS = {
    ItemType.INTEGER: "a whole number",
    ItemType.DECIMAL: "a number",
    ItemType.DATE: "YYYY-MM-DD",
    ItemType.STRING: "one line",
    ItemType.TEXT: "in words",
}


@frozen
class Key:
    """One answer and the key that gives it."""

    key: str
    option: Option


def options(item: Item) -> tuple[Option, ...]:
    """Return the answers of an item that is answered by choosing."""
    if item.type is ItemType.BOOLEAN:
        return (Option("true", "yes"), Option("false", "no"))
    return item.options


def is_chosen(item: Item) -> bool:
    """Tell whether an item is answered by choosing; the others are written."""
    return item.type in (ItemType.CHOICE, ItemType.BOOLEAN)


def keys(item: Item) -> tuple[Key, ...]:
    """Return the answers with their keys, every one different."""
    found: list[Key] = []
    spare = iter(DIGITS)
    for option in options(item) if is_chosen(item) else ():
        letter = LETTERS.get(option.code, "")
        if not letter or any(known.key == letter for known in found):
            letter = next(spare, "")
        found.append(Key(letter, option))
    return tuple(found)


def by_key(item: Item, key: str) -> str | None:
    """Return the code a key gives, or None when it gives nothing here."""
    return next((known.option.code for known in keys(item) if known.key == key), None)


def keys_line(item: Item) -> tuple[tuple[str, Tone], ...]:
    """Return the pieces of the line that names the keys of an item."""
    if not is_chosen(item):
        return (("Enter ", Tone.KEY), (f"write the answer: {HINTS.get(item.type, 'in words')}", Tone.PLAIN))
    pieces: list[tuple[str, Tone]] = []
    for known in keys(item):
        pieces += [(f"{known.key} ", Tone.KEY), (f"{known.option.display}   ", Tone.PLAIN)]
    return tuple(pieces)


def shown(item: Item, value: str | None) -> tuple[str, Tone]:
    """Return the answer as people read it; blank stands out, unknown and adverse ones too."""
    if value is None or is_blank(value):
        return ("□ blank", Tone.CONFIRM) if item.required else ("□ may stay blank", Tone.FAINT)
    words = next((option.display for option in options(item) if option.code == value), value)
    if value in UNKNOWN_ANSWERS:
        return (f"? {words}", Tone.HOLD)
    return (f"▲ {words}", Tone.HOLD) if value in ADVERSE_ANSWERS else (f"● {words}", Tone.PLAIN)
