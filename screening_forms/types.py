"""The parts of a form, as frozen plain data. Stdlib only: rules and screens read these."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from screening_forms.value import frozen


class ItemType(StrEnum):
    """The item types of FHIR R4."""

    GROUP = "group"
    DISPLAY = "display"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    STRING = "string"
    TEXT = "text"
    DATETIME = "dateTime"
    TIME = "time"
    URL = "url"
    OPEN_CHOICE = "open-choice"
    QUANTITY = "quantity"
    REFERENCE = "reference"
    ATTACHMENT = "attachment"


class Trigger(StrEnum):
    """What an answer of a screening question sets off."""

    RESOLVE_FIRST = "RESOLVE_FIRST"
    HOLD_DEVICE = "HOLD_DEVICE"
    HOLD_CLINICAL = "HOLD_CLINICAL"
    REMOVE = "REMOVE"
    LOOP = "LOOP"
    DETAIL = "DETAIL"
    INFO = "INFO"

    @property
    def rank(self) -> int:
        """Return how much it holds up: 0 for INFO, larger is stricter; the two HOLDs are equal."""
        return _RANKS[self]


_RANKS: Mapping[Trigger, int] = MappingProxyType(
    {
        Trigger.INFO: 0,
        Trigger.DETAIL: 1,
        Trigger.LOOP: 2,
        Trigger.REMOVE: 3,
        Trigger.HOLD_CLINICAL: 4,
        Trigger.HOLD_DEVICE: 4,
        Trigger.RESOLVE_FIRST: 5,
    }
)


class FormError(ValueError):
    """A form or response is refused: `path` in the file, the item's `link_id` or "", and `what`."""

    def __init__(self, path: str, link_id: str, what: str) -> None:
        self.path, self.link_id, self.what = path, link_id, what
        item = f" (linkId {link_id})" if link_id else ""
        super().__init__(f"{path or 'form'}{item}: {what}")


@frozen
class Option:
    """One permitted answer: the key that is stored and the words that are shown.

    `value` is the answer as FHIR writes it, in JSON; "" stands for a coding of code and display.
    An `exclusive` option is never chosen together with another one.
    """

    code: str
    display: str
    value: str = ""
    exclusive: bool = False


@frozen
class EnableWhen:
    """Ask the item only if the answer to `question` stands in this relation to `answer`."""

    question: str
    operator: str
    answer: str


class Pattern(Protocol):
    """A form's own pattern for an answer, ready to be tried in time linear in the answer."""

    def matches(self, text: str) -> bool:
        """Tell whether the whole text fits."""


@frozen
class Constraint:
    """A FHIRPath expression that must hold: its key, how grave it is, and the words when it fails."""

    key: str
    severity: str
    human: str
    expression: str


@frozen
class Variable:
    """A named expression other expressions may use."""

    name: str
    language: str
    expression: str


@frozen
class Rules:
    """What the extensions of an item or a form say beyond FHIR's own elements; blank is "not said".

    `low` and `high` bound a day, moment, time or quantity, both included. `initial` and `calculated`
    are proposals for a person to confirm. `controls` says how the item wants to be drawn.
    `formats` and `max_size` (in bytes) bound an attachment, `kinds` names what a reference may point to.
    """

    prefix: str = ""
    controls: tuple[str, ...] = ()
    hidden: bool = False
    read_only: bool = False
    initial: tuple[str, ...] = ()
    min_length: int | None = None
    min_occurs: int | None = None
    max_occurs: int | None = None
    decimals: int | None = None
    low: str = ""
    high: str = ""
    pattern: Pattern | None = None
    units: tuple[Option, ...] = ()
    formats: tuple[str, ...] = ()
    max_size: int | None = None
    kinds: tuple[str, ...] = ()
    variables: tuple[Variable, ...] = ()
    enabled_by: str = ""
    calculated: str = ""
    constraints: tuple[Constraint, ...] = ()
    evidence: tuple[str, ...] = ()
    resolver: str = ""
    asked_by: str = ""
    source: str = ""


NO_RULES = Rules()


@frozen
class Item:
    """One question, group or line of a form. `code` is the field's stable key (Q01, K04).

    `stage` is the item's own or the one it stands under; `minimum` and `maximum` bound a number,
    both included, in the unit the text names. `challenge` wants a second person who answers aloud;
    `defer` names the later stage an item may be put off to. `unannotated` marks an item of a form that says
    nothing of what its answers set off: there, whatever is not a plain no holds.
    """

    link_id: str
    text: str
    type: ItemType
    code: str = ""
    required: bool = False
    max_length: int | None = None
    options: tuple[Option, ...] = ()
    enable_when: tuple[EnableWhen, ...] = ()
    enable_any: bool = False
    items: tuple[Item, ...] = ()
    triggers: Mapping[str, Trigger] = field(default_factory=lambda: _EMPTY_TRIGGERS)
    ask_again: bool = False
    stage: str = ""
    sensor: str = ""
    help: str = ""
    minimum: int | Decimal | None = None
    maximum: int | Decimal | None = None
    repeats: bool = False
    rules: Rules = NO_RULES
    unannotated: bool = False
    challenge: bool = False
    defer: str = ""

    def walk(self) -> Iterator[Item]:
        """Yield this item and everything below it, in reading order."""
        yield self
        for child in self.items:
            yield from child.walk()


_EMPTY_TRIGGERS: Mapping[str, Trigger] = MappingProxyType({})


@frozen
class Form:
    """A released form: its identity, its items, and the hash of the file it was read from."""

    id: str
    version: str
    url: str
    title: str
    status: str
    language: str
    items: tuple[Item, ...]
    sha256: str
    approval: str = "NOT SITE-APPROVED"
    rules: Rules = NO_RULES

    def walk(self) -> Iterator[Item]:
        """Yield every item in reading order."""
        for item in self.items:
            yield from item.walk()

    def item(self, link_id: str) -> Item | None:
        """Return the item with this linkId, or None."""
        return next((item for item in self.walk() if item.link_id == link_id), None)


@frozen
class FormFinding:
    """One answer that sets something off: which item, which answer, which trigger."""

    link_id: str
    code: str
    answer: str
    trigger: Trigger
