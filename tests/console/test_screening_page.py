"""Filling in and reviewing by keys: how many, one question at a time, and nothing left of the last person."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.console_site import FORMS, NARROW, WIDE, Hand, Site
from support.fake_face import SITE
from support.waiting import becomes

from mr_safety_console.console.app import ConsoleApp
from mr_safety_console.console.present.interview import PER_PAGE
from mr_safety_console.console.screens.screening import ScreeningPage
from mr_safety_console.domain import screening
from mr_safety_console.domain.interview_facts import RecordInformant
from mr_safety_console.domain.screening_facts import (
    AnswerQuestion,
    AskAgain,
    BeginScreening,
    ReviewScreening,
    SignScreening,
    Verdict,
)
from mr_safety_console.domain.staff import SignOff
from mr_safety_console.domain.visit_facts import AmendVisit, CloseVisit, IdentifyVisit
from mr_safety_console.start import responses
from screening_forms import answering
from screening_forms.response import to_response

FORM = FORMS["screening-adult"]


@asynccontextmanager
async def console(site: Site, size: tuple[int, int] = WIDE, **parts: Any) -> AsyncIterator[Hand]:
    app = ConsoleApp(site.parts(**parts))
    async with app.run_test(size=size) as pilot:
        hand = Hand(app, pilot, site)
        await hand.look()
        yield hand


@pytest.fixture
def arrived(site: Site) -> str:
    """A patient whose identity was asked, BB signed on."""
    site.face.sign_on(site.ben)
    visit = site.arrive()
    site.do(IdentifyVisit(visit=visit, identifiers=("name", "birth-date")))
    return visit


def page(hand: Hand) -> ScreeningPage:
    assert isinstance(hand.app.screen, ScreeningPage)
    return hand.app.screen


def case_of(site: Site, visit: str) -> screening.Case:
    return site.face.working.screening.cases[visit]


class Counted:
    """Presses keys as a person would, one by one, and counts them."""

    def __init__(self, hand: Hand) -> None:
        self.hand = hand
        self.keys = 0

    async def press(self, *keys: str) -> None:
        self.keys += len(keys)
        await self.hand.pilot.press(*keys)
        await self.hand.pilot.pause()

    async def dialog(self, name: str) -> None:
        await becomes(lambda: type(self.hand.app.screen).__name__ == name, 3, f"a {name}")


async def test_a_paper_without_positives_takes_no_more_than_one_and_a_half_keys_an_item(
    site: Site, arrived: str
) -> None:
    """H4, H5: begin, who answers, who filled it in and when, every question; the signature is apart."""
    site.clock.utc += 1_000_000
    async with console(site, NARROW) as hand:
        keys = Counted(hand)
        await keys.press("f4", "enter", "full_stop", "1")
        await keys.press("space", "1", "1")
        await keys.dialog("FieldsDialog")
        await keys.press("0", "0", "0", "0", "enter")
        for _ in range(200):
            held = page(hand)._interview(hand.app.desk.view())
            assert held is not None
            item = FORM.item(page(hand)._cursor)
            assert item is not None
            if not answering.missing(FORM, held.answers):
                break
            await keys.press(*_copied(item.link_id))
        case = case_of(site, arrived)
        asked = answering.asked(FORM, case.answers)
        assert not answering.missing(FORM, case.answers)
        assert (case.way, len(asked)) == ("paper", 46)
        assert keys.keys / len(asked) <= 1.5, f"{keys.keys} keys for {len(asked)} items"


def _copied(link_id: str) -> tuple[str, ...]:
    """Return the keys that copy one answer: digits for the patient's own measures, else one letter."""
    match link_id:
        case "informant":
            return ("1",)
        case "height":
            return ("enter", "1", "7", "0", "enter")
        case "weight":
            return ("enter", "7", "5", "enter")
        case "girth":
            return ("down",)
        case _:
            return ("n",)


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_a_starred_question_stands_alone_to_be_read_aloud(
    site: Site, arrived: str, size: tuple[int, int]
) -> None:
    """A3: no other question, no answer of the form; what differs is told at once."""
    site.do(BeginScreening(visit=arrived))
    site.do(RecordInformant(visit=arrived))
    site.answered(arrived, Q02="yes")
    site.do(SignScreening(visit=arrived), site.cleo)
    stars = [item for item in FORM.walk() if item.ask_again]
    async with console(site, size) as hand:
        told = await hand.press("f4")
        for number, item in enumerate(stars, 1):
            assert f"★ {number} OF {len(stars)}" in told
            shown = " ".join(told.split())
            assert " ".join(item.text.split()) in shown.replace("│", "")
            others = [one for one in stars if one is not item and one.text in shown]
            assert others == []
            assert "hidden" in told
            told = await hand.press("n")
            assert ("DIFFERS from the form" in told) is (number > 1) or number == len(stars)
        assert "FASTER THAN READ ALOUD" in told
        assert screening.unresolved(case_of(site, arrived)) == ("Q02",)


