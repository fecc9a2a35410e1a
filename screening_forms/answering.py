"""Which questions are asked, which answers fit, what is still open, and what the answers set off.

Pure and stdlib only. An answer is one canonical string: an option's key, `true` or `false`, an
integer, a decimal, a day, a moment, a time, text, a quantity such as `70.5 kg`, or a small object as
JSON. Nothing here has a default answer, and whatever is not known counts as open or as positive,
never as a no. Where something repeats, an answer is found by its place (see `places`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from screening_forms.checking import (
    MAX_NUMBER,
    MAX_TEXT,
    OTHER,
    UNKNOWN_ANSWERS,
    check,
    has_control,
)
from screening_forms.enable_when import tree_of
from screening_forms.objects import coding_of
from screening_forms.places import NOT_ASKED, Answers, Place, for_person, is_blank, is_question
from screening_forms.types import Form, FormFinding, Item, ItemType, Option, Trigger
from screening_forms.value import frozen

__all__ = [
    "ADVERSE_ANSWERS",
    "MAX_NUMBER",
    "MAX_TEXT",
    "NOT_ASKED",
    "UNKNOWN_ANSWERS",
    "Answers",
    "Open",
    "asked",
    "asked_places",
    "check",
    "findings",
    "for_person",
    "has_control",
    "is_blank",
    "is_question",
    "missing",
    "open_among",
    "open_places",
    "stage_items",
    "triggered",
]

ADVERSE_ANSWERS = frozenset({"yes", "fail", "no-go"})
"""Answers that hold until looked into when a form says nothing of what they set off."""

PLAIN_NO = frozenset({"no", "n", "false", "none"})
"""Words a person reads as no and nothing else."""

NO_CODES = frozenset(
    {"http://loinc.org|LA32-8", "http://snomed.info/sct|373067005"}
    | {f"http://terminology.hl7.org/CodeSystem/v2-0136|{code}" for code in ("N", "NO")}
)
"""What LOINC, SNOMED CT and HL7's table 0136 call no, in whatever language it is shown."""

PLAIN_YES = frozenset({"yes", "y", "true", "la33-6", "373066001"})
"""Words and codes that mean yes, whatever stands beside them."""

_NOTHING: Mapping[str, bool] = {}


@frozen
class Open:
    """A place that keeps the form open: nothing stands there, or not what was expected."""

    place: str
    item: Item
    why: str


def asked_places(
    source: Form | Iterable[Item], answers: Answers, ruled: Mapping[str, bool] = _NOTHING
) -> list[Place]:
    """Return the places of the questions that apply under these answers, in reading order.

    `ruled` says what the form's own expressions came to, by place; without a word they hold.
    """
    places = tree_of(source).settle(answers, ruled)
    return [place for place in places if place.on and is_question(place.item)]


def asked(
    source: Form | Iterable[Item], answers: Answers, ruled: Mapping[str, bool] = _NOTHING
) -> tuple[Item, ...]:
    """Return the questions that apply under these answers, in reading order.

    A child applies only with its parent, under a question only once that question is answered.
    A condition on a question that does not exist, or that closes a circle, counts as met: in
    doubt the question is asked.
    """
    return tuple(place.item for place in asked_places(source, answers, ruled) if for_person(place.item))


def stage_items(form: Form, stage: str) -> tuple[Item, ...]:
    """Return every question of one stage in reading order, asked or not; "" means all stages."""
    return tuple(item for item in form.walk() if is_question(item) and stage in ("", item.stage))


def missing(form: Form, answers: Answers, stage: str = "") -> tuple[Item, ...]:
    """Return the asked questions still open: required and blank, or holding what is no valid answer.

    `stage` narrows the result; conditions are always judged on the whole form.
    """
    found = {id(one.item): one.item for one in open_places(form, answers) if stage in ("", one.item.stage)}
    return tuple(found.values())


def open_places(form: Form, answers: Answers, ruled: Mapping[str, bool] = _NOTHING) -> tuple[Open, ...]:
    """Return every place that keeps the form open, in reading order, with the reason."""
    return open_among(tree_of(form).settle(answers, ruled), answers)


def open_among(settled: Iterable[Place], answers: Answers) -> tuple[Open, ...]:
    """Return the same for a form whose places are settled already."""
    rounds: dict[str, list[Place]] = {}
    for place in settled:
        if place.on and place.item.type is not ItemType.DISPLAY:
            rounds.setdefault(place.base, []).append(place)
    return tuple(found for places in rounds.values() for found in _open(places, answers))


