"""The app itself: the emergency key from everywhere, alarms at once, faults survived, sizes, the end."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from support.console_site import NARROW, WIDE, Site, console, glass, shown
from textual.binding import Binding
from textual.widgets import Input

from mr_safety_console.console import app
from mr_safety_console.console import commands as c
from mr_safety_console.console.app import ConsoleApp
from mr_safety_console.console.dialogs.modal import Dialog
from mr_safety_console.console.mailbox import Mailbox
from mr_safety_console.console.page import Page, page_bindings
from mr_safety_console.console.present.view import View
from mr_safety_console.console.screens import every_page
from mr_safety_console.console.screens.emergency import EmergencyPage
from mr_safety_console.domain.alarms import PauseSound
from mr_safety_console.domain.detectors import Condition
from mr_safety_console.domain.emergency import EmergencyState, OpenEmergency
from mr_safety_console.domain.lifecycle import LoseSession, StopConsole
from mr_safety_console.domain.staff import SignOff
from mr_safety_console.engine.face import Published

PAGE_KEYS = {cmd.id: cmd.keys[0] for cmd in c.NAVIGATION}


def opened(site: Site) -> int:
    return len(site.face.working.emergency.emergencies)


async def test_what_was_painted_is_swept_by_the_clock(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Painted strips stand in circles: nothing but a sweep frees them, and the counts never bring one."""
    monkeypatch.setattr(app, "QUIET_S", 0.01)
    monkeypatch.setattr(app, "SWEEP_S", 0.02)
    swept, enough = [0], asyncio.Event()

    def sweep() -> None:
        swept[0] += 1
        if swept[0] >= 3:
            enough.set()

    running = ConsoleApp(site.parts(), sweep=sweep)
    async with running.run_test():
        await asyncio.wait_for(enough.wait(), 5)
    assert swept[0] >= 3


# --- the emergency key ---


async def test_both_keys_open_an_emergency_from_every_screen(site: Site) -> None:
    site.face.sign_on(site.ben)
    site.arrive()
    async with console(site) as hand:
        for page, reached in PAGE_KEYS.items():
            for key in ("f9", "ctrl+e"):
                await hand.press(reached)
                assert hand.stack[-1].lower().startswith(page)
                assert "press a letter" in await hand.press(key), page
                assert hand.stack[-1] == "EmergencyPage"
                await hand.recorded()
                assert opened(site) == 1
                await hand.press("escape")
                assert hand.stack[-1].lower().startswith(page)
                assert "EMERGENCY E1" in await hand.look()
                close(site)


def close(site: Site) -> None:
    """End and forget the emergency, so that the next press opens one again."""
    site.face.beat(5)
    site.face.working = replace(site.face.working, emergency=EmergencyState())
    site.face.disk = site.face.working


DIALOGS = {
    "help": ("f1",),
    "sign-on": ("ctrl+o",),
    "pin": ("ctrl+o", "b", "enter", "x"),
    "new visit": ("f2", "o", "D", "o", "e"),
    "quit": ("ctrl+q",),
    "quench kind": ("ctrl+b", "q"),
    "field reading": ("ctrl+b", "f", "1"),
    "note": ("f3", "n", "h", "i"),
}


async def test_the_key_works_over_every_dialog_which_is_there_again_after(site: Site) -> None:
    site.face.sign_on(site.ben)
    site.arrive()
    async with console(site) as hand:
        for name, keys in DIALOGS.items():
            await hand.press(*keys)
            before = hand.stack
            dialog = hand.app.screen
            assert isinstance(dialog, Dialog), name
            typed = [field.value for field in dialog.query(Input)]
            assert "press a letter" in await hand.press("f9"), name
            await hand.recorded()
            assert opened(site) == 1
            await hand.press("escape")
            assert hand.stack == before
            assert [field.value for field in dialog.query(Input)] == typed
            await hand.press("escape")
            close(site)