async def test_with_two_positives_resolver_and_evidence_are_asked_without_leaving_the_screen(
    site: Site, arrived: str
) -> None:
    """Both hold, both are resolved by who may, the review is signed: F4 was pressed once."""
    site.do(BeginScreening(visit=arrived))
    site.do(RecordInformant(visit=arrived))
    site.answered(arrived, Q02="yes", Q08="yes")
    site.do(SignScreening(visit=arrived), site.cleo)
    async with console(site, NARROW) as hand:
        await hand.press("f4")
        for item in [one for one in FORM.walk() if one.ask_again]:
            await hand.press("y" if item.link_id in ("Q02", "Q08") else "n")
        for _ in range(2):
            told = await hand.press("v")
            left = screening.unresolved(case_of(site, arrived))[0]
            assert f"{left}: HOW IS IT RESOLVED?" in told
            told = await hand.press("1")
            assert f"{left}: ON WHICH EVIDENCE?" in told
            await hand.press("5")
            await hand.type("report seen", "enter")
            await hand.sign("DD")
            assert isinstance(hand.app.screen, ScreeningPage)
        assert screening.unresolved(case_of(site, arrived)) == ()
        await hand.press("g")
        await hand.sign("BB")
        told = await hand.look()
        assert "CLEARED WITH CONDITIONS" in told
        told = await hand.press("f3")
        assert "CONDITION Q02" in told
        assert "CONDITION Q08" in told


async def test_a_decision_by_a_call_shows_both_names_until_it_is_signed(site: Site, arrived: str) -> None:
    site.do(BeginScreening(visit=arrived))
    site.do(RecordInformant(visit=arrived))
    site.answered(arrived, Q02="yes")
    site.do(SignScreening(visit=arrived), site.cleo)
    async with console(site) as hand:
        await hand.press("f4")
        for item in [one for one in FORM.walk() if one.ask_again]:
            await hand.press("y" if item.link_id == "Q02" else "n")
        assert page(hand)._cursor == "hold:Q02"
        assert "Somebody not present decided" in await hand.press("space")
        told = await hand.press("2")
        assert "Q02: WHO DECIDED, NOT PRESENT?" in told
        assert "DD Dan Doctor" in told
        await hand.press("1", "1", "5")
        for said in ("report read over", "4711", "0000"):
            await hand.type(said, "enter")
        await hand.type("y", "enter")
        await hand.sign("CC")
        told = " ".join((await hand.look()).split())
        assert "decided by DD, recorded by CC: the decider has not signed" in told
        await hand.press("space", "2")
        await hand.sign("DD")
        assert "recorded by" not in await hand.look()
        assert screening.unsigned_calls(case_of(site, arrived)) == ()


async def test_who_answers_for_the_patient_is_asked_whole(site: Site, arrived: str) -> None:
    """Relation, reason and capacity of a proxy; language and number of an interpreter."""
    site.do(BeginScreening(visit=arrived))
    async with console(site, NARROW) as hand:
        assert "who answers? press ." in await hand.press("f4")
        await hand.press("full_stop", "2")
        await hand.type("sister", "enter")
        await hand.type("asleep", "enter")
        assert "DOES THE PATIENT HAVE CAPACITY?" in await hand.look()
        assert "somebody for the patient" in await hand.press("2")
        known = case_of(site, arrived).informant
        assert known is not None
        assert (known.who, known.relation, known.capacity) == ("proxy", "sister", "lacks")
        await hand.press("full_stop", "4")
        await hand.type("Turkish", "enter")
        assert "professional interpreter" in await hand.type("I-12", "enter")
        known = case_of(site, arrived).informant
        assert known is not None
        assert (known.who, known.interpreter, known.language) == ("patient", "professional", "Turkish")


