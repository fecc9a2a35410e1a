"""Answers any form by itself, to see whether it can be answered at all. For tests and the survey only."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
from decimal import Decimal

from screening_forms.answering import check, for_person, is_blank, is_question, open_places
from screening_forms.compare import number, quantity
from screening_forms.enable_when import tree_of
from screening_forms.expressions import Standing, stand
from screening_forms.linear_regex import LinearPattern
from screening_forms.places import Place, nth
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
    """Yield where an answer is still to be given."""
    rounds: dict[str, list[Place]] = {}
    for place in tree_of(form).settle(standing.answers, standing.ruled):
        if place.on:
            rounds.setdefault(place.base, []).append(place)
    for places in rounds.values():
        item = places[0].item
        if not is_question(item):
            yield from _more_rounds(places)
        elif for_person(item):
            least = max(item.rules.min_occurs or 0, 1) if item.required or everything else 0
            keys = [nth(places[0].base, number + 1) for number in range(max(least, int(item.rules.hidden)))]
            blank = [key for key in keys if is_blank(standing.answers.get(key)) and key not in given_up]
            yield from ((key, item) for key in blank[:1])


def _more_rounds(places: list[Place]) -> Iterator[tuple[str, Item]]:
    item = places[0].item
    first = next((child for child in item.items if is_question(child)), None)
    if first is not None and len(places) < (item.rules.min_occurs or 0):
        yield f"{nth(places[0].base, len(places) + 1)}›{first.link_id}", first


def _still_open(form: Form, standing: Standing) -> str:
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
    year = f"20{dice.randint(10, 30)}"
    kinds = item.rules.kinds or ("Patient",)
    form = (item.rules.formats or ("text/plain",))[0].replace("*", "x-any")
    made = {
        ItemType.BOOLEAN: dice.sample(["true", "false"], 2),
        ItemType.INTEGER: _numbers(item, dice),
        ItemType.DECIMAL: _numbers(item, dice),
        ItemType.QUANTITY: _quantities(item, dice),
        ItemType.DATE: (f"{year}-0{dice.randint(1, 9)}-1{dice.randint(0, 9)}", *_near(item)),
        ItemType.DATETIME: (f"{year}-05-06T07:08:09Z", *_near(item)),
        ItemType.TIME: ("07:08:09", *_near(item)),
        ItemType.URL: ("https://example.org/a",),
        ItemType.OPEN_CHOICE: (f"text:{word}" for word in _words(item)),
        ItemType.REFERENCE: (f'{{"reference":"{name}/1"}}' for name in kinds),
        ItemType.ATTACHMENT: (f'{{"contentType":"{form}","data":"aGk="}}',),
    }
    yield from made.get(item.type, _words(item))


def _quantities(item: Item, dice: random.Random) -> Iterator[str]:
    unit = f" {item.rules.units[0].code}" if item.rules.units else ""
    bounds = [q for q in (quantity(item.rules.low), quantity(item.rules.high)) if q]
    yield from (f"{q[1]} {q[2]}".strip() for q in bounds)
    yield from (value + unit for value in _numbers(item, dice))


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


def _fitting(pattern: LinearPattern, most: int = 40) -> Iterator[str]:
    """Yield texts a pattern accepts, a shortest one of every length, by walking its states in layers."""
    layer = {0: ""}
    end = len(pattern.states) - 1
    for _ in range(most):
        work = list(layer)
        for state in work:
            test, after = pattern.states[state]
            for following in after if not callable(test) else ():
                if following not in layer:
                    layer[following] = layer[state]
                    work.append(following)
        if end in layer:
            yield layer[end]
        ahead: dict[int, str] = {}
        for state, text in layer.items():
            test, after = pattern.states[state]
            char = next((one for one in _SAMPLE if test(one)), "") if callable(test) else ""
            if char:
                ahead |= dict.fromkeys((one for one in after if one not in ahead), text + char)
        layer = ahead


_SAMPLE = string.digits + string.ascii_letters + string.punctuation + " \n"
