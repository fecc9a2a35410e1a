"""Make foreign text inert: nothing that drives a terminal, hides a word or grows without bound."""

from __future__ import annotations

import unicodedata

MARK = "·"
CUT = "…"
MAX_COMBINING = 2
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def clean(value: str | bytes, *, cap: int = 256) -> str:
    """Return text fit to show, at most `cap` characters.

    Every control, format, surrogate, private or unassigned character becomes a visible dot, so
    that nothing is dropped silently; a third combining mark on one letter becomes a dot too; a
    cut is shown by an ellipsis. Idempotent. Measured against terminal escapes, bidirectional
    overrides and zero-width characters.
    """
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    text = unicodedata.normalize("NFC", text[: cap * 4])
    out: list[str] = []
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        out.append(MARK if category in _HIDDEN or marks > MAX_COMBINING else char)
    if len(out) > cap or len(value) > cap * 4:
        return "".join(out[: cap - 1]) + CUT
    return "".join(out)


def was_changed(value: str | bytes, cleaned: str) -> bool:
    """Tell whether cleaning altered the text, so that the screen can mark it with a warning."""
    original = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    return unicodedata.normalize("NFC", original) != cleaned


def same_name(one: str, other: str) -> bool:
    """Tell whether two names have the same words, in whatever order they were written."""
    return sorted(_words(one)) == sorted(_words(other)) != []


def _words(name: str) -> list[str]:
    return name.replace(",", " ").casefold().split()
