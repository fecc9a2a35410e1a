"""Where objects are: what is in Zone III and IV by the record, who saw it there, and what is missing.

Nothing is presumed out. An item leaves the record only by the fact that somebody took it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from mr_safety_console.domain.authority import LEVEL_2
from mr_safety_console.domain.codec import Entry
from mr_safety_console.domain.context import Ctx, Instant, elapsed
from mr_safety_console.domain.items import DAY_S, Item, today
from mr_safety_console.domain.items_facts import (
    OUT,
    ItemClass,
    ItemDoubted,
    ItemMoved,
    ItemSeen,
    ItemsUnseen,
    Label,
)
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.staff import StaffState, roles_of
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.words import refused

HOME_SEEN_S = DAY_S // 2
"""How long the sight of something that lives in the magnet room counts: one shift."""
SUPERVISORS = LEVEL_2 | {"MRST", "MRSO"}
"""Roles one of which the person named for a Conditional item holds."""


@frozen
class Place:
    """One item that is inside: where, since when, by whom and for whom, and what stands against it.

    `seen` is when somebody last saw it there; `missing` that somebody looked and it was not there.
    """

    item: str
    no: int
    zone: str
    since: Instant
    brought_by: str
    visit: str = ""
    supervisor: str = ""
    against: tuple[str, ...] = ()
    at_home: bool = False
    seen: Instant | None = None
    missing: bool = False


@frozen
class InsideState:
    """Items in Zone III and IV by id. `short`: fewer were counted than recorded, not looked for since."""

    places: Mapping[str, Place] = field(default_factory=dict)
    short: bool = False

    def zone(self, item: str) -> str:
        """Return where an item is by the record."""
        known = self.places.get(item)
        return known.zone if known else OUT

    def within(self, zone: str) -> tuple[Place, ...]:
        """Return what is in a zone, in the order it came."""
        return tuple(one for one in self.places.values() if one.zone == zone)

    def uncleared(self, zone: str) -> tuple[Place, ...]:
        """Return what is in a zone although something stands against it."""
        return tuple(one for one in self.within(zone) if one.against)

    @property
    def missing(self) -> tuple[Place, ...]:
        """Return what was looked for in the magnet room and not found."""
        return tuple(one for one in self.within("IV") if one.missing)

    @property
    def differs(self) -> bool:
        """Return whether the record has more in the magnet room than was found there."""
        return self.short or bool(self.missing)


def against_label(item: Item, zone: str, now: Instant) -> tuple[Refused, ...]:
    """Return what an item's own register entry has against its being in a zone, the strictest first."""
    found: list[Refused] = []
    if zone == "IV" and item.sort is ItemClass.OXYGEN_CYLINDER:
        found.append(refused("item-oxygen-cylinder", no=item.no))
    match item.label:
        case Label.UNSAFE:
            found.append(refused("item-unsafe", no=item.no))
        case Label.UNLABELLED | Label.NOT_EVALUATED:
            found.append(refused("item-unlabelled", no=item.no, label=item.label))
    if item.quarantine:
        found.append(refused("item-quarantined", no=item.no, why=item.quarantine))
    if item.due_day < today(now) and not found:
        found.append(refused("item-inspection-due", tag=item.tag))
    return tuple(found)


def against_supervision(item: Item, zone: str, supervisor: str, staff: StaffState) -> tuple[Refused, ...]:
    """Return what a Conditional item lacks on its way into the magnet room: its line, and who keeps it."""
    if zone != "IV" or item.label is not Label.CONDITIONAL:
        return ()
    if item.limit_ut == 0:
        return (refused("item-no-limit", tag=item.tag),)
    if SUPERVISORS & roles_of(staff, supervisor):
        return ()
    return (refused("item-supervisor", no=item.no, line=line(item), tether=tether(item)),)


def line(item: Item) -> str:
    """Return the field line a Conditional item stays outside of, in mT."""
    return f"{item.limit_ut / 1000:g} mT" if item.limit_ut else "none recorded"


def tether(item: Item) -> str:
    """Return the length of an item's tether, in m."""
    return f"{item.tether_cm / 100:g} m" if item.tether_cm else "none"


def unseen(state: InsideState, since: Instant | None, ctx: Ctx) -> tuple[Place, ...]:
    """Return what is in the magnet room and has not been seen there since a moment.

    What lives there counts as seen for one shift; nothing does across a reboot.
    """
    return tuple(one for one in state.within("IV") if not _seen(one, since, ctx.now))


def _seen(one: Place, since: Instant | None, now: Instant) -> bool:
    if one.seen is None or one.seen.boot != now.boot:
        return False
    if one.at_home:
        return elapsed(now, one.seen).seconds <= HOME_SEEN_S
    return since is None or (since.boot == one.seen.boot and one.seen.bt >= since.bt)


def evolve(state: InsideState, entry: Entry) -> InsideState:
    """Return where things are after one fact."""
    match entry.fact:
        case ItemMoved() as moved:
            return _looked_over(_moved(state, moved, entry))
        case ItemSeen(item=name, present=present) if name in state.places:
            seen = replace(state.places[name], seen=entry.when if present else None, missing=not present)
            return _looked_over(_with(state, seen))
        case ItemDoubted(item=name, against=against) if name in state.places:
            known = state.places[name]
            both = tuple(dict.fromkeys((*known.against, *against)))
            return _with(state, replace(known, against=both))
        case ItemsUnseen(short=short):
            blank = {
                name: replace(one, seen=None) if one.zone == "IV" else one
                for name, one in state.places.items()
            }
            return replace(state, places=blank, short=short or state.short)
        case _:
            return state


def _with(state: InsideState, place: Place) -> InsideState:
    return replace(state, places={**state.places, place.item: place})


def _moved(state: InsideState, moved: ItemMoved, entry: Entry) -> InsideState:
    if moved.to == OUT:
        return replace(state, places={k: v for k, v in state.places.items() if k != moved.item})
    return _with(
        state,
        Place(
            item=moved.item,
            no=moved.no,
            zone=moved.to,
            since=entry.when,
            brought_by=moved.brought_by,
            visit=moved.visit,
            supervisor=moved.supervisor,
            against=moved.against,
            at_home=moved.at_home,
            seen=entry.when,
        ),
    )


def _looked_over(state: InsideState) -> InsideState:
    """Return the state with a short count over once everything inside has been looked for."""
    looked = all(one.seen is not None or one.missing for one in state.within("IV"))
    return replace(state, short=False) if state.short and looked else state
