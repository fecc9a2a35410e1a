"""What the expressions of a form come to: which items they switch on, what they calculate, what they demand.

An expression that fails loosens nothing: the question is asked, nothing is calculated, the demand is not
met. One that comes to nothing, for want of an answer, is a condition that does not hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from screening_forms import fhirpath
from screening_forms.answering import check
from screening_forms.building import applicable, response_items
from screening_forms.calculated import as_answer
from screening_forms.enable_when import tree_of
from screening_forms.fhirpath import Allowance, ExpressionError
from screening_forms.places import Answers, Place, for_person, is_blank
from screening_forms.types import Constraint, Form, FormError, Variable
from screening_forms.value import frozen

MAX_ROUNDS = 8
"""Times answers and expressions are weighed anew until they agree."""

MAX_EXPRESSIONS = 500
"""Most expressions of one form that have an effect here."""

ALL_STEPS = 10_000_000
"""Steps all expressions of a form may take together; what comes after them loosens nothing."""


@frozen
class Standing:
    """A form under some answers: with what was calculated, what is switched, and which demands fail."""

    answers: Answers
    ruled: Mapping[str, bool]
    derived: Answers
    failed: tuple[tuple[str, Constraint], ...] = ()


def _used(form: Form) -> Iterator[tuple[str, str, str]]:
    """Yield linkId, element and text of every expression that has an effect here."""
    for one in form.rules.constraints:
        yield "", "constraint", one.expression
    for item in form.walk():
        if item.rules.enabled_by:
            yield item.link_id, "enableWhenExpression", item.rules.enabled_by
        if item.rules.calculated:
            yield item.link_id, "calculatedExpression", item.rules.calculated
        for one in item.rules.constraints:
            yield item.link_id, "constraint", one.expression


def check_expressions(form: Form) -> None:
    """Refuse a form whose expressions cannot be judged, by linkId and name."""
    if not tree_of(form).ground.expressive:
        return
    scopes, used = dict(_scopes(form)), list(_used(form))
    if len(used) > MAX_EXPRESSIONS:
        link_id, name, _ = used[MAX_EXPRESSIONS]
        raise FormError("", link_id, f"{name} is not supported: more than {MAX_EXPRESSIONS} expressions")
    for link_id, name, text in used:
        if not fhirpath.is_installed():
            raise FormError("", link_id, f"{name} needs the optional extra fhirpath, which is not installed")
        _try(link_id, name, text, scopes[link_id], frozenset())


def _scopes(form: Form) -> Iterator[tuple[str, dict[str, Variable]]]:
    """Yield, for the form and each item, the variables it may use."""
    top = {variable.name: variable for variable in form.rules.variables}
    yield "", top
    work = [(item, top) for item in form.items]
    while work:
        item, above = work.pop()
        scope = {**above, **{variable.name: variable for variable in item.rules.variables}}
        yield item.link_id, scope
        work += [(child, scope) for child in item.items]


def _try(link_id: str, name: str, text: str, scope: Mapping[str, Variable], within: frozenset[str]) -> None:
    try:
        ready(text)
    except ExpressionError as error:
        raise FormError("", link_id, f"{name} is not supported: {error}") from None
    for used in sorted(fhirpath.variables_of(text) - fhirpath.KNOWN_NAMES):
        variable = scope.get(used)
        if variable is None:
            raise FormError("", link_id, f"{name} is not supported: it needs %{used}, which is not here")
        if variable.language != "text/fhirpath":
            what = f"it needs %{used} in {variable.language!r}"
            raise FormError("", link_id, f"{name} is not supported: {what}")
        if used in within:
            raise FormError("", link_id, f"{name} is not supported: %{used} leads back to itself")
        _try(link_id, f"variable {used}", variable.expression, scope, within | {used})


@lru_cache(maxsize=2_000)
def ready(text: str) -> fhirpath.Judge:
    """Return a compiled expression, kept for the next time."""
    return fhirpath.compiled(text)


def stand(form: Form, answers: Answers, at: str = "") -> Standing:
    """Return the form under these answers. A form without expressions stands as it is.

    `at` is the moment its expressions take for now, as FHIR writes it; without one they know none.
    """
    if not tree_of(form).ground.expressive:
        return Standing(answers, {}, {})
    own = answers
    ruled: dict[str, bool] = {}
    derived: dict[str, str] = {}
    allowance = Allowance(ALL_STEPS)
    for _ in range(MAX_ROUNDS):
        run = _Run(form, _merged(form, own, derived), ruled, at, allowance)
        new_ruled, new_derived = run.ruled(), run.derived()
        if (new_ruled, new_derived) == (ruled, derived):
            return Standing(run.answers, ruled, derived, tuple(run.failed()))
        before, ruled, derived = (ruled, derived), new_ruled, new_derived
    # No agreement: what wavers is asked, and what was calculated from it is not taken.
    ruled = {key: on or before[0].get(key, True) for key, on in ruled.items()}
    derived = {key: value for key, value in derived.items() if before[1].get(key) == value}
    run = _Run(form, _merged(form, own, derived), ruled, at, allowance)
    return Standing(run.answers, ruled, derived, tuple(run.failed()))


def _merged(form: Form, own: Answers, derived: Answers) -> dict[str, str]:
    """Return given and calculated answers; a person's own counts unless the item is read-only.

    What is calculated for a question a person is asked stays a proposal until somebody says so.
    """
    made = [item for item in form.walk() if item.rules.calculated]
    fixed = {item.link_id for item in made if item.rules.read_only}
    asked = {item.link_id for item in made if for_person(item)}
    kept = {key: value for key, value in own.items() if _link_of(key) not in fixed}
    taken = {key: value for key, value in derived.items() if _link_of(key) not in asked}
    return {**kept, **{key: value for key, value in taken.items() if is_blank(kept.get(key))}}


def _link_of(key: str) -> str:
    return key.rpartition("›")[2].partition("¶")[0]


class _Run:
    """One weighing of all expressions against one set of answers."""

    def __init__(
        self, form: Form, answers: Answers, ruled: Mapping[str, bool], at: str, left: Allowance
    ) -> None:
        self.form, self.answers, self._at, self._left = form, answers, at, left
        self.places = applicable(form, answers, ruled)
        sound = {
            key: answers[key]
            for key, place in self.places.items()
            if key in answers and check(place.item, answers[key]) is None
        }
        items = response_items(form, sound, ruled)
        self._items: list[dict[str, Any]] = items
        self.response: dict[str, Any] = {
            "resourceType": "QuestionnaireResponse",
            "status": "in-progress",
            "item": items,
        }
        self._scopes = dict(_scopes(form))
        self._known: dict[tuple[str, str], list[Any]] = {}

    def _value(self, text: str, place: Place | None) -> list[Any]:
        """Return what an expression comes to at a place, or raise `ExpressionError`."""
        link_id = "" if place is None else place.item.link_id
        names: dict[str, Any] = {"resource": self.response, "context": self._context(place)}
        for used in fhirpath.variables_of(text) - fhirpath.KNOWN_NAMES:
            variable = self._scopes[link_id].get(used)
            if variable is not None:
                names[used] = self._variable(variable, place)
        return ready(text)(names["context"], names, self._at, self._left)

    def _variable(self, variable: Variable, place: Place | None) -> list[Any]:
        key = ("" if place is None else place.key, variable.name)
        if key not in self._known:
            self._known[key] = self._value(variable.expression, place)
        return self._known[key]

    def _context(self, place: Place | None) -> Any:
        if place is None:
            return self.response
        found = list(_standing_at(self._items, place))
        return fhirpath.typed(found[0] if found else {"linkId": place.item.link_id})

    def ruled(self) -> dict[str, bool]:
        """Return by place whether the item's own expression switches it on."""
        every = applicable(self.form, self.answers, {})
        return {
            key: self._is_on(place.item.rules.enabled_by, place)
            for key, place in every.items()
            if place.item.rules.enabled_by
        }

    def _is_on(self, text: str, place: Place) -> bool:
        try:
            found = self._value(text, place)
        except ExpressionError:
            return True
        return bool(found) and found != [False]

    def derived(self) -> dict[str, str]:
        """Return by place what is calculated, where it is an answer to its question."""
        made = {}
        for key, place in self.places.items():
            if not place.item.rules.calculated:
                continue
            try:
                found = self._value(place.item.rules.calculated, place)
            except ExpressionError:
                continue
            value = as_answer(place.item, found)
            if value and check(place.item, value) is None:
                made[key] = value
        return made

    def failed(self) -> Iterator[tuple[str, Constraint]]:
        """Yield place and constraint of every demand that is not met; what fails to be judged is not met."""
        for one in self.form.rules.constraints:
            if not self._holds(one, None):
                yield "", one
        for key, place in self.places.items():
            stands = place.item.rules.constraints and any(_standing_at(self._items, place))
            for one in place.item.rules.constraints if stands else ():
                if not self._holds(one, place):
                    yield key, one

    def _holds(self, one: Constraint, place: Place | None) -> bool:
        try:
            return self._value(one.expression, place) == [True]
        except ExpressionError:
            return False


def _standing_at(items: list[dict[str, Any]], place: Place) -> Iterator[dict[str, Any]]:
    """Yield the item of a response that stands at a place."""
    chain: list[Place] = []
    above: Place | None = place
    while above is not None:
        chain.insert(0, above)
        above = above.parent
    for depth, step in enumerate(chain):
        number = int(step.key.rpartition("¶")[2]) if step.key != step.base else 1
        here = [item for item in items if item["linkId"] == step.item.link_id]
        if "answer" in (here[0] if here else {}):
            found, answers = here[0], here[0]["answer"]
            items = answers[number - 1].get("item", []) if number <= len(answers) else []
        elif number <= len(here):
            found, items = here[number - 1], here[number - 1].get("item", [])
        else:
            return
        if depth + 1 == len(chain):
            yield found


__all__ = ["Standing", "check_expressions", "stand"]
