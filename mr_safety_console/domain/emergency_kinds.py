"""The kinds of emergency, the shape of their cards, and what a card must never say."""

from __future__ import annotations

import re
from enum import StrEnum

from mr_safety_console.domain.value import frozen

MAX_WORDS = 8
NOT_APPROVED = "NOT SITE-APPROVED"


class EmergencyKind(StrEnum):
    """What an emergency is about; chosen after it has been opened."""

    ARREST = "arrest"
    PROJECTILE = "projectile"
    QUENCH = "quench"
    FIRE = "fire"
    LOW_OXYGEN = "low-oxygen"
    BURN = "burn"
    CONTRAST_REACTION = "contrast-reaction"
    UNAUTHORISED_ENTRY = "unauthorised-entry"
    LINK_LOST = "link-lost"
    OTHER = "other"


LETTERS: dict[str, EmergencyKind] = {
    "c": EmergencyKind.ARREST,
    "p": EmergencyKind.PROJECTILE,
    "q": EmergencyKind.QUENCH,
    "f": EmergencyKind.FIRE,
    "o": EmergencyKind.LOW_OXYGEN,
    "b": EmergencyKind.BURN,
    "r": EmergencyKind.CONTRAST_REACTION,
    "u": EmergencyKind.UNAUTHORISED_ENTRY,
    "l": EmergencyKind.LINK_LOST,
    "x": EmergencyKind.OTHER,
}


@frozen
class CardStep:
    """One step: its code in the record, its name in reports, its words on the card."""

    id: str
    name: str
    words: str


@frozen
class Card:
    """One card. `removes` tells that the removal clock runs: somebody has to come out."""

    kind: EmergencyKind
    letter: str
    title: str
    steps: tuple[CardStep, ...]
    keep_out: tuple[str, ...]
    never: tuple[str, ...] = ()
    removes: bool = True
    approval: str = NOT_APPROVED


_FIELD_WORDS = re.compile(r"quench|magnet stop|field|helium|ramp", re.IGNORECASE)
_PROMISES = re.compile(r"\b(safe|clear|cleared|ok|good|proceed)\b", re.IGNORECASE)
_LABELS = re.compile(r"magnet-safe location|MR (Safe|Conditional|Unsafe)", re.IGNORECASE)


def lines_of(card: Card) -> tuple[str, ...]:
    """Return every line a person reads on a card."""
    return (card.title, *(step.words for step in card.steps), *card.keep_out, *card.never)


def lint_card(card: Card) -> tuple[str, ...]:
    """Return what is wrong with a card, one sentence a fault; nothing when it may be shown."""
    faults = []
    for line in lines_of(card):
        if len(line.split()) > MAX_WORDS:
            faults.append(f"{card.letter}: more than {MAX_WORDS} words: {line!r}")
        if _PROMISES.search(_LABELS.sub("", line)):
            faults.append(f"{card.letter}: promises something nobody can know: {line!r}")
        if card.kind is EmergencyKind.ARREST and _FIELD_WORDS.search(line):
            faults.append(f"{card.letter}: speaks of the field: {line!r}")
    ids = [step.id for step in card.steps]
    if len(set(ids)) != len(ids):
        faults.append(f"{card.letter}: a step code stands twice")
    if ids[:1] != ["E0"] or ids[-1:] != ["E11"]:
        faults.append(f"{card.letter}: must begin with E0 and end with E11")
    if not card.keep_out:
        faults.append(f"{card.letter}: the keep-out list is empty")
    return tuple(faults)
