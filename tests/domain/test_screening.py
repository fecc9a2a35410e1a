"""The interview: two reviewers, no answer that vanishes, and no review that outlives what it read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.suite_world import FORM, World, at_the_door, plain_answer, ready

from mr_safety_console.domain import screening
from mr_safety_console.domain.codec import ERASED
from mr_safety_console.domain.screening_facts import (
    AmendAnswer,
    AnswerCorrected,
    AnswerQuestion,
    AskAgain,
    BeginScreening,
    ResolveItem,
    ReviewScreening,
    ScreeningReviewed,
    ScreeningSigned,
    SignScreening,
    TakeOverScreening,
    Verdict,
)
from mr_safety_console.domain.suite import entry_findings
from mr_safety_console.domain.visit_facts import EnterZoneIV, Leg
from screening_forms.types import ItemType

UNDECIDED = ("unsure", "refused", "unable")
DEVICE = "Q06"
"""A question whose `yes` a Level 2 person may resolve."""


def rules(world: World, visit: str) -> list[str]:
    return [found.why.rule for found in entry_findings(world.state, visit, world.ctx())]


def identified() -> tuple[World, str]:
    world = ready()
    visit = world.arrive()
    world.identify(visit)
    return world, visit


def amend(item: str, answer: str) -> dict[str, str]:
    return {"item": item, "answer": answer, "reason": "remembered", "informant": "the patient"}


def case_of(world: World, visit: str) -> screening.Case:
    return world.state.screening.cases[visit]


def test_no_positive_answer_and_two_reviewers_come_out_cleared() -> None:
    world, visit = identified()
    world.screen(visit)
    assert case_of(world, visit).verdict is Verdict.CLEARED
    assert world.visit(visit).stands(Leg.SCREENING)


@pytest.mark.parametrize("left_blank", ["informant", "Q01", "Q07", "Q44"])
def test_one_blank_question_keeps_the_signature_away(left_blank: str) -> None:
    """I4: blank is not an answer; there is nothing to sign yet."""
    world, visit = identified()
    world.begin(visit)
    world.answer_all(visit)
    world.do(AnswerQuestion(visit=visit, item=left_blank, answer=""))
    assert world.refused(SignScreening(visit=visit), "LO") == "questions-blank"


@pytest.mark.parametrize("answer", UNDECIDED)
@pytest.mark.parametrize("item", ["Q01", "Q06", "Q10", "Q16", "Q19", "Q44"])
def test_an_undecided_answer_never_comes_out_cleared(item: str, answer: str) -> None:
    """I4: it holds whatever the form makes of a yes, and ends at best in printed conditions."""
    world, visit = identified()
    world.screen(visit, **{item: answer})
    assert case_of(world, visit).verdict is Verdict.HOLD
    assert not world.visit(visit).stands(Leg.SCREENING)
    world.do(
        ResolveItem(
            visit=visit,
            item=item,
            resolution="excluded-by-evidence",
            evidence="radiology-report",
            text="report seen",
        ),
        *(("RA",) if item in ("Q01",) else ("TE",)),
    )
    for child in screening.unresolved(case_of(world, visit)):
        world.do(
            ResolveItem(
                visit=visit,
                item=child,
                resolution="excluded-by-evidence",
                evidence="radiology-report",
                text="report seen",
            ),
            "RA",
        )
    world.do(ReviewScreening(visit=visit), "TE")
    assert case_of(world, visit).verdict is Verdict.CLEARED_WITH_CONDITIONS


def test_level_one_cannot_resolve_and_the_attempt_is_kept() -> None:
    world, visit = identified()
    world.screen(visit, Q01="unsure")
    asked = ResolveItem(
        visit=visit, item="Q01", resolution="excluded-by-evidence", evidence="implant-card", text="card"
    )
    before = len(world.entries)
    assert world.refused(asked, "LO") == "role-missing"
    kept = world.entries[before].fact
    assert (kept.kind, kept.act, kept.rule) == ("attempt-refused", "resolve-item", "role-missing")  # type: ignore[attr-defined]
    assert world.refused(asked) == "signature-missing"


def test_what_must_be_resolved_first_wants_evidence_in_writing() -> None:
    world, visit = identified()
    world.screen(visit, Q02="yes")
    spoken = ResolveItem(
        visit=visit, item="Q02", resolution="excluded-by-evidence", evidence="verbal", text="she says so"
    )
    assert world.refused(spoken, "RA") == "evidence-in-writing"


def test_the_two_reviewers_are_two_people() -> None:
    """I5: whoever signed first does not sign the interactive review, alone or beside another."""
    world, visit = identified()
    world.begin(visit)
    world.answer_all(visit)
    world.do(SignScreening(visit=visit), "TE")
    assert world.refused(AskAgain(visit=visit, item="Q01", answer="no")) == "aloud-first-reviewer"
    world.sign_on("LT")
    world.do(TakeOverScreening(visit=visit))
    world.ask_aloud(visit)
    assert world.refused(ReviewScreening(visit=visit), "TE") == "same-reviewer"
    assert world.refused(ReviewScreening(visit=visit), "TE", "LT") == "same-reviewer"
    world.do(ReviewScreening(visit=visit), "LT")
    assert case_of(world, visit).verdict is Verdict.CLEARED


def test_nobody_signs_for_themselves() -> None:
    """I5: a signature under the patient's own pseudonym is refused."""
    world, visit = identified()
    world.begin(visit)
    world.answer_all(visit)
    world.people["patient"] = world.visit(visit).subject
    assert world.refused(SignScreening(visit=visit), "patient") == "signature-missing"
    assert world.refused(SignScreening(visit=visit), "LO", "patient") == "signs-for-self"


