"""The Readiness screen: what is asked for on top, made with few keys, STOP USE with what is done instead."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from support.console_site import NARROW, WIDE, Hand, Site, console
from support.mornings import (
    INSTEAD,
    cycle,
    failed,
    lines,
    make,
    overdue,
    quiet,
    stop_use,
    stopped,
    walk,
    with_checks,
)

from mr_safety_console.console.present import readiness as present
from mr_safety_console.console.present.told import told as told_of
from mr_safety_console.domain.check_facts import RecordCheck, WaiveCheck
from mr_safety_console.domain.checks import Standing
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.doors import KeepDoor
from mr_safety_console.domain.lifecycle import Tick


def shown(site: Site, size: tuple[int, int] = WIDE) -> Any:
    return console(site, size, profile=site.face.profile)


def standing(site: Site, check: str) -> Standing:
    return next(one.standing for one in lines(site) if one.check.id == check)


def flat(told: str) -> str:
    return " ".join(told.split())


async def pressed(hand: Hand, *keys: str) -> str:
    told = ""
    for key in keys:
        told = await hand.press(key)
    return flat(told)


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_a_shift_begins_with_what_is_asked_for_and_one_key_makes_each(
    site: Site, size: tuple[int, int]
) -> None:
    with_checks(site, "C05", "C10", "C14")
    async with shown(site, size) as hand:
        told = flat(await hand.press("ctrl+f"))
        assert "3 not answered" in told
        assert "overdue in 30 min" in told or "overdue in 29 min" in told
        told = await pressed(hand, "y", "y", "y")
        assert "3 made" in told
    assert {standing(site, one) for one in ("C05", "C10", "C14")} == {Standing.DONE}


async def test_the_suite_says_restricted_then_blocked_and_why(site: Site) -> None:
    with_checks(site, "C05")
    async with shown(site) as hand:
        told = flat(await hand.press("f2"))
        assert "RESTRICTED" in told
        site.face.beat(1801)
        told = flat(await hand.look())
        assert "BLOCKED" in told
        assert "C05" in told


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_one_indicator_not_lit_shows_stop_use_with_the_alternative(
    site: Site, size: tuple[int, int]
) -> None:
    """A20 at the keyboard: each indicator is asked for by itself; B is off; the suite says STOP USE."""
    with_checks(site, "C07")
    async with shown(site, size) as hand:
        told = await pressed(hand, "ctrl+f", "y")
        assert "1 of 4: charger LED" in told
        told = await pressed(hand, "1", "1", "1")
        assert "4 of 4: heater test B" in told
        told = await pressed(hand, "2")
        assert "STOP USE" in told
        assert INSTEAD in told
        assert "heater test B not lit" in told
        assert "RUNDOWN" not in told
        suite = flat(await hand.press("f2"))
        assert "STOP USE" in suite
        assert INSTEAD in suite
    assert standing(site, "C07") is Standing.STOPPED


async def test_all_four_lit_want_two_people(site: Site) -> None:
    with_checks(site, "C07")
    async with shown(site) as hand:
        await pressed(hand, "ctrl+f", "y", "1", "1", "1", "1")
        assert standing(site, "C07") is Standing.UNANSWERED
        await hand.sign("BB", "CC")
    assert standing(site, "C07") is Standing.DONE


async def test_a_figure_is_typed_and_held_against_its_band(site: Site) -> None:
    with_checks(site, "C06")
    async with shown(site) as hand:
        told = await pressed(hand, "ctrl+f", "y")
        assert "20.5 to 21.0" in told
        await hand.type("20,1", "enter")
        told = flat(await hand.look())
        assert "outside its band" in told
        await hand.press("y")
        told = flat(await hand.type("20.8", "enter"))
        assert "▁█" in told
        assert "20.1 … 20.8 % O2" in told
    assert standing(site, "C06") is Standing.DONE


async def test_a_failure_takes_a_reason_and_no_pin(site: Site) -> None:
    with_checks(site, "C10")
    async with shown(site) as hand:
        told = await pressed(hand, "ctrl+f", "n", "2")
        assert "does not work" in told
        assert "No scan without a call bulb." in told
    assert standing(site, "C10") is Standing.FAILED


async def test_what_does_not_apply_is_signed_and_what_is_not_made_answers_nothing(site: Site) -> None:
    with_checks(site, "C10")
    async with shown(site) as hand:
        await pressed(hand, "ctrl+f", "x", "1", "3")
        assert standing(site, "C10") is Standing.UNANSWERED
        await pressed(hand, "x", "2", "1")
        await hand.sign("AA", "BB")
    assert standing(site, "C10") is Standing.DONE


async def test_a_waiver_is_signed_by_two_shown_and_taken_back(site: Site) -> None:
    with_checks(site, "C05")
    site.do(RecordCheck(check="C05", result="fail", fault="damaged"))
    async with shown(site) as hand:
        await pressed(hand, "ctrl+f", "v")
        for text in ("Lock is stuck", "A guard stands there", "8"):
            await hand.type(text, "enter")
        told = flat(await hand.sign("AA", "BB"))
        assert "WAIVED" in told
        assert "Lock is stuck; instead: A guard stands there" in told
        assert "waivers 1" in flat(await hand.press("f2"))
        assert "WAIVED until" in flat(await hand.press("ctrl+r"))
        await hand.press("escape")
        await pressed(hand, "ctrl+f", "backspace")
    assert standing(site, "C05") is Standing.FAILED


async def test_w_tests_the_detector_and_then_two_sign(site: Site) -> None:
    with_checks(site, "C01")
    async with shown(site) as hand:
        told = flat(await hand.press("ctrl+f", "y"))
        assert "did not answer a walk test" in told
        await hand.press("w")
        site.face.hear("fmd-iv", Condition.DANGER)
        site.face.hear("fmd-iv", Condition.NORMAL)
        await hand.press("y")
        await hand.sign("BB", "CC")
    assert standing(site, "C01") is Standing.DONE


async def test_enter_tests_the_door_and_its_contact_passes_it(site: Site) -> None:
    with_checks(site, "C04")
    async with shown(site) as hand:
        assert "Nobody keeps Zone IV door" in flat(await hand.press("ctrl+f", "enter"))
        site.do(KeepDoor())
        assert "open it now" in flat(await hand.press("enter"))
        site.face.hear("door-iv", Condition.DANGER)
        assert "close it now" in flat(await hand.look())
        site.face.hear("door-iv", Condition.NORMAL)
        assert "1 made" in flat(await hand.look())
    assert standing(site, "C04") is Standing.DONE


async def test_use_is_resumed_by_expert_and_responsible_person_after_a_pass(site: Site) -> None:
    expert = site.face.enrol("EE", "Eva Expert", "MRSE")
    person = site.face.enrol("PP", "Petra Person", "MRRP")
    with_checks(site, "C07")
    stop_use(site)
    async with shown(site) as hand:
        await pressed(hand, "ctrl+f", "y", "1", "1", "1", "1")
        await hand.sign("BB", "CC")
        assert standing(site, "C07") is Standing.STOPPED
        await hand.press("g")
        await hand.type("E. Invented, Made-up Magnets", "enter")
        await hand.sign("EE", "PP")
    assert expert != person
    assert standing(site, "C07") is Standing.DONE


async def test_the_site_without_checks_and_the_broken_slice_say_so(site: Site) -> None:
    site.face.sign_on(site.ben)
    async with shown(site) as hand:
        assert "makes no check" in flat(await hand.press("ctrl+f"))
        assert "not made at this site" in flat(await hand.press("y"))
        site.face.working = replace(site.face.working, broken=("checks",))
        assert "UNKNOWN: nothing is known of the checks" in flat(await hand.look())


def test_nobody_has_approved_a_template_until_the_site_says_who(site: Site) -> None:
    with_checks(site, "C05")
    view = site.view(profile=replace(site.face.profile, checks_approved=""))
    assert "NOT SITE-APPROVED" in "\n".join(one.plain for one in present.rows(view, ""))
    view = site.view(profile=site.face.profile)
    assert "approved here by a made-up officer" in "\n".join(one.plain for one in present.rows(view, ""))


@pytest.mark.parametrize("values", [["1", "1", "1"], ["20.5", "20.6", "21.0"], ["-2", "0", "2"]])
def test_the_trend_is_a_line_of_bars(values: list[str]) -> None:
    told = present.bars([Decimal(one) for one in values])
    assert len(told) == 3
    assert set(told) <= set(present.BARS)
    assert (told[0] == told[-1]) is (values[0] == values[-1])


@pytest.mark.parametrize(
    ("morning", "word"), [(quiet, "made"), (overdue, "OVERDUE"), (failed, "FAILED"), (stopped, "STOP USE")]
)
def test_a_whole_morning_comes_to_what_its_picture_shows(site: Site, morning: Any, word: str) -> None:
    morning(site)
    listed = "\n".join(one.plain for one in present.rows(site.view(profile=site.face.profile), ""))
    assert word in listed
    groups = {one.standing for one in lines(site)}
    assert Standing.UNANSWERED not in groups
    assert groups - {Standing.DONE, Standing.WAIVED} == (
        set()
        if morning is quiet
        else {Standing(word.casefold())}
        if morning is not stopped
        else {Standing.STOPPED}
    )


def test_the_walk_test_of_the_morning_is_the_detectors_own(site: Site) -> None:
    with_checks(site, "C01")
    walk(site)
    make(site)
    assert standing(site, "C01") is Standing.DONE


@pytest.mark.parametrize(
    "words",
    [
        "C07 magnet rundown unit: indicators",
        "heater test B",
        "not lit",
        "C04 door seen by the console, Zone IV door",
        "opened and closed, both seen",
        "its time is over",
    ],
)
def test_the_log_says_what_was_checked_in_words(site: Site, words: str) -> None:
    with_checks(site, "C04", "C07", "C12")
    grounds = {"grounds": "Camera 2 is dark", "measure": "Somebody stands at the window"}
    site.face.beat(1801)
    site.do(WaiveCheck(check="C12", hours=1, **grounds), site.ada, site.ben)
    cycle(site)
    stop_use(site)
    site.face.beat(3601)
    site.do(Tick())
    view = site.view(profile=site.face.profile)
    said = [one.text for entry in site.face.entries for one in told_of(view, entry, {})]
    assert any(words in text for text in said), words
