"""Reading the bar code of an implant, device or coil: text of a scanner in, a label or why not out."""

from __future__ import annotations

import re
from typing import Final

from devices.udi import gs1, hibc
from devices.udi.label import (
    LONGEST,
    LabelCheckError,
    LabelDateError,
    LabelDoubtError,
    LabelError,
    LabelFormError,
    LabelIssuerError,
    LabelTextError,
    UdiLabel,
)

__all__ = [
    "LONGEST",
    "LabelCheckError",
    "LabelDateError",
    "LabelDoubtError",
    "LabelError",
    "LabelFormError",
    "LabelIssuerError",
    "LabelTextError",
    "UdiLabel",
    "read_label",
]

_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_GS1: Final = ("]C1", "]d2", "]Q3", "]e0", "]J1")
_SEPARATORS = re.compile(r"<GS>|\{GS\}|\[GS\]|\u241d|\x1b\[19~")
"""How keyboard scanners spell GS (0x1d): in words, as a picture of it, or by the key F8."""
_OTHERS: Final = (
    ("=", "an ICCBBA code (ISBT 128)"),
    ("&", "an ICCBBA code (ISBT 128)"),
    ("[)>", "a code in an ISO/IEC 15434 envelope"),
    ("http", "a web address (GS1 Digital Link)"),
    ("HTTP", "a web address (GS1 Digital Link)"),
)


def read_label(text: str) -> UdiLabel:
    """Read what a scanner sent of one code. Pure; reads no network.

    Raises `LabelError` naming place and remedy: nothing is guessed, and nothing that does not fit
    its own check is returned.
    """
    text = _inert(text)
    identifier, text = text[:3] if _SYMBOLOGY.match(text) else "", _SYMBOLOGY.sub("", text, count=1)
    if text.startswith(("+", "*+")):
        return hibc.read(text)
    for start, name in _OTHERS:
        if text.startswith(start):
            raise LabelIssuerError(name)
    text = text.strip(" ")
    if identifier.startswith("]E"):
        return gs1.read_number(text)
    if not text.startswith(("(", gs1.GS, *"0123456789")):
        raise LabelIssuerError("a code of no issuer known here")
    return gs1.read(text, declared=identifier in _GS1)


def _inert(text: str) -> str:
    """Return text with its separators as GS. Raises `LabelTextError` for what no label holds."""
    if not text.strip():
        raise LabelTextError("the code", "it holds nothing")
    if len(text) > LONGEST:
        raise LabelTextError("the code", f"it is longer than {LONGEST} characters")
    text = _SEPARATORS.sub(gs1.GS, text)
    foreign = next((char for char in text if not (" " <= char <= "~" or char == gs1.GS)), None)
    if foreign is not None and not text.startswith("[)>"):
        raise LabelTextError("the code", f"it holds {foreign!a}, which no label has")
    return text
