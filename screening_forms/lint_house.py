"""What this console asks of a form it is to ask people, beyond what holds for any form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from screening_forms.answering import ADVERSE_ANSWERS, UNKNOWN_ANSWERS
from screening_forms.lint_resource import LintProblem
from screening_forms.types import Form, Item, ItemType
from screening_forms.wording import banned

MAX_QUESTION = 240
"""Longest text of an item in characters: three lines of an 80-column screen."""

Rule = Callable[[Form], Iterator[LintProblem]]


def each(rule: str, broken: Callable[[Item], str]) -> Rule:
    """Make a rule from a function that returns what is wrong with one item, or ""."""

    def judge(form: Form) -> Iterator[LintProblem]:
        for item in form.walk():
            message = broken(item)
            if message:
                yield LintProblem(rule, item.link_id, message)

    return judge


def twice(rule: str, key: Callable[[Item], str], what: str) -> Rule:
    """Make a rule that no two items have the same key."""

    def judge(form: Form) -> Iterator[LintProblem]:
        counts = Counter(key(item) for item in form.walk())
        for item in form.walk():
            if key(item) and counts.pop(key(item), 0) > 1:
                yield LintProblem(rule, item.link_id, f"{what} {key(item)} stands more than once")

    return judge


def is_screening(item: Item) -> bool:
    """Tell whether an item screens: a choice that offers an adverse answer such as yes or fail."""
    return item.type is ItemType.CHOICE and any(o.code in ADVERSE_ANSWERS for o in item.options)


def texts(item: Item) -> tuple[str, ...]:
    """Return every text of an item that is shown."""
    return (item.text, item.help, *(option.display for option in item.options))


def _required_group(item: Item) -> str:
    wrong = item.required and item.type is ItemType.GROUP
    return "a group has no answer; say which of its questions are required" if wrong else ""


def _unknown_answers(item: Item) -> str:
    codes = {option.code for option in item.options}
    lacking = sorted(UNKNOWN_ANSWERS - codes)
    if item.type is ItemType.CHOICE and "yes" in codes and lacking:
        return f"a yes or no question must also offer {', '.join(lacking)}"
    return ""


def _trigger_missing(item: Item) -> str:
    if item.type is ItemType.BOOLEAN and not item.triggers:
        return "say what the answer true sets off, or ask with answers of its own"
    lacking = [o.code for o in item.options if o.code in ADVERSE_ANSWERS and o.code not in item.triggers]
    if is_screening(item) and lacking:
        return f"say what the answer {lacking[0]} sets off"
    return ""


def _trigger_stray(item: Item) -> str:
    known = {option.code for option in item.options} | ({"true"} if item.type is ItemType.BOOLEAN else set())
    stray = sorted(set(item.triggers) - known)
    return f"{stray[0]} sets something off but is no answer option" if stray else ""


def _optional(item: Item) -> str:
    if (item.triggers or is_screening(item)) and not item.required:
        return "a question that can set something off must be required"
    return ""


def _code_missing(item: Item) -> str:
    if (item.triggers or is_screening(item)) and not item.code:
        return "a question that can set something off needs a code"
    return ""


def _initial(item: Item) -> str:
    return "no question may start with an answer; remove it" if item.rules.initial else ""


def _beyond_console(item: Item) -> str:
    beyond = item.type not in _ON_CONSOLE or item.repeats or item.rules.calculated or item.rules.enabled_by
    return "the console's own screens cannot ask this; for exchange and paper only" if beyond else ""


_ON_CONSOLE = (
    *(ItemType.GROUP, ItemType.DISPLAY, ItemType.CHOICE, ItemType.BOOLEAN, ItemType.INTEGER),
    *(ItemType.DECIMAL, ItemType.DATE, ItemType.STRING, ItemType.TEXT),
)


def _text_missing(item: Item) -> str:
    return "" if item.text.strip() else "the item has no text"


def _text_length(item: Item) -> str:
    size = len(item.text)
    return f"{size} characters; at most {MAX_QUESTION} fit on a screen" if size > MAX_QUESTION else ""


def _deferred(form: Form) -> Iterator[LintProblem]:
    """An item is put off to a later stage of its own form; one without stages is done in one go."""
    order = list(dict.fromkeys(item.stage for item in form.walk() if item.stage))
    for item in form.walk():
        later = order[order.index(item.stage) + 1 :] if item.stage else []
        if item.defer and item.defer not in later:
            what = f"{item.defer} is no later stage of this form; an item is put off to one after its own"
            yield LintProblem("defer-stage", item.link_id, what)


def _identity(form: Form) -> Iterator[LintProblem]:
    for name in ("id", "url", "version", "title", "language"):
        if not getattr(form, name):
            what = "a form is named, versioned and in a language, or no response can be held against it"
            yield LintProblem("identity", "", what, name)


def _banned_words(form: Form) -> Iterator[LintProblem]:
    if banned(form.title):
        yield LintProblem("banned-word", "", banned(form.title))
    for item in form.walk():
        message = next(filter(None, map(banned, texts(item))), "")
        if message:
            yield LintProblem("banned-word", item.link_id, message)


HOUSE_RULES: tuple[Rule, ...] = (
    _identity,
    twice("code-reused", lambda item: item.code, "code"),
    each("required-without-answer", _required_group),
    each("initial-answer", _initial),
    each("unknown-answers", _unknown_answers),
    each("trigger-missing", _trigger_missing),
    each("trigger-stray", _trigger_stray),
    each("safety-optional", _optional),
    each("code-missing", _code_missing),
    each("beyond-console", _beyond_console),
    _deferred,
    each("text-missing", _text_missing),
    each("text-length", _text_length),
    _banned_words,
)
"""What this console asks of a form it is to ask people."""
