"""What may happen to an object, and what may be asked of it: the register and the ways in and out."""

from __future__ import annotations

from enum import StrEnum

from mr_safety_console.domain.codec import Command, Fact, Private, command, fact
from mr_safety_console.domain.value import frozen


class Label(StrEnum):
    """What an item's label says, or that it has none. Never inferred from brand or from memory."""

    SAFE = "mr-safe"
    CONDITIONAL = "mr-conditional"
    UNSAFE = "mr-unsafe"
    UNLABELLED = "unlabelled"
    NOT_EVALUATED = "not-evaluated"


POSITIVE = frozenset({Label.SAFE, Label.CONDITIONAL})
"""Labels that need evidence, an inspection date and two signatures."""


class ItemClass(StrEnum):
    """What kind of thing it is; an oxygen cylinder stays one whatever its label says."""

    OXYGEN_CYLINDER = "oxygen-cylinder"
    OTHER_CYLINDER = "other-cylinder"
    WHEELCHAIR = "wheelchair"
    WALKER = "walker"
    STRETCHER = "stretcher"
    BED = "bed"
    CART = "cart"
    POLE = "iv-pole"
    PUMP = "pump"
    MONITOR = "monitor"
    VENTILATOR = "ventilator"
    CHAIR = "chair"
    TOOL = "tool"
    CLEANING_MACHINE = "cleaning-machine"
    EXTINGUISHER = "fire-extinguisher"
    PHANTOM = "phantom"
    OTHER = "other"


class Evidence(StrEnum):
    """Where a label's word comes from."""

    MAKER_LABEL = "maker-label"
    MAKER_INSTRUCTIONS = "maker-instructions"
    TESTED_HERE = "tested-here"
    NONE = "none"


OUT = "out"
PLACES = (OUT, "III", "IV")
"""Where an item is: outside the controlled zones, or in one of them."""

CARRIERS = ("patient", "companion", "visitor", "emergency-team", "engineer", "cleaner", "not-known")
"""Who brings an item where it is nobody of the staff register."""

QUARANTINES = ("label-unreadable", "label-doubted", "damaged", "not-in-register", "came-in-unseen")


@frozen
class ItemTold:
    """One item as a file or a person describes it.

    `limit_ut` is the field line it stays outside of, in µT; `tether_cm` the length of its tether;
    `due_day` the day its inspection is due, in days since 1970-01-01. 0 means none was given.
    """

    tag: str
    name: str
    sort: ItemClass
    label: Label
    evidence: Evidence = Evidence.NONE
    reference: str = ""
    owner: str = ""
    serial: str = ""
    limit_ut: int = 0
    tether_cm: int = 0
    due_day: int = 0
    home: str = OUT


@fact("item-registered")
class ItemRegistered(Fact):
    """An item was entered in the register. `no` is said aloud; `subject` is the item's own pseudonym.

    It begins outside: being in the register puts nothing into a room.
    """

    subject: str
    no: int
    tag: str
    name: Private[str]
    sort: ItemClass
    label: Label
    evidence: Evidence
    reference: Private[str]
    owner: Private[str]
    serial: Private[str]
    limit_ut: int = 0
    tether_cm: int = 0
    due_day: int = 0
    home: str = OUT
    quarantine: str = ""


@fact("item-labelled")
class ItemLabelled(Fact):
    """The label of an item is another one now, on this evidence; `was` is the one before."""

    subject: str
    was: Label
    label: Label
    evidence: Evidence
    reference: Private[str]
    limit_ut: int = 0
    tether_cm: int = 0
    due_day: int = 0


@fact("item-quarantined")
class ItemQuarantined(Fact):
    """Nobody relies on this item's label until two people have labelled it anew."""

    item: str
    reason: str


@fact("item-moved")
class ItemMoved(Fact):
    """An item went from one place to another: `out`, `III` or `IV`.

    `brought_by` is a pseudonym of the staff register or one of `CARRIERS`; `supervisor` the person named
    for a Conditional item. `against` are the rules that stood against it: then it is inside uncleared.
    """

    item: str
    no: int
    was: str
    to: str
    brought_by: str
    visit: str = ""
    supervisor: str = ""
    against: tuple[str, ...] = ()
    at_home: bool = False


@fact("item-seen")
class ItemSeen(Fact):
    """Somebody looked for one item in the magnet room: it is there, or it is not."""

    item: str
    present: bool


@fact("item-doubted")
class ItemDoubted(Fact):
    """Something stands against an item that is in a room already: its label or quarantine changed inside."""

    item: str
    against: tuple[str, ...]


@fact("items-unseen")
class ItemsUnseen(Fact):
    """Whatever was seen in the magnet room has to be seen anew; `short`: fewer were counted than recorded."""

    reason: str
    counted: int = 0
    recorded: int = 0
    short: bool = False


@command("import-items")
class ImportItems(Command):
    """Enter all of these items, or none of them."""

    entries: tuple[ItemTold, ...]


@command("register-item")
class RegisterItem(Command):
    """Enter a thing nobody knows yet: not evaluated, quarantined, at once."""

    tag: str
    name: str
    sort: ItemClass


@command("label-item")
class LabelItem(Command):
    """Change an item's label, with evidence, by two people."""

    item: str
    label: str
    evidence: str
    reference: str
    limit_ut: int = 0
    tether_cm: int = 0
    due_day: int = 0


@command("quarantine-item")
class QuarantineItem(Command):
    """Rely on this item no more."""

    item: str
    reason: str


@command("move-item")
class MoveItem(Command):
    """Bring an item in or take it out.

    `anyway` says that it is inside already, whatever stands against it: that is written down as
    uncleared and never refused. Nor is the way out.
    """

    item: str
    to: str
    brought_by: str = ""
    visit: str = ""
    supervisor: str = ""
    anyway: bool = False


@command("see-item")
class SeeItem(Command):
    """I looked for this item in the magnet room: it is there, or it is gone."""

    item: str
    present: bool


REGISTER_FACTS = (ItemRegistered, ItemLabelled, ItemQuarantined)
INSIDE_FACTS = (ItemMoved, ItemSeen, ItemDoubted, ItemsUnseen)