def test_a_technologist_without_level_two_scope_does_not_review() -> None:
    """I5: the role has to be held; a title is not a scope."""
    world, visit = identified()
    world.interview(visit)
    assert world.refused(ReviewScreening(visit=visit), "MS") == "role-missing"
    assert world.refused(ReviewScreening(visit=visit), "stranger") == "signature-missing"


def test_every_starred_question_is_asked_aloud_before_the_review() -> None:
    world, visit = identified()
    world.begin(visit)
    world.answer_all(visit)
    world.do(SignScreening(visit=visit), "LO")
    assert world.refused(ReviewScreening(visit=visit), "TE") == "ask-again-first"


def test_a_spoken_answer_that_differs_holds_and_both_are_kept() -> None:
    world, visit = identified()
    world.begin(visit)
    world.answer_all(visit)
    world.do(SignScreening(visit=visit), "LO")
    world.ask_aloud(visit)
    world.do(AskAgain(visit=visit, item="Q03", answer="yes"))
    world.do(ReviewScreening(visit=visit), "TE")
    case = case_of(world, visit)
    assert case.verdict is Verdict.HOLD
    assert (case.answers["Q03"], case.again["Q03"]) == ("no", "yes")
    world.do(AskAgain(visit=visit, item="Q03", answer="no"))
    assert "Q03" in screening.unresolved(case_of(world, visit))


@pytest.mark.parametrize("first", ["yes", *UNDECIDED])
@pytest.mark.parametrize("between", ["", "taken back", "unsure"])
def test_a_draft_answer_that_weighed_is_taken_back_with_a_reason_only(first: str, between: str) -> None:
    """I4, I6: not by a second key, not by way of a blank; both values, reason and informant are kept."""
    world, visit = identified()
    world.begin(visit)
    world.do(AnswerQuestion(visit=visit, item="Q01", answer=first))
    if between:
        said = "" if between == "taken back" else between
        world.do(AnswerQuestion(visit=visit, item="Q01", answer=said))
    no = AnswerQuestion(visit=visit, item="Q01", answer="no")
    assert world.refused(no) == "answer-needs-reason"
    blank = AmendAnswer(visit=visit, item="Q01", answer="no", reason=" ", informant="the patient")
    assert world.refused(blank) == "amend-needs-reason"
    world.do(AmendAnswer(visit=visit, **amend("Q01", "no")))
    (told,) = world.facts(AnswerCorrected)
    was = "unsure" if between == "unsure" and first == "yes" else first
    assert (told.was, told.answer, told.reason) == (was, "no", "remembered")
    assert told.informant == "the patient"
    assert world.do(no)


