"""Required questions that nobody will ever be asked: the form could never be finished as it was meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from screening_forms.enable_when import unjudgeable
from screening_forms.places import is_question
from screening_forms.types import Form, Item, ItemType


def unreachable(form: Form) -> Iterator[tuple[Item, str]]:
    """Yield every required question that can never be asked, with the reason."""
    by_id = {item.link_id: item for item in form.walk()}
    work = [(item, "") for item in reversed(form.items)]
    while work:
        item, above = work.pop()
        why = above or ("" if item.enable_any else _contradiction(item, by_id))
        if why and item.required and is_question(item):
            yield item, why
        below = why or ("it stands below a displayed line" if item.type is ItemType.DISPLAY else "")
        work += [(child, below) for child in reversed(item.items)]


def _contradiction(item: Item, by_id: Mapping[str, Item]) -> str:
    """Return which question would have to have two answers at once, or one and none."""
    wanted: dict[str, set[str]] = {}
    blank: set[str] = set()
    for when in item.enable_when:
        target = by_id.get(when.question)
        if target is None or unjudgeable(target, when):
            continue  # what cannot be judged counts as met
        if when.operator == "exists" and when.answer == "false":
            blank.add(when.question)
        elif when.operator == "exists":
            wanted.setdefault(when.question, set())
        elif when.operator == "=" and not target.repeats:
            wanted.setdefault(when.question, set()).add(when.answer)
    several = [question for question, answers in wanted.items() if len(answers) > 1]
    both = sorted(blank & wanted.keys())
    if several:
        return f"{several[0]} would need several answers at once"
    return f"{both[0]} would need an answer and none" if both else ""