async def test_the_key_works_signed_off_locked_and_in_a_tiny_terminal(site: Site) -> None:
    async with console(site, (40, 10)) as hand:
        assert shown(hand.app)[0].startswith("F9 EMERGENCY")
        await hand.press("ctrl+l", "f9")
        await hand.recorded()
        assert opened(site) == 1
        assert isinstance(hand.app.screen, EmergencyPage)
        await hand.pilot.resize_terminal(*NARROW)
        assert "press a letter" in await hand.look()


async def test_presses_within_two_seconds_are_one_and_later_ones_return_to_it(site: Site) -> None:
    async with console(site) as hand:
        await hand.press("f9", "f9")
        site.face.beat(5)
        await hand.press("escape", "f9")
        await hand.recorded()
        kinds = [entry.fact.kind for entry in site.face.entries if entry.fact.kind.startswith("emergency")]
        assert kinds == ["emergency-opened", "emergency-key-again"]
        assert hand.stack.count("EmergencyPage") == 1


async def test_the_input_thread_takes_the_press_before_the_loop_does(site: Site) -> None:
    async with console(site) as hand:
        assert hand.app.emergency_hook is not None
        hand.app.emergency_hook()
        at = site.clock.now()
        site.clock.advance(3)
        await hand.press("f9")
        await hand.recorded()
        current = site.face.working.emergency.current
        assert current is not None
        assert current.since == at
        assert opened(site) == 1


async def test_an_emergency_is_shown_while_the_engine_says_nothing(site: Site) -> None:
    async with console(site) as hand:
        site.face.silent = True
        await hand.press("f9")
        site.clock.advance(0.5)
        await hand.press("c")
        assert "COLLAPSE OR ARREST" in await hand.press("enter")
        assert opened(site) == 0
        assert "● 1  Call out what you see" in await hand.look()
        for future in site.face.unanswered:
            future.cancel()


async def test_an_open_emergency_comes_first_after_a_restart(site: Site) -> None:
    site.do(OpenEmergency())
    async with console(site) as hand:
        assert hand.stack == ["SuitePage", "EmergencyPage"]
        assert "● RECORDED" in await hand.look()


# --- the loop's mailbox ---


def test_a_mailbox_wakes_once_and_a_full_one_asks_for_a_look_at_everything(site: Site) -> None:
    wakes: list[int] = []
    box = Mailbox(lambda: wakes.append(1), capacity=8)
    entries = tuple(site.face.entries[:3])
    box.put(Published(entries))
    box.put(Published(entries))
    assert len(wakes) == 1
    assert box.drain().entries == entries * 2
    for _ in range(3):
        box.put(Published(entries))
    mail = box.drain()
    assert (mail.entries, mail.resync, len(wakes)) == ((), True, 2)
    assert not box.drain().resync


async def test_an_alarm_is_painted_before_the_next_turn_of_the_rest(site: Site) -> None:
    async with console(site) as hand:
        bar = hand.app.screen.query_one("#alarm")
        site.face.hear("fmd-iv", Condition.DANGER)
        await hand.pilot.pause()
        assert "A1 Iron near the door" in bar.content.plain  # type: ignore[attr-defined]


async def test_the_alarm_bar_stays_in_sight_over_a_dialog(site: Site) -> None:
    async with console(site, NARROW) as hand:
        for keys in (("ctrl+o",), ("escape", "f1")):
            await hand.press(*keys)
            site.face.hear("fmd-iv", Condition.DANGER)
            await hand.look()
            assert "Iron near the door" in shown(hand.app)[3]
            assert "F9 EMERGENCY" in shown(hand.app)[-1]


# --- keys over dialogs, locking ---


async def test_only_few_keys_act_over_a_dialog(site: Site) -> None:
    async with console(site) as hand:
        await hand.press("ctrl+o")
        for key in ("ctrl+q", "ctrl+o", "ctrl+d", "ctrl+b", "f2", "f7"):
            await hand.press(key)
            assert hand.stack == ["SuitePage", "SignOnDialog"], key
        site.face.hear("fmd-iv", Condition.DANGER)
        await hand.press("f8")
        assert any(isinstance(command, PauseSound) for command in site.face.commands)


