"""Nobody at the keyboard: the console locks; somebody leaning on it: it says so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.console_site import Hand, Site, console
from support.fake_face import SITE
from textual import events
from textual.widgets import Input

from mr_safety_console.console.attended import Idle
from mr_safety_console.console.dialogs.sign_on import SignOnDialog
from mr_safety_console.console.driver import KeyHeld, Scanned
from mr_safety_console.console.widgets.pin import PinField
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.emergency import OpenEmergency
from mr_safety_console.domain.staff import SignedOff, SignOff

LIMIT_S = SITE.limit("idle_lock_s")
CLICK = events.MouseDown(None, 5, 8, 0, 0, 1, False, False, False)


async def passes(hand: Hand, seconds: float) -> str:
    """Let time pass without a hand, and the console look at it."""
    hand.site.face.beat(seconds)
    hand.app._tick()
    return await hand.look()


def ends(site: Site) -> list[str]:
    return [entry.fact.reason for entry in site.face.entries if isinstance(entry.fact, SignedOff)]


async def test_after_the_idle_time_names_are_hidden_and_the_session_ends(site: Site) -> None:
    """A15: nothing is attributed to somebody who has left."""
    site.face.sign_on(site.ben)
    site.arrive("Secret, Sam")
    async with console(site) as hand:
        assert "Secret" in await hand.press("f3")
        await hand.press("n", "x")
        assert "Secret" in await passes(hand, LIMIT_S - 1)
        assert ends(site) == []
        told = await passes(hand, 1)
        assert ends(site) == ["idle"]
        assert "Secret" not in told
        assert "LOCKED" in told
        assert hand.stack == ["SuitePage"]
        for _ in range(3):
            await passes(hand, LIMIT_S)
        assert site.face.commands.count(SignOff(reason="idle")) == 1
        await hand.press("ctrl+o")
        assert "Secret" in await hand.sign("CC")


async def test_a_key_a_click_a_paste_or_a_scan_begins_the_idle_time_anew(site: Site) -> None:
    site.face.sign_on(site.ben)
    async with console(site) as hand:
        for touch in (
            lambda: hand.app.post_message(events.Key("down", None)),
            lambda: hand.app.post_message(CLICK),
            lambda: hand.app.post_message(events.Paste("x")),
            lambda: hand.app.post_message(Scanned("ABC123")),
        ):
            await passes(hand, LIMIT_S - 1)
            touch()
            await hand.look()
        await passes(hand, LIMIT_S - 1)
        assert ends(site) == []
        await passes(hand, 1)
        assert ends(site) == ["idle"]


async def test_names_are_hidden_too_when_nobody_was_signed_on(site: Site) -> None:
    site.face.sign_on(site.ben)
    site.arrive("Secret, Sam")
    async with console(site) as hand:
        site.do(SignOff())
        assert "Secret" in await hand.look()
        assert "Secret" not in await passes(hand, LIMIT_S)


@pytest.mark.parametrize("key", ["f2", "f3", "f4", "ctrl+k", "ctrl+g"])
async def test_a_console_that_was_restarted_shows_no_name_before_somebody_signs_on(
    site: Site, key: str
) -> None:
    """Whoever can switch the machine off and on is not past the lock by that."""
    site.face.sign_on(site.ben)
    site.arrive("Secret, Sam")
    site.do(SignOff())
    async with console(site) as hand:
        told = await hand.press(key)
        assert "LOCKED" in told
        assert "Secret" not in told
        await hand.press("ctrl+o")
        await hand.sign("BB")
        assert "BB MRST signed on" in await hand.look()
        assert "LOCKED" not in await hand.look()


async def test_an_idle_lock_hides_no_alarm_and_bars_no_emergency(site: Site) -> None:
    """I7: the key and the alarms are there whoever is not."""
    site.face.sign_on(site.ben)
    async with console(site) as hand:
        await passes(hand, LIMIT_S)
        site.face.hear("fmd-iv", Condition.DANGER, edges=1)
        assert "Iron near the door" in await hand.look()
        assert "press a letter" in await hand.press("f9")
        await hand.recorded()
        assert len(site.face.working.emergency.emergencies) == 1


async def test_an_open_emergency_suspends_the_idle_lock(site: Site) -> None:
    site.face.sign_on(site.ben)
    site.do(OpenEmergency())
    async with console(site) as hand:
        for _ in range(3):
            await passes(hand, LIMIT_S)
        assert ends(site) == []
        assert hand.stack[-1] == "EmergencyPage"


async def test_a_sign_off_that_could_not_be_recorded_is_made_up_for(site: Site) -> None:
    """While the engine stands still names are hidden; when it goes on the session ends."""
    site.face.sign_on(site.ben)
    site.arrive("Secret, Sam")
    async with console(site) as hand:
        site.clock.advance(LIMIT_S)
        hand.app._tick()
        assert "Secret" not in await hand.look()
        assert ends(site) == []
        await passes(hand, 1)
        assert ends(site) == ["idle"]


@pytest.mark.parametrize("limit_s", [120, 900])
def test_the_idle_time_is_the_site_s(site: Site, limit_s: int) -> None:
    site.face.sign_on(site.ben)
    view = replace(site.view(), profile=replace(SITE, limits={**SITE.limits, "idle_lock_s": limit_s}))
    idle = Idle(view.now)
    site.clock.advance(limit_s - 1)
    assert not idle.due(replace(view, now=site.clock.now(), beat_bt=site.clock.now().bt))
    site.clock.advance(1)
    assert idle.due(replace(view, now=site.clock.now(), beat_bt=site.clock.now().bt))


@pytest.mark.parametrize("key", ["f2", "f4", "ctrl+o"])
async def test_a_held_key_is_told_on_the_screen_or_in_the_dialog(site: Site, key: str) -> None:
    """I10: what was dropped is not dropped in silence."""
    site.face.sign_on(site.ben)
    async with console(site) as hand:
        assert "counts once" not in await hand.press(key)
        for _ in range(2):
            hand.app.post_message(KeyHeld())
            assert (await hand.look()).count("A key was held down; it counts once.") == 1


async def test_a_pin_typed_ahead_of_its_field_is_never_shown_and_not_lost(site: Site) -> None:
    """A digit may come while the line for the initials still has the cursor."""
    async with console(site) as hand:
        await hand.press("ctrl+o")
        dialog = hand.app.screen
        assert isinstance(dialog, SignOnDialog)
        line = dialog.query_one("#who", Input)
        await hand.type("bb", "enter")
        line.select_on_focus = False  # as if the cursor had never left it
        line.focus()
        told = await hand.press("b")
        assert line.value == "bb"
        assert "bbb" not in told
        await hand.press("backspace")
        assert dialog.chosen == "", "other initials are another person"
        await hand.press("b", "enter")
        dialog.query_one("#pin", PinField).clear()
        await hand.press("b", "b", "enter")
        assert "BB MRST signed on" in await hand.look()
