"""Reading, linting and re-evaluating forms: the largest of the library beside one of 500 items.

Reference in the same run: the JSON decoder of the standard library alone, on the same bytes.
"""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable
from importlib import resources
from typing import Any

from screening_forms.interview import Interview
from screening_forms.lint import lint_source
from screening_forms.questionnaire import read_questionnaire
from screening_forms.response import to_response
from screening_forms.types import Form
from screening_forms.validate import validate

ROUNDS = 30
NOON = "2031-05-06T12:00:00+02:00"
ANSWERS = ("no", "yes", "unsure", "refused", "unable")
URN = "urn:mr-safety-console:fhir:"


def largest() -> bytes:
    """Return the largest form of the library."""
    folder = resources.files("screening_forms") / "library"
    return max((entry.read_bytes() for entry in folder.iterdir() if entry.name.endswith(".json")), key=len)


def five_hundred() -> bytes:
    """Return a form of 500 items: groups of a question, its detail, and a detail on the group before."""
    items: list[dict[str, Any]] = []
    for number in range(125):
        items.append(
            {"linkId": f"g{number}", "text": f"Part {number}", "type": "group", "item": part(number)}
        )
    top = {"resourceType": "Questionnaire", "id": "five-hundred", "url": "urn:example:500", "version": "1"}
    form = {**top, "title": "Five hundred items", "status": "draft", "language": "en", "item": items}
    return json.dumps(form).encode()


def part(number: int) -> list[dict[str, Any]]:
    """Return three items of one group."""
    hold = [{"url": URN + "trigger", "valueCode": "HOLD_DEVICE"}]
    options = [
        {"valueCoding": {"code": code, "display": code}, **({"extension": hold} if code == "yes" else {})}
        for code in ANSWERS
    ]
    link = f"q{number}"
    question = {"linkId": link, "prefix": f"X{number}", "text": "Any?", "type": "choice", "required": True}
    detail = {"text": "Which?", "type": "text", "required": True}
    return [
        {**question, "answerOption": options},
        {**detail, "linkId": f"{link}.1", "enableWhen": [when(number, "yes"), when(number, "unsure")]}
        | {"enableBehavior": "any"},
        {**detail, "linkId": f"{link}.2", "enableWhen": [when(max(number - 1, 0), "yes")]},
    ]


def when(number: int, code: str) -> dict[str, Any]:
    """Return a condition on one question."""
    return {"question": f"q{number}", "operator": "=", "answerCoding": {"code": code}}


def median_ms(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median time of one call in milliseconds."""
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1e3)
    return statistics.median(took)


def one_answer(form: Form) -> float:
    """Return what one answer costs: taken, and what is asked and what is open worked out anew."""
    interview = Interview(form)
    keys = [place.key for place in interview.asked() if place.item.options]
    for key in keys:
        interview.answer(key, interview.form.item(key).options[0].code)  # type: ignore[union-attr]
    turn = [0]

    def answer() -> None:
        turn[0] += 1
        item = form.item(keys[turn[0] % len(keys)])
        assert item is not None  # noqa: S101
        interview.answer(item.link_id, item.options[turn[0] % len(item.options)].code)
        interview.asked()
        interview.open()

    return median_ms(answer, 200)


def main() -> None:
    """Print one line a form."""
    print(f"forms, milliseconds, median of {ROUNDS}; load {os.getloadavg()[0]:.1f}")
    print(
        "form           items   KiB   json alone   read   read and lint   one answer   respond and validate"
    )
    for name, raw in (("largest shipped", largest()), ("500 items", five_hundred())):
        form = read_questionnaire(raw)
        answers = {item.link_id: item.options[0].code for item in form.walk() if item.options}

        def judged(form: Form = form, answers: dict[str, str] = answers) -> None:
            validate(form, to_response(form, answers, "p1", NOON, "in-progress"))

        count = sum(1 for _ in form.walk())
        figures = (
            median_ms(lambda raw=raw: json.loads(raw)),  # type: ignore[misc]
            median_ms(lambda raw=raw: read_questionnaire(raw)),  # type: ignore[misc]
            median_ms(lambda raw=raw: lint_source(raw)),  # type: ignore[misc]
            one_answer(form),
            median_ms(judged),
        )
        one, read, lint, answer, both = (f"{figure:.2f}" for figure in figures)
        size = f"{count:4} {len(raw) / 1024:5.0f}"
        print(f"{name:15} {size} {one:>12} {read:>6} {lint:>15} {answer:>12} {both:>16}")


if __name__ == "__main__":
    main()
