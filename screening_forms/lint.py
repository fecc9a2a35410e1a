"""Named rules a form must meet before anybody is asked its questions. All problems at once.

`lint` judges a form that was read; `lint_source` judges a file, where rules about the JSON itself
(`initial-answer`, `enable-behaviour`) and a refusal by the reader (`refused`) come in too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from screening_forms import strict_json
from screening_forms.answering import ADVERSE_ANSWERS, NOT_ASKED, UNKNOWN_ANSWERS, check, is_question
from screening_forms.enable_when import circles
from screening_forms.questionnaire import read_questionnaire
from screening_forms.types import EnableWhen, Form, FormError, Item, ItemType
from screening_forms.value import frozen
from screening_forms.wording import banned, hidden

MAX_QUESTION = 240
"""Longest text of an item in characters: three lines of an 80-column screen."""


@frozen
class LintProblem:
    """One broken rule: its name, the item's linkId or "", and what to change."""

    rule: str
    link_id: str
    message: str


Rule = Callable[[Form], Iterator[LintProblem]]


def lint(form: Form) -> tuple[LintProblem, ...]:
    """Return every problem of a form, rule by rule; an empty result is a clean form."""
    return tuple(problem for rule in RULES for problem in rule(form))


def lint_source(raw: bytes, name: str = "") -> tuple[LintProblem, ...]:
    """Return every problem of a form file, one that cannot be read included; never raises."""
    try:
        data = strict_json.parse(raw, name)
    except FormError as error:
        return (LintProblem("refused", "", str(error)),)
    problems = [problem for item in _raw_items(data) for problem in _raw_problems(item)]
    try:
        form = read_questionnaire(raw, name)
    except FormError as error:
        return (*problems, LintProblem("refused", error.link_id, str(error)))
    return (*problems, *lint(form))


