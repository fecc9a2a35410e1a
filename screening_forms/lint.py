"""Named rules a form must meet before anybody is asked its questions. All problems at once.

`lint` judges a form that was read; `lint_source` judges a file: FHIR's own rules first, then the
reader's refusal (`refused`), then those of `lint`. Rules that HL7 numbered carry HL7's id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from screening_forms import strict_json
from screening_forms.answering import ADVERSE_ANSWERS, NOT_ASKED, UNKNOWN_ANSWERS, check, is_question
from screening_forms.checking import offers_only
from screening_forms.compare import order_of
from screening_forms.enable_when import circles
from screening_forms.lint_fhir import LintProblem, lint_fhir
from screening_forms.lint_reach import unreachable
from screening_forms.lint_words import untranslated
from screening_forms.questionnaire import read_questionnaire
from screening_forms.types import EnableWhen, Form, FormError, Item, ItemType
from screening_forms.wording import banned, hidden

__all__ = ["HOUSE_RULES", "MAX_QUESTION", "RULES", "LintProblem", "is_screening", "lint", "lint_source"]

MAX_QUESTION = 240
"""Longest text of an item in characters: three lines of an 80-column screen."""

Rule = Callable[[Form], Iterator[LintProblem]]
_CHOICES = (ItemType.CHOICE, ItemType.OPEN_CHOICE)
_ORDERED = (ItemType.CHOICE, ItemType.OPEN_CHOICE, ItemType.BOOLEAN, ItemType.REFERENCE, ItemType.ATTACHMENT)


def lint(form: Form, *, house: bool = True) -> tuple[LintProblem, ...]:
    """Return every problem of a form, rule by rule; an empty result is a clean form.

    Without `house` only what holds for any form is judged, not what this console asks of its own.
    """
    rules = (*RULES, *HOUSE_RULES) if house else RULES
    paths = _paths(form)
    return tuple(_placed(problem, paths) for rule in rules for problem in rule(form))


def lint_source(
    raw: bytes, name: str = "", *, house: bool = True, imported: bool = False
) -> tuple[LintProblem, ...]:
    """Return every problem of a form file, one that cannot be read included; never raises."""
    try:
        data = strict_json.parse(raw, name, imported=imported)
    except FormError as error:
        return (LintProblem("refused", "", str(error)),)
    problems = [*lint_fhir(data), *untranslated(data)]
    try:
        form = read_questionnaire(raw, name, imported=imported)
    except FormError as error:
        path = error.path.removeprefix(f"{name}: ").removeprefix(name)
        return (*problems, LintProblem("refused", error.link_id, str(error), path))
    told = {(problem.rule, problem.link_id) for problem in problems}
    more = (p for p in lint(form, house=house) if (p.rule, p.link_id) not in told)
    return (*problems, *more)


def _paths(form: Form) -> dict[str, str]:
    found: dict[str, str] = {}
    work = [(item, f"item[{index}]") for index, item in enumerate(form.items)]
    while work:
        item, path = work.pop()
        found.setdefault(item.link_id, path)
        work += [(child, f"{path}.item[{index}]") for index, child in enumerate(item.items)]
    return found


def _placed(problem: LintProblem, paths: dict[str, str]) -> LintProblem:
    path = paths.get(problem.link_id, "")
    return LintProblem(problem.rule, problem.link_id, problem.message, problem.path or path)


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


def _required_line(item: Item) -> str:
    wrong = item.required and item.type is ItemType.DISPLAY
    return "a displayed line is neither required nor repeated" if wrong else ""


def _required_group(item: Item) -> str:
    wrong = item.required and item.type is ItemType.GROUP
    return "a group has no answer; say which of its questions are required" if wrong else ""


def _empty_group(item: Item) -> str:
    return "a group should have items" if item.type is ItemType.GROUP and not item.items else ""


def _full_line(item: Item) -> str:
    wrong = item.type is ItemType.DISPLAY and item.items
    return "a displayed line cannot have items below it" if wrong else ""


def _stray_options(item: Item) -> str:
    stray = item.options and item.type not in _CHOICES and not offers_only_fits(item)
    return f"a {item.type.value} cannot have answer options" if stray else ""


def offers_only_fits(item: Item) -> bool:
    """Tell whether the item's type may have its answers limited to options."""
    simple = (ItemType.STRING, ItemType.INTEGER, ItemType.DATE, ItemType.TIME)
    return offers_only(item) and item.type in simple


def _options(item: Item) -> str:
    if not item.options:
        return "a choice needs answer options" if item.type is ItemType.CHOICE else ""
    codes = [option.code for option in item.options]
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