def _open(places: list[Place], answers: Answers) -> Iterator[Open]:
    """Yield what is open among the answers to one question, or the rounds of one group."""
    item = places[0].item
    if not is_question(item):
        if item.rules.min_occurs and len(places) < item.rules.min_occurs:
            yield Open(places[0].base, item, f"expected at least {item.rules.min_occurs} rounds")
        elif item.rules.max_occurs is not None and len(places) > item.rules.max_occurs:
            yield Open(places[-1].key, item, f"expected at most {item.rules.max_occurs} rounds")
        return
    given = [place for place in places if not is_blank(answers.get(place.key))]
    for place in given:
        wrong = check(item, answers[place.key])
        if wrong:
            yield Open(place.key, item, wrong)
    why = _count_wrong(item, len(given)) or _mixed(item, [answers[place.key] for place in given])
    if why:
        yield Open(next((p.key for p in places if p not in given), places[-1].key), item, why)


def _count_wrong(item: Item, count: int) -> str:
    needed = item.required or (item.rules.hidden and for_person(item))
    least = max(item.rules.min_occurs or 0, int(needed))
    if not needed and (count == 0 or item.rules.calculated):
        least = 0
    if count < least:
        return "is not answered" if least == 1 else f"expected at least {least} answers"
    most = item.rules.max_occurs
    return f"expected at most {most} answers" if most is not None and count > most else ""


def _mixed(item: Item, values: list[str]) -> str:
    alone = [option for option in item.options if option.exclusive and option.code in values]
    return f"“{alone[0].display}” cannot stand beside another answer" if alone and len(values) > 1 else ""


def findings(form: Form, answers: Answers, ruled: Mapping[str, bool] = _NOTHING) -> tuple[FormFinding, ...]:
    """Return what the answers set off, in reading order; answers to questions not asked are ignored."""
    found = []
    for place in asked_places(form, answers, ruled):
        item, value = place.item, answers.get(place.key)
        if value is None or is_blank(value):
            continue
        trigger = triggered(item, value)
        if trigger is not None:
            found.append(FormFinding(place.key, item.code, value, trigger))
    return tuple(found)


def triggered(item: Item, value: str) -> Trigger | None:
    """Return what this answer sets off, or None.

    An unknown answer (`unsure`, `refused`, `unable`) weighs at least as much as the worst known
    one, and never less than DETAIL. Where a form says nothing, an adverse answer is a hold.
    """
    if item.unannotated or (not item.triggers and _foreign(item)):
        return _unannotated(item, value)
    own = item.triggers.get(value)
    if item.type not in _WEIGHED:
        return own
    if value in UNKNOWN_ANSWERS or value.startswith(OTHER):
        return max((Trigger.DETAIL, *_weighed(item)), key=lambda trigger: trigger.rank)
    if own is None and not item.triggers and _adverse(item, value):
        return Trigger.HOLD_CLINICAL
    return own


_WEIGHED = (ItemType.CHOICE, ItemType.OPEN_CHOICE, ItemType.BOOLEAN)


def _foreign(item: Item) -> bool:
    """Tell whether a question offers the codes of others, of which this form says nothing."""
    return item.type in _WEIGHED and any(option.value for option in item.options)


def _adverse(item: Item, value: str) -> bool:
    return value in ADVERSE_ANSWERS or (item.type is ItemType.BOOLEAN and value == "true")


def _unannotated(item: Item, value: str) -> Trigger | None:
    """Return what an answer sets off in a form that says nothing of it: a plain no nothing, else a hold.

    What is neither yes nor no, such as a number or words, is to be read by a person.
    """
    if is_blank(value):
        return None
    if item.type is ItemType.BOOLEAN:
        return None if value == "false" else Trigger.HOLD_CLINICAL
    if item.type not in (ItemType.CHOICE, ItemType.OPEN_CHOICE):
        return Trigger.DETAIL
    option = next((option for option in item.options if option.code == value), None)
    return None if option is not None and _is_no(option) else Trigger.HOLD_CLINICAL


def _is_no(option: Option) -> bool:
    """Tell whether an option means no by a code known for it, or by the words a person reads.

    A code without its system means nothing by itself: `N` may stand for a neurostimulator.
    """
    coding = coding_of(option)
    if f"{coding.get('system')}|{coding.get('code')}" in NO_CODES:
        return True
    code = str(coding.get("code", "")).lower()
    return option.display.strip().lower() in PLAIN_NO and code not in PLAIN_YES


def _weighed(item: Item) -> tuple[Trigger, ...]:
    if item.triggers:
        return tuple(item.triggers.values())
    offered = ("true",) if item.type is ItemType.BOOLEAN else (option.code for option in item.options)
    return (Trigger.HOLD_CLINICAL,) if any(_adverse(item, value) for value in offered) else ()
