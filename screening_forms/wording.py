"""Words a form may not use, and characters nobody can see."""

from __future__ import annotations

import re
import unicodedata

BANNED = re.compile(
    r"\b(safe|ok|okay|clear|clears|cleared|good|fine|proceed|compatible|metal detector)\b", re.IGNORECASE
)
"""Words that promise what nobody can promise; the labels in `ALLOWED` are the exception."""

BANNED_IN = {
    "de": re.compile(
        r"\b(sicher|sichere[nrms]?|ungefährlich|unbedenklich|freigegeben|in Ordnung|gut|kompatibel|"
        r"Metalldetektor|Metallsuchgerät)\b",
        re.IGNORECASE,
    ),
}
"""The same in other languages, by the first part of their tag; what English bans is banned in all."""

ALLOWED = re.compile(r"\bMR (Safe|Conditional|Unsafe)\b|\bmagnet-safe location\b")

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def banned(text: str, language: str = "en") -> str:
    """Return what is wrong with the first promising word of a text, or ""."""
    plain, own = ALLOWED.sub("", text), BANNED_IN.get(language.partition("-")[0])
    found = BANNED.search(plain) or (own.search(plain) if own else None)
    return f"the word {found.group()!r} promises too much" if found else ""


def hidden(text: str) -> str:
    """Return what is wrong with the first invisible character of a text, or ""; newlines may stand."""
    for char in text:
        if char != "\n" and unicodedata.category(char) in _INVISIBLE:
            return f"the text holds the invisible character U+{ord(char):04X}"
    return ""
