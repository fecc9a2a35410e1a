"""Figures three lines high, for a clock that is read from across a room."""

from __future__ import annotations

_GLYPHS = {
    "0": ("█▀█", "█ █", "▀▀▀"),
    "1": (" █ ", " █ ", " ▀ "),
    "2": ("▀▀█", "█▀▀", "▀▀▀"),
    "3": ("▀▀█", "▀▀█", "▀▀▀"),
    "4": ("█ █", "▀▀█", "  ▀"),
    "5": ("█▀▀", "▀▀█", "▀▀▀"),
    "6": ("█▀▀", "█▀█", "▀▀▀"),
    "7": ("▀▀█", "  █", "  ▀"),
    "8": ("█▀█", "█▀█", "▀▀▀"),
    "9": ("█▀█", "▀▀█", "▀▀▀"),
    ":": ("▄", "▄", " "),
}


def figures(text: str) -> tuple[str, str, str]:
    """Return the three lines of some digits and colons; other characters are left out."""
    drawn = [_GLYPHS[char] for char in text if char in _GLYPHS]
    top, middle, low = (" ".join(glyph[n] for glyph in drawn) for n in range(3))
    return top, middle, low