async def test_locking_hides_names_closes_dialogs_and_signs_off(site: Site) -> None:
    site.face.sign_on(site.ben)
    site.arrive("Secret, Sam")
    async with console(site) as hand:
        assert "Secret" in await hand.press("f3")
        await hand.press("n", "x")
        told = await hand.press("ctrl+l")
        assert "Secret" not in told
        assert "LOCKED" in told
        assert hand.stack == ["SuitePage"]
        assert SignOff(reason="locked") in site.face.commands
        assert "Secret" not in await hand.press("f3")
        await hand.press("ctrl+o")
        assert "Secret" in await hand.sign("CC")
        assert "CC L2 signed on" in await hand.look()


# --- faults ---


async def test_a_fault_in_a_key_is_recorded_shown_and_outlived(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with console(site) as hand:
        patient = "Secret, Sam"

        def broken() -> None:
            raise ValueError(patient)

        monkeypatch.setattr(hand.app, "action_sign_on", broken)
        await hand.pilot.press("ctrl+o")
        await hand.pilot.pause()
        assert "CONSOLE FAULT" in glass(hand.app)
        assert patient not in glass(hand.app)
        files = list((site.directory / "crash").iterdir())
        assert len(files) == 1
        assert patient not in files[0].read_text()
        await hand.pilot.press("f6", "a")
        assert "CONSOLE FAULT" not in await hand.look()
        await hand.press("f9")
        await hand.recorded()
        assert opened(site) == 1


async def test_a_fault_in_painting_leaves_the_emergency_key_alive(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with console(site) as hand:
        page = hand.app.screen
        monkeypatch.setattr(type(page), "paint_body", lambda *_: 1 / 0)
        hand.app.repaint()
        await hand.pilot.press("f9")
        await hand.recorded()
        assert opened(site) == 1
        assert hand.app.desk.fault.startswith("Internal fault")


async def test_a_stopped_engine_is_not_asked_and_every_tile_is_unknown(site: Site) -> None:
    site.face.sign_on(site.ben)
    site.arrive()
    async with console(site) as hand:
        asked = len(site.face.commands)
        site.clock.advance(2.5)
        assert "ENGINE STOPPED — trust doors and eyes" in await hand.press("f3")
        assert "The engine does not answer" in await hand.press("enter")
        assert len(site.face.commands) == asked
        assert glass(hand.app).count("▒ UNKNOWN") >= 4
        before = site.bells  # the app's own timer may have rung already
        hand.app._sound()
        assert site.bells == before + 1


async def test_the_console_sounds_only_where_the_engine_cannot(site: Site) -> None:
    async with console(site) as hand:
        site.face.hear("fmd-iv", Condition.DANGER)
        hand.app._sound()
        assert site.bells == 0
        site.face.sound = False
        before = site.bells  # the app's own timer may have rung already
        hand.app._sound()
        assert site.bells == before + 1


# --- sizes ---


@pytest.mark.parametrize("size", [WIDE, NARROW, (60, 20)])
@pytest.mark.parametrize("simulated", [False, True], ids=["live", "simulated"])
async def test_every_screen_fits(site: Site, size: tuple[int, int], simulated: bool) -> None:
    site.face.sign_on(site.ben)
    site.inside(site.arrive())
    async with console(site, size, simulated=simulated) as hand:
        for key in PAGE_KEYS.values():
            await hand.press(key)
            lines = shown(hand.app)
            assert len(lines) == size[1]
            head = [line.strip(" ┃┏┓┗┛━") for line in lines]
            top = [line for line in head if line][:3]
            assert top[0].startswith("22:26:40")
            assert ("SIMULATED" in top[0]) is simulated
            assert top[1].startswith("Zone IV door ○ closed")
            assert top[2].startswith(("FMD-1", "fmd-iv"))
            if size[0] >= 80:
                assert "…" not in "".join(top)
            assert "F9 EMERGENCY" in "".join(lines[-2:])


async def test_below_sixty_by_twenty_one_line_is_left(site: Site) -> None:
    async with console(site, NARROW) as hand:
        site.face.hear("fmd-iv", Condition.DANGER)
        for key in PAGE_KEYS.values():
            await hand.press(key)
            for size in ((59, 24), (80, 19), NARROW):
                await hand.pilot.resize_terminal(*size)
                await hand.look()
                lines = shown(hand.app)
                if size == NARROW:
                    assert "22:26:40" in lines[0]
                    continue
                assert lines[0].startswith("F9 EMERGENCY [! ] A1 Iron near the door")
                assert not any(lines[1:])


async def test_without_colour_the_same_words_are_shown(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.face.hear("fmd-iv", Condition.DANGER)
    async with console(site) as hand:
        coloured = await hand.look()
    monkeypatch.setenv("NO_COLOR", "1")
    async with console(site) as hand:
        assert await hand.look() == coloured
    assert "[! ] A1" in coloured
    assert "■ IRON DETECTED" in coloured


# --- bindings ---


def test_no_key_has_two_meanings_on_one_screen() -> None:
    assert {cmd.id for cmd in c.NAVIGATION} == {page.NAME for page in every_page()}
    for page in (*every_page(), EmergencyPage):
        assert c.clashes(page.KEYS) == [], page.NAME


def test_every_command_of_a_screen_has_its_action() -> None:
    for page in (*every_page(), EmergencyPage):
        for binding in page_bindings(page.KEYS):
            assert isinstance(binding, Binding)
            assert hasattr(page, f"action_{binding.action.partition('(')[0]}"), (page.NAME, binding)
    for cmd in c.APP:
        assert hasattr(ConsoleApp, f"action_{cmd.action}"), cmd.id


def test_the_app_offers_no_palette_no_toast_and_no_stray_key() -> None:
    assert not ConsoleApp.ENABLE_COMMAND_PALETTE
    bound = {binding.key: binding.action for binding in c.bindings(c.APP)}
    assert "ctrl+c" not in bound
    assert "command_palette" not in bound.values()
    assert not ConsoleApp._inherit_bindings


# --- the end ---


async def test_quitting_asks_records_and_ends(site: Site) -> None:
    site.face.sign_on(site.ben)
    site.inside(site.arrive())
    async with console(site) as hand:
        assert "2 people are recorded in Zone IV." in await hand.press("ctrl+q")
        await hand.press("escape")
        assert hand.stack == ["SuitePage"]
        await hand.press("ctrl+q")
        await hand.pilot.press("y")
        await hand.pilot.pause()
        assert site.face.commands[-1] == StopConsole(reason="quit")
        assert hand.app.return_value == 0


async def test_a_hang_up_is_recorded_before_the_end(site: Site) -> None:
    async with console(site) as hand:
        hand.app._signalled(1)
        await hand.pilot.pause()
        assert site.face.commands[-2:] == [LoseSession(signal="SIGHUP"), StopConsole(reason="session-lost")]
        assert hand.app.return_code == 129


def test_nothing_heavy_is_loaded_before_the_first_paint() -> None:
    code = "import mr_safety_console.console.app, sys; print(*sys.modules)"
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    loaded = set(done.stdout.split())
    assert "textual.app" in loaded
    for heavy in ("sqlmodel", "sqlalchemy", "cryptography", "argon2", "serial", "pydantic", "fpdf"):
        assert heavy not in loaded


async def test_a_screen_that_is_covered_is_not_painted_and_is_painted_when_it_comes_back(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with console(site) as hand:
        await hand.press("f7")
        painted: list[str] = []
        whole = Page.paint

        def paint(page: Page, view: View) -> None:
            painted.append(page.NAME)
            whole(page, view)

        monkeypatch.setattr(Page, "paint", paint)
        await hand.press("f1")
        hand.app.repaint()
        assert set(painted) == {"log"}
        await hand.press("escape", "f2")
        assert "suite" in painted