async def test_a_patient_declines_and_the_close_is_proposed(site: Site, arrived: str) -> None:
    site.do(BeginScreening(visit=arrived))
    async with console(site, NARROW) as hand:
        told = await hand.press("f4", "space")
        line = next(line for line in told.splitlines() if "The patient declines" in line)
        await hand.press(next(one for one in line.split() if one.isdigit()))
        await hand.type("does not want it", "enter")
        assert case_of(site, arrived).verdict is Verdict.DECLINED
        assert "Close: declined" in await hand.press("f3")


async def test_a_remote_approval_is_offered_only_over_a_line_that_works(site: Site, arrived: str) -> None:
    """A4, A5: not offered before somebody tried the line; refused below 30 s; then it names both."""
    remote = replace(SITE, approver="remote")
    site.face.profile = remote
    rita = site.face.enrol("RE", "Rita Remote", "REM")
    site.do(BeginScreening(visit=arrived))
    site.do(RecordInformant(visit=arrived))
    site.answered(arrived)
    site.do(SignScreening(visit=arrived), site.cleo)
    for item in [one for one in FORM.walk() if one.ask_again]:
        site.do(AskAgain(visit=arrived, item=item.link_id, answer="no"))
    site.do(ReviewScreening(visit=arrived), site.ben)
    async with console(site, profile=remote) as hand:
        told = await hand.press("f4")
        assert "final approval: the remote operator" in told
        told = await hand.press("space")
        assert "Final approval by the remote" not in told
        await hand.press("1", "3", "1")
        told = await hand.press("space")
        assert "1 Final approval by the remote operator" in told
        await hand.press("1", "1")
        place = next(line for line in (await hand.look()).splitlines() if "RE Rita Remote" in line)
        await hand.press(next(one for one in place.split() if one.isdigit()), "1")
        for said in ("29", "MR-4711", "nothing found"):
            await hand.type(said, "enter")
        assert "No evidence of direct engagement" in await hand.sign("CC")
        assert case_of(site, arrived).approved == ()
        await hand.press("escape", "space", "1", "1")
        place = next(line for line in (await hand.look()).splitlines() if "RE Rita Remote" in line)
        await hand.press(next(one for one in place.split() if one.isdigit()), "1")
        for said in ("45", "MR-4711", "nothing found"):
            await hand.type(said, "enter")
        await hand.sign("CC")
        assert "approved over the line, by RE" in " ".join((await hand.look()).split())
        assert [who.person for who in case_of(site, arrived).approved] == [rita]


async def test_the_emergent_screen_stays_printed_on_every_screen(site: Site, arrived: str) -> None:
    """H4: never a plain clearance, and what nobody asked is told wherever the person is."""
    site.do(BeginScreening(visit=arrived))
    site.do(RecordInformant(visit=arrived))
    async with console(site, NARROW) as hand:
        told = await hand.press("f4", "space")
        number = next(line for line in told.splitlines() if "Emergent path" in line).split()
        assert "WHICH PHYSICIAN" in await hand.press(next(one for one in number if one.isdigit()))
        await hand.press("1")
        for said in ("Dr Orderer", "4711", "y", "cord compression"):
            await hand.type(said, "enter")
        await hand.sign("BB")
        assert case_of(site, arrived).verdict is Verdict.EMERGENT
        for key in ("f2", "f3", "f4", "f5", "f6", "ctrl+d", "ctrl+g", "ctrl+t"):
            told = await hand.press(key)
            assert "NOT ASKED" in told or "NOT ALL ASKED V" in told, key
        assert "Q07" in await hand.press("f3")
        assert "Q07" in await hand.press("f5")


