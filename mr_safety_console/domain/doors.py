"""The magnet room's door: announced crossings, openings nobody announced, and how long it stands open."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mr_safety_console.domain.codec import Command, Entry, Fact, command, fact
from mr_safety_console.domain.context import NS, Ctx, Instant
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.words import refused


@fact("transit-announced")
class TransitAnnounced(Fact):
    """Somebody is about to go through the magnet room's door. `visit` is empty for staff alone."""

    visit: str
    inwards: bool
    due_bt: int
    boot: str


@fact("transit-ended")
class TransitEnded(Fact):
    """The announcement is used up: `reason` is crossed, door-closed, timeout or emergency."""

    reason: str


@fact("door-opened")
class DoorOpened(Fact):
    """The magnet room's door opened, within an announced transit or not."""

    point: str
    announced: bool


@fact("door-closed")
class DoorClosed(Fact):
    """The magnet room's door reads closed again."""

    point: str


@command("announce-transit")
class AnnounceTransit(Command):
    """Say that a crossing follows. Outwards is never refused."""

    visit: str = ""
    inwards: bool = True


@dataclass(frozen=True, slots=True)
class Transit:
    """An announced crossing."""

    visit: str
    inwards: bool
    since: Instant
    due_bt: int
    boot: str


@dataclass(frozen=True, slots=True)
class DoorsState:
    """The present announcement and the open door, if any."""

    transit: Transit | None = None
    open_since: Instant | None = None
    open_announced: bool = False


FACTS = (TransitAnnounced, TransitEnded, DoorOpened, DoorClosed)


def in_transit(state: DoorsState, now: Instant) -> Transit | None:
    """Return the transit still good now; a reboot or its time ends it."""
    transit = state.transit
    if transit is None or transit.boot != now.boot or now.bt >= transit.due_bt:
        return None
    return transit


def announce(asked: AnnounceTransit, ctx: Ctx, *, inside: bool) -> tuple[Fact, ...] | Refused:
    """Decide on an announcement whose leave inwards the suite has already judged."""
    if not asked.inwards and asked.visit and not inside:
        return refused("visit-not-inside")
    due = ctx.now.bt + ctx.profile.limit("transit_s") * NS
    return (TransitAnnounced(visit=asked.visit, inwards=asked.inwards, due_bt=due, boot=ctx.now.boot),)


def next_due(state: DoorsState) -> int | None:
    """Return when the present announcement runs out, boot-time ns."""
    return state.transit.due_bt if state.transit else None


def evolve(state: DoorsState, entry: Entry) -> DoorsState:
    """Return the door after one fact."""
    match entry.fact:
        case TransitAnnounced(visit=visit, inwards=inwards, due_bt=due_bt, boot=boot):
            return replace(state, transit=Transit(visit, inwards, entry.at, due_bt, boot))
        case TransitEnded():
            return replace(state, transit=None)
        case DoorOpened(announced=announced):
            return replace(state, open_since=entry.at, open_announced=announced)
        case DoorClosed():
            return replace(state, open_since=None, open_announced=False)
        case _:
            return state
