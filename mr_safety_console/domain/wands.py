"""Hand-held detectors: tested by a person each shift, and what they found on whom, one person at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from mr_safety_console.domain.codec import Command, Entry, Fact, command, fact
from mr_safety_console.domain.context import Ctx, Instant, Who
from mr_safety_console.domain.value import frozen
from mr_safety_console.domain.visit import Visit, expired, outlived
from mr_safety_console.domain.visit_facts import Leg

MANUAL = "manual="
"""Begins the detail of a detector pass made with a wand; the wand follows."""
PASSES_KEPT = 99


@fact("wand-tested")
class WandTested(Fact):
    """Somebody held the test piece to a wand; `answered` tells whether it did."""

    wand: str
    answered: bool


@fact("hand-passed")
class HandPassed(Fact):
    """Somebody went over one person with a wand, and found something or nothing.

    `visit` is a patient's or companion's, else `person` somebody here by name.
    """

    wand: str
    found: bool
    visit: str = ""
    person: str = ""


@command("prove-wand")
class ProveWand(Command):
    """I held the test piece to this wand; it answered, or it did not."""

    wand: str
    answered: bool


@command("record-hand-pass")
class RecordHandPass(Command):
    """I went over this one person with this wand: it raised nothing, or `found` something."""

    wand: str
    found: bool
    visit: str = ""
    person: str = ""


@frozen
class Tested:
    """The last test of a wand."""

    at: Instant
    by: tuple[Who, ...]
    answered: bool


@frozen
class WandsState:
    """The last test of each wand, and when hand-held passes were made, at most the newest ninety-nine."""

    tested: Mapping[str, Tested] = field(default_factory=dict)
    passes: tuple[Instant, ...] = ()


FACTS = (WandTested, HandPassed)


def proved(state: WandsState, wand: str, ctx: Ctx) -> bool:
    """Tell whether a wand answered the test piece this shift, and has not failed since."""
    known = state.tested.get(wand)
    valid_s = ctx.profile.limit("proof_test_valid_h") * 3600
    return known is not None and known.answered and not outlived(known.at, valid_s, ctx)


def manual(person: Visit, ctx: Ctx) -> bool:
    """Tell whether this visit's detector pass was made with a wand, and stands."""
    known = person.legs.get(Leg.DETECTOR_PASS)
    by_hand = known is not None and known.detail.startswith(MANUAL)
    return by_hand and person.stands(Leg.DETECTOR_PASS) and not expired(person, Leg.DETECTOR_PASS, ctx)


def this_shift(state: WandsState, ctx: Ctx) -> int:
    """Return how many hand-held passes were made within the length of a shift."""
    valid_s = ctx.profile.limit("proof_test_valid_h") * 3600
    return sum(not outlived(at, valid_s, ctx) for at in state.passes)


def evolve(state: WandsState, entry: Entry) -> WandsState:
    """Return wands and passes after one fact."""
    match entry.fact:
        case WandTested(wand=wand, answered=answered):
            tested = Tested(entry.at, entry.by, answered)
            return replace(state, tested={**state.tested, wand: tested})
        case HandPassed():
            return replace(state, passes=(*state.passes, entry.at)[-PASSES_KEPT:])
        case _:
            return state