@pytest.mark.parametrize("first", ["yes", *UNDECIDED])
def test_a_draft_answer_taken_back_counts_as_what_it_was(first: str) -> None:
    """I4: it holds for the reviewers, is resolved by whom it would have been, and leaves a condition."""
    world, visit = identified()
    world.begin(visit)
    world.do(AnswerQuestion(visit=visit, item="Q01", answer=first))
    world.do(AmendAnswer(visit=visit, **amend("Q01", "no")))
    world.answer_all(visit)
    world.do(SignScreening(visit=visit), "LO")
    world.ask_aloud(visit)
    assert case_of(world, visit).answers["Q01"] == "no"
    assert screening.unresolved(case_of(world, visit)) == ("Q01",)
    world.do(ReviewScreening(visit=visit), "TE")
    assert case_of(world, visit).verdict is Verdict.HOLD
    resolved = ResolveItem(
        visit=visit, item="Q01", resolution="excluded-by-evidence", evidence="implant-card", text="seen"
    )
    assert world.refused(resolved, "TE") == "role-missing"
    world.do(resolved, "RA")
    world.do(ReviewScreening(visit=visit), "TE")
    assert case_of(world, visit).verdict is Verdict.CLEARED_WITH_CONDITIONS


def test_a_draft_no_may_become_yes_by_one_key() -> None:
    world, visit = identified()
    world.begin(visit)
    for said in ("no", "yes", "unsure"):
        world.do(AnswerQuestion(visit=visit, item="Q01", answer=said))
    assert case_of(world, visit).answers["Q01"] == "unsure"
    no_draft = AmendAnswer(visit=visit, **amend("Q08", "yes"))
    assert world.refused(no_draft) == "screening-not-signed"


@pytest.mark.parametrize("first", UNDECIDED)
@pytest.mark.parametrize("item", ["Q16", "Q33", "Q10"])
def test_what_was_no_answer_holds_also_after_it_became_a_yes_that_holds_nothing(
    item: str, first: str
) -> None:
    """I4: from unsure, refused or unable only a resolution leads on, and only to printed conditions."""
    world, visit = identified()
    world.begin(visit)
    for said in (first, "yes"):
        world.do(AnswerQuestion(visit=visit, item=item, answer=said))
    world.answer_all(visit)
    world.do(SignScreening(visit=visit), "LO")
    world.ask_aloud(visit)
    assert screening.unresolved(case_of(world, visit)) == (item,)
    world.do(ReviewScreening(visit=visit), "TE")
    assert case_of(world, visit).verdict is Verdict.HOLD


def test_a_word_typed_into_a_line_weighs_nothing_by_itself() -> None:
    """Only an answer that the form's own question weighs needs a reason to be taken back."""
    world, visit = identified()
    world.begin(visit)
    free = next(i for i in world.forms[FORM].walk() if i.type in (ItemType.STRING, ItemType.TEXT))
    world.do(AnswerQuestion(visit=visit, item=free.link_id, answer="yes"))
    world.do(AnswerQuestion(visit=visit, item=free.link_id, answer="since spring"))
    assert case_of(world, visit).answers[free.link_id] == "since spring"


@pytest.mark.parametrize(("took_s", "hurried"), [(0, True), (19.9, True), (20, False), (600, False)])
def test_an_interview_shorter_than_the_sites_time_is_told_as_that(took_s: float, hurried: bool) -> None:
    """I15: on the boot-time clock. It is shown to the second reviewer; nobody is kept by it."""
    world, visit = identified()
    world.begin(visit)
    world.answer_all(visit)
    world.clock.step_wall(3600)
    world.advance(took_s)
    world.do(SignScreening(visit=visit), "LO")
    assert world.facts(ScreeningSigned)[-1].hurried is hurried
    assert case_of(world, visit).hurried is hurried


