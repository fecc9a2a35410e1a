"""How a question is answered from the keyboard: a letter for the common answers, digits for the rest."""

from __future__ import annotations

from collections.abc import Sequence

from mr_safety_console.console.present.along import Beside
from mr_safety_console.console.text import txt
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


def follows(item: Item) -> bool:
    """Tell whether an item is a detail that another answer asks for and that is written: it comes last."""
    return not is_chosen(item) and bool(item.enable_when)


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


Pieces = tuple[tuple[str, Tone], ...]
GAP = "   "
UNBROKEN = 100_000
FALLBACK_CELLS = 74
"""For a line of answers while nobody knows how wide the screen is."""


def keys_lines(item: Item, width: int) -> tuple[Pieces, ...]:
    """Return the lines that name the keys of an item; no answer is torn from its key."""
    if not is_chosen(item):
        return (
            (("Enter ", Tone.KEY), (f"write the answer: {HINTS.get(item.type, 'in words')}", Tone.PLAIN)),
        )
    return _packed([(known.key, known.option.display) for known in keys(item)], width)


def keys_line(item: Item) -> Pieces:
    """Return the same in one line, however long."""
    return keys_lines(item, UNBROKEN)[0]


def along_lines(item: Item, words: Beside, width: int) -> tuple[Pieces, ...]:
    """Return the answers in another language with the same keys; nothing where it has no words for one."""
    told = [(known.key, words.option(item, known.option.code)) for known in keys(item)]
    return _packed(told, width) if told and all(said for _, said in told) else ()


def _packed(told: Sequence[tuple[str, str]], width: int) -> tuple[Pieces, ...]:
    lines: list[list[tuple[str, str]]] = [[]]
    for one in told:
        if lines[-1] and _cells([*lines[-1], one]) > (width or FALLBACK_CELLS):
            lines.append([])
        lines[-1].append(one)
    return tuple(_pieces(line) for line in lines)


def _pieces(line: Sequence[tuple[str, str]]) -> Pieces:
    found: list[tuple[str, Tone]] = []
    for n, (key, words) in enumerate(line, 1):
        found += [(f"{key} ", Tone.KEY), (words + (GAP if n < len(line) else ""), Tone.PLAIN)]
    return tuple(found)


def _cells(line: Sequence[tuple[str, str]]) -> int:
    return txt(GAP.join(f"{key} {words}" for key, words in line), cap=UNBROKEN).cell_length


def shown(item: Item, value: str | None) -> tuple[str, Tone]:
    """Return the answer as people read it; blank stands out, unknown and adverse ones too."""
    if value is None or is_blank(value):
        return ("□ blank", Tone.CONFIRM) if item.required else ("□ may stay blank", Tone.FAINT)
    words = next((option.display for option in options(item) if option.code == value), value)
    if value in UNKNOWN_ANSWERS:
        return (f"? {words}", Tone.HOLD)
    return (f"▲ {words}", Tone.HOLD) if value in ADVERSE_ANSWERS else (f"● {words}", Tone.PLAIN)
