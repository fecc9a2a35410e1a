"""Each screen by its keys: what an operator does becomes the commands it should, and refusals say why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from support.console_site import FORMS, NARROW, Hand, Site, console

from mr_safety_console.console import commands as c
from mr_safety_console.console.dialogs.person import TWICE
from mr_safety_console.console.present import answers
from mr_safety_console.console.screens.checklist import ChecklistPage
from mr_safety_console.console.screens.screening import ScreeningPage
from mr_safety_console.domain.alarms import AcknowledgeAlarm, DisposeAlarm
from mr_safety_console.domain.checklists import MarkItem
from mr_safety_console.domain.codec import Command
from mr_safety_console.domain.detectors import Condition, StartWalkTest
from mr_safety_console.domain.doors import AnnounceTransit, KeepDoor
from mr_safety_console.domain.emergency import EmergencyKind, EndEmergency, StrayReason
from mr_safety_console.domain.interview_facts import RecordInformant
from mr_safety_console.domain.lifecycle import Tick
from mr_safety_console.domain.notes import WriteNote
from mr_safety_console.domain.quench import FieldState, QuenchKind
from mr_safety_console.domain.screening_facts import AnswerQuestion, BeginScreening, Verdict
from mr_safety_console.domain.visit_facts import (
    AuthoriseZoneIII,
    CloseVisit,
    EnterZoneIV,
    IdentifyVisit,
    LeaveZoneIV,
    Leg,
    OpenVisit,
    RecordBelongings,
    StartCheck,
)


def of_kind(site: Site, kind: type[Command]) -> Sequence[Command]:
    return [command for command in site.face.commands if isinstance(command, kind)]


# --- signing on ---


async def test_signing_on_takes_initials_or_number_and_a_pin_without_its_length(site: Site) -> None:
    async with console(site) as hand:
        await hand.press("ctrl+o")
        assert "That is not one person" in await hand.type("z", "enter")
        await hand.press("backspace")
        await hand.type("2", "enter")
        one = await hand.type("b")
        many = await hand.type("b")
        assert "PIN ████████" in one
        assert one == many
        told = await hand.press("enter")
        assert "BB MRST signed on" in told
        assert "████" not in told


async def test_a_wrong_pin_says_why_and_the_next_try_begins_at_once(site: Site) -> None:
    async with console(site) as hand:
        await hand.press("ctrl+o")
        await hand.type("cc", "enter")
        assert "The PIN does not match." in await hand.type("wrong", "enter")
        await hand.type("cc", "enter")
        assert "CC L2 signed on" in await hand.look()
        await hand.press("ctrl+o", "ctrl+x")
        assert "NOBODY signed on" in await hand.look()


async def test_a_pin_typed_a_line_too_early_does_not_stay_on_the_glass(site: Site) -> None:
    async with console(site) as hand:
        await hand.press("ctrl+o")
        told = await hand.type("246810", "enter")
        assert "That is not one person of the list." in told
        assert "246810" not in told
        assert "now the PIN" in await hand.type("cc", "enter")


async def test_a_paste_is_no_pin_and_the_letters_of_a_pin_are_no_keys(site: Site) -> None:
    async with console(site) as hand:
        await hand.press("ctrl+o")
        await hand.type("bb", "enter")
        await hand.type("wtpoq")
        assert hand.stack == ["SuitePage", "SignOnDialog"]


# --- a visit from arrival to the magnet room ---


async def test_a_visit_is_opened_and_identified_from_the_suite(site: Site) -> None:
    site.face.sign_on(site.ben)
    async with console(site, NARROW) as hand:
        await hand.press("o")
        await hand.type("Doe, Jane", "enter")
        await hand.type("1970", "enter")
        assert "not written as YYYY-MM-DD" in await hand.type("Knee", "enter")
        await hand.press("shift+tab")
        assert "no day of the calendar" in await hand.type("1970-02-30", "enter", "enter")
        await hand.press("shift+tab")
        await hand.type("1970-01-02", "enter", "enter")
        assert hand.stack == ["VisitPage"]
        assert of_kind(site, OpenVisit) == [OpenVisit(name="Doe, Jane", birth_date="1970-01-02", exam="Knee")]
        await hand.press("enter")
        assert of_kind(site, IdentifyVisit)
        await hand.press("enter")
        assert hand.stack == ["ScreeningPage"]
        assert of_kind(site, BeginScreening)


async def test_nobody_signed_on_is_refused_with_three_parts_on_the_screen(site: Site) -> None:
    async with console(site, NARROW) as hand:
        await hand.press("o")
        await hand.type("Doe", "enter")
        await hand.type("1970-01-02", "enter")
        told = await hand.press("enter")
        assert "WHY NOT Nobody is signed on." in told
        assert "WHO CAN One of: " in told
        assert "NOW     Sign on with ctrl+o." in told
        assert "WHY NOT" not in await hand.press("escape")


async def test_belongings_walk_test_pass_and_zone_three(site: Site) -> None:
    site.face.sign_on(site.ben)
    visit = site.arrive()
    site.screened(visit)
    async with console(site) as hand:
        await hand.press("f3", "enter")
        assert of_kind(site, RecordBelongings) == [RecordBelongings(visit=visit)]
        assert "was not proof-tested this shift" in await hand.press("p")
        assert "WALK TEST: carry the test piece past it now, 20 s left" in await hand.press("ctrl+d", "w")
        assert of_kind(site, StartWalkTest) == [StartWalkTest(point="fmd-iv")]
        site.face.hear("fmd-iv", Condition.DANGER)
        site.face.hear("fmd-iv", Condition.NORMAL)
        assert "walk tested" in await hand.look()
        assert "● Detector pass       BB" in await hand.press("f3", "p")
        await hand.press("enter")
        assert of_kind(site, AuthoriseZoneIII) == [AuthoriseZoneIII(visit=visit)]
        await hand.press("enter")
        assert hand.stack == ["ChecklistPage"]


async def test_crossing_in_counts_heads_by_eye_and_out_again(site: Site) -> None:
    site.face.sign_on(site.ben)
    visit = site.arrive()
    site.ready(visit)
    async with console(site) as hand:
        await hand.press("f3", "t")
        assert of_kind(site, AnnounceTransit) == [AnnounceTransit(visit=visit)]
        assert "Staff who go in with them" in await hand.press("enter")
        assert "Staff who go in with them wants a whole number" in await hand.press("enter")
        await hand.type("1", "enter")
        assert of_kind(site, EnterZoneIV) == [EnterZoneIV(visit=visit, staff=1)]
        assert "IN ZONE IV 2" in await hand.look()
        site.face.hear("door-iv", Condition.DANGER)
        site.face.hear("door-iv", Condition.NORMAL)
        site.listed(visit, Leg.TABLE_LIST)
        await hand.press("enter")
        assert "You counted 3; the record has 2" in await hand.type("3", "enter")
        await hand.press("enter")
        assert "presumed running" in await hand.type("2", "enter")
        assert of_kind(site, StartCheck)[-1] == StartCheck(visit=visit, heads=2)
        await hand.press("t")
        assert of_kind(site, AnnounceTransit)[-1] == AnnounceTransit(visit=visit, inwards=False)
        await hand.press("enter", "enter")
        await hand.type("0", "enter")
        assert of_kind(site, LeaveZoneIV) == [LeaveZoneIV(visit=visit, staff_inside=0)]


async def test_a_detector_alarm_holds_the_visit_until_it_was_explained(site: Site) -> None:
    site.face.sign_on(site.ben)
    visit = site.arrive()
    site.ready(visit)
    async with console(site) as hand:
        await hand.press("f3", "t")
        site.face.hear("fmd-iv", Condition.DANGER)
        assert "▲ HELD by A1" in await hand.look()
        site.face.hear("fmd-iv", Condition.NORMAL)
        assert "NOT ACKNOWLEDGED" in await hand.press("f6")
        assert "has not been acknowledged" in await hand.press("d", "1", "enter")
        await hand.press("a")
        assert of_kind(site, AcknowledgeAlarm)
        await hand.press("d", "1")
        await hand.type("hairpin", "enter")
        alarm = site.face.working.alarms
        assert of_kind(site, DisposeAlarm)[-1].note == "hairpin"  # type: ignore[attr-defined]
        assert not alarm.open
        assert "HELD" not in await hand.press("f3")


async def test_one_stray_digit_closes_no_visit_and_a_refusal_is_recorded_as_one(site: Site) -> None:
    site.face.sign_on(site.ben)
    visit = site.arrive()
    async with console(site, NARROW) as hand:
        told = await hand.press("f3", "2")
        assert "CLOSE V1 Doe, Jane WITHOUT A SCAN" in told
        assert of_kind(site, CloseVisit) == []
        await hand.press("escape")
        assert visit in site.face.working.visits.open
        await hand.press("2", "2")
        assert of_kind(site, CloseVisit) == [CloseVisit(visit=visit, outcome="refused")]
        assert site.face.working.visits.open == {}


async def test_a_draft_answer_that_weighed_is_taken_back_with_a_reason(site: Site) -> None:
    site.face.sign_on(site.ben)
    visit = site.arrive()
    site.do(BeginScreening(visit=visit))
    site.do(RecordInformant(visit=visit))
    async with console(site, NARROW) as hand:
        hand.app.desk.selected = visit
        await hand.press("f4")
        page = hand.app.screen
        assert isinstance(page, ScreeningPage)
        item = page._cursor = "Q01"
        await hand.press("u", "up")
        assert page._cursor == item
        assert "TAKEN BACK" in await hand.press("n")
        await hand.type("misheard", "enter")
        await hand.type("the patient", "enter")
        case = site.face.working.screening.cases[visit]
        assert (case.answers[item], case.corrected[item]) == ("no", "unsure")


async def test_a_clinical_answer_that_holds_is_released_by_two_and_shown_as_a_condition(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.face.sign_on(site.ben)
    visit = site.arrive()
    site.inside(visit)
    # The hearing list as it was first released has an answer that holds by its own word.
    site.face.forms = {**FORMS, "hearing": FORMS["hearing|0.1.0"]}
    monkeypatch.setattr("support.console_site.FORMS", site.face.forms)
    site.marked(visit, Leg.TABLE_LIST)
    site.do(MarkItem(visit=visit, list_id="hearing", item="method", answer="none"))
    site.marked(visit, Leg.TABLE_LIST)
    async with console(site) as hand:
        hand.app.desk.selected = visit
        assert "RELEASE HP03" in await hand.press("f5", "v")
        await hand.type("deaf in both ears", "enter")
        await hand.sign("DD", "BB")
        mark = site.face.working.lists.marks[visit]["hearing:method"]
        assert mark.condition == "deaf in both ears"
        assert len(mark.released) == 2
        assert "▲ CONDITION by DD+BB: deaf in both ears" in await hand.look()


async def test_the_door_is_kept_and_left_by_one_key(site: Site) -> None:
    site.face.sign_on(site.ben)
    async with console(site) as hand:
        assert "Zone IV door kept by BB, 15 min left" in await hand.press("f2", "h")
        assert site.face.working.doors.keeper is not None
        assert "kept by" not in await hand.press("h")
        site.face.hear("door-iv", Condition.DANGER)
        assert "h stand at the Zone IV door and keep it" in await hand.look()
        assert site.face.working.doors.keeper is None


async def test_a_note_about_the_visit(site: Site) -> None:
    site.face.sign_on(site.ben)
    visit = site.arrive()
    async with console(site) as hand:
        await hand.press("f3", "n")
        assert "Nothing is written" in await hand.press("enter")
        await hand.type("walks slowly", "enter")
        assert of_kind(site, WriteNote) == [WriteNote(text="walks slowly", about=visit)]


async def test_the_arrows_choose_between_visits(site: Site) -> None:
    site.face.sign_on(site.ben)
    first, second = site.arrive("First, F"), site.arrive("Second, S")
    async with console(site) as hand:
        assert hand.app.desk.selected == second
        await hand.press("up")
        assert hand.app.desk.selected == first
        assert "First, F" in await hand.press("enter")
        assert "Second" not in await hand.look()


# --- screening ---


def page(hand: Hand) -> ScreeningPage:
    assert isinstance(hand.app.screen, ScreeningPage)
    return hand.app.screen


async def test_answers_go_on_by_themselves_and_details_are_asked(site: Site) -> None:
    site.face.sign_on(site.ben)
    visit = site.arrive()
    site.do(BeginScreening(visit=visit))
    site.do(RecordInformant(visit=visit))
    async with console(site) as hand:
        await hand.press("f4", "1")
        assert page(hand)._cursor == "height"
        await hand.press("enter")
        assert "expected a number from 30 to 230" in await hand.type("900", "enter")
        await hand.press("backspace", "backspace", "backspace")
        await hand.type("170", "enter")
        assert page(hand)._cursor == "weight"
        await hand.press("down", "down", "y", "u", "r", "b", "n")
        assert page(hand)._cursor == "Q06"
        answers = site.face.working.screening.cases[visit].answers
        assert [answers.get(f"Q0{n}") for n in range(1, 6)] == ["yes", "unsure", "refused", "unable", "no"]
        while site.face.working.screening.cases[visit].answers.get("Q44") is None:
            await hand.press("n")
        assert page(hand)._cursor == "Q01.detail"
        told = await hand.press("y")
        assert page(hand)._cursor == "Q01.detail"
        assert "That key is no answer to Q01, in words." in told
        assert "Q01: Make, model, leads" in await hand.press("enter")
        await hand.type("none known", "enter")
        assert page(hand)._cursor == "Q02.detail"
        await hand.press("up", "backspace")
        assert "44 of 48 answered, 4 blank" in await hand.look()


async def test_keys_typed_faster_than_the_engine_answers_go_to_the_next_questions(site: Site) -> None:
    site.face.sign_on(site.ben)
    visit = site.arrive()
    site.do(BeginScreening(visit=visit))
    site.do(RecordInformant(visit=visit))
    async with console(site) as hand:
        await hand.press("f4", *["down"] * 3)
        assert page(hand)._cursor == "Q01"
        site.face.silent = True
        await hand.press("n", "n", "n")
        assert page(hand)._cursor == "Q04"
        assert "5 of 46" not in await hand.look()
        assert "4 of 46 answered" in await hand.look()
        for future in site.face.unanswered:
            future.cancel()
        assert "The console broke on this" in await hand.look()
        assert "1 of 46 answered" in await hand.look()
    assert site.face.working.screening.cases[visit].answers == {"informant": "self"}


async def test_signing_asking_aloud_resolving_and_reviewing(site: Site) -> None:
    site.face.sign_on(site.ben)
    visit = site.arrive()
    site.do(IdentifyVisit(visit=visit, identifiers=("name", "birth-date")))
    site.do(BeginScreening(visit=visit))
    site.do(RecordInformant(visit=visit))
    async with console(site) as hand:
        await hand.press("f4")
        assert "questions have no answer" in await hand.press("g")
        site.answered(visit, Q01="yes")
        await hand.press("g")
        await hand.sign("CC")
        told = await hand.look()
        assert "Signed by CC" in told
        assert "9 left" in told
        assert "hidden until asked aloud" not in told.split("HOLDS")[0]
        assert "9 starred questions have not been asked aloud" in await hand.press("g")
        await hand.press("y", *["n"] * 8)
        assert "0 left" in await hand.press("home") or page(hand)._cursor == "hold:Q01"
        await hand.press("v", "1", "8")
        assert hand.stack[-1] == "FieldsDialog"
        await hand.press("enter")
        assert "needs evidence in writing" in await hand.sign("DD")
        await hand.press("v", "1", "1")
        await hand.type("card 12", "enter")
        await hand.sign("DD")
        case = site.face.working.screening.cases[visit]
        assert case.resolutions["Q01"].evidence == "implant-card"
        await hand.press("g")
        assert "signed the first review as well" in await hand.sign("CC")
        await hand.press("g")
        assert "CLEARED WITH CONDITIONS, reviewed by BB" in await hand.sign("BB")
        assert site.face.working.screening.cases[visit].verdict is Verdict.CLEARED_WITH_CONDITIONS


async def test_amending_a_signed_answer_takes_reason_and_informant_and_the_signature_falls(
    site: Site,
) -> None:
    site.face.sign_on(site.ben)
    visit = site.arrive()
    site.screened(visit)
    async with console(site) as hand:
        await hand.press("f4", *["down"] * 9)
        assert page(hand)._cursor == "answer:informant"
        await hand.press("m", "2")
        await hand.type("misheard", "enter")
        await hand.type("the daughter", "enter")
        case = site.face.working.screening.cases[visit]
        assert (case.answers["informant"], case.first) == ("proxy", ())


# --- lists ---


async def test_a_list_item_by_item_with_reasons_and_two_signatures(site: Site) -> None:
    site.face.sign_on(site.ben)
    visit = site.arrive()
    site.screened(visit)
    site.passed(visit)
    site.do(AuthoriseZoneIII(visit=visit))
    async with console(site) as hand:
        await hand.press("f5", "enter")
        await hand.type("coil 7", "enter")
        assert "items are not answered" in await hand.press("g")
        await hand.press("n")
        assert "Nothing is written" in await hand.press("enter")
        await hand.type("cracked", "enter")
        told = " ".join((await hand.look()).split())
        assert "▲ K01 " in told
        assert "FAILED BB 22:26 (cracked)" in told
        answers = site.face.working.lists.answers(visit, "coil-and-positioning")
        assert (answers["K01"], answers["K01.note"]) == ("fail", "cracked")
        await hand.press("up", "up", "backspace")
        assert "K01" not in site.face.working.lists.answers(visit, "coil-and-positioning")
        await hand.press("y")
        while (open_item := stage(hand)) and open_item.item.required:
            before = len(of_kind(site, MarkItem))
            await hand.pilot.press("y")
            assert len(of_kind(site, MarkItem)) == before + 1
            if open_item.key.endswith("HP02"):
                break
        await hand.press("g")
        assert site.face.working.visits.open[visit].stands(Leg.DOOR_LIST)
        assert "Final check at the magnet room door" in await hand.look()
        site.face.hear("door-iv", Condition.DANGER)
        assert "WHO ANSWERS?" in await hand.press("full_stop")
        assert "BB reads, CC answers" in await hand.press("2")
        await hand.press(*["down"] * 10)
        assert "the sensor says open" in await hand.press("y")
        site.face.hear("door-iv", Condition.NORMAL)
        site.marked(visit, Leg.FINAL_CHECK)
        await hand.press("g")
        await hand.sign("BB")
        assert TWICE.reason in await hand.sign("BB")
        await hand.sign("CC")
        made = site.face.working.visits.open[visit].legs[Leg.FINAL_CHECK]
        assert [who.person for who in made.by] == [site.ben, site.cleo]


def stage(hand: Hand):  # type: ignore[no-untyped-def]
    screen = hand.app.screen
    assert isinstance(screen, ChecklistPage)
    return screen._line()


async def test_a_dead_door_is_done_by_eye_with_two_pins_and_stands_in_its_own_words(site: Site) -> None:
    """C20: the way out of a dead door contact, by keys alone."""
    site.face.sign_on(site.ben)
    visit = site.arrive()
    site.screened(visit)
    site.passed(visit)
    site.do(AuthoriseZoneIII(visit=visit))
    site.listed(visit, Leg.DOOR_LIST)
    async with console(site) as hand:
        site.face.hear("door-iv", Condition.UNKNOWN)
        await hand.press("f5", *["down"] * 10)
        told = await hand.look()
        assert "sensor: UNKNOWN" in told
        assert "v by eye, two PINs" in told
        assert "nobody keeps" in (await hand.press("v")).lower()
        await hand.press("escape", "f2", "h", "f5")
        assert "BY EYE FC11" in await hand.press("v")
        await hand.type("cable torn", "enter")
        await hand.sign("BB")
        await hand.sign("CC")
        told = " ".join((await hand.look()).split())
        assert "≠ FC11 " in told
        assert "OVERRIDDEN Go BB+CC 22:26 (cable torn) BY EYE, BB keeps the door, 600 s left" in told
        assert "▲ OVERRIDDEN 1" in told, "it stands in the header of every screen"
        assert "1 OVERRIDDEN" in told
        site.marked(visit, Leg.FINAL_CHECK)
        await hand.press("g")
        await hand.sign("BB")
        await hand.sign("CC")
        assert "with overrides" in await hand.press("f3")
        assert "OVERRIDDEN FC11" in " ".join((await hand.press("ctrl+d")).split())
        site.face.hear("door-iv", Condition.NORMAL)
        site.do(Tick())
        told = " ".join((await hand.press("f5")).split())
        assert "◁ FC11 " in told
        assert "REOPENED its sensor speaks again" in told


async def test_a_scan_begins_past_a_dead_door_once_somebody_looked_again(site: Site) -> None:
    """C20: what was said before the way in is not asked of the door behind the patient."""
    site.face.sign_on(site.ben)
    visit = site.arrive()
    site.inside(visit)
    site.face.beat(2)
    async with console(site) as hand:
        site.face.hear("door-iv", Condition.UNKNOWN)
        site.do(KeepDoor())
        site.listed(visit, Leg.TABLE_LIST)
        await hand.press("f3", "enter")
        assert "does not read closed" in await hand.type("2", "enter")
        await hand.press("escape", "escape", "f5", "tab", "tab", "tab", *["down"] * 10)
        assert stage(hand).item.link_id == "FC11"
        await hand.press("v")
        await hand.type("seen shut", "enter")
        await hand.sign("BB")
        await hand.sign("CC")
        await hand.press("f3", "enter")
        assert "presumed running" in await hand.type("2", "enter")


async def test_an_item_is_put_off_by_key_and_comes_first_at_the_table(site: Site) -> None:
    site.face.sign_on(site.ben)
    visit = site.arrive()
    site.screened(visit)
    site.passed(visit)
    site.do(AuthoriseZoneIII(visit=visit))
    async with console(site) as hand:
        await hand.press("f5", *["down"] * 2)
        assert "cannot be put off" in await hand.press("j")
        await hand.press("escape", "down")
        assert "PUT OFF to the table list K23" in await hand.press("j")
        await hand.type("scanner is off", "enter")
        told = " ".join((await hand.look()).split())
        assert "» K23 " in told
        assert "DEFERRED to the table list BB 22:26 (scanner is off)" in told
        site.listed(visit, Leg.DOOR_LIST)
        site.listed(visit, Leg.FINAL_CHECK, site.ben, site.cleo)
        site.do(AnnounceTransit(visit=visit))
        site.do(EnterZoneIV(visit=visit, staff=1))
        assert "» one put off" in await hand.press("f3")
        await hand.press("f5")
        assert stage(hand).item.link_id == "K23"


async def test_the_whole_set_up_takes_at_most_one_and_a_half_keys_an_item(site: Site) -> None:
    """Coil, hearing and final check, every key of it counted; the signatures beside."""
    site.face.sign_on(site.ben)
    visit = site.arrive()
    site.screened(visit)
    site.passed(visit)
    site.do(AuthoriseZoneIII(visit=visit))
    keys = items = 0
    async with console(site) as hand:
        await hand.press("f5")
        for leg in (Leg.DOOR_LIST, Leg.FINAL_CHECK, Leg.TABLE_LIST):
            if leg is Leg.TABLE_LIST:
                site.do(AnnounceTransit(visit=visit))
                site.do(EnterZoneIV(visit=visit, staff=1))
                await hand.look()
            pressed, answered = await do_by_keys(hand)
            keys, items = keys + pressed, items + answered
            if leg is Leg.FINAL_CHECK:
                await hand.sign("BB")
                await hand.sign("CC")
            assert site.face.working.visits.open[visit].stands(leg)
    assert items >= 50
    assert keys / items <= 1.5, (keys, items)


async def do_by_keys(hand: Hand) -> tuple[int, int]:
    """Answer what the screen asks until it offers to complete the list; return keys and items."""
    keys = items = 0
    while (line := stage(hand)) is not None and hand.app.screen._stage(hand.app.desk.view()).first_open:
        if not answers.is_chosen(line.item):
            await hand.press("enter")
            await hand.type("30", "enter")
            keys += 4
        else:
            key = "y" if answers.by_key(line.item, "y") else "1"
            told = await hand.press(key)
            keys += 1
            if "WHO ANSWERS?" in told:
                await hand.press("2")
                keys += 1
        items += 1
    await hand.press("g")
    return keys + 1, items


async def test_tab_shows_the_other_lists_and_the_screen_follows_the_visit(site: Site) -> None:
    site.face.sign_on(site.ben)
    visit = site.arrive()
    site.ready(visit)
    async with console(site) as hand:
        assert "Final check at" in await hand.press("f5")
        assert "at the table" in await hand.press("tab")
        assert "Coil, room and positioning, removal" in await hand.press("tab")
        site.do(AnnounceTransit(visit=visit))
        site.do(EnterZoneIV(visit=visit, staff=1))
        assert "at the table" in await hand.look()


# --- emergency ---


async def test_letters_are_deaf_at_first_then_name_the_kind_and_steps_are_stamped(site: Site) -> None:
    async with console(site, NARROW) as hand:
        await hand.press("f9", "c")
        await hand.recorded()
        current = site.face.working.emergency.current
        assert current is not None
        assert not current.kinds
        site.face.beat(0.5)
        assert "▶ 1  CALL OUT WHAT YOU SEE" in await hand.press("c")
        await hand.press("enter", "e", "3", "e", "e", "7", "down", "enter")
        await hand.recorded()
        item = site.face.working.emergency.current
        assert item is not None
        assert item.about == (EmergencyKind.ARREST,)
        stamps = {step: item.step(step) for step in ("E0", "E2", "E6")}
        assert all(stamps.values())
        assert [bool(mark and mark.estimated) for mark in stamps.values()] == [False, True, True]
        assert stamps["E6"] is not None
        assert site.clock.now().utc - stamps["E6"].at.utc == 60_000_000
        told = await hand.look()
        assert "● RECORDED 22:26:" in told
        assert "KEEP OUT" in told


async def test_a_second_kind_is_added_with_its_own_clock(site: Site) -> None:
    async with console(site) as hand:
        await hand.press("f9")
        site.face.beat(1)
        await hand.press("c")
        site.face.beat(9)
        assert "QUENCH" in await hand.press("plus")
        site.face.beat(1)
        told = await hand.press("q")
        await hand.recorded()
        assert "COLLAPSE OR ARREST 0:10 + QUENCH 0:00" in told
        assert site.face.working.quench.field is FieldState.UNKNOWN
        log = site.face.working.quench.log
        assert log is not None
        assert set(log.reports) == {QuenchKind.SUSPECTED}


async def test_ending_takes_two_steps_a_count_and_a_reason_for_a_stray_one(site: Site) -> None:
    async with console(site) as hand:
        await hand.press("f9")
        await hand.recorded()
        site.face.beat(1)
        await hand.press("z")
        await hand.type("2", "enter")
        await hand.type("0", "enter")
        assert "Stray: wrong key" in await hand.look()
        await hand.press("2")
        end = of_kind(site, EndEmergency)[-1]
        assert isinstance(end, EndEmergency)
        assert (end.head_count, end.kit_count, end.by_eye, end.stray) == (2, 0, True, True)
        assert end.reason is StrayReason.WRONG_KEY
        assert site.face.working.emergency.current is None
        assert "WHO TOOK PART?" in await hand.look()
        await hand.press("2")
        await hand.recorded()
        await hand.press("escape")
        told = await hand.look()
        assert "took part: BB" in told
        assert "ENDED" in told


async def test_a_record_that_is_nowhere_durable_says_write_on_paper(site: Site) -> None:
    async with console(site) as hand:
        site.face.silent = True
        ticket = hand.app.desk.lane.press()
        ticket.settled.wait(2)
        ticket.recorded = None
        site.clock.advance(1.0)
        assert "NOT RECORDED — WRITE ON PAPER" in await hand.press("f9")
        for future in site.face.unanswered:
            future.cancel()


# --- quench, alarms, help ---


async def test_a_stray_digit_begins_no_quench(site: Site) -> None:
    """A suspicion keeps everybody out for good: the step keys begin one only by a second, other key."""
    async with console(site) as hand:
        assert "NO QUENCH WAS REPORTED" in await hand.press("ctrl+b", "3")
        await hand.press("3", "enter", "escape")
        assert site.face.working.quench.log is None
        assert site.face.working.quench.field is FieldState.PRESENT
        await hand.press("3", "y")
        await hand.recorded()
        log = site.face.working.quench.log
        assert log is not None
        assert log.step("Q3") is not None
        await hand.press("4")
        await hand.recorded()
        log = site.face.working.quench.log
        assert log is not None
        assert log.step("Q4") is not None
        assert site.face.working.quench.field is FieldState.UNKNOWN


async def test_the_last_steps_of_a_long_card_have_keys_of_their_own(site: Site) -> None:
    async with console(site, NARROW) as hand:
        await hand.press("f9")
        site.face.beat(1)
        told = await hand.press("c")
        assert "-  Hand the patient over" in told
        assert "=  Count heads and kit by eye" in told
        await hand.press("minus", "equals_sign")
        await hand.recorded()
        item = site.face.working.emergency.current
        assert item is not None
        assert set(item.steps) == {"E10", "E11"}


async def test_whom_to_call_and_whose_card_it_is_stand_above_the_fold(site: Site) -> None:
    numbers = replace(site.face.profile, call={"Crash team": "000", "Engineer": "002"})
    async with console(site, NARROW, profile=numbers) as hand:
        await hand.press("f9")
        site.face.beat(1)
        told = await hand.press("q")
        for words in ("CALL 000 Crash team", "CALL 002 Engineer", "KEEP OUT", "▲ Treat the field as PRESENT"):
            assert words in told
        assert "NOT SITE-APPROVED" in told.split("next stamp", 1)[1]


async def test_quench_steps_by_digit_and_readings_as_observations(site: Site) -> None:
    site.face.sign_on(site.ben)
    async with console(site) as hand:
        await hand.press("ctrl+b", "q", "2")
        await hand.press("e", "4", "0")
        await hand.recorded()
        log = site.face.working.quench.log
        assert log is not None
        marks = {step: log.step(step) for step in ("Q0", "Q4")}
        assert marks["Q4"] is not None
        assert marks["Q4"].estimated
        assert marks["Q0"] is not None
        assert not marks["Q0"].estimated
        await hand.press("f")
        await hand.type("zero", "enter")
        await hand.type("door", "enter")
        assert "wants a number from 0 to 12000" in await hand.type("M1", "enter")
        await hand.press("escape", "l")
        await hand.type("20.8", "enter")
        await hand.type("door", "enter")
        await hand.recorded()
        assert of_kind(site, WriteNote)[-1].text == "O2 20.8 % read at door"  # type: ignore[attr-defined]
        assert site.face.working.quench.field is FieldState.QUENCHED_UNVERIFIED


async def test_help_lists_the_keys_of_the_screen_and_everywhere(site: Site) -> None:
    async with console(site) as hand:
        told = await hand.press("f6", "f1")
        assert c.ACKNOWLEDGE.help in told
        assert c.EMERGENCY.help in told
        await hand.press("f1")
        assert hand.stack == ["AlarmsPage"]


async def test_answering_needs_a_begun_interview_and_the_form(site: Site) -> None:
    site.face.sign_on(site.ben)
    visit = site.arrive()
    async with console(site) as hand:
        assert "has not begun" in await hand.press("f4")
        await hand.press("y")
        assert not of_kind(site, AnswerQuestion)
        await hand.press("enter")
        assert "Page 1 of 7" in await hand.look()
    assert site.face.working.screening.cases[visit].form in FORMS


async def test_a_physician_releases_a_hold_nobody_could_explain(site: Site) -> None:
    site.face.sign_on(site.ben)
    visit = site.arrive()
    site.screened(visit)
    site.passed(visit)
    site.face.hear("fmd-iv", Condition.DANGER)
    site.face.hear("fmd-iv", Condition.NORMAL)
    alarm = next(iter(site.face.working.alarms.open.values()))
    site.do(AcknowledgeAlarm(alarm=alarm.id, instance=alarm.instance))
    site.do(DisposeAlarm(alarm=alarm.id, disposition="unknown"))
    async with console(site) as hand:
        assert "v     A physician lets them go (1 PIN)" in await hand.press("f3")
        await hand.press("v")
        assert "Your role may not do this" in await hand.sign("CC")
        assert site.face.working.visits.open[visit].holds
        await hand.press("v")
        await hand.sign("DD")
        assert not site.face.working.visits.open[visit].holds
