"""Who has an interview in hand: begun or taken over by a recorded act, and nobody else clears (S7)."""

from __future__ import annotations

import pytest
from support.suite_world import World, ready

from mr_safety_console.domain import screening
from mr_safety_console.domain.approval_facts import ScreenEmergent
from mr_safety_console.domain.screening_facts import (
    AmendAnswer,
    AskAgain,
    ReviewScreening,
    ScreeningReviewed,
    ScreeningTakenOver,
    SignScreening,
    TakeOverScreening,
    Verdict,
)
from mr_safety_console.domain.suite import SuiteState, evolve
from mr_safety_console.domain.visit import expired
from mr_safety_console.domain.visit_facts import CloseVisit, Leg


def asked_aloud() -> tuple[World, str]:
    """Return an interview TE began and LO signed first, with every starred question asked aloud."""
    world = ready()
    visit = world.arrive()
    world.identify(visit)
    world.interview(visit)
    return world, visit


def owner(world: World, visit: str) -> str:
    held = world.state.screening.cases[visit].owner
    return next(initials for initials, name in world.people.items() if name == held)


def test_s7_ownership_is_handed_over_by_a_recorded_act_and_only_the_owner_clears() -> None:
    """S7: from A to B is a fact with both names; A signs again only after taking the case back."""
    world, visit = asked_aloud()
    assert owner(world, visit) == "TE"
    assert world.refused(ReviewScreening(visit=visit), "LT") == "screening-not-owner"
    world.sign_on("LT")
    world.do(TakeOverScreening(visit=visit))
    told = world.facts(ScreeningTakenOver)[-1]
    assert (told.owner, told.was) == (world.people["LT"], world.people["TE"])
    assert [who.person for who in world.entries[-1].by] == [world.people["LT"]]
    assert world.refused(ReviewScreening(visit=visit), "TE") == "screening-not-owner"
    assert not world.visit(visit).stands(Leg.SCREENING)
    assert world.refused(ReviewScreening(visit=visit), "LT") == "ask-again-first"
    world.sign_on("TE")
    world.do(TakeOverScreening(visit=visit))
    world.do(ReviewScreening(visit=visit), "TE")
    assert world.state.screening.cases[visit].verdict is Verdict.CLEARED
    assert len(world.facts(ScreeningReviewed)) == 1


def test_the_refusal_names_the_owner_and_the_keys() -> None:
    world, visit = asked_aloud()
    why = world.give(ReviewScreening(visit=visit), "LT").refused
    assert why is not None
    assert "TE" in why.reason
    assert "Space, 1" in why.what_now


def test_a_second_signature_makes_nobody_the_owner() -> None:
    """S7: one person clears; a co-signature of the owner does not lend the case to somebody else."""
    world, visit = asked_aloud()
    assert world.refused(ReviewScreening(visit=visit), "TE", "LT") == "screening-not-owner"


def test_whoever_signed_first_may_hold_the_case_and_still_does_not_review() -> None:
    """I5: first and interactive reviewer differ, whoever owns the case."""
    world, visit = asked_aloud()
    world.do(TakeOverScreening(visit=visit), "LO")
    assert world.refused(ReviewScreening(visit=visit), "LO") == "ask-again-first"
    world.do(AmendAnswer(visit=visit, item="Q05", answer="no", reason="asked once more", informant="patient"))
    world.do(TakeOverScreening(visit=visit), "TE")
    world.do(SignScreening(visit=visit), "LT")
    world.ask_aloud(visit)
    world.do(TakeOverScreening(visit=visit), "LT")
    assert world.refused(ReviewScreening(visit=visit), "LT") == "ask-again-first"
    world.sign_on("LT")
    assert world.refused(AskAgain(visit=visit, item="Q01", answer="no")) == "aloud-first-reviewer"


def test_nobody_signs_for_what_somebody_else_heard() -> None:
    """H4, 2.5: the interactive review is the reviewer's own; after a change of hands it is asked anew."""
    world, visit = asked_aloud()
    assert world.state.screening.cases[visit].asked_by["Q01"] == world.people["TE"]
    world.sign_on("LT")
    assert world.refused(AskAgain(visit=visit, item="Q01", answer="no")) == "aloud-not-owner"
    world.do(TakeOverScreening(visit=visit))
    assert world.refused(ReviewScreening(visit=visit), "LT") == "ask-again-first"
    world.do(AskAgain(visit=visit, item="Q01", answer="no"))
    assert world.refused(ReviewScreening(visit=visit), "LT") == "ask-again-first"
    world.ask_aloud(visit)
    world.do(ReviewScreening(visit=visit), "LT")
    assert set(world.state.screening.cases[visit].asked_by.values()) == {world.people["LT"]}


