"""The magnet room's door: announced crossings, openings nobody announced, and how long it stands open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from mr_safety_console.domain.codec import Command, Entry, Fact, command, fact
from mr_safety_console.domain.context import NS, Ctx, Instant
from mr_safety_console.domain.value import frozen


@fact("transit-announced")
class TransitAnnounced(Fact):
    """Somebody is about to go through the magnet room's door. `visit` is empty for staff alone.

    `excuses` tells whether an opening of the door belongs to it: a way out excuses nothing when the
    record has nobody inside.
    """

    visit: str
    inwards: bool
    due_bt: int
    boot: str
    excuses: bool = True


@fact("transit-ended")
class TransitEnded(Fact):
    """The announcement is used up.

    `reason` is crossed, door-closed, timeout, emergency, restart or nobody-rostered.
    """

    reason: str


@fact("door-opened")
class DoorOpened(Fact):
    """A door opened, within an announced transit or not; `zone` is what it leads into.

    `kept` tells that nobody had announced it and a named person stood at it, `forced` that nobody
    was rostered at the time.
    """

    point: str
    announced: bool
    zone: str = "IV"
    kept: bool = False
    forced: bool = False


@fact("door-kept")
class DoorKept(Fact):
    """A named person stands at the magnet room's door and keeps it, at most until `due_bt`."""

    keeper: str
    due_bt: int
    boot: str


@fact("door-keeper-left")
class DoorKeeperLeft(Fact):
    """Nobody keeps the door any more: `reason` is left, timeout, restart or nobody-rostered."""

    reason: str


@fact("door-closed")
class DoorClosed(Fact):
    """A door reads closed again."""

    point: str
    zone: str = "IV"


@command("announce-transit")
class AnnounceTransit(Command):
    """Say that a crossing follows. Outwards is never refused."""

    visit: str = ""
    inwards: bool = True


@command("keep-door")
class KeepDoor(Command):
    """I stand at the magnet room's door, and let nobody through who was not announced."""


@command("leave-door")
class LeaveDoor(Command):
    """Nobody stands at the door any more. Never refused."""


@frozen
class Keeper:
    """Who keeps the magnet room's door, and until when."""

    person: str
    due_bt: int
    boot: str


@frozen
class Transit:
    """An announced crossing."""

    visit: str
    inwards: bool
    since: Instant
    due_bt: int
    boot: str
    excuses: bool = True


@frozen
class DoorsState:
    """The present announcement, the last one used up or run out, and the open doors.

    `open_since` is about the magnet room's door, `others` (by point) about those into Zone III,
    `others_forced` those of them that opened while nobody was rostered.
    """

    transit: Transit | None = None
    crossed: Transit | None = None
    open_since: Instant | None = None
    open_announced: bool = False
    open_kept: bool = False
    open_forced: bool = False
    keeper: Keeper | None = None
    others: Mapping[str, Instant] = field(default_factory=dict)
    others_forced: tuple[str, ...] = ()


FACTS = (TransitAnnounced, TransitEnded, DoorOpened, DoorClosed, DoorKept, DoorKeeperLeft)


def in_transit(state: DoorsState, now: Instant) -> Transit | None:
    """Return the transit still good now; a reboot or its time ends it."""
    return _still_good(state.transit, now)


def excusing(state: DoorsState, now: Instant) -> Transit | None:
    """Return the transit an opening of the door belongs to now, or None."""
    transit = in_transit(state, now)
    return transit if transit is not None and transit.excuses else None


def kept(state: DoorsState, now: Instant) -> Keeper | None:
    """Return who keeps the door still; a reboot or its time ends it."""
    keeper = state.keeper
    if keeper is None or keeper.boot != now.boot or now.bt >= keeper.due_bt:
        return None
    return keeper


def crossing(state: DoorsState, now: Instant) -> Transit | None:
    """Return the transit an entry may be recorded for: good now, or the door closed behind it.

    The door closing ends what an announcement excuses; whoever went in is still to be written down.
    """
    return _still_good(state.transit, now) or _still_good(state.crossed, now)


def _still_good(transit: Transit | None, now: Instant) -> Transit | None:
    if transit is None or transit.boot != now.boot or now.bt >= transit.due_bt:
        return None
    return transit


def announced(visit: str, inwards: bool, heads: int, ctx: Ctx) -> tuple[Fact, ...]:
    """Return the announcement of a crossing whose leave inwards the suite has already judged.

    `heads` is how many people the record has in the magnet room.
    """
    told = TransitAnnounced(
        visit=visit,
        inwards=inwards,
        due_bt=ctx.now.bt + ctx.profile.limit("transit_s") * NS,
        boot=ctx.now.boot,
        excuses=inwards or heads > 0,
    )
    return (told,)


def next_due(state: DoorsState) -> int | None:
    """Return when the present announcement or the door's keeper runs out, boot-time ns."""
    dues = [one.due_bt for one in (state.transit, state.keeper) if one is not None]
    return min(dues, default=None)


def evolve(state: DoorsState, entry: Entry) -> DoorsState:
    """Return the door after one fact."""
    match entry.fact:
        case TransitAnnounced() as told:
            fresh = Transit(told.visit, told.inwards, entry.at, told.due_bt, told.boot, told.excuses)
            return replace(state, transit=fresh, crossed=None)
        case TransitEnded(reason=reason):
            # After an emergency or a restart nobody knows any more who was about to go in.
            crossed = state.transit if reason in ("door-closed", "timeout") else None
            return replace(state, transit=None, crossed=crossed)
        case DoorOpened() as opened:
            return _opened(state, opened, entry.at)
        case DoorClosed(zone="IV"):
            return replace(state, open_since=None, open_announced=False, open_kept=False, open_forced=False)
        case DoorClosed(point=point):
            forced = tuple(name for name in state.others_forced if name != point)
            others = {k: v for k, v in state.others.items() if k != point}
            return replace(state, others=others, others_forced=forced)
        case _:
            return _keeping(state, entry)


def _opened(state: DoorsState, opened: DoorOpened, at: Instant) -> DoorsState:
    if opened.zone != "IV":
        forced = (opened.point,) if opened.forced and opened.point not in state.others_forced else ()
        others = {opened.point: at, **state.others}
        return replace(state, others=others, others_forced=(*state.others_forced, *forced))
    # A contact that falls silent and speaks again does not start the time anew.
    return replace(
        state,
        open_since=state.open_since or at,
        open_announced=opened.announced,
        open_kept=opened.kept,
        open_forced=opened.forced or state.open_forced,
    )


def _keeping(state: DoorsState, entry: Entry) -> DoorsState:
    match entry.fact:
        case DoorKept(keeper=person, due_bt=due_bt, boot=boot):
            return replace(state, keeper=Keeper(person, due_bt, boot))
        case DoorKeeperLeft():
            return replace(state, keeper=None, open_kept=False)
        case _:
            return state
