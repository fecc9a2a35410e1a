"""Keys that come faster than the screens change: none is lost, and none goes to what is about to go."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.console_site import Hand, Site, console
from support.implant_site import stocked
from textual import events
from textual.keys import _character_to_key
from textual.widgets import Input


def at_once(hand: Hand, text: str) -> None:
    """Put keys into the app's queue in one go, as the driver does with what one read brought."""
    for char in text:
        hand.app.post_message(events.Key(_character_to_key(char), char))


def fields(hand: Hand) -> Iterator[str]:
    yield from (field.value for field in hand.app.screen.query(Input))


@pytest.mark.parametrize(("way", "written"), [("32" + "12 W/kg", ["12 W/kg"]), ("33" + "3.2", ["3.2"])])
async def test_the_first_digit_of_a_figure_typed_right_behind_a_choice_is_not_lost(
    site: Site, way: str, written: list[str]
) -> None:
    """12 W/kg that became 2 W/kg would loosen what is compared."""
    stocked(site)
    async with console(site) as hand:
        await hand.press("ctrl+k")
        at_once(hand, way)
        await hand.look()
        assert list(fields(hand)) == written


async def test_four_choices_and_a_word_in_one_go_stand_where_they_belong(site: Site) -> None:
    stocked(site)
    async with console(site) as hand:
        await hand.press("ctrl+k")
        at_once(hand, "41111local")
        await hand.look()
        assert next(fields(hand)) == "local"


async def test_a_choice_does_not_fall_through_to_the_page_beneath(site: Site) -> None:
    """Two equal keys reach the app together: the second is for the dialog the first one opened."""
    stocked(site)
    async with console(site) as hand:
        await hand.press("ctrl+k")
        at_once(hand, "11pace")
        told = await hand.look()
        assert "A DEVICE" in told
        assert next(fields(hand)) == "pace"
