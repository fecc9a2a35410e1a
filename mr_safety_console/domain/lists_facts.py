"""Checklists: what may happen to an item or a list, what may be asked, and how an answer is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from mr_safety_console.domain.codec import Command, Fact, Private, command, fact
from mr_safety_console.domain.context import Instant, Who
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.visit_facts import Leg


@fact("item-marked")
class ItemMarked(Fact):
    """One item was answered by a person. `reading` is what its sensor said then, with its age.

    `responder` is who answered aloud where a list is read out to a second person; `hurried` tells that
    the answer before was given less than the site's pace ago.
    """

    subject: str
    visit: str
    list_id: str
    version: str
    item: str
    answer: str
    reason: Private[str]
    reading: str = ""
    reading_age_ms: int = 0
    responder: str = ""
    hurried: bool = False


@fact("item-overridden")
class ItemOverridden(Fact):
    """Two people say by eye what the item's dead sensor cannot, until `due_bt` at most.

    `why` is why the sensor is UNKNOWN; `keeper` stays at the door and is watched to be there.
    """

    subject: str
    visit: str
    list_id: str
    version: str
    item: str
    answer: str
    reason: Private[str]
    sensor: str
    why: str
    keeper: str
    due_bt: int
    boot: str


@fact("item-deferred")
class ItemDeferred(Fact):
    """An item is put off to a later stage of its list, `until`; there it comes first."""

    subject: str
    visit: str
    list_id: str
    version: str
    item: str
    until: str
    reason: Private[str]


@fact("item-released")
class ItemReleased(Fact):
    """Somebody entitled, with a second person, lets the list go on although this answer holds."""

    subject: str
    visit: str
    list_id: str
    item: str
    answer: str
    reason: Private[str]


@fact("item-reopened")
class ItemReopened(Fact):
    """A sensor disagrees with an answered item, or fell silent: it is open again.

    `reason` is empty for that, else why what was said by eye does not count any more.
    """

    visit: str
    list_id: str
    item: str
    sensor: str
    reason: str = ""


@fact("stage-reset")
class StageReset(Fact):
    """A stage has to be done again from blank: its leg fell or the visit goes back in.

    `items` names (`list:linkId`) what goes blank where the stage is only part of a list.
    """

    visit: str
    leg: Leg
    items: tuple[str, ...] = ()


@fact("final-check-read")
class FinalCheckRead(Fact):
    """The final check was read back the first of two times, signed by both; it is read again from blank.

    `because` names the site's reasons, `detail` what of it was not plain, both coded.
    """

    visit: str
    because: tuple[str, ...]
    detail: str = ""


@fact("lists-filed")
class ListsFiled(Fact):
    """The visit is closed: its lists stand in the record and leave the state."""

    visit: str


@command("mark-item")
class MarkItem(Command):
    """Answer one item of a list; `reason` where the answer wants one, `responder` who answered aloud."""

    visit: str
    list_id: str
    item: str
    answer: str
    reason: str = ""
    responder: str = ""


@command("override-item")
class OverrideItem(Command):
    """Do an item by eye whose sensor is dead: the reason, signed by two."""

    visit: str
    list_id: str
    item: str
    reason: str


@command("defer-item")
class DeferItem(Command):
    """Put an item off to the stage its list names; it comes back there first."""

    visit: str
    list_id: str
    item: str
    reason: str


@command("release-item")
class ReleaseItem(Command):
    """Let a list go on although a clinical answer holds it: the reason, signed by two."""

    visit: str
    list_id: str
    item: str
    reason: str


@command("complete-stage")
class CompleteStage(Command):
    """Say that a stage is done; for the final check this is the GO, signed by two."""

    visit: str
    leg: Leg


@frozen
class ByEye:
    """How long what was said by eye counts, and who keeps the door meanwhile."""

    sensor: str
    keeper: str
    due_bt: int
    boot: str


@frozen
class Mark:
    """The answer to one item, by whom and when; and who released it on which condition, if it holds.

    A blank answer is one that was put off, to the stage `deferred`, or taken away by its sensor, for the
    coded reason `reopened`. `responder` answered aloud; `by_eye` stands where the sensor was dead.
    """

    answer: str
    at: Instant
    by: tuple[Who, ...]
    reason: str = ""
    released: tuple[Who, ...] = ()
    condition: str = ""
    responder: str = ""
    hurried: bool = False
    by_eye: ByEye | None = None
    deferred: str = ""
    reopened: str = ""


@frozen
class ReadBack:
    """The first reading of a final check that is read twice."""

    at: Instant
    by: tuple[Who, ...]


@frozen
class Noted:
    """One item (`list:linkId`) a supervisor wants to see, when, and by whom."""

    item: str
    at: Instant
    by: tuple[Who, ...] = ()


@frozen
class ListsState:
    """Marks by visit, then by `list:linkId`.

    `rounds` holds the first reading of each final check that is read twice, by visit. `overrides` are
    the newest items done by eye and `hurried` the newest hurried answers; the record has them all.
    """

    marks: Mapping[str, Mapping[str, Mark]] = field(default_factory=dict)
    overrides: tuple[Noted, ...] = ()
    hurried: tuple[Noted, ...] = ()
    rounds: Mapping[str, ReadBack] = field(default_factory=dict)

    def answers(self, visit: str, list_id: str) -> dict[str, str]:
        """Return the answers of one list, by linkId; what was put off has none."""
        prefix = f"{list_id}:"
        return {
            key.removeprefix(prefix): mark.answer
            for key, mark in self.marks.get(visit, {}).items()
            if mark.answer and key.startswith(prefix)
        }

    def deferred(self, visit: str, list_id: str) -> dict[str, str]:
        """Return the items of one list that were put off, answered since or not, with their stage."""
        prefix = f"{list_id}:"
        return {
            key.removeprefix(prefix): mark.deferred
            for key, mark in self.marks.get(visit, {}).items()
            if mark.deferred and key.startswith(prefix)
        }


FACTS = (
    ItemMarked,
    ItemOverridden,
    ItemDeferred,
    ItemReleased,
    ItemReopened,
    StageReset,
    FinalCheckRead,
    ListsFiled,
)
