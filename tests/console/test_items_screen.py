"""The Items screen by its keys: in, out, there, gone, quarantine, label, a new thing, and finding one."""

from __future__ import annotations

from dataclasses import replace

from support.console_site import NARROW, WIDE, Site, console

from mr_safety_console.console.dialogs.quit import quit_rows
from mr_safety_console.console.present import items as present
from mr_safety_console.console.present import quench
from mr_safety_console.domain.items import today
from mr_safety_console.domain.items_facts import (
    Evidence,
    ImportItems,
    ItemClass,
    ItemTold,
    Label,
    LabelItem,
    MoveItem,
    SeeItem,
)


def stocked(site: Site) -> str:
    """Sign Ben on, enrol an expert, and register a pump and a cylinder; return the expert."""
    expert = site.face.enrol("EE", "Eva Expert", "MRSE")
    site.face.sign_on(site.ben)
    due = today(site.clock.now()) + 90
    pump = ItemTold(
        tag="P-1",
        name="Syringe pump",
        sort=ItemClass.PUMP,
        label=Label.CONDITIONAL,
        evidence=Evidence.MAKER_INSTRUCTIONS,
        reference="manual page 7",
        limit_ut=20_000,
        tether_cm=150,
        due_day=due,
    )
    cylinder = ItemTold(
        tag="O-1", name="Ward cylinder", sort=ItemClass.OXYGEN_CYLINDER, label=Label.UNLABELLED
    )
    site.do(ImportItems(entries=(pump, cylinder)), expert, site.ben)
    site.face.beat(1)
    return expert


async def test_a_conditional_item_is_brought_in_seen_and_brought_out_by_keys(site: Site) -> None:
    """The dialog reads out line and tether; the screen says what is there, and never what it may be worth."""
    stocked(site)
    async with console(site, NARROW) as hand:
        told = await hand.press("ctrl+t")
        assert "IN ZONE IV: 0" in told
        assert "I1 P-1 Syringe pump  pump  MR Conditional" in told
        await hand.press("enter", "1")
        assert "Stays outside 20 mT, tether 1.5 m." in await hand.look()
        told = await hand.type("cc", "enter", "enter", "enter")
        assert "IN ZONE IV: 1" in told
        assert "brought by BB, kept by CC" in told
        await hand.press("n")
        told = await hand.look()
        assert "■ NOT FOUND I1 P-1" in told
        assert "not recorded as out" in told
        told = await hand.press("y")
        assert "seen 0.0 s ago" in told
        await hand.press("2", "1")
        assert "IN ZONE IV: 0" in await hand.look()
    given = [type(one) for one in site.face.commands if isinstance(one, MoveItem | SeeItem)]
    assert given == [MoveItem, SeeItem, SeeItem, MoveItem]


async def test_a_cylinder_is_refused_with_why_and_written_down_when_it_is_inside_all_the_same(
    site: Site,
) -> None:
    """S5: nobody's word lets it in; what is inside is on top in the words of its alarm."""
    stocked(site)
    async with console(site, WIDE) as hand:
        await hand.press("ctrl+t", "down", "1", "1", "enter")
        told = await hand.press("enter")
        assert "WHY NOT I2 is an oxygen cylinder: none goes into the magnet room" in told
        await hand.press("escape", "1", "3", "enter")
        told = await hand.press("enter")
        assert "ITEM IN THE MAGNET ROOM, NOT CLEARED" in told
        assert "■ NOT CLEARED I2 O-1 Ward cylinder  OXYGEN CYLINDER" in told
        assert "an oxygen cylinder, no MR label" in told


async def test_a_label_takes_evidence_and_two_people_and_a_new_thing_is_quarantined(site: Site) -> None:
    stocked(site)
    async with console(site, NARROW) as hand:
        await hand.press("ctrl+t", "5", "0")
        await hand.type("X-9", "enter")
        told = await hand.type("Grey box", "enter")
        assert "found by “X-9”" in told
        assert "NOT EVALUATED  ▲ QUARANTINE" in told
        await hand.press("4", "1", "3")
        await hand.type("MR compatible says the lid", "enter")
        assert "cannot be read" in await hand.type("next year", "enter")
        assert "is no label" in await hand.type("2099-01-01", "enter")
        await hand.press("escape", "4", "1", "3")
        await hand.type("test sheet 12", "enter")
        await hand.type("2099-01-01", "enter")
        told = await hand.sign("EE", "BB")
        assert "X-9 Grey box" in told
        assert "MR Safe" in told
        assert "QUARANTINE" not in told.split("REGISTER")[1]
    labelled = [one for one in site.face.commands if isinstance(one, LabelItem)]
    assert (labelled[-1].label, labelled[-1].evidence) == ("mr-safe", "tested-here")


async def test_an_item_is_found_by_number_tag_or_name_and_a_long_register_stays_short(site: Site) -> None:
    stocked(site)
    async with console(site, NARROW) as hand:
        await hand.press("ctrl+t", "slash")
        told = await hand.type("cylinder", "enter")
        assert "REGISTER, outside: 1" in told
        assert "P-1" not in told
    view = site.view()
    for wanted, tags in (("i2", ["O-1"]), ("p-1", ["P-1"]), ("pump", ["P-1"]), ("", ["P-1", "O-1"])):
        assert [one.tag for one in present.found(view, wanted)] == tags


def test_a_locked_screen_tells_tags_and_labels_only(site: Site) -> None:
    """I14: free text stays hidden while nobody has the console."""
    stocked(site)
    desk_view = site.view()
    told = "\n".join(one.plain for one in present.rows(desk_view, "", ""))
    assert "Syringe pump" in told
    hidden = replace(desk_view, locked=True)
    told = "\n".join(one.plain for one in present.rows(hidden, "", ""))
    assert "Syringe" not in told
    assert "I1 P-1" in told


def test_quench_log_and_quitting_tell_what_is_inside_and_not_seen(site: Site) -> None:
    """A25: before a quench and before nobody watches any more, what is in the room is named as a number."""
    stocked(site)
    assert "items" not in "\n".join(one.plain for one in quench.log_rows(site.view(), "now"))
    pump = site.face.working.items.tagged("P-1")
    assert pump is not None
    site.do(MoveItem(item=pump.id, to="IV", supervisor=site.cleo))
    site.do(SeeItem(item=pump.id, present=False))
    told = "\n".join(one.plain for one in quench.log_rows(site.view(), "now"))
    assert "items in the magnet room: 1   ▲ 1 not seen: nothing is presumed out" in told
    told = "\n".join(one.plain for one in quit_rows(site.view()))
    assert "1 items are recorded in Zone IV, 1 of them not seen by anybody." in told
