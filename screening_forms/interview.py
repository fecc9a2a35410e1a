"""One form being answered: every word that was said is kept, and what stands is worked out from them.

Nothing has a default answer. What the form proposes counts once a person has affirmed it. Turning an
answer round switches off what hung on it: that leaves the response, and stays in the audit.
"""

from __future__ import annotations

from typing import Any

from screening_forms.answering import (
    Answers,
    Open,
    check,
    findings,
    for_person,
    is_blank,
    open_among,
)
from screening_forms.enable_when import tree_of
from screening_forms.expressions import Standing, stand
from screening_forms.places import MARK, Place, is_question
from screening_forms.response import to_response
from screening_forms.types import Form, FormError, FormFinding
from screening_forms.value import frozen


@frozen
class Said:
    """One answer as it was given: its place, the answer or "" where one was taken back, and how.

    `how` is `answered`, `affirmed` (a proposal of the form) or `taken back`.
    """

    place: str
    value: str
    how: str


@frozen
class Kept:
    """One line of the audit: what was said, whether it still counts, and whether it is in the response."""

    said: Said
    latest: bool
    in_response: bool


class Interview:
    """A form and what was said to it. `at` is the moment the form's expressions take for now."""

    def __init__(self, form: Form, at: str = "") -> None:
        self.form, self._at = form, at
        self._said: list[Said] = []
        self._answers: dict[str, str] = {}
        self._standing: Standing | None = None
        self._settled: list[Place] | None = None

    @property
    def answers(self) -> Answers:
        """Return what was said last at each place, whether it is asked or not."""
        return dict(self._answers)

    @property
    def standing(self) -> Standing:
        """Return the form as it stands, worked out once after each answer."""
        if self._standing is None:
            self._standing = stand(self.form, self._answers, self._at)
        return self._standing

    @property
    def places(self) -> list[Place]:
        """Return every place of the form, each with whether it applies, settled once after each answer."""
        if self._settled is None:
            self._settled = tree_of(self.form).settle(self.standing.answers, self.standing.ruled)
        return self._settled

    def asked(self) -> tuple[Place, ...]:
        """Return the places a person is asked at, in reading order."""
        return tuple(place for place in self.places if _is_asked(place))

    def open(self) -> tuple[Open, ...]:
        """Return what keeps the form open, with the reason."""
        return open_among(self.places, self.standing.answers)

    def findings(self) -> tuple[FormFinding, ...]:
        """Return what the answers set off."""
        return findings(self.form, self.standing.answers, self.standing.ruled)

    def proposal(self, place: str) -> tuple[str, ...]:
        """Return what the form proposes or works out here; it is no answer."""
        worked_out = self.standing.derived.get(place)
        return (worked_out,) if worked_out else self._place(place).item.rules.initial

    def answer(self, place: str, value: str) -> None:
        """Take an answer; raises `FormError` if the place is not asked or the answer does not fit."""
        item = self._place(place).item
        wrong = check(item, value)
        if wrong:
            raise FormError("", item.link_id, wrong)
        self._take(Said(place, value, "answered"))

    def affirm(self, place: str) -> None:
        """Take the form's own proposal as the answer of the person who affirms it."""
        proposed = self.proposal(place)
        if len(proposed) != 1:
            raise FormError("", place, "the form proposes no single answer here")
        self.answer(place, proposed[0])
        self._said[-1] = Said(place, proposed[0], "affirmed")

    def take_back(self, place: str) -> None:
        """Leave a question open again."""
        self._take(Said(place, "", "taken back"))

    def _take(self, said: Said) -> None:
        self._said.append(said)
        kept = {key: value for key, value in self._answers.items() if key != said.place}
        self._answers = {**kept, said.place: said.value} if said.value else kept
        self._standing = self._settled = None

    def _place(self, key: str) -> Place:
        """Return an asked place; the next answer or round of what repeats may be opened by answering it."""
        found = next((place for place in self.places if place.key == key and _is_asked(place)), None)
        if found is None and MARK in key:
            places = tree_of(self.form).settle({**self._answers, key: "?"}, self.standing.ruled)
            found = next((place for place in places if place.key == key and _is_asked(place)), None)
            if found is not None and self._leaves_out(found, places):
                raise FormError("", key, "leaves out the answer or round before it")
        if found is None:
            raise FormError("", key, "is not asked under the answers so far")
        return found

    def _leaves_out(self, found: Place, tried: list[Place]) -> bool:
        """Tell whether a place would open more than the next answer or round."""
        step: Place | None = found
        while step is not None:
            now = sum(place.base == step.base for place in self.places)
            if sum(place.base == step.base for place in tried) > now + 1:
                return True
            step = step.parent
        beside = [place.key for place in tried if place.base == found.base and place is not found]
        return any(is_blank(self._answers.get(key)) for key in beside)

    def response(self, subject: str, authored: str, status: str) -> dict[str, Any]:
        """Return the QuestionnaireResponse: what is asked and answered, and nothing that was switched off."""
        return to_response(self.form, self._answers, subject, authored, status)

    def audit(self) -> tuple[Kept, ...]:
        """Return everything that was ever said, in order."""
        on = {place.key for place in self.places if place.on}
        last = {said.place: index for index, said in enumerate(self._said)}
        return tuple(
            Kept(said, last[said.place] == index, self._stands(said, last[said.place] == index, on))
            for index, said in enumerate(self._said)
        )

    def _stands(self, said: Said, latest: bool, on: set[str]) -> bool:
        given = self.standing.answers.get(said.place)
        return latest and said.place in on and not is_blank(said.value) and given == said.value


def _is_asked(place: Place) -> bool:
    return place.on and is_question(place.item) and for_person(place.item)