async def test_an_answer_the_engine_refuses_is_told_beside_its_question(site: Site, arrived: str) -> None:
    site.do(BeginScreening(visit=arrived))
    async with console(site, NARROW) as hand:
        hand.app.desk.selected = arrived
        await hand.press("f4")
        held = page(hand)
        site.do(SignOff())
        lines = (await hand.press("1")).splitlines()
        assert held._cursor == "informant"
        place = next(n for n, line in enumerate(lines) if "Who answers these questions?" in line)
        assert any("✗" in line for line in lines[place : place + 4])


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_never_more_than_seven_questions_and_always_how_far(
    site: Site, arrived: str, size: tuple[int, int]
) -> None:
    site.do(BeginScreening(visit=arrived))
    async with console(site, size) as hand:
        told = await hand.press("f4")
        for _ in range(7):
            assert sum(line.count("□") for line in told.splitlines()) <= PER_PAGE + 1
            assert "answered" in told
            assert "Page" in told
            told = await hand.press("pagedown")


# --- nothing of anybody else ---


async def test_nothing_of_the_last_person_stands_in_the_next_persons_form(site: Site, arrived: str) -> None:
    """H5, I8: not the draft of the one before, not the same person's last visit, not what was in flight."""
    site.do(BeginScreening(visit=arrived))
    async with console(site) as hand:
        await hand.press("f4")
        site.face.silent = True
        await hand.press("1")
        assert page(hand)._pending
        site.face.silent = False
        site.do(CloseVisit(visit=arrived, outcome="not-scanned"))
        second = site.arrive()
        site.do(BeginScreening(visit=second))
        hand.app.desk.selected = second
        told = await hand.look()
        assert page(hand)._pending == {}
        assert "0 of 46 answered" in told
        assert case_of(site, second).answers == {}


def test_a_draft_belongs_to_its_own_visit_and_no_other(site: Site, arrived: str) -> None:
    """H5: what was answered is in the record, answer by answer, for its own visit alone."""
    site.do(BeginScreening(visit=arrived))
    site.do(AnswerQuestion(visit=arrived, item="Q01", answer="yes"))
    other = site.arrive("Roe, Richard")
    site.do(BeginScreening(visit=other))
    view = site.view()
    assert view.state.screening.cases[arrived].answers == {"Q01": "yes"}
    assert view.state.screening.cases[other].answers == {}


# --- a response file ---


def written(tmp_path: Path, answers: dict[str, str], **changes: Any) -> Path:
    data = {**to_response(FORM, answers, "P1", "2026-01-01T08:00:00+00:00", "in-progress"), **changes}
    file = tmp_path / "response.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    return file


async def test_a_response_file_gives_answers_and_no_signature(
    site: Site, arrived: str, tmp_path: Path
) -> None:
    """H4: each answer checked like one that is typed; whatever it leaves open stays blank."""
    site.do(BeginScreening(visit=arrived))
    hour = 3_600_000_000
    found = responses.read(FORM, str(written(tmp_path, {"Q01": "no", "Q02": "yes"})))
    site.clock.utc = getattr(found, "authored_utc", 0) + hour
    async with console(site, read_response=responses.read) as hand:
        await hand.press("f4", "space", "2")
        await hand.type(str(tmp_path / "response.json"), "enter")
        await hand.type("portal", "enter")
        await becomes(lambda: len(case_of(site, arrived).answers) == 2, 3, "the answers")
        case = case_of(site, arrived)
        assert (case.way, case.answers, case.first) == ("response", {"Q01": "no", "Q02": "yes"}, ())
        assert "from a file, retrospective" in await hand.look()


