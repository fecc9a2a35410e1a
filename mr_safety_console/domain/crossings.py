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
from mr_safety_console.domain.value import frozen

MODULUS = 2**32
"""A device's totals begin anew after this many."""
LAST = 20
"""So many alarms of detectors are kept with what they were; one not explained yet is kept beyond."""
PASSAGES = ("transit-not-announced", "staff-crossing", "equipment-moved", "door-fault", "unknown")
"""What several quiet passages together may have been."""


@fact("counts-begun")
class CountsBegun(Fact):
    """From here a device's totals are followed; `heads` had the record in the room then.

    `directed`: the site says which way the device counts. `reason` is first, restarted, went-back or site;
    any but the first means that somebody may have passed uncounted.
    """

    point: str
    reason: str
    heads: int
    directed: bool
    device_boot: int
    total_in: int
    total_out: int


@fact("passages-counted")
class PassagesCounted(Fact):
    """A device counted passages, inwards and outwards by the site's plan, or `undirected` ones.

    `where` is door, closed (it stayed shut), test (a walk test) or unseen (nobody listened then).
    `presumed` of them belong to the announced crossing (of `visit`, or staff), `alarmed` rang.
    """

    point: str
    inwards: int
    outwards: int
    where: str
    total_in: int
    total_out: int
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

    `unopened` are unannounced openings with what was said of them; `doubted` openings and red
    alarms nobody could explain since the last count by eye. `told` is the difference told of: more
    heads by the device, or fewer below zero. `unknown` lists the alarms of a visit nobody could
    explain, `witness` those whose next pass follows a red alarm.
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
