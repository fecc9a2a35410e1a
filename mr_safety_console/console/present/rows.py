"""The pieces views are made of: rows with an optional key, and cells that shorten before they are cut."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from mr_safety_console.console.text import Part, spans
from mr_safety_console.console.theme import MARKS, Tone
from mr_safety_console.domain.refusal import Refused
from mr_safety_console.domain.value import frozen

GAP = "  "


@frozen
class Row:
    """One paragraph of a sheet. `key` makes it selectable; wrapped lines are indented by `indent`.

    Its `last` characters stay on one line where they fit on one.
    """

    content: Content
    key: str = ""
    indent: int = 2
    last: int = 0

    @property
    def plain(self) -> str:
        """Return the text alone."""
        return self.content.plain


def row(*parts: Part, key: str = "", indent: int = 2, cap: int = 256) -> Row:
    """Return a row of pieces."""
    return Row(spans(*parts, cap=cap), key, indent)


BLANK = row("")


def ended(*parts: Part, end: Part, key: str = "", indent: int = 2, cap: int = 256) -> Row:
    """Return a row whose end, an answer mostly, is never torn between two lines where it fits on one."""
    last = len(spans(end, cap=cap).plain)
    return Row(spans(*parts, "  ", end, cap=cap), key, indent, last)


def title(*parts: Part) -> Row:
    """Return a heading."""
    return row(*((part, Tone.TITLE) if isinstance(part, str) else part for part in parts))


def marked(tone: Tone, word: str) -> tuple[str, Tone]:
    """Return a word with the symbol of its tone, both in its style."""
    mark = MARKS.get(tone, "")
    return (f"{mark} {word}" if mark else word, tone)


def cells(width: int, *choices: tuple[Content, ...]) -> Content:
    """Lay cells side by side; each comes in variants, longest first, and the last cell gives way first.

    An empty variant drops its cell altogether.
    """
    picked = [0] * len(choices)
    while _width(choices, picked) > width:
        shrinkable = [n for n in range(len(choices) - 1, -1, -1) if picked[n] + 1 < len(choices[n])]
        if not shrinkable:
            break
        picked[shrinkable[0]] += 1
    shown = [choice[n] for choice, n in zip(choices, picked, strict=True) if choice[n].plain]
    line = Content(GAP).join(shown)
    return line if line.cell_length <= width else line.truncate(width, ellipsis=True)


def _width(choices: tuple[tuple[Content, ...], ...], picked: list[int]) -> int:
    shown = [choice[n].cell_length for choice, n in zip(choices, picked, strict=True) if choice[n].plain]
    return sum(shown) + len(GAP) * max(0, len(shown) - 1)


def wrapped(one: Row, width: int) -> list[Content]:
    """Return the lines of a row at a width; the second line on is indented."""
    if one.content.cell_length <= width:
        return [one.content]
    indent = min(one.indent, max(0, width - 12))
    found = _folded(one.content, width, indent)
    if not one.last or len(found[-1].plain.strip()) >= one.last:
        return found
    place = len(one.content.plain) - one.last
    end = one.content[place:]
    if end.cell_length > width - indent:
        return found
    return [*_folded(one.content[:place].rstrip(), width, indent), end.pad_left(indent)]


def _folded(content: Content, width: int, indent: int) -> list[Content]:
    rest = content.wrap(width)
    if len(rest) < 2 or not indent:
        return rest
    head = rest[0]
    tail = content[len(head.plain) :]
    tail = tail[len(tail.plain) - len(tail.plain.lstrip(" ")) :]
    return [head, *(line.pad_left(indent) for line in tail.wrap(width - indent))]


def why_rows(why: Refused) -> tuple[Row, ...]:
    """Return the three sentences of a refusal, a row each."""
    return (
        row("  ", ("why not: ", Tone.HOLD), why.reason, indent=4),
        row("  ", ("who can: ", Tone.FAINT), why.who_can, indent=4),
        row("  ", ("now: ", Tone.FAINT), why.what_now, indent=4),
    )


def plain(rows: Iterable[Row]) -> list[str]:
    """Return the text of rows, for tests and printouts."""
    return [one.plain for one in rows]
