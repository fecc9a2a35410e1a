"""Emergencies: opened with one press, told in steps, ended only by a count made by eye.

Everything but the ending is total: nothing gates it, nothing is refused, and an emergency nobody
has heard of is begun rather than lost. The fold only grows, so a record that arrives late, twice
or out of order leads to the same state.
"""

from __future__ import annotations

from mr_safety_console.domain.codec import Command, Fact
from mr_safety_console.domain.context import NS, Instant, Who, elapsed
from mr_safety_console.domain.emergency_cards import (
    CARDS,
    LETTERS,
    NOT_APPROVED,
    Card,
    CardStep,
    EmergencyKind,
)
from mr_safety_console.domain.emergency_clock import OUT_STEP, ClockColour, ClockView, removal_clock
from mr_safety_console.domain.emergency_ending import END_ASK_VALID_S, ask_end, end
from mr_safety_console.domain.emergency_facts import (
    COMMANDS,
    FACTS,
    AddEmergencyKind,
    AskEmergencyEnd,
    AttributeEmergency,
    ChooseEmergencyKind,
    EmergencyAttributed,
    EmergencyEndAsked,
    EmergencyEnded,
    EmergencyKeyAgain,
    EmergencyKindAdded,
    EmergencyKindChosen,
    EmergencyOpened,
    EmergencyStepStamped,
    EndEmergency,
    OpenEmergency,
    StampEmergencyStep,
    StrayReason,
)
from mr_safety_console.domain.emergency_fold import evolve
from mr_safety_console.domain.emergency_state import Emergency, EmergencyState, Ending, KindMark
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.stamps import Moment, fresh_id, stamped
from mr_safety_console.domain.text import clean

__all__ = [
    "CARDS",
    "COMMANDS",
    "END_ASK_VALID_S",
    "FACTS",
    "LETTERS",
    "NOT_APPROVED",
    "OUT_STEP",
    "PRESSES_ARE_ONE_S",
    "UNCHOSEN_S",
    "AddEmergencyKind",
    "AskEmergencyEnd",
    "AttributeEmergency",
    "Card",
    "CardStep",
    "ChooseEmergencyKind",
    "ClockColour",
    "ClockView",
    "Emergency",
    "EmergencyAttributed",
    "EmergencyEndAsked",
    "EmergencyEnded",
    "EmergencyKeyAgain",
    "EmergencyKind",
    "EmergencyKindAdded",
    "EmergencyKindChosen",
    "EmergencyOpened",
    "EmergencyState",
    "EmergencyStepStamped",
    "EndEmergency",
    "Ending",
    "KindMark",
    "Moment",
    "OpenEmergency",
    "StampEmergencyStep",
    "StrayReason",
    "decide",
    "evolve",
    "next_due",
    "on_tick",
    "removal_clock",
]

PRESSES_ARE_ONE_S = 2
"""Presses of the emergency key within this many seconds are one press."""
UNCHOSEN_S = 10
"""Seconds after which an emergency nobody has named counts as `other`."""

Facts = tuple[Fact, ...]


# --- deciding ----------------------------------------------------------------------------------


def decide(state: EmergencyState, asked: Command, ctx: Moment) -> Facts | Refused:
    """Return the facts of one command. Only the two steps of ending can be refused.

    A command of another module gives no facts.
    """
    match asked:
        case OpenEmergency():
            return _open(state, asked.emergency, ctx)
        case ChooseEmergencyKind() | AddEmergencyKind():
            return _name(state, asked.emergency, asked.about, ctx)
        case StampEmergencyStep():
            return _stamp(state, asked, ctx)
        case AttributeEmergency():
            home, begun = _home(state, asked.emergency, ctx)
            who = Who(clean(asked.person, cap=64), clean(asked.role, cap=32))
            return (*begun, EmergencyAttributed(emergency=home, who=who))
        case AskEmergencyEnd():
            return ask_end(state, asked, ctx)
        case EndEmergency():
            return end(state, asked, ctx)
        case _:
            return ()


def _open(state: EmergencyState, asked_id: str, ctx: Moment) -> Facts:
    """Open one, or go back to the one that stood open at that moment."""
    asked_id = clean(asked_id, cap=64) or fresh_id(ctx)
    known = state.find(asked_id)
    home = known if known and _covers(known, ctx.when) else _standing(state, ctx.when)
    if home is not None:
        return (EmergencyKeyAgain(emergency=home.id, alias=asked_id, press=ctx.when),)
    return (_begun(state, fresh_id(ctx) if known else asked_id, ctx),)


def _standing(state: EmergencyState, when: Instant) -> Emergency | None:
    """Return the emergency a press at that moment goes back to, if there is one."""
    if state.current is not None:
        return state.current
    past = [item for item in state.emergencies.values() if _covers(item, when)]
    return next((item for item in past if not _after(item.since, when)), None)


def _covers(item: Emergency, when: Instant) -> bool:
    return item.ended is None or not _after(when, item.ended.at)


def _begun(state: EmergencyState, emergency: str, ctx: Moment) -> EmergencyOpened:
    return EmergencyOpened(emergency=emergency, no=state.last_no + 1, press=ctx.when)


def _home(state: EmergencyState, asked_id: str, ctx: Moment) -> tuple[str, Facts]:
    """Return the id a recording belongs to, with the opening of a new one if nobody knows it."""
    asked_id = clean(asked_id, cap=64)
    home = state.find(asked_id) if asked_id else state.current
    if home is not None:
        return home.id, ()
    begun = _begun(state, asked_id or fresh_id(ctx), ctx)
    return begun.emergency, (begun,)


def _name(state: EmergencyState, asked_id: str, about: EmergencyKind, ctx: Moment) -> Facts:
    """Name a kind; a further one is added. Naming one after the end begins a new emergency."""
    known = state.find(asked_id)
    if known is not None and not _covers(known, ctx.when):
        home = _standing(state, ctx.when)
        asked_id = home.id if home else fresh_id(ctx)
    home_id, begun = _home(state, asked_id, ctx)
    home = state.find(home_id)
    named = {kind for kind, mark in home.kinds.items() if not mark.by_timer} if home else set()
    if named - {about}:
        return (*begun, EmergencyKindAdded(emergency=home_id, about=about, at=ctx.when))
    return (*begun, EmergencyKindChosen(emergency=home_id, about=about, at=ctx.when))


def _stamp(state: EmergencyState, asked: StampEmergencyStep, ctx: Moment) -> Facts:
    home, begun = _home(state, asked.emergency, ctx)
    mark = stamped(ctx, asked.earlier_s)
    step = EmergencyStepStamped(
        emergency=home,
        step=clean(asked.step, cap=16),
        at=mark.at,
        estimated=mark.estimated,
        entered=ctx.when,
    )
    return (*begun, step)


def _after(one: Instant, other: Instant) -> bool:
    return one.bt > other.bt if one.boot == other.boot else one.utc > other.utc


# --- timers ------------------------------------------------------------------------------------


def next_due(state: EmergencyState) -> int | None:
    """Return the boot-time ns at which the next timer is due, or None."""
    waiting = [item.since.bt + UNCHOSEN_S * NS for item in state.open if not item.kinds]
    return min(waiting, default=None)


def on_tick(state: EmergencyState, ctx: Moment) -> Facts:
    """Return what time alone brings: an emergency nobody named counts as other."""
    return tuple(
        EmergencyKindChosen(emergency=item.id, about=EmergencyKind.OTHER, at=ctx.now, by_timer=True)
        for item in state.open
        if not item.kinds and elapsed(ctx.now, item.since).seconds >= UNCHOSEN_S
    )
