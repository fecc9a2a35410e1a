"""Which questions stand on one page: never more than seven, and no more than stand there whole."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache

from textual.content import Content

from mr_safety_console.console.present import answers, review
from mr_safety_console.console.present.interview import PER_PAGE, Interview
from mr_safety_console.console.present.rows import Row, wrapped
from screening_forms.types import Item


def page_of(held: Interview, cursor: str) -> tuple[tuple[Item, ...], int, int]:
    """Return the questions of the page the cursor stands on, which it is (from 0), and how many there are."""
    begins = starts(held)
    ids = [item.link_id for item in held.items]
    number = bisect_right(begins, ids.index(cursor) if cursor in ids else 0) - 1
    ends = (*begins[1:], len(ids))
    return held.items[begins[number] : ends[number]], number, len(begins)


def turned(held: Interview, cursor: str, by: int) -> str:
    """Return the first question of the page before or after; at either end the first or the last question."""
    begins = starts(held)
    _, number, pages = page_of(held, cursor)
    if not held.items:
        return cursor
    if number + by >= pages:
        return held.items[-1].link_id
    return held.items[begins[max(0, number + by)]].link_id


def starts(held: Interview) -> tuple[int, ...]:
    """Return the place of the first question of each page.

    A page has room for whichever of its questions the cursor stands on, and for the longest answer of
    each: nothing moves to another page while it is answered.
    """
    width, lines = held.room
    found, used, most = [0], 0, 0
    for place, item in enumerate(held.items):
        plain = _height(held, item, width, here=False) if lines else 0
        more = _height(held, item, width, here=True) - plain if lines else 0
        count = place - found[-1]
        if count and (count == PER_PAGE or used + plain + max(most, more) > lines > 0):
            found.append(place)
            used = most = 0
        used, most = used + plain, max(most, more)
    return tuple(found)


def _height(held: Interview, item: Item, width: int, *, here: bool) -> int:
    rows = review.question(held, item, _longest(held, item), item.link_id, here=here)
    wrong = 1 if item.link_id in held.wrong else 0
    return wrong + sum(_lines(one.content.plain, one.indent, one.last, width) for one in rows)


def _longest(held: Interview, item: Item) -> str | None:
    if not answers.is_chosen(item):
        return held.answers.get(item.link_id)
    return max(answers.options(item), key=lambda option: len(option.display)).code


@lru_cache(maxsize=4_096)
def _lines(text: str, indent: int, last: int, width: int) -> int:
    return len(wrapped(Row(Content(text), "", indent, last), width))
