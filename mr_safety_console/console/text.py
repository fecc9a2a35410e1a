"""The one way text reaches a widget: cleaned, capped, and never as markup.

A plain string handed to Textual is markup: words in brackets vanish, a stray tag ends the app, an
escape sequence drives the terminal. Everything shown is therefore built here as `Content`.
"""

from __future__ import annotations

from functools import lru_cache

from textual.content import Content

from mr_safety_console.console.theme import Tone, style_of
from mr_safety_console.domain.text import clean

NEWLINE = "⏎"
DEFAULT_CAP = 256
BLOCK_CAP = 4_000

Part = str | bytes | Content | tuple[str | bytes, Tone]


def plain(value: str | bytes, *, cap: int = DEFAULT_CAP) -> str:
    """Return one line of at most `cap` inert characters; a line break is shown as a sign."""
    head = value[: cap * 4 + 4]
    text = head.decode("utf-8", "replace") if isinstance(head, bytes) else head
    one_line = text.replace("\r\n", NEWLINE).replace("\n", NEWLINE).replace("\r", NEWLINE)
    return clean(one_line, cap=cap)


@lru_cache(maxsize=2_048)
def txt(value: str | bytes, *, cap: int = DEFAULT_CAP, tone: Tone = Tone.PLAIN) -> Content:
    """Return content of one line for a widget, whatever the text says or hides."""
    return Content.styled(plain(value, cap=cap), style_of(tone))


def spans(*parts: Part, cap: int = DEFAULT_CAP) -> Content:
    """Join pieces into one line: plain text, `(text, tone)`, or content made here before.

    `cap` bounds each piece by itself, so that a long name cannot push a later piece away.
    """
    if any(isinstance(part, Content) for part in parts):
        return Content("").join([_piece(part, cap) for part in parts])
    return _joined(parts, cap)


@lru_cache(maxsize=2_048)
def _joined(parts: tuple[str | bytes | tuple[str | bytes, Tone], ...], cap: int) -> Content:
    """Join pieces once: most of what is painted again says what it said before."""
    return Content("").join([_piece(part, cap) for part in parts])


def _piece(part: Part, cap: int) -> Content:
    if isinstance(part, Content):
        return part
    if isinstance(part, tuple):
        return txt(part[0], cap=cap, tone=part[1])
    return txt(part, cap=cap)


def block(value: str | bytes, *, cap: int = BLOCK_CAP, tone: Tone = Tone.PLAIN) -> Content:
    """Return content that keeps its line breaks, for widgets of several lines."""
    head = value[: cap * 4 + 4]
    text = head.decode("utf-8", "replace") if isinstance(head, bytes) else head
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    inert = "\n".join(clean(one, cap=cap) for one in lines)
    short = inert if len(inert) <= cap else inert[: cap - 1] + "…"
    return Content.styled(short, style_of(tone))


def lines(*rows: Content) -> Content:
    """Stack rows into one content of several lines."""
    return Content("\n").join(rows)


def fit(content: Content, cells: int) -> Content:
    """Cut or pad content to exactly `cells` terminal cells; a cut is shown by an ellipsis."""
    cut = content.truncate(cells, ellipsis=True)
    return cut.pad_right(max(0, cells - cut.cell_length))


def columns(*cells: tuple[Content, int]) -> Content:
    """Lay contents side by side, each in its own number of cells, one blank between them."""
    return Content(" ").join([fit(content, width) for content, width in cells])
