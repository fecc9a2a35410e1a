"""Required questions that nobody will ever be asked: the form could never be finished as it was meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from screening_forms.places import is_question
from screening_forms.types import EnableWhen, Form, Item, ItemType

Mismatch = Callable[[Item, EnableWhen], str]


def unreachable(form: Form, mismatch: Mismatch) -> Iterator[tuple[Item, str]]:
    """Yield every required question that can never be asked, with the reason."""
    by_id = {item.link_id: item for item in form.walk()}
    work = [(item, "") for item in reversed(form.items)]
    while work:
        item, above = work.pop()
        why = above or _never(item, by_id, mismatch)
        if why and item.required and is_question(item):
            yield item, why
        below = why or ("it stands below a displayed line" if item.type is ItemType.DISPLAY else "")
        work += [(child, below) for child in reversed(item.items)]


def _never(item: Item, by_id: Mapping[str, Item], mismatch: Mismatch) -> str:
    never = [why for when in item.enable_when if (why := _cannot(when, by_id, mismatch))]
    if item.enable_any:
        return never[0] if never and len(never) == len(item.enable_when) else ""
    return never[0] if never else _contradiction(item, by_id)


def _cannot(when: EnableWhen, by_id: Mapping[str, Item], mismatch: Mismatch) -> str:
    """Return why a condition can never hold, or "": what cannot be judged counts as met, so it can."""
    target = by_id.get(when.question)
    if target is None or when.operator not in ("=", "exists"):
        return ""
    if when.operator == "exists":
        return mismatch(target, when) if when.answer == "true" else ""
    return mismatch(target, when)


def _contradiction(item: Item, by_id: Mapping[str, Item]) -> str:
    """Return which question would have to have two answers at once."""
    wanted: dict[str, set[str]] = {}
    for when in item.enable_when:
        target = by_id.get(when.question)
        if when.operator == "=" and target is not None and not target.repeats:
            wanted.setdefault(when.question, set()).add(when.answer)
    several = [question for question, answers in wanted.items() if len(answers) > 1]
    return f"{several[0]} would need several answers at once" if several else ""