def _bounds(item: Item) -> str:
    if item.minimum is not None and item.maximum is not None and item.minimum > item.maximum:
        return "the smallest permitted number is above the largest"
    low, high = item.rules.low, item.rules.high
    if low and high and order_of(item, low, high) == 1:
        return "the smallest permitted answer is above the largest"
    least, most = item.rules.min_length, item.max_length
    if least is not None and most is not None and least > most:
        return "the least length is above the greatest"
    fewest, most = item.rules.min_occurs, item.rules.max_occurs
    if fewest is not None and most is not None and fewest > most:
        return "the least number of answers is above the greatest"
    return ""


def _initial(item: Item) -> str:
    return "no question may start with an answer; remove it" if item.rules.initial else ""


def _initial_fits(item: Item) -> str:
    wrong = [value for value in item.rules.initial if check(item, value)]
    return f"the proposed answer does not fit: {check(item, wrong[0])}" if wrong else ""


def _beyond_console(item: Item) -> str:
    beyond = item.type not in _ON_CONSOLE or item.repeats or item.rules.calculated or item.rules.enabled_by
    return "the console's own screens cannot ask this; for exchange and paper only" if beyond else ""


_ON_CONSOLE = (
    *(ItemType.GROUP, ItemType.DISPLAY, ItemType.CHOICE, ItemType.BOOLEAN, ItemType.INTEGER),
    *(ItemType.DECIMAL, ItemType.DATE, ItemType.STRING, ItemType.TEXT),
)


def _texts(item: Item) -> tuple[str, ...]:
    return (item.text, item.help, *(option.display for option in item.options))


def _text_missing(item: Item) -> str:
    return "" if item.text.strip() else "the item has no text"


def _text_length(item: Item) -> str:
    size = len(item.text)
    return f"{size} characters; at most {MAX_QUESTION} fit on a screen" if size > MAX_QUESTION else ""


def _text_hidden(item: Item) -> str:
    return hidden("".join(_texts(item)))


def _identity(form: Form) -> Iterator[LintProblem]:
    for name in ("id", "url", "version", "title", "language"):
        if not getattr(form, name):
            what = "a form is named, versioned and in a language, or no response can be held against it"
            yield LintProblem("identity", "", what, name)


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
            elif mismatch(target, when):
                yield LintProblem("enable-when-answer", item.link_id, mismatch(target, when))


def mismatch(target: Item, when: EnableWhen) -> str:
    """Return why no answer to a question can meet a condition, or ""."""
    if not is_question(target):
        return f"the condition asks {target.link_id}, a {target.type.value} without an answer"
    if when.operator == "exists":
        return ""
    if when.operator in (">", "<", ">=", "<=") and target.type in _ORDERED:
        return f"answers to {target.link_id} have no order; {when.operator} cannot be judged"
    expected = check(target, when.answer) if when.operator in ("=", "!=") else None
    return f"no answer to {target.link_id} can be {when.answer!r}: {expected}" if expected else ""


def _cycles(form: Form) -> Iterator[LintProblem]:
    for link_id in circles(form):
        yield LintProblem("enable-when-cycle", link_id, "the item waits, in a circle, for its own answer")


def _unreachable(form: Form) -> Iterator[LintProblem]:
    for item, why in unreachable(form, mismatch):
        yield LintProblem("required-unreachable", item.link_id, f"is required and can never be asked: {why}")


RULES: tuple[Rule, ...] = (
    _twice("que-2", lambda item: item.link_id, "linkId"),
    _conditions,
    _cycles,
    _unreachable,
    _each("que-6", _required_line),
    _each("que-1b", _empty_group),
    _each("que-1c", _full_line),
    _each("que-5", _stray_options),
    _each("answer-options", _options),
    _each("bounds", _bounds),
    _each("initial-fits", _initial_fits),
    _each("text-hidden", _text_hidden),
)
"""What holds for any form."""

HOUSE_RULES: tuple[Rule, ...] = (
    _identity,
    _twice("code-reused", lambda item: item.code, "code"),
    _each("required-without-answer", _required_group),
    _each("initial-answer", _initial),
    _each("unknown-answers", _unknown_answers),
    _each("trigger-missing", _trigger_missing),
    _each("trigger-stray", _trigger_stray),
    _each("safety-optional", _optional),
    _each("code-missing", _code_missing),
    _each("beyond-console", _beyond_console),
    _each("text-missing", _text_missing),
    _each("text-length", _text_length),
    _banned_words,
)
"""What this console asks of a form it is to ask people."""
