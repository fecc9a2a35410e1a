"""The removal clock: how long since the first call, and how that stands to the site's target."""

from __future__ import annotations

from enum import StrEnum

from mr_safety_console.domain.context import Instant, elapsed
from mr_safety_console.domain.emergency_cards import CARDS
from mr_safety_console.domain.emergency_state import EmergencyState
from mr_safety_console.domain.value import frozen

OUT_STEP = "E6"
"""The step that stops the removal clock: the patient has left Zone IV."""
AMBER_PART = 0.75


class ClockColour(StrEnum):
    """How the removal clock is shown; never without its figure."""

    PLAIN = "plain"
    AMBER = "amber"
    RED = "red"


@frozen
class ClockView:
    """Whole seconds since the start; `stopped` once the patient is out of Zone IV.

    `continuous` is False when the machine restarted in between and the figure is wall time.
    """

    seconds: int
    colour: ClockColour
    continuous: bool
    stopped: bool = False


def removal_clock(
    state: EmergencyState, now: Instant, target_s: int, emergency: str = ""
) -> ClockView | None:
    """Return the removal clock of the open emergency, or of the named one; None without one.

    Amber from 75 % of the site's target in seconds, red from the target. The clock of an emergency
    nobody has to be taken out of stays plain.
    """
    home = state.find(emergency) if emergency else state.current
    if home is None:
        return None
    out = home.step(OUT_STEP)
    end = out.at if out else home.ended.at if home.ended else now
    ran = elapsed(end, home.since)
    removes = not home.about or any(CARDS[kind].removes for kind in home.about)
    colour = _colour(ran.seconds, target_s) if removes else ClockColour.PLAIN
    return ClockView(int(ran.seconds), colour, ran.continuous, stopped=end is not now)


def _colour(seconds: float, target_s: int) -> ClockColour:
    if seconds >= target_s:
        return ClockColour.RED
    return ClockColour.AMBER if seconds >= AMBER_PART * target_s else ClockColour.PLAIN
