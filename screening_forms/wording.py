"""Words a form may not use, and characters nobody can see."""

from __future__ import annotations

import re
import unicodedata

BANNED = re.compile(
    r"\b(safe|ok|okay|clear|clears|cleared|good|fine|proceed|compatible|metal detector)\b", re.IGNORECASE
)
"""Words that promise what nobody can promise; the labels in `ALLOWED` are the exception."""

ALLOWED = re.compile(r"\bMR (Safe|Conditional|Unsafe)\b|\bmagnet-safe location\b")

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def banned(text: str) -> str:
    """Return what is wrong with the first promising word of a text, or ""."""
    found = BANNED.search(ALLOWED.sub("", text))
    return f"the word {found.group()!r} promises too much" if found else ""


def hidden(text: str) -> str:
    """Return what is wrong with the first invisible character of a text, or ""; newlines may stand."""
    for char in text:
        if char != "\n" and unicodedata.category(char) in _INVISIBLE:
            return f"the text holds the invisible character U+{ord(char):04X}"
    return ""
