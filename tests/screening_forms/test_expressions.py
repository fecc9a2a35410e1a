"""FHIRPath in a form: what it switches, calculates and demands; its bounds; a form without the library."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from screening_forms import fhirpath
from screening_forms.expressions import stand
from screening_forms.fhirpath import MAX_LENGTH, Allowance, ExpressionError, compiled
from screening_forms.inert import SDC
from screening_forms.interview import Interview
from screening_forms.questionnaire import read_questionnaire
from screening_forms.types import Form, FormError
from screening_forms.validate import validate

Build = Callable[..., bytes]
Json = dict[str, Any]
FHIR = "http://hl7.org/fhir/StructureDefinition/"
NOON = "2031-05-06T12:00:00+02:00"


def expression(url: str, text: str, **more: str) -> Json:
    return {"url": url, "valueExpression": {"language": "text/fhirpath", "expression": text, **more}}


def ask(kind: str, link_id: str, *notes: Json, **more: Any) -> Json:
    extension = {"extension": list(notes)} if notes else {}
    return {"linkId": link_id, "text": "Say", "type": kind, **extension, **more}


def demand(text: str, severity: str = "error") -> Json:
    parts = [
        {"url": "key", "valueId": "k-1"},
        {"url": "severity", "valueCode": severity},
        {"url": "expression", "valueString": text},
        {"url": "human", "valueString": "Weigh again."},
    ]
    return {"url": FHIR + "questionnaire-constraint", "extension": parts}


WEIGHT = "%resource.item.where(linkId='w').answer.value"
HEIGHT = "%resource.item.where(linkId='h').answer.value"
BMI = expression(SDC + "calculatedExpression", "(%kg / (%cm / 100) / (%cm / 100)).round(1)")
VARIABLES = [
    expression(FHIR + "variable", WEIGHT, name="kg"),
    expression(FHIR + "variable", HEIGHT, name="cm"),
]
HEAVY = expression(SDC + "enableWhenExpression", "%resource.item.where(linkId='bmi').answer.value > 40")


def bmi(form_bytes: Build, *more: Json, read_only: bool = True) -> Form:
    return read_questionnaire(
        form_bytes(
            ask("decimal", "w", required=True),
            ask("decimal", "h", required=True),
            ask("decimal", "bmi", BMI, readOnly=read_only),
            ask("string", "girth", HEAVY, required=True),
            *more,
            extension=VARIABLES,
        )
    )


def test_a_value_is_calculated_from_answers_and_switches_a_question_on(form_bytes: Build) -> None:
    form = bmi(form_bytes)
    interview = Interview(form, NOON)
    assert [place.key for place in interview.asked()] == ["w", "h"]
    interview.answer("w", "140")
    interview.answer("h", "170")
    assert interview.standing.derived == {"bmi": "48.4"}
    assert [place.key for place in interview.asked()] == ["w", "h", "girth"]
    assert [one.place for one in interview.open()] == ["girth"]
    interview.answer("w", "70")
    assert interview.standing.derived == {"bmi": "24.2"}
    assert interview.open() == ()


def test_the_calculated_value_stands_in_the_response_and_is_held_against_it(form_bytes: Build) -> None:
    form = bmi(form_bytes)
    interview = Interview(form, NOON)
    interview.answer("w", "70")
    interview.answer("h", "170")
    response = interview.response("p1", NOON, "completed")
    assert response["item"][2]["answer"] == [{"valueDecimal": 24.2}]
    assert validate(form, response) == ()
    response["item"][2]["answer"] = [{"valueDecimal": 30.0}]
    (issue,) = validate(form, response)
    assert (issue.rule, issue.severity, issue.link_id) == ("calculated", "error", "bmi")


def test_nothing_is_calculated_from_nothing(form_bytes: Build) -> None:
    standing = stand(bmi(form_bytes), {})
    assert standing.derived == {}


def test_a_person_may_overrule_what_is_calculated_where_the_form_lets_him(form_bytes: Build) -> None:
    form = bmi(form_bytes, read_only=False)
    interview = Interview(form, NOON)
    for place, value in (("w", "70"), ("h", "170"), ("bmi", "50")):
        interview.answer(place, value)
    assert interview.standing.answers["bmi"] == "50"
    assert [place.key for place in interview.asked()] == ["w", "h", "bmi", "girth"]
    interview.answer("girth", "wide")
    (issue,) = validate(form, interview.response("p1", NOON, "completed"))
    assert (issue.rule, issue.severity) == ("calculated", "warning")


@pytest.mark.parametrize("text", ["false", "iif(%resource.item.answer.value = 'x', true, false)"])
def test_what_is_calculated_for_a_person_is_a_proposal_until_he_says_so(form_bytes: Build, text: str) -> None:
    worked_out = expression(SDC + "calculatedExpression", text)
    form = read_questionnaire(form_bytes(ask("boolean", "pacemaker", worked_out, required=True)))
    interview = Interview(form, NOON)
    assert interview.proposal("pacemaker") == ("false",)
    assert [one.place for one in interview.open()] == ["pacemaker"]
    assert "item" not in interview.response("p1", NOON, "in-progress")
    with pytest.raises(FormError, match="is open"):
        interview.response("p1", NOON, "completed")
    interview.affirm("pacemaker")
    assert [kept.said.how for kept in interview.audit()] == ["affirmed"]
    assert validate(form, interview.response("p1", NOON, "completed")) == ()


def test_a_finished_response_holds_what_the_form_requires_and_works_out(form_bytes: Build) -> None:
    worked_out = expression(SDC + "calculatedExpression", "1 + 1")
    form = read_questionnaire(form_bytes(ask("integer", "n", worked_out, readOnly=True, required=True)))
    response = Interview(form, NOON).response("p1", NOON, "completed")
    assert validate(form, response) == ()
    del response["item"]
    (issue,) = validate(form, response)
    assert (issue.rule, issue.link_id) == ("required", "n")


def test_more_expressions_than_anybody_writes_are_refused(form_bytes: Build) -> None:
    one = expression(SDC + "calculatedExpression", "1")
    with pytest.raises(FormError, match="more than 500 expressions") as caught:
        read_questionnaire(form_bytes(*(ask("integer", f"n{n}", one) for n in range(501))))
    assert caught.value.link_id == "n500"


def test_a_demand_must_be_met_and_one_that_cannot_be_judged_is_not(form_bytes: Build) -> None:
    for text in ("answer.value < 300", "answer.value.foo(1"):
        if "foo" in text:
            with pytest.raises(FormError, match="constraint is not supported"):
                read_questionnaire(form_bytes(ask("decimal", "w", demand(text))))
            continue
        form = read_questionnaire(form_bytes(ask("decimal", "w", demand(text))))
        interview = Interview(form)
        interview.answer("w", "301")
        with pytest.raises(FormError, match="Weigh again"):
            interview.response("p1", NOON, "completed")
        (issue,) = validate(form, interview.response("p1", NOON, "in-progress"))
        assert (issue.rule, issue.severity, issue.code, issue.link_id) == (
            "constraint",
            "error",
            "invariant",
            "w",
        )
        interview.answer("w", "299")
        assert validate(form, interview.response("p1", NOON, "completed")) == ()


def test_a_demand_that_fails_to_run_is_not_met_and_a_switch_that_does_is_on(form_bytes: Build) -> None:
    broken = "%resource.item.answer.value.sum() > 1"
    switch = expression(SDC + "enableWhenExpression", broken)
    form = read_questionnaire(form_bytes(ask("decimal", "w", demand(broken)), ask("string", "s", switch)))
    standing = stand(form, {"w": "1"})
    assert [(key, one.key) for key, one in standing.failed] == [("w", "k-1")]
    assert standing.ruled == {"s": True}


def test_a_demand_that_comes_to_nothing_is_not_met(form_bytes: Build) -> None:
    below = demand("answer.value > %resource.item.where(linkId='none').answer.value")
    form = read_questionnaire(form_bytes(ask("decimal", "w", below)))
    assert [key for key, _ in stand(form, {"w": "1"}).failed] == ["w"]
    assert stand(form, {}).failed == ()


def test_a_switch_without_an_answer_is_off_and_one_in_a_round_knows_its_round(form_bytes: Build) -> None:
    switch = expression(SDC + "enableWhenExpression", "%resource.item.where(linkId='a').answer.value = 'x'")
    form = read_questionnaire(form_bytes(ask("string", "a"), ask("string", "b", switch)))
    assert stand(form, {}).ruled == {"b": False}
    assert stand(form, {"a": "x"}).ruled == {"b": True}


def test_now_is_the_moment_that_was_given_and_nothing_without_one(form_bytes: Build) -> None:
    form = read_questionnaire(
        form_bytes(
            ask("dateTime", "t", expression(SDC + "calculatedExpression", "now()"), readOnly=True),
            ask("date", "d", expression(SDC + "calculatedExpression", "today()"), readOnly=True),
        )
    )
    assert stand(form, {}, NOON).derived == {"t": NOON, "d": "2031-05-06"}
    assert stand(form, {}).derived == {}


def test_what_never_settles_is_asked_and_not_taken(form_bytes: Build) -> None:
    flip = "iif(%resource.item.where(linkId='n').answer.value = 1, 2, 1)"
    form = read_questionnaire(
        form_bytes(ask("integer", "n", expression(SDC + "calculatedExpression", flip), readOnly=True))
    )
    assert stand(form, {}).derived == {}


@pytest.mark.parametrize("text", ["iif(false, 1)", "'one'.toInteger()", "1 div 0"])
def test_what_leans_on_a_calculation_that_came_to_nothing_is_asked(form_bytes: Build, text: str) -> None:
    """Where no person answers, a blank is no answer: nothing is left out because of it."""
    leans = [{"question": "n", "operator": "=", "answerInteger": 1}]
    form = read_questionnaire(
        form_bytes(
            ask("integer", "n", expression(SDC + "calculatedExpression", text), readOnly=True),
            ask("string", "why", enableWhen=leans, required=True),
        )
    )
    assert [one.place for one in Interview(form, NOON).open()] == ["why"]


# What is refused


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("%patient.age", "needs %patient, which is not here"),
        ("%`other thing`", "needs %other thing"),
        ("answer.resolve()", "the function resolve() is not supported"),
        ("answer.nosuch()", "the function nosuch() is not supported"),
        ("1 +", ""),
        ("(" * 30 + "1" + ")" * 30, "nested deeper"),
    ],
)
def test_an_expression_that_cannot_be_judged_is_refused_by_item_and_name(
    form_bytes: Build, text: str, what: str
) -> None:
    raw = form_bytes(ask("string", "a", expression(SDC + "calculatedExpression", text)))
    if not what:  # the library takes half an expression for a whole one and fails when it runs
        assert stand(read_questionnaire(raw), {}).derived == {}
        return
    with pytest.raises(FormError) as caught:
        read_questionnaire(raw)
    assert caught.value.link_id == "a"
    assert "calculatedExpression is not supported" in caught.value.what
    assert what in caught.value.what


def test_a_variable_in_another_language_is_refused_only_where_it_is_used(form_bytes: Build) -> None:
    query = expression(FHIR + "variable", "Patient?name=x", name="found", language="application/x-fhir-query")
    assert read_questionnaire(form_bytes(ask("string", "a"), extension=[query])).items
    uses = ask("string", "a", expression(SDC + "calculatedExpression", "%found.name"))
    with pytest.raises(FormError, match="it needs %found in 'application/x-fhir-query'"):
        read_questionnaire(form_bytes(uses, extension=[query]))


def test_a_variable_that_leads_back_to_itself_is_refused(form_bytes: Build) -> None:
    pair = [expression(FHIR + "variable", f"%{b} + 1", name=a) for a, b in (("x", "y"), ("y", "x"))]
    with pytest.raises(FormError, match="leads back to itself"):
        read_questionnaire(
            form_bytes(ask("integer", "a", expression(SDC + "calculatedExpression", "%x")), extension=pair)
        )


def test_without_the_library_a_form_that_needs_it_is_refused_by_item_and_name(
    form_bytes: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fhirpath, "is_installed", lambda: False)
    with pytest.raises(FormError) as caught:
        bmi(form_bytes)
    assert caught.value.link_id == "bmi"
    assert (
        caught.value.what == "calculatedExpression needs the optional extra fhirpath, which is not installed"
    )
    assert read_questionnaire(form_bytes(ask("string", "a"), extension=VARIABLES)).items


# Bounds


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("(1 | 2).repeat($this + 1)", "takes more than"),
        ("('x' | 'y').repeat($this & $this)", "too large|takes more than"),
        (
            "(1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17|18|19|20).aggregate($total & $total, 'xxxxxxxx')",
            "too large",
        ),
        ("10.power(60).power(60)", "too large"),
        ("2.power(65)", "too large"),
        ("'aaaaaaaaaaaaaaaa'.replace('a', '" + "b" * 3_500 + "')", "too large"),
        ("'aaa'.matches('(a)\\\\1')", "pattern not supported"),
    ],
)
def test_what_runs_away_or_grows_is_stopped(text: str, what: str) -> None:
    judge = compiled(text)
    with pytest.raises(ExpressionError, match=what):
        judge({}, {}, "", Allowance(10**7))


def test_the_bound_is_counted_in_steps_and_leaves_no_trace() -> None:
    before = sys.getprofile()
    with pytest.raises(ExpressionError, match="takes more than 1000 steps"):
        fhirpath.bounded(lambda: [abs(n) for n in range(5_000)], 1_000, Allowance(10**6))
    assert sys.getprofile() is before
    assert fhirpath.bounded(lambda: abs(-3), 1_000, Allowance(50)) == 3


def test_all_expressions_together_have_one_allowance() -> None:
    judge = compiled("(1 | 2 | 3).where($this > 1).count()")
    left = Allowance(10_000)
    assert judge({}, {}, "", left) == [2]
    took = 10_000 - left.left
    assert 0 < took < 10_000
    left.left = took + 5
    assert judge({}, {}, "", left) == [2]
    with pytest.raises(ExpressionError, match="takes more than 5 steps"):
        judge({}, {}, "", left)
    assert left.left == 0


def test_an_expression_longer_than_permitted_is_refused() -> None:
    with pytest.raises(ExpressionError, match="longer than"):
        compiled("1 + " * MAX_LENGTH + "1")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'AB12'.matches('^[A-Z]+[0-9]+$')", [True]),
        ("'AB12'.matches('^[0-9]')", [False]),
        ("'x1y'.matches('[0-9]')", [True]),
        ("'a-b-c'.replace('-', '+')", ["a+b+c"]),
        ("2.power(10)", [1024]),
    ],
)
def test_our_own_functions_do_what_the_language_says(text: str, expected: list[Any]) -> None:
    assert json.loads(json.dumps(compiled(text)({}, {}, "", Allowance(10**6)), default=float)) == expected
