"""The Hearing screen: one row a head, two keys a head, the calculation beneath with its sources."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support.console_site import NARROW, WIDE, Site, console
from support.ears import FOAM, STOCK

from mr_safety_console.console.present import hearing as present
from mr_safety_console.domain.hearing import Fit
from mr_safety_console.domain.hearing_heads import unheard
from mr_safety_console.domain.hearing_protection import Method, Protector, RoomNoise, Sort, Verdict
from mr_safety_console.domain.visit_facts import CountStaff, Leg

MOST_KEYS_AN_ITEM = 1.5
ITEMS_A_HEAD = 3
"""Protector with its rating, worn alone or double, and how the fit was seen on both ears."""


@pytest.fixture
def table(site: Site) -> str:
    site.face.sign_on(site.ben)
    visit = site.arrive()
    site.inside(visit)
    return visit


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_two_heads_are_fitted_with_two_keys_each(site: Site, table: str, size: tuple[int, int]) -> None:
    keys = ["ctrl+y", "3", "1", "1", "2"]
    async with console(site, size) as hand:
        hand.app.desk.selected = table
        told = await hand.press(keys[0])
        assert "0 of 2 heads fitted and seen" in told
        assert "□ V1, S1" in told
        for key in keys[1:]:
            told = await hand.press(key)
    heads = site.face.working.hearing.heads
    assert {one.fit for one in heads.values()} == {Fit.ROLL_DOWN, Fit.FLUSH}
    assert heads[f"visit:{table}"].method is Method.DOUBLE
    assert heads[f"visit:{table}"].worn == ("Foam plug", "Ear muff")
    assert heads["nameless:S1"].verdict is Verdict.EXCEEDS
    assert "2 of 2 heads fitted and seen" in told
    assert len(keys) <= MOST_KEYS_AN_ITEM * ITEMS_A_HEAD * len(heads)
    assert unheard(site.face.working, site.view().ctx) == ()


async def test_formula_numbers_units_sources_and_that_it_is_advice_are_on_the_screen(
    site: Site, table: str
) -> None:
    site.face.profile = replace(site.face.profile, protectors=(replace(FOAM, snr=0),))
    async with console(site, profile=site.face.profile) as hand:
        told = " ".join((await hand.press("ctrl+y", "1")).split())
        for words in (
            "Room 115 dB(A), 116.5 dB(C), 125 dB peak declaration, page 31",
            "how was the fit seen, on both ears?",
            "dB(A) − (NRR − 7) × 0.5 = 115 − (32 − 7) × 0.5 = 102.5 dB(A)",
            "DOES NOT KEEP to 99 dB(A) and 140 dB peak by this calculation",
            "Double protection advised.",
            "ADVISORY: a rating is not a fit.",
            "OSHA 1910.95 app. B",
            "NIOSH 98-126",
            "IEC 60601-2-33",
        ):
            assert words in told, words


async def test_everything_stands_on_the_small_screen(site: Site, table: str) -> None:
    site.do(CountStaff(staff_inside=3))
    async with console(site, NARROW) as hand:
        told = await hand.press("ctrl+y", "3")
        for words in ("V1", "S3", "ADVISORY", "1 rolled, ear pulled, held", "= 85.5 dB(A)"):
            assert words in told, words


async def test_a_choice_is_nothing_until_its_fit_was_seen(site: Site, table: str) -> None:
    async with console(site) as hand:
        await hand.press("ctrl+y", "1")
        assert site.face.working.hearing.heads == {}
        assert "what is worn?" in await hand.press("backspace")
        await hand.press("1", "5")  # a seal belongs to muffs
        assert site.face.working.hearing.heads == {}
        assert "V1: how was the fit seen" in await hand.look()
        await hand.press("down", "up")
        assert "V1: what is worn?" in await hand.look()


async def test_an_exemption_takes_its_reason_and_two_people(site: Site, table: str) -> None:
    async with console(site) as hand:
        assert "V1: NO PROTECTOR, WHY?" in await hand.press("ctrl+y", "v")
        await hand.press("1")
        await hand.sign("DD", "BB")
        assert "EXEMPT: Deaf in both ears, documented" in await hand.look()
        assert site.face.working.hearing.heads[f"visit:{table}"].method is Method.EXEMPT
        assert "S1: what is worn?" in await hand.look()


async def test_a_fit_nobody_could_check_is_refused_alone_and_signed_double(site: Site, table: str) -> None:
    async with console(site) as hand:
        assert "is worn double" in await hand.press("ctrl+y", "1", "6")
        await hand.press("escape", "3", "6")
        await hand.sign("DD", "BB")
        assert "COULD NOT BE CHECKED" in await hand.look()


async def test_enter_looks_anew_at_what_is_worn_and_then_leads_back_to_the_visit(
    site: Site, table: str
) -> None:
    site.listed(table, Leg.TABLE_LIST)
    limits = {"table_list_valid_s": 300, "idle_lock_s": 900}
    site.face.profile = replace(site.face.profile, limits=limits)
    site.clock.advance(301)
    site.face.beat_bt = site.clock.now().bt
    async with console(site, profile=site.face.profile) as hand:
        hand.app.desk.selected = table
        assert "▒ too old, look again" in await hand.press("ctrl+y")
        await hand.press("enter", "1", "enter", "2")
        assert "2 of 2 heads fitted and seen" in await hand.look()
        await hand.press("enter")
        assert hand.stack[0] == "VisitPage"


async def test_the_table_list_says_how_far_the_heads_are_and_where_to_go(site: Site, table: str) -> None:
    async with console(site, NARROW) as hand:
        hand.app.desk.selected = table
        await hand.press("f5", *["pagedown"] * 6)
        told = " ".join((await hand.look()).split())
        assert "Protectors: 0 of 2 heads fitted and seen □ V1, S1 ctrl+y head by head" in told


async def test_the_visit_says_who_is_missing_and_where_to_go(site: Site, table: str) -> None:
    site.listed(table, Leg.TABLE_LIST)
    site.do(CountStaff(staff_inside=2))
    async with console(site) as hand:
        hand.app.desk.selected = table
        told = " ".join((await hand.press("f3")).split())
        assert "Hearing protection was not seen to fit on 1 in the room: S2" in told
        assert "Fit the heads that are left (ctrl+y)" in told
        await hand.press("enter", "1", "1")
        assert hand.stack[0] == "HearingPage"
        assert "3 of 3 heads fitted and seen" in await hand.look()


async def test_names_are_hidden_while_the_console_is_locked(site: Site, table: str) -> None:
    async with console(site) as hand:
        await hand.press("ctrl+y")
        assert "Doe, Jane" in await hand.look()
        await hand.press("ctrl+l")
        await hand.press("escape", "ctrl+y")
        assert "Doe, Jane" not in await hand.look()


def test_an_empty_room_says_so(site: Site) -> None:
    assert any("Nobody is on the record in there" in one.plain for one in present.rows(site.view(), "", None))


def test_without_a_register_everything_can_still_be_chosen_and_is_not_calculated(tmp_path: Path) -> None:
    site = Site(tmp_path)
    try:
        bare = replace(site.face.profile, room=RoomNoise(), protectors=())
        assert [one.method for one in present.choices(bare)] == [
            Method.PLUG,
            Method.MUFF,
            Method.DOUBLE,
            Method.NEONATAL,
            Method.MOULDS,
        ]
        assert all(one.worn == () for one in present.choices(bare))
        mini = Protector("Mini muffs", Sort.NEONATAL, nrr=10)
        listed = present.choices(replace(bare, protectors=(*STOCK, mini)))
        assert [one.method for one in listed] == [
            Method.PLUG,
            Method.MUFF,
            Method.NEONATAL,
            Method.DOUBLE,
            Method.MOULDS,
        ]
        site.face.sign_on(site.ben)
        visit = site.arrive()
        site.inside(visit)
        site.face.profile = bare
        view = site.view(profile=bare)
        told = " ".join(one.plain for one in present.rows(view, f"visit:{visit}", present.choices(bare)[0]))
        assert "CANNOT CALCULATE: room_noise_LAeq_dBA is not set; room_noise_LCeq_dBC is not set" in told
        assert "Double protection advised." in told
    finally:
        site.intake.close()