def test_a_second_amendment_does_not_hide_behind_the_first() -> None:
    """I4: with the signature gone, a signed `unsure` still cannot be overtyped with `no`."""
    world, visit = identified()
    world.screen(visit, Q01="unsure")
    world.do(AmendAnswer(visit=visit, **amend("Q33", "yes")))
    assert world.refused(AnswerQuestion(visit=visit, item="Q01", answer="no")) == "screening-signed-already"
    assert world.refused(AnswerQuestion(visit=visit, item="Q01", answer="")) == "screening-signed-already"
    world.do(AmendAnswer(visit=visit, **amend("Q01", "no")))
    world.answer_all(visit)
    world.do(SignScreening(visit=visit), "LO")
    world.ask_aloud(visit)
    world.do(ReviewScreening(visit=visit), "TE")
    assert case_of(world, visit).verdict is Verdict.HOLD
    assert "Q01" in screening.unresolved(case_of(world, visit))


def test_an_amendment_keeps_both_values_and_takes_signatures_and_leg() -> None:
    """I6: nothing is overwritten; the amendment names both values, reason and informant."""
    world, visit = at_the_door()
    assert world.refused(AmendAnswer(visit=visit, item="Q08", answer="yes", reason="", informant="x")) == (
        "amend-needs-reason"
    )
    (told, *_) = world.do(AmendAnswer(visit=visit, **amend("Q08", "yes")))
    assert (told.was, told.answer, told.reason, told.informant) == (  # type: ignore[attr-defined]
        "no",
        "yes",
        "remembered",
        "the patient",
    )
    assert not world.visit(visit).stands(Leg.SCREENING)
    assert not world.visit(visit).stands(Leg.FINAL_CHECK)
    assert "screening-not-cleared" in rules(world, visit)


@pytest.mark.parametrize("resolution", ["not-suitable", "excluded-by-evidence"])
def test_a_resolution_given_after_the_review_takes_the_review_away(resolution: str) -> None:
    """I4, I8: a physician who says `not suitable` afterwards is not overruled by an older signature."""
    world, visit = identified()
    world.screen(visit, Q08="yes")
    found = {"visit": visit, "item": "Q08", "evidence": "radiology-report", "text": "seen"}
    world.do(ResolveItem(resolution="excluded-by-evidence", **found), "RA")
    world.do(ReviewScreening(visit=visit), "TE")
    assert world.visit(visit).stands(Leg.SCREENING)
    world.do(ResolveItem(resolution=resolution, **found), "RA")
    assert not world.visit(visit).stands(Leg.SCREENING)
    assert "screening-not-cleared" in rules(world, visit)
    world.do(ReviewScreening(visit=visit), "TE")
    cleared = resolution == "excluded-by-evidence"
    assert world.visit(visit).stands(Leg.SCREENING) is cleared
    assert ("screening-not-cleared" in rules(world, visit)) is not cleared


def test_a_spoken_doubt_after_the_review_takes_the_review_away() -> None:
    """I4: it is not enough that somebody resolves the doubt; the review is signed anew."""
    world, visit = at_the_door()
    world.do(AskAgain(visit=visit, item="Q01", answer="unsure"))
    assert not world.visit(visit).stands(Leg.SCREENING)
    world.do(
        ResolveItem(
            visit=visit,
            item="Q01",
            resolution="excluded-by-evidence",
            evidence="implant-card",
            text="card",
        ),
        "RA",
    )
    assert "screening-not-cleared" in rules(world, visit)
    assert world.refused(EnterZoneIV(visit=visit)) == "screening-not-cleared"


def test_nothing_is_carried_over_from_another_attendance() -> None:
    """I8: the same person coming again has a blank form and no leg."""
    world, first = at_the_door()
    second = world.arrive()
    world.identify(second)
    world.begin(second)
    assert case_of(world, second).answers == {"informant": "self"}
    assert world.visit(second).subject != world.visit(first).subject
    assert "screening-not-cleared" in rules(world, second)


def test_erased_answers_hold() -> None:
    """I4: an answer whose key was destroyed reads as no answer at all."""
    case = screening.Case(
        form=FORM, version="1", sha256="x", answers={"Q01": ERASED}, first=(World().who("TE"),)
    )
    assert screening.verdict(case) is Verdict.HOLD