def test_level_one_asks_nothing_aloud_for_the_review() -> None:
    """2.5: the interactive review is of Level 2; what Level 1 heard is told as what somebody said."""
    world = ready()
    visit = world.arrive()
    world.begin(visit)
    world.answer_all(visit)
    world.do(SignScreening(visit=visit), "LT")
    world.sign_on("LO")
    world.do(TakeOverScreening(visit=visit))
    assert world.refused(AskAgain(visit=visit, item="Q01", answer="no")) == "role-missing"


def test_a_review_of_old_answers_is_refused_and_an_expired_one_is_not_renewed_by_a_pin() -> None:
    """W4: 24 h; afterwards everything is asked anew, in a visit of its own."""
    world, visit = asked_aloud()
    world.do(ReviewScreening(visit=visit), "TE")
    world.advance(24 * 3600 + 1)
    assert world.refused(ReviewScreening(visit=visit), "TE") == "answers-old"
    assert expired(world.visit(visit), Leg.SCREENING, world.ctx())
    world, visit = asked_aloud()
    world.advance(24 * 3600 + 1)
    assert world.refused(ReviewScreening(visit=visit), "TE") == "answers-old"
    world.do(CloseVisit(visit=visit, outcome="not-scanned"))


def test_the_emergent_screen_is_the_owners_too() -> None:
    """S7: also where one person screens alone."""
    world, visit = asked_aloud()
    asked = ScreenEmergent(
        visit=visit,
        ordering="Dr Order",
        covering=world.people["RA"],
        callback="1",
        read_back=True,
        why="cord",
    )
    assert world.refused(asked, "LT") == "screening-not-owner"
    world.do(TakeOverScreening(visit=visit), "LT")
    world.do(asked, "LT")
    assert world.state.screening.cases[visit].emergent is not None


def test_a_review_that_could_not_count_asks_for_no_pin() -> None:
    """While the first reviewer has the case in hand the proposal says so before any PIN is typed."""
    world = ready()
    visit = world.arrive()
    world.identify(visit)
    world.begin(visit)
    world.answer_all(visit)
    world.do(SignScreening(visit=visit), "LT")
    world.ask_aloud(visit)
    world.do(AmendAnswer(visit=visit, item="Q26", answer="no", reason="again", informant="patient"))
    world.do(SignScreening(visit=visit), "TE")
    assert world.refused(AskAgain(visit=visit, item="Q01", answer="no")) == "aloud-first-reviewer"
    world.sign_on("LT")
    world.do(TakeOverScreening(visit=visit))
    world.ask_aloud(visit)
    assert world.refused(ReviewScreening(visit=visit)) == "signature-missing"


def test_taking_over_what_one_has_says_nothing() -> None:
    world, visit = asked_aloud()
    assert world.do(TakeOverScreening(visit=visit)) == ()


@pytest.mark.parametrize("initials", ["RA"])
def test_who_does_not_screen_takes_nothing_over(initials: str) -> None:
    """I5: a physician resolves and does not hold the case."""
    world, visit = asked_aloud()
    assert world.refused(TakeOverScreening(visit=visit), initials) == "role-missing"
    world.sign_off()
    assert world.refused(TakeOverScreening(visit=visit)) == "nobody-signed-on"


def test_nobody_takes_their_own_interview_over() -> None:
    """I5: the person the interview is about never holds it."""
    world = ready()
    visit = world.arrive(name="Lena Leveltwo")
    world.identify(visit)
    world.begin(visit)
    assert world.refused(TakeOverScreening(visit=visit), "LT") == "signs-for-self"


def test_the_owner_is_read_from_the_record() -> None:
    """Also from rows of before there was an owner: whoever began it."""
    world, visit = asked_aloud()
    again = SuiteState()
    for entry in world.entries:
        again = evolve(again, entry)
    assert again.screening.cases[visit] == world.state.screening.cases[visit]
    assert screening.verdict(again.screening.cases[visit]) is Verdict.CLEARED
