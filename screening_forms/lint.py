"""Named rules a form must meet before anybody is asked its questions. All problems at once.

`lint` judges a form that was read; `lint_source` judges a file: FHIR's own rules first, then the
reader's refusal (`refused`), then those of `lint`. Rules that HL7 numbered carry HL7's id.
"""

from __future__ import annotations

from collections.abc import Iterator

from screening_forms import strict_json
from screening_forms.answering import NOT_ASKED, check, is_question
from screening_forms.compare import order_of
from screening_forms.enable_when import circles
from screening_forms.lint_fhir import lint_fhir
from screening_forms.lint_house import HOUSE_RULES, MAX_QUESTION, Rule, each, is_screening, texts, twice
from screening_forms.lint_reach import unreachable
from screening_forms.lint_resource import LintProblem
from screening_forms.lint_words import mistranslated, untranslated
from screening_forms.questionnaire import read_parsed
from screening_forms.types import EnableWhen, Form, FormError, Item, ItemType
from screening_forms.wording import hidden

__all__ = ["HOUSE_RULES", "MAX_QUESTION", "RULES", "LintProblem", "is_screening", "lint", "lint_source"]

_OFFERING = (
    *(ItemType.CHOICE, ItemType.OPEN_CHOICE, ItemType.STRING),
    *(ItemType.INTEGER, ItemType.DATE, ItemType.TIME),
)
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
    problems = [*lint_fhir(data), *untranslated(data), *(mistranslated(data) if house else ())]
    try:
        form = read_parsed(lambda: data, raw, name)
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


def _required_line(item: Item) -> str:
    wrong = item.required and item.type is ItemType.DISPLAY
    return "a displayed line is neither required nor repeated" if wrong else ""


def _empty_group(item: Item) -> str:
    return "a group should have items" if item.type is ItemType.GROUP and not item.items else ""


def _full_line(item: Item) -> str:
    wrong = item.type is ItemType.DISPLAY and item.items
    return "a displayed line cannot have items below it" if wrong else ""


def _stray_options(item: Item) -> str:
    stray = item.options and item.type not in _OFFERING
    return f"a {item.type.value} cannot have answer options" if stray else ""


def _options(item: Item) -> str:
    if not item.options:
        return "a choice needs answer options" if item.type is ItemType.CHOICE else ""
    codes = [option.code for option in item.options]
    if len(set(codes)) != len(codes) or len({option.display for option in item.options}) != len(codes):
        return "two answer options are the same"
    return f"{NOT_ASKED} is no answer and cannot be offered" if NOT_ASKED in codes else ""


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


def _initial_fits(item: Item) -> str:
    wrong = [value for value in item.rules.initial if check(item, value)]
    return f"the proposed answer does not fit: {check(item, wrong[0])}" if wrong else ""


def _text_hidden(item: Item) -> str:
    return hidden("".join(texts(item)))


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
    for item, why in unreachable(form):
        yield LintProblem("required-unreachable", item.link_id, f"is required and can never be asked: {why}")


RULES: tuple[Rule, ...] = (
    twice("que-2", lambda item: item.link_id, "linkId"),
    _conditions,
    _cycles,
    _unreachable,
    each("que-6", _required_line),
    each("que-1b", _empty_group),
    each("que-1c", _full_line),
    each("que-5", _stray_options),
    each("answer-options", _options),
    each("bounds", _bounds),
    each("initial-fits", _initial_fits),
    each("text-hidden", _text_hidden),
)
"""What holds for any form."""