def test_another_form_than_the_one_signed_is_not_judged() -> None:
    """I8: the interview is bound to one released form by its hash."""
    world, visit = identified()
    world.interview(visit)
    world.forms.pop(FORM)
    assert world.refused(ReviewScreening(visit=visit), "TE") == "form-not-loaded"


def test_an_answer_the_question_does_not_allow_is_refused() -> None:
    world, visit = identified()
    assert world.refused(AnswerQuestion(visit=visit, item="Q01", answer="no")) == "screening-not-begun"
    world.begin(visit)
    assert world.refused(AnswerQuestion(visit=visit, item="Q01", answer="maybe")) == "answer-wrong"
    assert world.refused(AnswerQuestion(visit=visit, item="Q99", answer="no")) == "question-unknown"
    assert world.refused(BeginScreening(visit=visit)) == "screening-begun"


def test_the_signature_keeps_what_was_asked_and_the_review_its_verdict() -> None:
    world, visit = identified()
    world.screen(visit, Q08="yes")
    (signed,) = world.facts(ScreeningSigned)
    assert "Q08|HOLD_CLINICAL" in signed.findings.split()
    assert '"Q08": "yes"' in signed.response
    assert world.facts(ScreeningReviewed) == [
        ScreeningReviewed(visit=visit, verdict=Verdict.HOLD, conditions=1)
    ]
    assert plain_answer(world.forms[FORM].item("Q08") or world.forms[FORM].items[0]) == "no"


@pytest.mark.parametrize("then", ["unsure", "yes"])
def test_a_draft_answer_cannot_be_resolved_before_it_stands_under_a_signature(then: str) -> None:
    """What resolves a draft would outlive the answer it was about, and pass without evidence in writing."""
    world, visit = identified()
    world.begin(visit)
    world.answer_all(visit, Q01="unsure")
    spoken = ResolveItem(visit=visit, item="Q01", resolution="excluded-by-evidence", evidence="verbal")
    assert world.refused(spoken, "RA") == "screening-not-signed"
    world.do(AnswerQuestion(visit=visit, item="Q01", answer=then))
    world.do(SignScreening(visit=visit), "LO")
    world.ask_aloud(visit)
    assert screening.unresolved(case_of(world, visit)) == ("Q01",)
    assert world.refused(spoken, "RA") == "evidence-in-writing"


def test_a_spoken_answer_that_differs_holds_again_what_had_been_resolved() -> None:
    """A3: the resolution was about the other answer; both answers stay in the record."""
    world, visit = identified()
    world.interview(visit, Q08="unsure")
    spoken = ResolveItem(visit=visit, item="Q08", resolution="radiologist-risk-benefit", evidence="verbal")
    world.do(replace(spoken, evidence="radiology-report", text="seen"), "RA")
    assert screening.unresolved(case_of(world, visit)) == ()
    world.do(AskAgain(visit=visit, item="Q08", answer="yes"))
    assert screening.unresolved(case_of(world, visit)) == ("Q08",)
    assert case_of(world, visit).answers["Q08"] == "unsure"
    # Two different answers are settled by a document, never by a third word.
    assert world.refused(spoken, "RA") == "evidence-in-writing"
    how = {"resolution": "radiologist-risk-benefit", "evidence": "radiology-report", "text": "seen"}
    world.do(ResolveItem(visit=visit, item="Q08", **how), "RA")
    assert screening.unresolved(case_of(world, visit)) == ()


