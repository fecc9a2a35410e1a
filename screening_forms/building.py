"""The items of a QuestionnaireResponse from answers: what applies and is answered, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from screening_forms.enable_when import tree_of
from screening_forms.places import Answers, Place, is_blank, is_question
from screening_forms.types import Form, Item
from screening_forms.wire import to_wire

Ruled = Mapping[str, bool]


def applicable(form: Form, answers: Answers, ruled: Ruled) -> dict[str, Place]:
    """Return the places that apply, by key, in reading order."""
    return {place.key: place for place in tree_of(form).settle(answers, ruled) if place.on}


def response_items(form: Form, answers: Answers, ruled: Ruled) -> list[dict[str, Any]]:
    """Return the items of a response; the answers must fit their questions."""
    below: dict[str | None, list[list[Place]]] = {}
    last: dict[str, list[Place]] = {}
    for place in applicable(form, answers, ruled).values():
        beside = last.get(place.base)
        if beside is None:
            last[place.base] = beside = []
            above = None if place.parent is None else place.parent.key
            below.setdefault(above, []).append(beside)
        beside.append(place)
    return list(_items(below.get(None, []), below, answers))


Below = Mapping[str | None, list[list[Place]]]


def _items(groups: Iterable[list[Place]], below: Below, answers: Answers) -> Iterable[dict[str, Any]]:
    for places in groups:
        if is_question(places[0].item):
            yield from _question(places, below, answers)
            continue
        for place in places:
            children = list(_items(below.get(place.key, ()), below, answers))
            if children or (place.item.required and place is places[0]):
                yield {**_head(place.item), **({"item": children} if children else {})}


def _question(places: list[Place], below: Below, answers: Answers) -> Iterable[dict[str, Any]]:
    given = []
    for place in places:
        if is_blank(answers.get(place.key)):
            continue
        value = to_wire(place.item, answers[place.key])
        children = list(_items(below.get(place.key, ()), below, answers))
        given.append({**value, "item": children} if children else value)
    if given:
        yield {**_head(places[0].item), "answer": given}


def _head(item: Item) -> dict[str, Any]:
    return {"linkId": item.link_id, **({"text": item.text} if item.text else {})}
