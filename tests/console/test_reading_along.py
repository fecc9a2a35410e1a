"""German beneath the English: marked as unapproved, whole on every page, and never what is answered."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

import pytest
from support.console_site import FORMS, NARROW, WIDE, Hand, Site, console
from support.waiting import becomes

from mr_safety_console.console.present import along, paging, review
from mr_safety_console.console.present import screening as present
from mr_safety_console.console.present.along import Along
from mr_safety_console.console.present.interview import Interview
from mr_safety_console.console.present.rows import ended, plain, wrapped
from mr_safety_console.console.screens.screening import ScreeningPage
from mr_safety_console.domain.interview_facts import RecordInformant
from mr_safety_console.domain.screening_case import Case, Informant
from mr_safety_console.domain.screening_facts import AnswerQuestion, BeginScreening, SignScreening
from mr_safety_console.domain.visit_facts import IdentifyVisit
from mr_safety_console.start.screen import translation
from screening_forms import answering
from screening_forms.response import to_response
from screening_forms.translations import Translation, read_translation
from screening_forms.types import Form, Item

FORM = FORMS["screening-adult"]
GERMAN = read_translation(FORM, FORMS.source(FORM.id), "de")
CASE = Case(FORM.id, FORM.version, FORM.sha256)
MARK = "NOT SITE-APPROVED TRANSLATION — for reading along"


def item(link_id: str) -> Item:
    found = FORM.item(link_id)
    assert found is not None
    return found


def held(*positive: str, words: Translation | None = GERMAN, room: tuple[int, int] = (80, 14)) -> Interview:
    case = replace(CASE, answers=dict.fromkeys(positive, "yes"))
    return Interview(case, FORM, along=Along("de", words), room=room)


# --- what stands where ---


def test_each_question_and_answer_has_its_german_beneath_it() -> None:
    told = plain(review.question(held(), item("Q03"), None, "Q03", here=True))
    assert told[0].startswith("Q03 ★ Do you have a nerve")
    assert told[0].endswith("□ blank")
    assert told[1] == f"de  {GERMAN.text(item('Q03'))}"
    assert "n No   y Yes   u Not sure" in told[2]
    assert "n Nein   y Ja   u Weiß nicht" in told[3]
    assert "Ein Stimulator gibt" in told[-1]
    english = plain(review.question(Interview(CASE, FORM), item("Q03"), None, "Q03", here=True))
    assert not [line for line in english if "Stimulator gibt" in line or line.startswith("de")]


def test_a_question_without_german_says_so_and_stands_in_english_alone() -> None:
    words = {place: said for place, said in GERMAN.words.items() if place != ("Q03", "text")}
    told = plain(
        review.question(held(words=replace(GERMAN, words=words)), item("Q03"), None, "Q03", here=False)
    )
    assert told[0].startswith("Q03 ★ Do you have a nerve")
    assert told[1].strip() == "no German for this question"


def test_answers_that_are_not_all_translated_stand_in_english_alone() -> None:
    words = {place: said for place, said in GERMAN.words.items() if place != ("Q03", "option 1")}
    told = plain(
        review.question(held(words=replace(GERMAN, words=words)), item("Q03"), None, "Q03", here=True)
    )
    assert not [line for line in told if "Nein" in line]


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (Along("de", GERMAN), f"▲ {MARK} (de)"),
        (Along("de"), "▲ This form has no German: the form's own words alone."),
        (Along("de", reading=True), "German is being read."),
    ],
)
def test_the_head_says_what_the_words_beside_are_worth(shown: Along, said: str) -> None:
    assert along.mark(shown)[0] == said


def test_a_translation_is_never_shown_as_anything_but_what_it_is_approved_as() -> None:
    assert GERMAN.approval == "NOT SITE-APPROVED"
    assert "SITE-APPROVED" not in str(along.mark(Along("de", replace(GERMAN, approval="DRAFT")))[0])


@pytest.mark.parametrize("said", ["de", "German", "deutsch", " DE-AT "])
def test_the_language_of_who_answers_is_known_by_what_people_call_it(said: str) -> None:
    assert along.spoken(Informant("patient", "", "has", "professional", said)) == "de"
    assert along.spoken(Informant("patient", "", "has", "professional", "Turkish")) == ""
    assert along.spoken(None) == ""


def test_a_form_without_german_gives_none_of_it() -> None:
    assert translation(FORMS, FORM, "de") == GERMAN
    assert translation(FORMS, FORMS["screening-staff"], "de") is None
    assert translation(FORMS, replace(FORM, sha256="0" * 64), "de") is None


# --- pages ---

POSITIVE = ("Q01", "Q02", "Q03", "Q07", "Q09", "Q10", "Q12", "Q22", "Q24", "Q31")


@pytest.mark.parametrize("words", [None, GERMAN])
@pytest.mark.parametrize("room", [(80, 14), (78, 12), (120, 30), (118, 28), (60, 10)])
@pytest.mark.parametrize("positive", [(), POSITIVE])
def test_whatever_the_cursor_stands_on_the_whole_page_is_in_view(
    words: Translation | None, room: tuple[int, int], positive: tuple[str, ...]
) -> None:
    one = held(*positive, words=words, room=room)
    seen: dict[str, int] = {}
    for cursor in one.items:
        page, number, pages = paging.page_of(one, cursor.link_id)
        assert 1 <= len(page) <= present.PER_PAGE
        assert cursor in page
        seen[cursor.link_id] = number
        lines = 0
        for shown in page:
            value = one.answers.get(shown.link_id)
            rows = review.question(one, shown, value, shown.link_id, here=shown is cursor)
            lines += sum(len(wrapped(each, room[0])) for each in rows)
        assert lines <= room[1] or len(page) == 1, (cursor.link_id, lines)
    assert sorted(set(seen.values())) == list(range(pages))
    assert list(seen.values()) == sorted(seen.values())


def test_an_answer_moves_no_question_to_another_page() -> None:
    before = paging.starts(held())
    for said in ("no", "refused"):
        answers = {
            one.link_id: said for one in FORM.walk() if one.code.startswith("Q") and not one.enable_when
        }
        case = replace(CASE, answers=answers)
        assert paging.starts(Interview(case, FORM, along=Along("de", GERMAN), room=(80, 14))) == before


def test_turning_pages_reaches_the_first_and_the_last_question() -> None:
    one = held(room=(80, 14))
    cursor = one.items[0].link_id
    for _ in paging.starts(one):
        cursor = paging.turned(one, cursor, 1)
    assert cursor == one.items[-1].link_id
    for _ in paging.starts(one):
        cursor = paging.turned(one, cursor, -1)
    assert cursor == one.items[0].link_id


def test_without_knowing_the_room_seven_stand_on_a_page() -> None:
    assert paging.starts(held(room=(0, 0))) == tuple(range(0, len(held().items), 7))


@pytest.mark.parametrize("width", range(20, 90))
def test_an_answer_is_never_torn_between_two_lines(width: int) -> None:
    one = ended("Q10 ", "Have you ever had an operation, or a procedure?", end="□ may stay blank", indent=4)
    lines = [line.plain for line in wrapped(one, width)]
    assert all(len(line) <= width for line in lines)
    assert lines[-1].endswith("□ may stay blank") or width - 4 < len("□ may stay blank")
    assert "".join(lines).replace(" ", "") == one.plain.replace(" ", "")


# --- details last ---


def test_what_is_written_comes_after_the_last_yes_or_no_and_names_its_question() -> None:
    one = held(*POSITIVE)
    ids = [each.link_id for each in one.items]
    last = ids.index("Q44")
    assert all(
        "." not in name or name.partition(".")[2] not in ("detail", "last") for name in ids[: last + 1]
    )
    assert ids[last + 1 :][:3] == ["Q01.detail", "Q02.detail", "Q03.detail"]
    assert ids.index("Q10.recent") == ids.index("Q10") + 1
    told = plain(review.question(one, item("Q02.detail"), None, "Q02.detail", here=False))
    assert told[0].startswith("Q02 ▲ Yes  Do you have a clip")
    assert told[1].startswith("  ↳ Make, model, date, hospital.")


def test_the_record_and_the_review_keep_the_order_of_the_form() -> None:
    one = held(*POSITIVE)
    assert one.asked == answering.asked(FORM, one.answers)
    assert sorted(each.link_id for each in one.asked) == sorted(each.link_id for each in one.items)
    answers = {**one.answers, "Q01.detail": "written last", "Q44": "no"}
    groups = to_response(FORM, answers, "P1", "2026-01-01T08:00:00+00:00", "in-progress")["item"]
    devices = next(group for group in groups if group["linkId"] == "devices")
    inside = [each["linkId"] for each in devices["item"]]
    assert inside[:3] == ["Q01", "Q01.detail", "Q02"]


# --- at the keyboard ---


@dataclass
class Reader:
    """Reads translations, and remembers on which threads."""

    threads: list[str] = field(default_factory=list)

    def __call__(self, form: Form, language: str) -> Translation | None:
        self.threads.append(threading.current_thread().name)
        return translation(FORMS, form, language)


def begun(site: Site, language: str = "en") -> str:
    site.face.sign_on(site.ben)
    visit = site.arrive()
    site.do(IdentifyVisit(visit=visit, identifiers=("name", "birth-date")))
    site.do(BeginScreening(visit=visit))
    helped = {"interpreter": "professional", "interpreter_id": "I-1"} if language != "en" else {}
    site.do(RecordInformant(visit=visit, language=language, **helped))
    return visit


async def read_along(hand: Hand) -> str:
    await hand.press("comma")
    await becomes(lambda: "is being read" not in _glass(hand), 3, "the translation")
    return await hand.look()


def _glass(hand: Hand) -> str:
    screen = hand.app.screen
    assert isinstance(screen, ScreeningPage)
    return "\n".join(plain(screen.query_one("#head").rows))  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_one_key_shows_german_beside_the_questions_and_one_takes_it_away(
    site: Site, size: tuple[int, int]
) -> None:
    begun(site)
    reader = Reader()
    async with console(site, size, read_translation=reader) as hand:
        assert MARK not in await hand.press("f4")
        told = await read_along(hand)
        assert MARK in told
        assert "Wer beantwortet diese Fragen?" in told
        assert "Who answers these questions?" in told
        for _ in range(40):
            assert "more" not in told.splitlines()[-2]
            told = await hand.press("pagedown")
        assert "Taschen, in den Haaren" in told
        told = await hand.press("comma")
        assert MARK not in told
        assert "Taschen" not in told
        await read_along(hand)
    assert reader.threads == ["console-along"]


async def test_the_language_of_who_answers_is_offered_not_chosen(site: Site) -> None:
    begun(site, "German")
    async with console(site, NARROW, read_translation=Reader()) as hand:
        await hand.press("f4")
        await becomes(lambda: ", in German" in _glass(hand), 3, "the offer")
        assert "Wer beantwortet" not in await hand.look()
        assert ", in German" not in await read_along(hand)


async def test_another_visit_begins_in_the_words_of_the_form(site: Site) -> None:
    begun(site)
    async with console(site, read_translation=Reader()) as hand:
        await hand.press("f4")
        assert MARK in await read_along(hand)
        second = site.arrive("Roe, Richard")
        site.do(BeginScreening(visit=second))
        hand.app.desk.selected = second
        assert MARK not in await hand.look()


async def test_the_answer_given_beneath_german_is_the_one_of_the_form(site: Site) -> None:
    visit = begun(site)
    async with console(site, NARROW, read_translation=Reader()) as hand:
        await hand.press("f4")
        await read_along(hand)
        await hand.press("1", "down", "down", "down", "y")
        assert site.face.working.screening.cases[visit].answers == {"informant": "self", "Q01": "yes"}


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_the_question_read_aloud_has_its_german_and_no_other(site: Site, size: tuple[int, int]) -> None:
    visit = begun(site)
    site.answered(visit)
    site.do(SignScreening(visit=visit), site.cleo)
    async with console(site, size, read_translation=Reader()) as hand:
        await hand.press("f4")
        told = " ".join((await read_along(hand)).split())
        assert "★ 1 OF 9" in told
        assert GERMAN.text(item("Q01")) in told
        assert "n Nein" in told
        assert GERMAN.text(item("Q02")) not in told
        assert "The form's answer is hidden." in told


async def test_at_80_by_24_no_answer_of_a_question_read_aloud_is_cut(site: Site) -> None:
    """In a hurry, with an interpreter and a translation: the head is at its longest."""
    visit = begun(site, "German")
    site.answered(visit)
    site.do(SignScreening(visit=visit), site.cleo)
    async with console(site, NARROW, read_translation=Reader()) as hand:
        await hand.press("f4")
        await read_along(hand)
        for one in [each for each in FORM.walk() if each.ask_again]:
            told = await hand.look()
            shown = " ".join(told.split())
            assert "Kann nicht antworten" in shown
            assert GERMAN.text(one) in shown
            assert GERMAN.help(one) in shown
            await hand.press("n")


async def test_a_console_without_translations_says_so(site: Site) -> None:
    begun(site)
    async with console(site) as hand:
        await hand.press("f4")
        told = await hand.press("comma")
        assert "This form has no German: the form's own words alone." in told
        assert "Who answers these questions?" in told


async def test_the_language_stands_among_the_further_acts(site: Site) -> None:
    begun(site)
    async with console(site, read_translation=Reader()) as hand:
        told = await hand.press("f4", "space")
        line = next(line for line in told.splitlines() if "Another language beneath" in line)
        await hand.press(next(one for one in line.split() if one.isdigit()))
        await becomes(lambda: MARK in _glass(hand), 3, "the translation")


# --- no key is passed over in silence ---


@pytest.mark.parametrize("key", ["y", "g", "v", "m", "full_stop", "comma", "backspace"])
async def test_before_it_has_begun_every_key_says_so(site: Site, key: str) -> None:
    site.face.sign_on(site.ben)
    site.arrive()
    async with console(site) as hand:
        await hand.press("f4")
        assert "No screening interview has begun" in await hand.press(key)


async def test_a_key_that_answers_nothing_here_says_which_do(site: Site) -> None:
    visit = begun(site)
    async with console(site, NARROW) as hand:
        assert "That key is no answer to HEIGHT" in await hand.press("f4", "y")
        assert "That key is no answer to Q01" in await hand.press("escape", "down", "down", "down", "enter")
        assert "The first reviewer has not signed" in await hand.press("escape", "v")
        assert "The first reviewer has not signed" in await hand.press("escape", "m")
        site.answered(visit, Q02="yes")
        site.do(SignScreening(visit=visit), site.cleo)
        assert "The answers are signed" in await hand.press("backspace")
        assert site.face.working.screening.cases[visit].answers["Q02"] == "yes"


async def test_the_detail_that_is_wanted_next_is_the_first_blank_one_of_the_work(site: Site) -> None:
    visit = begun(site)
    site.do(AnswerQuestion(visit=visit, item="Q01", answer="yes"))
    view = replace(site.view(), selected=visit)
    found = present.interview(view, {})
    assert found is not None
    assert present.first_open(found) == "height"
    for one in found.items:
        if one.link_id not in ("Q01", "Q44", "Q01.detail", "girth"):
            said = {"informant": "self", "height": "170", "weight": "70"}.get(one.link_id, "no")
            site.do(AnswerQuestion(visit=visit, item=one.link_id, answer=said))
    left = present.interview(replace(site.view(), selected=visit), {})
    assert left is not None
    assert present.first_open(left) == "Q44"
    done = replace(left, pending={"Q44": "no"})
    assert present.first_open(done) == "Q01.detail"
