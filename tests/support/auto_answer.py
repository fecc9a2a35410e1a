"""Answers any form by itself, to see whether it can be answered at all. For tests and the survey only."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
from decimal import Decimal

from screening_forms.answering import check, for_person, is_blank, is_question
from screening_forms.compare import number, quantity
from screening_forms.enable_when import tree_of
from screening_forms.expressions import Standing, stand
from screening_forms.linear_regex import LinearPattern
from screening_forms.places import nth
from screening_forms.types import Form, Item, ItemType

NOON = "2031-05-06T12:00:00+02:00"
ROUNDS = 40


def answered(form: Form, dice: random.Random, *, everything: bool) -> tuple[dict[str, str], str]:
    """Return answers that leave nothing open, or what stayed open after many rounds."""
    answers: dict[str, str] = {}
    given_up: set[str] = set()
    for _ in range(ROUNDS):
        standing = stand(form, answers, NOON)
        wanted = list(_wanted(form, standing, answers, given_up, everything))
        if not wanted:
            return answers, _still_open(form, standing)
        for key, item in wanted:
            value = suggest(item, dice, taken=[v for k, v in answers.items() if k.startswith(item.link_id)])
            if value is None:
                given_up.add(key)
            else:
                answers[key] = value
    return answers, "never settles"


def _wanted(
    form: Form, standing: Standing, answers: dict[str, str], given_up: set[str], everything: bool
) -> Iterator[tuple[str, Item]]:
    counts: dict[str, int] = {}
    for place in tree_of(form).settle(standing.answers, standing.ruled):
        item = place.item
        if not place.on:
            continue
        if not is_question(item):
            least = item.rules.min_occurs or 0
            beside = sum(1 for p in tree_of(form).ground.lay_out(standing.answers) if p.base == place.base)
            if place.key == place.base and beside < least:
                first = next((child for child in item.items if is_question(child)), None)
                if first is not None:
                    yield f"{nth(place.base, beside + 1)}›{first.link_id}", first
            continue
        if not for_person(item) or place.key in given_up:
            continue
        counts[place.base] = counts.get(place.base, 0) + 1
        least = max(item.rules.min_occurs or 0, 1) if item.required or everything else 0
        if item.rules.hidden:
            least = max(least, 1)
        blank = is_blank(standing.answers.get(place.key))
        if blank and least:
            yield place.key, item
        elif not blank and counts[place.base] < least and item.repeats:
            following = nth(place.base, counts[place.base] + 1)
            if is_blank(standing.answers.get(following)):
                yield following, item


def _still_open(form: Form, standing: Standing) -> str:
    from screening_forms.answering import open_places

    open_ = open_places(form, standing.answers, standing.ruled)
    if open_:
        return f"{open_[0].item.link_id}: {open_[0].why}"
    failed = [one for _, one in standing.failed if one.severity == "error"]
    return f"constraint {failed[0].key}: {failed[0].human}" if failed else ""


def suggest(item: Item, dice: random.Random, taken: list[str] | None = None) -> str | None:
    """Return an answer that fits the question, or None if none was found."""
    made = list(_candidates(item, dice))
    if item.type in (ItemType.CHOICE, ItemType.OPEN_CHOICE):
        dice.shuffle(made)
        made.sort(key=lambda value: value in (taken or ()))
    return next((value for value in made if check(item, value) is None), None)


def _candidates(item: Item, dice: random.Random) -> Iterator[str]:
    yield from item.rules.initial if item.rules.read_only else ()
    if item.options:
        alone = {option.code for option in item.options if option.exclusive}
        yield from (o.code for o in item.options if o.code not in alone or not item.repeats)
        yield from sorted(alone)
        return
    if isinstance(item.rules.pattern, LinearPattern):
        yield from _fitting(item.rules.pattern)
    yield from _of_kind(item, dice)


def _of_kind(item: Item, dice: random.Random) -> Iterator[str]:
    kind = item.type
    if kind is ItemType.BOOLEAN:
        yield from dice.sample(["true", "false"], 2)
    elif kind in (ItemType.INTEGER, ItemType.DECIMAL):
        yield from _numbers(item, dice)
    elif kind is ItemType.QUANTITY:
        unit = f" {item.rules.units[0].code}" if item.rules.units else ""
        bounds = [q for q in (quantity(item.rules.low), quantity(item.rules.high)) if q]
        yield from (f"{q[1]} {q[2]}".strip() for q in bounds)
        yield from (value + unit for value in _numbers(item, dice))
    elif kind is ItemType.DATE:
        yield from (f"20{dice.randint(10, 30)}-0{dice.randint(1, 9)}-1{dice.randint(0, 9)}", *_near(item))
    elif kind is ItemType.DATETIME:
        yield from (f"20{dice.randint(10, 30)}-05-06T07:08:09Z", *_near(item))
    elif kind is ItemType.TIME:
        yield from ("07:08:09", *_near(item))
    elif kind is ItemType.URL:
        yield "https://example.org/a"
    elif kind is ItemType.OPEN_CHOICE:
        yield from (f"text:{word}" for word in _words(item))
    elif kind is ItemType.REFERENCE:
        yield from (f'{{"reference":"{name}/1"}}' for name in item.rules.kinds or ("Patient",))
    elif kind is ItemType.ATTACHMENT:
        form = item.rules.formats[0] if item.rules.formats else "text/plain"
        yield f'{{"contentType":"{form.replace("*", "x-any")}","data":"aGk="}}'
    else:
        yield from _words(item)


def _near(item: Item) -> Iterator[str]:
    yield from (bound for bound in (item.rules.low, item.rules.high) if bound)


def _numbers(item: Item, dice: random.Random) -> Iterator[str]:
    low = Decimal(
        item.minimum if item.minimum is not None else -5 if item.maximum is None else item.maximum - 9
    )
    high = Decimal(item.maximum if item.maximum is not None else low + 99)
    if int(low) <= int(high):
        yield str(dice.randint(int(low), max(int(low), int(high))))
    for bound in (low, high, (low + high) / 2):
        if number(format(bound, "f")) is not None:
            yield format(bound, "f")


def _words(item: Item) -> Iterator[str]:
    least = item.rules.min_length or 1
    most = item.max_length or max(least, 12)
    yield ("abcd efgh" * (most // 9 + 1))[:most].strip().ljust(least, "x")
    yield "a" * least
    yield "1" * least


def _fitting(pattern: LinearPattern) -> Iterator[str]:
    """Yield the shortest text a pattern accepts, found by walking its states breadth first."""
    ways: dict[int, str] = {0: ""}
    work = [0]
    for state in work:
        test, after = pattern.states[state]
        step = ""
        if callable(test):
            step = next((char for char in _SAMPLE if test(char)), "")
            if not step:
                continue
        for following in after:
            if following not in ways:
                ways[following] = ways[state] + step
                work.append(following)
    end = len(pattern.states) - 1
    if end in ways:
        yield ways[end]


_SAMPLE = string.digits + string.ascii_letters + string.punctuation + " \n"
