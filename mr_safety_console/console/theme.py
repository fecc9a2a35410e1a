"""How things look: one palette, tones for states, the `mr-hc` theme, and the flash of alarms.

Colour never carries a meaning alone: every tone has a mark (`MARKS`) and the caller adds the word.
Each colour was chosen to fall on a distinct one of the 16 ANSI colours: high on red (1), medium on
bright yellow (11), low on cyan (6), simulated on bright magenta (13), unknown on grey (8).
There is no green in this console: nothing here says that a thing is all right.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from textual.theme import Theme

BLACK: Final = "#000000"
WHITE: Final = "#ffffff"
RED: Final = "#aa0000"
AMBER: Final = "#ffbf00"
CYAN: Final = "#00b7eb"
GREY: Final = "#5f5f5f"
PALE: Final = "#c0c0c0"
MAGENTA: Final = "#d75fff"
BLUE: Final = "#000080"

HIGH_HZ: Final = 2.0
"""Flash rate of a high alarm, inside the 1.4 to 2.8 Hz of the alarm standard's fast band."""
MEDIUM_HZ: Final = 0.6
"""Flash rate of a medium alarm, inside the 0.4 to 0.8 Hz of its slow band."""
FLASH_TICK_S: Final = 0.25
"""Half a period of the faster flash: a timer at this step shows both rates."""


class Tone(StrEnum):
    """The meaning of a piece of text; the style follows from it and never the other way round."""

    PLAIN = "plain"
    FAINT = "faint"
    TITLE = "title"
    KEY = "key"
    SELECTED = "selected"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    UNKNOWN = "unknown"
    STOP = "stop"
    HOLD = "hold"
    CONFIRM = "confirm"
    OVERRIDDEN = "overridden"
    DEFERRED = "deferred"
    REOPENED = "reopened"
    SIMULATED = "simulated"
    EMERGENCY = "emergency"


STYLES: Final[dict[Tone, str]] = {
    Tone.PLAIN: "",
    Tone.FAINT: PALE,
    Tone.TITLE: f"bold {WHITE}",
    Tone.KEY: f"bold {CYAN}",
    Tone.SELECTED: f"bold {WHITE} on {BLUE}",
    Tone.HIGH: f"bold {WHITE} on {RED}",
    Tone.MEDIUM: f"bold {BLACK} on {AMBER}",
    Tone.LOW: f"{BLACK} on {CYAN}",
    Tone.UNKNOWN: f"bold {WHITE} on {GREY}",
    Tone.STOP: f"bold {WHITE} on {RED}",
    Tone.HOLD: f"bold {AMBER}",
    Tone.CONFIRM: f"bold {CYAN}",
    Tone.OVERRIDDEN: f"bold {MAGENTA}",
    Tone.DEFERRED: f"bold underline {CYAN}",
    Tone.REOPENED: f"bold underline {AMBER}",
    Tone.SIMULATED: f"bold {BLACK} on {MAGENTA}",
    Tone.EMERGENCY: f"bold {WHITE} on {RED}",
}
"""Style of each tone, as literal colours so that no theme of a user can change a meaning."""

RESTING: Final[dict[Tone, str]] = {
    Tone.HIGH: f"bold {WHITE} on {BLACK}",
    Tone.EMERGENCY: f"bold {WHITE} on {BLACK}",
    Tone.MEDIUM: f"bold {AMBER} on {BLACK}",
}
"""Style of a flashing tone in its other half: as legible as the first."""

MARKS: Final[dict[Tone, str]] = {
    Tone.HIGH: "[!!]",
    Tone.MEDIUM: "[! ]",
    Tone.LOW: "[i ]",
    Tone.UNKNOWN: "▒",
    Tone.STOP: "■",
    Tone.HOLD: "▲",
    Tone.CONFIRM: "?",
    Tone.OVERRIDDEN: "≠",
    Tone.DEFERRED: "»",
    Tone.REOPENED: "◁",
    Tone.SIMULATED: "SIM",
    Tone.EMERGENCY: "!!!",
}
"""Symbol in front of the word of a state, the same in colour and without."""

UNKNOWN_WORD: Final = "▒ UNKNOWN"
"""The one way an unknown state is written; hatched, so that it differs without colour."""


def flash_on(tone: Tone, bt_ns: int) -> bool:
    """Tell whether a flashing tone is in its bright half at this instant of the boot-time clock."""
    rates = {Tone.HIGH: HIGH_HZ, Tone.EMERGENCY: HIGH_HZ, Tone.MEDIUM: MEDIUM_HZ}
    rate = rates.get(tone)
    return rate is None or int(bt_ns * rate * 2 // 1_000_000_000) % 2 == 0


def flashes(tone: Tone) -> bool:
    """Tell whether this tone is one of those that flash."""
    return tone in (Tone.HIGH, Tone.MEDIUM, Tone.EMERGENCY)


def style_of(tone: Tone, *, bright: bool = True) -> str:
    """Return the Textual style of a tone; `bright` is False in the resting half of a flash."""
    return STYLES[tone] if bright else RESTING.get(tone, STYLES[tone])


MR_HC: Final = Theme(
    name="mr-hc",
    primary=CYAN,
    secondary=PALE,
    warning=AMBER,
    error=RED,
    success=CYAN,
    accent=AMBER,
    foreground=WHITE,
    background=BLACK,
    surface=BLACK,
    panel="#1c1c1c",
    dark=True,
    text_alpha=1.0,
    variables={
        "footer-key-foreground": CYAN,
        "input-selection-background": BLUE,
        "block-cursor-background": BLUE,
        "block-cursor-foreground": WHITE,
        "border": PALE,
    },
)
"""High contrast on black, legible with 16 colours; register it and set it as the app's theme."""

CLASS_CSS: Final = "\n".join(
    (
        f".-high, .-stop, .-emergency {{ background: {RED}; color: {WHITE}; text-style: bold; }}",
        f".-medium {{ background: {AMBER}; color: {BLACK}; text-style: bold; }}",
        f".-low {{ background: {CYAN}; color: {BLACK}; }}",
        f".-unknown {{ background: {GREY}; color: {WHITE}; text-style: bold; }}",
        f".-hold {{ color: {AMBER}; text-style: bold; }}",
        f".-overridden {{ color: {MAGENTA}; text-style: bold; }}",
        f".-simulated {{ border: heavy {MAGENTA}; }}",
    )
)
"""The same tones as CSS classes, for whole widgets; add it to the app's CSS."""
