"""Which characters a keyboard may type, a paste may carry, and a screen may send to its terminal."""

from __future__ import annotations

import re
import unicodedata

_NOT_SHOWN = re.compile(r"\x1b[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)?|[\x80-\x9f]")
_DROPPED = frozenset({"Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def keyable(text: str) -> str:
    """Drop what no key types: C1 controls, format characters, surrogates, the replacement mark."""
    return text if text.isascii() else "".join(filter(_is_keyable, text))


def _is_keyable(ch: str) -> bool:
    return not "\x7f" < ch < "\xa0" and ch != "\ufffd" and unicodedata.category(ch) not in _DROPPED


def pasteable(text: str) -> str:
    """Return a paste with its line breaks and without any other control character."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(ch for ch in keyable(lines) if ch == "\n" or (ch >= " " and ch != "\x7f"))


def presentable(output: str) -> str:
    """Drop from output what no screen needs: OSC, DCS, APC, PM and SOS strings, and C1 controls."""
    return _NOT_SHOWN.sub("", output)
