"""An interview whose form was replaced by an update: read and gone on with, and never what admits (I8)."""

from __future__ import annotations

from collections.abc import Mapping

from support.suite_world import FORM, World, forms

from mr_safety_console.domain.interview_facts import DeclineScreening, RecordInformant
from mr_safety_console.domain.screening_case import asked_on, replaced
from mr_safety_console.domain.screening_facts import (
    AmendAnswer,
    AnswerQuestion,
    BeginScreening,
    ReviewScreening,
    ScreeningSigned,
    ScreeningVoided,
    SignScreening,
    Verdict,
)
from mr_safety_console.domain.suite import entry_findings
from mr_safety_console.domain.suite_offers import for_visit
from mr_safety_console.domain.visit import step
from mr_safety_console.domain.visit_facts import Leg, Step
from screening_forms.types import Form

OLD, NEW = "0.1.0", "0.2.0"


def library(version: str) -> Mapping[str, Form]:
    """Return the shipped forms as they were while this version of the adult form was in use."""
    every = {f"{FORM}|{one}": forms()[f"{FORM}|{one}"] for one in (OLD, NEW)}
    return {**forms(), **every, FORM: every[f"{FORM}|{version}"]}


def before_the_update() -> World:
    world = World(library=library(OLD))
    world.start()
    world.add_staff()
    world.sign_on("TE")
    world.prove()
    return world


def updated(world: World) -> None:
    """Start the console again, with the new version in use."""
    world.forms = dict(library(NEW))
    world.start()
    world.sign_on("TE")


def rules(world: World, visit: str) -> set[str]:
    return {found.why.rule for found in entry_findings(world.state, visit, world.ctx())}


def test_an_interview_begun_before_an_update_goes_on_under_its_own_version() -> None:
    """Answers, signature, asking aloud and review all stand under the version it was begun on."""
    world = before_the_update()
    visit = world.arrive()
    world.identify(visit)
    world.begin(visit)
    world.do(AnswerQuestion(visit=visit, item="Q01", answer="no"))
    updated(world)
    case = world.state.screening.cases[visit]
    assert (case.version, case.answers) == (OLD, {"informant": "self", "Q01": "no"})
    old = asked_on(case, world.forms)
    assert old is not None
    assert old.version == OLD
    for item in old.walk():
        world.give(AnswerQuestion(visit=visit, item=item.link_id, answer="no"))
    for item in old.walk():
        if item.required and not world.state.screening.cases[visit].answers.get(item.link_id):
            said = item.options[0].code if item.options else "75"
            world.give(AnswerQuestion(visit=visit, item=item.link_id, answer=said))
    world.do(SignScreening(visit=visit), "LO")
    assert world.facts(ScreeningSigned)[-1].version == OLD
    world.ask_aloud(visit)
    world.do(ReviewScreening(visit=visit), "TE")
    assert world.state.screening.cases[visit].reviewed
    assert not world.visit(visit).stands(Leg.SCREENING)
    assert "form-changed" in rules(world, visit)


def test_a_clearance_of_before_the_update_is_none_after_it_and_its_answers_stay() -> None:
    """I8: the review falls, what was asked and signed is still there, and the way out is one key."""
    world = before_the_update()
    visit = world.arrive()
    world.to_the_door(visit)
    answers = world.state.screening.cases[visit].answers
    assert not entry_findings(world.state, visit, world.ctx())
    updated(world)
    case = world.state.screening.cases[visit]
    assert (case.answers, bool(case.first), case.reviewed) == (answers, True, ())
    assert case.verdict is Verdict.NOT_CLEARED
    assert not world.facts(ScreeningVoided)[-1].anew
    assert {"form-changed", "screening-not-cleared"} <= rules(world, visit)
    assert step(world.visit(visit), world.ctx()) is Step.SCREENING
    proposed = for_visit(world.state, visit, world.ctx())[0]
    assert proposed.command == BeginScreening(visit=visit, form=FORM)
    assert proposed.refused is None


def test_the_same_visit_begins_anew_on_the_version_in_use() -> None:
    """Nothing is carried over but what weighed: a yes becomes a no only with a reason."""
    world = before_the_update()
    visit = world.arrive()
    world.identify(visit)
    world.begin(visit)
    world.do(AnswerQuestion(visit=visit, item="Q02", answer="yes"))
    assert world.refused(BeginScreening(visit=visit)) == "screening-begun"
    updated(world)
    world.do(BeginScreening(visit=visit))
    world.do(RecordInformant(visit=visit))
    case = world.state.screening.cases[visit]
    assert (case.version, case.answers, case.first) == (NEW, {"informant": "self"}, ())
    assert not replaced(case, world.forms)
    assert world.refused(AnswerQuestion(visit=visit, item="Q02", answer="no")) == "answer-needs-reason"
    told = {"reason": "another person's clip", "informant": "patient"}
    world.do(AmendAnswer(visit=visit, item="Q02", answer="no", **told))
    world.answer_all(visit, Q02="no")
    world.do(SignScreening(visit=visit), "LO")
    world.ask_aloud(visit)
    world.do(ReviewScreening(visit=visit), "TE")
    assert world.state.screening.cases[visit].verdict is Verdict.HOLD


def test_an_interview_without_weight_comes_to_a_clearance_on_the_new_version() -> None:
    world = before_the_update()
    visit = world.arrive()
    world.identify(visit)
    world.screen(visit)
    updated(world)
    world.do(BeginScreening(visit=visit))
    world.do(RecordInformant(visit=visit))
    world.answer_all(visit)
    world.do(SignScreening(visit=visit), "LO")
    world.ask_aloud(visit)
    world.do(ReviewScreening(visit=visit), "TE")
    assert world.visit(visit).stands(Leg.SCREENING)
    assert "form-changed" not in rules(world, visit)


def test_a_version_that_cannot_be_read_is_begun_anew() -> None:
    """What nobody can read any more stands in the record alone."""
    world = before_the_update()
    visit = world.arrive()
    world.identify(visit)
    world.screen(visit)
    world.forms = {name: form for name, form in library(NEW).items() if name != f"{FORM}|{OLD}"}
    world.start()
    assert visit not in world.state.screening.cases
    assert world.facts(ScreeningVoided)[-1].anew


def test_a_declined_interview_is_not_begun_anew_by_an_update() -> None:
    world = before_the_update()
    visit = world.arrive()
    world.begin(visit)
    world.do(DeclineScreening(visit=visit, reason="does not want it"))
    updated(world)
    assert world.refused(BeginScreening(visit=visit)) == "screening-declined"
