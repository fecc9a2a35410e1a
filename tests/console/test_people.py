"""The People screen by its keys: few for a colleague, three sentences for everything refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.console_site import NARROW, WIDE, Hand, Site, console

from mr_safety_console.console.dialogs.quit import quit_rows
from mr_safety_console.console.present import log
from mr_safety_console.console.present import people as present
from mr_safety_console.console.present.rows import plain
from mr_safety_console.console.present.told import numbers
from mr_safety_console.domain.detectors import Condition, StartWalkTest
from mr_safety_console.domain.people_acts import (
    AdmitColleague,
    AdmitPerson,
    OfferEscort,
    PersonEntersZoneIV,
    PersonLeaves,
    PersonLeavesZoneIV,
)
from mr_safety_console.domain.staff_screening import DeclareChange
from mr_safety_console.journal.query import LogLine

BOTH = pytest.mark.parametrize("size", [WIDE, NARROW])


def proved(site: Site) -> None:
    site.face.sign_on(site.ben)
    site.do(StartWalkTest(point="fmd-iv"))
    site.face.hear("fmd-iv", Condition.DANGER)
    site.face.hear("fmd-iv", Condition.NORMAL)


def here(site: Site, name: str) -> str:
    people = site.face.working.people.here.values()
    return next(one.id for one in people if name in (one.staff, one.name))


def visitor(site: Site, escort: str) -> str:
    asked = AdmitPerson(
        name="Vera Visitor", purpose="to interpret", kind_of="visitor", escort=escort, max_zone="IV"
    )
    site.do(asked)
    return here(site, "Vera Visitor")


def inside(site: Site) -> str:
    """Bring a visitor into the magnet room after Cleo, their escort; return the visitor."""
    site.do(AdmitColleague(staff=site.cleo))
    one = visitor(site, site.cleo)
    for name in (here(site, site.cleo), one):
        site.do(PersonEntersZoneIV(person=name, anyway=True))
    return one


async def select(hand: Hand, words: str) -> str:
    for _ in range(12):
        if words in (await hand.look()).split("Enter  ", 1)[1].split("\n", 1)[0]:
            break
        await hand.press("down")
    return await hand.look()


@BOTH
async def test_a_known_colleague_is_in_the_room_after_three_keys(site: Site, size: tuple[int, int]) -> None:
    """Three keys after selection, one of them the word for the detector pass."""
    proved(site)
    async with console(site, size) as hand:
        await hand.press("ctrl+g")
        assert "Let into Zone III: Cleo Cook" in await select(hand, "Cleo Cook")
        assert "I watched the pass: nothing raised: P1 Cleo Cook" in await hand.press("enter")
        assert "Goes into Zone IV now: P1 Cleo Cook" in await hand.press("p")
        told = await hand.press("enter")
        assert "IN ZONE IV  heads 1: P1" in told
        assert "Comes out of Zone IV: P1 Cleo Cook" in told


async def test_nobody_comes_in_quickly_who_is_no_colleague(site: Site) -> None:
    """A companion by a visit of their own, everybody else by name, purpose, escort and how far."""
    proved(site)
    async with console(site, NARROW) as hand:
        await hand.press("ctrl+g", "ctrl+n")
        assert "NEW VISIT" in await hand.press("1")
        await hand.press("escape")
        await hand.press("ctrl+n", "3")
        await hand.type("Visitor, Vera", "enter")
        await hand.type("interpreter", "enter")
        await hand.type("cc", "enter")
        told = await hand.type("4", "enter")
        assert "Visitor, Vera" in told
        assert "escort CC" in told
        assert "Screen them: nobody goes in without: P1 Visitor, Vera" in told
        site.screened_by_name(here(site, "Visitor, Vera"))
        told = await hand.look()
        assert "I watched the pass: nothing raised: P1 Visitor, Vera" in told
        await hand.press("enter")
        told = await hand.press("enter")
        assert "No Level 2 escort of P1 is on the record in the magnet room." in told
        assert "The escort goes in first, comes out last" in told


@BOTH
async def test_an_escort_who_left_stands_in_the_row_and_a_hand_over_takes_a_pin(
    site: Site, size: tuple[int, int]
) -> None:
    proved(site)
    one = inside(site)
    site.do(PersonLeavesZoneIV(person=here(site, site.cleo)))
    site.do(AdmitColleague(staff=site.ben))
    site.do(PersonEntersZoneIV(person=here(site, site.ben), anyway=True))
    async with console(site, size) as hand:
        await hand.press("ctrl+g")
        assert "■ ESCORT CC NOT IN THERE" in await select(hand, "Vera")
        await hand.press("greater_than_sign")
        assert "offered to BB" in await hand.type("bb", "enter")
        await hand.press("greater_than_sign")
        told = await hand.sign("BB")
        assert "escort BB" in told
        assert site.face.working.people.here[one].escort == site.ben


async def test_an_escort_who_went_home_stands_in_the_row_of_whom_they_left(site: Site) -> None:
    proved(site)
    one = inside(site)
    site.do(PersonLeavesZoneIV(person=one))
    site.do(PersonLeaves(person=here(site, site.cleo)))
    async with console(site, NARROW) as hand:
        await hand.press("ctrl+g")
        assert "▲ ESCORT CC GONE" in await select(hand, "Vera")


async def test_three_heads_are_reconciled_with_three_keys_and_fewer_are_an_alarm(site: Site) -> None:
    proved(site)
    inside(site)
    async with console(site) as hand:
        await hand.press("ctrl+g", "number_sign")
        told = await hand.type("2", "enter")
        assert "counted by BB" in told
        await hand.press("number_sign")
        assert "FEWER HEADS COUNTED THAN RECORDED" in await hand.type("1", "enter")
        assert site.face.working.visits.heads == 2


def test_names_are_hidden_while_the_console_is_locked(site: Site) -> None:
    """I14: also on the row of who comes next."""
    proved(site)
    one = inside(site)
    site.do(OfferEscort(person=one, to=site.ben))
    view = site.view()
    assert "Vera Visitor" in "\n".join(plain(present.rows(view, one)))
    told = "\n".join(plain(present.rows(replace(view, locked=True), one)))
    assert "Vera" not in told
    assert "Cleo" not in told


async def test_a_permit_closes_with_every_tool_and_is_handed_back_from_its_row(site: Site) -> None:
    """A29: five tools in, four out."""
    proved(site)
    async with console(site, NARROW) as hand:
        await hand.press("ctrl+g", "ctrl+n", "2", "1")
        for said in ("Clara Cleaner", "mops", "5", "4"):
            await hand.type(said, "enter")
        await hand.type("60", "enter")
        assert "W1 Clara Cleaner  cleaning, Zone IV  tools 5: mops" in await hand.sign("BB")
        for _ in range(6):
            if "Count tools, or close: W1" in await hand.look():
                break
            await hand.press("up")
        await hand.press("enter", "2")
        assert "4 tools came out; 5 went in." in await hand.type("4", "enter")
        await hand.press("escape", "enter", "2")
        await hand.type("5", "enter")
        assert "closed, not handed back" in await hand.sign("BB")


def test_the_log_calls_people_by_their_number_and_quitting_tells_who_is_left(site: Site) -> None:
    """A25, I14: a number aloud, the name only in the row in full."""
    proved(site)
    inside(site)
    site.do(AdmitColleague(staff=site.ben))
    entry = next(one for one in reversed(site.face.entries) if one.fact.kind == "person-entered-zone-iv")
    line = log.line(
        site.view(), LogLine(entry.seq, "abc", entry.fact.kind, entry), numbers(site.face.entries)
    )
    assert "Person in Zone IV  P2" in line.plain
    told = "\n".join(plain(quit_rows(site.view())))
    assert "2 people are recorded in Zone IV." in told
    assert "1 people are recorded in Zone III." in told


async def test_a_member_of_staff_without_an_own_screening_is_shown_and_screened_from_their_row(
    site: Site,
) -> None:
    """H40: the row says so, the category is non-MR, and one key leads to the form for staff."""
    proved(site)
    site.do(DeclareChange(person=site.cleo, change="surgery"))
    async with console(site) as hand:
        await hand.press("ctrl+g")
        told = await select(hand, "Cleo Cook")
        line = next(
            line for line in told.splitlines() if "own screening void since a declared change" in line
        )
        assert "Cleo Cook" in line
        assert "Non-MR" in line or "non-MR" in line
        assert "Something changed: pregnancy" in await hand.press("space")
        await hand.press("1")
        visit = list(site.face.working.visits.open)[-1]
        assert site.face.working.visits.open[visit].of == site.cleo
        told = await hand.press("enter")
        assert "Staff: own questions" in told
        assert site.face.working.screening.cases[visit].form == "screening-staff"
        assert "SCREENING: " in await hand.press("f3")


async def test_a_change_is_declared_in_two_keys(site: Site) -> None:
    """2.2: injury is the first of the list after the screening itself."""
    proved(site)
    async with console(site) as hand:
        await hand.press("ctrl+g")
        await select(hand, "Cleo Cook")
        await hand.press("space", "2")
        assert "own screening void" in await hand.look()
        assert site.face.working.staff.people[site.cleo].changed_utc > 0


async def test_a_visitor_is_screened_before_anything_else_is_proposed(site: Site) -> None:
    """W4: Enter on their row leads to their interview, not past it."""
    proved(site)
    visitor(site, site.cleo)
    async with console(site) as hand:
        await hand.press("ctrl+g")
        assert "Screen them: nobody goes in without" in await select(hand, "Vera Visitor")
        await hand.press("enter")
        visit = list(site.face.working.visits.open)[-1]
        assert site.face.working.visits.open[visit].category == "visitor"
        assert "Companion or visitor" in await hand.press("enter")