def _raw_items(data: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(data, dict):
        return
    children = data.get("item")
    for child in children if isinstance(children, list) else ():
        if isinstance(child, dict):
            yield child
            yield from _raw_items(child)


def _raw_problems(item: dict[str, Any]) -> Iterator[LintProblem]:
    link_id = str(item.get("linkId", ""))[:64]
    options = item.get("answerOption")
    chosen = [o for o in options if isinstance(o, dict)] if isinstance(options, list) else []
    if "initial" in item or any("initialSelected" in option for option in chosen):
        yield LintProblem("initial-answer", link_id, "no question may start with an answer; remove it")
    conditions = item.get("enableWhen")
    if isinstance(conditions, list) and len(conditions) > 1 and "enableBehavior" not in item:
        yield LintProblem("enable-behaviour", link_id, "several conditions need enableBehavior all or any")


def is_screening(item: Item) -> bool:
    """Tell whether an item screens: a choice that offers an adverse answer such as yes or fail."""
    return item.type is ItemType.CHOICE and any(o.code in ADVERSE_ANSWERS for o in item.options)


def _each(rule: str, broken: Callable[[Item], str]) -> Rule:
    """Make a rule from a function that returns what is wrong with one item, or ""."""

    def judge(form: Form) -> Iterator[LintProblem]:
        for item in form.walk():
            message = broken(item)
            if message:
                yield LintProblem(rule, item.link_id, message)

    return judge


def _twice(rule: str, key: Callable[[Item], str], what: str) -> Rule:
    def judge(form: Form) -> Iterator[LintProblem]:
        counts = Counter(key(item) for item in form.walk())
        for item in form.walk():
            if key(item) and counts.pop(key(item), 0) > 1:
                yield LintProblem(rule, item.link_id, f"{what} {key(item)} stands more than once")

    return judge


def _without_answer(item: Item) -> str:
    if item.required and not is_question(item):
        return f"a {item.type.value} has no answer and cannot be required"
    return ""


def _shape(item: Item) -> str:
    if item.type is ItemType.GROUP and not item.items:
        return "a group needs items"
    if item.type is ItemType.DISPLAY and item.items:
        return "a displayed line cannot have items below it"
    return ""


def _options(item: Item) -> str:
    if item.type is not ItemType.CHOICE:
        return f"a {item.type.value} cannot have answer options" if item.options else ""
    codes = [option.code for option in item.options]
    if not codes:
        return "a choice needs answer options"
    if len(set(codes)) != len(codes) or len({option.display for option in item.options}) != len(codes):
        return "two answer options are the same"
    return f"{NOT_ASKED} is no answer and cannot be offered" if NOT_ASKED in codes else ""


def _unknown_answers(item: Item) -> str:
    codes = {option.code for option in item.options}
    lacking = sorted(UNKNOWN_ANSWERS - codes)
    if item.type is ItemType.CHOICE and "yes" in codes and lacking:
        return f"a yes or no question must also offer {', '.join(lacking)}"
    return ""


def _trigger_missing(item: Item) -> str:
    lacking = [o.code for o in item.options if o.code in ADVERSE_ANSWERS and o.code not in item.triggers]
    if is_screening(item) and lacking:
        return f"say what the answer {lacking[0]} sets off"
    return ""


def _trigger_stray(item: Item) -> str:
    stray = sorted(set(item.triggers) - {option.code for option in item.options})
    return f"{stray[0]} sets something off but is no answer option" if stray else ""


def _optional(item: Item) -> str:
    if (item.triggers or is_screening(item)) and not item.required:
        return "a question that can set something off must be required"
    return ""


def _code_missing(item: Item) -> str:
    if (item.triggers or is_screening(item)) and not item.code:
        return "a question that can set something off needs a code"
    return ""


def _bounds(item: Item) -> str:
    if item.minimum is not None and item.maximum is not None and item.minimum > item.maximum:
        return "the smallest permitted number is above the largest"
    return ""


def _texts(item: Item) -> tuple[str, ...]:
    return (item.text, item.help, *(option.display for option in item.options))


def _text_missing(item: Item) -> str:
    return "" if item.text.strip() else "the item has no text"


def _text_length(item: Item) -> str:
    size = len(item.text)
    return f"{size} characters; at most {MAX_QUESTION} fit on a screen" if size > MAX_QUESTION else ""


def _text_hidden(item: Item) -> str:
    return hidden("".join(_texts(item)))


def _banned_words(form: Form) -> Iterator[LintProblem]:
    if banned(form.title):
        yield LintProblem("banned-word", "", banned(form.title))
    for item in form.walk():
        message = next(filter(None, map(banned, _texts(item))), "")
        if message:
            yield LintProblem("banned-word", item.link_id, message)


def _conditions(form: Form) -> Iterator[LintProblem]:
    by_id = {item.link_id: item for item in form.walk()}
    for item in form.walk():
        for when in item.enable_when:
            target = by_id.get(when.question)
            if target is None:
                message = f"the condition names {when.question}, which is not in this form"
                yield LintProblem("enable-when-dangling", item.link_id, message)
            elif _mismatch(target, when):
                yield LintProblem("enable-when-answer", item.link_id, _mismatch(target, when))


def _mismatch(target: Item, when: EnableWhen) -> str:
    if not is_question(target):
        return f"the condition asks {target.link_id}, a {target.type.value} without an answer"
    if when.operator == "exists":
        return ""
    expected = check(target, when.answer)
    return f"no answer to {target.link_id} can be {when.answer!r}: {expected}" if expected else ""


def _cycles(form: Form) -> Iterator[LintProblem]:
    for link_id in circles(form):
        yield LintProblem("enable-when-cycle", link_id, "the item waits, in a circle, for its own answer")


RULES: tuple[Rule, ...] = (
    _twice("duplicate-link-id", lambda item: item.link_id, "linkId"),
    _twice("code-reused", lambda item: item.code, "code"),
    _conditions,
    _cycles,
    _each("required-without-answer", _without_answer),
    _each("item-shape", _shape),
    _each("answer-options", _options),
    _each("unknown-answers", _unknown_answers),
    _each("trigger-missing", _trigger_missing),
    _each("trigger-stray", _trigger_stray),
    _each("safety-optional", _optional),
    _each("code-missing", _code_missing),
    _each("bounds", _bounds),
    _each("text-missing", _text_missing),
    _each("text-length", _text_length),
    _each("text-hidden", _text_hidden),
    _banned_words,
)
