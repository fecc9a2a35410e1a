"""Ending an emergency: the one thing about it that can be refused. Two steps and a count by eye."""

from __future__ import annotations

from mr_safety_console.domain.codec import Fact
from mr_safety_console.domain.context import elapsed
from mr_safety_console.domain.emergency_facts import (
    AskEmergencyEnd,
    EmergencyEndAsked,
    EmergencyEnded,
    EndEmergency,
)
from mr_safety_console.domain.emergency_state import EmergencyState
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.stamps import Moment

END_ASK_VALID_S = 600
"""Seconds within which the second step of ending must follow the first; a count takes minutes."""


def ask_end(state: EmergencyState, asked: AskEmergencyEnd, ctx: Moment) -> tuple[Fact, ...] | Refused:
    """Take the first of the two steps."""
    home = state.find(asked.emergency) if asked.emergency else state.current
    if home is None or home.ended is not None:
        return _NONE_OPEN
    return (EmergencyEndAsked(emergency=home.id, at=ctx.when),)


def end(state: EmergencyState, asked: EndEmergency, ctx: Moment) -> tuple[Fact, ...] | Refused:
    """Take the second step, with both counts made by eye."""
    home = state.find(asked.emergency) if asked.emergency else state.current
    if home is None or home.ended is not None:
        return _NONE_OPEN
    if home.end_asked is None or elapsed(ctx.when, home.end_asked).seconds > END_ASK_VALID_S:
        return _NOT_ASKED
    heads, kit = asked.head_count, asked.kit_count
    if heads is None or kit is None or heads < 0 or kit < 0 or not asked.by_eye:
        return _NOT_COUNTED
    if asked.stray != (asked.reason is not None):
        return _NO_REASON
    ended = EmergencyEnded(
        emergency=home.id,
        at=ctx.when,
        head_count=heads,
        kit_count=kit,
        stray=asked.stray,
        reason=asked.reason,
    )
    return (ended,)


_ANYONE = "whoever stands at the Zone IV door"
_NONE_OPEN = Refused(
    "emergency-not-open",
    "There is no open emergency to end.",
    "Nobody needs to",
    "Look at the log if one should be open.",
)
_NOT_ASKED = Refused(
    "emergency-end-two-steps",
    "Ending takes two steps, and the first has not been taken in the last ten minutes.",
    _ANYONE,
    "Ask to end it, count heads and kit by eye, then end it.",
)
_NOT_COUNTED = Refused(
    "emergency-end-count",
    "The number of heads and of pieces of kit in Zone IV, counted by eye, is missing.",
    _ANYONE,
    "Look into the room, count both, and give the two numbers.",
)
_NO_REASON = Refused(
    "emergency-stray-reason",
    "A stray emergency needs a reason, and only a stray one has one.",
    "whoever ends it",
    "Choose the reason from the list, or end it as a real one.",
)