@pytest.mark.parametrize(
    "changes",
    [
        {"questionnaire": "urn:other|1"},
        {"authored": "yesterday"},
        {"item": [{"linkId": "Q99", "answer": [{"valueString": "x"}]}]},
    ],
)
def test_a_response_of_another_form_or_without_its_moment_is_not_taken(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    found = responses.read(FORM, str(written(tmp_path, {"Q01": "no"}, **changes)))
    assert getattr(found, "rule", "") == "response-refused"
    assert getattr(responses.read(FORM, str(tmp_path / "nothing.json")), "rule", "") == "response-refused"
    assert getattr(responses.read(FORM, str(tmp_path)), "rule", "") == "response-refused"


def test_the_review_is_signed_by_the_second_person_only(site: Site, arrived: str) -> None:
    site.do(BeginScreening(visit=arrived))
    site.do(RecordInformant(visit=arrived))
    site.answered(arrived)
    site.do(SignScreening(visit=arrived), site.cleo)
    answer = site.face.do(ReviewScreening(visit=arrived), site.given(site.ben))
    assert getattr(answer, "rule", "") == "ask-again-first"


# --- further forms beside the interview ---


def sheet_of(site: Site, visit: str, sheet: str) -> screening.Case:
    return site.face.working.screening.sheets[visit][sheet]


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_a_form_that_an_answer_wants_is_stepped_to_begun_and_answered(
    site: Site, arrived: str, size: tuple[int, int]
) -> None:
    """The head says which form this is and which is missing; the keys are those of the interview."""
    site.do(BeginScreening(visit=arrived))
    site.do(RecordInformant(visit=arrived))
    async with console(site, size) as hand:
        assert "form 1 of" not in await hand.press("f4")
        site.do(AnswerQuestion(visit=arrived, item="Q09", answer="unsure"))
        told = " ".join((await hand.look()).split())
        assert "form 1 of 2 Tab in hand: BB ▲ MISSING: pregnancy screening-adult" in told
        told = " ".join((await hand.press("tab")).split())
        assert "The pregnancy form is missing" in told
        assert "form 2 of 2 Tab" in told
        told = " ".join((await hand.press("enter")).split())
        assert "Pregnancy: questions before an MR scan" in told
        assert "MISSING" not in told
        before = case_of(site, arrived).answers
        await hand.press("u", "full_stop", "1")
        case = sheet_of(site, arrived, "pregnancy")
        assert case.answers == {"Q09": "unsure"}
        assert case.informant is not None
        assert case_of(site, arrived).answers == before
        assert "form 1 of 2" in " ".join((await hand.press("tab")).split())


async def test_a_form_nobody_asked_for_is_begun_from_the_further_acts_and_signed_once(
    site: Site, arrived: str
) -> None:
    site.do(BeginScreening(visit=arrived))
    site.do(RecordInformant(visit=arrived))
    async with console(site, NARROW) as hand:
        await hand.press("f4")
        await _further(hand, "A further form of this visit")
        await _pick(hand, "remote consent")
        assert "form 2 of 2" in " ".join((await hand.look()).split())
        form = FORMS["consent-vst"]
        site.do(RecordInformant(visit=arrived, sheet="consent-vst"))
        while blank := answering.missing(form, sheet_of(site, arrived, "consent-vst").answers):
            for item in blank:
                said = "not-given" if item.link_id.startswith("consent") else _plain(item)
                site.do(AnswerQuestion(visit=arrived, item=item.link_id, answer=said, sheet="consent-vst"))
        await hand.press("g")
        told = " ".join((await hand.sign("CC")).split())
        assert sheet_of(site, arrived, "consent-vst").first[0].person == site.cleo
        assert "Nothing is open on this form." in told
        told = await hand.press("space")
        assert "A further form of this visit" in told
        assert "The patient declines" not in told
        assert "Emergent" not in told


def _plain(item: Any) -> str:
    return str(item.options[0].code) if item.options else "said so"


async def _further(hand: Hand, words: str) -> str:
    await hand.press("space")
    return await _pick(hand, words)


async def _pick(hand: Hand, words: str) -> str:
    line = next(line for line in (await hand.look()).splitlines() if words in line)
    return await hand.press(next(one for one in line.split() if one.isdigit()))


async def test_what_holds_on_a_form_is_resolved_there_and_told_on_the_visit(site: Site, arrived: str) -> None:
    site.do(BeginScreening(visit=arrived))
    site.do(RecordInformant(visit=arrived))
    site.do(AnswerQuestion(visit=arrived, item="Q31", answer="yes"))
    async with console(site, NARROW) as hand:
        told = await hand.press("f3")
        rail = " ".join(" ".join(line[:40] for line in told.splitlines()).split())
        assert "The contrast form is missing: an answer wants it. Whoever screens, with the patient." in rail
        await hand.press("f4", "tab", "enter")
        site.do(RecordInformant(visit=arrived, sheet="contrast-renal"))
        form = FORMS["contrast-renal"]
        said = {"agent-group": "III", "egfr": "28", "egfr-date": "2026-01-01"}
        site.do(AnswerQuestion(visit=arrived, item="egfr", answer="28", sheet="contrast-renal"))
        while blank := answering.missing(form, sheet_of(site, arrived, "contrast-renal").answers):
            for item in blank:
                answer = said.get(item.link_id, "no" if item.code.startswith("Q") else _plain(item))
                site.do(
                    AnswerQuestion(visit=arrived, item=item.link_id, answer=answer, sheet="contrast-renal")
                )
        site.do(SignScreening(visit=arrived, sheet="contrast-renal"), site.cleo)
        site.do(AskAgain(visit=arrived, item="Q09", answer="no", sheet="contrast-renal"))
        told = " ".join((await hand.look()).split())
        assert "item(s) to resolve" in told
        await hand.press("v")
        told = await hand.look()
        assert "HOW IS IT RESOLVED?" in told
        await hand.press("3", "5")
        await hand.type("decided", "enter")
        await hand.sign("CC")
        assert case_of(site, arrived).resolutions == {}


async def test_a_form_answered_for_one_is_not_shown_for_the_next(site: Site, arrived: str) -> None:
    """H5, I8: the next visit begins with its interview, and its form of that name is blank."""
    site.do(BeginScreening(visit=arrived))
    site.do(BeginScreening(visit=arrived, form="pregnancy"))
    async with console(site) as hand:
        await hand.press("f4", "tab", "y")
        assert sheet_of(site, arrived, "pregnancy").answers == {"Q09": "yes"}
        second = site.arrive()
        site.do(BeginScreening(visit=second))
        hand.app.desk.selected = second
        assert "0 of 46 answered" in await hand.look()
        assert "form 1 of" not in await hand.press("tab")
        await hand.press("1")
        assert case_of(site, second).answers == {"informant": "self"}
        site.do(BeginScreening(visit=second, form="pregnancy"))
        await hand.press("tab")
        assert site.face.working.screening.sheets[second]["pregnancy"].answers == {}
        hand.app.desk.selected = arrived
        assert "form 2 of 2" in " ".join((await hand.look()).split())


async def test_a_form_that_falls_while_it_is_shown_takes_no_key(site: Site, arrived: str) -> None:
    """I8: somebody else than was written: the interview comes up blank, and keys are answers to it."""
    site.do(BeginScreening(visit=arrived))
    site.do(BeginScreening(visit=arrived, form="pregnancy"))
    async with console(site) as hand:
        await hand.press("f4", "tab", "y")
        site.do(AmendVisit(visit=arrived, name="Roe, Rita", birth_date="1990-01-02", exam="Knee"))
        assert "The interview has not begun." in await hand.look()
        await hand.press("enter", "1")
        assert case_of(site, arrived).answers == {"informant": "self"}
        assert site.face.working.screening.sheets[arrived] == {}


async def test_a_file_for_a_form_goes_into_that_form(site: Site, arrived: str, tmp_path: Path) -> None:
    site.do(BeginScreening(visit=arrived))
    site.do(BeginScreening(visit=arrived, form="pregnancy"))
    form = FORMS["pregnancy"]
    file = tmp_path / "response.json"
    data = to_response(form, {"Q09": "no"}, "P1", "2026-01-01T08:00:00+00:00", "in-progress")
    file.write_text(json.dumps(data), encoding="utf-8")
    found = responses.read(form, str(file))
    site.clock.utc = getattr(found, "authored_utc", 0) + 3_600_000_000
    async with console(site, read_response=responses.read) as hand:
        await hand.press("f4", "tab")
        await _further(hand, "Take a response file")
        await hand.type(str(file), "enter")
        await hand.type("ward", "enter")
        await becomes(lambda: sheet_of(site, arrived, "pregnancy").answers == {"Q09": "no"}, 3, "the answer")
        assert sheet_of(site, arrived, "pregnancy").way == "response"
        assert (case_of(site, arrived).way, case_of(site, arrived).answers) == ("interview", {})
