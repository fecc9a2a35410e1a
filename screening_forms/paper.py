"""Any form as plain lines for paper: what is asked, when, and room to answer by hand."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from screening_forms.checking import offers_only
from screening_forms.translations import Translation
from screening_forms.types import EnableWhen, Form, Item, ItemType, Option

WIDTH = 78
BOX = "[ ]"
_ROOM = {
    ItemType.DATE: "date ____-__-__",
    ItemType.DATETIME: "date ____-__-__  time __:__",
    ItemType.TIME: "time __:__",
    ItemType.INTEGER: "________",
    ItemType.DECIMAL: "________",
    ItemType.QUANTITY: "________",
    ItemType.ATTACHMENT: "attached as: ________________________________",
    ItemType.REFERENCE: "refers to: ________________________________",
}
_UNSURE = ("Not sure", "Does not want to say", "Cannot answer")


def paper(form: Form, other: Translation | None = None) -> Iterator[str]:
    """Yield the lines of a form, at most `WIDTH` wide; nothing is filled in.

    Words in another language stand below the form's own, which alone are what is answered.
    """
    yield form.title or form.id or form.url or "A form without a title"
    if other:
        yield from _other(other, other.title(), "")
    named = (form.id, form.version, form.status, form.language, form.approval)
    yield "  ".join(part for part in named if part)
    if other:
        what = f"{other.language}: {other.approval} translation, for reading along. What counts is the answer"
        yield from _wrapped(f"{what} to the question in the language of the form ({form.language}).", "")
    yield ""
    yield "Name: ______________________________  Born: ____-__-__  Today: ____-__-__"
    by_id = {item.link_id: item for item in form.walk()}
    for item in form.items:
        yield from _item(item, 0, by_id, other)
    yield ""
    if any(item.ask_again for item in form.walk()):
        yield "* The reviewer asks this again by voice, beginning from blank."
    yield "A line left empty is not a no."
    yield ""
    yield "Answered by: ______________________________  Date and time: __________________"
    yield "Asked by:    ______________________________  Date and time: __________________"


def _item(item: Item, depth: int, by_id: dict[str, Item], other: Translation | None) -> Iterator[str]:
    indent = "  " * min(depth, 8)
    yield ""
    mark = "*" if item.ask_again else ""
    head = " ".join(
        part for part in (mark + (item.code or item.rules.prefix), item.text or item.link_id) if part
    )
    tail = " (required)" if item.required else ""
    yield from _wrapped(head + tail, indent)
    indent += "    "
    if other:
        yield from _other(other, other.text(item), indent)
    for line in (*_conditions(item, by_id), *_notes(item)):
        yield from _wrapped(line, indent)
    if other:
        yield from _other(other, other.help(item), indent)
    yield from _answers(item, indent, other)
    for child in item.items:
        yield from _item(child, depth + 1, by_id, other)


def _other(other: Translation, words: str, indent: str) -> Iterator[str]:
    if words:
        yield from _wrapped(f"{other.language}: {words}", indent)


def _wrapped(text: str, indent: str) -> Iterator[str]:
    for line in text.split("\n"):
        more = indent + "  "
        yield from textwrap.wrap(
            line, WIDTH, initial_indent=indent, subsequent_indent=more, break_on_hyphens=False
        )


def _conditions(item: Item, by_id: dict[str, Item]) -> Iterator[str]:
    if item.enable_when:
        joined = " or " if item.enable_any else " and "
        yield f"Only if {joined.join(_condition(when, by_id) for when in item.enable_when)}."
    if item.rules.enabled_by:
        yield f"Only if this holds: {item.rules.enabled_by}"


def _condition(when: EnableWhen, by_id: dict[str, Item]) -> str:
    target = by_id.get(when.question)
    name = (target.code or target.text or target.link_id) if target else when.question
    if when.operator == "exists":
        return f"“{name}” is {'' if when.answer == 'true' else 'not '}answered"
    options = target.options if target else ()
    shown = next((o.display for o in options if o.code == when.answer), when.answer)
    words = {"=": "is", "!=": "is not", ">": "is above", "<": "is below"}
    words |= {">=": "is at least", "<=": "is at most"}
    return f"“{name}” {words[when.operator]} {shown}"


def _notes(item: Item) -> Iterator[str]:
    rules = item.rules
    low = _bound(rules.low) or ("" if item.minimum is None else str(item.minimum))
    high = _bound(rules.high) or ("" if item.maximum is None else str(item.maximum))
    again = "may be filled in again" if item.type is ItemType.GROUP else "more than one answer may be given"
    told = {
        "": item.help,
        "from": low,
        "up to": high,
        "in": " or ".join(unit.display for unit in rules.units),
        "worked out by the form:": rules.calculated,
        "asked again by voice by:": rules.asked_by,
        "evidence:": ", ".join(rules.evidence),
        "resolver:": rules.resolver,
        "source:": rules.source,
    }
    yield from (f"{name} {value}".strip() for name, value in told.items() if value)
    if item.repeats:
        yield again
    for value in rules.initial:
        shown = next((o.display for o in item.options if o.code == value), value)
        yield f"the form proposes {shown}; it counts only once somebody has said so"


def _bound(text: str) -> str:
    """Return a bound as it is read aloud: a unit without the address of its system."""
    number, space, unit = text.partition(" ")
    return number + space + unit.rpartition("|")[2]


def _answers(item: Item, indent: str, other: Translation | None) -> Iterator[str]:
    if item.type in (ItemType.GROUP, ItemType.DISPLAY):
        return
    choices = [_choice(option, other.option(item, option.code) if other else "") for option in item.options]
    if item.type is ItemType.BOOLEAN:
        choices = ["Yes", "No", *_UNSURE]
    if choices:
        row = "   ".join(f"{BOX} {choice}" for choice in choices)
        short = len(indent + row) <= WIDTH
        for line in (row,) if short else (f"{BOX} {choice}" for choice in choices):
            yield from (indent + line,) if short else _wrapped(line, indent)
    if item.type is ItemType.OPEN_CHOICE:
        yield f"{indent}{BOX} other: ______________________________"
    elif not choices and not offers_only(item):
        yield indent + _ROOM.get(item.type, "_" * (WIDTH - len(indent)))


def _choice(option: Option, other: str) -> str:
    return f"{option.display} / {other}" if other else option.display
