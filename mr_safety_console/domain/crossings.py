"""The ledger of crossings: what every detector alarm was, who passed unseen, and how many went in.

A device that counts who passes says so as running totals; only their growth since the last look
is told here, with what it was taken for. Heads in the magnet room stay a matter of the record and of eyes:
a device's count is held against them and never changes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from mr_safety_console.domain.codec import Command, Fact, command, fact
from mr_safety_console.domain.context import Instant
from mr_safety_console.domain.profile import PointKind, SiteProfile
from mr_safety_console.domain.value import frozen

MODULUS = 2**32
"""A device's totals begin anew after this many."""
LAST = 20
"""So many alarms of detectors are kept with what they were; one not explained yet is kept beyond."""
DOOR_BEFORE_MS, DOOR_AFTER_MS = 2_000, 3_000
"""A door that moved so long before an alarm, or so soon after, may have been what rang."""

FOUND = frozenset({"object-found", "patient-worn", "staff-item", "body-worn-unremovable"})
"""Dispositions of an alarm behind which there was an object."""
CAUSES: Mapping[str, str] = {
    "patient-worn": "patient",
    "body-worn-unremovable": "patient",
    "implant-suspected": "patient",
    "staff-item": "staff",
    "nuisance-equipment": "equipment",
    "nuisance-door": "door",
    "nuisance-environment": "surroundings",
    "object-found": "object",
    "unknown": "unknown",
}
"""What each disposition of a detector alarm comes to."""
PASSAGES = ("transit-not-announced", "staff-crossing", "equipment-moved", "door-fault", "unknown")
"""What several quiet passages together may have been."""


@fact("counts-begun")
class CountsBegun(Fact):
    """From here a device's totals are followed; `heads` had the record in the room then.

    `directed`: the site says which way the device counts. `reason` is first, restarted, went-back or site;
    any but the first means that somebody may have passed uncounted.
    """

    point: str
    device_boot: int
    total_in: int
    total_out: int
    heads: int
    directed: bool
    reason: str


@fact("passages-counted")
class PassagesCounted(Fact):
    """A device counted passages, inwards and outwards by the site's plan, or `undirected` ones.

    `where` is door, closed (it stayed shut), test (a walk test) or unseen (nobody listened then).
    `presumed` of them belong to the announced crossing (of `visit`, or staff), `alarmed` rang.
    """

    point: str
    total_in: int
    total_out: int
    inwards: int
    outwards: int
    where: str
    undirected: int = 0
    presumed: int = 0
    alarmed: int = 0
    visit: str = ""


@fact("passages-taken")
class PassagesTaken(Fact):
    """The door opened right after passages at the closed door: they count as through it."""

    point: str
    inwards: int
    outwards: int


@fact("passages-explained")
class PassagesExplained(Fact):
    """Somebody says what the quiet passages nobody had announced were."""

    count: int
    cause: str


@fact("counts-differ")
class CountsDiffer(Fact):
    """By the device's count there are `counted` people in the magnet room; the record has `recorded`."""

    point: str
    counted: int
    recorded: int


@fact("counts-settled")
class CountsSettled(Fact):
    """The device's count and the record do not differ any more."""

    heads: int


@command("observe-passages")
class ObservePassages(Command):
    """Given by the device watch: a device's running totals, as it calls the ways itself.

    `unseen`: nothing was believed of it for some time before. `span_ms` is how long ago the last totals
    were told, where they were held back because too many came.
    """

    point: str
    device_boot: int
    total_in: int
    total_out: int
    unseen: bool = False
    span_ms: int = 0


@frozen
class Late:
    """Passages at the closed door a moment ago."""

    at: Instant
    inwards: int
    outwards: int


@frozen
class Counter:
    """One counting device. By it, `base` plus `net` people are in the room since the last count by eye.

    `before` may stand between detector and door. `broken` says why its count is worth nothing until the next
    count by eye.
    """

    device_boot: int
    total_in: int
    total_out: int
    base: int
    directed: bool
    told: Instant
    net: int = 0
    before: int = 0
    lately: tuple[Late, ...] = ()
    broken: str = ""


