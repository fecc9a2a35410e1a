"""Permits to work in Zone III and IV without a patient: who, for how long, and tools counted in and out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from enum import StrEnum

from mr_safety_console.domain.codec import Command, Entry, Fact, Private, command, fact
from mr_safety_console.domain.context import NS, Instant, Who, elapsed
from mr_safety_console.domain.value import frozen

LONGEST_MIN = 480
"""No permit lasts longer than eight hours."""


class PermitKind(StrEnum):
    """What the work is."""

    CLEANING = "cleaning"
    SERVICE = "service"
    BUILDING_WORK = "building-work"
    OTHER = "other"


@fact("permit-opened")
class PermitOpened(Fact):
    """Somebody may work in a zone for `valid_s` seconds, with so many tools; `no` is said aloud (W3)."""

    subject: str
    permit: str
    no: int
    kind_of: PermitKind
    holder: Private[str]
    tools_told: Private[str]
    tools: int
    zone: str
    valid_s: int


@fact("tools-counted")
class ToolsCounted(Fact):
    """The tools of a permit were counted."""

    permit: str
    tools: int


@fact("permit-overran")
class PermitOverran(Fact):
    """A permit is still open after its time."""

    permit: str


@fact("permit-closed")
class PermitClosed(Fact):
    """The work is over: tools out as in, nobody of it inside, the room swept. Not handed back yet."""

    permit: str
    tools: int


@fact("permit-handed-back")
class PermitHandedBack(Fact):
    """The room is the patients' again: its detectors were tested after the work."""

    permit: str


@command("open-permit")
class OpenPermit(Command):
    """Let somebody work in a zone, for some minutes and with tools counted in."""

    kind_of: str
    holder: str
    tools_told: str
    tools: int
    zone: str
    minutes: int


@command("count-tools")
class CountTools(Command):
    """The tools of this permit, counted now."""

    permit: str
    tools: int


@command("close-permit")
class ClosePermit(Command):
    """The work is over: so many tools came out; `swept` says that the room was looked over."""

    permit: str
    tools: int
    swept: bool


@command("hand-back")
class HandBack(Command):
    """The room was tested after the work and is the patients' again."""

    permit: str


@frozen
class Permit:
    """One permit that is not handed back. `counted` is the last count of its `tools`."""

    id: str
    no: int
    kind: PermitKind
    holder: str
    tools_told: str
    tools: int
    counted: int
    zone: str
    since: Instant
    valid_s: int
    over: bool = False
    closed: Instant | None = None
    by: tuple[Who, ...] = ()


@frozen
class PermitsState:
    """Permits not handed back, by id, and the counter said aloud."""

    open: Mapping[str, Permit] = field(default_factory=dict)
    last_no: int = 0


FACTS = (PermitOpened, ToolsCounted, PermitOverran, PermitClosed, PermitHandedBack)


def left_s(permit: Permit, now: Instant) -> float:
    """Return the seconds a permit has still to run; a reboot goes on from the wall clock."""
    return permit.valid_s - elapsed(now, permit.since).seconds


def working(state: PermitsState, now: Instant, zone: str = "IV") -> bool:
    """Tell whether any permit lets somebody work in a zone now."""
    return any(
        one.closed is None and one.zone == zone and left_s(one, now) > 0 for one in state.open.values()
    )


def overdue(state: PermitsState, now: Instant) -> tuple[Permit, ...]:
    """Return the permits whose time is up, and of which nobody was told yet."""
    return tuple(one for one in _running(state) if left_s(one, now) <= 0)


def _running(state: PermitsState) -> tuple[Permit, ...]:
    return tuple(one for one in state.open.values() if one.closed is None and not one.over)


def next_due(state: PermitsState, now: Instant) -> int | None:
    """Return the boot-time ns at which the next permit runs out, or None."""
    return min((now.bt + int(left_s(one, now) * NS) for one in _running(state)), default=None)


def evolve(state: PermitsState, entry: Entry) -> PermitsState:
    """Return the permits after one fact."""
    told = entry.fact
    if isinstance(told, PermitOpened):
        return _opened(state, told, entry)
    permit = state.open.get(getattr(told, "permit", ""))
    if permit is None:
        return state
    if isinstance(told, PermitHandedBack):
        return replace(state, open={k: v for k, v in state.open.items() if k != permit.id})
    return replace(state, open={**state.open, permit.id: _changed(permit, entry)})


def _opened(state: PermitsState, told: PermitOpened, entry: Entry) -> PermitsState:
    permit = Permit(
        id=told.permit,
        no=told.no,
        kind=told.kind_of,
        holder=told.holder,
        tools_told=told.tools_told,
        tools=told.tools,
        counted=told.tools,
        zone=told.zone,
        since=entry.at,
        valid_s=told.valid_s,
        by=entry.by,
    )
    return replace(state, open={**state.open, permit.id: permit}, last_no=max(state.last_no, told.no))


def _changed(permit: Permit, entry: Entry) -> Permit:
    match entry.fact:
        case ToolsCounted(tools=tools):
            return replace(permit, counted=tools)
        case PermitOverran():
            return replace(permit, over=True)
        case PermitClosed(tools=tools):
            return replace(permit, counted=tools, over=False, closed=entry.at)
        case _:
            return permit
