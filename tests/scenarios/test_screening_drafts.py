"""A draft survives a close and a crash for its own visit, and stands in nobody else's form."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support.live_suite import LiveSuite

from mr_safety_console.domain.interview_facts import LinkVisit, RecordInformant
from mr_safety_console.domain.screening_facts import (
    PREGNANCY,
    AnswerQuestion,
    BeginScreening,
    ReviewScreening,
    SignScreening,
)
from mr_safety_console.domain.staff import SignOn
from mr_safety_console.domain.visit_facts import CloseVisit

pytestmark = [pytest.mark.pty, pytest.mark.timeout(180)]

SAID_NOW = {"informant": "self"}
"""Who answers was just recorded: the form does not ask it again, and nothing else stands in it."""
DRAFT = {"informant": "self", "Q01": "yes", "Q02": "unsure", "Q08": "no"}


def closed(suite: LiveSuite, place: Path) -> Path:
    suite.close()
    return place


def crashed(suite: LiveSuite, place: Path) -> Path:
    """Take the disk as it is under a running console, and go on from that."""
    after = place.with_name("after")
    shutil.copytree(place / "data", after / "data")
    suite.close()
    return after


def begun(suite: LiveSuite, name: str) -> str:
    visit = suite.arrive(name)
    suite.do(BeginScreening(visit=visit))
    suite.do(RecordInformant(visit=visit))
    return visit


@pytest.mark.parametrize("ends", [closed, crashed])
def test_a_draft_goes_on_after_a_restart_and_the_next_persons_form_is_blank(
    tmp_path: Path, ends: Callable[[LiveSuite, Path], Path]
) -> None:
    """H5, I8: Jane's draft is Jane's after a close or a crash; Richard's form has never an answer in it."""
    place = tmp_path / "before"
    place.mkdir()
    suite = LiveSuite(place)
    try:
        suite.do(SignOn(person=suite.person("AE")), "AE")
        first = begun(suite, "Doe, Jane")
        for item, said in DRAFT.items():
            suite.do(AnswerQuestion(visit=first, item=item, answer=said))
        after = ends(suite, place)
    finally:
        suite.close()
    with LiveSuite(after) as again:
        case = again.state.screening.cases[first]
        assert (case.answers, case.first) == (DRAFT, ())
        again.do(SignOn(person=again.person("AE")), "AE")
        # What weighed before the crash still weighs: no key takes it back without a reason.
        assert again.refused(AnswerQuestion(visit=first, item="Q01", answer="no")) == "answer-needs-reason"
        second = begun(again, "Roe, Richard")
        assert again.state.screening.cases[second].answers == SAID_NOW
        again.do(CloseVisit(visit=first, outcome="not-scanned"))
        third = begun(again, "Doe, Jane")
        assert again.state.screening.cases[third].answers == SAID_NOW
        assert again.state.screening.former == {}


def test_the_same_person_after_a_restart_is_compared_only_when_staff_say_so(tmp_path: Path) -> None:
    """H5: a kept interview survives the restart, fills nothing in, and holds what is denied since."""
    with LiveSuite(tmp_path) as suite:
        suite.do(SignOn(person=suite.person("AE")), "AE")
        first = suite.arrive("Doe, Jane")
        suite.screen(first)
        no = suite.state.visits.open[first].no
        suite.do(CloseVisit(visit=first, outcome="not-scanned"))
    with LiveSuite(tmp_path) as again:
        again.do(SignOn(person=again.person("AE")), "AE")
        assert [one.no for one in again.state.screening.former.values()] == [no]
        second = begun(again, "Doe, Jane")
        assert again.state.screening.cases[second].answers == SAID_NOW
        assert again.refused(LinkVisit(visit=second, no=no)) == "former-not-yet"
        assert again.refused(SignScreening(visit=second), "BS") == "questions-blank"
        assert again.refused(ReviewScreening(visit=second), "AE") == "screening-not-signed"


@pytest.mark.parametrize("ends", [closed, crashed])
def test_the_draft_of_a_further_form_goes_on_after_a_restart_and_stands_in_no_other_visit(
    tmp_path: Path, ends: Callable[[LiveSuite, Path], Path]
) -> None:
    """H5, I8: each form of a visit has its own draft, and the next person's forms are blank."""
    place = tmp_path / "before"
    place.mkdir()
    suite = LiveSuite(place)
    try:
        suite.do(SignOn(person=suite.person("AE")), "AE")
        first = begun(suite, "Doe, Jane")
        suite.do(AnswerQuestion(visit=first, item="Q09", answer="yes"))
        suite.do(BeginScreening(visit=first, form=PREGNANCY))
        for item, said in (("Q09", "unsure"), ("weeks", "12")):
            suite.do(AnswerQuestion(visit=first, item=item, answer=said, sheet=PREGNANCY))
        after = ends(suite, place)
    finally:
        suite.close()
    with LiveSuite(after) as again:
        state = again.state.screening
        assert state.cases[first].answers == {"informant": "self", "Q09": "yes"}
        assert state.sheets[first][PREGNANCY].answers == {"Q09": "unsure", "weeks": "12"}
        again.do(SignOn(person=again.person("AE")), "AE")
        back = AnswerQuestion(visit=first, item="Q09", answer="no", sheet=PREGNANCY)
        assert again.refused(back) == "answer-needs-reason"
        again.do(CloseVisit(visit=first, outcome="not-scanned"))
        for name in ("Roe, Richard", "Doe, Jane"):
            visit = begun(again, name)
            assert again.state.screening.sheets == {}
            again.do(BeginScreening(visit=visit, form=PREGNANCY))
            assert again.state.screening.sheets[visit][PREGNANCY].answers == {}
            assert again.state.screening.cases[visit].answers == {"informant": "self"}, "said of this visit"
            again.do(CloseVisit(visit=visit, outcome="not-scanned"))