@frozen
class Rung:
    """One detector alarm until somebody says what it was: `rings` times, High at any of them if `red`.

    `said` is its disposition, `moves` in ms the nearest movement of each door, negative for before it.
    """

    alarm: str
    no: int
    point: str
    at: Instant
    red: bool
    visits: tuple[str, ...] = ()
    rings: int = 1
    said: str = ""
    moves: Mapping[str, int] = field(default_factory=dict)


@frozen
class CrossingsState:
    """The ledger. `causes` and `openings` count dispositions, `explained` those of quiet passages.

    `unopened` are unannounced openings with what was said of them; `doubted` openings nobody could
    explain since the last count by eye. `told` is the difference told of: more heads by the device, or
    fewer below zero. `unknown` lists the alarms of a visit nobody could explain, `witness` those
    whose next pass follows a red alarm.
    """

    counters: Mapping[str, Counter] = field(default_factory=dict)
    moved: Instant | None = None
    door_moves: Mapping[str, Instant] = field(default_factory=dict)
    shut: Instant | None = None
    recent: tuple[Rung, ...] = ()
    causes: Mapping[str, int] = field(default_factory=dict)
    unopened: Mapping[str, str] = field(default_factory=dict)
    openings: Mapping[str, int] = field(default_factory=dict)
    doubted: int = 0
    presumed: int = 0
    quiet: int = 0
    open_quiet: int = 0
    explained: Mapping[str, int] = field(default_factory=dict)
    told: int = 0
    unknown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    witness: tuple[str, ...] = ()


FACTS = (CountsBegun, PassagesCounted, PassagesTaken, PassagesExplained, CountsDiffer, CountsSettled)


@frozen
class Difference:
    """What a device counted against what the record has: `by` heads more, or fewer below zero."""

    point: str
    counted: int
    recorded: int
    by: int


def difference(state: CrossingsState, heads: int) -> Difference | None:
    """Return the worst difference of any device to so many recorded heads; more people inside comes first.

    People who stood between detector and door are on neither side: they may have gone in uncounted.
    """
    found: list[Difference] = []
    for name, one in state.counters.items():
        counted = one.base + one.net
        if not one.directed or one.broken:
            continue
        if counted > heads:
            found.append(Difference(name, counted, heads, counted - heads))
        elif heads > counted + one.before:
            found.append(Difference(name, counted, heads, counted + one.before - heads))
    over = [one for one in found if one.by > 0]
    return max(over, key=lambda one: one.by, default=min(found, key=lambda one: one.by, default=None))


def suggests_door(rung: Rung, profile: SiteProfile) -> int | None:
    """Return by how many ms the watched door's movement came after an alarm, if it may be what rang.

    It suggests and decides nothing: the alarm wants its disposition and the person another pass.
    """
    point = profile.point(rung.point)
    if point is None:
        return None
    only = profile.of_kind(PointKind.DOOR, point.zone)
    door = point.door or (only[0].id if len(only) == 1 else "")
    moved_ms = rung.moves.get(door)
    if moved_ms is None or not -DOOR_BEFORE_MS <= moved_ms <= DOOR_AFTER_MS:
        return None
    return moved_ms


@frozen
class Precision:
    """What detector alarms were: how many of each cause since the record began, how many wait.

    `last` are the newest explained ones, at most twenty, `found` those of them with an object behind them.
    """

    causes: tuple[tuple[str, int], ...]
    waiting: int
    last: int
    found: int


def precision(state: CrossingsState) -> Precision:
    """Return how good a guess an alarm is here, from the ledger."""
    counted: dict[str, int] = {}
    for said, count in state.causes.items():
        cause = CAUSES.get(said, "unknown")
        counted[cause] = counted.get(cause, 0) + count
    order = tuple(dict.fromkeys(CAUSES.values()))
    told = [rung.said for rung in state.recent if rung.said]
    return Precision(
        causes=tuple((cause, counted[cause]) for cause in order if counted.get(cause)),
        waiting=sum(not rung.said for rung in state.recent),
        last=len(told[-LAST:]),
        found=sum(said in FOUND for said in told[-LAST:]),
    )