@pytest.mark.parametrize("said", ["yes", *UNDECIDED])
@pytest.mark.parametrize("way", ["amended", "amended twice", "spoken", "spoken, then amended"])
def test_what_was_ever_said_of_a_pacemaker_wants_evidence_in_writing(said: str, way: str) -> None:
    """I4: an answer signed or spoken and taken back counts as what it was, not as a lighter doubt."""
    world, visit = identified()
    world.interview(visit, Q01=said if way == "amended" else "no")
    if way == "amended twice":
        world.do(AmendAnswer(visit=visit, **amend("Q01", said)))
    elif way != "amended":
        world.do(AskAgain(visit=visit, item="Q01", answer=said))
    if way != "spoken":
        world.do(AmendAnswer(visit=visit, **amend("Q01", "no")))
        world.answer_all(visit)
        world.do(SignScreening(visit=visit), "LO")
        world.ask_aloud(visit)
    found = {"visit": visit, "item": "Q01", "resolution": "excluded-by-evidence"}
    assert world.refused(ResolveItem(evidence="verbal", text="she is sure", **found), "RA") == (
        "evidence-in-writing"
    )
    assert world.refused(ResolveItem(evidence="implant-card", **found), "RA") == "evidence-in-writing"
    world.do(ResolveItem(evidence="implant-card", text="seen", **found), "RA")
    world.do(ReviewScreening(visit=visit), "TE")
    assert case_of(world, visit).verdict is Verdict.CLEARED_WITH_CONDITIONS


def test_a_technologist_does_not_overrule_a_physician_who_said_not_suitable() -> None:
    """I5: what a physician decided is undone by a physician, also where Level 2 might have resolved it."""
    world, visit = identified()
    world.interview(visit, **{DEVICE: "yes"})
    found = {"visit": visit, "item": DEVICE, "evidence": "device-clinic", "text": "seen"}
    met, unsuitable = (ResolveItem(resolution=how, **found) for how in ("conditional-met", "not-suitable"))
    world.do(met, "LT")
    world.do(unsuitable, "RA")
    assert world.refused(met, "LT") == "role-missing"
    assert world.refused(unsuitable, "LT") == "role-missing"
    world.do(ReviewScreening(visit=visit), "TE")
    assert case_of(world, visit).verdict is Verdict.NOT_SUITABLE
    world.do(met, "RA")
    world.do(ReviewScreening(visit=visit), "TE")
    assert case_of(world, visit).verdict is Verdict.CLEARED_WITH_CONDITIONS


@pytest.mark.parametrize(
    ("parent", "child"), [("Q17", "Q17.expander"), ("Q12", "Q12.frame"), ("Q10", "Q10.recent")]
)
@pytest.mark.parametrize("hidden_by", ["no", "refused", "unable"])
@pytest.mark.parametrize("signed", [False, True])
def test_what_was_said_to_a_question_holds_after_another_answer_hid_it(
    parent: str, child: str, hidden_by: str, signed: bool
) -> None:
    """I4: an expander once told of does not go by saying no to the question before it."""
    world, visit = identified()
    if signed:
        world.interview(visit, **{parent: "yes", child: "yes"})
    else:
        world.begin(visit)
        for item in (parent, child):
            world.do(AnswerQuestion(visit=visit, item=item, answer="yes"))
    if signed or hidden_by == "no":
        world.do(AmendAnswer(visit=visit, **amend(parent, hidden_by)))
    else:
        world.do(AnswerQuestion(visit=visit, item=parent, answer=hidden_by))
    world.answer_all(visit)
    world.do(SignScreening(visit=visit), "LO")
    world.ask_aloud(visit)
    assert child in screening.unresolved(case_of(world, visit))
    if child == "Q17.expander":
        spoken = ResolveItem(
            visit=visit, item=child, resolution="excluded-by-evidence", evidence="verbal", text="sure"
        )
        assert world.refused(spoken, "TE") == "role-missing"
        assert world.refused(spoken, "RA") == "evidence-in-writing"
    world.do(ReviewScreening(visit=visit), "TE")
    assert case_of(world, visit).verdict is Verdict.HOLD


def test_a_question_hidden_before_anything_weighed_was_said_to_it_holds_nothing() -> None:
    world, visit = identified()
    world.begin(visit)
    for item, said in (("Q17", "yes"), ("Q17.expander", "no")):
        world.do(AnswerQuestion(visit=visit, item=item, answer=said))
    world.do(AmendAnswer(visit=visit, **amend("Q17", "no")))
    world.answer_all(visit)
    world.do(SignScreening(visit=visit), "LO")
    assert "Q17.expander" not in screening.must_resolve(case_of(world, visit))
